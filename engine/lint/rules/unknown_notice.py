"""Warn of notices for which the deployment holds no text.

Refused: nothing; it is a warning.
Why:     whoever gets it would read only that there is something for them, and sign in to find out.
Instead: a file `forms/letters/<notice>.toml`, or the key of one that is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, warning
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look every notice up."""
    if known is None:
        return
    for node in diagram.of_kind("sendTask"):
        for notice in node.words("notice"):
            if notice not in known.notices:
                message = "{title} sends “{notice}”, for which there is no text."
                yield warning(
                    node,
                    message,
                    "Choose another one, or write its text: forms/letters/{notice}.toml.",
                    notice=notice,
                )
