"""Refuse multi-instance over anything but an item list.

Refused: multi-instance without `loopDataInputRef` or without `item`, with a cardinality or a
         completion condition; an `item` on a step that does not repeat.
Why:     instances follow their item list: late items get theirs, removed ones lose it. A number
         fixed at the start cannot follow, and a completion condition is evaluated on the data of
         the last instance, which holds no answers.
Instead: `loopDataInputRef` with the name of the list, and `item` with the kind of its items.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node, child
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what each repetition is over."""
    for node in diagram.of_kind("userTask", "callActivity"):
        problem = _problem(node)
        if problem:
            yield error(
                node,
                f"{node.title} {problem}.",
                "Name the item list in loopDataInputRef, and its kind in adolygu:item.",
            )


def _problem(node: Node) -> str:
    if node.loop is None:
        return "names an item but does not repeat" if node.words("item") else ""
    for name in ("loopCardinality", "completionCondition"):
        if child(node.loop, name) is not None:
            return f"repeats with a {name}, which does not follow its items"
    if not node.item_list:
        return "does not say over which item list it repeats"
    return "" if len(node.words("item")) == 1 else "does not name the kind of item it repeats for"
