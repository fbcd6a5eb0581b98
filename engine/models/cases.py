"""Cases, their process instances, user tasks, items and step logs."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, EncryptedText, Instant, Json, new_id


class Case(Base):
    """One matter from start to close."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("board_id", "identifier"),
        CheckConstraint("state in ('open', 'suspended', 'closed')", name="state"),
        Index("ix_case_board_state", "board_id", "state", "opened_at"),
        # Holds all that the list of cases filters and sorts by, so that it never reads the facts.
        Index("ix_case_list", "board_id", "process", "state", "opened_at", "next_due_on",
              "identifier", "id"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    identifier: Mapped[str] = mapped_column(
        Text, comment="never holds a name, initials or a birth date (CF-02)"
    )
    process: Mapped[str] = mapped_column(Text, comment="process id of the root instance")
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    state: Mapped[str] = mapped_column(
        Text,
        default="open",
        comment="open: work goes on; suspended: tasks held, clocks go on; closed: ended",
    )
    version: Mapped[int] = mapped_column(
        default=0, comment="number of its newest audit event: every change counts"
    )
    audit_head: Mapped[str] = mapped_column(
        Text, default="", comment="hash of its newest audit event"
    )
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    submit_key: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="so that the same click twice opens one case"
    )
    adopted_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="when it was put on record, under way; null: it began here"
    )
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    moves: Mapped[int] = mapped_column(
        default=0, comment="how often it has come to another deployment; numbers its moves"
    )
    next_due_on: Mapped[date | None] = mapped_column(
        comment="the first due day of its clocks that run; kept whenever they are, for lists"
    )
    instances_started: Mapped[int] = mapped_column(
        default=0, comment="numbers the process instances of the case"
    )
    notices_written: Mapped[int] = mapped_column(
        default=0, comment="numbers the notices of the case"
    )
    tasks_opened: Mapped[int] = mapped_column(
        default=0, comment="numbers the user tasks of the case"
    )
    outcome: Mapped[str] = mapped_column(
        Text, default="", comment="BPMN id of the end event that closed it"
    )
    kept_until: Mapped[datetime | None] = mapped_column(
        Instant,
        comment="until then clocks and timers stand as they are, unless a fact that moves them changes",
    )
    kept_version: Mapped[int | None] = mapped_column(
        comment="the version that kept_until was said of; of any other it says nothing"
    )
    facts: Mapped[str] = mapped_column(
        EncryptedText,
        default="{}",
        comment="what holds now, {name: {item: [value, day set, number]}}; the fact table keeps every change",
    )


