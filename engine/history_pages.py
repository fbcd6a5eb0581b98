"""Say what happened on a case: who, when, and what was put right, before and after."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from engine import (
    access,
    accounts,
    case_pages,
    consequences,
    db,
    documents,
    store,
    task_pages,
    time_source,
)
from engine.case_pages import CaseHead
from engine.consequences import Consequences
from engine.forms import Form
from engine.models import AuditEvent, Document, DocumentVersion, ProcessInstance, UserTask
from engine.people import Actor, Held
from engine.store import CaseFile
from engine.texts import Text

#: How many events stand on one page.
PAGE = 50


@dataclass(frozen=True)
class Amendment:
    """A document before and after it was put right, cut down to what a person may read of each.

    `reason` is why; empty where it stands beside what was put right already.
    """

    document_id: uuid.UUID
    form: Form
    item_label: Text | None
    version: int
    sections: tuple[str, ...]
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]
    reason: str = ""


@dataclass(frozen=True)
class HistoryLine:
    """One audit event as people read it; `about` is what it speaks of, in words if it has any."""

    at: datetime
    actor_name: str
    kind: str
    subject: str
    about: Text
    data: dict[str, Any]
    amendment: Amendment | None = None
    #: of what was put right: what came of it, and how the case stood before
    came: Consequences | None = None
    state_before: str = ""
    #: of a task that was given to somebody: whose it was before and after; empty: its role's
    holders: tuple[str, str] | None = None


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for; nothing: all of them. Days are those of Wales, both counted."""

    kind: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class HistoryPage:
    """A page of what happened on a case, the newest first; `number` counts from 1.

    `kinds` and `people` (by what to ask for) are those of all its events.
    """

    head: CaseHead
    lines: tuple[HistoryLine, ...]
    total: int
    number: int
    pages: int
    kinds: tuple[str, ...]
    people: tuple[tuple[str, str], ...]


