"""Refuse a file that does not hold exactly one process that can be run.

Refused: no process, several processes or pools, `isExecutable` other than `true`.
Why:     a file is deployed, versioned and pinned as one process; the engine would take the first
         and leave the others out, and a process that is not executable is never started.
Instead: give every process a file of its own and set `isExecutable="true"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_REMEDY = "Give every process a file of its own, marked as executable."


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at how many processes there are, and whether the one can run."""
    if diagram.unreadable is not None:
        return
    if not diagram.processes:
        yield error(diagram, "The file holds no process.", _REMEDY)
    for process in diagram.processes[1:]:
        yield error(process, "The file holds more than one process.", _REMEDY)
    for process in diagram.processes[:1]:
        if process.element.get("isExecutable") != "true":
            yield error(process, "The process is not marked as executable.", _REMEDY)
