"""Put items of one's own on the agenda of a meeting, change them, take them off.

Each change is a new version; nothing that was put on an agenda is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, db, time_source
from engine.agendas import AgendaItem
from engine.errors import NotFound
from engine.meetings.refusals import (
    MAX_TEXT,
    MAX_TITLE,
    MeetingItemCaseWrong,
    MeetingItemTitleMissing,
    MeetingOver,
    MeetingTextTooLong,
    Problems,
    checked_reason,
)
from engine.meetings.rows import lock, put_on_record
from engine.models import Case, Document, Meeting, MeetingItem
from engine.people import Actor
from engine.texts import Text

#: What an item of one's own is called on an agenda.
OWN = "own"


@dataclass(frozen=True)
class MeetingItemContent:
    """What somebody puts on an agenda: what it is about, a note, and papers, by document id.

    `case_identifier` is that of the case it is about; a meeting of a Panel needs none.
    """

    title: str
    note: str = ""
    case_identifier: str = ""
    papers: tuple[str, ...] = ()


def add_meeting_item(
    meeting_id: uuid.UUID, content: MeetingItemContent, actor: Actor, *, seen: int
) -> int:
    """Put an item on the agenda of a planned meeting.

    Returns: its number.
    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = lock(session, meeting_id, actor, seen)
        number = max((row.number for row in newest_items(session, meeting.id)), default=0) + 1
        _write(session, meeting, number, 1, content, actor)
        put_on_record(session, file, meeting, "meeting_item_added", actor, number=number)
        return number


def change_meeting_item(
    meeting_id: uuid.UUID, number: int, content: MeetingItemContent, actor: Actor, *, seen: int
) -> None:
    """Change an item of a planned meeting; what it said before stays on record.

    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = lock(session, meeting_id, actor, seen)
        before = _item(session, meeting, number)
        _write(session, meeting, number, before.version + 1, content, actor)
        put_on_record(session, file, meeting, "meeting_item_changed", actor, number=number)


def take_meeting_item_off(
    meeting_id: uuid.UUID, number: int, reason: str, actor: Actor, *, seen: int
) -> None:
    """Take an item off the agenda of a planned meeting, with the reason; it stays on record.

    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = lock(session, meeting_id, actor, seen)
        before = _item(session, meeting, number)
        _require_planned(meeting)
        content = {**before.content, "off": checked_reason(reason)}
        _add(session, before, content, before.version + 1, before.case_id, actor)
        put_on_record(session, file, meeting, "meeting_item_taken_off", actor, number=number)


def newest_items(session: Session, meeting_id: uuid.UUID) -> list[MeetingItem]:
    """Return the newest version of each item of a meeting, taken off or not, by number."""
    rows = session.scalars(
        select(MeetingItem)
        .where(MeetingItem.meeting_id == meeting_id)
        .order_by(MeetingItem.number, MeetingItem.version)
    )
    return list({row.number: row for row in rows}.values())


def on_agenda(session: Session, meeting: Meeting) -> list[AgendaItem]:
    """Return the items of one's own that stand on the agenda of a meeting, by number."""
    rows = [row for row in newest_items(session, meeting.id) if not row.content["off"]]
    ids = {row.case_id for row in rows if row.case_id}
    known = session.execute(select(Case.id, Case.identifier).where(Case.id.in_(ids)))
    identifiers: dict[uuid.UUID, str] = dict(known.all())
    return [
        AgendaItem(
            key=key_of(meeting.id, row.number),
            kind=OWN,
            case_id=row.case_id,
            case_identifier=identifiers[row.case_id] if row.case_id else "",
            process=Text("", ""),
            name=Text(row.content["title"], row.content["title"]),
            requirement="",
            due_on=None,
            before_meeting=False,
            note=row.content["note"],
            papers=tuple(row.content["papers"]),
            number=row.number,
        )
        for row in rows
    ]


def key_of(meeting_id: uuid.UUID, number: int) -> str:
    """Return what stands for an item of a meeting, where a task or a clock has its id."""
    return str(uuid.uuid5(meeting_id, str(number)))


def _item(session: Session, meeting: Meeting, number: int) -> MeetingItem:
    """Return the newest version of an item that stands on an agenda.

    Raises:  NotFound.
    """
    for row in newest_items(session, meeting.id):
        if row.number == number and not row.content["off"]:
            return row
    raise NotFound


def _write(
    session: Session,
    meeting: Meeting,
    number: int,
    version: int,
    content: MeetingItemContent,
    actor: Actor,
) -> None:
    _require_planned(meeting)
    problems, title = Problems(), " ".join(content.title.split())
    case_id = meeting.case_id
    with problems.gathered():
        if not 0 < len(title) <= MAX_TITLE:
            raise MeetingItemTitleMissing(most=MAX_TITLE)
    with problems.gathered():
        if len(content.note) > MAX_TEXT:
            raise MeetingTextTooLong(most=MAX_TEXT, input="note")
    with problems.gathered():
        if case_id is None and content.case_identifier.strip():
            case_id = _case_of(session, meeting, content.case_identifier.strip(), actor)
    problems.tell()
    kept = {
        "title": title,
        "note": content.note.strip(),
        "papers": _papers(session, case_id, content.papers),
        "off": "",
    }
    row = MeetingItem(board_id=meeting.board_id, meeting_id=meeting.id, number=number)
    _add(session, row, kept, version, case_id, actor)


def _add(
    session: Session,
    of: MeetingItem,
    content: dict[str, Any],
    version: int,
    case_id: uuid.UUID | None,
    actor: Actor,
) -> None:
    session.add(
        MeetingItem(
            board_id=of.board_id,
            meeting_id=of.meeting_id,
            number=of.number,
            version=version,
            case_id=case_id,
            content=content,
            author=actor.account_id,
            at=time_source.now(session),
        )
    )


def _case_of(session: Session, meeting: Meeting, identifier: str, actor: Actor) -> uuid.UUID:
    """Return the case of the Board that an item is about, which the person may open.

    Raises:  MeetingItemCaseWrong.
    """
    seen = access.visible_cases(session, actor).where(
        Case.board_id == meeting.board_id, Case.identifier == identifier.upper()
    )
    case = session.scalars(seen).first()
    if case is None:
        raise MeetingItemCaseWrong
    return case.id


def _papers(session: Session, case_id: uuid.UUID | None, wanted: Collection[str]) -> list[str]:
    """Return the documents wanted that are of the case; those of a case named before fall away.

    Whether the body and whoever looks may read one is asked each time it is shown or bound.
    """
    of_case = select(Document.id).where(Document.case_id == case_id)
    known = {str(one) for one in session.scalars(of_case)}
    return [one for one in dict.fromkeys(wanted) if one in known]


def _require_planned(meeting: Meeting) -> None:
    if meeting.state != "planned":
        raise MeetingOver
