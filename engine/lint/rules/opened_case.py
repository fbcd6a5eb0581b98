"""Refuse a service task that opens what cannot be opened.

Refused: `open_case` without `opens`, or with a process that is unknown or is no root process;
         without `relation`, or with one outside the list; a `board` that is no fact.
Why:     the step would fail when a person's submission reaches it, months after deployment.
Instead: the id of a root process, `relation="escalation"`, `hand_over`, `programme` or `method`,
         and for another Board the fact that holds its key.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known

RELATIONS = frozenset({"escalation", "hand_over", "method", "programme"})


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look up what the task opens, where, and as what."""
    for node in diagram.of_kind("serviceTask"):
        if node.own.get("effect") != "open_case":
            continue
        if node.own.get("relation", "") not in RELATIONS:
            yield error(
                node,
                "{title} does not say how the two cases are related.",
                "Choose it (adolygu:relation): {known}.",
                known=", ".join(sorted(RELATIONS)),
            )
        yield from _names(node, known)


def _names(node: Node, known: Known | None) -> Iterator[Finding]:
    opens, board = node.own.get("opens", "").strip(), node.own.get("board", "").strip()
    if not opens:
        yield error(node, "{title} opens no case.", "Choose its process (adolygu:opens).")
    elif known is not None and not _is_root(known, opens):
        yield error(
            node,
            "{title} opens “{opens}”, which is not a root process.",
            "Choose a process whose kind is root.",
            opens=opens,
        )
    if board and known is not None and board not in known.facts:
        yield error(
            node,
            "{title} opens it on the Board in “{board}”, which is not a fact.",
            "Choose a fact, or leave it out for this Board.",
            board=board,
        )


def _is_root(known: Known, process: str) -> bool:
    found = known.processes.get(process)
    return found is not None and "root" in found.kind.split()
