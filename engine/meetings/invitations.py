"""Tell the members of a body of a meeting, and say who was told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, time_source
from engine.meetings.refusals import MeetingOver, NobodyToTell
from engine.meetings.rows import lock, members_of, put_on_record
from engine.models import (
    Account,
    CalendarFeed,
    Meeting,
    MeetingNotice,
    OutboxMessage,
    new_id,
)
from engine.people import Actor


@dataclass(frozen=True)
class MemberTold:
    """Whether a member of a body was told of a meeting.

    `state` is not_told, waiting, sent or failed; `kind` invited or cancelled, empty where nobody
    told them; `is_current` says that they were told of the meeting as it stands now, and
    `in_calendar` that they read meetings in a calendar of their own.
    """

    account_id: uuid.UUID
    name: str
    state: str = "not_told"
    kind: str = ""
    day: date | None = None
    at: datetime | None = None
    is_current: bool = False
    in_calendar: bool = False


def tell_members(meeting_id: uuid.UUID, actor: Actor, *, seen: int) -> int:
    """Write to the members who have yet to hear of a meeting as it stands: invited, or cancelled.

    Takes:   seen, the version of the meeting that the person had before them.
    Returns: how many are written to.
    Raises:  NotFound; MeetingChanged; MeetingOver; NobodyToTell.
    """
    with db.transaction() as session:
        file, meeting = lock(session, meeting_id, actor, seen)
        if not _is_news(session, meeting):
            raise MeetingOver
        wanted = [one for one in told_of(session, meeting) if _is_to_be_told(meeting, one)]
        accounts = session.scalars(
            select(Account)
            .where(Account.id.in_({one.account_id for one in wanted}), Account.state == "active")
            .order_by(Account.id)
        ).all()
        if not accounts:
            raise NobodyToTell
        for account in accounts:
            _write(session, meeting, account)
        put_on_record(session, file, meeting, "meeting_members_told", actor, members=len(accounts))
        return len(accounts)


def may_tell(session: Session, meeting: Meeting) -> bool:
    """Say whether somebody in the body has yet to be told of a meeting as it stands."""
    return _is_news(session, meeting) and any(
        _is_to_be_told(meeting, one) for one in told_of(session, meeting)
    )


def told_of(session: Session, meeting: Meeting) -> Iterator[MemberTold]:
    """Yield of each member of the body whether they were told of a meeting, by name."""
    members = [(uuid.UUID(account_id), name) for account_id, name in members_of(session, meeting)]
    rows = session.execute(
        select(MeetingNotice, OutboxMessage)
        .join(OutboxMessage, OutboxMessage.meeting_notice_id == MeetingNotice.id)
        .where(MeetingNotice.meeting_id == meeting.id)
        .order_by(MeetingNotice.written_at, MeetingNotice.id)
    )
    newest = {notice.account_id: (notice, message) for notice, message in rows}
    feeds = set(
        session.scalars(
            select(CalendarFeed.account_id).where(
                CalendarFeed.account_id.in_({account_id for account_id, _ in members}),
                CalendarFeed.ended_at.is_(None),
            )
        )
    )
    for account_id, name in members:
        in_calendar = account_id in feeds
        if account_id not in newest:
            yield MemberTold(account_id, name, in_calendar=in_calendar)
            continue
        notice, message = newest[account_id]
        yield MemberTold(
            account_id,
            name,
            state=message.state,
            kind=notice.kind,
            day=notice.day,
            at=message.sent_at or message.failed_at or notice.written_at,
            is_current=(notice.kind, notice.day, notice.begins) == _standing(meeting),
            in_calendar=in_calendar,
        )


def _standing(meeting: Meeting) -> tuple[str, date, str]:
    kind = "cancelled" if meeting.state == "cancelled" else "invited"
    return kind, meeting.day, meeting.at


def _is_news(session: Session, meeting: Meeting) -> bool:
    """Say whether members can still be told: before the day is over, of one that is not held."""
    return meeting.state != "held" and meeting.day >= time_source.today(session)


def _is_to_be_told(meeting: Meeting, one: MemberTold) -> bool:
    """Say whether a member has yet to hear of it; that it is cancelled, only who was invited."""
    if meeting.state == "cancelled" and not one.kind:
        return False
    return not one.is_current or one.state == "failed"


def _write(session: Session, meeting: Meeting, account: Account) -> None:
    kind, day, begins = _standing(meeting)
    notice = MeetingNotice(
        id=new_id(),
        board_id=meeting.board_id,
        meeting_id=meeting.id,
        account_id=account.id,
        kind=kind,
        day=day,
        begins=begins,
        written_at=time_source.now(session),
    )
    session.add(notice)
    session.flush()
    session.add(
        OutboxMessage(
            key=f"{notice.id}.{account.id}",
            board_id=meeting.board_id,
            meeting_notice_id=notice.id,
            account_id=account.id,
            address=account.email,
            language=account.language,
            state="waiting",
            attempts=0,
            why="",
        )
    )
