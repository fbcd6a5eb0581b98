"""Drafts tried out: what was done in sandboxes, scenarios kept, and how they played."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, EncryptedText, Instant, Json, new_id


class Sandbox(Base):
    """A draft being tried out; its case lies in a throw-away database that is made from its steps."""

    __tablename__ = "sandbox"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variation_draft.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the draft")
    revision: Mapped[int] = mapped_column(comment="that of the draft whose files are tried")
    process: Mapped[str] = mapped_column(Text, comment="root process of the case that was begun")
    starts_at: Mapped[datetime] = mapped_column(
        Instant, comment="the moment of its own clock at which the case was begun"
    )
    begun_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SandboxStep(Base):
    """One step done in a sandbox, or that the newest one was taken back; rows are only added."""

    __tablename__ = "sandbox_step"
    __table_args__ = (
        UniqueConstraint("sandbox_id", "number"),
        CheckConstraint("kind in ('done', 'taken_back')", name="kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    sandbox_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sandbox.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... in the order in which they were done")
    kind: Mapped[str] = mapped_column(
        Text,
        comment="done: as it stands in text; taken_back: the last one that was done and counts",
    )
    text: Mapped[str] = mapped_column(
        EncryptedText, default="", comment="as a scenario file has it; somebody may type a name"
    )
    by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class DraftScenario(Base):
    """A scenario kept with a draft: recorded in a sandbox, or sent in."""

    __tablename__ = "draft_scenario"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variation_draft.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the draft")
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(
        EncryptedText, comment="a scenario file, which may hold several"
    )
    kept_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    kept_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="taken off the list; it is played no more"
    )


class ScenarioRun(Base):
    """The scenarios of a draft, played in the background against its files as they were."""

    __tablename__ = "scenario_run"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variation_draft.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the draft")
    revision: Mapped[int] = mapped_column(comment="that of the draft whose files are played")
    scenarios: Mapped[Any] = mapped_column(
        Json, comment="numbers of those kept with the draft, and whether the delivered ones too"
    )
    total: Mapped[int] = mapped_column(comment="how many scenarios there are to play")
    begun_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="when the last was played, or why there was none to play was found"
    )
    why: Mapped[str] = mapped_column(
        Text, default="", comment="why none could be played, where that is so"
    )


class ScenarioOutcome(Base):
    """How one scenario of a run came out, and which steps and branches its cases took."""

    __tablename__ = "scenario_outcome"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scenario_run.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... in the order of the run")
    file: Mapped[str] = mapped_column(Text, comment="name of the file it stands in")
    title: Mapped[str] = mapped_column(Text)
    wrong: Mapped[str] = mapped_column(
        Text, comment="expected and found, empty where it came out as it says"
    )
    took: Mapped[Any] = mapped_column(
        Json, comment="{process: [id of a step, event or flow that was taken]}"
    )
    at: Mapped[datetime] = mapped_column(Instant)
