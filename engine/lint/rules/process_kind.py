"""Refuse a process that does not say what it is.

Refused: a `kind` other than `root`, `part` or `side`; a root or side process without
         `startRoles`; a root process without `identifierPrefix`; these two on a part.
Why:     the kind says who starts it and what hangs on it. Without roles nobody could start it, and
         without a prefix its cases would have no identifier.
Instead: `kind="root"` with `startRoles` and `identifierPrefix`, `kind="side"` with `startRoles`,
         or `kind="part"` with neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_NEEDS = {
    "root": frozenset({"startRoles", "identifierPrefix"}),
    "side": frozenset({"startRoles"}),
    #: called from a diagram, and startable by a person at any time
    "part side": frozenset({"startRoles"}),
    "part": frozenset[str](),
}


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the attributes of the process with its kind."""
    for process in diagram.processes[:1]:
        kind = process.own.get("kind", "")
        needs = _NEEDS.get(kind)
        if needs is None:
            yield error(
                process,
                f"The kind of the process is “{kind}”.",
                "Set adolygu:kind to root, part or side.",
            )
            continue
        given = {name for name in ("startRoles", "identifierPrefix") if process.words(name)}
        for name in sorted(needs - given):
            yield error(process, f"A {kind} process needs {name}.", f"Add adolygu:{name}.")
        for name in sorted(given - needs):
            yield error(process, f"A {kind} process has no {name}.", f"Remove adolygu:{name}.")
