"""Put an instance of a case on another version of its process, with its rows as they are.

What waits on both versions keeps its row: a task with its drafts and whoever has it, a timer with
its moment. The step log is written anew where the new version names or orders it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from engine import time_source, timekeeping
from engine.models import ProcessInstance, StepLogEntry, UserTask
from engine.steps.rebuilding import entries, highest, reconcile, write_anew
from engine.steps.road import (
    Running,
    definition_of,
    open_tasks_of,
    record_steps,
    roles_of,
    timers_of,
)
from engine.steps.world import CaseWorld
from engine.workflow import Carried, Renaming, StepOutcome, TaskKey, carry


def try_on(
    running: Running, instance: ProcessInstance, renaming: Renaming, passed: Iterable[str]
) -> Carried:
    """Return an instance as it would be on the version that the case has now; nothing is written.

    A decision that only that version has is not taken afterwards, so its facts stay unknown.
    """
    return carry(
        definition_of(running.file, instance),
        entries(running.file, instance),
        CaseWorld(running.file, writes=False),
        renaming=renaming,
        passed=frozenset(passed),
        has_ended=instance.state == "completed",
    )


def take_over(
    running: Running, instance: ProcessInstance, carried: Carried, renaming: Renaming, why: str
) -> None:
    """Let an instance go on as it was carried over; what it says of steps stands on their days."""
    file, flow = running.file, carried.workflow
    assert flow is not None
    file.session.flush()
    _rename_rows(running, instance, renaming)
    moments = _moments(running, instance)
    if carried.applied == tuple(entries(file, instance)):
        flow.renumber(highest(file, instance))
    else:
        flow.renumber(write_anew(running, instance, carried.applied))
    _record_steps(running, instance, carried.steps, moments, renaming)
    instance.definition_hash = definition_of(file, instance).content_hash
    if instance.state == "completed":
        instance.ended_by = flow.ended_by or ""
        instance.workflow_state = flow.dump()
        return
    reconcile(running, instance, flow, why)
    _refresh_rows(running, instance)


def _rename_rows(running: Running, instance: ProcessInstance, renaming: Renaming) -> None:
    """Let rows name the elements as the new version does: tasks, timers and called parts."""
    file = running.file
    tasks = select(UserTask).where(UserTask.instance_id == instance.id)
    for task in file.session.scalars(tasks):
        task.bpmn_id = renaming.ids.get(task.bpmn_id, task.bpmn_id)
    for timer in timers_of(running, instance.id):
        key = renaming.key(TaskKey(timer.bpmn_id, timer.item_key, timer.round))
        if key.bpmn_id != timer.bpmn_id:
            token = timekeeping.event_token(instance.id, key.bpmn_id, key.item, key.round)
            file.timers[token] = file.timers.pop(timer.token)
            timer.bpmn_id, timer.token = key.bpmn_id, token
    children = select(ProcessInstance).where(ProcessInstance.parent_id == instance.id)
    for child in file.session.scalars(children):
        child.parent_bpmn_id = renaming.ids.get(child.parent_bpmn_id, child.parent_bpmn_id)
    file.session.flush()


def _refresh_rows(running: Running, instance: ProcessInstance) -> None:
    """Let what waits ask for what the new version asks for; it keeps everything else."""
    file, definition = running.file, definition_of(running.file, instance)
    for task in open_tasks_of(running, instance.id):
        element = definition.elements[task.bpmn_id]
        task.role = roles_of(file, definition, element)
        task.requirement = " ".join(element.requirement)
    for timer in timers_of(running, instance.id):
        element = definition.elements[timer.bpmn_id]
        timer.expression, timer.timescale = element.expression, element.timescale


def _moments(running: Running, instance: ProcessInstance) -> dict[int, datetime]:
    rows = running.file.session.execute(
        select(StepLogEntry.seq, StepLogEntry.at).where(StepLogEntry.instance_id == instance.id)
    )
    return {row.seq: row.at for row in rows}


def _record_steps(
    running: Running,
    instance: ProcessInstance,
    steps: Iterable[StepOutcome],
    moments: dict[int, datetime],
    renaming: Renaming,
) -> None:
    """Write the facts that the new version lifts from steps that the old one had done.

    What only the new version has ran by nobody's doing, and counts for nothing.
    """
    for step in steps:
        at = moments.get(step.entry.seq)
        done = [one for one in step.completed_steps if one[0] in renaming.known]
        if at is None or not done:
            continue
        with time_source.recorded(running.file.session, at):
            record_steps(running, instance, done)
