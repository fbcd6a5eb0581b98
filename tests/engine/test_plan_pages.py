"""The plan of a case against what was recorded: it moves with recorded days, and binds nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import cases, corrections, db, plan_pages
from engine.errors import NotFound
from engine.models import Appointment
from engine.plan_pages import CasePlan, MilestoneView
from tests.review import Review, freeze, opened, participants, pass_time_to

RECEIVED_ON = date(2026, 3, 2)


@pytest.fixture
def review(database: db.Database) -> Review:
    """A case that has just been opened, on 2 March 2026."""
    return opened()


def plan(review: Review) -> CasePlan:
    return plan_pages.case_plan(review.case_id, review.coordinator)


def milestones(review: Review) -> dict[str, MilestoneView]:
    return {view.key: view for view in plan(review).milestones}


def at(day: date) -> None:
    freeze(datetime(day.year, day.month, day.day, 10, tzinfo=UTC))


def test_there_is_no_plan_before_its_first_day_is_recorded(review: Review) -> None:
    found = plan(review)
    assert found.is_planned
    assert found.milestones == ()


def test_planned_days_count_from_the_recorded_day_and_not_from_when_it_was_typed(
    review: Review,
) -> None:
    at(date(2026, 3, 20))
    review.do("INT-01", {"participants": participants("Pam")})
    found = milestones(review)
    assert found["received"].planned_on == RECEIVED_ON
    assert found["accounts_given"].planned_on == RECEIVED_ON + timedelta(weeks=4)


def test_the_end_follows_the_clock_of_six_calendar_months(review: Review) -> None:
    review.do("INT-01")
    assert milestones(review)["reported"].planned_on == review.clock("TS-01").due_on
    assert milestones(review)["reported"].planned_on == date(2026, 9, 2)


def test_a_milestone_takes_the_day_that_was_recorded(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam")})
    before = milestones(review)["accounts_given"]
    assert (before.reached_on, before.done, before.wanted) == (None, 0, 1)
    at(date(2026, 4, 20))
    review.do("INT-05", {"told_on": "2026-04-09"}, item="participant_1")
    after = milestones(review)["accounts_given"]
    assert after.reached_on == date(2026, 4, 9)
    assert after.days_late == 10


def test_a_milestone_for_several_is_reached_when_the_last_of_them_is(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam", "Rob")})
    at(date(2026, 3, 20))
    review.do("INT-05", {"told_on": "2026-03-09"}, item="participant_1")
    found = milestones(review)["accounts_given"]
    assert (found.reached_on, found.done, found.wanted) == (None, 1, 2)
    review.do("INT-05", {"told_on": "2026-03-12"}, item="participant_2")
    assert milestones(review)["accounts_given"].reached_on == date(2026, 3, 12)
    assert milestones(review)["accounts_given"].days_late < 0


def test_what_is_late_moves_the_forecast_and_not_the_plan(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam")})
    planned = milestones(review)["reported"]
    assert planned.forecast_on == planned.planned_on
    at(date(2026, 4, 20))
    review.do("INT-05", {"told_on": "2026-04-09"}, item="participant_1")
    moved = milestones(review)["reported"]
    assert moved.planned_on == planned.planned_on
    assert moved.forecast_on == planned.planned_on + timedelta(days=10)


def test_a_recorded_day_that_is_put_right_moves_plan_and_forecast(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam")})
    before = milestones(review)["accounts_given"]
    document = review.document("receipt").id
    sections = tuple(review.newest("receipt").sections)
    values = {"received_on": "2026-02-23"}
    corrections.amend(document, sections, "misread", review.coordinator, values=values)
    after = milestones(review)["accounts_given"]
    assert after.planned_on == before.planned_on - timedelta(days=7)
    assert after.forecast_on == after.planned_on


def test_a_forecast_never_lies_in_the_past(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam")})
    at(date(2026, 5, 4))
    found = milestones(review)["accounts_given"]
    assert found.reached_on is None
    assert found.forecast_on == date(2026, 5, 4)
    assert found.days_late == (date(2026, 5, 4) - found.planned_on).days


def test_a_later_day_that_was_recorded_is_the_forecast_and_moves_no_deadline(
    review: Review,
) -> None:
    review.do("INT-01")
    assert (plan(review).ends_on, plan(review).overrun_on) == (date(2026, 9, 2), None)
    pass_time_to(datetime(2026, 9, 3, 9, tzinfo=UTC))
    review.do("INT-03", {"why": "Proceedings", "forecast_on": "2026-11-02"})
    found = plan(review)
    assert (found.ends_on, found.overrun_on) == (date(2026, 9, 2), date(2026, 11, 2))
    reported = milestones(review)["reported"]
    assert (reported.planned_on, reported.forecast_on) == (date(2026, 9, 2), date(2026, 11, 2))
    assert review.clock("TS-01").due_on == date(2026, 9, 2)


def test_the_plan_holds_the_clocks_of_the_case_with_their_stages(review: Review) -> None:
    review.do("INT-01")
    clocks = {clock.timescale: clock for clock in plan(review).clocks}
    assert clocks["TS-01"].due_on == date(2026, 9, 2)
    assert [stage[0] for stage in clocks["TS-01"].stages] == ["month_before", "breach"]
    assert all(not clock.item_key for clock in clocks.values())


def test_whoever_may_not_open_the_case_sees_no_plan(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam")})
    found = review.rows(Appointment)
    row = next(one for one in found if one.account_id == review.colleague.account_id)
    cases.end_appointment(row.id, "moved on", review.coordinator)
    with pytest.raises(NotFound):
        plan_pages.case_plan(review.case_id, review.colleague)
