"""Say what the engine could not do, and try it again when a person has put the cause right."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import access, clocks, db, outbox, store, task_pages, time_source
from engine.errors import AccessDenied, NotFound
from engine.models import Board, Case, Incident, OutboxMessage, ProcessInstance, Timer
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text

#: What a token begins with, and what stands for a message, which has no timer.
EVENT, CLOCK, NOTICE = "event", "clock", "notice"


@dataclass(frozen=True)
class IncidentView:
    """Something that could not be done, and how the deadline behind it stands meanwhile (PR-06).

    `kind` says what waits: event, a timer of the diagram; clock, a reminder or a breach; report,
    news of a linked case; notice, a message. `about` names the step or the timescale.
    """

    id: uuid.UUID
    case_id: uuid.UUID
    identifier: str
    board: Text
    process: Text
    kind: str
    about: Text
    timescale: str
    #: class of the error, for whoever looks into it
    what: str
    opened_at: datetime
    #: the last day in time of the clock behind it, where there is one; it holds all the same
    due_on: date | None


def list_incidents(actor: Actor) -> list[IncidentView]:
    """Return what waits for somebody on the cases that a person co-ordinates, the oldest first.

    Raises:  NotFound, for whoever co-ordinates nothing.
    """
    with db.reading() as session:
        if not access.boards_coordinated(session, actor):
            raise NotFound
        here = access.coordinated_cases(session, actor).with_only_columns(Case.id)
        return open_incidents(session, here, actor)


def open_incidents(
    session: Session, case_ids: Select[uuid.UUID], actor: Actor
) -> list[IncidentView]:
    """Return what waits on some cases, the oldest first, in a handful of queries."""
    rows = session.execute(
        select(Incident, Case.identifier, Board.name_en, Board.name_cy)
        .join(Case, Case.id == Incident.case_id)
        .join(Board, Board.id == Case.board_id)
        .where(Incident.case_id.in_(case_ids), Incident.resolved_at.is_(None))
        .order_by(Incident.opened_at, Incident.id)
    ).all()
    files = store.read_cases(session, {row.Incident.case_id for row in rows}, str(actor.account_id))
    processes = _processes(session, [row.Incident for row in rows])
    return [
        _view(files[row.Incident.case_id], row.Incident, Text(row.name_en, row.name_cy), processes)
        for row in rows
    ]


def of_case(file: CaseFile) -> tuple[IncidentView, ...]:
    """Return what waits on one case, the oldest first."""
    board = file.session.get_one(Board, file.case.board_id)
    rows = file.session.scalars(
        select(Incident)
        .where(Incident.case_id == file.case.id, Incident.resolved_at.is_(None))
        .order_by(Incident.opened_at, Incident.id)
    ).all()
    processes = _processes(file.session, rows)
    name = Text(board.name_en, board.name_cy)
    return tuple(_view(file, row, name, processes) for row in rows)


def retry(incident_id: uuid.UUID, actor: Actor) -> None:
    """Put a parked timer, or the messages that could not be sent, back in their place.

    The worker fires the timer at once if it is still due.
    Raises:  NotFound; AccessDenied, for whoever does not coordinate the case.
    """
    with db.transaction() as session:
        found = session.get(Incident, incident_id)
        if found is None:
            raise NotFound
        file = store.lock_case(session, found.case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case)
        access.require_case(file, actor, roles)
        if not access.coordinates(file, roles):
            raise AccessDenied
        session.refresh(found)
        if found.resolved_at is not None:
            raise NotFound
        _put_back(session, found)
        found.resolved_at, found.resolved_by = time_source.now(session), actor.account_id
        store.save_case(file, "incident_retried", subject=found.what)


def _put_back(session: Session, incident: Incident) -> None:
    timer = session.get(Timer, incident.timer_id) if incident.timer_id else None
    if timer is not None:
        timer.parked, timer.attempts, timer.retry_at = False, 0, None
    notice = incident.detail.get("notice")
    if notice:
        failed = select(OutboxMessage).where(
            OutboxMessage.notice_id == uuid.UUID(notice), OutboxMessage.state == "failed"
        )
        for row in session.scalars(failed.order_by(OutboxMessage.key)):
            outbox.put_back(session, row)


def _processes(session: Session, incidents: Iterable[Incident]) -> dict[str, str]:
    """Return the process of each instance whose timer event is parked, in one query."""
    tokens = [_token(row) for row in incidents]
    ids = {uuid.UUID(parts[1]) for parts in tokens if parts[0] == EVENT}
    rows = session.execute(
        select(ProcessInstance.id, ProcessInstance.process).where(ProcessInstance.id.in_(ids))
    )
    return {str(found): process for found, process in rows}


def _view(
    file: CaseFile, incident: Incident, board: Text, processes: Mapping[str, str]
) -> IncidentView:
    definitions = file.definitions
    kind, *parts = _token(incident)
    timescale = incident.detail.get("timescale") or ""
    item = parts[2] if kind == EVENT else parts[1] if kind == CLOCK else ""
    clock = file.clocks.get((timescale, item)) or file.clocks.get((timescale, store.NO_ITEM))
    about = Text("", "")
    if kind == EVENT and parts[0] in processes:
        element = definitions.processes[processes[parts[0]]].elements[parts[1]]
        about = Text(element.name("en"), element.name("cy"))
    elif timescale in definitions.timescales:
        about = definitions.timescales[timescale].name
    return IncidentView(
        id=incident.id,
        case_id=file.case.id,
        identifier=file.case.identifier,
        board=board,
        process=task_pages.process_name(definitions, file.case.process),
        kind=kind,
        about=about,
        timescale=timescale,
        what=incident.what,
        opened_at=incident.opened_at,
        due_on=clock.due_on if clock is not None and clock.state in clocks.RUNS else None,
    )


def _token(incident: Incident) -> list[str]:
    """Return what was parked, as the token of its timer has it; a message has none."""
    return str(incident.detail.get("timer") or NOTICE).split(":")
