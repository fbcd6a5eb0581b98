"""File notes and correspondence on a case, with every version of each."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, new_id


class FileNote(Base):
    """A file note on a case, or a letter, email or call in or out."""

    __tablename__ = "file_note"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, ... within the case")
    version: Mapped[int] = mapped_column(comment="number of its newest version")
    visibility: Mapped[str] = mapped_column(
        Text, comment="class of its newest version; of an older one, both must let somebody read"
    )
    submit_key: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="so that the same click twice records one note"
    )


class FileNoteVersion(Base):
    """What a file note says, whole; a correction is a new version with a reason."""

    __tablename__ = "file_note_version"
    __table_args__ = (
        UniqueConstraint("note_id", "number"),
        CheckConstraint(
            "kind in ('note', 'letter_in', 'letter_out', 'email_in', 'email_out', 'call_in', "
            "'call_out')",
            name="kind",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_note.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(comment="the day of the note, letter or call")
    with_role: Mapped[str] = mapped_column(
        Text, comment="key of a role, family, other; empty: of nobody"
    )
    visibility: Mapped[str] = mapped_column(Text, comment="a class of roles.toml, such as V-CASE")
    content: Mapped[Any] = mapped_column(
        Encrypted, comment="{text, files: ids of uploads, reason: why it was put right}"
    )
    author: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Instant)
