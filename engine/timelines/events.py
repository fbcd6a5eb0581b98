"""Read the rows of F-07 as events, and put them in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from engine.spans import Span, read_span, sort_key

#: What stands in place of an agency where a row was added at the learning event.
ADDED = "learning_event"

#: Behind every day: what has no date that can be placed comes last.
_LAST = "~"


@dataclass(frozen=True)
class Event:
    """A row of the merged timeline.

    `key` is that of the row, `agency` the key of who returned it, or `ADDED`. `said` is the date as
    it was recorded; `span` what it says, or None where it says no date; `as_sent`, the words of the
    agency for a date that was not exact. `source` is `agency / row / version`. `is_late` says that
    it came after the timelines were first merged.
    """

    key: str
    agency: str
    service: str
    said: str
    span: Span | None
    event: str
    family: str = ""
    staff: str = ""
    done: str = ""
    source: str = ""
    significant: bool = False
    gap: bool = False
    conflict: bool = False
    question: str = ""
    is_late: bool = False
    as_sent: str = ""

    @property
    def earliest(self) -> date | None:
        """Return the first day on which it may have been; where that is open, the last one."""
        return (self.span.earliest or self.span.latest) if self.span else None

    @property
    def latest(self) -> date | None:
        """Return the last day on which it may have been; where that is open, the first one."""
        return (self.span.latest or self.span.earliest) if self.span else None

    @property
    def was_added(self) -> bool:
        """Say whether it was added at the learning event, and returned by no agency."""
        return self.agency == ADDED

    @property
    def version(self) -> int | None:
        """Return which version of the agency's document the row comes from."""
        _, _, number = self.source.rpartition(" / ")
        return int(number) if number.isascii() and number.isdigit() else None


def merged_events(
    rows: Iterable[Mapping[str, Any]], first: Collection[str] | None = None
) -> Iterator[Event]:
    """Yield the rows that agencies returned.

    Takes:   first, the keys of the rows that were there when the timelines were first merged; left
             out, none is late.
    """
    for row in rows:
        key, said = str(row.get("_key", "")), _text(row, "merged_happened_on")
        yield Event(
            key=key,
            agency=_text(row, "merged_agency"),
            service=_text(row, "merged_service"),
            said=said,
            span=_span(said, _text(row, "merged_happened_at")),
            event=_text(row, "merged_event"),
            family=_text(row, "merged_family"),
            staff=_text(row, "merged_staff"),
            done=_text(row, "merged_done"),
            source=_text(row, "merged_source"),
            significant=row.get("mark_significant") is True,
            gap=row.get("mark_gap") is True,
            conflict=row.get("mark_conflict") is True,
            question=_text(row, "mark_question"),
            is_late=first is not None and key not in first,
            as_sent=_text(row, "merged_as_sent"),
        )


def added_events(rows: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    """Yield the rows that were added at the learning event; few of them name a day."""
    for row in rows:
        said = _text(row, "added_when").strip()
        yield Event(
            key=f"added {row.get('_key', '')}",
            agency=ADDED,
            service="",
            said=said,
            span=_span(said),
            event=_text(row, "added_event"),
        )


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events in the order of their dates; what has none comes last. See D44."""
    return sorted(events, key=_place)


def _place(event: Event) -> tuple[str, str, str]:
    return (_key_of(event.span) if event.span else _LAST, event.agency, event.key)


@lru_cache(maxsize=20_000)
def _key_of(span: Span) -> str:
    return sort_key(span)


@lru_cache(maxsize=20_000)
def _span(said: str, at: str = "") -> Span | None:
    # Thousands are read at once, and many of them share a day.
    span = read_span(said)
    return span.at(at[:5]) if span and at and span.is_day and not span.time else span


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
