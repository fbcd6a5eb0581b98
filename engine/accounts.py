"""Keep accounts: who can sign in, in which language, and what they are called."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import audit
from engine.errors import EngineError, NotFound
from engine.models import Account, new_id
from engine.passwords import hash_password
from engine.texts import LANGUAGES

#: One @ with something on both sides; whether mail arrives there shows when it is sent.
_EMAIL = re.compile(r"[^@\s<>,;:\"()\\[\]]+@[^@\s<>,;:\"()\\[\]]+\.[^@\s<>,;:\"()\\[\].]+")


class AccountAlreadyThere(EngineError):
    """There is already an account with this e-mail address. Use that one."""

    status = 409


@dataclass(frozen=True)
class Actor:
    """The person who is signed in and asks for something."""

    account_id: uuid.UUID
    name: str
    language: str = "en"
    agency: str = ""
    demonstration: bool = False
    is_administrator: bool = False
    daily_digest: bool = False
    #: without a password, so signed in by link and code, or in a demonstration with one click
    signs_by_tick: bool = False
    #: the session in which they ask; none where the command or a test asks
    session_id: uuid.UUID | None = None
    #: a Board asks for a second factor of a role that they hold, and they have none yet
    needs_second_factor: bool = False


def create_account(
    session: Session,
    email: str,
    name: str,
    *,
    password: str | None = None,
    language: str = "en",
    designation: str = "",
    agency: str = "",
    demonstration: bool = False,
    actor: str = audit.SYSTEM,
) -> Account:
    """Create an account; without a password nobody can sign in to it yet.

    Raises:  AccountAlreadyThere, and what `hash_password` raises.
    """
    if find_account(session, email) is not None:
        raise AccountAlreadyThere
    account = Account(
        id=new_id(),
        email=plain_email(email),
        name=name.strip(),
        designation=designation,
        agency=agency,
        language=language if language in LANGUAGES else "en",
        password_hash=None if password is None else hash_password(password, (name, email)),
        state="active",
        demonstration=demonstration,
    )
    session.add(account)
    session.flush()
    audit.append(session, "account_created", actor, subject=str(account.id))
    return account


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text.strip()) is not None


def plain_email(email: str) -> str:
    """Return an e-mail address as it is kept, however it is written."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def find_account(session: Session, email: str) -> Account | None:
    """Return the account with an e-mail address, however it is written."""
    return session.scalar(select(Account).where(Account.email == plain_email(email)))


def set_password(session: Session, account_id: uuid.UUID, password: str, actor: str) -> None:
    """Give an account a new password.

    Raises:  NotFound, and what `hash_password` raises.
    """
    account = get_account(session, account_id)
    account.password_hash = hash_password(password, (account.name, account.email))
    audit.append(session, "password_set", actor, subject=str(account_id))


def disable_account(session: Session, account_id: uuid.UUID, actor: str) -> None:
    """Keep somebody from signing in; what they did stays on record."""
    get_account(session, account_id).state = "disabled"
    audit.append(session, "account_disabled", actor, subject=str(account_id))


def enable_account(session: Session, account_id: uuid.UUID, actor: str) -> None:
    """Let somebody sign in again."""
    get_account(session, account_id).state = "active"
    audit.append(session, "account_enabled", actor, subject=str(account_id))


def set_language(session: Session, account_id: uuid.UUID, language: str) -> None:
    """Set the language in which a person reads and is written to."""
    if language not in LANGUAGES:
        raise ValueError(language)
    get_account(session, account_id).language = language


def get_account(session: Session, account_id: uuid.UUID) -> Account:
    """Return an account.

    Raises:  NotFound.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def name_of(session: Session, account_id: str) -> str:
    """Return the name behind what a row says did something; the house signs with its own."""
    if not account_id:
        return ""
    if account_id == audit.SYSTEM:
        return "Adolygu"
    account = session.get(Account, uuid.UUID(account_id))
    return account.name if account else ""


def names_of(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Return the names behind what rows say did something, in one query."""
    wanted = set(account_ids)
    ids = {uuid.UUID(one) for one in wanted - {"", audit.SYSTEM}}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {**dict.fromkeys(wanted, ""), audit.SYSTEM: "Adolygu"} | {
        str(row.id): row.name for row in rows
    }
