"""Spans: days, months, years and what lies between two of them, as exactly as they are known."""

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

__all__ = [
    "ABOUT",
    "ABOUT_UNCERTAIN",
    "CERTAIN",
    "UNCERTAIN",
    "Point",
    "Span",
    "overlaps",
    "read_span",
    "say_span",
    "sort_key",
]
