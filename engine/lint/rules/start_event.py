"""Refuse a start event that waits for something.

Refused: a start event with a timer, message, signal, condition, error or escalation.
Why:     SpiffWorkflow takes an error start for a plain one and starts at once; with the others
         the instance is there already and waits. Cases are opened by people, parts by calls.
Instead: a plain start event; a timer behind it if something must wait.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every start event outside event sub-processes."""
    for node in diagram.of_kind("startEvent"):
        scope = diagram.by_id.get(node.scope)
        if node.events and not (scope is not None and scope.is_event_sub_process):
            yield error(
                node,
                "{title} waits for something, but the case is already open.",
                "Make it a plain start event.",
            )
