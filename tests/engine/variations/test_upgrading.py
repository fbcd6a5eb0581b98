"""A newer edition is laid under a draft; where both changed the same, somebody chooses."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

import pytest
from sqlalchemy import select

import engine
from engine import db, deployments
from engine.models import AuditEvent
from tests.engine.test_variations import FORM, LONGER, TIMESCALES, Studio, revision, small

OTHER_FORM = "forms/consent.json"


def form(path: str = FORM, **titles: str) -> bytes:
    """Return a form with another title, or another label for a question."""
    table = json.loads(small()[path])
    for key, words in titles.items():
        if key == "title":
            table["title"] = words
        for section in table["components"]:
            for component in section["components"]:
                if component.get("key") == key:
                    component["label"] = words
    return json.dumps(table, ensure_ascii=False, indent=1).encode()


def keys() -> list[str]:
    table = json.loads(small()[FORM])
    return [
        each["key"] for part in table["components"] for each in part["components"] if "key" in each
    ]


def newer(**changed: bytes) -> None:
    """Deploy the edition anew with some files changed."""
    paths = {"form": FORM, "timescales": TIMESCALES, "own": "forms/own.json"}
    with db.transaction() as session:
        files = small() | {paths[name]: source for name, source in changed.items()}
        deployments.deploy(session, files, actor="SYSTEM")


def timescales(length: str) -> bytes:
    return small()[TIMESCALES].replace(b'"P14D"', f'"{length}"'.encode(), 1)


def upgraded(studio: Studio, draft: uuid.UUID, choices: Mapping[str, str] | None = None) -> int:
    page = engine.upgrade_page(draft, studio.ann)
    assert page.newer is not None
    return engine.upgrade_draft(draft, page.newer, page.head.revision, choices or {}, studio.ann)


def own(draft: uuid.UUID, studio: Studio, path: str = FORM) -> bytes | None:
    return engine.draft_file(draft, path, studio.ann).file.own


def test_a_draft_on_the_newest_edition_has_nothing_to_take_in(studio: Studio) -> None:
    draft = studio.changed()
    page = engine.upgrade_page(draft, studio.ann)

    assert (page.newer, page.files) == (None, ())
    with pytest.raises(engine.NothingNewer):
        engine.upgrade_draft(draft, uuid.uuid4(), 1, {}, studio.ann)


def test_what_only_one_of_them_changed_needs_no_choice(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, FORM, form(title="Ours"), 0, studio.ann)
    newer(timescales=timescales("P28D"))

    by_path = {each.path: each for each in engine.upgrade_page(draft, studio.ann).files}
    assert (by_path[FORM].by_edition, by_path[FORM].choices) == (None, ())
    assert (by_path[TIMESCALES].by_draft, by_path[TIMESCALES].choices) == (None, ())
    upgraded(studio, draft)

    files = engine.draft_files(draft, studio.ann)
    assert b'"P28D"' in files[TIMESCALES]
    assert json.loads(files[FORM])["title"] == "Ours"
    assert engine.upgrade_page(draft, studio.ann).newer is None


def test_rows_that_both_changed_are_merged_by_key(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    newer(timescales=small()[TIMESCALES].replace(b'"Consent two weeks', b'"Consent a fortnight', 1))

    (file,) = engine.upgrade_page(draft, studio.ann).files
    assert None not in (file.by_edition, file.by_draft)
    assert not file.choices
    upgraded(studio, draft)

    content = engine.draft_file(draft, TIMESCALES, studio.ann).file.content or b""
    assert b'"P21D"' in content
    assert own(draft, studio, TIMESCALES) == LONGER


@pytest.mark.parametrize(("choice", "length"), [("own", b'"P21D"'), ("edition", b'"P28D"')])
def test_a_key_that_both_changed_is_chosen(studio: Studio, choice: str, length: bytes) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    newer(timescales=timescales("P28D"))

    (file,) = engine.upgrade_page(draft, studio.ann).files
    assert file.choices == ("own", "edition")
    (both,) = file.both
    assert both.en.endswith("has another length.")
    with pytest.raises(engine.ChoiceMissing) as refused:
        upgraded(studio, draft)
    assert refused.value.paths == (TIMESCALES,)
    upgraded(studio, draft, {TIMESCALES: choice})

    assert length in (engine.draft_file(draft, TIMESCALES, studio.ann).file.content or b"")


def test_questions_that_each_changed_are_brought_together(studio: Studio) -> None:
    one, other = keys()[:2]
    draft = studio.begin()
    engine.save_draft_file(draft, FORM, form(**{one: "Ours"}), 0, studio.ann)
    newer(form=form(**{other: "Theirs"}))

    (file,) = engine.upgrade_page(draft, studio.ann).files
    assert (file.choices, file.proposed) == (("merged", "own", "edition"), "merged")
    upgraded(studio, draft)

    assert json.loads(own(draft, studio) or b"") == json.loads(
        form(**{one: "Ours", other: "Theirs"})
    )


@pytest.mark.parametrize(("choice", "title"), [("own", "Ours"), ("edition", "Theirs")])
def test_a_form_in_which_both_changed_the_same_is_chosen(
    studio: Studio, choice: str, title: str
) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, FORM, form(title="Ours"), 0, studio.ann)
    newer(form=form(title="Theirs"))

    (file,) = engine.upgrade_page(draft, studio.ann).files
    assert (file.choices, file.proposed) == (("own", "edition"), "")
    upgraded(studio, draft, {FORM: choice})

    content = engine.draft_file(draft, FORM, studio.ann).file
    assert json.loads(content.content or b"")["title"] == title
    assert content.state == ("changed" if choice == "own" else "edition")


def test_what_both_changed_to_the_same_is_no_longer_a_change(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, FORM, form(title="Ours"), 0, studio.ann)
    newer(form=form(title="Ours"))

    upgraded(studio, draft)

    assert own(draft, studio) is None


def test_the_record_says_onto_what_a_draft_was_laid_and_what_was_chosen(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, FORM, form(title="Ours"), 0, studio.ann)
    newer(form=form(title="Theirs"))
    upgraded(studio, draft, {FORM: "own"})

    with db.reading() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.kind == "draft_upgraded"))
        (edition,) = deployments.editions(session)
    assert event.data["chosen"] == {FORM: "own"}
    assert event.data["edition"] == edition.hash
    assert engine.compare_draft(draft, "", studio.ann).files[0].path == FORM


def test_a_draft_that_moved_on_meanwhile_is_left_alone(studio: Studio) -> None:
    draft = studio.changed()
    newer(timescales=timescales("P28D"))
    page = engine.upgrade_page(draft, studio.ann)
    assert page.newer is not None
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.bob)

    with pytest.raises(engine.DraftMovedOn):
        engine.upgrade_draft(draft, page.newer, page.head.revision, {}, studio.ann)
    with pytest.raises(engine.DraftMovedOn):
        engine.upgrade_draft(draft, uuid.uuid4(), revision(draft, studio.ann), {}, studio.ann)


def test_a_draft_is_laid_on_a_newer_edition_by_its_designers_alone(studio: Studio) -> None:
    draft = studio.changed()
    newer(timescales=timescales("P28D"))
    page = engine.upgrade_page(draft, studio.rhys)
    assert page.newer is not None

    for actor in (studio.rhys, studio.stranger):
        with pytest.raises(engine.NotFound):
            engine.upgrade_draft(draft, page.newer, page.head.revision, {}, actor)
    engine.lay_draft_aside(draft, studio.ann)
    with pytest.raises(engine.DraftOver):
        engine.upgrade_draft(draft, page.newer, page.head.revision + 1, {}, studio.ann)
