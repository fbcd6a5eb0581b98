"""That deadlines fire on time, once, and one that fails does not hold up the others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import corrections, incidents, steps, time_source, timers
from engine.errors import AccessDenied, DatabaseUnavailable, NotFound
from engine.models import Incident, Timer
from engine.steps import reporting
from tests.review import (
    MORNING,
    Review,
    freeze,
    last_second,
    opened,
    participants,
    pass_time_to,
    sweep,
)

pytestmark = pytest.mark.usefixtures("database")

DUE = date(2026, 9, 2)
TOO_LATE = time_source.end_of_day(DUE)


@pytest.fixture
def review() -> Review:
    return opened()


def to_report(review: Review, **values: object) -> None:
    """Bring the review to its report, which is due six months after receipt."""
    review.do("INT-01", values)
    assert review.open_steps() == ["INT-02"]


def test_last_permitted_second_is_in_time_and_the_next_one_is_late(review: Review) -> None:
    to_report(review)
    pass_time_to(last_second(DUE))
    assert review.open_steps() == ["INT-02"]
    assert review.clock("TS-01").state == "due_soon"
    pass_time_to(TOO_LATE)
    assert review.open_steps() == ["INT-02", "INT-03"]
    assert review.clock("TS-01").state == "overdue"


def test_breach_is_one_task_one_event_and_one_notice_to_each(review: Review) -> None:
    to_report(review)
    pass_time_to(TOO_LATE)
    sweep()
    assert len(review.open_tasks("INT-03")) == 1
    assert [event.subject for event in review.events("clock_overdue")] == ["TS-01"]
    told = [notice for notice in review.notices("TS-01") if notice.data["stage"] == "breach"]
    assert sorted(notice.to_role for notice in told) == ["coordinator", "worker"]
    assert review.timer("report_late") is None


def test_deadline_that_passed_before_a_submission_comes_first(review: Review) -> None:
    to_report(review)
    freeze(TOO_LATE)
    review.do("INT-02", {"summary": "Written at last."})
    kinds = [event.kind for event in review.events()]
    assert kinds.index("timer_fired") < len(kinds) - 1 - kinds[::-1].index("task_completed")
    assert review.open_steps() == ["INT-03", "INT-04"]
    assert (review.clock("TS-01").state, review.clock("TS-01").late) == ("met", True)
    assert len(review.events("clock_overdue")) == 1


def test_submission_in_the_last_second_is_before_the_deadline(review: Review) -> None:
    to_report(review)
    freeze(last_second(DUE))
    review.do("INT-02", {"summary": "Written in time."})
    pass_time_to(TOO_LATE)
    assert review.open_steps() == ["INT-04"]
    assert (review.clock("TS-01").state, review.clock("TS-01").late) == ("met", False)
    assert not review.events("clock_overdue")


@pytest.mark.parametrize(
    ("received", "due", "moment"),
    [
        # The clocks go forward on 29 March and back on 25 October 2026.
        (date(2025, 9, 29), date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),
        (date(2025, 9, 28), date(2026, 3, 28), datetime(2026, 3, 29, 0, tzinfo=UTC)),
        (date(2026, 4, 25), date(2026, 10, 25), datetime(2026, 10, 26, 0, tzinfo=UTC)),
        (date(2026, 4, 24), date(2026, 10, 24), datetime(2026, 10, 24, 23, tzinfo=UTC)),
        (date(2025, 8, 31), date(2026, 2, 28), datetime(2026, 3, 1, 0, tzinfo=UTC)),
    ],
)
def test_day_ends_at_midnight_in_wales_whatever_the_clocks_do(
    review: Review, received: date, due: date, moment: datetime
) -> None:
    freeze(max(MORNING - timedelta(days=150), datetime(2025, 10, 1, tzinfo=UTC)))
    early = opened(datetime(received.year, received.month, received.day, 12, tzinfo=UTC))
    to_report(early, received_on=received.isoformat())
    timer = early.timer("report_late")
    assert timer is not None
    assert (early.clock("TS-01").due_on, timer.due_at) == (due, moment)
    pass_time_to(moment - timedelta(seconds=1))
    assert early.open_steps() == ["INT-02"]
    pass_time_to(moment)
    assert early.open_steps() == ["INT-02", "INT-03"]


def test_timer_in_a_part_fires_for_its_item_alone(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    pass_time_to(time_source.end_of_day(date(2026, 4, 2)))
    assert [notice.item_key for notice in review.notices("INT-07")] == ["participant_2"]
    assert review.clock("TS-03", "participant_1").state == "met"
    assert review.clock("TS-03", "participant_2").state == "overdue"
    assert review.open_steps() == ["INT-05/participant_2"]


def test_removed_item_has_no_clock_that_goes_on(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    corrections.remove_item(
        review.case_id, "participants", "participant_2", "not involved", review.coordinator
    )
    clocks = [row for row in review.rows(Timer) if row.item_key == "participant_2"]
    assert clocks == []
    assert review.clock("TS-03", "participant_2").state == "ended"
    pass_time_to(time_source.end_of_day(date(2026, 4, 2)))
    assert not [n for n in review.notices() if n.item_key == "participant_2"]


def test_item_that_comes_back_has_its_clock_again(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    place = (review.case_id, "participants")
    corrections.remove_item(*place, "participant_2", "not involved", review.coordinator)
    corrections.add_item(
        *place, "participant", "participant_2", "Health", "is, after all", review.coordinator
    )
    assert review.clock("TS-03", "participant_2").state == "running"
    pass_time_to(time_source.end_of_day(date(2026, 4, 2)))
    assert review.clock("TS-03", "participant_2").state == "overdue"
    assert {n.item_key for n in review.notices("INT-07")} == {"participant_1", "participant_2"}


# What fails is tried again, then parked, and holds up nobody.


def break_down(monkeypatch: pytest.MonkeyPatch, review: Review) -> None:
    """Make every firing on this one case fail."""
    real = reporting.fire_timer

    def fails(running: steps.Running, timer: Timer) -> None:
        if timer.case_id == review.case_id:
            raise RuntimeError("a poisoned case")
        real(running, timer)

    monkeypatch.setattr(reporting, "fire_timer", fails)


def test_case_that_fails_is_tried_three_times_and_parked_while_others_go_on(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_report(review)
    other = Review(review.board_id, review.worker, review.colleague, review.coordinator)
    other.open()
    to_report(other)
    break_down(monkeypatch, review)
    now = TOO_LATE
    pass_time_to(now)
    assert other.open_steps() == ["INT-02", "INT-03"]
    waits = []
    while (timer := review.timer("report_late")) and not timer.parked:
        assert timer.retry_at is not None
        waits.append((timer.retry_at - now).total_seconds())
        assert not timers.fire_due_timers(), "it must wait before it is tried again"
        now = timer.retry_at
        pass_time_to(now)
    assert waits == [5, 20]
    assert timer is not None
    assert (timer.attempts, timer.parked) == (3, True)
    assert [row.what for row in review.incidents()] == ["RuntimeError"]
    assert len(review.events("incident_opened")) == 1
    assert review.clock("TS-01").due_on == DUE, "the statutory date is still shown"


def test_parked_timer_fires_once_when_it_is_put_back(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_report(review)
    with monkeypatch.context() as broken:
        break_down(broken, review)
        for minutes in range(3):
            pass_time_to(TOO_LATE + timedelta(minutes=minutes))
    assert len(review.incidents()) == 1
    incidents.retry(review.incidents()[0].id, review.coordinator)
    assert sweep() == 1
    assert review.open_steps() == ["INT-02", "INT-03"]
    assert not review.incidents()
    resolved = review.rows(Incident)[0]
    assert resolved.resolved_by == review.coordinator.account_id
    assert len(review.events("incident_retried")) == 1


def test_gateway_that_lacks_a_fact_is_an_incident_and_fires_once_the_fact_is_there(
    review: Review,
) -> None:
    to_report(review, announced=None)
    late = time_source.end_of_day(date(2026, 12, 2))
    for minutes in range(3):
        pass_time_to(late + timedelta(minutes=minutes))
    assert [row.what for row in review.incidents()] == ["FactNotKnown"]
    assert review.open_steps() == ["INT-02", "INT-03"], "the other deadline went on"
    corrections.amend(
        review.document("receipt").id,
        ("dates",),
        "it was announced",
        review.coordinator,
        values={"received_on": "2026-03-02", "announced": True},
    )
    incidents.retry(review.incidents()[0].id, review.coordinator)
    sweep()
    assert len(review.notices("INT-06")) == 1


def test_submission_goes_on_beside_a_timer_that_has_failed(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_report(review)
    break_down(monkeypatch, review)
    freeze(TOO_LATE)
    review.do("INT-02")
    assert review.open_steps() == ["INT-04"]


def test_timer_that_waits_after_a_failure_is_left_alone_by_a_second_worker(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_report(review)
    freeze(TOO_LATE)
    timer = review.timer("report_late")
    assert timer is not None
    break_down(monkeypatch, review)
    assert timers._fire_or_park(timer.id, review.case_id, wait=False) == 0
    # The second worker had read its list before the first one failed.
    assert timers._fire_or_park(timer.id, review.case_id, wait=False) == 0
    again = review.timer("report_late")
    assert again is not None
    assert again.attempts == 1


def test_database_that_is_away_counts_against_no_timer(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_report(review)
    freeze(TOO_LATE)

    def away(*_: object) -> None:
        raise DatabaseUnavailable(reason="it is being restarted.")

    with monkeypatch.context() as broken:
        broken.setattr(reporting, "fire_timer", away)
        for _ in range(4):
            timers.fire_due_timers()
        with pytest.raises(DatabaseUnavailable):
            review.do("INT-02")
    assert not review.incidents()
    timer = review.timer("report_late")
    assert timer is not None
    assert timer.attempts == 0
    sweep()
    assert review.open_steps() == ["INT-02", "INT-03"]


def test_next_due_moment_is_that_of_the_first_timer(review: Review) -> None:
    assert review.rows(Timer) == []
    to_report(review)
    moment = timers.next_due_at()
    assert moment == time_source.start_of_day(date(2026, 8, 2))


def test_worker_that_looks_early_fires_nothing(review: Review) -> None:
    to_report(review)
    timer = review.timer("report_late")
    assert timer is not None
    assert timers._fire(timer.id, review.case_id, wait=False) is False
    assert review.open_steps() == ["INT-02"]


def test_incident_is_retried_by_who_coordinates_and_nobody_else(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_report(review)
    break_down(monkeypatch, review)
    for minutes in range(3):
        pass_time_to(TOO_LATE + timedelta(minutes=minutes))
    with pytest.raises(AccessDenied):
        incidents.retry(review.incidents()[0].id, review.worker)
    incident = review.incidents()[0].id
    incidents.retry(incident, review.coordinator)
    with pytest.raises(NotFound):
        incidents.retry(incident, review.coordinator)
