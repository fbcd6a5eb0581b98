"""Refuse item lists and kinds that do not exist or do not fit each other.

Refused: an unknown list in `items` (or `loopDataInputRef`); an `item` that is not the kind of its
         list; a part called for another kind of item than it is made for.
Why:     the step would run for nobody, or the part would read the facts of nothing.
Instead: a list that some form keeps, with its kind; a part whose process has the same `item`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look every list and kind up, and compare the two sides of every call."""
    if known is None:
        return
    own_item = "".join(process.own.get("item", "") for process in diagram.processes[:1])
    for process in diagram.processes[:1]:
        if own_item and own_item not in known.item_kinds:
            message = f"“{own_item}” is no kind of item."
            yield error(process, message, "Name the kind of an item list.")
    for node in diagram.of_kind("userTask", "callActivity"):
        problem = _list_problem(node, known) or _call_problem(node, own_item, known)
        if problem:
            yield error(node, f"{node.title} {problem}.", "Make list, kind and part fit.")


def _list_problem(node: Node, known: Known) -> str:
    name, kind = node.item_list, node.own.get("item", "").strip()
    if name and name not in known.items:
        return f"repeats over “{name}”, which is no item list"
    if name and kind and known.items[name] != kind:
        return f"repeats over “{name}”, whose items are not of the kind “{kind}”"
    return ""


def _call_problem(node: Node, own_item: str, known: Known) -> str:
    called = known.processes.get(node.element.get("calledElement", ""))
    kind = node.own.get("item", "").strip()
    if called is None or called.item == kind:
        return ""
    if not kind and called.item == own_item:
        return ""
    return f"calls a part made for “{called.item or 'the whole case'}”"
