"""Refuse a diagram that is too big to run and to read.

Refused: more than 300 nodes, lanes and annotations, more than 600 flows, sub-processes more than
         5 deep, a name of more than 120 characters.
Why:     SpiffWorkflow reads chains of about 490 elements no more and walks its whole tree of
         tasks at every step; a diagram of that size cannot be read in a meeting either.
Instead: move a piece that has one start and one end into a called part.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import SUB_PROCESSES, Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

MAX_NODES = 300
MAX_FLOWS = 600
MAX_DEPTH = 5
MAX_NAME = 120


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Count nodes, levels and letters."""
    nodes = (*diagram.nodes, *diagram.annotations, *diagram.lanes)
    remedy = "Move a piece of it into a called part."
    for thing in nodes[MAX_NODES : MAX_NODES + 1]:
        message = "The process has {count} nodes; {limit} are allowed."
        yield error(thing, message, remedy, count=len(nodes), limit=MAX_NODES)
    for thing in diagram.flows[MAX_FLOWS : MAX_FLOWS + 1]:
        message = "The process has {count} flows; {limit} are allowed."
        yield error(thing, message, remedy, count=len(diagram.flows), limit=MAX_FLOWS)
    for node in diagram.of_kind(*SUB_PROCESSES):
        if _depth(diagram, node) == MAX_DEPTH + 1:
            yield error(
                node,
                "The sub-process lies more than {limit} levels deep.",
                "Move the inner ones into a called part.",
                limit=MAX_DEPTH,
            )
    for thing in (*diagram.processes, *diagram.nodes, *diagram.flows, *diagram.lanes):
        if max(len(thing.name.en), len(thing.name.cy)) > MAX_NAME:
            yield error(
                thing,
                "The name is longer than {limit} characters.",
                "Shorten it and put the rest into the documentation.",
                limit=MAX_NAME,
            )


def is_too_big(diagram: Diagram) -> bool:
    """Say whether the other rules would take too long over it."""
    nodes = len(diagram.nodes) + len(diagram.annotations) + len(diagram.lanes)
    return nodes > MAX_NODES or len(diagram.flows) > MAX_FLOWS


def _depth(diagram: Diagram, node: Node) -> int:
    depth = 1
    while node.scope in diagram.by_id:
        node = diagram.by_id[node.scope]
        depth += 1
    return depth
