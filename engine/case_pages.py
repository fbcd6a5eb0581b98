"""Say what people see of cases: the list, the page, the history, the diagram and its outline."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, func, select, true, type_coerce

from engine import (
    access,
    accounts,
    audit,
    case_list,
    cases,
    clock_dates,
    db,
    documents,
    incidents,
    notices,
    outlines,
    overruns,
    people,
    steps,
    store,
    task_pages,
)
from engine.case_list import CaseSummary
from engine.cases import Startable
from engine.clock_dates import ClockDate
from engine.errors import NotFound
from engine.incidents import IncidentView
from engine.legal_basis import LegalBasis
from engine.models import (
    Account,
    Appointment,
    AuditEvent,
    Board,
    Case,
    CaseLink,
    Item,
    Notice,
    OutboxMessage,
    ProcessInstance,
    UserTask,
)
from engine.overruns import OverrunReason
from engine.people import Actor, Held, Person
from engine.store import CaseFile
from engine.task_pages import ClockSummary, TaskSummary
from engine.texts import Text
from engine.workflow import Element, ProcessDefinition, Workflow


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
class LetterView:
    """A notice to somebody with neither account nor e-mail, that is still to be sent by post."""

    id: uuid.UUID
    subject: Text
    to: Text
    item_label: Text | None
    at: datetime


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
    #: for whoever co-ordinates: why it was ended by hand
    ended_why: str
    clocks: tuple[ClockSummary, ...]
    tasks: tuple[TaskSummary, ...]
    closed_tasks: tuple[TaskSummary, ...]
    documents: tuple[DocumentSummary, ...]
    items: tuple[ItemView, ...]
    people: tuple[AppointmentView, ...]
    #: for whoever co-ordinates: letters that wait for the post
    to_post: tuple[LetterView, ...]
    #: how many messages this person may see, and how many of them could not be delivered
    messages: int
    undelivered: int
    incidents: tuple[IncidentView, ...]
    instances: tuple[InstanceView, ...]
    links: tuple[LinkView, ...]
    side_processes: tuple[Startable, ...]
    may_coordinate: bool
    #: what the pause of the case hangs on, while it is paused
    paused: Text | None = None
    #: why clocks were missed or take longer, by timescale, as far as this person may read it
    reasons: Mapping[str, tuple[OverrunReason, ...]] = field(default_factory=dict)
    #: where the dates of clocks are recorded, by timescale and item, as far as they may read it
    dates: Mapping[tuple[str, str], tuple[ClockDate, ...]] = field(default_factory=dict)
    #: what the edition of the case rests on in law, then its variation, where they say it
    bases: tuple[LegalBasis, ...] = ()


@dataclass(frozen=True)
class CaseHead:
    """What stands at the head of every page of a case."""

    summary: CaseSummary
    may_coordinate: bool
    #: what the pause of the case hangs on, while it is paused
    paused: Text | None
    #: what the edition of the case rests on in law, then its variation, where they say it
    bases: tuple[LegalBasis, ...]


@dataclass(frozen=True)
class FirstTask:
    """A task that a process may begin with, and the roles that may do it."""

    name: Text
    roles: tuple[Text, ...]


@dataclass(frozen=True)
class SideToStart:
    """A side process that a person is about to start on a case, and what comes first in it."""

    case_id: uuid.UUID
    case_identifier: str
    process: str
    name: Text
    documentation: Text
    item_key: str
    item_label: Text | None
    first_tasks: tuple[FirstTask, ...]
    may_open_case: bool


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
    #: the instances of a called part, one for each item where it is called for several
    parts: tuple[InstanceView, ...] = ()
    #: of a task for each of several items: how many are done, and how many there are
    done: int = 0
    wanted: int = 0


@dataclass(frozen=True)
class DiagramView:
    """A diagram with where things stand in it, and the outline that says the same."""

    name: Text
    xml: str
    states: dict[str, str]
    outline: tuple[OutlineRow, ...]


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


def may_open_case(case_id: uuid.UUID, actor: Actor) -> bool:
    """Say whether a person may open the page of a case, so that a link leads there."""
    with db.reading() as session:
        return case_id in access.openable_among(session, actor, [case_id])


def side_to_start(case_id: uuid.UUID, process: str, item_key: str, actor: Actor) -> SideToStart:
    """Return what starting a side process on a case leads to; nothing is started.

    Raises:  NotFound; ProcessNotStartable; CaseClosed.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, item_key)
        access.require_part_in_case(file, actor, roles)
        definition = cases.require_startable_side(file, process, item_key, roles)
        return SideToStart(
            case_id=case_id,
            case_identifier=file.case.identifier,
            process=definition.id,
            name=task_pages.process_name(file.definitions, definition.id),
            documentation=Text(definition.documentation("en"), definition.documentation("cy")),
            item_key=item_key,
            item_label=task_pages.item_label(file, item_key),
            first_tasks=tuple(
                FirstTask(
                    Text(element.name("en"), element.name("cy")),
                    tuple(
                        file.definitions.roles.get(role).text
                        for role in steps.counting(file, definition, element.roles)
                    ),
                )
                for element in _first_tasks(definition)
            ),
            may_open_case=access.may(file, actor, roles, "read", access.TheCase()),
        )


