"""A review that goes on already, while it is put on record, and who looked it over afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, new_id


class Adoption(Base):
    """What is known of a matter that began elsewhere, until its case goes on here, and after."""

    __tablename__ = "adoption"
    __table_args__ = (
        CheckConstraint("state in ('begun', 'adopted', 'given_up')", name="state"),
        Index("ix_adoption_board", "board_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    process: Mapped[str] = mapped_column(
        Text, comment="process id of the root, or of the review within it"
    )
    state: Mapped[str] = mapped_column(
        Text, default="begun", comment="begun: nothing runs yet; adopted: it is a case; given_up"
    )
    version: Mapped[int] = mapped_column(default=1, comment="goes up with every change")
    content: Mapped[Any] = mapped_column(
        Encrypted,
        comment="{began_on, reference, linked, relation, steps, aside, stands_at, people}",
    )
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), unique=True)
    submit_key: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="so that the same click twice begins one"
    )
    begun_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    adopted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id"), comment="the second person, who held it against the papers"
    )
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
