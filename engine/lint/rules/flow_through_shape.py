"""Refuse lines that run through shapes.

Refused: a flow that runs through a node it neither leaves nor enters.
Why:     a reader takes it for a flow into that node and another one out of it.
Instead: lead the line around.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Flow, Node
from engine.lint.findings import Finding, error
from engine.lint.geometry import segments
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare every line with every shape."""
    if not diagram.is_drawn:
        return
    for flow in diagram.flows:
        edge = diagram.edges.get(flow.id)
        for node in diagram.nodes:
            shape = diagram.shapes.get(node.id)
            if edge is None or shape is None or node.id in (flow.source, flow.target):
                continue
            crosses = any(shape.box.is_crossed_by(piece) for piece in segments(edge.points))
            if crosses and not _is_around(diagram, node, flow):
                message = "The line of {flow} runs through {node}."
                yield error(
                    edge, message, "Lead it around the shape.", flow=flow.title, node=node.title
                )


def _is_around(diagram: Diagram, node: Node, flow: Flow) -> bool:
    scope = flow.scope
    while scope in diagram.by_id and scope != node.id:
        scope = diagram.by_id[scope].scope
    return scope == node.id
