"""That what happens at the same moment in several processes happens once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine import corrections, db, schema, tasks, time_source, timers
from engine.db import Database
from engine.models import Base, Submission
from engine.scheduler import Worker
from engine.settings import Settings
from tests.faults.kills import url_of
from tests.faults.oracle import wrongs
from tests.faults.processes import Ended, run_together
from tests.review import (
    FORMS,
    RECEIVED,
    Review,
    count,
    freeze,
    participants,
    set_up,
    sweep,
)

TOO_LATE = time_source.end_of_day(date(2026, 9, 2))


@pytest.fixture
def review(committed_database: Database) -> Review:
    prepared = set_up()
    prepared.open()
    return prepared


@pytest.fixture
def race(committed_database: Database) -> Callable[..., list[Ended]]:
    """Return a function that runs acts in processes of their own, at the same moment."""

    def together(*acts: Callable[[], Any]) -> list[Ended]:
        committed_database.close()
        return run_together(url_of(committed_database), *acts)

    return together


def submits(
    review: Review, step: str, key: str, actor: Any = None, **values: Any
) -> Callable[[], Any]:
    """Return an act that submits the open task of a step."""
    task, who = review.task(step).id, actor or review.worker
    filled = {FORMS[step]: {**(RECEIVED if step == "INT-01" else {}), **values}}
    return lambda: tasks.submit_task(task, who, key, values=filled)


def fires() -> int:
    """Fire until nothing more is due, as a worker does."""
    fired, idle = 0, 0
    while idle < 3:
        found = timers.fire_due_timers()
        fired, idle = fired + found, 0 if found else idle + 1
        time.sleep(0.01)
    return fired


def beats() -> None:
    """Work as a worker process does, with scheduler and watchdog, two beats beyond what is due."""
    worker = Worker(Settings())
    worker.start()
    patience = time.monotonic() + 40
    while _is_due() and time.monotonic() < patience:
        time.sleep(0.1)
    time.sleep(2.2)
    worker.stop()


def _is_due() -> bool:
    due_at = timers.next_due_at()
    return due_at is not None and due_at <= TOO_LATE


def late_cases(review: Review, number: int) -> list[Review]:
    """Return several cases whose reports are all late."""
    found = [review]
    for _ in range(number - 1):
        other = Review(review.board_id, review.worker, review.colleague, review.coordinator)
        other.open()
        found.append(other)
    for each in found:
        each.do("INT-01")
    freeze(TOO_LATE)
    return found


def each_fired_once(reviews: list[Review]) -> None:
    """Hold every case to one task, one event and one notice for each who is told."""
    for review in reviews:
        assert len(review.open_tasks("INT-03")) == 1
        assert len(review.events("timer_fired")) == 1
        assert [event.subject for event in review.events("clock_overdue")] == ["TS-01"]
        breaches = [note.to_role for note in review.notices() if note.data.get("stage") == "breach"]
        assert Counter(breaches) == {"worker": 1, "coordinator": 1}
    assert wrongs() == []


def test_two_workers_fire_each_timer_once(review: Review, race: Any) -> None:
    reviews = late_cases(review, 4)
    ended = race(fires, fires)
    assert sum(each.value for each in ended) >= len(reviews)
    each_fired_once(reviews)


def test_two_schedulers_fire_each_timer_once(review: Review, race: Any) -> None:
    reviews = late_cases(review, 3)
    race(beats, beats)
    each_fired_once(reviews)


def test_worker_that_is_killed_leaves_the_rest_to_another(
    review: Review, race: Any, committed_database: Database
) -> None:
    reviews = late_cases(review, 3)

    def dies() -> None:
        timers.fire_due_timers(2)
        os.kill(os.getpid(), signal.SIGKILL)

    ended = race(dies, fires)
    assert ended[0].killed
    sweep()
    each_fired_once(reviews)


def test_worker_and_submission_on_one_case_leave_the_deadline_first(
    review: Review, race: Any
) -> None:
    review.do("INT-01")
    act = submits(review, "INT-02", "the-key")
    freeze(TOO_LATE)
    ended = race(fires, act)
    assert not ended[1].refused
    sweep()
    kinds = [event.kind for event in review.events()]
    last = len(kinds) - 1 - kinds[::-1].index("task_completed")
    assert kinds.index("timer_fired") < last
    assert review.open_steps() == ["INT-03", "INT-04"]
    assert wrongs() == []


def test_two_people_who_submit_one_task_are_one_submission(review: Review, race: Any) -> None:
    ended = race(
        submits(review, "INT-01", "of-ann"),
        submits(review, "INT-01", "of-bob", review.colleague),
    )
    assert sorted(each.refused for each in ended) == ["", "TaskAlreadyCompleted"]
    assert len(review.events("task_completed")) == 1
    assert review.open_steps() == ["INT-02"]
    assert wrongs() == []


def test_one_click_sent_four_times_at_once_is_one_submission(review: Review, race: Any) -> None:
    act = submits(review, "INT-01", "the-key", participants=participants("Police"))
    ended = race(act, act, act, act)
    assert {each.refused for each in ended} == {""}
    assert len({each.value for each in ended}) == 1
    assert count(Submission) == 1
    assert review.newest("receipt").number == 1
    assert wrongs() == []


def test_same_click_again_gives_the_same_outcome_also_much_later(review: Review) -> None:
    act = submits(review, "INT-01", "the-key")
    first = act()
    review.do("INT-02")
    assert act() == first
    assert len(review.events("task_completed")) == 2


def test_task_that_two_people_take_at_once_belongs_to_one(review: Review, race: Any) -> None:
    task = review.task("INT-01").id
    ended = race(
        lambda: tasks.claim_task(task, review.worker),
        lambda: tasks.claim_task(task, review.colleague),
    )
    assert sorted(each.refused for each in ended) == ["", "TaskTaken"]
    winner = [review.worker, review.colleague][[each.refused for each in ended].index("")]
    assert review.task("INT-01").claimed_by == winner.account_id
    assert len(review.events("task_claimed")) == 1


def test_taken_task_is_submitted_by_nobody_else(review: Review, race: Any) -> None:
    task = review.task("INT-01").id
    ended = race(
        lambda: tasks.claim_task(task, review.worker),
        submits(review, "INT-01", "of-bob", review.colleague),
    )
    outcomes = tuple(each.refused for each in ended)
    assert outcomes in (("", "TaskTaken"), ("TaskAlreadyCompleted", ""))
    assert wrongs() == []


def test_correction_and_submission_at_once_are_both_kept(review: Review, race: Any) -> None:
    review.do("INT-01")
    document = review.document("receipt").id

    def amends() -> None:
        corrections.amend(
            document, ("dates",), "entered wrongly", review.coordinator,
            values={"received_on": "2026-02-27", "announced": True},
        )  # fmt: skip

    ended = race(amends, submits(review, "INT-02", "the-key", summary="Written."))
    assert {each.refused for each in ended} == {""}
    assert review.clock("TS-01").from_on == date(2026, 2, 27)
    assert review.newest("report").content["text"]["summary"] == "Written."
    assert wrongs() == []


def test_cases_opened_at_once_have_identifiers_of_their_own(review: Review, race: Any) -> None:
    def opens() -> str:
        other = Review(review.board_id, review.worker, review.colleague, review.coordinator)
        return str(other.open())

    ended = race(opens, opens, opens)
    assert len({each.value for each in ended}) == 3
    assert wrongs() == []


def test_two_workers_take_up_a_database_at_once(committed_database: Database, race: Any) -> None:
    """Each brings the tables up to date; neither may trip over the other."""
    Base.metadata.drop_all(committed_database.connections)

    def upgrades() -> None:
        schema.upgrade(db.current())

    ended = race(upgrades, upgrades, upgrades)
    assert {each.refused for each in ended} == {""}
    assert schema.difference(committed_database) == []
