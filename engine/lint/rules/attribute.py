"""Refuse attributes of ours that mean nothing where they stand.

Refused: a name that is not in the table of ARCHITECTURE.md, or one on an element for which it is
         not meant, such as `form` on a lane.
Why:     an attribute that is mistyped or misplaced is not read, and the task would lose its form,
         its roles or its timescale without a word.
Instead: write the name as the table has it, on the element the table names.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node, local
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_TIMERS = frozenset({"boundaryEvent", "intermediateCatchEvent"})
_PROCESS = frozenset({"process"})
_ANYWHERE: frozenset[str] = frozenset()
MEANT_FOR: dict[str, frozenset[str]] = {
    "nameCy": _ANYWHERE,
    "requirement": _ANYWHERE,
    "role": frozenset({"lane", "userTask"}),
    "form": frozenset({"userTask"}),
    "shows": frozenset({"userTask"}),
    "anew": frozenset({"userTask"}),
    "timescale": _TIMERS,
    "item": frozenset({"userTask", "callActivity", "process"}),
    "items": frozenset({"userTask", "callActivity"}),
    "notice": frozenset({"sendTask"}),
    "to": frozenset({"sendTask"}),
    "effect": frozenset({"serviceTask"}),
    "starts": frozenset({"serviceTask"}),
    "gateway": frozenset({"serviceTask"}),
    "opens": frozenset({"serviceTask"}),
    "relation": frozenset({"serviceTask"}),
    "board": frozenset({"serviceTask"}),
    "decision": frozenset({"businessRuleTask"}),
    "startRoles": _PROCESS,
    "besides": _PROCESS,
    "afterClose": _PROCESS,
    "kind": _PROCESS,
    "identifierPrefix": _PROCESS,
    "goesOnAs": _PROCESS,
    "pausedWhile": _PROCESS,
    "goesOnPaused": _PROCESS,
}


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every attribute of ours on every element of the process."""
    for process in diagram.processes:
        for element in process.element.iter():
            node = Node(element, local(element), "")
            for name in node.own:
                meant_for = MEANT_FOR.get(name)
                if meant_for is None:
                    yield error(
                        node,
                        "There is no attribute “{name}”.",
                        "Known are: {known}.",
                        name=name,
                        known=", ".join(sorted(MEANT_FOR)),
                    )
                elif meant_for and node.kind not in meant_for:
                    yield error(
                        node,
                        "The attribute “{name}” means nothing on a {kind}.",
                        "It is meant for: {known}.",
                        name=name,
                        kind=node.kind,
                        known=", ".join(sorted(meant_for)),
                    )
