"""What must hold of the records after anything: nothing lost, nothing twice, nothing orphaned."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engine import audit, db, operations, store, time_source, uploads
from engine.models import (
    AuditEvent,
    Case,
    CaseMove,
    Document,
    DocumentVersion,
    Fact,
    Incident,
    Notice,
    OutboxMessage,
    ProcessInstance,
    StepLogEntry,
    Submission,
    Timer,
    Upload,
    UserTask,
)
from engine.steps import CaseWorld
from engine.workflow import LogEntry, TaskKey, Workflow


def wrongs() -> list[str]:
    """Return everything that is wrong with the records of the database in use."""
    with db.reading() as session:
        found = [f"audit: {broken}" for broken in audit.verify(session)]
        found += _orphans(session)
        for case in session.scalars(select(Case).order_by(Case.identifier)):
            found += [f"{case.identifier}: {wrong}" for wrong in _of_case(session, case)]
    return found + [f"not as its step log says: {line}" for line in operations.replay_all()]


def _of_case(session: Session, case: Case) -> Iterator[str]:
    events = session.scalars(select(AuditEvent).where(AuditEvent.case_id == case.id)).all()
    if case.version != len(events):
        yield f"version {case.version}, but {len(events)} audit events"
    yield from _inputs_and_events(session, case, Counter(event.kind for event in events), events)
    yield from _documents(session, case)
    yield from _facts(session, case)
    yield from _instances(session, case)
    yield from _waiting(session, case)
    yield from _uploads(session, case)
    unsent = select(func.count()).select_from(Notice).where(
        Notice.case_id == case.id,
        ~select(OutboxMessage.key).where(OutboxMessage.notice_id == Notice.id).exists(),
    )  # fmt: skip
    if session.scalar(unsent):
        yield "a notice without a message"


def _inputs_and_events(
    session: Session, case: Case, kinds: Counter[str], events: Any
) -> Iterator[str]:
    moves = set(session.scalars(select(CaseMove.at).where(CaseMove.case_id == case.id)))
    log = [
        row.entry["kind"]
        for row in session.scalars(
            select(StepLogEntry)
            .join(ProcessInstance, ProcessInstance.id == StepLogEntry.instance_id)
            .where(ProcessInstance.case_id == case.id)
        )
        # What a move withdrew, it wrote anew.
        if row.withdrawn_at not in moves
    ]
    inputs = Counter(log)
    done = set(
        session.scalars(
            select(UserTask.id).where(UserTask.case_id == case.id, UserTask.state == "completed")
        )
    )
    told = [uuid.UUID(event.data["task"]) for event in events if event.kind == "task_completed"]
    keys = session.scalars(
        select(Submission.task_id)
        .join(UserTask, UserTask.id == Submission.task_id)
        .where(UserTask.case_id == case.id)
    ).all()
    if kinds["case_opened"] != 1:
        yield f"opened {kinds['case_opened']} times on record"
    if inputs["complete"] != len(done) or Counter(told) != Counter(done):
        yield f"{inputs['complete']} completions logged, {len(done)} tasks done, {len(told)} told"
    if Counter(keys) != Counter(done):
        yield f"{len(keys)} submit keys for {len(done)} tasks"
    if inputs["fire"] != kinds["timer_fired"]:
        yield f"{inputs['fire']} timers in the log, {kinds['timer_fired']} on the audit trail"


def _documents(session: Session, case: Case) -> Iterator[str]:
    for document in session.scalars(select(Document).where(Document.case_id == case.id)):
        numbers = session.scalars(
            select(DocumentVersion.number)
            .where(DocumentVersion.document_id == document.id)
            .order_by(DocumentVersion.number)
        ).all()
        if list(numbers) != list(range(1, document.version + 1)):
            yield f"{document.form}: version {document.version}, but there are {list(numbers)}"


def _facts(session: Session, case: Case) -> Iterator[str]:
    newest = {
        (row.name, row.item_key): (row.number, row.value)
        for row in session.scalars(
            select(Fact).where(Fact.case_id == case.id).order_by(Fact.number)
        )
    }
    held = {
        (name, item): (number, value)
        for name, by_item in json.loads(case.facts).items()
        for item, (value, _, number) in by_item.items()
    }
    in_memory, as_kept = (
        {key: (fact.value, fact.set_on, fact.number) for key, fact in facts.items()}
        for facts in (
            store.read_case(session, case.id, audit.SYSTEM).facts,
            store._read_facts(case.facts),
        )
    )
    if in_memory != as_kept:
        yield "facts in memory were changed by whoever read them"
    if newest != held:
        yield f"facts of the case {sorted(held)} differ from those kept {sorted(newest)}"


def _instances(session: Session, case: Case) -> Iterator[str]:
    file = store.read_case(session, case.id, audit.SYSTEM)
    query = select(ProcessInstance).where(ProcessInstance.case_id == case.id)
    for instance in session.scalars(query.order_by(ProcessInstance.number)):
        definition = file.definitions.processes[instance.process]
        flow = Workflow.load(definition, instance.workflow_state, CaseWorld(file))
        running = instance.state == "open"
        tasks = _keys(session, UserTask, instance, UserTask.state == "open")
        timers = _keys(session, Timer, instance)
        children = {
            TaskKey(child.parent_bpmn_id, child.item_key or "", child.parent_round)
            for child in session.scalars(
                select(ProcessInstance).where(
                    ProcessInstance.parent_id == instance.id, ProcessInstance.state == "open"
                )
            )
        }
        name = f"{instance.process} {instance.number}"
        if tasks != ({task.key for task in flow.open_tasks()} if running else set()):
            yield f"{name}: its open tasks are not what its state waits for"
        if timers != ({timer.key for timer in flow.waiting_timers()} if running else set()):
            yield f"{name}: its timers are not what its state waits for"
        if children != ({part.key for part in flow.waiting_parts()} if running else set()):
            yield f"{name}: its parts are not what its state waits for"
        if running == flow.is_completed() and instance.state != "cancelled":
            yield f"{name}: {instance.state}, but its state says otherwise"
        seqs = [entry.seq for entry in _log(session, instance)]
        if len(seqs) != len(set(seqs)):
            yield f"{name}: its log has a number twice"


def _keys(session: Session, kind: Any, instance: ProcessInstance, *more: Any) -> set[TaskKey]:
    rows = session.scalars(select(kind).where(kind.instance_id == instance.id, *more))
    return {TaskKey(row.bpmn_id, row.item_key, row.round) for row in rows}


def _log(session: Session, instance: ProcessInstance) -> list[LogEntry]:
    rows = session.scalars(select(StepLogEntry).where(StepLogEntry.instance_id == instance.id))
    return [LogEntry.from_json({**row.entry, "seq": row.seq}) for row in rows]


def _waiting(session: Session, case: Case) -> Iterator[str]:
    now = time_source.now(session)
    due = session.scalars(
        select(Timer.token).where(
            Timer.case_id == case.id, Timer.due_at.is_not(None), Timer.due_at <= now
        )
    ).all()
    if due:
        yield f"still due: {', '.join(due)}"
    for incident in session.scalars(select(Incident).where(Incident.case_id == case.id)):
        yield f"incident: {incident.what}"


def _uploads(session: Session, case: Case) -> Iterator[str]:
    for row in session.scalars(select(Upload).where(Upload.case_id == case.id)):
        try:
            uploads.open_upload(session, uploads.in_use(), row.id)
        except uploads.FileDamaged:
            yield f"the upload {row.id} is damaged or gone"


def _orphans(session: Session) -> list[str]:
    """Return the rows that point at nothing; PostgreSQL holds its foreign keys itself."""
    if session.get_bind().dialect.name == "postgresql":
        return []
    found = session.execute(text("pragma foreign_key_check")).all()
    whole = session.scalar(text("pragma integrity_check"))
    return [f"orphan: {row}" for row in found] + ([] if whole == "ok" else [f"damaged: {whole}"])
