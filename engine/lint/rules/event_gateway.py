"""Refuse an event-based gateway that is no race.

Refused: two timers behind one gateway, a flow to something that waits for nothing, and a gateway
         with fewer than two flows.
Why:     in SpiffWorkflow two timers behind one gateway share a single due moment, so that neither
         fires when it should; here the earlier always wins, and the later is drawn for nothing.
Instead: one timer, and conditional events for what may come before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what each gateway waits for."""
    for node in diagram.of_kind("eventBasedGateway"):
        targets = [diagram.by_id.get(flow.target) for flow in diagram.flows_out(node)]
        waits = [found for found in targets if found is not None and _waits(found)]
        timers = [found for found in waits if "timer" in found.events]
        if len(waits) < 2 or len(waits) < len(targets) or len(timers) > 1:
            yield error(
                node,
                "{title} is not a race between one timer and conditions.",
                "Lead each flow to an intermediate event, at most one of them a timer.",
            )


def _waits(node: Node) -> bool:
    return node.kind == "intermediateCatchEvent"
