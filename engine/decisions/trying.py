"""Say what is wrong in the cells of a table as it is written, and try a table with values."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.decisions.deciding import Functions, decide
from engine.decisions.table import Decision, DecisionTable
from engine.decisions.written import WrittenColumn, WrittenRule, WrittenTable
from engine.feel import (
    FeelError,
    FeelTooMuch,
    Value,
    compile_expression,
    compile_unary_tests,
    convert,
)

#: Where in a table a text stands: the id of its row or column, and which of its texts (from 0).
Place = tuple[str, int]
#: Which text of a column is which, as places count them.
TESTED, VALUES = 0, 1
_WORDS = {"true": True, "false": False, "null": None}
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one text, as the evaluator says it: the reason and what to do."""

    reason: str
    remedy: str


def faults(table: WrittenTable, names: Collection[str] | None = None) -> dict[Place, CellFault]:
    """Return what is wrong with each cell and column of a table.

    Takes:   names that the table may read; None, any.
    """
    found: dict[Place, CellFault] = {}
    for column in table.columns:
        for place, fault in column_faults(column, names).items():
            found[column.id, place] = fault
    for rule in table.rules:
        for place, fault in rule_faults(table, rule, names).items():
            found[rule.id, place] = fault
    return found


def column_faults(
    column: WrittenColumn, names: Collection[str] | None = None
) -> dict[int, CellFault]:
    """Return what is wrong with what a column tests or is called, and with its list of values."""
    found: dict[int, CellFault | None] = {}
    if column.kind == "input":
        found[TESTED] = _fault(column.tested, names, tests=False) if column.tested else _EMPTY
    elif not _NAME.fullmatch(column.tested):
        found[TESTED] = _NO_NAME
    if column.values:
        found[VALUES] = _fault(column.values, names, tests=True)
    return {place: fault for place, fault in found.items() if fault}


def rule_faults(
    table: WrittenTable, rule: WrittenRule, names: Collection[str] | None = None
) -> dict[int, CellFault]:
    """Return what is wrong with the cells of a row, by their place."""
    kinds = [column.kind for column in table.columns]
    told = (
        (place, _fault(cell or empty, names, tests=kind == "input"))
        for place, (kind, cell) in enumerate(zip(kinds, rule.cells, strict=False))
        for empty in ("-" if kind == "input" else "null",)
    )
    return {place: fault for place, fault in told if fault}


def try_table(
    table: DecisionTable, typed: Mapping[str, str], types: Mapping[str, str], functions: Functions
) -> Decision:
    """Return what a table answers for values as somebody types them.

    Takes:   typed, a text by name; nothing is null. types, the FEEL type of a name where known.
    Raises:  ValueNotRead, naming the name; DecisionError; FeelTooMuch.
    """
    names = {name: read_value(name, text, types.get(name, "Any")) for name, text in typed.items()}
    return decide(table, names, functions)


class ValueNotRead(ValueError):
    """What was typed for a name is no value of its type."""

    def __init__(self, name: str, reason: str) -> None:
        """Take the name, and what the evaluator says of it."""
        self.name, self.reason = name, reason
        super().__init__(name)


def read_value(name: str, text: str, wanted: str) -> Value:
    """Return the value of what was typed: a text as it is, a day, a number, or FEEL.

    Raises:  ValueNotRead.
    """
    text = text.strip()
    if not text:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if wanted == "string" and not text.startswith('"'):
        return text
    if wanted in ("date", "time", "date and time", "number"):
        value = convert(text, wanted)
        if value is not None:
            return value
    try:
        return compile_expression(text, names=()).evaluate({})
    except FeelError as error:
        raise ValueNotRead(name, f"{error.reason}. {error.remedy}") from None
    except FeelTooMuch as error:
        raise ValueNotRead(name, error.message) from None


def written_value(value: Value) -> str:
    """Return a value as FEEL writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    written = compile_expression("string(value)").evaluate({"value": value})
    return "null" if written is None else str(written)


_EMPTY = CellFault("is empty", "name the fact that the column tests")
_NO_NAME = CellFault("is no name that expressions can read", "name the output in snake_case")


def _fault(text: str, names: Collection[str] | None, *, tests: bool) -> CellFault | None:
    try:
        (compile_unary_tests if tests else compile_expression)(text, names=names)
    except FeelError as error:
        return CellFault(f"{error.reason} (column {error.column})", error.remedy)
    return None
