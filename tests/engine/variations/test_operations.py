"""The command takes variations out of an installation and into one, for one Board alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import engine
from engine import db, deployments, operations
from tests.engine.test_variations import LONGER, SMALL, TIMESCALES, Studio, newest, small
from web.command import main

HERE = "processes/variations/cwm/timescales.toml"
FEEDBACK = "forms/feedback.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with the edition that the studio follows."""
    shutil.copytree(SMALL, tmp_path / "root")
    roles = tmp_path / "root" / "processes" / "roles.toml"
    roles.write_bytes(small()["processes/roles.toml"])
    return tmp_path / "root"


def sent(root: Path, draft: int, studio: Studio, *, as_zip: bool) -> Path:
    files = operations.export_variation(studio.key, draft=draft)
    target = root.parent / ("sent.zip" if as_zip else "sent")
    if as_zip:
        target.write_bytes(operations.zipped(files))
    else:
        for path, content in files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)
    return target


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_draft_that_was_taken_out_is_deployed_for_one_board(
    studio: Studio, root: Path, as_zip: bool
) -> None:
    draft = studio.changed()
    source = sent(root, 1, studio, as_zip=as_zip)

    files, left_out = operations.read_variation(source, root)
    number, digest = operations.deploy(files, "From a file.", studio.key)

    assert (left_out, files) == ([], engine.draft_files(draft, studio.ann))
    assert (newest(studio).hash, newest(studio).variation) == (digest, studio.key)
    with db.reading() as session:
        assert deployments.newest(session, None).variation == ""
    (line,) = engine.variations_page(studio.key, studio.ann).versions
    assert (line.number, line.note) == (number, "From a file.")
    again = operations.export_variation(studio.key, version=number)
    assert again[f"forms/variations/{studio.key}/feedback.json"] == files[FEEDBACK]


def test_what_lies_in_the_folder_of_a_variation_is_deployed_for_one_board(
    studio: Studio, root: Path
) -> None:
    (root / "forms" / "variations" / "cwm").mkdir(parents=True)
    source = small()[FEEDBACK].replace(b'"title": "', b'"title": "Our ', 1)
    (root / "forms" / "variations" / "cwm" / "feedback.json").write_bytes(source)

    operations.deploy(operations.read_folders(root, variation="cwm"), "", studio.key)

    assert newest(studio).variation == "cwm"


def test_a_board_that_is_not_there_is_named_with_those_that_are(studio: Studio) -> None:
    with pytest.raises(operations.BoardUnknown, match=studio.key):
        operations.deploy(small(), "", "nowhere")
    for numbers in ({"version": 9}, {"draft": 9}):
        with pytest.raises(engine.NotFound):
            operations.export_variation(studio.key, **numbers)


def test_a_file_with_something_that_cannot_be_read_is_not_deployed(
    studio: Studio, root: Path
) -> None:
    source = root.parent / "broken.zip"
    source.write_bytes(operations.zipped({HERE: LONGER, "forms/variations/cwm/a.json": b"{"}))

    said = CliRunner().invoke(main, ["deploy", "--from", str(source), str(root)])

    assert said.exit_code == 1
    assert "forms/variations/cwm/a.json: " in said.output
    assert "Nothing was deployed." in said.output
    assert newest(studio).variation == ""


@pytest.mark.parametrize("numbers", [[], ["--version", "1", "--draft", "1"]])
def test_exporting_asks_which_version_or_draft(numbers: list[str], tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["export-variation", *numbers, "cwmafon", str(tmp_path / "a")])

    assert said.exit_code == 2
    assert "--version NUMBER or --draft NUMBER" in said.output
    assert not (tmp_path / "a").exists()


def test_the_edition_that_a_variation_names_is_the_one_below_it(root: Path) -> None:
    source = root.parent / "other.zip"
    manifest = b'name = "cwm"\nedition = "another"\n'
    source.write_bytes(operations.zipped({"manifest.toml": manifest, HERE: LONGER}))

    with pytest.raises(deployments.UnknownFolder, match="another"):
        operations.read_variation(source, root)
    files, _ = operations.read_variation(source, root, "draft_2011")
    assert b'"P21D"' in files[TIMESCALES]


def test_a_diagram_by_itself_is_deployed_as_a_variation_and_never_as_an_edition(
    root: Path,
) -> None:
    source = root.parent / "feedback.json"
    source.write_bytes(small()[FEEDBACK].replace(b'"title": "', b'"title": "Our ', 1))

    with pytest.raises(operations.VariationUnnamed):
        operations.read_variation(source, root)
    files, _ = operations.read_variation(source, root, name="cwm")
    assert deployments.read_label(files) == ("draft_2011", "cwm")
