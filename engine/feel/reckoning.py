"""Find where an expression reckons in days with a moment, which stands in UTC and knows no days."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import timedelta

from engine.feel import nodes, temporal
from engine.feel.expression import phrases_of
from engine.feel.grammar import parse
from engine.feel.values import Months, Value

#: The functions of ours that give a moment.
_MOMENTS = ("due", "now")
#: Functions that hand a moment on.
_HANDING_ON = ("add days", "date and time", "min", "max")
#: Functions of the standard, and parts of a moment, that tell its day: the one in UTC.
_DAY_OF = (
    "date",
    "day of year",
    "day of week",
    "week of year",
    "month of year",
    "last day of month",
    "years and months duration",
)
_PARTS_OF_A_DAY = ("year", "month", "day", "weekday")
_A_DAY = timedelta(days=1)

#: The two ways in which it is done: days that are added or taken away, and a day that is read off.
DAYS_ADDED, DAY_READ = "days added", "day read"


@functools.lru_cache(maxsize=1_024)
def days_of_moments(source: str, *, tests: bool = False) -> tuple[str, ...]:
    """Return in which of the two ways an expression takes `due` or `now` for something with days.

    Takes:   tests, whether it is a cell of a decision table.
    Raises:  FeelError.
    """
    text = source.replace("=", " ", 1) if source.lstrip().startswith("=") and not tests else source
    tree = parse(text, "tests" if tests else "expression", "", phrases_of(frozenset()))
    found = {way for node in _all(tree) for way in _ways(node)}
    return tuple(way for way in (DAYS_ADDED, DAY_READ) if way in found)


def _ways(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Chain) and _adds_days(node):
        yield DAYS_ADDED
    told = isinstance(node, nodes.Call) and node.name in _DAY_OF
    part = isinstance(node, nodes.Path) and node.name in _PARTS_OF_A_DAY
    if (told or part) and any(_is_moment(each) for each in node.children()):
        yield DAY_READ


def _adds_days(chain: nodes.Chain) -> bool:
    """Say whether days meet a moment; what lies between two moments is a length of its own."""
    is_moment, has_days = _is_moment(chain.first), _has_days(chain.first)
    for operator, operand in chain.rest:
        if _is_moment(operand):
            is_moment = not (is_moment and operator == "-")
        has_days = has_days or _has_days(operand)
        if is_moment and has_days:
            return True
    return False


def _is_moment(node: nodes.Node) -> bool:
    """Say whether an expression gives a moment of ours, itself or on one of its ways."""
    if isinstance(node, nodes.Group):
        return _is_moment(node.body)
    if isinstance(node, nodes.Conditional):
        return _is_moment(node.chosen) or _is_moment(node.other)
    if isinstance(node, nodes.Call):
        handed_on = node.name in _HANDING_ON and any(map(_is_moment, node.children()))
        return node.name in _MOMENTS or handed_on
    if isinstance(node, nodes.Chain):
        operands = [_is_moment(node.first), *(_is_moment(each) for _, each in node.rest)]
        return operands.count(True) == 1
    return False


def _has_days(node: nodes.Node) -> bool:
    """Say whether a length is written that is a day or longer, or that is not written out."""
    return any(_is_days(each) for each in _all(node))


def _is_days(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Literal):
        return _as_long_as_a_day(node.value)
    if isinstance(node, nodes.Call) and node.name == "duration":
        given = next(iter(node.children()), None)
        text = given.value if isinstance(given, nodes.Literal) else None
        return not isinstance(text, str) or _as_long_as_a_day(temporal.parse_duration(text))
    return isinstance(node, nodes.Call) and node.name == "years and months duration"


def _as_long_as_a_day(value: Value) -> bool:
    return isinstance(value, Months) or (isinstance(value, timedelta) and abs(value) >= _A_DAY)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.children():
        yield from _all(child)
