"""Refuse multi-instance that goes one by one.

Refused: `isSequential="true"`.
Why:     instances that follow an item list have no order; one agency that does not answer would
         hold up all others.
Instead: parallel multi-instance.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for the mark."""
    for node in diagram.nodes:
        if node.loop is not None and node.loop.get("isSequential") == "true":
            yield error(
                node,
                "{title} goes through its items one by one.",
                "Make the repetition parallel.",
            )
