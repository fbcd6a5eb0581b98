"""Refuse ad hoc sub-processes.

Refused: every `adHocSubProcess`.
Why:     they are an experiment in SpiffWorkflow, need a data object, and change the definition
         that other cases share.
Instead: parallel branches, or side processes that a person starts when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.of_kind("adHocSubProcess"):
        yield error(
            node,
            "{title} is an ad hoc sub-process, which the engine cannot run safely.",
            "Draw the steps as parallel branches, or as side processes.",
        )
