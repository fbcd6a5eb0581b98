"""Decision tables: read from DMN, decided with FEEL."""

from __future__ import annotations

from engine.decisions.deciding import decide
from engine.decisions.reading import parse_decision
from engine.decisions.table import Decision, DecisionError, DecisionTable, Input, Output, Rule

__all__ = [
    "Decision",
    "DecisionError",
    "DecisionTable",
    "Input",
    "Output",
    "Rule",
    "decide",
    "parse_decision",
]
