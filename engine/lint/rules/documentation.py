"""Refuse a step that does not say what to do.

Refused: a process, a task, a call, or an event with a timer without documentation in both
         languages.
Why:     the page of a task shows it to the person who has to do it; it says in plain words what
         to do and which paragraph asks for it.
Instead: a `documentation` in English, and one with `textFormat="text/x-cy"` in Welsh.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import TASKS, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for both texts."""
    steps = diagram.of_kind(*TASKS, "callActivity")
    for node in (*diagram.processes, *steps, *diagram.with_event("timer")):
        texts = node.documentation
        remedy = "Say in plain words what to do, and cite the source."
        if not texts.en:
            yield error(node, "{title} does not say in English what to do.", remedy)
        if not texts.cy:
            yield error(node, "{title} does not say in Welsh what to do.", remedy)
