"""Compile the syntax tree of an expression into Python closures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.feel import calls, loops, nodes, operators, paths, types, unary
from engine.feel.errors import FeelError, suggest
from engine.feel.frames import Code, Frame, read_anywhere, read_given
from engine.feel.values import Range, Value


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known while compiling about the place where a node stands."""

    bound: frozenset[str] = frozenset()
    in_filter: bool = False

    def binding(self, *names: str) -> Scope:
        """Return the scope with more names bound."""
        return replace(self, bound=self.bound | set(names))


class Compiler:
    """Compiles one expression and notes the names and calls that it meets."""

    def __init__(
        self,
        source: str,
        where: str,
        names: Collection[str] | None,
        functions: Mapping[str, int],
    ) -> None:
        """Take the known names (None: anything goes) and the arity of the known functions."""
        self.source, self.where = source, where
        self.known = None if names is None else frozenset(names)
        self.functions = functions
        self.free: set[str] = set()
        self.item_names: set[str] = set()
        self.calls: list[tuple[str, tuple[Value, ...] | None]] = []

    def refuse(self, line: int, column: int, reason: str, remedy: str) -> FeelError:
        """Return the error for a place in this expression."""
        return FeelError(self.where, line, column, reason, remedy, self.source)

    def compile(self, node: nodes.Node, scope: Scope) -> Code:
        """Return the code of a node."""
        return _COMPILE[type(node)](self, node, scope)

    def name(self, node: nodes.Name, scope: Scope) -> Code:
        """Return the code of a name, noting it unless it is bound inside the expression."""
        name = node.name
        if name in scope.bound:
            return read_anywhere(name)
        if name == "?":
            remedy = "name the value instead"
            raise self.refuse(node.line, node.column, "? stands outside a unary test", remedy)
        if self.known is None or name in self.known:
            if scope.in_filter and self.known is None:
                self.item_names.add(name)
            else:
                self.free.add(name)
        elif scope.in_filter:
            self.item_names.add(name)
        else:
            raise self._unknown(node)
        return read_anywhere(name) if scope.bound else read_given(name)

    def _unknown(self, node: nodes.Name) -> FeelError:
        reason = f"the name `{node.name}` is not known here"
        remedy = suggest(node.name, self.known or ()) or "declare it, or correct the spelling"
        return self.refuse(node.line, node.column, reason, remedy)


def _literal(compiler: Compiler, node: nodes.Literal, scope: Scope) -> Code:
    value = node.value
    return lambda frame: value


def _name(compiler: Compiler, node: nodes.Name, scope: Scope) -> Code:
    return compiler.name(node, scope)


def _group(compiler: Compiler, node: nodes.Group, scope: Scope) -> Code:
    return compiler.compile(node.body, scope)


def _chain(compiler: Compiler, node: nodes.Chain, scope: Scope) -> Code:
    first = compiler.compile(node.first, scope)
    rest = [
        (operators.ARITHMETIC[sign], compiler.compile(operand, scope))
        for sign, operand in node.rest
    ]
    if len(rest) == 1:
        combine, second = rest[0]
        return lambda frame: combine(first(frame), second(frame))

    def reckon(frame: Frame) -> Value:
        value = first(frame)
        for combine, operand in rest:
            value = combine(value, operand(frame))
        return value

    return reckon


def _logic(compiler: Compiler, node: nodes.Logic, scope: Scope) -> Code:
    operands = [compiler.compile(operand, scope) for operand in node.operands]
    decisive = not node.conjunction

    def decide(frame: Frame) -> Value:
        unknown = False
        for operand in operands:
            value = operand(frame)
            if value is decisive:
                return decisive
            if value is None or type(value) is not bool:
                unknown = True
        return None if unknown else not decisive

    return decide


def _minus(compiler: Compiler, node: nodes.Minus, scope: Scope) -> Code:
    operand = compiler.compile(node.operand, scope)
    return lambda frame: operators.minus(operand(frame))


