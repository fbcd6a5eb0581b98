"""Refuse a business rule task without a decision.

Refused: a business rule task that names no `decision`, or several.
Why:     SpiffWorkflow looks for a decision of its own and runs it as Python; ours runs none, and
         the gateway behind it would wait for a fact that nobody writes.
Instead: `decision` with the id of one DMN table, such as `DR-16`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Count the decisions."""
    for node in diagram.of_kind("businessRuleTask"):
        if len(node.words("decision")) != 1:
            yield error(
                node,
                "{title} does not name one decision.",
                "Choose one decision table (adolygu:decision).",
            )
