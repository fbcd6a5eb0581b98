"""Refuse ids that nobody could read in an audit trail.

Refused: ids that are missing, or are not words in small letters joined by underscores.
Why:     the audit trail, scenarios and open cases know a step by its id; `Activity_0k3x` tells
         nobody what happened, and an id that the editor makes anew orphans the open cases.
Instead: `record_decision` for a task, `report_overdue` for an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at the ids of processes, lanes, nodes and flows."""
    for thing in (*diagram.processes, *diagram.lanes, *diagram.nodes, *diagram.flows):
        if not _SNAKE.fullmatch(thing.id):
            yield error(
                thing,
                "The id “{id}” is not made of small letters, digits and underscores.",
                "Say what the step is, such as record_decision.",
                id=thing.id,
            )
