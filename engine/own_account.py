"""Let a person see to their own account: password, second factor, and where they are signed in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import accounts, attempts, db, invitations, one_time_codes, second_factor
from engine.accounts import Actor
from engine.errors import EngineError, NotFound
from engine.models import Account, SecondFactor
from engine.passwords import is_password
from engine.sign_in import (
    code_subjects,
    end_session,
    end_sessions,
    is_demonstrated,
    live_sessions,
    record,
)


class PasswordNotYours(EngineError):
    """This is not the password that you sign in with now. Enter it again."""

    status = 422


class CodeNotRight(EngineError):
    """The code is not right, or was used before. Enter the one that your app shows now."""

    status = 422


class NotWhileDemonstrated(EngineError):
    """This cannot be changed for people of a demonstration, who sign in with one click. Go to your
    tasks."""

    status = 409


class SecondFactorRequired(EngineError):
    """A Board asks for a second factor of a role that you hold, so you cannot go without one. Set up another app in place of this one."""  # noqa: E501

    status = 409


class SetUpTooLate(EngineError):
    """Setting up took too long, or was begun anew somewhere else, so the secret that was shown counts for nothing. Try again from the beginning."""  # noqa: E501

    status = 409


@dataclass(frozen=True)
class OwnSession:
    """Where somebody is signed in."""

    id: uuid.UUID
    device: str
    started_at: datetime
    seen_at: datetime
    is_this_one: bool


@dataclass(frozen=True)
class OwnAccount:
    """What a person sees of their own account."""

    email: str
    has_password: bool
    is_demonstrated: bool
    has_second_factor: bool
    needs_second_factor: bool
    second_factor_since: datetime | None
    codes_left: int
    #: of the app that is being set up just now: what to type into it, and what its QR code says
    secret: str
    secret_address: str
    sessions: tuple[OwnSession, ...]


def account_page(actor: Actor) -> OwnAccount:
    """Return what a person sees of their own account.

    The secret of an app is shown until a code of it was given, and never again.
    """
    with db.reading() as session:
        account = session.get_one(Account, actor.account_id)
        factor = second_factor.factor_of(session, account.id)
        begun = second_factor.begun(session, account.id)
        return OwnAccount(
            email=account.email,
            has_password=account.password_hash is not None,
            is_demonstrated=is_demonstrated(account),
            has_second_factor=factor is not None,
            needs_second_factor=second_factor.is_required(session, account),
            second_factor_since=factor.confirmed_at if factor else None,
            codes_left=second_factor.codes_left(session, factor) if factor else 0,
            secret=begun.secret if begun else "",
            secret_address=(
                one_time_codes.address_of(begun.secret, account.email) if begun else ""
            ),
            sessions=tuple(
                OwnSession(
                    row.id, row.device, row.started_at, row.seen_at, row.id == actor.session_id
                )
                for row in live_sessions(session, account.id)
            ),
        )


def end_own_session(actor: Actor, session_id: uuid.UUID) -> None:
    """End another session of one's own at once.

    Raises:  NotFound, for one that is over or somebody else's.
    """
    with db.transaction() as session:
        mine = live_sessions(session, actor.account_id)
        if session_id not in {row.id for row in mine}:
            raise NotFound
        end_session(session, session_id)
        account = session.get_one(Account, actor.account_id)
        record(session, "session_ended", account, data={"session": str(session_id)})


def end_other_sessions(actor: Actor) -> None:
    """End every session of one's own but the one in which this is asked for."""
    with db.transaction() as session:
        end_sessions(session, actor.account_id, but=actor.session_id)
        account = session.get_one(Account, actor.account_id)
        record(session, "other_sessions_ended", account)


def choose_password(actor: Actor, current: str, chosen: str, address: str) -> None:
    """Choose a password, or another one; every other session of the person ends.

    Takes:   current, the password until now; empty for whoever has none, and signed in by a link.
    Raises:  PasswordNotYours; TooManyAttempts; NotWhileDemonstrated; what `hash_password` raises.
    Source:  OWASP ASVS 5.0, 6.2.2, 6.2.3, 7.4.3.
    """

    def choose(session: Session, account: Account) -> None:
        if is_demonstrated(account):
            raise NotWhileDemonstrated
        accounts.set_password(session, account.id, chosen, str(account.id))
        invitations.end_links(session, account)
        end_sessions(session, account.id, but=actor.session_id)

    _with_proof(actor, current, None, address, choose)


