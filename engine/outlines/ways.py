"""Split a flow into ways and join them again; add, change and remove ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.outlines import flowing, lanes, properties
from engine.outlines.errors import DefaultNeedsCondition, LastWay, NotAChoice, WayMeetsItself
from engine.outlines.finishing import Edited, finish
from engine.outlines.layout import Layout
from engine.outlines.sheet import Sheet
from engine.workflow.elements import CHOOSING, GATEWAYS, local

#: Where a way goes that does not go to a step: on to where the others meet, or to an end.
ON, END = "on", "end"


@dataclass(frozen=True)
class NewWay:
    """A way that is to be: its name and condition by the words of `PROPERTIES`, and where it goes.

    `to` is `on`, `end`, or the id of a step; `end` holds the names of the end, where it ends.
    """

    values: Mapping[str, str]
    to: str = ON
    end: Mapping[str, str] | None = None


def split(
    source: bytes,
    path: str,
    flow: str,
    kind: str,
    values: Mapping[str, str],
    ways: Sequence[NewWay],
    around: str = "",
) -> Edited:
    """Let a flow part into several ways that meet again before what it led to.

    Takes:   kind, `exclusiveGateway` for a choice or `parallelGateway` for ways side by side;
             around, a step into which the flow leads, which then stands on the first way.
    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    where = sheet.flow(flow)
    name = values.get("name", "")
    parting = flowing.id_from(sheet, name, "choice" if kind in CHOOSING else "side_by_side")
    names = tuple(way.values.get("name", "") for way in ways)
    first = _insert(sheet, layout, parting, kind, values, where, (), names)
    meeting = sheet.new_id(f"{parting}_ends")
    if around:
        _insert(sheet, layout, meeting, kind, {}, sheet.out_of(around)[0], (), ())
    else:
        _insert(sheet, layout, meeting, kind, {}, first, names, ())
    straight = next((way for way in ways if way.to == ON), None)
    if straight is None:
        flowing.take_flow(sheet, layout, first)
    for way in ways:
        _add(sheet, layout, parting, meeting, way, first if way is straight else None)
    _dissolve(sheet, layout, meeting)
    return finish(sheet, layout, parting)


def add_way(source: bytes, path: str, gateway: str, way: NewWay) -> Edited:
    """Add a way where ways part already.

    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.node(gateway)
    if local(node) not in GATEWAYS or len(sheet.out_of(gateway)) < 2:
        raise NotAChoice
    _add(sheet, layout, gateway, meeting_of(sheet, gateway), way, None)
    return finish(sheet, layout, gateway)


def change_way(source: bytes, path: str, flow: str, values: Mapping[str, str], to: str) -> Edited:
    """Change what is told of a way, and the step to which it leads.

    Takes:   to, the id of a step; empty to leave it as it is.
    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.flow(flow)
    before = flowing.reached(sheet)
    told = properties.of_element(sheet, node)
    if values.get("default") and not told["default"]:
        _check_default(sheet, node)
    properties.tell(sheet, node, values)
    if any(told[word] != values.get(word, told[word]) for word in ("name", "nameCy")):
        layout.renamed(flow)
    if to and to != node.get("targetRef"):
        _check_target(sheet, node.get("sourceRef", ""), to)
        flowing.lead_to(sheet, layout, node, to)
        flowing.sweep(sheet, layout, before)
    return finish(sheet, layout, flow)


