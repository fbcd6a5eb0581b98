"""Read a diagram into its parts: steps, flows, lanes, and whatever else has an id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from engine.comparing import wording
from engine.comparing.aspects import ON
from engine.comparing.names import Names, listed
from engine.comparing.parts import NOTHING, Part
from engine.lint import Diagram
from engine.lint.diagram import ACTIVITIES, ADOLYGU, BPMN, EVENTS, Flow, Lane, Node, local
from engine.texts import Text

_OWN = f"{{{ADOLYGU}}}"
_DEFINITION = "EventDefinition"
#: Told elsewhere: the flows of a step with the flows, lists of a lane with its steps.
_ELSEWHERE = frozenset({"incoming", "outgoing", "documentation", "laneSet", "flowNodeRef"})
_CONDITIONS = frozenset({"conditionExpression", "condition"})
_TIMERS = frozenset({"timeDate", "timeCycle", "timeDuration"})

Pair = tuple[str, str]


@dataclass
class Version:
    """One version, its parts by id."""

    diagram: Diagram
    names: Names

    @cached_property
    def nodes(self) -> dict[str, Part]:
        return {node.id: self._node(node) for node in self.diagram.nodes if node.id}

    @cached_property
    def flows(self) -> dict[str, Part]:
        return {flow.id: self._flow(flow) for flow in self.diagram.flows if flow.id}

    @cached_property
    def others(self) -> dict[str, Part]:
        found = [*self.diagram.processes, *self.diagram.annotations, *self._rest()]
        parts = [self._other(node) for node in found if node.id]
        parts += [self._lane(lane) for lane in self.diagram.lanes if lane.id]
        return {part.id: part for part in parts}

    @cached_property
    def pairs(self) -> set[Pair]:
        """What leads to what, the step to the event on its edge among it."""
        found = {(flow.source, flow.target) for flow in self.diagram.flows}
        found |= {(node.attached_to, node.id) for node in self.diagram.nodes if node.attached_to}
        return found

    @cached_property
    def _into(self) -> dict[str, list[str]]:
        return grouped((other, one) for one, other in self.pairs)

    @cached_property
    def _out_of(self) -> dict[str, list[str]]:
        return grouped(self.pairs)

    def flow(self, key: str) -> Flow:
        """Return a flow as it is drawn."""
        return self._drawn[key]

    @cached_property
    def _drawn(self) -> dict[str, Flow]:
        return {flow.id: flow for flow in self.diagram.flows}

    def title(self, key: str) -> Text:
        """Return what a sentence calls a step."""
        part = self.nodes.get(key)
        return part.title if part else Text(f"“{key}”", f"“{key}”")

    def around(self, key: str) -> Text:
        """Say after and before which steps one stands."""
        behind, ahead = sorted(self._into.get(key, ())), sorted(self._out_of.get(key, ()))
        return wording.between(map(self.title, behind), map(self.title, ahead))

    def _rest(self) -> Iterator[Node]:
        """Yield what has an id and is neither step, flow, lane, process nor note."""
        known = {each.id for each in (*self.diagram.nodes, *self.diagram.flows)}
        known |= {each.id for each in (*self.diagram.lanes, *self.diagram.annotations)}
        root = self.diagram.root
        for holder in root.iter() if root is not None else ():
            if local(holder) not in {"process", "subProcess", "collaboration", "definitions"}:
                continue
            for element in holder:
                plain = local(element) and local(element) not in _ELSEWHERE | {"process"}
                within = element.get("id") and element.get("id") not in known
                if plain and within and not local(element).endswith("Characteristics"):
                    yield Node(element, local(element), holder.get("id", ""))

    def _node(self, node: Node) -> Part:
        sort = "step" if node.kind in ACTIVITIES else "event" if node.kind in EVENTS else "gateway"
        aspects = self._told(node) | self._of_events(node)
        lane = self.diagram.lane_of(node)
        if lane is not None:
            aspects["lane"] = _named(lane)
        aspects["kind"] = Text(node.kind, node.kind)
        if node.scope in self.diagram.by_id:
            aspects["around"] = self._name(node.scope)
        if node.attached_to:
            aspects["attachedToRef"] = self._name(node.attached_to)
            if node.interrupts:
                aspects["interrupts"] = ON
        if node.item_list:
            aspects["item_list"] = Text(node.item_list, node.item_list)
        called = node.element.get("calledElement", "")
        if called:
            aspects["calledElement"] = self.names.process(called)
        return Part(node.id, sort, _named(node), node.scope, _filled(aspects))

    def _flow(self, flow: Flow) -> Part:
        aspects = self._told(flow)
        if flow.has_condition:
            conditions = [each for each in flow.element if local(each) == "conditionExpression"]
            aspects["condition"] = same(" ".join((conditions[0].text or "").split()))
        source = self.diagram.by_id.get(flow.source)
        if source is not None and source.element.get("default") == flow.id:
            aspects["is_default"] = ON
        name, ends = _named(flow), (self._name(flow.source), self._name(flow.target))
        if name.en == flow.id:
            name = Text(f"{ends[0].en} → {ends[1].en}", f"{ends[0].cy} → {ends[1].cy}")
        return Part(flow.id, "flow", name, flow.scope, _filled(aspects))

    def _lane(self, lane: Lane) -> Part:
        return Part(lane.id, "lane", _named(lane), "", _filled(self._told(lane)))

    def _other(self, node: Node) -> Part:
        sort = {"process": "process", "textAnnotation": "note"}.get(node.kind, "element")
        aspects = self._told(node)
        if sort == "element":
            aspects["kind"] = Text(node.kind, node.kind)
        return Part(node.id, sort, _named(node), node.scope, _filled(aspects))

    def _name(self, key: str) -> Text:
        node = self.diagram.by_id.get(key)
        return _named(node) if node else Text(key, key)

    def _told(self, node: Node) -> dict[str, Text]:
        """Return what an element says in its attributes, its guidance, and whatever else."""
        said = {"name": same(node.name.en), "name_cy": same(node.name.cy)}
        for attribute, value in node.element.attrib.items():
            key = str(attribute)
            own = key.startswith(_OWN)
            key = etree.QName(attribute).localname
            if own and key != "nameCy":
                said[key] = self._own(key, " ".join(str(value).split()))
            elif not own and key not in _PLAIN:
                said[key] = same(str(value))
        guidance = node.documentation
        said["documentation"] = same(" ".join(guidance.en.split()))
        said["documentation_cy"] = same(" ".join(guidance.cy.split()))
        said["further"] = same(_further(node.element))
        return said

    def _own(self, key: str, value: str) -> Text:
        if key == "anew":
            return ON if value == "true" else NOTHING
        if key in ("form", "shows"):
            return self.names.use(value)
        find = _LOOKED_UP.get(key)
        if find is None:
            return same(value)
        return listed(find(self.names, word) for word in value.split())

    def _of_events(self, node: Node) -> dict[str, Text]:
        said: dict[str, Text] = {}
        for definition in node.element:
            if not local(definition).endswith(_DEFINITION):
                continue
            for place in definition:
                key = "timer" if local(place) in _TIMERS else "condition"
                said[key] = same(" ".join((place.text or "").split()))
        return said


_LOOKED_UP: Mapping[str, Callable[[Names, str], Text]] = {
    "role": Names.role,
    "to": Names.role,
    "startRoles": Names.role,
    "timescale": Names.timescale,
    "starts": Names.process,
    "opens": Names.process,
    "besides": Names.process,
    "decision": Names.decision,
}
#: Attributes of BPMN that are told by other words.
_PLAIN = frozenset(
    {"id", "name", "sourceRef", "targetRef", "attachedToRef", "cancelActivity", "default"}
    | {"calledElement"}
)


def grouped(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Return what each leads to."""
    groups: dict[str, list[str]] = {}
    for one, other in pairs:
        groups.setdefault(one, []).append(other)
    return groups


