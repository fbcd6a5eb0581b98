"""Let people in: passwords, sessions kept on the server, and a brake on guessing."""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import accounts, attempts, audit, db, invitations, people, second_factor, time_source
from engine.accounts import Actor
from engine.errors import EngineError, NotFound
from engine.models import Account, Invitation, SignIn, new_id
from engine.passwords import is_password
from engine.people import Person

logger = logging.getLogger(__name__)

#: How many failures are free, for one account and for one address.
FREE_FOR_ACCOUNT = 5
FREE_FOR_ADDRESS = 30

#: A session seen less long ago than this is not written again, so that reading pages writes little.
SEEN_EVERY = timedelta(seconds=30)

#: How long the code of a second factor may be given after the password.
CODE_WITHIN = timedelta(minutes=10)

MAX_DEVICE = 80


class SignInRefused(EngineError):
    """The e-mail address or the password is not right. Check both and try again."""

    status = 401


class InvitationOver(EngineError):
    """This link does not let you in any more: each works once, and for some time only. Ask for a new one on the page for signing in."""  # noqa: E501

    status = 410


class CodeRefused(EngineError):
    """The code is not right, or is older than 15 minutes. Check it, or ask for a new one."""

    status = 401


class SecondFactorRefused(EngineError):
    """The code is not right, or was used before. Wait until your app shows the next one, or use a recovery code."""  # noqa: E501

    status = 401


class SecondFactorTooLate(EngineError):
    """It took too long to give the code. Try again with your password or your link."""

    status = 401


class NotADemonstration(NotFound):
    """There is nothing here that you can see. Check the address, or go to your tasks."""


class _Limits:
    idle = timedelta(minutes=15)
    absolute = timedelta(hours=12)
    demonstration = False


def use(*, idle_minutes: int, absolute_hours: int, demonstration: bool) -> None:
    """Take the installation's limits into use."""
    _Limits.idle = timedelta(minutes=idle_minutes)
    _Limits.absolute = timedelta(hours=absolute_hours)
    _Limits.demonstration = demonstration


def idle_limit() -> timedelta:
    """Return how long a session goes on without a page being asked for."""
    return _Limits.idle


def sign_in(email: str, password: str, address: str, language: str = "en", device: str = "") -> str:
    """Check a password and begin a session, which waits for the code of whoever has an app.

    Takes:   address, the network address that asks; language, of the page that it is typed on. At
             a first sign-in in Welsh, messages are in Welsh from then on: the account was made in
             English where nobody chose; device, browser and system in a few words.
    Returns: the session's token, for the cookie; only its hash is kept.
    Raises:  SignInRefused, the same for an unknown account, a wrong password and a disabled
             account, and after the same work; TooManyAttempts.
    """
    # The comparison is slow by design, so it runs before the one transaction that writes.
    subjects = _subjects(email.strip().lower(), address)
    of_account, _ = subjects
    with db.reading() as session:
        attempts.hold_back(session, subjects)
        account = accounts.find_account(session, email)
        fits = is_password(account.password_hash if account else None, password)
    with db.transaction() as session:
        attempts.hold_back(session, subjects)
        account = accounts.find_account(session, email) if fits else None
        if account is not None and account.state == "active":
            attempts.forget(session, of_account)
            if language == "cy" and not _has_signed_in(session, account):
                accounts.set_language(session, account.id, language)
            return begin(session, account, "password", device)
        _note_failure(session, subjects)
        # Of nobody, too: what takes longer for a known address than for any other would tell it.
        known = accounts.find_account(session, email)
        subject = str(known.id) if known else ""
        audit.append(session, "sign_in_refused", audit.SYSTEM, subject=subject)
    raise SignInRefused


def awaits_code(token: str) -> bool:
    """Say whether a session is there that waits for the code of a second factor."""
    with db.reading() as session:
        row = _session_row(session, token)
        return row is not None and _waits(row, time_source.real(session))


def give_second_factor(token: str, typed: str, address: str) -> str:
    """Let in whoever gives a code of their app, or a recovery code, after the password.

    Returns: the token of a new session; the one that waited is over.
    Raises:  SecondFactorRefused; SecondFactorTooLate; TooManyAttempts.
    Source:  OWASP ASVS 5.0, 6.5.1, 6.6.3, 7.2.4.
    """
    with db.transaction() as session:
        row = _session_row(session, token)
        if row is None or not _waits(row, time_source.real(session)):
            raise SecondFactorTooLate
        account = session.get_one(Account, row.account_id)
        subjects = code_subjects(account, address)
        attempts.hold_back(session, subjects)
        factor = second_factor.factor_of(session, account.id)
        by = second_factor.accept(session, factor, typed) if factor else ""
        if by and account.state == "active":
            attempts.forget(session, next(iter(subjects)))
            row.ended_at = time_source.real(session)
            return _begin(session, account, by, row.device)
        _note_failure(session, subjects)
        record(session, "second_factor_refused", account, audit.SYSTEM)
    raise SecondFactorRefused


