"""Say what the operators of FEEL mean, nulls and three-valued logic included."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import cast

from engine.feel import temporal
from engine.feel.budget import bound_depth, bound_text, spend
from engine.feel.values import NUMBERS, Months, Range, Value, finite

_DIRECT = frozenset({Decimal, str, bool, date, Months, timedelta})
_ORDERED = frozenset({Decimal, str, date, Months, timedelta})
_MAX_EXPONENT = Decimal(999_999_999)

Binary = Callable[[Value, Value], Value]


def equals(left: Value, right: Value, depth: int = 0) -> bool | None:
    """Return whether two values are equal; null for values of different types."""
    kind = type(left)
    if left is None or right is None:
        return left is right
    if kind is not type(right):
        return None
    if kind in _DIRECT:
        return cast(bool, left == right)
    bound_depth(depth)
    if kind is list:
        return _lists_equal(left, right, depth)
    if kind is dict:
        return _contexts_equal(left, right, depth)
    if kind is Range:
        return _ranges_equal(left, right)
    return _in_order(operator.eq, left, right)


def _lists_equal(left: list[Value], right: list[Value], depth: int) -> bool | None:
    if len(left) != len(right):
        return False
    spend(len(left))
    return every([equals(a, b, depth + 1) for a, b in zip(left, right, strict=True)])


def _contexts_equal(left: dict[str, Value], right: dict[str, Value], depth: int) -> bool | None:
    if left.keys() != right.keys():
        return False
    spend(len(left))
    return every([equals(entry, right[key], depth + 1) for key, entry in left.items()])


def _ranges_equal(left: Range, right: Range) -> bool | None:
    ends = (left.low_included, left.high_included) == (right.low_included, right.high_included)
    return every([ends, equals(left.low, right.low), equals(left.high, right.high)])


def differs(left: Value, right: Value) -> bool | None:
    """Return whether two values are not equal."""
    return negate(equals(left, right))


def _in_order(compare: Callable[[Value, Value], bool], left: Value, right: Value) -> bool | None:
    """Compare two values of one ordered type; null for anything else."""
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in _ORDERED:
        return compare(left, right)
    try:
        if kind is datetime:
            if left.tzinfo is None and right.tzinfo is None:
                return compare(left, right)
            return compare(temporal.instant(left), temporal.instant(right))
        if kind is time and (left.utcoffset() is None) == (right.utcoffset() is None):
            return compare(left, right)
    except OverflowError:
        return None
    return None


def less(left: Value, right: Value) -> bool | None:
    """Return whether left comes before right."""
    return _in_order(operator.lt, left, right)


def at_most(left: Value, right: Value) -> bool | None:
    """Return whether left does not come after right."""
    return _in_order(operator.le, left, right)


def greater(left: Value, right: Value) -> bool | None:
    """Return whether left comes after right."""
    return _in_order(operator.gt, left, right)


def at_least(left: Value, right: Value) -> bool | None:
    """Return whether left does not come before right."""
    return _in_order(operator.ge, left, right)


COMPARISONS: dict[str, Binary] = {
    "=": equals,
    "!=": differs,
    "<": less,
    "<=": at_most,
    ">": greater,
    ">=": at_least,
}


def negate(value: Value) -> bool | None:
    """Return the opposite of a boolean, and null for anything else."""
    return (not value) if value is True or value is False else None


def every(results: list[Value]) -> bool | None:
    """Return true if all are true, false if one is false, else null."""
    if False in (result for result in results if type(result) is bool):
        return False
    return True if all(result is True for result in results) else None


def some(results: list[Value]) -> bool | None:
    """Return true if one is true, false if all are false, else null."""
    if any(result is True for result in results):
        return True
    return False if all(result is False for result in results) else None


def within(value: Value, interval: Range) -> bool | None:
    """Return whether a value lies in a range."""
    above: bool | None = True
    below: bool | None = True
    if interval.low is not None:
        above = (at_least if interval.low_included else greater)(value, interval.low)
    if interval.high is not None:
        below = (at_most if interval.high_included else less)(value, interval.high)
    return every([above, below])


def matches(value: Value, wanted: Value) -> bool | None:
    """Return whether a value is what a unary test names: that value, or one in a list or range."""
    if type(wanted) is Range:
        return True if type(value) is Range and equals(value, wanted) else within(value, wanted)
    if type(wanted) is list:
        if type(value) is list and equals(value, wanted):
            return True
        spend(len(wanted))
        return some([False, *(matches_one(value, item) for item in wanted)])
    return equals(value, wanted)


def matches_one(value: Value, item: Value) -> bool | None:
    """Return whether a value is one item of a list, which may itself be a range."""
    return within(value, item) if type(item) is Range else equals(value, item)


def add(left: Value, right: Value) -> Value:
    """Return the sum, the joined text, or the later moment."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(NUMBERS.add(left, right))
    if type(left) is str and type(right) is str:
        bound_text(len(left) + len(right))
        return left + right
    if type(left) in (Months, timedelta) and type(right) in (date, time, datetime):
        left, right = right, left
    return _quietly(_move, left, right, 1)


