"""Messages as they are put together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import mail

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("header", ["address", "subject"])
def test_a_line_break_in_a_header_is_refused(header: str) -> None:
    given = {"address": "mari@example.test", "subject": "Case CNS-1"}
    given[header] += "\nBcc: everybody@example.test"
    with pytest.raises(ValueError, match=r"."):
        mail.compose("k", "adolygu@example.test", given["address"], "en", given["subject"], "-", AT)


def test_the_same_key_gives_the_same_message() -> None:
    def message() -> bytes:
        return bytes(
            mail.compose("k", "adolygu@example.test", "mari@example.test", "cy", "Achos", "Ŵ", AT)
        )

    assert message() == message()
