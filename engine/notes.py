"""Keep file notes and correspondence on a case: record one, put one right, read them.

Media enquiries (F-37) and legal advice (F-38) have forms of their own and are not kept here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import access, case_pages, db, store, time_source, uploads
from engine.access import TheNote
from engine.case_pages import CaseHead
from engine.errors import EngineError, NotFound
from engine.models import Account, FileNote, FileNoteVersion, Upload
from engine.people import Actor, Held
from engine.store import CaseFile
from engine.texts import Text

KINDS = ("note", "letter_in", "letter_out", "email_in", "email_out", "call_in", "call_out")
#: With whom, where it is no role of the case.
OTHERS = ("family", "other")
MAX_TEXT = 20_000
#: How many notes stand on one page.
PAGE = 25

#: Forms that hold correspondence of their own kind.
_OWN_FORMS = ("F-37", "F-38")


class NoteRefused(EngineError):
    """The note cannot be kept as it is. Put right what is marked, then send it again."""

    status = 422
    #: all that is wrong with the note, this among them, in the order of its page
    together: tuple[NoteRefused, ...] = ()


class NoteTextMissing(NoteRefused):
    """Enter what is to be remembered."""


class NoteTextTooLong(NoteRefused):
    """The text is longer than {most} characters. Make it shorter, or attach it as a file."""


class NoteDayWrong(NoteRefused):
    """A note is of a day up to today. Enter the day on which it happened."""


class NoteKindMissing(NoteRefused):
    """Choose what it is."""


class NoteWithMissing(NoteRefused):
    """Choose with whom the letter, email or call was. Only a file note may be of nobody."""


class NoteClassMissing(NoteRefused):
    """Choose who may read it."""


class NoteReasonMissing(NoteRefused):
    """Say why the note is put right."""


class NoteChanged(NoteRefused):
    """Somebody put this note right after you opened it. Look at what they wrote, then change what is still to be changed."""  # noqa: E501

    status = 409


@dataclass(frozen=True)
class NoteContent:
    """What a person says in a note. `files` are ids of files kept on the case (`keep_note_files`).

    Each of the rest is what was chosen, empty where nothing was.
    """

    kind: str
    on: date | None
    with_role: str
    text: str
    visibility: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptFile:
    """A file that was sent in for a note."""

    id: str
    filename: str


@dataclass(frozen=True)
class NoteVersionLine:
    """A version of a note, as far as a person may read it."""

    number: int
    kind: str
    on: date
    with_whom: Text
    text: str
    visibility: str
    readers: tuple[Text, ...]
    files: tuple[KeptFile, ...]
    author_name: str
    at: datetime
    reason: str
    #: the key behind `with_whom`
    with_role: str


@dataclass(frozen=True)
class NoteView:
    """A note with its versions, the newest first; none that this person may not read."""

    id: uuid.UUID
    number: int
    version: int
    versions: tuple[NoteVersionLine, ...]
    may_amend: bool

    @property
    def newest(self) -> NoteVersionLine:
        """Return the version that counts."""
        return self.versions[0]


@dataclass(frozen=True)
class ClassChoice:
    """A visibility that a note may have, and the roles that it lets read."""

    key: str
    readers: tuple[Text, ...]


@dataclass(frozen=True)
class NotePage:
    """A page of the notes of a case, the newest first; `number` counts from 1.

    `classes` and `roles` are what may be chosen for a new one; empty: this person records none.
    `own_forms` are the forms for correspondence of their own kind.
    """

    head: CaseHead
    notes: tuple[NoteView, ...]
    total: int
    number: int
    pages: int
    classes: tuple[ClassChoice, ...]
    roles: tuple[tuple[str, Text], ...]
    own_forms: tuple[Text, ...]
    today: date


def case_notes(case_id: uuid.UUID, actor: Actor, number: int = 1) -> NotePage:
    """Return the notes of a case that a person may read, a page of them.

    Raises:  NotFound, also for a page that is not there.
    """
    with db.reading() as session:
        file, held = _open(session, case_id, actor)
        readable = [
            name
            for name in _classes_on(session, case_id)
            if access.may(file, actor, held, "read", TheNote(frozenset({name})))
        ]
        mine = (FileNote.case_id == case_id, FileNote.visibility.in_(readable))
        total = session.scalar(select(func.count(FileNote.id)).where(*mine)) or 0
        pages = case_pages.count_pages(total, PAGE, number)
        rows = session.scalars(
            select(FileNote)
            .where(*mine)
            .order_by(FileNote.number.desc())
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        ).all()
        forms = file.definitions.forms.values()
        return NotePage(
            head=case_pages.head_of(file, actor, held),
            notes=tuple(_views(file, actor, held, rows)),
            total=total,
            number=number,
            pages=pages,
            classes=tuple(_choices(file, access.note_classes(file, actor, held))),
            roles=tuple(_roles(file)),
            own_forms=tuple(
                Text(form.title("en"), form.title("cy"))
                for form in forms
                if form.catalogue in _OWN_FORMS
            ),
            today=time_source.local_day(file.now),
        )


def note_page(case_id: uuid.UUID, note_id: uuid.UUID, actor: Actor) -> NoteView:
    """Return one note.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file, held = _open(session, case_id, actor)
        return _view(file, actor, held, note_id)


