"""A BPMN file as the rules see it: nodes, flows, lanes, and where they stand on the sheet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from lxml import etree

from engine.errors import InvalidDefinition
from engine.lint.geometry import Box, Point
from engine.texts import Text

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
ADOLYGU = "http://adolygu.cymru/bpmn"

TASKS = frozenset({"userTask", "sendTask", "serviceTask", "businessRuleTask"})
UNSERVED_TASKS = frozenset({"task", "manualTask", "receiveTask", "scriptTask"})
SUB_PROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
ACTIVITIES = TASKS | UNSERVED_TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway"}
    | {"eventBasedGateway"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "boundaryEvent"}
    | {"intermediateCatchEvent", "intermediateThrowEvent"}
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})

_T = TypeVar("_T")
_DUE = re.compile(r'\b(?:due|last\s+day)\(\s*"([^"]*)"\s*\)')


@dataclass(frozen=True)
class Texts:
    """A text in both languages; empty where it is missing."""

    en: str = ""
    cy: str = ""


@dataclass(frozen=True)
class Expression:
    """A piece of FEEL, the element it belongs to, and where it stands."""

    id: str
    line: int
    text: str
    language: str


@dataclass(frozen=True)
class Node:
    """A process, lane, annotation or flow node: whatever has an id and a name."""

    element: etree._Element
    kind: str
    scope: str

    @property
    def id(self) -> str:
        """The BPMN id, empty where there is none."""
        return str(self.element.get("id", ""))

    @property
    def line(self) -> int:
        """The line of the start tag."""
        return line_of(self.element)

    @cached_property
    def own(self) -> Mapping[str, str]:
        """Our attributes, without their namespace."""
        return {
            str(name).removeprefix(f"{{{ADOLYGU}}}"): str(value)
            for name, value in self.element.attrib.items()
            if str(name).startswith(f"{{{ADOLYGU}}}")
        }

    def words(self, attribute: str) -> list[str]:
        """The list that one of our attributes holds."""
        return self.own.get(attribute, "").split()

    @property
    def name(self) -> Texts:
        """The name in both languages; the words of an annotation are its name."""
        if self.kind == "textAnnotation":
            english = text_of(child(self.element, "text"))
        else:
            english = self.element.get("name", "")
        return Texts(" ".join(english.split()), self.own.get("nameCy", "").strip())

    @property
    def title(self) -> Text:
        """What a message calls it."""
        english = self.name.en or self.id or self.kind
        return Text(f"“{english}”", f"“{self.name.cy or english}”")

    @property
    def documentation(self) -> Texts:
        """What to do, in both languages."""
        found = {"en": "", "cy": ""}
        for text in children(self.element, "documentation"):
            language = "cy" if text.get("textFormat") == "text/x-cy" else "en"
            found[language] = found[language] or text_of(text)
        return Texts(**found)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The kinds of event it throws or waits for: `timer`, `message`, ..."""
        return tuple(
            kind.removesuffix("EventDefinition")
            for kind in map(local, self.element)
            if kind.endswith("EventDefinition")
        )

    @property
    def attached_to(self) -> str:
        """The id of the activity on whose border it sits."""
        return str(self.element.get("attachedToRef", ""))

    @property
    def interrupts(self) -> bool:
        """A boundary event that ends the activity it sits on."""
        return bool(self.element.get("cancelActivity", "true") == "true")

    @property
    def loop(self) -> etree._Element | None:
        """Its multi-instance characteristics."""
        return child(self.element, "multiInstanceLoopCharacteristics")

    @property
    def item_list(self) -> str:
        """The item list over which it repeats; older diagrams name it in `loopDataInputRef`."""
        return "" if self.loop is None else self.own.get("items", "").strip() or self.input_list

    @property
    def input_list(self) -> str:
        """The item list in `loopDataInputRef`, which the editor in the browser does not keep."""
        return "" if self.loop is None else text_of(child(self.loop, "loopDataInputRef"))

    @property
    def is_event_sub_process(self) -> bool:
        """A sub-process that starts itself when something happens."""
        return bool(self.element.get("triggeredByEvent") == "true")


@dataclass(frozen=True)
class Flow(Node):
    """A sequence flow."""

    @property
    def source(self) -> str:
        """The id of the node it leaves."""
        return str(self.element.get("sourceRef", ""))

    @property
    def target(self) -> str:
        """The id of the node it enters."""
        return str(self.element.get("targetRef", ""))

    @property
    def has_condition(self) -> bool:
        """It carries a condition, be it an empty one."""
        return child(self.element, "conditionExpression") is not None


@dataclass(frozen=True)
class Lane(Node):
    """A lane, with the lane it lies in."""

    outer: Lane | None = None

    @property
    def members(self) -> list[str]:
        """The ids of the nodes it lists."""
        return [text_of(reference) for reference in children(self.element, "flowNodeRef")]

    @property
    def roles(self) -> list[str]:
        """Its roles, or those of the lane around it."""
        return self.words("role") or (self.outer.roles if self.outer else [])


