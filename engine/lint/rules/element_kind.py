"""Refuse elements that nothing in the engine serves.

Refused: plain and manual tasks, transactions, global tasks, choreographies, conversations,
         correlation, events that wait for nothing, and events defined elsewhere in the file.
Why:     a plain or manual task waits for ever, with no form and no person to do it; a
         transaction runs as a common sub-process with nothing to cancel it; the rest is dropped.
Instead: a user task with a form, a sub-process, or an event that holds its own definition.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node, child, local
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_UNSERVED = {
    "task": "Nobody can do a plain task: it has no form and waits for ever.",
    "manualTask": "Nobody can do a manual task: it has no form and waits for ever.",
    "transaction": "Nothing can cancel a transaction; it would run as a common sub-process.",
    "implicitThrowEvent": "The engine drops implicit throw events.",
    "event": "The engine drops events without a kind.",
    "callChoreography": "The engine drops choreographies.",
    "choreographyTask": "The engine drops choreographies.",
    "subChoreography": "The engine drops choreographies.",
    "eventDefinitionRef": "The engine does not look for definitions elsewhere in the file.",
    "correlationSubscription": "The engine correlates no messages.",
}
_REMEDY = "Make it a user task with a form, a sub-process, or an event with its own definition."
_UNSERVED_AT_TOP = frozenset(
    {"choreography", "conversation", "correlationProperty", "globalTask", "globalUserTask"}
    | {"globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
)


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every element inside the process, and at what stands beside it."""
    if diagram.root is None:
        return
    for element in diagram.root:
        if local(element) in _UNSERVED_AT_TOP:
            message = "The engine knows no {name}."
            yield error(
                Node(element, local(element), ""), message, "Remove it.", name=local(element)
            )
    for process in diagram.processes:
        for element in process.element.iter():
            message = _UNSERVED.get(local(element), "")
            if message:
                yield error(Node(element, local(element), ""), message, _REMEDY)
    for node in diagram.of_kind("intermediateCatchEvent", "boundaryEvent"):
        if not node.events and child(node.element, "eventDefinitionRef") is None:
            yield error(node, "{title} waits for nothing.", _REMEDY)
