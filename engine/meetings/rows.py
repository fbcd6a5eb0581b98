"""Find and lock a meeting, and what is kept of it; put what happens to it on record."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import (
    access,
    audit,
    people,
    store,
    time_source,
)
from engine.errors import NotFound
from engine.meetings.refusals import MeetingChanged
from engine.models import (
    Account,
    Appointment,
    Meeting,
    MeetingRecord,
)
from engine.people import Actor
from engine.store import CaseFile


def find(session: Session, meeting_id: uuid.UUID, actor: Actor) -> Meeting:
    seen = access.visible_meetings(session, actor).where(Meeting.id == meeting_id)
    meeting = session.scalars(seen).first()
    if meeting is None:
        raise NotFound
    return meeting


def lock(
    session: Session, meeting_id: uuid.UUID, actor: Actor, seen: int
) -> tuple[CaseFile | None, Meeting]:
    """Lock a meeting for whoever keeps it: its case, else its Board, on whose record it stands.

    Raises:  NotFound, for everybody else; MeetingChanged.
    """
    meeting = find(session, meeting_id, actor)
    if not access.may_keep_meetings(session, actor, meeting.board_id, meeting.case_id):
        raise NotFound
    file = None
    if meeting.case_id is None:
        audit.hold(session, meeting.board_id)
    else:
        file = store.lock_case(session, meeting.case_id, str(actor.account_id))
    session.refresh(meeting)
    if meeting.version != seen:
        raise MeetingChanged
    meeting.version += 1
    return file, meeting


def put_on_record(
    session: Session,
    file: CaseFile | None,
    meeting: Meeting,
    event: str,
    actor: Actor,
    **more: Any,
) -> None:
    """Put what happened on the record of the case or the Board: ids, days and numbers only."""
    data = {
        "meeting": str(meeting.id),
        "body": meeting.body,
        "day": meeting.day.isoformat(),
        **more,
    }
    if file is not None:
        store.save_case(file, event, subject=meeting.body, data=data)
    else:
        actor_id = str(actor.account_id)
        audit.append(
            session, event, actor_id, board_id=meeting.board_id, subject=meeting.body, data=data
        )


def members_of(session: Session, meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Yield who sits in the body, today or on the day of the meeting: account and name."""
    body = people.roles_of_board(session, meeting.board_id).get(meeting.body)
    of_case = Appointment.case_id
    here = of_case == meeting.case_id if meeting.case_id else of_case.is_(None)
    today = time_source.today(session)
    live = or_(people.live_on(today), people.live_on(meeting.day))
    rows = session.execute(
        select(Account.id, Account.name)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Appointment.board_id == meeting.board_id, here, live)
        .where(Appointment.role.in_(body.sitting))
        .distinct()
        .order_by(Account.name, Account.id)
    )
    yield from ((str(account_id), name) for account_id, name in rows)


def versions_kept(session: Session, meeting: Meeting) -> Iterator[MeetingRecord]:
    """Yield the versions of the record of a meeting, the newest first."""
    query = select(MeetingRecord).where(MeetingRecord.meeting_id == meeting.id)
    yield from session.scalars(query.order_by(MeetingRecord.number.desc()))
