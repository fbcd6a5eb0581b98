"""Say when the bodies of a Board meet next: what the ladder and people's own calendars rest on."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import time_source
from engine.models import Meeting

#: The body to which the last rung of the ladder goes (E5).
BOARD = "board"


def next_planned(
    session: Session, board_id: uuid.UUID, body: str, case_id: uuid.UUID | None = None
) -> Meeting | None:
    """Return the next meeting of a body, today's among them; None where none is planned."""
    of_case = Meeting.case_id == case_id if case_id else Meeting.case_id.is_(None)
    return session.scalars(
        select(Meeting)
        .where(Meeting.board_id == board_id, Meeting.body == body, of_case)
        .where(Meeting.state == "planned", Meeting.day >= time_source.today(session))
        .order_by(Meeting.day, Meeting.at, Meeting.id)
        .limit(1)
    ).first()


def starts_at(meeting: Meeting) -> datetime:
    """Return the moment at which a meeting begins."""
    begins = time.fromisoformat(meeting.at)
    return datetime.combine(meeting.day, begins, time_source.WALES).astimezone(UTC)
