"""Refuse lines that run aslant.

Refused: a flow with a piece that is neither level nor upright, or with fewer than two points.
Why:     slanted lines cross shapes and labels, and are hard to follow in a large diagram.
Instead: lay the flow out anew in the editor, or move its points.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.geometry import segments
from engine.lint.known import Known

_SLACK = 0.5


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every piece of every line."""
    if not diagram.is_drawn:
        return
    for flow in diagram.flows:
        edge = diagram.edges.get(flow.id)
        if edge is None:
            continue
        slants = [
            piece
            for piece in segments(edge.points)
            if abs(piece[0][0] - piece[1][0]) > _SLACK and abs(piece[0][1] - piece[1][1]) > _SLACK
        ]
        if slants or len(edge.points) < 2:
            yield error(
                edge, "The flow {flow} runs aslant.", "Give it right angles.", flow=flow.title
            )
