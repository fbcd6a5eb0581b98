"""Warn of a boundary timer on a step that repeats for each item.

Refused: nothing; it is a warning.
Why:     the timer covers all instances together: when it fires, it fires once, and if it
         interrupts it withdraws the tasks of every item, also of those in time.
Instead: for a deadline of each item put the timer into a part that runs once an item.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, warning
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what each timer sits on."""
    for event in diagram.with_event("timer"):
        host = diagram.by_id.get(event.attached_to)
        if host is not None and host.loop is not None:
            yield warning(
                event,
                "{title} covers all items of {host} together.",
                "If each item has its own deadline, put the timer into the part of the item.",
                host=host.title,
            )
