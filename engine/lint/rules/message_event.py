"""Refuse messages between processes.

Refused: message events and receive tasks (start events: see start_event).
Why:     nothing delivers a message here: each part is an instance of its own, and the world
         outside speaks through people who record what came. The step would wait for ever.
Instead: a send task with a notice to send; a user task to record what came.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    events = [node for node in diagram.with_event("message") if node.kind != "startEvent"]
    for node in (*events, *diagram.of_kind("receiveTask")):
        yield error(
            node,
            "{title} waits for or sends a message, which nothing delivers.",
            "Use a send task with a notice, or a user task that records what came.",
        )
