"""Say who has the work now that a task is done, or what it waits for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, db, task_pages, time_source
from engine.errors import NotFound
from engine.models import ProcessInstance, Timer, UserTask
from engine.people import Actor
from engine.texts import Text

#: How many tasks of others are told one by one.
TOLD = 5


@dataclass(frozen=True)
class NextTask:
    """A task that somebody else has now.

    Whoever may not open the case is told the roles and nothing else: `id`, `name` and `about` are
    none then, and `who` is empty.
    """

    roles: tuple[Text, ...]
    id: uuid.UUID | None = None
    name: Text | None = None
    about: Text | None = None
    who: tuple[str, ...] = ()
    due_on: date | None = None


@dataclass(frozen=True)
class NextSteps:
    """What comes of a task that is done.

    `opened` are tasks of others that came of it, `waits_for` (where none did) what others still do
    in the same part; `more` says how many there are beyond those told. `goes_on_on` is the day for
    which the part waits, `is_over` that the part has ended.
    """

    opened: tuple[NextTask, ...] = ()
    waits_for: tuple[NextTask, ...] = ()
    more: int = 0
    goes_on_on: date | None = None
    is_over: bool = False


def after_task(task_id: uuid.UUID, actor: Actor) -> NextSteps:
    """Return what comes of a task, for whoever completed it.

    Raises:  NotFound, for everybody else.
    """
    with db.reading() as session:
        done = session.get(UserTask, task_id)
        if done is None or done.closed_by != str(actor.account_id) or done.state != "completed":
            raise NotFound
        instance = session.get_one(ProcessInstance, done.instance_id)
        reads = bool(access.openable_among(session, actor, [done.case_id]))
        others = _of_others(session, done.case_id, actor)
        opened = [one for one in others if done.closed_at and one.opened_at >= done.closed_at]
        if not reads:
            # Other parts of a case are not to be guessed at by whoever has a task in one of them.
            opened = [one for one in opened if one.instance_id == instance.id]
        beside = [] if opened else [one for one in others if one.instance_id == instance.id]
        found = opened or beside
        told = tuple(dict.fromkeys(_told(session, found, actor, reads=reads)))
        return NextSteps(
            opened=told[:TOLD] if opened else (),
            waits_for=told[:TOLD] if beside else (),
            more=max(0, len(told) - TOLD),
            goes_on_on=_next_day(session, instance) if reads and not found else None,
            is_over=not found and instance.state != "open",
        )


def _of_others(session: Session, case_id: uuid.UUID, actor: Actor) -> list[UserTask]:
    """Return the open tasks of a case that are not the person's own to do."""
    mine = set(
        session.scalars(
            select(UserTask.id).where(UserTask.case_id == case_id, access.may_do(session, actor))
        )
    )
    rows = session.scalars(
        select(UserTask)
        .where(UserTask.case_id == case_id, UserTask.state == "open")
        .order_by(UserTask.number)
    )
    return [row for row in rows if row.id not in mine]


def _told(
    session: Session, rows: Sequence[UserTask], actor: Actor, *, reads: bool
) -> list[NextTask]:
    return [
        NextTask(
            roles=one.roles,
            id=one.id,
            name=one.name,
            about=one.item_label,
            who=(one.claimed_by_name,) if one.claimed_by_name else one.assigned_names,
            due_on=one.due_on,
        )
        if reads
        else NextTask(roles=one.roles)
        for one in task_pages.summarise(session, rows, actor)
    ]


def _next_day(session: Session, instance: ProcessInstance) -> date | None:
    """Return the day for which a part of a case waits, where it waits for one that is known."""
    due_at = session.scalar(
        select(Timer.due_at)
        .where(Timer.instance_id == instance.id, Timer.kind == "event")
        .where(Timer.due_at.is_not(None))
        .order_by(Timer.due_at)
        .limit(1)
    )
    return time_source.local_day(due_at) if due_at else None
