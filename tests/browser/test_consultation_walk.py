"""One person after another takes a consultation from idea to follow-up, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.served import Demonstration

CLOSED = {"en": "Closed", "cy": "Wedi’i gau"}

#: Who does what, in order: BPMN id of the task, and the person of the demonstration.
PLAIN_WAY = (
    ("seek_consent", "Carys Morgan"),
    ("write_chronology_and_history", "Carys Morgan"),
    ("send_pack", "Carys Morgan"),
    ("consider_referral", "Gareth Evans"),
    ("name_facilitators", "Hannah Lloyd"),
    ("arrange_session", "Ffion Hughes"),
    ("provide_minutes", "Ffion Hughes"),
    ("plan_session", "Ieuan Roberts"),
    ("hold_session", "Jasmine Bowen"),
)
APPOINTED = (
    ("facilitator", "Ieuan Roberts"),
    ("facilitator", "Jasmine Bowen"),
    ("observer", "Kyffin Davies"),
)
PARTICIPANTS = {"participant_1": "Lowri Jenkins", "participant_2": "Marc Thomas"}
AFTER_SESSION = (
    ("debrief", "Kyffin Davies"),
    ("evaluate_session", "Lowri Jenkins"),
    ("evaluate_session", "Marc Thomas"),
)
FOLLOW_UP = (
    ("evaluate_first_feedback", "Gareth Evans"),
    ("set_follow_up_date", "Hannah Lloyd"),
    ("hold_follow_up", "Ieuan Roberts"),
    ("review_outcome", "Gareth Evans"),
)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_people_take_a_consultation_from_idea_to_follow_up(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    people: dict[str, Person] = {}

    def person(name: str) -> Person:
        if name not in people:
            people[name] = Person(browser, demonstration, name, language)
        return people[name]

    case, address = _start(person("Carys Morgan"))
    person("Carys Morgan").do(case, "identify_case")
    coordinator = person("Ffion Hughes")
    for role, name in APPOINTED:
        coordinator.appoint(address, role, name)
    for step, name in PLAIN_WAY:
        person(name).do(case, step)
    for item, name in PARTICIPANTS.items():
        coordinator.appoint(address, "participant", name, item)
    for step, name in AFTER_SESSION:
        person(name).do(case, step)
    for name in PARTICIPANTS.values():
        person(name).do(case, "name_actions")
    for step, name in FOLLOW_UP:
        person(name).do(case, step)

    _look_around(coordinator, address)
    for somebody in people.values():
        assert somebody.problems == []


def _look_around(coordinator: Person, address: str) -> None:
    """See that the case is closed, and hold its other pages to WCAG too."""
    coordinator.open(address)
    coordinator.check_page()
    expect(coordinator.page.locator("main")).to_contain_text(CLOSED[coordinator.language])
    for section in ("people", "diagrams", "history"):
        coordinator.open(f"{address}/{section}")
        coordinator.check_page()


def _start(worker: Person) -> tuple[str, str]:
    """Open a case; return its identifier and the path of its page."""
    worker.open("/cases/start")
    worker.check_page()
    worker.page.locator("main [name='process'][value^='consultation:']").check(force=True)
    worker.page.locator("main form button").first.click()
    worker.page.wait_for_load_state()
    found = re.search(r"[A-Z]+-CNS-\d{4}-\d{3}", worker.page.locator("main").inner_text())
    assert found is not None, worker.page.url
    link = worker.page.locator("main a[href*='/cases/']")
    path = link.first.get_attribute("href") if link.count() else worker.page.url
    assert path is not None
    case_path = re.search(r"/cases/[0-9a-f-]{36}", path)
    assert case_path is not None, path
    return found[0], case_path[0]
