"""The statutory rules of the first review name what its files hold, and its tables keep them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.feel import compile_expression
from engine.timescales import parse_length
from engine.workflow import ProcessDefinition
from tests.processes.shipped import PROCESSES, ROLES, TIMESCALES, definition, reached, statutory

ROOT = Path(__file__).parents[2]
FACTS = tomllib.loads((PROCESSES / "facts.toml").read_text(encoding="utf-8"))
RULES = statutory("referral")
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
PARTS = reached("referral")
ELEMENTS = [element for process in PARTS.values() for element in process.elements.values()]
CARRIED = {identifier for element in ELEMENTS for identifier in element.requirement}
#: What can still come about may do so in a side process that a person starts.
ANYWHERE = CARRIED | {
    identifier
    for path in (PROCESSES / "side").glob("*.bpmn")
    for element in definition(path.stem).elements.values()
    for identifier in element.requirement
}


def of_kind(*kinds: str) -> list[str]:
    """Return the keys of the rules of some kinds that keep the guidance."""
    return [
        key
        for key, row in RULES.items()
        if row["kind"] in kinds and row.get("force", "must") == "must"
    ]


@pytest.mark.parametrize("key", RULES)
def test_a_rule_says_itself_in_both_languages_with_its_source(key: str) -> None:
    row = RULES[key]
    assert row["en"] != row["cy"]
    assert re.search(r"\b[GA]\d|App 1|fn\d", row["source"])


@pytest.mark.parametrize("key", RULES)
def test_a_rule_names_steps_that_the_diagrams_carry(key: str) -> None:
    row = RULES[key]
    named = {row.get("first"), row.get("then"), *row.get("steps", ())} - {None}
    assert named <= (ANYWHERE if row["kind"] == "can" else CARRIED)


def reached_without(definition: ProcessDefinition, step: str) -> set[str]:
    """Return the requirements that a diagram can get to on a way round a step.

    A parallel join is got to where each of its branches is.
    """
    flows = list(definition.flows.values())
    seen = set[str]()
    while True:
        found = {
            element.id
            for element in definition.elements.values()
            if step not in element.requirement
            and (all if element.kind == "parallelGateway" else any)(
                [flow.source in seen for flow in flows if flow.target == element.id]
                or [element.kind == "startEvent" and not element.depth]
            )
        }
        if found <= seen:
            return {each for here in seen for each in definition.elements[here].requirement}
        seen |= found


def on_one_diagram() -> list[tuple[str, str]]:
    """Return the rules of an order that the diagrams of the review and its report hold alone."""
    return [
        (key, process)
        for process in ("concise_review", "extended_review", "report")
        for key in of_kind("before")
        if {RULES[key]["first"], RULES[key]["then"]}
        <= {each for element in PARTS[process].elements.values() for each in element.requirement}
    ]


@pytest.mark.parametrize(("key", "process"), on_one_diagram())
def test_no_way_through_a_diagram_goes_round_the_step_that_comes_first(
    key: str, process: str
) -> None:
    row = RULES[key]
    assert row["then"] not in reached_without(PARTS[process], row["first"])


def test_the_order_of_an_extended_review_is_read_off_its_diagram() -> None:
    held = {key for key, process in on_one_diagram() if process == "extended_review"}
    assert "EXT-07" in reached_without(PARTS["extended_review"], "EXT-12")
    assert {"EXT-04", "EXT-05", "DR-05", "EXT-06", "EXT-09", "EXT-10"} <= held


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


#: The inputs in which the six issues are answered, by the condition that calls for an answer.
SIX_ISSUES = {
    "F09.06", "F09.07", "F09.08", "F09.09", "F09.10", "F09.11",
    "F05.16", "F05.27", "F06.15", "F14.17", "F19.14",
}  # fmt: skip


def inputs(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the inputs of a form that somebody fills in."""
    if isinstance(node, dict):
        if isinstance(node.get("catalogue"), str) and ("key" in node or "path" in node):
            yield node
        for value in node.values():
            yield from inputs(value)
    elif isinstance(node, list):
        for value in node:
            yield from inputs(value)


@pytest.mark.parametrize("field", sorted(SIX_ISSUES))
def test_an_extended_review_answers_the_six_issues_and_a_rule_keeps_each(field: str) -> None:
    asked = [
        str(each["validate"]["requiredWhen"])
        for path in sorted((ROOT / "forms").glob("*.json"))
        for each in inputs(json.loads(path.read_text(encoding="utf-8")))
        if each["catalogue"] == field and each.get("validate", {}).get("requiredWhen")
    ]
    assert asked
    facts = {"is_extended": True, "review_type": "extended", "recommended": "extended"}
    assert all(compile_expression(when).evaluate(facts, {}) is True for when in asked)
    assert any(field in RULES[key]["fields"] for key in of_kind("field"))
