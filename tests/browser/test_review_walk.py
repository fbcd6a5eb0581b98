"""People of ten roles take a referral to a published Concise report, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import DEFINITIONS, Person, Story

CARYS, FFION, NIA, OWAIN = "Carys Morgan", "Ffion Hughes", "Nia Griffiths", "Owain Rees"
SIONED, TOMOS, UNA = "Sioned Parry", "Tomos Llewelyn", "Una Fletcher"
VIKRAM, WYN, YASMIN = "Vikram Nair", "Wyn Ellis", "Yasmin Cole"

CLOSED = {"en": "Closed", "cy": "Wedi’i gau"}

#: Who does what, in order: the process, the BPMN id of the task, and the person.
INTAKE = (
    ("referral", "raise_concern", CARYS),
    ("referral", "receive_referral", OWAIN),
    ("referral", "forward_referral", OWAIN),
    ("referral", "record_receipt", FFION),
    ("referral", "collect_facts", VIKRAM),
    ("referral", "recommend", NIA),
    ("referral", "draft_terms", VIKRAM),
    ("referral", "plan_review", NIA),
    ("referral", "advise_on_terms", SIONED),
    ("referral", "sign_recommendation", NIA),
    ("referral", "decide_recommendation", OWAIN),
    ("recommendation_use_block", "fill_use_block", YASMIN),
    ("concise_review", "set_up_panel", FFION),
)
PANEL = (("panel_chair", TOMOS), ("panel_member", VIKRAM), ("panel_member", WYN))
REVIEWER = (
    ("concise_review", "confirm_panel_chair", NIA),
    ("appoint_reviewer", "find_reviewer", TOMOS),
    ("appoint_reviewer", "check_and_commission", TOMOS),
)
REVIEW = (
    ("concise_review", "study_timeline", WYN),
    ("concise_review", "name_learning", UNA),
    ("concise_review", "write_report", UNA),
    ("concise_review", "submit_report", UNA),
    ("concise_review", "go_through_report", WYN),
    ("concise_review", "build_plan", TOMOS),
    ("concise_review", "sign_report", UNA),
    ("concise_review", "check_report", SIONED),
    ("concise_review", "present_report", TOMOS),
    ("concise_review", "decide_on_report", OWAIN),
    ("publication", "fix_date", OWAIN),
    ("publication", "send_report", OWAIN),
    ("report_use_block", "fill_use_block", YASMIN),
    ("report_use_block", "consider_further_action", YASMIN),
)
PUBLICATION = (
    ("publication", "tell_beforehand", FFION),
    ("publication", "prepare_statement", OWAIN),
    ("publication", "publish", FFION),
)
#: Who is told that the six months are over, and what.
TOLD = (
    ("Welsh Government Safeguarding Team", "the review has taken more than six months"),
    ("Chair of the Board", "the six months are over"),
    ("Board", "the six months are over"),
    ("Chair of the Sub-Group", "the six months are over"),
    ("Panel Chair", "the six months are over"),
)


class Walk:
    """A case, and the people who work on it, each at a browser of their own."""

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        self.browser = browser
        self.address = address
        self.language = language
        self.people: dict[str, Person] = {}
        self.days_ahead = 0
        found_out = {"suggested_type_found": "concise", "review_type": "concise"}
        self.story = Story(found_out, goes_on=True)

    def person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = Person(
                self.browser, self.address, name, self.language, self.days_ahead, self.story
            )
        return self.people[name]

    def start(self) -> None:
        self.case = self.person(CARYS).start_case("referral")
        self.identifier = self.person(CARYS).page.locator("h1").inner_text().split()[-1]

    def go(self, steps: tuple[tuple[str, str, str], ...]) -> None:
        for process, step, name in steps:
            self.person(name).do(self.identifier, step, process=process)

    def move_time(self, days: int) -> None:
        self.person(FFION).move_time(days)
        self.days_ahead += days
        for somebody in self.people.values():
            somebody.days_ahead = self.days_ahead


@pytest.mark.parametrize("language", ["en", "cy"])
def test_people_take_a_referral_to_a_published_report(
    browser: Browser, moving_demonstration: Demonstration, language: str
) -> None:
    walk = Walk(browser, moving_demonstration, language)
    walk.start()
    walk.go(INTAKE)
    coordinator = walk.person(FFION)
    for role, name in PANEL:
        coordinator.appoint(walk.case, role, name)
    walk.go(REVIEWER)
    coordinator.appoint(walk.case, "reviewer", UNA)
    walk.go(REVIEW)
    walk.move_time(15)
    walk.go(PUBLICATION)
    walk.move_time(85)
    walk.go((("publication", "keep_or_take_down", FFION),))

    coordinator.open(walk.case)
    coordinator.check_page()
    expect(coordinator.page.locator("main")).to_contain_text(CLOSED[language])
    for somebody in walk.people.values():
        assert somebody.problems == []


def test_the_overrun_of_the_six_months_leaves_the_other_work_going_on(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    walk = Walk(browser, moving_demonstration, "en")
    identifier, case = _under_review(walk.person(UNA))
    writing, explaining = _named("write_report", "concise_review"), _named("explain_overrun")
    assert writing in _tasks_on(walk.person(UNA), identifier)
    assert explaining not in _tasks_on(walk.person(NIA), identifier)

    walk.move_time(120)

    assert explaining in _tasks_on(walk.person(NIA), identifier)
    assert writing in _tasks_on(walk.person(UNA), identifier)
    walk.person(FFION).open(case)
    told = walk.person(FFION).page.locator("main li").all_text_contents()
    for role, subject in TOLD:
        assert [line for line in told if f"{role}: Case {identifier}: {subject}" in line], role

    walk.person(NIA).do(identifier, "explain_overrun", process="referral")
    walk.person(OWAIN).do(identifier, "note_overrun", process="referral")
    assert writing in _tasks_on(walk.person(UNA), identifier)


def _under_review(reviewer: Person) -> tuple[str, str]:
    """Return the identifier and the path of the case on which a report is being written."""
    reviewer.open("/tasks")
    row = reviewer.page.locator("main tr", has_text=_named("write_report", "concise_review")).first
    found = re.search(r"[A-Z]+-CPR-\d{4}-\d{3}", row.inner_text())
    assert found is not None, row.inner_text()
    reviewer.open("/cases")
    link = reviewer.page.locator("main a", has_text=found[0]).first.get_attribute("href")
    assert link is not None
    return found[0], link


def _named(step: str, process: str = "referral") -> str:
    return DEFINITIONS.processes[process].elements[step].name("en")


def _tasks_on(person: Person, identifier: str) -> str:
    """Return what the list of tasks says about a case."""
    person.open("/tasks")
    return "\n".join(person.page.locator("main tr", has_text=identifier).all_inner_texts())
