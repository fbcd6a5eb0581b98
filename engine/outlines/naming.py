"""Place the names of events, gateways and flows where they can be read."""

from __future__ import annotations

from collections.abc import Iterable

from engine.lint.diagram import GATEWAYS
from engine.lint.geometry import Box
from engine.outlines import labels
from engine.outlines.plan import CLEAR, Plan
from engine.workflow.elements import local, own


def bad_labels(plan: Plan) -> Iterable[str]:
    for name, label in plan.drawing.labels.items():
        solid, borders = _around(plan, name)
        if labels.lies_over(label, solid, borders, plan.drawing.lines.values()):
            yield name


def _around(plan: Plan, name: str) -> tuple[list[Box], list[Box]]:
    """Return what a label may not lie over, and whose edge it may not lie across."""
    others = [box for key, box in plan.drawing.labels.items() if key != name]
    borders = [plan.drawing.boxes[frame] for frame in plan.drawing.frames]
    return [*plan.drawing.steps().values(), *others], borders


def place_labels(plan: Plan) -> None:
    bad = set(bad_labels(plan)) - plan.bad_before
    named = {**plan.drawing.boxes, **plan.drawing.lines}
    wanted = [
        name
        for name in named
        if plan.sheet.has(name)
        and plan.has_label(name)
        and (name in bad or (name in plan.fresh and name not in plan.drawing.labels))
    ]
    for name in wanted:
        plan.drawing.labels.pop(name, None)
    for name in wanted:
        _place_label(plan, name)


def _place_label(plan: Plan, name: str) -> None:
    node = plan.sheet.node(name)
    size = labels.size_of(node.get("name", ""), own(node, "nameCy"))
    if name in plan.drawing.lines:
        places = labels.at_line(plan.drawing.lines[name], size)
    else:
        box = plan.drawing.boxes[name]
        places = labels.at_step(box, size, above_first=local(node) in GATEWAYS)
    solid, borders = _around(plan, name)
    found = labels.choose(places, solid, borders, plan.drawing.lines.values())
    if found is not None:
        plan.drawing.labels[name] = found


def make_label_room(plan: Plan, name: str) -> None:
    """Push things apart where the label of a flow or an event finds no clear place."""
    label = plan.drawing.labels[name]
    line = plan.drawing.lines.get(name)
    if line is None:
        plan.drawing.make_room("y", plan.drawing.boxes[name].bottom + 1, label.height + CLEAR)
        return
    (x1, y1), (x2, y2) = line[0], line[1]
    plan.drawing.make_room("x", min(x1, x2) + 0.5, label.width + CLEAR)
    plan.drawing.make_room("y", y1 - 0.5 if y1 == y2 else (y1 + y2) / 2, label.height + CLEAR)
