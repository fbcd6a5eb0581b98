"""Compile paths such as `a.b` and filters such as `a[b > 1]`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.feel import nodes
from engine.feel.budget import bound_depth, spend
from engine.feel.frames import Code, Frame
from engine.feel.values import Months, Range, Value, whole

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler, Scope


def path(compiler: Compiler, node: nodes.Path, scope: Scope) -> Code:
    """Return the code of `operand.name`."""
    operand = compiler.compile(node.operand, scope)
    name = node.name
    return lambda frame: entry(operand(frame), name)


def entry(value: Value, name: str, depth: int = 0) -> Value:
    """Return the entry of a context, the part of a moment, or such of each item of a list."""
    kind = type(value)
    if kind is dict:
        return value.get(name)
    if kind is list:
        bound_depth(depth)
        spend(len(value))
        return [entry(item, name, depth + 1) for item in value]
    part = _PARTS.get(kind, {}).get(name)
    return None if part is None else part(value)


def _number(read: Callable[[Any], int]) -> Callable[[Any], Value]:
    return lambda value: Decimal(read(value))


def _second(moment: time | datetime) -> Decimal:
    return Decimal(moment.second) + Decimal(moment.microsecond).scaleb(-6)


def _offset(moment: time | datetime) -> timedelta | None:
    return moment.utcoffset()


def _zone_name(moment: time | datetime) -> str | None:
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else None


def _part_of(read: Callable[[int], int]) -> Callable[[timedelta], Value]:
    """Read a part of a duration, which carries the sign of the whole."""

    def part(length: timedelta) -> Value:
        negative = length < timedelta()
        size = -length if negative else length
        amount = read(size.days * 86_400 + size.seconds)
        return Decimal(-amount if negative else amount)

    return part


_DAY: dict[str, Callable[[Any], Value]] = {
    "year": _number(lambda day: day.year),
    "month": _number(lambda day: day.month),
    "day": _number(lambda day: day.day),
    "weekday": _number(lambda day: day.isoweekday()),
}
_CLOCK: dict[str, Callable[[Any], Value]] = {
    "hour": _number(lambda moment: moment.hour),
    "minute": _number(lambda moment: moment.minute),
    "second": _second,
    "time offset": _offset,
    "timezone": _zone_name,
}
_PARTS: dict[type, dict[str, Callable[[Any], Value]]] = {
    date: _DAY,
    time: _CLOCK,
    datetime: {**_DAY, **_CLOCK},
    Months: {
        "years": _number(lambda length: length.years),
        "months": _number(lambda length: length.months),
    },
    timedelta: {
        "days": _part_of(lambda seconds: seconds // 86_400),
        "hours": _part_of(lambda seconds: seconds // 3_600 % 24),
        "minutes": _part_of(lambda seconds: seconds // 60 % 60),
        "seconds": _part_of(lambda seconds: seconds % 60),
    },
    Range: {
        "start": lambda interval: interval.low,
        "end": lambda interval: interval.high,
        "start included": lambda interval: interval.low_included,
        "end included": lambda interval: interval.high_included,
    },
}


def filtered(compiler: Compiler, node: nodes.Filter, scope: Scope) -> Code:
    """Return the code of `operand[condition]` or `operand[index]`."""
    operand = compiler.compile(node.operand, scope)
    index = _literal_index(node.condition)
    if index is not None:
        fixed = index
        return lambda frame: _at(_as_list(operand(frame)), fixed)
    inner = type(scope)(scope.bound | {"item"}, in_filter=True)
    condition = compiler.compile(node.condition, inner)
    return _select(operand, condition, node.condition.size)


def _literal_index(node: nodes.Node) -> Decimal | None:
    sign = 1
    if isinstance(node, nodes.Minus):
        node, sign = node.operand, -1
    if isinstance(node, nodes.Literal) and type(node.value) is Decimal:
        return sign * node.value
    return None


def _as_list(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if type(value) is list else [value]


def _at(items: list[Value], index: Decimal) -> Value:
    """Return the item at a place, counted from 1, or from the end where negative."""
    place = whole(index)
    if place is None or place == 0 or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]


def _select(operand: Code, condition: Code, cost: int) -> Code:
    def select(frame: Frame) -> Value:
        items = _as_list(operand(frame))
        kept: list[Value] = []
        for position, item in enumerate(items):
            spend(cost)
            result = condition(_item_frame(frame, item))
            if position == 0 and type(result) is Decimal:
                return _at(items, result)
            if result is True:
                kept.append(item)
        return kept

    return select


def _item_frame(frame: Frame, item: Value) -> Frame:
    """Return the frame in which an item's own entries can be read by their bare names."""
    inner = frame.inside({"item": item})
    return inner.inside(item) if type(item) is dict else inner
