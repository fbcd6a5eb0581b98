"""Move a locked case to another deployment: replayed, kept, settled and proved; else refused.

Every instance is given its step log on the new version of its process. What somebody did has to
apply there, or the case stays where it is; what waits on both versions keeps its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from engine import (
    consequences,
    corrections,
    deployments,
    steps,
    store,
    task_pages,
    tasks,
    time_source,
)
from engine.case_migration import answers, knowing
from engine.case_migration.comparing import (
    Move,
    Wanted,
    open_flows,
    open_tasks,
    outlook,
    process_name,
    stand,
)
from engine.case_migration.matching import renamings
from engine.case_migration.told import MayNotMove, Outlook, Told, name_of, named
from engine.deployments import Definitions
from engine.errors import EngineError
from engine.models import CaseMove, Draft, Incident, ProcessInstance, StepLogEntry, new_id
from engine.people import Actor
from engine.store import NO_ITEM, CaseFile
from engine.texts import Text
from engine.workflow import Carried, Obstacle, Renaming, TaskKey, Workflow

_WHY = "the case moved to another version of its process"


class NotProved(EngineError):
    """This case was not moved: what was rebuilt from its step log differs from what was to be saved. Tell the administrator."""  # noqa: E501

    status = 409


def move(file: CaseFile, wanted: Wanted, actor: Actor) -> Outlook:
    """Move a locked case to another deployment and save it; say what came of it.

    Raises:  MayNotMove, with every reason; NotProved; StandsSoAlready; CaseEnded;
             StepsDoNotMatch.
    """
    if file.case.state == "closed":
        raise corrections.CaseEnded
    if file.case.deployment_id == wanted.target:
        raise corrections.StandsSoAlready
    new = deployments.load(file.session, wanted.target)
    _refuse(_incidents(file))
    _refuse(_missing_processes(file, new))
    _refuse(answers.refused(file, new))
    if wanted.takes_back is not None:
        _refuse(answers.written_since(file, new))
    renamed = renamings(file.definitions, new, wanted.renamed)
    before = stand(file)
    moved = Move(file, wanted, file.definitions, renamed, _instances(file))
    _turn(moved, new, actor)
    running = steps.Running(file, items_changed=True, waiting_changed=True)
    _try_on(moved, running)
    for instance in moved.instances:
        renaming = renamed[instance.process]
        steps.take_over(running, instance, moved.carried[instance.id], renaming, _WHY)
    knowing.take_over(file, moved.old)
    _settle(moved, running)
    _refuse(knowing.missing(file, moved.old, open_flows(running)))
    released = _release_claims(file)
    came = outlook(moved, running, before, released)
    _save(moved, came)
    _prove(file)
    return came


def _refuse(refusals: Iterable[Told]) -> None:
    if found := tuple(refusals):
        raise MayNotMove(found)


def _incidents(file: CaseFile) -> Iterator[Told]:
    """Yield that something of a case is parked: it is tried again on the version it failed on."""
    parked = select(Incident.id).where(
        Incident.case_id == file.case.id, Incident.resolved_at.is_(None)
    )
    if file.session.scalar(parked.limit(1)) is not None:
        yield Told("parked")


def _missing_processes(file: CaseFile, new: Definitions) -> Iterator[Told]:
    """Yield the processes that ran on a case and that the new version has not."""
    ran = select(ProcessInstance.process).where(ProcessInstance.case_id == file.case.id)
    for process in sorted(set(file.session.scalars(ran)) - set(new.processes)):
        yield Told("process_gone", {"process": process_name(file.definitions, process)})


def _instances(file: CaseFile) -> list[ProcessInstance]:
    """Return the instances whose step log counts, in the order in which they were started."""
    rows = file.session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == file.case.id, ProcessInstance.state != "cancelled")
        .order_by(ProcessInstance.number)
    ).all()
    return [file.instance(row.id) for row in rows]


def _turn(moved: Move, new: Definitions, actor: Actor) -> None:
    """Let the case have the new definitions from here on, and keep what it had before."""
    file, wanted = moved.file, moved.wanted
    file.case.moves += 1
    file.session.add(
        CaseMove(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=file.case.id,
            number=file.case.moves,
            from_deployment_id=file.case.deployment_id,
            to_deployment_id=wanted.target,
            at=file.now,
            moved_by=actor.account_id,
            renamed=_renamed_elements(moved.old, moved.renamed),
            passed={process: dict(given) for process, given in wanted.passed.items()},
            takes_back=wanted.takes_back.id if wanted.takes_back else None,
        )
    )
    file.case.deployment_id = wanted.target
    file.session.flush()
    file.turn_to(new)


def _try_on(moved: Move, running: steps.Running) -> None:
    """Carry every instance over, and refuse with all that stands in the way of any of them."""
    refusals: list[Told] = []
    for instance in moved.instances:
        passed = _may_be_passed(moved, instance.process)
        carried = steps.try_on(running, instance, moved.renamed[instance.process], passed)
        moved.carried[instance.id] = carried
        if carried.obstacle is not None:
            refusals.append(_why(moved, instance, carried.obstacle))
        elif instance.state == "open":
            refusals += _drafts_gone(moved, instance, carried)
    if not refusals:
        refusals += _parts_gone(moved)
    _refuse(refusals)


def _may_be_passed(moved: Move, process: str) -> set[str]:
    """Return the new steps of a process that are passed over: with a reason, none by law."""
    elements = moved.file.definitions.processes[process].elements
    return {
        key
        for key, reason in moved.wanted.passed.get(process, {}).items()
        if reason.strip()
        and key in elements
        and not consequences.bears_on_statute(moved.file, [elements[key]])
    }


def _why(moved: Move, instance: ProcessInstance, obstacle: Obstacle) -> Told:
    """Return in which words an obstacle is told: the step, when it was done, what is in its way."""
    file, entry = moved.file, obstacle.entry
    new = file.definitions.processes[instance.process]
    names: dict[str, Any] = {"process": process_name(file.definitions, instance.process)}
    if entry is not None and entry.key is not None:
        names["step"] = _named_anywhere(moved, instance.process, entry.key)
        names["on"] = _done_on(file, instance, entry.seq)
    if obstacle.why is not None:
        names["why"] = obstacle.why
    if obstacle.steps:
        ahead = [new.elements[key.bpmn_id] for key in obstacle.steps]
        names["ahead"] = tuple(dict.fromkeys(name_of(element) for element in ahead))
        if obstacle.kind == "behind" and not consequences.bears_on_statute(file, ahead):
            kind = "behind" if entry else "behind_the_end"
            return Told(kind, names, (instance.process, obstacle.steps[0].bpmn_id))
    kind = "behind_by_law" if obstacle.kind == "behind" else obstacle.kind
    return Told(kind if "step" in names else f"{kind}_at_once", names)


def _named_anywhere(moved: Move, process: str, key: TaskKey) -> Text:
    """Return what a step is called; it may be named as in the old version, or as in the new one."""
    back = {to: before for before, to in moved.renamed[process].ids.items()}
    old = moved.old.processes[process].elements
    element = old.get(back.get(key.bpmn_id, key.bpmn_id))
    return named(moved.file, element, key.item) if element else Text(process, process)


def _done_on(file: CaseFile, instance: ProcessInstance, seq: int) -> Any:
    at = file.session.scalar(
        select(StepLogEntry.at).where(
            StepLogEntry.instance_id == instance.id, StepLogEntry.seq == seq
        )
    )
    return time_source.local_day(at) if at else None


def _drafts_gone(moved: Move, instance: ProcessInstance, carried: Carried) -> Iterator[Told]:
    """Yield the open tasks that somebody has begun to fill in and that would not wait any more."""
    assert carried.workflow is not None
    file, renaming = moved.file, moved.renamed[instance.process]
    waiting = {task.key for task in carried.workflow.open_tasks()}
    for task in open_tasks(file):
        key = renaming.key(TaskKey(task.bpmn_id, task.item_key, task.round))
        if task.instance_id != instance.id or key in waiting:
            continue
        if file.session.scalar(select(Draft.id).where(Draft.task_id == task.id).limit(1)):
            key = TaskKey(task.bpmn_id, task.item_key, task.round)
            yield Told("begun", {"step": _named_anywhere(moved, instance.process, key)})


def _parts_gone(moved: Move) -> Iterator[Told]:
    """Yield the parts that run and that nothing of the new version would wait for."""
    flows = {row.id: moved.carried[row.id].workflow for row in moved.instances}
    for child in moved.instances:
        if child.kind != "child" or child.state != "open" or child.parent_id is None:
            continue
        parent = moved.file.instance(child.parent_id)
        flow, renaming = flows.get(parent.id), moved.renamed[parent.process]
        key = TaskKey(child.parent_bpmn_id, child.item_key or NO_ITEM, child.parent_round)
        waiting = flow.waiting_parts() if flow else ()
        if (renaming.key(key), child.process) not in {(one.key, one.process) for one in waiting}:
            name = process_name(moved.file.definitions, child.process)
            yield Told("part_gone", {"process": name})


def _settle(moved: Move, running: steps.Running) -> None:
    """Let the case come to rest on the new version; where that is refused, it may not move."""
    try:
        steps.settle(running)
    except EngineError as refused:
        raise MayNotMove([Told("refused_at_once", {"why": refused})]) from refused
    if moved.file.case.state == "closed":
        raise MayNotMove([Told("ends_at_once")])


def _release_claims(file: CaseFile) -> list[Told]:
    """Give tasks back to their group whose role is now one that whoever has them does not hold."""
    released = []
    for task in open_tasks(file):
        may = {one.account_id for one in tasks.may_do(file, task)}
        if task.claimed_by is not None and task.claimed_by not in may:
            task.claimed_by, task.claimed_at = None, None
            step = named(file, task_pages.element_of(file, task), task.item_key)
            released.append(Told("released", {"step": step}))
    return released


def _save(moved: Move, came: Outlook) -> None:
    file, wanted = moved.file, moved.wanted
    event = "case_moved" if wanted.takes_back is None else "case_move_taken_back"
    data: dict[str, Any] = {
        "from": moved.old.hash,
        "to": file.definitions.hash,
        "deployment": str(wanted.target),
        "renamed": _renamed_elements(moved.old, moved.renamed),
        "changes": [one.kind for one in came.changes],
        "clocks": [
            [one.timescale, one.item_key, one.state_before, one.state_after] for one in came.clocks
        ],
    }
    if wanted.passed:
        data["passed"] = {process: dict(given) for process, given in wanted.passed.items()}
    subject = f"{file.definitions.edition} {file.definitions.variation}".strip()
    store.save_case(file, event, subject=subject, data=data)


def _prove(file: CaseFile) -> None:
    """Rebuild every instance from its log and hold it and its rows against what is saved.

    Raises:  NotProved, which takes the whole move back.
    """
    file.session.flush()
    for instance in _instances(file):
        if corrections.rebuilt_state(file, instance) != instance.workflow_state:
            raise NotProved
        flow = Workflow.load(
            file.definition_of(instance), instance.workflow_state, steps.CaseWorld(file)
        )
        rows = {
            TaskKey(task.bpmn_id, task.item_key, task.round)
            for task in open_tasks(file)
            if task.instance_id == instance.id
        }
        timers = {
            TaskKey(timer.bpmn_id, timer.item_key, timer.round)
            for timer in file.timers.values()
            if timer.instance_id == instance.id
        }
        if rows != {task.key for task in flow.open_tasks()}:
            raise NotProved
        if timers != {timer.key for timer in flow.waiting_timers()}:
            raise NotProved


def _renamed_elements(
    old: Definitions, renamed: Mapping[str, Renaming]
) -> dict[str, dict[str, str]]:
    found = {
        process: {key: to for key, to in one.ids.items() if key in old.processes[process].elements}
        for process, one in renamed.items()
    }
    return {process: ids for process, ids in found.items() if ids}
