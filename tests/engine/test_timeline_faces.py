"""When an event was, as others than the Panel read it: by month, whatever is known of the day."""

from __future__ import annotations

import pytest

from engine.spans import read_span, say_span
from engine.timeline_faces import to_months


@pytest.mark.parametrize(
    ("edtf", "wanted"),
    [
        ("2025-03-04", "March 2025"),
        ("2025-03-04T14:30", "March 2025"),
        ("2025-03-04~", "about March 2025"),
        ("2025-03", "March 2025"),
        ("2025?", "2025, not certain"),
        ("2025-03-04/2025-03-09", "March 2025"),
        ("2025-03-04/2025-05-01", "between March and May 2025"),
        ("2025-03-04/..", "from March 2025 on"),
        ("../2025-03-04", "up to March 2025"),
    ],
)
def test_a_span_is_said_without_its_days(edtf: str, wanted: str) -> None:
    span = read_span(edtf)
    assert span is not None
    said = say_span(to_months(span))
    assert said.en == wanted
    assert "4" not in said.en + said.cy
