"""Refuse a pause that could not be asked for, or that nothing on record would explain.

Refused: `pausedWhile` on a process that is not a root, or with what is no FEEL over known facts of
         the case; one that asks for the day or the hour; `goesOnPaused` on a root, or with another
         word than `true`.
Why:     a condition that cannot be asked would never pause anything, or fail on whoever submits;
         one that asks the clock would pause a case overnight with nothing on record to say why.
Instead: FEEL over facts of the case on the root process; `goesOnPaused="true"` on the part that
         must go on while the others rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import feel
from engine.errors import EngineError
from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_CLOCK = re.compile(r"\b(today|now|due)\s*\(")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what a process says of pauses."""
    for process in diagram.processes[:1]:
        is_root = "root" in process.words("kind")
        if "pausedWhile" in process.own:
            problem = _problem(process, known) if is_root else "only a root process pauses a case."
            if problem:
                yield error(
                    process,
                    f"{process.title} cannot say when it is paused: {problem}",
                    "Write FEEL over facts of the case, on a root process.",
                )
        goes_on = process.own.get("goesOnPaused")
        if goes_on is not None and (is_root or goes_on != "true"):
            yield error(
                process,
                f"{process.title} cannot go on while its case is paused.",
                'Write goesOnPaused="true" on a part, or remove it.',
            )


def _problem(process: Node, known: Known | None) -> str:
    source = process.own["pausedWhile"].strip()
    if not source:
        return "the condition is empty."
    if _CLOCK.search(source):
        return "the condition asks for the time, and is to ask for facts."
    try:
        names = None if known is None else frozenset(known.facts)
        condition = feel.compile_expression(source, where=process.id, names=names)
    except EngineError as invalid:
        return str(invalid)
    of_items = condition.names & set(known.facts_of_items if known else ())
    if of_items:
        return f"{', '.join(sorted(of_items))} holds a value for each item, and none for the case."
    return "" if condition.names else "the condition asks for no fact."
