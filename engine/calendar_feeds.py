"""Give people the deadlines they answer for in their own calendar, under a secret address.

What lets a calendar in is worked out from the row and a key outside the database, as with the links
of invitations (D24); of the address there is only a hash. A feed holds names of steps, identifiers
of cases and days: no name of anybody, and nothing that was typed. Meetings
stand in it with their body, their day and their time.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    attempts,
    audit,
    db,
    items,
    keys,
    meeting_days,
    people,
    store,
    task_pages,
    time_source,
)
from engine.accounts import Actor
from engine.errors import NotFound
from engine.models import Account, CalendarFeed, Case, Clock, Meeting, new_id
from engine.texts import Text

#: How many wrong addresses may be asked for from one place before it has to wait.
FREE_MISSES = 30
_LIVE = ("running", "due_soon", "overdue")


@dataclass(frozen=True)
class Feed:
    """The feed of a person: what its address ends in, and since when it is there."""

    token: str
    made_at: datetime


@dataclass(frozen=True)
class Deadline:
    """A day by which something is due on a case.

    `id` stays the same for as long as the deadline is there, whatever day it moves to; of `case_id`
    and `task_id` one is set, the page that says more.
    """

    id: uuid.UUID
    name: Text
    case_identifier: str
    due_on: date
    is_overdue: bool
    case_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = None


@dataclass(frozen=True)
class FeedMeeting:
    """A planned meeting of a body in which a person sits, or whose meetings they keep."""

    id: uuid.UUID
    body: Text
    case_identifier: str
    starts_at: datetime


@dataclass(frozen=True)
class FeedContent:
    """What a calendar reads: deadlines and meetings, the earliest first, and when that was so."""

    asked_at: datetime
    deadlines: tuple[Deadline, ...]
    meetings: tuple[FeedMeeting, ...] = ()


def calendar_feed(actor: Actor) -> Feed | None:
    """Return the feed that a person has made; None where there is none."""
    with db.reading() as session:
        row = _live(session, actor)
        return Feed(_token(row), row.made_at) if row is not None else None


def make_calendar_feed(actor: Actor) -> None:
    """Give a person a new address for their deadlines; an earlier one ends."""
    with db.transaction() as session:
        _end(session, actor)
        key_id, _ = keys.seal(b"")
        row = CalendarFeed(
            id=new_id(),
            account_id=actor.account_id,
            token_hash="",
            key_id=key_id,
            made_at=time_source.real(session),
        )
        row.token_hash = _hash(_token(row))
        session.add(row)
        _record(session, "calendar_feed_made", actor)


def end_calendar_feed(actor: Actor) -> None:
    """End the address of a person's deadlines at once; without one, nothing happens."""
    with db.transaction() as session:
        if _end(session, actor):
            _record(session, "calendar_feed_ended", actor)


def deadlines(token: str, address: str) -> FeedContent:
    """Return the deadlines behind a secret address.

    These are the clocks of every case whose page the person may open, and on other cases the tasks
    that are theirs to do.

    Takes:   address, the network address that asks.
    Raises:  NotFound, for an address that never was or that ended, and where the account may not
             sign in; TooManyAttempts, after too many of these from one place.
    """
    misses = attempts.subject("calendar from", address)
    with db.reading() as session:
        attempts.hold_back(session, {misses: FREE_MISSES})
        actor = _owner(session, token)
        if actor is not None:
            found = [*_clocks(session, actor), *_tasks(session, actor)]
            found.sort(key=lambda each: (each.due_on, str(each.id)))
            meetings = tuple(_meetings(session, actor))
            return FeedContent(time_source.real(session), tuple(found), meetings)
    with db.transaction() as session:
        attempts.note(session, misses)
    raise NotFound


def _clocks(session: Session, actor: Actor) -> Iterator[Deadline]:
    live = select(Clock.case_id).where(Clock.state.in_(_LIVE), Clock.due_on.is_not(None))
    visible = access.visible_cases(session, actor).where(Case.id.in_(live))
    ids = session.scalars(visible.with_only_columns(Case.id)).all()
    for file in store.read_cases(session, ids, str(actor.account_id)).values():
        for row in file.clocks.values():
            if row.state in _LIVE and row.due_on is not None:
                yield Deadline(
                    id=row.id,
                    name=items.with_agency(
                        file.definitions,
                        file.definitions.timescales[row.timescale].name,
                        items.item_of(file, row.item_key),
                    ),
                    case_identifier=file.case.identifier,
                    due_on=row.due_on,
                    is_overdue=row.due_on < time_source.today(session),
                    case_id=file.case.id,
                )


def _tasks(session: Session, actor: Actor) -> Iterator[Deadline]:
    visible = set(session.scalars(access.visible_cases(session, actor).with_only_columns(Case.id)))
    elsewhere = [row for row in access.open_tasks(session, actor) if row.case_id not in visible]
    for task in task_pages.summarise(session, elsewhere, actor):
        if task.due_on is not None:
            yield Deadline(
                id=task.id,
                name=task.name,
                case_identifier=task.case_identifier,
                due_on=task.due_on,
                is_overdue=task.due_on < time_source.today(session),
                task_id=task.id,
            )


def _meetings(session: Session, actor: Actor) -> Iterator[FeedMeeting]:
    """Yield the planned meetings of which a person may know; where they are is not said here."""
    planned = access.visible_meetings(session, actor).where(Meeting.state == "planned")
    rows = session.execute(
        planned.add_columns(Case.identifier)
        .outerjoin(Case, Case.id == Meeting.case_id)
        .order_by(Meeting.day, Meeting.at, Meeting.id)
    )
    for row, identifier in rows:
        body = people.roles_of_board(session, row.board_id).get(row.body).text
        yield FeedMeeting(row.id, body, identifier or "", meeting_days.starts_at(row))


def _owner(session: Session, token: str) -> Actor | None:
    row = session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == _hash(token)))
    if row is None or row.ended_at is not None:
        return None
    account = session.get_one(Account, row.account_id)
    return Actor(account.id, account.name) if account.state == "active" else None


def _live(session: Session, actor: Actor) -> CalendarFeed | None:
    return session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.account_id == actor.account_id, CalendarFeed.ended_at.is_(None)
        )
    )


def _end(session: Session, actor: Actor) -> bool:
    session.get_one(Account, actor.account_id, with_for_update=True)
    row = _live(session, actor)
    if row is not None:
        row.ended_at = time_source.real(session)
    return row is not None


def _record(session: Session, kind: str, actor: Actor) -> None:
    audit.append(session, kind, str(actor.account_id), subject=str(actor.account_id))


def _token(row: CalendarFeed) -> str:
    _, made = keys.seal(f"calendar feed {row.id}".encode(), row.key_id)
    return base64.urlsafe_b64encode(bytes.fromhex(made)).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
