"""That clocks follow recorded dates, wake the worker in time, and tell the right people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from engine import (
    audit,
    corrections,
    db,
    deployments,
    items,
    store,
    time_source,
    timekeeping,
    timers,
)
from engine.models import Timer, new_id
from engine.store import CaseFile
from tests.databases import statements
from tests.review import Review, freeze, opened, participants, pass_time_to
from tests.review import files as review_files

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


def stands_still(review: Review) -> bool:
    """Say whether a step that changes nothing would leave clocks and timers alone."""
    with db.reading() as session:
        return store.read_case(session, review.case_id, "SYSTEM").stands_still


def changed_by(review: Review, act: Callable[[CaseFile], object]) -> bool:
    """Say whether the case still stands still once something was done to it."""
    with db.transaction() as session:
        file = store.lock_case(session, review.case_id, "SYSTEM")
        assert file.stands_still
        act(file)
        store.save_case(file, "something_done")
    return not stands_still(review)


def test_case_stands_still_to_the_next_moment_or_midnight_in_wales(review: Review) -> None:
    review.do("INT-01")
    assert stands_still(review)
    freeze(datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))
    assert stands_still(review)
    freeze(datetime(2026, 3, 3, tzinfo=UTC))
    assert not stands_still(review), "another day: fewer days are left"


def test_case_does_not_stand_still_where_its_clock_was_set_back(review: Review) -> None:
    review.do("INT-01")
    freeze(datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert not stands_still(review)


def test_moment_that_has_come_ends_the_stillness(review: Review) -> None:
    review.do("INT-01")
    with db.transaction() as session:
        file = store.lock_case(session, review.case_id, "SYSTEM")
        file.case.kept_until = file.now
        assert not file.stands_still


def test_nothing_is_read_of_clocks_and_timers_while_the_case_stands_still(
    review: Review, database: db.Database
) -> None:
    review.do("INT-01")
    with db.transaction() as session, statements(database) as seen:
        file = store.lock_case(session, review.case_id, "SYSTEM")
        assert not timers.has_due(file)
        assert timekeeping.keep_time(file) == {}
    assert not any(words.startswith(("SELECT timer.", "SELECT clock.")) for words in seen)


@pytest.mark.parametrize("name", ["received_on", "step:INT-02", "step:INT-05"])
def test_fact_or_step_that_moves_a_clock_ends_the_stillness(review: Review, name: str) -> None:
    review.do("INT-01")
    values = {(name, ""): True if name.startswith("step:") else date(2026, 1, 1)}
    assert changed_by(review, lambda file: store.write_facts(file, values, "test"))


def test_fact_that_moves_no_clock_leaves_it(review: Review) -> None:
    review.do("INT-01")
    values = {("announced", ""): False}
    assert not changed_by(review, lambda file: store.write_facts(file, values, "test"))


def test_item_more_or_less_ends_the_stillness(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    assert changed_by(review, lambda file: items.add_item(file, "l", "k", "k_1", "K"))


def test_timer_that_is_armed_ends_the_stillness(review: Review) -> None:
    review.do("INT-01")
    armed = Timer(id=new_id(), kind="event", token="event:x", expression="null")

    def arm(file: CaseFile) -> None:
        armed.board_id, armed.case_id = file.case.board_id, file.case.id
        file.add_timer(armed)

    assert changed_by(review, arm)


def test_case_that_closes_does_not_stand_still(review: Review) -> None:
    review.do("INT-01")

    def close(file: CaseFile) -> None:
        file.case.state = "closed"

    assert changed_by(review, close)


def test_whoever_saves_a_case_and_knows_nothing_of_stillness_ends_it(review: Review) -> None:
    """A release from before, still running beside the new one, adds events in this way."""
    review.do("INT-01")
    with db.transaction() as session:
        case = store.lock_case(session, review.case_id, "SYSTEM").case
        audit.append(session, "done", "SYSTEM", board_id=case.board_id, case_id=case.id)
    assert not stands_still(review)


def test_stillness_survives_what_changes_nothing_of_it(review: Review) -> None:
    review.do("INT-01")
    assert not changed_by(review, lambda file: store.record_event(file, "looked_at"))


def test_timer_can_be_disarmed_without_reading_the_others(
    review: Review, database: db.Database
) -> None:
    review.do("INT-01")
    timer = review.timer("report_late")
    assert timer is not None
    with db.transaction() as session, statements(database) as seen:
        file = store.lock_case(session, review.case_id, "SYSTEM")
        file.drop_timer(timer.token)
        assert "DELETE timer" in seen
        assert "SELECT timer.id," not in seen
        assert timer.token not in file.timers
    assert review.timer("report_late") is None


def with_definition(path: str, source: bytes) -> deployments.Definitions:
    """Return the definitions of the small review with one file in place of another."""
    return deployments.build({**review_files(), path: source})


def test_time_goes_by_facts_and_steps_that_clocks_and_timers_name_and_by_no_others() -> None:
    moving = deployments.facts_of_time(deployments.build(review_files()))
    assert moving == {"received_on", "INT-02", "INT-05"}


def test_time_goes_by_what_lies_behind_a_fact_too() -> None:
    path = "processes/facts.toml"
    facts = review_files()[path].decode()
    first = 'type = "date"\nscope = "case"\nfield = "receipt.received_on"'
    behind = 'type = "date"\nscope = "case"\nvalue = "if announced then told_first else null"'
    listed = '[told_first]\ntype = "list"\nscope = "case"\neach = "told_on"\nen = "a"\ncy = "a"\n'
    written = (facts.replace(first, behind) + listed).encode()
    moving = deployments.facts_of_time(with_definition(path, written))
    assert moving == {"received_on", "announced", "told_first", "told_on", "INT-02", "INT-05"}


def test_nothing_is_said_of_a_timer_that_asks_what_time_it_is() -> None:
    path = "processes/review.bpmn"
    source = re.sub(rb"due\(&quot;TS-01&quot;\)", b"now()", review_files()[path])
    assert deployments.facts_of_time(with_definition(path, source)) is None
