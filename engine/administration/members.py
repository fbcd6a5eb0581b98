"""Keep the accounts of a Board's people: add, change, disable, enable, end sessions. None goes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    audit,
    db,
    invitations,
    people,
    second_factor,
    time_source,
)
from engine.administration.boards import agencies_of
from engine.administration.entering import (
    Desk,
    enter,
    look,
    refuse,
    require_other_administrator,
    require_seen,
    required,
    seen_now,
    too_long,
)
from engine.errors import AccessDenied, FieldError, NotFound
from engine.models import Account, Appointment, SignIn
from engine.people import Actor
from engine.sign_in import end_sessions
from engine.single_sign_on import end_identities
from engine.texts import LANGUAGES, Text

#: How many people a page of the list shows.
PAGE = 50

_FIELDS = ("name", "email", "language", "agency", "designation")


@dataclass(frozen=True)
class AccountView:
    """A person of a Board, as whoever sees to accounts reads it; nothing of any case."""

    id: uuid.UUID
    name: str
    email: str
    language: str
    agency: str
    agency_name: Text
    designation: str
    is_active: bool
    has_password: bool
    has_second_factor: bool
    #: standing roles on this Board now, or from a day that is still to come
    roles: tuple[Text, ...]
    sessions: int
    may_change: bool
    is_me: bool
    seen: str


@dataclass(frozen=True)
class MembersPage:
    """A page of the list of a Board's people."""

    board: Text
    acts: frozenset[str]
    people: tuple[AccountView, ...]
    found: int
    number: int
    pages: int
    agencies: Mapping[str, Text]


def members_page(key: str, actor: Actor, *, wanted: str = "", number: int = 1) -> MembersPage:
    """Return the people of a Board, and those whom no Board has yet, in the order of names.

    Takes:   wanted, a part of a name or an e-mail address; number, of the page.
    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = look(session, key, actor)
        where = [of_board(desk.board.id)]
        if wanted.strip():
            like = f"%{_escaped(wanted.strip().casefold())}%"
            where.append(
                or_(
                    func.lower(Account.name).like(like, escape="\\"),
                    Account.email.like(like, escape="\\"),
                )
            )
        found = session.scalar(select(func.count(Account.id)).where(*where)) or 0
        pages = max(1, -(-found // PAGE))
        number = min(max(1, number), pages)
        rows = session.scalars(
            select(Account)
            .where(*where)
            .order_by(Account.name, Account.id)
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        ).all()
        return MembersPage(
            board=desk.name,
            acts=desk.acts,
            people=tuple(_views(desk, rows)),
            found=found,
            number=number,
            pages=pages,
            agencies=agencies_of(desk),
        )


def member_page(key: str, account_id: uuid.UUID, actor: Actor) -> AccountView:
    """Return one person of a Board.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = look(session, key, actor)
        return next(iter(_views(desk, [member(desk, account_id)])))


