"""An Extended Review from referral to impact report, by people who each see only their part."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.served import Demonstration
from tests.browser.walk import (
    AGENCIES,
    ALED,
    BETHAN,
    CARYS,
    DELYTH,
    FFION,
    GWENNO,
    KYFFIN,
    LOWRI,
    MARC,
    MEINIR,
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

#: Those who work in Welsh; the others work in English.
IN_WELSH = {BETHAN, FFION, GWENNO, LOWRI, MEINIR, SIONED, WYN}

FAMILY_MEMBER, FIRST = {"item": "family_member_1"}, {"item": "participant_1"}
SECOND, ACTION = {"item": "participant_2"}, {"item": "action_1"}

#: What is done in the browser, once the engine has led the case up to it: task, person, the rest.
TO_THE_PANEL: Ways = (
    ("collect_facts", VIKRAM, {"values": {"on_register": "yes"}}),
    ("recommend", NIA, {"values": {"recommended": "extended"}}),
    ("decide_recommendation", OWAIN, {}),
    ("fill_use_block", YASMIN, {}),
    ("set_up_panel", NIA, {}),
)
TO_THE_TIMELINES: Ways = (
    ("appoint_external_reviewer", OWAIN, {"item": "reviewer_external"}),
    ("list_agencies", TOMOS, {"values": {"agencies": AGENCIES}}),
    ("decide_first_approach", TOMOS,
     FAMILY_MEMBER | {"values": {"first_approach_email": "gwenno.pugh@cwmafon.example"}}),
    ("write_timeline", ALED, {"item": "police"}),
    ("write_timeline", BETHAN, {"item": "social_services"}),
    ("merge_timelines", TOMOS, {}),
    ("make_contact", GWENNO, FAMILY_MEMBER),
    ("write_letter", MEINIR, FIRST),
)  # fmt: skip
TO_THE_REPORT: Ways = (
    ("reply", LOWRI, FIRST),
    ("reply", MARC, SECOND),
    ("open_event", UNA, {}),
    ("hand_in_record", DELYTH, {}),
    ("fill_in_evaluation", LOWRI, FIRST),
    ("report_on_issues", UNA, {}),
    ("give_comments", MARC, SECOND),
    ("sign_report", MEINIR, {}),
    ("sign_second_statement", UNA, {}),
    ("check_report", SIONED, {}),
    ("decide_on_report", OWAIN, {}),
    ("fix_date", OWAIN, {}),
)
TO_THE_ACTIONS: Ways = (("carry_out", KYFFIN, ACTION), ("fill_use_block", YASMIN, {}))


def _of_participant(item: str) -> set[str]:
    own = (
        "draft_comments",
        "event_evaluation",
        "invitation_letter",
        "preparation_sheet",
        "reply_slip",
    )
    shared = {"event_plan", "terms_of_reference", "working_principles"}
    return {f"{form}/{item}" for form in own} | shared


#: What is theirs of what stands once the Board has accepted the report.
BEFORE_PUBLICATION = {
    ALED: {"agency_timeline/police", "timeline_request/police"},
    BETHAN: {"agency_timeline/social_services", "timeline_request/social_services"},
    LOWRI: _of_participant("participant_1"),
    MARC: _of_participant("participant_2"),
}
#: What anybody may read once the report is published, and what the staff of agencies are told.
PUBLISHED = {"publication", "report", "summary_timeline"}
TO_STAFF = {"dissemination", "staff_dissemination"}
AT_THE_END = {
    **{name: own | PUBLISHED | TO_STAFF for name, own in BEFORE_PUBLICATION.items()},
    KYFFIN: {"action_progress/action_1"},
}


def test_people_take_an_extended_review_from_referral_to_impact_report(
    browser: Browser, moving_demonstration: Demonstration
) -> None:
    walk = Walk(browser, moving_demonstration, IN_WELSH)
    walk.start()
    walk.go((("raise_concern", CARYS), ("receive_referral", OWAIN)))
    _go_on(walk, TO_THE_PANEL)
    coordinator = walk.person(FFION)
    for role, name in (
        ("panel_chair", TOMOS),
        ("panel_member", VIKRAM),
        ("panel_member", WYN),
        ("reviewer_local", MEINIR),
        ("reviewer_external", UNA),
        ("note_taker", DELYTH),
    ):
        coordinator.appoint(walk.case, role, name)
    _go_on(walk, TO_THE_TIMELINES)
    coordinator.appoint(walk.case, "participant", LOWRI, "participant_1")
    coordinator.appoint(walk.case, "participant", MARC, "participant_2")
    _go_on(walk, TO_THE_REPORT)
    for name, may_read in BEFORE_PUBLICATION.items():
        _sees_only(walk, name, may_read)
    walk.play("assign_actions")
    coordinator.appoint(walk.case, "action_owner", KYFFIN, "action_1")
    _go_on(walk, TO_THE_ACTIONS)
    walk.play("consider_further_action")
    walk.go((("consider_further_action", YASMIN),))
    walk.move_time(15)
    walk.go((("tell_beforehand", FFION), ("prepare_statement", OWAIN), ("publish", FFION)))
    walk.play("report_impact")
    walk.go((("report_impact", OWAIN),))

    for name, may_read in AT_THE_END.items():
        _sees_only(walk, name, may_read)
    assert walk.problems() == []


def _go_on(walk: Walk, steps: Ways) -> None:
    for step, name, how in steps:
        walk.play(step if "item" not in how else f"{step}/{how['item']}")
        walk.go([(step, name, how)])


def _sees_only(walk: Walk, name: str, may_read: set[str]) -> None:
    """Hold that somebody with a part of their own finds no page of the case, and no document but
    these.
    """
    person = walk.person(name)
    for part in ("", "/people", "/history", "/diagrams"):
        assert person.status(walk.case + part) == 404, (name, part)
    person.open("/cases")
    expect(person.page.locator("main")).not_to_contain_text(walk.identifier)
    assert walk.may_read(name) == may_read, name
