"""The functions on dates that are not exact, which are texts in EDTF; none is of the standard."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from engine import spans
from engine.feel.builtins.registry import builtin
from engine.feel.values import Value

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


@builtin("earliest", "span: any")
def earliest(value: Value) -> Value:
    """Return the first day on which something may have been; null where that is open."""
    span = _span(value)
    return span.earliest if span else None


@builtin("latest", "span: any")
def latest(value: Value) -> Value:
    """Return the last day on which something may have been; null where that is open."""
    span = _span(value)
    return span.latest if span else None


@builtin("span order", "span: any", "time?: any")
def span_order(value: Value, at: Value = None) -> Value:
    """Return a text by which spans stand in order, for `sort by`.

    Takes:   at, the time of a day that does not have its own.
    """
    span = _span(value)
    if span is None:
        return None
    written = at.isoformat("minutes")[:5] if isinstance(at, time) else at
    is_time = isinstance(written, str) and not span.time and _TIME.fullmatch(written)
    return spans.sort_key(span.at(str(written)) if is_time else span)


def _span(value: Value) -> spans.Span | None:
    if isinstance(value, str):
        return spans.read_span(value)
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return spans.Span.on(value) if is_day and isinstance(value, date) else None
