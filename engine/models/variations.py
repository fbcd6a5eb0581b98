"""Drafts of a Board's own variation, every version of their files, and what was found in them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Instant, Json, new_id


class VariationDraft(Base):
    """A variation while it is written, until somebody else publishes it."""

    __tablename__ = "variation_draft"
    __table_args__ = (
        UniqueConstraint("board_id", "number"),
        CheckConstraint("state in ('draft', 'proposed', 'published', 'laid_aside')", name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... for a Board")
    name: Mapped[str] = mapped_column(Text, comment="of the variation, as folders are called")
    title: Mapped[str] = mapped_column(Text, comment="what it is to change, in the writer's words")
    base_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("deployment.id"), comment="the edition that it is laid over"
    )
    state: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=0, comment="one more with each change of it")
    begun_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text, default="", comment="why it is to be published")
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id"), comment="who published it or laid it aside"
    )
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    deployment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("deployment.id"), comment="what it was published as"
    )


class VariationFile(Base):
    """One version of one file of a draft; the newest counts, none is ever changed."""

    __tablename__ = "variation_draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "path", "revision"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variation_draft.id"))
    path: Mapped[str] = mapped_column(Text, comment="e.g. processes/consultation.bpmn")
    revision: Mapped[int] = mapped_column(comment="that of the draft since this was written")
    content_hash: Mapped[str | None] = mapped_column(
        ForeignKey("file_content.hash"), comment="null: as the edition has it from here on"
    )
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)


class VariationCheck(Base):
    """What the checks found in a draft as it was; one each time they are run."""

    __tablename__ = "variation_draft_check"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variation_draft.id"), index=True)
    revision: Mapped[int] = mapped_column(comment="that of the draft when it was checked")
    findings: Mapped[Any] = mapped_column(Json, comment="a list of findings, each with its path")
    checked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime] = mapped_column(Instant)
