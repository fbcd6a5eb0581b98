"""A variation is taken away as a ZIP, and a draft is begun from one."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Mapping

import pytest
from sqlalchemy import select

import engine
from engine import db, deployments
from engine.models import AuditEvent
from tests.engine.test_variations import (
    FORM,
    LONGER,
    TIMESCALES,
    Studio,
    newest,
    published,
    small,
)


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return stream.getvalue()


def taken(studio: Studio, content: bytes, name: str = "a.zip", **said: str) -> engine.ImportedDraft:
    wanted = {"edition": "draft_2011", "title": "From elsewhere", **said}
    return engine.import_variation(studio.key, content, name, studio.bob, **wanted)


def layer(draft: uuid.UUID, studio: Studio) -> dict[str, bytes]:
    files = engine.draft_page(draft, studio.ann).files
    return {file.path: file.own for file in files if file.own is not None}


def test_a_draft_that_is_taken_away_and_brought_back_changes_the_same(studio: Studio) -> None:
    draft = studio.changed()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)

    exported = engine.export_draft(draft, studio.ann)
    back = taken(studio, exported.content, exported.filename, title="")

    assert exported.filename == f"{studio.key}_draft_1.zip"
    assert layer(back.draft_id, studio) == layer(draft, studio)
    assert (back.not_taken, back.is_base_known) == ((), True)
    assert engine.draft_head(back.draft_id, studio.ann).title == "A form of our own"


def test_a_version_is_taken_away_as_the_layer_that_it_is(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    engine.check_variation(draft, studio.ann)
    number = published(studio, draft)

    exported = engine.export_version(studio.key, number, studio.rhys)

    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        names = archive.namelist()
        assert f"processes/variations/{studio.key}/timescales.toml" in names
        assert archive.read(names[1]) == LONGER
    assert layer(taken(studio, exported.content).draft_id, studio) == {TIMESCALES: LONGER}


def test_what_is_taken_away_can_be_deployed_as_a_folder(studio: Studio) -> None:
    draft = studio.changed()
    with zipfile.ZipFile(io.BytesIO(engine.export_draft(draft, studio.ann).content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    path = f"forms/variations/{studio.key}/feedback.json"

    laid = deployments.lay(small(), {FORM: files[path]}, studio.key)

    assert laid == engine.draft_files(draft, studio.ann)


def test_the_record_says_that_a_draft_came_from_a_file(studio: Studio) -> None:
    back = taken(studio, engine.export_draft(studio.changed(), studio.ann).content)

    with db.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "draft_begun")).all()
    (event,) = [each for each in events if each.data["draft"] == str(back.draft_id)]
    assert (event.data["from_file"], event.actor) == (1, str(studio.bob.account_id))


def test_an_edition_that_has_moved_on_is_told(studio: Studio) -> None:
    exported = engine.export_draft(studio.changed(), studio.ann).content
    manifest = b'name = "x"\nedition = "draft_2011"\nedition_hash = "another"\n'
    path = "forms/variations/x/feedback.json"
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        source = archive.read(f"forms/variations/{studio.key}/feedback.json")

    back = taken(studio, zipped({"manifest.toml": manifest, path: source}))

    assert not back.is_base_known
    assert layer(back.draft_id, studio) == {FORM: source}


def test_what_cannot_be_read_is_named_and_the_rest_makes_the_draft(studio: Studio) -> None:
    content = zipped(
        {
            "processes/variations/x/timescales.toml": LONGER,
            "forms/variations/x/broken.json": b"{",
        }
    )

    back = taken(studio, content)

    assert [each.path for each in back.not_taken] == ["forms/variations/x/broken.json"]
    assert layer(back.draft_id, studio) == {TIMESCALES: LONGER}


def test_whole_tables_of_rows_are_taken_as_what_differs_in_them(studio: Studio) -> None:
    files = small()
    whole = files[TIMESCALES].replace(b'"P14D"', b'"P21D"', 1)
    content = zipped({"processes/timescales.toml": whole, FORM: files[FORM]})

    assert layer(taken(studio, content).draft_id, studio) == {TIMESCALES: LONGER}


def test_a_diagram_that_the_checks_refuse_is_opened_all_the_same(studio: Studio) -> None:
    """So that somebody can put it right: it has lanes without roles and an id of another editor."""
    source = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        b'<process id="Process_1"><scriptTask id="Task_1"/></process></definitions>'
    )

    back = taken(studio, source, "Camunda.bpmn")

    path = "processes/process_1.bpmn"
    assert layer(back.draft_id, studio) == {path: source}
    assert engine.draft_file(back.draft_id, path, studio.ann).file.state == "own"
    assert engine.check_variation(back.draft_id, studio.ann).errors


@pytest.mark.parametrize(
    ("content", "said", "refusal"),
    [
        (zipped({"forms/variations/x/a.json": b"{"}), {}, engine.ParcelUnreadable),
        (zipped({FORM: small()[FORM]}), {}, engine.ParcelSame),
        (zipped({"a/processes/variations/x/timescales.toml": LONGER}), {"title": ""},
         engine.DraftTitleWrong),
        (zipped({"processes/variations/x/timescales.toml": LONGER}), {"edition": "other"},
         engine.EditionNotThere),
        (b"", {}, engine.ParcelRefused),
    ],
)  # fmt: skip
def test_what_gives_no_draft_is_refused_and_none_is_begun(
    studio: Studio, content: bytes, said: dict[str, str], refusal: type[engine.EngineError]
) -> None:
    with pytest.raises(refusal):
        taken(studio, content, **said)

    assert engine.variations_page(studio.key, studio.ann).drafts == ()


def test_only_designers_bring_one_in_and_nobody_else_takes_one_away(studio: Studio) -> None:
    draft = studio.changed()
    content = engine.export_draft(draft, studio.rhys).content
    for ask in (
        lambda: engine.import_variation(studio.key, content, "a.zip", studio.rhys, title="A"),
        lambda: engine.import_variation(studio.key, content, "a.zip", studio.stranger, title="A"),
        lambda: engine.export_draft(draft, studio.stranger),
        lambda: engine.export_version(studio.key, 1, studio.stranger),
        lambda: engine.export_version(studio.key, 7, studio.ann),
    ):
        with pytest.raises(engine.NotFound):
            ask()


def test_a_form_by_itself_is_a_draft_of_that_form(studio: Studio) -> None:
    table = json.loads(newest(studio).sources[FORM])
    table["title"] = "Another title"
    source = json.dumps(table).encode()

    assert layer(taken(studio, source, "form (1).json").draft_id, studio) == {FORM: source}
