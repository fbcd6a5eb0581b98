"""Give standing roles on a Board, from a day to a day, and end them with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from engine import accounts, db, people, time_source
from engine.administration.entering import (
    Desk,
    NotForYourself,
    enter,
    look,
    refuse,
    require_other_administrator,
)
from engine.administration.members import member
from engine.errors import AccessDenied, FieldError, NotFound
from engine.models import Account, Appointment
from engine.people import Actor, AlreadyAppointed, Person
from engine.roles import ADMINISTRATOR, GIVEN_BY_ADMINISTRATORS
from engine.texts import Text


@dataclass(frozen=True)
class StandingView:
    """A role that somebody holds on a Board, or held, or will hold."""

    id: uuid.UUID
    account_id: uuid.UUID
    name: str
    is_active: bool
    role: str
    role_name: Text
    starts_on: date
    #: the last day on which it is held; None, no end is set
    last_day: date | None
    #: `coming`, `now` or `over`
    when: str
    ended_reason: str
    may_end: bool


@dataclass(frozen=True)
class RolesPage:
    """Who holds which role on a Board, and which roles this person may give to whom."""

    board: Text
    acts: frozenset[str]
    held: tuple[StandingView, ...]
    #: the roles of the Board, and those for which somebody may be chosen on a case
    of_board: tuple[tuple[str, Text], ...]
    of_cases: tuple[tuple[str, Text], ...]
    people: tuple[Person, ...]


def roles_page(key: str, actor: Actor) -> RolesPage:
    """Return who holds which role on a Board as such; nothing of any case.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = look(session, key, actor)
        known = desk.definitions.roles
        given = [role for role in known if _may_give(desk, role)]
        return RolesPage(
            board=desk.name,
            acts=desk.acts,
            held=tuple(_held(desk)),
            of_board=tuple((r, known.get(r).text) for r in given if known.get(r).scope == "board"),
            of_cases=tuple((r, known.get(r).text) for r in given if known.get(r).scope != "board"),
            people=tuple(people.people_of(session, desk.board.id)),
        )


def appoint_standing(
    key: str,
    typed: Mapping[str, str],
    actor: Actor,
    *,
    starts_on: date | None = None,
    last_day: date | None = None,
) -> None:
    """Give a person a role on a Board.

    Takes:   role; account, an id, or email, of somebody who has an account, on whatever Board;
             starts_on, left out, today; last_day, on which it is held; left out, without an end.
    Raises:  NotFound; AccessDenied; InvalidForm; NotForYourself; AlreadyAppointed.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        today = time_source.today(session)
        account = _chosen(desk, typed)
        errors = [] if typed.get("role", "") in desk.definitions.roles else [_NO_ROLE]
        if account is None:
            errors.append(_NO_PERSON if not typed.get("email") else _NO_ACCOUNT)
        errors += _wrong_days(starts_on or today, last_day, today)
        refuse(errors)
        assert account is not None
        if not _may_give(desk, typed["role"]):
            raise AccessDenied
        if account.id == actor.account_id:
            raise NotForYourself
        _require_free(desk, account, typed["role"], starts_on or today, last_day)
        people.appoint_to_board(
            session,
            desk.board.id,
            typed["role"],
            account.id,
            str(actor.account_id),
            starts_on=starts_on,
            ends_on=last_day + timedelta(days=1) if last_day else None,
        )


def end_standing(
    key: str,
    appointment_id: uuid.UUID,
    reason: str,
    actor: Actor,
    *,
    last_day: date | None = None,
) -> None:
    """End a role on a Board with a reason; it stays on record.

    Takes:   last_day, on which it is still held; left out, it ends at once.
    Raises:  NotFound; AccessDenied; InvalidForm; LastAdministrator.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        row = session.get(Appointment, appointment_id)
        if row is None or row.board_id != desk.board.id or row.case_id is not None:
            raise NotFound
        session.refresh(row)
        if not _may_give(desk, row.role):
            raise AccessDenied
        errors = [] if reason.strip() else [_no_reason(row.id)]
        if last_day is not None and last_day < time_source.today(session):
            errors.append(_end_in_the_past(row.id))
        refuse(errors)
        if row.role == ADMINISTRATOR and people.is_live(session, row):
            require_other_administrator(session, row.account_id)
        ends_on = last_day + timedelta(days=1) if last_day else None
        people.end_appointment(session, row, reason, str(actor.account_id), ends_on=ends_on)


