"""Keep accounts, Boards, and who holds which role, where and when."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine import audit, deployments, time_source
from engine.errors import EngineError, NotFound
from engine.models import Account, Appointment, Board, Case, new_id
from engine.roles import ADMINISTRATOR, Role, Roles
from engine.texts import LANGUAGES

MIN_PASSWORD = 12
MAX_PASSWORD = 256
MAX_FOUND = 500


class AccountAlreadyThere(EngineError):
    """There is already an account with this e-mail address. Use that one."""

    status = 409


class PasswordTooShort(EngineError):
    """The password is too short. Use at least {least} characters, for example three words."""

    status = 422


class PasswordTooLong(EngineError):
    """The password is too long. Use at most {most} characters."""

    status = 422


class RoleNotFitting(EngineError):
    """The role {role} cannot be given here. Choose a role, and a case or item that it belongs to."""

    status = 422


class AlreadyAppointed(EngineError):
    """This person already holds the role. There is nothing to do."""

    status = 409


class ReasonMissing(EngineError):
    """Say why. The reason is kept on the record."""

    status = 422


@dataclass(frozen=True)
class Actor:
    """The person who is signed in and asks for something."""

    account_id: uuid.UUID
    name: str
    language: str = "en"
    agency: str = ""
    demonstration: bool = False
    is_administrator: bool = False


@dataclass(frozen=True)
class Person:
    """An account as people choose it from a list."""

    account_id: uuid.UUID
    name: str
    designation: str
    agency: str
    roles: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class AppointmentView:
    """An appointment as the case page shows it."""

    id: uuid.UUID
    role: str
    account_id: uuid.UUID
    name: str
    agency: str
    item_key: str
    starts_on: date
    ends_on: date | None
    ended_reason: str


@dataclass(frozen=True)
class Held:
    """The roles that a person holds on a case: on all of it, and for single items.

    `item_key` is the item in hand; empty when the question is about the case as a whole.
    """

    everywhere: frozenset[str] = frozenset()
    by_item: Mapping[str, frozenset[str]] = field(default_factory=dict)
    appointed: bool = False
    item_key: str = ""

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles held for the item in hand."""
        return self.on(self.item_key)

    def on(self, item_key: str) -> frozenset[str]:
        """Return the roles held for an item; for the whole case, also those for any item of it."""
        if item_key:
            return self.everywhere | self.by_item.get(item_key, frozenset())
        return self.everywhere.union(*self.by_item.values())


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


def create_account(
    session: Session,
    email: str,
    name: str,
    *,
    password: str | None = None,
    language: str = "en",
    designation: str = "",
    agency: str = "",
    demonstration: bool = False,
    actor: str = audit.SYSTEM,
) -> Account:
    """Create an account; without a password nobody can sign in to it yet.

    Raises:  AccountAlreadyThere, PasswordTooShort, PasswordTooLong.
    """
    if find_account(session, email) is not None:
        raise AccountAlreadyThere
    account = Account(
        id=new_id(),
        email=_plain(email),
        name=name.strip(),
        designation=designation,
        agency=agency,
        language=language if language in LANGUAGES else "en",
        password_hash=hash_password(password) if password is not None else None,
        state="active",
        demonstration=demonstration,
    )
    session.add(account)
    session.flush()
    audit.append(session, "account_created", actor, subject=str(account.id))
    return account


def find_account(session: Session, email: str) -> Account | None:
    """Return the account with an e-mail address, however it is written."""
    return session.scalar(select(Account).where(Account.email == _plain(email)))


def set_password(session: Session, account_id: uuid.UUID, password: str, actor: str) -> None:
    """Give an account a new password.

    Raises:  PasswordTooShort, PasswordTooLong, NotFound.
    """
    _account(session, account_id).password_hash = hash_password(password)
    audit.append(session, "password_set", actor, subject=str(account_id))


def disable_account(session: Session, account_id: uuid.UUID, actor: str) -> None:
    """Keep somebody from signing in; what they did stays on record."""
    _account(session, account_id).state = "disabled"
    audit.append(session, "account_disabled", actor, subject=str(account_id))