def _comparison(compiler: Compiler, node: nodes.Comparison, scope: Scope) -> Code:
    left, right = compiler.compile(node.left, scope), compiler.compile(node.right, scope)
    compare = operators.COMPARISONS[node.operator]
    return lambda frame: compare(left(frame), right(frame))


def _between(compiler: Compiler, node: nodes.Between, scope: Scope) -> Code:
    operand = compiler.compile(node.operand, scope)
    low, high = compiler.compile(node.low, scope), compiler.compile(node.high, scope)

    def test(frame: Frame) -> Value:
        value = operand(frame)
        above = operators.at_least(value, low(frame))
        return operators.every([above, operators.at_most(value, high(frame))])

    return test


def _in(compiler: Compiler, node: nodes.In, scope: Scope) -> Code:
    operand = compiler.compile(node.operand, scope)
    test = unary.any_of(compiler, node.tests, scope)
    return lambda frame: test(frame, operand(frame))


def _not(compiler: Compiler, node: nodes.Not, scope: Scope) -> Code:
    if len(node.tests) != 1 or isinstance(node.tests[0], nodes.Test):
        reason, remedy = "not(...) takes one condition here", "write not(a = b)"
        raise compiler.refuse(node.line, node.column, reason, remedy)
    operand = compiler.compile(node.tests[0], scope)
    return lambda frame: operators.negate(operand(frame))


def _instance_of(compiler: Compiler, node: nodes.InstanceOf, scope: Scope) -> Code:
    operand = compiler.compile(node.operand, scope)
    check = types.checker(compiler, node.type)
    return lambda frame: check(operand(frame))


def _interval(compiler: Compiler, node: nodes.Interval, scope: Scope) -> Code:
    low, high = compiler.compile(node.low, scope), compiler.compile(node.high, scope)
    low_included, high_included = node.low_included, node.high_included

    def build(frame: Frame) -> Value:
        start, stop = low(frame), high(frame)
        if operators.at_most(start, stop) is None:
            return None
        return Range(start, stop, low_included, high_included)

    return build


def _items(compiler: Compiler, node: nodes.Items, scope: Scope) -> Code:
    items = [compiler.compile(item, scope) for item in node.items]
    return lambda frame: [item(frame) for item in items]


def _context(compiler: Compiler, node: nodes.Context, scope: Scope) -> Code:
    entries: list[tuple[str, Code]] = []
    for name, entry in node.entries:
        # The frame of the entries stands between, so names are looked up frame by frame.
        entries.append((name, compiler.compile(entry, scope)))
        scope = scope.binding(name)

    def build(frame: Frame) -> Value:
        context: dict[str, Value] = {}
        inner = frame.inside(context)
        for name, entry in entries:
            context[name] = entry(inner if context else frame)
        return context

    return build


def _conditional(compiler: Compiler, node: nodes.Conditional, scope: Scope) -> Code:
    condition = compiler.compile(node.condition, scope)
    chosen, other = compiler.compile(node.chosen, scope), compiler.compile(node.other, scope)
    return lambda frame: chosen(frame) if condition(frame) is True else other(frame)


_COMPILE: dict[type[nodes.Node], Callable[[Compiler, Any, Scope], Code]] = {
    nodes.Literal: _literal,
    nodes.Name: _name,
    nodes.Group: _group,
    nodes.Chain: _chain,
    nodes.Logic: _logic,
    nodes.Minus: _minus,
    nodes.Comparison: _comparison,
    nodes.Between: _between,
    nodes.In: _in,
    nodes.Not: _not,
    nodes.InstanceOf: _instance_of,
    nodes.Interval: _interval,
    nodes.Items: _items,
    nodes.Context: _context,
    nodes.Conditional: _conditional,
    nodes.Path: paths.path,
    nodes.Filter: paths.filtered,
    nodes.Call: calls.call,
    nodes.Loop: loops.loop,
}
