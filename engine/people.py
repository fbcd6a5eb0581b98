"""Keep Boards, and who holds which role, where and when."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import Text as StringType
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import audit, confidentiality, deployments, time_source
from engine.accounts import Actor as Actor
from engine.accounts import create_account, find_account, get_account, is_email
from engine.accounts import name_of as name_of
from engine.errors import EngineError
from engine.models import Absence, Account, Appointment, Board, Case, UserTask, new_id
from engine.roles import ADMINISTRATOR, IN_PERSON, Roles
from engine.texts import Text

MAX_FOUND = 500


class RoleNotFitting(EngineError):
    """The role {role} cannot be given here. Choose a role, and the case or item it belongs to."""

    status = 422


class RoleOfAnItem(EngineError):
    """The role “{role}” is held for one agency, participant or child. Choose for whom or what."""

    status = 422


class NoteTakerApart(EngineError):
    """Whoever takes notes at an event takes no part in its discussion (CF-16). Choose another person."""  # noqa: E501

    status = 409


class AlreadyAppointed(EngineError):
    """This person already holds the role. Choose another person, or another role."""

    status = 409


class ReasonMissing(EngineError):
    """Say why. The reason is kept on the record."""

    status = 422


@dataclass(frozen=True)
class Person:
    """An account as people choose it from a list."""

    account_id: uuid.UUID
    name: str
    designation: str
    agency: str
    roles: tuple[str, ...] = ()
    role_names: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role now, and how to write to them."""

    account_id: uuid.UUID
    name: str
    email: str
    language: str
    agency: str
    role: str
    item_key: str
    daily_digest: bool = False


class Held(frozenset[str]):
    """The roles a person holds for one item of a case, or for the case as a whole.

    Knows the other items too: `on` answers for them.
    """

    everywhere: frozenset[str]
    by_item: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls, everywhere: Iterable[str], by_item: Mapping[str, Iterable[str]], item_key: str = ""
    ) -> Held:
        """Return the roles for an item; for the whole case, those for any item of it count too."""
        items = {key: frozenset(roles) for key, roles in by_item.items()}
        if item_key:
            held = cls(frozenset(everywhere) | items.get(item_key, frozenset()))
        else:
            held = cls(frozenset(everywhere).union(*items.values()))
        held.everywhere, held.by_item = frozenset(everywhere), items
        return held

    def on(self, item_key: str) -> Held:
        """Return the roles held for another item, or (empty) for the whole case."""
        return Held.of(self.everywhere, self.by_item, item_key)


def create_board(
    session: Session,
    key: str,
    name_en: str,
    name_cy: str,
    settings: Mapping[str, Any] | None = None,
    *,
    actor: str = audit.SYSTEM,
) -> Board:
    """Create a Board."""
    board = Board(
        id=new_id(), key=key, name_en=name_en, name_cy=name_cy, settings=dict(settings or {})
    )
    session.add(board)
    session.flush()
    audit.append(session, "board_created", actor, board_id=board.id, subject=key)
    return board


