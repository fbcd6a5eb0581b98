"""Refuse a process that calls itself, directly or by way of others.

Refused: a call activity from which a chain of calls leads back to its own process.
Why:     each round would start another instance in the same transaction, without end.
Instead: a flow back inside the process.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Follow the calls of the called."""
    for node in diagram.of_kind("callActivity"):
        called = node.element.get("calledElement", "").strip()
        if diagram.id in _all_called(called, known):
            yield error(
                node,
                "{title} leads back to {id}, which would call itself for ever.",
                "Draw the repetition as a flow back.",
                id=diagram.id,
            )


def _all_called(process: str, known: Known | None) -> set[str]:
    found: set[str] = set()
    waiting = [process]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            other = known.processes.get(here) if known is not None else None
            waiting += other.calls if other is not None else ()
    return found
