"""Refuse error, escalation and cancel events.

Refused: error, escalation and cancel events that are thrown or caught (start events: see
         start_event).
Why:     SpiffWorkflow fires every boundary event with the same code, also on branches that have
         nothing to do with it; a part is an instance of its own, out of which nothing is thrown.
Instead: a part hands its result back as a fact; a gateway behind the call reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_KINDS = ("error", "escalation", "cancel")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.with_event(*_KINDS):
        if node.kind != "startEvent":
            yield error(
                node,
                "{title} is an error, escalation or cancel event, which does not reach its target.",
                "Record a fact, and let a gateway read it.",
            )
