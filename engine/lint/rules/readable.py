"""Refuse a file that cannot be read safely.

Refused: text that is not XML, a DOCTYPE or an entity, more than 1 MB, deep nesting, an id twice.
Why:     entities reach for other files and blow up in memory; of two elements with one id the
         engine would run the last, and nobody could say which one the audit trail means.
Instead: export the file again from the editor; split what is too big into called parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Give the reason why the file could not be read."""
    if diagram.unreadable is None:
        return
    details = diagram.unreadable.details
    reason, remedy = str(details["reason"]), str(details["remedy"])
    yield Finding(
        "error",
        int(details["line"]),
        str(details["element"]),
        f"This file cannot be taken: it {reason}.",
        f"{remedy[:1].upper()}{remedy[1:]}.",
    )
