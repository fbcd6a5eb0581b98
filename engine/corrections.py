"""Put things right: amend, change items, go back, repeat or skip a step, end and reopen a case.

Nothing is deleted. An amendment is a new version of a document; the tokens stay where they are.
Going back, repeating, skipping and reopening edit the step log and rebuild the workflow from it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import (
    access,
    consequences,
    db,
    documents,
    forms,
    items,
    steps,
    store,
    task_pages,
    tasks,
    workflow,
)
from engine.consequences import Consequences
from engine.errors import AccessDenied, EngineError, InvalidForm, NotFound, ReasonNeeded
from engine.models import Document, ProcessInstance, UserTask
from engine.people import Actor
from engine.store import CaseFile
from engine.task_pages import FormPart
from engine.workflow import Element, LogEntry


class CaseEnded(EngineError):
    """This case has ended already. Reopen it first, if something is still to be done on it."""

    status = 409


class StandsSoAlready(EngineError):
    """The case stands like that already, so nothing was changed. Open the case to see it."""

    status = 409


class CaseMovedOn(EngineError):
    """Something happened on this case after you looked. Read what would happen now, then go on."""

    status = 409


class CannotReopen(EngineError):
    """No step that a person did ended this case, so none of them can be opened again. Open a new case, or tell the process designer."""  # noqa: E501

    status = 409


class StepNotDone(EngineError):
    """The step {step} has not been completed on this case. Choose one that has been."""

    status = 409


class StepNotOpen(EngineError):
    """The step {step} is not open on this case, so it cannot be skipped. Choose an open one."""

    status = 409


@dataclass(frozen=True)
class Correction:
    """What somebody wants put right on a case: an act, and the step or task that it is about.

    `step` is a requirement id or BPMN id, `item` its item. `task` is an open task to skip, in place
    of a step, or to assign, and `account` who is to do it: nobody, where it goes back to its group.
    """

    act: str
    step: str = ""
    item: str = ""
    task: uuid.UUID | None = None
    account: uuid.UUID | None = None


def amend(
    document_id: uuid.UUID,
    sections: tuple[str, ...],
    reason: str,
    actor: Actor,
    *,
    posted: Mapping[str, list[str]] | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Put recorded values right in a new version; clocks and waiting timers move with them.

    Takes:   posted, what a page sent; or values by key (scenarios).
    Raises:  NotFound; AccessDenied; ReasonNeeded; InvalidForm; DocumentChanged.
    """
    if not reason.strip():
        raise ReasonNeeded
    with db.transaction() as session:
        file, row = to_amend(session, document_id, sections, actor)
        amend_locked(file, row, sections, reason, posted=posted, values=values)


