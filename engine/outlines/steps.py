"""Add a step to a process, change it, move it, and take it out: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.outlines import flowing, lanes, properties
from engine.outlines.errors import (
    AloneOnWay,
    EndStays,
    EventMovesWithStep,
    GatewayStays,
    PlaceInside,
    RaceKeepsWaits,
    StartStays,
    StepNotThere,
)
from engine.outlines.finishing import Edited, finish
from engine.outlines.layout import Layout
from engine.outlines.sheet import Sheet, set_attribute
from engine.texts import Text
from engine.workflow.elements import ACTIVITIES, BPMN, GATEWAYS, local

Names = Mapping[str, Text]

#: The steps that can be put into a flow.
ADDABLE = (
    *("userTask", "sendTask", "businessRuleTask", "callActivity"),
    *("intermediateCatchEvent", "serviceTask"),
)


def add_step(
    source: bytes, path: str, flow: str, kind: str, values: Mapping[str, str], names: Names
) -> Edited:
    """Put a new step where a flow ran.

    Takes:   flow, the id of the sequence flow on which it is to stand; kind, one of `ADDABLE`;
             values, what is told of it, by the words of `PROPERTIES`; names, those of roles.
    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    where = sheet.flow(flow)
    _check_race(sheet, where, kind)
    before = str(where.get("sourceRef"))
    identifier = flowing.id_from(sheet, values.get("name", ""), "step")
    node = sheet.make(kind, {"id": identifier}, sheet.scope(flow), sheet.node(before))
    properties.tell(sheet, node, values)
    near = lanes.lane_between(sheet, before, str(where.get("targetRef")))
    _into_lane(sheet, layout, identifier, near, names)
    _into_flow(sheet, layout, identifier, where)
    return finish(sheet, layout, identifier)


def change_step(
    source: bytes, path: str, step: str, values: Mapping[str, str], names: Names
) -> Edited:
    """Change what is told of a step, a way, a lane or the process.

    A step that is to be done by roles that its lane has not goes into a lane that has them.
    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.node(step) if step != sheet.process.get("id") else sheet.process
    told = properties.of_element(sheet, node)
    properties.tell(sheet, node, values)
    if any(told.get(word) != values.get(word, told.get(word)) for word in ("name", "nameCy")):
        layout.renamed(step)
    if local(node) == "process":
        _rename_pool(sheet, step, node)
    if values.get("role") and local(node) == "userTask":
        _to_fitting_lane(sheet, layout, step, names)
    return finish(sheet, layout, step)


def move_step(source: bytes, path: str, step: str, flow: str) -> Edited:
    """Take a step out of where it stands, and put it where another flow runs.

    What hangs on it comes along; so does what stands inside.
    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.node(step)
    _check_movable(sheet, node)
    where = sheet.flow(flow)
    if any(around is node for around in where.iterancestors()):
        raise PlaceInside
    leaves, enters = sheet.out_of(step), sheet.into(step)
    if where in leaves or (where in enters and len(enters) == 1):
        return finish(sheet, layout, step)
    _check_race(sheet, where, local(node))
    for one in enters:
        _check_race(sheet, one, local(sheet.node(str(leaves[0].get("targetRef")))))
    if where in enters:
        # It stays before what follows, on one of the ways that met in it.
        enters = [one for one in enters if one is not where]
    lifted = layout.lift(step)
    onward = str(leaves[0].get("targetRef"))
    for one in enters:
        flowing.lead_to(sheet, layout, one, onward)
    if where in sheet.into(step):
        layout.put_on_flow(step, flow)
    else:
        target = str(where.get("targetRef"))
        _set_down(sheet, node, where, leaves[0])
        layout.put_on_flow(step, flow)
        flowing.lead_to(sheet, layout, leaves[0], target)
        flowing.lead_to(sheet, layout, where, step)
    layout.set_down(step, lifted)
    for event in sheet.on_border(step):
        for one in sheet.out_of(str(event.get("id"))):
            layout.rerouted(str(one.get("id")))
    return finish(sheet, layout, step)


def remove_step(source: bytes, path: str, step: str) -> Edited:
    """Take a step out, with what hangs on it and what only that led to; the flow closes up.

    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.node(step)
    before = flowing.reached(sheet)
    if local(node) == "boundaryEvent":
        flowing.take_step(sheet, layout, step)
    else:
        _check_movable(sheet, node)
        _close_up(sheet, layout, step)
    flowing.sweep(sheet, layout, before)
    return finish(sheet, layout, "")


def goes_with(source: bytes, path: str, step: str) -> tuple[str, ...]:
    """Return the ids of the steps that would go too if one were removed, in the file's order."""
    sheet = Sheet(source, path)
    node = sheet.node(step)
    inside = set(node.iter(etree.Element))
    border = {str(event.get("id")) for event in sheet.on_border(step)}
    leaving = [str(flow.get("targetRef")) for flow in sheet.out_of(step)]
    before = flowing.reached(sheet)
    if local(node) != "boundaryEvent" and leaving:
        for flow in sheet.into(step):
            flow.set("targetRef", leaving[0])
    gone = (before - flowing.reached(sheet, without=step)) | border
    return tuple(
        str(one.get("id"))
        for one in flowing.nodes_of(sheet)
        if one is not node and (one.get("id") in gone or one in inside)
    )


