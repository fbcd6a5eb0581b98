"""Send what waits in the outbox, outside any transaction; keep what came of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from email.errors import HeaderParseError

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine import db, mail, notices, time_source
from engine.models import Incident, Notice, OutboxMessage, new_id

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FIRST_BACK_OFF = timedelta(minutes=1)
BACK_OFF_GROWS = 4
MAX_ATTEMPTS = 6
BATCH = 50

#: What an incident is called that stands for messages that could not be sent.
NOT_SENT = "NoticeNotSent"


@dataclass(frozen=True)
class Sending:
    """A message that this process has leased, and the rows of the outbox that it carries."""

    key: str
    rows: tuple[str, ...]
    address: str
    language: str
    subject: str
    body: str
    again: bool


def send_waiting(port: mail.Port, sender: str, *, base_url: str = "", limit: int = BATCH) -> int:
    """Send what waits, and return how many messages went out.

    Leases messages in one transaction, sends them outside any, and marks each in one of its own.
    What was accepted is not sent again. A crash between the mail system's word and the mark
    repeats the message under the same key, by which GOV.UK Notify finds that it has it already.
    """
    sent = 0
    for sending in _lease(base_url, limit):
        try:
            _send(port, sender, sending)
        except mail.NotSent as error:
            _mark_failed(sending, error)
        else:
            _mark_sent(sending)
            sent += 1
    return sent


def put_back(session: Session, row: OutboxMessage) -> None:
    """Let a message that was given up be sent anew; the worker finds it with its next look."""
    row.state, row.attempts, row.why = "waiting", 0, ""
    row.lease_until = row.failed_at = None


def open_incidents(session: Session, notice: Notice) -> list[Incident]:
    """Return what still stands on the case because a notice did not reach somebody."""
    found = session.scalars(
        select(Incident)
        .where(Incident.case_id == notice.case_id, Incident.what == NOT_SENT)
        .where(Incident.resolved_at.is_(None))
        .order_by(Incident.opened_at, Incident.id)
    )
    return [one for one in found if one.detail.get("notice") == str(notice.id)]


def _send(port: mail.Port, sender: str, sending: Sending) -> None:
    """Put a message together and hand it over.

    Raises:  mail.NotSent; for good, where there is no such address.
    """
    with db.reading() as session:
        at = time_source.now(session)
    try:
        message = mail.compose(
            sending.key,
            sender,
            sending.address,
            sending.language,
            sending.subject,
            sending.body,
            at,
        )
    except (ValueError, HeaderParseError) as error:
        raise mail.NotSent("address", for_good=True) from error
    port.send(message, again=sending.again)


def _lease(base_url: str, limit: int) -> list[Sending]:
    # Most looks find nothing; those take no lock.
    with db.reading() as session:
        if session.scalar(_waiting(session, 1)) is None:
            return []
    with db.transaction() as session:
        rows = session.scalars(_waiting(session, limit).with_for_update(skip_locked=True)).all()
        return [_take(session, row, base_url) for row in rows]


def _take(session: Session, row: OutboxMessage, base_url: str) -> Sending:
    """Keep other workers from a message for a while, and say what it is."""
    row.lease_until = time_source.real(session) + LEASE
    row.attempts += 1
    notice = session.get_one(Notice, row.notice_id)
    subject, body = notices.notice_text(session, notice, row.language, base_url)
    return Sending(
        key=row.key,
        rows=(row.key,),
        address=str(row.address),
        language=row.language,
        subject=subject,
        body=body,
        again=row.attempts > 1,
    )


def _waiting(session: Session, limit: int) -> Select[OutboxMessage]:
    now = time_source.real(session)
    return (
        select(OutboxMessage)
        .where(OutboxMessage.state == "waiting")
        .where(or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= now))
        .order_by(OutboxMessage.lease_until, OutboxMessage.key)
        .limit(limit)
    )


def _mark_sent(sending: Sending) -> None:
    with db.transaction() as session:
        for key in sending.rows:
            row = session.get_one(OutboxMessage, key)
            row.state, row.sent_at, row.lease_until = "sent", time_source.now(session), None
            row.why = ""


def _mark_failed(sending: Sending, error: mail.NotSent) -> None:
    """Try again later, each time after a longer wait; give up where that is of no use."""
    logger.warning("message not sent", extra={"key": sending.key, "why": error.why})
    with db.transaction() as session:
        for key in sending.rows:
            row = session.get_one(OutboxMessage, key)
            row.why = error.why
            row.lease_until = time_source.real(session) + FIRST_BACK_OFF * BACK_OFF_GROWS ** (
                row.attempts - 1
            )
            if error.for_good or row.attempts >= MAX_ATTEMPTS:
                row.state, row.failed_at = "failed", time_source.now(session)
                _open_incident(session, row)


def _open_incident(session: Session, row: OutboxMessage) -> None:
    """Say on the case that a notice did not reach somebody, once for each notice."""
    notice = session.get_one(Notice, row.notice_id)
    if open_incidents(session, notice):
        return
    detail = {"notice": str(notice.id), "about": notice.about, "to": notice.to_role}
    session.add(
        Incident(
            id=new_id(),
            board_id=notice.board_id,
            case_id=notice.case_id,
            what=NOT_SENT,
            detail={**detail, "why": row.why},
            opened_at=time_source.now(session),
        )
    )
