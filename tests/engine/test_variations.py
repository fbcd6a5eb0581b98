"""A Board's variation: written as drafts, checked, published by somebody else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

import engine
from engine import accounts, db, deployments, people
from engine.models import AuditEvent, VariationFile
from engine.people import Actor

SMALL = Path(__file__).parents[1] / "definitions" / "small"
TIMESCALES = "processes/timescales.toml"
FORM = "forms/feedback.json"
OWN_FORM = "forms/quality_check.json"
ROLES = "processes/roles.toml"
MORE_ROLES = b"""
[roles.designer]
scope = "board"
en = "Designer"
cy = "Dylunydd"
[roles.administrator]
scope = "board"
en = "Administrator"
cy = "Gweinyddwr"
"""
LONGER = b'[TS-41]\nlength = "P21D"\n'


@dataclass
class Studio:
    """A Board that follows the small edition, with two designers and an administrator."""

    key: str
    board_id: uuid.UUID
    ann: Actor
    bob: Actor
    rhys: Actor
    stranger: Actor

    def begin(self, title: str = "A form of our own") -> uuid.UUID:
        """Begin a draft over the edition, as Ann."""
        return engine.begin_draft(self.key, "draft_2011", title, self.ann)

    def changed(self) -> uuid.UUID:
        """Return a draft of Ann's in which the checks find nothing wrong."""
        draft = self.begin()
        form = engine.draft_file(draft, FORM, self.ann).file
        content = (form.content or b"").replace(b'"title": "', b'"title": "Our ', 1)
        engine.save_draft_file(draft, FORM, content, 0, self.ann)
        engine.check_variation(draft, self.ann)
        return draft


OFFERED = b"""
[variation]
edition = "draft_2011"
en = "Gentle"
cy = "Tyner"
standing_en = "Local practice."
standing_cy = "Arfer lleol."
[sources.us]
cite_en = "Ourselves"
cite_cy = "Ni ein hunain"
en = "More time."
cy = "Mwy o amser."
"""


def small() -> dict[str, bytes]:
    """Return small definitions in which somebody designs and somebody administers."""
    files = dict(deployments.read_folders(SMALL))
    files[ROLES] = deployments.lay_over(files[ROLES], MORE_ROLES, "")
    return files


@pytest.fixture
def studio(database: db.Database) -> Studio:
    with db.transaction() as session:
        deployments.deploy(session, small(), actor="SYSTEM")
        key = f"b{uuid.uuid4().hex[:8]}"
        board = people.create_board(session, key, "Board", "Bwrdd")
        actors = {}
        for name, role in (
            ("Ann", "designer"),
            ("Bob", "designer"),
            ("Rhys", "administrator"),
            ("Dai", "coordinator"),
        ):
            account = accounts.create_account(session, f"{name}.{key}@example.test", name)
            people.appoint_to_board(session, board.id, role, account.id, actor="SYSTEM")
            actors[name] = Actor(account.id, name)
        return Studio(key, board.id, *actors.values())


def revision(draft: uuid.UUID, actor: Actor) -> int:
    return engine.draft_head(draft, actor).revision


def published(studio: Studio, draft: uuid.UUID) -> int:
    engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)
    return engine.publish_draft(draft, revision(draft, studio.rhys), "Read.", studio.rhys)


def newest(studio: Studio) -> deployments.Definitions:
    with db.reading() as session:
        return deployments.load(session, deployments.newest(session, studio.board_id).id)


def test_a_draft_changes_nothing_until_somebody_else_publishes_it(studio: Studio) -> None:
    draft = studio.changed()
    assert newest(studio).variation == ""
    number = published(studio, draft)
    form = newest(studio).forms["feedback"]
    assert form.texts["title"].en.startswith("Our ")
    assert engine.variations_page(studio.key, studio.ann).in_force == number


