"""Read days, months and times as people write them, and say where that is doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.texts import MONTHS, fold

#: Why a day that was read should be looked at.
EITHER_ORDER, MONTH_FIRST, SHORT_YEAR = "either_order", "month_first", "short_year"
COUNTED, TIME_LEFT_OUT, DAY_LEFT_OUT = "counted", "time_left_out", "day_left_out"
REST_LEFT_OUT, EITHER_HALF = "rest_left_out", "either_half"

#: Between these an Excel workbook counts the days of 1955 to 2100; smaller numbers are years.
_COUNTED = range(20_100, 73_051)
#: Years of two digits are taken to lie at most this far ahead.
YEARS_AHEAD = 10

_TIME = re.compile(
    r"(?:^|[ T,])(?:at |am )?([01]?[0-9]|2[0-3])[:.h]([0-5][0-9])(?:[:.][0-5][0-9](?:\.[0-9]+)?)?"
    r"\s*(am|pm|a\.m\.|p\.m\.|y[bph]|y\.[bph]\.)?\s*z?$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_SPACES = re.compile(r"[ \t\u00a0\u2009\u202f]+")
#: Somebody who writes 09:15 means the morning; who writes 2.30 may mean the afternoon.
_EITHER_HALF = re.compile(r"(?:^|[^0-9:.])[1-7][:.][0-5][0-9]$")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
#: On the clock of twelve hours, with am or pm, or the Welsh yb (y bore) or yp, yh (prynhawn, hwyr).
_HALF_DAY = re.compile(r"(1[0-2]|0?[1-9])(?:[:.]([0-5][0-9]))?(am|pm|yb|yp|yh)")
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*('?[0-9]{2}|[0-9]{4})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[a-z]{0,3}\s+(?:of |o )?([a-z]+)\s+('?[0-9]{2}|[0-9]{4})")
_MONTH_WORD_FIRST = re.compile(r"([a-z]+)\s+([0-9]{1,2})[a-z]{0,2}\s+([0-9]{4})")
_MONTH_AND_YEAR = re.compile(r"([a-z]+)\s+([0-9]{2}|[0-9]{4})")
_MONTH_NUMBERS = re.compile(r"([0-9]{1,2})\s*[-/. ]\s*([0-9]{4})|([0-9]{4})\s*[-/.]\s*([0-9]{1,2})")
_WEEKDAYS = frozenset(
    {
        *("mon", "monday", "tue", "tues", "tuesday", "wed", "wednesday", "thu", "thur", "thurs"),
        *("thursday", "fri", "friday", "sat", "saturday", "sun", "sunday"),
        *("dydd", "nos", "llun", "mawrth", "mercher", "iau", "gwener", "sadwrn", "sul"),
    }
)


def _month_words() -> dict[str, int]:
    """Return the months by every usual way to write them.

    Long, mutated after `o`, `yn` and `tua`, and short.
    """
    found: dict[str, int] = {}
    mutated = (
        ("m", "f"),
        ("g", ""),
        ("g", "ng"),
        ("t", "d"),
        ("t", "nh"),
        ("t", "th"),
        ("rh", "r"),
    )
    for number, month in enumerate(MONTHS, start=1):
        for word in (month.en.lower(), month.cy.lower()):
            after = [new + word[len(old) :] for old, new in mutated if word.startswith(old)]
            for form in (word, *after):
                for length in range(3, len(form) + 1):
                    found.setdefault(form[:length], number)
    return found


_MONTHS = _month_words()


class NoSuchDay(ValueError):
    """A text names a day that no calendar has, such as 31 April."""


@dataclass(frozen=True)
class Moment:
    """What was read of a cell: a day, a month (its day is 1) or a time, and what is doubtful."""

    day: date | None = None
    time: str = ""
    doubts: tuple[str, ...] = ()


def order_in(texts: Iterable[str]) -> str:
    """Say what stands first in the dates of a column, `day` or `month`, if one of them shows it.

    3/4/2019 alone may be either; beside 25/4/2019 it is 3 April.
    """
    firsts = [
        (int(found[1]), int(found[2])) for text in texts if (found := _NUMBERS.match(text.strip()))
    ]
    day_first = any(first > 12 for first, _ in firsts)
    month_first = any(second > 12 for _, second in firsts)
    if day_first == month_first:
        return ""
    return "day" if day_first else "month"


def read_day(text: str, *, today: date, order: str = "") -> Moment | None:
    """Return the day that a text means, or None.

    Takes:   order, from `order_in` for the column; today, from which years of two digits are told.
    """
    try:
        return read_named_day(text, today=today, order=order)
    except NoSuchDay:
        return None


def read_named_day(text: str, *, today: date, order: str = "") -> Moment | None:
    """Return the day that a text means, as `read_day` does.

    Raises:  NoSuchDay, where it names one that no calendar has.
    """
    said, time_of_day = _without_time(text)
    found = _counted(said) or _iso(said) or _numbers(said, today, order) or _in_words(said, today)
    if found is None:
        return None
    left_out = (TIME_LEFT_OUT,) if time_of_day not in ("", "00:00") else ()
    return Moment(found.day, time_of_day, found.doubts + left_out)


def other_way(text: str, *, today: date) -> date | None:
    """Return the day that a date of numbers means with the month first, if it is another one."""
    found = _NUMBERS.fullmatch(" ".join(text.split()))
    if found is None or int(found[1]) == int(found[2]) or max(int(found[1]), int(found[2])) > 12:
        return None
    return date(_year(found[3], today)[0], int(found[1]), int(found[2]))


def read_month(text: str, *, today: date, order: str = "") -> Moment | None:
    """Return the first day of the month that a text means, or None; a day in it is told of."""
    try:
        return _month(text, today, order)
    except NoSuchDay:
        return None


def _month(text: str, today: date, order: str) -> Moment | None:
    said = " ".join(fold(text).split())
    found = _MONTH_AND_YEAR.fullmatch(said)
    if found and found[1] in _MONTHS:
        year, doubts = _year(found[2], today)
        return _made(year, _MONTHS[found[1]], 1, doubts)
    numbers = _MONTH_NUMBERS.fullmatch(text.strip())
    if numbers:
        month, full_year = (numbers[1], numbers[2]) if numbers[1] else (numbers[4], numbers[3])
        return _made(int(full_year), int(month), 1, ())
    day = read_named_day(text, today=today, order=order)
    if day is None or day.day is None:
        return None
    doubts = tuple(doubt for doubt in day.doubts if doubt != TIME_LEFT_OUT)
    return Moment(day.day.replace(day=1), "", (*doubts, DAY_LEFT_OUT))


def time_of_day(text: str) -> str:
    """Return a time as 14:30, of the 24-hour clock or with am or pm (yb, yp or yh in Welsh).

    "" for what is none.
    """
    said = re.sub(r"(?<=[apy])\.(?=[mbph])|\.$", "", _SPACES.sub("", text[:30]).lower())
    if found := _CLOCK.fullmatch(said):
        return f"{int(found[1]):02}:{found[2]}"
    if found := _HALF_DAY.fullmatch(said):
        hour = int(found[1]) % 12 + (0 if found[3] in ("am", "yb") else 12)
        return f"{hour:02}:{found[2] or '00'}"
    return ""


def read_time(text: str) -> Moment | None:
    """Return the time of day that a text means, or None; whatever stands before it is told of."""
    either = (EITHER_HALF,) if _EITHER_HALF.search(text.strip()) else ()
    if typed := time_of_day(text):
        return Moment(None, typed, either)
    said, time_read = _without_time(text)
    if time_read:
        left_out = (DAY_LEFT_OUT if _DIGIT.search(said) else REST_LEFT_OUT,) if said else ()
        return Moment(None, time_read, left_out + either)
    four = re.fullmatch(r"([01][0-9]|2[0-3])([0-5][0-9])(?:\s*(?:hrs|h))?", text.strip().lower())
    return Moment(None, f"{four[1]}:{four[2]}") if four else None


def _without_time(text: str) -> tuple[str, str]:
    """Return what stands before a time of day, and the time."""
    said = " ".join(text.split())
    found = _TIME.search(said)
    if found is None or (_NUMBERS.match(said) and found.start() == 0):
        return said, ""
    half = (found[3] or "").lower().replace(".", "")
    if half and not 1 <= int(found[1]) <= 12:
        half = ""
    before = said[: found.start()].strip(" ,T")
    return before, _on_24_hours(int(found[1]), int(found[2]), half)


def _on_24_hours(hour: int, minute: int, half: str) -> str:
    if half in ("pm", "yp", "yh"):
        hour = hour % 12 + 12
    elif half in ("am", "yb"):
        hour %= 12
    return f"{hour:02}:{minute:02}"


def _counted(said: str) -> Moment | None:
    if said.isascii() and said.isdigit() and len(said) == 5 and int(said) in _COUNTED:
        return Moment(date(1899, 12, 30) + timedelta(days=int(said)), "", (COUNTED,))
    return None


def _iso(said: str) -> Moment | None:
    found = _ISO.fullmatch(said)
    return _made(int(found[1]), int(found[2]), int(found[3]), ()) if found else None


def _numbers(said: str, today: date, order: str) -> Moment | None:
    found = _NUMBERS.fullmatch(
        " ".join(word for word in said.split() if fold(word) not in _WEEKDAYS)
    )
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    year, doubts = _year(found[3], today)
    if second > 12 >= first:
        return _made(year, first, second, (*doubts, MONTH_FIRST))
    if order == "month" and first <= 12:
        return _made(year, first, second, (*doubts, MONTH_FIRST))
    if not order and second <= 12 and first <= 12 and first != second:
        doubts = (*doubts, EITHER_ORDER)
    return _made(year, second, first, doubts)


def _in_words(said: str, today: date) -> Moment | None:
    words = fold(said).split()
    while words and words[0] in _WEEKDAYS and len(words) > 3:
        words = words[1:]
    plain = " ".join(words)
    found = _DAY_FIRST.fullmatch(plain)
    if found and found[2] in _MONTHS:
        year, doubts = _year(found[3], today)
        return _made(year, _MONTHS[found[2]], int(found[1]), doubts)
    other = _MONTH_WORD_FIRST.fullmatch(plain)
    if other and other[1] in _MONTHS:
        return _made(int(other[3]), _MONTHS[other[1]], int(other[2]), ())
    return None


def _year(text: str, today: date) -> tuple[int, tuple[str, ...]]:
    digits = text.lstrip("'")
    if len(digits) == 4:
        return int(digits), ()
    year = today.year // 100 * 100 + int(digits)
    return (year - 100 if year > today.year + YEARS_AHEAD else year), (SHORT_YEAR,)


def _made(year: int, month: int, day: int, doubts: tuple[str, ...]) -> Moment:
    try:
        return Moment(date(year, month, day), "", doubts)
    except ValueError:
        raise NoSuchDay from None
