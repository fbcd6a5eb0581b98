"""The clocks of the action plan run as the catalogue says, from re-dating to sign-off."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import time_source
from engine.clocks import ClockView, Known, compute
from tests.processes.shipped import FACTS, ROLES, TIMESCALES

ROOT = Path(__file__).parents[2]
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")

#: Kind, length, source, and what ends it.
EXPECTED = {
    "TS-27": ("repeat", "P3M", "G+P", ["progress_reviewed_on"]),
    "TS-28": ("repeat", "P6M", "G+P", ["progress_reported_on"]),
    "TS-29": ("clock", "", "P", ["action_done_on"]),
    "TS-51": ("open", "P12M", "G+P", ["impact_sent_on"]),
    "TS-52": ("open", "P28D", "G+P", ["shared_with_staff_on"]),
}

#: The fact that dates each clock so that it is due on DUE, and whom it tells when.
DUE = date(2026, 9, 15)
STARTS = {
    "TS-27": ("plan_in_force_on", date(2026, 6, 15)),
    "TS-28": ("plan_in_force_on", date(2026, 3, 15)),
    "TS-29": ("action_due_on", DUE),
    "TS-51": ("plan_in_force_on", date(2025, 9, 15)),
    "TS-52": ("published_on", date(2026, 8, 18)),
}
LADDERS = {
    "TS-27": [(date(2026, 9, 1), "E1"), (date(2026, 9, 16), "E3"), (date(2026, 9, 17), "E5")],
    "TS-28": [(date(2026, 9, 1), "E1"), (date(2026, 9, 16), "E4")],
    "TS-29": [(date(2026, 9, 1), "E1"), (date(2026, 9, 16), "E2"), (date(2026, 9, 29), "E3"),
              (date(2026, 10, 13), "E5")],
    "TS-51": [(date(2026, 7, 15), "E3"), (date(2026, 9, 16), "E5")],
    "TS-52": [(date(2026, 9, 8), "E1"), (date(2026, 9, 16), "E3")],
}  # fmt: skip


def view(
    key: str, today: date, /, *previous: str, set_on: dict[str, date] | None = None, **facts: Any
) -> ClockView:
    """Return how a clock stands at the start of a day; `set_on` says when facts were recorded."""
    names = {**dict.fromkeys(TIMESCALES[key].facts), **facts}
    assert names.keys() == set(TIMESCALES[key].facts), "the example names something the row lacks"
    known = Known(names, set_on or {})
    return compute(TIMESCALES[key], known, time_source.start_of_day(today), previous)


@pytest.mark.parametrize("key", EXPECTED)
def test_a_row_counts_and_cites_as_the_catalogue_says(key: str) -> None:
    row = TIMESCALES[key]
    kind, length, source, ends = EXPECTED[key]
    assert (row.kind, str(row.length or ""), row.source, list(row.ends)) == (
        kind, length, source, ends,
    )  # fmt: skip
    assert not row.fixed
    line = re.search(rf"^\| {key} \|.*$", CATALOGUE, re.MULTILINE)
    assert line is not None
    assert row.cite == line[0].rstrip(" |").rpartition("|")[2].strip()
    assert row.name.en != row.name.cy


@pytest.mark.parametrize("key", EXPECTED)
def test_a_row_reads_facts_that_are_declared_and_tells_roles_that_exist(key: str) -> None:
    row = TIMESCALES[key]
    assert set(row.facts) <= set(FACTS)
    for stage in row.stages:
        assert row.recipients(stage.level)
        assert all(ROLES.get(role) for role in row.recipients(stage.level))


@pytest.mark.parametrize("key", EXPECTED)
def test_the_ladder_stands_on_the_days_of_the_catalogue(key: str) -> None:
    name, start = STARTS[key]
    found = view(key, date(2026, 1, 1), **{name: start})
    assert found.due_on == DUE
    moments = [(time_source.local_day(stage.at), stage.level) for stage in found.stages]
    assert moments == LADDERS[key]


@pytest.mark.parametrize("key", EXPECTED)
def test_a_clock_waits_for_its_date_and_is_late_only_after_its_last_day(key: str) -> None:
    name, start = STARTS[key]
    assert view(key, DUE).state == "not_started"
    assert view(key, DUE, **{name: start}).state == "due_soon"
    assert view(key, DUE + timedelta(days=1), **{name: start}).state == "overdue"


@pytest.mark.parametrize("ended_by", ["action_dropped_on", "plan_signed_off_on"])
def test_nobody_waits_for_an_action_that_was_given_up_or_signed_off(ended_by: str) -> None:
    day = date(2026, 9, 1)
    found = view("TS-29", date(2026, 10, 1), action_due_on=DUE, **{ended_by: day})
    assert (found.state, found.to_send) == ("ended", None)


def test_a_new_date_of_an_action_takes_the_place_of_the_old_one_and_is_reminded_of_afresh() -> None:
    old = view("TS-29", date(2026, 10, 20), action_due_on=DUE)
    moved = {"action_due_on": DUE, "action_new_due_on": date(2026, 12, 31)}
    set_on = {"action_due_on": date(2026, 3, 2), "action_new_due_on": date(2026, 10, 20)}
    new = view("TS-29", date(2026, 10, 20), *old.newly_passed, set_on=set_on, **moved)
    assert (new.state, new.due_on, new.to_send) == ("running", date(2026, 12, 31), None)
    late = view("TS-29", date(2027, 1, 1), *old.newly_passed, set_on=set_on, **moved)
    assert (late.state, late.to_send is not None) == ("overdue", True)


def test_what_was_done_before_an_action_was_opened_again_does_not_meet_it() -> None:
    done = {"action_due_on": DUE, "action_done_on": date(2026, 8, 1)}
    assert view("TS-29", date(2026, 10, 1), **done).state == "met"
    again = {**done, "action_opened_again_on": date(2026, 10, 1)}
    again["action_reopened_due_on"] = date(2026, 12, 1)
    set_on = {"action_reopened_due_on": date(2026, 10, 1), "action_due_on": date(2026, 3, 2)}
    found = view("TS-29", date(2026, 10, 2), set_on=set_on, **again)
    assert (found.state, found.due_on) == ("running", date(2026, 12, 1))
    again["action_done_on"] = date(2026, 11, 30)
    assert view("TS-29", date(2026, 12, 2), set_on=set_on, **again).state == "met"


def test_each_review_starts_the_next_three_months_unless_a_day_is_set() -> None:
    start = {"plan_in_force_on": date(2026, 3, 15), "progress_reviewed_on": date(2026, 5, 31)}
    assert view("TS-27", date(2026, 6, 1), **start).due_on == date(2026, 8, 31)
    chosen = view("TS-27", date(2026, 6, 1), **start, next_review_on=date(2026, 7, 1))
    assert chosen.due_on == date(2026, 7, 1)
    over = view("TS-27", date(2026, 10, 1), **start, plan_signed_off_on=date(2026, 8, 1))
    assert over.state == "ended"


def test_from_the_sign_off_on_the_impact_report_is_due_within_a_month() -> None:
    start = {"plan_in_force_on": date(2026, 1, 31)}
    assert view("TS-51", date(2026, 2, 1), **start).due_on == date(2027, 1, 31)
    moved = view("TS-51", date(2026, 2, 1), **start, sign_off_due_on=date(2027, 6, 30))
    assert moved.due_on == date(2027, 6, 30)
    days = {"sign_off_due_on": date(2027, 6, 30), "impact_due_on": date(2026, 11, 10)}
    set_on = {"sign_off_due_on": date(2026, 8, 1), "impact_due_on": date(2026, 10, 10)}
    assert view("TS-51", date(2026, 10, 11), set_on=set_on, **start, **days).due_on == date(
        2026, 11, 10
    )
    sent = view("TS-51", date(2026, 12, 1), set_on=set_on, **start, **days,
                impact_sent_on=date(2026, 11, 11))  # fmt: skip
    assert (sent.state, sent.late) == ("met", True)
