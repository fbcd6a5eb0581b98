"""Refuse a call of a process that cannot be called.

Refused: a call activity without `calledElement`, or with a process that is unknown or a side
         process.
Why:     the call would fail when a person's submission reaches it, months after deployment.
Instead: the id of a deployed part.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look the called process up."""
    for node in diagram.of_kind("callActivity"):
        called = node.element.get("calledElement", "").strip()
        if not called:
            yield error(node, "{title} calls no process.", "Choose the part that is gone through.")
        elif known is not None:
            found = known.processes.get(called)
            if found is None or found.kind == "side":
                yield error(
                    node,
                    "{title} calls “{called}”, which is not a process that can be called.",
                    "Choose a process of the kind part.",
                    called=called,
                )
