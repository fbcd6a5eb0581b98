"""Meetings of Boards, their groups and Panels: own items, who was told, and what was recorded."""

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


class MeetingItem(Base):
    """A version of an item that the co-ordinator put on an agenda; what it says stands whole."""

    __tablename__ = "meeting_item"
    __table_args__ = (UniqueConstraint("meeting_id", "number", "version"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the meeting")
    version: Mapped[int] = mapped_column(comment="1, 2, ... of this item; the newest holds")
    case_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("case.id"), comment="the case that it is about, where it is about one"
    )
    content: Mapped[Any] = mapped_column(
        Encrypted, comment="{title, note, papers: [document id], off: why it was taken off}"
    )
    author: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class MeetingNotice(Base):
    """That a member of a body was told of a meeting, or that it is cancelled, and of which day."""

    __tablename__ = "meeting_notice"
    __table_args__ = (
        CheckConstraint("kind in ('invited', 'cancelled')", name="kind"),
        Index("ix_meeting_notice_meeting", "meeting_id", "written_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(comment="the day that they were told")
    begins: Mapped[str] = mapped_column(Text, comment="the time that they were told, HH:MM")
    written_at: Mapped[datetime] = mapped_column(Instant)
