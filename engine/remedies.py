"""Say what can be done about a clock that no open task would meet."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import cases, deployments, task_pages
from engine.deployments import Definitions
from engine.models import Item, UserTask
from engine.people import Held
from engine.store import NO_ITEM, CaseFile
from engine.texts import Text
from engine.workflow import Element, ProcessDefinition

#: The form on which is recorded why something takes longer.
_OVERRUN = "F-56"

#: Where something stands: process and element.
_Place: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class WaitsFor:
    """An open task that comes before a step, and who may do it or took it."""

    task_id: uuid.UUID
    name: Text
    who: tuple[str, ...]


@dataclass(frozen=True)
class Start:
    """What may be started on a case: the process, for which item, and what it is called."""

    process: str
    item: str
    name: Text


@dataclass(frozen=True)
class Remedy:
    """What can be done about a clock that no open task would meet.

    `steps` would meet it and are not open yet, `waits_for` are the open tasks before them, and
    `over` is what was done or withdrawn already though the clock goes on. `starts` may be started
    to meet it, and `overrun` to record why it takes longer. `is_listed` says that it is about an
    item of a list.
    """

    steps: tuple[Text, ...] = ()
    waits_for: tuple[WaitsFor, ...] = ()
    over: tuple[Text, ...] = ()
    starts: tuple[Start, ...] = ()
    overrun: Start | None = None
    is_listed: bool = False


def remedies_of(
    session: Session,
    wanted: Mapping[tuple[uuid.UUID, str, str], tuple[CaseFile, Held]],
    open_tasks: Mapping[uuid.UUID, Sequence[tuple[UserTask, str, tuple[str, ...]]]],
) -> dict[tuple[uuid.UUID, str, str], Remedy]:
    """Return what can be done about clocks, in one query however many they are.

    Takes:   wanted, by case, timescale and item, with the roles of the person on each case;
             open_tasks of each case, with the process in which each stands and whose it is.
    """
    closed: dict[uuid.UUID, set[tuple[str, str, str]]] = {}
    rows = session.execute(
        select(UserTask.case_id, UserTask.bpmn_id, UserTask.item_key, UserTask.state)
        .where(UserTask.case_id.in_({case_id for case_id, _, _ in wanted}))
        .where(UserTask.state != "open")
        .distinct()
    )
    for case_id, *what in rows:
        closed.setdefault(case_id, set()).add((what[0], what[1], what[2]))
    return {
        key: _remedy(file, held, key[1], key[2], closed.get(key[0], ()), open_tasks.get(key[0], ()))
        for key, (file, held) in wanted.items()
    }


def _remedy(
    file: CaseFile,
    held: Held,
    timescale: str,
    item: str,
    closed: Collection[tuple[str, str, str]],
    open_tasks: Sequence[tuple[UserTask, str, tuple[str, ...]]],
) -> Remedy:
    definitions, of_item = file.definitions, {item, NO_ITEM}
    places = task_pages.steps_that_meet(definitions, file.case.process, timescale)
    ended = {(step, how) for step, one, how in closed if item == NO_ITEM or one in of_item}
    done = [place for place in places if (place[1], "completed") in ended]
    ahead = [place for place in places if place not in done]
    before = tuple(_waits_for(definitions, file, ahead, of_item, open_tasks))
    if not before:
        # What was withdrawn comes again only where something open leads to it.
        done += [place for place in ahead if (place[1], "withdrawn") in ended]
        ahead = [place for place in ahead if place not in done]
    found = next((one for one in file.items if one.key == item), None)
    return Remedy(
        steps=_names(definitions, ahead),
        waits_for=before,
        over=_names(definitions, done),
        starts=tuple(_starts(file, held, timescale, found)),
        overrun=_overrun(file, held),
        is_listed=found is not None,
    )


def _names(definitions: Definitions, places: Sequence[_Place]) -> tuple[Text, ...]:
    elements = (definitions.processes[process].elements[name] for process, name in places)
    return tuple(dict.fromkeys(Text(one.name("en"), one.name("cy")) for one in elements))


def _waits_for(
    definitions: Definitions,
    file: CaseFile,
    ahead: Sequence[_Place],
    of_item: Collection[str],
    open_tasks: Sequence[tuple[UserTask, str, tuple[str, ...]]],
) -> Iterator[WaitsFor]:
    """Yield the open tasks from which the way leads to one of some steps.

    Where the part that holds the step is not open, the way leads through whatever calls it.
    """
    running = {row.process for row in file.open_instances if (row.item_key or "") in of_item}
    places, seen = set(ahead), set(ahead)
    while places:
        before = [
            WaitsFor(task.id, _names(definitions, [(process, task.bpmn_id)])[0], who)
            for task, process, who in open_tasks
            if any(
                item in of_item and _reached(definitions, *place) & _within(places, place[0])
                for place, item in _stands_at(file, task, process)
            )
        ]
        if before:
            yield from before
            return
        shut = {process for process, _ in places} - running
        places = {
            place for process in shut for place in _callers(definitions, file.case.process, process)
        } - seen
        seen |= places


def _stands_at(file: CaseFile, task: UserTask, process: str) -> Iterator[tuple[_Place, str]]:
    """Yield where a task stands, and where the parts that hold it do, each with its item."""
    yield (process, task.bpmn_id), task.item_key
    instance = file.instance(task.instance_id)
    while instance.parent_id is not None:
        at, instance = instance.parent_bpmn_id, file.instance(instance.parent_id)
        if at in file.definitions.processes[instance.process].elements:
            yield (instance.process, at), instance.item_key or NO_ITEM


def _within(places: Collection[_Place], process: str) -> set[str]:
    return {name for one, name in places if one == process}


def _starts(file: CaseFile, held: Held, timescale: str, item: Item | None) -> Iterator[Start]:
    """Yield the side processes by which somebody may do now what meets a clock."""
    for definition in file.definitions.processes.values():
        if not _may_start(file, definition, held):
            continue
        fits = not definition.item or (item is not None and item.kind == definition.item)
        meets = task_pages.steps_that_meet(file.definitions, definition.id, timescale)
        if fits and meets:
            yield _start(definition, item.key if item and definition.item else NO_ITEM)


def _overrun(file: CaseFile, held: Held) -> Start | None:
    """Return the side process on which somebody may record now why something takes longer."""
    known = file.definitions.forms
    for definition in file.definitions.processes.values():
        forms = {
            known[use.form].catalogue for one in definition.elements.values() for use in one.forms
        }
        if forms == {_OVERRUN} and not definition.item and _may_start(file, definition, held):
            return _start(definition, NO_ITEM)
    return None


def _may_start(file: CaseFile, definition: ProcessDefinition, held: Held) -> bool:
    return cases.may_start_side(file, definition, held) and cases.outlives_close(file, definition)


def _start(definition: ProcessDefinition, item: str) -> Start:
    return Start(definition.id, item, Text(definition.name("en"), definition.name("cy")))


@lru_cache(maxsize=4096)
def _reached(definitions: Definitions, process: str, element_id: str) -> frozenset[str]:
    """Return the elements to which the way leads from one, also out of the frame around it."""
    definition = definitions.processes[process]
    found: set[str] = set()
    todo = [element_id]
    while todo:
        name = todo.pop()
        nexts = {flow.target for flow in definition.outgoing.get(name, ())}
        nexts |= {one.id for one in definition.elements.values() if _is_beside(one, name)}
        scope = definition.elements[name].scope
        nexts |= {scope} if scope and scope in definition.elements else set()
        todo += nexts - found
        found |= nexts
    return frozenset(found)


def _is_beside(element: Element, name: str) -> bool:
    """Say whether an element hangs on another, or begins inside it."""
    begins = element.kind == "startEvent" and element.scope == name
    return element.attached_to == name or begins


@lru_cache(maxsize=1024)
def _callers(definitions: Definitions, root: str, process: str) -> frozenset[_Place]:
    """Return the elements that call a process, in the processes of a root."""
    return frozenset(
        (name, element.id)
        for name in deployments.called_by(definitions.processes, root)
        for element in definitions.processes[name].elements.values()
        if element.called == process
    )
