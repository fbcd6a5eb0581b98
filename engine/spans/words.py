"""Read dates as people write them in either language: exact or not, one or from one to another.

What can be read in more than one way is not read but told of, with the reason; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.spans import days
from engine.spans.span import (
    ABOUT,
    FIRST_YEAR,
    LAST_YEAR,
    UNCERTAIN,
    Point,
    Span,
    combined,
    read_span,
)
from engine.texts import MONTHS, without_accents

#: Why no span was read: a word such as `early` says no day; a month has a year of two digits; no
#: calendar has the day; the end lies before the start; or it is nothing that is known here.
VAGUE, TWO_DIGITS, NO_SUCH_DAY = "vague", "twoDigits", "noSuchDay"
BACKWARDS, NOT_READ = "backwards", "type"

#: Longer texts are no dates.
MOST = 120

#: The hyphens and dashes of Unicode, and the minus.
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
_QUOTES = dict.fromkeys(map(ord, "’‘`"), "'")

_ABOUT_WORDS = (
    r"about|around|approximately|approx\.?|circa|c(?:a?\.|a?(?= ?[0-9]))|roughly|~"
    r"|tua|oddeutu|o gwmpas|o ddeutu|yn fras"
)
_UNCERTAIN_WORDS = (
    r"possibly|probably|perhaps|maybe|not certain|uncertain|not sure|unsure"
    r"|efallai|o bosibl|mae'n debyg|heb fod yn sicr|ddim yn sicr|ansicr"
)
_BEFORE = re.compile(rf"(?:({_ABOUT_WORDS})|{_UNCERTAIN_WORDS})(?![a-z]),? *")
_BEHIND = re.compile(rf"(?:,? *\(?(?:({_ABOUT_WORDS})|{_UNCERTAIN_WORDS}|\?)\)?)$")
#: What stands before a date and changes nothing.
_FILLING = re.compile(
    r"(?:(?:some ?time|at some point|rhywbryd) )?"
    r"(?:(?:on|in|during|ar|yn ystod|ym mis|ym|yng|yn|mis) )?(?:the )?"
)
#: What says less than it seems to, or may be read in more than one way.
_VAGUE_WORDS = re.compile(
    r"\b(?:early|late|later|mid|middle|beginning|start|end|before|after|by|last|next|spring|summer"
    r"|autumn|winter|easter|christmas|term|half|quarter|week|weekend|q[1-4]|[0-9]{4}'?s"
    r"|dechrau|diwedd|canol|cyn|wedi|ar ol|erbyn|gwanwyn|haf|yr hydref|gaeaf|pasg|nadolig|tymor"
    r"|hanner|chwarter|wythnos|penwythnos|gynnar|hwyr)\b"
)
_FROM_ON = (
    re.compile(r"(?:from|since) (.+?)(?: on| onwards?)?"),
    re.compile(r"(.+) onwards?"),
    re.compile(r"o (.+) ymlaen"),
    re.compile(r"ers (.+)"),
)
_UP_TO = re.compile(r"(?:until|till|up to|hyd at|hyd|tan) (.+)")
_BETWEEN = (
    re.compile(r"between (.+?) and (.+)"),
    re.compile(r"rhwng (.+?) (?:ac?|a'r) (.+)"),
    re.compile(r"from (.+?) (?:to|until|till|up to) (.+)"),
    re.compile(r"o (.+?) (?:i|hyd at|hyd|tan) (.+)"),
    re.compile(r"(.+?) (?:to|until|till|i|hyd at|tan|-) (.+)"),
)
_DAY_ALONE = re.compile(r"([0-9]{1,2})[a-z]{0,3}")


@dataclass(frozen=True)
class Heard:
    """What was understood of a text: the span and why to look at it, or why there is none.

    `doubts` are those of `days`.
    """

    span: Span | None = None
    doubts: tuple[str, ...] = ()
    why: str = ""


class _NotUnderstood(ValueError):
    """Why a text is no span."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class _Around:
    today: date
    order: str


@dataclass(frozen=True)
class _At:
    """A point that was read, with its time of day."""

    point: Point
    time: str = ""
    doubts: tuple[str, ...] = ()


