"""The road that every change of a process takes, whoever or whatever caused it.

A submission, a fired timer, a late item and a corrected date all come through here: move the
workflow, start and end the parts it calls, follow items and facts until nothing moves any more,
keep the clocks, and leave rows that say what is open and what will fall due.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select

from engine import db, decisions, facts, feel, notices, store, timekeeping, workflow
from engine.errors import EngineError
from engine.models import ProcessInstance, StepLogEntry, Timer, UserTask, new_id
from engine.store import NO_ITEM, CaseFile
from engine.workflow import LogEntry, ProcessDefinition, StepOutcome, TaskKey, Workflow

#: More turns of the wheel than this for one input means that the diagrams feed each other.
MAX_TURNS = 200


class ProcessesRunAway(EngineError):
    """The diagrams of this case start each other without end. Tell the process designer."""

    status = 409


class CaseWorld:
    """What the expressions of an instance may read, and the decision tables they may ask."""

    def __init__(self, file: CaseFile, *, writes: bool = True) -> None:
        """Read facts, items and clocks through the file of the case.

        Takes:   writes, false for looking ahead: decisions are then made, and not recorded.
        """
        self.file = file
        self.writes = writes
        self._item: str | None = None

    def names(self, item: str | None) -> Mapping[str, feel.Value]:
        """Return the facts that an expression sees, for one item or for the case."""
        self._item = item
        return self.file.names(item)

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Return the functions of the house, for the item whose names were asked for last."""
        return self.file.functions(self._item)

    def items(self, list_name: str) -> list[str]:
        """Return the keys of an item list, in order."""
        return self.file.items_of(list_name)

    def decide(self, decision_id: str, item: str | None) -> dict[str, Any]:
        """Run a decision table, write the facts it gives, and return what to record."""
        file, key = self.file, item or NO_ITEM
        table = file.definitions.decisions[decision_id]
        found = decisions.decide(table, file.names(item), file.functions(item))
        if not self.writes:
            return {"rules": list(found.rules)}
        store.write_decision(file, decision_id, key, found.rules, found.result)
        lifted = facts.from_decision(file.definitions.facts, decision_id, found.result)
        scoped = {(name, _scope(file, name, key)): value for name, value in lifted.items()}
        store.write_facts(file, scoped, decision_id)
        return {"rules": list(found.rules)}


@dataclass
class Running:
    """The instances of a case that this transaction has loaded, and what is still to be done."""

    file: CaseFile
    loaded: dict[uuid.UUID, tuple[ProcessInstance, Workflow]] = field(default_factory=dict)
    queue: deque[Callable[[], None]] = field(default_factory=deque)
    tasks: dict[tuple[uuid.UUID, TaskKey], UserTask] = field(default_factory=dict)
    items_changed: bool = False


def open_root(running: Running) -> ProcessInstance:
    """Start the root instance of a case that has just been opened."""
    return _start(running, "root", running.file.case.process, NO_ITEM, None, None)


def start_side(running: Running, process: str, item: str) -> ProcessInstance:
    """Start a side instance, which runs beside the others until its own end."""
    return _start(running, "side", process, item, None, None)


def complete_task(running: Running, task: UserTask, *, skip: bool = False) -> None:
    """Complete a user task and run on to the next wait."""
    key = TaskKey(task.bpmn_id, task.item_key, task.round)
    running.tasks[task.instance_id, key] = task
    instance, flow = load(running, task.instance_id)
    _apply(running, instance, flow, flow.skip_task(key) if skip else flow.complete_task(key))


def fire_timer(running: Running, timer: Timer) -> None:
    """Let a waiting timer event happen and run on to the next wait."""
    assert timer.instance_id is not None
    instance, flow = load(running, timer.instance_id)
    key = TaskKey(timer.bpmn_id, timer.item_key, timer.round)
    _apply(running, instance, flow, flow.fire_timer(key))


def forget_steps(running: Running, undone: Iterable[tuple[str, str]]) -> None:
    """Let the facts go that say that steps were completed, so that what waits for them runs again.

    Takes:   undone, requirement and item of each step whose completion was withdrawn.
    """
    file = running.file
    for requirement, item in sorted(undone):
        lifted = facts.from_step(file.definitions.facts, (requirement,))
        said = {(name, _scope(file, name, item)) for name in lifted}
        said.add((store.STEP + requirement, item))
        values = {key: None for key in said if key in file.facts}
        store.write_facts(file, values, f"{requirement}:withdrawn")


