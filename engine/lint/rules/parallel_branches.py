"""Refuse splits behind splits that open too many branches at once.

Refused: more than 64 branches that may be open at the same moment, where parallel splits follow
         each other without a join between them.
Why:     every branch is a task tree of its own. SpiffWorkflow's own gateway multiplies them even
         over joins (ours does not: it waits with what lies behind a join until all have come).
Instead: close each split with a parallel join, or use an item list.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Flow, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

MAX_BRANCHES = 64
_SPLITS_EVENLY = frozenset({"exclusiveGateway", "eventBasedGateway"})


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Follow how many tokens may come to each node, loops left out."""
    tokens: dict[str, float] = {}
    for node in diagram.nodes:
        if _tokens(diagram, node, tokens) > MAX_BRANCHES:
            yield error(
                node,
                f"More than {MAX_BRANCHES} branches may be open at once at {node.title}.",
                "Close each parallel split with a join before the next.",
            )
            return


def _tokens(diagram: Diagram, node: Node, tokens: dict[str, float]) -> float:
    if node.id in tokens:
        return tokens[node.id]
    tokens[node.id] = 0  # A flow that comes back here adds nothing.
    if node.attached_to in diagram.by_id:
        coming = [_tokens(diagram, diagram.by_id[node.attached_to], tokens)]
    else:
        coming = [_on_flow(diagram, flow, tokens) for flow in diagram.flows_into(node)] or [1]
    joins = node.kind in ("parallelGateway", "inclusiveGateway")
    tokens[node.id] = max(coming) if joins else sum(coming)
    return tokens[node.id]


def _on_flow(diagram: Diagram, flow: Flow, tokens: dict[str, float]) -> float:
    source = diagram.by_id.get(flow.source)
    if source is None:
        return 0
    whole = _tokens(diagram, source, tokens)
    return whole / len(diagram.flows_out(source)) if source.kind in _SPLITS_EVENLY else whole
