"""What the editor in the browser reads and writes means the same as before (D57)."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine import lint
from engine.lint.rules.attribute import MEANT_FOR
from engine.workflow import ProcessDefinition, parse_process

ROOT = Path(__file__).parents[2]
DESCRIPTOR = ROOT / "web" / "assets" / "adolygu.json"
SHIPPED = sorted((ROOT / "processes").rglob("*.bpmn"))


@pytest.fixture(scope="module")
def written() -> dict[str, dict[str, Any]]:
    """Return the shipped diagrams as the editor writes them, with what it warned of, by path."""
    script = Path(__file__).parent / "round_trip.mjs"
    command = ["node", str(script), *map(str, SHIPPED)]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return found


def test_every_shipped_diagram_means_the_same_once_the_editor_has_saved_it(
    written: dict[str, dict[str, Any]],
) -> None:
    assert {path: each["warnings"] for path, each in written.items() if each["warnings"]} == {}
    for path in SHIPPED:
        before = parse_process(path.read_bytes(), path.name)
        after = parse_process(written[str(path)]["xml"].encode(), path.name)
        assert _meaning(after) == _meaning(before), path


def test_every_shipped_diagram_keeps_its_drawing_when_the_editor_saves_it(
    written: dict[str, dict[str, Any]],
) -> None:
    for path in SHIPPED:
        saved = written[str(path)]["xml"].encode()
        assert _findings(saved, path) == _findings(path.read_bytes(), path), path


def test_editor_knows_each_attribute_of_ours_on_the_elements_that_may_have_it() -> None:
    meant_for: dict[str, set[str]] = {}
    for kind in json.loads(DESCRIPTOR.read_text(encoding="utf-8"))["types"]:
        elements = {name.removeprefix("bpmn:") for name in kind["extends"]}
        for attribute in kind["properties"]:
            meant_for[attribute["name"]] = elements - {"BaseElement"}
    assert meant_for == {
        name: {kind[0].upper() + kind[1:] for kind in kinds} for name, kinds in MEANT_FOR.items()
    }


def _findings(source: bytes, path: Path) -> list[tuple[str, str]]:
    found = lint.check_diagram(source, path.as_posix(), drawn=True)
    return sorted((each.rule, each.element) for each in found)


def _meaning(process: ProcessDefinition) -> dict[str, Any]:
    """Return all that a process says, in order, without where in its file it says so."""
    said = dataclasses.asdict(dataclasses.replace(process, spec=None, subprocess_specs={}))
    del said["content_hash"], said["line"]
    said["order"] = [list(said[kind]) for kind in ("elements", "flows", "lanes")]
    things = [*said["elements"].values(), *said["flows"].values(), *said["lanes"].values()]
    leaving = [flow for flows in said["outgoing"].values() for flow in flows]
    for thing in (*things, *leaving, *said["expressions"]):
        del thing["line"]
    return said
