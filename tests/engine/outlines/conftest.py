"""Diagrams that are edited, and what they mean, so that two of them can be compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from engine import lint
from engine.workflow import parse_process

ROOT = Path(__file__).parents[3]
PROCESSES = ROOT / "processes"

#: A review with lanes and parallel ways, a part with choices and a loop, and one with a frame.
DIAGRAMS = ("concise_review", "parts/family_member", "parts/escalation")

STEP = {
    "name": "Check the quality",
    "nameCy": "Gwirio’r ansawdd",
    "documentation": "Read it as the Board will. Source: local.",
    "documentationCy": "Darllenwch ef fel y bydd y Bwrdd. Ffynhonnell: lleol.",
    "requirement": "LOCAL-01",
    "form": "report",
}


def read(name: str) -> tuple[bytes, str]:
    """Return a shipped diagram and its path."""
    path = f"processes/{name}.bpmn"
    return (ROOT / path).read_bytes(), path


def meaning(source: bytes, path: str) -> dict[str, Any]:
    """Return what a diagram says, without where in the file it says it."""
    definition = parse_process(source, path)
    return {
        "elements": {e.id: replace(e, line=0) for e in definition.elements.values()},
        "flows": {f.id: replace(f, line=0) for f in definition.flows.values()},
        "lanes": {
            lane.id: replace(lane, line=0, elements=tuple(sorted(lane.elements)))
            for lane in definition.lanes.values()
        },
        "process": (definition.words, definition.guidance, definition.kind),
    }


def wrong(source: bytes, path: str) -> set[tuple[str, str, str]]:
    """Return what the rules find in a diagram, its drawing among it."""
    found = lint.check_diagram(source, path, drawn=True)
    return {(one.rule, one.element, one.message) for one in found}
