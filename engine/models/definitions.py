"""Deployed files, and the resolved sets of them that cases pin."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Instant, new_id


class FileContent(Base):
    """The bytes of a definition, form, table or timescale file, once per content."""

    __tablename__ = "file_content"

    hash: Mapped[str] = mapped_column(Text, primary_key=True, comment="SHA-256 of the bytes, hex")
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Deployment(Base):
    """A resolved set of definitions, forms, tables, timescales, roles and facts."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("board_id", "hash"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("board.id"), comment="null: the base, for every Board without a variation"
    )
    hash: Mapped[str] = mapped_column(
        Text, comment="SHA-256 over the sorted paths and content hashes"
    )
    edition: Mapped[str] = mapped_column(Text, comment="legal basis, e.g. draft_2011")
    variation: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(comment="1, 2, ... for a Board; the newest opens new cases")
    deployed_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text, default="")
    opens_cases: Mapped[bool] = mapped_column(
        default=True,
        server_default=true(),
        comment="false: kept for variations to be laid over it, and for nothing else",
    )


class OwnTemplate(Base):
    """A version of a layout or a letter text that a Board puts in place of the deployed one.

    It waits until somebody else puts it in force, and stays so until it is ended.
    """

    __tablename__ = "own_template"
    __table_args__ = (UniqueConstraint("board_id", "path", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    path: Mapped[str] = mapped_column(Text, comment="e.g. forms/reports/recommendation.toml")
    number: Mapped[int] = mapped_column(comment="1, 2, ... for a Board and path")
    source: Mapped[str] = mapped_column(Text, comment="the TOML, as it was written")
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    in_force_at: Mapped[datetime | None] = mapped_column(Instant, comment="null: waits")
    put_in_force_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="replaced by the next one, or taken back"
    )
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class DeployedFile(Base):
    """One file of a deployment."""

    __tablename__ = "deployed_file"
    __table_args__ = (UniqueConstraint("deployment_id", "path"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"), index=True)
    path: Mapped[str] = mapped_column(Text, comment="e.g. processes/consultation.bpmn")
    content_hash: Mapped[str] = mapped_column(ForeignKey("file_content.hash"))
