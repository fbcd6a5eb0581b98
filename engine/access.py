"""Say who may do what to which object: the one place that decides, for every page and every act."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, false, literal, or_, select, true, tuple_
from sqlalchemy.orm import Session

from engine import confidentiality, time_source
from engine.deployments import Definitions
from engine.errors import AccessDenied, NotFound
from engine.forms import Field, Form, Section
from engine.models import (
    Appointment,
    Board,
    Case,
    Document,
    DocumentVersion,
    FileNote,
    FileNoteVersion,
    Meeting,
    Notice,
    Upload,
    UserTask,
)
from engine.people import (
    Actor,
    Held,
    board_roles,
    boards_of,
    held_by,
    held_on,
    held_on_cases,
    live_on,
    roles_of_board,
)
from engine.roles import ADMINISTRATOR, DESIGNER, OWN, Roles
from engine.store import CaseFile


@dataclass(frozen=True)
class TheCase:
    """The case itself. Actions: see (be on it at all), read (its page), coordinate."""


@dataclass(frozen=True)
class TheItem:
    """An item of the case. Actions: see."""

    key: str


@dataclass(frozen=True)
class TheTask:
    """A user task. Actions: see, do."""

    roles: frozenset[str]
    item_key: str


@dataclass(frozen=True, eq=False)
class TheDocument:
    """A document, or what will become one. Actions: read, amend.

    `authors` are those who wrote each section, as account ids; `keepers`, who wrote it last, in the
    version that is looked at.
    """

    form: Form
    item_key: str = ""
    authors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    keepers: Mapping[str, str] = field(default_factory=dict)
    #: Its form now, where it was written on an earlier deployment of the case: what that keeps
    #: closer is closer in what was written before, too.
    now: Form | None = None


@dataclass(frozen=True, eq=False)
class TheSection:
    """A section of a document. Actions: read, amend."""

    document: TheDocument
    section: Section


@dataclass(frozen=True, eq=False)
class TheField:
    """A field of a document, or a column of its rows. Actions: read."""

    document: TheDocument
    section: Section
    field: Field
    column: Field | None = None


@dataclass(frozen=True, eq=False)
class TheUpload:
    """A file that somebody sent in. Actions: read."""

    upload: Upload


@dataclass(frozen=True)
class TheNote:
    """A version of a file note. Actions: read, amend.

    `classes` are its own visibility and that of the newest version: a correction that makes it
    narrower holds for what was written before, and one that makes it wider does not.
    """

    classes: frozenset[str]


@dataclass(frozen=True)
class TheCodes:
    """The table that says whom the codes of a case stand for. Actions: read, write."""


Thing: TypeAlias = (
    TheCase
    | TheItem
    | TheTask
    | TheDocument
    | TheSection
    | TheField
    | TheUpload
    | TheNote
    | TheCodes
)

#: How a timeline may be read: by whoever may know who a code is, or with codes and roles only.
FACES = ("panel", "anonymised")

#: The classes that a file note may have: of a group around the case, never of everybody.
_NOTE_CLASSES = (
    "V-CASE",
    "V-PANEL",
    "V-FAM",
    "V-LEGAL",
    "V-BOARD",
    "V-STEER",
    "V-CRG",
    "V-FORUM",
)


_OF_PROCEEDINGS = frozenset({"V-CASE"})


def may(file: CaseFile, actor: Actor, held: Held, action: str, thing: Thing) -> bool:
    """Say whether a person may do something to an object of a case.

    Takes:   held, the roles the person holds on the case now (`roles_on`). Whoever holds none,
             and the administrator as such (ROL-40), may do nothing.
    Source:  requirements, sections 1.2 to 1.4; CF-11.
    """
    if not held.on(""):
        return False
    match thing:
        case TheCase():
            return _may_case(file, held, action)
        case TheItem(key):
            return bool(held.on(key)) or _may_case(file, held, "read")
        case TheTask(roles, item_key):
            return bool(roles & held.on(item_key)) or (
                action == "see" and _may_case(file, held, "read")
            )
        case TheUpload(upload):
            own = upload.uploaded_by == actor.account_id
            return (
                own
                or _is_in_readable_document(file, actor, held, upload)
                or _is_in_readable_note(file, actor, held, upload)
            )
        case TheNote(classes):
            return _may_note(file, held, action, classes)
        case TheCodes():
            return _may_codes(file, held, action)
        case _:
            readable = _may_read(file, actor, held, thing)
            return readable and (action == "read" or _may_write(file, actor, held, thing))


def roles_on(session: Session, actor: Actor, case: Case, item_key: str = "") -> Held:
    """Return the roles that a person holds now on a case, with an item of it in hand."""
    return held_on(session, actor.account_id, case, item_key)


def roles_on_cases(
    session: Session, actor: Actor, cases: Collection[Case]
) -> dict[uuid.UUID, Held]:
    """Return the roles that a person holds now on each of several cases, in one query."""
    return held_on_cases(session, actor.account_id, cases)


def require_case(file: CaseFile, actor: Actor, held: Held) -> None:
    """Refuse whoever may not open the page of a case, as if there were none.

    Raises:  NotFound.
    """
    if not may(file, actor, held, "read", TheCase()):
        raise NotFound


def require_part_in_case(file: CaseFile, actor: Actor, held: Held) -> None:
    """Refuse whoever holds no role on a case at all, as if there were none.

    Raises:  NotFound.
    """
    if not may(file, actor, held, "see", TheCase()):
        raise NotFound


def coordinates(file: CaseFile, held: Held) -> bool:
    """Say whether one of the roles appoints, amends and starts side instances for others."""
    return bool(held & file.definitions.roles.coordinating)


def confirms(file: CaseFile, held: Held) -> bool:
    """Say whether one of the roles confirms, as a second person, what bears on the statute."""
    roles = file.definitions.roles
    return bool(held.on("") & roles.confirming & roles.reading_on(file.case.process))


def may_see_task(file: CaseFile, actor: Actor, held: Held, task: UserTask) -> bool:
    """Say whether a person may know of a task: those who may do it, and readers of the case."""
    return may(file, actor, held, "see", _the_task(task))


def may_do_task(file: CaseFile, actor: Actor, held: Held, task: UserTask) -> bool:
    """Say whether a person holds one of the roles of a task, for its item."""
    return may(file, actor, held, "do", _the_task(task))


def require_task(file: CaseFile, actor: Actor, held: Held, task: UserTask) -> None:
    """Refuse whoever may not do a task.

    Raises:  AccessDenied.
    """
    if not may_do_task(file, actor, held, task):
        raise AccessDenied


def readable_content(
    file: CaseFile, actor: Actor, held: Held, row: Document, version: int | None = None
) -> dict[str, Any] | None:
    """Return a version of a document cut down to what a person may read.

    Takes:   version, a number; left out, the newest.
    Returns: `{section: {key: value}}`; nothing at all where no part of it may be read.
    """
    # A number from an address may be larger than a database can even compare.
    if version is not None and not 1 <= version <= row.version:
        return None
    number = version or row.version
    return readable_contents(file, actor, held, [(row, number)]).get((row.id, number))


def readable_contents(
    file: CaseFile, actor: Actor, held: Held, wanted: Collection[tuple[Document, int]]
) -> dict[tuple[uuid.UUID, int], dict[str, Any]]:
    """Return versions of documents cut down to what a person may read, in two queries.

    Returns: `{(document, number): {section: {key: value}}}`, without those of which no part may
             be read.
    """
    written = _written(file.session, {row.id for row, _ in wanted})
    readable = {}
    for row, number in wanted:
        the_document = _the_document(file, row, number, written.get(row.id, ()))
        if the_document and may(file, actor, held, "read", the_document):
            readable[row.id, number] = the_document
    key = tuple_(DocumentVersion.document_id, DocumentVersion.number)
    found = file.session.execute(
        select(DocumentVersion.document_id, DocumentVersion.number, DocumentVersion.content).where(
            key.in_(list(readable))
        )
    )
    return {
        (document_id, number): dict(_cut(file, actor, held, readable[document_id, number], content))
        for document_id, number, content in found
    }


def readable_parts(
    file: CaseFile, actor: Actor, held: Held, row: Document, version: int | None = None
) -> frozenset[str]:
    """Return the ids of the fields, columns and fixed texts that a person may read in a version.

    What is not among them is not even told to be unanswered.
    """
    the_document = _read_document(file, row, version)
    return frozenset() if the_document is None else _parts(file, actor, held, the_document)


def faces(file: CaseFile, actor: Actor, held: Held, row: Document) -> tuple[str, ...]:
    """Return with which of `FACES` a person may read a merged timeline; none, if it is not theirs.

    Source:  TIM-07; F-07, for the Panel, and at the event; CF-01, CF-17.
    """
    readable = readable_parts(file, actor, held, row)
    form = file.definitions.forms.get(row.form)
    rows = (
        [entry for entry in form.fields if entry.catalogue == confidentiality.MERGED_ROWS]
        if form
        else []
    )
    if not any(entry.is_rows and entry.id in readable for entry in rows):
        return ()
    return FACES if may(file, actor, held, "read", TheCodes()) else FACES[1:]


def may_take_away(file: CaseFile, actor: Actor, held: Held, row: Document) -> bool:
    """Say whether a person may have a document they may read as a file, beside looking at it.

    Source:  CF-13, the draft report is open to participants for comment only.
    """
    the_document = _read_document(file, row)
    return the_document is not None and _may_take(file, actor, held, the_document)


def stationery_acts(session: Session, actor: Actor, board_id: uuid.UUID) -> frozenset[str]:
    """Return what a person may do to the stationery of a Board: `head`, `design`, `approve`.

    Whoever co-ordinates its cases, its administrators and its designers set the head of its papers;
    designers write layouts and letters, which another designer or an administrator puts in force.
    """
    held = board_roles(session, actor, board_id)
    acts = {"head"} if held & roles_of_board(session, board_id).coordinating else set()
    if ADMINISTRATOR in held:
        acts |= {"head", "approve"}
    if DESIGNER in held:
        acts |= {"head", "design", "approve"}
    return frozenset(acts)


def variation_acts(session: Session, actor: Actor, board_id: uuid.UUID) -> frozenset[str]:
    """Return what a person may do to the variation of a Board: `read`, `design`, `publish`.

    Designers write it; another designer or an administrator publishes it, who looks at it for that.
    """
    held = board_roles(session, actor, board_id)
    acts = {"read", "publish"} if held & {ADMINISTRATOR, DESIGNER} else set()
    return frozenset(acts | ({"design"} if DESIGNER in held else set()))


def without_private(file: CaseFile, form: Form, row: Document | None, content: Any) -> Any:
    """Return what a task is filled from, without what another author keeps to themselves.

    Somebody who takes the place of a participant gets an empty sheet, not the other's.
    """
    private = [section for section in form.sections if _is_private(form, section)]
    the_document = _read_document(file, row) if private and row is not None else None
    if the_document is None:
        return content
    hidden = {
        section.id
        for section in private
        if the_document.keepers.get(section.id, file.actor) != file.actor
    }
    return {name: values for name, values in content.items() if name not in hidden}


def may_amend(
    file: CaseFile, actor: Actor, held: Held, row: Document, section: str | None = None
) -> bool:
    """Say whether a person may put a document right: the co-ordinator, or who wrote the section.

    Takes:   section, by its id; left out, any of them.
    """
    the_document = _read_document(file, row)
    if the_document is None:
        return False
    there = {found.id for found in file.definitions.forms[row.form].sections}
    return any(
        found.id in there and may(file, actor, held, "amend", TheSection(the_document, found))
        for found in the_document.form.sections
        if section in (None, found.id) and not found.kept_on
    )


def may_keep(file: CaseFile, actor: Actor, held: Held, form: Form, section: str) -> bool:
    """Say whether a person may write a section that is kept on a page of its own: who reads it.

    Source:  F07.03, Panel and reviewer; CF-16, a note-taker reads no such section.
    """
    kept = TheSection(TheDocument(form), form.section(section))
    return file.case.state != "closed" and may(file, actor, held, "read", kept)


def reads_unwritten(file: CaseFile, actor: Actor, held: Held, form: Form, key: str) -> bool:
    """Say whether a person may read a field of a document of the case that nobody wrote yet."""
    return any(
        entry.key == key
        and may(file, actor, held, "read", TheField(TheDocument(form), part, entry))
        for part in form.sections
        for entry in part.fields
    )


def may_amend_once_sent(
    file: CaseFile,
    actor: Actor,
    held: Held,
    form: Form,
    item_key: str,
    sections: Collection[str],
) -> bool:
    """Say whether a person may put sections of a form right that they are about to send."""
    me = str(actor.account_id)
    the_document = TheDocument(
        form, item_key, {name: frozenset({me}) for name in sections}, dict.fromkeys(sections, me)
    )
    return any(
        may(file, actor, held, "amend", TheSection(the_document, form.section(name)))
        for name in sections
    )


def may_open_upload(file: CaseFile, actor: Actor, upload: Upload) -> bool:
    """Say whether a person may open a file: its sender, and readers of a document that holds it."""
    held = roles_on(file.session, actor, file.case)
    return upload.case_id == file.case.id and may(file, actor, held, "read", TheUpload(upload))


def board_acts(session: Session, actor: Actor, board_id: uuid.UUID) -> frozenset[str]:
    """Return what a person may do to people and settings of a Board: `appoint`, `settle`, `run`.

    Its administrators do all of it and see no case for that (ROL-40). Whoever co-ordinates all its
    cases gives standing roles, says who is away (`appoint`) and keeps addresses and texts
    (`settle`); the Board's name, accounts and who runs the product are not theirs (`run`).
    """
    held = board_roles(session, actor, board_id)
    if ADMINISTRATOR in held:
        return frozenset({"appoint", "settle", "run"})
    known = roles_of_board(session, board_id)
    if any(known.get(role).processes is None for role in held & known.coordinating):
        return frozenset({"appoint", "settle"})
    return frozenset()


def moving_acts(session: Session, actor: Actor, board_id: uuid.UUID) -> frozenset[str]:
    """Return what a person may do about open cases of a Board that run on older versions.

    Whoever co-ordinates cases of it moves those (`move`), each of which is asked about again. Its
    designers and administrators are told how many could move (`count`), and of no case anything.
    """
    acts = set()
    if any(board.id == board_id for board in boards_coordinated(session, actor)):
        acts.add("move")
    if board_roles(session, actor, board_id) & {ADMINISTRATOR, DESIGNER}:
        acts.add("count")
    return frozenset(acts)


def boards_looked_after(session: Session, actor: Actor) -> dict[uuid.UUID, bool]:
    """Return the Boards that a person administers or coordinates; whether the former."""
    found = {}
    for board, held in boards_of(session, actor):
        if ADMINISTRATOR in held:
            found[board.id] = True
        elif held & roles_of_board(session, board.id).coordinating:
            found[board.id] = False
    return found


def note_classes(file: CaseFile, actor: Actor, held: Held) -> list[str]:
    """Return the visibility that somebody may give a file note; none: they may record none.

    Of the classes that forms of this kind of case have, those that let the writer read it. The
    group that a class is named after stands first in it, and has to count on this kind of case.
    """
    roles = file.definitions.roles
    used = _classes_used(file.definitions, file.case.process)
    return [
        name
        for name in _NOTE_CLASSES
        if name in used
        and roles.counting_on(file.case.process, roles.visibility(name)[:1])
        and may(file, actor, held, "amend", TheNote(frozenset({name})))
    ]


@lru_cache(maxsize=64)
def _classes_used(definitions: Definitions, root: str) -> frozenset[str]:
    """Return the classes of the forms that the parts of a root process write."""
    found: set[str] = set()
    for form in (definitions.forms[name] for name in forms_used(definitions, root)):
        found.update(form.visibility, *(section.visibility for section in form.sections))
    return frozenset(found)


@lru_cache(maxsize=64)
def _merges_timelines(definitions: Definitions, root: str) -> bool:
    """Say whether a root process, or a part of it, merges timelines: then its cases have codes."""
    used = (definitions.forms[name] for name in forms_used(definitions, root))
    return any(form.catalogue == "F-07" for form in used)


@lru_cache(maxsize=64)
def forms_used(definitions: Definitions, root: str) -> frozenset[str]:
    """Return the ids of the forms that a root process and its parts write."""
    found: set[str] = set()
    seen, queue = {root}, [root]
    while queue:
        process = definitions.processes[queue.pop()]
        found.update(use.form for element in process.elements.values() for use in element.forms)
        queue += [name for name in process.called if name not in seen]
        seen.update(process.called)
    return frozenset(found)


def may_read_proceedings(file: CaseFile, actor: Actor, held: Held) -> bool:
    """Say whether somebody may know of the proceedings beside a case.

    Whoever co-ordinates it, and the class of the record of delay (F-56) among its readers.
    """
    return coordinates(file, held) or may(file, actor, held, "read", TheNote(_OF_PROCEEDINGS))


def readable_notices(file: CaseFile, held: Held) -> ColumnElement[bool]:
    """Return the condition for the notices of a case that a person may see in its pages.

    Whoever co-ordinates sees all of them; others, those to a role that they hold, for their item.
    """
    if _may_case(file, held, "coordinate"):
        return true()
    mine = [
        and_(Notice.to_role.in_(held.on(item)), Notice.item_key == item) for item in held.by_item
    ]
    return or_(false(), Notice.to_role.in_(held.everywhere), *mine)


def visible_meetings(session: Session, actor: Actor) -> Select[Meeting]:
    """Return the query for the meetings that a person may know of.

    Whoever co-ordinates a Board sees the meetings of its groups, whoever co-ordinates a case those
    of its Panel; others, the meetings of the bodies in which they sit.
    """
    seen: list[ColumnElement[bool]] = []
    for board_id, roles in _boards(session, actor).items():
        held = board_roles(session, actor, board_id)
        sits = [body.key for body in roles.bodies if body.sitting & held]
        of_board = true() if held & roles.coordinating else Meeting.body.in_(sits)
        seen.append(and_(Meeting.board_id == board_id, Meeting.case_id.is_(None), of_board))
        for body in (body for body in roles.bodies if body.scope == "case"):
            live = _live(session, actor).where(Appointment.role.in_(body.sitting))
            mine = live.where(Appointment.board_id == board_id)
            on = Meeting.case_id.in_(mine.with_only_columns(Appointment.case_id))
            seen.append(and_(Meeting.body == body.key, on))
    coordinated = coordinated_cases(session, actor).with_only_columns(Case.id)
    return select(Meeting).where(or_(false(), Meeting.case_id.in_(coordinated), *seen))


def may_keep_meetings(
    session: Session, actor: Actor, board_id: uuid.UUID, case_id: uuid.UUID | None
) -> bool:
    """Say whether a person plans and records the meetings of a Board, or of one of its cases."""
    if case_id is not None:
        mine = coordinated_cases(session, actor).where(Case.id == case_id)
        return session.scalar(mine.with_only_columns(Case.id)) is not None
    held = board_roles(session, actor, board_id)
    return bool(held & roles_of_board(session, board_id).coordinating)


def may_adopt(session: Session, actor: Actor, board_id: uuid.UUID, process: str) -> bool:
    """Say whether a person puts matters of a kind that are under way on record for a Board.

    Takes:   process, the root of the case that it becomes.
    """
    roles = roles_of_board(session, board_id)
    held = board_roles(session, actor, board_id) & roles.coordinating
    return bool(roles.counting_on(process, held))


#: Who reads together: each a person, or nobody, with roles.
Readers = Sequence[tuple[Actor, Held]]


def body_as_reader(file: CaseFile, body: str) -> tuple[Actor, Held]:
    """Return a body that meets as a reader of a case: nobody in person, with its own role alone.

    What only its chair or one of its members may read is not read by all of them.
    """
    counts = file.definitions.roles.get(body).counts_on(file.case.process)
    return Actor(uuid.UUID(int=0), ""), Held.of({body} if counts else (), {})


def readable_by_all(
    file: CaseFile, readers: Readers, row: Document, version: int | None = None
) -> dict[str, Any] | None:
    """Return a version of a document cut down to what each of several readers may read."""
    contents = [readable_content(file, *reader, row, version) for reader in readers]
    found = [content for content in contents if content is not None]
    return None if len(found) < len(contents) else reduce(_common, found)


def parts_readable_by_all(
    file: CaseFile, readers: Readers, row: Document, version: int | None = None
) -> frozenset[str]:
    """Return the ids of the fields and columns that each of several readers may read."""
    parts = (readable_parts(file, *reader, row, version) for reader in readers)
    return frozenset.intersection(*parts)


def takeable_by_all(
    session: Session, wanted: Collection[tuple[CaseFile, Readers, Document, int]]
) -> list[tuple[CaseFile, Readers, Document, int]]:
    """Return the versions of documents of which all their readers may take something away.

    Takes:   documents, each with the file of its case, whoever is to have it and the number of the
             version; it costs one query however many they are.
    """
    written = _written(session, {row.id for _, _, row, _ in wanted})
    found = []
    for file, readers, row, version in wanted:
        the_document = _the_document(file, row, version, written.get(row.id, ()))
        if the_document is None:
            continue
        parts = (_parts(file, *reader, the_document) for reader in readers)
        if frozenset.intersection(*parts) and all(
            _may_take(file, *reader, the_document) for reader in readers
        ):
            found.append((file, readers, row, version))
    return found


def readable_sections(
    session: Session, wanted: Collection[tuple[CaseFile, Actor, Held, Document, str]]
) -> dict[tuple[uuid.UUID, str], str]:
    """Return the sections of fields that a person may read in the newest version, by (id, key).

    Takes:   documents, each with the file of its case, who reads it with which roles, and the key
             of a field, or of a column of its rows (`children.outcome`); it costs one query.
    """
    written = _written(session, {row.id for _, _, _, row, _ in wanted})
    found = {}
    for file, actor, held, row, key in wanted:
        the_document = _the_document(file, row, row.version, written.get(row.id, ()))
        if the_document is None:
            continue
        for place in _places(the_document, key):
            if may(file, actor, held, "read", place):
                found[row.id, key] = place.section.id
    return found


def _places(the_document: TheDocument, key: str) -> Iterator[TheField]:
    """Yield where a field, or a column of its rows, stands in a document."""
    name, _, of_row = key.partition(".")
    for section in the_document.form.sections:
        for entry in section.fields:
            if entry.key != name:
                continue
            if not of_row:
                yield TheField(the_document, section, entry)
            for column in entry.columns:
                if of_row and column.key == of_row:
                    yield TheField(the_document, section, entry, column)


def _common(one: Any, other: Any) -> Any:
    """Return what two readers of the same version both see of it."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _common(one[key], other[key]) for key in one if key in other}
    if isinstance(one, list) and isinstance(other, list):
        return [_common(*both) for both in zip(one, other, strict=True)]
    return one


