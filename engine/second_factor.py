"""Keep a person's second factor: the secret of their app, each code of it once, recovery codes."""

from __future__ import annotations

import hmac
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import keys, one_time_codes, people, time_source
from engine.models import Account, Appointment, Board, RecoveryCode, SecondFactor, new_id

#: How many recovery codes a person has; each is 50 bits, in letters and digits hard to mix up.
CODES = 10
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 10

#: How long a secret that was shown waits for its first code.
SET_UP_WITHIN = timedelta(minutes=15)

#: Under which key the settings of a Board name the roles that need a second factor.
SETTING = "second_factor_roles"


def factor_of(session: Session, account_id: uuid.UUID) -> SecondFactor | None:
    """Return the second factor that a person is asked for."""
    mine = _mine(account_id).where(SecondFactor.confirmed_at.is_not(None))
    return session.scalars(mine).first()


def begun(session: Session, account_id: uuid.UUID) -> SecondFactor | None:
    """Return the one that a person is setting up just now."""
    since = time_source.real(session) - SET_UP_WITHIN
    mine = _mine(account_id).where(
        SecondFactor.confirmed_at.is_(None), SecondFactor.made_at > since
    )
    return session.scalars(mine).first()


def begin(session: Session, account_id: uuid.UUID) -> SecondFactor:
    """Make a secret for an app; it counts for nothing until a code of it was given."""
    now = time_source.real(session)
    unconfirmed = _mine(account_id).where(SecondFactor.confirmed_at.is_(None))
    for earlier in session.scalars(unconfirmed):
        earlier.ended_at = now
    row = SecondFactor(
        id=new_id(), account_id=account_id, secret=one_time_codes.new_secret(), made_at=now
    )
    session.add(row)
    return row


def confirm(session: Session, row: SecondFactor, code: str) -> list[str] | None:
    """Take a factor into use by its first code; return its recovery codes, or nothing."""
    now = time_source.real(session)
    step = one_time_codes.fitting_step(row.secret, _plain(code), now, row.used_step)
    if step is None:
        return None
    end(session, row.account_id, but=row.id)
    row.confirmed_at, row.used_step = now, step
    session.flush()
    return renew_codes(session, row)


def accept(session: Session, row: SecondFactor, typed: str) -> str:
    """Take a code of the app or a recovery code, each once.

    Returns: `code`, `recovery_code`, or an empty text where it is neither.
    """
    session.refresh(row, with_for_update=True)
    code = _plain(typed)
    now = time_source.real(session)
    step = one_time_codes.fitting_step(row.secret, code, now, row.used_step)
    if step is not None:
        row.used_step = step
        return "code"
    found = None
    for each in session.scalars(_unused(row.id)):
        if _is(each, code):
            found = each
    if found is None:
        return ""
    found.used_at = now
    return "recovery_code"


def renew_codes(session: Session, row: SecondFactor) -> list[str]:
    """Give ten new recovery codes in place of those that are left."""
    now = time_source.real(session)
    for each in session.scalars(_unused(row.id)):
        each.ended_at = now
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(CODES)]
    for code in codes:
        key_id, sealed = keys.seal(_message(row.id, code))
        session.add(RecoveryCode(id=new_id(), factor_id=row.id, key_id=key_id, code_hash=sealed))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(session: Session, row: SecondFactor) -> int:
    """Return how many recovery codes a person has still."""
    counted = _unused(row.id).order_by(None).with_only_columns(func.count())
    return session.scalar(counted) or 0


def end(session: Session, account_id: uuid.UUID, *, but: uuid.UUID | None = None) -> bool:
    """End what a person has or is setting up; say whether there was one in use."""
    now, was_used = time_source.real(session), False
    for row in session.scalars(_mine(account_id)):
        if row.id != but:
            row.ended_at, was_used = now, was_used or row.confirmed_at is not None
    return was_used


def is_required(session: Session, account: Account) -> bool:
    """Say whether a Board wants a second factor of a role that somebody holds now."""
    today = time_source.today(session)
    held = (
        select(Appointment.role, Board.settings)
        .join(Board, Board.id == Appointment.board_id)
        .where(people.held_by(account.id, today), people.live_on(today))
        .distinct()
    )
    return any(row.role in row.settings.get(SETTING, ()) for row in session.execute(held))


def _mine(account_id: uuid.UUID) -> Select[SecondFactor]:
    return (
        select(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.ended_at.is_(None))
        .order_by(SecondFactor.made_at.desc(), SecondFactor.id)
    )


def _unused(factor_id: uuid.UUID) -> Select[RecoveryCode]:
    return (
        select(RecoveryCode)
        .where(RecoveryCode.factor_id == factor_id)
        .where(RecoveryCode.used_at.is_(None), RecoveryCode.ended_at.is_(None))
        .order_by(RecoveryCode.id)
    )


def _is(row: RecoveryCode, code: str) -> bool:
    try:
        _, sealed = keys.seal(_message(row.factor_id, code), row.key_id)
    except keys.KeyNotKnown:
        # It was made under a key that has been taken away since, and fits nothing any more.
        return False
    return hmac.compare_digest(sealed, row.code_hash)


def _plain(typed: str) -> str:
    """Return a code without the gaps with which it is shown or copied."""
    return "".join(sign for sign in typed.lower() if sign.isalnum())


def _message(factor_id: uuid.UUID, code: str) -> bytes:
    return f"recovery code:{factor_id}:{code}".encode()
