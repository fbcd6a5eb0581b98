"""Refuse a step that is not drawn.

Refused: a node, lane, annotation or flow without a shape or line; a shape of something that is
         not in the process.
Why:     people read the diagram in meetings and see on it where their case stands; a step that is
         not drawn is a step that nobody knows of.
Instead: draw it in the editor.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare what is there with what is drawn."""
    if not diagram.is_drawn or diagram.root is None:
        return
    for thing in (*diagram.lanes, *diagram.nodes, *diagram.annotations):
        if thing.id not in diagram.shapes:
            yield error(thing, "{title} has no shape.", "Draw it.")
    for flow in diagram.flows:
        if flow.id not in diagram.edges:
            yield error(flow, "The flow {title} has no line.", "Draw it.")
    identifiers = {element.get("id") for element in diagram.root.iter()}
    for drawn in diagram.drawn:
        if drawn.id not in identifiers:
            yield error(drawn, "“{id}” is drawn but not there.", "Remove the shape.", id=drawn.id)
