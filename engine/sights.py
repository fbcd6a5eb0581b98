"""Keep who looked at what of a case, and show it to those who answer for that.

A sight is no event of the case: it changes nothing, and holds up nobody who works on it. Each row
is sealed, and a day that is over has a head of its own that can be kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine import access, case_pages, db, deployments, keys, store, time_source
from engine.administration.entering import look
from engine.administration.members import member
from engine.audit import Break
from engine.case_pages import CaseHead
from engine.errors import NotFound
from engine.models import (
    Account,
    Case,
    Document,
    FileNote,
    ProcessInstance,
    Sight,
    Upload,
    UserTask,
    new_id,
)
from engine.people import Actor
from engine.texts import Text

SightKind = Literal["case", "document", "paper", "file", "task", "note"]

#: How many stand on one page.
PAGE = 100
#: The chain of a day in what is kept elsewhere.
_OF_DAY = "sights:"


@dataclass(frozen=True)
class Sighting:
    """Somebody looked at something: `name` is who, `about` what, `case_identifier` of which case.

    `about` is empty for the case itself.
    """

    at: datetime
    name: str
    kind: SightKind
    about: Text | None
    case_identifier: str


@dataclass(frozen=True)
class CaseSights:
    """A page of who looked at a case, the latest first; `people` are all of them, by name."""

    head: CaseHead
    lines: tuple[Sighting, ...]
    people: tuple[tuple[uuid.UUID, str], ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class PersonSights:
    """A page of what a person of a Board looked at of its cases, the latest first."""

    board: Text
    name: str
    lines: tuple[Sighting, ...]
    total: int
    number: int
    pages: int


def record_sight(kind: SightKind, subject: uuid.UUID, actor: Actor) -> None:
    """Keep that a page was shown to a person, who had been found to be allowed to see it.

    Takes:   subject, the id of what was shown, of the case where that is the case itself.
    What belongs to no case is no sight.
    """
    with db.transaction() as session:
        case_id = _case_of(session, kind, subject)
        case = session.get(Case, case_id) if case_id else None
        if case is None:
            return
        row = Sight(
            id=new_id(),
            board_id=case.board_id,
            case_id=case.id,
            account_id=actor.account_id,
            at=time_source.now(session),
            kind=kind,
            subject="" if kind == "case" else str(subject),
        )
        row.key_id, row.hash = keys.seal(_message(row))
        session.add(row)


def case_sights(
    case_id: uuid.UUID, actor: Actor, person: uuid.UUID | None = None, number: int = 1
) -> CaseSights:
    """Return who looked at a case, for whoever co-ordinates it.

    Takes:   person, whose sights alone are asked for.
    Raises:  NotFound, also for a page that is not there.
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, "")
        access.require_case(file, actor, held)
        if not access.coordinates(file, held):
            raise NotFound
        of_case = Sight.case_id == case_id
        asked = (of_case, Sight.account_id == person) if person else (of_case,)
        lines, total, pages = _page(session, asked, number)
        people = session.execute(
            select(Account.id, Account.name)
            .where(Account.id.in_(select(Sight.account_id).where(of_case)))
            .order_by(Account.name, Account.id)
        )
        return CaseSights(
            case_pages.head_of(file, actor, held),
            lines,
            tuple((row.id, row.name) for row in people),
            total,
            number,
            pages,
        )


def person_sights(key: str, account_id: uuid.UUID, actor: Actor, number: int = 1) -> PersonSights:
    """Return what a person of a Board looked at of its cases, for whoever sees to its people.

    Raises:  NotFound, also for a page that is not there.
    """
    with db.reading() as session:
        desk = look(session, key, actor)
        account = member(desk, account_id)
        asked = (Sight.account_id == account.id, Sight.board_id == desk.board.id)
        lines, total, pages = _page(session, asked, number)
        return PersonSights(desk.name, account.name, lines, total, number, pages)


