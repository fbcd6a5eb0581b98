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
            message = "“{name}” is no kind of item."
            yield error(process, message, "Write the kind of an item list.", name=own_item)
    for node in diagram.of_kind("userTask", "callActivity"):
        message, name, kind = _list_problem(node, known) or _call_problem(node, own_item, known)
        if message:
            remedy = "Make list, kind and part fit each other."
            yield error(node, message, remedy, name=name, kind=kind)


_Problem = tuple[str, str, str]


def _list_problem(node: Node, known: Known) -> _Problem | None:
    """Return what is wrong with a list, its name, and the kind that the step names."""
    name, kind = node.item_list, node.own.get("item", "").strip()
    if name and name not in known.items:
        return "{title} repeats over “{name}”, which is no item list.", name, kind
    if name and kind and known.items[name] != kind:
        message = "{title} repeats over “{name}”, whose items are not of the kind “{kind}”."
        return message, name, kind
    return None


def _call_problem(node: Node, own_item: str, known: Known) -> _Problem:
    """Return what is wrong with a call, and the kind for which the part is made."""
    called = known.processes.get(node.element.get("calledElement", ""))
    kind = node.own.get("item", "").strip()
    if called is None or called.item == kind or (not kind and called.item == own_item):
        return "", "", ""
    if not called.item:
        return "{title} calls a part made for the whole case.", "", ""
    return "{title} calls a part made for each “{kind}”.", "", called.item
