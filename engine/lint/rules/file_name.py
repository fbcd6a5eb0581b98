"""Refuse a process whose id is not the name of its file.

Refused: `consultation.bpmn` that holds a process `consult`.
Why:     called parts, side processes and deployments are found by the id; two files could hold
         one process, and nobody would know which of them runs.
Instead: name the file after the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the two names."""
    stem = PurePosixPath(diagram.path).stem
    for process in diagram.processes[:1]:
        if process.id != stem:
            yield error(
                process,
                "The process is called {id}, its file {stem}.bpmn.",
                "Give both the same name.",
                id=process.id,
                stem=stem,
            )
