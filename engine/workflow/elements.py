"""Index the elements, flows and lanes of a diagram, refusing what the engine would not run."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from engine.errors import InvalidDefinition
from engine.workflow.definition import Element, ExpressionUse, Flow, FormUse, Lane, Words

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ADOLYGU = "{http://adolygu.cymru/bpmn}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"

ACTIVITIES = {"userTask", "callActivity", "sendTask", "serviceTask", "businessRuleTask"}
CATCHING = {"intermediateCatchEvent", "boundaryEvent"}
EVENTS = CATCHING | {"startEvent", "endEvent", "intermediateThrowEvent"}
CHOOSING = {"exclusiveGateway", "inclusiveGateway"}
GATEWAYS = CHOOSING | {"parallelGateway", "eventBasedGateway"}
NODES = ACTIVITIES | EVENTS | GATEWAYS | {"subProcess"}
DECORATION = {
    *("documentation", "extensionElements", "laneSet", "sequenceFlow", "incoming", "outgoing"),
    *("textAnnotation", "association", "group", "dataObject", "dataObjectReference"),
    *("dataStoreReference", "property", "multiInstanceLoopCharacteristics"),
}


@dataclass
class Index:
    """What was found in a diagram, by id and in the order of the file."""

    path: str
    process: etree._Element
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    expressions: list[ExpressionUse] = field(default_factory=list)
    nodes: dict[str, etree._Element] = field(default_factory=dict)

    def refuse(self, node: etree._Element, reason: str, remedy: str) -> InvalidDefinition:
        """Return the refusal of an element, to be raised."""
        return refuse(self.path, node, reason, remedy)

    def outgoing(self) -> dict[str, tuple[Flow, ...]]:
        """Return the flows that leave each element, in the order of the file."""
        found: dict[str, tuple[Flow, ...]] = {}
        for flow in self.flows.values():
            found[flow.source] = (*found.get(flow.source, ()), flow)
        return found


def refuse(path: str, node: etree._Element, reason: str, remedy: str) -> InvalidDefinition:
    """Return the refusal of a node of the file, to be raised."""
    name = node.get("id") or local(node)
    return InvalidDefinition(
        file=path, line=line_of(node), element=name, reason=reason, remedy=remedy
    )


def index_process(root: etree._Element, path: str) -> Index:
    """Return the index of the one process of a file.

    Raises:  InvalidDefinition, for whatever SpiffWorkflow would refuse late or run otherwise than
             the diagram says.
    """
    process = _only_process(root, path)
    index = Index(path, process)
    index.nodes.update((node.get("id") or "", node) for node in process.iter())
    lanes = _lanes(index)
    _scope(index, process, None, lanes, None)
    _check_flows(index)
    outgoing = index.outgoing()
    for element in index.elements.values():
        _check_element(index, element, outgoing.get(element.id, ()))
    return index


def local(node: etree._Element) -> str:
    """Return the tag of a node without its namespace."""
    return etree.QName(node).localname


def line_of(node: etree._Element) -> int:
    """Return the line of the file on which a node begins."""
    return int(str(node.sourceline or 1))


def own(node: etree._Element, name: str) -> str:
    """Return an attribute of our own namespace, empty where there is none."""
    return (node.get(f"{ADOLYGU}{name}") or "").strip()


def words_of(node: etree._Element) -> Words:
    """Return the name of a node in both languages."""
    return Words((node.get("name") or "").strip(), own(node, "nameCy"))


def guidance_of(node: etree._Element) -> Words:
    """Return the documentation of a node in both languages."""
    english = welsh = ""
    for text in node.findall(f"{BPMN}documentation"):
        if text.get("textFormat") == "text/x-cy":
            welsh = welsh or (text.text or "").strip()
        else:
            english = english or (text.text or "").strip()
    return Words(english, welsh)


def _only_process(root: etree._Element, path: str) -> etree._Element:
    if root.tag != f"{BPMN}definitions":
        raise refuse(path, root, "is not a BPMN diagram", "save it as BPMN 2.0 XML")
    processes = root.findall(f"{BPMN}process")
    if len(processes) != 1:
        found = f"holds {len(processes)} processes"
        raise refuse(path, root, found, "keep exactly one process in a file")
    process = processes[0]
    if not process.get("id"):
        raise refuse(path, process, "has no id", "give the process the name of its file as id")
    if process.get("isExecutable", "true") != "true":
        raise refuse(path, process, "is not executable", "set isExecutable to true")
    for node in root.iter(f"{SPIFF}*"):
        raise refuse(path, node, "is an extension that runs code", "remove it from the diagram")
    return process


def _lanes(index: Index) -> dict[str, Lane]:
    by_node: dict[str, Lane] = {}
    for node in index.process.iter(f"{BPMN}lane"):
        refs = (ref.text or "" for ref in node.findall(f"{BPMN}flowNodeRef"))
        members = tuple(ref.strip() for ref in refs)
        roles = tuple(own(node, "role").split())
        identifier = _identifier(index, node)
        lane = Lane(identifier, line_of(node), words_of(node), roles, members)
        index.lanes[lane.id] = lane
        # Inner lanes come later in the file than the lane around them, and win.
        by_node.update(dict.fromkeys(members, lane))
    return by_node


def _scope(
    index: Index,
    container: etree._Element,
    scope: str | None,
    lanes: dict[str, Lane],
    around: Lane | None,
) -> None:
    """Index what stands directly in a process or sub-process, then what stands in it."""
    inner: list[tuple[etree._Element, Lane | None]] = []
    defaults = {node.get("default") for node in container}
    for node in container:
        tag = local(node)
        if tag == "sequenceFlow":
            _add_flow(index, node, scope, defaults)
        elif tag in NODES and node.tag.startswith(BPMN):
            lane = lanes.get(node.get("id") or "", around)
            _add_element(index, node, scope, lane)
            if tag == "subProcess":
                inner.append((node, lane))
        elif node.tag.startswith(BPMN) and tag not in DECORATION:
            raise index.refuse(
                node, f"is of the kind {tag}, which is not run here", "use another element"
            )
    _check_starts(index, container)
    for node, lane in inner:
        _scope(index, node, node.get("id"), lanes, lane)


def _add_flow(
    index: Index, node: etree._Element, scope: str | None, defaults: set[str | None]
) -> None:
    identifier = _identifier(index, node)
    condition = _text(node.find(f"{BPMN}conditionExpression"))
    flow = Flow(
        id=identifier,
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        line=line_of(node),
        words=words_of(node),
        condition=condition,
        is_default=identifier in defaults,
        requirement=tuple(own(node, "requirement").split()),
        scope=scope,
    )
    index.flows[identifier] = flow
    if condition:
        index.expressions.append(ExpressionUse(identifier, "flow", condition, flow.line))


def _add_element(index: Index, node: etree._Element, scope: str | None, lane: Lane | None) -> None:
    identifier = _identifier(index, node)
    kind = local(node)
    event, expression = _event(index, node) if kind in EVENTS else ("", "")
    element = Element(
        id=identifier,
        kind=kind,
        line=line_of(node),
        words=words_of(node),
        guidance=guidance_of(node),
        roles=tuple(own(node, "role").split()) or (lane.roles if lane else ()),
        forms=_forms(own(node, "form")),
        shows=_forms(own(node, "shows")),
        anew=own(node, "anew") == "true",
        requirement=tuple(own(node, "requirement").split()),
        timescale=own(node, "timescale") or _event_timescale(node),
        item=own(node, "item"),
        item_list=_item_list(index, node),
        notice=own(node, "notice"),
        to=tuple(own(node, "to").split()),
        effect=own(node, "effect"),
        starts=own(node, "starts"),
        gateway=own(node, "gateway"),
        opens=own(node, "opens"),
        relation=own(node, "relation"),
        board=own(node, "board"),
        decision=own(node, "decision"),
        called=node.get("calledElement") or "" if kind == "callActivity" else "",
        scope=scope,
        attached_to=node.get("attachedToRef") if kind == "boundaryEvent" else None,
        interrupting=node.get("cancelActivity", "true") != "false",
        lane=lane.id if lane else None,
        event=event,
        expression=expression,
        default=node.get("default") or "",
        depth=index.elements[scope].depth + 1 if scope else 0,
    )
    index.elements[identifier] = element
    if expression:
        index.expressions.append(ExpressionUse(identifier, event, expression, element.line))


def _forms(text: str) -> tuple[FormUse, ...]:
    """Read `consent#parents consent#child minutes` as one use a form, in order."""
    sections: dict[str, tuple[str, ...] | None] = {}
    for word in text.split():
        form, _, section = word.partition("#")
        before = sections.get(form, ())
        sections[form] = (*before, section) if section and before is not None else None
    return tuple(FormUse(form, found) for form, found in sections.items())


def _event(index: Index, node: etree._Element) -> tuple[str, str]:
    kind = local(node)
    found = [child for child in node if local(child).endswith("EventDefinition")]
    if kind in CATCHING:
        return _awaited(index, node, found)
    if not found:
        return "", ""
    event = local(found[0]).removesuffix("EventDefinition")
    if kind == "endEvent" and event == "terminate" and len(found) == 1:
        return "terminate", ""
    raise index.refuse(
        node, f"is a {kind} with a {event}, which is not run here", "use a plain one"
    )


def _awaited(index: Index, node: etree._Element, found: list[etree._Element]) -> tuple[str, str]:
    if len(found) != 1:
        reason = f"waits for {len(found)} events"
        raise index.refuse(node, reason, "give it one timer or one condition")
    event = local(found[0]).removesuffix("EventDefinition")
    if event == "timer":
        expression = _text(found[0].find(f"{BPMN}timeDate"))
        remedy = 'write its moment in FEEL as a timeDate, such as due("TS-41")'
    elif event == "conditional":
        expression = _text(found[0].find(f"{BPMN}condition"))
        remedy = "write its condition in FEEL"
    else:
        reason = f"waits for the event {event}, which is not run here"
        raise index.refuse(node, reason, "wait for a timer or a condition")
    if not expression:
        raise index.refuse(node, f"has a {event} without FEEL", remedy)
    return event, expression


def _event_timescale(node: etree._Element) -> str:
    definition = node.find(f"{BPMN}timerEventDefinition")
    return own(definition, "timescale") if definition is not None else ""


def _item_list(index: Index, node: etree._Element) -> str:
    if node.find(f"{BPMN}standardLoopCharacteristics") is not None:
        raise index.refuse(node, "is a loop activity", "loop with a gateway and a flow back")
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return ""
    if local(node) not in ACTIVITIES:
        reason = "repeats a sub-process for each item"
        raise index.refuse(node, reason, "call a part for each item with a call activity")
    names = {local(child) for child in loop if child.tag.startswith(BPMN)}
    strange = names - {"loopDataInputRef", "inputDataItem", "extensionElements"}
    # Diagrams deployed before D57 name the list in loopDataInputRef only.
    inside, beside = _text(loop.find(f"{BPMN}loopDataInputRef")), own(node, "items").strip()
    listed = beside or inside
    if strange or loop.get("isSequential") == "true" or not listed:
        reason = "repeats otherwise than once for each item of a list, in parallel"
        raise index.refuse(node, reason, "name the item list in adolygu:items, nothing else")
    if inside and inside != listed:
        reason = f"repeats over {beside} by adolygu:items and over {inside} by loopDataInputRef"
        raise index.refuse(node, reason, "name one item list, in adolygu:items")
    return listed


def _check_starts(index: Index, container: etree._Element) -> None:
    starts = container.findall(f"{BPMN}startEvent")
    if len(starts) != 1:
        reason = f"has {len(starts)} start events"
        raise index.refuse(container, reason, "give it exactly one start event")
    ends = container.findall(f"{BPMN}endEvent")
    if not ends:
        raise index.refuse(container, "has no end event", "end every path in an end event")


def _check_flows(index: Index) -> None:
    for flow in index.flows.values():
        node = index.nodes[flow.id]
        for end in (flow.source, flow.target):
            if end not in index.elements or index.elements[end].scope != flow.scope:
                reason = f"joins to {end or 'nothing'}, which is not in the same process"
                raise index.refuse(node, reason, "draw the flow again")
        if flow.condition and index.elements[flow.source].kind not in CHOOSING:
            reason = "has a condition but leaves no exclusive or inclusive gateway"
            raise index.refuse(node, reason, "put a gateway before it")


def _check_element(index: Index, element: Element, flows: tuple[Flow, ...]) -> None:
    node = index.nodes[element.id]
    if len(flows) > 1 and element.kind not in GATEWAYS:
        raise index.refuse(node, "has several flows out of it", "put a gateway after it")
    if element.kind in CHOOSING and len(flows) > 1:
        _check_choice(index, element, flows)
    if element.kind == "eventBasedGateway":
        _check_race(index, element, flows)
    if element.kind == "boundaryEvent":
        _check_boundary(index, element)
    if element.kind == "callActivity" and not element.called:
        raise index.refuse(node, "calls nothing", "name the process in calledElement")
    if element.kind == "businessRuleTask" and not element.decision:
        raise index.refuse(node, "names no decision", "name a DMN decision in adolygu:decision")
    if node.get("triggeredByEvent") == "true":
        reason = "is an event sub-process"
        raise index.refuse(node, reason, "make it a side process, or use a boundary event")


def _check_choice(index: Index, element: Element, flows: tuple[Flow, ...]) -> None:
    for flow in flows:
        if not flow.condition and not flow.is_default:
            reason = f"leaves {element.id} without a condition and is not its default"
            raise index.refuse(index.nodes[flow.id], reason, "write its condition in FEEL")


def _check_race(index: Index, element: Element, flows: tuple[Flow, ...]) -> None:
    for flow in flows:
        if index.elements[flow.target].kind != "intermediateCatchEvent":
            reason = f"goes from {element.id} to something that waits for no event"
            raise index.refuse(index.nodes[flow.id], reason, "lead it to a timer or a condition")


def _check_boundary(index: Index, element: Element) -> None:
    host = index.elements.get(element.attached_to or "")
    if host is None or host.scope != element.scope or host.kind not in {*ACTIVITIES, "subProcess"}:
        reason = (
            f"is attached to {element.attached_to or 'nothing'}, which is no activity beside it"
        )
        raise index.refuse(index.nodes[element.id], reason, "attach it to a task or a sub-process")


def _identifier(index: Index, node: etree._Element) -> str:
    identifier = node.get("id")
    if not identifier:
        raise index.refuse(node, "has no id", "give it an id")
    return identifier


def _text(node: etree._Element | None) -> str:
    return (node.text or "").strip() if node is not None else ""
