"""Plan a meeting, move it, cancel it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    audit,
    db,
    store,
    time_source,
)
from engine.errors import NotFound
from engine.meetings.lists import BodyChoice, choices_of
from engine.meetings.refusals import (
    MAX_PLACE,
    MAX_QUORUM,
    MeetingBodyMissing,
    MeetingCaseWrong,
    MeetingDayWrong,
    MeetingOver,
    MeetingPlaceMissing,
    MeetingTimeWrong,
    Problems,
    QuorumWrong,
    checked_reason,
    whole_number,
)
from engine.meetings.rows import lock, put_on_record
from engine.models import (
    Board,
    Case,
    Meeting,
)
from engine.people import Actor
from engine.store import CaseFile

_PAST, _AHEAD = timedelta(days=366), timedelta(days=731)


@dataclass(frozen=True)
class MeetingPlan:
    """When and where a meeting is; each what was chosen, empty where nothing was."""

    day: date | None
    at: str
    place: str
    quorum: str = ""


def plan_meeting(
    board_key: str,
    body: str,
    case_identifier: str,
    plan: MeetingPlan,
    actor: Actor,
    submit_key: str | None = None,
) -> uuid.UUID:
    """Plan a meeting of a body of a Board, or of the Panel of a case; once for a submit key.

    Raises:  NotFound, for whoever may plan none; MeetingRefused, of which each child says what is
             wrong.
    """
    with db.transaction() as session:
        choices = {(one.board_key, one.body): one for one in choices_of(session, actor)}
        if not choices:
            raise NotFound
        problems = Problems()
        with problems.gathered():
            choice = choices.get((board_key, body))
            board, file = _chosen(session, choice, case_identifier.strip(), actor)
        values = _checked(session, plan, problems)
        problems.tell()
        if submit_key:
            again = session.scalar(select(Meeting.id).where(Meeting.submit_key == submit_key))
            if again is not None:
                return again
        meeting = Meeting(
            board_id=board.id,
            case_id=file.case.id if file else None,
            body=body,
            state="planned",
            why="",
            version=1,
            submit_key=submit_key,
            **values,
        )
        session.add(meeting)
        session.flush()
        put_on_record(session, file, meeting, "meeting_planned", actor)
        return meeting.id


def move_meeting(
    meeting_id: uuid.UUID, plan: MeetingPlan, reason: str, actor: Actor, *, seen: int
) -> None:
    """Change when and where a planned meeting is, and how many it needs, with the reason.

    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = lock(session, meeting_id, actor, seen)
        if meeting.state != "planned":
            raise MeetingOver
        before, problems = meeting.day.isoformat(), Problems()
        values = _checked(session, plan, problems)
        with problems.gathered():
            meeting.why = checked_reason(reason)
        problems.tell()
        for name, value in values.items():
            setattr(meeting, name, value)
        put_on_record(session, file, meeting, "meeting_moved", actor, before=before)


def cancel_meeting(meeting_id: uuid.UUID, reason: str, actor: Actor, *, seen: int) -> None:
    """Cancel a planned meeting, with the reason; it stays in the calendar as cancelled.

    Raises:  NotFound; MeetingRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file, meeting = lock(session, meeting_id, actor, seen)
        if meeting.state != "planned":
            raise MeetingOver
        meeting.why, meeting.state = checked_reason(reason), "cancelled"
        put_on_record(session, file, meeting, "meeting_cancelled", actor)


def _chosen(
    session: Session, choice: BodyChoice | None, identifier: str, actor: Actor
) -> tuple[Board, CaseFile | None]:
    """Lock what a meeting stands on the record of: the case of a Panel, else the Board.

    Raises:  MeetingBodyMissing; MeetingCaseWrong.
    """
    if choice is None:
        raise MeetingBodyMissing
    board = session.scalars(select(Board).where(Board.key == choice.board_key)).one()
    if choice.of_case:
        return board, _case_of(session, board, identifier, actor)
    if identifier:
        raise MeetingCaseWrong
    audit.hold(session, board.id)
    return board, None


def _case_of(session: Session, board: Board, identifier: str, actor: Actor) -> CaseFile:
    """Lock the open case of a Board whose Panel meets.

    Raises:  MeetingCaseWrong.
    """
    mine = access.coordinated_cases(session, actor).where(
        Case.board_id == board.id, Case.identifier == identifier.upper(), Case.state != "closed"
    )
    case_id = session.scalar(mine.with_only_columns(Case.id))
    if case_id is None:
        raise MeetingCaseWrong
    return store.lock_case(session, case_id, str(actor.account_id))


def _checked(session: Session, plan: MeetingPlan, problems: Problems) -> dict[str, Any]:
    today = time_source.today(session)
    at, place = plan.at.strip().replace(".", ":"), " ".join(plan.place.split())
    quorum = whole_number(plan.quorum)
    with problems.gathered():
        if plan.day is None or not today - _PAST <= plan.day <= today + _AHEAD:
            raise MeetingDayWrong
    with problems.gathered():
        if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", at, re.ASCII):
            raise MeetingTimeWrong
    with problems.gathered():
        if not 0 < len(place) <= MAX_PLACE:
            raise MeetingPlaceMissing(most=MAX_PLACE)
    with problems.gathered():
        if quorum is None or quorum > MAX_QUORUM:
            raise QuorumWrong(most=MAX_QUORUM)
    return {"day": plan.day, "at": at.zfill(5), "place": place, "quorum": quorum}
