"""Refuse a condition on a flow that leaves no choice.

Refused: a condition on a flow out of a task, an event or a parallel gateway, or on the default.
Why:     SpiffWorkflow ignores the condition and always takes the flow.
Instead: an exclusive or inclusive gateway, and the condition on a flow out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import CHOICES, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at where each condition stands."""
    for flow in diagram.flows:
        source = diagram.by_id.get(flow.source)
        if not flow.has_condition or source is None:
            continue
        if source.kind not in CHOICES:
            yield error(
                flow,
                "The condition on {title} would be ignored: it leaves no choice.",
                "Put an exclusive or inclusive gateway before it.",
            )
        elif source.element.get("default") == flow.id:
            yield error(
                flow,
                "The condition on {title} would be ignored: it is the default.",
                "Remove the condition; the default is taken when all others are false.",
            )