def _held(desk: Desk) -> list[StandingView]:
    today, known = time_source.today(desk.session), desk.definitions.roles
    rows = desk.session.execute(
        select(Appointment, Account)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.board_id == desk.board.id, Appointment.case_id.is_(None))
        .order_by(Account.name, Account.id, Appointment.role, Appointment.starts_on, Appointment.id)
    )
    found = []
    for row, account in rows:
        over = row.ends_on is not None and row.ends_on <= max(today, row.starts_on)
        when = "over" if over else "coming" if row.starts_on > today else "now"
        found.append(
            StandingView(
                id=row.id,
                account_id=account.id,
                name=account.name,
                is_active=account.state == "active",
                role=row.role,
                role_name=known.get(row.role).text,
                starts_on=row.starts_on,
                last_day=row.ends_on - timedelta(days=1) if row.ends_on else None,
                when=when,
                ended_reason=row.ended_reason,
                may_end=when != "over" and _may_give(desk, row.role),
            )
        )
    return found


def _may_give(desk: Desk, role: str) -> bool:
    return "run" in desk.acts or role not in GIVEN_BY_ADMINISTRATORS


def _chosen(desk: Desk, typed: Mapping[str, str]) -> Account | None:
    """Return the active account that was chosen from the list, or named by its exact address."""
    found = None
    try:
        found = member(desk, uuid.UUID(typed.get("account", "")))
    except (ValueError, NotFound):
        if typed.get("email", "").strip():
            found = accounts.find_account(desk.session, typed["email"])
    return found if found is not None and found.state == "active" else None


def _require_free(
    desk: Desk, account: Account, role: str, starts_on: date, last_day: date | None
) -> None:
    """Refuse a role that somebody will hold anyway from a day in these days on.

    Raises:  AlreadyAppointed; of one that is held on the first day, `people` says so.
    """
    later = select(Appointment.id).where(
        Appointment.board_id == desk.board.id,
        Appointment.case_id.is_(None),
        Appointment.account_id == account.id,
        Appointment.role == role,
        Appointment.starts_on > starts_on,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on > Appointment.starts_on),
    )
    if last_day is not None:
        later = later.where(Appointment.starts_on <= last_day)
    if desk.session.scalar(later.limit(1)) is not None:
        raise AlreadyAppointed


def _wrong_days(starts_on: date, last_day: date | None, today: date) -> list[FieldError]:
    errors = []
    if starts_on < today:
        errors.append(_START_IN_THE_PAST)
    if last_day is not None and last_day < max(starts_on, today):
        errors.append(_END_BEFORE_START)
    return errors


_NO_ROLE = FieldError("role", "Choose a role", "Dewiswch rôl")
_NO_PERSON = FieldError("account", "Choose a person", "Dewiswch berson")
_NO_ACCOUNT = FieldError(
    "email",
    "Nobody has an active account with this email address. Add the person first",
    "Nid oes gan neb gyfrif gweithredol â’r cyfeiriad e-bost hwn. Ychwanegwch y person yn gyntaf",
)
_START_IN_THE_PAST = FieldError(
    "starts_on-day",
    "The first day must be today or later",
    "Rhaid i’r diwrnod cyntaf fod heddiw neu’n hwyrach",
)
_END_BEFORE_START = FieldError(
    "last_day-day",
    "The last day must be on or after the first day",
    "Rhaid i’r diwrnod olaf fod ar y diwrnod cyntaf neu ar ei ôl",
)


def _no_reason(appointment_id: uuid.UUID) -> FieldError:
    return FieldError(
        f"reason-{appointment_id}", "Say why the role ends", "Dywedwch pam y daw’r rôl i ben"
    )


def _end_in_the_past(appointment_id: uuid.UUID) -> FieldError:
    return FieldError(
        f"end-{appointment_id}-day",
        "The last day must be today or later",
        "Rhaid i’r diwrnod olaf fod heddiw neu’n hwyrach",
    )
