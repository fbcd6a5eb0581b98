"""Refuse decisions that the deployment does not hold.

Refused: an unknown id in `decision`.
Why:     the step would fail when a person's submission reaches it.
Instead: the id of a DMN decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look every decision up."""
    if known is None:
        return
    for node in diagram.of_kind("businessRuleTask"):
        for decision in node.words("decision"):
            if decision not in known.decisions:
                message = "{title} names “{decision}”, which is no decision."
                yield error(node, message, "Choose a decision table.", decision=decision)