def appoint_to_board(
    session: Session,
    board_id: uuid.UUID,
    role: str,
    account_id: uuid.UUID,
    actor: str,
    *,
    agency: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Appointment:
    """Give a person a role on a Board.

    A role of scope `case` or `item` held on the Board makes a person eligible (to open a case, to
    be appointed to one), and counts on no case by itself.
    Takes:   starts_on, left out, today; ends_on, the day from which it is held no more.
    Raises:  NotFound, RoleNotFitting, AlreadyAppointed.
    """
    audit.hold(session, board_id)
    if role not in roles_of_board(session, board_id):
        raise RoleNotFitting(role=role)
    days = (starts_on or time_source.today(session), ends_on)
    row = _appoint(session, board_id, None, role, account_id, "", agency, days)
    _record(session, "appointed", actor, row)
    return row


def appoint_to_case(
    session: Session,
    case: Case,
    role: str,
    account_id: uuid.UUID,
    item_key: str,
    actor: str,
    *,
    agency: str = "",
    starts_on: date | None = None,
) -> Appointment:
    """Give a person a role on a case, or on an item of it. The caller holds the lock of the case.

    Takes:   starts_on, where they have held it since before; left out, from today.

    Raises:  NotFound, RoleNotFitting, AlreadyAppointed, NoteTakerApart.
    """
    known = roles_of_case(session, case)
    row = known.get(role)
    fits = row.counts_on(case.process) and bool(item_key) == (row.scope == "item")
    if role not in known or not fits:
        raise RoleNotFitting(role=role)
    _keep_note_taker_apart(session, case, role, account_id)
    days = (starts_on or time_source.today(session), None)
    made = _appoint(session, case.board_id, case.id, role, account_id, item_key, agency, days)
    _record(session, "appointed", actor, made)
    return made


def end_appointment(
    session: Session,
    row: Appointment,
    reason: str,
    actor: str,
    *,
    ends_on: date | None = None,
) -> None:
    """Take a role away from a day on; left out, from this moment. The row stays.

    One that has ended already stays as it is: a page left open says nothing about it any more.
    Raises:  ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    today = time_source.today(session)
    if row.ends_on is not None and row.ends_on <= today:
        return
    row.ends_on = max(ends_on or today, row.starts_on)
    row.ended_reason = reason.strip()
    session.flush()
    _record(session, "appointment_ended", actor, row)


def appoint_by_email(
    session: Session, case: Case, role: str, email: str, item_key: str, actor: str, name: str = ""
) -> Appointment | None:
    """Appoint the account with an e-mail address for an item, in place of whoever held it.

    Where there is no such account, one is made, without a password: nobody is written to before the
    process itself does so, and then they ask for a link on the page for signing in.
    Takes:   name, of the person; left out, what stands before the @.
    Returns: the appointment, or nothing where the account is disabled or the address is none.
    """
    account = find_account(session, email)
    if account is None and is_email(email):
        account = create_account(session, email, name or email.partition("@")[0], actor=actor)
    today = time_source.today(session)
    held = session.scalars(
        _rows(today, case.board_id, case.id)
        .where(Appointment.role == role, Appointment.item_key == item_key)
        .order_by(Appointment.id)
    ).all()
    for row in held:
        if account is not None and row.account_id == account.id:
            return row
        end_appointment(session, row, "another person was named", actor)
    if account is None or account.state != "active":
        return None
    return appoint_to_case(session, case, role, account.id, item_key, actor)


def hand_over(
    session: Session, case: Case, role: str, email: str, actor: str, name: str, leaving: str
) -> Appointment | None:
    """Give a role of a case to the account with an e-mail address, in place of who leaves.

    Where there is no such account, one is made, as `appoint_by_email` does. Others who hold the
    role keep it.
    Takes:   name, of the person; leaving, the name of who leaves, as the account has it.
    Returns: the appointment, or nothing where the account is disabled.
    """
    account = find_account(session, email)
    if account is None:
        account = create_account(session, email, name, actor=actor)
    if account.state != "active":
        return None
    held = session.scalars(
        _rows(time_source.today(session), case.board_id, case.id)
        .where(Appointment.role == role, Appointment.case_id == case.id)
        .order_by(Appointment.id)
    ).all()
    for row in held:
        if row.account_id != account.id and name_of(session, str(row.account_id)) == leaving:
            end_appointment(session, row, "another person was named", actor)
    standing = [row for row in held if row.account_id == account.id]
    return standing[0] if standing else appoint_to_case(session, case, role, account.id, "", actor)


_DAY: BindParameter[date] = bindparam("day")
_HERE = and_(
    Appointment.board_id == bindparam("board_id"),
    Appointment.starts_on <= _DAY,
    or_(Appointment.ends_on.is_(None), Appointment.ends_on > _DAY),
    or_(
        Appointment.case_id == bindparam("case_id"),
        and_(
            Appointment.case_id.is_(None),
            Appointment.role.in_(bindparam("of_boards", expanding=True)),
        ),
    ),
)


def is_away(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that somebody is away on a day, and another acts for them."""
    return and_(
        Absence.starts_on <= day,
        Absence.ends_on >= day,
        or_(Absence.ended_on.is_(None), Absence.ended_on > day),
    )


def held_by(
    account_id: uuid.UUID | BindParameter[uuid.UUID], day: date | BindParameter[date]
) -> ColumnElement[bool]:
    """Return the condition that somebody holds an appointment, or acts for the one who does.

    Whether the appointment itself holds on the day is asked beside it. What is held in person
    only, nobody else takes on.
    """
    known = Appointment.account_id.type
    me = literal(account_id, known) if isinstance(account_id, uuid.UUID) else account_id
    away = select(Absence.account_id).where(Absence.substitute_id == me, is_away(day))
    here = away.where(
        Absence.account_id == Appointment.account_id, Absence.board_id == Appointment.board_id
    )
    return and_(
        # First the few people whose appointments count, so that their index is used.
        Appointment.account_id.in_(union_all(select(me), away)),
        or_(
            Appointment.account_id == me,
            and_(Appointment.role.not_in(IN_PERSON), here.correlate(Appointment).exists()),
        ),
    )


def _and_substitutes(
    columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    where: Sequence[ColumnElement[bool]],
) -> CompoundSelect[Any]:
    """Return the query for those who hold appointments, and those who act for one of them."""
    themselves = select(*columns).join(Appointment, Appointment.account_id == Account.id)
    instead = (
        select(*columns)
        .join(Absence, Absence.substitute_id == Account.id)
        .join(
            Appointment,
            and_(
                Appointment.account_id == Absence.account_id,
                Appointment.board_id == Absence.board_id,
            ),
        )
        .where(is_away(_DAY), Appointment.role.not_in(IN_PERSON))
    )
    found = union_all(themselves.where(*where), instead.where(*where))
    return found.order_by("name", "account_id", "role", "appointment_id")


_HELD = select(
    Appointment.board_id, Appointment.case_id, Appointment.item_key, Appointment.role
).where(
    held_by(bindparam("account_id", type_=Appointment.account_id.type), _DAY),
    Appointment.starts_on <= _DAY,
    or_(Appointment.ends_on.is_(None), Appointment.ends_on > _DAY),
    Appointment.board_id.in_(bindparam("board_ids", expanding=True)),
    or_(
        Appointment.case_id.is_(None),
        Appointment.case_id.in_(bindparam("case_ids", expanding=True)),
    ),
)
_HOLDER = (
    Account.id.label("account_id"),
    Account.name.label("name"),
    Appointment.role.label("role"),
    Appointment.id.label("appointment_id"),
    Appointment.item_key,
)
_HOLDERS = _and_substitutes(
    (*_HOLDER, Account.email, Account.language, Account.daily_digest, Appointment.agency),
    (
        Account.state == "active",
        _HERE,
        Appointment.role.in_(bindparam("roles", expanding=True)),
        or_(
            bindparam("item_key", type_=StringType) == "",
            Appointment.item_key.is_(None),
            Appointment.item_key == bindparam("item_key", type_=StringType),
        ),
    ),
)
_HOLDERS_OF_CASES = _and_substitutes(
    (*_HOLDER, Appointment.board_id, Appointment.case_id),
    (
        Account.state == "active",
        Appointment.starts_on <= _DAY,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on > _DAY),
        Appointment.board_id.in_(bindparam("board_ids", expanding=True)),
        or_(
            Appointment.case_id.is_(None),
            Appointment.case_id.in_(bindparam("case_ids", expanding=True)),
        ),
    ),
)


