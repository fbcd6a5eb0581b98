"""Say what people see of cases: the list, the page, the history, the diagram and its outline."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from engine import (
    access,
    accounts,
    cases,
    db,
    documents,
    notices,
    people,
    steps,
    store,
    task_pages,
    time_source,
)
from engine.cases import Startable
from engine.errors import NotFound
from engine.models import (
    Account,
    Appointment,
    AuditEvent,
    Board,
    Case,
    CaseLink,
    Document,
    Incident,
    Item,
    Notice,
    OutboxMessage,
    ProcessInstance,
    UserTask,
)
from engine.people import Actor, Held, Person
from engine.store import CaseFile
from engine.task_pages import ClockSummary, TaskSummary
from engine.texts import LANGUAGES, Text
from engine.workflow import ProcessDefinition, Workflow


@dataclass(frozen=True)
class CaseSummary:
    """A case in a list."""

    id: uuid.UUID
    identifier: str
    process: Text
    board: Text
    state: str
    opened_at: datetime
    closed_at: datetime | None
    next_due_on: date | None
    open_tasks: int
    overdue: int


@dataclass(frozen=True)
class DocumentSummary:
    """A document in a list."""

    id: uuid.UUID
    name: Text
    catalogue: str
    item_label: Text | None
    version: int
    changed_at: datetime
    changed_by_name: str


@dataclass(frozen=True)
class AppointmentView:
    """A person in a role on the case."""

    id: uuid.UUID
    role: Text
    role_key: str
    name: str
    agency: str
    item_label: Text | None
    starts_on: date
    ends_on: date | None
    #: where the person signs in by link and code, the address that a link goes to
    link_goes_to: str = ""
    #: who acts now for the person, who is away, each with the last day of it
    substitutes: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class InstanceView:
    """A process instance of the case."""

    id: uuid.UUID
    number: int
    kind: str
    name: Text
    item_label: Text | None
    state: str
    started_at: datetime
    ended_at: datetime | None
    ended_by: Text


@dataclass(frozen=True)
class NoticeView:
    """A notice that was written."""

    about: str
    template: str
    subject: Text
    to: Text
    item_label: Text | None
    at: datetime
    data: dict[str, Any]
    id: uuid.UUID
    #: for somebody with neither account nor e-mail: to be sent by post, or sent on that day
    by_post: bool
    posted_on: date | None
    #: whether a message of it could not be delivered
    undelivered: bool


@dataclass(frozen=True)
class ItemView:
    """An item of the case."""

    list: str
    kind: str
    key: str
    label: Text


@dataclass(frozen=True)
class LinkView:
    """A case that was opened from this one, or from which it was opened.

    `id` is none where this person may not open the other case; `item_label` says for which item of
    this case it was opened, if for one.
    """

    identifier: str
    id: uuid.UUID | None
    board: Text
    relation: str
    direction: str
    item_label: Text | None
    linked_at: datetime


@dataclass(frozen=True)
class RoleChoice:
    """A role that may be appointed to on the case, with the items it may be for."""

    key: str
    text: Text
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class CasePage:
    """Everything that the page of one case shows this person."""

    summary: CaseSummary
    outcome: Text
    clocks: tuple[ClockSummary, ...]
    tasks: tuple[TaskSummary, ...]
    closed_tasks: tuple[TaskSummary, ...]
    documents: tuple[DocumentSummary, ...]
    items: tuple[ItemView, ...]
    people: tuple[AppointmentView, ...]
    notices: tuple[NoticeView, ...]
    incidents: tuple[tuple[uuid.UUID, str, datetime], ...]
    instances: tuple[InstanceView, ...]
    links: tuple[LinkView, ...]
    side_processes: tuple[Startable, ...]
    may_coordinate: bool
    #: what the pause of the case hangs on, while it is paused
    paused: Text | None = None


@dataclass(frozen=True)
class HistoryLine:
    """One audit event as people read it."""

    at: datetime
    actor_name: str
    kind: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True)
class OutlineRow:
    """One step of a diagram in words."""

    depth: int
    bpmn_id: str
    kind: str
    name: Text
    roles: tuple[Text, ...]
    state: str
    requirement: str
    timescale: str


@dataclass(frozen=True)
class DiagramView:
    """A diagram with where things stand in it, and the outline that says the same."""

    name: Text
    xml: str
    states: dict[str, str]
    outline: tuple[OutlineRow, ...]


def list_cases(actor: Actor) -> list[CaseSummary]:
    """Return the cases this person may see, the most recently opened first."""
    with db.reading() as session:
        rows = session.scalars(
            access.visible_cases(session, actor).order_by(Case.opened_at.desc(), Case.id)
        )
        return [_summary(store.read_case(session, row.id, str(actor.account_id))) for row in rows]


def startable_beside(case_id: uuid.UUID, actor: Actor) -> tuple[Startable, ...] | None:
    """Return what somebody may start on a case whose page they may not open.

    Returns: None for whoever may open the page of the case, where all of it is offered.
    Raises:  NotFound, unless the person has a part in the case.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, "")
        access.require_part_in_case(file, actor, roles)
        if access.may(file, actor, roles, "read", access.TheCase()):
            return None
        return tuple(side for side in _side_processes(file, roles) if not side.item)


