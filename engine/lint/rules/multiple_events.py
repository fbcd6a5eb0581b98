"""Refuse events that wait for several things, or throw several.

Refused: an event with more than one definition.
Why:     two timers on one event share one due moment in SpiffWorkflow, and nobody sees on the
         diagram which of them fired.
Instead: one event for each.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Count the definitions."""
    for node in diagram.nodes:
        if len(node.events) > 1:
            yield error(
                node,
                "{title} waits for {count} things at once.",
                "Draw one event for each.",
                count=len(node.events),
            )
