"""Documents: versions are whole, nobody writes over what they did not see, signatures age."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from engine import db, documents, time_source
from engine.documents import DocumentChanged, DocumentKey
from engine.errors import NotFound
from engine.models import Account, DocumentVersion, Draft
from tests.engine.house import House, make_house

CONSENT = DocumentKey("consent")


@pytest.fixture
def house(database: db.Database) -> Iterator[House]:
    with db.transaction() as session:
        yield make_house(session)


def _write(
    house: House,
    sections: dict[str, dict[str, object]],
    base: int | None = None,
    who: Account | None = None,
    key: DocumentKey = CONSENT,
) -> DocumentVersion:
    author = str((who or house.ann).id)
    return documents.write(house.session, house.case, key, sections, base=base, author=author)


def test_version_is_whole_and_the_old_one_stays(house: House) -> None:
    first = _write(house, {"parents": {"a": 1}, "child": {"b": "ŵ"}}, base=0)
    second = _write(house, {"child": {"b": "x"}}, base=1)
    house.session.expire_all()
    assert (first.number, second.number) == (1, 2)
    assert first.content == {"parents": {"a": 1}, "child": {"b": "ŵ"}}
    assert second.content == {"parents": {"a": 1}, "child": {"b": "x"}}
    assert second.sections == ["child"]
    assert first.section_hashes["parents"] == second.section_hashes["parents"]
    assert first.section_hashes["child"] != second.section_hashes["child"]
    newest = documents.current(house.session, house.case.id, CONSENT)
    assert newest is not None
    assert newest.id == second.id
    assert newest.content_hash == documents.content_hash(newest.content)
    assert [v.number for v in documents.versions(house.session, first.document_id)] == [1, 2]


def test_content_is_unreadable_in_the_database(house: House) -> None:
    _write(house, {"parents": {"name": "Canary Child"}})
    raw = house.session.execute(text("select content from document_version")).scalar_one()
    assert b"Canary" not in bytes(raw)


def test_hash_is_of_the_value_and_not_of_how_it_was_written() -> None:
    assert documents.content_hash({"a": 1, "b": [2]}) == documents.content_hash({"b": [2], "a": 1})
    assert documents.content_hash({"a": 1}) != documents.content_hash({"a": "1"})
    with pytest.raises(ValueError, match="JSON"):
        documents.content_hash({"a": float("nan")})


def test_section_changed_since_it_was_opened_is_not_written_over(house: House) -> None:
    _write(house, {"parents": {"a": 1}, "child": {"b": 1}}, base=0)
    _write(house, {"child": {"b": 2}}, base=1, who=house.bob)
    _write(house, {"parents": {"a": 2}}, base=2, who=house.ann)
    with pytest.raises(DocumentChanged) as caught:
        _write(house, {"child": {"b": 3}}, base=1)
    assert caught.value.status == 409
    assert "Bob Rees" in str(caught.value)
    newest = documents.current(house.session, house.case.id, CONSENT)
    assert newest is not None
    assert (newest.number, newest.content["child"]) == (3, {"b": 2})


def test_other_sections_may_have_changed_meanwhile(house: House) -> None:
    _write(house, {"parents": {"a": 1}, "child": {"b": 1}}, base=0)
    _write(house, {"child": {"b": 2}}, base=1, who=house.bob)
    third = _write(house, {"parents": {"a": 9}}, base=1)
    assert third.content == {"parents": {"a": 9}, "child": {"b": 2}}


def test_document_begun_by_somebody_else_meanwhile_is_a_conflict_too(house: House) -> None:
    _write(house, {"parents": {"a": 1}}, base=0, who=house.bob)
    with pytest.raises(DocumentChanged):
        _write(house, {"parents": {"a": 2}}, base=0)
    assert _write(house, {"child": {}}, base=0).number == 2


def test_correction_writes_over_whatever_is_newest(house: House) -> None:
    _write(house, {"parents": {"a": 1}}, base=0)
    assert _write(house, {"parents": {"a": 2}}, base=None).number == 2


def test_items_and_occasions_have_documents_of_their_own(house: House) -> None:
    police = DocumentKey("timeline", item_key="police")
    education = DocumentKey("timeline", item_key="education")
    _write(house, {"rows": {"a": 1}}, base=0, key=police)
    _write(house, {"rows": {"a": 2}}, base=0, key=education)
    found = documents.current(house.session, house.case.id, education)
    assert found is not None
    assert found.content == {"rows": {"a": 2}}
    assert documents.current(house.session, house.case.id, DocumentKey("timeline")) is None
    assert len(documents.documents(house.session, house.case.id)) == 2
    assert documents.find(house.session, uuid.uuid4(), police) is None


def test_unknown_version_is_not_found(house: House) -> None:
    written = _write(house, {"parents": {}})
    for number in (0, 2, -1):
        with pytest.raises(NotFound):
            documents.version(house.session, written.document_id, number)


def test_every_row_key_of_every_version_is_remembered(house: House) -> None:
    _write(house, {"parents": {"rows": [{"_key": "participant_1"}, {"_key": "participant_2"}]}})
    _write(house, {"parents": {"rows": [{"_key": "participant_2", "in": [{"_key": "row_9"}]}]}})
    assert documents.row_keys(house.session, house.case.id) == {
        "participant_1", "participant_2", "row_9",
    }  # fmt: skip


def test_draft_belongs_to_one_person_and_task(house: House) -> None:
    session, task = house.session, house.task
    documents.save_draft(session, task, house.ann.id, {"why": ["because"]})
    documents.save_draft(session, task, house.ann.id, {"why": ["of this"], "more": ["a", "b"]})
    documents.save_draft(session, task, house.bob.id, {"why": ["other"]})
    session.expire_all()
    own = documents.read_draft(session, task.id, house.ann.id)
    assert own is not None
    assert own.content == {"why": ["of this"], "more": ["a", "b"]}
    documents.drop_drafts(session, task.id, house.ann.id)
    assert documents.read_draft(session, task.id, house.ann.id) is None
    assert documents.read_draft(session, task.id, house.bob.id) is not None
    documents.drop_drafts(session, task.id)
    assert session.scalars(select(Draft)).all() == []
    assert documents.current(session, house.case.id, CONSENT) is None


def test_signature_is_of_an_earlier_version_once_its_section_changes(house: House) -> None:
    session = house.session
    first = _write(house, {"parents": {"a": 1}, "child": {"b": 1}})
    documents.sign(session, first, ["parents"], house.ann.id, "chair")
    document = documents.find(session, house.case.id, CONSENT)
    assert document is not None
    _write(house, {"child": {"b": 2}})
    (line,) = documents.signatures(session, document)
    assert (line.name, line.role, line.version, line.of_earlier_version) == (
        "Ann Jones", "chair", 1, False,
    )  # fmt: skip
    second = _write(house, {"parents": {"a": 2}})
    documents.sign(session, second, ["parents"], house.bob.id, "chair")
    lines = documents.signatures(session, document)
    assert [(line.name, line.of_earlier_version) for line in lines] == [
        ("Ann Jones", True), ("Bob Rees", False),
    ]  # fmt: skip


def test_unwritten_section_cannot_be_signed(house: House) -> None:
    first = _write(house, {"parents": {}})
    with pytest.raises(documents.NothingToSign):
        documents.sign(house.session, first, ["parents", "child"], house.ann.id, "chair")


def test_moment_and_author_of_a_version_are_kept(house: House) -> None:
    moment = datetime(2026, 5, 28, 23, 30, tzinfo=UTC)
    time_source.freeze(house.session, moment)
    first = _write(house, {"parents": {"a": 1}}, base=0, who=house.bob)
    house.session.expire_all()
    assert (first.at, first.author) == (moment, str(house.bob.id))
    with pytest.raises(DocumentChanged, match="29/05/2026 00:30"):
        _write(house, {"parents": {"a": 2}}, base=0)
    assert documents.name_of(house.session, documents.SYSTEM) == "Adolygu"