def case_page(case_id: uuid.UUID, actor: Actor) -> CasePage:
    """Return the page of a case.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, roles)
        tasks = _tasks(file, actor, roles)
        return CasePage(
            summary=_summary(file),
            outcome=_end_name(file, file.case.process, file.case.outcome),
            clocks=tuple(task_pages.clock_summaries(file)),
            tasks=tuple(task for task in tasks if task.state == "open"),
            closed_tasks=tuple(task for task in tasks if task.state != "open"),
            documents=tuple(_documents(file, actor, roles)),
            items=tuple(_item(file, item) for item in file.items),
            people=tuple(_appointments(file)),
            notices=tuple(_notices(file)),
            incidents=tuple(_incidents(file)),
            instances=tuple(_instances(file)),
            links=tuple(_links(file, actor)),
            side_processes=tuple(_side_processes(file, roles)),
            may_coordinate=access.coordinates(file, roles),
            paused=steps.why_paused(file),
        )


def case_history(case_id: uuid.UUID, actor: Actor) -> list[HistoryLine]:
    """Return what happened on a case, the newest first.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        access.require_case(file, actor, access.roles_on(session, actor, file.case, ""))
        rows = session.scalars(
            select(AuditEvent).where(AuditEvent.case_id == case_id).order_by(AuditEvent.seq.desc())
        )
        return [
            HistoryLine(
                at=row.at,
                actor_name=accounts.name_of(session, row.actor),
                kind=row.kind,
                subject=row.subject,
                data=row.data,
            )
            for row in rows
        ]


def case_diagram(case_id: uuid.UUID, instance_id: uuid.UUID, actor: Actor) -> DiagramView:
    """Return the diagram of an instance with what is finished, open and withdrawn in it.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        access.require_case(file, actor, access.roles_on(session, actor, file.case, ""))
        instance = session.get(ProcessInstance, instance_id)
        if instance is None or instance.case_id != case_id:
            raise NotFound
        definition = file.definitions.processes[instance.process]
        flow = Workflow.load(definition, instance.workflow_state, steps.CaseWorld(file))
        states = dict(flow.token_states())
        return DiagramView(
            name=task_pages.process_name(file.definitions, instance.process),
            xml=file.definitions.sources[definition.path].decode(),
            states=states,
            outline=tuple(outline(file, definition, states)),
        )


def appointable(case_id: uuid.UUID, actor: Actor) -> list[RoleChoice]:
    """Return the roles that can be appointed to on a case, each with the items it may be for."""
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        access.require_case(file, actor, access.roles_on(session, actor, file.case, ""))
        used = {
            role
            for name in _processes_of(file)
            for element in file.definitions.processes[name].elements.values()
            for role in element.roles
        }
        found = []
        for key in sorted(used):
            role = file.definitions.roles.get(key)
            if role.scope == "board":
                continue
            kind = role.item
            chosen = tuple(_item(file, item) for item in file.items if kind and item.kind == kind)
            found.append(RoleChoice(key, role.text, chosen))
        return found


def find_people(case_id: uuid.UUID, actor: Actor) -> list[Person]:
    """Return the people of the case's Board, who may be appointed."""
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, roles)
        return (
            people.people_of(session, file.case.board_id) if access.coordinates(file, roles) else []
        )