def ask_for_link(email: str, address: str) -> None:
    """Send a link to a person who has an account and no password; say the same to anybody else.

    Raises:  TooManyAttempts.
    """
    subjects = {
        attempts.subject("link", email.strip().lower()): FREE_FOR_ACCOUNT,
        attempts.subject("link from", address): FREE_FOR_ADDRESS,
    }
    with db.transaction() as session:
        attempts.hold_back(session, subjects)
        attempts.note(session, *subjects)
        account = accounts.find_account(session, email)
        if account is None or account.state != "active" or account.password_hash is not None:
            return
        board_id = people.board_of(session, account.id)
        if board_id is not None:
            lives, language = invitations.ASKED_LINK_LIVES, account.language
            invitations.invite(
                session, account, board_id, str(account.id), lives=lives, language=language
            )


def is_invited(token: str) -> bool:
    """Say whether a link still lets in; nothing is changed by asking."""
    with db.reading() as session:
        return invitations.find(session, token) is not None


def ask_for_code(token: str, language: str) -> None:
    """Send a code to whoever a link was sent to.

    Raises:  InvitationOver, also after more codes than a link gives.
    """
    with db.transaction() as session:
        row = _invitation(session, token)
        if row.codes < invitations.MAX_CODES:
            invitations.send_code(session, row, language, str(row.account_id))
            return
        _end(session, row)
    raise InvitationOver


def sign_in_by_code(token: str, code: str, address: str, language: str, device: str = "") -> str:
    """Begin a session for whoever has both a link and the code that was sent beside it.

    Takes:   language, in which the person reads; from the first time on they are written to in it.
    Returns: the session's token, for the cookie.
    Raises:  InvitationOver, and once the code was wrong too often; CodeRefused; TooManyAttempts.
    """
    with db.transaction() as session:
        row = _invitation(session, token)
        account = session.get_one(Account, row.account_id)
        subjects = _subjects(account.email, address)
        attempts.hold_back(session, subjects)
        if invitations.fits(session, row, code):
            _accept(session, row, account, language)
            return begin(session, account, "link", device)
        _note_failure(session, subjects)
        row.attempts += 1
        invitations.record(session, "sign_in_code_refused", str(account.id), row)
        if row.attempts >= invitations.MAX_ATTEMPTS:
            _end(session, row)
    raise CodeRefused


def _invitation(session: Session, token: str) -> Invitation:
    """Return the live invitation of an active account, held until the transaction ends."""
    found = invitations.find(session, token)
    if found is not None:
        session.refresh(found, with_for_update=True)
        account = session.get_one(Account, found.account_id)
        fitting = account.state == "active" and account.password_hash is None
        if fitting and invitations.is_live(session, found):
            return found
    raise InvitationOver


def _accept(session: Session, row: Invitation, account: Account, language: str) -> None:
    first = select(Invitation.id).where(
        Invitation.account_id == account.id, Invitation.used_at.is_not(None)
    )
    if session.scalar(first.limit(1)) is None:
        accounts.set_language(session, account.id, language)
    row.used_at = time_source.real(session)
    invitations.record(session, "signed_in_by_code", str(account.id), row)


def _end(session: Session, row: Invitation) -> None:
    row.ended_at = time_source.real(session)
    invitations.record(session, "sign_in_link_ended", str(row.account_id), row)


def sign_in_as(account_id: uuid.UUID, device: str = "") -> str:
    """Begin a session for a demonstration account, without a password or a second factor.

    Raises:  NotADemonstration, anywhere but in demonstration mode, and for any other account.
    """
    if not _Limits.demonstration:
        raise NotADemonstration
    with db.transaction() as session:
        account = session.get(Account, account_id)
        if account is None or not account.demonstration or account.state != "active":
            raise NotADemonstration
        return _begin(session, account, "demonstration", device)


def demonstration_people() -> list[Person]:
    """Return the accounts to choose from in a demonstration; none anywhere else."""
    if not _Limits.demonstration:
        return []
    with db.reading() as session:
        return people.demonstration_people(session)


def actor_for(token: str) -> Actor | None:
    """Return who a session belongs to; nothing when it ended, was idle too long, or is unknown."""
    with db.reading() as session:
        row = _session_row(session, token)
        if row is None:
            return None
        now = time_source.real(session)
        account = session.get(Account, row.account_id)
        is_over = row.awaits_code or not _is_live(row, now)
        if is_over or account is None or account.state != "active":
            return None
        actor = Actor(
            account_id=account.id,
            name=account.name,
            language=account.language,
            agency=account.agency,
            demonstration=account.demonstration and _Limits.demonstration,
            daily_digest=account.daily_digest,
            signs_by_tick=account.password_hash is None
            and (_Limits.demonstration or not account.demonstration),
            is_administrator=people.is_administrator(session, account.id),
            session_id=row.id,
            needs_second_factor=_lacks_second_factor(session, account),
        )
        stale = now - row.seen_at >= SEEN_EVERY
    if stale:
        _see(token)
    return actor


