"""Let the root of a case take another way at a gateway behind it, and keep the work done so far.

A review that turns out to be of the other type, or that another body is to lead, does not begin
again: the choice is made anew from the facts as they stand now, and an instance whose process says
what it goes on as (`goesOnAs`) is rebuilt on that diagram from its own log. See D17.
"""

from __future__ import annotations

from dataclasses import replace

from engine import workflow
from engine.models import ProcessInstance
from engine.steps.rebuilding import entries, highest, reconcile, rewrite, write_anew
from engine.steps.road import (
    Running,
    children_of,
    definition_of,
    load,
    open_tasks_of,
    roles_of,
    timers_of,
)
from engine.steps.world import CaseWorld
from engine.store import NO_ITEM
from engine.workflow import LogEntry, PartStarted, TaskKey


def choose_again(running: Running, gateway: str) -> None:
    """Make the last choice of a gateway of the root anew; what no longer applies is withdrawn.

    Where the gateway has not been reached, or chooses the same again, nothing changes.
    """
    file = running.file
    root = next((row for row in file.open_instances if row.kind == "root"), None)
    log = entries(file, root) if root else []
    chosen = [entry for entry in log if _chose(entry, gateway)]
    if root is None or not chosen:
        return
    _, flow = load(running, root.id)
    log[log.index(chosen[-1])] = _without_last(chosen[-1], gateway)
    replayed = workflow.replay(definition_of(file, root), log, CaseWorld(file))
    replayed.workflow.renumber(highest(file, root))
    before, after = set(flow.waiting_parts()), set(replayed.workflow.waiting_parts())
    if before == after:
        return
    why = f"{gateway} was decided anew"
    for child in children_of(running, root):
        for part in after - before:
            if _goes_on_as(running, child, part) and _waits_in(child, before - after):
                _move(running, child, part, why)
    rewrite(running, root, list(replayed.no_longer_apply), replayed)
    reconcile(running, root, replayed.workflow, why)


def _chose(entry: LogEntry, gateway: str) -> bool:
    return any(choice[:2] == ["flow", gateway] for choice in entry.choices)


def _without_last(entry: LogEntry, gateway: str) -> LogEntry:
    choices = list(entry.choices)
    places = [n for n, choice in enumerate(choices) if choice[:2] == ["flow", gateway]]
    del choices[places[-1]]
    return replace(entry, choices=tuple(choices))


def _goes_on_as(running: Running, child: ProcessInstance, part: PartStarted) -> bool:
    kin = definition_of(running.file, child).goes_on_as
    return kin == part.process and (child.item_key or NO_ITEM) == part.item


def _waits_in(child: ProcessInstance, gone: set[PartStarted]) -> bool:
    key = TaskKey(child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round)
    return key in {part.key for part in gone}


def _move(running: Running, child: ProcessInstance, part: PartStarted, why: str) -> None:
    """Let an instance go on as another process, with its tasks, parts and whole log."""
    file, known = running.file, definition_of(running.file, child).elements
    moved = workflow.move(
        file.definitions.processes[part.process],
        entries(file, child),
        CaseWorld(file),
        known=known,
    )
    child.process = part.process
    child.definition_hash = definition_of(file, child).content_hash
    child.parent_bpmn_id, child.parent_round = part.key.bpmn_id, part.key.round
    moved.workflow.renumber(write_anew(running, child, moved.applied))
    for timer in timers_of(running, child.id):
        file.drop_timer(timer.token)
    reconcile(running, child, moved.workflow, why)
    definition = definition_of(file, child)
    for task in open_tasks_of(running, child.id):
        element = definition.elements[task.bpmn_id]
        task.role = roles_of(file, definition, element)
        task.requirement = " ".join(element.requirement)
