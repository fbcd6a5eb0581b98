"""How a timescale stands on a case, to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import time_source
from engine.clocks import ClockView, Known, compute, why
from engine.texts import Text
from engine.timescales import DayOutOfRange, Timescale, parse_timescales

SECOND = timedelta(seconds=1)


def make_timescale(**changes: Any) -> Timescale:
    """Return a timescale of six months from receipt, with its stages, or a changed one."""
    values: dict[str, Any] = {
        "en": "Six months",
        "cy": "Chwe mis",
        "kind": "clock",
        "from": "received_on",
        "length": "P6M",
        "ends": ["published_on", "CON-24"],
        "ended_by": ["withdrawn"],
        "process": ["referral"],
        "source": "G",
        "cite": "G5.21",
        "owner": ["coordinator"],
        "manager": ["panel_chair"],
    } | changes
    stages = values.pop("stages", STAGES)
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]
    source = "\n".join(["[TS-01]", *lines, f"stages = {stages}"])
    return parse_timescales(source.encode(), "timescales.toml")["TS-01"]


STAGES = """[
  { key = "three_months", at = "P3M", of = "from", level = "E2" },
  { key = "four_months", at = "P4M", of = "from", level = "E3" },
  { key = "last_week", at = "-P7D", of = "due", level = "E4" },
  { key = "breach", at = "P0D", of = "due", level = "E4" },
  { key = "monthly", at = "P1M", of = "due", level = "E4", repeat = "P1M" },
]"""


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return "[" + ", ".join(_toml(part) for part in value) + "]"


def at(day: date, hour: int = 12) -> datetime:
    """Return an hour of a day in Wales."""
    return time_source.start_of_day(day) + timedelta(hours=hour)


def see(now: datetime, previous: tuple[str, ...] = (), **facts: Any) -> ClockView:
    """Return the six months' clock at a moment, with these facts known."""
    return compute(make_timescale(), Known(facts), now, previous)


