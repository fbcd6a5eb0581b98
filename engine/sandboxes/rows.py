"""Find what the records hold of the sandboxes of a draft, and write it: what was done, never how a
case stands.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import time_source
from engine.errors import EngineError, NotFound
from engine.models import Sandbox, SandboxStep
from engine.people import Actor
from engine.sandboxes.worlds import Played
from engine.variations import rows as drafts
from engine.variations.rows import Desk

Kind = Literal["done", "taken_back"]

#: So many sandboxes a person has open in one draft, and so many steps one of them has.
MOST_OPEN = 10
MOST_STEPS = 500


class TooManySandboxes(EngineError):
    """You have 10 trials of this draft going on. Open one of them and end it first."""

    status = 409


class SandboxEnded(EngineError):
    """This trial has ended, so nothing more is done in it. Make a new one."""

    status = 409


class SandboxMovedOn(EngineError):
    """Somebody has done something in this trial since you opened this page. Look at it first."""

    status = 409


class SandboxFull(EngineError):
    """A trial has at most 500 steps. Make a scenario of it, and begin a new one."""

    status = 409


@dataclass(frozen=True)
class Found:
    """A sandbox as the records have it: its draft, its row, and the steps that count."""

    desk: Desk
    row: Sandbox
    played: Played
    #: how many rows its steps have: whoever goes on says from which
    newest: int


def open_sandboxes(session: Session, draft_id: uuid.UUID, actor: Actor | None) -> list[Sandbox]:
    """Return the sandboxes of a draft that go on, the newest first; of one person, if said."""
    query = select(Sandbox).where(Sandbox.draft_id == draft_id, Sandbox.ended_at.is_(None))
    if actor is not None:
        query = query.where(Sandbox.begun_by == actor.account_id)
    return list(session.scalars(query.order_by(Sandbox.number.desc())))


def find(session: Session, draft_id: uuid.UUID, number: int, actor: Actor) -> Found:
    """Return a sandbox of a draft, for whoever designs.

    Raises:  NotFound.
    """
    desk = drafts.to_read(session, draft_id, actor, "design")
    query = select(Sandbox).where(Sandbox.draft_id == draft_id, Sandbox.number == number)
    row = session.scalar(query) if number < 2**31 else None
    if row is None:
        raise NotFound
    steps = steps_of(session, row)
    files = drafts.resolved(session, desk.row, row.revision)
    played = Played(files, row.process, row.starts_at, tuple(counting(steps)))
    return Found(desk, row, played, len(steps))


def require_going_on(found: Found) -> None:
    """Refuse to go on in a sandbox that has ended, or whose draft is over.

    Raises:  SandboxEnded.
    """
    if found.row.ended_at is not None or found.desk.row.state not in ("draft", "proposed"):
        raise SandboxEnded


def add(
    session: Session,
    draft_id: uuid.UUID,
    number: int,
    newest: int,
    lines: Sequence[tuple[Kind, str]],
    actor: Actor,
) -> None:
    """Write down what was done in a sandbox, or that the newest step was taken back.

    Takes:   newest, how many rows it had when whoever asks looked; lines, kind and text of each.
    Raises:  NotFound; SandboxEnded; SandboxMovedOn; SandboxFull.
    """
    desk = drafts.to_read(session, draft_id, actor, "design")
    drafts.hold(session, desk.row)
    found = find(session, draft_id, number, actor)
    require_going_on(found)
    if found.newest != newest:
        raise SandboxMovedOn
    done = sum(kind == "done" for kind, _ in lines)
    if done and len(found.played.steps) + done > MOST_STEPS:
        raise SandboxFull
    for place, (kind, text) in enumerate(lines, newest + 1):
        session.add(
            SandboxStep(
                board_id=found.row.board_id,
                sandbox_id=found.row.id,
                number=place,
                kind=kind,
                text=text,
                by=actor.account_id,
                at=time_source.now(session),
            )
        )


def next_number(session: Session, draft_id: uuid.UUID) -> int:
    """Return the number of the next sandbox of a draft whose record is held."""
    query = select(func.max(Sandbox.number)).where(Sandbox.draft_id == draft_id)
    return (session.scalar(query) or 0) + 1


def steps_of(session: Session, row: Sandbox) -> list[SandboxStep]:
    """Return all that was done in a sandbox, in order, with what was taken back."""
    query = select(SandboxStep).where(SandboxStep.sandbox_id == row.id)
    return list(session.scalars(query.order_by(SandboxStep.number)))


def counting(steps: Iterable[SandboxStep]) -> list[str]:
    """Return the texts of the steps that count: what was taken back does not."""
    found: list[str] = []
    for step in steps:
        if step.kind == "done":
            found.append(step.text)
        elif found:
            found.pop()
    return found
