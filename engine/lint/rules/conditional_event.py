"""Refuse a conditional event that nothing would wake.

Refused: a conditional event without a condition, one whose condition asks for the day or the
         hour, and one that throws.
Why:     SpiffWorkflow looks at conditions only when a task of the same instance ends. Ours are
         looked at whenever a fact of the case changes, and at no other time: midnight changes no
         fact, so `today() > …` would turn true and nobody would look.
Instead: FEEL over facts; a timer event for a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_CLOCK = re.compile(r"\b(today|now|due|last\s+day)\s*\(")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at the condition of each one."""
    conditions = {expression.id: expression.text for expression in diagram.expressions()}
    for node in diagram.with_event("conditional"):
        if node.kind == "startEvent":
            continue
        if node.kind in ("endEvent", "intermediateThrowEvent") or node.id not in conditions:
            yield error(node, "{title} waits for no condition.", "Write one in FEEL.")
        elif _CLOCK.search(conditions[node.id]):
            yield error(
                node,
                "{title} asks for the time, and is looked at only when a fact changes.",
                "Use a timer event for a moment, and facts in a condition.",
            )
