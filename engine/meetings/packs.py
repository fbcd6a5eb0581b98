"""Bind the agenda of a meeting and its papers into one, as far as the body may read them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    agendas,
    audit,
    db,
    papers,
    store,
    time_source,
)
from engine.agendas import AgendaItem
from engine.meetings.items import OWN, on_agenda
from engine.meetings.lists import lines_of
from engine.meetings.refusals import MeetingOver
from engine.meetings.rows import find, versions_kept
from engine.models import (
    Document,
    Meeting,
)
from engine.papers import Heading, Pair, Pairs, Paper, Paragraph, Table
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text, day_in_words

#: What the first paper of a pack says.
_KINDS = {
    "decision": Text("A decision is awaited", "Disgwylir penderfyniad"),
    "escalated": Text(
        "Reminders did not settle it, so it comes to this meeting",
        "Ni fu nodiadau atgoffa’n ddigon, felly daw i’r cyfarfod hwn",
    ),
    "overdue": Text("Overdue", "Yn hwyr"),
    "task": Text("To be done", "I’w wneud"),
    OWN: Text("Put on the agenda", "Rhoddwyd ar yr agenda"),
}
_WHEN, _WHERE = Text("When", "Pryd"), Text("Where", "Ble")
_AGENDA, _NO_DAY = Text("Agenda", "Agenda"), Text("No day", "Dim diwrnod")
_NO_CASE = Text("No case", "Dim achos")
_NOTHING_DUE = Text("Nothing is due to this meeting.", "Nid oes dim i’r cyfarfod hwn.")
_COLUMNS = (Text("Case", "Achos"), Text("What", "Beth"), Text("Due by", "Erbyn"))


@dataclass(frozen=True)
class PackPaper:
    """A document that a meeting, and whoever asks, may have before them."""

    id: str
    case_identifier: str
    title: Text
    about: Text | None
    version: int
    at: datetime


def meeting_pack(meeting_id: uuid.UUID, wanted: Collection[str], actor: Actor) -> Paper:
    """Return the agenda of a meeting and the papers wanted, bound into one paper.

    It holds what the body that meets may read, and nothing that whoever asks may not read too.
    The record says that it was taken away.
    Raises:  NotFound; MeetingOver, for one whose agenda is not built.
    """
    with db.transaction() as session:
        meeting = find(session, meeting_id, actor)
        if meeting.case_id is not None:
            store.lock_case(session, meeting.case_id, str(actor.account_id))
        before = before_it(session, meeting, actor)
        if before is None:
            raise MeetingOver
        found = papers_before(session, meeting, before, actor)
        bound = [
            paper
            for file, readers, row, number in found
            if str(row.id) in wanted
            for paper in [papers.paper_for(file, readers, row, number)]
            if paper is not None
        ]
        titles = {
            str(row.id): file.definitions.forms[row.form].texts["title"]
            for file, _, row, _ in found
        }
        audit.append(
            session,
            "meeting_pack_taken",
            str(actor.account_id),
            board_id=meeting.board_id,
            case_id=meeting.case_id,
            subject=meeting.body,
            data={"meeting": str(meeting.id), "papers": len(bound)},
        )
        return papers.bind(_front(session, meeting, before.agenda, titles), bound)


@dataclass(frozen=True)
class Before:
    """What a meeting has, or had, before it.

    `versions` are those of the documents of its cases when it was recorded, by id; before that
    there are none, and the newest count.
    """

    agenda: list[AgendaItem]
    versions: Mapping[str, int] | None = None


def before_it(session: Session, meeting: Meeting, actor: Actor) -> Before | None:
    """Return what is before a meeting; nothing of one that is cancelled or comes after another.

    What a meeting had before it stays with its record, as it was: the agenda of today is another.
    """
    if agendas.is_next(session, meeting):
        return Before(full_agenda(session, meeting, actor))
    first = next(iter(versions_kept(session, meeting)), None)
    if first is None or "agenda" not in first.content:
        return None
    return Before(agendas.from_kept(first.content["agenda"]), first.content["papers"])


def full_agenda(session: Session, meeting: Meeting, actor: Actor) -> list[AgendaItem]:
    """Return what is due to the body, then the items that somebody put on the agenda."""
    return [*agendas.agenda_of(session, meeting, actor), *on_agenda(session, meeting)]


def to_keep(session: Session, agenda: Sequence[AgendaItem]) -> dict[str, Any]:
    """Return what a meeting has before it as its record keeps it."""
    of_cases = select(Document.id, Document.version).where(
        Document.case_id.in_({item.case_id for item in agenda if item.case_id})
    )
    return {
        "agenda": agendas.to_keep(agenda),
        "papers": {str(key): version for key, version in session.execute(of_cases)},
    }


def papers_before(
    session: Session, meeting: Meeting, before: Before, actor: Actor
) -> list[tuple[CaseFile, access.Readers, Document, int]]:
    """Return the documents of the cases on an agenda that the body and whoever asks may read.

    It costs as many queries, however many cases and documents there are.
    """
    ids = list(dict.fromkeys(item.case_id for item in before.agenda if item.case_id))
    files = store.read_cases(session, ids, str(actor.account_id))
    held = access.roles_on_cases(session, actor, [file.case for file in files.values()])
    rows = session.scalars(
        select(Document).where(Document.case_id.in_(ids)).order_by(Document.created_at, Document.id)
    ).all()
    readers = {
        case_id: [access.body_as_reader(file, meeting.body), (actor, held[case_id])]
        for case_id, file in files.items()
    }
    versions = before.versions
    found = [
        (files[row.case_id], readers[row.case_id], row, number)
        for row in rows
        for number in [row.version if versions is None else versions.get(str(row.id), 0)]
        if number
    ]
    return sorted(access.takeable_by_all(session, found), key=lambda one: one[0].case.identifier)


def _front(
    session: Session, meeting: Meeting, agenda: Sequence[AgendaItem], titles: Mapping[str, Text]
) -> Paper:
    """Return the first paper of a pack: when, where, and what is due.

    Takes:   titles of the documents that may be told, by id.
    """
    line = next(lines_of(session, [meeting]))
    day = day_in_words(meeting.day)
    rows = tuple(
        (
            (_same(item.case_identifier) if item.case_identifier else _NO_CASE,),
            (item.name, _KINDS[item.kind], *_said_of(item, titles)),
            (day_in_words(item.due_on) if item.due_on else _NO_DAY,),
        )
        for item in agenda
    )
    head = (
        Pair(_WHEN, (Text(f"{day.en}, {meeting.at}", f"{day.cy}, {meeting.at}"),)),
        Pair(_WHERE, (_same(meeting.place),)),
    )
    return Paper(
        key=f"{meeting.body}_{meeting.day.isoformat()}",
        title=Text(f"{line.body.en}: agenda and papers", f"{line.body.cy}: agenda a phapurau"),
        catalogue="",
        case_identifier=line.case_identifier,
        about=None,
        version=0,
        newest=0,
        written_at=Text("", ""),
        printed_on=day_in_words(time_source.today(session)),
        letterhead=papers.read_letterhead(session, meeting.board_id),
        marks=(),
        blocks=(
            Pairs(head),
            Heading(_AGENDA),
            Table(_AGENDA, _COLUMNS, rows) if rows else Paragraph(_NOTHING_DUE),
        ),
    )


def _said_of(item: AgendaItem, titles: Mapping[str, Text]) -> Iterator[Text]:
    """Yield the note of an item of one's own, and its papers."""
    if item.note:
        yield _same(item.note)
    for key in item.papers:
        if key in titles:
            title = titles[key]
            yield Text(f"Paper: {title.en}", f"Papur: {title.cy}")


def _same(said: str) -> Text:
    return Text(said, said)
