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
    for node in _in_order(diagram):
        tokens[node.id] = _tokens(diagram, node, tokens)
    for node in diagram.nodes:
        if tokens.get(node.id, 0) > MAX_BRANCHES:
            yield error(
                node,
                "More than {limit} branches may be open at once at {title}.",
                "Close each parallel split with a join before the next.",
                limit=MAX_BRANCHES,
            )
            return


def _in_order(diagram: Diagram) -> list[Node]:
    """Return the nodes so that each comes behind those that lead to it, loops left out."""
    ordered: list[Node] = []
    seen: set[str] = set()
    for start in diagram.nodes:
        waiting = [(start, False)]
        while waiting:
            node, is_left = waiting.pop()
            if is_left:
                ordered.append(node)
            elif node.id not in seen:
                seen.add(node.id)
                nexts = [diagram.by_id.get(flow.target) for flow in diagram.flows_out(node)]
                nexts += diagram.boundary_events(node)
                waiting.append((node, True))
                waiting += [(found, False) for found in nexts if found is not None]
    return ordered[::-1]


def _tokens(diagram: Diagram, node: Node, tokens: dict[str, float]) -> float:
    if node.attached_to in tokens:
        return tokens[node.attached_to]
    flows = [flow for flow in diagram.flows_into(node) if flow.source in tokens]
    coming = [_on_flow(diagram, flow, tokens) for flow in flows] or [1]
    joins = node.kind in ("parallelGateway", "inclusiveGateway")
    return max(coming) if joins else sum(coming)


def _on_flow(diagram: Diagram, flow: Flow, tokens: dict[str, float]) -> float:
    source = diagram.by_id[flow.source]
    whole = tokens[flow.source]
    return whole / len(diagram.flows_out(source)) if source.kind in _SPLITS_EVENLY else whole