def test_a_published_variation_keeps_its_edition_beside_it(studio: Studio) -> None:
    published(studio, studio.changed())
    kept = newest(studio).sources
    with db.reading() as session:
        (base,) = deployments.offers(session)
        below = deployments.load(session, base.id).sources
    assert deployments.edition_below(kept) == dict(below)
    assert kept["edition/" + FORM] == below[FORM]


def test_each_version_of_a_file_stays(studio: Studio) -> None:
    draft = studio.changed()
    seen = engine.draft_file(draft, FORM, studio.ann).file.revision
    engine.restore_draft_file(draft, FORM, seen, studio.ann)
    assert engine.draft_file(draft, FORM, studio.ann).file.state == "edition"
    with db.reading() as session:
        rows = session.scalars(select(VariationFile).where(VariationFile.draft_id == draft)).all()
    assert sorted((row.revision, row.content_hash is None) for row in rows) == [
        (1, False),
        (2, True),
    ]


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    with pytest.raises(engine.DraftChanged) as refused:
        engine.save_draft_file(draft, TIMESCALES, b"[TS-41]\n", 0, studio.bob)
    assert refused.value.details["name"] == "Ann"
    assert engine.draft_file(draft, TIMESCALES, studio.bob).file.own == LONGER
    (other,) = engine.draft_head(draft, studio.bob).others
    assert (other.name, other.path) == ("Ann", TIMESCALES)
    assert engine.draft_head(draft, studio.ann).others == ()


def test_two_editors_of_different_files_do_not_meet(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    engine.save_draft_file(draft, OWN_FORM, b"{}", 0, studio.bob)
    states = {file.path: file.state for file in engine.draft_page(draft, studio.ann).files}
    assert (states[TIMESCALES], states[OWN_FORM]) == ("changed", "own")


def test_the_same_text_again_is_no_new_version(studio: Studio) -> None:
    draft = studio.begin()
    first = engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    assert engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.bob) == first
    assert revision(draft, studio.ann) == first


def test_of_toml_a_draft_holds_the_keys_that_differ(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    file = engine.draft_file(draft, TIMESCALES, studio.ann).file
    assert file.own == LONGER
    assert b'length = "P21D"' in (file.content or b"")
    assert b"kind = " in (file.content or b"")


def test_several_files_are_kept_together_or_not_at_all(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, FORM, b"{}", 0, studio.bob)
    with pytest.raises(engine.DraftChanged):
        engine.save_draft_files(draft, {OWN_FORM: (b"{}", 0), FORM: (b'{"a":1}', 0)}, studio.ann)
    assert OWN_FORM not in {file.path for file in engine.draft_page(draft, studio.ann).files}


@pytest.mark.parametrize(
    ("path", "source", "refusal"),
    [
        ("processes/statutory.toml", b"", engine.DraftPathWrong),
        ("../forms/a.json", b"{}", engine.DraftPathWrong),
        ("forms/reports/../a.toml", b"", engine.DraftPathWrong),
        ("deployment.toml", b"", engine.DraftPathWrong),
        ("edition/forms/feedback.json", b"{}", engine.DraftPathWrong),
        (OWN_FORM, b"[]", engine.DraftFileUnreadable),
        (OWN_FORM, b"\xff", engine.DraftFileUnreadable),
        (OWN_FORM, b"[" * 100_000, engine.DraftFileUnreadable),
        (TIMESCALES, b"[TS-41\n", engine.DraftFileUnreadable),
        ("processes/mine.bpmn", b"<!DOCTYPE a><a/>", engine.DraftFileUnreadable),
        ("processes/mine.bpmn", b"<a>", engine.DraftFileUnreadable),
        ("processes/mine.bpmn", b" " * 1_000_001, engine.DraftFileTooBig),
    ],
)
def test_what_cannot_be_read_at_all_is_not_kept(
    studio: Studio, path: str, source: bytes, refusal: type[engine.EngineError]
) -> None:
    draft = studio.begin()
    with pytest.raises(refusal):
        engine.save_draft_file(draft, path, source, 0, studio.ann)
    assert revision(draft, studio.ann) == 0


def test_what_does_not_fit_is_found_and_keeps_a_draft_from_being_proposed(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, OWN_FORM, b'{"id": "quality_check"}', 0, studio.ann)
    check = engine.check_variation(draft, studio.ann)
    assert OWN_FORM in {found.path for found in check.errors}
    assert engine.checks_page(draft, studio.bob).check == check
    with pytest.raises(engine.DraftNotRight):
        engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)