def sign_out(token: str) -> None:
    """End a session at once."""
    with db.transaction() as session:
        row = _session_row(session, token)
        if row is not None and row.ended_at is None:
            row.ended_at = time_source.real(session)
            if not row.awaits_code:
                record(session, "signed_out", session.get_one(Account, row.account_id))


def sign_out_everywhere(account_id: uuid.UUID) -> None:
    """End every session of an account at once."""
    with db.transaction() as session:
        end_sessions(session, account_id)


def end_sessions(session: Session, account_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End every session of an account, in the transaction of whoever has a reason for it.

    Takes:   but, the one that goes on: in which the person asks for it themself.
    """
    rows = session.scalars(
        select(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    )
    now = time_source.real(session)
    for row in rows:
        if row.id != but:
            row.ended_at = now


def end_session(session: Session, session_id: uuid.UUID) -> None:
    """End one session, in the transaction of whoever has a reason for it."""
    session.get_one(SignIn, session_id).ended_at = time_source.real(session)


def live_sessions(session: Session, account_id: uuid.UUID) -> list[SignIn]:
    """Return the sessions in which somebody is signed in now, the one seen last first."""
    now = time_source.real(session)
    mine = select(SignIn).where(
        SignIn.account_id == account_id, SignIn.ended_at.is_(None), ~SignIn.awaits_code
    )
    rows = session.scalars(mine.order_by(SignIn.seen_at.desc(), SignIn.id))
    return [row for row in rows if _is_live(row, now)]


def is_demonstrated(account: Account) -> bool:
    """Say whether an account is one that a demonstration signs in with one click."""
    return account.demonstration and _Limits.demonstration


def record(
    session: Session,
    kind: str,
    account: Account,
    actor: str = "",
    data: dict[str, str] | None = None,
) -> None:
    """Put on the installation's record how somebody signs in; a demonstration signs nobody in.

    Takes:   actor, who did it; left out, the person themself. Whoever failed is not known.
    """
    if not is_demonstrated(account):
        subject = str(account.id)
        audit.append(session, kind, actor or subject, subject=subject, data=dict(data or {}))


def code_subjects(account: Account, address: str) -> dict[str, int]:
    """Return under what wrong codes of a second factor are counted."""
    return {
        attempts.subject("second factor", str(account.id)): FREE_FOR_ACCOUNT,
        attempts.subject("address", address): FREE_FOR_ADDRESS,
    }


def set_language(actor: Actor, language: str) -> None:
    """Set the language in which a person reads and is written to."""
    with db.transaction() as session:
        accounts.set_language(session, actor.account_id, language)


def _subjects(account: str, address: str) -> dict[str, int]:
    """Return under what failures of an account, tried from an address, are counted."""
    return {
        attempts.subject("account", account): FREE_FOR_ACCOUNT,
        attempts.subject("address", address): FREE_FOR_ADDRESS,
    }


def _note_failure(session: Session, subjects: Iterable[str]) -> None:
    attempts.note(session, *subjects)
    logger.warning("sign-in refused")


def _has_signed_in(session: Session, account: Account) -> bool:
    mine = select(SignIn.id).where(SignIn.account_id == account.id).limit(1)
    return session.scalar(mine) is not None


def begin(session: Session, account: Account, by: str, device: str) -> str:
    """Begin a session of somebody who has shown who they are, by one factor.

    Takes:   by, `password`, `link` or `provider`.
    Returns: its token; until the second factor is given, it lets whoever has one in nowhere.
    """
    awaits = second_factor.factor_of(session, account.id) is not None
    return _begin(session, account, by, device, awaits=awaits)


def _begin(
    session: Session, account: Account, by: str, device: str, *, awaits: bool = False
) -> str:
    token = secrets.token_urlsafe(32)
    now = time_source.real(session)
    session.add(
        SignIn(
            id=new_id(),
            account_id=account.id,
            token_hash=_hash(token),
            started_at=now,
            seen_at=now,
            device=device[:MAX_DEVICE],
            awaits_code=awaits,
        )
    )
    if not awaits:
        if by != "link":  # the Board's record has it already
            record(session, "signed_in", account, data={"by": by})
        logger.info("signed in", extra={"account": str(account.id)})
    return token


def _lacks_second_factor(session: Session, account: Account) -> bool:
    return (
        not is_demonstrated(account)
        and second_factor.factor_of(session, account.id) is None
        and second_factor.is_required(session, account)
    )


def _see(token: str) -> None:
    with db.transaction() as session:
        row = _session_row(session, token)
        now = time_source.real(session)
        if row is not None and _is_live(row, now):
            row.seen_at = now


def _session_row(session: Session, token: str) -> SignIn | None:
    return session.scalar(select(SignIn).where(SignIn.token_hash == _hash(token)))


def _waits(row: SignIn, now: datetime) -> bool:
    return row.awaits_code and row.ended_at is None and now - row.started_at < CODE_WITHIN


def _is_live(row: SignIn, now: datetime) -> bool:
    return (
        row.ended_at is None
        and now - row.seen_at < _Limits.idle
        and now - row.started_at < _Limits.absolute
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
