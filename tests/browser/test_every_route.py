"""Each route that shows a page is looked at by axe; one that no line here leads to fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

import engine
from engine import db, time_source
from tests.browser.person import Person
from tests.browser.served import Demonstration
from tests.pages import (
    FOR_ANYBODY,
    FOR_COORDINATORS,
    FOR_THE_LOOKING_AFTER,
    FOR_THE_SIGNED_IN,
    OF_A_CASE,
)
from web.application import create_app

A_CASE = r"/cases/[0-9a-f-]{36}$"
A_TASK = r"/tasks/[0-9a-f-]{36}$"
A_DOCUMENT = r"/documents/[0-9a-f-]{36}$"

Look = Callable[..., None]

#: What these answer with is no page.
NO_PAGE = {
    "/",
    "/static/<path:filename>",
    "/uploads/<uuid:upload_id>",
    "/cases/<uuid:case_id>/diagrams",
    "/cases/<uuid:case_id>/diagrams/<uuid:instance_id>/drawing.bpmn",
    "/translation/texts.csv",
    "/calendar/<token>.ics",
    "/tasks/<uuid:task_id>/rows/<path>/template.<kind>",
    "/documents/<uuid:document_id>/paper.<kind>",
    "/cases/<uuid:case_id>/letters/<uuid:notice_id>/paper.<kind>",
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
    coordinator = Person(browser, demonstration, "Ffion Hughes", language)
    for path in (*FOR_THE_SIGNED_IN, *FOR_THE_LOOKING_AFTER, *FOR_COORDINATORS):
        look(coordinator, path)
    _look_at_cases(coordinator, look)
    _look_at_a_meeting(coordinator, look)
    _look_at_the_stationery(Person(browser, demonstration, "Catrin Sayer", language), look)
    _look_at_a_long_task(Person(browser, demonstration, "Aled Bevan", language), look)
    _look_at_a_task(Person(browser, demonstration, "Carys Morgan", language), look)
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - looked_at == NO_PAGE


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
        for path in _below(coordinator, case):
            for name in [name for name, fits in wanted.items() if fits.match(path)]:
                look(coordinator, path)
                del wanted[name]
    assert not wanted, f"no case leads to {list(wanted)}"
    for part in OF_A_CASE:
        look(coordinator, f"{case}{part}")
    _look_at_a_note(coordinator, case, look)


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
    look(coordinator, f"{meeting}/record")
    with coordinator.page.expect_navigation():
        coordinator.page.locator("main form button").click()
    look(coordinator)


def _below(person: Person, paths: list[str]) -> list[str]:
    """Return what the diagrams and the first document of a case lead to."""


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


def _look_at_the_stationery(designer: Person, look: Look) -> None:
    look(designer, "/stationery")
    for path in ("", "/head", "/layout/action_plan", "/layout/action_plan/trial"):
        look(designer, f"/stationery/cwmafon{path}")


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


def _look_at_a_task(worker: Person, look: Look) -> None:
    """Look at a task, as it is saved, checked and done, and at the page after a mistake."""
    worker.start_consultation()
    identifier = worker.page.locator("h1").inner_text().split()[-1]
    (task,) = worker.links(A_TASK)
    look(worker, task)
    with worker.page.expect_navigation():
        worker.page.locator("main button[value='save']").click()
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
