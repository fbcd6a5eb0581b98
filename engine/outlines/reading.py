"""The outline of a process: its steps in the order of the flow, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass

from engine.workflow import Element, Flow, ProcessDefinition


@dataclass(frozen=True)
class Way:
    """A flow out of a step, and the step it leads to. `parts` says that several ways leave."""

    flow: Flow
    target: Element
    parts: bool


@dataclass(frozen=True)
class OutlineEntry:
    """A step in its place. `border` are the timers and conditions that hang on it."""

    number: int
    element: Element
    ways: tuple[Way, ...]
    border: tuple[Element, ...]


def entries(definition: ProcessDefinition) -> tuple[OutlineEntry, ...]:
    """Return the steps of a process in the order of the flow, gateways and events among them."""
    found = []
    for number, element in enumerate(definition.reading_order(), 1):
        flows = definition.outgoing.get(element.id, ())
        ways = tuple(Way(f, definition.elements[f.target], len(flows) > 1) for f in flows)
        border = tuple(e for e in definition.elements.values() if e.attached_to == element.id)
        found.append(OutlineEntry(number, element, ways, border))
    return tuple(found)
