"""Take people from a spreadsheet: say first of every row what becomes of it, then do that."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from engine import accounts, audit, db, people, time_source
from engine.administration.boards import agencies_of
from engine.administration.entering import MAX_NAME, ChangedMeanwhile, Desk, enter, look, seen_now
from engine.errors import EngineError
from engine.models import Account, Appointment
from engine.people import Actor
from engine.roles import GIVEN_BY_ADMINISTRATORS
from engine.spreadsheets import Book, Sheet, SheetRow, fold, say_doubt, write_csv
from engine.texts import Text

#: How many rows are looked at for headings: titles may stand above them.
LOOKED_AT = 10

#: The columns, each with its heading and what else it may be called.
COLUMNS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "name": (Text("Name", "Enw"), ("full name", "enw llawn")),
    "email": (Text("Email address", "Cyfeiriad e-bost"), ("email", "e-mail", "e-bost", "ebost")),
    "language": (Text("Language", "Iaith"), ()),
    "agency": (Text("Agency", "Asiantaeth"), ()),
    "designation": (Text("Designation", "Swydd"), ("job title", "teitl swydd")),
    "roles": (Text("Roles", "Rolau"), ("role", "rôl")),
}
_LANGUAGES = {
    "en": frozenset({"en", "english", "saesneg"}),
    "cy": frozenset({"cy", "welsh", "cymraeg"}),
}
_SEPARATORS = re.compile(r"[;,\n]")
_LOST_LETTER = re.compile(r"\w\?\w|\ufffd")


class NoHeadings(EngineError):
    """No row has the headings Name and Email address. Put them above the rows, and choose the spreadsheet again."""  # noqa: E501

    status = 422


@dataclass(frozen=True)
class ImportLine:
    """What becomes of a row.

    `outcome`: `new`, an account is made; `known`, somebody who has an account is given roles;
    `same`, there is nothing to do; `refused`, nothing of it is taken.
    """

    number: int
    name: str
    email: str
    language: str
    agency: str
    agency_name: Text
    designation: str
    roles: tuple[str, ...]
    role_names: tuple[Text, ...]
    outcome: str
    why: tuple[Text, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class ImportPlan:
    """What becomes of every row of a sheet, and what is not read at all."""

    lines: tuple[ImportLine, ...]
    #: headings of columns that mean nothing here, and names of sheets that are not read
    other_columns: tuple[str, ...]
    other_sheets: tuple[str, ...]
    #: what tells that it would still come out the same
    seen: str

    @property
    def taken(self) -> tuple[ImportLine, ...]:
        """Return the rows of which something is done."""
        return tuple(line for line in self.lines if line.outcome in ("new", "known"))

    @property
    def left(self) -> tuple[ImportLine, ...]:
        """Return the rows of which nothing is done."""
        return tuple(line for line in self.lines if line.outcome not in ("new", "known"))


def blank_people_csv(language: str) -> bytes:
    """Return a CSV file with the headings."""
    return write_csv([[heading.say(language) for heading, _ in COLUMNS.values()]])


def plan_import(key: str, book: Book, actor: Actor) -> ImportPlan:
    """Say what would become of each row of a spreadsheet; nothing is changed.

    Raises:  NotFound; NoHeadings.
    """
    with db.reading() as session:
        return _plan(look(session, key, actor), book)


def take_import(key: str, book: Book, seen: str, actor: Actor) -> ImportPlan:
    """Make the accounts and give the roles as the plan said, all of it or nothing.

    Takes:   seen, from the plan that the person looked at.
    Raises:  NotFound; AccessDenied; NoHeadings; ChangedMeanwhile, where it would come out
             otherwise by now.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "appoint")
        audit.hold(session, None)
        plan = _plan(desk, book)
        if seen != plan.seen:
            raise ChangedMeanwhile
        author = str(actor.account_id)
        for line in plan.taken:
            account = accounts.find_account(session, line.email)
            if account is None:
                account = accounts.create_account(
                    session,
                    line.email,
                    line.name,
                    language=line.language,
                    designation=line.designation,
                    agency=line.agency,
                    actor=author,
                )
            for role in line.roles:
                people.appoint_to_board(session, desk.board.id, role, account.id, author)
        numbers = {name: _number(plan, name) for name in ("new", "known", "same", "refused")}
        desk.record("people_imported", key, numbers)
        return plan


def _number(plan: ImportPlan, outcome: str) -> int:
    return sum(line.outcome == outcome for line in plan.lines)