class CaseMark(Base):
    """What a case may share with another about the same child, as a keyed hash that says nothing.

    Worked out from facts whenever they change (`engine/likeness.py`), so it is written anew.
    """

    __tablename__ = "case_mark"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "mark"),
        CheckConstraint("kind in ('birth', 'incident')", name="kind"),
        Index("ix_case_mark_mark", "board_id", "kind", "mark"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(
        Text, comment="birth: a child's day of birth; incident: the day of an incident"
    )
    mark: Mapped[str] = mapped_column(
        Text, comment="HMAC of Board, kind and day under an audit key"
    )


class CaseLink(Base):
    """A case beside one that was opened from it, or from which it was; each of the two has a row.

    Each row belongs to the Board of its own case, and says nothing of the other but where it is.
    """

    __tablename__ = "case_link"
    __table_args__ = (
        UniqueConstraint("case_id", "linked_id"),
        CheckConstraint(
            "relation in ('escalation', 'hand_over', 'programme', 'method')", name="relation"
        ),
        CheckConstraint("direction in ('to', 'from')", name="direction"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    linked_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    relation: Mapped[str] = mapped_column(
        Text,
        comment="escalation: a concern sent up or down; hand_over: to the Board that leads; "
        "programme: a forum, or the next year's programme; method: how a forum looks into it",
    )
    direction: Mapped[str] = mapped_column(
        Text, comment="to: the other was opened from this case; from: this one from the other"
    )
    item_key: Mapped[str | None] = mapped_column(
        Text, comment="on a row 'to': the item of this case that the other was opened for"
    )
    linked_at: Mapped[datetime] = mapped_column(Instant)


class Item(Base):
    """A thing that a step repeats over: an agency, a participant, a child, a family member."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("case_id", "key"), Index("ix_item_list", "case_id", "list"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    list: Mapped[str] = mapped_column(Text, comment="name of the item list, e.g. participants")
    kind: Mapped[str] = mapped_column(Text, comment="item kind, e.g. participant")
    key: Mapped[str] = mapped_column(Text, comment="stable and nameless, e.g. participant_7")
    number: Mapped[int] = mapped_column(comment="order within the list")
    label: Mapped[Any] = mapped_column(Encrypted, comment="what people call it; may be a name")
    added_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_reason: Mapped[str] = mapped_column(Text, default="")


class ProcessInstance(Base):
    """One running definition: the root of a case, a child for a called part, or a side instance."""

    __tablename__ = "process_instance"
    __table_args__ = (
        CheckConstraint("kind in ('root', 'child', 'side')", name="kind"),
        CheckConstraint("state in ('open', 'completed', 'cancelled')", name="state"),
        Index("ix_process_instance_case", "case_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int] = mapped_column(
        comment="1 for the root, then in order of start within the case"
    )
    kind: Mapped[str] = mapped_column(Text)
    process: Mapped[str] = mapped_column(Text)
    definition_hash: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process_instance.id"))
    parent_bpmn_id: Mapped[str] = mapped_column(
        Text, default="", comment="the call activity that waits for it"
    )
    parent_round: Mapped[int] = mapped_column(default=1)
    item_key: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    workflow_state: Mapped[bytes] = mapped_column(
        LargeBinary, comment="a cache of the step log, no form values"
    )
    ended_by: Mapped[str] = mapped_column(
        Text, default="", comment="BPMN id of the end event reached"
    )
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class StepLogEntry(Base):
    """One input that drove an instance. The log is the truth; workflow state is rebuilt from it."""

    __tablename__ = "step_log"
    __table_args__ = (UniqueConstraint("instance_id", "seq"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"))
    seq: Mapped[int]
    entry: Mapped[dict[str, Any]] = mapped_column(Json, comment="workflow.LogEntry as JSON")
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="taken back by go back, repeat or skip"
    )


class UserTask(Base):
    """A step waiting for a person, or one that did."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index("uq_user_task_open", "instance_id", "bpmn_id", "item_key", "round", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        CheckConstraint("state in ('open', 'completed', 'withdrawn')", name="state"),
        Index("ix_user_task_case", "case_id", "state"),
        Index("ix_user_task_board", "board_id", "state", "role"),
        Index("ix_user_task_step", "bpmn_id", "case_id",
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"))
    bpmn_id: Mapped[str] = mapped_column(Text)
    item_key: Mapped[str] = mapped_column(Text, default="", comment="empty: not per item")
    round: Mapped[int] = mapped_column(
        default=1, comment="2, 3, ... when a loop or go-back opens it again"
    )
    number: Mapped[int] = mapped_column(
        comment="1, 2, ... in the order in which the case opened them"
    )
    role: Mapped[str] = mapped_column(Text, comment="keys of roles.toml separated by spaces")
    requirement: Mapped[str] = mapped_column(
        Text, default="", comment="catalogue ids separated by spaces"
    )
    state: Mapped[str] = mapped_column(Text, default="open")
    opened_at: Mapped[datetime] = mapped_column(Instant)
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str] = mapped_column(Text, default="", comment="account id, or SYSTEM")
    closed_why: Mapped[str] = mapped_column(
        Text, default="", comment="for a withdrawn task: what withdrew it"
    )
    recorded_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="when it was put on record as done before; null: it was done here"
    )
    happened_on: Mapped[date | None] = mapped_column(
        comment="of one put on record: the day on which it was done; null: nobody knows"
    )


class Submission(Base):
    """A submit key that was used, so that the same click twice is one submission."""

    __tablename__ = "submission"

    submit_key: Mapped[str] = mapped_column(Text, primary_key=True)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_task.id"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
