"""Hang a timer on a step that sends a reminder and lets the step go on."""

from __future__ import annotations

from collections.abc import Mapping

from engine.outlines import flowing, lanes, properties
from engine.outlines.errors import CannotCarryTimer, TooManyTimers
from engine.outlines.finishing import Edited, finish
from engine.outlines.layout import Layout
from engine.outlines.sheet import Sheet
from engine.workflow.elements import local


def add_reminder(
    source: bytes,
    path: str,
    host: str,
    timer: Mapping[str, str],
    notice: Mapping[str, str],
    end: Mapping[str, str],
) -> Edited:
    """Hang a timer on a step: when it falls due a notice goes out, and the step goes on.

    Takes:   timer, notice and end, what is told of each, by the words of `PROPERTIES`.
    Raises:  InvalidEdit, InvalidDefinition.
    """
    sheet = Sheet(source, path)
    layout = Layout(sheet)
    node = sheet.node(host)
    if not may_carry(local(node)):
        raise CannotCarryTimer
    event = flowing.id_from(sheet, timer.get("name", ""), "timer")
    attributes = {"id": event, "attachedToRef": host, "cancelActivity": "false"}
    scope, lane = sheet.scope(host), lanes.lane_of(sheet, host)
    made = sheet.make("boundaryEvent", attributes, scope, node)
    properties.tell(sheet, made, timer)
    lanes.enter(sheet, event, lane)
    if not layout.put_on_border(event, host):
        raise TooManyTimers
    send = flowing.id_from(sheet, notice.get("name", ""), "send")
    task = sheet.make("sendTask", {"id": send}, scope, made)
    properties.tell(sheet, task, notice)
    lanes.enter(sheet, send, lane)
    layout.put_below(send, event)
    stop = flowing.id_from(sheet, end.get("name", ""), "end")
    last = sheet.make("endEvent", {"id": stop}, scope, task)
    properties.tell(sheet, last, end)
    lanes.enter(sheet, stop, lane)
    layout.put_right_of(stop, send)
    first = flowing.make_flow(sheet, event, send, next(iter(sheet.out_of(host)), None))
    flowing.make_flow(sheet, send, stop, sheet.flow(first))
    return finish(sheet, layout, event)


def may_carry(kind: str) -> bool:
    """Say whether a timer can hang on a step of a kind: only what stays open can be late."""
    return kind in ("userTask", "callActivity", "subProcess")
