"""Refuse script tasks.

Refused: every `scriptTask`.
Why:     SpiffWorkflow runs its text as Python with everything Python can do. The diagram decides
         the order of things; the engine computes.
Instead: a decision table, FEEL in a condition, or a computed field of a form.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.of_kind("scriptTask"):
        yield error(
            node,
            "{title} is a script task; code in a diagram is never run.",
            "Use a decision table or a computed field of a form.",
        )
