"""Refuse roles that the deployment does not hold.

Refused: an unknown key in `role`, `to` or `startRoles`.
Why:     nobody holds it: nobody could do the task, get the notice, or start the process.
Instead: a key of `roles.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look every role up."""
    if known is None:
        return
    for thing in (*diagram.processes, *diagram.lanes, *diagram.nodes):
        for attribute in ("role", "to", "startRoles"):
            for role in thing.words(attribute):
                if role not in known.roles:
                    message = "{title} names the role “{role}”, which does not exist."
                    yield error(thing, message, "Choose a role.", role=role)
