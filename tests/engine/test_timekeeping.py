"""That clocks follow recorded dates, wake the worker in time, and tell the right people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine import corrections, db, store, time_source, timekeeping
from engine.models import Timer
from tests.review import Review, freeze, opened, participants, pass_time_to

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def review() -> Review:
    return opened()


def next_moment(review: Review, timescale: str) -> datetime | None:
    """Return when the worker looks at a clock next."""
    rows = [row for row in review.rows(Timer) if row.kind == "clock" and row.timescale == timescale]
    return rows[0].due_at if rows else None


def test_clock_without_a_date_has_not_started_and_wakes_nobody(review: Review) -> None:
    assert review.clock("TS-01").state == "not_started"
    assert review.rows(Timer) == []


def test_worker_wakes_at_each_stage_and_then_at_the_breach(review: Review) -> None:
    review.do("INT-01")
    month_before = time_source.start_of_day(date(2026, 8, 2))
    breach = time_source.end_of_day(date(2026, 9, 2))
    assert next_moment(review, "TS-01") == month_before
    pass_time_to(month_before)
    assert (review.clock("TS-01").state, next_moment(review, "TS-01")) == ("due_soon", breach)
    pass_time_to(breach)
    assert (review.clock("TS-01").state, next_moment(review, "TS-01")) == ("overdue", None)


def test_looking_again_changes_nothing(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    pass_time_to(time_source.end_of_day(date(2026, 9, 2)))
    before = [(row.token, row.due_at) for row in review.rows(Timer)]
    version, notices = review.case().version, len(review.notices())
    with db.transaction() as session:
        file = store.lock_case(session, review.case_id, "SYSTEM")
        assert timekeeping.keep_time(file) == {}
    assert [(row.token, row.due_at) for row in review.rows(Timer)] == before
    assert (review.case().version, len(review.notices())) == (version, notices)


def test_skipped_step_disarms_its_timer_event_and_leaves_its_clock(review: Review) -> None:
    review.do("INT-01")
    corrections.skip(review.case_id, "INT-02", "not needed", review.coordinator)
    assert review.timer("report_late") is None
    assert review.clock("TS-01").state == "running", "skipping is not doing"


def test_each_item_has_a_clock_of_its_own(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    review.do("INT-05", item="participant_1")
    states = {key: review.clock("TS-03", key).state for key in ("participant_1", "participant_2")}
    assert states == {"participant_1": "met", "participant_2": "running"}


def test_breach_is_told_to_owner_and_manager_and_a_reminder_to_the_owner(review: Review) -> None:
    review.do("INT-01")
    pass_time_to(time_source.start_of_day(date(2026, 8, 2)))
    assert [notice.to_role for notice in review.notices("TS-01")] == ["worker"]
    pass_time_to(time_source.end_of_day(date(2026, 9, 2)))
    breach = [note for note in review.notices("TS-01") if note.data["level"] == "E2"]
    assert sorted(note.to_role for note in breach) == ["coordinator", "worker"]
    assert {note.template for note in breach} == {"clock_overdue"}


@pytest.mark.parametrize(
    ("expression", "moment"),
    [
        ("received_on", datetime(2026, 3, 2, 0, tzinfo=UTC)),
        ("date(2026, 7, 1)", datetime(2026, 6, 30, 23, tzinfo=UTC)),
        ('date and time("2026-07-01T12:00:00")', datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ('date and time("2026-07-01T12:00:00Z")', datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ('due("TS-01")', time_source.end_of_day(date(2026, 9, 2))),
        ("null", None),
        ('"no moment"', None),
    ],
)
def test_expression_of_a_timer_gives_an_instant_or_nothing(
    review: Review, expression: str, moment: datetime | None
) -> None:
    review.do("INT-01")
    with db.reading() as session:
        file = store.read_case(session, review.case_id, "SYSTEM")
        assert timekeeping.evaluate_due(file, expression, "") == moment


def test_moved_moment_forgets_the_failures_of_the_old_one(review: Review) -> None:
    review.do("INT-01")
    with db.transaction() as session:
        timer = review.timer("report_late")
        assert timer is not None
        row = session.get_one(Timer, timer.id)
        row.attempts, row.parked, row.retry_at = 3, True, time_source.now(session)
    corrections.amend(
        review.document("receipt").id, ("dates",), "put right", review.coordinator,
        values={"received_on": "2026-03-01"},
    )  # fmt: skip
    moved = review.timer("report_late")
    assert moved is not None
    assert (moved.attempts, moved.parked, moved.retry_at) == (0, False, None)


def test_late_record_of_an_early_date_is_overdue_at_once(review: Review) -> None:
    """PR-01: a deadline runs from the recorded date, never from when it was written down."""
    freeze(datetime(2027, 1, 4, 9, tzinfo=UTC))
    review.do("INT-01")
    assert review.clock("TS-01").state == "overdue"
    assert review.clock("TS-01").due_on == date(2026, 9, 2)