def test_clock_without_its_date_has_not_started_and_waits_for_nothing() -> None:
    view = see(at(date(2026, 6, 1)), received_on=None)
    assert (view.state, view.due_on, view.next_at, view.newly_passed) == (
        "not_started",
        None,
        None,
        (),
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 5, 29), date(2026, 11, 29)),
        (date(2026, 9, 30), date(2027, 3, 30)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(received: date, due: date) -> None:
    assert see(at(received), received_on=received).due_on == due


@pytest.mark.parametrize(
    ("due", "midnight"),
    [
        # The clocks go forward on 29 March 2026 and back on 25 October 2026.
        (date(2026, 3, 28), datetime(2026, 3, 29, 0, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, 0, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
    ],
)
def test_last_second_of_the_due_day_is_in_time_and_the_next_is_overdue(
    due: date, midnight: datetime
) -> None:
    timescale = make_timescale(length="P10D", stages="[]")
    known = Known({"received_on": due - timedelta(days=10)})
    before = compute(timescale, known, midnight - SECOND, ())
    assert (before.state, before.due_on, before.next_at) == ("running", due, midnight)
    assert before.due_at == midnight
    after = compute(timescale, known, midnight, ())
    assert (after.state, after.next_at) == ("overdue", None)


def test_first_stage_makes_it_due_soon_at_the_start_of_its_day() -> None:
    stage = datetime(2026, 4, 9, 23, 0, tzinfo=UTC)
    before = see(stage - SECOND, received_on=date(2026, 1, 10))
    assert (before.state, before.next_at, before.to_send) == ("running", stage, None)
    after = see(stage, received_on=date(2026, 1, 10))
    assert (after.state, after.newly_passed) == ("due_soon", ("three_months",))


def test_of_several_stages_newly_past_only_the_latest_is_sent() -> None:
    view = see(at(date(2026, 7, 5)), received_on=date(2026, 1, 10))
    assert view.newly_passed == ("three_months", "four_months", "last_week")
    assert view.to_send is not None
    assert view.to_send.key == "last_week"


def test_stage_is_sent_once_even_if_the_date_moves() -> None:
    first = see(at(date(2026, 4, 10)), received_on=date(2026, 1, 10))
    moved = see(at(date(2026, 4, 10)), first.newly_passed, received_on=date(2026, 2, 10))
    assert (moved.state, moved.newly_passed) == ("running", ())
    again = see(at(date(2026, 5, 10)), first.newly_passed, received_on=date(2026, 2, 10))
    assert (again.state, again.newly_passed, again.to_send) == ("due_soon", (), None)


def test_correction_undoes_a_breach() -> None:
    late = see(at(date(2026, 7, 11)), received_on=date(2026, 1, 10))
    assert late.state == "overdue"
    assert "breach" in late.newly_passed
    put_right = see(at(date(2026, 7, 11)), late.newly_passed, received_on=date(2026, 6, 10))
    assert (put_right.state, put_right.newly_passed) == ("running", ())
    assert put_right.next_at == time_source.start_of_day(date(2026, 9, 10))


def test_stage_repeats_each_month_until_done_and_sends_only_the_latest() -> None:
    sent = ("three_months", "four_months", "last_week", "breach")
    second = see(at(date(2026, 9, 11)), sent, received_on=date(2026, 1, 10))
    assert second.newly_passed == ("monthly.2",)
    assert second.next_at == time_source.start_of_day(date(2026, 10, 10))
    later = see(at(date(2026, 9, 30)), (*sent, "monthly.2"), received_on=date(2026, 1, 10))
    assert later.newly_passed == ()
    moved_back = see(at(date(2026, 9, 11)), (*sent, "monthly.5"), received_on=date(2026, 1, 10))
    assert moved_back.newly_passed == ()
    done = see(
        at(date(2026, 9, 11)), sent, received_on=date(2026, 1, 10), published_on=date(2026, 9, 1)
    )
    assert (done.newly_passed, done.next_at) == ((), None)


def test_repeating_stage_from_the_31st_keeps_to_the_month_ends() -> None:
    view = see(at(date(2027, 4, 1)), received_on=date(2026, 8, 31))
    days = {stage.key: time_source.local_day(stage.at) for stage in view.stages}
    assert days["monthly"] == date(2027, 3, 28)
    assert days["monthly.2"] == date(2027, 4, 28)


def test_met_on_the_due_day_is_in_time_and_on_the_next_is_late() -> None:
    now = at(date(2026, 8, 1))
    in_time = see(now, received_on=date(2026, 1, 10), published_on=date(2026, 7, 10))
    assert (in_time.state, in_time.late, in_time.met_on) == ("met", False, date(2026, 7, 10))
    late = see(now, received_on=date(2026, 1, 10), published_on=date(2026, 7, 11))
    assert (late.state, late.late, late.next_at) == ("met", True, None)


def test_day_that_still_lies_ahead_does_not_meet_the_clock_until_it_comes() -> None:
    planned = date(2026, 5, 1)
    before = see(at(date(2026, 4, 1)), received_on=date(2026, 1, 10), published_on=planned)
    assert before.state == "running"
    ahead = see(
        at(date(2026, 4, 20)),
        ("three_months",),
        received_on=date(2026, 1, 10),
        published_on=planned,
    )
    assert ahead.next_at == time_source.start_of_day(planned)
    assert see(ahead.next_at, received_on=date(2026, 1, 10), published_on=planned).state == "met"


def test_step_or_a_true_fact_meets_it_on_the_day_it_was_set() -> None:
    timescale = make_timescale(ends=["accepted", "CON-24"])
    now, received = at(date(2026, 8, 1)), {"received_on": date(2026, 1, 10)}
    by_fact = Known(received | {"accepted": True}, {"accepted": date(2026, 7, 9)})
    assert compute(timescale, by_fact, now, ()).met_on == date(2026, 7, 9)
    by_step = Known(received | {"accepted": False}, {}, {"CON-24": date(2026, 7, 12)})
    view = compute(timescale, by_step, now, ())
    assert (view.met_on, view.late) == (date(2026, 7, 12), True)


def test_what_no_longer_applies_has_ended_unless_it_was_met_before() -> None:
    now, received = at(date(2026, 8, 1)), date(2026, 1, 10)
    timescale = make_timescale()
    facts = {"received_on": received, "withdrawn": True}
    ended = compute(timescale, Known(facts, {"withdrawn": date(2026, 3, 1)}), now, ())
    assert (ended.state, ended.met_on, ended.next_at) == ("ended", None, None)
    facts["published_on"] = date(2026, 2, 1)
    met = compute(timescale, Known(facts, {"withdrawn": date(2026, 3, 1)}), now, ())
    assert met.state == "met"


@pytest.mark.parametrize(("withdrawn", "late"), [(10, False), (11, True)])
def test_what_no_longer_applies_was_late_where_its_last_day_had_passed(
    withdrawn: int, *, late: bool
) -> None:
    known = Known(
        {"received_on": date(2026, 1, 10), "withdrawn": True},
        {"withdrawn": date(2026, 7, withdrawn)},
    )
    view = compute(make_timescale(), known, at(date(2026, 9, 1)), ())
    assert (view.state, view.late) == ("ended", late)


def test_lead_counts_back_from_its_target_once_that_is_known() -> None:
    lead = make_timescale(kind="lead", **{"from": "meeting_on"}, length="P14D", stages=LEAD_STAGES)
    assert (
        compute(lead, Known({"meeting_on": None}), at(date(2026, 5, 1)), ()).state == "not_started"
    )
    known = Known({"meeting_on": date(2026, 6, 30)})
    view = compute(lead, known, at(date(2026, 6, 9)), ())
    assert (view.state, view.due_on) == ("due_soon", date(2026, 6, 16))
    assert compute(lead, known, time_source.end_of_day(date(2026, 6, 16)), ()).state == "overdue"


def test_lead_met_before_its_target_is_known_is_met() -> None:
    lead = make_timescale(kind="lead", length="P14D", stages="[]")
    view = compute(lead, Known({"published_on": date(2026, 5, 1)}), at(date(2026, 5, 2)), ())
    assert (view.state, view.late, view.due_on) == ("met", False, None)


LAST_WEEK = '[{ key = "last_week", at = "-P7D", of = "due", level = "E4" }]'
LEAD_STAGES = '[{ key = "three_weeks_before", at = "-P7D", of = "due", level = "E1" }]'


def test_day_that_a_person_set_takes_the_place_of_the_length() -> None:
    timescale = make_timescale(kind="open", length="P3M", until="follow_up_on", stages="[]")
    facts = {"received_on": date(2026, 1, 10), "follow_up_on": date(2026, 3, 2)}
    view = compute(timescale, Known(facts), at(date(2026, 2, 1)), ())
    assert view.due_on == date(2026, 3, 2)
    assert view.reason["until"] == "follow_up_on"
    without = Known(facts | {"follow_up_on": None})
    assert compute(timescale, without, at(date(2026, 2, 1)), ()).due_on == date(2026, 4, 10)


def test_no_clock_runs_before_what_it_runs_from_though_a_person_set_its_last_day() -> None:
    timescale = make_timescale(kind="open", length="P14D", until="meeting_on", stages=LAST_WEEK)
    known = Known({"received_on": None, "meeting_on": date(2026, 3, 2)})
    view = compute(timescale, known, at(date(2026, 4, 1)), ())
    assert (view.state, view.due_on, view.to_send) == ("not_started", None, None)
    assert view.reason["set_for"] == "2026-03-02"
    told = why(view, {"meeting_on": Text("the day of the meeting", "dydd y cyfarfod")})
    assert "2 March 2026 (the day of the meeting)" in told.en
    assert "2 Mawrth 2026 (dydd y cyfarfod)" in told.cy


def test_a_last_day_that_had_passed_before_the_clock_began_gives_way_to_the_length() -> None:
    timescale = make_timescale(kind="open", length="P14D", until="meeting_on", stages="[]")
    begun = {"received_on": date(2026, 3, 10)}
    passed = Known(begun | {"meeting_on": date(2026, 3, 9)})
    assert compute(timescale, passed, at(date(2026, 3, 10)), ()).due_on == date(2026, 3, 24)
    same_day = Known(begun | {"meeting_on": date(2026, 3, 10)})
    assert compute(timescale, same_day, at(date(2026, 3, 10)), ()).due_on == date(2026, 3, 10)


def test_of_several_days_that_people_set_the_one_set_last_counts() -> None:
    timescale = make_timescale(
        kind="clock", length=None, until=["agreed_on", "moved_on"], stages="[]", ended_by=[]
    )
    facts = {"agreed_on": date(2026, 6, 1), "moved_on": date(2026, 4, 1)}
    set_on = {"agreed_on": date(2026, 1, 5), "moved_on": date(2026, 2, 5)}
    later = compute(timescale, Known(facts, set_on), at(date(2026, 3, 1)), ())
    assert (later.due_on, later.reason["until"]) == (date(2026, 4, 1), "moved_on")
    emptied = compute(
        timescale, Known(facts | {"moved_on": None}, set_on), at(date(2026, 3, 1)), ()
    )
    assert (emptied.due_on, emptied.reason["until"]) == (date(2026, 6, 1), "agreed_on")
    together = Known(facts, dict.fromkeys(set_on, date(2026, 1, 5)))
    assert compute(timescale, together, at(date(2026, 3, 1)), ()).due_on == date(2026, 6, 1)


@pytest.mark.parametrize(("anew", "told"), [(True, ("soon@2026-05-10",)), (False, ())])
def test_a_day_that_is_set_anew_is_reminded_of_again_where_the_row_says_so(
    anew: bool, told: tuple[str, ...]
) -> None:
    timescale = make_timescale(
        kind="clock", length=None, until="agreed_on", anew=anew, stages=REPEAT_STAGES, ended_by=[]
    )
    first = compute(timescale, Known({"agreed_on": date(2026, 4, 10)}), at(date(2026, 4, 1)), ())
    assert len(first.newly_passed) == 1
    moved = Known({"agreed_on": date(2026, 5, 10)})
    again = compute(timescale, moved, at(date(2026, 4, 27)), first.newly_passed)
    assert (again.due_on, again.newly_passed) == (date(2026, 5, 10), told)


def test_repeating_timescale_starts_anew_each_time_it_is_done() -> None:
    reports = make_timescale(kind="repeat", length="P3M", stages=REPEAT_STAGES)
    start = {"received_on": date(2026, 1, 10), "published_on": None}
    first = compute(reports, Known(start), at(date(2026, 4, 1)), ())
    assert (first.due_on, first.newly_passed) == (date(2026, 4, 10), ("soon@2026-01-10",))
    done = start | {"published_on": date(2026, 4, 5)}
    second = compute(reports, Known(done), at(date(2026, 4, 6)), first.newly_passed)
    assert (second.state, second.due_on) == ("running", date(2026, 7, 5))
    third = compute(reports, Known(done), at(date(2026, 7, 1)), first.newly_passed)
    assert third.newly_passed == ("soon@2026-04-05",)


REPEAT_STAGES = '[{ key = "soon", at = "-P14D", of = "due", level = "E1" }]'


def test_window_never_falls_due() -> None:
    window = make_timescale(kind="window", stages="[]")
    view = compute(window, Known({"received_on": date(2020, 1, 1)}), at(date(2026, 1, 1)), ())
    assert (view.state, view.due_on, view.next_at) == ("not_started", None, None)


def test_clock_without_a_length_runs_until_it_is_ended() -> None:
    endless = make_timescale(length=None, stages="[]")
    known = Known({"received_on": date(2020, 1, 1)})
    view = compute(endless, known, at(date(2026, 1, 1)), ())
    assert (view.state, view.due_on, view.next_at) == ("running", None, None)


def test_absurd_year_is_refused_in_plain_words() -> None:
    with pytest.raises(DayOutOfRange):
        see(at(date(2026, 1, 1)), received_on=date(9999, 12, 31))


NAMES = {"received_on": Text("the day it was received", "y diwrnod y’i derbyniwyd")}


@pytest.mark.parametrize(
    ("facts", "now", "english", "welsh"),
    [
        ({}, date(2026, 1, 1), "No day falls due yet", "Nid oes dyddiad cau eto"),
        ({"received_on": date(2026, 1, 10)}, date(2026, 2, 1),
         "6 months on from 10 January 2026 (the day it was received)", "Hyd: 6 mis"),
        ({"received_on": date(2026, 1, 10)}, date(2026, 7, 12), "Days past it: 2.", "ar ei ôl: 2."),
        ({"received_on": date(2026, 1, 10), "published_on": date(2026, 7, 12)}, date(2026, 8, 1),
         "Met late, on 12 July 2026", "yn hwyr: 12 Gorffennaf 2026"),
        ({"received_on": date(2026, 1, 10), "withdrawn": date(2026, 3, 1)}, date(2026, 8, 1),
         "no longer applies since 1 March 2026", "1 Mawrth 2026"),
    ],
)  # fmt: skip
def test_why_is_told_in_both_languages(
    facts: dict[str, Any], now: date, english: str, welsh: str
) -> None:
    told = why(see(at(now), **facts), NAMES)
    assert english in told.en
    assert welsh in told.cy


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
LENGTHS = st.one_of(
    st.integers(0, 36).map(lambda n: f"P{n}M"), st.integers(0, 400).map(lambda n: f"P{n}D")
)


@given(DAYS, LENGTHS)
def test_due_day_never_lies_before_the_day_it_runs_from(day: date, length: str) -> None:
    timescale = make_timescale(length=length, stages="[]")
    view = compute(timescale, Known({"received_on": day}), at(day), ())
    assert view.due_on is not None
    assert view.due_on >= day


@given(DAYS, DAYS, LENGTHS)
def test_later_start_never_gives_an_earlier_due_day(one: date, other: date, length: str) -> None:
    timescale = make_timescale(length=length, stages="[]")
    due = [
        compute(timescale, Known({"received_on": day}), at(day), ()).due_on
        for day in sorted((one, other))
    ]
    assert due[0] is not None
    assert due[1] is not None
    assert due[0] <= due[1]


@given(DAYS, st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_no_stage_is_sent_twice_and_none_early(day: date, waits: list[int]) -> None:
    passed: list[str] = []
    order = ("not_started", "running", "due_soon", "overdue")
    highest = 0
    for days in sorted(waits):
        now = at(day + timedelta(days=days))
        view = see(now, tuple(passed), received_on=day)
        assert not set(view.newly_passed) & set(passed)
        assert all(stage.at <= now for stage in view.stages if stage.key in view.newly_passed)
        assert view.next_at is None or view.next_at > now
        assert order.index(view.state) >= highest
        highest = order.index(view.state)
        passed.extend(view.newly_passed)


def test_a_clock_that_never_ran_ends_unmet_when_what_it_asks_for_is_done() -> None:
    """The six months of an Extended Review are nothing that a Concise one has kept."""
    view = see(at(date(2026, 9, 20)), received_on=None, published_on=date(2026, 9, 12))
    assert (view.state, view.late, view.met_on) == ("ended", False, None)
    later = see(at(date(2026, 9, 20)), received_on=date(2026, 5, 1), published_on=date(2026, 9, 12))
    assert later.state == "met", "the day it runs from was recorded late"


def test_what_was_done_before_the_clock_ran_does_not_meet_it() -> None:
    known = Known({"received_on": date(2026, 3, 1), "published_on": date(2026, 2, 1)})
    assert compute(make_timescale(), known, at(date(2026, 3, 2)), ()).state == "running"
    same_day = Known({"received_on": date(2026, 3, 1), "published_on": date(2026, 3, 1)})
    assert compute(make_timescale(), same_day, at(date(2026, 3, 2)), ()).state == "met"


def test_what_can_begin_only_once_stays_met_though_its_start_is_put_right_to_a_later_day() -> None:
    known = Known({"received_on": date(2026, 11, 25), "published_on": date(2026, 11, 23)})
    again = compute(make_timescale(), known, at(date(2026, 12, 25)), ())
    assert again.state == "running"
    view = compute(make_timescale(once=True), known, at(date(2026, 12, 25)), ())
    assert (view.state, view.late, view.met_on) == ("met", False, date(2026, 11, 23))


def test_what_was_done_early_meets_a_lead() -> None:
    lead = make_timescale(kind="lead", length="P14D", stages="[]")
    known = Known({"received_on": date(2026, 3, 30), "published_on": date(2026, 3, 1)})
    assert compute(lead, known, at(date(2026, 3, 2)), ()).state == "met"
