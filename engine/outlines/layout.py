"""Keep the drawing of a process readable while steps come, go and move.

A new step stands on the line where it belongs; what stands to the right of it makes room. What
goes leaves no hole. Lines are led anew only where they no longer fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.lint.geometry import Box
from engine.outlines import labels, leading, naming, room
from engine.outlines.drawing import Drawing
from engine.outlines.plan import CLEAR, EVENT, GAP, LEAST_LANE, Plan, frames_of, size_of
from engine.outlines.sheet import Sheet

#: Where on the border of a step an event may hang, from its middle.
_SLOTS = ((1, 1), (-1, 1), (1, -1), (-1, -1))


class Layout:
    """The drawing of one sheet during one edit; `finish` writes it back."""

    def __init__(self, sheet: Sheet) -> None:
        """Read the drawing, and remember which labels lay badly before."""
        self.sheet, self.drawing = sheet, Drawing(sheet, frames_of(sheet))
        self.plan = Plan(sheet, self.drawing)
        if self.drawing.is_there:
            self.plan.bad_before |= set(naming.bad_labels(self.plan))
        self._holes: list[Box] = []

    def put_on_flow(
        self, step: str, flow: str, before: tuple[str, ...] = (), behind: tuple[str, ...] = ()
    ) -> None:
        """Draw a new step where a flow ran; `flow` leads to it now, and another one away from it.

        Takes:   before and behind, names of flows for which there is to be room on either side.
        """
        if not self.drawing.is_there:
            return
        line = self.drawing.lines.get(flow)
        size = size_of(self.sheet.node(step))
        ends = self.plan.ends_of(flow)
        if line is None:
            room.put_somewhere(self.plan, step, size)
            return
        wide = max(size[0], self.plan.label_width(step))
        frame = self.plan.frame_of(step)
        run = room.level_run(self.plan, line, frame, size[1])
        if run is None:
            room.put_beside(self.plan, step, size, wide, ends, before)
            return
        left, right, y = run
        start = left + max(room.room_before(self.plan, flow, left, y), room.room_for(before))
        need = start + wide + room.room_for(behind) - right
        if need > 0:
            self.drawing.make_room("x", room.cut(self.plan, min(start, right), right), need)
        y = room.make_height(self.plan, Box(start, y - size[1] / 2, wide, size[1]), y, step, flow)
        self.plan.place(step, Box(start + (wide - size[0]) / 2, y - size[1] / 2, *size))

    def put_below(self, step: str, host: str) -> None:
        """Draw a new step in a row of its own below another one and to the right of it."""
        if not self.drawing.is_there or host not in self.drawing.boxes:
            return
        size = size_of(self.sheet.node(step))
        box = self.drawing.boxes[host]
        wide = max(size[0], self.plan.label_width(step))
        left = box.x + box.width / 2 + 40 + (wide - size[0]) / 2
        room.put_free(self.plan, step, size, left, box.bottom + size[1] / 2 + 40)

    def put_right_of(self, step: str, other: str) -> None:
        """Draw a new step to the right of another one, in its row where there is room."""
        if not self.drawing.is_there or other not in self.drawing.boxes:
            return
        size = size_of(self.sheet.node(step))
        box = self.drawing.boxes[other]
        wide = max(size[0], self.plan.label_width(step))
        left = box.right + GAP + (wide - size[0]) / 2
        room.put_free(self.plan, step, size, left, box.y + box.height / 2)

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
            place = Box(x - 18, y - 18, *EVENT)
            if not any(place.overlaps(other) for other in taken):
                self.plan.place(event, place)
                if low > 0:
                    room.clear_below(self.plan, place, 2 * CLEAR + 12, host)
                return True
        return False

    def make_room_below(self, gateway: str, meeting: str, name: str) -> None:
        """Make room below a row for a way that leaves it, runs below it with its name, and ends."""
        one, other = self.drawing.boxes.get(gateway), self.drawing.boxes.get(meeting)
        if one is not None and other is not None and one.right < other.x:
            zone = replace(one, width=other.right - one.x)
            room.clear_below(self.plan, zone, labels.size_of(name)[1] + 2 * CLEAR, gateway)

    def move_to_lane(self, step: str) -> None:
        """Draw a step in the lane that lists it now, in the column where it stands."""
        box = self.drawing.boxes.get(step)
        if box is None:
            return
        hanging = self.plan.hanging_on(step)
        self.drawing.forget(step)
        room.put_free(self.plan, step, (box.width, box.height), box.x, box.y + box.height / 2)
        self._bring_along(step, box, hanging)

    def take_away(self, steps: Iterable[str], flows: Iterable[str]) -> None:
        """Take steps and flows off the sheet, and close the room that they leave."""
        self._holes += [self.drawing.boxes[step] for step in steps if step in self.drawing.boxes]
        for name in (*steps, *flows):
            self.drawing.forget(name)

    def lift(self, step: str) -> tuple[Box | None, dict[str, Box]]:
        """Take a step to be moved off the sheet; return where it was, and what hung on it."""
        box, hanging = self.drawing.boxes.get(step), self.plan.hanging_on(step)
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
        others = [
            self.drawing.boxes[one]
            for one in self.plan.lanes()
            if one != lane and one in self.drawing.boxes
        ]
        if not others:
            return
        last = max(others, key=lambda box: box.bottom)
        pools = [n for n in self.drawing.frames if self.drawing.boxes[n].contains(last)]
        for name in pools:
            box = self.drawing.boxes[name]
            if name not in self.plan.lanes():
                self.drawing.boxes[name] = replace(box, height=box.height + LEAST_LANE)
        self.drawing.boxes[lane] = Box(last.x, last.bottom, last.width, LEAST_LANE)
        self.drawing.frames.add(lane)
        self.drawing.mark(lane, "isHorizontal", "true")

    def drop_lane(self, lane: str) -> None:
        """Take a lane in which nothing stands any more off the sheet."""
        box = self.drawing.boxes.get(lane)
        self.drawing.forget(lane)
        if box is not None:
            self.drawing.make_room("y", box.bottom - 1, -box.height)

    def finish(self) -> None:
        """Lead lines that do not fit anew, place labels, close holes, and write it all."""
        if not self.drawing.is_there:
            return
        leading.lead_all(self.plan)
        if self._holes:
            naming.place_labels(self.plan)
            for box in self._holes:
                room.close_hole(self.plan, box)
            leading.lead_all(self.plan)
        naming.place_labels(self.plan)
        for name in [
            one for one in naming.bad_labels(self.plan) if one not in self.plan.bad_before
        ]:
            naming.make_label_room(self.plan, name)
            leading.lead_all(self.plan)
            naming.place_labels(self.plan)
        self.drawing.write()

    def renamed(self, name: str) -> None:
        """Give the label of what has another name another size and, where needed, place."""
        self.drawing.labels.pop(name, None)
        self.plan.fresh.add(name)

    def lead_now(self, flow: str) -> None:
        """Lead a new flow at once, because something is to be put on it."""
        ends = self.plan.ends_of(flow)
        if all(end in self.drawing.boxes for end in ends):
            leading.lead(self.plan, flow, ends, self.sheet.flow(flow))

    def rerouted(self, flow: str) -> None:
        """Let a flow that goes elsewhere now be led anew."""
        self.drawing.lines.pop(flow, None)
        self.plan.fresh.add(flow)

    def _bring_along(self, step: str, was: Box, hanging: dict[str, Box]) -> None:
        here = self.drawing.boxes[step]
        for name, box in hanging.items():
            place = replace(box, x=box.x + here.x - was.x, y=box.y + here.y - was.y)
            self.plan.place(name, place)
