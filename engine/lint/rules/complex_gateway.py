"""Refuse complex gateways.

Refused: every `complexGateway`.
Why:     SpiffWorkflow does not know them and refuses the file with an error that does not help.
Instead: an inclusive or parallel gateway.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.of_kind("complexGateway"):
        yield error(
            node,
            "{title} is a complex gateway, which the engine does not know.",
            "Use an inclusive or a parallel gateway.",
        )
