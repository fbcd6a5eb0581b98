"""Read a day that was typed as day, month and year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

PARTS = ("day", "month", "year")


def typed_parts(sent: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the three inputs of a day as they were typed."""
    return {part: sent.get(f"{name}-{part}", "").strip() for part in PARTS}


def as_day(typed: Mapping[str, str]) -> date | None:
    """Return the day that three inputs name; None where it is none."""
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in typed.values()):
        return None
    try:
        return date(*(int(typed[part]) for part in ("year", "month", "day")))
    except ValueError:
        return None
