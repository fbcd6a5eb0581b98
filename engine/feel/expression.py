"""Compile expressions and unary tests once, and evaluate them often."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import cast

from engine.feel import budget, nodes, unary
from engine.feel.builtins import BUILTINS
from engine.feel.calls import OWN_FUNCTIONS
from engine.feel.compiler import Compiler, Scope
from engine.feel.errors import FeelTooMuch
from engine.feel.frames import Code, Frame, TestCode
from engine.feel.grammar import parse
from engine.feel.values import Value

Functions = Mapping[str, Callable[..., Value]]
Call = tuple[str, "tuple[Value, ...] | None"]
_CACHED = 4_096


class _Compiled:
    """What is known of an expression without evaluating it."""

    def __init__(self, source: str, compiler: Compiler) -> None:
        self.source = source
        #: The names that the expression reads from its caller.
        self.names: frozenset[str] = frozenset(compiler.free)
        #: Bare names inside a filter, which an item's entry may answer before the caller does.
        self.item_names: frozenset[str] = frozenset(compiler.item_names)
        #: Every function call: its name, and its arguments if all of them are written out.
        self.calls: tuple[Call, ...] = tuple(compiler.calls)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"


class Expression(_Compiled):
    """A compiled expression; safe to keep and to share between threads."""

    def __init__(self, source: str, compiler: Compiler, code: Code) -> None:
        """Take what `compile_expression` found."""
        super().__init__(source, compiler)
        self._code = code

    def evaluate(self, names: Mapping[str, Value], functions: Functions | None = None) -> Value:
        """Return the value for these names; names that are missing are null.

        Raises:  FeelTooMuch.
        """
        token = budget.begin()
        try:
            return self._code(Frame(names, functions))
        except RecursionError:
            raise FeelTooMuch(reason="it is nested too deeply") from None
        finally:
            budget.end(token)


class UnaryTests(_Compiled):
    """A compiled cell of a decision table; safe to keep and to share between threads."""

    def __init__(self, source: str, compiler: Compiler, code: TestCode) -> None:
        """Take what `compile_unary_tests` found."""
        super().__init__(source, compiler)
        self._code = code

    def test(
        self, value: Value, names: Mapping[str, Value], functions: Functions | None = None
    ) -> bool | None:
        """Return whether a value passes; null where that cannot be said.

        Raises:  FeelTooMuch.
        """
        token = budget.begin()
        try:
            frame = Frame(names, functions)
            return self._code(frame, frame.given("?", value))
        except RecursionError:
            raise FeelTooMuch(reason="it is nested too deeply") from None
        finally:
            budget.end(token)


def compile_expression(
    source: str,
    *,
    where: str = "",
    names: Collection[str] | None = None,
    functions: Mapping[str, int] | None = None,
) -> Expression:
    """Compile an expression; an equals sign at its front, as in forms and diagrams, is skipped.

    Takes:   where, the place named in errors; names, all that it may read (None: anything);
             functions, further functions with their arity, beside FEEL's and OWN_FUNCTIONS.
    Raises:  FeelError.
    """
    return _expression(source, where, *_keys(names, functions))


def compile_unary_tests(
    source: str,
    *,
    where: str = "",
    names: Collection[str] | None = None,
    functions: Mapping[str, int] | None = None,
) -> UnaryTests:
    """Compile the unary tests of a decision table's cell; takes and raises as an expression."""
    return _unary_tests(source, where, *_keys(names, functions))


_Keys = tuple[frozenset[str] | None, frozenset[tuple[str, int]]]


def _keys(names: Collection[str] | None, functions: Mapping[str, int] | None) -> _Keys:
    known = None if names is None else frozenset(names)
    return known, frozenset((functions or {}).items())


@functools.lru_cache(maxsize=_CACHED)
def _expression(
    source: str, where: str, names: frozenset[str] | None, functions: frozenset[tuple[str, int]]
) -> Expression:
    stripped = source.lstrip()
    # The sign is replaced by a space, so that columns in errors still count from the start.
    text = source.replace("=", " ", 1) if stripped.startswith("=") else source
    compiler = Compiler(source, where, names, all_functions(functions))
    tree = parse(text, "expression", where, phrases_of(functions))
    return Expression(source, compiler, compiler.compile(tree, Scope()))


@functools.lru_cache(maxsize=_CACHED)
def _unary_tests(
    source: str, where: str, names: frozenset[str] | None, functions: frozenset[tuple[str, int]]
) -> UnaryTests:
    compiler = Compiler(source, where, names, all_functions(functions))
    tree = cast(nodes.Tests, parse(source, "tests", where, phrases_of(functions)))
    return UnaryTests(source, compiler, unary.cell(compiler, tree, Scope()))


def all_functions(functions: frozenset[tuple[str, int]]) -> Mapping[str, int]:
    """Return the arity of every function that is known beside FEEL's own."""
    return MappingProxyType({**OWN_FUNCTIONS, **dict(functions)})


@functools.lru_cache(maxsize=64)
def phrases_of(functions: frozenset[tuple[str, int]]) -> frozenset[str]:
    """Return the function names of several words, which the grammar has to know."""
    names = [*BUILTINS, *OWN_FUNCTIONS, *(name for name, _ in functions)]
    return frozenset(name for name in names if " " in name)
