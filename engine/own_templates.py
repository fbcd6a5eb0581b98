"""Keep the layouts and letter texts that a Board puts in place of the deployed ones.

A version waits until a second person puts it in force; nothing of it is ever deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import OwnTemplate


def in_force(session: Session, board_id: uuid.UUID, path: str) -> bytes | None:
    """Return what a Board prints or sends in place of a deployed file; None where it has none.

    What was in force when a transaction first asked holds for all of it: a page with many messages
    asks once.
    """
    known = session.info.setdefault("own_templates", {})
    if board_id not in known:
        rows = session.execute(
            select(OwnTemplate.path, OwnTemplate.source)
            .where(OwnTemplate.board_id == board_id)
            .where(OwnTemplate.in_force_at.is_not(None), OwnTemplate.ended_at.is_(None))
        )
        known[board_id] = {row.path: row.source.encode() for row in rows}
    found: bytes | None = known[board_id].get(path)
    return found


def of_board(session: Session, board_id: uuid.UUID) -> Mapping[str, list[OwnTemplate]]:
    """Return every version that a Board has, by path, the newest first."""
    found: dict[str, list[OwnTemplate]] = {}
    for row in session.scalars(
        select(OwnTemplate)
        .where(OwnTemplate.board_id == board_id)
        .order_by(OwnTemplate.path, OwnTemplate.number.desc())
    ):
        found.setdefault(row.path, []).append(row)
    return found


def versions(session: Session, board_id: uuid.UUID, path: str) -> list[OwnTemplate]:
    """Return the versions of one template of a Board, the newest first."""
    return list(
        session.scalars(
            select(OwnTemplate)
            .where(OwnTemplate.board_id == board_id, OwnTemplate.path == path)
            .order_by(OwnTemplate.number.desc())
        )
    )
