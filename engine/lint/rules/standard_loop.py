"""Refuse standard loops.

Refused: `standardLoopCharacteristics`.
Why:     the loop is hidden in a marker, its condition is evaluated on data that holds no answers,
         and the rounds cannot be told apart on record.
Instead: an exclusive gateway behind the task with a flow back.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, child
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for the marker."""
    for node in diagram.nodes:
        if child(node.element, "standardLoopCharacteristics") is not None:
            yield error(
                node,
                "{title} is marked as a loop.",
                "Draw the loop: a gateway behind the task with a flow back.",
            )
