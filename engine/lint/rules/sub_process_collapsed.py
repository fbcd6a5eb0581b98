"""Refuse a sub-process that hides its steps.

Refused: a sub-process that is drawn collapsed.
Why:     its steps stand on a second sheet, which is not printed and not looked at in meetings.
Instead: draw it expanded, or make it a called part.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import SUB_PROCESSES, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at the mark on the shape."""
    if not diagram.is_drawn:
        return
    for node in diagram.of_kind(*SUB_PROCESSES):
        shape = diagram.shapes.get(node.id)
        if shape is not None and not shape.is_expanded:
            yield error(shape, "{node} is drawn collapsed.", "Expand it.", node=node.title)
