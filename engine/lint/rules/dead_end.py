"""Refuse a path that stops without an end event.

Refused: a node without a flow out of it that is not an end event.
Why:     the path ends there silently; whoever reads the diagram cannot tell an end from a flow
         that was forgotten, and an outcome without a name cannot be shown.
Instead: an end event with a name that says how the path ended.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for nodes with nothing behind them."""
    loose = {node.id for node in diagram.of_kind("adHocSubProcess")}
    for node in diagram.nodes:
        ends = node.kind == "endEvent" or node.is_event_sub_process or node.scope in loose
        jumps = {"link", "compensate"} & set(node.events)
        is_handler = node.element.get("isForCompensation") == "true"
        if not (ends or jumps or is_handler or diagram.flows_out(node)):
            yield error(node, "The path stops at {title}.", "Lead it to an end event.")
