"""Compile unary tests: the cells of decision tables, and what stands after `in`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel import nodes, operators
from engine.feel.frames import Frame, TestCode
from engine.feel.values import Value

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler, Scope

_CONSTANT = frozenset({str, bool, Decimal})


def cell(compiler: Compiler, node: nodes.Tests, scope: Scope) -> TestCode:
    """Return the code of a whole cell; no tests at all (`-`) lets everything pass."""
    tests = node.tests
    if not tests:
        return lambda frame, value: True
    if len(tests) == 1 and isinstance(tests[0], nodes.Not):
        inner = any_of(compiler, tests[0].tests, scope)
        return lambda frame, value: operators.negate(inner(frame, value))
    return any_of(compiler, tests, scope)


def any_of(compiler: Compiler, tests: list[nodes.Node], scope: Scope) -> TestCode:
    """Return the code that lets a value pass if one test does."""
    codes = [_one(compiler, test, scope) for test in tests]
    if len(codes) == 1:
        return codes[0]
    return lambda frame, value: operators.some([code(frame, value) for code in codes])


def _one(compiler: Compiler, test: nodes.Node, scope: Scope) -> TestCode:
    if isinstance(test, nodes.Test):
        return _comparison(compiler, test, scope)
    if isinstance(test, nodes.Literal) and type(test.value) in _CONSTANT:
        wanted = test.value
        return lambda frame, value: operators.equals(value, wanted)
    if test.asks:
        return _question(compiler, test, scope)
    return _value(compiler, test, scope)


def _comparison(compiler: Compiler, test: nodes.Test, scope: Scope) -> TestCode:
    compare = operators.COMPARISONS[test.operator]
    operand = compiler.compile(test.operand, scope.binding("?"))
    if not test.asks:
        return lambda frame, value: compare(value, operand(frame))
    return lambda frame, value: compare(value, operand(frame.inside({"?": value})))


def _question(compiler: Compiler, test: nodes.Node, scope: Scope) -> TestCode:
    """A test that reads `?` is a condition of its own."""
    condition = compiler.compile(test, scope.binding("?"))

    def ask(frame: Frame, value: Value) -> bool | None:
        result = condition(frame.inside({"?": value}))
        return result if type(result) is bool else None

    return ask


def _value(compiler: Compiler, test: nodes.Node, scope: Scope) -> TestCode:
    """A test that does not read `?` names the value, or a list or range that holds it."""
    wanted = compiler.compile(test, scope)

    def compare(frame: Frame, value: Value) -> bool | None:
        result = wanted(frame)
        if type(result) is bool and type(value) is not bool and value is not None:
            return result
        return operators.matches(value, result)

    return compare
