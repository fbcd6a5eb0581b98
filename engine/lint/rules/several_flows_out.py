"""Refuse several flows out of anything that is not a gateway.

Refused: two or more flows out of a task, a call, a sub-process or an event.
Why:     BPMN reads it as a parallel split, people read it as a choice, and SpiffWorkflow refuses
         the file with an error that does not help.
Instead: a gateway behind the task.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import GATEWAYS, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Count the flows out of every node."""
    for node in diagram.nodes:
        if node.kind not in GATEWAYS and len(diagram.flows_out(node)) > 1:
            yield error(
                node,
                "Several flows leave {title}.",
                "Put a gateway behind it, and let the flows leave that.",
            )
