"""What is drawn of a process: shapes, lines and labels, and making room between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from engine.lint.diagram import DIAGRAM
from engine.lint.geometry import Box, Point
from engine.outlines.sheet import Sheet
from engine.workflow.elements import BPMN

_DI = f"{{{DIAGRAM}}}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"


class Drawing:
    """The shapes, lines and labels of a file by the ids of what they stand for.

    `frames` are the pools, lanes and sub-processes: they grow where room is made inside them,
    everything else is moved. A file of which nothing is drawn has no drawing, and gets none.
    """

    def __init__(self, sheet: Sheet, frames: Iterable[str]) -> None:
        """Read what is drawn."""
        self._sheet = sheet
        self.plane = sheet.root.find(f".//{_DI}BPMNPlane")
        self._elements: dict[str, etree._Element] = {}
        self.boxes: dict[str, Box] = {}
        self.lines: dict[str, list[Point]] = {}
        self.labels: dict[str, Box] = {}
        for element in () if self.plane is None else self.plane:
            if element.tag in (f"{_DI}BPMNShape", f"{_DI}BPMNEdge"):
                self._read(element)
        self.frames = {frame for frame in frames if frame in self.boxes}
        self._were = (dict(self.boxes), {k: list(v) for k, v in self.lines.items()})
        self._labelled = dict(self.labels)

    def _read(self, element: etree._Element) -> None:
        identifier = str(element.get("bpmnElement", ""))
        self._elements[identifier] = element
        bounds = element.find(f"{_DC}Bounds")
        if bounds is not None:
            self.boxes[identifier] = _box(bounds)
        points = element.findall(_WAYPOINT)
        if points:
            self.lines[identifier] = [(_number(p, "x"), _number(p, "y")) for p in points]
        label = element.find(f"{_DI}BPMNLabel/{_DC}Bounds")
        if label is not None:
            self.labels[identifier] = _box(label)

    @property
    def is_there(self) -> bool:
        """Say whether anything is drawn at all."""
        return self.plane is not None and bool(self.boxes)

    def steps(self) -> dict[str, Box]:
        """Return the boxes of whatever is no frame."""
        return {name: box for name, box in self.boxes.items() if name not in self.frames}

    def make_room(self, axis: str, at: float, room: float) -> None:
        """Move all that stands behind a cut away from it; frames around the cut grow.

        Takes:   axis, "x" or "y"; room, how much there is to be more, or less where below zero.
        """
        along, across = ("x", "width") if axis == "x" else ("y", "height")
        hosts = self._hosts(along, across)
        for name, box in list(self.boxes.items()):
            low = getattr(box, along)
            high = low + getattr(box, across)
            if name in self.frames and low < at < high:
                self.boxes[name] = replace(box, **{across: getattr(box, across) + room})
            elif (low if name in self.frames else hosts.get(name, (low + high) / 2)) >= at:
                self.boxes[name] = replace(box, **{along: low + room})
                self._move_label(name, along, room)
        for name, points in self.lines.items():
            self.lines[name] = [_moved(point, axis, at, room) for point in points]
            label = self.labels.get(name)
            if label is not None and getattr(label, along) >= at:
                self._move_label(name, along, room)

    def _hosts(self, along: str, across: str) -> dict[str, float]:
        """Return the middle of the step on whose border an event sits, by the event."""
        found = {}
        for event in self._sheet.process.iter(f"{BPMN}boundaryEvent"):
            host = str(event.get("attachedToRef"))
            if host in self.boxes and host not in self.frames:
                box = self.boxes[host]
                found[str(event.get("id"))] = getattr(box, along) + getattr(box, across) / 2
        return found

    def _move_label(self, name: str, along: str, room: float) -> None:
        label = self.labels.get(name)
        if label is not None:
            self.labels[name] = replace(label, **{along: getattr(label, along) + room})

    def forget(self, name: str) -> None:
        """Take what stands for an element off the sheet."""
        for things in (self.boxes, self.lines, self.labels):
            things.pop(name, None)
        self.frames.discard(name)

    def write(self) -> None:
        """Write what has changed back into the file."""
        if self.plane is None:
            return
        for name, element in self._elements.items():
            if name not in self.boxes and name not in self.lines:
                self._sheet.take_out(element)
        boxes, lines = self._were
        for name, box in self.boxes.items():
            if boxes.get(name) != box:
                self._write_box(self._element(name, "BPMNShape"), box)
        for name, points in self.lines.items():
            if lines.get(name) != points:
                self._write_points(self._element(name, "BPMNEdge"), points)
        for name, element in self._elements.items():
            if (name in self.boxes or name in self.lines) and (
                self._labelled.get(name) != self.labels.get(name)
            ):
                self._write_label(element, self.labels.get(name))

    def _element(self, name: str, tag: str) -> etree._Element:
        found = self._elements.get(name)
        if found is not None:
            return found
        assert self.plane is not None
        identifier = self._sheet.new_id(f"{name}_{'shape' if tag == 'BPMNShape' else 'edge'}")
        made = etree.Element(f"{_DI}{tag}", {"id": identifier, "bpmnElement": name})
        shapes = [i for i, one in enumerate(self.plane) if one.tag == f"{_DI}BPMNShape"]
        at = len(self.plane) if tag == "BPMNEdge" or not shapes else shapes[-1] + 1
        self._sheet.put(self.plane, made, at)
        self._elements[name] = made
        return made

    def mark(self, name: str, attribute: str, value: str) -> None:
        """Write an attribute of a shape, such as `isHorizontal`."""
        self._element(name, "BPMNShape").set(attribute, value)

    def _write_box(self, element: etree._Element, box: Box) -> None:
        bounds = element.find(f"{_DC}Bounds")
        if bounds is None:
            bounds = etree.Element(f"{_DC}Bounds")
            self._sheet.put(element, bounds, 0)
        _write_bounds(bounds, box)

    def _write_points(self, element: etree._Element, points: list[Point]) -> None:
        old = element.findall(_WAYPOINT)
        for surplus in old[len(points) :]:
            self._sheet.take_out(surplus)
        for number, (x, y) in enumerate(points):
            if number < len(old):
                point = old[number]
            else:
                point = etree.Element(_WAYPOINT)
                self._sheet.put(element, point, number)
            point.set("x", _text(x))
            point.set("y", _text(y))

    def _write_label(self, element: etree._Element, box: Box | None) -> None:
        label = element.find(f"{_DI}BPMNLabel")
        if box is None:
            if label is not None:
                self._sheet.take_out(label)
            return
        if label is None:
            label = etree.Element(f"{_DI}BPMNLabel")
            self._sheet.put(element, label, len(element))
        self._write_box(label, box)


def _moved(point: Point, axis: str, at: float, room: float) -> Point:
    x, y = point
    if axis == "x":
        return (x + room if x >= at else x, y)
    return (x, y + room if y >= at else y)


def _box(bounds: etree._Element) -> Box:
    return Box(*(_number(bounds, name) for name in ("x", "y", "width", "height")))


def _number(element: etree._Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        return 0.0


def _write_bounds(bounds: etree._Element, box: Box) -> None:
    for name in ("x", "y", "width", "height"):
        bounds.set(name, _text(getattr(box, name)))


def _text(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else f"{number:g}"