def case_history(
    case_id: uuid.UUID, actor: Actor, wanted: Wanted | None = None, number: int = 1
) -> HistoryPage:
    """Return what happened on a case, a page of it.

    Raises:  NotFound, also for a page that is not there.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, held)
        asked = _asked(case_id, wanted or Wanted())
        total = session.scalar(select(func.count(AuditEvent.id)).where(*asked)) or 0
        pages = case_pages.count_pages(total, PAGE, number)
        rows = session.scalars(
            select(AuditEvent)
            .where(*asked)
            .order_by(AuditEvent.seq.desc())
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        ).all()
        of_case = AuditEvent.case_id == case_id
        kinds = session.scalars(select(AuditEvent.kind).where(of_case).distinct())
        actors = session.scalars(select(AuditEvent.actor).where(of_case).distinct())
        names = accounts.names_of(session, actors)
        return HistoryPage(
            head=case_pages.head_of(file, actor, held),
            lines=tuple(_lines(file, actor, held, rows, names)),
            total=total,
            number=number,
            pages=pages,
            kinds=tuple(sorted(kinds)),
            people=tuple(sorted(names.items(), key=lambda one: (one[1], one[0]))),
        )


def _asked(case_id: uuid.UUID, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = [AuditEvent.case_id == case_id]
    if wanted.kind:
        asked.append(AuditEvent.kind == wanted.kind)
    if wanted.actor:
        asked.append(AuditEvent.actor == wanted.actor)
    if wanted.since:
        before = wanted.since - timedelta(days=1)
        asked.append(AuditEvent.at >= time_source.end_of_day(before))
    if wanted.until:
        asked.append(AuditEvent.at < time_source.end_of_day(wanted.until))
    return asked


def _lines(
    file: CaseFile,
    actor: Actor,
    held: Held,
    rows: Sequence[AuditEvent],
    names: Mapping[str, str],
) -> list[HistoryLine]:
    words, steps = _words(file), _steps(file, rows)
    gone_back = {row.seq: _element(file, row) for row in rows if row.kind == "went_back"}
    amendments = _amendments(file, actor, held, rows)
    ids = {row.data.get(key, "") for row in rows for key in ("account", *_holders_in(row))}
    appointed = accounts.names_of(file.session, ids)
    return [
        HistoryLine(
            at=row.at,
            actor_name=names[row.actor],
            kind=row.kind,
            subject=row.subject,
            about=_with_name(
                steps.get(row.data.get("task", ""))
                or gone_back.get(row.seq)
                or words.get(row.subject)
                or Text(row.subject, row.subject),
                appointed[row.data.get("account", "")],
            ),
            data=row.data,
            amendment=amendments.get(row.seq),
            came=_came(file, row),
            state_before=row.data["state"][0] if "came" in row.data else "",
            holders=(appointed[row.data["from"]], appointed[row.data["to"]])
            if _holders_in(row)
            else None,
        )
        for row in rows
    ]


def _element(file: CaseFile, row: AuditEvent) -> Text | None:
    """Return what a step is called that an event names by its requirement or in its diagram."""
    for definition in file.definitions.processes.values():
        for element in definition.elements.values():
            if row.subject in (element.id, *element.requirement):
                return Text(element.name("en"), element.name("cy"))
    return None


def _holders_in(row: AuditEvent) -> tuple[str, ...]:
    return ("from", "to") if row.kind == "task_assigned" else ()


def _came(file: CaseFile, row: AuditEvent) -> Consequences | None:
    """Return what came of something that was put right; events of before have nothing of it."""
    if "came" not in row.data:
        return None
    return consequences.from_record(file, row.data["came"], row.data["state"][1])


def _with_name(about: Text, name: str) -> Text:
    return Text(f"{about.en}: {name}", f"{about.cy}: {name}") if name else about


def _words(file: CaseFile) -> dict[str, Text]:
    """Return what the subjects of events are called: roles, forms, timescales and processes."""
    known = file.definitions
    return {
        **{key: known.roles.get(key).text for key in known.roles},
        **{one.catalogue: Text(one.title("en"), one.title("cy")) for one in known.forms.values()},
        **{key: row.name for key, row in known.timescales.items()},
        **{key: task_pages.process_name(known, key) for key in known.processes},
    }


def _steps(file: CaseFile, rows: Sequence[AuditEvent]) -> dict[str, Text]:
    """Return what the tasks of some events are called, each with its item."""
    ids = {uuid.UUID(row.data["task"]) for row in rows if row.data.get("task")}
    found = file.session.execute(
        select(UserTask.id, UserTask.bpmn_id, UserTask.item_key, ProcessInstance.process)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(UserTask.id.in_(ids), UserTask.case_id == file.case.id)
    )
    steps = {}
    for task_id, bpmn_id, item_key, process in found:
        element = file.element(process, bpmn_id)
        item = task_pages.item_label(file, item_key)
        said = [f"{element.name(one)}: {item.say(one)}" if item else element.name(one)
                for one in ("en", "cy")]  # fmt: skip
        steps[str(task_id)] = Text(*said)
    return steps


def _amendments(
    file: CaseFile, actor: Actor, held: Held, rows: Sequence[AuditEvent]
) -> dict[int, Amendment]:
    """Return what was put right in some events, by their number, in a handful of queries."""
    told = [row for row in rows if row.kind == "document_amended" and row.data.get("version")]
    ids = {uuid.UUID(row.data["document"]) for row in told}
    found = {
        row.id: row
        for row in file.session.scalars(
            select(Document).where(Document.id.in_(ids), Document.case_id == file.case.id)
        )
    }
    wanted = {
        (found[uuid.UUID(row.data["document"])], number)
        for row in told
        for number in (row.data["version"] - 1, row.data["version"])
    }
    readable = access.readable_contents(file, actor, held, wanted)
    of_version = tuple_(DocumentVersion.document_id, DocumentVersion.number)
    kept = file.session.execute(
        select(DocumentVersion.document_id, DocumentVersion.number, DocumentVersion.reason).where(
            of_version.in_(list(readable))
        )
    )
    reasons = {(document_id, number): reason for document_id, number, reason in kept}
    amendments = {}
    for row in told:
        document, version = found[uuid.UUID(row.data["document"])], row.data["version"]
        before = readable.get((document.id, version - 1))
        after = readable.get((document.id, version))
        if before is None or after is None:
            continue
        amendments[row.seq] = Amendment(
            document_id=document.id,
            form=documents.definitions_of(file, document, version).forms[document.form],
            item_label=task_pages.item_label(file, document.item_key),
            version=version,
            reason=reasons[document.id, version],
            sections=tuple(name for name in row.data["sections"] if name in before | after),
            before=before,
            after=after,
        )
    return amendments
