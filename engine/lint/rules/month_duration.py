"""Warn of a length in months inside an expression.

Refused: nothing; it is a warning.
Why:     a month has no fixed length: 31 August and six months give the last day of February. A
         figure in a diagram is also a second place for what `timescales.toml` says once.
Instead: a row of `timescales.toml`, and `due()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, warning
from engine.lint.known import Known

_MONTHS = re.compile(r'"-?P(?:\d+Y)?\d+M|"-?P\d+Y')


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for literals of months or years."""
    for expression in diagram.expressions():
        if _MONTHS.search(expression.text):
            yield warning(
                expression,
                "The expression holds a length in months; a month end moves with it.",
                "Make it a timescale, and ask for its due day.",
            )