def set_language(session: Session, account_id: uuid.UUID, language: str) -> None:
    """Set the language in which a person reads and is written to."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _account(session, account_id).language = language


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises:  PasswordTooShort, PasswordTooLong.
    """
    if len(password) < MIN_PASSWORD:
        raise PasswordTooShort(least=MIN_PASSWORD)
    if len(password) > MAX_PASSWORD:
        raise PasswordTooLong(most=MAX_PASSWORD)
    return _hasher().hash(unicodedata.normalize("NFC", password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Say whether a password fits; takes as long where there is no hash to compare with."""
    given = unicodedata.normalize("NFC", password[:MAX_PASSWORD])
    try:
        matches = _hasher().verify(password_hash or _dummy_hash(), given)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def appoint(
    session: Session,
    board_id: uuid.UUID,
    account_id: uuid.UUID,
    role: str,
    *,
    actor: str,
    case: Case | None = None,
    item_key: str = "",
    agency: str = "",
    starts_on: date | None = None,
) -> Appointment:
    """Give a person a role on a Board, a case, or an item of a case.

    A role of scope `case` or `item` held on the Board makes a person eligible (to open a case, to
    be appointed), and counts on no case by itself. The caller holds the lock of the case.
    Raises:  NotFound, RoleNotFitting, AlreadyAppointed.
    """
    account = _account(session, account_id)
    roles = roles_of_case(session, case) if case else roles_of_board(session, board_id)
    if not _fits(roles.get(role), case, item_key):
        raise RoleNotFitting(role=role)
    today = time_source.today(session)
    if session.scalar(
        _rows(today, board_id, case.id if case else None)
        .where(Appointment.account_id == account_id, Appointment.role == role)
        .where(Appointment.item_key == item_key if item_key else Appointment.item_key.is_(None))
        .limit(1)
    ):
        raise AlreadyAppointed
    if case is None:
        session.execute(select(Board.id).where(Board.id == board_id).with_for_update())
    row = Appointment(
        id=new_id(),
        board_id=board_id,
        account_id=account_id,
        role=role,
        case_id=case.id if case else None,
        item_key=item_key or None,
        agency=agency or account.agency,
        starts_on=starts_on or today,
        ends_on=None,
        ended_reason="",
    )
    session.add(row)
    session.flush()
    _record(session, "appointed", actor, row)
    return row


def end_appointment(
    session: Session,
    appointment_id: uuid.UUID,
    reason: str,
    actor: str,
    *,
    ends_on: date | None = None,
) -> Appointment:
    """Take a role away from a day on; left out, from this moment. The row stays.

    Raises:  NotFound, ReasonMissing.
    """
    row = session.get(Appointment, appointment_id)
    if row is None:
        raise NotFound
    if not reason.strip():
        raise ReasonMissing
    row.ends_on = max(ends_on or time_source.today(session), row.starts_on)
    row.ended_reason = reason.strip()
    session.flush()
    _record(session, "appointment_ended", actor, row)
    return row


def appoint_by_email(
    session: Session, case: Case, role: str, email: str, item_key: str, actor: str
) -> Appointment | None:
    """Appoint the account with an e-mail address for an item, in place of whoever held it.

    Returns: the appointment, or nothing where no such account is there yet.
    """
    account = find_account(session, email)
    today = time_source.today(session)
    held = session.scalars(
        _rows(today, case.board_id, case.id)
        .where(Appointment.role == role, Appointment.item_key == item_key)
        .order_by(Appointment.id)
    ).all()
    for row in held:
        if account is not None and row.account_id == account.id:
            return row
        end_appointment(session, row.id, "another person was named", actor)
    if account is None or account.state != "active":
        return None
    return appoint(
        session, case.board_id, account.id, role, actor=actor, case=case, item_key=item_key
    )


def holders(
    session: Session, case: Case, roles: Collection[str], item_key: str, day: date
) -> list[Holder]:
    """Return the people who hold one of the roles for a case, or an item of it, on a day."""
    known = roles_of_case(session, case)
    found = session.execute(
        select(Account, Appointment)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Account.state == "active", Appointment.role.in_(list(roles)))
        .where(live_on(day), Appointment.board_id == case.board_id)
        .where(or_(Appointment.case_id == case.id, _on_board(known.rows.values())))
        .where(_for_item(item_key))
        .order_by(Account.name, Account.id, Appointment.role, Appointment.id)
    )
    once: dict[uuid.UUID, Holder] = {}
    for account, row in found:
        once.setdefault(
            account.id,
            Holder(
                account_id=account.id,
                name=account.name,
                email=account.email,
                language=account.language,
                agency=row.agency,
                role=row.role,
                item_key=row.item_key or "",
            ),
        )
    return list(once.values())


def held_on(session: Session, account_id: uuid.UUID, case: Case, item_key: str = "") -> Held:
    """Return the roles that a person holds now on a case and its items."""
    known = roles_of_case(session, case)
    rows = session.scalars(
        select(Appointment)
        .where(Appointment.account_id == account_id, Appointment.board_id == case.board_id)
        .where(live_on(time_source.today(session)))
        .where(or_(Appointment.case_id == case.id, _on_board(known.rows.values())))
    ).all()
    by_item: dict[str, set[str]] = {}
    for row in rows:
        by_item.setdefault(row.item_key or "", set()).add(row.role)
    # The administrator sees no case content, whatever a file says (ROL-40).
    kept = {item: frozenset(roles) - {ADMINISTRATOR} for item, roles in by_item.items()}
    return Held(
        everywhere=kept.pop("", frozenset()),
        by_item=kept,
        appointed=any(row.case_id is not None for row in rows),
        item_key=item_key,
    )


def actor_roles(
    session: Session, account_id: uuid.UUID, case: Case, item_key: str
) -> frozenset[str]:
    """Return the roles that a person holds now for a case, or an item of it."""
    return held_on(session, account_id, case, item_key).roles


def board_roles(session: Session, account_id: uuid.UUID) -> dict[uuid.UUID, frozenset[str]]:
    """Return the roles that a person holds on Boards as such, by Board."""
    rows = session.execute(
        select(Appointment.board_id, Appointment.role)
        .where(Appointment.account_id == account_id, Appointment.case_id.is_(None))
        .where(live_on(time_source.today(session)))
    )
    found: dict[uuid.UUID, set[str]] = {}
    for board_id, role in rows:
        found.setdefault(board_id, set()).add(role)
    return {board_id: frozenset(roles) for board_id, roles in found.items()}


def is_administrator(session: Session, account_id: uuid.UUID) -> bool:
    """Say whether a person runs the product for some Board."""
    return any(ADMINISTRATOR in roles for roles in board_roles(session, account_id).values())


def appointments(session: Session, case: Case) -> list[AppointmentView]:
    """Return every appointment ever made on a case, the live ones first."""
    rows = session.execute(
        select(Appointment, Account.name)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.case_id == case.id)
        .order_by(
            Appointment.ends_on.is_not(None),
            Appointment.role,
            Appointment.item_key,
            Account.name,
            Appointment.id,
        )
    )
    return [
        AppointmentView(
            id=row.id,
            role=row.role,
            account_id=row.account_id,
            name=name,
            agency=row.agency,
            item_key=row.item_key or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            ended_reason=row.ended_reason,
        )
        for row, name in rows
    ]


def find_people(session: Session, board_id: uuid.UUID) -> list[Person]:
    """Return whom a Board can appoint: its own people, and accounts that no Board has yet."""
    on_this = exists().where(Appointment.account_id == Account.id, Appointment.board_id == board_id)
    on_any = exists().where(Appointment.account_id == Account.id)
    return _people(session, select(Account).where(or_(on_this, ~on_any)), board_id)


def demonstration_people(session: Session) -> list[Person]:
    """Return the accounts that a demonstration signs in with one click, and what they are."""
    return _people(session, select(Account).where(Account.demonstration), None)


def name_of(session: Session, account_id: str) -> str:
    """Return the name behind what a row says did something; the house signs with its own."""
    if not account_id:
        return ""
    if account_id == audit.SYSTEM:
        return "Adolygu"
    account = session.get(Account, uuid.UUID(account_id))
    return account.name if account else ""


def roles_of_case(session: Session, case: Case) -> Roles:
    """Return the roles that the deployment of a case declares."""
    return deployments.load(session, case.deployment_id).roles


def roles_of_board(session: Session, board_id: uuid.UUID) -> Roles:
    """Return the roles that the newest deployment of a Board declares."""
    newest = deployments.newest(session, board_id)
    return deployments.load(session, newest.id).roles


def live_on(day: date) -> ColumnElement[bool]:
    """Return the condition that an appointment holds on a day; it ends with the day before."""
    return and_(
        Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on > day),
    )


def _on_board(roles: Iterable[Role]) -> ColumnElement[bool]:
    of_boards = [role.key for role in roles if role.scope == "board"]
    return and_(Appointment.case_id.is_(None), Appointment.role.in_(of_boards))


def _for_item(item_key: str) -> ColumnElement[bool]:
    if not item_key:
        return Appointment.role.is_not(None)
    return or_(Appointment.item_key.is_(None), Appointment.item_key == item_key)


def _fits(role: Role | None, case: Case | None, item_key: str) -> bool:
    if role is None:
        return False
    if case is None:
        return not item_key
    return bool(item_key) == (role.scope == "item")


def _rows(day: date, board_id: uuid.UUID, case_id: uuid.UUID | None) -> Any:
    where = Appointment.case_id == case_id if case_id else Appointment.case_id.is_(None)
    return select(Appointment).where(live_on(day), Appointment.board_id == board_id, where)


def _people(session: Session, query: Any, board_id: uuid.UUID | None) -> list[Person]:
    accounts = session.scalars(
        query.where(Account.state == "active").order_by(Account.name, Account.id).limit(MAX_FOUND)
    ).all()
    held = (
        select(Appointment.account_id, Appointment.role)
        .where(live_on(time_source.today(session)))
        .where(Appointment.account_id.in_([account.id for account in accounts]))
        .order_by(Appointment.role)
    )
    if board_id is not None:
        held = held.where(Appointment.board_id == board_id)
    roles: dict[uuid.UUID, list[str]] = {}
    for account_id, role in session.execute(held.distinct()):
        roles.setdefault(account_id, []).append(role)
    return [
        Person(row.id, row.name, row.designation, row.agency, tuple(roles.get(row.id, ())))
        for row in accounts
    ]


def _account(session: Session, account_id: uuid.UUID) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


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
            "reason": row.ended_reason,
        },
    )


def _plain(email: str) -> str:
    return unicodedata.normalize("NFC", email.strip()).lower()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher().hash("nobody has this password")
