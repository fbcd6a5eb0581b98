"""What Adolygu ships under `processes/`, as the engine reads it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import decisions
from engine.decisions import DecisionTable, parse_decision
from engine.facts import parse_facts
from engine.roles import parse_roles
from engine.timescales import parse_timescales
from engine.workflow import ProcessDefinition, parse_process
from tests.processes.filling_in import FUNCTIONS

PROCESSES = Path(__file__).parents[2] / "processes"
#: The diagrams of the base by process; editions and variations have others of the same names.
DIAGRAMS = {
    path.stem: path
    for path in sorted(PROCESSES.rglob("*.bpmn"))
    if path.relative_to(PROCESSES).parts[0] not in ("editions", "variations")
}
FACTS = parse_facts((PROCESSES / "facts.toml").read_bytes(), "facts.toml")
ROLES = parse_roles((PROCESSES / "roles.toml").read_bytes(), "roles.toml")
TIMESCALES = parse_timescales((PROCESSES / "timescales.toml").read_bytes(), "timescales.toml")


def definition(process: str) -> ProcessDefinition:
    """Return a process."""
    path = DIAGRAMS[process]
    return parse_process(path.read_bytes(), str(path))


def reached(process: str) -> dict[str, ProcessDefinition]:
    """Return a process with the parts that it calls and the side processes that it starts."""
    found: dict[str, ProcessDefinition] = {}
    waiting = [process]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definition(name)
            waiting += found[name].called
            waiting += [e.starts for e in found[name].elements.values() if e.starts]
    return found


def table(decision: str) -> DecisionTable:
    """Return a decision table."""
    path = PROCESSES / "decisions" / f"{decision}.dmn"
    return parse_decision(path.read_bytes(), str(path))


def failures(decision: str, names: Mapping[str, Any]) -> list[str]:
    """Return the rows of a decision table that do not hold."""
    return list(decisions.decide(table(decision), names, FUNCTIONS).rules)


def statutory(process: str) -> dict[str, dict[str, Any]]:
    """Return the statutory rules of a root process as their file says them."""
    text = (PROCESSES / "statutory.toml").read_text(encoding="utf-8")
    return {key: row for key, row in tomllib.loads(text).items() if row["process"] == process}
