"""An agency brings its timeline from a spreadsheet, with the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.served import Demonstration

ALED = "Aled Bevan"
PASTED = (
    "Date\tTime\tWhat happened, or which contact was there?\tFamily\tStaff\tSignificant\tWard\n"
    "3/4/2025\t9.30am\tHome visit, the door was not answered\tMother\tHealth visitor\tyes\tC3\n"
    "25 Ebrill 2025\t\tSeen at the surgery\tChild\tGP\t\t\n"
    "some time in May\t\tCall from a neighbour\tNeighbour\tDuty officer\t\t\n"
)
WIDER = "document.documentElement.scrollWidth - window.innerWidth"


def test_an_agency_pastes_its_timeline_with_the_keyboard(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    served = moving_demonstration
    identifier = served.identifier_with("write_timeline")
    served.play(identifier, "write_timeline/police")
    task = f"/tasks/{served.task_id(identifier, 'write_timeline', 'police')}"
    section = f"{task}/sections/agency_timeline/timeline"
    for language in ("en", "cy"):
        person = Person(browser, served, ALED, language, java_script_enabled=language == "en")
        page = person.page
        person.open(section)
        _press(person, "[value='spreadsheet:timeline_rows']")
        _look(person, "start")
        page.locator("#page-pasted").focus()
        page.keyboard.insert_text(PASTED)
        _press(person, "main [value='read']")
        expect(page.locator("main [name='page-column-0']")).to_have_value("happened_on")
        _look(person, "columns")
        _press(person, "main [value='preview']")
        main = page.locator("main")
        expect(main).to_contain_text("25 April 2025" if language == "en" else "25 Ebrill 2025")
        expect(main.locator("#not-taken")).to_contain_text("C3")
        expect(main).to_contain_text("some time in May")
        _look(person, "preview")
        _press(person, "main [value='add']")
        expect(main).to_contain_text("C3")
        _look(person, "taken")
        if language == "en":
            # Whoever comes back to this page later stands at the rows, and not before an error.
            expect(page).to_have_url(re.compile(re.escape(section) + "#timeline_rows-"))
        person.open(section)
        place = 0 if language == "en" else 3
        event = page.locator(f"[name='timeline_rows-{place}-event']")
        expect(event).to_have_value("Home visit, the door was not answered")
        unread = page.locator(f"[name='timeline_rows-{place + 2}-happened_on']")
        expect(unread).to_have_value("some time in May")
        assert person.problems == []


def _press(person: Person, button: str) -> None:
    """Press a button as somebody without a mouse does."""
    with person.page.expect_navigation():
        person.page.locator(button).first.press("Enter")


def _look(person: Person, step: str) -> None:
    """Hold a page to axe where scripts run, and to a narrow screen."""
    if person.language == "en":
        person.check_page()
    for width in (320, 1280):
        person.page.set_viewport_size({"width": width, "height": 900})
        if person.language == "en":
            assert person.page.evaluate(WIDER) <= 0, step
