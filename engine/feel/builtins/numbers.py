"""The functions on numbers."""

from __future__ import annotations

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.feel.builtins.registry import builtin
from engine.feel.operators import minus
from engine.feel.values import NUMBERS, Value, finite

_SEPARATORS = (" ", ",", ".", None)
_NUMERAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_LEAST_SCALE, _GREATEST_SCALE = -6111, 6176


@builtin("number", "from: any", "grouping separator?: any", "decimal separator?: any")
def number(source: Value, grouping: Value = None, point: Value = None) -> Value:
    """Return the number that a text writes out."""
    if type(source) is Decimal:
        return source
    if type(source) is not str or grouping not in _SEPARATORS or point not in (",", ".", None):
        return None
    if grouping is not None and grouping == point:
        return None
    text = source.strip()[:100]
    if grouping is not None:
        text = text.replace(grouping, "")
    text = text.replace(point, ".") if point else text
    return finite(NUMBERS.create_decimal(text)) if _NUMERAL.fullmatch(text) else None


def _round(value: Decimal, scale: int | None, rounding: str) -> Value:
    places = scale or 0
    if not _LEAST_SCALE <= places <= _GREATEST_SCALE:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return finite(value.quantize(Decimal((0, (1,), -places)), rounding, NUMBERS))


def _register_rounding() -> None:
    """Register the functions that differ only in how they round."""
    kinds = {
        "decimal": (ROUND_HALF_EVEN, "scale: whole"),
        "floor": (ROUND_FLOOR, "scale?: whole"),
        "ceiling": (ROUND_CEILING, "scale?: whole"),
        "round up": (ROUND_UP, "scale: whole"),
        "round down": (ROUND_DOWN, "scale: whole"),
        "round half up": (ROUND_HALF_UP, "scale: whole"),
        "round half down": (ROUND_HALF_DOWN, "scale: whole"),
    }
    for name, (rounding, scale) in kinds.items():

        def rounded(value: Decimal, places: int | None = None, how: str = rounding) -> Value:
            return _round(value, places, how)

        builtin(name, "n: number", scale)(rounded)


_register_rounding()


@builtin("abs", "n: length")
def absolute(value: Value) -> Value:
    """Return a number or duration without its sign."""
    negative = value < type(value)(0)
    return minus(value) if negative else value


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """Return the remainder, which has the sign of the divisor."""
    if not divisor:
        return None
    rest = NUMBERS.remainder(dividend, divisor)
    if not rest.is_finite():
        # The quotient has more digits than a number holds.
        return None
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt", "number: number")
def square_root(value: Decimal) -> Value:
    """Return the square root; null below zero."""
    return finite(NUMBERS.sqrt(value))


@builtin("log", "number: number")
def logarithm(value: Decimal) -> Value:
    """Return the natural logarithm; null for zero and below."""
    return finite(NUMBERS.ln(value)) if value > 0 else None


@builtin("exp", "number: number")
def exponential(value: Decimal) -> Value:
    """Return e to the power of a number."""
    return finite(NUMBERS.exp(value))


@builtin("odd", "number: whole")
def odd(value: int) -> bool:
    """Return whether a whole number is odd."""
    return value % 2 == 1


@builtin("even", "number: whole")
def even(value: int) -> bool:
    """Return whether a whole number is even."""
    return value % 2 == 0
