"""The values that FEEL expressions read and give, as Python objects."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from engine.feel.budget import bound_depth, spend

#: None, bool, Decimal, str, date, time, datetime, Months, timedelta, Range, list of Value,
#: dict of str to Value. Python cannot check it further, because FEEL is typed at run time.
Value: TypeAlias = Any

#: Numbers are decimal128, as the DMN standard asks; what leaves its range becomes null.
NUMBERS = decimal.Context(
    prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[], clamp=1
)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration."""

    total: int

    @property
    def years(self) -> int:
        """Return the whole years, with the sign of the duration."""
        return abs(self.total) // 12 * (1 if self.total >= 0 else -1)

    @property
    def months(self) -> int:
        """Return the months left over beside whole years, with the sign of the duration."""
        return abs(self.total) % 12 * (1 if self.total >= 0 else -1)


@dataclass(frozen=True, slots=True)
class Range:
    """An interval between two values of one type; None at an end that is not bounded."""

    low: Value
    high: Value
    low_included: bool = True
    high_included: bool = True


SCALARS = frozenset(
    {type(None), bool, Decimal, str, date, time, datetime, Months, timedelta, Range}
)


def finite(number: Decimal) -> Decimal | None:
    """Return the number, or null where a calculation left the range of numbers."""
    return number if number.is_finite() else None


def whole(number: Decimal) -> int | None:
    """Return the int for a number without a fraction and of sensible size."""
    if number.adjusted() > 15 or number != number.to_integral_value():
        return None
    return int(number)


def adopt(value: object, depth: int = 0) -> Value:
    """Return a value from outside as a FEEL value; null for what FEEL has no type for."""
    if type(value) in SCALARS:
        return value if type(value) is not Decimal or value.is_finite() else None
    if isinstance(value, int | float | Decimal):
        return finite(NUMBERS.create_decimal(str(value)))
    bound_depth(depth)
    if isinstance(value, Mapping):
        spend(len(value))
        return {
            str(key): entry if type(entry) is str else adopt(entry, depth + 1)
            for key, entry in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        spend(len(value))
        return [adopt(entry, depth + 1) for entry in value]
    return _adopt_subclass(value)


def _adopt_subclass(value: object) -> Value:
    """Take what only derives from a type of ours, such as a string enumeration."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    return None


_TYPE_NAMES: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    Months: "years and months duration",
    timedelta: "days and time duration",
    Range: "range",
    list: "list",
    dict: "context",
}
TYPES = frozenset(_TYPE_NAMES.values()) | {"Any", "function"}


def type_name(value: Value) -> str:
    """Return the name that FEEL gives to the type of a value."""
    return _TYPE_NAMES.get(type(value), "Any")
