"""Refuse shapes that lie over each other.

Refused: two nodes or annotations that share some area, save a boundary event and its activity, or
         a sub-process and what is in it; two lanes that do.
Why:     what lies below cannot be read.
Instead: move them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.lint.diagram import Diagram, Lane, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Compare every two shapes."""
    if not diagram.is_drawn:
        return
    for things in ((*diagram.nodes, *diagram.annotations), diagram.lanes):
        for one, other in combinations(things, 2):
            first, second = diagram.shapes.get(one.id), diagram.shapes.get(other.id)
            if first is None or second is None or not first.box.overlaps(second.box):
                continue
            if not (_holds(diagram, one, other) or _holds(diagram, other, one)):
                message = "{other} lies over {one}."
                yield error(second, message, "Move them apart.", other=other.title, one=one.title)


def _holds(diagram: Diagram, outer: Node, inner: Node) -> bool:
    """The outer one is the activity, sub-process or lane to which the inner one belongs."""
    if isinstance(inner, Lane):
        return inner.outer is not None and inner.outer.id == outer.id
    if outer.id in (inner.attached_to, inner.scope):
        return True
    around = diagram.by_id.get(inner.scope)
    return around is not None and _holds(diagram, outer, around)
