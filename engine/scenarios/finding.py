"""Find in a case what a scenario speaks of: open tasks, processes, documents, lists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, documents, forms, steps, store
from engine.models import Case, CaseLink, Incident, Notice, ProcessInstance, Timer, UserTask
from engine.scenarios.expecting import Unexpected


def open_rows(case_id: uuid.UUID) -> Any:
    """Return the query for the open tasks of a case, oldest first."""
    return (
        select(UserTask)
        .where(UserTask.case_id == case_id, UserTask.state == "open")
        .order_by(UserTask.number)
    )


def open_ids(case_id: uuid.UUID, session: Session) -> list[uuid.UUID]:
    """Return the open tasks, oldest first."""
    return [row.id for row in session.scalars(open_rows(case_id))]


def oldest_open(case_id: uuid.UUID, leave: Sequence[str] = ()) -> uuid.UUID | None:
    """Return the task that has been open for longest, of all but the steps that are left.

    One that rests because its case is paused is passed over: nobody can do it.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, "scenario")
        rows: list[UserTask] = [
            row
            for row in session.scalars(open_rows(case_id))
            if steps.why_rests(file, file.instance(row.instance_id)) is None
        ]
    named = [name.partition("/") for name in leave]
    return next(
        (row.id for row in rows if not any(_is_named(row, step, of) for step, _, of in named)),
        None,
    )


def oldest_open_of(case_id: uuid.UUID, process: str) -> uuid.UUID | None:
    """Return the oldest open task of a side process."""
    query = open_rows(case_id).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    with db.reading() as session:
        rows = session.scalars(query.where(ProcessInstance.process == process))
        return next((row.id for row in rows), None)


def find_open(case_id: uuid.UUID, wanted: str, item: str) -> list[uuid.UUID]:
    """Return the open tasks of a step, by requirement or BPMN id, `/item` or item."""
    wanted, _, of = wanted.partition("/")
    with db.reading() as session:
        rows = session.scalars(open_rows(case_id))
        return [row.id for row in rows if _is_named(row, wanted, item or of)]


def process_named(case_id: uuid.UUID, name: str, item: str) -> str:
    """Return the side process of an id or requirement; of several, the one for an item."""
    with db.reading() as session:
        file = store.read_case(session, case_id, "scenario")
        found = [
            definition
            for definition in file.definitions.processes.values()
            if "side" in definition.kind.split()
            and definition.goes_with(file.case.process)
            and name in (definition.id, *definition.requirement)
        ]
    fitting = [each for each in found if bool(each.item) == bool(item)]
    if not found:
        raise Unexpected(f"no side process is called {name}")
    return (fitting or found)[0].id


def place_of(case_id: uuid.UUID, name: str, item: str) -> tuple[uuid.UUID, str]:
    """Return the newest document, and its section, in which an input stands."""
    name, _, of = name.partition("/")
    with db.reading() as session:
        file = store.read_case(session, case_id, "scenario")
        for row in reversed(documents.documents(session, case_id)):
            form = file.definitions.forms[row.form]
            paths = forms.find_inputs(form, name)
            if paths and (item or of) in ("", row.item_key):
                typed = [path for path in paths if path.field.has_input]
                return row.id, form.section_of((typed or paths)[0].fields[0].key).id
    raise Unexpected(f"no document of the case has {name}")


def kind_of(case_id: uuid.UUID, list_name: str) -> str:
    """Return the kind of the items of a list."""
    with db.reading() as session:
        file = store.read_case(session, case_id, "scenario")
        for form in file.definitions.forms.values():
            for field in form.fields:
                if field.items is not None and field.items.list == list_name:
                    return field.items.kind
    return list_name.removesuffix("s")


def linked(case_id: uuid.UUID, wanted: str, item: str) -> uuid.UUID:
    """Return the newest case of a process that is linked to a case, for `/item` or item if any.

    Of two that were opened in one moment, the one with the higher identifier is the newer.
    """
    process, _, of = wanted.partition("/")
    of = item or of
    query = select(Case.id).join(CaseLink, CaseLink.linked_id == Case.id)
    query = query.where(CaseLink.case_id == case_id, Case.process == process)
    if of:
        query = query.where(CaseLink.item_key == of)
    newest = query.order_by(CaseLink.linked_at.desc(), Case.identifier.desc()).limit(1)
    with db.reading() as session:
        found = session.scalar(newest)
    if found is None:
        named = f"{process}{' for ' + of if of else ''}"
        raise Unexpected(f"no case of {named} is linked to this one")
    return found


def board_of(case_id: uuid.UUID) -> uuid.UUID:
    """Return the Board of a case."""
    with db.reading() as session:
        return session.get_one(Case, case_id).board_id


def count_notices(case_id: uuid.UUID) -> int:
    """Return how many notices the case has."""
    with db.reading() as session:
        return len(session.scalars(select(Notice.id).where(Notice.case_id == case_id)).all())


def no_incident(case_id: uuid.UUID) -> None:
    """Refuse to go on where something of the case could not be done.

    Raises:  Unexpected.
    """
    with db.reading() as session:
        failed = session.scalars(
            select(Timer.token).where(Timer.case_id == case_id, Timer.attempts > 0)
        ).all()
        parked = session.scalars(select(Incident.what).where(Incident.case_id == case_id)).all()
        refused = session.scalars(
            select(Case.identifier)
            .join(Timer, Timer.case_id == Case.id)
            .where(Timer.token == f"report:{case_id}")
        ).all()
    if failed or parked:
        raise Unexpected(f"the case has an incident: {', '.join([*parked, *failed])}")
    if refused:
        raise Unexpected(f"{', '.join(refused)} could not take in what this case reports")


def situation(case_id: uuid.UUID) -> str:
    """Say what is open and how the case stands."""
    with db.reading() as session:
        rows = session.scalars(open_rows(case_id))
        names = [f"{row.requirement or row.bpmn_id}{_of(row)}" for row in rows]
        case = session.get_one(Case, case_id)
    return f"open are {', '.join(names) or 'no tasks'}, and the case is {case.state}"


def _is_named(row: UserTask, step: str, item: str) -> bool:
    """Say whether a task is of a step, named by requirement or BPMN id, and of an item if any."""
    return step in (row.bpmn_id, *row.requirement.split()) and item in ("", row.item_key)


def _of(row: UserTask) -> str:
    return f"/{row.item_key}" if row.item_key else ""
