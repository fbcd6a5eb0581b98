"""Show what could not be delivered, send it again, and record letters that went by post."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import Text as StringType
from sqlalchemy import select, type_coerce
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    db,
    invitations,
    notices,
    outbox,
    people,
    store,
    time_source,
)
from engine.errors import AccessDenied, EngineError, NotFound
from engine.models import Board, Case, Invitation, Notice, OutboxMessage
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text

MAX_SHOWN = 500

_LINK = Text(
    "Somebody who was invited: the link to sign in",
    "Rhywun a gafodd wahoddiad: y ddolen i fewngofnodi",
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class PostedDayWrong(EngineError):
    """A letter is sent on a day from {since} to today. Enter the day on which it went."""

    status = 422


@dataclass(frozen=True)
class Undelivered:
    """A message that did not reach somebody; nothing of the case but its identifier.

    `case_id` is none where this person may not open the case.
    """

    key: str
    identifier: str
    case_id: uuid.UUID | None
    board: Text
    to: Text
    at: datetime | None
    why: str


@dataclass(frozen=True)
class LetterPage:
    """A letter to print and send by post, in both languages; and when it went."""

    notice_id: uuid.UUID
    case_id: uuid.UUID
    identifier: str
    board: Text
    to: Text
    subject: Text
    body: Text
    at: datetime
    posted_on: date | None


@dataclass(frozen=True)
class WaitingLetter:
    """A letter that waits to go by post: on which case, for whom, about what, since when."""

    notice_id: uuid.UUID
    case_id: uuid.UUID
    identifier: str
    to: Text
    subject: Text
    at: datetime


def letters_waiting(actor: Actor) -> list[WaitingLetter]:
    """Return the letters of a person's cases that are to go by post, the oldest first."""
    with db.reading() as session:
        mine = access.coordinated_cases(session, actor).where(Case.state != "closed")
        rows = session.execute(
            select(Notice, Case)
            .join(Case, Case.id == Notice.case_id)
            .where(Case.id.in_(mine.with_only_columns(Case.id)))
            .where(Notice.posted_on.is_(None))
            # JSON is kept as canonical text, so that a letter can be told by it.
            .where(type_coerce(Notice.data, StringType).contains('"letter":true'))
            .order_by(Notice.at, Case.identifier, Notice.number)
        )
        return [
            WaitingLetter(
                notice_id=notice.id,
                case_id=case.id,
                identifier=case.identifier,
                to=people.roles_of_case(session, case).get(notice.to_role).text,
                subject=notices.said(session, notice)[0],
                at=notice.at,
            )
            for notice, case in rows
        ]


def list_undelivered(actor: Actor) -> list[Undelivered]:
    """Return the messages of a person's Boards that could not be delivered, the newest first.

    For co-ordinators, of the cases that they may open; for administrators, of every case.
    Raises:  NotFound, for whoever is neither on any Board.
    """
    with db.reading() as session:
        minded = access.boards_looked_after(session, actor)
        if not minded:
            raise NotFound
        found = [*_notices(session, minded), *_links(session, minded)]
        told_of = {one.case_id for _, one in found}
        visible = access.visible_cases(session, actor).where(Case.id.in_(told_of))
        open_to = set(session.scalars(visible.with_only_columns(Case.id)))
        return sorted(
            (
                one if one.case_id in open_to else replace(one, case_id=None)
                for board_id, one in found
                if minded[board_id] or one.case_id in open_to
            ),
            key=lambda one: (one.at or _LONG_AGO, one.key),
            reverse=True,
        )


def minds_deliveries(actor: Actor) -> bool:
    """Say whether a person is told what could not be delivered."""
    with db.reading() as session:
        return bool(access.boards_looked_after(session, actor))


def send_again(key: str, actor: Actor) -> None:
    """Put a message that could not be delivered back into the outbox.

    Raises:  NotFound.
    """
    with db.transaction() as session:
        row = session.get(OutboxMessage, key)
        if row is None or row.state != "failed":
            raise NotFound
        if row.invitation_id is not None:
            _send_new_link(session, row, actor)
            return
        notice = session.get_one(Notice, row.notice_id)
        _require_minded(session, actor, notice.board_id, notice.case_id)
        file = store.lock_case(session, notice.case_id, str(actor.account_id))
        session.refresh(row)
        if row.state != "failed":
            return
        outbox.put_back(session, row)
        _resolve(file, notice, actor)
        data = {"notice": str(notice.id), "to": notice.to_role, "item": notice.item_key}
        store.save_case(file, "message_sent_again", subject=notice.about, data=data)


