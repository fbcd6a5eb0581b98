"""How cases came from one deployment to another."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, Json, new_id


class CaseMove(Base):
    """A move of a case to another deployment; taking it back is a move as well."""

    __tablename__ = "case_move"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the case")
    from_deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    to_deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    moved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    renamed: Mapped[dict[str, dict[str, str]]] = mapped_column(
        Json, comment="{process: {id of an element before: its id after}}"
    )
    passed: Mapped[Any] = mapped_column(
        Encrypted, comment="{process: {id of a step gone past: why}}"
    )
    takes_back: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("case_move.id"), comment="the move that this one takes back; null: none"
    )
