"""Decision tables: read from DMN, decided with FEEL; and as they are written, to be changed."""

from __future__ import annotations

from engine.decisions.deciding import decide
from engine.decisions.reading import AGGREGATIONS, HIT_POLICIES, parse_decision
from engine.decisions.table import Decision, DecisionError, DecisionTable, Input, Output, Rule
from engine.decisions.trying import (
    CellFault,
    ValueNotRead,
    column_faults,
    faults,
    read_value,
    rule_faults,
    try_table,
    written_value,
)
from engine.decisions.written import (
    COLUMN_TYPES,
    LastOutput,
    NoTableInFile,
    WrittenColumn,
    WrittenRule,
    WrittenTable,
    move_rule,
    new_table,
    read_table,
    remove_column,
    remove_rule,
    write_column,
    write_head,
    write_rule,
)

__all__ = [
    "AGGREGATIONS",
    "COLUMN_TYPES",
    "HIT_POLICIES",
    "CellFault",
    "Decision",
    "DecisionError",
    "DecisionTable",
    "Input",
    "LastOutput",
    "NoTableInFile",
    "Output",
    "Rule",
    "ValueNotRead",
    "WrittenColumn",
    "WrittenRule",
    "WrittenTable",
    "column_faults",
    "decide",
    "faults",
    "move_rule",
    "new_table",
    "parse_decision",
    "read_table",
    "read_value",
    "remove_column",
    "remove_rule",
    "rule_faults",
    "try_table",
    "write_column",
    "write_head",
    "write_rule",
    "written_value",
]
