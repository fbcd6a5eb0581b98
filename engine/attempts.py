"""Slow down whoever guesses: beyond some failures, each one more doubles the wait."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine import keys, texts, time_source
from engine.errors import EngineError
from engine.models import SignInAttempt, new_id

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
REMEMBERED = timedelta(hours=2)


class TooManyAttempts(EngineError):
    """There were too many attempts to sign in. Wait {wait}, then try again."""

    status = 429


def subject(kind: str, value: str) -> str:
    """Return under what failures are counted; it does not say whose they are."""
    return ":".join(keys.seal(f"{kind}:{value}".encode()))


def hold_back(session: Session, allowed: Mapping[str, int]) -> None:
    """Refuse another attempt while the wait for one of its subjects lasts.

    Takes:   allowed, how many failures are free, by subject.
    Raises:  TooManyAttempts.
    """
    now = time_source.real(session)
    for each, free in allowed.items():
        failures, last = session.execute(
            select(func.count(), func.max(SignInAttempt.at))
            .where(SignInAttempt.subject == each, SignInAttempt.at > now - REMEMBERED)
        ).one()  # fmt: skip
        if failures < free:
            continue
        wait = min(FIRST_WAIT * 2 ** min(failures - free, 10), LONGEST_WAIT)
        if now < last + wait:
            logger.warning("sign-in held back")
            minutes = -(-(last + wait - now) // timedelta(minutes=1))
            raise TooManyAttempts(wait=texts.count(minutes, "minute"))


def note(session: Session, *subjects: str) -> None:
    """Count an attempt against each of its subjects, and forget what is long past."""
    now = time_source.real(session)
    session.add_all(SignInAttempt(id=new_id(), subject=each, at=now) for each in subjects)
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - REMEMBERED))


def forget(session: Session, each: str) -> None:
    """Begin anew with a subject whose attempt succeeded."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == each))