def settle(running: Running) -> dict[str, str]:
    """Do what is queued, follow items and facts until nothing moves, keep the time, write states.

    Returns: the clocks whose state changed.
    """
    file = running.file
    _run_on(running)
    if _queue_late_parts(running):
        _run_on(running)
    for instance, flow in running.loaded.values():
        instance.workflow_state = flow.dump()
    return timekeeping.keep_time(file)


def load(running: Running, instance_id: uuid.UUID) -> tuple[ProcessInstance, Workflow]:
    """Return an instance of the case and its workflow, loaded once a transaction."""
    if instance_id not in running.loaded:
        instance = running.file.instance(instance_id)
        flow = Workflow.load(
            definition_of(running.file, instance), instance.workflow_state, CaseWorld(running.file)
        )
        running.loaded[instance_id] = (instance, flow)
    return running.loaded[instance_id]


def definition_of(file: CaseFile, instance: ProcessInstance) -> ProcessDefinition:
    """Return the diagram that an instance runs."""
    return file.definitions.processes[instance.process]


def cancel_instance(running: Running, instance: ProcessInstance, why: str) -> None:
    """End an instance before its time, with everything that is open in it and below it."""
    if instance.state != "open":
        return
    instance.state, instance.ended_at = "cancelled", running.file.now
    running.loaded.pop(instance.id, None)
    for task in _open_tasks(running, instance.id):
        _close(running, task, "withdrawn", why)
    for timer in _event_timers(running, instance.id):
        running.file.drop_timer(timer.token)
    for child in _children(running, instance):
        cancel_instance(running, child, why)


def reconcile(running: Running, instance: ProcessInstance, flow: Workflow, why: str) -> None:
    """Make the rows of an instance say what a rebuilt workflow says (after go back or skip)."""
    running.loaded[instance.id] = (instance, flow)
    wanted = {task.key: task for task in flow.open_tasks()}
    for task in _open_tasks(running, instance.id):
        key = TaskKey(task.bpmn_id, task.item_key, task.round)
        if key not in wanted:
            _close(running, task, "withdrawn", why)
        else:
            del wanted[key]
    for opened in wanted.values():
        _open_task(running, instance, opened)
    waiting = {timer.key: timer for timer in flow.waiting_timers()}
    for timer in _event_timers(running, instance.id):
        if waiting.pop(TaskKey(timer.bpmn_id, timer.item_key, timer.round), None) is None:
            running.file.drop_timer(timer.token)
    for armed in waiting.values():
        _arm(running, instance, armed)
    _reconcile_parts(running, instance, flow, why)
    _end(running, instance, flow.ended_by)


def _reconcile_parts(running: Running, instance: ProcessInstance, flow: Workflow, why: str) -> None:
    waiting = {part.key: part for part in flow.waiting_parts()}
    for child in _children(running, instance):
        key = TaskKey(child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round)
        if waiting.pop(key, None) is None:
            cancel_instance(running, child, why)
    for part in waiting.values():
        _start(running, "child", part.process, part.item, instance, part.key)


def _run_on(running: Running) -> None:
    turns = 0
    followed: set[tuple[str, str]] = set()
    while running.queue or running.items_changed or running.file.facts_changed - followed:
        turns += 1
        if turns > MAX_TURNS:
            raise ProcessesRunAway
        if running.queue:
            running.queue.popleft()()
            continue
        if running.items_changed:
            _cancel_sides_of_removed_items(running)
        running.items_changed = False
        followed = set(running.file.facts_changed)
        for instance in running.file.open_instances:
            if instance.state == "open":
                _follow(running, instance.id)


def _cancel_sides_of_removed_items(running: Running) -> None:
    """End what runs beside the others for an item that was taken out: nothing else follows it."""
    there = {item.key for item in running.file.items}
    for instance in running.file.open_instances:
        if instance.kind == "side" and instance.item_key and instance.item_key not in there:
            cancel_instance(running, instance, "the item was taken out")


