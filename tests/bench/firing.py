"""How fast real worker processes fire what has fallen due, how late, and whether exactly once.

Every timer stands on a case of its own in the middle of a review; firing it runs the workflow,
tells the co-ordinator, keeps the clocks and seals the record. Workers are `adolygu worker`
processes with nothing to send mail by. Floor of the rate: what each worker could do at most if a
firing were a step in memory, as much JSON and a bare commit. The moments are those the record
gives, taken under the lock of the case.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from engine import audit, db, time_source
from engine.models import AuditEvent, Incident, Notice, Timer
from tests.bench import clone, engine_step, review
from tests.bench.figures import MILLISECONDS, Row, Scale, at_least, at_most, percentile, told
from tests.bench.house import NAMES, House, processor_seconds, running, settings_for

LEAST_A_SECOND = 100.0
MOST_LATE = 1000.0
PATIENCE_SECONDS = 180.0
WARM_UP = 8

#: The boundary timer of the review that is fired.
TIMER = "late_101"


@dataclass(frozen=True)
class Fired:
    """When timers were due and fired, and on how many cases something else than one firing is."""

    due: list[datetime]
    at: list[datetime]
    wrong: int

    @property
    def a_second(self) -> float:
        """Return how many were fired a second, from the first to the last."""
        seconds = (max(self.at) - min(self.at)).total_seconds()
        return (len(self.at) - 1) / seconds if seconds else 0.0

    @property
    def late(self) -> list[float]:
        """Return by how many milliseconds each came after it was due."""
        pairs = zip(self.due, self.at, strict=True)
        return [(at - due).total_seconds() * MILLISECONDS for due, at in pairs]


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure rate and lateness on each kind of database with one worker and more."""
    for kind in scale.kinds:
        for workers in scale.workers:
            yield from _measure(scale, house, kind, workers)


def _measure(scale: Scale, house: House, kind: str, workers: int) -> Iterator[Row]:
    database = house.database(kind)
    board_id, actor = review.settled(database)
    middle = review.brought_to_the_middle(board_id, actor)
    floor = _floor(database, middle, scale)
    warm, many, few = (
        clone.copies(middle, count) for count in (WARM_UP, scale.timers, scale.late_timers)
    )
    with ExitStack() as stack:
        settings = settings_for(database, house.folder)
        processes = [
            stack.enter_context(running(settings, "worker", until="The worker is running"))
            for _ in range(workers)
        ]
        fire(warm, timedelta(0))
        before = sum(map(processor_seconds, processes))
        rate = fire(many, timedelta(0))
        spent = (sum(map(processor_seconds, processes)) - before) / len(many)
        late = fire(few, timedelta(seconds=scale.late_seconds))
    suffix = f"{workers} worker{'s' if workers > 1 else ''}, {NAMES[kind]}"
    name = f"due timers fired, {suffix}"
    most = workers * MILLISECONDS / floor
    if kind == "postgresql" and workers > 1:
        yield at_least(name, rate.a_second, "/s", LEAST_A_SECOND, floor=most)
    else:
        yield told(name, rate.a_second, "/s", floor=most)
    yield told(f"{name}: processor time each", spent * MILLISECONDS, "ms")
    name = f"due to fired, {suffix}"
    yield told(f"{name}: p50", percentile(late.late, 0.5), "ms")
    p95 = percentile(late.late, 0.95)
    if workers > 1:
        yield at_most(f"{name}: p95", p95, "ms", MOST_LATE)
    else:
        yield told(f"{name}: p95", p95, "ms")
    wrong = rate.wrong + late.wrong + _broken()
    yield at_most(f"timers fired otherwise than once, {suffix}", wrong, "timers", 0)


def _floor(database: db.Database, case_id: uuid.UUID, scale: Scale) -> float:
    floor = engine_step.Floor(database, case_id, scale.steps)
    for _ in range(scale.runs):
        floor.sample()
    floor.bare.close()
    return floor.total


def fire(cases: list[uuid.UUID], over: timedelta) -> Fired:
    """Let a timer of each case fall due, evenly over a span from a second on, and wait for all."""
    due = _let_fall_due(cases, over)
    _wait_until_fired(cases)
    with db.reading() as session:
        found = session.execute(
            select(AuditEvent.case_id, AuditEvent.at).where(
                AuditEvent.kind == "timer_fired", AuditEvent.case_id.in_(cases)
            )
        ).all()
        notices = dict(
            session.execute(
                select(Notice.case_id, func.count())
                .where(Notice.case_id.in_(cases), Notice.template == "late")
                .group_by(Notice.case_id)
            ).all()
        )
        parked = session.scalar(
            select(func.count()).select_from(Incident).where(Incident.case_id.in_(cases))
        )
    once = {row.case_id: row.at for row in found}
    wrong = len(cases) - len(once) + len(found) - len(once) + (parked or 0)
    wrong += sum(notices.get(case_id) != 1 for case_id in cases)
    return Fired([due[case] for case in once], list(once.values()), wrong)


def _let_fall_due(cases: list[uuid.UUID], over: timedelta) -> dict[uuid.UUID, datetime]:
    with db.transaction() as session:
        first = time_source.read(session) + timedelta(seconds=1)
        due = {case: first + over * number / len(cases) for number, case in enumerate(cases)}
        for case_id, due_at in due.items():
            session.execute(
                update(Timer)
                .where(Timer.case_id == case_id, Timer.bpmn_id == TIMER)
                .values(due_at=due_at)
            )
    return due


def _wait_until_fired(cases: list[uuid.UUID]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    query = (
        select(func.count())
        .select_from(Timer)
        .where(Timer.case_id.in_(cases), Timer.bpmn_id == TIMER, Timer.parked.is_(False))
    )
    while time.monotonic() < until:
        with db.reading() as session:
            if not session.scalar(query):
                return
        time.sleep(0.25)
    raise TimeoutError("not every timer was fired")


def _broken() -> int:
    """Return how many audit chains do not hold."""
    with db.reading() as session:
        return len(list(audit.verify(session)))
