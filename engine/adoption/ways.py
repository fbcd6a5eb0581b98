"""Say which steps a case can still come to, by the lines of its diagrams alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from engine import steps
from engine.deployments import Definitions
from engine.store import CaseFile
from engine.workflow import ProcessDefinition

#: While one of these is open, what stands in it waits for itself, and it is not begun again.
_GONE_INTO = ("subProcess", "callActivity")

#: A step of a diagram: the process it stands in, and its id.
Place = tuple[str, str]


def can_come_to(file: CaseFile, wanted: str) -> bool:
    """Say whether a step, by BPMN id or requirement, lies ahead of where the case stands.

    Conditions are not asked: what lies ahead by the lines may still be shut by what is recorded.
    """
    return not _places_of(file, wanted).isdisjoint(_places_ahead(file))


def comes_by_time_alone(file: CaseFile, wanted: str) -> bool:
    """Say whether nothing but a time limit beside the way leads to a step, as to an overrun’s.

    It opens by itself when its time has come, whatever else is done.
    """
    on_the_way = {place for place in _standing(file) if not _is_beside(file, place)}
    ahead = _ahead(file.definitions, frozenset(on_the_way))
    return can_come_to(file, wanted) and _places_of(file, wanted).isdisjoint(ahead)


def _places_of(file: CaseFile, wanted: str) -> set[Place]:
    step, _, _item = wanted.partition("/")
    return {
        (process.id, element.id)
        for process in file.definitions.processes.values()
        for element in process.elements.values()
        if step in (element.id, *element.requirement)
    }


def _is_beside(file: CaseFile, place: Place) -> bool:
    element = file.definitions.processes[place[0]].elements[place[1]]
    return bool(element.attached_to) and not element.interrupting


def is_ahead(file: CaseFile, process: str, step: str) -> bool:
    """Say the same of one step of one process."""
    return (process, step) in _places_ahead(file)


def _places_ahead(file: CaseFile) -> frozenset[Place]:
    return _ahead(file.definitions, frozenset(_standing(file)))


def _standing(file: CaseFile) -> Iterator[Place]:
    """Yield where the open instances of a case wait; of what they have gone into, what follows."""
    running = steps.Running(file)
    for instance in file.open_instances:
        _, flow = steps.load(running, instance.id)
        process = steps.definition_of(file, instance)
        for element, state in flow.token_states().items():
            if state != "open":
                continue
            if process.elements[element].kind not in _GONE_INTO:
                yield process.id, element
                continue
            yield from ((process.id, each.target) for each in process.outgoing.get(element, ()))
            yield from (
                (process.id, each.id)
                for each in process.elements.values()
                if each.attached_to == element
            )


@lru_cache(maxsize=256)
def _ahead(definitions: Definitions, places: frozenset[Place]) -> frozenset[Place]:
    lines = _lines(definitions)
    found: set[Place] = set()
    todo = list(places)
    while todo:
        place = todo.pop()
        if place not in found:
            found.add(place)
            todo += lines.get(place, ())
    return frozenset(found)


@lru_cache(maxsize=32)
def _lines(definitions: Definitions) -> dict[Place, frozenset[Place]]:
    """Return from where one comes to where in all diagrams: by flows, into parts, by events."""
    found: dict[Place, set[Place]] = {}
    for process in definitions.processes.values():
        for source, target in _lines_of(definitions, process):
            found.setdefault(source, set()).add(target)
    return {source: frozenset(targets) for source, targets in found.items()}


def _lines_of(
    definitions: Definitions, process: ProcessDefinition
) -> Iterator[tuple[Place, Place]]:
    for flow in process.flows.values():
        yield (process.id, flow.source), (process.id, flow.target)
    for element in process.elements.values():
        here = (process.id, element.id)
        if element.attached_to:
            yield (process.id, element.attached_to), here
        if element.scope and element.kind == "startEvent":
            yield (process.id, element.scope), here
        for other in (element.called, element.starts):
            if other in definitions.processes:
                yield from ((here, start) for start in _starts(definitions.processes[other]))


def _starts(process: ProcessDefinition) -> Iterable[Place]:
    return (
        (process.id, element.id)
        for element in process.elements.values()
        if element.kind == "startEvent" and not element.scope
    )
