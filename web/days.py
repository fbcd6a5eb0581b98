"""Read a day that was typed in the three boxes of our own pages."""

from __future__ import annotations

from datetime import date

from flask import request

PARTS = ("day", "month", "year")


def typed_day(name: str) -> dict[str, str]:
    """Return what was typed, by part of the day."""
    return {part: request.form.get(f"{name}-{part}", "").strip() for part in PARTS}


def as_day(typed: dict[str, str]) -> date | None:
    """Return the day that was typed; None, where there is no such day."""
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in typed.values()):
        return None
    try:
        return date(*(int(typed[part]) for part in ("year", "month", "day")))
    except ValueError:
        return None
