"""The functions that say how points and ranges lie to each other."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel.builtins.registry import builtin
from engine.feel.operators import at_most, equals, every, less, negate, some
from engine.feel.values import Range, Value

_Relation = Callable[[Range, Range], "bool | None"]


def _span(value: Value) -> Range:
    """Return a range as it is, and a point as the range that holds nothing else."""
    if type(value) is Range:
        return value
    if at_most(value, value) is None:
        raise ValueError("not a point")
    return Range(value, value)


def _register(name: str, first: str, second: str, relation: _Relation) -> None:
    def relate(left: Value, right: Value) -> bool | None:
        if first == "range" and type(left) is not Range:
            return None
        if second == "range" and type(right) is not Range:
            return None
        return relation(_span(left), _span(right))

    builtin(name, f"{first}1: any", f"{second}2: any")(relate)


def _before(a: Range, b: Range) -> bool | None:
    touching = not (a.high_included and b.low_included)
    return some([less(a.high, b.low), every([touching, equals(a.high, b.low)])])


def _after(a: Range, b: Range) -> bool | None:
    return _before(b, a)


def _meets(a: Range, b: Range) -> bool | None:
    return every([a.high_included, b.low_included, equals(a.high, b.low)])


def _met_by(a: Range, b: Range) -> bool | None:
    return _meets(b, a)


def _overlaps(a: Range, b: Range) -> bool | None:
    return every([negate(_before(a, b)), negate(_before(b, a))])


def _starts_no_later(a: Range, b: Range) -> bool | None:
    included = a.low_included or not b.low_included
    return some([less(a.low, b.low), every([included, equals(a.low, b.low)])])


def _ends_no_later(a: Range, b: Range) -> bool | None:
    included = b.high_included or not a.high_included
    return some([less(a.high, b.high), every([included, equals(a.high, b.high)])])


def _overlaps_before(a: Range, b: Range) -> bool | None:
    starts_first = negate(_starts_no_later(b, a))
    return every([starts_first, _ends_no_later(a, b), _overlaps(a, b)])


def _overlaps_after(a: Range, b: Range) -> bool | None:
    starts_last = negate(_starts_no_later(a, b))
    return every([starts_last, _ends_no_later(b, a), _overlaps(a, b)])


def _same_start(a: Range, b: Range) -> bool | None:
    return every([a.low_included == b.low_included, equals(a.low, b.low)])


def _same_end(a: Range, b: Range) -> bool | None:
    return every([a.high_included == b.high_included, equals(a.high, b.high)])


def _includes(a: Range, b: Range) -> bool | None:
    return every([_starts_no_later(a, b), _ends_no_later(b, a)])


def _during(a: Range, b: Range) -> bool | None:
    return _includes(b, a)


def _finishes(a: Range, b: Range) -> bool | None:
    return every([_same_end(a, b), _starts_no_later(b, a)])


def _finished_by(a: Range, b: Range) -> bool | None:
    return _finishes(b, a)


def _starts(a: Range, b: Range) -> bool | None:
    return every([_same_start(a, b), _ends_no_later(a, b)])


def _started_by(a: Range, b: Range) -> bool | None:
    return _starts(b, a)


def _coincides(a: Range, b: Range) -> bool | None:
    return every([_same_start(a, b), _same_end(a, b)])


_register("before", "any", "any", _before)
_register("after", "any", "any", _after)
_register("meets", "range", "range", _meets)
_register("met by", "range", "range", _met_by)
_register("overlaps", "range", "range", _overlaps)
_register("overlaps before", "range", "range", _overlaps_before)
_register("overlaps after", "range", "range", _overlaps_after)
_register("finishes", "any", "range", _finishes)
_register("finished by", "range", "any", _finished_by)
_register("includes", "range", "any", _includes)
_register("during", "any", "range", _during)
_register("starts", "any", "range", _starts)
_register("started by", "range", "any", _started_by)
_register("coincides", "any", "any", _coincides)