def holders(
    session: Session, case: Case, roles: Collection[str], item_key: str, day: date
) -> list[Holder]:
    """Return the people who hold one of the roles for a case, or an item of it, on a day.

    Whoever is away is among them, and so is whoever acts for them.
    """
    found = session.execute(
        _HOLDERS,
        {
            "roles": list(roles),
            "day": day,
            "board_id": case.board_id,
            "case_id": case.id,
            "of_boards": roles_of_case(session, case).of_boards(case.process),
            "item_key": item_key,
        },
    )
    once: dict[uuid.UUID, Holder] = {}
    for row in found:
        once.setdefault(
            row.account_id,
            Holder(
                account_id=row.account_id,
                name=row.name,
                email=row.email,
                language=row.language,
                agency=row.agency,
                role=row.role,
                item_key=row.item_key or "",
                daily_digest=row.daily_digest,
            ),
        )
    return list(once.values())


def holders_of_tasks(
    session: Session, cases: Collection[Case], tasks: Collection[UserTask], day: date
) -> dict[uuid.UUID, dict[uuid.UUID, str]]:
    """Return those who may do each of several tasks, in two queries at most.

    Returns: names by account, by task id; in the order of the alphabet.
    """
    if not tasks:
        return {}
    on_board = {
        case.id: set(roles_of_case(session, case).of_boards(case.process)) for case in cases
    }
    board_of = {case.id: case.board_id for case in cases}
    rows = session.execute(
        _HOLDERS_OF_CASES,
        {
            "day": day,
            "board_ids": sorted({case.board_id for case in cases}, key=str),
            "case_ids": [case.id for case in cases],
        },
    ).all()
    names: dict[tuple[uuid.UUID, str], list[Any]] = {}
    for row in rows:
        names.setdefault((row.case_id or row.board_id, row.role), []).append(row)
    found = {}
    for task in tasks:
        places = [
            place
            for role in task.role.split()
            for place in ((task.case_id, role), (board_of[task.case_id], role))
            if place[0] == task.case_id or role in on_board[task.case_id]
        ]
        holding = {
            (row.name, row.account_id)
            for place in places
            for row in names.get(place, ())
            if not task.item_key or row.item_key in (None, task.item_key)
        }
        ordered = sorted(holding, key=lambda one: (one[0], str(one[1])))
        found[task.id] = {account_id: name for name, account_id in ordered}
    return found


