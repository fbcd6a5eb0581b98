"""Refuse a shape that stands outside what it belongs to.

Refused: a node that is not wholly inside its lane (its title strip left out) or its sub-process; a
         boundary event that is not on the border of its activity; a lane outside its lane.
Why:     a reader takes the task for the duty of the lane it is drawn in.
Instead: move the shape, or make the lane larger.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import SUB_PROCESSES, Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.geometry import Box
from engine.lint.known import Known

TITLE_STRIP = 30


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the boxes."""
    if not diagram.is_drawn:
        return
    for lane in diagram.lanes:
        if lane.outer is not None:
            yield from _outside(diagram, lane, lane.outer, TITLE_STRIP)
    for node in diagram.nodes:
        lane_of = diagram.lane_of(node)
        if lane_of is not None and not _spans_lanes(diagram, node):
            yield from _outside(diagram, node, lane_of, TITLE_STRIP)
        if node.scope in diagram.by_id:
            yield from _outside(diagram, node, diagram.by_id[node.scope], 0)
        if node.attached_to in diagram.by_id:
            yield from _off_border(diagram, node, diagram.by_id[node.attached_to])


def _spans_lanes(diagram: Diagram, node: Node) -> bool:
    """A sub-process whose steps are listed by lanes themselves may lie over several lanes."""
    listed = {member for lane in diagram.lanes for member in lane.members}
    inner = node if node.kind in SUB_PROCESSES else diagram.by_id.get(node.attached_to, node)
    return any(other.scope == inner.id and other.id in listed for other in diagram.nodes)


def _outside(diagram: Diagram, node: Node, around: Node, strip: float) -> Iterator[Finding]:
    shape, frame = diagram.shapes.get(node.id), diagram.shapes.get(around.id)
    if shape is None or frame is None:
        return
    box = frame.box
    inside = Box(box.x + strip, box.y, box.width - strip, box.height)
    if not inside.contains(shape.box):
        yield error(
            shape,
            "{node} stands outside {around}.",
            "Move it inside.",
            node=node.title,
            around=around.title,
        )


def _off_border(diagram: Diagram, node: Node, host: Node) -> Iterator[Finding]:
    shape, frame = diagram.shapes.get(node.id), diagram.shapes.get(host.id)
    if shape is None or frame is None:
        return
    middle = (shape.box.x + shape.box.width / 2, shape.box.y + shape.box.height / 2)
    inner = Box(frame.box.x + 2, frame.box.y + 2, frame.box.width - 4, frame.box.height - 4)
    if inner.touches(middle, -0.01) or not frame.box.touches(middle, 2):
        message = "{node} is not on the border of {host}."
        yield error(shape, message, "Move it onto the border.", node=node.title, host=host.title)
