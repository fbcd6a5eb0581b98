"""Work out the codes of six digits that an app shows for half a minute each (RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
ISSUER = "Adolygu"

#: A clock may be one step off, either way: the steps before and after now count, too.
_TOLERATED = 1
_SECRET_BYTES = 20


def new_secret() -> str:
    """Return a secret of 160 bits, in the letters and digits that apps take (base 32)."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def step_of(moment: datetime) -> int:
    """Return in which half minute since 1970 a moment lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the code of one half minute."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def fitting_step(secret: str, code: str, moment: datetime, used: int | None) -> int | None:
    """Return the half minute whose code this is; none that was used, and none before it.

    Takes:   used, the half minute whose code was taken last. A code works once.
    """
    now, found = step_of(moment), None
    for step in range(now - _TOLERATED, now + _TOLERATED + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if fits and (used is None or step > used):
            found = step
    return found


def address_of(secret: str, email: str) -> str:
    """Return what an app reads from a QR code."""
    asked = {"secret": secret, "issuer": ISSUER}
    return f"otpauth://totp/{ISSUER}:{quote(email)}?{urlencode(asked)}"