def _named(node: Node) -> Text:
    name = node.name
    english = name.en or node.id or node.kind
    return Text(english, name.cy or english)


def same(text: str) -> Text:
    """Return what is written the same way in both languages."""
    return Text(text, text)


def _filled(aspects: Mapping[str, Text]) -> dict[str, Text]:
    return {key: value for key, value in aspects.items() if value.en or value.cy}


def _further(element: etree._Element) -> str:
    """Return whatever else an element holds, so that nothing that differs goes unsaid."""
    holds = {"process", "subProcess", "adHocSubProcess", "transaction", "collaboration"}
    skipped = _ELSEWHERE | ({"lane"} if local(element) == "laneSet" else set())
    found = []
    for child in element:
        name = local(child)
        if name in skipped or (local(element) in holds and child.get("id") and name):
            continue
        if name in _CONDITIONS or name in {"text", "childLaneSet"}:
            continue
        found.append(_content(child))
    return " ".join(filter(None, found))


def _content(element: etree._Element) -> str:
    """Return an element as text, without the ids that editors make up and what is told apart."""
    if not isinstance(element.tag, str):
        return ""
    name = local(element)
    if name in _TIMERS or name in _CONDITIONS or name == "loopDataInputRef":
        return ""
    attributes = {
        etree.QName(key).localname: value
        for key, value in sorted(element.attrib.items())
        if etree.QName(key).localname not in {"id", "type"}
    }
    said = [f"{key}={value!s}" for key, value in attributes.items()]
    said += [" ".join((element.text or "").split())]
    said += [_content(child) for child in element]
    inner = " ".join(filter(None, said))
    tag = etree.QName(element).localname
    return f"{tag}({inner})" if inner or element.tag.startswith(f"{{{BPMN}}}") else tag
