"""Refuse multi-instance over anything but an item list.

Refused: multi-instance without `items` or without `item`, with a cardinality or a completion
         condition, or with another list in `loopDataInputRef`; `item` or `items` on a step that
         does not repeat.
Why:     instances follow their item list: late items get theirs, removed ones lose it. A number
         fixed at the start cannot follow, and a completion condition is evaluated on the data of
         the last instance, which holds no answers.
Instead: `items` with the name of the list, and `item` with the kind of its items. The list may
         stand in `loopDataInputRef` instead, as older diagrams have it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node, child
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at what each repetition is over."""
    for node in diagram.of_kind("userTask", "callActivity"):
        message, name = _problem(node)
        if message:
            remedy = "Choose the item list (adolygu:items); its kind belongs to it (adolygu:item)."
            yield error(node, message, remedy, name=name)


def _problem(node: Node) -> tuple[str, str]:
    """Return what is wrong with a step that repeats, and the name that it is wrong with."""
    if node.loop is None:
        named = node.words("item") or node.words("items")
        return ("{title} names an item but does not repeat.", "") if named else ("", "")
    for name in ("loopCardinality", "completionCondition"):
        if child(node.loop, name) is not None:
            return "{title} repeats with a {name}, which does not follow its items.", name
    if not node.item_list:
        return "{title} does not say over which item list it repeats.", ""
    if node.input_list not in ("", node.item_list):
        return "{title} names one item list, and another in loopDataInputRef ({name}).", (
            node.input_list
        )
    if len(node.words("item")) != 1:
        return "{title} does not name the kind of item it repeats for.", ""
    return "", ""