def test_a_draft_that_changed_after_its_checks_is_checked_again(studio: Studio) -> None:
    draft = studio.changed()
    engine.save_draft_file(draft, TIMESCALES, b"[TS-41]\n", 0, studio.ann)
    with pytest.raises(engine.DraftNotChecked):
        engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)


def test_a_draft_without_a_change_is_not_proposed(studio: Studio) -> None:
    draft = studio.begin()
    engine.check_variation(draft, studio.ann)
    with pytest.raises(engine.DraftEmpty):
        engine.propose_draft(draft, 0, "Because.", studio.ann)


def test_nobody_who_wrote_in_a_draft_publishes_it(studio: Studio) -> None:
    draft = studio.changed()
    seen = engine.draft_file(draft, FORM, studio.bob).file
    engine.save_draft_file(draft, FORM, (seen.content or b"") + b"\n", seen.revision, studio.bob)
    engine.check_variation(draft, studio.ann)
    engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)
    for writer in (studio.ann, studio.bob):
        assert not engine.draft_head(draft, writer).may_publish
        with pytest.raises(engine.OtherPublishes):
            engine.publish_draft(draft, revision(draft, writer), "Read.", writer)
    assert engine.draft_head(draft, studio.rhys).may_publish


def test_nothing_is_written_in_a_draft_that_waits_or_is_over(studio: Studio) -> None:
    draft = studio.changed()
    engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)
    with pytest.raises(engine.DraftWaits):
        engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    engine.publish_draft(draft, revision(draft, studio.rhys), "Read.", studio.rhys)
    with pytest.raises(engine.DraftOver):
        engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)


def test_a_draft_that_is_sent_back_is_written_again_and_the_reason_is_on_record(
    studio: Studio,
) -> None:
    draft = studio.changed()
    engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)
    with pytest.raises(engine.DraftNoteMissing):
        engine.send_draft_back(draft, revision(draft, studio.rhys), " ", studio.rhys)
    engine.send_draft_back(draft, revision(draft, studio.rhys), "The Welsh.", studio.rhys)
    engine.save_draft_file(draft, TIMESCALES, b"[TS-41]\n", 0, studio.ann)
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.kind == "draft_sent_back")
        ).one()
    assert event.data["note"] == "The Welsh."


def test_what_somebody_looked_at_is_what_is_published(studio: Studio) -> None:
    draft = studio.changed()
    seen = revision(draft, studio.rhys)
    engine.propose_draft(draft, seen, "Because.", studio.ann)
    engine.take_back_draft(draft, studio.ann)
    with pytest.raises(engine.DraftNotProposed):
        engine.publish_draft(draft, seen, "Read.", studio.rhys)
    engine.save_draft_file(draft, TIMESCALES, b"[TS-41]\n", 0, studio.ann)
    engine.check_variation(draft, studio.ann)
    engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)
    with pytest.raises(engine.DraftMovedOn):
        engine.publish_draft(draft, seen, "Read.", studio.rhys)