def keep_note_files(
    case_id: uuid.UUID, files: Sequence[tuple[str, BinaryIO]], actor: Actor
) -> list[KeptFile]:
    """Keep the files that the page of a note sent, so that they outlive a page that comes back.

    Takes:   files, the name of each as claimed, and its bytes.
    Raises:  NotFound; UploadRefused.
    """
    keeper = uploads.in_use()
    checked = [uploads.look_over(keeper, *one) for one in files]
    with db.transaction() as session:
        file = _lock_to_write(session, case_id, actor)
        kept = [
            uploads.take_in(session, keeper, file.case, one, account_id=actor.account_id)
            for one in checked
        ]
        return [KeptFile(str(row.id), str(row.filename)) for row in kept]


def kept_files(case_id: uuid.UUID, ids: Collection[str], actor: Actor) -> list[KeptFile]:
    """Return those of some files that this person sent to the case, in the order given."""
    with db.reading() as session:
        own = uploads.references(session, case_id, actor.account_id)
        return [KeptFile(one, own[one].name) for one in dict.fromkeys(ids) if one in own]


def record_note(
    case_id: uuid.UUID, content: NoteContent, actor: Actor, submit_key: str | None = None
) -> uuid.UUID:
    """Record a note on a case, also on one that is closed; once for a submit key.

    Raises:  NotFound; NoteRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file = _lock_to_write(session, case_id, actor)
        if submit_key:
            again = session.scalar(select(FileNote.id).where(FileNote.submit_key == submit_key))
            if again is not None:
                return again
        _check(file, actor, content)
        count = select(func.count(FileNote.id)).where(FileNote.case_id == case_id)
        note = FileNote(
            board_id=file.case.board_id,
            case_id=case_id,
            number=(session.scalar(count) or 0) + 1,
            version=0,
            visibility=content.visibility,
            submit_key=submit_key,
        )
        session.add(note)
        session.flush()
        _write(file, actor, note, content)
        _save(file, "note_recorded", note)
        return note.id


def amend_note(
    case_id: uuid.UUID,
    note_id: uuid.UUID,
    content: NoteContent,
    reason: str,
    actor: Actor,
    *,
    seen: int,
) -> None:
    """Put a note right in a new version, with the reason; the older ones stay.

    Takes:   seen, the number of the version that the person had before them.
    Raises:  NotFound; NoteRefused, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file = _lock_to_write(session, case_id, actor)
        held = access.roles_on(session, actor, file.case, "")
        view = _view(file, actor, held, note_id)
        if not view.may_amend:
            raise NotFound
        if seen != view.version:
            raise NoteChanged
        there = [one.id for line in view.versions for one in line.files]
        _check(file, actor, content, there, reason)
        note = session.get_one(FileNote, note_id)
        note.visibility = content.visibility
        _write(file, actor, note, content, reason.strip())
        _save(file, "note_put_right", note)


def _open(session: Session, case_id: uuid.UUID, actor: Actor) -> tuple[CaseFile, Held]:
    file = store.read_case(session, case_id, str(actor.account_id))
    held = access.roles_on(session, actor, file.case, "")
    access.require_case(file, actor, held)
    return file, held


def _lock_to_write(session: Session, case_id: uuid.UUID, actor: Actor) -> CaseFile:
    """Lock a case for whoever may record notes on it.

    Raises:  NotFound, for everybody else.
    """
    file = store.lock_case(session, case_id, str(actor.account_id))
    held = access.roles_on(session, actor, file.case, "")
    if not access.note_classes(file, actor, held):
        raise NotFound
    return file


def _check(
    file: CaseFile,
    actor: Actor,
    content: NoteContent,
    there: Collection[str] = (),
    reason: str | None = None,
) -> None:
    """Refuse a note that is not whole, with all that is wrong with it.

    Takes:   there, the files that the note holds already; reason, of one that is put right.
    """
    found = _wrong(file, actor, content)
    if reason is not None and not reason.strip():
        found.append(NoteReasonMissing())
    if found:
        found[0].together = tuple(found)
        raise found[0]
    own = uploads.references(file.session, file.case.id, actor.account_id)
    if not set(content.files) <= {*own, *there}:
        raise NotFound