def begin_second_factor(actor: Actor, password: str, code: str, address: str) -> None:
    """Make a secret for an app, to be shown until a code of it is given.

    Takes:   password, where there is one; code, of the app until now or a recovery code, where
             another app takes its place.
    Raises:  PasswordNotYours; CodeNotRight; TooManyAttempts.
    """

    def begin(session: Session, account: Account) -> None:
        second_factor.begin(session, account.id)
        record(session, "second_factor_begun", account)

    _with_proof(actor, password, code, address, begin)


def confirm_second_factor(actor: Actor, code: str, address: str) -> list[str]:
    """Take the app into use; return the recovery codes, which are shown this once.

    Every other session of the person ends.
    Raises:  SetUpTooLate; CodeNotRight; TooManyAttempts.
    """
    codes: list[str] | None
    with db.transaction() as session:
        account = session.get_one(Account, actor.account_id)
        begun = second_factor.begun(session, account.id)
        if begun is None:
            raise SetUpTooLate
        subjects = code_subjects(account, address)
        attempts.hold_back(session, subjects)
        codes = second_factor.confirm(session, begun, code)
        if codes is None:
            attempts.note(session, *subjects)
        else:
            attempts.forget(session, next(iter(subjects)))
            end_sessions(session, account.id, but=actor.session_id)
            record(session, "second_factor_set_up", account)
    if codes is None:
        raise CodeNotRight
    return codes


def renew_recovery_codes(actor: Actor, password: str, code: str, address: str) -> list[str]:
    """Give new recovery codes in place of those that are left; they are shown this once.

    Raises:  NotFound, for whoever has no app; PasswordNotYours; CodeNotRight; TooManyAttempts.
    """
    codes: list[str] = []

    def renew(session: Session, account: Account) -> None:
        codes.extend(second_factor.renew_codes(session, _factor(session, account)))
        record(session, "recovery_codes_renewed", account)

    _with_proof(actor, password, code, address, renew)
    return codes


def remove_second_factor(actor: Actor, password: str, code: str, address: str) -> None:
    """Go without a second factor from now on, where no Board asks for one.

    Raises:  NotFound, for whoever has none; SecondFactorRequired; PasswordNotYours; CodeNotRight;
             TooManyAttempts.
    """

    def remove(session: Session, account: Account) -> None:
        _factor(session, account)
        if second_factor.is_required(session, account):
            raise SecondFactorRequired
        second_factor.end(session, account.id)
        record(session, "second_factor_removed", account)

    _with_proof(actor, password, code, address, remove)


def _factor(session: Session, account: Account) -> SecondFactor:
    found = second_factor.factor_of(session, account.id)
    if found is None:
        raise NotFound
    return found


def _with_proof(
    actor: Actor,
    password: str,
    code: str | None,
    address: str,
    act: Callable[[Session, Account], None],
) -> None:
    """Do something to an account once its person has shown again that it is them.

    Takes:   code, none where only the password is asked for. What a person does not have is not
             asked for: whoever has no password was let in by a code that was sent to them.
    """
    # The comparison is slow by design, so it runs before the one transaction that writes.
    with db.reading() as session:
        account = session.get_one(Account, actor.account_id)
        subjects = code_subjects(account, address)
        attempts.hold_back(session, subjects)
        fits = account.password_hash is None or is_password(account.password_hash, password)
        kept = account.password_hash
    wrong: EngineError | None = None if fits else PasswordNotYours()
    with db.transaction() as session:
        attempts.hold_back(session, subjects)
        account = session.get_one(Account, actor.account_id, with_for_update=True)
        factor = second_factor.factor_of(session, account.id) if code is not None else None
        if wrong is None and account.password_hash != kept:
            wrong = PasswordNotYours()
        elif wrong is None and factor and not second_factor.accept(session, factor, code or ""):
            wrong = CodeNotRight()
        if wrong is None:
            act(session, account)
            attempts.forget(session, next(iter(subjects)))
        else:
            attempts.note(session, *subjects)
            record(session, "proof_refused", account)
    if wrong is not None:
        raise wrong
