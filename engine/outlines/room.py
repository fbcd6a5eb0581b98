"""Find room for a step on the sheet, make it where there is none, and close what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from engine.lint.geometry import Box, Point
from engine.outlines import labels
from engine.outlines.plan import CLEAR, GAP, LEAST_LANE, Plan, band
from engine.workflow.elements import own

#: By so much a lane is made higher so that a step stands in the row of the one before it.
_LITTLE = 60.0


def room_for(names: tuple[str, ...]) -> float:
    """Return how wide the gap beside a step has to be for the names of flows in it."""
    return max(GAP, labels.size_of(*names)[0] + 24 if any(names) else 0)


def level_run(
    plan: Plan, line: list[Point], frame: Box, height: float
) -> tuple[float, float, float] | None:
    """Return the longest level piece of a line that runs through a frame: from, to, height."""
    found = [
        (abs(x2 - x1), min(x1, x2), max(x1, x2), y1)
        for (x1, y1), (x2, y2) in pairwise(line)
        if y1 == y2 and frame.y + 10 <= y1 <= frame.bottom - 10 and x2 > x1
    ]
    if not found:
        return None
    _, left, right, y = max(found)
    return left, right, y


def room_before(plan: Plan, flow: str, left: float, y: float) -> float:
    """Return how much has to stand free before a step, for the label of the flow to it."""
    label = plan.drawing.labels.get(flow)
    node = plan.sheet.flow(flow)
    if label is not None and abs(label.y + label.height / 2 - y) < 40 and label.right > left:
        return max(GAP, label.right + 12 - left)
    return room_for((node.get("name", ""), own(node, "nameCy")))


def cut(plan: Plan, least: float, most: float) -> float:
    """Return where the sheet is best cut: through as few steps and lines as can be."""
    boxes = plan.drawing.steps().values()
    level = [
        sorted((x1, x2))
        for line in plan.drawing.lines.values()
        for (x1, y1), (x2, y2) in pairwise(line)
        if y1 == y2
    ]
    places = [most, least, *(box.right + 1 for box in boxes), *(box.x - 1 for box in boxes)]
    places += [x - 1 for piece in level for x in piece]
    fit = [at for at in places if min(least, most) <= at <= max(least, most)]

    def harm(at: float) -> tuple[int, int, float]:
        steps = sum(1 for box in boxes if box.x < at < box.right)
        return steps, sum(1 for left, right in level if left < at < right), -at

    return min(fit, key=harm)


def make_height(plan: Plan, zone: Box, y: float, step: str, flow: str) -> float:
    """Make room above and below a place on a line; return the height of the line then."""
    frame = plan.frame_of(step)
    others = [
        box
        for name, box in (*plan.solid(step).items(), *plan.drawing.labels.items())
        if box.x < zone.right + CLEAR and zone.x - CLEAR < box.right and name != flow
    ]
    above = [box.bottom for box in others if box.y + box.height / 2 < y]
    below = [box.y for box in others if box.y + box.height / 2 >= y]
    runs = [
        (y1, max(x1, x2), min(x1, x2))
        for name, line in plan.drawing.lines.items()
        for (x1, y1), (x2, y2) in pairwise(line)
        if y1 == y2 and name != flow
    ]
    over = [at for at, right, left in runs if left < zone.right and zone.x < right]
    above += [at for at in over if at < y - 1]
    below += [at for at in over if at > y + 1]
    need = max((*above, frame.y)) + CLEAR - zone.y
    if need > 0:
        plan.drawing.make_room("y", y - 0.5, need)
        y += need
        below = [at + need for at in below]
    deep = plan.label_depth(step)
    need = zone.height / 2 + y + CLEAR + deep - min((*below, plan.frame_of(step).bottom))
    if need > 0:
        plan.drawing.make_room("y", y + 0.5, need)
    return y


def put_beside(
    plan: Plan,
    step: str,
    size: tuple[float, float],
    wide: float,
    ends: tuple[str, str],
    before: tuple[str, ...],
) -> None:
    """Draw a step in a lane through which its flow did not run, in a column of its own."""
    source = plan.drawing.boxes.get(ends[0])
    target = plan.drawing.boxes.get(ends[1])
    if source is None:
        put_somewhere(plan, step, size)
        return
    at, gap = source.right, room_for(before)
    free = (target.x if target is not None and target.x > at else at + GAP) - at
    room = gap + GAP + wide - free
    if room > 0:
        plan.drawing.make_room("x", cut(plan, at + 6, at + max(free, GAP) - 6), room)
    left = at + gap + (wide - size[0]) / 2
    put_free(plan, step, size, left, source.y + source.height / 2)


def put_free(plan: Plan, step: str, size: tuple[float, float], left: float, y: float) -> None:
    """Draw a step at a distance from the left, as near to a height as its frame has room."""
    frame, deep = plan.frame_of(step), plan.label_depth(step)
    wide = max(size[0], plan.label_width(step))
    left = max(left, frame.x + CLEAR + (wide - size[0]) / 2)
    edge = left + (wide + size[0]) / 2 + CLEAR
    if edge > frame.right:
        _widen(plan, step, edge - frame.right)
    taken = [*plan.solid(step).values(), *plan.drawing.labels.values()]
    taken += [band(*piece) for line in plan.drawing.lines.values() for piece in pairwise(line)]
    rows = [frame.y + CLEAR + size[1] / 2 + 10 * i for i in range(int(frame.height / 10) + 1)]
    there = {y, *(box.y + box.height / 2 for box in plan.drawing.steps().values())}
    # A row in which something stands already keeps the straight path straight.
    for row in sorted({*rows, *there}, key=lambda at: abs(at - y) - _LITTLE * (at in there)):
        zone = Box(
            left - (wide - size[0]) / 2 - CLEAR,
            row - size[1] / 2 - CLEAR,
            wide + 2 * CLEAR,
            size[1] + deep + 2 * CLEAR,
        )
        if zone.y < frame.y or any(zone.overlaps(box) for box in taken):
            continue
        more = zone.bottom - frame.bottom
        if more <= 0 or (row == y and more < _LITTLE):
            if more > 0:
                plan.drawing.make_room("y", frame.bottom - 1, more)
            plan.place(step, Box(left, row - size[1] / 2, *size))
            return
    walls = [
        box.right
        for box in plan.solid(step).values()
        if box.x < edge and left - CLEAR < box.right and box.y < frame.bottom < box.bottom
    ]
    if walls:
        # A sub-process that reaches beyond the lane is in the way of every row.
        put_free(plan, step, size, max(walls) + GAP, y)
        return
    low = _lowest(plan, step, frame)
    need = low + 2 * CLEAR + size[1] + deep - frame.bottom
    if need > 0:
        plan.drawing.make_room("y", frame.bottom - 1, need)
    plan.place(step, Box(left, low + CLEAR, *size))


def _widen(plan: Plan, step: str, room: float) -> None:
    """Make a frame wider at its right end, and whatever lies around it."""
    frame = plan.frame_of(step)
    plan.drawing.make_room("x", frame.right - 1, room)


def _lowest(plan: Plan, step: str, frame: Box) -> float:
    """Return the height below which nothing stands in a frame."""
    boxes = [*plan.solid(step).values(), *plan.drawing.labels.values()]
    boxes += [band(*p) for line in plan.drawing.lines.values() for p in pairwise(line)]
    inside = [
        min(box.bottom, frame.bottom)
        for box in boxes
        if box.overlaps(frame) and frame.y <= box.y + box.height / 2 <= frame.bottom
    ]
    return max((*inside, frame.y))


def put_somewhere(plan: Plan, step: str, size: tuple[float, float]) -> None:
    frame = plan.frame_of(step)
    left = frame.x if abs(frame.x) < 1e5 else 200.0
    put_free(plan, step, size, left + 2 * GAP, frame.y if abs(frame.y) < 1e5 else 200.0)


def clear_below(plan: Plan, zone: Box, need: float, step: str) -> None:
    """Push down what stands nearer below a place than it may."""
    frame = plan.frame_of(step)
    things = [*plan.solid(step).values(), *plan.drawing.labels.values()]
    things += [band(*p) for line in plan.drawing.lines.values() for p in pairwise(line)]
    under = [
        box.y
        for box in things
        if box.x < zone.right + 4 and zone.x - 4 < box.right and box.y >= zone.bottom - 1
    ]
    room = zone.bottom + need - min((*under, frame.bottom))
    if room > 0:
        plan.drawing.make_room("y", zone.bottom + 1, room)


def close_hole(plan: Plan, gone: Box) -> None:
    _close_along(plan, "x", gone.x, gone.width, GAP, None)
    lane = _lane_at(plan, gone)
    if lane is not None:
        room = gone.height + 2 * CLEAR
        _close_along(plan, "y", gone.y, room - CLEAR, 2 * CLEAR, lane)


def _lane_at(plan: Plan, box: Box) -> Box | None:
    """Return the smallest lane or frame around where a step was."""
    found = [
        plan.drawing.boxes[name]
        for name in plan.drawing.frames
        if plan.drawing.boxes[name].y <= box.y + box.height / 2 <= plan.drawing.boxes[name].bottom
    ]
    return min(found, key=lambda b: b.height) if found else None


def _close_along(
    plan: Plan, axis: str, low: float, size: float, keep: float, within: Box | None
) -> None:
    """Take out what room is left of a step, along one axis, if nothing needs it."""
    middle = low + size / 2
    taken = list(_taken(plan, axis))
    if within is not None:
        taken += [(within.y, within.y), (within.bottom, within.bottom)]
    if any(a < middle < b for a, b in taken):
        return
    before = max((b for a, b in taken if b <= middle), default=None)
    behind = min((a for a, b in taken if a >= middle), default=None)
    if before is None or behind is None:
        return
    room = min(behind - before - keep, size + keep)
    if within is not None:
        room = min(room, within.height - LEAST_LANE)
    if room > 1:
        plan.drawing.make_room(axis, behind if within is None else behind - 0.5, -room)


def _taken(plan: Plan, axis: str) -> Iterable[tuple[float, float]]:
    """Yield from where to where something stands that cannot be pushed together."""
    steps = (*plan.drawing.steps().values(), *plan.drawing.labels.values())
    for box in steps:
        yield (box.x, box.right) if axis == "x" else (box.y, box.bottom)
    number = 0 if axis == "x" else 1
    for line in plan.drawing.lines.values():
        for one, other in pairwise(line):
            if one[number] == other[number]:
                yield one[number], one[number]
    if axis == "x":
        for name in plan.drawing.frames:
            box = plan.drawing.boxes[name]
            yield box.x, box.x
            yield box.right, box.right
