"""Make the row of a case, and link a case to the one that it is opened from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import audit, deployments, documents, facts, feel, forms, store, time_source
from engine.models import Board, Case, CaseLink, new_id
from engine.store import NO_ITEM, CaseFile
from engine.workflow import Element, ProcessDefinition


def new_case(
    session: Session,
    board: Board,
    definition: ProcessDefinition,
    actor: str,
    *,
    opened_by: uuid.UUID | None = None,
    submit_key: str | None = None,
) -> CaseFile:
    """Return the file of a case that begins now, on the Board's newest deployment.

    The caller holds the lock of the Board, so that no identifier is given twice.
    """
    case = Case(
        id=new_id(),
        board_id=board.id,
        identifier=_next_identifier(session, board, definition),
        process=definition.id,
        deployment_id=deployments.newest(session, board.id).id,
        state="open",
        version=0,
        audit_head="",
        opened_at=time_source.now(session),
        opened_by=opened_by,
        submit_key=submit_key,
        outcome="",
        moves=0,
        tasks_opened=0,
        instances_started=0,
        notices_written=0,
    )
    session.add(case)
    session.flush()
    return store.new_case_file(session, case, actor)


def linked_case(
    file: CaseFile, element: Element, item: str = NO_ITEM, occasion: str = ""
) -> CaseFile | None:
    """Return the file of a case that a service task opens beside this one, linked both ways.

    It takes along the facts that are declared as carried, and nothing else.
    Takes:   item, the one for which the instance with the task runs; each has a case of its own;
             occasion, the number of that instance: of two concerns, the one that was answered goes.
    Returns: nothing, where the Board has no place in this installation, or where the case that
             this task opened before is still open.
    """
    _hold_those_above(file)
    board = _board(file, element, item)
    if board is None or _is_open(file, element, item):
        return None
    newest = deployments.newest(file.session, board.id)
    definition = deployments.load(file.session, newest.id).processes[element.opens]
    opened = new_case(file.session, board, definition, file.actor, opened_by=file.case.opened_by)
    _link(file, opened, element.relation, "to", item)
    _link(opened, file, element.relation, "from")
    of_case = {"identifier": file.case.identifier, "process": file.case.process}
    names = file.names(item or None)
    taken = facts.carried(
        opened.definitions.facts,
        element.opens,
        of_case,
        names,
        lambda form: _answers(file, form, occasion),
    )
    store.write_facts(
        opened,
        {(name, NO_ITEM): value for name, value in taken.items()},
        f"carried from {file.case.identifier}",
    )
    return opened


def _hold_those_above(file: CaseFile) -> None:
    """Lock the cases from which this one was opened, up to the first, before any Board.

    They may have to be locked for a report later on; whoever holds one of them may want the Board.
    """
    session, case_id = file.session, file.case.id
    while True:
        above = select(CaseLink.linked_id).where(
            CaseLink.case_id == case_id, CaseLink.direction == "from"
        )
        found = session.scalar(above.order_by(CaseLink.id).limit(1))
        if found is None:
            return
        session.execute(select(Case.id).where(Case.id == found).with_for_update())
        case_id = found


def _board(file: CaseFile, element: Element, item: str) -> Board | None:
    """Return the Board on which a case is to be opened, locked; as a rule the same."""
    query = audit.held(select(Board))
    if not element.board:
        return file.session.scalar(query.where(Board.id == file.case.board_id))
    key = file.names(item or None).get(element.board)
    wanted = str(key or "").strip().lower()
    return file.session.scalar(query.where(func.lower(Board.key) == wanted))


def _is_open(file: CaseFile, element: Element, item: str) -> bool:
    query = select(CaseLink.id).join(Case, Case.id == CaseLink.linked_id)
    found = file.session.scalar(
        query.where(
            CaseLink.case_id == file.case.id,
            CaseLink.relation == element.relation,
            CaseLink.direction == "to",
            CaseLink.item_key == item if item else CaseLink.item_key.is_(None),
            Case.process == element.opens,
            Case.state != "closed",
        ).limit(1)
    )
    return found is not None


def _link(
    one: CaseFile, other: CaseFile, relation: str, direction: str, item: str = NO_ITEM
) -> None:
    one.session.add(
        CaseLink(
            id=new_id(),
            board_id=one.case.board_id,
            case_id=one.case.id,
            linked_id=other.case.id,
            relation=relation,
            direction=direction,
            item_key=item or None,
            linked_at=one.now,
        )
    )


def _answers(file: CaseFile, form_id: str, occasion: str) -> Mapping[str, feel.Value]:
    """Return what the newest document of a form holds; of a form per occasion, that of this one."""
    of_form = file.definitions.forms.get(form_id)
    wanted = occasion if of_form is not None and of_form.per == "occasion" else ""
    rows = [
        row
        for row in documents.documents(file.session, file.case.id)
        if row.form == form_id and row.occasion == wanted
    ]
    if not rows:
        return {}
    content = documents.version(file.session, rows[-1].id, rows[-1].version).content
    return forms.feel_values(file.definitions.forms[form_id], content)


def _next_identifier(session: Session, board: Board, definition: ProcessDefinition) -> str:
    """Return the next case identifier: Board, kind, year, number; no personal data (CF-02)."""
    year = time_source.today(session).year
    stem = f"{board.key.upper()}-{definition.identifier_prefix or 'CASE'}-{year}-"
    count = session.scalar(
        select(func.count()).where(Case.board_id == board.id, Case.identifier.startswith(stem))
    )
    return f"{stem}{(count or 0) + 1:03d}"
