"""Read a BPMN file into a diagram."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.errors import InvalidDefinition
from engine.lint.diagram import (
    DIAGRAM,
    FLOW_NODES,
    SUB_PROCESSES,
    Diagram,
    Edge,
    Flow,
    Lane,
    Node,
    Shape,
    children,
    line_of,
    local,
)
from engine.lint.geometry import Box
from engine.xml_source import read_xml


def read_diagram(source: bytes, path: str, *, drawn: bool | None = None) -> Diagram:
    """Read a BPMN file; one that cannot be read gives a diagram that says why.

    Takes:   drawn, whether the rules about drawing apply; left out, they do where there is
             anything drawn.
    """
    try:
        root = read_xml(source, path)
    except InvalidDefinition as invalid:
        return Diagram(path, unreadable=invalid)
    shapes = {shape.id: shape for shape in map(_shape, root.iter(f"{{{DIAGRAM}}}BPMNShape"))}
    edges = {edge.id: edge for edge in map(_edge, root.iter(f"{{{DIAGRAM}}}BPMNEdge"))}
    processes = tuple(Node(found, "process", "") for found in children(root, "process"))
    inside = [pair for process in processes for pair in _inside(process.element, process.id)]
    return Diagram(
        path,
        root,
        is_drawn=bool(shapes or edges) if drawn is None else drawn,
        processes=processes,
        nodes=tuple(Node(e, local(e), scope) for e, scope in inside if local(e) in FLOW_NODES),
        flows=tuple(
            Flow(e, "sequenceFlow", scope) for e, scope in inside if local(e) == "sequenceFlow"
        ),
        lanes=tuple(
            lane for e, scope in inside if local(e) == "laneSet" for lane in _lanes(e, scope, None)
        ),
        annotations=tuple(
            Node(e, local(e), scope) for e, scope in inside if local(e) == "textAnnotation"
        ),
        shapes=shapes,
        edges=edges,
    )


def _inside(element: etree._Element, scope: str) -> Iterator[tuple[etree._Element, str]]:
    for found in element:
        yield found, scope
        if local(found) in SUB_PROCESSES:
            yield from _inside(found, str(found.get("id", "")))


def _lanes(lane_set: etree._Element, scope: str, outer: Lane | None) -> Iterator[Lane]:
    for element in children(lane_set, "lane"):
        lane = Lane(element, "lane", scope, outer)
        yield lane
        for inner in children(element, "childLaneSet"):
            yield from _lanes(inner, scope, lane)


def _shape(element: etree._Element) -> Shape:
    return Shape(
        str(element.get("bpmnElement", "")),
        line_of(element),
        _label(element),
        _bounds(element) or Box(0, 0, 0, 0),
        element.get("isExpanded") == "true",
    )


def _edge(element: etree._Element) -> Edge:
    points = tuple(
        (_number(point, "x"), _number(point, "y"))
        for point in element
        if etree.QName(point).localname == "waypoint"
    )
    return Edge(str(element.get("bpmnElement", "")), line_of(element), _label(element), points)


def _label(element: etree._Element) -> Box | None:
    label = element.find(f"{{{DIAGRAM}}}BPMNLabel")
    return None if label is None else _bounds(label)


def _bounds(element: etree._Element) -> Box | None:
    for found in element:
        if etree.QName(found).localname == "Bounds":
            return Box(*(_number(found, name) for name in ("x", "y", "width", "height")))
    return None


def _number(element: etree._Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        return 0.0
