"""People of many roles take a referral to a published Concise report, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import DEFINITIONS, Person
from tests.browser.served import Demonstration
from tests.browser.walk import (
    AGENCIES,
    ALED,
    CARYS,
    DELYTH,
    FFION,
    NIA,
    OWAIN,
    SIONED,
    TOMOS,
    UNA,
    VIKRAM,
    WYN,
    YASMIN,
    Walk,
    Ways,
)

CLOSED = {"en": "Closed", "cy": "Wedi’i gau"}

#: Who does what, in order: the BPMN id of the task, and the person.
INTAKE = (
    ("raise_concern", CARYS),
    ("receive_referral", OWAIN),
    ("forward_referral", OWAIN),
    ("record_receipt", FFION),
    ("collect_facts", VIKRAM),
    ("recommend", NIA),
    ("draft_terms", VIKRAM),
    ("plan_review", NIA),
    ("advise_on_terms", SIONED),
    ("sign_recommendation", NIA),
    ("decide_recommendation", OWAIN),
    ("fill_use_block", YASMIN),
    ("set_up_panel", FFION),
)
PANEL = (("panel_chair", TOMOS), ("panel_member", VIKRAM), ("panel_member", WYN))
REVIEWER = (
    ("confirm_panel_chair", NIA),
    ("find_reviewer", TOMOS),
    ("check_and_commission", TOMOS),
)
#: What is done in the browser once the engine has led the case up to it.
REVIEW: Ways = (
    ("list_agencies", TOMOS, {"values": {"agencies": AGENCIES}}),
    ("write_timeline", ALED, {"item": "police"}),
    ("study_timeline", WYN, {}),
    ("open_event", UNA, {}),
    ("hand_in_record", DELYTH, {}),
    ("name_learning", UNA, {}),
    ("write_report", UNA, {}),
    ("submit_report", UNA, {}),
    ("go_through_report", WYN, {}),
    ("build_plan", TOMOS, {}),
    ("sign_report", UNA, {}),
    ("check_report", SIONED, {}),
    ("present_report", TOMOS, {}),
    ("decide_on_report", OWAIN, {}),
    ("fix_date", OWAIN, {}),
    ("send_report", OWAIN, {}),
    ("fill_use_block", YASMIN, {}),
    ("consider_further_action", YASMIN, {}),
)
PUBLICATION = (("tell_beforehand", FFION), ("prepare_statement", OWAIN), ("publish", FFION))
#: Who is told that the six months are over, and what.
TOLD = (
    ("Welsh Government Safeguarding Team", "the review has taken more than six months"),
    ("Chair of the Board", "the six months are over"),
    ("Board", "the six months are over"),
    ("Chair of the Sub-Group", "the six months are over"),
    ("Panel Chair", "the six months are over"),
)


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
    coordinator.appoint(walk.case, "note_taker", DELYTH)
    for step, name, how in REVIEW:
        walk.play(step)
        walk.go([(step, name, how)])
    walk.move_time(15)
    walk.go(PUBLICATION)
    walk.play("report_impact")
    walk.go((("report_impact", OWAIN), ("share_lessons", OWAIN)))
    walk.move_time(85)
    walk.go((("keep_or_take_down", FFION),))

    coordinator.open(walk.case)
    coordinator.check_page()
    expect(coordinator.page.locator("main")).to_contain_text(CLOSED[language])
    assert walk.problems() == []


def test_the_overrun_of_the_six_months_leaves_the_other_work_going_on(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    walk = Walk(browser, moving_demonstration, "en")
    identifier, case = _under_review(walk.person(UNA))
    writing, explaining = _named("write_report", "report"), _named("explain_overrun")
    assert writing in _tasks_on(walk.person(UNA), identifier)
    assert explaining not in _tasks_on(walk.person(NIA), identifier)

    walk.move_time(120)

    assert explaining in _tasks_on(walk.person(NIA), identifier)
    assert writing in _tasks_on(walk.person(UNA), identifier)
    told = _messages_on(walk.person(FFION), case)
    for role, subject in TOLD:
        said = f"Case {identifier}: {subject}"
        assert [to for to, about in told if to == role and said in about], role

    walk.person(NIA).do(identifier, "explain_overrun")
    walk.person(OWAIN).do(identifier, "note_overrun")
    assert writing in _tasks_on(walk.person(UNA), identifier)


def _under_review(reviewer: Person) -> tuple[str, str]:
    """Return the identifier and the path of the case on which a report is being written."""
    reviewer.open("/tasks")
    row = reviewer.page.locator("main tr", has_text=_named("write_report", "report")).first
    found = re.search(r"[A-Z]+-CPR-\d{4}-\d{3}", row.inner_text())
    assert found is not None, row.inner_text()
    reviewer.open("/cases")
    link = reviewer.page.locator("main a", has_text=found[0]).first.get_attribute("href")
    assert link is not None
    return found[0], link


def _messages_on(coordinator: Person, case: str) -> list[tuple[str, str]]:
    """Return to which role each message of a case went, and what about, on all pages of them."""
    coordinator.open(f"{case}/messages")
    page, found = coordinator.page, []
    while True:
        for row in page.locator("main tbody tr").all():
            about, to, *_ = row.locator("td").all_inner_texts()
            found.append((to.splitlines()[0], about))
        further = page.locator("main a[rel='next']")
        if not further.count():
            return found
        with page.expect_navigation():
            further.click()


def _named(step: str, process: str = "referral") -> str:
    return DEFINITIONS.processes[process].elements[step].name("en")


def _tasks_on(person: Person, identifier: str) -> str:
    """Return what the list of tasks says about a case."""
    person.open("/tasks")
    return "\n".join(person.page.locator("main tr", has_text=identifier).all_inner_texts())
