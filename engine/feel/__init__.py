"""FEEL, the expression language of conditions, timers, forms and decision tables."""

from __future__ import annotations

from engine.feel.builtins import BUILTINS
from engine.feel.calls import OWN_FUNCTIONS
from engine.feel.conversion import convert, from_json, to_json
from engine.feel.errors import FeelError, FeelTooMuch
from engine.feel.expression import (
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.formulas import Formula, Leaf, leaves_of, take_apart, value_of
from engine.feel.reckoning import DAY_READ, DAYS_ADDED, days_of_moments
from engine.feel.temporal import (
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
)
from engine.feel.values import Months, Range, Value

__all__ = [
    "BUILTINS",
    "DAYS_ADDED",
    "DAY_READ",
    "OWN_FUNCTIONS",
    "Expression",
    "FeelError",
    "FeelTooMuch",
    "Formula",
    "Leaf",
    "Months",
    "Range",
    "UnaryTests",
    "Value",
    "compile_expression",
    "compile_unary_tests",
    "convert",
    "days_of_moments",
    "from_json",
    "leaves_of",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_temporal",
    "parse_time",
    "take_apart",
    "to_json",
    "value_of",
]
