"""Say what meetings decided on tasks, and whether a decision is whole."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine import (
    access,
    db,
    people,
)
from engine.agendas import AgendaItem
from engine.meetings.refusals import (
    MAX_TEXT,
    DecisionMissing,
    Problems,
    SenderMissing,
    VotesWrong,
    whole_number,
)
from engine.models import (
    Meeting,
    MeetingRecord,
    UserTask,
)
from engine.people import Actor
from engine.texts import Text

HOWS = ("unanimous", "majority")


@dataclass(frozen=True)
class Decision:
    """What a meeting decided on a task: how, with which votes, and who sends the task.

    Votes are whole numbers as they were typed; empty, they were not counted.
    """

    task: str
    text: str
    how: str
    votes_for: str = ""
    votes_against: str = ""
    votes_abstained: str = ""
    sender: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was decided."""
        votes = (self.votes_for, self.votes_against, self.votes_abstained)
        return not (self.text.strip() or self.how or any(vote.strip() for vote in votes))


@dataclass(frozen=True)
class DecisionLine:
    """A decision as people read it; `sender` is a name."""

    case_identifier: str
    name: Text
    decision: Decision
    sender: str


@dataclass(frozen=True)
class MeetingDecision:
    """What a meeting decided on a task; without `meeting_id` for whoever may not open its page."""

    meeting_id: uuid.UUID | None
    body: Text
    day: date
    decision: Decision


def meeting_decisions(task_id: uuid.UUID, actor: Actor) -> tuple[MeetingDecision, ...]:
    """Return what meetings decided on a task, for its senders and whoever may know of a meeting."""
    with db.reading() as session:
        task = session.get(UserTask, task_id)
        if task is None:
            return ()
        known = set(
            session.scalars(access.visible_meetings(session, actor).with_only_columns(Meeting.id))
        )
        # What is decided is encrypted, so it is not looked for: few meetings are held while a task
        # is open.
        rows = session.execute(
            select(Meeting, MeetingRecord)
            .join(MeetingRecord, MeetingRecord.meeting_id == Meeting.id)
            .where(Meeting.board_id == task.board_id, MeetingRecord.at >= task.opened_at)
            .order_by(Meeting.day, MeetingRecord.number)
        )
        newest = {meeting.id: (meeting, record) for meeting, record in rows}
        found = []
        for meeting, record in newest.values():
            body = people.roles_of_board(session, meeting.board_id).get(meeting.body).text
            for one in record.content["decisions"]:
                sends = one["sender"] == str(actor.account_id)
                if one["task"] == str(task_id) and (sends or meeting.id in known):
                    opens = meeting.id if meeting.id in known else None
                    found.append(MeetingDecision(opens, body, meeting.day, decision_in(one)))
        return tuple(found)


def check_decision(one: Decision, there: int, item: AgendaItem | None, problems: Problems) -> None:
    with problems.gathered():
        if one.how not in HOWS or not 0 < len(one.text.strip()) <= MAX_TEXT:
            raise DecisionMissing(most=MAX_TEXT, task=one.task)
    with problems.gathered():
        if not _votes_fit(one, there):
            raise VotesWrong(task=one.task)
    with problems.gathered():
        if item is not None and item.senders and one.sender not in dict(item.senders):
            raise SenderMissing(task=one.task)


def _votes_fit(one: Decision, there: int) -> bool:
    votes = [whole_number(vote) for vote in (one.votes_for, one.votes_against, one.votes_abstained)]
    counted = [vote for vote in votes if vote is not None]
    # Where nobody was ticked yet, that is what is wrong, and not the votes.
    if len(counted) < len(votes) or sum(counted) > there > 0:
        return False
    in_favour, against, _ = counted
    if one.how == "unanimous":
        return against == 0
    return one.how not in HOWS or in_favour > against or not sum(counted)


def decision_in(kept: Mapping[str, str]) -> Decision:
    parts = ("task", "text", "how", "for", "against", "abstained", "sender")
    return Decision(*(kept[part] for part in parts))
