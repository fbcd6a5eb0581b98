"""Send what waits in the outbox, outside any transaction; keep what came of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import HeaderParseError

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from engine import accounts, db, invitations, mail, meeting_notices, notices, time_source
from engine.models import Account, Incident, Notice, OutboxMessage, new_id
from engine.people import Actor
from engine.texts import Text

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FIRST_BACK_OFF = timedelta(minutes=1)
BACK_OFF_GROWS = 4
MAX_ATTEMPTS = 6
BATCH = 50

#: What an incident is called that stands for messages that could not be sent.
NOT_SENT = "NoticeNotSent"


_DIGEST_SUBJECT = Text(
    "Adolygu: your messages of the day ({number})",
    "Adolygu: eich negeseuon am y diwrnod ({number})",
)
_DIGEST_BODY = Text(
    "You asked for your messages once a day. These came since the last one.",
    "Gofynasoch am eich negeseuon unwaith y dydd. Daeth y rhain ers yr un ddiwethaf.",
)


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
    lease_until: datetime


def send_waiting(port: mail.Port, sender: str, *, base_url: str = "", limit: int = BATCH) -> int:
    """Send what waits, and return how many messages went out.

    Leases messages in one transaction, sends them outside any, and marks each in one of its own.
    What was accepted is not sent again. A crash between the mail system's word and the mark
    repeats the message under the same key, by which GOV.UK Notify finds that it has it already.
    """
    sent = 0
    for sending in _lease(base_url, limit):
        if not _is_still_ours(sending):
            continue
        try:
            _send(port, sender, sending)
        except mail.NotSent as error:
            _mark_failed(sending, error)
        else:
            _mark_sent(sending)
            sent += 1
    return sent


def set_daily_digest(actor: Actor, daily: bool) -> None:
    """Set whether a person gets what is not urgent together, once a day.

    What waits for the next daily message goes out at once where it is wanted no longer.
    """
    with db.transaction() as session:
        accounts.get_account(session, actor.account_id).daily_digest = daily
        if not daily:
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.account_id == actor.account_id)
                .where(OutboxMessage.state == "waiting", OutboxMessage.attempts == 0)
                .values(digest_at=None)
            )


def put_back(session: Session, row: OutboxMessage) -> None:
    """Let a message that was given up be sent anew; the worker finds it with its next look."""
    row.state, row.attempts, row.why = "waiting", 0, ""
    row.lease_until = row.failed_at = row.digest_at = None
    if row.account_id is not None:
        row.address = accounts.get_account(session, row.account_id).email


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


def _is_still_ours(sending: Sending) -> bool:
    """Take a message's lease anew when its turn comes; those before it may have taken long.

    Where it ran out, another worker has the message, and it would go out twice.
    """
    with db.transaction() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.key.in_(sending.rows))
            .order_by(OutboxMessage.key)
            .with_for_update()
        ).all()
        ours = [
            row for row in rows if row.state == "waiting" and row.lease_until == sending.lease_until
        ]
        if len(ours) < len(sending.rows):
            return False
        for row in ours:
            row.lease_until = time_source.real(session) + LEASE
        return True


def _lease(base_url: str, limit: int) -> list[Sending]:
    # Most looks find nothing; those take no lock.
    with db.reading() as session:
        if session.scalar(_waiting(session).limit(1)) is None:
            return []
    with db.transaction() as session:
        single = (
            _waiting(session)
            .where(OutboxMessage.digest_at.is_(None))
            .order_by(OutboxMessage.lease_until, OutboxMessage.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = session.scalars(single).all()
        return [
            *(_take(session, [row], base_url) for row in rows),
            *(_take(session, rows, base_url) for rows in _digests(session, limit)),
        ]


def _digests(session: Session, limit: int) -> Iterator[Sequence[OutboxMessage]]:
    """Yield what goes out together: whatever one person is to get at one moment, all of it.

    Whoever holds the account's row has all of its messages; another worker passes it over.
    """
    due = (
        _waiting(session)
        .where(OutboxMessage.digest_at.is_not(None))
        .with_only_columns(OutboxMessage.account_id, OutboxMessage.digest_at)
        .distinct()
        .order_by(OutboxMessage.digest_at, OutboxMessage.account_id)
        .limit(limit)
    )
    for account_id, digest_at in session.execute(due).all():
        account = select(Account.id).where(Account.id == account_id)
        if session.scalar(account.with_for_update(skip_locked=True, key_share=True)) is None:
            continue
        together = (
            _waiting(session)
            .where(OutboxMessage.account_id == account_id, OutboxMessage.digest_at == digest_at)
            .join(Notice, Notice.id == OutboxMessage.notice_id)
            .order_by(Notice.at, Notice.case_id, Notice.number, OutboxMessage.key)
        )
        rows = session.scalars(together.execution_options(populate_existing=True)).all()
        if rows:
            yield rows


def _take(session: Session, rows: Sequence[OutboxMessage], base_url: str) -> Sending:
    """Keep other workers from messages for a while, and say what goes out."""
    now = time_source.real(session)
    for row in rows:
        row.lease_until, row.attempts = now + LEASE, row.attempts + 1
    first = rows[0]
    key, language = first.key, first.language
    if first.digest_at is None:
        subject, body = _text(session, first, language, base_url)
    else:
        key = f"{first.account_id}.{first.digest_at:%Y%m%dT%H%M}"
        language = session.get_one(Account, first.account_id).language
        subject, body = _digest_text(session, rows, language, base_url)
    return Sending(
        key=key,
        rows=tuple(row.key for row in rows),
        address=str(first.address),
        language=language,
        subject=subject,
        body=body,
        again=first.attempts > 1,
        lease_until=now + LEASE,
    )


def _text(session: Session, row: OutboxMessage, language: str, base_url: str) -> tuple[str, str]:
    if row.invitation_id is not None:
        return invitations.message_text(session, row, language, base_url)
    if row.meeting_notice_id is not None:
        return meeting_notices.message_text(session, row, language, base_url)
    notice = session.get_one(Notice, row.notice_id)
    return notices.notice_text(session, notice, language, base_url)


def _digest_text(
    session: Session, rows: Sequence[OutboxMessage], language: str, base_url: str
) -> tuple[str, str]:
    """Return one message of several, in the language that its reader has chosen by now."""
    told = [_text(session, row, language, base_url) for row in rows]
    parts = [f"{subject}\n\n{body.strip()}" for subject, body in told]
    begin = _DIGEST_BODY.say(language)
    return (
        _DIGEST_SUBJECT.say(language).format(number=len(rows)),
        f"\n\n{'-' * 40}\n\n".join([begin, *parts]) + "\n",
    )


def _waiting(session: Session) -> Select[OutboxMessage]:
    """Return the query for what may be sent now, in no order."""
    now, digest_at = time_source.real(session), OutboxMessage.digest_at
    return (
        select(OutboxMessage)
        .where(OutboxMessage.state == "waiting")
        .where(or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= now))
        .where(or_(digest_at.is_(None), digest_at <= time_source.now(session)))
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
    if row.notice_id is None:
        return
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
