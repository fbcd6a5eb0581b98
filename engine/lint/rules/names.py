"""Refuse texts that stand in one language only.

Refused: a process, lane, task, call, sub-process, event, choice, a flow out of a choice, or an
         annotation without its English or its Welsh.
Why:     people work in either language; a page would show them a gap, or the wrong language.
         A flow without a name does not say what it means to go that way.
Instead: `name` in English and `adolygu:nameCy` in Welsh.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.diagram import CHOICES, GATEWAYS, Diagram, Node
from engine.lint.findings import Finding, error
from engine.lint.known import Known


def check(diagram: Diagram, known: Known | None) -> Iterator[Finding]:
    """Look at whatever needs a name, and at whatever has half of one."""
    for thing in (*diagram.processes, *diagram.lanes, *diagram.annotations):
        yield from _missing(thing, is_needed=True)
    for node in diagram.nodes:
        yield from _missing(node, is_needed=_needs_name(diagram, node))
    for flow in diagram.flows:
        source = diagram.by_id.get(flow.source)
        is_choice = source is not None and _is_choice(diagram, source)
        yield from _missing(flow, is_needed=is_choice)


def _needs_name(diagram: Diagram, node: Node) -> bool:
    return node.kind not in GATEWAYS or _is_choice(diagram, node)


def _is_choice(diagram: Diagram, node: Node) -> bool:
    return node.kind in CHOICES and len(diagram.flows_out(node)) > 1


def _missing(thing: Node, *, is_needed: bool) -> Iterator[Finding]:
    name = thing.name
    if is_needed and not name.en:
        yield error(thing, "{title} has no English name.", "Write one.")
    if bool(name.cy) < bool(name.en or is_needed):
        yield error(
            thing, "{title} has no Welsh name.", "Write it beside the English one (adolygu:nameCy)."
        )
