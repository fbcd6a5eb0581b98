"""A programme year with a forum, and a Case Review Event, each in the browser to its end."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.served import Demonstration
from tests.browser.walk import (
    AGENCIES,
    ALED,
    BETHAN,
    DELYTH,
    FFION,
    IEUAN,
    LOWRI,
    MARC,
    NIA,
    OWAIN,
    PRIYA,
    ZARA,
    Walk,
    Ways,
)

#: Those who work in Welsh; the others work in English.
IN_WELSH = {BETHAN, FFION, LOWRI, OWAIN}

FIRST, SECOND = {"item": "participant_1"}, {"item": "participant_2"}
POLICE, SOCIAL_SERVICES = {"item": "police"}, {"item": "social_services"}
PLANNED = {"item": "planned_forum_1"}

PROGRAMME: Ways = (
    ("place_responsibility", OWAIN, {}),
    ("gather_topics", PRIYA, {}),
    ("draft_programme", PRIYA, {}),
    ("approve_programme", OWAIN, {}),
    ("settle_planned_forum", PRIYA, PLANNED),
)
FORUM_PLANNED: Ways = (
    ("choose_purpose", PRIYA, {}),
    ("choose_method", PRIYA, {}),
    ("list_invitees", PRIYA, {}),
)
FORUM_HELD: Ways = (
    ("answer_invitation", LOWRI, FIRST),
    ("answer_invitation", MARC, SECOND),
    ("open_forum", IEUAN, {}),
    ("hold_forum", IEUAN, {}),
    ("capture_learning", IEUAN, {}),
    ("judge_relevance", PRIYA, {}),
    ("share_as_owner", PRIYA, {}),
    ("act_on_learning", PRIYA, SOCIAL_SERVICES),
    ("act_on_learning", PRIYA, {"item": "education"}),
    ("fill_in_evaluation", LOWRI, FIRST),
    ("fill_in_evaluation", MARC, SECOND),
)
NEXT_PROGRAMME = PROGRAMME[:4]
YEAR_END: Ways = (
    ("judge_impact", ZARA, {}),
    ("feed_business_plan", PRIYA, {}),
    ("share_between_boards", OWAIN, {}),
)

EVENT_COMMISSIONED: Ways = (
    ("commission_event", NIA, {}),
    ("present_summary", FFION, {}),
    ("establish_agencies", FFION, {"values": {"agencies": AGENCIES}}),
    ("fix_period", FFION, {}),
    ("agree_objectives", FFION, {}),
    ("ask_agency", FFION, POLICE),
    ("ask_agency", FFION, SOCIAL_SERVICES),
    ("write_timeline", ALED, POLICE),
    ("write_timeline", BETHAN, SOCIAL_SERVICES),
    ("check_return", FFION, POLICE),
    ("check_return", FFION, SOCIAL_SERVICES),
    ("merge_timelines", FFION, {}),
    ("name_participants", FFION, {}),
    ("choose_facilitators", FFION, {}),
    ("plan_event", FFION, {}),
    ("write_letter", FFION, FIRST),
    ("write_letter", FFION, SECOND),
)
EVENT_HELD: Ways = (
    ("open_event", IEUAN, {}),
    ("hold_event", IEUAN, {}),
    ("write_report", IEUAN, {}),
    ("write_plan", IEUAN, {}),
    ("receive_report", OWAIN, {}),
    ("decide_on_sharing", OWAIN, {}),
    ("pass_messages_on", OWAIN, {}),
    ("carry_out", FFION, {"item": "action_1"}),
    ("carry_out", FFION, {"item": "action_2"}),
    ("feed_learning", FFION, {}),
)


def test_a_programme_year_runs_from_its_approval_over_a_forum_to_its_end(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    walk = Walk(browser, moving_demonstration, IN_WELSH)
    walk.start("forum_programme", PRIYA)
    programme = walk.identifier, walk.case
    walk.go(PROGRAMME)

    walk.turn_to_linked_case("MPF", PRIYA)
    walk.person(FFION).appoint(walk.case, "forum_facilitator", IEUAN)
    walk.go(FORUM_PLANNED)
    for item, name in (("participant_1", LOWRI), ("participant_2", MARC)):
        walk.person(FFION).appoint(walk.case, "participant", name, item)
    walk.go(FORUM_HELD)
    _is_closed(walk)

    walk.identifier, walk.case = programme
    walk.move_time(200)
    walk.go(YEAR_END[:1])
    walk.move_time(120)
    walk.turn_to_linked_case("MFP", PRIYA)
    walk.go(NEXT_PROGRAMME)
    walk.identifier, walk.case = programme
    walk.move_time(90)
    walk.go(YEAR_END)
    _is_closed(walk)
    assert walk.problems() == []


def test_a_case_review_event_runs_from_its_commission_to_the_learning_it_feeds(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    walk = Walk(browser, moving_demonstration, IN_WELSH)
    walk.start("case_review_event", NIA)
    walk.go(EVENT_COMMISSIONED)
    coordinator = walk.person(FFION)
    coordinator.appoint(walk.case, "facilitator", IEUAN)
    coordinator.appoint(walk.case, "note_taker", DELYTH)
    walk.go(EVENT_HELD)
    _is_closed(walk)
    assert walk.person(ALED).status(walk.case) == 404, "an author of a timeline has no case page"
    assert walk.problems() == []


def _is_closed(walk: Walk) -> None:
    coordinator = walk.person(FFION)
    coordinator.open(walk.case)
    coordinator.check_page()
    expect(coordinator.page.locator("main")).to_contain_text("Wedi’i gau")