def may_move(sheet: Sheet, step: str) -> bool:
    """Say whether a step can be moved, and removed alone."""
    return _is_movable(sheet, sheet.node(step))


def told_of(source: bytes, path: str, element: str) -> tuple[str, dict[str, str]]:
    """Return the tag of a step, way, lane or process, and what the file tells of it.

    Raises:  StepNotThere.
    """
    sheet = Sheet(source, path)
    node = sheet.process if element == sheet.process.get("id") else sheet.node(element)
    if local(node) not in properties.PROPERTIES:
        raise StepNotThere(step=element)
    return local(node), properties.of_element(sheet, node)


def _is_movable(sheet: Sheet, node: etree._Element) -> bool:
    step = str(node.get("id"))
    kinds = ACTIVITIES | {"subProcess", "intermediateCatchEvent", "intermediateThrowEvent"}
    return local(node) in kinds and len(sheet.out_of(step)) == 1 and bool(sheet.into(step))


def _check_movable(sheet: Sheet, node: etree._Element) -> None:
    kind = local(node)
    if kind == "startEvent":
        raise StartStays
    if kind == "boundaryEvent":
        raise EventMovesWithStep
    if kind in GATEWAYS:
        raise GatewayStays
    if not _is_movable(sheet, node):
        raise EndStays


def _check_race(sheet: Sheet, flow: etree._Element, kind: str) -> None:
    """Refuse anything but an event right behind a gateway at which the first event decides."""
    source = sheet.node(str(flow.get("sourceRef")))
    if local(source) == "eventBasedGateway" and kind != "intermediateCatchEvent":
        raise RaceKeepsWaits


def _close_up(sheet: Sheet, layout: Layout, step: str) -> None:
    """Lead what enters a step to what follows it, and take the step out."""
    (leaves,) = sheet.out_of(step)
    onward = str(leaves.get("targetRef"))
    for flow in sheet.into(step):
        source = str(flow.get("sourceRef"))
        _check_race(sheet, flow, local(sheet.node(onward)))
        if onward == source:
            raise AloneOnWay
        beside = [f for f in sheet.out_of(source) if f.get("targetRef") == onward]
        if local(sheet.node(source)) in GATEWAYS and beside:
            raise AloneOnWay
    flowing.take_flow(sheet, layout, leaves)
    for flow in sheet.into(step):
        flowing.lead_to(sheet, layout, flow, onward)
    flowing.take_step(sheet, layout, step)


def _set_down(
    sheet: Sheet, node: etree._Element, where: etree._Element, leaves: etree._Element
) -> None:
    """Let the file hold a moved step in the scope to which it goes, with what hangs on it."""
    scope, here = where.getparent(), node.getparent()
    if scope is here or scope is None:
        return
    moving = [node, leaves, *sheet.on_border(str(node.get("id")))]
    after = sheet.node(str(where.get("sourceRef")))
    for one in moving:
        sheet.take_out(one)
        sheet.put_back(scope, one, after)
        after = one


def _into_flow(sheet: Sheet, layout: Layout, step: str, flow: etree._Element) -> None:
    """Let a flow lead to a new step, and another one from it to where the flow led."""
    identifier, target = str(flow.get("id")), str(flow.get("targetRef"))
    flow.set("targetRef", step)
    layout.put_on_flow(step, identifier)
    flowing.lead_to(sheet, layout, flow, step)
    flowing.make_flow(sheet, step, target, flow)
    sheet.tell_flows(target)


def _into_lane(
    sheet: Sheet, layout: Layout, step: str, near: etree._Element | None, names: Names
) -> None:
    """Let the lane of the roles of a step list it, else the one nearby."""
    lanes.enter(sheet, step, near)
    if local(sheet.node(step)) == "userTask":
        _to_fitting_lane(sheet, layout, step, names, is_new=True)


def _to_fitting_lane(
    sheet: Sheet, layout: Layout, step: str, names: Names, *, is_new: bool = False
) -> None:
    node = sheet.node(step)
    roles = properties.of_element(sheet, node)["role"].split()
    near = lanes.lane_of(sheet, step)
    found = lanes.lane_for(sheet, roles, near) if roles else near
    if found is None:
        found = lanes.make_lane(sheet, roles, names)
        if found is not None:
            layout.add_lane(str(found.get("id")))
    if found is None or found is near:
        return
    emptied = lanes.leave(sheet, step)
    lanes.enter(sheet, step, found)
    if not is_new:
        layout.move_to_lane(step)
    flowing.drop_lanes(sheet, layout, emptied)


def _rename_pool(sheet: Sheet, process: str, node: etree._Element) -> None:
    """Let the pool of a process bear its name."""
    for pool in sheet.root.iter(f"{BPMN}participant"):
        if pool.get("processRef") == process:
            set_attribute(pool, "name", node.get("name", ""))
            told = properties.of_element(sheet, node)
            sheet.set_own(pool, "nameCy", told["nameCy"])
