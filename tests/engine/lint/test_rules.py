"""Each rule refuses its invalid diagrams, at the right line, and nothing else does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from engine import lint
from engine.lint import Known, KnownProcess
from engine.lint.findings import WELSH

ROOT = Path(__file__).parents[3]
DIAGRAMS = ROOT / "tests" / "diagrams"
GUIDE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
MARK = "<!-- refused -->"
RULES_FILES = sorted((ROOT / "engine" / "lint" / "rules").glob("*.py"))
_PLACES = re.compile(r"{(\w+)}")

KNOWN = Known(
    forms={"consent": {"parents", "child"}, "session_plan": {"plan"}},
    roles={"worker", "coordinator", "steering_group"},
    timescales={"TS-41", "TS-44"},
    timescales_after_close={"TS-41"},
    facts={"consent_outcome", "consent_withdrawn_on", "steering_meeting_on", "session_held_on"},
    facts_of_items={"session_held_on"},
    decisions={"DR-16"},
    gateways={"which_way"},
    notices={"outcome"},
    items={
        "participants": "participant",
        "reviewers": "participant",
        "typename": "participant",
    },
    processes={
        "feedback": KnownProcess(kind="part", item="participant"),
        "publication": KnownProcess(kind="part"),
        "circle": KnownProcess(kind="part", calls=frozenset({"publication", "invalid"})),
        "staff_matter": KnownProcess(kind="side"),
        "media_enquiry": KnownProcess(kind="side", after_close=True),
        "forum": KnownProcess(kind="root"),
        "consultation": KnownProcess(kind="root"),
    },
)
WARNINGS = {"month_duration", "timer_on_multi_instance", "unknown_notice"}


def _diagrams(pattern: str) -> list[Path]:
    return sorted(DIAGRAMS.glob(f"*/{pattern}"))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", _diagrams("valid*.bpmn"), ids=_name)
def test_valid_diagram_gives_no_finding(path: Path) -> None:
    assert lint.check_diagram(path.read_bytes(), str(path), KNOWN) == []


@pytest.mark.parametrize("path", _diagrams("invalid*.bpmn"), ids=_name)
def test_invalid_diagram_is_refused_by_its_rule_at_the_marked_line(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = [number for number, line in enumerate(lines, start=1) if MARK in line]

    findings = lint.check_diagram(path.read_bytes(), str(path), KNOWN)

    rule = path.parent.name
    severity = "warning" if rule in WARNINGS else "error"
    found = {(finding.rule, finding.severity, finding.line) for finding in findings}
    assert found == {(rule, severity, line) for line in marked}, "\n".join(map(str, findings))
    assert all(finding.path == str(path) for finding in findings)
    assert all(re.search(r"[.:?]$", finding.message + finding.remedy) for finding in findings)


@pytest.mark.parametrize("path", _diagrams("invalid*.bpmn"), ids=_name)
def test_what_a_rule_says_is_said_in_welsh_too(path: Path) -> None:
    findings = lint.check_diagram(path.read_bytes(), str(path), KNOWN)

    # What a file that is not even XML is told comes from its reader, in English.
    assert all(found.welsh for found in findings if found.rule != "readable")


def test_welsh_of_the_rules_has_each_sentence_once_and_names_the_same_things() -> None:
    said = {text for rule in RULES_FILES for text in _sentences(rule)}
    # What the language says of an expression follows a colon.
    assert {english for english in WELSH if english[-1] == "."} == said
    for english, welsh in WELSH.items():
        assert set(_PLACES.findall(english)) == set(_PLACES.findall(welsh)), english


def _sentences(path: Path) -> set[str]:
    """Return the sentences that stand in a file of Python, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts - docstrings if text.endswith(".") and " " in text}


def test_every_rule_has_a_valid_and_an_invalid_diagram() -> None:
    for pattern in ("valid.bpmn", "invalid.bpmn"):
        assert {path.parent.name for path in _diagrams(pattern)} == set(lint.RULES)


def test_every_rule_stands_in_the_guide_and_the_guide_names_no_other() -> None:
    table = GUIDE.split("## The rules", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, flags=re.MULTILINE) == sorted(lint.RULES)


def test_what_spiffworkflow_mistakes_is_each_covered_by_a_rule_or_a_reason() -> None:
    table = GUIDE.split("## What SpiffWorkflow does", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 50
    for row in rows:
        named = re.findall(r"`([a-z_]+)`", row[-1])
        assert set(named) <= set(lint.RULES), row
        assert named or row[-1].strip().startswith("no rule:"), row
