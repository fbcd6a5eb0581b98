"""Draw called parts into the process that calls them, so that a rule can be followed across both.

A part becomes a sub-process in the place of its call. Of a part that runs once for each item, one
item stands for all: a rule holds for each item that there is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from engine.workflow import Element, ExpressionUse, Flow, ProcessDefinition

#: Between the call and what stands in the called part, in the ids of what is drawn in.
INSIDE = "/"

Processes = Mapping[str, ProcessDefinition]


@dataclass
class _Drawing:
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    expressions: list[ExpressionUse] = field(default_factory=list)
    #: The process in which each of them is drawn.
    drawn_in: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unfolded:
    """A process with parts drawn in, and the process that each element or flow comes from."""

    definition: ProcessDefinition
    drawn_in: Mapping[str, str]


def unfold(processes: Processes, root: str, wanted: Collection[str]) -> Unfolded:
    """Return a process with the wanted parts drawn in, wherever they are called."""
    drawing = _Drawing()
    _draw(drawing, processes, root, wanted, "", None)
    outgoing: dict[str, tuple[Flow, ...]] = {}
    for flow in drawing.flows.values():
        outgoing[flow.source] = (*outgoing.get(flow.source, ()), flow)
    definition = replace(
        processes[root],
        elements=drawing.elements,
        flows=drawing.flows,
        expressions=tuple(drawing.expressions),
        outgoing=outgoing,
    )
    return Unfolded(definition, drawing.drawn_in)


def calls(processes: Processes, root: str) -> dict[str, frozenset[str]]:
    """Return the processes that are called from a root, itself too, with what each calls in turn.

    A process counts among what it calls.
    """
    found: dict[str, set[str]] = {}
    todo = [root]
    while todo:
        name = todo.pop()
        if name not in found and name in processes:
            found[name] = {name, *(each for each in processes[name].called if each in processes)}
            todo += processes[name].called
    changed = True
    while changed:
        changed = False
        for name, below in found.items():
            wider = below.union(*(found[each] for each in below))
            if wider != below:
                found[name], changed = wider, True
    return {name: frozenset(below) for name, below in found.items()}


def _draw(
    drawing: _Drawing,
    processes: Processes,
    name: str,
    wanted: Collection[str],
    prefix: str,
    scope: str | None,
) -> None:
    process = processes[name]
    for use in process.expressions:
        drawing.expressions.append(replace(use, element=prefix + use.element))
    for flow in process.flows.values():
        flow_id = prefix + flow.id
        drawing.drawn_in[flow_id] = name
        drawing.flows[flow_id] = replace(
            flow,
            id=flow_id,
            source=prefix + flow.source,
            target=prefix + flow.target,
            scope=prefix + flow.scope if flow.scope else scope,
        )
    for element in process.elements.values():
        key = prefix + element.id
        unfolds = element.called in wanted and element.called in processes
        drawing.drawn_in[key] = name
        drawing.elements[key] = replace(
            element,
            id=key,
            kind="subProcess" if unfolds else element.kind,
            called="" if unfolds else element.called,
            item_list="" if unfolds else element.item_list,
            scope=prefix + element.scope if element.scope else scope,
            attached_to=prefix + element.attached_to if element.attached_to else None,
            default=prefix + element.default if element.default else "",
        )
        if unfolds:
            _draw(drawing, processes, element.called, wanted, key + INSIDE, key)