def remove_way(source: bytes, path: str, flow: str) -> Edited:
    """Take a way out with all that only it leads to; where one way is left, there is no choice.

    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.flow(flow)
    gateway = str(node.get("sourceRef"))
    if local(sheet.node(gateway)) not in GATEWAYS or len(sheet.out_of(gateway)) < 2:
        raise NotAChoice
    before = flowing.reached(sheet)
    idle = set(_idle(sheet))
    flowing.take_flow(sheet, layout, node)
    flowing.sweep(sheet, layout, before)
    if not sheet.has(gateway) or not _ends(sheet):
        raise LastWay
    for one in _idle(sheet):
        if one not in idle:
            _dissolve(sheet, layout, one)
    return finish(sheet, layout, gateway if sheet.has(gateway) else "")


def only_on(source: bytes, path: str, flow: str) -> tuple[str, ...]:
    """Return the ids of the steps to which only one way leads, in the order of the file."""
    sheet = Sheet(source, path)
    before = flowing.reached(sheet)
    sheet.take_out(sheet.flow(flow))
    gone = before - flowing.reached(sheet)
    return tuple(str(n.get("id")) for n in flowing.nodes_of(sheet) if n.get("id") in gone)


def meeting_of(sheet: Sheet, gateway: str) -> str:
    """Return the step at which all ways out of a gateway meet again, empty where they do not."""
    behind = [_behind(sheet, str(flow.get("targetRef"))) for flow in sheet.out_of(gateway)]
    shared = [step for step in behind[0] if all(step in other for other in behind[1:])]
    return next((step for step in shared if step != gateway), "")


def _behind(sheet: Sheet, step: str) -> list[str]:
    """Return a step and what follows it, the nearest first."""
    found, todo = [], [step]
    while todo:
        here = todo.pop(0)
        if here not in found:
            found.append(here)
            todo += [str(flow.get("targetRef")) for flow in sheet.out_of(here)]
    return found


def _insert(
    sheet: Sheet,
    layout: Layout,
    identifier: str,
    kind: str,
    values: Mapping[str, str],
    flow: etree._Element,
    before: tuple[str, ...],
    behind: tuple[str, ...],
) -> etree._Element:
    """Put a gateway where a flow ran; return the flow that leaves it.

    Takes:   before and behind, the names of ways for which there is to be room on either side.
    """
    source, target = str(flow.get("sourceRef")), str(flow.get("targetRef"))
    scope = sheet.scope(str(flow.get("id")))
    node = sheet.make(kind, {"id": identifier}, scope, sheet.node(source))
    properties.tell(sheet, node, values)
    lanes.enter(sheet, identifier, lanes.lane_between(sheet, source, target))
    flow.set("targetRef", identifier)
    layout.put_on_flow(identifier, str(flow.get("id")), before, behind)
    flowing.lead_to(sheet, layout, flow, identifier)
    made = flowing.make_flow(sheet, identifier, target, flow)
    sheet.tell_flows(target)
    layout.lead_now(made)
    return sheet.flow(made)


def _add(
    sheet: Sheet,
    layout: Layout,
    gateway: str,
    meeting: str,
    way: NewWay,
    there: etree._Element | None,
) -> None:
    """Add a way out of a gateway, or tell of one that is there already."""
    if there is None:
        target = _target(sheet, layout, gateway, meeting, way)
        _check_target(sheet, gateway, target)
        if way.to == ON:
            layout.make_room_below(gateway, target, way.values.get("name", ""))
        last = sheet.out_of(gateway)
        made = flowing.make_flow(sheet, gateway, target, last[-1] if last else None)
        there = sheet.flow(made)
        layout.rerouted(made)
    properties.tell(sheet, there, way.values)
    layout.renamed(str(there.get("id")))


def _target(sheet: Sheet, layout: Layout, gateway: str, meeting: str, way: NewWay) -> str:
    if way.to == ON and meeting:
        return meeting
    if way.to not in (ON, END):
        return str(sheet.node(way.to).get("id"))
    values = way.end or {}
    identifier = flowing.id_from(sheet, values.get("name", ""), "end")
    node = sheet.make("endEvent", {"id": identifier}, sheet.scope(gateway), sheet.node(gateway))
    properties.tell(sheet, node, values)
    lanes.enter(sheet, identifier, lanes.lane_of(sheet, gateway))
    layout.put_below(identifier, gateway)
    return identifier


def _check_default(sheet: Sheet, flow: etree._Element) -> None:
    """Refuse to take the default from a way that would be left without a condition."""
    before = sheet.node(str(flow.get("sourceRef"))).get("default", "")
    if sheet.has(before) and not properties.of_element(sheet, sheet.node(before))["condition"]:
        raise DefaultNeedsCondition(way=sheet.node(before).get("name", before))


def _check_target(sheet: Sheet, source: str, target: str) -> None:
    node = sheet.node(target)
    if target == source or local(node) in ("startEvent", "boundaryEvent"):
        raise WayMeetsItself
    if node.getparent() is not sheet.scope(source):
        raise WayMeetsItself


def _ends(sheet: Sheet) -> bool:
    return any(
        local(node) == "endEvent" and node.getparent() is sheet.process
        for node in flowing.nodes_of(sheet)
    )


def _idle(sheet: Sheet) -> list[str]:
    """Return the gateways at which ways neither part nor meet."""
    names = [str(n.get("id")) for n in flowing.nodes_of(sheet) if local(n) in GATEWAYS]
    return [n for n in names if len(sheet.into(n)) == 1 and len(sheet.out_of(n)) == 1]


def _dissolve(sheet: Sheet, layout: Layout, gateway: str) -> None:
    enters, leaves = sheet.into(gateway), sheet.out_of(gateway)
    if len(enters) != 1 or len(leaves) != 1:
        return
    onward = str(leaves[0].get("targetRef"))
    flowing.take_flow(sheet, layout, leaves[0])
    flowing.lead_to(sheet, layout, enters[0], onward)
    flowing.take_step(sheet, layout, gateway)
