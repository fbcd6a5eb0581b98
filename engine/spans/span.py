"""Say when something was as exactly as it is known, and read and write that as EDTF.

EDTF is ISO 8601-2. What of its levels 0 and 1 people need for a record is here: a day, a month or a
year; about (`~`), uncertain (`?`) or both (`%`); from one to another, with an open end; and the
time of a day. Days of ISO 8601 are EDTF as they stand.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

#: How sure a span is, as EDTF writes it.
CERTAIN, UNCERTAIN, ABOUT, ABOUT_UNCERTAIN = "", "?", "~", "%"

FIRST_YEAR, LAST_YEAR = 1900, 2199

#: An end that is open; EDTF writes an end that is not known as nothing, which says no more here.
_OPEN = ".."
_POINT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
_DAY_AND_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T((?:[01][0-9]|2[0-3]):[0-5][0-9])([?~%]?)"
)


@dataclass(frozen=True)
class Point:
    """A day, a month (its day is 0) or a year (its month is 0 too).

    Raises:  ValueError, for one that no calendar has, or outside the years of a record.
    """

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no point."""
        if not FIRST_YEAR <= self.year <= LAST_YEAR or (self.day and not self.month):
            raise ValueError("no such point")
        date(self.year, self.month or 1, self.day or 1)

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """Return its last day."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        """Return it as EDTF."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)


@dataclass(frozen=True)
class Span:
    """When something was: at a point, whose start and end are the same, or from one to another.

    None is an end that is open. The qualifier speaks of all of it. The time, as 14:30, is that of
    a day.
    Raises:  ValueError, for what cannot be.
    """

    start: Point | None
    end: Point | None
    qualifier: str = CERTAIN
    time: str = ""

    def __post_init__(self) -> None:
        """Refuse what runs backwards, is open at both ends, or has a time and is no day."""
        if self.start is None and self.end is None:
            raise ValueError("open at both ends")
        if self.start and self.end and self.start != self.end:
            backwards = self.start.first > self.end.first or self.start.last > self.end.last
            if backwards:
                raise ValueError("runs backwards")
        if self.time and not self.is_day:
            raise ValueError("only a day has a time")

    @classmethod
    def on(cls, day: date, time: str = "") -> Span:
        """Return the span of one day, exactly known."""
        point = Point(day.year, day.month, day.day)
        return cls(point, point, time=time)

    @property
    def is_point(self) -> bool:
        """Say whether it is a day, a month or a year, and not from one to another."""
        return self.start == self.end

    @property
    def is_day(self) -> bool:
        """Say whether it lies on one day, however sure that is."""
        return self.is_point and self.start is not None and bool(self.start.day)

    @property
    def is_exact(self) -> bool:
        """Say whether its day is known for certain."""
        return self.is_day and self.qualifier == CERTAIN

    @property
    def earliest(self) -> date | None:
        """Return the first day on which it may have been, as written; None where that is open.

        `~` and `?` widen nothing: how far off people were, nobody wrote down.
        """
        return self.start.first if self.start else None

    @property
    def latest(self) -> date | None:
        """Return the last day on which it may have been, as written; None where that is open."""
        return self.end.last if self.end else None

    def at(self, time: str) -> Span:
        """Return it with a time of day, as 14:30; as it is, where it is not on one day."""
        return replace(self, time=time) if self.is_day and time else self

    @property
    def edtf(self) -> str:
        """Return it as EDTF, always the same text for the same span."""
        if self.is_point:
            time = f"T{self.time}" if self.time else ""
            return f"{self.start}{time}{self.qualifier}"
        ends = (f"{end}{self.qualifier}" if end else _OPEN for end in (self.start, self.end))
        return "/".join(ends)


def read_span(text: str) -> Span | None:
    """Return the span that a text in EDTF is, or None.

    Of two ends with different qualifiers the span has both.
    """
    try:
        return _interval(text) if "/" in text else _point_or_time(text)
    except ValueError:
        return None


def overlaps(one: Span, other: Span) -> bool:
    """Say whether two spans may have been on the same day."""
    return _starts_within(one, other) and _starts_within(other, one)


def sort_key(span: Span) -> str:
    """Return a text by which spans stand in order.

    By the first day on which each may have been, then by the last, then by the time: what is
    less exact stands behind what is known of the same day, for it was then at the earliest. D44.
    """
    days = f"{span.earliest or date.min} {span.latest or date.max}"
    certainty = (CERTAIN, UNCERTAIN, ABOUT, ABOUT_UNCERTAIN).index(span.qualifier)
    return f"{days} {span.time or '24:00'} {certainty}"


def combined(qualifiers: Iterable[str]) -> str:
    """Return the qualifier that says all that several of them say."""
    found = set("".join(qualifiers).replace(ABOUT_UNCERTAIN, ABOUT + UNCERTAIN))
    return ABOUT_UNCERTAIN if len(found) == 2 else "".join(found)


def _starts_within(one: Span, other: Span) -> bool:
    return (one.earliest or date.min) <= (other.latest or date.max)


def _point_or_time(text: str) -> Span | None:
    if timed := _DAY_AND_TIME.fullmatch(text):
        day = date.fromisoformat(timed[1])
        point = Point(day.year, day.month, day.day)
        return Span(point, point, timed[3], timed[2])
    found = _POINT.fullmatch(text)
    if found is None:
        return None
    point = _point(found)
    return Span(point, point, found[4])


def _interval(text: str) -> Span | None:
    texts = text.split("/")
    ends = [_POINT.fullmatch(end) for end in texts]
    strange = [t for t, end in zip(texts, ends, strict=True) if not end and t not in ("", _OPEN)]
    if strange or len(ends) != 2:
        return None
    start, end = (_point(found) if found else None for found in ends)
    return Span(start, end, combined(found[4] for found in ends if found))


def _point(found: re.Match[str]) -> Point:
    for part in (found[2], found[3]):
        if part == "00":
            raise ValueError("no month or day is 0")
    return Point(int(found[1]), int(found[2] or 0), int(found[3] or 0))