def letter_page(case_id: uuid.UUID, notice_id: uuid.UUID, actor: Actor) -> LetterPage:
    """Return a letter for somebody who has neither account nor e-mail.

    Raises:  NotFound; AccessDenied, for whoever does not co-ordinate the case.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        notice = _letter(file, notice_id, actor)
        texts = {one: notices.letter_text(session, notice, one) for one in ("en", "cy")}
        board = session.get_one(Board, file.case.board_id)
        return LetterPage(
            notice_id=notice.id,
            case_id=file.case.id,
            identifier=file.case.identifier,
            board=Text(board.name_en, board.name_cy),
            to=file.definitions.roles.get(notice.to_role).text,
            subject=Text(texts["en"][0], texts["cy"][0]),
            body=Text(texts["en"][1], texts["cy"][1]),
            at=notice.at,
            posted_on=notice.posted_on,
        )


def record_posted(case_id: uuid.UUID, notice_id: uuid.UUID, on: date, actor: Actor) -> None:
    """Record the day on which a letter was sent on; a later word takes the place of an earlier one.

    Raises:  NotFound; AccessDenied; PostedDayWrong.
    """
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        notice = _letter(file, notice_id, actor)
        since = time_source.local_day(notice.at)
        if not since <= on <= time_source.today(session):
            raise PostedDayWrong(since=since.isoformat())
        notice.posted_on, notice.posted_by = on, actor.account_id
        data = {"notice": str(notice.id), "on": on.isoformat(), "to": notice.to_role}
        store.save_case(file, "letter_posted", subject=notice.about, data=data)


def _letter(file: CaseFile, notice_id: uuid.UUID, actor: Actor) -> Notice:
    roles = access.roles_on(file.session, actor, file.case, "")
    access.require_case(file, actor, roles)
    if not access.coordinates(file, roles):
        raise AccessDenied
    notice = file.session.get(Notice, notice_id)
    if notice is None or notice.case_id != file.case.id or not notice.data.get("letter"):
        raise NotFound
    return notice


def _require_minded(
    session: Session, actor: Actor, board_id: uuid.UUID, case_id: uuid.UUID | None
) -> None:
    everything = access.boards_looked_after(session, actor).get(board_id)
    visible = access.visible_cases(session, actor).where(Case.id == case_id)
    if everything is None or not (everything or session.scalar(visible) is not None):
        raise NotFound


def _notices(
    session: Session, minded: Collection[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, Undelivered]]:
    rows = session.execute(
        select(OutboxMessage, Notice, Case, Board)
        .join(Notice, Notice.id == OutboxMessage.notice_id)
        .join(Case, Case.id == Notice.case_id)
        .join(Board, Board.id == Case.board_id)
        .where(OutboxMessage.state == "failed", Case.board_id.in_(minded))
        .order_by(OutboxMessage.failed_at.desc(), OutboxMessage.key)
        .limit(MAX_SHOWN)
    )
    for message, notice, case, board in rows:
        to = people.roles_of_case(session, case).get(notice.to_role).text
        yield board.id, _undelivered(message, case, board, to)


def _links(
    session: Session, minded: Collection[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, Undelivered]]:
    """Yield the links that did not arrive and for which no newer one was sent."""
    rows = session.execute(
        select(OutboxMessage, Case, Board)
        .join(Invitation, Invitation.id == OutboxMessage.invitation_id)
        .join(Board, Board.id == Invitation.board_id)
        .join(Case, Case.id == Invitation.case_id, isouter=True)
        .where(OutboxMessage.state == "failed", OutboxMessage.code == 0)
        .where(Invitation.ended_at.is_(None), Invitation.board_id.in_(minded))
        .order_by(OutboxMessage.failed_at.desc(), OutboxMessage.key)
        .limit(MAX_SHOWN)
    )
    for message, case, board in rows:
        yield board.id, _undelivered(message, case, board, _LINK)


def _undelivered(message: OutboxMessage, case: Case | None, board: Board, to: Text) -> Undelivered:
    return Undelivered(
        key=message.key,
        identifier=case.identifier if case is not None else "",
        case_id=case.id if case is not None else None,
        board=Text(board.name_en, board.name_cy),
        to=to,
        at=message.failed_at,
        why=message.why,
    )


def _send_new_link(session: Session, row: OutboxMessage, actor: Actor) -> None:
    """Send a new link in place of one that did not arrive and may have run out since."""
    old = session.get_one(Invitation, row.invitation_id)
    _require_minded(session, actor, old.board_id, old.case_id)
    account = accounts.get_account(session, old.account_id)
    if row.code != 0 or old.ended_at is not None or account.password_hash is not None:
        raise NotFound
    invitations.invite(session, account, old.board_id, str(actor.account_id), case_id=old.case_id)


def _resolve(file: CaseFile, notice: Notice, actor: Actor) -> None:
    """Close the incident of a notice once none of its messages is left undelivered."""
    failed = select(OutboxMessage.key).where(
        OutboxMessage.notice_id == notice.id, OutboxMessage.state == "failed"
    )
    file.session.flush()
    if file.session.scalar(failed.limit(1)) is not None:
        return
    for row in outbox.open_incidents(file.session, notice):
        row.resolved_at, row.resolved_by = file.now, actor.account_id
