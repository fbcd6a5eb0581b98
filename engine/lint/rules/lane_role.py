"""Refuse a user task that nobody is there to do.

Refused: a user task outside every lane, in a lane without a role, or with a role of its own that
         its lane does not have.
Why:     SpiffWorkflow knows a lane only by its name, and gives none for a lane without one; who
         may do the task is decided by the keys in `role`, and an empty list is nobody.
Instead: a lane with `role`; `role` on the task only to name fewer of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, child
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Find the lane of every user task, and the roles of both."""
    for lane in diagram.lanes:
        if not lane.roles and child(lane.element, "childLaneSet") is None:
            yield error(
                lane,
                "The lane {title} has no role.",
                "Choose who does what stands in it (adolygu:role).",
            )
    for node in diagram.of_kind("userTask"):
        inside = diagram.lane_of(node)
        if inside is None:
            yield error(node, "{title} stands in no lane.", "Move it into a lane.")
            continue
        for role in node.words("role"):
            if inside.roles and role not in inside.roles:
                yield error(
                    node,
                    "{title} names the role “{role}”, which its lane does not have.",
                    "Move it to another lane, or add the role to this one.",
                    role=role,
                )