def held_on(session: Session, account_id: uuid.UUID, case: Case, item_key: str = "") -> Held:
    """Return the roles that a person holds now on a case and its items."""
    return held_on_cases(session, account_id, [case])[case.id].on(item_key)


def held_on_cases(
    session: Session, account_id: uuid.UUID, cases: Collection[Case]
) -> dict[uuid.UUID, Held]:
    """Return the roles that a person holds now on each of several cases, in one query."""
    rows = session.execute(
        _HELD,
        {
            "account_id": account_id,
            "day": time_source.today(session),
            "board_ids": sorted({case.board_id for case in cases}, key=str),
            "case_ids": [case.id for case in cases],
        },
    ).all()
    at: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for row in rows:
        # The administrator sees no case content, whatever a file says (ROL-40).
        if row.role != ADMINISTRATOR:
            at.setdefault(row.case_id or row.board_id, []).append((row.item_key or "", row.role))
    found = {}
    for case in cases:
        of_boards = roles_of_case(session, case).of_boards(case.process)
        on_board = [one for one in at.get(case.board_id, ()) if one[1] in of_boards]
        by_item: dict[str, set[str]] = {}
        for item_key, role in (*on_board, *at.get(case.id, ())):
            by_item.setdefault(item_key, set()).add(role)
        found[case.id] = Held.of(by_item.pop("", set()), by_item)
    return found


def actor_roles(
    session: Session, account_id: uuid.UUID, case: Case, item_key: str
) -> frozenset[str]:
    """Return the roles that a person holds now for a case, or an item of it."""
    return held_on(session, account_id, case, item_key)


