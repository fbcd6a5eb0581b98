"""Keep the lists of cases that a person wants to see again, under names of their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select

from engine import db, time_source
from engine.accounts import Actor
from engine.errors import EngineError, NotFound
from engine.models import SavedView, new_id

MAX_LENGTH = 60


class ViewNameWrong(EngineError):
    """Give the view a name of 1 to 60 characters."""

    status = 422


class ViewNameTaken(EngineError):
    """You have a view of this name already. Choose another name."""

    status = 422


@dataclass(frozen=True)
class ViewSummary:
    """A list of cases that a person kept: its name, and what is asked of the list."""

    id: uuid.UUID
    name: str
    query: Mapping[str, str]


def list_views(actor: Actor) -> list[ViewSummary]:
    """Return the views that a person keeps, in the order of their names."""
    with db.reading() as session:
        found = [
            ViewSummary(row.id, row.name, row.query) for row in session.scalars(_kept_by(actor))
        ]
        return sorted(found, key=lambda view: (view.name.casefold(), str(view.id)))


def save_view(name: str, query: Mapping[str, str], actor: Actor) -> None:
    """Keep a list under a name.

    Raises:  ViewNameWrong; ViewNameTaken.
    """
    name = name.strip()
    if not 1 <= len(name) <= MAX_LENGTH:
        raise ViewNameWrong
    with db.transaction() as session:
        if name.casefold() in {row.name.casefold() for row in session.scalars(_kept_by(actor))}:
            raise ViewNameTaken
        session.add(
            SavedView(
                id=new_id(),
                account_id=actor.account_id,
                name=name,
                query=dict(query),
                made_at=time_source.now(session),
            )
        )


def remove_view(view_id: uuid.UUID, actor: Actor) -> None:
    """Take a view out of a person's list.

    Raises:  NotFound, also for another person's.
    """
    with db.transaction() as session:
        found = session.scalar(_kept_by(actor).where(SavedView.id == view_id))
        if found is None:
            raise NotFound
        found.removed_at = time_source.now(session)


def _kept_by(actor: Actor) -> Select[SavedView]:
    return (
        select(SavedView)
        .where(SavedView.account_id == actor.account_id, SavedView.removed_at.is_(None))
        .order_by(SavedView.made_at, SavedView.id)
    )
