"""Refuse signals.

Refused: signal events (start events: see start_event).
Why:     SpiffWorkflow drops a signal end event, and no signal leaves the instance it is thrown
         in, while every called part is an instance of its own.
Instead: a fact and a conditional boundary event.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.with_event("signal"):
        if node.kind != "startEvent":
            yield error(
                node,
                "{title} is a signal, which reaches no other part of the case.",
                "Record a fact, and wait for it with a conditional boundary event.",
            )