def verify(session: Session) -> Iterator[Break]:
    """Yield the first sight of each case that was changed since it was written."""
    rows = session.scalars(
        select(Sight).order_by(Sight.case_id, Sight.at, Sight.id).execution_options(yield_per=1000)
    )
    broken: uuid.UUID | None = None
    place = 0
    last: uuid.UUID | None = None
    for row in rows:
        place = place + 1 if row.case_id == last else 1
        last = row.case_id
        if row.case_id != broken and _was_changed(row):
            broken = row.case_id
            yield Break(f"sights of case {row.case_id}", place, "its content was changed")


def head_of_day(session: Session, day: date) -> dict[str, tuple[int, str]]:
    """Return how many sights a day has that is over, in UTC, and a hash over all of them."""
    start = datetime.combine(day, time(), UTC)
    hashes = session.scalars(
        select(Sight.hash)
        .where(Sight.at >= start, Sight.at < start + timedelta(days=1))
        .order_by(Sight.hash)
    ).all()
    digest = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    return {f"{_OF_DAY}{day.isoformat()}": (len(hashes), digest)}


def lost(session: Session, kept: Mapping[str, tuple[int, str]]) -> Iterator[Break]:
    """Yield a break for each day whose sights are not those of the head that was kept elsewhere."""
    for chain, head in sorted(kept.items()):
        if chain.startswith(_OF_DAY):
            day = date.fromisoformat(chain.removeprefix(_OF_DAY))
            ((count, _),) = now = tuple(head_of_day(session, day).values())
            if now != (head,):
                yield Break(chain, count, f"{head[0]} were there when its head was kept")


def _page(
    session: Session, asked: tuple[ColumnElement[bool], ...], number: int
) -> tuple[tuple[Sighting, ...], int, int]:
    total = session.scalar(select(func.count(Sight.id)).where(*asked)) or 0
    pages = case_pages.count_pages(total, PAGE, number)
    rows = session.execute(
        select(Sight, Account.name, Case.identifier)
        .join(Account, Account.id == Sight.account_id)
        .join(Case, Case.id == Sight.case_id)
        .where(*asked)
        .order_by(Sight.at.desc(), Sight.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    lines = tuple(
        Sighting(row.at, name, cast("SightKind", row.kind), _about(session, row), identifier)
        for row, name, identifier in rows
    )
    return lines, total, pages


def _about(session: Session, row: Sight) -> Text | None:
    """Say what a sight is of by its kind alone: a form, a step, a number; never what was typed."""
    if row.kind in ("document", "paper"):
        document = session.get_one(Document, uuid.UUID(row.subject))
        form = _definitions(session, row).forms.get(document.form)
        name = Text(document.form, document.form)
        return form.texts.get("title", name) if form else name
    if row.kind == "task":
        task = session.get_one(UserTask, uuid.UUID(row.subject))
        instance = session.get_one(ProcessInstance, task.instance_id)
        process = _definitions(session, row).processes.get(instance.process)
        element = process.elements.get(task.bpmn_id) if process else None
        words = element.words if element else None
        return Text(words.en, words.cy) if words else Text(task.bpmn_id, task.bpmn_id)
    if row.kind == "note":
        number = str(session.get_one(FileNote, uuid.UUID(row.subject)).number)
        return Text(number, number)
    return None


def _definitions(session: Session, row: Sight) -> deployments.Definitions:
    return deployments.load(session, session.get_one(Case, row.case_id).deployment_id)


#: Where the case of a thing stands, and by what it is found.
_CASES = {
    "document": (Document.case_id, Document.id),
    "paper": (Document.case_id, Document.id),
    "file": (Upload.case_id, Upload.id),
    "task": (UserTask.case_id, UserTask.id),
    "note": (FileNote.case_id, FileNote.id),
}


def _case_of(session: Session, kind: SightKind, subject: uuid.UUID) -> uuid.UUID | None:
    if kind == "case":
        return subject
    column, key = _CASES[kind]
    return session.scalar(select(column).where(key == subject))


def _was_changed(row: Sight) -> bool:
    try:
        return keys.seal(_message(row), row.key_id)[1] != row.hash
    except keys.KeyNotKnown:
        return True


def _message(row: Sight) -> bytes:
    parts = [row.id, row.board_id, row.case_id, row.account_id, row.at.astimezone(UTC).isoformat()]
    return json.dumps([*map(str, parts), row.kind, row.subject]).encode()
