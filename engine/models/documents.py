"""Documents and what hangs on them: versions, drafts, signatures, facts, uploads."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, Json, new_id


class Document(Base):
    """A form's filled-in record on a case."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("case_id", "form", "item_key", "occasion"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    form: Mapped[str] = mapped_column(Text, comment="id of the form, e.g. consent")
    item_key: Mapped[str] = mapped_column(Text, default="", comment="empty: one for the case")
    occasion: Mapped[str] = mapped_column(
        Text, default="", comment="instance and round, for a form per occasion"
    )
    version: Mapped[int] = mapped_column(comment="number of the newest version")
    created_at: Mapped[datetime] = mapped_column(Instant)


class DocumentVersion(Base):
    """One whole, immutable state of a document."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    content: Mapped[Any] = mapped_column(Encrypted, comment="{section: {key: value}}, JSON values")
    content_hash: Mapped[str] = mapped_column(Text, comment="SHA-256 of the canonical JSON")
    section_hashes: Mapped[dict[str, str]] = mapped_column(Json)
    sections: Mapped[list[str]] = mapped_column(Json, comment="sections that this version wrote")
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_task.id"))
    author: Mapped[str] = mapped_column(Text, comment="account id, or SYSTEM")
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="", comment="why, when it amends")
    moves: Mapped[int] = mapped_column(
        default=0, comment="how often its case had moved by then: by which form it is read"
    )


class Draft(Base):
    """Unsubmitted answers of one person on one task; never a document, never read by others."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("task_id", "account_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_task.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    content: Mapped[Any] = mapped_column(
        Encrypted, comment="{input name: [typed strings]}, as posted"
    )
    saved_at: Mapped[datetime] = mapped_column(Instant)


class Signature(Base):
    """A person's signature under the sections of one document version."""

    __tablename__ = "signature"
    __table_args__ = (Index("ix_signature_version", "document_version_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    document_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document_version.id"))
    sections: Mapped[list[str]] = mapped_column(Json)
    sections_hash: Mapped[str] = mapped_column(
        Text, comment="SHA-256 over the signed sections' hashes"
    )
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class Fact(Base):
    """A typed value lifted out of a document, a decision or a step; every change is kept.

    What holds now stands on the case as well (`Case.facts`), so that a step reads it at once.
    """

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("case_id", "name", "item_key", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    name: Mapped[str] = mapped_column(Text)
    item_key: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(comment="1, 2, ... for each change")
    value: Mapped[Any] = mapped_column(
        Encrypted, nullable=True, comment="feel.to_json of the value; null: not known any more"
    )
    source: Mapped[str] = mapped_column(Text, comment="document version id, decision id or BPMN id")
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)


class DecisionResult(Base):
    """What a decision table answered, each time it was asked."""

    __tablename__ = "decision_result"
    __table_args__ = (Index("ix_decision_result_case", "case_id", "decision", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    decision: Mapped[str] = mapped_column(Text, comment="e.g. DR-16")
    item_key: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the case")
    rules: Mapped[list[str]] = mapped_column(
        Json, comment="catalogue ids of the rows that matched, e.g. DR-16.3"
    )
    result: Mapped[Any] = mapped_column(Encrypted, nullable=True, comment="null: no row matched")
    at: Mapped[datetime] = mapped_column(Instant)


class Upload(Base):
    """A file that somebody sent in, kept outside the web root under its own hash."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_case", "case_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_task.id"))
    sha256: Mapped[str] = mapped_column(Text, comment="of the bytes as sent; names the stored file")
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(
        Text, comment="found from the bytes, not from what was claimed"
    )
    filename: Mapped[Any] = mapped_column(Encrypted)
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