def _first_tasks(definition: ProcessDefinition) -> list[Element]:
    """Return the tasks that a process begins with, or one of them where a choice comes first."""
    todo = [e.id for e in definition.elements.values() if e.kind == "startEvent" and not e.depth]
    seen, found = set(todo), []
    while todo:
        for flow in definition.outgoing.get(todo.pop(0), ()):
            if flow.target in seen:
                continue
            seen.add(flow.target)
            element = definition.elements[flow.target]
            if element.kind == "userTask":
                found.append(element)
            else:
                todo.append(element.id)
    return found


def case_page(case_id: uuid.UUID, actor: Actor) -> CasePage:
    """Return the page of a case.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, roles)
        tasks = _tasks(file, actor)
        return CasePage(
            summary=case_list.summarise(session, actor, [case_id])[0],
            outcome=_end_name(file, file.case.process, file.case.outcome),
            ended_why=_ended_why(file) if access.coordinates(file, roles) else "",
            clocks=tuple(task_pages.clock_summaries(file)),
            tasks=tuple(task for task in tasks if task.state == "open"),
            closed_tasks=tuple(task for task in tasks if task.state != "open"),
            documents=tuple(_documents(file, actor, roles)),
            items=tuple(_item(file, item) for item in file.items),
            people=tuple(_appointments(file)),
            to_post=tuple(_to_post(file)) if access.coordinates(file, roles) else (),
            messages=_count_messages(file, roles),
            undelivered=_count_messages(file, roles, state="failed"),
            incidents=incidents.of_case(file),
            instances=tuple(_instances(file)),
            links=tuple(_links(file, actor)),
            side_processes=tuple(_side_processes(file, roles)),
            may_coordinate=access.coordinates(file, roles),
            paused=steps.why_paused(file),
            reasons=overruns.reasons_of(file, actor, roles),
            dates=clock_dates.of_case(file, actor, roles),
            bases=file.definitions.bases,
        )


def case_head(case_id: uuid.UUID, actor: Actor) -> CaseHead:
    """Return what stands at the head of every page of a case.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, held)
        return head_of(file, actor, held)


def head_of(file: CaseFile, actor: Actor, held: Held) -> CaseHead:
    """Return what stands at the head of every page of a case, for whoever may open them."""
    (summary,) = case_list.summarise(file.session, actor, [file.case.id])
    return CaseHead(
        summary,
        access.coordinates(file, held),
        steps.why_paused(file),
        file.definitions.bases,
    )


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
        definition = file.definition_of(instance)
        flow = Workflow.load(definition, instance.workflow_state, steps.CaseWorld(file))
        states = dict(flow.token_states())
        called: dict[str, list[InstanceView]] = {}
        for row in _instance_rows(file, ProcessInstance.parent_id == instance_id):
            called.setdefault(row.parent_bpmn_id, []).append(_instance(file, row))
        counts = _task_counts(file, instance_id)
        return DiagramView(
            name=task_pages.process_name(file.definitions, instance.process),
            xml=file.source_of(definition).decode(),
            states=states,
            outline=tuple(
                replace(
                    row,
                    parts=tuple(called.get(row.bpmn_id, ())),
                    done=counts.get(row.bpmn_id, (0, 0))[0],
                    wanted=counts.get(row.bpmn_id, (0, 0))[1],
                )
                for row in outline(file, definition, states)
            ),
        )


