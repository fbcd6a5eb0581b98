"""Refuse a lane that lists what is not there, or what another lane lists too.

Refused: a `flowNodeRef` to no node, and a node in two lanes of which neither lies in the other.
Why:     SpiffWorkflow takes the lane that it reads last, so that a task changes hands when the
         editor saves the lanes in another order.
Instead: move the shape on the sheet; the editor then writes the lane anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Lane
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at every reference of every lane."""
    owners: dict[str, Lane] = {}
    for lane in diagram.lanes:
        for member in lane.members:
            if member not in diagram.by_id:
                message = "The lane {title} lists “{member}”, which is not there."
                yield error(lane, message, "Remove the reference.", member=member)
            elif member in owners and not _lies_in(lane, owners[member]):
                message = "{node} stands in two lanes."
                yield error(
                    lane, message, "Keep it in one of them.", node=diagram.by_id[member].title
                )
            owners[member] = lane


def _lies_in(lane: Lane, other: Lane) -> bool:
    outer = lane.outer
    while outer is not None and outer.id != other.id:
        outer = outer.outer
    return outer is not None
