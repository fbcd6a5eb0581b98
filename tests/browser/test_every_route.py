"""Each route that shows a page is looked at by axe; one that no line here leads to fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

import engine
from engine import accounts, db, one_time_codes, second_factor, time_source
from engine.models import Account
from tests.browser.person import Person
from tests.browser.served import Demonstration
from tests.moving import put_in_force, with_a_check
from tests.pages import (
    FOR_ADMINISTRATORS,
    FOR_ANYBODY,
    FOR_COORDINATORS,
    FOR_THE_LOOKING_AFTER,
    FOR_THE_SIGNED_IN,
    OF_A_CASE,
    OF_A_TIMELINE,
)
from tests.web.test_drawings import keep_check
from web.application import create_app

A_CASE = r"/cases/[0-9a-f-]{36}$"
A_TASK = r"/tasks/[0-9a-f-]{36}$"
A_DOCUMENT = r"/documents/[0-9a-f-]{36}$"

#: Who has the task of a genogram, and a file to fill it from.
GENOGRAM_MAKER = "Tomos Llewelyn"
GEDCOM = (
    b"0 HEAD\n0 @I1@ INDI\n1 NAME Somebody\n1 SEX F\n1 FAMS @F1@\n0 @I2@ INDI\n1 FAMC @F1@\n"
    b"1 DEAT Y\n0 @F1@ FAM\n0 TRLR\n"
)

#: Who writes the report, and with it the summary of the timeline.
REVIEWER = "Una Fletcher"

Look = Callable[..., None]

#: What these answer with is no page, or leads on to one.
NO_PAGE = {
    "/variations/<key>/compare/drawing.bpmn",
    "/variations/<key>/versions/<int:number>/export",
    "/",
    "/stationery",
    "/static/<path:filename>",
    "/uploads/<uuid:upload_id>",
    "/cases/<uuid:case_id>/diagrams",
    "/cases/<uuid:case_id>/diagrams/<uuid:instance_id>/drawing.bpmn",
    "/translation/texts.csv",
    "/calendar/<token>.ics",
    "/documents/<uuid:document_id>/genogram.ged",
    "/documents/<uuid:document_id>/genogram/sheet.<kind>",
    "/cases/<uuid:case_id>/timeline/chart.<kind>",
    "/tasks/<uuid:task_id>/rows/<path>/template.<kind>",
    "/settings/<key>/import/blank.csv",
    "/documents/<uuid:document_id>/paper.<kind>",
    "/documents/<uuid:document_id>/faces",
    "/documents/<uuid:document_id>/faces/<face>/paper.<kind>",
    "/cases/<uuid:case_id>/letters/<uuid:notice_id>/paper.<kind>",
    "/sign-in/provider",
    "/sign-in/provider/answer",
    "/variations",
    "/drafts/<uuid:draft_id>/files/<path:path>",
    "/drafts/<uuid:draft_id>/export",
    "/drafts/<uuid:draft_id>/try/<int:number>/drawing.bpmn",
    "/drafts/<uuid:draft_id>/try/<int:number>/scenario.toml",
    "/drafts/<uuid:draft_id>/scenarios/<int:number>.toml",
    "/drafts/<uuid:draft_id>/scenarios/coverage/<process>/drawing.bpmn",
}


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_route_that_shows_a_page_has_no_barrier(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    app = create_app(engine.Settings(secret_key="for tests only, no secret " * 2))
    rules = app.url_map.bind("localhost")
    looked_at: set[str] = set()

    def look(person: Person, path: str = "") -> None:
        if path:
            person.open(path)
        person.check_page()
        here = re.sub(r"^https?://[^/]+(/cy(?=/|$))?", "", person.page.url).partition("?")[0]
        found, _ = rules.match(here.partition("#")[0], return_rule=True)
        looked_at.add(found.rule)

    anybody = Person(browser, demonstration, "", language)
    for path in FOR_ANYBODY[:-1]:
        look(anybody, path)
    look(anybody, f"/invitation/{uuid.uuid4().hex}")
    _look_at_reports(anybody, look)
    _look_at_signing_in(anybody, look)
    coordinator = Person(browser, demonstration, "Ffion Hughes", language)
    for path in (*FOR_THE_SIGNED_IN, *FOR_THE_LOOKING_AFTER, *FOR_COORDINATORS):
        look(coordinator, path)
    _look_at_cases(coordinator, look)
    administrator = Person(browser, demonstration, "Rhys Vaughan", language)
    for path in FOR_ADMINISTRATORS:
        look(administrator, path)
    administrator.open("/settings/cwmafon/people")
    person = administrator.links(r"/settings/cwmafon/people/[0-9a-f-]{36}$")[0]
    look(administrator, person)
    look(administrator, f"{person}/sights")
    _look_at_what_is_put_right(coordinator, look)
    _look_at_a_meeting(coordinator, look)
    _look_at_a_timeline(coordinator, look)
    _look_at_a_review_under_way(coordinator, look)
    _look_at_the_stationery(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_a_draft(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_the_tables_of_a_draft(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_the_forms_of_a_draft(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_an_outline(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_the_drawings_of_a_draft(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_a_long_task(Person(browser, demonstration, "Aled Bevan", language), look)
    _look_at_a_task(Person(browser, demonstration, "Carys Morgan", language), look)
    _look_at_a_genogram(Person(browser, demonstration, GENOGRAM_MAKER, language), look)
    _look_at_codes(coordinator, look)
    _look_at_a_summary(Person(browser, demonstration, REVIEWER, language), look)
    _look_at_a_trial(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_a_comparison(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_moving_cases(coordinator, demonstration, look)
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - looked_at == NO_PAGE


def _look_at_signing_in(anybody: Person, look: Look) -> None:
    """Set up an app as somebody with a password, and come as far as being asked for its code."""
    email, password = f"{anybody.language}@cwmafon.test", "lantern otter gravel"
    with anybody.served.engine(), db.transaction() as session:
        accounts.create_account(session, email, "Non Puw", password=password)
    _sign_in(anybody, email, password)
    look(anybody, "/account/second-factor")
    anybody.page.locator("#current-password").fill(password)
    _send(anybody, "#current-password")
    look(anybody)
    secret = anybody.page.locator("main code").inner_text().replace(" ", "")
    with anybody.served.engine(), db.reading() as session:
        step = one_time_codes.step_of(time_source.real(session))
    anybody.page.locator("#code").fill(one_time_codes.code_at(secret, step))
    _send(anybody, "#code")
    anybody.check_page()
    assert anybody.page.locator("main code").count() == second_factor.CODES
    for path in ("/account", "/account/second-factor", "/account/password"):
        look(anybody, path)
    anybody.page.context.clear_cookies()
    _sign_in(anybody, email, password)
    look(anybody)
    anybody.page.context.clear_cookies()


def _sign_in(anybody: Person, email: str, password: str) -> None:
    anybody.open("/sign-in")
    anybody.page.locator("#email").fill(email)
    anybody.page.locator("#password").fill(password)
    _send(anybody, "#password")


def _send(person: Person, line: str) -> None:
    with person.page.expect_navigation():
        person.page.locator(line).press("Enter")


def _look_at_reports(anybody: Person, look: Look) -> None:
    look(anybody, "/reports/cwmafon")
    (report,) = anybody.links(r"/reports/cwmafon/[0-9a-f-]{36}$")
    look(anybody, report)
    look(anybody, f"{report}/briefing")


def _look_at_cases(coordinator: Person, look: Look) -> None:
    """Look at one of each kind of page below a case, of whichever case has it."""
    wanted = {
        name: re.compile(name)
        for name in (
            r"/cases/[^/]+/diagrams/[^/]+$",
            r"/cases/[^/]+/letters/[^/]+$",
            r"/cases/[^/]+/content-check$",
            A_DOCUMENT,
            r"/documents/[^/]+/amend/",
            r"/documents/[^/]+/changes$",
            rf"/documents/[^/]+/paper\?.*language={coordinator.language}$",
            rf"/cases/[^/]+/letters/[^/]+/paper\?.*language={coordinator.language}$",
        )
    }
    coordinator.open("/cases")
    for case in coordinator.links(A_CASE):
        if not wanted:
            break
        look(coordinator, case)
        coordinator.open(f"{case}/side")
        for first in coordinator.page.locator("form[action$='/side'] button").all()[:1]:
            with coordinator.page.expect_navigation():
                first.click()
            look(coordinator)
        for path in _below(coordinator, case):
            for name in [name for name, fits in wanted.items() if fits.match(path)]:
                look(coordinator, path)
                del wanted[name]
    assert not wanted, f"no case leads to {list(wanted)}"
    for part in OF_A_CASE:
        look(coordinator, f"{case}{part}")
    _look_at_a_note(coordinator, case, look)
    _look_at_proceedings(coordinator, case, look)


def _look_at_what_is_put_right(coordinator: Person, look: Look) -> None:
    """Look at what may be put right on a case, at one of it, and at what a second person sees."""
    coordinator.open("/cases")
    for case in coordinator.links(A_CASE):
        coordinator.open(f"{case}/put-right")
        withdraw = coordinator.links(r"/cases/[^/]+/put-right/withdraw$")
        if withdraw:
            break
    look(coordinator)
    look(coordinator, withdraw[0])
    coordinator.page.locator("#reason").fill("It was opened twice.")
    with coordinator.page.expect_navigation():
        coordinator.page.locator("main form button").click()
    look(coordinator)


def _look_at_proceedings(coordinator: Person, case: str, look: Look) -> None:
    """Look at what is wrong with proceedings, at their news, and at the plan that has them."""
    page = coordinator.page
    coordinator.open(f"{case}/proceedings/new")
    with page.expect_navigation():
        page.locator("main form button").last.click()
    look(coordinator)
    page.locator("[name='kind']").first.check(force=True)
    page.locator("[name='stage']").first.check(force=True)
    page.locator("[name='waits']").last.check(force=True)
    for box, typed in (("day", "1"), ("month", "3"), ("year", "2025")):
        page.locator(f"[name='from-{box}']").fill(typed)
    with page.expect_navigation():
        page.locator("main form button").last.click()
    look(coordinator)
    look(coordinator, coordinator.links(r"/cases/[^/]+/proceedings/[^/]+/change$")[0])
    look(coordinator, f"{case}/plan")


def _look_at_a_meeting(coordinator: Person, look: Look) -> None:
    """Look at a meeting that is planned for today: with what is wrong, whole, changed, recorded."""
    look(coordinator, "/meetings/new")
    plan = coordinator.page.locator("main form button")
    with coordinator.page.expect_navigation():
        plan.click()
    look(coordinator)
    with coordinator.served.engine(), db.reading() as session:
        day = time_source.today(session)
    coordinator.page.check("input[value='cwmafon:steering_group']")
    typed = {"on-day": day.day, "on-month": day.month, "on-year": day.year, "at": "14:00"}
    for name, text in {**typed, "place": "Town Hall", "quorum": 2}.items():
        coordinator.page.fill(f"#{name}", str(text))
    with coordinator.page.expect_navigation():
        plan.click()
    look(coordinator)
    meeting = re.sub(r"^https?://[^/]+(/cy)?", "", coordinator.page.url)
    look(coordinator, f"{meeting}/change")
    look(coordinator, f"{meeting}/items/new")
    put_on = coordinator.page.locator("main button.govuk-button[value='save']")
    with coordinator.page.expect_navigation():
        put_on.click()
    look(coordinator)
    coordinator.page.fill("#title", "Training")
    coordinator.page.fill("#note", "Bring figures.")
    with coordinator.page.expect_navigation():
        put_on.click()
    look(coordinator)
    look(coordinator, coordinator.links(r"/meetings/[^/]+/items/\d+$")[0])
    coordinator.open(meeting)
    with coordinator.page.expect_navigation():
        coordinator.page.locator("form[action$='/tell'] button").click()
    look(coordinator)
    look(coordinator, f"{meeting}/record")
    with coordinator.page.expect_navigation():
        coordinator.page.locator("main form button").click()
    look(coordinator)


def _look_at_a_timeline(coordinator: Person, look: Look) -> None:
    """Look at a merged timeline with rows: whole, searched, looked through, and with a mistake."""
    coordinator.open("/cases")
    for case in coordinator.links(A_CASE):
        coordinator.open(f"{case}/documents")
        if coordinator.links(r"/cases/[^/]+/timeline$"):
            coordinator.open(f"{case}/timeline")
            if coordinator.page.locator(".app-timeline").count():
                break
    for part in OF_A_TIMELINE:
        look(coordinator, f"{case}/timeline{part}")
    coordinator.open(f"{case}/timeline")
    coordinator.page.fill("#words", "a")
    with coordinator.page.expect_navigation():
        coordinator.page.locator("#filter button").last.click()
    look(coordinator)
    look(coordinator, f"{case}/timeline?since-day=x")
    look(coordinator, f"{case}/timeline/findings?silent=x")


def _look_at_a_review_under_way(coordinator: Person, look: Look) -> None:
    """Look at a review that is put on record: with what is asked, taken in, and afterwards."""
    page = coordinator.page
    coordinator.open("/cases/adopt")
    page.locator("main form button").click()
    look(coordinator)
    page.locator("input[name='process'][value^='referral:']").check()
    with page.expect_navigation():
        page.locator("main form button").click()
    look(coordinator)
    adoption = re.sub(r"^https?://[^/]+(/cy)?", "", page.url)
    look(coordinator, f"{adoption}/beginning")
    look(coordinator, f"{adoption}/people")
    coordinator.open(adoption)
    with page.expect_navigation():
        page.locator("form:has([value='collect_facts']) button").first.click()
    look(coordinator)
    page.locator("input[name='capacity'][value='agency']").check()
    page.locator("input[name='raised_as'][value='referral']").check()
    with page.expect_navigation():
        page.locator("main button[value='continue']").click()
    look(coordinator, f"{adoption}/check")
    with page.expect_navigation():
        page.locator("main form button").click()
    look(coordinator)


def _look_at_a_note(coordinator: Person, case: str, look: Look) -> None:
    look(coordinator, f"{case}/notes/new")
    page = coordinator.page
    page.locator("[name='kind']").first.check()
    for box, typed in (("day", "1"), ("month", "3"), ("year", "2026")):
        page.locator(f"[name='on-{box}']").fill(typed)
    page.locator("[name='text']").fill("x")
    page.locator("[name='visibility']").first.check()
    with page.expect_navigation():
        page.locator("main form button").last.click()
    coordinator.open(f"{case}/notes")
    note = coordinator.links(rf"{case}/notes/[0-9a-f-]{{36}}$")[0]
    look(coordinator, note)
    look(coordinator, f"{note}/amend")


def _look_at_a_draft(designer: Person, look: Look) -> None:
    """Begin a draft, and come as far as asking that it be published."""
    look(designer, "/variations/cwmafon/begin")
    designer.page.locator("main form button").last.click()
    designer.check_page()
    draft = _begun(designer, "A draft to look at")
    look(designer, draft)
    look(designer, f"{draft}/checks")
    look(designer, f"{draft}/publish")
    look(designer, "/variations/cwmafon")


def _look_at_the_stationery(designer: Person, look: Look) -> None:
    for path in ("", "/head", "/layout/action_plan", "/layout/action_plan/trial"):
        look(designer, f"/stationery/cwmafon{path}")


def _look_at_moving_cases(coordinator: Person, demonstration: Demonstration, look: Look) -> None:
    """Look at what moving cases to a newer version would do, at what it did, and the way back."""
    moving, page = "/variations/cwmafon/moving", coordinator.page
    with demonstration.engine():
        put_in_force("cwmafon", with_a_check())
    look(coordinator, moving)
    look(coordinator, coordinator.links(rf"{moving}/[0-9a-f-]{{36}}$")[0])
    coordinator.open(moving)
    coordinator.press(page.locator("main form button").nth(1))
    look(coordinator)
    coordinator.open(moving)
    coordinator.press(page.locator("main form button").last)
    look(coordinator)
    coordinator.press(page.locator("main form button").last)
    look(coordinator)
    coordinator.open(moving)
    look(coordinator, coordinator.links(rf"{moving}/[0-9a-f-]{{36}}/back$")[0])


def _begun(designer: Person, title: str) -> str:
    """Begin a draft and return its address."""
    designer.open("/variations/cwmafon/begin")
    designer.page.locator("[name='title']").fill(title)
    designer.page.locator("[name='from']").first.check(force=True)
    designer.page.locator("main form button").last.click()
    designer.page.wait_for_url(re.compile(r"/drafts/[0-9a-f-]{36}$"))
    return f"/drafts/{designer.page.url.rpartition('/')[2]}"


def _look_at_the_tables_of_a_draft(designer: Person, look: Look) -> None:
    draft = _begun(designer, "Tables to look at")
    designer.open(f"{draft}/timescales/TS-46")
    designer.page.locator("#length").fill("4")
    designer.page.locator("button.govuk-button[value='save']").click()
    for path in (
        *("timescales", "timescales/TS-46", "facts", "facts/new", "milestones", "milestones/new"),
        *("letters", "letters/clock_stage", "reasons", "reasons/TS-46", "decisions/DR-01"),
        *("decisions/DR-01/head", "decisions/DR-01/rules/new", "decisions/DR-01/canvas"),
        *("decisions/DR-01/columns/new-input", "decisions", "decisions/new"),
    ):
        look(designer, f"{draft}/{path}")


def _look_at_the_forms_of_a_draft(designer: Person, look: Look) -> None:
    forms = f"{_begun(designer, 'Forms to look at')}/forms"
    look(designer, f"{forms}/new")
    for path in (
        *("", "/settings", "/sections/new", "/parts/parents_parents", "/parts/child/new"),
        *("/rules/0", "/preview?filled=1", "/canvas"),
    ):
        look(designer, f"{forms}/consent{path}")
    look(designer, f"{forms}/consent/parts/child/new?type=radio")


def _look_at_an_outline(designer: Person, look: Look) -> None:
    """Look at a process of a draft as an outline, and at each page that changes it."""
    draft = _begun(designer, "Steps to look at")
    look(designer, f"{draft}/new-process")
    process = f"{draft}/processes/concise_review"
    way = f"{process}/ways/report_is_accepted_to_publish_report"
    for path in (
        *(process, f"{way}/add", f"{way}/add?kind=userTask", f"{way}/add?kind=serviceTask"),
        *(f"{way}/split", f"{way}/split?kind=exclusiveGateway", way, f"{way}/remove"),
        *(f"{process}/gateways/report_is_accepted/add", f"{process}/steps/panel_lane"),
        *(f"{process}/steps/name_learning{act}" for act in ("", "/move", "/remove", "/reminder")),
    ):
        look(designer, path)


def _look_at_the_drawings_of_a_draft(designer: Person, look: Look) -> None:
    draft = _begun(designer, "Drawings to look at")
    look(designer, f"{draft}/processes/consultation/canvas")
    with designer.served.engine():
        with db.reading() as session:
            account = session.scalars(select(Account.id).where(Account.name == designer.name)).one()
        actor = engine.Actor(account, designer.name)
        keep_check(uuid.UUID(draft.rpartition("/")[2]), actor, ("case_proposed",))
    look(designer, f"{draft}/ways/1")


def _look_at_a_trial(designer: Person, look: Look) -> None:
    """Try a draft out, do a task of it, and have what was done played as a scenario."""
    with designer.served.engine():
        with db.reading() as session:
            account = session.scalars(select(Account.id).where(Account.name == designer.name)).one()
        actor = engine.Actor(account, designer.name)
        draft = engine.begin_draft("cwmafon", "draft_2011", "To be tried", actor)
        number = engine.begin_sandbox(draft, "consultation", date(2026, 6, 1), actor)
        engine.keep_scenario(draft, number, "Only begun", actor)
        engine.play_scenario_run(engine.begin_scenario_run(draft, actor, delivered=False))
    here = f"/drafts/{draft}"
    look(designer, f"{here}/try")
    look(designer, f"{here}/try/{number}/tasks/0.1")
    designer.press(designer.page.locator("button[value='examples']"))
    designer.check_page()
    designer.press(designer.page.locator("main button[value='continue']"))
    look(designer)
    designer.page.locator(".app-diagram__buttons button").first.click()
    expect(designer.page.locator(".djs-connection.app-walk").first).to_be_attached()
    look(designer, f"{here}/scenarios")
    look(designer, f"{here}/scenarios/coverage/consultation")


def _look_at_a_comparison(designer: Person, look: Look) -> None:
    """Compare a draft that another name of a step alone tells from its edition."""
    path = "processes/consultation.bpmn"
    with designer.served.engine():
        with db.reading() as session:
            account = session.scalars(select(Account.id).where(Account.name == designer.name)).one()
        actor = engine.Actor(account, designer.name)
        draft = engine.begin_draft("cwmafon", "draft_2011", "To be compared", actor)
        source = engine.draft_file(draft, path, actor).file.content or b""
        renamed = source.replace(b'name="Hold the session"', b'name="Meet"', 1)
        engine.save_draft_file(draft, path, renamed, 0, actor)
        number = engine.draft_head(draft, actor).number
    look(designer, f"/drafts/{draft}/compare")
    look(designer, f"/drafts/{draft}/upgrade")
    sides = f"from=base-{number}&to=draft-{number}"
    look(designer, f"/variations/cwmafon/compare?{sides}")
    look(designer, f"/variations/cwmafon/compare/drawn?{sides}&path={path}")
    expect(designer.page.locator(".app-token--changed .djs-visual").first).to_be_visible()
    expect(designer.page.locator(".app-diagram__canvas .djs-container")).to_have_count(2)
    look(designer, "/variations/cwmafon/import")


def _look_at_a_long_task(author: Person, look: Look) -> None:
    author.open("/tasks")
    for task in author.links(A_TASK):
        look(author, task)
        if sections := author.links(r"/tasks/[^/]+/sections/"):
            look(author, sections[0])
            return
    raise AssertionError("no task is long")


def _below(person: Person, case: str) -> list[str]:
    """Return what a case leads to, and its first document and letter."""
    found = []
    for part in ("", "/documents", "/diagrams"):
        person.open(f"{case}{part}")
        found += person.links("/")
        found.append(re.sub(r"^https?://[^/]+(/cy)?", "", person.page.url))
    for kind in (A_DOCUMENT, r"/cases/[^/]+/letters/[^/]+$"):
        if first := next((path for path in found if re.match(kind, path)), ""):
            person.open(first)
            found += person.links("/")
    return found


def _look_at_a_genogram(maker: Person, look: Look) -> None:
    """Look at the task of a genogram, where people come from, and what a file gives."""
    maker.open("/tasks")
    for task in maker.links(A_TASK):
        maker.open(task)
        if wanted := maker.links(r"/tasks/[0-9a-f-]{36}/genogram$"):
            break
    look(maker, wanted[0])
    maker.page.locator("input[type=file]").set_input_files(
        files=[{"name": "tree.ged", "mimeType": "text/plain", "buffer": GEDCOM}]
    )
    with maker.page.expect_navigation():
        maker.page.locator("main button[value='read']").click()
    look(maker)
    with maker.page.expect_navigation():
        maker.page.locator("main button[value='add']").click()
    look(maker)


def _look_at_codes(coordinator: Person, look: Look) -> None:
    """Look at the codes of a case, at what is wrong with a new one, and at both faces."""
    coordinator.open("/cases")
    for case in coordinator.links(A_CASE):
        coordinator.open(f"{case}/documents")
        documents = coordinator.links(A_DOCUMENT)
        if not coordinator.links(f"{case}/codes$"):
            continue
        faces: list[str] = []
        for document in documents:
            coordinator.open(document)
            faces = coordinator.links(r"/documents/[^/]+/faces/\w+$")
            if faces:
                break
        if faces:
            break
    for face in faces:
        look(coordinator, face)
        look(coordinator, f"{face}/paper?language={coordinator.language}")
    page = coordinator.page
    look(coordinator, f"{case}/codes")
    with page.expect_navigation():
        page.locator("#code-form button").last.click()
    look(coordinator)
    page.locator("[name='kind']").first.check()
    page.locator("#role").fill("cousin")
    with page.expect_navigation():
        page.locator("#code-form button").last.click()
    look(coordinator)
    look(coordinator, coordinator.links(rf"{case}/codes/[0-9a-f-]{{36}}$")[0])


def _look_at_a_summary(reviewer: Person, look: Look) -> None:
    """Look at the rows to choose from, and at what is made of them."""
    reviewer.open("/tasks")
    for task in reviewer.links(A_TASK):
        if reviewer.status(f"{task}/summary") == 200:
            break
    look(reviewer, f"{task}/summary")
    page = reviewer.page
    for _ in range(2):
        with page.expect_navigation():
            page.locator("main button[value='draft']").click()
        look(reviewer)
        for box in page.locator("[name='row']").all()[:2]:
            if box.get_attribute("type") == "checkbox":
                box.check()
    page.locator("[name='draft-0-period']").fill("")
    with page.expect_navigation():
        page.locator("main button[value='take']").click()
    look(reviewer)


def _look_at_a_task(worker: Person, look: Look) -> None:
    """Look at a task, as it is saved, checked and done, and at the page after a mistake."""
    worker.start_consultation()
    identifier = worker.page.locator("h1").inner_text().split()[-1]
    (task,) = worker.links(A_TASK)
    look(worker, f"{task}/give")
    look(worker, task)
    with worker.page.expect_navigation():
        worker.page.locator("main button.govuk-button[value='save']").click()
    look(worker)
    worker.open(task)
    with worker.page.expect_navigation():
        worker.page.locator("main button[value^='spreadsheet:']").first.click()
    look(worker)
    worker.open(task)
    worker.press_continue()
    look(worker)
    worker.do(identifier, "identify_case", at_check=look)
    look(worker)
