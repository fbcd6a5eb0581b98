"""Refuse a side process that goes with no case.

Refused: `besides` on a process that is not of the kind `side`, or naming what is no root process.
Why:     a side process is offered on the cases of the root processes that it names, and on no
         other: with a name that is wrong nobody could ever start it.
Instead: the ids of root processes, or nothing for a side process that goes with every case.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look up what the process goes with."""
    for process in diagram.processes[:1]:
        roots = process.words("besides")
        if roots and "side" not in process.words("kind"):
            yield error(
                process,
                "Only a side process goes beside others.",
                "Leave out what it goes beside (adolygu:besides).",
            )
        if known is None:
            continue
        for name in roots:
            found = known.processes.get(name)
            if found is None or found.kind != "root":
                yield error(
                    process,
                    "It goes beside “{name}”, which is no root process.",
                    "Name the id of a process whose kind is root.",
                    name=name,
                )
