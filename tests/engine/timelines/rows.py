"""Events for tests of merged timelines, made in one line each."""

from __future__ import annotations

from engine.spans import read_span
from engine.timelines import Event


def event(agency: str, said: str, text: str = "A call.", key: str = "") -> Event:
    """Return an event of an agency on a date, given as EDTF."""
    name = key or f"{agency}_{said}_{text}"
    return Event(name, agency, "", said, read_span(said), text)
