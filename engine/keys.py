"""Hold the secret keys: encrypt what identifies a child, and seal the audit chain.

Keys come from settings, never from the database: `ADOLYGU_FIELD_KEYS` and `ADOLYGU_AUDIT_KEYS`,
each a list separated by spaces, newest first. A field key is a Fernet key. An audit key is
`id:secret`; its id is written beside every hash that it made.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from engine.errors import EngineError
from engine.memory import Memory


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


class _Ring:
    fields: MultiFernet | None = None
    #: What was encrypted or decrypted lately under these keys, by its secret.
    clear: Memory[bytes]
    audit: dict[str, bytes]
    newest_audit: str = ""


_ring = _Ring()


def use(field_keys: list[str], audit_keys: list[str]) -> None:
    """Take the keys into use, newest first."""
    if not field_keys or not audit_keys:
        raise KeysNotSet
    pairs = [entry.split(":", 1) for entry in audit_keys]
    if any(len(pair) != 2 for pair in pairs):
        raise KeyNotReadable
    try:
        _ring.fields = MultiFernet([Fernet(key) for key in field_keys])
    except ValueError:
        raise KeyNotReadable from None
    _ring.clear = Memory()
    _ring.audit = {identifier: secret.encode() for identifier, secret in pairs}
    _ring.newest_audit = pairs[0][0]


def encrypt(clear: bytes) -> bytes:
    """Encrypt under the newest field key."""
    secret = _fields().encrypt(clear)
    _ring.clear.keep(secret, clear)
    return secret


def decrypt(secret: bytes) -> bytes:
    """Decrypt under whichever field key fits."""
    fields, clear = _fields(), _ring.clear.look(secret)
    if clear is None:
        try:
            clear = fields.decrypt(secret)
        except InvalidToken:
            raise KeyNotKnown from None
        _ring.clear.keep(secret, clear)
    return clear


def rotate(secret: bytes) -> bytes:
    """Encrypt again under the newest field key what an older one wrote."""
    try:
        return _fields().rotate(secret)
    except InvalidToken:
        raise KeyNotKnown from None


def seal(message: bytes, key_id: str | None = None) -> tuple[str, str]:
    """Return the id of the audit key used and the HMAC-SHA256 of the message, in hex."""
    if _ring.fields is None:
        raise KeysNotSet
    chosen = key_id or _ring.newest_audit
    if chosen not in _ring.audit:
        raise KeyNotKnown
    return chosen, hmac.new(_ring.audit[chosen], message, hashlib.sha256).hexdigest()


def seals(message: bytes) -> list[str]:
    """Return the HMAC-SHA256 of the message under each audit key, in hex, newest first.

    Two records that were written while different keys were the newest still share one.
    """
    if _ring.fields is None:
        raise KeysNotSet
    return [seal(message, key_id)[1] for key_id in _ring.audit]


def _fields() -> MultiFernet:
    if _ring.fields is None:
        raise KeysNotSet
    return _ring.fields
