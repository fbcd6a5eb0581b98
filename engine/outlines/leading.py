"""Lead the lines of flows anew where they no longer fit."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from engine.lint.geometry import Box, Point, segments
from engine.outlines import routing
from engine.outlines.plan import STRIP, Plan


def lead_all(plan: Plan) -> None:
    for flow in plan.sheet.flows():
        name = str(flow.get("id"))
        ends = (str(flow.get("sourceRef")), str(flow.get("targetRef")))
        if ends[0] in plan.drawing.boxes and ends[1] in plan.drawing.boxes:
            line = plan.drawing.lines.get(name)
            if line is None or not _fits(plan, line, ends, flow):
                lead(plan, name, ends, flow)


def _fits(plan: Plan, line: list[Point], ends: tuple[str, str], flow: etree._Element) -> bool:
    boxes = plan.drawing.boxes
    if not boxes[ends[0]].touches(line[0], 2) or not boxes[ends[1]].touches(line[-1], 2):
        return False
    pieces = segments(tuple(line))
    if any(a[0] != b[0] and a[1] != b[1] for a, b in pieces):
        return False
    if any(boxes[end].is_crossed_by(piece) for end in ends for piece in pieces):
        return False
    blocks = plan.solid(str(flow.get("id")))
    return not any(
        box.is_crossed_by(piece)
        for name, box in blocks.items()
        if name not in ends
        for piece in pieces
    )


def lead(plan: Plan, name: str, ends: tuple[str, str], flow: etree._Element) -> None:
    """Lead a flow anew; the place of its name is to be found again."""
    plan.drawing.lines.pop(name, None)
    plan.drawing.labels.pop(name, None)
    around = plan.drawing.boxes.get(str(plan.sheet.scope(name).get("id")))
    within = around or plan.pool() or Box(-1e6, -1e6, 2e6, 2e6)
    if around is None and plan.pool() is not None:
        within = replace(within, x=within.x + 2 * STRIP, width=within.width - 2 * STRIP)
    sides = {}
    host = plan.drawing.boxes.get(plan.sheet.node(ends[0]).get("attachedToRef", ""))
    if host is not None:
        sides[ends[0]] = routing.side_of(host, plan.drawing.boxes[ends[0]])
    lines = [
        (line, plan.ends_of(other)[1] == ends[1] and plan.ends_of(other)[0] != ends[0])
        for other, line in plan.drawing.lines.items()
        if plan.sheet.has(other)
    ]
    boxes = [plan.drawing.boxes[one] for one in plan.lanes() if one in plan.drawing.boxes]
    edges = [((box.x, y), (box.right, y)) for box in boxes for y in (box.y, box.bottom)]
    ground = routing.Ground(
        plan.solid(name), list(plan.drawing.labels.values()), lines, edges, within, sides
    )
    plan.drawing.lines[name] = routing.route(ground, *ends)
    plan.fresh.add(name)
