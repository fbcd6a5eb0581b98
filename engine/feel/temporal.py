"""Read, write and reckon with days, times, moments and durations."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.values import Months, Value

#: A moment without an offset is local time in Wales.
WALES = ZoneInfo("Europe/London")

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,12}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z_][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,3})?"
)
_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
_DAYS = re.compile(
    r"(-?)P(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})(?:\.([0-9]{1,12}))?S)?)?"
)


def parse_date(text: str) -> date | None:
    """Return the day that `2026-05-01` names, or None."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Return the time that `10:30:00`, `10:30:00Z` or `10:30:00@Europe/London` names, or None."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        zone = _zone(match[5])
        fraction = int((match[4] or "").ljust(6, "0")[:6])
        return time(int(match[1]), int(match[2]), int(match[3]), fraction, zone)
    except (ValueError, KeyError, OSError):
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC


def parse_date_time(text: str) -> datetime | None:
    """Return the moment that `2026-05-01T10:30:00` names, or None; a bare day is its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    moment = parse_time(time_text) if separator else time()
    if day is None or moment is None:
        return None
    return datetime.combine(day, moment)


def parse_duration(text: str) -> Months | timedelta | None:
    """Return the duration that `P6M`, `P1Y2M`, `P14D` or `P1DT2H` names, or None."""
    if text.endswith(("P", "T")):
        return None
    if match := _MONTHS.fullmatch(text):
        total = int(match[2] or 0) * 12 + int(match[3] or 0)
        return Months(-total if match[1] else total)
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    try:
        length = timedelta(
            days=int(match[2] or 0),
            hours=int(match[3] or 0),
            minutes=int(match[4] or 0),
            seconds=int(match[5] or 0),
            microseconds=int((match[6] or "").ljust(6, "0")[:6]),
        )
        return -length if match[1] else length
    except OverflowError:
        return None


def parse_temporal(text: str) -> Value:
    """Return what an `@"..."` literal means: a date, a time, a moment or a duration; or None."""
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text:
        return parse_date_time(text)
    return parse_date(text) or parse_time(text)


def format_time(moment: time) -> str:
    """Return a time as FEEL writes it."""
    zone = moment.tzinfo
    return _without_zeros(moment) + _format_zone(zone, moment.utcoffset())


def format_date_time(moment: datetime) -> str:
    """Return a moment as FEEL writes it."""
    zone = moment.tzinfo
    return _without_zeros(moment) + _format_zone(zone, moment.utcoffset())


def _without_zeros(moment: time | datetime) -> str:
    """Write what stands before the zone; a fraction of a second ends with its last digit."""
    text = moment.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if moment.microsecond else text


def _format_zone(zone: tzinfo | None, offset: timedelta | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo) and zone.key and zone.key != "UTC":
        return f"@{zone.key}"
    seconds = int(offset.total_seconds()) if offset else 0
    if seconds == 0:
        return "Z"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def format_duration(length: Months | timedelta) -> str:
    """Return a duration as FEEL writes it."""
    if isinstance(length, Months):
        years, months = divmod(abs(length.total), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{'-' if length.total < 0 else ''}P{parts}"
    sign, length = ("-", -length) if length < timedelta() else ("", length)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction or not (clock or length.days):
        clock += f"{seconds}{fraction}S"
    day = f"{length.days}D" if length.days else ""
    return f"{sign}P{day}" + (f"T{clock}" if clock else "")


def instant(moment: datetime) -> datetime:
    """Return the moment in UTC; one without an offset is local time in Wales."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=WALES)).astimezone(UTC)


def add_months(moment: date, months: int) -> date:
    """Return the same day of a later month, or its last day where that month is shorter."""
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise OverflowError(months)
    last = calendar.monthrange(years, month + 1)[1]
    return moment.replace(year=years, month=month + 1, day=min(moment.day, last))


def add_length(moment: datetime, length: timedelta) -> datetime:
    """Return the moment that lies so much later on the world's clock."""
    if moment.tzinfo is None:
        return moment + length
    return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)


def add_to_time(moment: time, length: timedelta) -> time:
    """Return the time of day that lies so much later, past midnight if need be."""
    # A leap day in the middle of the range: no length that a time can be moved by overflows.
    anchor = datetime.combine(date(4000, 1, 1), moment.replace(tzinfo=None))
    rest = timedelta(seconds=length.seconds, microseconds=length.microseconds)
    return (anchor + rest).time().replace(tzinfo=moment.tzinfo)


def between(later: time, earlier: time) -> timedelta | None:
    """Return how long after another a time of day stands."""
    if (later.utcoffset() is None) != (earlier.utcoffset() is None):
        return None
    return _since_midnight(later) - _since_midnight(earlier)


def _since_midnight(moment: time) -> timedelta:
    since = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return since - (moment.utcoffset() or timedelta())


def whole_months(start: date, stop: date) -> Months:
    """Return the whole months from one day to another."""
    if stop < start:
        return Months(-whole_months(stop, start).total)
    months = (stop.year - start.year) * 12 + stop.month - start.month
    if stop.day < start.day:
        months -= 1
    return Months(months)


def seconds_of(length: timedelta) -> Decimal:
    """Return the exact number of seconds of a duration."""
    whole_seconds = length.days * 86_400 + length.seconds
    return Decimal(whole_seconds) + Decimal(length.microseconds).scaleb(-6)
