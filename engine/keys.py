"""Hold the secret keys: encrypt what identifies a child, and seal the audit chain.

Keys come from settings, never from the database: `ADOLYGU_FIELD_KEYS` and `ADOLYGU_AUDIT_KEYS`,
each a list separated by spaces, newest first. A field key is a Fernet key. An audit key is
`id:secret`; its id is written beside every hash that it made.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from engine.errors import EngineError
from engine.memory import Memory

#: Keys for databases that are thrown away; they keep nothing secret.
THROW_AWAY_FIELD_KEY = "dGhyb3duIGF3YXksIHNvIGl0IGtlZXBzIG5vdGhpbmc="
THROW_AWAY_AUDIT_KEY = "scenario:thrown-away"


class KeysNotSet(EngineError):
    """The encryption keys are not set. Set ADOLYGU_FIELD_KEYS and ADOLYGU_AUDIT_KEYS, then
    start again."""

    status = 503


class KeyNotReadable(EngineError):
    """One of the encryption keys cannot be read. A field key is 32 bytes in base64, an audit key is
    id:secret; set ADOLYGU_FIELD_KEYS and ADOLYGU_AUDIT_KEYS right, then start again."""

    status = 503


class KeyNotKnown(EngineError):
    """A record was written under a key that is not among the keys set. Add the old key to the
    end of the list."""

    status = 503


class KeysNotFitting(EngineError):
    """The keys that are set are not those with which these records were written. Set
    ADOLYGU_FIELD_KEYS and ADOLYGU_AUDIT_KEYS to those, older keys at the end, then start again."""

    status = 503


@dataclass
class _Ring:
    fields: MultiFernet
    audit: dict[str, bytes]
    newest_audit: str
    #: What was encrypted or decrypted lately under these keys, by its secret.
    clear: Memory[bytes] = field(default_factory=Memory)


class _InUse:
    ring: _Ring | None = None


#: On this thread, in place of the installation's keys.
_instead: ContextVar[_Ring | None] = ContextVar("keys instead", default=None)


def use(field_keys: list[str], audit_keys: list[str]) -> None:
    """Take the keys into use, newest first."""
    _InUse.ring = _made(field_keys, audit_keys)


@contextmanager
def using_throw_away_keys() -> Iterator[None]:
    """Let whatever is done meanwhile on this thread be kept under keys that keep nothing secret."""
    marker = _instead.set(_thrown_away())
    try:
        yield
    finally:
        _instead.reset(marker)


def use_throw_away_keys() -> None:
    """Take keys into use that keep nothing secret, where there are no records."""
    _InUse.ring = _thrown_away()


@cache
def _thrown_away() -> _Ring:
    return _made([THROW_AWAY_FIELD_KEY], [THROW_AWAY_AUDIT_KEY])


def _made(field_keys: list[str], audit_keys: list[str]) -> _Ring:
    if not field_keys or not audit_keys:
        raise KeysNotSet
    pairs = [entry.split(":", 1) for entry in audit_keys]
    if any(len(pair) != 2 for pair in pairs):
        raise KeyNotReadable
    try:
        fields = MultiFernet([Fernet(key) for key in field_keys])
    except ValueError:
        raise KeyNotReadable from None
    return _Ring(fields, {identifier: secret.encode() for identifier, secret in pairs}, pairs[0][0])


def encrypt(clear: bytes) -> bytes:
    """Encrypt under the newest field key."""
    ring = _ring()
    secret = ring.fields.encrypt(clear)
    ring.clear.keep(secret, clear)
    return secret


def decrypt(secret: bytes) -> bytes:
    """Decrypt under whichever field key fits."""
    ring = _ring()
    clear = ring.clear.look(secret)
    if clear is None:
        try:
            clear = ring.fields.decrypt(secret)
        except InvalidToken:
            raise KeyNotKnown from None
        ring.clear.keep(secret, clear)
    return clear


def rotate(secret: bytes) -> bytes:
    """Encrypt again under the newest field key what an older one wrote."""
    try:
        return _ring().fields.rotate(secret)
    except InvalidToken:
        raise KeyNotKnown from None


def seal(message: bytes, key_id: str | None = None) -> tuple[str, str]:
    """Return the id of the audit key used and the HMAC-SHA256 of the message, in hex."""
    ring = _ring()
    chosen = key_id or ring.newest_audit
    if chosen not in ring.audit:
        raise KeyNotKnown
    return chosen, hmac.new(ring.audit[chosen], message, hashlib.sha256).hexdigest()


def seals(message: bytes) -> list[str]:
    """Return the HMAC-SHA256 of the message under each audit key, in hex, newest first.

    Two records that were written while different keys were the newest still share one.
    """
    return [seal(message, key_id)[1] for key_id in _ring().audit]


def _ring() -> _Ring:
    ring = _instead.get() or _InUse.ring
    if ring is None:
        raise KeysNotSet
    return ring
