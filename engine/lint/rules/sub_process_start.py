"""Refuse a process or sub-process that does not begin in exactly one place.

Refused: no start event, or several, on one level.
Why:     SpiffWorkflow takes one start event and never runs what hangs on the others.
Instead: one start event, and a gateway behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Count the start events of each level."""
    levels = (*diagram.processes[:1], *diagram.of_kind("subProcess", "transaction"))
    for level in levels:
        starts = [node for node in diagram.of_kind("startEvent") if node.scope == level.id]
        if len(starts) != 1:
            yield error(
                level,
                "{title} has {count} start events.",
                "Give it exactly one.",
                count=len(starts),
            )
