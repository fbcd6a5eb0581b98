"""Apply a decision table to the names of a case, as its hit policy says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.decisions.table import Decision, DecisionError, DecisionTable, Output, Rule
from engine.feel import Value, budget, compile_expression
from engine.feel.operators import equals, matches
from engine.feel.values import type_name

Functions = Mapping[str, Callable[..., Value]]


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    answer: dict[str, Value]


def decide(
    table: DecisionTable, names: Mapping[str, Value], functions: Functions | None = None
) -> Decision:
    """Return what a table answers.

    Returns: for one hit a context of the outputs, or null where no row matches and there is no
             default; for RULE ORDER, OUTPUT ORDER and COLLECT a list of contexts; for an
             aggregation its value.
    Raises:  DecisionError, where a row or value breaks what the table promises; FeelTooMuch.
    """
    token = budget.begin()
    try:
        values = _inputs(table, names, functions)
        hits = [
            _Hit(rule, _answer(table, rule, names, functions))
            for rule in _matching(table, values, names, functions)
        ]
        if not hits:
            return Decision(_without_hit(table, names, functions), ())
        return _POLICIES[table.hit_policy](table, hits)
    finally:
        budget.end(token)


def _inputs(
    table: DecisionTable, names: Mapping[str, Value], functions: Functions | None
) -> list[Value]:
    """Evaluate the inputs; what is not known yet (null) is within every list of values."""
    values = []
    for column in table.inputs:
        value = column.expression.evaluate(names, functions)
        if value is not None:
            _check_type(table, column.label, column.type, value)
            if column.allowed and column.allowed.test(value, names, functions) is not True:
                raise _not_allowed(table, column.label, column.allowed.source)
        values.append(value)
    return values


def _matching(
    table: DecisionTable,
    values: list[Value],
    names: Mapping[str, Value],
    functions: Functions | None,
) -> list[Rule]:
    """Return the rows whose every cell is surely true; FIRST looks no further than one."""
    matching = []
    for rule in table.rules:
        cells = zip(rule.tests, values, strict=True)
        if all(tests.test(value, names, functions) is True for tests, value in cells):
            matching.append(rule)
            if table.hit_policy == "FIRST":
                break
    return matching


def _answer(
    table: DecisionTable, rule: Rule, names: Mapping[str, Value], functions: Functions | None
) -> dict[str, Value]:
    answer = {}
    for column, expression in zip(table.outputs, rule.answers, strict=True):
        value = expression.evaluate(names, functions)
        if value is not None:
            label = f"{column.name} of {_row(rule)}"
            _check_type(table, label, column.type, value)
            if column.allowed and column.allowed.test(value, names, functions) is not True:
                raise _not_allowed(table, label, column.allowed.source)
        answer[column.name] = value
    return answer


def _check_type(table: DecisionTable, label: str, wanted: str, value: Value) -> None:
    if wanted not in ("Any", type_name(value)):
        raise DecisionError(
            decision=table.id,
            reason=f"{label} is of the type {type_name(value)}, not {wanted}",
            remedy="correct the table, or the field that the value comes from",
        )


def _not_allowed(table: DecisionTable, label: str, allowed: str) -> DecisionError:
    # The value itself is case data, and errors are logged: it stays out of the sentence.
    return DecisionError(
        decision=table.id,
        reason=f"{label} has a value that is not among {allowed}",
        remedy="correct the value, or list it in the table",
    )


def _row(rule: Rule) -> str:
    return f"row {rule.row} ({rule.id})"


def _without_hit(
    table: DecisionTable, names: Mapping[str, Value], functions: Functions | None
) -> Value:
    """Return the default outputs where no row matches."""
    given = [column for column in table.outputs if column.default]
    defaults = {
        column.name: column.default.evaluate(names, functions) if column.default else None
        for column in table.outputs
    }
    if table.aggregation:
        if given:
            return defaults[given[0].name]
        return Decimal(0) if table.aggregation == "COUNT" else None
    if table.hit_policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT"):
        return [defaults] if given else []
    return defaults if given else None


def _one(hit: _Hit) -> Decision:
    return Decision(hit.answer, (hit.rule.id,))


def _several(hits: list[_Hit]) -> Decision:
    return Decision([hit.answer for hit in hits], tuple(hit.rule.id for hit in hits))


def _unique(table: DecisionTable, hits: list[_Hit]) -> Decision:
    if len(hits) > 1:
        raise DecisionError(
            decision=table.id,
            reason=f"{_row(hits[0].rule)} and {_row(hits[1].rule)} both match, "
            "and its hit policy is UNIQUE",
            remedy="change the rows so that only one can match, or choose another hit policy",
        )
    return _one(hits[0])


def _any(table: DecisionTable, hits: list[_Hit]) -> Decision:
    for hit in hits[1:]:
        if equals(hits[0].answer, hit.answer) is not True:
            raise DecisionError(
                decision=table.id,
                reason=f"{_row(hits[0].rule)} and {_row(hit.rule)} both match with different "
                "outputs, and its hit policy is ANY",
                remedy="make their outputs agree, or change the rows so that only one can match",
            )
    return Decision(hits[0].answer, tuple(hit.rule.id for hit in hits))


def _first(table: DecisionTable, hits: list[_Hit]) -> Decision:
    return _one(hits[0])


def _priority(table: DecisionTable, hits: list[_Hit]) -> Decision:
    return _one(_by_priority(table, hits)[0])


def _output_order(table: DecisionTable, hits: list[_Hit]) -> Decision:
    return _several(_by_priority(table, hits))


def _by_priority(table: DecisionTable, hits: list[_Hit]) -> list[_Hit]:
    """Sort by the outputs' lists of values, the first output weighing most; ties by row."""

    def weight(hit: _Hit) -> tuple[int, ...]:
        return tuple(_rank(column, hit.answer[column.name]) for column in table.outputs)

    return sorted(hits, key=weight)


def _rank(column: Output, value: Value) -> int:
    for rank, listed in enumerate(column.order):
        if matches(value, listed) is True:
            return rank
    return len(column.order)


def _rule_order(table: DecisionTable, hits: list[_Hit]) -> Decision:
    return _several(hits)


_COLLECTORS = {"SUM": "sum(values)", "MIN": "min(values)", "MAX": "max(values)"}


def _collect(table: DecisionTable, hits: list[_Hit]) -> Decision:
    collected = _several(hits)
    if not table.aggregation:
        return collected
    name = table.outputs[0].name
    values = [hit.answer[name] for hit in hits]
    if table.aggregation == "COUNT":
        return Decision(Decimal(len(values)), collected.rules)
    result = compile_expression(_COLLECTORS[table.aggregation]).evaluate({"values": values})
    if result is None:
        raise DecisionError(
            decision=table.id,
            reason=f"the outputs of the rows cannot be collected by {table.aggregation}",
            remedy="let every row give a value of one type, numbers for SUM",
        )
    return Decision(result, collected.rules)


_POLICIES: dict[str, Callable[[DecisionTable, list[_Hit]], Decision]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "OUTPUT ORDER": _output_order,
    "RULE ORDER": _rule_order,
    "COLLECT": _collect,
}
