"""Clocks, timers, notices, incidents, and the offset that moves a demonstration's time."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, Json, new_id


class TimeOffset(Base):
    """How far a demonstration's or scenario's clock is from the database's. At most one row."""

    __tablename__ = "time_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seconds: Mapped[int] = mapped_column(default=0)
    frozen_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="set: the clock stands at this moment"
    )


class Clock(Base):
    """A timescale on a case (and item, and occurrence)."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("case_id", "timescale", "item_key", "occurrence"),
        CheckConstraint(
            "state in ('not_started', 'running', 'due_soon', 'overdue', 'met', 'ended')",
            name="state",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    timescale: Mapped[str] = mapped_column(Text, comment="e.g. TS-41")
    item_key: Mapped[str] = mapped_column(Text, default="")
    occurrence: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(
        Text,
        default="not_started",
        comment="not_started: no date yet; running; due_soon: first stage passed; overdue; "
        "met: done (see late); ended: no longer applies",
    )
    late: Mapped[bool] = mapped_column(default=False, comment="met, but after the due day")
    from_on: Mapped[date | None] = mapped_column(comment="the recorded date it runs from (PR-01)")
    due_on: Mapped[date | None] = mapped_column(comment="the last day in time (PR-04)")
    met_on: Mapped[date | None]
    reason: Mapped[dict[str, Any]] = mapped_column(
        Json, default=dict, comment="rule and facts used, for 'why'"
    )
    stages_passed: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="stages sent or overtaken"
    )


class Timer(Base):
    """A due moment: a waiting BPMN timer event, or the next stage or breach of a clock."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        CheckConstraint("kind in ('event', 'clock', 'report')", name="kind"),
        Index("ix_timer_due", "due_at", "id", sqlite_where=text("parked = 0 and due_at is not null"),
              postgresql_where=text("not parked and due_at is not null")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(
        Text,
        comment="event: a BPMN timer event; clock: a stage or breach; "
        "report: what a linked case reports, to be taken in again",
    )
    token: Mapped[str] = mapped_column(
        Text,
        comment="event:<instance>:<bpmn id>:<item>:<round>, clock:<timescale>:<item>:<occurrence> "
        "or report:<case>",
    )
    instance_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process_instance.id"))
    bpmn_id: Mapped[str] = mapped_column(Text, default="")
    item_key: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=1)
    timescale: Mapped[str] = mapped_column(Text, default="")
    expression: Mapped[str] = mapped_column(
        Text, default="", comment="FEEL of a timer event, evaluated anew"
    )
    due_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="null: armed, its date is not recorded yet"
    )
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="not before this moment, after a failure"
    )
    parked: Mapped[bool] = mapped_column(default=False, comment="failed three times; see incident")


class Notice(Base):
    """A message to a person or body, written in the transaction that caused it."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("case_id", "key"), Index("ix_notice_case", "case_id", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    key: Mapped[str] = mapped_column(
        Text, comment="what it stands for, so that it is never written twice"
    )
    number: Mapped[int] = mapped_column(comment="order within the case")
    to_role: Mapped[str] = mapped_column(Text)
    item_key: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(Text, comment="a catalogue id: TS-41, CNS-04, F-35")
    template: Mapped[str] = mapped_column(
        Text, comment="which text, e.g. clock_stage or chronology_format"
    )
    data: Mapped[dict[str, Any]] = mapped_column(
        Json, default=dict, comment="what the text needs; no case data"
    )
    at: Mapped[datetime] = mapped_column(Instant)
    posted_on: Mapped[date | None] = mapped_column(
        comment="the day on which a letter was sent on by post"
    )
    posted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class OutboxMessage(Base):
    """One sending of a notice, a link, a code or news of a meeting, done after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'sent', 'failed')", name="state"),
        CheckConstraint(
            "(notice_id is null) <> (invitation_id is null and meeting_notice_id is null) "
            "and (invitation_id is null or meeting_notice_id is null)",
            name="one_thing",
        ),
        Index("ix_outbox_waiting", "state", "lease_until"),
    )

    key: Mapped[str] = mapped_column(Text, primary_key=True, comment="stable; also the Message-ID")
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    notice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice.id"))
    invitation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invitation.id"))
    meeting_notice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("meeting_notice.id"))
    code: Mapped[int | None] = mapped_column(
        comment="of an invitation: which of its codes; 0: its link"
    )
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    address: Mapped[Any] = mapped_column(Encrypted)
    language: Mapped[str] = mapped_column(Text, comment="en, cy, or both")
    state: Mapped[str] = mapped_column(Text, default="waiting")
    digest_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="set: goes out at this moment, in one message with whatever else does"
    )
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(
        Text,
        default="",
        server_default="",
        comment="why it did not go out the last time: address, refused, limited, away, settings",
    )


class Incident(Base):
    """Something the engine could not do, parked until a person puts it right."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_case", "case_id", "resolved_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    timer_id: Mapped[uuid.UUID | None] = mapped_column(
        comment="no foreign key: the timer may be gone"
    )
    what: Mapped[str] = mapped_column(Text, comment="class of the error")
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, comment="ids and keys only")
    opened_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
