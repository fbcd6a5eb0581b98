"""Describe a decision table as it stands in its file, every expression compiled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.errors import EngineError
from engine.feel import Expression, UnaryTests, Value


class DecisionError(EngineError):
    """The table {decision} gives no answer: {reason}. What to do: {remedy}."""

    status = 422


@dataclass(frozen=True)
class Input:
    """A column that is tested: its expression, its FEEL type and the values it may have."""

    label: str
    expression: Expression
    type: str
    allowed: UnaryTests | None


@dataclass(frozen=True)
class Output:
    """A column that is answered: its name, its type, its values in order, and its default."""

    name: str
    type: str
    allowed: UnaryTests | None
    order: tuple[Value, ...]
    default: Expression | None


@dataclass(frozen=True)
class Rule:
    """A row: the catalogue's id for it, its place from 1, its tests and its answers."""

    id: str
    row: int
    tests: tuple[UnaryTests, ...]
    answers: tuple[Expression, ...]


@dataclass(frozen=True)
class DecisionTable:
    """A decision table; `hit_policy` and `aggregation` are the words of the standard."""

    id: str
    name_en: str
    name_cy: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def expressions(self) -> tuple[Expression | UnaryTests, ...]:
        """Return everything in the table that is written in FEEL."""
        columns = (self._of_inputs, self._of_outputs, self._of_rules)
        return tuple(expression for column in columns for expression in column)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the table reads from its caller."""
        return frozenset[str]().union(*(expression.names for expression in self.expressions))

    @property
    def _of_inputs(self) -> list[Expression | UnaryTests]:
        allowed = [column.allowed for column in self.inputs if column.allowed]
        return [*(column.expression for column in self.inputs), *allowed]

    @property
    def _of_outputs(self) -> list[Expression | UnaryTests]:
        allowed = [column.allowed for column in self.outputs if column.allowed]
        return [*(column.default for column in self.outputs if column.default), *allowed]

    @property
    def _of_rules(self) -> list[Expression | UnaryTests]:
        cells: list[Expression | UnaryTests] = []
        for rule in self.rules:
            cells += [*rule.tests, *rule.answers]
        return cells


@dataclass(frozen=True)
class Decision:
    """What a table answered, and the ids of the rows that the answer comes from."""

    result: Value
    rules: tuple[str, ...]
