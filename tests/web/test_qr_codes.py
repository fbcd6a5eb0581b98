"""The QR codes of apps: drawings that another reader has read, and what does not fit into one."""

from __future__ import annotations

from hashlib import sha256

import pytest

from web import qr_codes

TEXT = (
    "otpauth://totp/Adolygu:non.puw%40cwmafon.example?secret=H74OIMTYTEUN3WRU&issuer=Adolygu&" * 3
)


@pytest.mark.parametrize(
    ("length", "size", "digest"),
    [
        (53, 29, "a8ca1e3fb30e64d6"),
        (78, 33, "f0c9d845a283a80b"),
        (106, 37, "814a4a841d93828a"),
        (134, 41, "737a615100f6c485"),
        (154, 45, "e3d52abd05235d9c"),
        (192, 49, "db8c9c1af0e64f3a"),
        (230, 53, "9f5dceefaa8c3cbb"),
    ],
)
def test_each_version_is_drawn_as_when_another_reader_read_it(
    length: int, size: int, digest: str
) -> None:
    """The longest text of each version; zbar read these drawings back, letter by letter."""
    drawn = qr_codes.modules(TEXT[:length])
    assert len(drawn) == size
    said = "".join("01"[dark] for row in drawn for dark in row)
    assert sha256(said.encode()).hexdigest()[:16] == digest


def test_a_text_takes_the_smallest_code_that_holds_it() -> None:
    assert len(qr_codes.modules(TEXT[:53])) == 29
    assert len(qr_codes.modules(TEXT[:54])) == 33


def test_what_is_too_long_is_refused_and_the_longest_is_not() -> None:
    assert len(qr_codes.modules(TEXT[:230])) == 53
    with pytest.raises(qr_codes.TextTooLong):
        qr_codes.modules(TEXT[:231])
