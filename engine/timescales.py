"""Read the rows of `timescales.toml`, and count days, months and working days as they ask."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import holidays

from engine import time_source
from engine.errors import EngineError
from engine.texts import Text, count
from engine.toml_source import Row, TomlSource

KINDS = ("clock", "lead", "window", "repeat", "order", "open")
LEVELS = ("E1", "E2", "E3", "E4", "E5")
SOURCES = ("G", "G+P", "P")

#: The stage that stands at the midnight that ends the due day.
BREACH = "breach"

#: No day of a review lies outside these years; what does was mistyped.
YEARS = (1800, 2999)
MAX_WORKING_DAYS = 10_000

_DURATION = re.compile(r"(-?)P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")


class DayOutOfRange(EngineError):
    """A day of the year {year} comes out of the dates entered. Check the years and try again."""

    status = 422


@dataclass(frozen=True)
class Length:
    """A stretch of the calendar: months, then weeks of 7 days, then days. Any may be negative."""

    months: int = 0
    weeks: int = 0
    days: int = 0

    def __neg__(self) -> Length:
        return Length(-self.months, -self.weeks, -self.days)

    def __mul__(self, times: int) -> Length:
        return Length(self.months * times, self.weeks * times, self.days * times)

    def __str__(self) -> str:
        sizes = (abs(self.months), abs(self.weeks), abs(self.days))
        parts = "".join(f"{size}{unit}" for size, unit in zip(sizes, "MWD", strict=True) if size)
        return f"{'-' if self.is_negative else ''}P{parts or '0D'}"

    @property
    def is_negative(self) -> bool:
        """Say whether it runs back in time."""
        return min(self.months, self.weeks, self.days) < 0

    @property
    def text(self) -> Text:
        """Return the length in words: 6 months, 6 mis."""
        units = ((self.months, "month"), (self.weeks, "week"), (self.days, "day"))
        said = [count(abs(size), unit) for size, unit in units if size] or [count(0, "day")]
        return Text(en=", ".join(part.en for part in said), cy=", ".join(part.cy for part in said))


@dataclass(frozen=True)
class StageRule:
    """A reminder or a step of the escalation ladder, as the row has it."""

    key: str
    at: Length
    of: str
    level: str
    repeat: Length | None = None


@dataclass(frozen=True)
class Timescale:
    """A row of `timescales.toml`."""

    key: str
    name: Text
    kind: str
    runs_from: str
    length: Length | None
    ends: tuple[str, ...]
    until: tuple[str, ...]
    anew: bool
    ended_by: tuple[str, ...]
    #: Whether what it runs from happens once only, so that what was done meets it however that
    #: day is put right.
    once: bool
    #: Whether its clock goes on once the case is closed.
    after_close: bool
    item: str
    process: tuple[str, ...]
    source: str
    cite: str
    fixed: bool
    owner: tuple[str, ...]
    manager: tuple[str, ...]
    stages: tuple[StageRule, ...]
    #: Whether its length is left for a Board to enter: no case may be opened before that.
    to_enter: bool

    @property
    def runs(self) -> bool:
        """Say whether a day can fall due; a window has none, nor has a row without a length."""
        return self.kind != "window" and (self.length is not None or bool(self.until))

    @property
    def steps(self) -> tuple[str, ...]:
        """Return what it may be ended by that is a step of the catalogue (`CNS-06`), not a fact."""
        return tuple(name for name in (*self.ends, *self.ended_by) if is_step(name))

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the names of the facts that it reads."""
        names = (self.runs_from, *self.until, *self.ends, *self.ended_by)
        return tuple(dict.fromkeys(name for name in names if name and not is_step(name)))

    def recipients(self, level: str) -> tuple[str, ...]:
        """Return the roles that a rung of the ladder tells, each once.

        Source:  requirements, section 3: the standard escalation ladder (P).
        """
        ladder = {
            "E1": self.owner,
            "E2": (*self.owner, *self.manager),
            "E3": ("sub_group_chair",),
            "E4": ("chair",),
            "E5": ("board",),
        }
        return tuple(dict.fromkeys(ladder[level]))


def parse_timescales(source: bytes, path: str) -> dict[str, Timescale]:
    """Return the rows of a `timescales.toml` by key.

    Raises:  InvalidDefinition.
    """
    toml = TomlSource(source, path)
    return {row.key: _timescale(row) for row in toml.rows()}


def parse_length(text: str) -> Length:
    """Return the length that an ISO 8601 duration of years, months, weeks and days stands for.

    Raises:  ValueError, for anything else; times of day and fractions are not durations here.
    """
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()[1:]):
        raise ValueError("which is not a length such as P6M, P12W, P14D or P1Y6M")
    years, months, weeks, days = (int(part or 0) for part in found.groups()[1:])
    if found[4] and (found[2] or found[3] or found[5]):
        raise ValueError("which mixes weeks with other units")
    length = Length(years * 12 + months, weeks, days)
    return -length if found[1] else length


