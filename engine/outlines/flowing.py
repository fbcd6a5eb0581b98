"""Lead flows elsewhere, and find what nothing leads to any more."""

from __future__ import annotations

import re

from lxml import etree

from engine.outlines import lanes
from engine.outlines.layout import Layout
from engine.outlines.sheet import FLOW, Sheet
from engine.texts import without_accents
from engine.workflow.elements import BPMN, NODES, local

_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
#: An id says what a step is; a whole sentence would not fit into an audit trail.
_LONGEST_ID = 60


def id_from(sheet: Sheet, name: str, kind: str) -> str:
    """Return a new id made of the English name of a step, or of its kind where it has none."""
    words = _NOT_IN_IDS.sub("_", without_accents(name).replace("’", "")).strip("_")
    words = words[:_LONGEST_ID].rpartition("_")[0] if len(words) > _LONGEST_ID else words
    if not words or not words[0].isalpha():
        words = f"{kind}_{words}".strip("_")
    return sheet.new_id(words)


def make_flow(sheet: Sheet, source: str, target: str, after: etree._Element | None) -> str:
    """Add a flow between two steps of the same scope; return its id."""
    identifier = sheet.new_id(f"{source}_to_{target}")
    attributes = {"id": identifier, "sourceRef": source, "targetRef": target}
    scope = sheet.scope(source)
    beside = after is not None and after.getparent() is scope
    sheet.make("sequenceFlow", attributes, scope, after if beside else None)
    sheet.tell_flows(source)
    sheet.tell_flows(target)
    return identifier


def lead_to(sheet: Sheet, layout: Layout, flow: etree._Element, target: str) -> None:
    """Let a flow enter another step."""
    before = str(flow.get("targetRef"))
    flow.set("targetRef", target)
    for step in (before, target):
        if sheet.has(step):
            sheet.tell_flows(step)
    layout.rerouted(str(flow.get("id")))


def take_flow(sheet: Sheet, layout: Layout, flow: etree._Element) -> None:
    """Take a flow out of the process."""
    ends = (str(flow.get("sourceRef")), str(flow.get("targetRef")))
    source = sheet.node(ends[0]) if sheet.has(ends[0]) else None
    if source is not None and source.get("default") == flow.get("id"):
        del source.attrib["default"]
    layout.take_away([], [str(flow.get("id"))])
    sheet.take_out(flow)
    for step in ends:
        if sheet.has(step):
            sheet.tell_flows(step)


def nodes_of(sheet: Sheet) -> list[etree._Element]:
    """Return the steps, gateways and events of the process, in the order of the file."""
    return [
        node
        for node in sheet.process.iter(etree.Element)
        if str(node.tag).startswith(BPMN) and local(node) in NODES and node.get("id")
    ]


def reached(sheet: Sheet, without: str = "") -> set[str]:
    """Return the steps that can be reached from the beginning, but not through one of them."""
    nexts: dict[str, list[str]] = {}
    for flow in sheet.process.iter(FLOW):
        nexts.setdefault(str(flow.get("sourceRef")), []).append(str(flow.get("targetRef")))
    todo = []
    for node in nodes_of(sheet):
        identifier, parent = str(node.get("id")), node.getparent()
        if local(node) == "boundaryEvent":
            nexts.setdefault(str(node.get("attachedToRef")), []).append(identifier)
        elif local(node) == "startEvent" and parent is sheet.process:
            todo.append(identifier)
        elif local(node) == "startEvent" and parent is not None:
            nexts.setdefault(str(parent.get("id")), []).append(identifier)
    found: set[str] = set()
    while todo:
        here = todo.pop()
        if here not in found and here != without and sheet.has(here):
            found.add(here)
            todo += nexts.get(here, [])
    return found


def sweep(sheet: Sheet, layout: Layout, before: set[str]) -> list[str]:
    """Take out what could be reached before and cannot be any more; return the ids."""
    gone = [step for step in before - reached(sheet) if sheet.has(step)]
    for step in gone:
        if sheet.has(step):
            take_step(sheet, layout, step)
    return gone


def take_step(sheet: Sheet, layout: Layout, step: str) -> None:
    """Take a step out of the process with all that is inside and on its border, and its flows."""
    node = sheet.node(step)
    inside = [one for one in nodes_of(sheet) if any(a is node for a in one.iterancestors())]
    around = [node, *inside]
    names = [str(one.get("id")) for one in around]
    for event in [one for name in names for one in sheet.on_border(name)]:
        if sheet.has(str(event.get("id"))) and event not in around:
            take_step(sheet, layout, str(event.get("id")))
    for flow in [f for name in names for f in (*sheet.into(name), *sheet.out_of(name))]:
        if sheet.has(str(flow.get("id"))):
            take_flow(sheet, layout, flow)
    emptied = [lane for name in names for lane in lanes.leave(sheet, name)]
    layout.take_away(names, [])
    sheet.take_out(node)
    drop_lanes(sheet, layout, emptied)


def drop_lanes(sheet: Sheet, layout: Layout, emptied: list[str]) -> None:
    """Take out lanes in which nothing stands any more, save the last one."""
    for lane in emptied:
        if (
            sheet.has(lane)
            and not lanes.members(sheet.node(lane))
            and len(lanes.all_lanes(sheet)) > 1
        ):
            layout.drop_lane(lane)
            sheet.take_out(sheet.node(lane))
