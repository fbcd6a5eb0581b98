"""Hash passwords with argon2id, and compare them in the same time whether or not there is one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine import password_filter
from engine.errors import EngineError

LEAST = 12
MOST = 256


class PasswordTooShort(EngineError):
    """The password is too short. Use at least {least} characters, for example three words."""

    status = 422


class PasswordTooLong(EngineError):
    """The password is too long. Use at most {most} characters."""

    status = 422


class PasswordTooCommon(EngineError):
    """This password is one of those that are guessed first. Choose another, for example three words that do not belong together."""  # noqa: E501

    status = 422


class PasswordTellsWho(EngineError):
    """This password holds your name, your email address or the name of this service. Choose another one."""  # noqa: E501

    status = 422


#: Words of this service, which whoever guesses would try here before anywhere else.
_OF_HERE = ("adolygu", "childpracticereview", "safeguardingboard", "bwrdddiogelu")


def hash_password(password: str, about: Iterable[str] = ()) -> str:
    """Return the argon2id hash of a password that somebody chose.

    Takes:   about, name and e-mail address of whoever it is for.
    Raises:  PasswordTooShort, PasswordTooLong, PasswordTellsWho, PasswordTooCommon.
    Source:  OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.11, 6.2.12.
    """
    if len(password) < LEAST:
        raise PasswordTooShort(least=LEAST)
    if len(password) > MOST:
        raise PasswordTooLong(most=MOST)
    if _tells_who(password, about):
        raise PasswordTellsWho
    if password_filter.is_listed(password):
        raise PasswordTooCommon
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


def _tells_who(password: str, about: Iterable[str]) -> bool:
    """Say whether what is left of a password without names and words of here is not worth much."""
    bare = _letters(password)
    words = [*_OF_HERE, *(_letters(part) for each in about for part in _parts(each))]
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= 4:
            bare = bare.replace(word, "")
    return len(bare) < LEAST // 2 and bare != _letters(password)


def _parts(text: str) -> Iterable[str]:
    return [text, *re.split(r"[@.\s]+", text)]


def _letters(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher().hash("nobody has this password")
