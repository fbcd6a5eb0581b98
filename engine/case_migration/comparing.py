"""Say what a move did to a case, by looking at it before and after."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from engine import consequences, steps
from engine.case_migration import answers, knowing
from engine.case_migration.matching import Given
from engine.case_migration.told import Outlook, Told, name_of, named
from engine.deployments import Definitions
from engine.models import CaseMove, ProcessInstance, Timer, UserTask
from engine.store import CaseFile
from engine.texts import Text
from engine.workflow import Carried, ProcessDefinition, Renaming, Workflow


@dataclass(frozen=True)
class Wanted:
    """A move: where to, what elements are called there, which new steps are passed over and why.

    `takes_back` is the move that this one takes back.
    """

    target: uuid.UUID
    renamed: Given = field(default_factory=dict)
    passed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    takes_back: CaseMove | None = None


@dataclass
class Move:
    """What is known while a case moves."""

    file: CaseFile
    wanted: Wanted
    old: Definitions
    renamed: Mapping[str, Renaming]
    instances: list[ProcessInstance]
    carried: dict[uuid.UUID, Carried] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """How a case stood: its tasks and clocks, its timers by token, and how many notices it had."""

    standing: consequences.Standing
    roles: Mapping[uuid.UUID, str]
    timers: Mapping[uuid.UUID, tuple[Text, datetime | None]]
    notices: int


def stand(file: CaseFile) -> Before:
    """Return how a case stands before it moves."""
    return Before(
        consequences.standing(file),
        {task.id: task.role for task in open_tasks(file)},
        {
            timer.id: (_timer_name(file, timer), timer.due_at)
            for timer in file.timers.values()
            if timer.kind == "event"
        },
        file.case.notices_written,
    )


def outlook(moved: Move, running: steps.Running, before: Before, released: list[Told]) -> Outlook:
    """Return what the move did, found by looking at the case before and after."""
    file = moved.file
    came = consequences.compare(file, before.standing)
    said = [Told("opens", {"step": _told(one)}) for one in came.opened]
    said += [Told("goes", {"step": _told(one)}) for one in came.withdrawn]
    said += _of_tasks(moved, before)
    said += released
    said += _of_timers(file, before)
    said += _of_log(moved)
    said += answers.changes(file, moved.old)
    said += knowing.unknown(file, moved.old, open_flows(running))
    if file.case.notices_written > before.notices:
        said.append(Told("messages", {"count": file.case.notices_written - before.notices}))
    waiting = [f"{task.bpmn_id}/{task.item_key}/{task.round}" for task in open_tasks(file)]
    marks = (str(moved.wanted.target), *sorted(waiting))
    return Outlook(_once(said), came.clocks, (), marks)


def _once(said: Iterable[Told]) -> tuple[Told, ...]:
    return tuple({str(one.mark): one for one in said}.values())


def _told(one: consequences.Touched) -> Text:
    label = one.item_label
    if label is None:
        return one.name
    return Text(f"{one.name.en}: {label.en}", f"{one.name.cy}: {label.cy}")


def _of_tasks(moved: Move, before: Before) -> Iterator[Told]:
    """Yield what becomes of the tasks that are open on both versions."""
    file = moved.file
    for task in open_tasks(file):
        if task.id not in before.roles:
            continue
        process = file.instance(task.instance_id).process
        element = file.definitions.processes[process].elements[task.bpmn_id]
        step = named(file, element, task.item_key)
        for use in element.forms:
            was, now = moved.old.forms.get(use.form), file.definitions.forms[use.form]
            come, gone = answers.differences(was, now) if was else ((), ())
            if come or gone:
                yield Told("asks_otherwise", {"step": step, "come": come, "gone": gone})
        if set(task.role.split()) != set(before.roles[task.id].split()):
            roles = tuple(file.definitions.roles.get(key).text for key in task.role.split())
            yield Told("role", {"step": step, "roles": roles})


def _of_timers(file: CaseFile, before: Before) -> Iterator[Told]:
    now = {timer.id: timer for timer in file.timers.values() if timer.kind == "event"}
    for key, (name, due_at) in before.timers.items():
        if key not in now:
            yield Told("timer_goes", {"timer": name})
        elif now[key].due_at != due_at:
            names = {"timer": name, "was": due_at, "now": now[key].due_at}
            yield Told("timer_moves", names)
    for key, timer in now.items():
        if key not in before.timers:
            yield Told("timer_waits", {"timer": _timer_name(file, timer), "now": timer.due_at})


def _of_log(moved: Move) -> Iterator[Told]:
    """Yield what the new version makes of what was done: renamed, passed over, not made up for."""
    file = moved.file
    for instance in moved.instances:
        carried, renaming = moved.carried[instance.id], moved.renamed[instance.process]
        old, new = (
            moved.old.processes[instance.process],
            file.definitions.processes[instance.process],
        )
        yield from _renamed_steps(old, new, renaming)
        for entry in carried.withdrawn:
            if entry.kind == "fire" and entry.key is not None:
                yield Told("firing_gone", {"timer": name_of(old.elements[entry.key.bpmn_id])})
        for step in carried.steps:
            if step.entry.kind == "skip" and not step.entry.seq and step.entry.key is not None:
                yield Told("passed", {"step": name_of(new.elements[step.entry.key.bpmn_id])})
            for key, _, _ in step.completed_steps:
                if key in new.elements and key not in renaming.known and _does(new, key):
                    yield Told("not_made_up", {"step": name_of(new.elements[key])})


def _renamed_steps(
    old: ProcessDefinition, new: ProcessDefinition, renaming: Renaming
) -> Iterator[Told]:
    for before, after in renaming.ids.items():
        if before in old.elements and after in new.elements:
            names = {"was": name_of(old.elements[before]), "now": name_of(new.elements[after])}
            yield Told("renamed", names)


def _does(definition: ProcessDefinition, key: str) -> bool:
    """Say whether an element does something by itself that a case that came past it has missed."""
    element = definition.elements[key]
    return bool(element.notice or element.effect or element.decision)


def open_flows(running: steps.Running) -> dict[str, tuple[ProcessInstance, Workflow]]:
    """Return the open instances of a case with their workflows."""
    for instance in running.file.open_instances:
        steps.load(running, instance.id)
    return {
        str(key): (instance, flow)
        for key, (instance, flow) in running.loaded.items()
        if instance.state == "open"
    }


def open_tasks(file: CaseFile) -> list[UserTask]:
    """Return the user tasks that wait for somebody, the oldest first."""
    query = select(UserTask).where(UserTask.case_id == file.case.id, UserTask.state == "open")
    return list(file.session.scalars(query.order_by(UserTask.number)))


def _timer_name(file: CaseFile, timer: Timer) -> Text:
    assert timer.instance_id is not None
    process = file.instance(timer.instance_id).process
    return named(file, file.element(process, timer.bpmn_id), timer.item_key)


def process_name(definitions: Definitions, process: str) -> Text:
    """Return what people call a process."""
    definition = definitions.processes[process]
    return Text(definition.name("en"), definition.name("cy"))
