"""Refuse a boundary event whose path runs into the join of its own block by a flow of its own.

Refused: an interrupting boundary event on an activity of a parallel block, whose path enters the
         join of the block by another flow than the activity does.
Why:     the join waits for all its flows, but the activity and the event never both arrive: the
         case is stuck for ever, as BPMN says it must be.
Instead: merge the two paths in an exclusive gateway before the join.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_WAITS_FOR_BOTH = (
    "The path of {title} enters {join} beside {host}; the join would wait for both, and only one "
    "can come."
)


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the flows by which activity and event enter each join."""
    joins = [j for j in diagram.of_kind("parallelGateway") if len(diagram.flows_into(j)) > 1]
    for event in diagram.of_kind("boundaryEvent"):
        host = diagram.by_id.get(event.attached_to)
        if host is None or not event.interrupts:
            continue
        for join in joins:
            by_event = _enters(diagram, join, [event.id])
            by_host = _enters(diagram, join, _normal_exits(diagram, host), host)
            if by_host and by_event - by_host:
                remedy = "Merge the two paths in an exclusive gateway before the join."
                yield error(event, _WAITS_FOR_BOTH, remedy, join=join.title, host=host.title)


def _normal_exits(diagram: Diagram, host: Node) -> list[str]:
    return [flow.target for flow in diagram.flows_out(host)]


def _enters(diagram: Diagram, join: Node, starts: list[str], host: Node | None = None) -> set[str]:
    reached = diagram.reached_from(starts, without={join.id})
    if host is not None:
        reached.add(host.id)
    return {flow.id for flow in diagram.flows_into(join) if flow.source in reached}
