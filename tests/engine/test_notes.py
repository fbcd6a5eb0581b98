"""File notes: who records, reads and puts right, and that nothing is lost or told to others."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import accounts, cases, db, document_pages, notes, people, uploads
from engine.errors import NotFound
from engine.models import AuditEvent, FileNoteVersion
from engine.notes import NoteContent
from engine.people import Actor
from tests.review import Review, opened, participants

DAY = date(2026, 3, 2)
CALL = NoteContent("call_in", DAY, "worker", "The manager rang about a date.", "V-STEER")


@pytest.fixture
def keeper(tmp_path: Path) -> uploads.Store:
    """A place for files."""
    store = uploads.Store(tmp_path)
    uploads.use(store)
    return store


@pytest.fixture
def review(database: db.Database) -> Review:
    """A case that has just been opened; its workers may not read what is for co-ordinators."""
    return opened()


@pytest.fixture
def coordinator(review: Review) -> Actor:
    """Who co-ordinates it."""
    return review.coordinator


def _person(review: Review, name: str, role: str = "") -> Actor:
    """Return somebody new, who may hold a role on the Board."""
    with db.transaction() as session:
        account = accounts.create_account(session, f"{uuid.uuid4().hex[:8]}@example.test", name)
        if role:
            people.appoint_to_board(session, review.board_id, role, account.id, "SYSTEM")
        return Actor(account.id, account.name)


def _file(name: str = "letter.txt") -> tuple[str, io.BytesIO]:
    return name, io.BytesIO(b"Dear colleague, we shall come.\n")


def test_a_note_is_read_as_it_was_recorded(review: Review, coordinator: Actor) -> None:
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    note = notes.note_page(review.case_id, note_id, coordinator)
    newest = note.newest
    assert (newest.kind, newest.on, newest.text) == (CALL.kind, DAY, CALL.text)
    assert newest.author_name == "Cai"
    assert newest.with_whom.en
    assert [one.id for one in notes.case_notes(review.case_id, coordinator).notes] == [note_id]


def test_what_a_note_says_is_encrypted_where_it_is_kept(review: Review, coordinator: Actor) -> None:
    notes.record_note(review.case_id, CALL, coordinator)
    with db.reading() as session:
        stored = session.connection().exec_driver_sql("select content from file_note_version")
        assert b"manager rang" not in bytes(stored.scalar_one())


def test_a_note_and_its_correction_are_on_record_without_what_they_say(
    review: Review, coordinator: Actor
) -> None:
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    put_right = replace(CALL, text="The manager rang about a room.")
    notes.amend_note(review.case_id, note_id, put_right, "misheard", coordinator, seen=1)
    with db.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.case_id == review.case_id).order_by(AuditEvent.seq)
        ).all()
    found = [(one.kind, one.data) for one in events if one.kind.startswith("note_")]
    said = {"note": str(note_id), "number": 1}
    assert found == [
        ("note_recorded", {**said, "version": 1}),
        ("note_put_right", {**said, "version": 2}),
    ]


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    review: Review, coordinator: Actor
) -> None:
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    put_right = replace(CALL, text="The manager rang about a room.")
    notes.amend_note(review.case_id, note_id, put_right, "misheard", coordinator, seen=1)
    note = notes.note_page(review.case_id, note_id, coordinator)
    assert [(one.number, one.text, one.reason) for one in note.versions] == [
        (2, put_right.text, "misheard"),
        (1, CALL.text, ""),
    ]


def test_a_correction_without_a_reason_or_of_an_older_version_is_refused(
    review: Review, coordinator: Actor
) -> None:
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    with pytest.raises(notes.NoteReasonMissing):
        notes.amend_note(review.case_id, note_id, CALL, " ", coordinator, seen=1)
    notes.amend_note(review.case_id, note_id, CALL, "once", coordinator, seen=1)
    with pytest.raises(notes.NoteChanged):
        notes.amend_note(review.case_id, note_id, CALL, "twice", coordinator, seen=1)
    assert notes.note_page(review.case_id, note_id, coordinator).version == 2


def test_the_same_click_twice_records_one_note(review: Review, coordinator: Actor) -> None:
    key = str(uuid.uuid4())
    first, second = (notes.record_note(review.case_id, CALL, coordinator, key) for _ in range(2))
    assert first == second
    assert notes.case_notes(review.case_id, coordinator).total == 1


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "fax"}, notes.NoteKindMissing),
        ({"on": None}, notes.NoteDayWrong),
        ({"on": date(2999, 1, 1)}, notes.NoteDayWrong),
        ({"with_role": ""}, notes.NoteWithMissing),
        ({"with_role": "nobody_known"}, notes.NoteWithMissing),
        ({"text": "  "}, notes.NoteTextMissing),
        ({"text": "x" * (notes.MAX_TEXT + 1)}, notes.NoteTextTooLong),
        ({"visibility": ""}, notes.NoteClassMissing),
        ({"visibility": "V-PUB"}, notes.NoteClassMissing),
    ],
)
def test_a_note_that_is_not_whole_is_refused(
    review: Review, coordinator: Actor, wrong: dict[str, object], refusal: type[notes.NoteRefused]
) -> None:
    content = replace(CALL, **wrong)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        notes.record_note(review.case_id, content, coordinator)
    assert notes.case_notes(review.case_id, coordinator).total == 0


def test_only_whoever_coordinates_records_and_puts_right(
    review: Review, coordinator: Actor
) -> None:
    member = review.worker
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    assert notes.note_page(review.case_id, note_id, member).may_amend is False
    assert notes.case_notes(review.case_id, member).classes == ()
    with pytest.raises(NotFound):
        notes.record_note(review.case_id, CALL, member)
    with pytest.raises(NotFound):
        notes.amend_note(review.case_id, note_id, CALL, "because", member, seen=1)


def test_a_note_is_there_for_its_class_alone(review: Review, coordinator: Actor) -> None:
    member = review.worker
    narrow = replace(CALL, visibility="V-CASE")
    note_id = notes.record_note(review.case_id, narrow, coordinator)
    assert notes.note_page(review.case_id, note_id, coordinator).newest.text == CALL.text
    with pytest.raises(NotFound):
        notes.note_page(review.case_id, note_id, member)
    assert notes.case_notes(review.case_id, member).total == 0


def test_whoever_may_not_open_the_case_finds_no_notes(review: Review, coordinator: Actor) -> None:
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    review.do("INT-01", {"participants": participants("Pam")})
    taking_part = _person(review, "Pam")
    cases.appoint(
        review.case_id, "participant", taking_part.account_id, "participant_1", coordinator
    )
    for somebody in (taking_part, _person(review, "Lee")):
        with pytest.raises(NotFound):
            notes.case_notes(review.case_id, somebody)
        with pytest.raises(NotFound):
            notes.note_page(review.case_id, note_id, somebody)


def test_a_class_made_narrower_holds_for_older_versions_and_one_made_wider_does_not(
    review: Review, coordinator: Actor
) -> None:
    member = review.worker
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    narrow = replace(CALL, visibility="V-CASE", text="Their address is known.")
    notes.amend_note(review.case_id, note_id, narrow, "not for all", coordinator, seen=1)
    with pytest.raises(NotFound):
        notes.note_page(review.case_id, note_id, member)
    wide = replace(CALL, text="Nothing private any more.")
    notes.amend_note(review.case_id, note_id, wide, "for all again", coordinator, seen=2)
    seen = notes.note_page(review.case_id, note_id, member)
    assert [one.number for one in seen.versions] == [3, 1]
    assert "address" not in str(seen)


def test_a_file_goes_to_readers_of_a_note_that_holds_it_and_to_nobody_else(
    review: Review, coordinator: Actor, keeper: uploads.Store
) -> None:
    member, other = review.worker, _person(review, "Lee")
    kept = notes.keep_note_files(review.case_id, [_file()], coordinator)
    upload_id = uuid.UUID(kept[0].id)
    with pytest.raises(NotFound):
        document_pages.open_upload(upload_id, member)
    content = replace(CALL, files=(kept[0].id,))
    note_id = notes.record_note(review.case_id, content, coordinator)
    assert document_pages.open_upload(upload_id, member).filename == "letter.txt"
    with pytest.raises(NotFound):
        document_pages.open_upload(upload_id, other)
    narrow = replace(content, visibility="V-CASE")
    notes.amend_note(review.case_id, note_id, narrow, "not for all", coordinator, seen=1)
    with pytest.raises(NotFound):
        document_pages.open_upload(upload_id, member)


def test_nobody_puts_the_file_of_somebody_else_into_a_note(
    review: Review, coordinator: Actor, keeper: uploads.Store
) -> None:
    colleague = _person(review, "Non", "coordinator")
    kept = notes.keep_note_files(review.case_id, [_file()], colleague)
    assert notes.kept_files(review.case_id, [kept[0].id], coordinator) == []
    with pytest.raises(NotFound):
        notes.record_note(review.case_id, replace(CALL, files=(kept[0].id,)), coordinator)


def test_a_correction_keeps_the_files_that_a_colleague_attached(
    review: Review, coordinator: Actor, keeper: uploads.Store
) -> None:
    colleague = _person(review, "Non", "coordinator")
    kept = notes.keep_note_files(review.case_id, [_file()], colleague)
    content = replace(CALL, files=(kept[0].id,))
    note_id = notes.record_note(review.case_id, content, colleague)
    notes.amend_note(review.case_id, note_id, content, "the day", coordinator, seen=1)
    note = notes.note_page(review.case_id, note_id, coordinator)
    assert [one.filename for one in note.newest.files] == ["letter.txt"]


def test_no_version_of_a_note_is_ever_deleted(review: Review, coordinator: Actor) -> None:
    note_id = notes.record_note(review.case_id, CALL, coordinator)
    for seen in (1, 2):
        notes.amend_note(review.case_id, note_id, CALL, "again", coordinator, seen=seen)
    with db.reading() as session:
        rows = session.scalars(
            select(FileNoteVersion.number).where(FileNoteVersion.note_id == note_id)
        )
        assert sorted(rows) == [1, 2, 3]
