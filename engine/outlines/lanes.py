"""Lanes: which one a step stands in, and which one is for a role."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.outlines.sheet import LANE, REFERENCE, Sheet
from engine.texts import Text
from engine.workflow.elements import BPMN, local, own


def all_lanes(sheet: Sheet) -> list[etree._Element]:
    """Return the lanes of the process, in the order of the file."""
    return list(sheet.process.iter(LANE))


def lane_of(sheet: Sheet, step: str) -> etree._Element | None:
    """Return the innermost lane of a step; what stands in a sub-process stands in its lane.

    A sub-process over several lanes is listed by none; its lane is the last of those inside.
    """
    node = sheet.node(step)
    listing = [lane for lane in all_lanes(sheet) if step in members(lane)]
    if not listing and local(node) == "subProcess":
        inside = {str(one.get("id")) for one in node.iter(etree.Element)}
        listing = [lane for lane in all_lanes(sheet) if inside & set(members(lane))]
    if listing:
        return listing[-1]
    host = node.get("attachedToRef")
    if host and sheet.has(host):
        return lane_of(sheet, host)
    around = node.getparent()
    if around is None or local(around) != "subProcess":
        return None
    return lane_of(sheet, str(around.get("id")))


def lane_between(sheet: Sheet, before: str, behind: str) -> etree._Element | None:
    """Return the lane for something between two steps: that of the first, if a lane lists it."""
    for lane in all_lanes(sheet):
        if before in members(lane):
            return lane_of(sheet, before)
    return lane_of(sheet, behind)


def members(lane: etree._Element) -> list[str]:
    """Return the ids of the steps that a lane lists."""
    return [(one.text or "").strip() for one in lane.findall(REFERENCE)]


def roles_of(lane: etree._Element) -> list[str]:
    """Return the roles of a lane."""
    return own(lane, "role").split()


def enter(sheet: Sheet, step: str, lane: etree._Element | None) -> None:
    """Let a lane list a step, and no other one."""
    leave(sheet, step)
    if lane is None:
        return
    reference = etree.Element(REFERENCE)
    reference.text = step
    at = max((i + 1 for i, one in enumerate(lane) if one.tag == REFERENCE), default=0)
    sheet.put(lane, reference, at)


def leave(sheet: Sheet, step: str) -> list[str]:
    """Let no lane list a step any more; return the ids of the lanes that are empty then."""
    emptied = []
    for lane in all_lanes(sheet):
        for reference in lane.findall(REFERENCE):
            if (reference.text or "").strip() == step:
                sheet.take_out(reference)
                if not members(lane) and lane.find(f"{BPMN}childLaneSet") is None:
                    emptied.append(str(lane.get("id")))
    return emptied


def lane_for(sheet: Sheet, roles: list[str], near: etree._Element | None) -> etree._Element | None:
    """Return the lane whose roles hold all of some, the one nearby first; None where none does."""
    choices = ([near] if near is not None else []) + all_lanes(sheet)
    return next((lane for lane in choices if set(roles) <= set(roles_of(lane))), None)


def make_lane(sheet: Sheet, roles: list[str], names: Mapping[str, Text]) -> etree._Element | None:
    """Add a lane for some roles, named after the first; None where the process has no lanes.

    Takes:   names, of the roles, in both languages.
    """
    lane_set = sheet.process.find(f"{BPMN}laneSet")
    if lane_set is None:
        return None
    name = names.get(roles[0], Text(roles[0], roles[0]))
    identifier = sheet.new_id(f"{roles[0]}_lane")
    lane = sheet.make("lane", {"id": identifier, "name": name.en}, lane_set)
    sheet.set_own(lane, "nameCy", name.cy)
    sheet.set_own(lane, "role", " ".join(roles))
    return lane