def board_roles(session: Session, actor: Actor, board_id: uuid.UUID) -> frozenset[str]:
    """Return the roles that a person holds on a Board as such."""
    return _on_boards(session, actor.account_id).get(board_id, frozenset())


def boards_of(session: Session, actor: Actor) -> list[tuple[Board, frozenset[str]]]:
    """Return the Boards that a person serves as such, each with the roles held there."""
    held = _on_boards(session, actor.account_id)
    boards = session.scalars(select(Board).where(Board.id.in_(held)).order_by(Board.key, Board.id))
    return [(board, held[board.id]) for board in boards]


def board_of(session: Session, account_id: uuid.UUID) -> uuid.UUID | None:
    """Return a Board that a person serves now, as such or on a case: the one served longest."""
    return session.scalar(
        select(Appointment.board_id)
        .where(Appointment.account_id == account_id, live_on(time_source.today(session)))
        .order_by(Appointment.starts_on, Appointment.id)
        .limit(1)
    )


def is_administrator(session: Session, account_id: uuid.UUID) -> bool:
    """Say whether a person runs the product for some Board."""
    return any(ADMINISTRATOR in roles for roles in _on_boards(session, account_id).values())


def people_of(session: Session, board_id: uuid.UUID) -> list[Person]:
    """Return whom a Board can appoint: its own people, and accounts that no Board has yet."""
    on_this = exists().where(Appointment.account_id == Account.id, Appointment.board_id == board_id)
    on_any = exists().where(Appointment.account_id == Account.id)
    return _people(session, select(Account).where(or_(on_this, ~on_any)), board_id)


def demonstration_people(session: Session) -> list[Person]:
    """Return the accounts that a demonstration signs in with one click, and what they are."""
    return _people(session, select(Account).where(Account.demonstration), None)


def roles_of_case(session: Session, case: Case) -> Roles:
    """Return the roles that the deployment of a case declares."""
    return deployments.load(session, case.deployment_id).roles


def roles_of_board(session: Session, board_id: uuid.UUID) -> Roles:
    """Return the roles that the newest deployment of a Board declares."""
    newest = deployments.newest(session, board_id)
    return deployments.load(session, newest.id).roles


def stands_in_for(
    session: Session, account_id: uuid.UUID, away_id: uuid.UUID, board_id: uuid.UUID
) -> bool:
    """Say whether somebody acts now for another person of a Board, who is away."""
    query = select(Absence.id).where(
        Absence.substitute_id == account_id,
        Absence.account_id == away_id,
        Absence.board_id == board_id,
        is_away(time_source.today(session)),
    )
    return session.scalar(query.limit(1)) is not None


def substitutes(
    session: Session, board_id: uuid.UUID
) -> dict[uuid.UUID, tuple[tuple[str, date], ...]]:
    """Return who acts now for each person of a Board who is away: name, and last day of it."""
    rows = session.execute(
        select(Absence.account_id, Account.name, Absence.ends_on)
        .join(Account, Account.id == Absence.substitute_id)
        .where(Absence.board_id == board_id, is_away(time_source.today(session)))
        .order_by(Account.name, Absence.id)
    )
    found: dict[uuid.UUID, tuple[tuple[str, date], ...]] = {}
    for account_id, name, ends_on in rows:
        found[account_id] = (*found.get(account_id, ()), (name, ends_on))
    return found


def acting_on(
    row: Appointment, acting: Mapping[uuid.UUID, tuple[tuple[str, date], ...]]
) -> tuple[tuple[str, date], ...]:
    """Return who of the `substitutes` acts in an appointment; in person it is held alone."""
    return () if row.role in IN_PERSON else acting.get(row.account_id, ())


def is_live(session: Session, row: Appointment) -> bool:
    """Say whether an appointment holds now."""
    day = time_source.today(session)
    return row.starts_on <= day and (row.ends_on is None or row.ends_on > day)


