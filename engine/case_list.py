"""Find cases among those that a person may open: filter, sort, go through page by page, take away.

Nothing of a case's content is searched, for it stands encrypted: only where a case stands, since
when, until when, and whose turn it is. See D35.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from engine import access, audit, clocks, db, deployments, likeness, people, task_pages, time_source
from engine.deployments import Definitions
from engine.likeness import Alike
from engine.models import AuditEvent, Board, Case, Clock, UserTask
from engine.people import Actor, Person
from engine.texts import Text

PAGE = 50
#: As many ids as one query names at a time.
AT_ONCE = 500

#: What a list can be put in order by.
SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "identifier": Case.identifier,
    "process": Case.process,
    "opened": Case.opened_at,
    "state": Case.state,
    "due": Case.next_due_on,
}
STATES = ("open", "suspended", "closed", "withdrawn")


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
    #: how many clocks are overdue now or were late when they came to their end
    was_late: int
    #: open cases that may be about the same child, of those that this person may open
    alike: tuple[Alike, ...] = ()
    #: when it was taken in, under way; nothing, where it began here
    adopted_at: datetime | None = None
    #: whether it was closed because somebody withdrew it
    withdrawn: bool = False


@dataclass(frozen=True)
class CaseQuery:
    """What is asked of the list; what is left empty asks for nothing."""

    #: part of an identifier, or of the name of a Board, a process or an open step
    text: str = ""
    board_id: uuid.UUID | None = None
    #: key of a root process
    process: str = ""
    state: str = ""
    #: BPMN id of a user task that is open
    step: str = ""
    overdue: bool = False
    #: a clock is overdue, or was late when it was met or ended
    was_late: bool = False
    #: whoever may do an open task of the case
    assigned: uuid.UUID | None = None
    #: days in Wales, both counted
    opened_from: date | None = None
    opened_to: date | None = None
    sort: str = "opened"
    descending: bool = True


@dataclass(frozen=True)
class CaseChoices:
    """What a person may choose from to filter by; people only where they co-ordinate."""

    boards: tuple[tuple[uuid.UUID, Text], ...]
    processes: tuple[tuple[str, Text], ...]
    #: of the process that was chosen
    steps: tuple[tuple[str, Text], ...]
    people: tuple[Person, ...]


@dataclass(frozen=True)
class CaseList:
    """One page of a list, and how much there is in all."""

    cases: tuple[CaseSummary, ...]
    total: int
    page: int
    pages: int
    choices: CaseChoices


def find_cases(actor: Actor, query: CaseQuery, page: int = 1) -> CaseList:
    """Return a page of the cases that a person may open and that answer a query.

    Takes:   page, from 1; one past the last gives the last.
    """
    page = max(1, page)
    with db.reading() as session:
        definitions = _newest(session, actor)
        wanted = _wanted(session, actor, query, definitions)
        ids, total = _page_of(session, wanted, query, page)
        pages = max(1, -(-total // PAGE))
        if page > pages:
            page = pages
            ids, total = _page_of(session, wanted, query, page)
        return CaseList(
            cases=tuple(summarise(session, actor, ids)),
            total=total,
            page=page,
            pages=pages,
            choices=_choices(session, actor, query, definitions),
        )


def list_cases(actor: Actor, query: CaseQuery | None = None) -> list[CaseSummary]:
    """Return all the cases that a person may open and that answer a query.

    Without a query: every one, the most recently opened first.
    """
    with db.reading() as session:
        return _all(session, actor, query or CaseQuery())


def export_cases(actor: Actor, query: CaseQuery, kind: str) -> list[CaseSummary]:
    """Return the cases of a list to be taken away; each Board's record says so.

    Takes:   kind, of the file: csv or xlsx.
    """
    with db.transaction() as session:
        found = _all(session, actor, query)
        boards = select(Case.board_id, func.count()).group_by(Case.board_id).order_by(Case.board_id)
        wanted = _wanted(session, actor, query, _newest(session, actor))
        ids = wanted.with_only_columns(Case.id).subquery()
        for board_id, count in session.execute(boards.where(Case.id.in_(select(ids)))).all():
            audit.append(
                session,
                "case_list_exported",
                str(actor.account_id),
                board_id=board_id,
                subject=kind,
                data={"cases": count},
            )
        return found


def summarise(session: Session, actor: Actor, case_ids: Collection[uuid.UUID]) -> list[CaseSummary]:
    """Return cases as people read them in lists, in the order given, in a handful of queries."""
    rows = session.execute(
        select(Case, Board)
        .join(Board, Board.id == Case.board_id)
        .where(Case.id.in_(case_ids))
        .options(defer(Case.facts))
    )
    found = {case.id: (case, board) for case, board in rows}
    tasks = _counts(session, UserTask.case_id, case_ids, UserTask.state == "open")
    today = time_source.today(session)
    overdue = _counts(session, Clock.case_id, case_ids, _is_overdue(today))
    late = _counts(session, Clock.case_id, case_ids, _was_late(today))
    ended = session.scalars(select(Case.id).where(Case.id.in_(case_ids), _was_withdrawn()))
    withdrawn = frozenset(ended)
    alike = likeness.alike(session, access.visible_cases(session, actor), case_ids)
    return [
        CaseSummary(
            id=case.id,
            identifier=case.identifier,
            process=task_pages.process_name(
                deployments.load(session, case.deployment_id), case.process
            ),
            board=Text(board.name_en, board.name_cy),
            state=case.state,
            opened_at=case.opened_at,
            closed_at=case.closed_at,
            next_due_on=case.next_due_on,
            open_tasks=tasks.get(case.id, 0),
            overdue=overdue.get(case.id, 0),
            was_late=late.get(case.id, 0),
            alike=alike.get(case.id, ()),
            adopted_at=case.adopted_at,
            withdrawn=case.id in withdrawn,
        )
        for case, board in (found[case_id] for case_id in case_ids)
    ]


def find_alike(case_id: uuid.UUID, actor: Actor) -> tuple[Alike, ...]:
    """Return the open cases that may be about the same child as one, of those a person may open."""
    with db.reading() as session:
        visible = access.visible_cases(session, actor)
        return likeness.alike(session, visible, [case_id]).get(case_id, ())


def processes_behind(definitions: Definitions, root: str) -> list[str]:
    """Return a root process and all that it calls or starts, however deep, in that order."""
    found = [root] if root in definitions.processes else []
    for name in found:
        definition = definitions.processes[name]
        starts = [each.starts for each in definition.elements.values() if each.starts]
        found += [
            more for more in dict.fromkeys([*definition.called, *starts]) if more not in found
        ]
    return found


def _page_of(
    session: Session, wanted: Select[Case], query: CaseQuery, page: int
) -> tuple[list[uuid.UUID], int]:
    """Return the ids of a page and how many cases there are in all, found in one go."""
    both = wanted.with_only_columns(Case.id, func.count().over())
    rows = session.execute(_in_order(both, query).limit(PAGE).offset((page - 1) * PAGE)).all()
    if rows or page == 1:
        return [row[0] for row in rows], rows[0][1] if rows else 0
    return [], session.scalar(wanted.with_only_columns(func.count())) or 0


def _all(session: Session, actor: Actor, query: CaseQuery) -> list[CaseSummary]:
    wanted = _wanted(session, actor, query, _newest(session, actor))
    ids = session.scalars(_in_order(wanted.with_only_columns(Case.id), query)).all()
    return [
        case
        for first in range(0, len(ids), AT_ONCE)
        for case in summarise(session, actor, ids[first : first + AT_ONCE])
    ]


def _newest(session: Session, actor: Actor) -> list[tuple[Board, Definitions]]:
    """Return the Boards on which a person holds a role, each with what is deployed there now."""
    return [
        (board, deployments.load(session, deployments.newest(session, board.id).id))
        for board in access.boards_seen(session, actor)
    ]


def _wanted(
    session: Session,
    actor: Actor,
    query: CaseQuery,
    definitions: Collection[tuple[Board, Definitions]],
) -> Select[Case]:
    conditions = list(_conditions(session, actor, query))
    if query.text.strip():
        conditions.append(_says(query.text.strip(), definitions))
    return access.visible_cases(session, actor).where(*conditions)


def _conditions(session: Session, actor: Actor, query: CaseQuery) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (Case.board_id, query.board_id),
        (Case.process, query.process),
        (Case.state, "" if query.state == "withdrawn" else query.state),
    ):
        if value:
            yield column == value
    if query.state == "withdrawn":
        yield _was_withdrawn()
    if query.step:
        yield _has_open(UserTask.bpmn_id == query.step)
    if query.overdue:
        yield Case.next_due_on < time_source.today(session)
    if query.was_late:
        late = _was_late(time_source.today(session))
        yield Case.id.in_(select(Clock.case_id).where(late))
    if query.assigned is not None:
        yield _has_open(_is_assigned(session, actor, query.assigned))
    if query.opened_from is not None:
        yield Case.opened_at >= time_source.start_of_day(query.opened_from)
    if query.opened_to is not None:
        yield Case.opened_at < time_source.end_of_day(query.opened_to)


def _was_withdrawn() -> ColumnElement[bool]:
    """Return the condition that a case is closed because it was withdrawn.

    A case that ends by hand has no outcome; which of the two ways it was stands on its record.
    """
    ended = (
        select(AuditEvent.kind)
        .where(AuditEvent.case_id == Case.id)
        .where(AuditEvent.kind.in_(("case_withdrawn", "case_closed")))
        .order_by(AuditEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return and_(Case.state == "closed", Case.outcome == "", ended == "case_withdrawn")


def _is_overdue(today: date) -> ColumnElement[bool]:
    return and_(Clock.state.in_(clocks.RUNS), Clock.due_on < today)


def _was_late(today: date) -> ColumnElement[bool]:
    return or_(Clock.late, _is_overdue(today))


def _is_assigned(session: Session, actor: Actor, account_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition that a task is somebody's; of others only a co-ordinator may ask."""
    mine = access.may_do(session, Actor(account_id, ""))
    if account_id == actor.account_id:
        return mine
    here = access.coordinated_cases(session, actor).with_only_columns(Case.id)
    return and_(mine, UserTask.case_id.in_(here))