def is_step(name: str) -> bool:
    """Say whether a name is a step of the catalogue (`CNS-06`), not a fact (`pack_sent_on`)."""
    return bool(re.fullmatch(r"[A-Z]+-\d+[a-z]?", name))


def add(day: date, length: Length) -> date:
    """Return the day that lies a length after (or, if negative, before) another.

    Raises:  DayOutOfRange.
    Source:  PR-02: the last day of the month where it has no such day; PR-03: weeks of 7 days.
    """
    month = day.year * 12 + day.month - 1 + length.months
    year = month // 12
    if not YEARS[0] <= year <= YEARS[1]:
        raise DayOutOfRange(year=year)
    last = calendar.monthrange(year, month % 12 + 1)[1]
    moved = date(year, month % 12 + 1, min(day.day, last))
    moved += timedelta(days=length.weeks * 7 + length.days)
    if not YEARS[0] <= moved.year <= YEARS[1]:
        raise DayOutOfRange(year=moved.year)
    return moved


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> Mapping[date, Text]:
    """Return the bank holidays of Wales in a year, with their names."""
    found = holidays.country_holidays("GB", subdiv="WLS", years=[year], language="en_GB")
    return {day: _holiday_name(found[day]) for day in sorted(found) if day.year == year}


def is_working_day(day: date) -> bool:
    """Say whether a day is neither a Saturday, a Sunday nor a bank holiday in Wales."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(day: date, number: int) -> date:
    """Return the n-th working day after a day, or before it; none: the day itself.

    Raises:  DayOutOfRange.
    """
    if abs(number) > MAX_WORKING_DAYS:
        raise DayOutOfRange(year=day.year + number // 250)
    one = Length(days=1 if number > 0 else -1)
    left = abs(number)
    while left:
        day = add(day, one)
        left -= is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """Return how many working days lie after the first day, up to and with the last.

    Undoes `add_working_days`; negative where the last day lies before the first.
    """
    if last < first:
        return -sum(is_working_day(last + timedelta(days=n)) for n in range((first - last).days))
    return sum(is_working_day(first + timedelta(days=n + 1)) for n in range((last - first).days))


def own_functions(
    now: datetime,
    due: Callable[[str], datetime | None],
    board_name: Callable[[str], str | None] = lambda key: None,
    days_elsewhere: Callable[[str], list[date]] = lambda name: [],
    who_holds: Callable[[str], list[str]] = lambda role: [],
) -> dict[str, Callable[..., Any]]:
    """Return the functions that FEEL has from us, for one moment.

    Takes:   due, which says when a timescale falls due on the case in hand; board_name, what a
             Board of this installation is called; days_elsewhere, which days a fact holds on the
             other cases of this process and Board; who_holds, the names of those who hold a role
             on the case in hand.
    A value of the wrong type gives null, as everywhere in FEEL.
    """
    today = time_source.local_day(now)
    return {
        "due": lambda key: due(key) if isinstance(key, str) else None,
        "last day": lambda key: _last_day(due(key)) if isinstance(key, str) else None,
        "board name": lambda key: board_name(key) if isinstance(key, str) else None,
        "days on other cases": lambda name: days_elsewhere(name) if isinstance(name, str) else None,
        "who holds": lambda role: who_holds(role) if isinstance(role, str) else None,
        "today": lambda: today,
        "now": lambda: now,
        "add days": _feel_add_days,
        "add working days": _feel_add_working_days,
        "working days between": _feel_working_days_between,
    }


def _last_day(due: datetime | None) -> date | None:
    """Return the day that ends at the midnight at which a timescale falls due."""
    return None if due is None else time_source.local_day(due) - timedelta(days=1)


def _feel_add_days(start: Any, number: Any) -> date | None:
    """Return the day, or the moment, so many days on by the calendar of Wales."""
    if not _is_whole(number):
        return None
    try:
        if isinstance(start, datetime) and start.tzinfo:
            return time_source.add_days(start, int(number))
        return start + timedelta(days=int(number)) if isinstance(start, date) else None
    except OverflowError:
        return None


def _feel_add_working_days(start: Any, number: Any) -> date | None:
    day = _day(start)
    if day is None or not _is_whole(number) or abs(number) > MAX_WORKING_DAYS:
        return None
    try:
        return add_working_days(day, int(number))
    except DayOutOfRange:
        return None


def _feel_working_days_between(first: Any, last: Any) -> Decimal | None:
    start, end = _day(first), _day(last)
    if start is None or end is None or abs((end - start).days) > MAX_WORKING_DAYS * 2:
        return None
    return Decimal(working_days_between(start, end))


def _is_whole(number: Any) -> bool:
    is_number = isinstance(number, (int, Decimal)) and not isinstance(number, bool)
    return is_number and number == int(number)


def _day(value: Any) -> date | None:
    return time_source.day_of(value) if isinstance(value, date) else None


def _timescale(row: Row) -> Timescale:
    timescale = Timescale(
        key=row.key,
        name=row.text(),
        kind=row.choice("kind", KINDS),
        runs_from=row.words("from", default=""),
        length=row.parsed("length", parse_length),
        ends=row.names("ends"),
        until=row.word_or_words("until"),
        anew=row.flag("anew"),
        ended_by=row.names("ended_by"),
        once=row.flag("once"),
        after_close=row.flag("after_close"),
        item=row.words("item", default=""),
        process=row.names("process", required=True),
        source=row.choice("source", SOURCES),
        cite=row.words("cite"),
        fixed=row.flag("fixed"),
        owner=row.names("owner"),
        manager=row.names("manager"),
        stages=tuple(_stage(row, entry) for entry in row.subrows("stages")),
        to_enter=row.says("length") and not row.words("length", default=""),
    )
    row.finish()
    _check(row, timescale)
    return timescale


def _stage(row: Row, entry: Row) -> StageRule:
    at = entry.parsed("at", parse_length)
    if at is None:
        raise row.refusal("stages", "has an entry without a moment", 'add at = "-P7D"')
    stage = StageRule(
        key=entry.words("key"),
        at=at,
        of=entry.choice("of", ("due", "from")),
        level=entry.choice("level", LEVELS),
        repeat=entry.parsed("repeat", parse_length),
    )
    entry.finish()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", stage.key):
        raise row.refusal("stages", f"has the key {stage.key!r}", "use small letters, digits and _")
    if stage.repeat and (stage.repeat.is_negative or stage.repeat == Length()):
        raise row.refusal("stages", "repeats without going on", 'write repeat = "P1M"')
    if stage.key == BREACH and (stage.at, stage.of) != (Length(), "due"):
        raise row.refusal("stages", "moves the breach", 'write at = "P0D", of = "due"')
    return stage


def _check(row: Row, timescale: Timescale) -> None:
    levels = {stage.level for stage in timescale.stages}
    keys = [stage.key for stage in timescale.stages]
    length = timescale.length
    may_run = timescale.runs or timescale.to_enter
    faults = (
        (not re.fullmatch(r"TS-\d+[a-z]?", timescale.key),
         "", "is not the id of a timescale", "name it like TS-41"),
        (length is not None and length.is_negative,
         "length", "runs back in time", 'write it forwards; kind = "lead" runs back'),
        (timescale.kind in ("lead", "repeat") and not may_run,
         "length", "is missing", 'add length = "P14D", or until = "a_fact"'),
        ((length is not None or timescale.to_enter)
         and timescale.kind != "window" and not timescale.runs_from,
         "from", "is missing", "name the fact that it runs from"),
        (timescale.anew and not timescale.until and timescale.kind != "open",
         "anew", "starts anew with a day that nobody sets", 'add until = "a_fact"'),
        (timescale.after_close and not may_run,
         "after_close", "lets a clock go on that never runs", "add a length, or remove it"),
        (timescale.after_close and not timescale.ends,
         "after_close", "lets a clock go on that nothing meets", "name in ends what meets it"),
        (bool(keys) and not may_run,
         "stages", "has moments, but no day falls due", "add a length, or remove them"),
        (len(set(keys)) != len(keys),
         "stages", "has a key twice", "give each stage a key of its own"),
        ("E1" in levels and not timescale.owner,
         "owner", "is missing", "name the role that answers for it (E1)"),
        ("E2" in levels and not timescale.manager,
         "manager", "is missing", "name the chair or manager to tell (E2)"),
        (any(not re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in timescale.facts),
         "", "reads something that is no name", "name facts (pack_sent_on) or steps (CNS-06)"),
    )  # fmt: skip
    for wrong, key, reason, remedy in faults:
        if wrong:
            raise row.refusal(key, reason, remedy)


_HOLIDAYS_CY = {
    "New Year's Day": "Dydd Calan",
    "Good Friday": "Dydd Gwener y Groglith",
    "Easter Monday": "Dydd Llun y Pasg",
    "May Day": "Gŵyl Banc Calan Mai",
    "Spring Bank Holiday": "Gŵyl Banc y Gwanwyn",
    "Late Summer Bank Holiday": "Gŵyl Banc yr Haf",
    "Christmas Day": "Dydd Nadolig",
    "Boxing Day": "Gŵyl San Steffan",
}
_HOLIDAYS_SUBSTITUTE_CY = {
    "New Year's Day": "Dydd Calan (diwrnod amgen)",
    "Christmas Day": "Dydd Nadolig (diwrnod amgen)",
    "Boxing Day": "Gŵyl San Steffan (diwrnod amgen)",
}


def _holiday_name(english: str) -> Text:
    # A day proclaimed once (a jubilee, a state funeral) has no fixed Welsh name to copy.
    plain = english.removesuffix(" (observed)")
    names = _HOLIDAYS_SUBSTITUTE_CY if plain != english else _HOLIDAYS_CY
    return Text(en=english, cy=names.get(plain, "Gŵyl y banc"))
