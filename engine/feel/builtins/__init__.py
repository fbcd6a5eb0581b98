"""The functions of the language; importing a module here registers what it holds."""

from __future__ import annotations

from engine.feel.builtins import contexts, lists, moments, numbers, ranges, spans, texts
from engine.feel.builtins.registry import BUILTINS, FITS, UNFIT, Fit, Signature

__all__ = [
    "BUILTINS",
    "FITS",
    "UNFIT",
    "Fit",
    "Signature",
    "contexts",
    "lists",
    "moments",
    "numbers",
    "ranges",
    "spans",
    "texts",
]
