"""Proceedings elsewhere, such as a trial, that a case runs beside, with every version of each."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, Json, new_id


class Proceeding(Base):
    """Proceedings of a court, a coroner or another body beside a case."""

    __tablename__ = "proceeding"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the case")
    version: Mapped[int] = mapped_column(comment="number of its newest version")
    submit_key: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="so that the same click twice records them once"
    )


class ProceedingVersion(Base):
    """What is recorded of proceedings, whole; news or a correction is a new version."""

    __tablename__ = "proceeding_version"
    __table_args__ = (
        UniqueConstraint("proceeding_id", "number"),
        CheckConstraint("kind in ('criminal', 'inquest', 'care', 'other')", name="kind"),
        CheckConstraint(
            "stage in ('investigation', 'opened', 'hearings', 'outcome', 'appeal', 'over', 'void')",
            name="stage",
        ),
        CheckConstraint("to_on is null or from_on <= to_on", name="days"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    proceeding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proceeding.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(
        Text, comment="void: recorded by mistake, counts for nothing"
    )
    from_on: Mapped[date] = mapped_column(comment="the first day of the proceedings")
    to_on: Mapped[date | None] = mapped_column(comment="their last day, once they are over")
    waits: Mapped[Any] = mapped_column(Json, comment="keys of what waits for them; empty: nothing")
    why: Mapped[Any] = mapped_column(Encrypted, comment="why a version was recorded anew")
    author: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