def understand(text: str, *, today: date, order: str = "") -> Heard:
    """Return what a text says about when something was; EDTF is understood as well.

    Takes:   today, from which years of two digits are told; order, from `days.order_in`.
    """
    said = " ".join(text.split())
    if span := read_span(said):
        return Heard(span)
    if not said or len(said) > MOST:
        return Heard(why=NOT_READ)
    plain = without_accents(said.translate(_DASHES).translate(_QUOTES)).rstrip(" .;")
    try:
        return _understand(plain, _Around(today, order))
    except _NotUnderstood as reason:
        vague = reason.why == NOT_READ and _VAGUE_WORDS.search(plain)
        return Heard(why=VAGUE if vague else reason.why)


def _understand(text: str, around: _Around) -> Heard:
    bare, qualifier = _without_qualifier(text)
    point = _at(bare, around)
    if point:
        return _heard(point, point, qualifier)
    for pattern in _FROM_ON:
        if (found := pattern.fullmatch(bare)) and (point := _at(found[1], around)):
            return _heard(point, None, qualifier)
    if (found := _UP_TO.fullmatch(bare)) and (point := _at(found[1], around)):
        return _heard(None, point, qualifier)
    for left, right in _halves(bare):
        start, of_start = _without_qualifier(left)
        end, of_end = _without_qualifier(right)
        if (last := _at(end, around)) and (first := _at_before(start, last, around)):
            return _heard(first, last, combined((qualifier, of_start, of_end)))
    raise _NotUnderstood(NOT_READ)


def _heard(start: _At | None, end: _At | None, qualifier: str) -> Heard:
    ends = [each for each in (start, end) if each]
    doubts = tuple(dict.fromkeys(doubt for each in ends for doubt in each.doubts))
    if start is end and start:
        return Heard(Span(start.point, start.point, qualifier, start.time), doubts)
    if any(each.time for each in ends):
        doubts = (*doubts, days.TIME_LEFT_OUT)
    try:
        span = Span(start.point if start else None, end.point if end else None, qualifier)
    except ValueError:
        raise _NotUnderstood(BACKWARDS) from None
    return Heard(span, doubts)


def _without_qualifier(text: str) -> tuple[str, str]:
    """Return a text without the words that say how sure it is, and what they say."""
    found = []
    while match := _BEFORE.match(text) or _BEHIND.search(text):
        found.append(ABOUT if match[1] else UNCERTAIN)
        text = (text[: match.start()] + text[match.end() :]).strip(" ,")
    return text, combined(found)


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """Yield every way to take a text for two dates."""
    for pattern in _BETWEEN:
        if found := pattern.fullmatch(text):
            yield found[1], found[2]
    for found in re.finditer(r"(?<=[^ ])-(?=[^ ])", text):
        yield text[: found.start()], text[found.end() :]


def _at(text: str, around: _Around) -> _At | None:
    """Return the point that a text means."""
    said = _FILLING.sub("", text, count=1).strip(" ,")
    if re.fullmatch(r"[0-9]{4}", said) and FIRST_YEAR <= int(said) <= LAST_YEAR:
        return _At(Point(int(said)))
    try:
        day = days.read_named_day(said, today=around.today, order=around.order)
    except days.NoSuchDay:
        raise _NotUnderstood(NO_SUCH_DAY) from None
    if day and day.day:
        doubts = tuple(doubt for doubt in day.doubts if doubt != days.TIME_LEFT_OUT)
        return _made(day.day, day.time, doubts)
    month = days.read_month(said, today=around.today, order=around.order)
    if month is None or month.day is None:
        return None
    if days.SHORT_YEAR in month.doubts:
        raise _NotUnderstood(TWO_DIGITS)
    return _made(month.day, "", month.doubts, is_month=True)


def _made(day: date, time: str, doubts: tuple[str, ...], *, is_month: bool = False) -> _At | None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return _At(Point(day.year, day.month, 0 if is_month else day.day), time, doubts)


def _at_before(text: str, end: _At, around: _Around) -> _At | None:
    """Return the start of a span, of which the end may say the month and the year too."""
    precision = _precision(end.point)
    if (alone := _DAY_ALONE.fullmatch(text)) and end.point.day:
        month = MONTHS[end.point.month - 1].en
        return _at(f"{alone[1]} {month} {end.point.year}", around)
    for said in (text, f"{text} {end.point.year}", f"{text}/{end.point.year}"):
        found = _at(said, around)
        if found and (said == text or _precision(found.point) == precision):
            return found
    return None


def _precision(point: Point) -> int:
    return bool(point.month) + bool(point.day)
