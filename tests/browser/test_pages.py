"""The pages in a real browser: accessible, by keyboard, without scripts, on a narrow screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.served import Demonstration
from tests.pages import (
    FOR_ADMINISTRATORS,
    FOR_ANYBODY,
    FOR_COORDINATORS,
    FOR_KEEPERS,
    FOR_THE_LOOKING_AFTER,
    FOR_THE_SIGNED_IN,
    OF_A_CASE,
)

CARYS, FFION, RHYS = "Carys Morgan", "Ffion Hughes", "Rhys Vaughan"
LANGUAGES = ["en", "cy"]
PAGES = [*FOR_THE_SIGNED_IN, *FOR_THE_LOOKING_AFTER, *FOR_COORDINATORS, *FOR_KEEPERS]
A_CASE = r"/cases/[0-9a-f-]{36}$"
A_TASK = r"/tasks/[0-9a-f-]{36}$"
A_DOCUMENT = r"/documents/[0-9a-f-]{36}$"

both_languages = pytest.mark.parametrize("language", LANGUAGES)


@both_languages
def test_the_pages_for_anybody_have_no_barrier(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    anybody = Person(browser, demonstration, "", language)
    for path in FOR_ANYBODY:
        anybody.open(path)
        anybody.check_page()


def test_the_pages_of_cases_of_several_kinds_have_no_barrier(
    browser: Browser, demonstration: Demonstration
) -> None:
    # Of one case they are looked at in both languages among all routes.
    coordinator = Person(browser, demonstration, FFION, "cy")
    coordinator.open("/cases")
    documents: set[str] = set()
    for case in coordinator.links(A_CASE)[:4]:
        for part in OF_A_CASE:
            coordinator.open(case + part)
            coordinator.check_page()
            documents |= set(coordinator.links(A_DOCUMENT))
    for path in sorted(documents)[:8]:
        coordinator.open(path)
        coordinator.check_page()
    assert coordinator.problems == []


@both_languages
def test_people_and_settings_have_no_barrier_before_and_after_a_mistake(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    administrator = Person(browser, demonstration, RHYS, language)
    for path in FOR_ADMINISTRATORS:
        administrator.open(path)
        administrator.check_page()
    assert administrator.problems == []
    for part in ("roles", "absences", "people/add"):
        administrator.open(f"/settings/cwmafon/{part}")
        administrator.page.locator("#form button").click()
        expect(administrator.page.locator(".govuk-error-summary")).to_be_visible()
        administrator.check_page()


@both_languages
def test_papers_have_no_barrier(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    coordinator = Person(browser, demonstration, FFION, language)
    coordinator.open("/cases")
    papers: set[str] = set()
    for case in coordinator.links(A_CASE)[:3]:
        coordinator.open(f"{case}/documents")
        papers |= set(coordinator.links(A_DOCUMENT))
    for path in sorted(papers)[:4]:
        coordinator.open(f"{path}/paper")
        coordinator.check_page()
    assert papers
    assert coordinator.problems == []


@both_languages
def test_the_stationery_of_a_board_has_no_barrier(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    designer = Person(browser, demonstration, "Catrin Sayer", language)
    board = "/stationery/cwmafon"
    for path in (
        board,
        f"{board}/head",
        f"{board}/layout/action_plan",
        f"{board}/letter/report_sent",
    ):
        designer.open(path)
        designer.check_page()
    designer.open(f"{board}/layout/action_plan/trial")
    designer.check_page()
    assert designer.problems == []


@both_languages
def test_open_tasks_have_no_barrier_before_and_after_a_mistake(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    checked = 0
    for name in (CARYS, FFION, "Ieuan Roberts", "Gareth Evans"):
        person = Person(browser, demonstration, name, language)
        person.open("/tasks")
        for path in person.links(A_TASK)[:3]:
            person.open(path)
            person.check_page()
            for _ in person.go_on_too_early():
                person.check_page()
            checked += 1
    assert checked


#: The longest forms, in the order of a review: the task, who does it, and for which item.
LONG_FORMS = (
    ("write_timeline", "Aled Bevan", "police"),
    ("hold_clarification", "Tomos Llewelyn", ""),
    ("make_contact", "Gwenno Pugh", "family_member_1"),
    ("write_letter", "Una Fletcher", ""),
    ("reply", "Lowri Jenkins", "participant_1"),
    ("tell_story", "Una Fletcher", ""),
    ("cover_areas", "Una Fletcher", ""),
    ("fill_in_evaluation", "Marc Thomas", "participant_2"),
    ("build_plan", "Tomos Llewelyn", ""),
    ("carry_out", "Kyffin Davies", "action_1"),
    ("report_impact", "Owain Rees", ""),
)
#: Who is appointed before a task: role, person, item.
APPOINTED_BEFORE = {
    "reply": (
        ("participant", "Lowri Jenkins", "participant_1"),
        ("participant", "Marc Thomas", "participant_2"),
    ),
    "carry_out": (("action_owner", "Kyffin Davies", "action_1"),),
}


def test_the_longest_forms_of_a_review_have_no_barrier(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    served = moving_demonstration
    coordinator = Person(browser, served, FFION, "en")
    identifier = served.identifier_with("write_timeline")
    case = f"/cases/{served.case_id(identifier)}"
    people: dict[tuple[str, str], Person] = {}
    for step, name, item in LONG_FORMS:
        served.play(identifier, f"{step}/{item}" if item else step)
        task = f"/tasks/{served.task_id(identifier, step, item)}"
        for appointment in APPOINTED_BEFORE.get(step, ()):
            coordinator.appoint(case, *appointment)
        for language in LANGUAGES:
            known = people.get((name, language)) or Person(browser, served, name, language)
            people[name, language] = known
            known.open(task)
            known.check_page()
            for _ in known.go_on_too_early():
                known.check_page()
                known.page.set_viewport_size({"width": 390, "height": 800})
                wider = "document.documentElement.scrollWidth - window.innerWidth"
                assert known.page.evaluate(wider) <= 0, (step, language)
                known.page.set_viewport_size({"width": 1280, "height": 900})
    problems = [problem for person in people.values() for problem in person.problems]
    # Whoever presses Continue too early is answered with 422, which the browser notes.
    assert [problem for problem in problems if "status of 422" not in problem] == []


def test_a_task_is_done_without_scripts(browser: Browser, demonstration: Demonstration) -> None:
    person = Person(browser, demonstration, CARYS, "en", java_script_enabled=False)
    case = person.start_consultation()
    identifier = person.page.locator("h1").inner_text().split()[-1]
    person.do(identifier, "identify_case", look=False)
    person.do(identifier, "seek_consent", look=False)
    person.open(f"{case}/documents")
    expect(person.page.locator("main")).to_contain_text("Consent record")


def test_the_first_stop_of_the_keyboard_leads_past_the_header(
    browser: Browser, demonstration: Demonstration
) -> None:
    page = Person(browser, demonstration, CARYS, "en").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_enter_means_continue_and_never_the_language(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = _at_a_task(browser, demonstration, "en")
    person.page.locator("main input[type='text']").first.press("Enter")
    expect(person.page).to_have_title(re.compile("^Error:"))
    assert person.page.locator("html").get_attribute("lang") == "en"


def test_a_mistake_takes_the_focus_and_its_link_leads_to_the_control(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = _at_a_task(browser, demonstration, "cy")
    person.press_continue()
    expect(person.page).to_have_title(re.compile("^Gwall:"))
    expect(person.page.locator(".govuk-error-summary")).to_be_focused()
    links = person.page.locator(".govuk-error-summary__list a")
    for number in range(links.count()):
        target = (links.nth(number).get_attribute("href") or "").removeprefix("#")
        links.nth(number).click()
        assert person.page.evaluate("document.activeElement.id") == target


def test_changing_the_language_keeps_the_place_and_what_was_typed(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = _at_a_task(browser, demonstration, "en")
    here = person.page.url.rpartition("/")[2]
    person.page.locator("main textarea").first.fill("half\na thought")
    person.page.get_by_role("button", name="Cymraeg").click()
    person.page.wait_for_url(re.compile(rf"/cy/tasks/{here}$"))
    assert person.page.locator("main textarea").first.input_value() == "half\na thought"


def test_a_question_is_revealed_by_its_choice(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = Person(browser, demonstration, CARYS, "en")
    person.start_consultation()
    identifier = person.page.locator("h1").inner_text().split()[-1]
    person.do(identifier, "identify_case", look=False)
    person.open("/tasks")
    person.page.locator("tr", has_text=identifier).locator("a").first.click()
    revealed = person.page.locator("[name='parents-0-how']").first
    expect(revealed).not_to_be_visible()
    person.page.locator("[name='parents-0-consent'][value='yes']").check()
    expect(revealed).to_be_visible()


@both_languages
def test_no_page_is_wider_than_a_phone(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    narrow = {"width": 390, "height": 800}
    person = Person(browser, demonstration, FFION, language, viewport=narrow)
    person.open("/cases")
    case = person.links(A_CASE)[0]
    person.open(f"{case}/documents")
    within = person.links(A_DOCUMENT)
    person.open("/tasks")
    within += person.links(A_TASK)
    within += [case + part for part in OF_A_CASE]
    for path in [*FOR_ANYBODY, *PAGES, *within]:
        person.open(path)
        wider = person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, path


@both_languages
def test_the_drawing_shows_what_the_outline_says(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    person = Person(browser, demonstration, CARYS, language)
    case = person.start_consultation()
    person.open(f"{case}/diagrams")
    page = person.page
    expect(page.locator(".djs-container svg .app-token--open").first).to_be_visible()
    open_steps = page.locator("[data-bpmn-id][data-state='open']")
    drawn = page.locator(".djs-container .app-token--open")
    assert open_steps.count() == drawn.count() > 0
    first = open_steps.first
    shape = page.locator(f"[data-element-id='{first.get_attribute('data-bpmn-id')}']").first
    said = "".join(first.locator("strong").first.inner_text().split())
    assert said in "".join((shape.text_content() or "").split())
    mark = page.locator(".bjs-powered-by")
    mark.scroll_into_view_if_needed()
    expect(mark).to_be_visible()
    assert mark.evaluate(
        "e => { const r = e.getBoundingClientRect();"
        "return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)) }"
    ), "something lies over the mark of bpmn.io"
    assert person.problems == []


def test_the_outline_is_there_where_scripts_are_not(
    browser: Browser, demonstration: Demonstration
) -> None:
    person = Person(browser, demonstration, CARYS, "en", java_script_enabled=False)
    case = person.start_consultation()
    person.open(f"{case}/diagrams")
    assert person.page.locator("[data-bpmn-id]").count() > 10
    expect(person.page.locator("[data-diagram]")).not_to_be_visible()


def _at_a_task(browser: Browser, demonstration: Demonstration, language: str) -> Person:
    """Return a worker who has just opened the first task of a new consultation."""
    person = Person(browser, demonstration, CARYS, language)
    person.start_consultation()
    person.open(person.links(A_TASK)[0])
    return person


@both_languages
def test_published_reports_have_no_barrier_for_anybody(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    anybody = Person(browser, demonstration, "", language)
    anybody.open("/reports/cwmafon")
    anybody.check_page()
    (report,) = anybody.links(r"/reports/cwmafon/[0-9a-f-]{36}$")
    for path in (report, f"{report}/briefing"):
        anybody.open(path)
        anybody.check_page()
    assert anybody.problems == []


@both_languages
def test_the_content_check_has_no_barrier(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    coordinator = Person(browser, demonstration, FFION, language)
    coordinator.open("/cases")
    check = next(
        filter(None, (_named_in_report(coordinator, each) for each in _cases(coordinator)))
    )
    coordinator.open(check)
    main = coordinator.page.locator("main")
    expect(main.locator("mark").first).to_contain_text("Ffion Hughes")
    coordinator.check_page()
    main.locator("form button").first.click()
    expect(main.locator(".govuk-error-summary")).to_be_visible()
    coordinator.check_page()
    main.locator("[name='finding']").first.check(force=True)
    main.locator("[name='page-reason']").first.fill("A quotation.")
    main.locator("form button").first.click()
    expect(main.get_by_text("A quotation.")).to_be_visible()
    coordinator.check_page()


def _cases(person: Person) -> list[str]:
    person.open("/cases")
    return person.links(A_CASE)


def _named_in_report(person: Person, case: str) -> str:
    """Name somebody in the report of a case, where it has one that is not published."""
    person.open(case)
    check = person.links(r"/cases/.*/content-check$")
    person.open(f"{case}/documents")
    for document in person.links(A_DOCUMENT) if check else ():
        person.open(document)
        for amend in person.links(r"/documents/.*/amend/circumstances$"):
            person.open(amend)
            main = person.page.locator("main")
            text = f"A child died at home. Ffion Hughes knew ({person.language})."
            main.locator("[name='circumstances']").fill(text)
            main.locator("[name='page-reason']").fill("said otherwise")
            main.locator(".govuk-button[value='continue']").click()
            if person.page.url.endswith(document):
                return check[0]
            person.open(case)
    return ""
