"""The codes that stand for the people and places of a case, with every version of who each is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, new_id


class CodeRow(Base):
    """A code of a case, such as Child 1. It stays for good and is never given twice."""

    __tablename__ = "code"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "number"),
        UniqueConstraint("case_id", "source"),
        CheckConstraint("kind in ('child', 'family', 'staff', 'place')", name="kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the case and kind")
    version: Mapped[int] = mapped_column(comment="number of its newest version")
    source: Mapped[str | None] = mapped_column(
        Text, comment="where the case lists whom it stands for, by keys; null: entered by hand"
    )


class CodeVersion(Base):
    """Whom or what a code stands for, whole; a correction is a new version with a reason."""

    __tablename__ = "code_version"
    __table_args__ = (UniqueConstraint("code_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("code.id"))
    number: Mapped[int]
    content: Mapped[Any] = mapped_column(
        Encrypted, comment="{name, also: other names, role, is_used, reason: why it was put right}"
    )
    author: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