def amend_locked(
    file: CaseFile,
    row: Document,
    sections: tuple[str, ...],
    reason: str,
    *,
    posted: Mapping[str, list[str]] | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Put recorded values right on a case that is locked, for somebody who may (`to_amend`)."""
    part = amendment_part(file, row, sections, posted)
    cleaned = _clean(file, part, posted, values)
    errors = [*tasks.what_nobody_asked([part], posted or {}), *cleaned.errors]
    if errors:
        raise InvalidForm(errors)
    tasks.write_parts(file, [(part, cleaned.values)], task_id=None, reason=reason)
    changed = _settle(file)
    data = {
        "document": str(row.id),
        "version": row.version,
        "sections": list(sections),
        "clocks": changed,
    }
    store.save_case(file, "document_amended", subject=part.form.catalogue, data=data)


def keep_files(
    document_id: uuid.UUID,
    sections: tuple[str, ...],
    posted: Mapping[str, list[str]],
    files: tasks.Files,
    actor: Actor,
) -> dict[str, list[str]]:
    """Keep the files that an amendment's page sent, so that they outlive a page that comes back.

    Returns: what was typed, with a reference to each file.
    Raises:  NotFound; AccessDenied; UploadRefused.
    """
    checked = tasks.look_over(files)
    with db.transaction() as session:
        file, _row = to_amend(session, document_id, sections, actor)
        return tasks.take_uploads(file, posted, checked, actor)


def amendment_part(
    file: CaseFile,
    row: Document,
    sections: tuple[str, ...],
    posted: Mapping[str, list[str]] | None = None,
) -> FormPart:
    """Return the sections of a document as a form to amend.

    Takes:   posted, what a page sent, which says from which version it was filled.
    """
    form = file.definitions.forms[row.form]
    newest = documents.version(file.session, row.id, row.version)
    base = task_pages.seen_version(form, posted, row.version)
    filled = forms.to_posted(form, sections, newest.content)
    return FormPart(
        form=form,
        sections=sections,
        key=documents.DocumentKey(row.form, row.item_key, row.occasion),
        base_version=base,
        posted={**filled, task_pages.seen_input(form): [str(base)]},
        content=newest.content,
    )


def add_item(
    case_id: uuid.UUID, list_name: str, kind: str, key: str, label: str, reason: str, actor: Actor
) -> None:
    """Add an agency, participant or family member, also while a step for each is running.

    Where a document tells the list, they get a row in it: whoever reads the roster finds them, and
    whoever puts it right later does not take them out unawares.
    """

    def change(file: CaseFile) -> dict[str, Any]:
        items.add_item(file, list_name, kind, key, label)
        _write_roster(file, list_name, reason)
        return {"list": list_name, "item": key, "reason": reason}

    _change(case_id, reason, actor, "item_added", list_name, change)


def remove_item(case_id: uuid.UUID, list_name: str, key: str, reason: str, actor: Actor) -> None:
    """Take an agency, participant or family member out; their open work is withdrawn.

    Their row leaves the document that tells the list; its older versions keep it.
    """

    def change(file: CaseFile) -> dict[str, Any]:
        items.remove_item(file, list_name, key, reason)
        _write_roster(file, list_name, reason)
        return {"list": list_name, "item": key, "reason": reason}

    _change(case_id, reason, actor, "item_removed", list_name, change)


def _write_roster(file: CaseFile, list_name: str, reason: str) -> None:
    """Write the document whose rows tell a list anew, so that it says what the list says now."""
    for row in documents.documents(file.session, file.case.id):
        form = file.definitions.forms[row.form]
        for section in form.sections:
            field = next(
                (one for one in section.fields if one.items and one.items.list == list_name), None
            )
            newest = documents.version(file.session, row.id, row.version)
            if field is None or field.items is None or section.id not in newest.content:
                continue
            part = amendment_part(file, row, (section.id,))
            there = {item.key: item for item in file.items if item.list == list_name}
            rows = list(part.content[section.id].get(field.key) or [])
            kept = [one for one in rows if one[forms.ROW_KEY] in there]
            known = {one[forms.ROW_KEY] for one in kept}
            kept += [
                {forms.ROW_KEY: key, field.items.label: item.label}
                for key, item in there.items()
                if key not in known
            ]
            if kept != rows:
                values = {section.id: {**part.content[section.id], field.key: kept}}
                tasks.write_parts(file, [(part, values)], task_id=None, reason=reason)


def go_back(case_id: uuid.UUID, step: str, reason: str, actor: Actor, item: str = "") -> None:
    """Open a completed step again; what came after it and no longer applies is withdrawn.

    Takes:   step, a requirement id or BPMN id; its latest completion is taken back.
    Raises:  NotFound; AccessDenied; ReasonNeeded; StepNotDone.
    """
    _correct(case_id, Correction("go_back", step=step, item=item), reason, actor)


def repeat(case_id: uuid.UUID, step: str, reason: str, actor: Actor, item: str = "") -> None:
    """Do a completed step once more: the same as going back to it."""
    go_back(case_id, step, reason, actor, item)


def skip(case_id: uuid.UUID, step: str, reason: str, actor: Actor, item: str = "") -> None:
    """Pass over an open step without its form, with a reason.

    Raises:  NotFound; AccessDenied; ReasonNeeded; StepNotOpen; TaskPaused; FactNotKnown, where the
             way on depends on what the step would have recorded.
    """
    _correct(case_id, Correction("skip", step=step, item=item), reason, actor)


def set_state(case_id: uuid.UUID, state: str, reason: str, actor: Actor) -> None:
    """Suspend a case or let it go on; clocks go on all the while (the draft allows no pause).

    Takes:   state, `suspended` or `open`; a case ends by `withdraw` or by itself.
    Raises:  NotFound; AccessDenied; ReasonNeeded; CaseEnded; StandsSoAlready.
    """
    if state not in ("suspended", "open"):
        raise ValueError(f"a case cannot be made {state} here")
    act = "suspend" if state == "suspended" else "resume"
    _correct(case_id, Correction(act), reason, actor)


def withdraw(case_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """End a case before its time; everything open is withdrawn, everything recorded stays.

    Raises:  NotFound; AccessDenied; ReasonNeeded; CaseEnded.
    """
    _correct(case_id, Correction("withdraw"), reason, actor)


def close(case_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """End a case by hand, because its work is done or goes on elsewhere; else as `withdraw`.

    Raises:  NotFound; AccessDenied; ReasonNeeded; CaseEnded.
    """
    _correct(case_id, Correction("close"), reason, actor)


def reopen(case_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """Let a case that has ended go on: where it stood, or at the last step that somebody did.

    Raises:  NotFound; AccessDenied; ReasonNeeded; StandsSoAlready; CannotReopen.
    """
    _correct(case_id, Correction("reopen"), reason, actor)


def require_coordinator(file: CaseFile, actor: Actor) -> None:
    """Refuse whoever does not co-ordinate a case.

    Raises:  NotFound; AccessDenied.
    """
    roles = access.roles_on(file.session, actor, file.case, "")
    access.require_case(file, actor, roles)
    if not access.coordinates(file, roles):
        raise AccessDenied


def apply(file: CaseFile, correction: Correction, reason: str) -> Consequences:
    """Do to a locked case what is to be put right, and save it with its audit event.

    Returns: what came of it, which is on record with the event, in ids and days.
    Raises:  CaseEnded; StandsSoAlready; CannotReopen; StepNotDone; StepNotOpen; NotFound; and what
             the step itself raises.
    """
    event, change = _ACTS[correction.act]
    state, before = file.case.state, consequences.standing(file)
    data = change(file, correction, reason)
    if "clocks" not in data:
        data["clocks"] = _settle(file)
    came = consequences.compare(file, before)
    data |= {"state": [state, came.state], "came": came.on_record, "reason": reason}
    store.save_case(file, event, subject=correction.step or data.get("step", ""), data=data)
    return came


def find_step(file: CaseFile, correction: Correction) -> Element | None:
    """Return the step of the diagrams that a correction goes back to or skips; else nothing.

    Raises:  StepNotDone; StepNotOpen.
    """
    if correction.act == "go_back":
        instance, entry = _last_done(file, correction.step, correction.item)
        assert entry.key is not None
        return file.definitions.processes[instance.process].elements[entry.key.bpmn_id]
    if correction.act == "skip":
        return task_pages.element_of(file, _to_skip(file, correction))
    return None


def done_steps(file: CaseFile) -> list[tuple[ProcessInstance, LogEntry]]:
    """Return the inputs by which people completed or skipped steps that can be gone back to."""
    return [
        (instance, entry)
        for instance in _instances(file)
        for entry in steps.entries(file, instance)
        if entry.kind in ("complete", "skip") and entry.key is not None
    ]


def _go_back(file: CaseFile, correction: Correction, reason: str) -> dict[str, Any]:
    instance, entry = _last_done(file, correction.step, correction.item)
    replayed = steps.replay(file, instance, {entry.seq})
    running = steps.Running(file)
    withdrawn = steps.rewrite(running, instance, [entry, *replayed.no_longer_apply], replayed)
    steps.reconcile(running, instance, replayed.workflow, f"went back to {correction.step}")
    clocks = steps.settle(running)
    return {"step": correction.step, "withdrawn": withdrawn, "clocks": clocks}


def _skip(file: CaseFile, correction: Correction, reason: str) -> dict[str, Any]:
    task = _to_skip(file, correction)
    tasks.require_going_on(file, task)
    running = steps.Running(file)
    steps.complete_task(running, task, skip=True)
    task.state, task.closed_why = "withdrawn", f"skipped: {reason}"
    clocks = steps.settle(running)
    return {"step": task.bpmn_id, "task": str(task.id), "item": task.item_key, "clocks": clocks}


def _set_state(file: CaseFile, correction: Correction, reason: str) -> dict[str, Any]:
    _require_not_ended(file)
    state = "suspended" if correction.act == "suspend" else "open"
    if file.case.state == state:
        raise StandsSoAlready
    file.case.state = state
    return {}


def _end(file: CaseFile, correction: Correction, reason: str) -> dict[str, Any]:
    _require_not_ended(file)
    running = steps.Running(file)
    for instance in _instances(file):
        steps.cancel_instance(running, instance, reason)
    file.case.state, file.case.closed_at = "closed", file.now
    return {"clocks": steps.settle(running)}


def _assign(file: CaseFile, correction: Correction, reason: str) -> dict[str, Any]:
    if correction.task is None:
        raise NotFound
    return tasks.assign(file, correction.task, correction.account)


def _reopen(file: CaseFile, correction: Correction, reason: str) -> dict[str, Any]:
    if file.case.state != "closed":
        raise StandsSoAlready
    ended_at = file.case.closed_at
    file.case.state, file.case.closed_at, file.case.outcome = "open", None, ""
    file.case.kept_until = None
    root = file.session.scalars(
        select(ProcessInstance).where(
            ProcessInstance.case_id == file.case.id, ProcessInstance.kind == "root"
        )
    ).one()
    running = steps.Running(file)
    if root.state == "cancelled":
        _resume_cancelled(running, ended_at)
    else:
        _undo_end(running, root)
    clocks = steps.settle_corrected(running)
    if file.case.state == "closed":
        raise CannotReopen
    return {"clocks": clocks}


def _resume_cancelled(running: steps.Running, ended_at: datetime | None) -> None:
    """Let everything go on that was open when a case was ended, its tasks with their drafts."""
    file = running.file
    ended = [
        row
        for row in file.session.scalars(
            select(ProcessInstance)
            .where(ProcessInstance.case_id == file.case.id, ProcessInstance.state == "cancelled")
            .order_by(ProcessInstance.number)
        )
        if row.ended_at == ended_at
    ]
    for instance in ended:
        _open_again(file, instance)
    _open_tasks_again(file, ended, ended_at)
    file.session.flush()
    for instance in ended:
        if instance.state == "open":
            replayed = steps.replay(file, instance, set())
            steps.rewrite(running, instance, list(replayed.no_longer_apply), replayed)
            steps.reconcile(running, instance, replayed.workflow, "the case was reopened")


def _open_tasks_again(
    file: CaseFile, instances: Sequence[ProcessInstance], ended_at: datetime | None
) -> None:
    """Open the tasks that ending the case withdrew; of several alike, the one opened last."""
    newest: dict[tuple[Any, ...], UserTask] = {}
    for task in file.session.scalars(
        select(UserTask)
        .where(UserTask.instance_id.in_([row.id for row in instances]))
        .where(UserTask.state == "withdrawn", UserTask.closed_at == ended_at)
        .order_by(UserTask.number)
    ):
        newest[task.instance_id, task.bpmn_id, task.item_key, task.round] = task
    for task in newest.values():
        task.state, task.closed_at, task.closed_by, task.closed_why = "open", None, "", ""


def _undo_end(running: steps.Running, instance: ProcessInstance) -> None:
    """Take back the last thing that somebody did in an instance that came to its end.

    Where that was done in a part, the part is opened again too, at the last step done there.
    """
    file = running.file
    done = [
        entry
        for entry in steps.entries(file, instance)
        if entry.kind in ("complete", "skip", "finish_part")
    ]
    if not done:
        raise CannotReopen
    last = done[-1]
    part = _part_of(file, instance, last) if last.kind == "finish_part" else None
    replayed = steps.replay(file, instance, {last.seq})
    if replayed.workflow.ended_by is not None:
        raise CannotReopen
    _open_again(file, instance)
    if part is not None:
        _open_again(file, part)
    file.session.flush()
    steps.rewrite(running, instance, [last, *replayed.no_longer_apply], replayed)
    if part is not None:
        _undo_end(running, part)
    steps.reconcile(running, instance, replayed.workflow, "the case was reopened")


def _part_of(file: CaseFile, instance: ProcessInstance, entry: LogEntry) -> ProcessInstance | None:
    """Return the instance whose end an input of its parent tells."""
    assert entry.key is not None
    return file.session.scalar(
        select(ProcessInstance)
        .where(ProcessInstance.parent_id == instance.id, ProcessInstance.state == "completed")
        .where(
            ProcessInstance.parent_bpmn_id == entry.key.bpmn_id,
            ProcessInstance.parent_round == entry.key.round,
            func.coalesce(ProcessInstance.item_key, "") == entry.key.item,
        )
        .order_by(ProcessInstance.number.desc())
        .limit(1)
    )


def _open_again(file: CaseFile, instance: ProcessInstance) -> None:
    instance.state, instance.ended_at, instance.ended_by = "open", None, ""
    file.take_instance(instance)


def _require_not_ended(file: CaseFile) -> None:
    if file.case.state == "closed":
        raise CaseEnded


#: What each act records, and what it does to a locked case.
_ACTS: Mapping[str, tuple[str, Callable[[CaseFile, Correction, str], dict[str, Any]]]] = {
    "go_back": ("went_back", _go_back),
    "skip": ("step_skipped", _skip),
    "assign": ("task_assigned", _assign),
    "suspend": ("case_suspended", _set_state),
    "resume": ("case_resumed", _set_state),
    "withdraw": ("case_withdrawn", _end),
    "close": ("case_closed", _end),
    "reopen": ("case_reopened", _reopen),
}
ACTS = tuple(_ACTS)


def rebuilt_state(file: CaseFile, instance: ProcessInstance) -> bytes:
    """Return the workflow state that the step log of an instance gives, to hold against its own."""
    definition = file.definitions.processes[instance.process]
    log = steps.entries(file, instance)
    replayed = workflow.replay(definition, log, steps.CaseWorld(file, writes=False))
    replayed.workflow.renumber(steps.highest(file, instance))
    return replayed.workflow.dump()


def _correct(case_id: uuid.UUID, correction: Correction, reason: str, actor: Actor) -> None:
    if not reason.strip():
        raise ReasonNeeded
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        require_coordinator(file, actor)
        apply(file, correction, reason)


def _change(
    case_id: uuid.UUID,
    reason: str,
    actor: Actor,
    event: str,
    subject: str,
    change: Callable[[CaseFile], dict[str, Any]],
) -> None:
    if not reason.strip():
        raise ReasonNeeded
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        require_coordinator(file, actor)
        data = change(file)
        data["clocks"] = _settle(file)
        store.save_case(file, event, subject=subject, data=data)


def to_amend(
    session: Session, document_id: uuid.UUID, sections: tuple[str, ...], actor: Actor
) -> tuple[CaseFile, Document]:
    """Lock a document's case and see to it that a person may put each of these sections right.

    Raises:  NotFound; AccessDenied.
    """
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound
    file = store.lock_case(session, row.case_id, str(actor.account_id))
    session.refresh(row)
    roles = access.roles_on(session, actor, file.case, row.item_key)
    if access.readable_content(file, actor, roles, row) is None:
        raise NotFound
    if not all(access.may_amend(file, actor, roles, row, section) for section in sections):
        raise AccessDenied
    return file, row


def _settle(file: CaseFile) -> dict[str, str]:
    return steps.settle_corrected(steps.Running(file, items_changed=True))


def _clean(
    file: CaseFile,
    part: FormPart,
    posted: Mapping[str, list[str]] | None,
    values: Mapping[str, Any] | None,
) -> forms.Cleaned:
    names, functions = file.names(part.key.item_key), file.functions(part.key.item_key)
    around = task_pages.around(file, part.form, part.content, part.key.item_key)
    if values is None:
        return forms.clean(
            part.form,
            part.sections,
            posted or {},
            names=names,
            functions=functions,
            around=around,
        )
    return forms.clean_values(
        part.form, part.sections, values, names=names, functions=functions, around=around
    )


def _instances(file: CaseFile) -> list[ProcessInstance]:
    return list(
        file.session.scalars(
            select(ProcessInstance)
            .where(ProcessInstance.case_id == file.case.id, ProcessInstance.state == "open")
            .order_by(ProcessInstance.number)
        )
    )


def _last_done(file: CaseFile, step: str, item: str) -> tuple[ProcessInstance, LogEntry]:
    found = []
    for instance, entry in done_steps(file):
        assert entry.key is not None
        element = file.definitions.processes[instance.process].elements[entry.key.bpmn_id]
        if step in (element.id, *element.requirement) and item in ("", entry.key.item):
            found.append((instance, entry))
    if not found:
        raise StepNotDone(step=step)
    return found[-1]


def _to_skip(file: CaseFile, correction: Correction) -> UserTask:
    if correction.task is None:
        return _open_task(file, correction.step, correction.item)
    task = file.session.get(UserTask, correction.task)
    if task is None or task.case_id != file.case.id:
        raise NotFound
    if task.state != "open":
        raise StepNotOpen(step=task.bpmn_id)
    return task


def _open_task(file: CaseFile, step: str, item: str) -> UserTask:
    for task in file.session.scalars(
        select(UserTask)
        .where(UserTask.case_id == file.case.id, UserTask.state == "open")
        .order_by(UserTask.number)
    ):
        if step in (task.bpmn_id, *task.requirement.split()) and item in ("", task.item_key):
            return task
    raise StepNotOpen(step=step)