def _queue_late_parts(running: Running) -> bool:
    """Let items that came after their step had closed run its part beside the others.

    The step may stand in a part that has ended since: it is then over for the others, not for them.
    """
    added, running.file.items_added = running.file.items_added, []
    for instance in _not_cancelled(running) if added else []:
        _, flow = load(running, instance.id)
        states = flow.token_states()
        for element in definition_of(running.file, instance).elements.values():
            if not element.called or states.get(element.id) != "finished":
                continue
            for item in added:
                if item.list == element.item_list and not _ran(running, element.called, item.key):
                    running.queue.append(partial(_start_beside, running, element.called, item.key))
    return bool(running.queue)


def _not_cancelled(running: Running) -> list[ProcessInstance]:
    file = running.file
    if file.case.state == "closed":
        return []
    ended = file.session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == file.case.id, ProcessInstance.state == "completed")
        .order_by(ProcessInstance.number)
    )
    return [*ended, *file.open_instances]


def _ran(running: Running, process: str, item: str) -> bool:
    found = running.file.session.scalar(
        select(ProcessInstance.id).where(
            ProcessInstance.case_id == running.file.case.id,
            ProcessInstance.process == process,
            ProcessInstance.item_key == item,
            ProcessInstance.state != "cancelled",
        )
    )
    return found is not None


def _start(
    running: Running,
    kind: str,
    process: str,
    item: str,
    parent: ProcessInstance | None,
    parent_key: TaskKey | None,
) -> ProcessInstance:
    file = running.file
    definition = file.definitions.processes[process]
    file.case.instances_started += 1
    flow, outcome = Workflow.start(definition, CaseWorld(file), item)
    instance = ProcessInstance(
        id=new_id(),
        board_id=file.case.board_id,
        case_id=file.case.id,
        number=file.case.instances_started,
        kind=kind,
        process=process,
        definition_hash=definition.content_hash,
        parent_id=parent.id if parent else None,
        parent_bpmn_id=parent_key.bpmn_id if parent_key else "",
        parent_round=parent_key.round if parent_key else 1,
        item_key=item or None,
        state="open",
        ended_by="",
        workflow_state=b"",
        started_at=file.now,
    )
    file.add_instance(instance)
    file.session.flush()
    running.loaded[instance.id] = (instance, flow)
    _apply(running, instance, flow, outcome)
    return instance


def _follow(running: Running, instance_id: uuid.UUID) -> None:
    instance, flow = load(running, instance_id)
    outcome = flow.follow()
    if outcome is not None:
        _apply(running, instance, flow, outcome)


def _apply(
    running: Running, instance: ProcessInstance, flow: Workflow, outcome: StepOutcome
) -> None:
    _log(running, instance, outcome.entry)
    for closed in outcome.closed:
        task = _task_row(running, instance, closed.key)
        if task is not None:
            _close(running, task, closed.how, "")
    for opened in outcome.opened:
        _open_task(running, instance, opened)
    for key in outcome.timers_gone:
        token = timekeeping.event_token(instance.id, key.bpmn_id, key.item, key.round)
        running.file.drop_timer(token)
    for armed in outcome.timers_armed:
        _arm(running, instance, armed)
    _record_steps(running, instance, outcome.completed_steps)
    for key in outcome.parts_cancelled:
        _cancel_part(running, instance, key)
    for part in outcome.parts_started:
        running.queue.append(partial(_start_part, running, instance, part))
    for effect in outcome.effects:
        _do_effect(running, instance, effect)
    _end(running, instance, outcome.ended_by)


def _log(running: Running, instance: ProcessInstance, entry: LogEntry) -> None:
    file = running.file
    db.append(
        file.session,
        StepLogEntry,
        {
            "id": new_id(),
            "board_id": file.case.board_id,
            "instance_id": instance.id,
            "seq": entry.seq,
            "entry": entry.to_json(),
            "at": file.now,
            "actor": file.actor,
        },
    )


def _open_task(running: Running, instance: ProcessInstance, opened: workflow.OpenTask) -> None:
    file, element, key = running.file, opened.element, opened.key
    task = UserTask(
        id=new_id(),
        board_id=file.case.board_id,
        case_id=file.case.id,
        instance_id=instance.id,
        bpmn_id=key.bpmn_id,
        item_key=key.item,
        round=key.round,
        role=" ".join(element.roles),
        requirement=" ".join(element.requirement),
        number=file.case.tasks_opened + 1,
        state="open",
        opened_at=file.now,
        closed_by="",
        closed_why="",
    )
    file.case.tasks_opened += 1
    file.session.add(task)
    running.tasks[instance.id, key] = task


