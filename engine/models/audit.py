"""What happened, once and for good."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Instant, Json, new_id


class AuditEvent(Base):
    """An append-only fact in the past tense, hash-chained per case (per Board where no case is)."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_audit_event_case", "case_id", "seq"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    chain: Mapped[str] = mapped_column(Text, comment="case:<id>, board:<id> or installation")
    seq: Mapped[int] = mapped_column(comment="from 1, without gaps")
    board_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text, comment="account id, or SYSTEM")
    kind: Mapped[str] = mapped_column(Text, comment="past tense, e.g. task_completed")
    subject: Mapped[str] = mapped_column(
        Text, default="", comment="what it is about, e.g. TS-41 or CNS-03"
    )
    data: Mapped[dict[str, Any]] = mapped_column(
        Json, default=dict, comment="ids and keys only; no form values"
    )
    previous: Mapped[str] = mapped_column(
        Text, comment="hash of the event before; empty for the first"
    )
    key_id: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text, comment="HMAC-SHA256 of everything above")


class Sight(Base):
    """Somebody looked at something of a case: one row each time a page of it was shown."""

    __tablename__ = "sight"
    __table_args__ = (
        Index("ix_sight_case", "case_id", "at"),
        Index("ix_sight_account", "account_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text, comment="case, document, paper, file, task or note")
    subject: Mapped[str] = mapped_column(Text, comment="the id of it; empty for the case itself")
    key_id: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text, comment="HMAC-SHA256 of everything above")
