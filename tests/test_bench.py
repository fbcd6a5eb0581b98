"""The measurements run, and say what they measured in the shape that is promised."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import figures
from tests.bench.__main__ import SUBJECTS, measure
from tests.bench.figures import QUICK
from tests.bench.house import ROOT, House, open_house

TINY = replace(
    QUICK, steps=2, runs=1, submissions=1, waiting=(20,), sweeps=2, idle_seconds=0.1,
    timers=3, late_timers=2, late_seconds=0.1, workers=(1,), cases=(60,),
    open_cases=12, timeline=(3, 20), kinds=("sqlite",),
)  # fmt: skip
ENTRY = {"what", "value", "unit", "floor", "ratio", "hold", "ok"}
STORY = "tests/scenarios/demonstration/3_being_planned.toml"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house whose demonstration is one short story."""
    for folder in ("processes", "forms"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    story = tmp_path / STORY
    story.parent.mkdir(parents=True)
    story.symlink_to(ROOT / STORY)
    with open_house(tmp_path) as opened:
        yield opened
    gc.unfreeze()


@pytest.mark.parametrize("subject", list(SUBJECTS))
def test_each_subject_is_measured_in_the_shape_that_is_promised(
    subject: str, house: House, tmp_path: Path
) -> None:
    rows = list(measure([subject], TINY, house))
    figures.write(rows, tmp_path / "bench.json")
    found = json.loads((tmp_path / "bench.json").read_text())
    assert all(set(entry) == ENTRY for entry in found)
    assert len({entry["what"] for entry in found}) == len(rows)
    assert all(entry["value"] >= 0 and entry["unit"] for entry in found)
    assert all(entry["ok"] is not None for entry in found if entry["hold"])


def test_a_row_says_whether_it_holds_against_its_floor() -> None:
    assert figures.at_most("step", 5.0, "ms", 2.5, floor=2.0).ok
    assert not figures.at_most("step", 5.1, "ms", 2.5, floor=2.0).ok
    assert not figures.at_most("state", 20.5, "KB", 20.0).ok
    assert not figures.at_least("fired", 99.0, "/s", 100.0, floor=10.0).ok


def test_rows_that_were_not_measured_again_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    figures.write([figures.told("a", 1.0, "ms"), figures.told("b", 1.0, "ms")], path)
    figures.write([figures.told("b", 2.0, "ms")], path)
    assert {e["what"]: e["value"] for e in json.loads(path.read_text())} == {"a": 1.0, "b": 2.0}