def outline(
    file: CaseFile, definition: ProcessDefinition, states: dict[str, str]
) -> list[OutlineRow]:
    """Return the steps of a diagram in reading order, each with where it stands."""
    rows = []
    for element in definition.reading_order():
        if element.name("en"):
            rows.append(
                OutlineRow(
                    depth=element.depth,
                    bpmn_id=element.id,
                    kind=element.kind,
                    name=Text(element.name("en"), element.name("cy")),
                    roles=tuple(
                        file.definitions.roles.get(role).text
                        for role in file.definitions.roles.counting_on(
                            file.case.process, element.roles
                        )
                    ),
                    state=states.get(element.id, "coming"),
                    requirement=" ".join(element.requirement),
                    timescale=element.timescale,
                )
            )
    return rows


def _item(file: CaseFile, item: Item) -> ItemView:
    return ItemView(item.list, item.kind, item.key, task_pages.label_of(file, item))


def _links(file: CaseFile, actor: Actor) -> Iterator[LinkView]:
    """Yield the cases beside this one; an identifier says nothing of a child (CF-02)."""
    session = file.session
    visible = set(session.scalars(access.visible_cases(session, actor).with_only_columns(Case.id)))
    rows = session.execute(
        select(CaseLink, Case, Board)
        .join(Case, Case.id == CaseLink.linked_id)
        .join(Board, Board.id == Case.board_id)
        .where(CaseLink.case_id == file.case.id)
        .order_by(CaseLink.linked_at, Case.identifier, CaseLink.id)
    )
    for link, other, board in rows:
        yield LinkView(
            identifier=other.identifier,
            id=other.id if other.id in visible else None,
            board=Text(board.name_en, board.name_cy),
            relation=link.relation,
            direction=link.direction,
            item_label=task_pages.item_label(file, link.item_key or ""),
            linked_at=link.linked_at,
        )


def _summary(file: CaseFile) -> CaseSummary:
    session, case = file.session, file.case
    board = session.get_one(Board, case.board_id)
    live = [row for row in file.clocks.values() if row.state in ("running", "due_soon", "overdue")]
    open_tasks = session.scalar(
        select(func.count()).where(UserTask.case_id == case.id, UserTask.state == "open")
    )
    today = time_source.local_day(file.now)
    return CaseSummary(
        id=case.id,
        identifier=case.identifier,
        process=task_pages.process_name(file.definitions, case.process),
        board=Text(board.name_en, board.name_cy),
        state=case.state,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        next_due_on=min((row.due_on for row in live if row.due_on), default=None),
        open_tasks=open_tasks or 0,
        overdue=sum(1 for row in live if row.due_on and row.due_on < today),
    )


def _tasks(file: CaseFile, actor: Actor, roles: Held) -> list[TaskSummary]:
    rows = file.session.scalars(
        select(UserTask).where(UserTask.case_id == file.case.id).order_by(UserTask.number)
    )
    return task_pages.summarise(file.session, rows, actor)


def _documents(file: CaseFile, actor: Actor, roles: Held) -> list[DocumentSummary]:
    found = []
    for row in file.session.scalars(
        select(Document)
        .where(Document.case_id == file.case.id)
        .order_by(Document.created_at, Document.id)
    ):
        own = access.roles_on(file.session, actor, file.case, row.item_key)
        if access.readable_content(file, actor, own, row) is None:
            continue
        form = file.definitions.forms[row.form]
        newest = documents.version(file.session, row.id, row.version)
        found.append(
            DocumentSummary(
                id=row.id,
                name=Text(form.title("en"), form.title("cy")),
                catalogue=form.catalogue,
                item_label=task_pages.item_label(file, row.item_key),
                version=row.version,
                changed_at=newest.at,
                changed_by_name=accounts.name_of(file.session, newest.author),
            )
        )
    return found


