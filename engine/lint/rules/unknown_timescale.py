"""Refuse timescales that the deployment does not hold.

Refused: an unknown key in `timescale`, or in `due("…")` in an expression.
Why:     the timer would never fall due.
Instead: a key of `timescales.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, timescales_in
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look every timescale up."""
    if known is None:
        return
    for node in diagram.nodes:
        for timescale in node.words("timescale"):
            if timescale not in known.timescales:
                message = "{title} names “{timescale}”, which is no timescale."
                yield error(node, message, "Choose a timescale.", timescale=timescale)
    named = {name for node in diagram.nodes for name in node.words("timescale")}
    for expression in diagram.expressions():
        for timescale in timescales_in(expression.text):
            if timescale not in known.timescales and timescale not in named:
                message = "The expression asks for “{timescale}”, which is no timescale."
                yield error(expression, message, "Choose a timescale.", timescale=timescale)
