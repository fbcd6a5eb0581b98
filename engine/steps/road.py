"""Move the workflows of a case: give an input, start and end parts, keep the rows in step."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial

from sqlalchemy import select

from engine import db, facts, notices, store, time_source, timekeeping, workflow
from engine.deployments import Definitions
from engine.errors import EngineError
from engine.models import ProcessInstance, StepLogEntry, Timer, UserTask, new_id
from engine.steps.world import CaseWorld, scope_of
from engine.store import NO_ITEM, CaseFile
from engine.workflow import Element, LogEntry, ProcessDefinition, StepOutcome, TaskKey, Workflow

#: More turns of the wheel than this for one input means that the diagrams feed each other.
MAX_TURNS = 200


class ProcessesRunAway(EngineError):
    """The diagrams of this case start each other without end. Tell the process designer."""

    status = 409


@dataclass
class Running:
    """The instances of a case that this transaction has loaded, and what is still to be done."""

    file: CaseFile
    loaded: dict[uuid.UUID, tuple[ProcessInstance, Workflow]] = field(default_factory=dict)
    queue: deque[Callable[[], None]] = field(default_factory=deque)
    tasks: dict[tuple[uuid.UUID, TaskKey], UserTask] = field(default_factory=dict)
    items_changed: bool = False
    #: Gateways of the root whose choice is to be made anew once everything else is done.
    to_choose_again: deque[str] = field(default_factory=deque)
    #: Whether a task was opened or closed whose waiting is a fact.
    waiting_changed: bool = False
    #: Service tasks that want a case opened beside this one, each with the item it runs for and the
    #: occasion: the number of its instance.
    to_open: deque[tuple[Element, str, str]] = field(default_factory=deque)


def open_root(running: Running) -> ProcessInstance:
    """Start the root instance of a case that has just been opened."""
    return start_instance(running, "root", running.file.case.process, NO_ITEM, None, None)


def start_side(running: Running, process: str, item: str) -> ProcessInstance:
    """Start a side instance, which runs beside the others until its own end."""
    return start_instance(running, "side", process, item, None, None)


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


def load(running: Running, instance_id: uuid.UUID) -> tuple[ProcessInstance, Workflow]:
    """Return an instance of the case and its workflow, loaded once a transaction."""
    if instance_id not in running.loaded:
        instance = running.file.instance(instance_id)
        flow = Workflow.recall(
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
    for task in open_tasks_of(running, instance.id):
        close_task(running, task, "withdrawn", why)
    for timer in timers_of(running, instance.id):
        running.file.drop_timer(timer.token)
    for child in children_of(running, instance):
        cancel_instance(running, child, why)


def run_on(running: Running) -> None:
    """Do what is queued, and follow items and facts until nothing moves any more."""
    turns = 0
    followed: set[tuple[str, str]] = set()
    while (
        running.queue
        or running.items_changed
        or running.waiting_changed
        or running.file.facts_changed - followed
    ):
        turns += 1
        if turns > MAX_TURNS:
            raise ProcessesRunAway
        if running.queue:
            running.queue.popleft()()
            continue
        if running.waiting_changed:
            _write_waiting(running)
        if running.items_changed:
            _cancel_sides_of_removed_items(running)
        running.items_changed = False
        followed = set(running.file.facts_changed)
        for instance in running.file.open_instances:
            if instance.state == "open":
                _follow(running, instance.id)


def _write_waiting(running: Running) -> None:
    """Write down which tasks wait, and since when: several of one kind may be open at once."""
    file, running.waiting_changed = running.file, False
    file.session.flush()
    rows = file.session.execute(
        select(UserTask.bpmn_id, UserTask.opened_at)
        .where(UserTask.case_id == file.case.id, UserTask.state == "open")
        .order_by(UserTask.number.desc())
    )
    since = {bpmn_id: time_source.local_day(opened_at) for bpmn_id, opened_at in rows}
    found = facts.waiting_for(file.definitions.facts, since)
    store.write_facts(file, {(name, NO_ITEM): value for name, value in found.items()}, "waiting")


def _note_waiting(running: Running, task: UserTask) -> None:
    if task.bpmn_id in facts.waited_for(running.file.definitions.facts):
        running.waiting_changed = True


def _cancel_sides_of_removed_items(running: Running) -> None:
    """End what runs beside the others for an item that was taken out: nothing else follows it."""
    there = {item.key for item in running.file.items}
    for instance in running.file.open_instances:
        if instance.kind == "side" and instance.item_key and instance.item_key not in there:
            cancel_instance(running, instance, "the item was taken out")


def start_instance(
    running: Running,
    kind: str,
    process: str,
    item: str,
    parent: ProcessInstance | None,
    parent_key: TaskKey | None,
) -> ProcessInstance:
    """Start an instance and run it to its first waits.

    Takes:   kind, `root`, `side`, or `child` of a parent that waits for it under a key.
    """
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
            close_task(running, task, closed.how, "")
    for opened in outcome.opened:
        open_task(running, instance, opened)
    for key in outcome.timers_gone:
        token = timekeeping.event_token(instance.id, key.bpmn_id, key.item, key.round)
        running.file.drop_timer(token)
    for armed in outcome.timers_armed:
        arm(running, instance, armed)
    record_steps(running, instance, outcome.completed_steps)
    for key in outcome.parts_cancelled:
        _cancel_part(running, instance, key)
    for part in outcome.parts_started:
        running.queue.append(partial(_start_part, running, instance, part))
    for effect in outcome.effects:
        _do_effect(running, instance, effect)
    end_if_done(running, instance, outcome.ended_by)


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
            "at": time_source.written(file.session),
            "actor": file.actor,
        },
    )


def open_task(running: Running, instance: ProcessInstance, opened: workflow.OpenTask) -> None:
    """Write the row of a user task that waits for a person."""
    file, element, key = running.file, opened.element, opened.key
    task = UserTask(
        id=new_id(),
        board_id=file.case.board_id,
        case_id=file.case.id,
        instance_id=instance.id,
        bpmn_id=key.bpmn_id,
        item_key=key.item,
        round=key.round,
        role=roles_of(file, definition_of(file, instance), element),
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
    _note_waiting(running, task)


def roles_of(file: CaseFile, definition: ProcessDefinition, element: Element) -> str:
    """Return the roles of a step that count on this case, as the row of a task keeps them."""
    return " ".join(counting(file, definition, element.roles))


def counting(file: CaseFile, definition: ProcessDefinition, keys: Iterable[str]) -> tuple[str, ...]:
    """Return those of some roles that count in a process on this case."""
    known, process = file.definitions.roles, file.case.process
    if "side" in definition.kind.split():
        return known.counting_beside(process, keys)
    return known.counting_on(process, keys)


def close_task(running: Running, task: UserTask, how: str, why: str) -> None:
    """Mark a user task as completed, or withdrawn with a reason."""
    task.state = "completed" if how == "completed" else "withdrawn"
    task.closed_at, task.closed_by, task.closed_why = running.file.now, running.file.actor, why
    _note_waiting(running, task)


def arm(running: Running, instance: ProcessInstance, armed: workflow.ArmedTimer) -> None:
    """Write the row of a timer event that waits."""
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


def record_steps(
    running: Running,
    instance: ProcessInstance,
    completed: Iterable[tuple[str, tuple[str, ...], str]],
) -> None:
    """Write the facts that say that steps were completed."""
    file = running.file
    watched = _watched(file.definitions)
    for _, requirements, item in completed:
        lifted = facts.from_step(file.definitions.facts, requirements)
        values = {(name, scope_of(file, name, item)): value for name, value in lifted.items()}
        for name in watched.intersection(requirements):
            values[store.STEP + name, item] = True
        store.write_facts(file, values, f"{instance.process}:{' '.join(requirements)}")


@lru_cache(maxsize=32)
def _watched(definitions: Definitions) -> frozenset[str]:
    """Return the steps that timescales end with, found once: it costs more than a step."""
    return frozenset(name for row in definitions.timescales.values() for name in row.steps)


def _cancel_part(running: Running, instance: ProcessInstance, key: TaskKey) -> None:
    for child in children_of(running, instance):
        if (child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round) == (
            key.bpmn_id,
            key.item,
            key.round,
        ):
            cancel_instance(running, child, "the step that called it ended")


def _do_effect(running: Running, instance: ProcessInstance, effect: workflow.Effect) -> None:
    file, element = running.file, effect.element
    if effect.kind == "notice":
        definition = definition_of(file, instance)
        have_a_part = {*counting(file, definition, definition.start_roles)}
        for role in element.to:
            if role in definition.start_roles and role not in have_a_part:
                continue
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
        running.queue.append(partial(start_beside, running, element.starts, effect.item))
    elif effect.kind == "effect" and element.effect == "choose_again":
        running.to_choose_again.append(element.gateway)
    elif effect.kind == "effect" and element.effect == "open_case":
        running.to_open.append((element, effect.item, str(instance.number)))


def _start_part(running: Running, instance: ProcessInstance, part: workflow.PartStarted) -> None:
    start_instance(running, "child", part.process, part.item, instance, part.key)


def start_beside(running: Running, process: str, item: str) -> None:
    """Start a side instance, for the queue."""
    start_side(running, process, item)


def end_if_done(running: Running, instance: ProcessInstance, ended_by: str | None) -> None:
    """Close what has come to an end event: the instance, and with the root the case."""
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


def children_of(running: Running, instance: ProcessInstance) -> list[ProcessInstance]:
    """Return the open instances that an instance waits for."""
    return [row for row in running.file.open_instances if row.parent_id == instance.id]


def open_tasks_of(running: Running, instance_id: uuid.UUID) -> list[UserTask]:
    """Return the open user tasks of an instance, oldest first."""
    running.file.session.flush()
    return list(
        running.file.session.scalars(
            select(UserTask)
            .where(UserTask.instance_id == instance_id, UserTask.state == "open")
            .order_by(UserTask.number)
        )
    )


def timers_of(running: Running, instance_id: uuid.UUID) -> list[Timer]:
    """Return the timer events of an instance that wait."""
    return [timer for timer in running.file.timers.values() if timer.instance_id == instance_id]


def _task_row(running: Running, instance: ProcessInstance, key: TaskKey) -> UserTask | None:
    if (instance.id, key) not in running.tasks:
        for task in open_tasks_of(running, instance.id):
            running.tasks[instance.id, TaskKey(task.bpmn_id, task.item_key, task.round)] = task
    return running.tasks.get((instance.id, key))