def _appointments(file: CaseFile) -> list[AppointmentView]:
    rows = file.session.scalars(
        select(Appointment)
        .where(Appointment.case_id == file.case.id)
        .order_by(Appointment.role, Appointment.starts_on, Appointment.id)
    ).all()
    by_link = select(Account.id, Account.email).where(
        Account.id.in_({row.account_id for row in rows}),
        Account.password_hash.is_(None),
        Account.demonstration.is_(False),
        Account.state == "active",
    )
    addresses = {found.id: found.email for found in file.session.execute(by_link)}
    acting = people.substitutes(file.session, file.case.board_id)
    return [
        AppointmentView(
            id=row.id,
            role=file.definitions.roles.get(row.role).text,
            role_key=row.role,
            name=accounts.name_of(file.session, str(row.account_id)),
            agency=row.agency,
            item_label=task_pages.item_label(file, row.item_key or ""),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            link_goes_to=addresses.get(row.account_id, ""),
            substitutes=people.acting_on(row, acting) if row.ends_on is None else (),
        )
        for row in rows
    ]


def _notices(file: CaseFile) -> list[NoticeView]:
    rows = file.session.scalars(
        select(Notice)
        .where(Notice.case_id == file.case.id)
        .order_by(Notice.at.desc(), Notice.number.desc())
    ).all()
    failed = set(
        file.session.scalars(
            select(OutboxMessage.notice_id)
            .join(Notice, Notice.id == OutboxMessage.notice_id)
            .where(Notice.case_id == file.case.id, OutboxMessage.state == "failed")
        )
    )
    subjects: dict[tuple[str, str, str], Text] = {}
    for row in rows:
        kind = (row.template, row.about, row.data.get("level", ""))
        if kind not in subjects:
            english, welsh = (notices.notice_text(file.session, row, lang)[0] for lang in LANGUAGES)
            subjects[kind] = Text(english, welsh)
    return [
        NoticeView(
            about=row.about,
            template=row.template,
            subject=subjects[row.template, row.about, row.data.get("level", "")],
            to=file.definitions.roles.get(row.to_role).text,
            item_label=task_pages.item_label(file, row.item_key),
            at=row.at,
            data=row.data,
            id=row.id,
            by_post=bool(row.data.get("letter")),
            posted_on=row.posted_on,
            undelivered=row.id in failed,
        )
        for row in rows
    ]


def _incidents(file: CaseFile) -> list[tuple[uuid.UUID, str, datetime]]:
    rows = file.session.scalars(
        select(Incident)
        .where(Incident.case_id == file.case.id, Incident.resolved_at.is_(None))
        .order_by(Incident.opened_at, Incident.id)
    )
    return [(row.id, row.what, row.opened_at) for row in rows]


def _instances(file: CaseFile) -> list[InstanceView]:
    rows = file.session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == file.case.id)
        .order_by(ProcessInstance.number)
    )
    return [
        InstanceView(
            id=row.id,
            number=row.number,
            kind=row.kind,
            name=task_pages.process_name(file.definitions, row.process),
            item_label=task_pages.item_label(file, row.item_key or ""),
            state=row.state,
            started_at=row.started_at,
            ended_at=row.ended_at,
            ended_by=_end_name(file, row.process, row.ended_by),
        )
        for row in rows
    ]


def _side_processes(file: CaseFile, roles: Held) -> list[Startable]:
    board = file.session.get_one(Board, file.case.board_id)
    return [
        cases.startable_on(definition, board)
        for definition in file.definitions.processes.values()
        if cases.may_start_side(file, definition, roles) and cases.outlives_close(file, definition)
    ]


def _end_name(file: CaseFile, process: str, bpmn_id: str) -> Text:
    element = file.definitions.processes[process].elements.get(bpmn_id)
    return Text(element.name("en"), element.name("cy")) if element else Text("", "")


def _processes_of(file: CaseFile) -> set[str]:
    found = {file.case.process}
    queue = [file.case.process]
    while queue:
        definition = file.definitions.processes[queue.pop()]
        starts = {e.starts for e in definition.elements.values() if e.starts}
        for name in (set(definition.called) | starts) - found:
            found.add(name)
            queue.append(name)
    return found | {
        row.process
        for row in file.session.scalars(
            select(ProcessInstance).where(ProcessInstance.case_id == file.case.id)
        )
    }
