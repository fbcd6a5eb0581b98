"""Keep the functions of the language: their names, their parameters and what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from engine.feel.budget import spend
from engine.feel.values import Months, Range, Value, whole

Function = Callable[..., Value]
_F = TypeVar("_F", bound=Function)


class Unfit:
    """The mark for an argument that a parameter cannot take; the call gives null."""


UNFIT = Unfit()
Fit = Callable[[Value], Value]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's name, the type of it, and how often it may be given."""

    name: str
    fit: Fit
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    function: Function

    def takes(self, count: int) -> bool:
        """Return whether so many arguments can be given in order."""
        if self.parameters and self.parameters[-1].repeated:
            return count >= len(self.parameters)
        required = sum(not parameter.optional for parameter in self.parameters)
        return required <= count <= len(self.parameters)

    def takes_names(self, names: set[str]) -> bool:
        """Return whether the arguments of these names can be given."""
        known = {parameter.name for parameter in self.parameters}
        required = {parameter.name for parameter in self.parameters if not parameter.optional}
        return required <= names <= known


BUILTINS: dict[str, list[Signature]] = {}


def builtin(name: str, *parameters: str) -> Callable[[_F], _F]:
    """Register a function, its parameters given as `name: type`, `name?: type` or `name...: type`.

    Several registrations under one name are several ways to call it; the function itself may
    rely on the types of its arguments.
    """

    def register(function: _F) -> _F:
        signature = Signature(tuple(map(_parameter, parameters)), function)
        BUILTINS.setdefault(name, []).append(signature)
        return function

    return register


def _parameter(text: str) -> Parameter:
    name, _, type_ = text.partition(": ")
    return Parameter(
        name.rstrip("?."), FITS[type_], optional=name.endswith("?"), repeated=name.endswith("...")
    )


def _scalar(*types: type) -> Fit:
    """Take values of some types, and a list of exactly one such value."""

    def fit(value: Value) -> Value:
        if type(value) is list and len(value) == 1:
            value = value[0]
        return value if type(value) in types else UNFIT

    return fit


def _any(value: Value) -> Value:
    return value


def _text(value: Value) -> Value:
    fitted = _only_text(value)
    if fitted is not UNFIT:
        spend(len(fitted) >> 6)
    return fitted


def _whole(value: Value) -> Value:
    number = _number(value)
    count = None if number is UNFIT else whole(number)
    return UNFIT if count is None else count


def _days(value: Value) -> Value:
    """Take a whole number of days that a calendar can hold."""
    count = _whole(value)
    return count if count is not UNFIT and abs(count) <= _MOST_DAYS else UNFIT


def _list(value: Value) -> Value:
    if value is None:
        return UNFIT
    items = value if type(value) is list else [value]
    spend(len(items))
    return items


_MOST_DAYS = 36_600
_only_text = _scalar(str)
_number = _scalar(Decimal)

FITS: dict[str, Fit] = {
    "any": _any,
    "string": _text,
    "number": _number,
    "whole": _whole,
    "days": _days,
    "boolean": _scalar(bool),
    "date": _scalar(date),
    "time": _scalar(time),
    "day": _scalar(date, datetime),
    "moment": _scalar(datetime),
    "duration": _scalar(Months, timedelta),
    "length": _scalar(Decimal, Months, timedelta),
    "range": _scalar(Range),
    "context": _scalar(dict),
    "list": _list,
}
