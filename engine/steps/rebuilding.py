"""Rebuild an instance from its step log, and make its rows say what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, select

from engine import db, facts, store, workflow
from engine.models import ProcessInstance, StepLogEntry, new_id
from engine.steps.road import (
    Running,
    arm,
    cancel_instance,
    children_of,
    close_task,
    definition_of,
    end_if_done,
    open_task,
    open_tasks_of,
    start_instance,
    timers_of,
)
from engine.steps.world import CaseWorld, scope_of
from engine.store import NO_ITEM, CaseFile
from engine.workflow import LogEntry, TaskKey, Workflow


def entries(file: CaseFile, instance: ProcessInstance) -> list[LogEntry]:
    """Return the inputs that count in an instance, in order."""
    rows = file.session.execute(
        select(StepLogEntry.seq, StepLogEntry.entry)
        .where(StepLogEntry.instance_id == instance.id, StepLogEntry.withdrawn_at.is_(None))
        .order_by(StepLogEntry.seq)
    )
    return [LogEntry.from_json({**row.entry, "seq": row.seq}) for row in rows]


def highest(file: CaseFile, instance: ProcessInstance) -> int:
    """Return the highest number in the log of an instance, also of what was withdrawn."""
    query = select(func.max(StepLogEntry.seq)).where(StepLogEntry.instance_id == instance.id)
    return file.session.scalar(query) or 0


def replay(
    file: CaseFile, instance: ProcessInstance, without: set[int], *, writes: bool = True
) -> workflow.Replayed:
    """Rebuild an instance from its log, less the entries with these numbers.

    Takes:   writes, false for looking ahead.
    """
    world = CaseWorld(file, writes=writes)
    log = entries(file, instance)
    replayed = workflow.replay(definition_of(file, instance), log, world, without=without)
    # A number is never given again, also where the newest entries were withdrawn before.
    replayed.workflow.renumber(highest(file, instance))
    return replayed


def rewrite(
    running: Running,
    instance: ProcessInstance,
    withdrawn: list[LogEntry],
    replayed: workflow.Replayed,
) -> list[int]:
    """Mark entries of the log as withdrawn, and keep what the others chose anew.

    Returns: the numbers of the entries withdrawn.
    """
    undone = _undone(running.file, instance, withdrawn, replayed)
    numbers = sorted(entry.seq for entry in withdrawn)
    applied = {entry.seq: entry.to_json() for entry in replayed.applied}
    for row in running.file.session.scalars(
        select(StepLogEntry).where(StepLogEntry.instance_id == instance.id)
    ):
        if row.seq in numbers:
            row.withdrawn_at = running.file.now
        elif row.seq in applied and row.entry != applied[row.seq]:
            row.entry = applied[row.seq]
    forget_steps(running, undone)
    return numbers


def reconcile(running: Running, instance: ProcessInstance, flow: Workflow, why: str) -> None:
    """Make the rows of an instance say what a rebuilt workflow says (after go back or skip)."""
    running.loaded[instance.id] = (instance, flow)
    wanted = {task.key: task for task in flow.open_tasks()}
    for task in open_tasks_of(running, instance.id):
        key = TaskKey(task.bpmn_id, task.item_key, task.round)
        if key not in wanted:
            close_task(running, task, "withdrawn", why)
        else:
            del wanted[key]
    for opened in wanted.values():
        open_task(running, instance, opened)
    waiting = {timer.key: timer for timer in flow.waiting_timers()}
    for timer in timers_of(running, instance.id):
        if waiting.pop(TaskKey(timer.bpmn_id, timer.item_key, timer.round), None) is None:
            running.file.drop_timer(timer.token)
    for armed in waiting.values():
        arm(running, instance, armed)
    _reconcile_parts(running, instance, flow, why)
    end_if_done(running, instance, flow.ended_by)


def write_anew(running: Running, instance: ProcessInstance, applied: Iterable[LogEntry]) -> int:
    """Withdraw the log of an instance and write it anew, each input with its own day and person.

    Returns: the number of the newest entry.
    """
    file, number = running.file, highest(running.file, instance)
    old = {
        row.seq: row
        for row in file.session.scalars(
            select(StepLogEntry).where(
                StepLogEntry.instance_id == instance.id, StepLogEntry.withdrawn_at.is_(None)
            )
        )
    }
    for entry in applied:
        number += 1
        origin = old.get(entry.seq)
        db.append(
            file.session,
            StepLogEntry,
            {
                "id": new_id(),
                "board_id": file.case.board_id,
                "instance_id": instance.id,
                "seq": number,
                "entry": replace(entry, seq=number).to_json(),
                "at": origin.at if origin else file.now,
                "actor": origin.actor if origin else file.actor,
            },
        )
    for row in old.values():
        row.withdrawn_at = file.now
    return number


def forget_steps(running: Running, undone: Iterable[tuple[str, str]]) -> None:
    """Let the facts go that say that steps were completed, so that what waits for them runs again.

    Takes:   undone, requirement and item of each step whose completion was withdrawn.
    """
    file = running.file
    for requirement, item in sorted(undone):
        lifted = facts.from_step(file.definitions.facts, (requirement,))
        said = {(name, scope_of(file, name, item)) for name in lifted}
        said.add((store.STEP + requirement, item))
        values = {key: None for key in said if key in file.facts}
        store.write_facts(file, values, f"{requirement}:withdrawn")


def _undone(
    file: CaseFile,
    instance: ProcessInstance,
    withdrawn: list[LogEntry],
    replayed: workflow.Replayed,
) -> set[tuple[str, str]]:
    """Return requirement and item of the steps that no input completes any more.

    Steps that ran by themselves and those of parts that have to run again are among them.
    """
    before = replay(file, instance, set(), writes=False)
    undone = set(before.completed - replayed.completed)
    finished = {entry.key for entry in withdrawn if entry.kind == "finish_part"}
    children = select(ProcessInstance).where(
        ProcessInstance.parent_id == instance.id, ProcessInstance.state == "completed"
    )
    for child in file.session.scalars(children):
        key = TaskKey(child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round)
        if key in finished:
            undone |= replay(file, child, set(), writes=False).completed
    return undone


def _reconcile_parts(running: Running, instance: ProcessInstance, flow: Workflow, why: str) -> None:
    waiting = {part.key: part for part in flow.waiting_parts()}
    for child in children_of(running, instance):
        key = TaskKey(child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round)
        if waiting.pop(key, None) is None:
            cancel_instance(running, child, why)
    for part in waiting.values():
        start_instance(running, "child", part.process, part.item, instance, part.key)
