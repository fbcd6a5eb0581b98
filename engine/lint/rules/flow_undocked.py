"""Refuse lines that do not reach from shape to shape.

Refused: a flow whose line does not begin at the border of its source and end at that of its
         target.
Why:     the diagram would show another flow than the one that is followed.
Instead: drag the end of the line onto the shape.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_SLACK = 2.0


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at both ends of every line."""
    if not diagram.is_drawn:
        return
    for flow in diagram.flows:
        edge = diagram.edges.get(flow.id)
        if edge is None or not edge.points:
            continue
        for name, point in ((flow.source, edge.points[0]), (flow.target, edge.points[-1])):
            shape = diagram.shapes.get(name)
            if shape is not None and not shape.box.touches(point, _SLACK):
                message = "The line of {flow} does not touch {node}."
                yield error(
                    edge,
                    message,
                    "Drag its end onto the shape.",
                    flow=flow.title,
                    node=diagram.by_id[name].title,
                )
