"""Meetings of Boards, their groups and Panels, and what was recorded of each."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, new_id


class Meeting(Base):
    """A meeting of a body that `roles.toml` knows to meet; of a case, where its body has one."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("state in ('planned', 'held', 'cancelled')", name="state"),
        Index("ix_meeting_day", "board_id", "body", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    body: Mapped[str] = mapped_column(Text, comment="the role that the body is, such as sub_group")
    day: Mapped[date]
    at: Mapped[str] = mapped_column(Text, comment="HH:MM by the clocks in Wales")
    place: Mapped[Any] = mapped_column(Encrypted)
    quorum: Mapped[int] = mapped_column(comment="how many must be there to decide; 0, any number")
    state: Mapped[str] = mapped_column(Text, default="planned")
    why: Mapped[Any] = mapped_column(Encrypted, comment="why it was moved or cancelled last")
    version: Mapped[int] = mapped_column(default=1, comment="goes up with every change")
    submit_key: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="so that the same click twice plans one meeting"
    )


class MeetingRecord(Base):
    """What was recorded of a meeting, whole; a correction is a new version with a reason."""

    __tablename__ = "meeting_record"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    content: Mapped[Any] = mapped_column(
        Encrypted,
        comment="{present, others, notes, decisions: with votes, reason}; what was before it then: "
        "agenda, papers {document: version}",
    )
    author: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
