"""Refuse a service task that names no effect the engine has.

Refused: a service task without `effect`, or with one outside the closed list.
Why:     nothing would happen. SpiffWorkflow asks for an operator to call; the engine has none.
Instead: `effect="start_side_instance"` with `starts` naming the side process, or
         `effect="choose_again"` with `gateway` naming the gateway of the root, or
         `effect="open_case"` with `opens` naming the root process of the case to open.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

EFFECTS = frozenset({"choose_again", "open_case", "start_side_instance"})


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the effect with the closed list."""
    for node in diagram.of_kind("serviceTask"):
        effect = node.own.get("effect", "")
        if effect not in EFFECTS:
            yield error(
                node,
                "{title} has the effect “{effect}”, which the engine does not have.",
                "Known are: {known}.",
                effect=effect,
                known=", ".join(sorted(EFFECTS)),
            )
