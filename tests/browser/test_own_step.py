"""A Board puts a quality check of its own into its consultations: drawn by mouse, or by keyboard.

Each time it is translated, tried out, proved, published by a second person, and runs in a new case.
"""

from __future__ import annotations

import re
import uuid
from datetime import date
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Browser, expect

from engine import db
from engine.models import Case
from tests.browser.keyboard import Keyboard
from tests.browser.person import Person
from tests.browser.served import Demonstration

DESIGNER, SECOND, WORKER = "Catrin Sayer", "Rhys Vaughan", "Carys Morgan"
CATALOGUE = Path(__file__).parents[2] / "web/translations/cy/LC_MESSAGES/messages.po"
#: The step before the new one, and the way out of it.
BEFORE, WAY = "identify_case", "identify_case_to_is_advice_needed"
FORM = {
    "form_id": "quality_check",
    "title": "Quality check",
    "title_cy": "Gwiriad ansawdd",
    "section_label": "The check",
    "section_label_cy": "Y gwiriad",
    "first_label": "Is it clear?",
    "first_label_cy": "A yw’n glir?",
}
EDITION = "Drafft ymgynghori 2011 a 2012"
STEP = ("Check the quality of the idea", "Gwirio ansawdd y syniad")
DONE_BY = ("It is checked in five days", "Caiff ei wirio o fewn pum niwrnod")
TO_DO = (
    "Read it and say so. Our own practice.",
    "Darllenwch ef a dywedwch. Ein harfer ein hunain.",
)
LATE = (
    "It is not done on its day. Our own practice.",
    "Nid yw wedi’i wneud. Ein harfer ein hunain.",
)
A_DAY = date(2026, 1, 12)


def test_a_step_with_form_and_reminder_is_drawn_by_mouse_and_runs_in_a_new_case(
    browser: Browser, demonstration: Demonstration
) -> None:
    designer = Person(browser, demonstration, DESIGNER, "en")
    draft = _begin(designer)
    _write_the_form(designer, draft)
    timescale = _write_the_timescale(designer, draft)
    _draw(designer, draft, timescale)
    _prove(designer, draft)
    _try_out(designer, draft)
    _ask_for_it(designer, draft)
    _publish(Person(browser, demonstration, SECOND, "cy"), draft)
    assert designer.problems == []
    _see_it_run(browser, demonstration)


def test_nobody_skips_welsh_government_and_the_way_past_it_is_drawn(
    browser: Browser, demonstration: Demonstration
) -> None:
    designer = Person(browser, demonstration, DESIGNER, "en")
    page, draft = designer.page, _begin(designer)
    designer.open(f"{draft}/processes/publication/steps/send_report/remove")
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url(re.compile(r"/processes/publication(#.*)?$"))
    designer.open(f"{draft}/checks")
    page.get_by_role("button", name="Run the checks").click()
    told = page.locator("main li", has_text="PUB-02: Welsh Government has the report")
    expect(told.first).to_be_visible(timeout=60_000)
    told.first.get_by_role("link", name=re.compile("Show the way there")).click()
    expect(page.locator(".app-token__sign--way").first).to_be_visible()
    expect(page.locator(".app-way__steps li").first).to_be_visible()
    designer.check_page()
    designer.open(f"{draft}/publish")
    expect(page.locator("main")).to_contain_text("the checks must find nothing")
    assert designer.problems == []


def _begin(designer: Person) -> str:
    designer.open("/variations/cwmafon")
    page = designer.page
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_label("What is it to change?").fill("A quality check")
    page.get_by_label("Consultation draft of 2011").check(force=True)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile(r"/drafts/[0-9a-f-]{36}$"))
    return "/drafts/" + page.url.rpartition("/")[2]


def _write_the_form(designer: Person, draft: str) -> None:
    designer.open(f"{draft}/forms/new")
    for name, text in FORM.items():
        designer.page.locator(f"[name='{name}']").fill(text)
    designer.page.get_by_role("button", name="Add the form").click()
    expect(designer.page.locator("h1")).to_have_text(FORM["title"])
    designer.open(f"{draft}/forms/quality_check/preview")
    expect(designer.page.locator("main")).to_contain_text(FORM["first_label"])


def _write_the_timescale(designer: Person, draft: str) -> str:
    designer.open(f"{draft}/timescales/new")
    page = designer.page
    for name, text in zip(("en", "cy"), DONE_BY, strict=True):
        page.locator(f"main [name='{name}']").fill(text)
    page.locator("[name='from']").select_option("referral_discussed_on")
    page.locator("[name='ends']").fill("LOCAL-01")
    page.locator("[name='process'][value='consultation']").check(force=True)
    page.locator("[name='length']").fill("5")
    page.locator("[name='owner'][value='worker']").check(force=True)
    page.get_by_role("button", name="Save").click()
    made = page.get_by_role("link", name=DONE_BY[0])
    return (made.get_attribute("href") or "").rpartition("/")[2]


