"""The statutory rules of the first review name what its files hold, and its tables keep them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from engine.feel import compile_expression
from engine.roles import parse_roles
from engine.timescales import parse_length, parse_timescales
from engine.workflow import ProcessDefinition, parse_process

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
RULES = {
    key: row
    for key, row in tomllib.loads(
        (PROCESSES / "statutory.toml").read_text(encoding="utf-8")
    ).items()
    if row["process"] == "referral"
}
TIMESCALES = parse_timescales((PROCESSES / "timescales.toml").read_bytes(), "timescales.toml")
ROLES = parse_roles((PROCESSES / "roles.toml").read_bytes(), "roles.toml")
FACTS = tomllib.loads((PROCESSES / "facts.toml").read_text(encoding="utf-8"))
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
#: What each kind of rule says, beside process, kind, source, en and cy.
RULE_KEYS = {
    "before": {"first", "then"},
    "on_all": {"steps", "then"},
    "only_with": {"then", "when"},
    "at_least": {"timescale", "length"},
    "at_most": {"timescale", "length"},
    "window": {"timescale", "length"},
    "role": {"steps", "roles"},
    "field": {"fields"},
    "visibility": {"forms", "roles"},
}


def reached(process: str) -> dict[str, ProcessDefinition]:
    """Return a process with the parts that it calls and the side processes that it starts."""
    found: dict[str, ProcessDefinition] = {}
    waiting = [process]
    while waiting:
        name = waiting.pop()
        if name not in found:
            path = next(PROCESSES.rglob(f"{name}.bpmn"))
            found[name] = parse_process(path.read_bytes(), str(path))
            waiting += found[name].called
            waiting += [e.starts for e in found[name].elements.values() if e.starts]
    return found


ELEMENTS = [
    element for process in reached("referral").values() for element in process.elements.values()
]
CARRIED = {identifier for element in ELEMENTS for identifier in element.requirement}


def of_kind(*kinds: str) -> list[str]:
    """Return the keys of the rules of some kinds."""
    return [key for key, row in RULES.items() if row["kind"] in kinds]


@pytest.mark.parametrize("key", RULES)
def test_a_rule_has_the_keys_of_its_kind_and_says_itself_in_both_languages(key: str) -> None:
    row = RULES[key]
    assert set(row) == {"process", "kind", "source", "en", "cy"} | RULE_KEYS[row["kind"]]
    assert row["en"] != row["cy"]
    assert re.search(r"\b[GA]\d", row["source"])


@pytest.mark.parametrize("key", RULES)
def test_a_rule_names_steps_that_the_diagrams_carry(key: str) -> None:
    row = RULES[key]
    named = {row.get("first"), row.get("then"), *row.get("steps", ())} - {None}
    assert named <= CARRIED


@pytest.mark.parametrize("key", of_kind("only_with"))
def test_a_condition_reads_facts_that_are_declared(key: str) -> None:
    assert set(compile_expression(RULES[key]["when"]).names) <= set(FACTS)


@pytest.mark.parametrize("key", of_kind("window", "at_least", "at_most"))
def test_a_timescale_has_the_length_and_the_kind_that_its_rule_keeps(key: str) -> None:
    rule, row = RULES[key], TIMESCALES[key]
    assert row.length == parse_length(rule["length"])
    assert row.fixed
    kinds = {"window": ("window",), "at_least": ("lead", "clock"), "at_most": ("clock",)}
    assert row.kind in kinds[rule["kind"]]


@pytest.mark.parametrize("key", of_kind("at_least", "at_most"))
def test_a_timer_event_stands_where_the_guidance_fixes_a_timescale(key: str) -> None:
    assert any(each.event == "timer" and each.timescale == key for each in ELEMENTS)


@pytest.mark.parametrize("key", of_kind("role"))
def test_only_the_roles_of_the_rule_do_its_steps(key: str) -> None:
    row = RULES[key]
    assert all(ROLES.get(role) for role in row["roles"])
    doing = [
        element
        for element in ELEMENTS
        if element.kind == "userTask" and set(element.requirement) & set(row["steps"])
    ]
    assert doing
    for element in doing:
        assert set(element.roles) == set(row["roles"]), element.id


def catalogue_ids(node: Any) -> set[str]:
    """Return the catalogue's ids of the fields in a form."""
    if isinstance(node, dict):
        own = {node["catalogue"]} if isinstance(node.get("catalogue"), str) else set()
        return own.union(*(catalogue_ids(value) for value in node.values()))
    if isinstance(node, list):
        return set[str]().union(*(catalogue_ids(value) for value in node))
    return set()


@pytest.mark.parametrize("key", of_kind("field"))
def test_the_fields_of_a_rule_stand_in_catalogue_and_forms(key: str) -> None:
    in_forms = set[str]().union(
        *(
            catalogue_ids(json.loads(path.read_text(encoding="utf-8")))
            for path in (ROOT / "forms").glob("*.json")
        )
    )
    for field in RULES[key]["fields"]:
        assert f"| {field} |" in CATALOGUE
        assert field in in_forms
