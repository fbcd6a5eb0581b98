"""The sheet of a process during an edit: what is drawn where, and what belongs where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lxml import etree

from engine.lint.diagram import EVENTS, GATEWAYS
from engine.lint.geometry import Box, Point
from engine.outlines import labels
from engine.outlines.drawing import Drawing
from engine.outlines.lanes import all_lanes, lane_of
from engine.outlines.sheet import Sheet
from engine.workflow.elements import BPMN, local, own

#: Between two steps of a row, and around a step.
GAP, CLEAR = 48.0, 14.0
TASK, GATEWAY, EVENT = (140.0, 80.0), (50.0, 50.0), (36.0, 36.0)
#: The title of a lane, and the height of one in which little stands.
STRIP, LEAST_LANE = 30.0, 120.0


@dataclass
class Plan:
    """A sheet and its drawing.

    `fresh` are the ids of what was drawn anew, `bad_before` of labels that lay badly already.
    """

    sheet: Sheet
    drawing: Drawing
    fresh: set[str] = field(default_factory=set)
    bad_before: set[str] = field(default_factory=set)

    def lanes(self) -> list[str]:
        """Return the ids of the lanes."""
        return [str(lane.get("id")) for lane in all_lanes(self.sheet)]

    def ends_of(self, flow: str) -> tuple[str, str]:
        """Return the steps that a flow leaves and enters."""
        node = self.sheet.flow(flow)
        return str(node.get("sourceRef")), str(node.get("targetRef"))

    def frame_of(self, step: str) -> Box:
        """Return the box in which a step may stand: its lane within its sub-process."""
        frame = Box(-1e6, -1e6, 2e6, 2e6)
        pool = self.pool()
        if pool is not None:
            frame = replace(pool, x=pool.x + STRIP, width=pool.width - STRIP)
        lane = lane_of(self.sheet, step)
        if lane is not None and str(lane.get("id")) in self.drawing.boxes:
            box = self.drawing.boxes[str(lane.get("id"))]
            frame = Box(box.x + STRIP, box.y, box.width - STRIP, box.height)
        around = self.drawing.boxes.get(str(self.sheet.scope(step).get("id")))
        return frame if around is None else _common(frame, around)

    def pool(self) -> Box | None:
        """Return the box around all lanes."""
        names = [n for n in self.drawing.frames if n not in self.lanes() and not self.sheet.has(n)]
        boxes = [self.drawing.boxes[name] for name in names]
        return max(boxes, key=lambda box: box.width * box.height) if boxes else None

    def hanging_on(self, step: str) -> dict[str, Box]:
        """Return the boxes of what hangs on a step."""
        return {
            str(event.get("id")): self.drawing.boxes[str(event.get("id"))]
            for event in self.sheet.on_border(step)
            if event.get("id") in self.drawing.boxes
        }

    def solid(self, name: str) -> dict[str, Box]:
        """Return what a step or flow may not lie over: steps, and frames that are not around it."""
        around = {str(node.get("id")) for node in self.sheet.node(name).iterancestors()}
        frames = {
            name: self.drawing.boxes[name]
            for name in self.drawing.frames
            if self.sheet.has(name) and name not in around and name not in self.lanes()
        }
        return {**self.drawing.steps(), **frames}

    def label_width(self, step: str) -> int:
        """Return how wide the name beside a step is; 0 where it stands inside."""
        node = self.sheet.node(step)
        if local(node) not in EVENTS | GATEWAYS or not node.get("name"):
            return 0
        return labels.size_of(node.get("name", ""), own(node, "nameCy"))[0]

    def label_depth(self, step: str) -> float:
        """Return how much room the name below an event takes."""
        node = self.sheet.node(step)
        if local(node) not in EVENTS or not node.get("name"):
            return 0
        return labels.size_of(node.get("name", ""), own(node, "nameCy"))[1] + 6

    def has_label(self, name: str) -> bool:
        """Say whether the name of something stands beside it."""
        node = self.sheet.node(name)
        kinds = EVENTS | GATEWAYS | {"sequenceFlow"}
        return local(node) in kinds and bool(node.get("name"))

    def place(self, step: str, box: Box) -> None:
        """Draw a step."""
        self.drawing.boxes[step] = replace(box, x=round(box.x), y=round(box.y))
        if local(self.sheet.node(step)) == "exclusiveGateway":
            self.drawing.mark(step, "isMarkerVisible", "true")
        self.fresh.add(step)


def frames_of(sheet: Sheet) -> list[str]:
    """Return the ids of what other things stand in: pools, lanes and sub-processes."""
    tags = ("participant", "lane", "subProcess")
    return [str(one.get("id")) for tag in tags for one in sheet.root.iter(f"{BPMN}{tag}")]


def size_of(node: etree._Element) -> tuple[float, float]:
    """Return how wide and high a step is drawn."""
    kind = local(node)
    return GATEWAY if kind in GATEWAYS else EVENT if kind in EVENTS else TASK


def _common(one: Box, other: Box) -> Box:
    x, y = max(one.x, other.x), max(one.y, other.y)
    return Box(x, y, min(one.right, other.right) - x, min(one.bottom, other.bottom) - y)


def band(start: Point, end: Point) -> Box:
    """Return the thin box of a piece of a line."""
    x, y = min(start[0], end[0]), min(start[1], end[1])
    return Box(x - 1, y - 1, abs(start[0] - end[0]) + 2, abs(start[1] - end[1]) + 2)
