"""Refuse a non-interrupting boundary event whose path runs into the path beside it.

Refused: a path from a non-interrupting boundary event that enters a node of the main path, other
         than an end event.
Why:     the activity goes on, so that two tokens come: every step behind the merge is asked for
         twice, and a parallel join behind it never settles.
Instead: end the path with an end event of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare the path of each such event with what is reached without any of them."""
    aside = [node for node in diagram.of_kind("boundaryEvent") if not node.interrupts]
    starts = [node.id for node in diagram.of_kind("startEvent")]
    main = diagram.reached_from(starts, without={node.id for node in aside})
    for event in aside:
        shared = main & diagram.reached_from([event.id])
        for node in diagram.nodes:
            if node.id in shared and node.kind != "endEvent":
                yield error(
                    event,
                    "The path of {title} enters {node}, which would run twice.",
                    "End the path with an end event of its own.",
                    node=node.title,
                )
                break
