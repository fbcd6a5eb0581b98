"""Compile `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel import nodes, operators
from engine.feel.budget import spend
from engine.feel.frames import Code, Frame
from engine.feel.values import NUMBERS, Range, Value

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler, Scope

#: The name that an iterator binds, and the code that gives what it runs through.
_Binding = tuple[str, Callable[[Frame], "Iterable[Value] | None"]]


class _NotIterable(Exception):
    """What an iterator should run through is null."""


def loop(compiler: Compiler, node: nodes.Loop, scope: Scope) -> Code:
    """Return the code of a loop over one or more iterators."""
    bindings: list[_Binding] = []
    for iterator in node.iterators:
        bindings.append((iterator.name, _domain(compiler, iterator, scope)))
        scope = scope.binding(iterator.name)
    if node.kind == "for" and "partial" in compiler.source:
        body = compiler.compile(node.body, scope.binding("partial"))
        return _for_with_partial(bindings, body, node.body.size)
    body = compiler.compile(node.body, scope)
    return _LOOPS[node.kind](bindings, body, node.body.size)


def _domain(
    compiler: Compiler, iterator: nodes.Iterator, scope: Scope
) -> Callable[[Frame], Iterable[Value] | None]:
    first = compiler.compile(iterator.domain, scope)
    if iterator.high is None:
        return lambda frame: _items(first(frame))
    last = compiler.compile(iterator.high, scope)
    return lambda frame: _count(first(frame), last(frame))


def _items(value: Value) -> Iterable[Value] | None:
    if type(value) is Range:
        return _inside(value)
    return value if value is None or type(value) is list else [value]


def _inside(interval: Range) -> Iterable[Value] | None:
    every_step = _count(interval.low, interval.high)
    if every_step is None:
        return None
    return (step for step in every_step if operators.within(step, interval))


def _count(first: Value, last: Value) -> Iterable[Value] | None:
    """Run through whole steps between two numbers or two days, up or down."""
    if type(first) is Decimal and type(last) is Decimal:
        return _numbers(first, last)
    if type(first) is date and type(last) is date:
        return _days(first, last)
    return None


def _numbers(first: Decimal, last: Decimal) -> Generator[Decimal, None, None]:
    step = Decimal(1 if first <= last else -1)
    while (first <= last) if step > 0 else (first >= last):
        spend(1)
        yield first
        first = NUMBERS.add(first, step)


def _days(first: date, last: date) -> Generator[date, None, None]:
    step = 1 if first <= last else -1
    for count in range(abs((last - first).days) + 1):
        spend(1)
        yield first + timedelta(days=step * count)


def _runs(frame: Frame, bindings: list[_Binding], cost: int) -> Generator[Frame, None, None]:
    """Give the frame once for every combination of the iterators' values."""
    names: dict[str, Value] = {}
    inner = frame.inside(names)

    def run(index: int) -> Generator[Frame, None, None]:
        if index == len(bindings):
            spend(cost)
            yield inner
            return
        name, domain = bindings[index]
        # The first domain is compiled for the frame outside, where nothing is bound yet.
        values = domain(inner if index else frame)
        if values is None:
            raise _NotIterable
        for value in values:
            spend(1)
            names[name] = value
            yield from run(index + 1)
        names.pop(name, None)

    return run(0)


def _for(bindings: list[_Binding], body: Code, cost: int) -> Code:
    def collect(frame: Frame) -> Value:
        results: list[Value] = []
        try:
            for inner in _runs(frame, bindings, cost):
                results.append(body(inner))
        except _NotIterable:
            return None
        return results

    return collect


def _for_with_partial(bindings: list[_Binding], body: Code, cost: int) -> Code:
    """Let the body read what came of the rounds before it, as `partial`."""

    def collect(frame: Frame) -> Value:
        results: list[Value] = []
        try:
            for inner in _runs(frame, bindings, cost):
                spend(len(results))
                results.append(body(inner.inside({"partial": list(results)})))
        except _NotIterable:
            return None
        return results

    return collect


def _quantified(decisive: bool) -> Callable[[list[_Binding], Code, int], Code]:
    def build(bindings: list[_Binding], body: Code, cost: int) -> Code:
        def decide(frame: Frame) -> Value:
            unknown = False
            try:
                for inner in _runs(frame, bindings, cost):
                    value = body(inner)
                    if value is decisive:
                        return decisive
                    unknown = unknown or type(value) is not bool
            except _NotIterable:
                return None
            return None if unknown else not decisive

        return decide

    return build


_LOOPS: dict[str, Callable[[list[_Binding], Code, int], Code]] = {
    "for": _for,
    "some": _quantified(True),
    "every": _quantified(False),
}
