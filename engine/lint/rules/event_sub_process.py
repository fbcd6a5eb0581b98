"""Refuse event sub-processes.

Refused: a sub-process with `triggeredByEvent`.
Why:     SpiffWorkflow never reads whether it interrupts, starts one with an error start at once,
         and keeps an instance with a timer start open until the timer fires.
Instead: a side process that a person or a service task starts, or a boundary event.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import SUB_PROCESSES, Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find them."""
    for node in diagram.of_kind(*SUB_PROCESSES):
        if node.is_event_sub_process:
            yield error(
                node,
                "{title} is an event sub-process, which does not run as it is drawn.",
                "Make it a side process, or use a boundary event.",
            )
