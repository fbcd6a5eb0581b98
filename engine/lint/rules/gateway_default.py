"""Refuse a choice without a default.

Refused: an exclusive or inclusive gateway with several flows out and no `default` among them.
Why:     where no condition holds, SpiffWorkflow raises after the person's task is already
         completed, and the case is stuck.
Instead: mark the flow for "all other answers" as the default. It is taken only when every
         condition is known to be false; a fact that is not yet known refuses the step.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import CHOICES, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for the default among the flows of every choice."""
    for node in diagram.of_kind(*CHOICES):
        flows = {flow.id for flow in diagram.flows_out(node)}
        default = node.element.get("default", "")
        if (len(flows) > 1 or default) and default not in flows:
            yield error(
                node,
                "None of the flows out of {title} is its default.",
                "Mark one of them as the default flow.",
            )
