"""Open a case, start its side instances, and appoint the people who work on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, accounts, audit, db, deployments, invitations, people, steps, store
from engine.errors import AccessDenied, EngineError, NotFound
from engine.models import Appointment, Board, Case
from engine.people import Actor, Held
from engine.texts import Text
from engine.workflow import ProcessDefinition


class CaseClosed(EngineError):
    """This case is closed, and this cannot be started on it. Open it to read what it holds."""

    status = 409


class ProcessNotStartable(EngineError):
    """This process cannot be started here. Choose one that is offered to you."""

    status = 404


class EmailWrong(EngineError):
    """Nobody can be invited at this e-mail address. Check it, or ask an administrator."""

    status = 422


@dataclass(frozen=True)
class Startable:
    """A process that a person may start."""

    process: str
    name: Text
    documentation: Text
    board_id: uuid.UUID
    board: Text
    requirement: str
    item: str


def startable(actor: Actor) -> list[Startable]:
    """Return the processes this person may open a case of, on each Board they serve."""
    with db.reading() as session:
        found = [startable_on(definition, board) for definition, board in _open_to(session, actor)]
    return sorted(found, key=lambda entry: (entry.board.en, entry.name.en))


def may_start(actor: Actor) -> bool:
    """Say whether there is a process that this person may open a case of."""
    with db.reading() as session:
        return any(_open_to(session, actor))


def _open_to(session: Session, actor: Actor) -> Iterator[tuple[ProcessDefinition, Board]]:
    for board, roles in people.boards_of(session, actor):
        definitions = deployments.load(session, deployments.newest(session, board.id).id)
        for definition in definitions.processes.values():
            if "root" in definition.kind.split() and _may_open(definitions, definition, roles):
                yield definition, board


def open_case(
    process: str, board_id: uuid.UUID, actor: Actor, submit_key: str | None = None
) -> uuid.UUID:
    """Open a case of a process and run it to its first wait: one, however often the same key comes.

    The one who starts holds, on the case, those of the process's start roles that a case knows
    and that they hold on the Board; a worker is its referrer too.
    Raises:  NotFound; ProcessNotStartable; AccessDenied.
    """
    with db.transaction() as session:
        board = session.scalar(audit.held(select(Board).where(Board.id == board_id)))
        if board is None:
            raise NotFound
        earlier = session.scalar(select(Case.id).where(Case.submit_key == submit_key))
        if submit_key is not None and earlier is not None:
            return earlier
        definitions = deployments.load(session, deployments.newest(session, board_id).id)
        definition = definitions.processes.get(process)
        if definition is None or "root" not in definition.kind.split():
            raise ProcessNotStartable
        held = people.board_roles(session, actor, board_id)
        if not _may_open(definitions, definition, held):
            raise AccessDenied
        file = steps.new_case(
            session,
            board,
            definition,
            str(actor.account_id),
            opened_by=actor.account_id,
            submit_key=submit_key,
        )
        _appoint_opener(file, definition, held, actor)
        running = steps.Running(file)
        steps.open_root(running)
        steps.settle(running)
        store.save_case(file, "case_opened", subject=process)
        return file.case.id


def _may_open(
    definitions: deployments.Definitions, definition: ProcessDefinition, held: frozenset[str]
) -> bool:
    """Say whether roles held on a Board open a case; one that does not count on it does not."""
    return bool(held & set(definitions.roles.counting_on(definition.id, definition.start_roles)))


def start_side(case_id: uuid.UUID, process: str, item_key: str, actor: Actor) -> None:
    """Start a side instance on a case; on a closed one, of a process that outlives the close.

    Raises:  NotFound; ProcessNotStartable; CaseClosed.
    """
    with db.transaction() as session:
        file = store.lock_case(session, case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, item_key)
        access.require_part_in_case(file, actor, roles)
        require_startable_side(file, process, item_key, roles)
        running = steps.Running(file)
        steps.start_side(running, process, item_key)
        changed = steps.settle(running)
        data = {"process": process, "item": item_key, "clocks": changed}
        store.save_case(file, "side_instance_started", subject=process, data=data)


def require_startable_side(
    file: store.CaseFile, process: str, item_key: str, roles: Held
) -> ProcessDefinition:
    """Return the side process that somebody with these roles may start now, for this item.

    Raises:  ProcessNotStartable; CaseClosed.
    """
    definition = file.definitions.processes.get(process)
    if definition is None or not may_start_side(file, definition, roles):
        raise ProcessNotStartable
    if not outlives_close(file, definition):
        raise CaseClosed
    fitting = {item.key for item in file.items if item.kind == definition.item}
    if item_key not in (fitting if definition.item else {""}):
        raise ProcessNotStartable
    return definition


def may_start_side(file: store.CaseFile, definition: ProcessDefinition, roles: Held) -> bool:
    """Say whether somebody with these roles may start a side instance of a process on a case."""
    process = file.case.process
    return (
        "side" in definition.kind.split()
        and definition.goes_with(process)
        and bool(roles & set(steps.counting(file, definition, definition.start_roles)))
    )


def outlives_close(file: store.CaseFile, definition: ProcessDefinition) -> bool:
    """Say whether a side process can be started on the case as it is now, open or closed.

    Source:  CON-29, PUB-13: after the case is closed the report is still to be had on request.
    """
    return definition.after_close or file.case.state != "closed"


def appoint(
    case_id: uuid.UUID, role: str, account_id: uuid.UUID, item_key: str, actor: Actor
) -> None:
    """Appoint a person of the Board to a role on a case, or on an item of it.

    Raises:  NotFound; AccessDenied; RoleNotFitting; RoleOfAnItem; AlreadyAppointed.
    """
    with db.transaction() as session:
        file = _to_coordinate(session, case_id, actor, item_key)
        _require_offered(file, role, item_key)
        people.appoint_to_case(session, file.case, role, account_id, item_key, file.actor)


def invite(
    case_id: uuid.UUID, role: str, name: str, email: str, item_key: str, actor: Actor
) -> None:
    """Appoint somebody who may have no account yet; without a password they are sent a link.

    Raises:  NotFound; AccessDenied; EmailWrong; RoleNotFitting; RoleOfAnItem; AlreadyAppointed.
    """
    with db.transaction() as session:
        file = _to_coordinate(session, case_id, actor, item_key)
        _require_offered(file, role, item_key)
        if not accounts.is_email(email):
            raise EmailWrong
        account = accounts.find_account(session, email)
        if account is None:
            account = accounts.create_account(session, email, name, actor=file.actor)
        if account.state != "active":
            raise EmailWrong
        people.appoint_to_case(session, file.case, role, account.id, item_key, file.actor)
        if account.password_hash is None:
            invitations.invite(
                session, account, file.case.board_id, file.actor, case_id=file.case.id
            )


def send_link(case_id: uuid.UUID, appointment_id: uuid.UUID, actor: Actor) -> None:
    """Send a link to sign in to somebody on a case who has no password.

    Raises:  NotFound; AccessDenied.
    """
    with db.transaction() as session:
        file = _to_coordinate(session, case_id, actor, "")
        found = session.get(Appointment, appointment_id)
        if found is None or found.case_id != case_id or not people.is_live(session, found):
            raise NotFound
        account = accounts.get_account(session, found.account_id)
        if account.password_hash is not None or account.state != "active":
            raise NotFound
        invitations.invite(session, account, file.case.board_id, file.actor, case_id=case_id)


def _to_coordinate(
    session: Session, case_id: uuid.UUID, actor: Actor, item_key: str
) -> store.CaseFile:
    file = store.lock_case(session, case_id, str(actor.account_id))
    roles = access.roles_on(session, actor, file.case, item_key)
    access.require_case(file, actor, roles)
    if not access.coordinates(file, roles):
        raise AccessDenied
    return file


def end_appointment(appointment_id: uuid.UUID, reason: str, actor: Actor) -> None:
    """End an appointment on a case, from today, with a reason; it stays on record.

    Raises:  NotFound; AccessDenied.
    """
    with db.transaction() as session:
        found = session.get(Appointment, appointment_id)
        if found is None or found.case_id is None:
            raise NotFound
        file = store.lock_case(session, found.case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, roles)
        if not access.coordinates(file, roles):
            raise AccessDenied
        people.end_appointment(session, found, reason, file.actor)


def _require_offered(file: store.CaseFile, role: str, item_key: str) -> None:
    """Refuse a role that no co-ordinator gives on a case, or not for this item.

    Raises:  RoleOfAnItem; RoleNotFitting.
    """
    found = file.definitions.roles.get(role)
    if found.scope == "item" and not item_key:
        raise people.RoleOfAnItem(role=found.text)
    if found.scope == "item":
        fits = any(item.key == item_key and item.kind == found.item for item in file.items)
    else:
        fits = found.scope == "case" and not item_key
    if not fits:
        raise people.RoleNotFitting(role=found.text)


def _appoint_opener(
    file: store.CaseFile, definition: ProcessDefinition, held: frozenset[str], actor: Actor
) -> None:
    roles = file.definitions.roles
    own = [
        role for role in definition.start_roles if role in held and roles.get(role).scope != "board"
    ]
    # A line manager is one of an item (a participant), so who opens as one becomes the worker too.
    if {"worker", "line_manager"} & set(own):
        own = ["worker", "referrer", *own]
    for role in (role for role in dict.fromkeys(own) if roles.get(role).scope == "case"):
        people.appoint_to_case(file.session, file.case, role, actor.account_id, "", file.actor)


def startable_on(definition: ProcessDefinition, board: Board) -> Startable:
    """Return a process as something that may be started on a Board."""
    return Startable(
        process=definition.id,
        name=Text(definition.name("en"), definition.name("cy")),
        documentation=Text(definition.documentation("en"), definition.documentation("cy")),
        board_id=board.id,
        board=Text(board.name_en, board.name_cy),
        requirement=" ".join(definition.requirement),
        item=definition.item,
    )
