"""Fire the timers that have fallen due, each once, each in a transaction of its own."""

from __future__ import annotations

import logging
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from engine import audit, db, steps, store, time_source
from engine.errors import DatabaseUnavailable
from engine.models import Case, Incident, Timer, new_id
from engine.store import CaseFile

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
FIRST_BACK_OFF = timedelta(seconds=5)
BACK_OFF_GROWS = 4
BATCH = 50


@dataclass(frozen=True)
class Swept:
    """What a sweep did, and how many seconds there are until the next timer falls due."""

    fired: int
    seconds_to_next: float | None


def fire_due_timers(limit: int = BATCH) -> int:
    """Fire what has fallen due on any case, oldest first, and return how many were fired."""
    return sweep(limit).fired


def sweep(limit: int = BATCH) -> Swept:
    """Fire what has fallen due, oldest first; where nothing has, it costs one statement.

    Safe to run in any number of workers: a case that another one holds is passed over, and each
    timer is looked at again under the lock. A timer that fails three times is parked as an
    incident, and the sweep goes on.
    """
    with db.reading() as session:
        found, seconds = _look(session, limit)
    # Two workers look at the same batch; in the same order each would try what the other holds.
    random.shuffle(found)
    fired = sum(_fire_in_sweep(timer_id, case_id) for timer_id, case_id in found)
    return Swept(fired, 0.0 if fired else seconds)


def fire_due_on(case_id: uuid.UUID) -> int:
    """Fire what has fallen due on one case, so that a deadline that passed first comes first.

    Raises:  DatabaseUnavailable; what waits for this must not overtake the deadline then.
    """
    fired = 0
    while True:
        with db.reading() as session:
            found = _due(session, time_source.now(session), case_id, 1)
        if not found:
            return fired
        fired += _fire_or_park(*found[0], wait=True)


def has_due(file: CaseFile) -> bool:
    """Say whether something fell due on the case that was not tried yet. Decided under its lock."""
    if file.stands_still:
        return False
    return any(steps.is_ready(timer, file.now) for timer in file.timers.values())


def next_due_at() -> datetime | None:
    """Return when the next timer of all falls due; null when none is armed with a moment."""
    with db.reading() as session:
        return session.scalar(
            select(Timer.due_at)
            .where(Timer.due_at.is_not(None), Timer.parked == false())
            .order_by(Timer.due_at, Timer.id)
            .limit(1)
        )


def _look(session: Session, limit: int) -> tuple[list[tuple[uuid.UUID, uuid.UUID]], float | None]:
    """Return the timers that are due, and the seconds until the first that is not."""
    first = session.execute(_first(session.get_bind().dialect.name)).one_or_none()
    if first is None:
        return [], None
    now = time_source.from_columns(first)
    if first.due_at > now:
        return [], (first.due_at - now).total_seconds()
    return _due(session, now, None, limit), None


@lru_cache(maxsize=4)
def _first(dialect: str) -> Select[Any]:
    """Return the query for the moment and the first timer of all, built once."""
    return (
        select(Timer.due_at, *time_source.columns_for(dialect))
        .where(Timer.due_at.is_not(None), Timer.parked == false())
        .order_by(Timer.due_at, Timer.id)
        .limit(1)
    )


def _due(
    session: Session, now: datetime, case_id: uuid.UUID | None, limit: int
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    query = (
        select(Timer.id, Timer.case_id)
        .where(Timer.due_at.is_not(None), Timer.due_at <= now, Timer.parked == false())
        .where(or_(Timer.retry_at.is_(None), Timer.retry_at <= now))
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    if case_id is not None:
        query = query.where(Timer.case_id == case_id)
    return [(row.id, row.case_id) for row in session.execute(query)]


def _fire_in_sweep(timer_id: uuid.UUID, case_id: uuid.UUID) -> int:
    try:
        return _fire_or_park(timer_id, case_id, wait=False)
    except DatabaseUnavailable as error:
        # No fault of the case, so nothing is counted against it; the next beat tries again.
        logger.warning("timer waits", extra={"timer": str(timer_id), "what": str(error)})
        with db.reading() as session:
            session.execute(select(Timer.id).limit(1))
        return 0


def _fire_or_park(timer_id: uuid.UUID, case_id: uuid.UUID, *, wait: bool) -> int:
    try:
        return int(_fire(timer_id, case_id, wait=wait))
    except DatabaseUnavailable:
        raise
    except Exception as error:  # the sweep must go on, whatever one case does
        logger.warning(
            "timer failed",
            extra={"timer": str(timer_id), "case_id": str(case_id), "what": type(error).__name__},
        )
        _note_failure(timer_id, case_id, error)
        return 0


def _fire(timer_id: uuid.UUID, case_id: uuid.UUID, *, wait: bool) -> bool:
    with db.transaction() as session:
        lock = store.lock_case if wait else store.lock_case_if_free
        file = lock(session, case_id, audit.SYSTEM)
        if file is None:
            return False
        timer = next((row for row in file.timers.values() if row.id == timer_id), None)
        if timer is None or not steps.is_ready(timer, file.now):
            return False
        return steps.fire(file, timer)


def _note_failure(timer_id: uuid.UUID, case_id: uuid.UUID, error: Exception) -> None:
    with db.transaction() as session:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        timer = session.get(Timer, timer_id, populate_existing=True)
        now = time_source.now(session)
        if timer is None or not steps.is_ready(timer, now):
            return
        timer.attempts += 1
        timer.retry_at = now + FIRST_BACK_OFF * BACK_OFF_GROWS ** (timer.attempts - 1)
        if timer.attempts < MAX_ATTEMPTS:
            return
        timer.parked = True
        session.add(
            Incident(
                id=new_id(),
                board_id=timer.board_id,
                case_id=timer.case_id,
                timer_id=timer.id,
                what=type(error).__name__,
                detail={"timer": timer.token, "timescale": timer.timescale},
                opened_at=now,
            )
        )
        audit.append(
            session,
            "incident_opened",
            audit.SYSTEM,
            board_id=timer.board_id,
            case_id=timer.case_id,
            subject=timer.timescale or timer.bpmn_id or timer.kind,
            data={"what": type(error).__name__},
        )