def visible_cases(session: Session, actor: Actor) -> Select[Case]:
    """Return the query for the cases whose page a person may open; every read starts from it.

    A role that reads cases, held on the Board, opens the Board's cases, all of them or those of
    the root processes that it names; held on a case, that case.
    """
    return _cases_through(session, actor, coordinating=False)


def openable_among(
    session: Session, actor: Actor, case_ids: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Return those of several cases whose page a person may open, in as many queries as of one."""
    wanted = visible_cases(session, actor).where(Case.id.in_(case_ids))
    return frozenset(session.scalars(wanted.with_only_columns(Case.id)))


def coordinated_cases(session: Session, actor: Actor) -> Select[Case]:
    """Return the query for the cases that a person co-ordinates; all of them are visible too."""
    return _cases_through(session, actor, coordinating=True)


def boards_seen(session: Session, actor: Actor) -> list[Board]:
    """Return the Boards on which a person holds a role, as such or on a case."""
    here = _live(session, actor).with_only_columns(Appointment.board_id)
    return list(session.scalars(select(Board).where(Board.id.in_(here)).order_by(Board.key)))


def boards_coordinated(session: Session, actor: Actor) -> list[Board]:
    """Return the Boards on which a person co-ordinates, as such or on a case."""
    held = _live(session, actor).with_only_columns(Appointment.board_id, Appointment.role)
    rows = session.execute(held.distinct()).all()
    roles = {board: roles_of_board(session, board) for board in {board for board, _ in rows}}
    found = {board for board, role in rows if role in roles[board].coordinating}
    return list(session.scalars(select(Board).where(Board.id.in_(found)).order_by(Board.key)))


def _cases_through(session: Session, actor: Actor, *, coordinating: bool) -> Select[Case]:
    reading: list[ColumnElement[bool]] = []
    for board_id, roles in _boards(session, actor).items():
        live = _live(session, actor).where(Appointment.board_id == board_id)
        for reach, keys in roles.by_reach.items():
            readers = (keys & roles.coordinating if coordinating else keys) - {ADMINISTRATOR}
            of_board = {key for key in readers if roles.get(key).scope == "board"}
            on_board = live.where(Appointment.case_id.is_(None), Appointment.role.in_(of_board))
            on_case = live.where(Appointment.role.in_(readers))
            reading.append(
                and_(
                    Case.board_id == board_id,
                    true() if reach is None else Case.process.in_(reach),
                    or_(
                        on_board.exists(),
                        Case.id.in_(on_case.with_only_columns(Appointment.case_id)),
                    ),
                )
            )
    return select(Case).where(or_(false(), *reading))


def boards_with_figures(session: Session, actor: Actor) -> list[Board]:
    """Return the Boards whose figures a person sees, by their key: numbers of all their cases, of
    those whose page the person may not open, too.

    Source:  PR-13; requirements, section 1.2, ROL-01, ROL-12, ROL-21.
    """
    return [
        board
        for board, held in boards_of(session, actor)
        if held & roles_of_board(session, board.id).seeing_figures
    ]


def open_tasks(session: Session, actor: Actor, case_id: uuid.UUID | None = None) -> list[UserTask]:
    """Return the open tasks that a person may do, on every case or on one, the oldest first."""
    query = select(UserTask).where(UserTask.state == "open", may_do(session, actor))
    if case_id is not None:
        query = query.where(UserTask.case_id == case_id)
    return list(session.scalars(query.order_by(UserTask.opened_at, UserTask.id)))


def may_do(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task is one that a person may do."""
    boards = _boards(session, actor)
    mine: list[ColumnElement[bool]] = []
    on_cases: dict[tuple[str, str], list[uuid.UUID]] = {}
    for row in session.scalars(_live(session, actor).where(Appointment.role != ADMINISTRATOR)):
        if row.case_id is not None:
            on_cases.setdefault((row.role, row.item_key or ""), []).append(row.case_id)
        elif (role := boards[row.board_id].get(row.role)).scope == "board":
            here = UserTask.board_id == row.board_id
            mine.append(and_(_named(row.role), here, _is_on(role.processes)))
    # One condition a role, however many cases a person has: building a condition costs more than
    # everything else here.
    for (role_key, item), case_ids in on_cases.items():
        for_item = UserTask.item_key.in_(["", item]) if item else true()
        mine.append(and_(_named(role_key), UserTask.case_id.in_(case_ids), for_item))
    return or_(false(), *mine)


def _is_on(processes: tuple[str, ...] | None) -> ColumnElement[bool]:
    """Return the condition that a task stands on a case of one of these root processes."""
    if processes is None:
        return true()
    return UserTask.case_id.in_(select(Case.id).where(Case.process.in_(processes)))


def _named(role: str) -> ColumnElement[bool]:
    """Return the condition that a task is one for a role."""
    padded = literal(" ").concat(UserTask.role).concat(" ")
    return padded.contains(f" {role} ", autoescape=True)


def _may_case(file: CaseFile, held: Held, action: str) -> bool:
    roles = file.definitions.roles
    anywhere = held.on("")
    if action == "see":
        return bool(anywhere)
    if action == "read":
        return bool(anywhere & roles.reading_on(file.case.process))
    return action == "coordinate" and bool(anywhere & roles.coordinating)


def _may_read(
    file: CaseFile, actor: Actor, held: Held, thing: TheDocument | TheSection | TheField
) -> bool:
    if isinstance(thing, TheDocument):
        return any(
            _may_read(file, actor, held, TheSection(thing, section))
            for section in thing.form.sections
        )
    if isinstance(thing, TheSection):
        fields = [TheField(thing.document, thing.section, entry) for entry in thing.section.fields]
        return any(_may_read(file, actor, held, entry) for entry in fields)
    today = _as_now(thing)
    return _is_among(file, actor, held, thing, _classes(thing)) and (
        today is None or _is_among(file, actor, held, today, _classes(today))
    )


def _as_now(thing: TheField) -> TheField | None:
    """Return a field of what was written before a case moved, as the case has it now."""
    if thing.document.now is None:
        return None
    the_document = replace(thing.document, form=thing.document.now, now=None)
    for place in _places(the_document, thing.field.key):
        columns = {column.key: column for column in place.field.columns}
        return replace(place, column=columns.get(thing.column.key) if thing.column else None)
    return None


def _may_write(
    file: CaseFile, actor: Actor, held: Held, thing: TheDocument | TheSection | TheField
) -> bool:
    the_document = thing if isinstance(thing, TheDocument) else thing.document
    if held.on(the_document.item_key) & file.definitions.roles.coordinating:
        return True
    if isinstance(thing, TheDocument):
        return any(str(actor.account_id) in authors for authors in the_document.authors.values())
    return str(actor.account_id) in the_document.authors.get(thing.section.id, ())


def _is_private(form: Form, section: Section) -> bool:
    """Say whether some field of a section is for its author alone."""
    return any(
        set(entry.visibility or section.visibility or form.visibility) == {OWN}
        for entry in section.fields
    )


def _classes(thing: TheField) -> tuple[str, ...]:
    """Return the visibility that is nearest: of the column, the field, the section, the form."""
    return confidentiality.classes_of(thing.document.form, thing.section, thing.field, thing.column)


def _is_among(
    file: CaseFile, actor: Actor, held: Held, thing: TheField, classes: tuple[str, ...]
) -> bool:
    known, the_document = file.definitions.roles, thing.document
    if set(classes) == {OWN}:
        # For nobody else at all, whatever they hold, and whoever wrote it before or after (F-17).
        return the_document.keepers.get(thing.section.id) == str(actor.account_id)
    if OWN in classes and str(actor.account_id) in the_document.authors.get(thing.section.id, ()):
        return True
    wanted = {role for name in classes for role in known.visibility(name)}
    limit = confidentiality.readers(the_document.form, thing.field)
    if limit is not None:
        wanted &= limit
    return bool(wanted & _past_gates(file, held, thing))


def _past_gates(file: CaseFile, held: Held, thing: TheField) -> frozenset[str]:
    """Return the roles with which a person comes past the gates of form, field and column.

    Source:  CF-11; CF-15, what a family said reaches the Panel only as they agreed.
    """
    item_key, form = thing.document.item_key, thing.document.form
    of_column = thing.column.gates if thing.column else ()
    shut = {
        role
        for gate in (*form.gates, *thing.field.gates, *of_column)
        # What stands before others need not be asked, and asking works out every fact of the case.
        if not held.on(item_key).isdisjoint(gate.roles)
        and gate.when.evaluate(file.names(item_key), file.functions(item_key)) is not True
        for role in gate.roles
    }
    return held.on(item_key) - shut


def _cut(
    file: CaseFile,
    actor: Actor,
    held: Held,
    the_document: TheDocument,
    content: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    for section in the_document.form.sections:
        values = content.get(section.id)
        if values is None:
            continue
        kept: dict[str, Any] = {}
        for entry in section.fields:
            place = TheField(the_document, section, entry)
            if entry.key in values and may(file, actor, held, "read", place):
                kept[entry.key] = _cut_rows(file, actor, held, place, values[entry.key])
        if kept or may(file, actor, held, "read", TheSection(the_document, section)):
            yield section.id, kept


def _cut_rows(file: CaseFile, actor: Actor, held: Held, place: TheField, value: Any) -> Any:
    narrower = [column for column in place.field.columns if column.visibility or column.gates]
    if not narrower or not isinstance(value, list):
        return value
    hidden = {
        column.key
        for column in narrower
        if not may(
            file, actor, held, "read",
            TheField(place.document, place.section, place.field, column),
        )
    }  # fmt: skip
    return [{key: cell for key, cell in row.items() if key not in hidden} for row in value]


def _is_in_readable_document(file: CaseFile, actor: Actor, held: Held, upload: Upload) -> bool:
    rows = file.session.scalars(
        select(Document).where(Document.case_id == file.case.id).order_by(Document.id)
    )
    return any(
        _holds(readable_content(file, actor, held, row, number), str(upload.id))
        for row in rows
        for number in range(row.version, 0, -1)
    )


def _is_in_readable_note(file: CaseFile, actor: Actor, held: Held, upload: Upload) -> bool:
    rows = file.session.execute(
        select(FileNoteVersion, FileNote.visibility)
        .join(FileNote, FileNote.id == FileNoteVersion.note_id)
        .where(FileNote.case_id == file.case.id)
        .order_by(FileNoteVersion.id)
    )
    return any(
        str(upload.id) in row.content["files"]
        and may(file, actor, held, "read", TheNote(frozenset({row.visibility, newest})))
        for row, newest in rows
    )


def _may_note(file: CaseFile, held: Held, action: str, classes: frozenset[str]) -> bool:
    roles = file.definitions.roles
    reads = _may_case(file, held, "read") and all(
        held.on("") & frozenset(roles.visibility(name)) for name in classes
    )
    return reads and (action == "read" or _may_case(file, held, "coordinate"))


def _may_codes(file: CaseFile, held: Held, action: str) -> bool:
    wanted = (
        confidentiality.CODE_KEEPERS if action == "write" else confidentiality.CODE_READERS
    ) & file.definitions.roles.reading_on(file.case.process)
    merges = _merges_timelines(file.definitions, file.case.process)
    return merges and bool(held.on("") & wanted)


def _holds(value: Any, upload_id: str) -> bool:
    if isinstance(value, dict):
        inner = any(_holds(part, upload_id) for part in value.values())
        return inner or value.get("upload") == upload_id
    return isinstance(value, list) and any(_holds(part, upload_id) for part in value)


def _parts(file: CaseFile, actor: Actor, held: Held, the_document: TheDocument) -> frozenset[str]:
    return frozenset(
        place.id
        for section in the_document.form.sections
        for entry in section.fields
        for column in (None, *entry.columns)
        for place in [column or entry]
        if may(file, actor, held, "read", TheField(the_document, section, entry, column))
    )


def _may_take(file: CaseFile, actor: Actor, held: Held, the_document: TheDocument) -> bool:
    # Only of a report does it hang on facts, and to know them takes time.
    is_report = the_document.form.catalogue == confidentiality.REPORT
    known = file.names(the_document.item_key) if is_report else {}
    if confidentiality.is_printed_freely(the_document.form, known):
        return True
    commenting = confidentiality.COMMENTS_ONLY
    by_item = {key: roles - commenting for key, roles in held.by_item.items()}
    other = Held.of(held.everywhere - commenting, by_item, the_document.item_key)
    return may(file, actor, other, "read", the_document)


def _the_task(task: UserTask) -> TheTask:
    return TheTask(frozenset(task.role.split()), task.item_key)


def _read_document(file: CaseFile, row: Document, version: int | None = None) -> TheDocument | None:
    written = _written(file.session, {row.id}).get(row.id, ())
    return _the_document(file, row, version or row.version, written)


class _Version(NamedTuple):
    author: str
    sections: list[str]
    number: int
    moves: int


def _written(
    session: Session, document_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[_Version]]:
    """Return who wrote which sections of documents in which version, the oldest first."""
    versions = session.execute(
        select(
            DocumentVersion.document_id,
            DocumentVersion.author,
            DocumentVersion.sections,
            DocumentVersion.number,
            DocumentVersion.moves,
        )
        .where(DocumentVersion.document_id.in_(document_ids))
        .order_by(DocumentVersion.document_id, DocumentVersion.number)
    )
    found: dict[uuid.UUID, list[_Version]] = {}
    for document_id, author, sections, number, moves in versions:
        found.setdefault(document_id, []).append(_Version(author, sections, number, moves))
    return found


def _the_document(
    file: CaseFile, row: Document, version: int, written: Iterable[_Version]
) -> TheDocument | None:
    form = file.definitions.forms.get(row.form)
    if form is None or row.case_id != file.case.id:
        return None
    authors: dict[str, set[str]] = {}
    keepers: dict[str, str] = {}
    now = None
    for author, sections, number, moves in written:
        if number == version:
            then = file.definitions_after(moves).forms.get(row.form, form)
            form, now = (form, None) if then is form else (then, form)
        for name in sections:
            authors.setdefault(name, set()).add(author)
            if number <= version:
                keepers[name] = author
    frozen = {name: frozenset(accounts) for name, accounts in authors.items()}
    return TheDocument(form, row.item_key, frozen, keepers, now)


def _live(session: Session, actor: Actor) -> Select[Appointment]:
    today = time_source.today(session)
    return select(Appointment).where(held_by(actor.account_id, today), live_on(today))


def _boards(session: Session, actor: Actor) -> dict[uuid.UUID, Roles]:
    query = _live(session, actor).with_only_columns(Appointment.board_id).distinct()
    return {board_id: roles_of_board(session, board_id) for board_id in session.scalars(query)}
