"""Keep the drawing of a process readable while steps come, go and move.

A new step stands on the line where it belongs; what stands to the right of it makes room. What
goes leaves no hole. Lines are led anew only where they no longer fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from lxml import etree

from engine.lint.diagram import EVENTS, GATEWAYS
from engine.lint.geometry import Box, Point, segments
from engine.outlines import labels, lanes, routing
from engine.outlines.drawing import Drawing
from engine.outlines.sheet import Sheet
from engine.workflow.elements import BPMN, local, own

#: Between two steps of a row, and around a step.
_GAP, _CLEAR = 48.0, 14.0
_TASK, _GATEWAY, _EVENT = (140.0, 80.0), (50.0, 50.0), (36.0, 36.0)
_STRIP = 30.0
_LEAST_LANE = 120.0
#: Where on the border of a step an event may hang, from its middle.
_SLOTS = ((1, 1), (-1, 1), (1, -1), (-1, -1))


class Layout:
    """The drawing of one sheet during one edit; `finish` writes it back."""

    def __init__(self, sheet: Sheet) -> None:
        """Read the drawing, and remember which labels lay badly before."""
        self.sheet = sheet
        frames = [str(node.get("id")) for node in _frames(sheet)]
        self.drawing = Drawing(sheet, frames)
        self._bad_before = set(self._bad_labels()) if self.drawing.is_there else set()
        self._fresh: set[str] = set()
        self._holes: list[Box] = []

    # ---- steps that come

    def put_on_flow(
        self, step: str, flow: str, before: tuple[str, ...] = (), behind: tuple[str, ...] = ()
    ) -> None:
        """Draw a new step where a flow ran; `flow` leads to it now, and another one away from it.

        Takes:   before and behind, names of flows for which there is to be room on either side.
        """
        if not self.drawing.is_there:
            return
        line = self.drawing.lines.get(flow)
        size = _size_of(self.sheet.node(step))
        ends = self._ends(flow)
        if line is None:
            self._put_somewhere(step, size)
            return
        wide = max(size[0], self._label_width(step))
        frame = self._frame_of(step)
        run = self._level_run(line, frame, size[1])
        if run is None:
            self._put_beside(step, size, wide, ends, before)
            return
        left, right, y = run
        start = left + max(self._room_before(flow, left, y), _room_for(before))
        room = start + wide + _room_for(behind) - right
        if room > 0:
            self.drawing.make_room("x", self._cut(min(start, right), right), room)
        y = self._make_height(Box(start, y - size[1] / 2, wide, size[1]), y, step, flow)
        self._place(step, Box(start + (wide - size[0]) / 2, y - size[1] / 2, *size))

    def put_below(self, step: str, host: str) -> None:
        """Draw a new step in a row of its own below another one and to the right of it."""
        if not self.drawing.is_there or host not in self.drawing.boxes:
            return
        size = _size_of(self.sheet.node(step))
        box = self.drawing.boxes[host]
        wide = max(size[0], self._label_width(step))
        left = box.x + box.width / 2 + 40 + (wide - size[0]) / 2
        self._put_free(step, size, left, box.bottom + size[1] / 2 + 40)

    def put_right_of(self, step: str, other: str) -> None:
        """Draw a new step to the right of another one, in its row where there is room."""
        if not self.drawing.is_there or other not in self.drawing.boxes:
            return
        size = _size_of(self.sheet.node(step))
        box = self.drawing.boxes[other]
        wide = max(size[0], self._label_width(step))
        left = box.right + _GAP + (wide - size[0]) / 2
        self._put_free(step, size, left, box.y + box.height / 2)

    def put_on_border(self, event: str, host: str) -> bool:
        """Draw an event on the border of a step; say whether there was a place left."""
        box = self.drawing.boxes.get(host)
        if box is None:
            return True
        taken = [
            self.drawing.boxes[str(one.get("id"))]
            for one in self.sheet.on_border(host)
            if one.get("id") in self.drawing.boxes
        ]
        far = min(40.0, box.width / 2 - 18)
        for right, low in _SLOTS:
            x = box.x + box.width / 2 + right * far
            y = box.bottom if low > 0 else box.y
            place = Box(x - 18, y - 18, *_EVENT)
            if not any(place.overlaps(other) for other in taken):
                self._place(event, place)
                if low > 0:
                    self._clear_below(place, 2 * _CLEAR + 12, host)
                return True
        return False

    def make_room_below(self, gateway: str, meeting: str, name: str) -> None:
        """Make room below a row for a way that leaves it, runs below it with its name, and ends."""
        one, other = self.drawing.boxes.get(gateway), self.drawing.boxes.get(meeting)
        if one is not None and other is not None and one.right < other.x:
            zone = replace(one, width=other.right - one.x)
            self._clear_below(zone, labels.size_of(name)[1] + 2 * _CLEAR, gateway)

    def _clear_below(self, zone: Box, need: float, step: str) -> None:
        """Push down what stands nearer below a place than it may."""
        frame = self._frame_of(step)
        things = [*self._solid(step).values(), *self.drawing.labels.values()]
        things += [_band(*p) for line in self.drawing.lines.values() for p in pairwise(line)]
        under = [
            box.y
            for box in things
            if box.x < zone.right + 4 and zone.x - 4 < box.right and box.y >= zone.bottom - 1
        ]
        room = zone.bottom + need - min((*under, frame.bottom))
        if room > 0:
            self.drawing.make_room("y", zone.bottom + 1, room)

    def move_to_lane(self, step: str) -> None:
        """Draw a step in the lane that lists it now, in the column where it stands."""
        box = self.drawing.boxes.get(step)
        if box is None:
            return
        hanging = self._hanging(step)
        self.drawing.forget(step)
        self._put_free(step, (box.width, box.height), box.x, box.y + box.height / 2)
        self._bring_along(step, box, hanging)

    # ---- steps that go

    def take_away(self, steps: Iterable[str], flows: Iterable[str]) -> None:
        """Take steps and flows off the sheet, and close the room that they leave."""
        self._holes += [self.drawing.boxes[step] for step in steps if step in self.drawing.boxes]
        for name in (*steps, *flows):
            self.drawing.forget(name)

    def lift(self, step: str) -> tuple[Box | None, dict[str, Box]]:
        """Take a step that is to be moved off the sheet; return where it was, and what hung on it."""
        box, hanging = self.drawing.boxes.get(step), self._hanging(step)
        for name in hanging:
            self.drawing.boxes.pop(name)
            self.drawing.labels.pop(name, None)
        self.take_away([step], [])
        return box, hanging

    def set_down(self, step: str, lifted: tuple[Box | None, dict[str, Box]]) -> None:
        """Put what hung on a step that was moved back onto its border."""
        if lifted[0] is not None:
            self._bring_along(step, lifted[0], lifted[1])

    def add_lane(self, lane: str) -> None:
        """Draw a new lane below the others."""
        others = [self.drawing.boxes[one] for one in self._lanes() if one != lane]
        others = [box for box in others if box is not None]
        if not others:
            return
        last = max(others, key=lambda box: box.bottom)
        pools = [n for n in self.drawing.frames if self.drawing.boxes[n].contains(last)]
        for name in pools:
            box = self.drawing.boxes[name]
            if name not in self._lanes():
                self.drawing.boxes[name] = replace(box, height=box.height + _LEAST_LANE)
        self.drawing.boxes[lane] = Box(last.x, last.bottom, last.width, _LEAST_LANE)
        self.drawing.frames.add(lane)
        self.drawing.mark(lane, "isHorizontal", "true")

    def drop_lane(self, lane: str) -> None:
        """Take a lane in which nothing stands any more off the sheet."""
        box = self.drawing.boxes.get(lane)
        self.drawing.forget(lane)
        if box is not None:
            self.drawing.make_room("y", box.bottom - 1, -box.height)

    # ---- at the end

    def finish(self) -> None:
        """Lead lines that do not fit anew, place labels, close holes, and write it all."""
        if not self.drawing.is_there:
            return
        self._route_all()
        if self._holes:
            self._place_labels()
            for box in self._holes:
                self._close(box)
            self._route_all()
        self._place_labels()
        self.drawing.write()

    def renamed(self, name: str) -> None:
        """Give the label of what has another name another size and, where needed, place."""
        self.drawing.labels.pop(name, None)
        self._fresh.add(name)

    def lead_now(self, flow: str) -> None:
        """Lead a new flow at once, because something is to be put on it."""
        ends = self._ends(flow)
        if all(end in self.drawing.boxes for end in ends):
            self._route(flow, ends, self.sheet.flow(flow))

    def rerouted(self, flow: str) -> None:
        """Let a flow that goes elsewhere now be led anew."""
        self.drawing.lines.pop(flow, None)
        self._fresh.add(flow)

    # ---- where things are

    def _lanes(self) -> list[str]:
        return [str(lane.get("id")) for lane in lanes.all_lanes(self.sheet)]

    def _ends(self, flow: str) -> tuple[str, str]:
        node = self.sheet.flow(flow)
        return str(node.get("sourceRef")), str(node.get("targetRef"))

    def _frame_of(self, step: str) -> Box:
        """Return the box in which a step may stand: its lane within its sub-process."""
        frame = Box(-1e6, -1e6, 2e6, 2e6)
        pool = self._pool()
        if pool is not None:
            frame = replace(pool, x=pool.x + _STRIP, width=pool.width - _STRIP)
        lane = lanes.lane_of(self.sheet, step)
        if lane is not None and str(lane.get("id")) in self.drawing.boxes:
            box = self.drawing.boxes[str(lane.get("id"))]
            frame = Box(box.x + _STRIP, box.y, box.width - _STRIP, box.height)
        around = self.drawing.boxes.get(str(self.sheet.scope(step).get("id")))
        return frame if around is None else _common(frame, around)

    def _pool(self) -> Box | None:
        names = [n for n in self.drawing.frames if n not in self._lanes() and not self.sheet.has(n)]
        boxes = [self.drawing.boxes[name] for name in names]
        return max(boxes, key=lambda box: box.width * box.height) if boxes else None

    def _hanging(self, step: str) -> dict[str, Box]:
        return {
            str(event.get("id")): self.drawing.boxes[str(event.get("id"))]
            for event in self.sheet.on_border(step)
            if event.get("id") in self.drawing.boxes
        }

    def _bring_along(self, step: str, was: Box, hanging: dict[str, Box]) -> None:
        here = self.drawing.boxes[step]
        for name, box in hanging.items():
            place = replace(box, x=box.x + here.x - was.x, y=box.y + here.y - was.y)
            self._place(name, place)

    def _label_width(self, step: str) -> int:
        node = self.sheet.node(step)
        if local(node) not in EVENTS | GATEWAYS or not node.get("name"):
            return 0
        return labels.size_of(node.get("name", ""), own(node, "nameCy"))[0]

    # ---- finding and making room

    def _level_run(
        self, line: list[Point], frame: Box, height: float
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

    def _room_before(self, flow: str, left: float, y: float) -> float:
        """Return how much has to stand free before a step, for the label of the flow to it."""
        label = self.drawing.labels.get(flow)
        name = self.sheet.flow(flow).get("name", "")
        if label is not None and abs(label.y + label.height / 2 - y) < 40 and label.right > left:
            return max(_GAP, label.right + 12 - left)
        return _room_for((name,))

    def _cut(self, least: float, most: float) -> float:
        """Return where the sheet is best cut between two points: through as few steps as can be."""
        boxes = self.drawing.steps().values()
        places = [most, least, *(box.right + 1 for box in boxes), *(box.x - 1 for box in boxes)]
        fit = [at for at in places if min(least, most) <= at <= max(least, most)]
        return min(fit, key=lambda at: (sum(1 for b in boxes if b.x < at < b.right), -at))

    def _make_height(self, zone: Box, y: float, step: str, flow: str) -> float:
        """Make room above and below a place on a line; return the height of the line then."""
        frame = self._frame_of(step)
        others = [
            box
            for name, box in (*self._solid(step).items(), *self.drawing.labels.items())
            if box.x < zone.right + _CLEAR and zone.x - _CLEAR < box.right and name != flow
        ]
        above = [box.bottom for box in others if box.y + box.height / 2 < y]
        below = [box.y for box in others if box.y + box.height / 2 >= y]
        runs = [
            (y1, max(x1, x2), min(x1, x2))
            for name, line in self.drawing.lines.items()
            for (x1, y1), (x2, y2) in pairwise(line)
            if y1 == y2 and name != flow
        ]
        over = [at for at, right, left in runs if left < zone.right and zone.x < right]
        above += [at for at in over if at < y - 1]
        below += [at for at in over if at > y + 1]
        need = max((*above, frame.y)) + _CLEAR - zone.y
        if need > 0:
            self.drawing.make_room("y", y - 0.5, need)
            y += need
            below = [at + need for at in below]
        deep = self._label_depth(step)
        need = zone.height / 2 + y + _CLEAR + deep - min((*below, self._frame_of(step).bottom))
        if need > 0:
            self.drawing.make_room("y", y + 0.5, need)
        return y

    def _label_depth(self, step: str) -> float:
        node = self.sheet.node(step)
        if local(node) not in EVENTS or not node.get("name"):
            return 0
        return labels.size_of(node.get("name", ""), own(node, "nameCy"))[1] + 6

    def _put_beside(
        self,
        step: str,
        size: tuple[float, float],
        wide: float,
        ends: tuple[str, str],
        before: tuple[str, ...],
    ) -> None:
        """Draw a step in a lane through which its flow did not run, in a column of its own."""
        source = self.drawing.boxes.get(ends[0])
        target = self.drawing.boxes.get(ends[1])
        if source is None:
            self._put_somewhere(step, size)
            return
        at, gap = source.right, _room_for(before)
        free = (target.x if target is not None and target.x > at else at + _GAP) - at
        room = gap + _GAP + wide - free
        if room > 0:
            self.drawing.make_room("x", self._cut(at + 6, at + max(free, _GAP) - 6), room)
        left = at + gap + (wide - size[0]) / 2
        self._put_free(step, size, left, source.y + source.height / 2)

    def _put_free(self, step: str, size: tuple[float, float], left: float, y: float) -> None:
        """Draw a step at a distance from the left, as near to a height as its frame has room."""
        frame, deep = self._frame_of(step), self._label_depth(step)
        wide = max(size[0], self._label_width(step))
        left = max(left, frame.x + _CLEAR + (wide - size[0]) / 2)
        edge = left + (wide + size[0]) / 2 + _CLEAR
        if edge > frame.right:
            self._widen(step, edge - frame.right)
        taken = [*self._solid(step).values(), *self.drawing.labels.values()]
        taken += [_band(*piece) for line in self.drawing.lines.values() for piece in pairwise(line)]
        rows = [frame.y + _CLEAR + size[1] / 2 + 10 * i for i in range(int(frame.height / 10) + 1)]
        rows += [y] + [b.y + b.height / 2 for b in self.drawing.steps().values()]
        for row in sorted(rows, key=lambda at: abs(at - y)):
            zone = Box(
                left - (wide - size[0]) / 2 - _CLEAR,
                row - size[1] / 2 - _CLEAR,
                wide + 2 * _CLEAR,
                size[1] + deep + 2 * _CLEAR,
            )
            inside = frame.y <= zone.y and zone.bottom <= frame.bottom
            if inside and not any(zone.overlaps(box) for box in taken):
                self._place(step, Box(left, row - size[1] / 2, *size))
                return
        walls = [
            box.right
            for box in self._solid(step).values()
            if box.x < edge and left - _CLEAR < box.right and box.y < frame.bottom < box.bottom
        ]
        if walls:
            # A sub-process that reaches beyond the lane is in the way of every row.
            self._put_free(step, size, max(walls) + _GAP, y)
            return
        low = self._lowest(step, frame)
        need = low + 2 * _CLEAR + size[1] + deep - frame.bottom
        if need > 0:
            self.drawing.make_room("y", frame.bottom - 1, need)
        self._place(step, Box(left, low + _CLEAR, *size))

    def _widen(self, step: str, room: float) -> None:
        """Make a frame wider at its right end, and whatever lies around it."""
        frame = self._frame_of(step)
        self.drawing.make_room("x", frame.right - 1, room)

    def _lowest(self, step: str, frame: Box) -> float:
        """Return the height below which nothing stands in a frame."""
        boxes = [*self._solid(step).values(), *self.drawing.labels.values()]
        boxes += [_band(*p) for line in self.drawing.lines.values() for p in pairwise(line)]
        inside = [
            min(box.bottom, frame.bottom)
            for box in boxes
            if box.overlaps(frame) and frame.y <= box.y + box.height / 2 <= frame.bottom
        ]
        return max((*inside, frame.y))

    def _put_somewhere(self, step: str, size: tuple[float, float]) -> None:
        frame = self._frame_of(step)
        left = frame.x if abs(frame.x) < 1e5 else 200.0
        self._put_free(step, size, left + 2 * _GAP, frame.y if abs(frame.y) < 1e5 else 200.0)

    def _place(self, step: str, box: Box) -> None:
        self.drawing.boxes[step] = replace(box, x=round(box.x), y=round(box.y))
        if local(self.sheet.node(step)) == "exclusiveGateway":
            self.drawing.mark(step, "isMarkerVisible", "true")
        self._fresh.add(step)

    # ---- closing holes

    def _close(self, gone: Box) -> None:
        self._close_along("x", gone.x, gone.width, _GAP, None)
        lane = self._lane_at(gone)
        if lane is not None:
            room = gone.height + 2 * _CLEAR
            self._close_along("y", gone.y, room - _CLEAR, 2 * _CLEAR, lane)

    def _lane_at(self, box: Box) -> Box | None:
        """Return the smallest lane or frame around where a step was."""
        found = [
            self.drawing.boxes[name]
            for name in self.drawing.frames
            if self.drawing.boxes[name].y <= box.y + box.height / 2 <= self.drawing.boxes[name].bottom
        ]
        return min(found, key=lambda b: b.height) if found else None

    def _close_along(
        self, axis: str, low: float, size: float, keep: float, within: Box | None
    ) -> None:
        """Take out what room is left of a step, along one axis, if nothing needs it."""
        middle = low + size / 2
        taken = list(self._taken(axis))
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
            room = min(room, within.height - _LEAST_LANE)
        if room > 1:
            self.drawing.make_room(axis, behind if within is None else behind - 0.5, -room)

    def _taken(self, axis: str) -> Iterable[tuple[float, float]]:
        """Yield from where to where something stands that cannot be pushed together."""
        steps = (*self.drawing.steps().values(), *self.drawing.labels.values())
        for box in steps:
            yield (box.x, box.right) if axis == "x" else (box.y, box.bottom)
        number = 0 if axis == "x" else 1
        for line in self.drawing.lines.values():
            for one, other in pairwise(line):
                if one[number] == other[number]:
                    yield one[number], one[number]
        if axis == "x":
            for name in self.drawing.frames:
                box = self.drawing.boxes[name]
                yield box.x, box.x
                yield box.right, box.right

    # ---- lines

    def _route_all(self) -> None:
        for flow in self.sheet.flows():
            name = str(flow.get("id"))
            ends = (str(flow.get("sourceRef")), str(flow.get("targetRef")))
            if ends[0] in self.drawing.boxes and ends[1] in self.drawing.boxes:
                line = self.drawing.lines.get(name)
                if line is None or not self._fits(line, ends, flow):
                    self._route(name, ends, flow)

    def _fits(self, line: list[Point], ends: tuple[str, str], flow: etree._Element) -> bool:
        boxes = self.drawing.boxes
        if not boxes[ends[0]].touches(line[0], 2) or not boxes[ends[1]].touches(line[-1], 2):
            return False
        pieces = segments(tuple(line))
        if any(a[0] != b[0] and a[1] != b[1] for a, b in pieces):
            return False
        if any(boxes[end].is_crossed_by(piece) for end in ends for piece in pieces):
            return False
        blocks = self._solid(str(flow.get("id")))
        return not any(
            box.is_crossed_by(piece)
            for name, box in blocks.items()
            if name not in ends
            for piece in pieces
        )

    def _solid(self, name: str) -> dict[str, Box]:
        """Return what a step or flow may not lie over: steps, and frames that are not around it."""
        around = {str(node.get("id")) for node in self.sheet.node(name).iterancestors()}
        frames = {
            name: self.drawing.boxes[name]
            for name in self.drawing.frames
            if self.sheet.has(name) and name not in around and name not in self._lanes()
        }
        return {**self.drawing.steps(), **frames}

    def _route(self, name: str, ends: tuple[str, str], flow: etree._Element) -> None:
        self.drawing.lines.pop(name, None)
        self.drawing.labels.pop(name, None)
        around = self.drawing.boxes.get(str(self.sheet.scope(name).get("id")))
        within = around or self._pool() or Box(-1e6, -1e6, 2e6, 2e6)
        if around is None and self._pool() is not None:
            within = replace(within, x=within.x + 2 * _STRIP, width=within.width - 2 * _STRIP)
        sides = {}
        host = self.drawing.boxes.get(self.sheet.node(ends[0]).get("attachedToRef", ""))
        if host is not None:
            sides[ends[0]] = routing.side_of(host, self.drawing.boxes[ends[0]])
        lines = [
            (line, self._ends(other)[1] == ends[1] and self._ends(other)[0] != ends[0])
            for other, line in self.drawing.lines.items()
            if self.sheet.has(other)
        ]
        ground = routing.Ground(
            self._solid(name), list(self.drawing.labels.values()), lines, within, sides
        )
        self.drawing.lines[name] = routing.route(ground, *ends)
        self._fresh.add(name)

    # ---- labels

    def _bad_labels(self) -> Iterable[str]:
        for name, label in self.drawing.labels.items():
            solid, borders = self._around(name)
            if labels.lies_over(label, solid, borders, self.drawing.lines.values()):
                yield name

    def _around(self, name: str) -> tuple[list[Box], list[Box]]:
        """Return what a label may not lie over, and whose edge it may not lie across."""
        others = [box for key, box in self.drawing.labels.items() if key != name]
        borders = [self.drawing.boxes[frame] for frame in self.drawing.frames]
        return [*self.drawing.steps().values(), *others], borders

    def _place_labels(self) -> None:
        bad = set(self._bad_labels()) - self._bad_before
        named = {**self.drawing.boxes, **self.drawing.lines}
        wanted = [
            name
            for name in named
            if self.sheet.has(name)
            and self._has_label(name)
            and (name in bad or (name in self._fresh and name not in self.drawing.labels))
        ]
        for name in wanted:
            self.drawing.labels.pop(name, None)
        for name in wanted:
            self._place_label(name)

    def _has_label(self, name: str) -> bool:
        node = self.sheet.node(name)
        kinds = EVENTS | GATEWAYS | {"sequenceFlow"}
        return local(node) in kinds and bool(node.get("name"))

    def _place_label(self, name: str) -> None:
        node = self.sheet.node(name)
        size = labels.size_of(node.get("name", ""), own(node, "nameCy"))
        if name in self.drawing.lines:
            places = labels.at_line(self.drawing.lines[name], size)
        else:
            box = self.drawing.boxes[name]
            places = labels.at_step(box, size, above_first=local(node) in GATEWAYS)
        solid, borders = self._around(name)
        found = labels.choose(places, solid, borders, self.drawing.lines.values())
        if found is not None:
            self.drawing.labels[name] = found


def _frames(sheet: Sheet) -> Iterable[etree._Element]:
    for tag in ("participant", "lane", "subProcess"):
        yield from sheet.root.iter(f"{BPMN}{tag}")


def _room_for(names: tuple[str, ...]) -> float:
    """Return how wide the gap beside a step has to be for the names of flows in it."""
    return max(_GAP, labels.size_of(*names)[0] + 24 if any(names) else 0)


def _size_of(node: etree._Element) -> tuple[float, float]:
    kind = local(node)
    return _GATEWAY if kind in GATEWAYS else _EVENT if kind in EVENTS else _TASK


def _common(one: Box, other: Box) -> Box:
    x, y = max(one.x, other.x), max(one.y, other.y)
    return Box(x, y, min(one.right, other.right) - x, min(one.bottom, other.bottom) - y)


def _band(start: Point, end: Point) -> Box:
    """Return the thin box of a piece of a line."""
    x, y = min(start[0], end[0]), min(start[1], end[1])
    return Box(x - 1, y - 1, abs(start[0] - end[0]) + 2, abs(start[1] - end[1]) + 2)
