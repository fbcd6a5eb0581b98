"""Spans: days, months, years and what lies between two of them, as exactly as they are known."""

from engine.spans.days import time_of_day
from engine.spans.saying import say_span
from engine.spans.span import (
    ABOUT,
    ABOUT_UNCERTAIN,
    CERTAIN,
    UNCERTAIN,
    Point,
    Span,
    overlaps,
    read_span,
    sort_key,
)
from engine.spans.words import (
    BACKWARDS,
    NO_SUCH_DAY,
    NOT_READ,
    TWO_DIGITS,
    VAGUE,
    Heard,
    understand,
)

__all__ = [
    "ABOUT",
    "ABOUT_UNCERTAIN",
    "BACKWARDS",
    "CERTAIN",
    "NOT_READ",
    "NO_SUCH_DAY",
    "TWO_DIGITS",
    "UNCERTAIN",
    "VAGUE",
    "Heard",
    "Point",
    "Span",
    "overlaps",
    "read_span",
    "say_span",
    "sort_key",
    "time_of_day",
    "understand",
]