def _draw(designer: Person, draft: str, timescale: str) -> None:
    designer.open(f"{draft}/processes/consultation/canvas")
    page = designer.page
    expect(page.locator("[data-designer]")).to_have_attribute("data-ready", "true")
    page.get_by_role("button", name="Whole drawing").scroll_into_view_if_needed()
    page.mouse.wheel(0, 500)
    page.locator(f"[data-element-id='{BEFORE}'] .djs-hit").first.click()
    page.locator(".djs-context-pad .entry[data-action='append']").click()
    page.locator(".djs-popup [role='option']", has_text="Task with a reminder").click()
    _describe(designer, "new_task", STEP, TO_DO)
    page.locator("#ask-adolygu-form").select_option("quality_check")
    page.locator("#ask-adolygu-form ~ button, #ask-adolygu-form + * button").first.click()
    page.locator("#ask-adolygu-role").select_option("worker")
    page.locator("#ask-adolygu-role ~ button, #ask-adolygu-role + * button").first.click()
    page.locator("#ask-adolygu-requirement").fill("LOCAL-01")
    page.locator("#ask-name-en").click()
    _describe(designer, "task_is_late", ("The check is late", "Mae’r gwiriad yn hwyr"), LATE)
    page.locator("#ask-timescale").select_option(timescale)
    _describe(designer, "send_the_reminder", ("Remind", "Atgoffa"), LATE)
    page.locator("#ask-adolygu-notice").select_option("clock_stage")
    page.locator("#ask-adolygu-to").select_option("worker")
    page.locator("#ask-adolygu-to ~ button, #ask-adolygu-to + * button").first.click()
    page.locator("#ask-name-en").click()
    expect(page.locator("[data-saving-at]")).to_have_attribute("data-state", "saved")
    expect(page.locator("[data-findings]")).to_have_attribute("data-state", "right", timeout=60_000)


def _describe(
    designer: Person, element: str, names: tuple[str, str], what: tuple[str, str]
) -> None:
    """Choose an element, and say in both languages what it is and what is to be done."""
    page = designer.page
    page.locator("#ask-element").select_option(element)
    for language, name, text in zip(("en", "cy"), names, what, strict=True):
        page.locator(f"#ask-name-{language}").fill(name)
        page.locator(f"#ask-documentation-{language}").fill(text)
        page.locator(f"#ask-name-{language}").click()


def _prove(designer: Person, draft: str) -> None:
    designer.open(f"{draft}/checks")
    designer.page.get_by_role("button", name="Run the checks").click()
    expect(designer.page.locator("main")).to_contain_text(
        "Nothing keeps this draft from being published.", timeout=60_000
    )


def _try_out(designer: Person, draft: str) -> None:
    """Do the new step in a trial once it is late, and see that the reminder goes out."""
    designer.open(f"{draft}/try")
    page = designer.page
    page.locator("[name='process'][value='consultation']").check(force=True)
    page.get_by_role("button", name="Begin").click()
    page.locator("main a[href$='as=worker']").click()
    page.get_by_role("button", name=re.compile("examples")).click()
    page.locator("main button[value='continue']").click()
    expect(page.locator("main")).to_contain_text(STEP[0])
    expect(page.locator("main")).to_contain_text(DONE_BY[0])
    page.get_by_role("button", name="Go to when it falls due").click()
    expect(page.locator("#just-done + ol")).to_contain_text("Remind")
    expect(page.locator("main summary", has_text="Worker: Case")).to_be_visible()
    page.locator("tr", has_text=STEP[0]).locator("a[href$='as=worker']").click()
    page.get_by_label(FORM["first_label"]).fill("Yes, it is.")
    page.locator("main button[value='continue']").click()
    expect(page.locator("#log + ol")).to_contain_text(STEP[0])


def _ask_for_it(designer: Person, draft: str) -> None:
    designer.open(f"{draft}/publish")
    designer.page.locator("#note").fill("Ideas came in that nobody could read.")
    designer.page.get_by_role("button", name="Ask for it to be published").click()
    expect(designer.page.locator(".moj-identity-bar")).to_contain_text("Waits for a second person")


def _publish(second: Person, draft: str) -> None:
    second.open(f"{draft}/publish")
    second.page.locator("#note").fill("Wedi ei ddarllen.")
    second.page.get_by_role("button", name=_cy("Publish")).click()
    expect(second.page.locator(".moj-identity-bar")).to_contain_text(
        _cy("Published"), timeout=60_000
    )


