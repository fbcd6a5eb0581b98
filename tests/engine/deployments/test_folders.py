"""Editions and variations are laid over the base."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from engine import deployments
from engine.deployments.folders import read_label
from engine.deployments.toml_merge import lay_over


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    _write(
        tmp_path,
        {
            "processes/consultation.bpmn": "base",
            "processes/parts/publication.bpmn": "base",
            "processes/decisions/DR-16.dmn": "base",
            "processes/timescales.toml": '[TS-41]\nlength = "P14D"\nends = ["a", "b"]\nen = "é"\n',
            "processes/notes.txt": "not a definition",
            "forms/consent.json": "base",
            "processes/editions/act_2014/consultation.bpmn": "edition",
            "processes/editions/act_2014/timescales.toml": '[TS-41]\nlength = "P21D"\n',
            "processes/variations/gwent/timescales.toml": '[TS-41]\nends = ["c"]\n[TS-99]\nx = 1\n',
            "forms/variations/gwent/consent.json": "variation",
        },
    )
    return tmp_path


def test_base_holds_neither_editions_nor_variations_nor_other_files(root: Path) -> None:
    files = deployments.read_folders(root)
    assert sorted(files) == [
        "deployment.toml",
        "forms/consent.json",
        "processes/consultation.bpmn",
        "processes/decisions/DR-16.dmn",
        "processes/parts/publication.bpmn",
        "processes/timescales.toml",
    ]
    assert set(files.values()) >= {b"base"}
    assert read_label(files) == ("draft_2011", "")


def test_toml_is_merged_by_key_and_other_files_are_replaced(root: Path) -> None:
    files = deployments.read_folders(root, "act_2014", "gwent")
    assert files["processes/consultation.bpmn"] == b"edition"
    assert files["processes/parts/publication.bpmn"] == b"base"
    assert files["forms/consent.json"] == b"variation"
    assert tomllib.loads(files["processes/timescales.toml"].decode()) == {
        "TS-41": {"length": "P21D", "ends": ["c"], "en": "é"},
        "TS-99": {"x": 1},
    }
    assert read_label(files) == ("act_2014", "gwent")


def test_base_file_is_kept_byte_for_byte_where_nothing_is_laid_over_it(root: Path) -> None:
    source = (root / "processes/timescales.toml").read_bytes()
    assert deployments.read_folders(root)["processes/timescales.toml"] == source


def test_toml_that_cannot_be_read_is_passed_on_so_that_the_checks_can_name_its_line(
    root: Path,
) -> None:
    _write(root, {"processes/variations/gwent/timescales.toml": "[TS-41\n"})
    files = deployments.read_folders(root, variation="gwent")
    assert files["processes/timescales.toml"] == b"[TS-41\n"


@pytest.mark.parametrize("name", ["powys", "../gwent", "variations/gwent", "Gwent"])
def test_variation_that_is_not_there_is_refused_with_those_that_are(root: Path, name: str) -> None:
    with pytest.raises(deployments.UnknownFolder, match="gwent"):
        deployments.read_folders(root, variation=name)


def test_edition_that_is_not_there_is_refused(root: Path) -> None:
    with pytest.raises(deployments.UnknownFolder, match="act_2014"):
        deployments.read_folders(root, "act_1989")


def test_every_kind_of_toml_value_survives_the_merge() -> None:
    below = (
        'a = "quo\\"te \\\\ \\u007f\\n"\nb = 1.5\nc = true\nd = 2026-05-01\n"odd key" = [1, 2]\n'
    )
    above = '[t.u]\nx = [{ key = "k", at = "-P7D" }]\nw = 2026-05-01T10:00:00Z\n[empty]\n'
    merged = tomllib.loads(lay_over(below.encode(), above.encode(), "remark").decode())
    assert merged == {**tomllib.loads(below), **tomllib.loads(above)}
    assert merged["d"] == date(2026, 5, 1)


BASIS = """
[edition]
en = "{name}"
cy = "{name}"
standing_en = "Not the law."
standing_cy = "Nid y gyfraith."
{alone}
[sources.{name}]
cite_en = "Here"
cite_cy = "Yma"
en = "All"
cy = "Y cyfan"
"""


def _basis(name: str, alone: str = "") -> str:
    return BASIS.format(name=name, alone=alone)


def test_what_an_edition_rests_on_is_never_that_of_the_base(root: Path) -> None:
    _write(root, {"processes/edition.toml": _basis("base")})
    assert "processes/edition.toml" in deployments.read_folders(root)
    assert "processes/edition.toml" not in deployments.read_folders(root, "act_2014")
    _write(root, {"processes/editions/act_2014/edition.toml": _basis("act")})
    said = tomllib.loads(
        deployments.read_folders(root, "act_2014")["processes/edition.toml"].decode()
    )
    assert list(said["sources"]) == ["act"]


def test_an_edition_that_stands_alone_has_of_the_base_the_letters_of_the_house(root: Path) -> None:
    _write(
        root,
        {
            "forms/letters/clock_stage.toml": "house",
            "forms/letters/pack_late.toml": "of a process",
            "processes/editions/act_2014/edition.toml": _basis("act", "alone = true"),
        },
    )
    files = deployments.read_folders(root, "act_2014", "gwent")
    assert [path for path in files if not path.startswith("edition/")] == [
        "deployment.toml",
        "forms/consent.json",
        "forms/letters/clock_stage.toml",
        "processes/consultation.bpmn",
        "processes/edition.toml",
        "processes/timescales.toml",
    ]
    assert tomllib.loads(files["processes/timescales.toml"].decode())["TS-41"] == {
        "length": "P21D",
        "ends": ["c"],
    }


@pytest.mark.parametrize("path", ["statutory.toml", "edition.toml"])
def test_a_variation_brings_nothing_that_is_its_editions_to_say(root: Path, path: str) -> None:
    _write(root, {f"processes/variations/gwent/{path}": ""})
    with pytest.raises(deployments.RulesOfEdition, match=path):
        deployments.read_folders(root, variation="gwent")


def test_what_ships_is_the_base_its_editions_and_the_variations_that_name_theirs(
    root: Path,
) -> None:
    assert deployments.shipped(root) == [("draft_2011", ""), ("act_2014", "")]
    named = _basis("gwent").replace("[edition]", '[variation]\nedition = "act_2014"')
    _write(root, {"processes/variations/gwent/variation.toml": named})
    assert deployments.shipped(root)[2:] == [("act_2014", "gwent")]
