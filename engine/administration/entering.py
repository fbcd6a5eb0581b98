"""Let people at a Board's settings who may be there, and keep what holds for all of them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, audit, deployments, people, time_source
from engine.deployments import Definitions
from engine.errors import AccessDenied, EngineError, FieldError, InvalidForm, NotFound
from engine.models import Account, Appointment, Board
from engine.people import Actor
from engine.roles import ADMINISTRATOR
from engine.texts import Text

#: How long a name and what stands beside it may be, in characters.
MAX_NAME = 200
MAX_TEXT = 2_000


class ChangedMeanwhile(EngineError):
    """Somebody else has changed this since you opened the page. What you typed is kept here: look at what stands there now, and save again if it is still right."""  # noqa: E501

    status = 409


class LastAdministrator(EngineError):
    """Nobody else administers {board} without an end. Make somebody else an administrator first."""

    status = 409


class NotForYourself(EngineError):
    """Nobody gives a role to themself. Ask another administrator or co-ordinator to do it."""

    status = 409


@dataclass(frozen=True)
class Desk:
    """A Board whose people and settings somebody sees to, and what they may do there."""

    session: Session
    board: Board
    actor: Actor
    acts: frozenset[str]

    @property
    def name(self) -> Text:
        """Return what the Board is called."""
        return Text(self.board.name_en, self.board.name_cy)

    @property
    def definitions(self) -> Definitions:
        """Return the definitions with which the Board opens cases now."""
        newest = deployments.newest(self.session, self.board.id)
        return deployments.load(self.session, newest.id)

    def record(self, kind: str, subject: str = "", data: dict[str, Any] | None = None) -> None:
        """Put on the Board's record what was done."""
        author = str(self.actor.account_id)
        audit.append(self.session, kind, author, board_id=self.board.id, subject=subject, data=data)


def look(session: Session, key: str, actor: Actor) -> Desk:
    """Return the Board for somebody who may see to its people and settings.

    Raises:  NotFound, as if there were no such Board.
    """
    board = session.scalars(select(Board).where(Board.key == key)).one_or_none()
    acts = access.board_acts(session, actor, board.id) if board else frozenset()
    if board is None or not acts:
        raise NotFound
    return Desk(session, board, actor, acts)


def enter(session: Session, key: str, actor: Actor, act: str) -> Desk:
    """Return the Board for somebody who changes something, one person at a time.

    Raises:  NotFound; AccessDenied, for whoever may not do this.
    """
    board_id = session.scalar(select(Board.id).where(Board.key == key))
    if board_id is None:
        raise NotFound
    audit.hold(session, board_id)
    desk = look(session, key, actor)
    if act not in desk.acts:
        raise AccessDenied
    return desk


def seen_now(*values: Any) -> str:
    """Return what tells a page that what it showed still stands there."""
    said = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def require_seen(seen: str, *values: Any) -> None:
    """Refuse a change of what somebody else changed since the page was made.

    Raises:  ChangedMeanwhile.
    """
    if seen != seen_now(*values):
        raise ChangedMeanwhile


def required(typed: Mapping[str, str], name: str, en: str, cy: str) -> list[FieldError]:
    """Return what is wrong with a line that has to be filled in; the text says what to do."""
    said = typed.get(name, "").strip()
    return too_long(typed, name) if said else [FieldError(name, en, cy)]


def too_long(typed: Mapping[str, str], name: str, most: int = MAX_NAME) -> list[FieldError]:
    """Return what is wrong with a line that is longer than can be kept."""
    if len(typed.get(name, "").strip()) <= most:
        return []
    return [
        FieldError(
            name,
            f"This must be {most} characters or fewer",
            f"Rhaid i hyn fod yn {most} nod neu lai",
        )
    ]


def refuse(errors: list[FieldError]) -> None:
    """Refuse what was typed where something is wrong with it.

    Raises:  InvalidForm.
    """
    if errors:
        raise InvalidForm(errors)


def require_other_administrator(session: Session, account_id: uuid.UUID) -> None:
    """Refuse to take away the last administrator of a Board.

    The caller holds the Board; the installation is held here, so that two who take each other away
    at the same time do not both succeed, whatever Board they are looking at.
    Raises:  LastAdministrator.
    """
    audit.hold(session, None)
    live = people.live_on(time_source.today(session))
    runs = select(Appointment.board_id).where(
        Appointment.role == ADMINISTRATOR, Appointment.case_id.is_(None), live
    )
    for board_id in session.scalars(runs.where(Appointment.account_id == account_id)).all():
        others = (
            runs.join(Account, Account.id == Appointment.account_id)
            .where(Appointment.board_id == board_id, Appointment.account_id != account_id)
            .where(Account.state == "active", Appointment.ends_on.is_(None))
        )
        if session.scalar(others.limit(1)) is None:
            board = session.get_one(Board, board_id)
            raise LastAdministrator(board=Text(board.name_en, board.name_cy))
