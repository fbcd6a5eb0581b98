"""Refuse a name whose place on the sheet is not fixed.

Refused: a named event, gateway or flow without bounds for its label.
Why:     each viewer would then put the label where it likes, often over a line, and nobody could
         hold that it is clear.
Instead: move the label once in the editor; it then writes the bounds.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import EVENTS, GATEWAYS, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for the bounds of every label."""
    if not diagram.is_drawn:
        return
    for node in diagram.of_kind(*EVENTS, *GATEWAYS):
        shape = diagram.shapes.get(node.id)
        if node.name.en and shape is not None and shape.label is None:
            yield error(
                shape, "The label of {node} has no place.", "Place the label.", node=node.title
            )
    for flow in diagram.flows:
        edge = diagram.edges.get(flow.id)
        if flow.name.en and edge is not None and edge.label is None:
            yield error(
                edge, "The label of {flow} has no place.", "Place the label.", flow=flow.title
            )
