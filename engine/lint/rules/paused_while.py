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

_NOT_ROOT = "{title} cannot pause a case; only a root process can."
_CLOCK = re.compile(r"\b(today|now|due)\s*\(")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what a process says of pauses."""
    for process in diagram.processes[:1]:
        is_root = "root" in process.words("kind")
        if "pausedWhile" in process.own:
            message, problem = _problem(process, known) if is_root else (_NOT_ROOT, "")
            if message:
                remedy = "Write FEEL over facts of the case, on a root process."
                yield error(process, message, remedy, problem=problem)
        goes_on = process.own.get("goesOnPaused")
        if goes_on is not None and (is_root or goes_on != "true"):
            yield error(
                process,
                "{title} cannot go on while its case is paused.",
                'Write goesOnPaused="true" on a part, or remove it.',
            )


def _problem(process: Node, known: Known | None) -> tuple[str, str]:
    """Return what is wrong with the condition, and what the language says of it."""
    source = process.own["pausedWhile"].strip()
    if not source:
        return "{title} has an empty condition for pauses.", ""
    if _CLOCK.search(source):
        return "The condition for pauses of {title} asks for the time, and not for facts.", ""
    try:
        names = None if known is None else frozenset(known.facts)
        condition = feel.compile_expression(source, where=process.id, names=names)
    except EngineError as invalid:
        return "{title} cannot say when it is paused: {problem}", str(invalid)
    of_items = condition.names & set(known.facts_of_items if known else ())
    if of_items:
        return (
            "The condition for pauses of {title} asks for {problem}, which holds a value for each "
            "item, and none for the case."
        ), ", ".join(sorted(of_items))
    if not condition.names:
        return "The condition for pauses of {title} asks for no fact.", ""
    return "", ""
