"""Show one meeting: when and where, agenda, papers, members and record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    db,
    documents,
    task_pages,
    time_source,
)
from engine.agendas import AgendaItem
from engine.meetings.invitations import MemberTold, may_tell, told_of
from engine.meetings.items import on_agenda
from engine.meetings.lists import MeetingLine, lines_of
from engine.meetings.packs import Before, PackPaper, before_it, papers_before
from engine.meetings.records import MeetingVersion, versions_of
from engine.meetings.rows import find, members_of
from engine.models import (
    UserTask,
)
from engine.people import Actor


@dataclass(frozen=True)
class MeetingPage:
    """All that the page of a meeting shows; `records` are the newest first.

    `has_agenda` says that the agenda is built, or was kept when the meeting was recorded: of a
    later meeting it is once it is the next. `members` are those who sit in the body, by account.
    `own` are the items that somebody put on the agenda of a planned meeting; `told` says of each
    member whether they were told, and `may_tell` that this person can have them told.
    `open_tasks` and `open_cases` are those of the agenda that this person may open.
    """

    line: MeetingLine
    may_keep: bool
    has_agenda: bool
    may_record: bool
    agenda: tuple[AgendaItem, ...]
    papers: tuple[PackPaper, ...]
    members: tuple[tuple[str, str], ...]
    records: tuple[MeetingVersion, ...]
    own: tuple[AgendaItem, ...] = ()
    told: tuple[MemberTold, ...] = ()
    may_tell: bool = False
    open_tasks: frozenset[str] = frozenset()
    open_cases: frozenset[uuid.UUID] = frozenset()


def meeting_page(meeting_id: uuid.UUID, actor: Actor) -> MeetingPage:
    """Return the page of a meeting.

    Raises:  NotFound.
    """
    with db.reading() as session:
        meeting = find(session, meeting_id, actor)
        keeps = access.may_keep_meetings(session, actor, meeting.board_id, meeting.case_id)
        before = before_it(session, meeting, actor)
        agenda = before.agenda if before else []
        records = tuple(versions_of(session, meeting))
        own = on_agenda(session, meeting) if meeting.state == "planned" else []
        # Of a meeting after the next one, the papers of its own items are shown, and no more.
        found = papers_before(session, meeting, before or Before(own), actor)
        written = documents.written(session, [(row.id, number) for _, _, row, number in found])
        has_come = meeting.day <= time_source.today(session)
        return MeetingPage(
            line=next(lines_of(session, [meeting])),
            may_keep=keeps,
            has_agenda=before is not None,
            may_record=keeps and has_come and meeting.state != "cancelled",
            agenda=tuple(agenda),
            papers=tuple(
                PackPaper(
                    id=str(row.id),
                    case_identifier=file.case.identifier,
                    title=file.definitions.forms[row.form].texts["title"],
                    about=task_pages.item_label(file, row.item_key),
                    version=number,
                    at=written[row.id, number].at,
                )
                for file, _, row, number in found
            ),
            members=tuple(members_of(session, meeting)),
            records=records,
            own=tuple(own),
            told=tuple(told_of(session, meeting)),
            may_tell=keeps and may_tell(session, meeting),
            open_tasks=_openable_tasks(session, agenda, actor),
            open_cases=access.openable_among(
                session, actor, {one.case_id for one in [*agenda, *own] if one.case_id}
            ),
        )


def _openable_tasks(session: Session, agenda: Sequence[AgendaItem], actor: Actor) -> frozenset[str]:
    keys = [uuid.UUID(item.key) for item in agenda if item.kind in ("decision", "task")]
    mine = select(UserTask.id).where(
        UserTask.id.in_(keys), UserTask.state == "open", access.may_do(session, actor)
    )
    return frozenset(str(key) for key in session.scalars(mine))
