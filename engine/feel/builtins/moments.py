"""The functions on days, times, moments and durations."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from engine.feel import temporal
from engine.feel.builtins.registry import builtin
from engine.feel.values import Months, Value

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("date", "from: any")
def to_date(source: Value) -> Value:
    """Return the day that a text names or a moment falls on."""
    if type(source) is str:
        return temporal.parse_date(source)
    if type(source) is datetime:
        return source.date()
    return source if type(source) is date else None


@builtin("date", "year: whole", "month: whole", "day: whole")
def make_date(year: int, month: int, day: int) -> date:
    """Return the day of a year, month and day."""
    return date(year, month, day)


@builtin("time", "from: any")
def to_time(source: Value) -> Value:
    """Return the time that a text names or a moment has."""
    if type(source) is str:
        return temporal.parse_time(source)
    if type(source) is datetime:
        return source.timetz()
    if type(source) is date:
        return time(tzinfo=UTC)
    return source if type(source) is time else None


@builtin("time", "hour: whole", "minute: whole", "second: number", "offset?: any")
def make_time(hour: int, minute: int, second: Decimal, offset: Value = None) -> Value:
    """Return the time of an hour, minute and second."""
    if offset is not None and type(offset) is not timedelta:
        return None
    zone = None if offset is None else timezone(offset)
    micro = int((second % 1).scaleb(6))
    return time(hour, minute, int(second), micro, zone)


@builtin("date and time", "from: any")
def to_date_and_time(source: Value) -> Value:
    """Return the moment that a text names, or the midnight that begins a day."""
    if type(source) is str:
        return temporal.parse_date_time(source)
    if type(source) is date:
        return datetime.combine(source, time())
    return source if type(source) is datetime else None


@builtin("date and time", "date: day", "time: time")
def make_date_and_time(day: date, moment: time) -> datetime:
    """Return the moment of a day and a time."""
    return datetime.combine(date(day.year, day.month, day.day), moment)


@builtin("duration", "from: any")
def to_duration(source: Value) -> Value:
    """Return the duration that a text names."""
    if type(source) is str:
        return temporal.parse_duration(source)
    return source if type(source) in (Months, timedelta) else None


@builtin("years and months duration", "from: day", "to: day")
def months_between(start: date, stop: date) -> Months:
    """Return the whole months from one day to another."""
    return temporal.whole_months(_day(start), _day(stop))


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


@builtin("day of year", "date: day")
def day_of_year(day: date) -> Decimal:
    """Return the number of a day in its year."""
    return Decimal(day.timetuple().tm_yday)


@builtin("day of week", "date: day")
def day_of_week(day: date) -> str:
    """Return the English name of a weekday."""
    return _WEEKDAYS[day.weekday()]


@builtin("month of year", "date: day")
def month_of_year(day: date) -> str:
    """Return the English name of a month."""
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: day")
def week_of_year(day: date) -> Decimal:
    """Return the number of a week as ISO 8601 counts it."""
    return Decimal(day.isocalendar().week)


@builtin("last day of month", "date: day")
def last_day_of_month(day: date) -> Decimal:
    """Return how many days a month has."""
    return Decimal(calendar.monthrange(day.year, day.month)[1])
