"""Take a condition apart into the comparisons that it is made of."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.feel import nodes
from engine.feel.compiler import Compiler, Scope
from engine.feel.expression import Expression, all_functions, phrases_of
from engine.feel.grammar import parse
from engine.feel.values import Value

#: What tells two comparisons apart; where they stand and how deep does not.
_APART = frozenset({"depth", "size", "asks", "line", "column"})


@dataclass(frozen=True, eq=False)
class Leaf:
    """One comparison. Two with the same `key` ask the same question.

    `name` and `against` are set where a single name is held against values that are written out:
    `a = "x"`, `a != null`, `a in ("x", "y")`, `list contains(["x", "y"], a)`, or a bare `a`, which
    is held against true.
    """

    key: Any
    expression: Expression
    name: str = ""
    against: tuple[Value, ...] = ()


@dataclass(frozen=True, eq=False)
class Joined:
    """Formulas joined by `and` (`conjunction`) or by `or`."""

    conjunction: bool
    parts: tuple[Formula, ...]


@dataclass(frozen=True, eq=False)
class Negated:
    """`not(...)` of a formula."""

    part: Formula


@dataclass(frozen=True, eq=False)
class Settled:
    """`(...) = true`: never null, whatever the formula inside is."""

    part: Formula
    wanted: bool


@dataclass(frozen=True, eq=False)
class Chosen:
    """`if condition then yes else no`."""

    condition: Formula
    yes: Formula
    no: Formula


@dataclass(frozen=True, eq=False)
class Fixed:
    """True, false or null, written out."""

    value: bool | None


Formula = Leaf | Joined | Negated | Settled | Chosen | Fixed


@functools.lru_cache(maxsize=1_024)
def take_apart(source: str) -> Formula:
    """Return the formula of a condition.

    Raises:  FeelError.
    """
    text = source.replace("=", " ", 1) if source.lstrip().startswith("=") else source
    return _formula(parse(text, "expression", "", phrases_of(frozenset())), text)


def value_of(formula: Formula, ask: Callable[[Leaf], Value]) -> bool | None:
    """Return what a formula comes to; `ask` says what a leaf is, and only for those that count."""
    if isinstance(formula, Leaf):
        value = ask(formula)
        return value if isinstance(value, bool) else None
    if isinstance(formula, Joined):
        return _joined(formula, ask)
    if isinstance(formula, Negated):
        inner = value_of(formula.part, ask)
        return None if inner is None else not inner
    if isinstance(formula, Settled):
        return value_of(formula.part, ask) is formula.wanted
    if isinstance(formula, Chosen):
        yes = value_of(formula.condition, ask) is True
        return value_of(formula.yes if yes else formula.no, ask)
    return formula.value


def leaves_of(formula: Formula) -> Iterator[Leaf]:
    """Yield the comparisons of a formula, as they are written."""
    if isinstance(formula, Leaf):
        yield formula
    elif isinstance(formula, Joined):
        for part in formula.parts:
            yield from leaves_of(part)
    elif isinstance(formula, Negated | Settled):
        yield from leaves_of(formula.part)
    elif isinstance(formula, Chosen):
        for part in (formula.condition, formula.yes, formula.no):
            yield from leaves_of(part)


def _joined(formula: Joined, ask: Callable[[Leaf], Value]) -> bool | None:
    unknown = False
    for part in formula.parts:
        value = value_of(part, ask)
        if value is (not formula.conjunction):
            return value
        unknown = unknown or value is None
    return None if unknown else formula.conjunction


def _formula(node: nodes.Node, source: str) -> Formula:
    if isinstance(node, nodes.Group):
        return _formula(node.body, source)
    if isinstance(node, nodes.Logic):
        return Joined(node.conjunction, tuple(_formula(each, source) for each in node.operands))
    if isinstance(node, nodes.Not) and len(node.tests) == 1:
        return Negated(_formula(node.tests[0], source))
    if isinstance(node, nodes.Conditional):
        parts = (node.condition, node.chosen, node.other)
        return Chosen(*(_formula(part, source) for part in parts))
    if isinstance(node, nodes.Literal) and (node.value is None or isinstance(node.value, bool)):
        return Fixed(node.value)
    if isinstance(node, nodes.Comparison):
        return _comparison(node, source)
    return _leaf(node, source)


def _comparison(node: nodes.Comparison, source: str) -> Formula:
    left, right = _bare(node.left), node.right
    asks = isinstance(left, nodes.Comparison | nodes.Logic | nodes.Not | nodes.Loop)
    said = right.value if isinstance(right, nodes.Literal) else None
    if node.operator == "=" and asks and isinstance(said, bool):
        return Settled(_formula(left, source), said)
    if node.operator == "!=":
        return Negated(_comparison(nodes.Comparison("=", node.left, node.right), source))
    return _leaf(node, source)


def _bare(node: nodes.Node) -> nodes.Node:
    while isinstance(node, nodes.Group):
        node = node.body
    return node


def _leaf(node: nodes.Node, source: str) -> Leaf:
    compiler = Compiler(source, "", None, all_functions(frozenset()))
    code = compiler.compile(node, Scope())
    name, against = _one_name(node)
    return Leaf(_key(node), Expression(source, compiler, code), name, against)


def _one_name(node: nodes.Node) -> tuple[str, tuple[Value, ...]]:
    """Return the name that is held against values, and these values; no name for all else."""
    if isinstance(node, nodes.Name):
        return node.name, (True,)
    held: nodes.Node | None = None
    values: list[nodes.Node] = []
    if isinstance(node, nodes.Comparison) and node.operator == "=":
        held, values = node.left, [node.right]
        if isinstance(held, nodes.Literal):
            held, values = node.right, [node.left]
    elif isinstance(node, nodes.In):
        held, values = node.operand, list(node.tests)
    elif isinstance(node, nodes.Call) and node.name == "list contains" and not node.named:
        listed, held = node.positional
        values = listed.items if isinstance(listed, nodes.Items) else [listed]
    found = tuple(each.value for each in values if isinstance(each, nodes.Literal))
    if isinstance(held, nodes.Name) and len(found) == len(values):
        return held.name, found
    return "", ()


def _key(node: Any) -> Any:
    """Return what a node says, without where it stands."""
    if isinstance(node, nodes.Group):
        return _key(node.body)
    if isinstance(node, nodes.Node | nodes.TypeName):
        said = (field.name for field in fields(node) if field.name not in _APART)
        return (type(node).__name__, *(_key(getattr(node, name)) for name in said))
    if isinstance(node, list | tuple):
        return tuple(_key(each) for each in node)
    if isinstance(node, Mapping):
        return tuple((name, _key(each)) for name, each in node.items())
    return (type(node).__name__, str(node))
