"""Planning, clarification and invitations go where the guidance says, and on time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import time_source
from engine.clocks import ClockView, Known, compute
from engine.decisions import decide, parse_decision
from engine.timescales import own_functions
from tests.processes.shipped import FACTS, PROCESSES, ROLES, TIMESCALES, definition
from tests.processes.test_review_diagrams import Case

ROOT = Path(__file__).parents[2]
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")

EVENT = date(2026, 6, 15)
OTHER = date(2026, 7, 20)

# Decisions


def ask(decision: str, **facts: Any) -> Any:
    """Apply a table; whatever is not given is not known."""
    path = PROCESSES / "decisions" / f"{decision}.dmn"
    table = parse_decision(path.read_bytes(), str(path))
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    return decide(table, facts, own_functions(noon, lambda key: None))


@pytest.mark.parametrize("decision", ["DR-19", "DR-20"])
def test_every_row_of_the_catalogue_is_a_rule_that_cites_its_source(decision: str) -> None:
    in_catalogue = set(re.findall(rf"^\| ({decision}\.\d+) \|", CATALOGUE, re.MULTILINE))
    path = PROCESSES / "decisions" / f"{decision}.dmn"
    assert {rule.id for rule in parse_decision(path.read_bytes(), "").rules} == in_catalogue
    for rule in etree.fromstring(path.read_bytes()).iter("{*}rule"):
        described = rule.findtext("{*}description") or ""
        assert re.search(r"\([^()]*(\bP\b|[GA]\d)[^()]*\)\.$", described), described


@pytest.mark.parametrize(
    ("person", "result", "row"),
    [
        ("practitioner", "invite_attendance_expected", 1),
        ("practice_manager", "invite", 2),
        ("family_member", "not_a_participant", 3),
        ("note_taker", "attends_without_contributing", 4),
        ("panel_member", "by_panel_decision", 5),
    ],
)
def test_who_is_invited(person: str, result: str, row: int) -> None:
    found = ask("DR-19", participant_kind=person)
    assert ([each["result"] for each in found.result], found.rules) == ([result], (f"DR-19.{row}",))


@pytest.mark.parametrize(
    ("complexity", "length", "row"),
    [
        ("ordinary", "one_day", 1),
        ("simple", "half_day", 2),
        ("very_complex_keep_thread", "two_consecutive_days", 3),
        ("very_complex_time_to_think", "two_days_with_gap", 4),
    ],
)
def test_how_long_the_event_lasts(complexity: str, length: str, row: int) -> None:
    found = ask("DR-20", event_complexity=complexity)
    assert (found.result["length"], found.rules) == (length, (f"DR-20.{row}",))


# Timescales

#: Kind, length, source, item; what runs from what, and what ends it.
EXPECTED = {
    "TS-14": ("order", "P2D", "P", "agency", "timeline_due_on", ["LEV-07"]),
    "TS-16": ("order", "", "G", "participant", "letter_sent_on", ["spoken_to_on"]),
    "TS-17": ("window", "", "G", "", "event_on", []),
    "TS-55": ("open", "P7D", "P", "participant", "letter_sent_on", ["replied_on"]),
    "TS-56": ("lead", "P21D", "P", "participant", "event_on", ["letter_sent_on"]),
}
DUE = date(2026, 9, 15)
REVIEWERS = {"reviewer", "reviewer_local", "reviewer_external"}
STARTS = {"TS-14": date(2026, 9, 13), "TS-55": date(2026, 9, 8), "TS-56": date(2026, 10, 6)}
LADDERS = {
    "TS-14": [(date(2026, 9, 16), "E2")],
    "TS-55": [(date(2026, 9, 13), "E1"), (date(2026, 9, 16), "E2")],
    "TS-56": [(date(2026, 9, 8), "E1"), (date(2026, 9, 16), "E2")],
}


def view(key: str, today: date, **facts: Any) -> ClockView:
    """Return how a clock stands at the start of a day."""
    row = TIMESCALES[key]
    names = {**dict.fromkeys(row.facts), **facts}
    return compute(row, Known(names), time_source.start_of_day(today), ())


@pytest.mark.parametrize("key", EXPECTED)
def test_a_row_counts_and_cites_as_the_catalogue_does(key: str) -> None:
    row = TIMESCALES[key]
    kind, length, source, item, runs_from, ends = EXPECTED[key]
    assert (row.kind, str(row.length or ""), row.source, row.item) == (kind, length, source, item)
    assert (row.runs_from, list(row.ends)) == (runs_from, ends)
    line = re.search(rf"^\| {key} \|.*$", CATALOGUE, re.MULTILINE)
    assert line is not None
    assert row.cite == line[0].rstrip(" |").rpartition("|")[2].strip()
    assert set(row.facts) <= set(FACTS)


@pytest.mark.parametrize("key", LADDERS)
def test_the_ladder_stands_on_the_days_of_the_catalogue(key: str) -> None:
    found = view(key, date(2026, 1, 1), **{TIMESCALES[key].runs_from: STARTS[key]})
    assert found.due_on == DUE
    moments = [(time_source.local_day(stage.at), stage.level) for stage in found.stages]
    assert moments == LADDERS[key]
    for stage in TIMESCALES[key].stages:
        assert all(ROLES.get(role) for role in TIMESCALES[key].recipients(stage.level))


@pytest.mark.parametrize(
    ("key", "level", "roles"),
    [
        ("TS-14", "E2", {"coordinator", "panel_chair"}),
        ("TS-55", "E1", {"participant"}),
        ("TS-55", "E2", {"participant", "panel_member"}),
        ("TS-56", "E1", REVIEWERS),
        ("TS-56", "E2", {*REVIEWERS, "panel_chair"}),
    ],
)
def test_a_rung_tells_whom_the_catalogue_names(key: str, level: str, roles: set[str]) -> None:
    assert set(TIMESCALES[key].recipients(level)) == roles


@pytest.mark.parametrize(("days", "state"), [(0, "met"), (1, "met")])
def test_a_reply_meets_its_clock_late_or_in_time(days: int, state: str) -> None:
    facts = {"letter_sent_on": STARTS["TS-55"], "replied_on": DUE + timedelta(days)}
    found = view("TS-55", DUE + timedelta(days), **facts)
    assert (found.state, found.late) == (state, days > 0)


def test_the_reply_to_an_earlier_letter_does_not_answer_the_new_one() -> None:
    facts = {"letter_sent_on": date(2026, 9, 8), "replied_on": date(2026, 9, 1)}
    assert view("TS-55", date(2026, 9, 9), **facts).state == "running"


# Diagrams


def test_the_four_points_of_the_first_meeting_open_together_and_are_all_awaited() -> None:
    case = Case("learning_event_planning").do("start_early", "convene_first_meeting")
    points = ["list_agencies", "outline_event", "plan_family_approach", "revisit_terms"]
    assert case.open == points
    case.do("revisit_terms", terms_adjusted=False).do("list_agencies", "plan_family_approach")
    assert not case.flow.is_completed()
    case.do("outline_event")
    assert (case.flow.ended_by, case.started) == ("event_is_outlined", ["timelines_to_reviewer"])


def test_terms_that_were_adjusted_are_issued_beside_the_meeting() -> None:
    case = Case("learning_event_planning").do("start_early", "convene_first_meeting")
    case.do("revisit_terms", terms_adjusted=True)
    assert case.started == ["issue_terms"]
    case.do("list_agencies", "plan_family_approach", "outline_event")
    assert case.flow.ended_by == "event_is_outlined"


def test_a_timeline_is_handed_over_as_soon_as_it_is_in() -> None:
    case = Case("timeline_to_reviewer", "police")
    assert case.sent == []
    case.follow(timeline_returned_on=date(2026, 4, 1))
    assert (case.sent, case.flow.ended_by) == (["timeline_for_reviewer"], "timeline_handed_over")


def test_a_timeline_that_never_comes_holds_nothing_open_once_the_others_are_merged() -> None:
    case = Case("timeline_to_reviewer", "police").follow(timelines_merged=True)
    assert (case.sent, case.flow.ended_by) == ([], "timeline_missing")


@pytest.mark.parametrize(
    ("asked", "kind", "parts", "ended"),
    [
        (["police"], "police", ["open_timeline_again"], None),
        (["police"], "education", [], "nothing_wanted"),
        (["police"], None, [], "nothing_wanted"),
    ],
)
def test_only_the_agency_that_was_named_is_asked_again(
    asked: list[str], kind: str | None, parts: list[str], ended: str | None
) -> None:
    case = Case("reopen_timeline", "agency_1", agencies_asked_again=asked, agency_kind=kind)
    assert (case.parts, case.flow.ended_by) == (parts, ended)


def clarified(**facts: Any) -> Case:
    case = Case("learning_event_preparation")
    case.world.lists |= {"agencies": ["police"], "participants": ["participant_1"]}
    case.do("read_timelines", "hold_clarification")
    return case.do("confirm_attendees", "confirm_event").do(
        "confirm_family_approach", **{"family_approach_confirmed": True, **facts}
    )


def invited(**facts: Any) -> Case:
    return clarified(**facts).do("fill_gaps", more_needed=False)


def test_gaps_are_looked_at_again_after_an_agency_was_asked_for_more() -> None:
    case = clarified().do("fill_gaps", more_needed=True)
    assert (case.open, case.parts) == ([], ["ask_agencies_again"])
    case.finish("ask_agencies_again").do("merge_again")
    assert (case.open, case.parts) == (["fill_gaps"], [])
    case.do("fill_gaps", more_needed=False)
    assert (case.open, case.parts) == (["plan_structure"], ["invite_participants"])


@pytest.mark.parametrize(
    ("confirmed", "outcomes", "opened"),
    [
        (True, [], []),
        (True, [None], []),
        (True, ["declined", None], []),
        (True, ["declined", "contributed"], ["weave_family_messages"]),
        (False, [], ["weave_family_messages"]),
        (False, [None], []),
    ],
)
def test_the_programme_waits_for_every_member_of_the_family(
    confirmed: bool, outcomes: list[str | None], opened: list[str]
) -> None:
    case = invited(family_approach_confirmed=confirmed, family_outcomes=outcomes)
    assert case.do("plan_structure").open == opened
    case.follow(family_outcomes=["no_reply"])
    assert case.open == ["weave_family_messages"]


def checked(**facts: Any) -> Case:
    case = invited(family_outcomes=["declined"]).do("plan_structure", "weave_family_messages")
    return case.finish("invite_participants").do("check_readiness", **facts)


def test_a_ready_event_goes_back_to_its_caller() -> None:
    case = checked(event_ready=True)
    assert (case.sent, case.flow.ended_by) == ([], "event_is_prepared")


def test_an_event_that_is_not_ready_warns_and_may_go_on() -> None:
    case = checked(event_ready=False)
    assert (case.sent, case.open) == (["event_not_ready"], ["decide_on_readiness"])
    case.do("decide_on_readiness", readiness_choice="proceed")
    assert case.flow.ended_by == "event_is_prepared"


def test_an_event_that_is_not_ready_may_get_another_date_and_is_checked_again() -> None:
    case = checked(event_ready=False).do("decide_on_readiness", readiness_choice="re_date")
    assert case.open == ["set_another_date"]
    assert case.do("set_another_date").parts == ["invite_again"]
    assert case.finish("invite_again").open == ["check_readiness"]


def invitation(**facts: Any) -> Case:
    return Case("invitation", "participant_1", event_on=EVENT, **facts)


def with_letter() -> Case:
    case = invitation().do("speak_to_participant", spoken_to=True)
    return case.do("write_letter", letter_event_on=EVENT)


def test_the_word_comes_before_the_letter_and_the_letter_before_the_reply() -> None:
    case = invitation()
    assert case.open == ["speak_to_participant"]
    assert case.do("speak_to_participant", spoken_to=True).open == ["write_letter"]
    assert case.do("write_letter", letter_event_on=EVENT).open == ["reply"]
    assert case.sent == ["invitation_letter"]
    case.do("reply", reply_event_on=EVENT, can_attend=True)
    assert (case.flow.ended_by, case.started) == ("person_comes", ["prepare_for_event"])


def test_the_preparation_sheet_is_opened_once_and_closes_when_the_event_is_over() -> None:
    known = {"spoken_to": True, "letter_event_on": EVENT, "reply_event_on": EVENT}
    case = invitation(**known, can_attend=True, sheet_opened=True)
    assert (case.flow.ended_by, case.started) == ("person_comes", [])
    sheet = Case("prepare_for_event", "participant_1")
    assert sheet.open == ["prepare"]
    assert sheet.follow(event_is_over=True).flow.ended_by == "sheet_closed"
    done = Case("prepare_for_event", "participant_1").do("prepare")
    assert done.flow.ended_by == "prepared"


def test_nothing_is_sent_twice_to_whoever_has_the_date_and_has_replied() -> None:
    known = {"spoken_to": True, "letter_event_on": EVENT, "reply_event_on": EVENT}
    case = invitation(**known, can_attend=True)
    assert (case.sent, case.flow.ended_by) == ([], "person_comes")


@pytest.mark.parametrize("replied_for", [None, EVENT])
def test_whoever_has_a_letter_with_an_older_date_gets_a_new_one(replied_for: date | None) -> None:
    moved = Case(
        "invitation", "participant_1",
        event_on=OTHER, spoken_to=True, letter_event_on=EVENT, reply_event_on=replied_for,
        can_attend=True,
    )  # fmt: skip
    assert moved.open == ["write_letter"]
    assert moved.do("write_letter", letter_event_on=OTHER).open == ["reply"]


@pytest.mark.parametrize(
    ("tasks", "facts"),
    [
        ([], {}),
        (["reply"], {"reply_event_on": EVENT, "can_attend": False}),
        (["reply", "take_up_absence"],
         {"reply_event_on": EVENT, "can_attend": False, "comes_after_all": False}),
    ],
)  # fmt: skip
def test_a_moved_event_takes_the_invitation_back_to_the_letter(
    tasks: list[str], facts: dict[str, Any]
) -> None:
    case = with_letter().do(*tasks, **facts)
    assert case.follow(event_on=OTHER).open == ["write_letter"]
    assert case.do("write_letter", letter_event_on=OTHER).open == ["reply"]
    assert case.sent == ["invitation_letter", "invitation_letter"]


@pytest.mark.parametrize(
    ("case", "facts", "opened"),
    [
        (invitation, {"spoken_to": True}, ["write_letter"]),
        (with_letter, {"reply_event_on": EVENT, "can_attend": False}, ["take_up_absence"]),
    ],
)
def test_what_was_done_another_way_is_not_asked_for(
    case: Any, facts: dict[str, Any], opened: list[str]
) -> None:
    assert case().follow(**facts).open == opened


def test_a_letter_that_went_another_way_is_not_written_again() -> None:
    case = invitation(spoken_to=True)
    case.follow(letter_event_on=EVENT)
    assert (case.open, case.sent) == (["reply"], [])


@pytest.mark.parametrize(
    ("decision", "opened", "ended"),
    [
        ("substitute", ["name_substitute"], None),
        ("written_account", [], "person_does_not_come"),
        ("neither", [], "person_does_not_come"),
    ],
)
def test_only_after_the_agency_does_the_panel_decide_on_an_absence(
    decision: str, opened: list[str], ended: str | None
) -> None:
    case = with_letter().do("reply", reply_event_on=EVENT, can_attend=False)
    assert case.open == ["take_up_absence"]
    assert case.do("take_up_absence", comes_after_all=False).open == ["decide_on_absence"]
    case.do("decide_on_absence", absence_decision=decision)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def test_whoever_comes_after_all_needs_no_decision() -> None:
    case = with_letter().do("reply", reply_event_on=EVENT, can_attend=False)
    assert case.do("take_up_absence", comes_after_all=True).flow.ended_by == "person_comes"


@pytest.mark.parametrize(
    ("asked", "parts", "ended"),
    [(True, ["invite_again"], None), (None, [], "new_date_goes_along")],
)
def test_a_moved_event_asks_again_only_whoever_is_not_being_asked(
    asked: bool | None, parts: list[str], ended: str | None
) -> None:
    case = Case("move_learning_event", everybody_asked=asked)
    case.world.lists["participants"] = ["participant_1"]
    case.do("set_new_date")
    assert (case.parts, case.flow.ended_by) == (parts, ended)


def test_a_reply_can_be_taken_for_a_participant_by_the_panel_but_no_private_sheet() -> None:
    task = definition("record_reply").elements["record_reply_for"]
    assert [(use.form, list(use.sections)) for use in task.forms] == [("reply_slip", ["reply"])]
    sheets = [
        (process, element.id, element.roles)
        for process in ("invitation", "prepare_for_event", "record_reply", "move_learning_event")
        for element in definition(process).elements.values()
        for use in (*element.forms, *element.shows)
        if use.form == "preparation_sheet"
    ]
    assert sheets == [
        ("invitation", "reply", ("participant",)),
        ("prepare_for_event", "prepare", ("participant",)),
    ]


def test_only_the_panel_itself_decides_on_an_absence() -> None:
    roles = definition("invitation").elements["decide_on_absence"].roles
    assert set(roles) == {"panel_chair", "panel"}
