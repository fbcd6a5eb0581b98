"""Say who is away, and who acts for them meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from engine import db, people, time_source
from engine.administration.entering import Desk, NotForYourself, enter, look, refuse
from engine.administration.members import member
from engine.errors import EngineError, FieldError, NotFound
from engine.models import Absence, Account, Board, new_id
from engine.people import Actor, Person
from engine.texts import Text


class AlreadyAway(EngineError):
    """This person acts for the other one then already. Choose other days, or another person."""

    status = 409


class SubstituteAway(EngineError):
    """The person who is to act is away in these days too. Choose another person, or other days."""

    status = 409


@dataclass(frozen=True)
class AbsenceView:
    """Who is away from when to when, and who acts for them."""

    id: uuid.UUID
    name: str
    substitute: str
    starts_on: date
    ends_on: date
    ended_on: date | None
    #: `coming`, `now` or `over`
    when: str


@dataclass(frozen=True)
class AbsencePage:
    """The absences of a Board's people, those to come first, and whom one may choose."""

    board: Text
    acts: frozenset[str]
    absences: tuple[AbsenceView, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True)
class StandIn:
    """Somebody for whom a person acts now."""

    name: str
    board: Text
    ends_on: date


def absence_page(key: str, actor: Actor) -> AbsencePage:
    """Return who is away, was away or will be, the newest first.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = look(session, key, actor)
        return AbsencePage(
            board=desk.name,
            acts=desk.acts,
            absences=tuple(_absences(desk)),
            people=tuple(people.people_of(session, desk.board.id)),
        )


def record_absence(
    key: str,
    typed: Mapping[str, str],
    actor: Actor,
    *,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    """Let a person act for another one who is away; what is held in person only stays with them.

    Takes:   account and substitute, ids; ends_on, the last day away.
    Raises:  NotFound; AccessDenied; InvalidForm; NotForYourself; AlreadyAway; SubstituteAway.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        away, substitute = _person(desk, typed, "account"), _person(desk, typed, "substitute")
        errors = []
        if away is None:
            errors.append(_NOBODY_AWAY)
        if substitute is None or substitute.state != "active":
            errors.append(_NOBODY_ACTS)
        elif away is not None and away.id == substitute.id:
            errors.append(_SAME_PERSON)
        refuse([*errors, *_wrong_days(starts_on, ends_on, time_source.today(session))])
        assert away is not None
        assert substitute is not None
        assert starts_on is not None
        assert ends_on is not None
        if substitute.id == actor.account_id:
            raise NotForYourself
        _require_free(desk, away, substitute, starts_on, ends_on)
        row = Absence(
            id=new_id(),
            board_id=desk.board.id,
            account_id=away.id,
            substitute_id=substitute.id,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_at=time_source.now(session),
            recorded_by=actor.account_id,
        )
        session.add(row)
        session.flush()
        _record(desk, "absence_recorded", row)


def end_absence(key: str, absence_id: uuid.UUID, actor: Actor) -> None:
    """Let nobody act any more for somebody who is back, or does not go; it stays on record.

    Raises:  NotFound; AccessDenied.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        row = session.get(Absence, absence_id)
        if row is None or row.board_id != desk.board.id:
            raise NotFound
        session.refresh(row)
        today = time_source.today(session)
        if row.ended_on is not None or row.ends_on < today:
            return
        row.ended_on, row.ended_by = today, actor.account_id
        session.flush()
        _record(desk, "absence_ended", row)


def standing_in(actor: Actor) -> list[StandIn]:
    """Return the people for whom a person acts now, with the last day of it."""
    with db.reading() as session:
        rows = session.execute(
            select(Account.name, Board, Absence.ends_on)
            .join(Absence, Absence.account_id == Account.id)
            .join(Board, Board.id == Absence.board_id)
            .where(Absence.substitute_id == actor.account_id)
            .where(people.is_away(time_source.today(session)))
            .order_by(Account.name, Absence.id)
        )
        return [
            StandIn(name, Text(board.name_en, board.name_cy), ends_on)
            for name, board, ends_on in rows
        ]


def _absences(desk: Desk) -> list[AbsenceView]:
    today, other = time_source.today(desk.session), aliased(Account)
    rows = desk.session.execute(
        select(Absence, Account.name, other.name)
        .join(Account, Account.id == Absence.account_id)
        .join(other, other.id == Absence.substitute_id)
        .where(Absence.board_id == desk.board.id)
        .order_by(Absence.starts_on.desc(), Absence.id)
    )
    found = []
    for row, name, substitute in rows:
        over = row.ended_on is not None or row.ends_on < today
        when = "over" if over else "coming" if row.starts_on > today else "now"
        days = row.starts_on, row.ends_on, row.ended_on
        found.append(AbsenceView(row.id, name, substitute, *days, when))
    return found


def _person(desk: Desk, typed: Mapping[str, str], name: str) -> Account | None:
    try:
        return member(desk, uuid.UUID(typed.get(name, "")))
    except (ValueError, NotFound):
        return None


def _require_free(
    desk: Desk, away: Account, substitute: Account, starts_on: date, ends_on: date
) -> None:
    overlapping = select(Absence.id).where(
        Absence.board_id == desk.board.id,
        Absence.starts_on <= ends_on,
        Absence.ends_on >= starts_on,
        or_(Absence.ended_on.is_(None), Absence.ended_on > starts_on),
    )
    same = overlapping.where(Absence.account_id == away.id, Absence.substitute_id == substitute.id)
    if desk.session.scalar(same.limit(1)) is not None:
        raise AlreadyAway
    also = overlapping.where(Absence.account_id == substitute.id)
    if desk.session.scalar(also.limit(1)) is not None:
        raise SubstituteAway


def _wrong_days(starts_on: date | None, ends_on: date | None, today: date) -> list[FieldError]:
    errors = []
    if starts_on is None:
        errors.append(_NO_FIRST_DAY)
    if ends_on is None:
        errors.append(_NO_LAST_DAY)
    elif ends_on < max(starts_on or today, today):
        errors.append(_LAST_DAY_WRONG)
    return errors


def _record(desk: Desk, kind: str, row: Absence) -> None:
    data = {
        "absence": str(row.id),
        "account": str(row.account_id),
        "substitute": str(row.substitute_id),
        "from": row.starts_on.isoformat(),
        "until": (row.ended_on or row.ends_on).isoformat(),
    }
    desk.record(kind, str(row.account_id), data)


_NOBODY_AWAY = FieldError("account", "Choose who is away", "Dewiswch pwy sydd i ffwrdd")
_NOBODY_ACTS = FieldError(
    "substitute", "Choose who acts for them", "Dewiswch pwy sy’n gweithredu ar eu rhan"
)
_SAME_PERSON = FieldError("substitute", "Choose another person", "Dewiswch berson arall")
_NO_FIRST_DAY = FieldError(
    "starts_on-day", "Enter the first day away", "Rhowch y diwrnod cyntaf i ffwrdd"
)
_NO_LAST_DAY = FieldError(
    "ends_on-day", "Enter the last day away", "Rhowch y diwrnod olaf i ffwrdd"
)
_LAST_DAY_WRONG = FieldError(
    "ends_on-day",
    "The last day away must be today or later, and not before the first",
    "Rhaid i’r diwrnod olaf i ffwrdd fod heddiw neu’n hwyrach, ac nid cyn y cyntaf",
)