def _plan(desk: Desk, book: Book) -> ImportPlan:
    sheet = next((one for one in book.sheets if not one.hidden), book.sheets[0])
    headings, places = _headings(sheet)
    reading = _Reading(desk, _known(desk, sheet, headings, places))
    lines = tuple(
        reading.line(row, {name: row.cell(place) for name, place in places.items()})
        for row in sheet.rows
        if row.number > headings.number
    )
    others = tuple(
        cell for place, cell in enumerate(headings.cells) if cell and place not in places.values()
    )
    return ImportPlan(
        lines=lines,
        other_columns=others,
        other_sheets=tuple(one.name for one in book.sheets if one is not sheet),
        seen=seen_now([[line.number, line.email, line.outcome, line.roles] for line in lines]),
    )


def _headings(sheet: Sheet) -> tuple[SheetRow, dict[str, int]]:
    """Return the row of headings, and the place of each column that is there."""
    for row in sheet.rows[:LOOKED_AT]:
        places: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            name = _column(cell)
            if name:
                places.setdefault(name, place)
        if {"name", "email"} <= set(places):
            return row, places
    raise NoHeadings


def _column(heading: str) -> str:
    said = fold(heading)
    for name, (text, others) in COLUMNS.items():
        if said and said in {fold(word) for word in (name, text.en, text.cy, *others)}:
            return name
    return ""


@dataclass(frozen=True)
class _Known:
    """Those who have an account, by address; their roles; and the names on this Board."""

    accounts: Mapping[str, Account]
    roles: Mapping[uuid.UUID, frozenset[str]]
    names: Mapping[str, str]


def _known(desk: Desk, sheet: Sheet, headings: SheetRow, places: Mapping[str, int]) -> _Known:
    session, today = desk.session, time_source.today(desk.session)
    below = [row for row in sheet.rows if row.number > headings.number]
    emails = {accounts.plain_email(row.cell(places["email"])) for row in below}
    found = {
        row.email: row for row in session.scalars(select(Account).where(Account.email.in_(emails)))
    }
    held: dict[uuid.UUID, set[str]] = {}
    for account_id, role in session.execute(
        select(Appointment.account_id, Appointment.role).where(
            Appointment.board_id == desk.board.id,
            Appointment.case_id.is_(None),
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > today),
        )
    ):
        held.setdefault(account_id, set()).add(role)
    names = {
        fold(name): email
        for name, email in session.execute(
            select(Account.name, Account.email).where(Account.id.in_(list(held)))
        )
    }
    return _Known(found, {one: frozenset(roles) for one, roles in held.items()}, names)


class _Reading:
    """Reads the rows of a sheet, one after the other, and knows those before."""

    def __init__(self, desk: Desk, known: _Known) -> None:
        self._desk, self._known = desk, known
        self._agencies = agencies_of(desk)
        self._agency_keys = _by_name(self._agencies)
        self._roles = desk.definitions.roles
        self._role_keys = _by_name({key: self._roles.get(key).text for key in self._roles})
        self._emails: dict[str, int] = {}
        self._names: dict[str, int] = {}

    def line(self, row: SheetRow, said: Mapping[str, str]) -> ImportLine:
        """Say what becomes of a row."""
        name, email = said["name"].strip(), accounts.plain_email(said["email"])
        why = [*self._wrong_person(row, name, email)]
        language, wrong_language = _language(said.get("language", ""))
        agency, wrong_agency = self._agency(said.get("agency", ""))
        roles, wrong_roles = self._wanted(said.get("roles", ""))
        designation = said.get("designation", "").strip()
        why += [*wrong_language, *wrong_agency, *wrong_roles]
        if len(name) > MAX_NAME or len(designation) > MAX_NAME:
            why.append(_TOO_LONG)
        account = self._known.accounts.get(email)
        if account is not None and account.state != "active":
            why.append(_DISABLED)
        if account is not None and account.id == self._desk.actor.account_id and roles:
            why.append(_YOURSELF)
        held = self._known.roles.get(account.id, frozenset()) if account else frozenset()
        missing = tuple(role for role in roles if role not in held)
        outcome = "new" if account is None else "known" if missing else "same"
        return ImportLine(
            number=row.number,
            name=name,
            email=email,
            language=language,
            agency=agency,
            agency_name=self._agencies.get(agency, Text("", "")),
            designation=designation,
            roles=missing,
            role_names=tuple(self._roles.get(role).text for role in missing),
            outcome="refused" if why else outcome,
            why=tuple(why),
            notes=() if why else tuple(self._notes(row, said, email, account)),
        )

    def _wrong_person(self, row: SheetRow, name: str, email: str) -> Iterator[Text]:
        if not name:
            yield _NO_NAME
        if not accounts.is_email(email) or len(email) > 254:
            yield _EMAIL_WRONG
            return
        earlier = self._emails.setdefault(email, row.number)
        if earlier != row.number:
            yield _numbered(_TWICE, earlier)

    def _agency(self, said: str) -> tuple[str, list[Text]]:
        if not said.strip():
            return "", []
        found = self._agency_keys.get(fold(said), "")
        return found, [] if found else [_with(_NO_AGENCY, said)]

    def _wanted(self, said: str) -> tuple[list[str], list[Text]]:
        found, wrong = [], []
        for each in self._split(said):
            role = self._role_keys.get(fold(each), "")
            if not role:
                wrong.append(_with(_NO_ROLE, each))
            elif role in GIVEN_BY_ADMINISTRATORS and "run" not in self._desk.acts:
                wrong.append(_with(_NOT_YOURS, each))
            else:
                found.append(role)
        return list(dict.fromkeys(found)), wrong

    def _split(self, said: str) -> Sequence[str]:
        """Return the roles that a cell names; the name of one may have a comma of its own."""
        if fold(said) in self._role_keys:
            return [said]
        return [each.strip() for each in _SEPARATORS.split(said) if each.strip()]

    def _notes(
        self, row: SheetRow, said: Mapping[str, str], email: str, account: Account | None
    ) -> Iterator[Text]:
        name = fold(said["name"])
        earlier = self._names.setdefault(name, row.number) if name else row.number
        if earlier != row.number:
            yield _numbered(_SAME_NAME_ABOVE, earlier)
        elif self._known.names.get(name, email) != email:
            yield _SAME_NAME
        if _LOST_LETTER.search(said["name"]):
            yield say_doubt("lost_letter")
        if row.hidden:
            yield _HIDDEN
        if account is not None:
            yield _KEPT
        elif not said.get("language", "").strip():
            yield _ENGLISH