def test_an_older_version_is_begun_from_and_published_anew(studio: Studio) -> None:
    first = published(studio, studio.changed())
    second = engine.begin_draft(studio.key, "", "Another title", studio.ann, first)
    file = engine.draft_file(second, FORM, studio.ann).file
    content = (file.content or b"").replace(b"Our ", b"Their ", 1)
    engine.save_draft_file(second, FORM, content, file.revision, studio.ann)
    engine.check_variation(second, studio.ann)
    published(studio, second)
    back = engine.begin_draft(studio.key, "", "As before", studio.ann, first)
    engine.check_variation(back, studio.ann)
    assert published(studio, back) > first
    numbers = [line.number for line in engine.variations_page(studio.key, studio.ann).versions]
    assert len(numbers) == 3
    assert newest(studio).forms["feedback"].texts["title"].en.startswith("Our ")


def test_a_board_goes_back_to_its_edition_by_a_draft_that_changes_nothing(studio: Studio) -> None:
    published(studio, studio.changed())
    back = studio.begin("As it was delivered")
    engine.check_variation(back, studio.ann)
    published(studio, back)
    assert not newest(studio).forms["feedback"].texts["title"].en.startswith("Our ")


def test_a_draft_that_waits_is_shown_to_whoever_may_publish_it(studio: Studio) -> None:
    draft = studio.changed()
    engine.propose_draft(draft, revision(draft, studio.ann), "Because.", studio.ann)
    assert [one.id for one in engine.drafts_waiting(studio.rhys)] == [draft]
    assert engine.drafts_waiting(studio.ann) == []
    assert engine.drafts_waiting(studio.stranger) == []


def test_nobody_else_knows_of_a_draft(studio: Studio) -> None:
    draft = studio.begin()
    with pytest.raises(engine.NotFound):
        engine.draft_page(draft, studio.stranger)
    with pytest.raises(engine.NotFound):
        engine.variations_page(studio.key, studio.stranger)
    with pytest.raises(engine.NotFound):
        engine.begin_draft(studio.key, "draft_2011", "Mine", studio.stranger)
    assert engine.variation_boards(studio.stranger) == []


def test_an_administrator_looks_and_publishes_but_does_not_write(studio: Studio) -> None:
    draft = studio.begin()
    assert engine.draft_page(draft, studio.rhys).files
    with pytest.raises(engine.NotFound):
        engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.rhys)


@pytest.mark.parametrize("title", ["", "  ", "x" * 101])
def test_a_draft_says_what_it_is_to_change(studio: Studio, title: str) -> None:
    with pytest.raises(engine.DraftTitleWrong):
        studio.begin(title)


def test_an_edition_that_is_only_offered_opens_no_cases(studio: Studio) -> None:
    before = newest(studio).hash
    other = {**small(), "deployment.toml": b'edition = "other"\nvariation = ""\n'}
    with db.transaction() as session:
        deployments.deploy(session, other, actor="SYSTEM", opens_cases=False)
    assert newest(studio).hash == before
    offers = engine.variations_page(studio.key, studio.ann).offers
    assert [offer.key for offer in offers] == ["draft_2011", "other"]
    draft = engine.begin_draft(studio.key, "other", "Over another", studio.ann)
    assert engine.draft_head(draft, studio.ann).edition == "other"
    with pytest.raises(engine.EditionNotThere):
        engine.begin_draft(studio.key, "nothing", "Over nothing", studio.ann)


def test_a_draft_begins_from_a_variation_that_is_offered_to_every_board(studio: Studio) -> None:
    layer = {TIMESCALES: LONGER, "processes/variation.toml": OFFERED}
    with db.transaction() as session:
        files = deployments.lay(small(), layer, "gentle")
        deployments.deploy(session, files, actor="SYSTEM", opens_cases=False)
    assert newest(studio).variation == ""
    offer = engine.variations_page(studio.key, studio.ann).offers[1]
    assert (offer.key, offer.title.en, offer.is_variation) == ("draft_2011/gentle", "Gentle", True)
    draft = engine.begin_draft(studio.key, offer.key, "As they have it", studio.ann)
    page = engine.draft_page(draft, studio.ann)
    assert page.head.edition == "draft_2011"
    assert {file.path for file in page.files if file.state in ("changed", "own")} == set(layer)
