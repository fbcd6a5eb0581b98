"""Hash passwords with argon2id, and compare them in the same time whether or not there is one."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import EngineError

LEAST = 12
MOST = 256


class PasswordTooShort(EngineError):
    """The password is too short. Use at least {least} characters, for example three words."""

    status = 422


class PasswordTooLong(EngineError):
    """The password is too long. Use at most {most} characters."""

    status = 422


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises:  PasswordTooShort, PasswordTooLong.
    """
    if len(password) < LEAST:
        raise PasswordTooShort(least=LEAST)
    if len(password) > MOST:
        raise PasswordTooLong(most=MOST)
    return _hasher().hash(unicodedata.normalize("NFC", password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Say whether a password fits; takes as long where there is no hash to compare with."""
    nobodys = _dummy_hash()
    given = unicodedata.normalize("NFC", password) if len(password) <= MOST else ""
    try:
        fits = _hasher().verify(password_hash or nobodys, given)
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher().hash("nobody has this password")