def add_account(key: str, typed: Mapping[str, str], actor: Actor) -> uuid.UUID:
    """Create an account without a password; nobody is written to by that.

    Takes:   name, email, language, agency, designation.
    Raises:  NotFound; AccessDenied; InvalidForm, also where there is one with this address.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        errors = wrong_details(desk, typed)
        if not errors and accounts.find_account(session, typed["email"]) is not None:
            errors = [_EMAIL_TAKEN]
        refuse(errors)
        account = accounts.create_account(
            session,
            typed["email"],
            typed["name"],
            language=typed["language"],
            designation=typed.get("designation", "").strip(),
            agency=typed.get("agency", ""),
            actor=str(actor.account_id),
        )
        return account.id


def change_account(
    key: str, account_id: uuid.UUID, typed: Mapping[str, str], seen: str, actor: Actor
) -> None:
    """Change what is kept of a person; another address ends their sessions and links.

    Raises:  NotFound; AccessDenied; ChangedMeanwhile; InvalidForm.
    """
    with db.transaction() as session:
        desk, account = _enter_account(session, key, account_id, actor)
        errors = wrong_details(desk, typed, kept=account.agency)
        other = accounts.find_account(session, typed.get("email", ""))
        if not errors and other is not None and other.id != account.id:
            errors = [_EMAIL_TAKEN]
        refuse(errors)
        require_seen(seen, *_details(account))
        before = dict(zip(_FIELDS, _details(account), strict=True))
        account.name = typed["name"].strip()
        account.email = accounts.plain_email(typed["email"])
        account.language = typed["language"]
        account.agency = typed.get("agency", "")
        account.designation = typed.get("designation", "").strip()
        after = dict(zip(_FIELDS, _details(account), strict=True))
        changed = [name for name in _FIELDS if before[name] != after[name]]
        if "email" in changed:
            end_sessions(session, account.id)
            invitations.end_links(session, account)
        session.flush()
        if changed:
            _record(desk, "account_changed", account, changed)


def set_account_state(key: str, account_id: uuid.UUID, *, active: bool, actor: Actor) -> None:
    """Keep somebody from signing in from now on, or let them in again. What they did stays.

    Raises:  NotFound; AccessDenied; LastAdministrator.
    """
    with db.transaction() as session:
        _, account = _enter_account(session, key, account_id, actor)
        author = str(actor.account_id)
        if (account.state == "active") == active:
            return
        if active:
            accounts.enable_account(session, account.id, author)
            return
        require_other_administrator(session, account.id)
        end_sessions(session, account.id)
        invitations.end_links(session, account)
        accounts.disable_account(session, account.id, author)


def end_account_sessions(key: str, account_id: uuid.UUID, actor: Actor) -> None:
    """Sign somebody out everywhere: a lost telephone, a computer that others use.

    Raises:  NotFound; AccessDenied.
    """
    with db.transaction() as session:
        desk, account = _enter_account(session, key, account_id, actor)
        end_sessions(session, account.id)
        _record(desk, "sessions_ended", account)


def take_away_sign_in(key: str, account_id: uuid.UUID, actor: Actor) -> None:
    """Let somebody begin anew with a link, who forgot the password or lost the telephone.

    Password, second factor and what an identity provider calls them count no more; every session
    ends. Nobody does it to themself: a second administrator has to see who is asking.
    Raises:  NotFound, for oneself; AccessDenied.
    Source:  OWASP ASVS 5.0, 6.4.4, 6.4.6.
    """
    with db.transaction() as session:
        desk, account = _enter_account(session, key, account_id, actor)
        if account.id == actor.account_id or account.demonstration:
            raise NotFound
        account.password_hash = None
        second_factor.end(session, account.id)
        end_identities(session, account.id)
        end_sessions(session, account.id)
        invitations.end_links(session, account)
        _record(desk, "sign_in_taken_away", account)


def send_account_link(key: str, account_id: uuid.UUID, actor: Actor) -> None:
    """Send a person without a password a link to sign in.

    Raises:  NotFound, also where they have a password or are disabled; AccessDenied.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        account = member(desk, account_id)
        if account.password_hash is not None or account.state != "active":
            raise NotFound
        invitations.invite(session, account, desk.board.id, str(actor.account_id))


