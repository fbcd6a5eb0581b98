"""Refuse multi-instance on anything but user tasks and call activities.

Refused: multi-instance characteristics on sub-processes and on other tasks.
Why:     in SpiffWorkflow a second or nested repetition over one item raises, a removed child
         leaves it waiting for ever, and a sub-process costs ten times the state. Ours is built
         for tasks and calls only.
Instead: a call activity that runs a part once an item.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what repeats."""
    for node in diagram.nodes:
        if node.loop is not None and node.kind not in ("userTask", "callActivity"):
            yield error(
                node,
                "{title} cannot repeat for each item; only user tasks and calls of parts can.",
                "Move the steps into a part and call it once an item.",
            )
