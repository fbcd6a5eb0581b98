"""Put things right: amend what was recorded, change item lists, go back, repeat or skip a step.

Nothing is deleted. An amendment is a new version of a document; the tokens stay where they are.
Going back, repeating and skipping edit the step log and rebuild the workflow from it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
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
from engine.errors import AccessDenied, EngineError, InvalidForm, NotFound
from engine.models import Document, ProcessInstance, UserTask
from engine.people import Actor
from engine.store import CaseFile
from engine.task_pages import FormPart
from engine.workflow import LogEntry


class ReasonNeeded(EngineError):
    """Say why you are making this change. The reason stays on record beside it."""

    status = 422


class StepNotDone(EngineError):
    """The step {step} has not been completed on this case. Choose one that has been."""

    status = 409


class StepNotOpen(EngineError):
    """The step {step} is not open on this case, so it cannot be skipped. Choose an open one."""

    status = 409


@dataclass(frozen=True)
class Preview:
    """What going back would withdraw: the steps whose inputs no longer apply."""

    withdrawn: tuple[str, ...]


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
        file, row = _to_amend(session, document_id, sections, actor)
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
        file, _row = _to_amend(session, document_id, sections, actor)
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
    """Add an agency, participant or family member, also while a step for each is running."""

    def change(file: CaseFile) -> dict[str, Any]:
        items.add_item(file, list_name, kind, key, label)
        return {"list": list_name, "item": key, "reason": reason}

    _change(case_id, reason, actor, "item_added", list_name, change)


def remove_item(case_id: uuid.UUID, list_name: str, key: str, reason: str, actor: Actor) -> None:
    """Take an agency, participant or family member out; their open work is withdrawn."""

    def change(file: CaseFile) -> dict[str, Any]:
        items.remove_item(file, list_name, key, reason)
        return {"list": list_name, "item": key, "reason": reason}

    _change(case_id, reason, actor, "item_removed", list_name, change)


def preview_go_back(case_id: uuid.UUID, step: str, actor: Actor, item: str = "") -> Preview:
    """Return what going back to a step would withdraw, without doing it.

    Raises:  NotFound; AccessDenied; StepNotDone.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        _require_coordinator(file, actor)
        instance, entry = _last_done(file, step, item)
        replayed = steps.replay(file, instance, {entry.seq}, writes=False)
        return Preview(tuple(str(gone.key) for gone in replayed.no_longer_apply if gone.key))


def go_back(case_id: uuid.UUID, step: str, reason: str, actor: Actor, item: str = "") -> None:
    """Open a completed step again; what came after it and no longer applies is withdrawn.

    Takes:   step, a requirement id or BPMN id; its latest completion is taken back.
    Raises:  NotFound; AccessDenied; ReasonNeeded; StepNotDone.
    """

    def change(file: CaseFile) -> dict[str, Any]:
        instance, entry = _last_done(file, step, item)
        replayed = steps.replay(file, instance, {entry.seq})
        running = steps.Running(file)
        withdrawn = steps.rewrite(running, instance, [entry, *replayed.no_longer_apply], replayed)
        steps.reconcile(running, instance, replayed.workflow, f"went back to {step}")
        clocks = steps.settle(running)
        return {"step": step, "withdrawn": withdrawn, "reason": reason, "clocks": clocks}

    _change(case_id, reason, actor, "went_back", step, change)


def repeat(case_id: uuid.UUID, step: str, reason: str, actor: Actor, item: str = "") -> None:
    """Do a completed step once more: the same as going back to it."""
    go_back(case_id, step, reason, actor, item)


def skip(case_id: uuid.UUID, step: str, reason: str, actor: Actor, item: str = "") -> None:
    """Pass over an open step without its form, with a reason.

    Raises:  NotFound; AccessDenied; ReasonNeeded; StepNotOpen; TaskPaused; FactNotKnown, where the
             way on depends on what the step would have recorded.
    """

    def change(file: CaseFile) -> dict[str, Any]:
        task = _open_task(file, step, item)
        tasks.require_going_on(file, task)
        running = steps.Running(file)
        steps.complete_task(running, task, skip=True)
        task.state, task.closed_why = "withdrawn", f"skipped: {reason}"
        clocks = steps.settle(running)
        return {"step": step, "reason": reason, "clocks": clocks}

    _change(case_id, reason, actor, "step_skipped", step, change)


def set_state(case_id: uuid.UUID, state: str, reason: str, actor: Actor) -> None:
    """Suspend a case or let it go on; clocks go on all the while (the draft allows no pause).

    Takes:   state, `suspended` or `open`; a case ends by `withdraw` or by itself.
    """
    if state not in ("suspended", "open"):
        raise ValueError(f"a case cannot be made {state} here")

    def change(file: CaseFile) -> dict[str, Any]:
        if file.case.state == "closed":
            raise AccessDenied
        file.case.state = state
        return {"reason": reason}

    event = "case_suspended" if state == "suspended" else "case_resumed"
    _change(case_id, reason, actor, event, "", change)


def withdraw(case_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """End a case before its time; everything open is withdrawn, everything recorded stays."""

    def change(file: CaseFile) -> dict[str, Any]:
        if file.case.state == "closed":
            raise AccessDenied
        running = steps.Running(file)
        for instance in _instances(file):
            steps.cancel_instance(running, instance, reason)
        file.case.state, file.case.closed_at = "closed", file.now
        return {"reason": reason, "clocks": steps.settle(running)}

    _change(case_id, reason, actor, "case_withdrawn", "", change)


def rebuilt_state(file: CaseFile, instance: ProcessInstance) -> bytes:
    """Return the workflow state that the step log of an instance gives, to hold against its own."""
    definition = file.definitions.processes[instance.process]
    log = steps.entries(file, instance)
    replayed = workflow.replay(definition, log, steps.CaseWorld(file, writes=False))
    replayed.workflow.renumber(steps.highest(file, instance))
    return replayed.workflow.dump()


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
        _require_coordinator(file, actor)
        data = change(file)
        if "clocks" not in data:
            data["clocks"] = _settle(file)
        store.save_case(file, event, subject=subject, data=data)


def _to_amend(
    session: Session, document_id: uuid.UUID, sections: tuple[str, ...], actor: Actor
) -> tuple[CaseFile, Document]:
    """Lock a document's case and see to it that a person may put each of these sections right."""
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


def _require_coordinator(file: CaseFile, actor: Actor) -> None:
    roles = access.roles_on(file.session, actor, file.case, "")
    access.require_case(file, actor, roles)
    if not access.coordinates(file, roles):
        raise AccessDenied


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
    found: list[tuple[ProcessInstance, LogEntry]] = []
    for instance in _instances(file):
        elements = file.definitions.processes[instance.process].elements
        for entry in steps.entries(file, instance):
            if entry.kind not in ("complete", "skip") or entry.key is None:
                continue
            element = elements[entry.key.bpmn_id]
            if step in (element.id, *element.requirement) and item in ("", entry.key.item):
                found.append((instance, entry))
    if not found:
        raise StepNotDone(step=step)
    return found[-1]


def _open_task(file: CaseFile, step: str, item: str) -> UserTask:
    for task in file.session.scalars(
        select(UserTask)
        .where(UserTask.case_id == file.case.id, UserTask.state == "open")
        .order_by(UserTask.number)
    ):
        if step in (task.bpmn_id, *task.requirement.split()) and item in ("", task.item_key):
            return task
    raise StepNotOpen(step=step)
