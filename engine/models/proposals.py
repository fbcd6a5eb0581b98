"""What somebody wants put right that bears on the statute, until a second person confirms it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, new_id


class Proposal(Base):
    """A correction that waits for a second person, or what became of it."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("state in ('waiting', 'confirmed', 'refused', 'taken_back')", name="state"),
        Index("ix_proposal_state", "state", "case_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the case")
    act: Mapped[str] = mapped_column(Text, comment="an act of corrections, or amend")
    document_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("document.id"), comment="of amend: the document"
    )
    content: Mapped[Any] = mapped_column(
        Encrypted,
        comment="{step, item} or {sections, posted}; reason; fingerprint: what it would do",
    )
    state: Mapped[str] = mapped_column(Text, default="waiting")
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[Any] = mapped_column(
        Encrypted, nullable=True, comment="why it was refused or taken back"
    )
