"""Say a span as people write it, in both languages; what is said can be read back."""

from __future__ import annotations

from engine.spans.span import ABOUT, ABOUT_UNCERTAIN, UNCERTAIN, Point, Span
from engine.texts import MONTHS, Text

#: Months as they stand after `o` and `hyd at`; the others do not change there.
SOFTENED = {
    "Mawrth": "Fawrth", "Mai": "Fai", "Mehefin": "Fehefin", "Gorffennaf": "Orffennaf",
    "Medi": "Fedi", "Tachwedd": "Dachwedd", "Rhagfyr": "Ragfyr",
}  # fmt: skip
#: The month that changes after `a` and `tua`.
ASPIRATED = {"Tachwedd": "Thachwedd"}
#: Days whose number begins with a vowel when it is read out: wyth, un ar ddeg.
_DAYS_WITH_VOWEL = frozenset({"8", "11"})


def say_span(span: Span) -> Text:
    """Return a span in words: `about March 2024`, `tua Mawrth 2024`."""
    said = _sure(span)
    if span.time:
        said = Text(f"{said.en} at {span.time}", f"{said.cy} am {span.time}")
    if span.qualifier in (UNCERTAIN, ABOUT_UNCERTAIN):
        return Text(f"{said.en}, not certain", f"{said.cy}, heb fod yn sicr")
    return said


def _sure(span: Span) -> Text:
    """Return a span with what it is about, and not whether that is certain."""
    about = span.qualifier in (ABOUT, ABOUT_UNCERTAIN)
    if span.is_point and span.start:
        point = _say(span.start)
        return Text(f"about {point.en}", f"tua {_changed(point.cy, ASPIRATED)}") if about else point
    said = _between(span)
    return Text(f"roughly {said.en}", f"yn fras {said.cy}") if about else said


def _between(span: Span) -> Text:
    if span.start is None or span.end is None:
        point = _say(span.start or span.end)
        soft = _changed(point.cy, SOFTENED)
        if span.end is None:
            return Text(f"from {point.en} on", f"o {soft} ymlaen")
        return Text(f"up to {point.en}", f"hyd at {soft}")
    start, end = _short(span.start, span.end), _say(span.end)
    return Text(f"between {start.en} and {end.en}", f"rhwng {start.cy} {_joined_in_welsh(end.cy)}")


def _say(point: Point | None, *, without: str = "") -> Text:
    """Return a point in words, without its year, or its month and year, where they follow."""
    assert point is not None
    month = MONTHS[point.month - 1] if point.month else Text("", "")
    day = str(point.day or "")
    year = "" if without else str(point.year)
    if without == "month":
        month = Text("", "")
    en, cy = (" ".join(part for part in (day, name, year) if part) for name in (month.en, month.cy))
    return Text(en, cy)


def _short(start: Point, end: Point) -> Text:
    """Return the start without what it shares with an end that is as exact."""
    alike = bool(start.day) == bool(end.day) and bool(start.month) == bool(end.month)
    if not (alike and start.month and start.year == end.year):
        return _say(start)
    same_month = start.day and start.month == end.month
    return _say(start, without="month" if same_month else "year")


def _joined_in_welsh(end: str) -> str:
    first = end.split()[0]
    if first[0] in "AEI" or first in _DAYS_WITH_VOWEL:
        return f"ac {end}"
    return f"a {_changed(end, ASPIRATED)}"


def _changed(said: str, table: dict[str, str]) -> str:
    """Return what begins with a month with that month changed by the word before it."""
    first, space, rest = said.partition(" ")
    return f"{table.get(first, first)}{space}{rest}"
