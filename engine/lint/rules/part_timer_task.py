"""Refuse a timer in a part that opens work for people.

Refused: in a process of the kind `part`, a user task or a call that can only be reached through
         a boundary timer.
Why:     a part ends when all its tokens have: the task of the timer would hold up the merge for
         everybody, or for ever where the item was removed.
Instead: let the timer's path send a notice or start a side process, and end.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what lies behind each boundary timer alone."""
    if diagram.kind != "part":
        return
    timers = [node for node in diagram.of_kind("boundaryEvent") if "timer" in node.events]
    starts = [node.id for node in diagram.of_kind("startEvent")]
    main = diagram.reached_from(starts, without={node.id for node in timers})
    for event in timers:
        path = diagram.reached_from([event.id]) - main
        for node in diagram.of_kind("userTask", "callActivity"):
            if node.id in path:
                yield error(
                    event,
                    "The path of {title} opens {node}, which holds up the part.",
                    "Send a notice or start a side process instead.",
                    node=node.title,
                )
                break