def _see_it_run(browser: Browser, served: Demonstration) -> None:
    """Open a new consultation, and do the Board's own step in it."""
    worker = Person(browser, served, WORKER, "cy")
    path = worker.start_consultation()
    with served.engine(), db.reading() as session:
        case = session.get_one(Case, uuid.UUID(path.rpartition("/")[2])).identifier
    worker.do(case, BEFORE, look=False)
    worker.open("/tasks")
    worker.page.locator("tr", has_text=case).get_by_role("link", name=STEP[1]).click()
    worker.check_page()
    worker.page.get_by_label(FORM["first_label_cy"]).fill("Ydy.")
    worker.page.locator("main button[value='continue']").click()
    worker.page.get_by_role("button", name="Cadarnhau ac anfon").click()
    expect(worker.page.locator(".govuk-panel--confirmation")).to_be_visible()
    assert worker.problems == []


def test_the_same_step_is_made_in_welsh_by_keyboard_alone_without_scripts(
    browser: Browser, demonstration: Demonstration
) -> None:
    keys = Keyboard(browser, demonstration, java_script_enabled=False)
    keys.sign_in_as(DESIGNER)
    _follow(keys, _cy("Cases"))
    _follow(keys, _cy("Processes and forms of your Board"))
    keys.press_button(_cy("Begin a draft"))
    keys.write(_cy("What is it to change?"), "Gwiriad ansawdd")
    delivered = _cy("The edition “%(title)s”, as it was delivered")
    keys.choose(_cy("What does it begin from?"), delivered % {"title": EDITION})
    keys.press_button(_cy("Begin"))
    _write_the_form_by_keyboard(keys)
    _add_the_step_by_keyboard(keys)
    _check_and_ask_by_keyboard(keys)


def _write_the_form_by_keyboard(keys: Keyboard) -> None:
    keys.go_to(_cy("Forms") + " (", start=True)
    keys.press("Enter")
    _follow(keys, _cy("Add a form of your own"))
    keys.write(_cy("Name of the form"), FORM["form_id"])
    for name in ("title", "section_label", "first_label"):
        keys.write(_cy("English"), FORM[name])
        keys.write(_cy("Welsh"), FORM[f"{name}_cy"])
        if name == "title":
            # The hint, in both languages, stays empty.
            keys.go_to(_cy("Welsh"), "textbox")
    keys.press_button(_cy("Add the form"))
    assert FORM["title_cy"] in keys.page.title()


def _add_the_step_by_keyboard(keys: Keyboard) -> None:
    _follow(keys, _cy("Files of the draft"))
    keys.go_to(_cy("Processes") + " (", start=True)
    keys.press("Enter")
    _follow(keys, "Ymgynghoriad amlasiantaethol")
    keys.go_to(_cy("Add a step after it") + " – 4. ", start=True)
    keys.follow()
    keys.choose(_cy("What is to be added?"), _cy("Task"))
    keys.press_button(_cy("Continue"))
    for question, text in zip((_cy("Name in English"), _cy("Name in Welsh")), STEP, strict=True):
        keys.write(question, text)
    for question, text in zip(
        (_cy("What to do, in English"), _cy("What to do, in Welsh")), TO_DO, strict=True
    ):
        keys.write(question, text)
    keys.write(_cy("Requirements that it carries out"), "LOCAL-01")
    keys.pick(
        _cy("Forms and sections that are filled in") + ", 1",
        f"{FORM['title_cy']} – {_cy('all of it')}",
        begins=FORM["title_cy"],
    )
    keys.tick("Gweithiwr")
    keys.press_button(_cy("Save"))
    expect(keys.page.locator("main")).to_contain_text(STEP[1])


def _check_and_ask_by_keyboard(keys: Keyboard) -> None:
    _follow(keys, _cy("Checks"), back=True)
    keys.press_button(_cy("Run the checks"))
    expect(keys.page.locator("main")).to_contain_text(
        _cy("Nothing keeps this draft from being published.")
    )
    _follow(keys, _cy("Publish"))
    keys.write(_cy("Why is it to be published?"), "Er mwyn eglurder.")
    keys.press_button(_cy("Ask for it to be published"))
    expect(keys.page.locator("main")).to_contain_text(_cy("Waits for a second person"))


def _follow(keys: Keyboard, name: str, *, back: bool = False) -> None:
    keys.go_to(name, "link", back=back)
    keys.follow()


@cache
def _welsh() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def _cy(english: str) -> str:
    return _welsh()[english]
