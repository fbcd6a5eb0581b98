"""Refuse labels that lie over something.

Refused: the label of an event, gateway or flow that lies over a node, an annotation, a line,
         another label, or the border of a lane.
Why:     neither can be read.
Instead: move the label.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.lint.diagram import SUB_PROCESSES, Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.geometry import Box, segments
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare every label with everything else."""
    if not diagram.is_drawn:
        return
    named: dict[str, Node] = {thing.id: thing for thing in (*diagram.nodes, *diagram.flows)}
    labels = [
        (named[item.id], item, item.label)
        for item in diagram.drawn
        if item.id in named and named[item.id].name.en and item.label is not None
    ]
    for thing, item, box in labels:
        below = _below(diagram, thing, box)
        if below:
            yield error(item, f"The label of {thing.title} lies over {below}.", "Move it.")
    for (thing, item, box), (other, _, other_box) in combinations(labels, 2):
        if box.overlaps(other_box):
            message = f"The label of {thing.title} lies over the label of {other.title}."
            yield error(item, message, "Move one of them.")


def _below(diagram: Diagram, thing: Node, label: Box) -> str:
    for node in (*diagram.nodes, *diagram.annotations):
        shape = diagram.shapes.get(node.id)
        if shape is not None and shape.box.overlaps(label):
            is_frame = node.kind in SUB_PROCESSES and shape.box.contains(label)
            if not is_frame:
                return node.title
    for lane in diagram.lanes:
        shape = diagram.shapes.get(lane.id)
        if shape is not None and shape.box.overlaps(label) and not shape.box.contains(label):
            return f"the border of the lane {lane.title}"
    for flow in diagram.flows:
        edge = diagram.edges.get(flow.id)
        if edge is not None and any(label.is_crossed_by(p) for p in segments(edge.points)):
            return f"the line of {flow.title}"
    return ""