def live_on(day: date) -> ColumnElement[bool]:
    """Return the condition that an appointment holds on a day; it ends with the day before."""
    return and_(
        Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on > day),
    )


def _on_boards(session: Session, account_id: uuid.UUID) -> dict[uuid.UUID, frozenset[str]]:
    today = time_source.today(session)
    rows = session.execute(
        select(Appointment.board_id, Appointment.role)
        .where(held_by(account_id, today), Appointment.case_id.is_(None))
        .where(live_on(today))
    )
    found: dict[uuid.UUID, set[str]] = {}
    for board_id, role in rows:
        found.setdefault(board_id, set()).add(role)
    return {board_id: frozenset(roles) for board_id, roles in found.items()}


def _keep_note_taker_apart(session: Session, case: Case, role: str, account_id: uuid.UUID) -> None:
    apart = confidentiality.NOTE_TAKER_APART
    if role == confidentiality.NOTE_TAKER:
        others: Collection[str] = apart
    elif role in apart:
        others = {confidentiality.NOTE_TAKER}
    else:
        return
    held = (
        _rows(time_source.today(session), case.board_id, case.id)
        .where(Appointment.account_id == account_id, Appointment.role.in_(others))
        .limit(1)
    )
    if session.scalar(held) is not None:
        raise NoteTakerApart


def _appoint(
    session: Session,
    board_id: uuid.UUID,
    case_id: uuid.UUID | None,
    role: str,
    account_id: uuid.UUID,
    item_key: str,
    agency: str,
    days: tuple[date, date | None],
) -> Appointment:
    account = get_account(session, account_id)
    starts_on, ends_on = days
    query = _rows(starts_on, board_id, case_id).where(Appointment.account_id == account_id)
    for_item = Appointment.item_key == item_key if item_key else Appointment.item_key.is_(None)
    if session.scalar(query.where(Appointment.role == role, for_item).limit(1)) is not None:
        raise AlreadyAppointed
    row = Appointment(
        id=new_id(),
        board_id=board_id,
        account_id=account_id,
        role=role,
        case_id=case_id,
        item_key=item_key or None,
        agency=agency or account.agency,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_reason="",
    )
    session.add(row)
    session.flush()
    return row


def _rows(day: date, board_id: uuid.UUID, case_id: uuid.UUID | None) -> Select[Appointment]:
    where = Appointment.case_id == case_id if case_id else Appointment.case_id.is_(None)
    return select(Appointment).where(live_on(day), Appointment.board_id == board_id, where)


def _people(session: Session, query: Select[Account], board_id: uuid.UUID | None) -> list[Person]:
    accounts = session.scalars(
        query.where(Account.state == "active").order_by(Account.name, Account.id).limit(MAX_FOUND)
    ).all()
    held = (
        select(Appointment.account_id, Appointment.role, Appointment.board_id)
        .where(live_on(time_source.today(session)))
        .where(Appointment.account_id.in_([account.id for account in accounts]))
        .order_by(Appointment.role)
    )
    if board_id is not None:
        held = held.where(Appointment.board_id == board_id)
    roles: dict[uuid.UUID, dict[str, Text]] = {}
    for account_id, role, on_board in session.execute(held.distinct()):
        known = roles_of_board(session, on_board)
        name = known.get(role).text if role in known else Text(role, role)
        roles.setdefault(account_id, {})[role] = name
    return [
        Person(row.id, row.name, row.designation, row.agency, tuple(found), tuple(found.values()))
        for row in accounts
        for found in [roles.get(row.id, {})]
    ]


def _record(session: Session, kind: str, actor: str, row: Appointment) -> None:
    audit.append(
        session,
        kind,
        actor,
        board_id=row.board_id,
        case_id=row.case_id,
        subject=row.role,
        data={
            "appointment": str(row.id),
            "account": str(row.account_id),
            "item": row.item_key or "",
            "ends_on": row.ends_on.isoformat() if row.ends_on else "",
        },
    )
