"""Refuse a flow out of a choice that says neither when it is taken nor that it is the default.

Refused: a flow out of an exclusive or inclusive gateway with several flows, without a condition.
Why:     SpiffWorkflow takes a flow without a condition always, so that the flows behind it in the
         file are never looked at.
Instead: a FEEL condition over facts.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import CHOICES, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every flow out of a choice."""
    for node in diagram.of_kind(*CHOICES):
        flows = diagram.flows_out(node)
        for flow in flows:
            is_default = node.element.get("default") == flow.id
            if len(flows) > 1 and not flow.has_condition and not is_default:
                yield error(
                    flow,
                    "The flow {title} out of {node} has no condition.",
                    "Write a FEEL condition, or make it the default.",
                    node=node.title,
                )
