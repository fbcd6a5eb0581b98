"""Refuse nodes that nothing leads to.

Refused: a node that cannot be reached from the start event of its level.
Why:     SpiffWorkflow drops it without a word; the diagram promises a step that never happens.
Instead: connect it, or remove it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Walk from the starts and look at what is left over."""
    starts = [node for node in diagram.nodes if _starts_a_path(diagram, node)]
    reached = diagram.reached_from(node.id for node in starts)
    started = {node.scope for node in starts}
    for node in diagram.nodes:
        is_lost = node.id not in reached and not node.attached_to
        if is_lost and node.scope in started:
            yield error(node, "Nothing leads to {title}.", "Connect it, or remove it.")


def _starts_a_path(diagram: Diagram, node: Node) -> bool:
    is_handler = node.element.get("isForCompensation") == "true"
    is_link = "link" in node.events and node.kind == "intermediateCatchEvent"
    is_adrift = node.kind == "boundaryEvent" and node.attached_to not in diagram.by_id
    return (
        node.kind == "startEvent" or node.is_event_sub_process or is_handler or is_link or is_adrift
    )
