"""Refuse compensation.

Refused: compensation events, and activities marked as for compensation.
Why:     SpiffWorkflow ignores the throwing event and refuses the boundary event; nothing on
         record is ever undone here.
Instead: going back, which a co-ordinator does and which stays on record.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find events and handlers."""
    for node in diagram.nodes:
        is_handler = node.element.get("isForCompensation") == "true"
        if "compensate" in node.events or is_handler:
            yield error(
                node,
                "{title} is a compensation, which the engine ignores.",
                "Remove it; a co-ordinator goes back or amends.",
            )
