"""Refuse a send task that does not say what it sends, and to whom.

Refused: a send task without `notice` or without `to`.
Why:     it would send nothing, and the diagram would claim that somebody was told.
Instead: `notice` with the key of a text, `to` with the roles that get it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look for both."""
    for node in diagram.of_kind("sendTask"):
        if len(node.words("notice")) != 1:
            yield error(node, "{title} sends no notice.", "Choose what is sent (adolygu:notice).")
        if not node.words("to"):
            yield error(node, "{title} is sent to nobody.", "Choose who gets it (adolygu:to).")
