"""Refuse a process that would go on as something that it cannot become.

Refused: `goesOnAs` with a process that is unknown, or is of another kind or for another item.
Why:     when the choice behind it is made anew, its instance is rebuilt on that diagram from its
         own log; on another kind of diagram nothing of the log would fit.
Instead: the id of a process of the same kind, for the same item, whose steps have the same ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known, KnownProcess


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Hold the two processes against each other."""
    for process in diagram.processes:
        other = process.own.get("goesOnAs", "").strip()
        if not other or known is None:
            continue
        found = known.processes.get(other)
        if found is None or not _alike(found, process.own):
            yield error(
                process,
                "{title} goes on as “{other}”, which is not a process like it.",
                "Name a process of the same kind and item.",
                other=other,
            )


def _alike(found: KnownProcess, own: Mapping[str, str]) -> bool:
    return found.kind == own.get("kind", "") and found.item == own.get("item", "")
