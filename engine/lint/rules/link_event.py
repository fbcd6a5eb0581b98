"""Refuse link events.

Refused: link events, throwing and catching.
Why:     in SpiffWorkflow the throwing one ends the path, nothing behind the catching one is ever
         reached, and the instance reports that it is completed.
Instead: a flow, or a called part.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.with_event("link"):
        yield error(
            node,
            "{title} is a link event; the path would end here.",
            "Draw the flow, or move the rest into a called part.",
        )