def subtract(left: Value, right: Value) -> Value:
    """Return the difference, the time between two moments, or the earlier moment."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(NUMBERS.subtract(left, right))
    if type(left) is time and type(right) is time:
        return temporal.between(left, right)
    if isinstance(left, date) and isinstance(right, date):
        return _quietly(_between, left, right)
    return _quietly(_move, left, right, -1)


def _quietly(function: Callable[..., Value], *arguments: Value) -> Value:
    """Call what may leave the range of days, which gives null."""
    try:
        return function(*arguments)
    except (OverflowError, ValueError):
        return None


def _between(left: date, right: date) -> timedelta:
    if not isinstance(left, datetime) and not isinstance(right, datetime):
        return left - right
    first, second = _midnight(left), _midnight(right)
    if first.tzinfo is None and second.tzinfo is None:
        return first - second
    return temporal.instant(first) - temporal.instant(second)


def _midnight(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time())


def _move(value: Value, length: Value, sign: int) -> Value:
    """Add a duration to a moment or to a duration of the same kind."""
    if type(length) is Months:
        if type(value) is Months:
            return Months(value.total + sign * length.total)
        return temporal.add_months(value, sign * length.total) if _is_day(value) else None
    if type(length) is not timedelta:
        return None
    if type(value) is timedelta:
        return value + sign * length
    if type(value) is time:
        return temporal.add_to_time(value, sign * length)
    if type(value) is date:
        return (datetime.combine(value, time()) + sign * length).date()
    return temporal.add_length(value, sign * length) if type(value) is datetime else None


def _is_day(value: Value) -> bool:
    return isinstance(value, date)


def multiply(left: Value, right: Value) -> Value:
    """Return the product of numbers, or of a duration and a number."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(NUMBERS.multiply(left, right))
    if type(left) is Decimal:
        left, right = right, left
    return _quietly(_stretch, left, right, NUMBERS.multiply)


def divide(left: Value, right: Value) -> Value:
    """Return the quotient of numbers, of a duration and a number, or of two durations."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(NUMBERS.divide(left, right)) if right else None
    if type(left) is type(right) and type(left) in (Months, timedelta):
        divisor = _amount(right)
        return finite(NUMBERS.divide(_amount(left), divisor)) if divisor else None
    return _quietly(_stretch, left, right, NUMBERS.divide) if right != 0 else None


def _amount(length: Months | timedelta) -> Decimal:
    if isinstance(length, Months):
        return Decimal(length.total)
    return temporal.seconds_of(length)


def _stretch(length: Value, number: Value, how: Callable[[Decimal, Decimal], Decimal]) -> Value:
    if type(number) is not Decimal or type(length) not in (Months, timedelta):
        return None
    amount = how(_amount(length), number)
    if not amount.is_finite() or amount.adjusted() > 15:
        return None
    if type(length) is Months:
        return Months(int(amount))
    parts = amount.scaleb(6).to_integral_value(rounding=ROUND_HALF_EVEN)
    return timedelta(microseconds=int(parts))


def power(left: Value, right: Value) -> Value:
    """Return a number to the power of another."""
    if type(left) is not Decimal or type(right) is not Decimal or abs(right) > _MAX_EXPONENT:
        return None
    return finite(NUMBERS.power(left, right))


ARITHMETIC: dict[str, Binary] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def minus(value: Value) -> Value:
    """Return the negative of a number or a duration."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is Months:
        return Months(-value.total)
    return _quietly(operator.neg, value) if type(value) is timedelta else None
