"""Refuse a service task that starts what cannot be started.

Refused: `start_side_instance` without `starts`, or with a process that is unknown or is not of
         the kind `side`.
Why:     the step would fail when a person's submission reaches it, months after deployment.
Instead: the id of a deployed side process.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look the side process up."""
    for node in diagram.of_kind("serviceTask"):
        starts = node.own.get("starts", "").strip()
        if node.own.get("effect") == "start_side_instance" and not starts:
            yield error(node, "{title} starts no process.", "Choose it (adolygu:starts).")
        elif starts and known is not None:
            found = known.processes.get(starts)
            if found is None or "side" not in found.kind.split():
                yield error(
                    node,
                    "{title} starts “{starts}”, which is not a side process.",
                    "Choose a process whose kind is side.",
                    starts=starts,
                )