def of_board(board_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition that an account is of a Board's people, or of nobody's yet."""
    here = exists().where(Appointment.account_id == Account.id, Appointment.board_id == board_id)
    anywhere = exists().where(Appointment.account_id == Account.id)
    return or_(here, ~anywhere)


def member(desk: Desk, account_id: uuid.UUID) -> Account:
    """Return an account that a Board's people see to.

    Raises:  NotFound.
    """
    query = select(Account).where(Account.id == account_id, of_board(desk.board.id))
    found = desk.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def wrong_details(desk: Desk, typed: Mapping[str, str], *, kept: str = "") -> list[FieldError]:
    """Return what is wrong with what was typed of a person, in the order of the page."""
    errors = required(typed, "name", "Enter a name", "Rhowch enw")
    email = typed.get("email", "").strip()
    if not accounts.is_email(email) or len(email) > 254:
        errors.append(_EMAIL_WRONG)
    if typed.get("language") not in LANGUAGES:
        errors.append(FieldError("language", "Choose a language", "Dewiswch iaith"))
    if typed.get("agency", "") not in {"", kept, *agencies_of(desk)}:
        errors.append(FieldError("agency", "Choose an agency", "Dewiswch asiantaeth"))
    return [*errors, *too_long(typed, "designation")]


def _enter_account(
    session: Session, key: str, account_id: uuid.UUID, actor: Actor
) -> tuple[Desk, Account]:
    desk = enter(session, key, actor, "run")
    audit.hold(session, None)
    account = member(desk, account_id)
    session.refresh(account)
    if not _may_change(desk, _boards_of(session, [account.id]).get(account.id, set())):
        raise AccessDenied
    return desk, account


def _may_change(desk: Desk, boards: Iterable[uuid.UUID]) -> bool:
    """Say whether somebody administers every Board that an account serves: it is one for all."""
    return all(
        "run" in access.board_acts(desk.session, desk.actor, board_id)
        for board_id in {desk.board.id, *boards}
    )


def _boards_of(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    rows = session.execute(
        select(Appointment.account_id, Appointment.board_id)
        .where(Appointment.account_id.in_(ids), people.live_on(time_source.today(session)))
        .distinct()
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for account_id, board_id in rows:
        found.setdefault(account_id, set()).add(board_id)
    return found


def _views(desk: Desk, rows: Sequence[Account]) -> Iterable[AccountView]:
    session, ids = desk.session, [row.id for row in rows]
    boards, agencies = _boards_of(session, ids), agencies_of(desk)
    runs = {
        board_id: _may_change(desk, [board_id])
        for board_id in {desk.board.id}.union(*boards.values())
    }
    held, open_sessions = _held(desk, ids), _sessions(session, ids)
    for row in rows:
        yield AccountView(
            id=row.id,
            name=row.name,
            email=row.email,
            language=row.language,
            agency=row.agency,
            agency_name=agencies.get(row.agency, Text(row.agency, row.agency)),
            designation=row.designation,
            is_active=row.state == "active",
            has_password=row.password_hash is not None,
            has_second_factor=second_factor.factor_of(desk.session, row.id) is not None,
            roles=tuple(held.get(row.id, ())),
            sessions=open_sessions.get(row.id, 0),
            may_change=all(runs[one] for one in {desk.board.id, *boards.get(row.id, ())}),
            is_me=row.id == desk.actor.account_id,
            seen=seen_now(*_details(row)),
        )


def _held(desk: Desk, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Text]]:
    """Return the standing roles of several people on a Board, without those on cases."""
    today, known = time_source.today(desk.session), desk.definitions.roles
    rows = desk.session.execute(
        select(Appointment.account_id, Appointment.role)
        .where(Appointment.account_id.in_(ids), Appointment.board_id == desk.board.id)
        .where(Appointment.case_id.is_(None))
        .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on > today))
        .order_by(Appointment.role, Appointment.id)
    )
    found: dict[uuid.UUID, dict[str, Text]] = {}
    for account_id, role in rows:
        found.setdefault(account_id, {})[role] = known.get(role).text
    return {account_id: list(roles.values()) for account_id, roles in found.items()}


def _sessions(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(SignIn.account_id, func.count(SignIn.id))
        .where(SignIn.account_id.in_(ids), SignIn.ended_at.is_(None))
        .group_by(SignIn.account_id)
    )
    return {row[0]: row[1] for row in rows}


def _details(account: Account) -> tuple[str, ...]:
    return tuple(str(getattr(account, name)) for name in _FIELDS)


def _record(desk: Desk, kind: str, account: Account, changed: Sequence[str] = ()) -> None:
    """Put on the installation's record what was done to an account, without its values."""
    data = {"fields": list(changed), "board": desk.board.key}
    audit.append(desk.session, kind, str(desk.actor.account_id), subject=str(account.id), data=data)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_EMAIL_WRONG = FieldError(
    "email",
    "Enter an email address such as name@example.org",
    "Rhowch gyfeiriad e-bost megis enw@enghraifft.org",
)
_EMAIL_TAKEN = FieldError(
    "email",
    "There is already an account with this email address. Give that person a role instead",
    "Mae cyfrif â’r cyfeiriad e-bost hwn eisoes. Rhowch rôl i’r person hwnnw yn lle hynny",
)