def count_pages(total: int, size: int, number: int) -> int:
    """Return how many pages there are of something; there is always a first one.

    Raises:  NotFound, where the page that is asked for is not among them.
    """
    pages = max(-(-total // size), 1)
    if not 1 <= number <= pages:
        raise NotFound
    return pages


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
            if role.scope == "board" or not role.counts_on(file.case.process):
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
    for entry in outlines.entries(definition):
        element = entry.element
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


def _tasks(file: CaseFile, actor: Actor) -> list[TaskSummary]:
    """Return all tasks of the case. What their summaries look up one by one is read beforehand."""
    session = file.session
    rows = session.scalars(
        select(UserTask).where(UserTask.case_id == file.case.id).order_by(UserTask.number)
    ).all()
    people_ids = {
        one for row in rows for one in (row.closed_by, str(row.claimed_by or "")) if one
    } - {audit.SYSTEM}
    accounts_at_hand = session.scalars(
        select(Account).where(Account.id.in_({uuid.UUID(one) for one in people_ids}))
    ).all()
    instances_at_hand = _instance_rows(file, true())
    found = task_pages.summarise(session, rows, actor)
    # A session forgets rows that nobody holds any more.
    del accounts_at_hand, instances_at_hand
    return found


def _documents(file: CaseFile, actor: Actor, roles: Held) -> Iterator[DocumentSummary]:
    rows = documents.documents(file.session, file.case.id)
    wanted = [(row, row.version) for row in rows]
    readable = access.readable_contents(file, actor, roles, wanted)
    versions = documents.written(file.session, list(readable))
    names = accounts.names_of(file.session, (one.author for one in versions.values()))
    for row in rows:
        newest = versions.get((row.id, row.version))
        if newest is not None:
            form = file.definitions.forms[row.form]
            yield DocumentSummary(
                id=row.id,
                name=Text(form.title("en"), form.title("cy")),
                catalogue=form.catalogue,
                item_label=task_pages.item_label(file, row.item_key),
                version=row.version,
                changed_at=newest.at,
                changed_by_name=names[newest.author],
            )


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
    names = accounts.names_of(file.session, (str(row.account_id) for row in rows))
    return [
        AppointmentView(
            id=row.id,
            role=file.definitions.roles.get(row.role).text,
            role_key=row.role,
            name=names[str(row.account_id)],
            agency=row.agency,
            item_label=task_pages.item_label(file, row.item_key or ""),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            link_goes_to=addresses.get(row.account_id, ""),
            substitutes=people.acting_on(row, acting) if row.ends_on is None else (),
        )
        for row in rows
    ]


def _to_post(file: CaseFile) -> Iterator[LetterView]:
    """Yield the letters that nobody has sent yet; in the row of any other notice none is named."""
    rows = file.session.scalars(
        select(Notice)
        .where(Notice.case_id == file.case.id, Notice.posted_on.is_(None))
        .where(type_coerce(Notice.data, String).contains('"letter":true'))
        .order_by(Notice.at.desc(), Notice.number.desc())
    )
    for row in rows:
        yield LetterView(
            id=row.id,
            subject=notices.subject(file.session, row),
            to=file.definitions.roles.get(row.to_role).text,
            item_label=task_pages.item_label(file, row.item_key),
            at=row.at,
        )


def _count_messages(file: CaseFile, held: Held, state: str = "") -> int:
    query = select(func.count(Notice.id.distinct())).where(
        Notice.case_id == file.case.id, access.readable_notices(file, held)
    )
    if state:
        query = query.join(OutboxMessage, OutboxMessage.notice_id == Notice.id)
        query = query.where(OutboxMessage.state == state)
    return file.session.scalar(query) or 0


def _task_counts(file: CaseFile, instance_id: uuid.UUID) -> dict[str, tuple[int, int]]:
    """Return for how many items each step is done, and for how many it is there, by BPMN id."""
    rows = file.session.execute(
        select(UserTask.bpmn_id, UserTask.item_key, UserTask.state)
        .where(UserTask.instance_id == instance_id, UserTask.item_key != "")
        .where(UserTask.state != "withdrawn")
        .distinct()
    )
    open_for: dict[str, set[str]] = {}
    there_for: dict[str, set[str]] = {}
    for bpmn_id, item_key, state in rows:
        there_for.setdefault(bpmn_id, set()).add(item_key)
        if state == "open":
            open_for.setdefault(bpmn_id, set()).add(item_key)
    return {
        key: (len(items - open_for.get(key, set())), len(items)) for key, items in there_for.items()
    }


def _instance_rows(file: CaseFile, wanted: ColumnElement[bool]) -> Sequence[ProcessInstance]:
    return file.session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == file.case.id, wanted)
        .order_by(ProcessInstance.number)
    ).all()


def _instances(file: CaseFile) -> list[InstanceView]:
    return [_instance(file, row) for row in _instance_rows(file, true())]


def _instance(file: CaseFile, row: ProcessInstance) -> InstanceView:
    return InstanceView(
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


def _side_processes(file: CaseFile, roles: Held) -> list[Startable]:
    board = file.session.get_one(Board, file.case.board_id)
    return [
        cases.startable_on(definition, board)
        for definition in file.definitions.processes.values()
        if cases.may_start_side(file, definition, roles) and cases.outlives_close(file, definition)
    ]


def _ended_why(file: CaseFile) -> str:
    """Return why a case was withdrawn or closed by hand; nothing of one that came to its end."""
    if file.case.state != "closed" or file.case.outcome:
        return ""
    events = select(AuditEvent.data).where(
        AuditEvent.case_id == file.case.id,
        AuditEvent.kind.in_(("case_withdrawn", "case_closed")),
    )
    data = file.session.scalars(events.order_by(AuditEvent.seq.desc()).limit(1)).first()
    return str((data or {}).get("reason", ""))


def _end_name(file: CaseFile, process: str, bpmn_id: str) -> Text:
    element = file.definitions.processes[process].elements.get(bpmn_id)
    return Text(element.name("en"), element.name("cy")) if element else Text("", "")


def _processes_of(file: CaseFile) -> set[str]:
    ran = select(ProcessInstance.process).where(ProcessInstance.case_id == file.case.id)
    behind = case_list.processes_behind(file.definitions, file.case.process)
    return set(behind) | set(file.session.scalars(ran))