def _by_name(texts: Mapping[str, Text]) -> dict[str, str]:
    """Return keys by everything that they may be called."""
    found: dict[str, str] = {}
    for key, text in texts.items():
        for said in (key, text.en, text.cy):
            found.setdefault(fold(said), key)
    return found


def _language(said: str) -> tuple[str, list[Text]]:
    if not said.strip():
        return "en", []
    found = next((key for key, words in _LANGUAGES.items() if fold(said) in words), "")
    return found, [] if found else [_with(_NO_LANGUAGE, said)]


def _with(text: Text, said: str) -> Text:
    return Text(*(each.replace("{said}", said.strip()) for each in (text.en, text.cy)))


def _numbered(text: Text, number: int) -> Text:
    return _with(text, str(number))


_NO_NAME = Text("There is no name.", "Nid oes enw.")
_EMAIL_WRONG = Text("This is not an email address.", "Nid cyfeiriad e-bost yw hwn.")
_TWICE = Text(
    "The same email address stands in row {said}.", "Mae’r un cyfeiriad e-bost yn rhes {said}."
)
_NO_AGENCY = Text("No agency is called “{said}”.", "Nid oes asiantaeth o’r enw “{said}”.")
_NO_ROLE = Text("No role is called “{said}”.", "Nid oes rôl o’r enw “{said}”.")
_NO_LANGUAGE = Text(
    "“{said}” is neither English nor Welsh.", "Nid Saesneg na Chymraeg yw “{said}”."
)
_NOT_YOURS = Text(
    "Only an administrator gives the role “{said}”.",
    "Gweinyddwr yn unig sy’n rhoi’r rôl “{said}”.",
)
_YOURSELF = Text(
    "This is you, and nobody gives a role to themself.",
    "Chi yw hwn, ac nid oes neb yn rhoi rôl iddo’i hun.",
)
_DISABLED = Text("This account is disabled.", "Mae’r cyfrif hwn wedi’i analluogi.")
_TOO_LONG = Text(
    "A name and a designation have 200 characters at most.",
    "200 nod ar y mwyaf sydd i enw ac i swydd.",
)
_SAME_NAME = Text(
    "Somebody else on this Board has the same name.",
    "Mae gan rywun arall ar y Bwrdd hwn yr un enw.",
)
_SAME_NAME_ABOVE = Text("The same name stands in row {said}.", "Mae’r un enw yn rhes {said}.")
_HIDDEN = Text(
    "This row is hidden in the spreadsheet.", "Mae’r rhes hon wedi’i chuddio yn y daenlen."
)
_KEPT = Text(
    "There is an account already. It keeps its own name, language, agency and designation.",
    "Mae cyfrif eisoes. Mae’n cadw ei enw, ei iaith, ei asiantaeth a’i swydd ei hun.",
)
_ENGLISH = Text(
    "No language is given, so it will be English. The person can change it.",
    "Ni roddir iaith, felly Saesneg fydd hi. Gall y person ei newid.",
)