def _wrong(file: CaseFile, actor: Actor, content: NoteContent) -> list[NoteRefused]:
    found: list[NoteRefused] = []
    held = access.roles_on(file.session, actor, file.case, "")
    if content.kind not in KINDS:
        found.append(NoteKindMissing())
    if content.on is None or content.on > time_source.local_day(file.now):
        found.append(NoteDayWrong())
    known = {*OTHERS, *(key for key, _ in _roles(file))}
    if content.with_role not in known and (content.with_role or content.kind != "note"):
        found.append(NoteWithMissing())
    if not content.text.strip():
        found.append(NoteTextMissing())
    if len(content.text) > MAX_TEXT:
        found.append(NoteTextTooLong(most=MAX_TEXT))
    if content.visibility not in access.note_classes(file, actor, held):
        found.append(NoteClassMissing())
    return found


def _write(
    file: CaseFile,
    actor: Actor,
    note: FileNote,
    content: NoteContent,
    reason: str = "",
) -> None:
    note.version += 1
    file.session.add(
        FileNoteVersion(
            board_id=note.board_id,
            note_id=note.id,
            number=note.version,
            kind=content.kind,
            happened_on=content.on,
            with_role=content.with_role,
            visibility=content.visibility,
            content={
                "text": content.text.strip(),
                "files": list(dict.fromkeys(content.files)),
                "reason": reason,
            },
            author=actor.account_id,
            at=file.now,
        )
    )


def _save(file: CaseFile, event: str, note: FileNote) -> None:
    """Save the case with the event; ids and numbers only, for the record is read by more people."""
    data = {"note": str(note.id), "number": note.number, "version": note.version}
    store.save_case(file, event, data=data)


def _classes_on(session: Session, case_id: uuid.UUID) -> Sequence[str]:
    return session.scalars(
        select(FileNote.visibility).where(FileNote.case_id == case_id).distinct()
    ).all()


def _view(file: CaseFile, actor: Actor, held: Held, note_id: uuid.UUID) -> NoteView:
    row = file.session.get(FileNote, note_id)
    found = [] if row is None or row.case_id != file.case.id else [row]
    view = next(_views(file, actor, held, found), None)
    if view is None:
        raise NotFound
    return view


def _views(
    file: CaseFile, actor: Actor, held: Held, rows: Sequence[FileNote]
) -> Iterator[NoteView]:
    """Yield those of some notes that a person may read, in the order given, in three queries."""
    found = file.session.execute(
        select(FileNoteVersion, Account.name)
        .join(Account, Account.id == FileNoteVersion.author)
        .where(FileNoteVersion.note_id.in_([row.id for row in rows]))
        .order_by(FileNoteVersion.note_id, FileNoteVersion.number.desc())
    ).all()
    files = {
        str(key): KeptFile(str(key), str(filename))
        for key, filename in file.session.execute(
            select(Upload.id, Upload.filename).where(
                Upload.case_id == file.case.id,
                Upload.id.in_({uuid.UUID(one) for row, _ in found for one in row.content["files"]}),
            )
        )
    }
    for note in rows:
        lines = tuple(
            _line(file, version, name, files)
            for version, name in found
            if version.note_id == note.id
            and access.may(
                file, actor, held, "read", TheNote(frozenset({note.visibility, version.visibility}))
            )
        )
        if lines:
            newest = TheNote(frozenset({note.visibility}))
            amends = access.may(file, actor, held, "amend", newest)
            yield NoteView(note.id, note.number, note.version, lines, amends)


def _line(
    file: CaseFile, row: FileNoteVersion, author_name: str, files: dict[str, KeptFile]
) -> NoteVersionLine:
    known = file.definitions.roles
    whom = known.get(row.with_role).text if row.with_role in known else Text("", "")
    return NoteVersionLine(
        number=row.number,
        kind=row.kind,
        on=row.happened_on,
        with_whom=whom,
        with_role=row.with_role,
        text=row.content["text"],
        visibility=row.visibility,
        readers=_readers(file, row.visibility),
        files=tuple(files[one] for one in row.content["files"] if one in files),
        author_name=author_name,
        at=row.at,
        reason=row.content["reason"],
    )


def _choices(file: CaseFile, names: Sequence[str]) -> Iterator[ClassChoice]:
    for name in names:
        yield ClassChoice(name, _readers(file, name))


def _readers(file: CaseFile, visibility: str) -> tuple[Text, ...]:
    """Return the roles that may read a note of a class on this case: they open its pages."""
    known = file.definitions.roles
    reading = known.reading_on(file.case.process)
    roles = known.counting_on(file.case.process, known.visibility(visibility))
    return tuple(known.get(key).text for key in roles if key in reading)


def _roles(file: CaseFile) -> list[tuple[str, Text]]:
    """Return the roles that somebody may have written to or spoken with, by name."""
    known = file.definitions.roles
    keys = known.counting_on(file.case.process, known)
    hidden = {"administrator", "designer"}
    return [(key, known.get(key).text) for key in keys if key not in hidden]
