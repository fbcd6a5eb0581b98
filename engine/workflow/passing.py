"""Say where the tokens of an instance have been: from step to step, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.workflow.gateways import EventGateway

if TYPE_CHECKING:
    from engine.workflow.task import Token
    from engine.workflow.tree import Tree


@dataclass(frozen=True)
class Passage:
    """A token that came to an element; `number` counts up with the order in which they did.

    `flow` is the id of the sequence flow that it came on; empty at a start, on the border of a
    step, and for each of several items.
    """

    number: int
    element: str
    flow: str


def passages(tree: Tree, after: int) -> Iterator[Passage]:
    """Yield where tokens have come to, those with a higher number than `after`, in order."""
    tokens = [
        token
        for workflow in (tree, *tree.subprocesses.values())
        for token in workflow.tasks.values()
        if token.id > after and _has_come(tree, token)
    ]
    for token in sorted(tokens, key=lambda one: one.id):
        yield Passage(token.id, token.task_spec.bpmn_id, _flow(tree, token))


def _has_come(tree: Tree, token: Token) -> bool:
    """Say whether a token stands, or stood, on an element of the diagram that something came to.

    An event on a border waits with its step, and one behind an event-based gateway with the
    others: they are come to when they happen.
    """
    element = tree.definition.elements.get(token.task_spec.bpmn_id or "")
    if element is None or token.triggered:
        return False
    waits_with_others = element.attached_to is not None or isinstance(
        getattr(token.parent, "task_spec", None), EventGateway
    )
    return bool(token._state == TaskState.COMPLETED) or not waits_with_others


def _flow(tree: Tree, token: Token) -> str:
    """Return the flow between the element before a token and its own."""
    target, before = token.task_spec.bpmn_id, token.parent
    while before is not None and before.task_spec.bpmn_id not in tree.definition.elements:
        before = before.parent
    source = "" if before is None else before.task_spec.bpmn_id
    flows = tree.definition.outgoing.get(source, ())
    return next((flow.id for flow in flows if flow.target == target), "")
