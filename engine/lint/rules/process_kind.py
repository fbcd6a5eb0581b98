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

_MISSING = {
    "startRoles": (
        "{title} does not say who may start it.",
        "Choose the roles that may (adolygu:startRoles).",
    ),
    "identifierPrefix": (
        "{title} does not say how the identifiers of its cases begin.",
        "Write a few capital letters (adolygu:identifierPrefix).",
    ),
}
_SURPLUS = {
    "startRoles": (
        "{title} is of a kind that nobody starts, and says who may.",
        "Leave out the roles that may start it (adolygu:startRoles).",
    ),
    "identifierPrefix": (
        "{title} is of a kind that has no cases of its own.",
        "Leave out the beginning of case identifiers (adolygu:identifierPrefix).",
    ),
}


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the attributes of the process with its kind."""
    for process in diagram.processes[:1]:
        kind = process.own.get("kind", "")
        needs = _NEEDS.get(kind)
        if needs is None:
            yield error(
                process,
                "The kind of the process is “{kind}”.",
                "Choose root, part or side (adolygu:kind).",
                kind=kind,
            )
            continue
        given = {name for name in ("startRoles", "identifierPrefix") if process.words(name)}
        for name in sorted(needs - given):
            yield error(process, *_MISSING[name])
        for name in sorted(given - needs):
            yield error(process, *_SURPLUS[name])
