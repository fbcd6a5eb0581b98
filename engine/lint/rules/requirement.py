"""Refuse a user task that does not say which requirement it carries out.

Refused: a user task without `requirement`; anywhere, an id that does not look like one.
Why:     clocks end at requirement ids, the statutory rules are proved over them, and a Board may
         rename and split steps only because they keep their ids.
Instead: ids of the catalogue such as `CNS-03`, `DR-16.2` or `F45.02`; for a local step an id of
         the same shape, such as `LOCAL-01`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known

_ID = re.compile(r"[A-Z]{1,6}-\d{2,3}[a-z]?(\.\d{1,2})?|F\d{2}\.\d{2}")


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at user tasks, and at the shape of every id."""
    for node in diagram.of_kind("userTask"):
        if not node.words("requirement"):
            yield error(
                node,
                "{title} carries out no requirement.",
                "Write its catalogue ids; a step of your own Board has one such as LOCAL-01.",
            )
    for thing in (*diagram.processes, *diagram.lanes, *diagram.nodes, *diagram.flows):
        for identifier in thing.words("requirement"):
            if not _ID.fullmatch(identifier):
                yield error(
                    thing,
                    "“{identifier}” is not the id of a requirement.",
                    "Write it as the catalogue does, such as CNS-03; for your own, LOCAL-01.",
                    identifier=identifier,
                )