@dataclass(frozen=True)
class Drawn:
    """Something on the sheet, and where its label is."""

    id: str
    line: int
    label: Box | None


@dataclass(frozen=True)
class Shape(Drawn):
    """Where a node, a lane or a pool stands on the sheet."""

    box: Box
    is_expanded: bool


@dataclass(frozen=True)
class Edge(Drawn):
    """Where a flow runs on the sheet."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Diagram:
    """A BPMN file as the rules see it. A file that cannot be read holds nothing but the reason."""

    path: str
    root: etree._Element | None = None
    unreadable: InvalidDefinition | None = None
    #: the rules about drawing look at it
    is_drawn: bool = False
    processes: tuple[Node, ...] = ()
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    lanes: tuple[Lane, ...] = ()
    annotations: tuple[Node, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id of the process, empty where there is none."""
        return self.processes[0].id if self.processes else ""

    @property
    def line(self) -> int:
        """The line of the outermost element."""
        return 1 if self.root is None else line_of(self.root)

    @property
    def kind(self) -> str:
        """`root`, `part` or `side`, as the process says."""
        return self.processes[0].own.get("kind", "") if self.processes else ""

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Flow nodes by their ids; what has none cannot be referred to."""
        return {node.id: node for node in self.nodes if node.id}

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """Flow nodes of these kinds, in the order of the file."""
        return (node for node in self.nodes if node.kind in kinds)

    def with_event(self, *events: str) -> Iterator[Node]:
        """Events that wait for or throw one of these."""
        return (node for node in self.nodes if set(node.events) & set(events))

    @cached_property
    def _out(self) -> Mapping[str, list[Flow]]:
        return _grouped((flow.source, flow) for flow in self.flows)

    @cached_property
    def _in(self) -> Mapping[str, list[Flow]]:
        return _grouped((flow.target, flow) for flow in self.flows)

    @cached_property
    def _boundary(self) -> Mapping[str, list[Node]]:
        return _grouped((node.attached_to, node) for node in self.of_kind("boundaryEvent"))

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        """Everything on the sheet."""
        return (*self.shapes.values(), *self.edges.values())

    def flows_out(self, node: Node) -> list[Flow]:
        """The flows that leave a node."""
        return self._out.get(node.id, [])

    def flows_into(self, node: Node) -> list[Flow]:
        """The flows that enter a node."""
        return self._in.get(node.id, [])

    def boundary_events(self, node: Node) -> list[Node]:
        """The events on the border of an activity."""
        return self._boundary.get(node.id, [])

    def reached_from(self, starts: Iterable[str], without: Collection[str] = ()) -> set[str]:
        """Return the ids that can be reached along the flows, the starts among them.

        Boundary events are reached with the activity they sit on. Nodes in `without` are not
        entered.
        """
        reached: set[str] = set()
        waiting = [start for start in starts if start not in without]
        while waiting:
            here = waiting.pop()
            if here in reached:
                continue
            reached.add(here)
            nexts = [flow.target for flow in self._out.get(here, [])]
            nexts += [event.id for event in self._boundary.get(here, [])]
            waiting += [identifier for identifier in nexts if identifier not in without]
        return reached

    def lane_of(self, node: Node) -> Lane | None:
        """The innermost lane of a node; nodes of a sub-process stand in its lane."""
        found = [lane for lane in self.lanes if node.id in lane.members]
        if found:
            return max(found, key=_depth)
        host = self.by_id.get(node.attached_to)
        if host is not None and host.kind in ACTIVITIES:
            return self.lane_of(host)
        around = self.by_id.get(node.scope)
        return self.lane_of(around) if around is not None else None

    def expressions(self) -> Iterator[Expression]:
        """Every piece of FEEL in the file."""
        for thing in (*self.flows, *self.nodes):
            for element in _expressions(thing.element):
                yield Expression(
                    thing.id, line_of(element), text_of(element), element.get("language", "")
                )


def timescales_in(expression: str) -> list[str]:
    """Return the timescales whose due day an expression asks for."""
    return _DUE.findall(expression)


def local(element: etree._Element) -> str:
    """Return the tag of a BPMN element without its namespace; empty for any other."""
    tag = element.tag
    prefix = f"{{{BPMN}}}"
    return tag.removeprefix(prefix) if isinstance(tag, str) and tag.startswith(prefix) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the BPMN children with this tag."""
    return [found for found in element if local(found) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first BPMN child with this tag."""
    return next(iter(children(element, name)), None)


def text_of(element: etree._Element | None) -> str:
    """Return the text of an element without the blanks around it."""
    return "" if element is None else (element.text or "").strip()


def line_of(element: etree._Element) -> int:
    """Return the line on which an element starts."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


def _depth(lane: Lane) -> int:
    return 0 if lane.outer is None else 1 + _depth(lane.outer)


def _expressions(element: etree._Element) -> Iterator[etree._Element]:
    yield from children(element, "conditionExpression")
    for definition in element:
        kind = local(definition)
        if kind == "timerEventDefinition":
            yield from children(definition, "timeDate")
        elif kind == "conditionalEventDefinition":
            yield from children(definition, "condition")


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
