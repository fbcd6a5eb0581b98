"""List the meetings that a person may know of, and the bodies for which they may plan one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, defer

from engine import (
    access,
    case_pages,
    db,
    people,
    time_source,
)
from engine.models import (
    Board,
    Case,
    Meeting,
)
from engine.people import Actor
from engine.texts import Text

#: How many meetings that are over stand on one page.
PAGE = 25


@dataclass(frozen=True)
class BodyChoice:
    """A body for which somebody may plan a meeting; of a case, where it is one's own body."""

    board_key: str
    body: str
    board: Text
    name: Text
    of_case: bool


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in a list."""

    id: uuid.UUID
    board: Text
    body: Text
    case_identifier: str
    case_id: uuid.UUID | None
    day: date
    at: str
    place: str
    quorum: int
    state: str
    version: int
    why: str


@dataclass(frozen=True)
class MeetingList:
    """The meetings that a person may know of: those to come, and a page of those that are over."""

    coming: tuple[MeetingLine, ...]
    over: tuple[MeetingLine, ...]
    number: int
    pages: int
    choices: tuple[BodyChoice, ...]


def list_meetings(actor: Actor, number: int = 1) -> MeetingList:
    """Return the meetings that a person may know of.

    Raises:  NotFound, for a page that is not there.
    """
    with db.reading() as session:
        seen = access.visible_meetings(session, actor)
        to_come = and_(Meeting.state == "planned", Meeting.day >= time_source.today(session))
        ahead = seen.where(to_come).order_by(Meeting.day, Meeting.at, Meeting.id)
        over = seen.where(~to_come)
        total = session.scalar(select(func.count()).select_from(over.subquery())) or 0
        pages = case_pages.count_pages(total, PAGE, number)
        rows = over.order_by(Meeting.day.desc(), Meeting.at.desc(), Meeting.id)
        return MeetingList(
            coming=tuple(lines_of(session, session.scalars(ahead).all())),
            over=tuple(
                lines_of(
                    session, session.scalars(rows.limit(PAGE).offset((number - 1) * PAGE)).all()
                )
            ),
            number=number,
            pages=pages,
            choices=tuple(choices_of(session, actor)),
        )


def choices_of(session: Session, actor: Actor) -> Iterator[BodyChoice]:
    for board in access.boards_coordinated(session, actor):
        of_board = access.may_keep_meetings(session, actor, board.id, None)
        for body in people.roles_of_board(session, board.id).bodies:
            if of_board or body.scope == "case":
                name = Text(board.name_en, board.name_cy)
                yield BodyChoice(board.key, body.key, name, body.text, body.scope == "case")


def lines_of(session: Session, rows: Sequence[Meeting]) -> Iterator[MeetingLine]:
    boards = {
        row.id: row
        for row in session.scalars(
            select(Board).where(Board.id.in_({one.board_id for one in rows}))
        )
    }
    ids = {one.case_id for one in rows if one.case_id}
    cases = session.scalars(select(Case).where(Case.id.in_(ids)).options(defer(Case.facts)))
    identifiers: dict[uuid.UUID | None, str] = {case.id: case.identifier for case in cases}
    for row in rows:
        board = boards[row.board_id]
        yield MeetingLine(
            id=row.id,
            board=Text(board.name_en, board.name_cy),
            body=people.roles_of_board(session, row.board_id).get(row.body).text,
            case_identifier=identifiers.get(row.case_id, ""),
            case_id=row.case_id,
            day=row.day,
            at=row.at,
            place=row.place,
            quorum=row.quorum,
            state=row.state,
            version=row.version,
            why=row.why,
        )
