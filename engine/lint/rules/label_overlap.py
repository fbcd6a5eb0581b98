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
from engine.texts import Text


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
            yield error(
                item,
                below[0],
                "Move it.",
                thing=thing.title,
                below=below[1],
            )
    for (thing, item, box), (other, _, other_box) in combinations(labels, 2):
        if box.overlaps(other_box):
            message = "The label of {thing} lies over the label of {other}."
            yield error(item, message, "Move one of them.", thing=thing.title, other=other.title)


def _below(diagram: Diagram, thing: Node, label: Box) -> tuple[str, Text] | None:
    for node in (*diagram.nodes, *diagram.annotations):
        shape = diagram.shapes.get(node.id)
        if shape is not None and shape.box.overlaps(label):
            is_frame = node.kind in SUB_PROCESSES and shape.box.contains(label)
            if not is_frame:
                return "The label of {thing} lies over {below}.", node.title
    for lane in diagram.lanes:
        shape = diagram.shapes.get(lane.id)
        if shape is not None and shape.box.overlaps(label) and not shape.box.contains(label):
            return "The label of {thing} lies over the border of the lane {below}.", lane.title
    for flow in diagram.flows:
        edge = diagram.edges.get(flow.id)
        if edge is not None and any(label.is_crossed_by(p) for p in segments(edge.points)):
            return "The label of {thing} lies over the line of {below}.", flow.title
    return None
