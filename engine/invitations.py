"""Invite people who take part once: a link that lets in one time, and a code that goes with it.

Nothing that lets anybody in is kept. Of a link there is a hash; link and code are worked out anew,
from the row and a key outside the database, whenever their message is sent or a code is compared.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import audit, db, keys, time_source
from engine.models import Account, Invitation, OutboxMessage, new_id
from engine.texts import Text

#: How long a link lives that a co-ordinator sends, and one that a person asks for; and a code.
LINK_LIVES = timedelta(days=14)
ASKED_LINK_LIVES = timedelta(hours=1)
CODE_LIVES = timedelta(minutes=15)

#: How many codes a link gives, and how often each may be typed wrong.
MAX_CODES = 5
MAX_ATTEMPTS = 5

_LINK = (
    Text("Adolygu: your link to sign in", "Adolygu: eich dolen i fewngofnodi"),
    Text(
        "You are asked to take part in work of a Safeguarding Children Board.\n\n"
        "Open this link to sign in. It works once, until {until}. You will get a code in a "
        "second message.\n\n{link}\n\n"
        "If you did not expect this, do nothing and tell the Board.",
        "Gofynnir i chi gymryd rhan yng ngwaith Bwrdd Diogelu Plant.\n\n"
        "Agorwch y ddolen hon i fewngofnodi. Mae’n gweithio unwaith, tan {until}. Cewch god mewn "
        "ail neges.\n\n{link}\n\n"
        "Os nad oeddech yn disgwyl hyn, peidiwch â gwneud dim a dywedwch wrth y Bwrdd.",
    ),
)
_CODE = (
    Text("Adolygu: your code to sign in", "Adolygu: eich cod i fewngofnodi"),
    Text(
        "Your code is {code}. It works for 15 minutes.\n\n"
        "Nobody will ever ask you for it. If you did not ask for a code, do nothing.",
        "Eich cod yw {code}. Mae’n gweithio am 15 munud.\n\n"
        "Ni fydd neb byth yn gofyn i chi amdano. Os na ofynnoch am god, peidiwch â gwneud dim.",
    ),
)


def invite(
    session: Session,
    account: Account,
    board_id: uuid.UUID,
    actor: str,
    *,
    case_id: uuid.UUID | None = None,
    lives: timedelta = LINK_LIVES,
    language: str = "both",
) -> Invitation:
    """Send a person a link to sign in; any earlier one that is not used ends."""
    now = time_source.real(session)
    end_links(session, account)
    key_id, _ = keys.seal(b"")
    row = Invitation(
        id=new_id(),
        board_id=board_id,
        case_id=case_id,
        account_id=account.id,
        token_hash="",
        key_id=key_id,
        made_at=now,
        expires_at=now + lives,
        codes=0,
        attempts=0,
    )
    row.token_hash = hash_of(_token(row))
    session.add(row)
    session.flush()
    _put_into_outbox(session, row, account, language, code=0)
    record(session, "sign_in_link_sent", actor, row)
    return row


def end_links(session: Session, account: Account) -> None:
    """End every link of a person that is not used: it may lie in a mailbox that is not theirs."""
    now = time_source.real(session)
    earlier = select(Invitation).where(
        Invitation.account_id == account.id,
        Invitation.used_at.is_(None),
        Invitation.ended_at.is_(None),
    )
    for row in session.scalars(earlier):
        row.ended_at = now


def find(session: Session, token: str) -> Invitation | None:
    """Return the invitation behind a link that still lets in; the caller may lock it."""
    row = session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    return row if row is not None and is_live(session, row) else None


def is_live(session: Session, row: Invitation) -> bool:
    """Say whether a link still lets in."""
    return (
        row.used_at is None and row.ended_at is None and time_source.real(session) < row.expires_at
    )


def send_code(session: Session, row: Invitation, language: str, actor: str) -> None:
    """Send the next code of an invitation; the one before it is worth nothing from now on."""
    row.codes, row.attempts = row.codes + 1, 0
    row.code_sent_at = time_source.real(session)
    account = session.get_one(Account, row.account_id)
    _put_into_outbox(session, row, account, language, code=row.codes)
    record(session, "sign_in_code_sent", actor, row)


def fits(session: Session, row: Invitation, typed: str) -> bool:
    """Say whether a code is the newest of an invitation, and still lives."""
    if row.codes == 0 or row.code_sent_at is None:
        return False
    in_time = time_source.real(session) < row.code_sent_at + CODE_LIVES
    plain = "".join(typed.split()).encode("utf-8", "replace")
    return hmac.compare_digest(plain, _code(row, row.codes).encode()) and in_time


def message_text(
    session: Session, message: OutboxMessage, language: str, base_url: str
) -> tuple[str, str]:
    """Return the subject and body of a message with a link, or with a code."""
    row = session.get_one(Invitation, message.invitation_id)
    subject, body = _CODE if message.code else _LINK
    told = []
    for one in ("cy", "en") if language == "both" else (language,):
        prefix = "/cy" if one == "cy" else ""
        told.append(
            body.say(one).format(
                code=_code(row, message.code or 0),
                link=f"{base_url}{prefix}/invitation/{_token(row)}",
                until=_until(row.expires_at),
            )
        )
    said = subject.say(language) if language != "both" else f"{subject.cy} / {subject.en}"
    return said, f"\n\n{'-' * 40}\n\n".join(told) + "\n"


def record(session: Session, kind: str, actor: str, row: Invitation) -> None:
    """Put on the Board's record what happened with an invitation."""
    data = {"invitation": str(row.id), "case": str(row.case_id or "")}
    audit.append(
        session, kind, actor, board_id=row.board_id, subject=str(row.account_id), data=data
    )


def hash_of(token: str) -> str:
    """Return what is kept of a link."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _put_into_outbox(
    session: Session, row: Invitation, account: Account, language: str, *, code: int
) -> None:
    db.append(
        session,
        OutboxMessage,
        {
            "key": f"{row.id}.{code}",
            "board_id": row.board_id,
            "notice_id": None,
            "invitation_id": row.id,
            "code": code,
            "account_id": account.id,
            "address": account.email,
            "language": language,
            "state": "waiting",
            "digest_at": None,
            "attempts": 0,
            "why": "",
        },
    )


def _token(row: Invitation) -> str:
    _, made = keys.seal(f"sign-in link {row.id}".encode(), row.key_id)
    return base64.urlsafe_b64encode(bytes.fromhex(made)).rstrip(b"=").decode()


def _code(row: Invitation, number: int) -> str:
    _, made = keys.seal(f"sign-in code {row.id} {number}".encode(), row.key_id)
    return f"{int(made, 16) % 1_000_000:06}"


def _until(moment: datetime) -> str:
    return f"{moment.astimezone(time_source.WALES):%d/%m/%Y %H:%M}"
