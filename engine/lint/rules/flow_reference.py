"""Refuse a flow that does not join two nodes of the same level.

Refused: a flow from or to what is not there, across the border of a sub-process, into a start or
         boundary event, or out of an end event; a boundary event that sits on no activity.
Why:     SpiffWorkflow fails with an error that names neither, or drops what hangs on the flow.
Instead: draw the flow anew in the editor.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import ACTIVITIES, Diagram, Flow, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_REMEDY = "Draw the flow anew between two nodes of the same level."


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at both ends of every flow, and at what boundary events sit on."""
    for flow in diagram.flows:
        message = _problem(flow, diagram.by_id.get(flow.source), diagram.by_id.get(flow.target))
        if message:
            yield error(flow, message, _REMEDY)
    for node in diagram.of_kind("boundaryEvent"):
        host = diagram.by_id.get(node.attached_to)
        if host is None or host.kind not in ACTIVITIES or host.scope != node.scope:
            message = "{title} sits on no activity."
            yield error(node, message, "Put it on the border of a task, call or sub-process.")


def _problem(flow: Flow, source: Node | None, target: Node | None) -> str:
    if source is None or target is None:
        return "The flow {title} does not join two nodes."
    if not source.scope == target.scope == flow.scope:
        return "The flow {title} crosses the border of a sub-process."
    if source.kind == "endEvent":
        return "The flow {title} leaves an end event."
    if target.kind in ("startEvent", "boundaryEvent"):
        return "The flow {title} enters an event that starts a path."
    return ""
