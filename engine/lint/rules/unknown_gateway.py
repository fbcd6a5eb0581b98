"""Refuse a service task that has a choice made anew which no root process makes.

Refused: `choose_again` without `gateway`, or with one that is no exclusive gateway of a root
         process.
Why:     nothing would be chosen anew, and the case would go on as if nothing had been decided.
Instead: the id of an exclusive gateway of the root.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look the gateway up in the root processes."""
    for node in diagram.of_kind("serviceTask"):
        gateway = node.own.get("gateway", "").strip()
        if node.own.get("effect") == "choose_again" and not gateway:
            yield error(
                node,
                "{title} names no gateway.",
                "Choose the one whose choice is made again (adolygu:gateway).",
            )
        elif gateway and known is not None and gateway not in known.gateways:
            yield error(
                node,
                "{title} wants “{gateway}” chosen anew, which no root process chooses at.",
                "Choose an exclusive gateway of a root process.",
                gateway=gateway,
            )
