"""The timescales of the first review run as long as the catalogue says, and remind when it says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import time_source
from engine.clocks import ClockView, Known, compute
from engine.facts import parse_facts
from engine.roles import parse_roles
from engine.timescales import parse_timescales

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
ROWS = parse_timescales((PROCESSES / "timescales.toml").read_bytes(), "timescales.toml")
FACTS = parse_facts((PROCESSES / "facts.toml").read_bytes(), "facts.toml")
ROLES = parse_roles((PROCESSES / "roles.toml").read_bytes(), "roles.toml")
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")

#: Kind, length as it is counted, source; what runs from what, and what ends it.
EXPECTED = {
    "TS-01": ("clock", "P6M", "G", "sub_group_received_on", ["published_on"]),
    "TS-02": ("clock", "P6M", "G", "extended_received_on", ["published_on"]),
    "TS-03": ("lead", "P14D", "G", "intended_publication_on", ["report_submitted_on"]),
    "TS-04": ("clock", "P84D", "G", "online_since_on", ["removal_allowed"]),
    "TS-05": ("open", "P10D", "G+P", "report_asked_for_on", ["report_requests_answered_on"]),
    "TS-10": ("window", "P6M", "G", "incident_on", []),
    "TS-11": ("window", "P216M", "G", "", []),
    "TS-12": ("window", "", "G", "incident_on", []),
    "TS-15": ("lead", "P1D", "G+P", "event_on", ["family_met_on", "family_declined_on"]),
    "TS-18": ("open", "P14D", "G+P", "panel_set_up_on", ["first_meeting_on"]),
    "TS-19": ("open", "P6M", "G+P", "panel_set_up_on", ["report_signed_on"]),
    "TS-21": ("order", "P14D", "P", "panel_set_up_on", ["CON-05", "EXT-05"]),
    "TS-22": ("open", "P2D", "P", "cpr_signed_on", ["recommendation_sent_on"]),
    "TS-23": ("open", "P5D", "P", "final_no_on", ["letter_on"]),
    "TS-24": ("open", "P5D", "P", "recommendation_signed_on", ["chair_decided_on"]),
    "TS-25": ("open", "P28D", "P", "sub_group_received_on", ["recommendation_signed_on"]),
    "TS-26": ("open", "P10D", "P", "chair_disagreed_on", ["final_decided_on"]),
    "TS-32": ("lead", "P14D", "P", "last_day_in_time", ["report_submitted_on"]),
    "TS-49": ("order", "", "G", "", []),
    "TS-50": ("open", "P10D", "P", "recommendation_sent_on",
              ["wg_acknowledged_on", "acknowledged_on"]),
    "TS-57": ("window", "", "G", "sub_group_received_on", []),
    "TS-58": ("window", "", "G", "", []),
    "TS-59": ("open", "P3M", "P", "clock_ended_on", ["other_report_received_on"]),
}  # fmt: skip

#: The day on which each clock runs out, below, and the days on which somebody is told whom.
DUE = date(2026, 9, 15)
LADDERS = {
    "TS-01": [(date(2026, 6, 15), "E2"), (date(2026, 7, 15), "E3"), (date(2026, 8, 15), "E4"),
              (date(2026, 9, 16), "E4"), (date(2026, 10, 15), "E5")],
    "TS-02": [(date(2026, 6, 15), "E2"), (date(2026, 7, 15), "E3"), (date(2026, 8, 15), "E4"),
              (date(2026, 9, 16), "E4"), (date(2026, 10, 15), "E5")],
    "TS-03": [(date(2026, 9, 8), "E1"), (date(2026, 9, 14), "E1")],
    "TS-04": [(date(2026, 9, 8), "E1")],
    "TS-05": [(date(2026, 9, 15), "E1"), (date(2026, 9, 16), "E2")],
    "TS-15": [(date(2026, 9, 2), "E1")],
    "TS-18": [(date(2026, 9, 8), "E1"), (date(2026, 9, 16), "E2"), (date(2026, 9, 22), "E3")],
    "TS-19": [(date(2026, 8, 15), "E1"), (date(2026, 9, 16), "E3")],
    "TS-21": [(date(2026, 9, 8), "E2"), (date(2026, 9, 16), "E3")],
    "TS-22": [(date(2026, 9, 14), "E1"), (date(2026, 9, 16), "E4")],
    "TS-23": [(date(2026, 9, 13), "E1"), (date(2026, 9, 16), "E4"), (date(2026, 9, 17), "E5")],
    "TS-24": [(date(2026, 9, 13), "E1"), (date(2026, 9, 16), "E3"), (date(2026, 9, 17), "E5")],
    "TS-25": [(date(2026, 9, 8), "E2"), (date(2026, 9, 16), "E3"), (date(2026, 9, 17), "E4")],
    "TS-26": [(date(2026, 9, 12), "E3"), (date(2026, 9, 16), "E5")],
    "TS-32": [(date(2026, 9, 8), "E4"), (date(2026, 9, 16), "E4")],
    "TS-50": [(date(2026, 9, 15), "E1")],
    "TS-59": [(date(2026, 9, 15), "E1"), (date(2026, 9, 16), "E3"), (date(2026, 12, 15), "E1")],
}  # fmt: skip

#: The day each of them runs from, or back from, so that it is due on DUE.
STARTS = {
    "TS-01": date(2026, 3, 15), "TS-02": date(2026, 3, 15), "TS-03": date(2026, 9, 29),
    "TS-04": date(2026, 6, 23), "TS-05": date(2026, 9, 5), "TS-15": date(2026, 9, 16),
    "TS-18": date(2026, 9, 1), "TS-19": date(2026, 3, 15),
    "TS-21": date(2026, 9, 1), "TS-22": date(2026, 9, 13), "TS-23": date(2026, 9, 10),
    "TS-24": date(2026, 9, 10), "TS-25": date(2026, 8, 18), "TS-26": date(2026, 9, 5),
    "TS-32": date(2026, 9, 29), "TS-50": date(2026, 9, 5), "TS-59": date(2026, 6, 15),
}  # fmt: skip


def view(key: str, today: date, /, *previous: str, **facts: Any) -> ClockView:
    """Return how a clock stands at the start of a day; `previous` are the stages already sent."""
    names = {**dict.fromkeys(ROWS[key].facts), **facts}
    assert names.keys() == set(ROWS[key].facts), "the example names something the row lacks"
    return compute(ROWS[key], Known(names), time_source.start_of_day(today), previous)


def state(key: str, today: date, **facts: Any) -> str:
    """Return the state of a clock on a day."""
    return view(key, today, **facts).state


def day_after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)


def test_the_rows_of_the_first_review_are_there() -> None:
    assert {key for key, row in ROWS.items() if "referral" in row.process} >= set(EXPECTED)


@pytest.mark.parametrize("key", EXPECTED)
def test_a_row_counts_as_the_catalogue_says(key: str) -> None:
    row = ROWS[key]
    kind, length, source, runs_from, ends = EXPECTED[key]
    assert (row.kind, str(row.length or ""), row.source) == (kind, length, source)
    assert (row.runs_from, list(row.ends)) == (runs_from, ends)
    assert row.fixed is (key in ("TS-01", "TS-02", "TS-03", "TS-04", "TS-10", "TS-11"))


@pytest.mark.parametrize("key", EXPECTED)
def test_a_row_cites_what_the_catalogue_cites_and_speaks_both_languages(key: str) -> None:
    line = re.search(rf"^\| {key} \|.*$", CATALOGUE, re.MULTILINE)
    assert line is not None
    cited = line[0].rstrip(" |").rpartition("|")[2]
    assert {ROWS[key].cite} == {cited.strip()}
    assert ROWS[key].name.en != ROWS[key].name.cy


@pytest.mark.parametrize("key", EXPECTED)
def test_a_row_reads_facts_that_are_declared_and_tells_roles_that_exist(key: str) -> None:
    row = ROWS[key]
    assert set(row.facts) <= set(FACTS)
    for stage in row.stages:
        told = row.recipients(stage.level)
        assert told
        assert all(ROLES.get(role) for role in told)


@pytest.mark.parametrize("key", [key for key, row in ROWS.items() if key in EXPECTED and row.runs])
def test_the_ladder_of_a_clock_stands_on_the_days_of_the_catalogue(key: str) -> None:
    found = view(key, date(2026, 1, 1), **{ROWS[key].runs_from: STARTS[key]})
    assert found.due_on == DUE
    if key == "TS-59":
        found = view(key, date(2026, 10, 1), **{ROWS[key].runs_from: STARTS[key]})
    moments = [(time_source.local_day(stage.at), stage.level) for stage in found.stages]
    assert moments == LADDERS[key]


def test_only_the_duty_to_have_the_report_on_request_outlives_the_close_of_a_case() -> None:
    assert [key for key, row in ROWS.items() if row.after_close] == ["TS-05"]


@pytest.mark.parametrize("key", [key for key, row in ROWS.items() if key in EXPECTED and row.runs])
def test_a_clock_waits_for_its_date_and_is_late_only_after_its_last_day(key: str) -> None:
    start = {ROWS[key].runs_from: STARTS[key]}
    assert state(key, DUE) == "not_started"
    assert state(key, date(2026, 1, 1), **start) == "running"
    assert state(key, DUE, **start) != "overdue"
    assert state(key, day_after(DUE), **start) == "overdue"


@pytest.mark.parametrize(
    ("received_on", "last_day"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 8, 30), date(2027, 2, 28)),
        (date(2026, 8, 28), date(2027, 2, 28)),
        (date(2026, 3, 31), date(2026, 9, 30)),
        (date(2026, 2, 28), date(2026, 8, 28)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_six_months_end_on_the_last_day_of_a_month_without_that_day(
    received_on: date, last_day: date
) -> None:
    facts = {"sub_group_received_on": received_on}
    assert view("TS-01", received_on, **facts).due_on == last_day
    assert state("TS-01", last_day, **facts) == "due_soon"
    assert state("TS-01", day_after(last_day), **facts) == "overdue"


def test_publication_on_the_last_day_is_in_time_and_a_day_later_is_late() -> None:
    facts = {"sub_group_received_on": date(2026, 8, 31)}
    in_time = view("TS-01", date(2027, 3, 5), **facts, published_on=date(2027, 2, 28))
    late = view("TS-01", date(2027, 3, 5), **facts, published_on=date(2027, 3, 1))
    assert (in_time.state, in_time.late) == ("met", False)
    assert (late.state, late.late) == ("met", True)


def test_the_six_months_end_without_a_breach_where_no_review_is_held() -> None:
    found = view("TS-01", date(2026, 12, 1), sub_group_received_on=date(2026, 3, 15),
                 clock_ended_on=date(2026, 5, 1))  # fmt: skip
    assert (found.state, found.late, found.to_send) == ("ended", False, None)


def test_a_receipt_that_is_corrected_moves_the_six_months() -> None:
    before = view("TS-01", date(2026, 9, 10), sub_group_received_on=date(2026, 3, 15))
    after = view("TS-01", date(2026, 9, 10), sub_group_received_on=date(2026, 3, 5))
    assert (before.state, after.state) == ("due_soon", "overdue")


def test_the_overrun_is_recalled_every_month_until_it_is_done() -> None:
    facts = {"sub_group_received_on": date(2026, 3, 15)}
    sent: list[str] = []
    told = []
    for month in range(9, 13):
        found = view("TS-01", date(2026, month, 20), *sent, **facts)
        assert found.to_send is not None
        told.append((found.to_send.key, found.to_send.level))
        sent += found.newly_passed
    assert told == [
        ("breach", "E4"), ("still_open", "E5"), ("still_open.2", "E5"), ("still_open.3", "E5"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("submitted_on", "late"), [(date(2026, 9, 15), False), (date(2026, 9, 16), True)]
)
def test_welsh_government_has_the_report_fourteen_days_before(
    submitted_on: date, late: bool
) -> None:
    facts = {"intended_publication_on": date(2026, 9, 29), "report_submitted_on": submitted_on}
    found = view("TS-03", date(2026, 9, 20), **facts)
    assert (found.state, found.due_on, found.late) == ("met", date(2026, 9, 15), late)


def test_a_publication_day_that_moves_takes_the_fortnight_with_it() -> None:
    facts = {"intended_publication_on": date(2026, 10, 13)}
    assert view("TS-03", date(2026, 9, 1), **facts).due_on == date(2026, 9, 29)


def test_twelve_weeks_are_eighty_four_days_from_the_first_day_online() -> None:
    facts = {"online_since_on": date(2026, 1, 1)}
    found = view("TS-04", date(2026, 1, 2), **facts)
    assert found.due_on == date(2026, 3, 26)
    assert state("TS-04", date(2026, 3, 18), **facts) == "running"
    assert state("TS-04", date(2026, 3, 19), **facts) == "due_soon"


def test_a_report_that_went_back_online_counts_its_days_afresh() -> None:
    found = view("TS-04", date(2026, 3, 1), online_since_on=date(2026, 2, 20))
    assert found.due_on == date(2026, 5, 15)


def test_the_twelve_weeks_are_met_when_removal_is_allowed() -> None:
    facts = {"online_since_on": date(2026, 1, 1), "removal_allowed": True}
    known = Known(facts, fact_set_on={"removal_allowed": date(2026, 3, 26)})
    found = compute(ROWS["TS-04"], known, time_source.start_of_day(date(2026, 4, 1)), ())
    assert (found.state, found.late) == ("met", False)


@pytest.mark.parametrize(
    ("last_day_in_time", "useful_until"),
    [
        (date(2027, 2, 28), date(2027, 2, 14)),
        (date(2028, 2, 29), date(2028, 2, 15)),
        (date(2026, 9, 30), date(2026, 9, 16)),
    ],
)
def test_the_last_useful_day_lies_fourteen_days_before_the_six_months_end(
    last_day_in_time: date, useful_until: date
) -> None:
    facts = {"last_day_in_time": last_day_in_time}
    assert view("TS-32", date(2026, 1, 1), **facts).due_on == useful_until
    assert state("TS-32", useful_until, **facts) == "due_soon"
    assert state("TS-32", day_after(useful_until), **facts) == "overdue"
    assert state("TS-32", day_after(useful_until), **facts, report_submitted_on=useful_until) == (
        "met"
    )


@pytest.mark.parametrize("ended_by", ["published_on", "clock_ended_on"])
def test_nobody_waits_for_the_last_useful_day_once_the_six_months_have_ended(
    ended_by: str,
) -> None:
    facts = {"last_day_in_time": date(2026, 9, 30), ended_by: date(2026, 9, 1)}
    assert state("TS-32", date(2026, 10, 1), **facts) == "ended"


@pytest.mark.parametrize(
    ("key", "chosen", "due_on"),
    [
        ("TS-18", "first_panel_on", date(2026, 6, 30)),
        ("TS-19", "report_due_on", date(2026, 11, 30)),
    ],
)
def test_the_day_on_the_recommendation_takes_the_place_of_the_proposed_length(
    key: str, chosen: str, due_on: date
) -> None:
    facts = {"panel_set_up_on": date(2026, 5, 1)}
    assert view(key, date(2026, 5, 2), **facts).due_on != due_on
    assert view(key, date(2026, 5, 2), **facts, **{chosen: due_on}).due_on == due_on


@pytest.mark.parametrize(
    ("key", "chosen"), [("TS-18", "first_panel_on"), ("TS-19", "report_due_on")]
)
def test_nothing_of_a_panel_falls_due_before_there_is_a_panel(key: str, chosen: str) -> None:
    """The recommendation names these days before the Chair has decided on a review."""
    assert state(key, date(2026, 9, 20), **{chosen: date(2026, 9, 1)}) == "not_started"


@pytest.mark.parametrize("step", ["CON-05", "EXT-05"])
def test_the_reviewers_are_in_post_when_the_step_of_their_review_is_done(step: str) -> None:
    known = Known({"panel_set_up_on": date(2026, 9, 1)},
                  steps_completed_on={step: date(2026, 9, 15)})  # fmt: skip
    found = compute(ROWS["TS-21"], known, time_source.start_of_day(date(2026, 9, 20)), ())
    assert (found.state, found.late) == ("met", False)


@pytest.mark.parametrize("day", ["wg_acknowledged_on", "acknowledged_on"])
def test_welsh_government_or_the_coordinator_records_the_acknowledgement(day: str) -> None:
    facts = {"recommendation_sent_on": date(2026, 9, 1), day: date(2026, 9, 4)}
    assert state("TS-50", date(2026, 9, 20), **facts) == "met"


@pytest.mark.parametrize("key", ["TS-10", "TS-11", "TS-12", "TS-49", "TS-57", "TS-58"])
def test_a_window_or_an_order_without_a_length_never_falls_due(key: str) -> None:
    assert not ROWS[key].runs
    assert ROWS[key].stages == ()