def _close(running: Running, task: UserTask, how: str, why: str) -> None:
    task.state = "completed" if how == "completed" else "withdrawn"
    task.closed_at, task.closed_by, task.closed_why = running.file.now, running.file.actor, why


def _arm(running: Running, instance: ProcessInstance, armed: workflow.ArmedTimer) -> None:
    file, key = running.file, armed.key
    file.add_timer(
        Timer(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=file.case.id,
            kind="event",
            token=timekeeping.event_token(instance.id, key.bpmn_id, key.item, key.round),
            instance_id=instance.id,
            bpmn_id=key.bpmn_id,
            item_key=key.item,
            round=key.round,
            timescale=armed.timescale or "",
            expression=armed.expression,
        )
    )


def _record_steps(
    running: Running,
    instance: ProcessInstance,
    completed: Iterable[tuple[str, tuple[str, ...], str]],
) -> None:
    file = running.file
    watched = {name for row in file.definitions.timescales.values() for name in row.steps}
    for _, requirements, item in completed:
        lifted = facts.from_step(file.definitions.facts, requirements)
        values = {(name, _scope(file, name, item)): value for name, value in lifted.items()}
        for name in watched.intersection(requirements):
            values[store.STEP + name, item] = True
        store.write_facts(file, values, f"{instance.process}:{' '.join(requirements)}")


def _cancel_part(running: Running, instance: ProcessInstance, key: TaskKey) -> None:
    for child in _children(running, instance):
        if (child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round) == (
            key.bpmn_id,
            key.item,
            key.round,
        ):
            cancel_instance(running, child, "the step that called it ended")


def _do_effect(running: Running, instance: ProcessInstance, effect: workflow.Effect) -> None:
    file, element = running.file, effect.element
    if effect.kind == "notice":
        for role in element.to:
            notices.write_notice(
                file.session,
                file.case,
                f"{instance.id}:{element.id}:{effect.item}:{effect.round}:{role}",
                role,
                element.requirement[0] if element.requirement else element.notice,
                element.notice,
                {},
                effect.item,
            )
    elif effect.kind == "effect" and element.effect == "start_side_instance":
        running.queue.append(partial(_start_beside, running, element.starts, effect.item))


def _start_part(running: Running, instance: ProcessInstance, part: workflow.PartStarted) -> None:
    _start(running, "child", part.process, part.item, instance, part.key)


def _start_beside(running: Running, process: str, item: str) -> None:
    start_side(running, process, item)


def _end(running: Running, instance: ProcessInstance, ended_by: str | None) -> None:
    if ended_by is None:
        return
    file = running.file
    instance.state, instance.ended_at, instance.ended_by = "completed", file.now, ended_by
    if instance.kind == "root":
        file.case.state, file.case.closed_at, file.case.outcome = "closed", file.now, ended_by
    elif instance.kind == "child":
        running.queue.append(lambda: _finish_part(running, instance))


def _finish_part(running: Running, child: ProcessInstance) -> None:
    assert child.parent_id is not None
    parent, flow = load(running, child.parent_id)
    if parent.state != "open":
        return
    key = TaskKey(child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round)
    _apply(running, parent, flow, flow.finish_part(key))


def _children(running: Running, instance: ProcessInstance) -> list[ProcessInstance]:
    return [row for row in running.file.open_instances if row.parent_id == instance.id]


def _open_tasks(running: Running, instance_id: uuid.UUID) -> list[UserTask]:
    running.file.session.flush()
    return list(
        running.file.session.scalars(
            select(UserTask)
            .where(UserTask.instance_id == instance_id, UserTask.state == "open")
            .order_by(UserTask.number)
        )
    )


def _event_timers(running: Running, instance_id: uuid.UUID) -> list[Timer]:
    return [timer for timer in running.file.timers.values() if timer.instance_id == instance_id]


def _task_row(running: Running, instance: ProcessInstance, key: TaskKey) -> UserTask | None:
    if (instance.id, key) not in running.tasks:
        for task in _open_tasks(running, instance.id):
            running.tasks[instance.id, TaskKey(task.bpmn_id, task.item_key, task.round)] = task
    return running.tasks.get((instance.id, key))


def _scope(file: CaseFile, name: str, item: str) -> str:
    declaration = file.definitions.facts[name]
    return NO_ITEM if declaration.scope == "case" else item