def _says(text: str, definitions: Collection[tuple[Board, Definitions]]) -> ColumnElement[bool]:
    """Return the condition that a case is called so, or stands in what is."""
    sought = text.casefold()
    boards = [row.id for row, _ in definitions if _among(sought, row.name_en, row.name_cy)]
    processes, steps = set(), set()
    for _, found in definitions:
        for definition in found.processes.values():
            if _among(sought, definition.name("en"), definition.name("cy")):
                processes.add(definition.id)
            steps |= {
                element.id
                for element in definition.elements.values()
                if element.kind == "userTask"
                and _among(sought, element.name("en"), element.name("cy"))
            }
    return or_(
        func.lower(Case.identifier).contains(text.lower(), autoescape=True),
        Case.board_id.in_(boards) if boards else false(),
        Case.process.in_(sorted(processes)) if processes else false(),
        _has_open(UserTask.bpmn_id.in_(sorted(steps))) if steps else false(),
    )


def _among(sought: str, *names: str) -> bool:
    return any(sought in name.casefold() for name in names)


def _has_open(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Case.id.in_(select(UserTask.case_id).where(UserTask.state == "open", condition))


def _in_order(ids: Any, query: CaseQuery) -> Any:
    column = SORTS[query.sort]
    by = column.desc() if query.descending else column.asc()
    # What has no due day stands last either way, which the two databases do not agree on.
    return ids.order_by(column.is_(None), by, Case.id)


def _counts(
    session: Session,
    case_id: InstrumentedAttribute[uuid.UUID],
    case_ids: Collection[uuid.UUID],
    condition: ColumnElement[bool],
) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(case_id, func.count()).where(case_id.in_(case_ids), condition).group_by(case_id)
    )
    return {row[0]: row[1] for row in rows}


def _choices(
    session: Session,
    actor: Actor,
    query: CaseQuery,
    definitions: Collection[tuple[Board, Definitions]],
) -> CaseChoices:
    processes: dict[str, Text] = {}
    steps: dict[str, Text] = {}
    for _, found in definitions:
        for definition in found.processes.values():
            if "root" in definition.kind.split():
                processes[definition.id] = task_pages.process_name(found, definition.id)
        for name in processes_behind(found, query.process):
            for element in found.processes[name].elements.values():
                if element.kind == "userTask":
                    steps[element.id] = Text(element.name("en"), element.name("cy"))
    known: dict[uuid.UUID, Person] = {}
    for board in access.boards_coordinated(session, actor):
        known |= {person.account_id: person for person in people.people_of(session, board.id)}
    return CaseChoices(
        boards=tuple((row.id, Text(row.name_en, row.name_cy)) for row, _ in definitions),
        processes=tuple(processes.items()),
        steps=tuple(steps.items()),
        people=tuple(sorted(known.values(), key=lambda one: (one.name, str(one.account_id)))),
    )
