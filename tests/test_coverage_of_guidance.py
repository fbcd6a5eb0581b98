"""Every requirement of a delivered part is carried out somewhere, or there is a reason why not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import coverage

TEXT = coverage.REQUIREMENTS.read_text(encoding="utf-8")
REQUIREMENTS = coverage.read_requirements(TEXT)
COVERAGE = coverage.read_coverage(coverage.COVERAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def carried() -> dict[str, list[str]]:
    return coverage.read_carried(coverage.ROOT)


@pytest.fixture(scope="module")
def lines(carried: dict[str, list[str]]) -> list[coverage.Line]:
    return coverage.lines_of(REQUIREMENTS, carried, COVERAGE)


def _ids(lines: list[coverage.Line], state: str) -> list[str]:
    return [line.requirement.id for line in lines if line.state == state]


def test_catalogue_is_read_whole() -> None:
    stated = {
        "steps": int(re.findall(r"\| (\d+) steps \|", TEXT)[0]),
        "fields": int(re.findall(r"(\d+) fields \|", TEXT)[0]),
        "rows": int(re.findall(r"tables, (\d+) rows \|", TEXT)[0]),
        "timescales": int(
            re.findall(r"\| Timescales and a proposed back-plan \| (\d+) \|", TEXT)[0]
        ),
    }
    read = {"steps": 0, "fields": 0, "rows": 0, "timescales": 0}
    kinds = {"F": "fields", "DR": "rows", "TS": "timescales"}
    for requirement in REQUIREMENTS:
        prefix = "F" if re.match(r"F\d", requirement.id) else requirement.id.partition("-")[0]
        read[kinds.get(prefix, "steps")] += 1
    assert read == stated


def test_every_requirement_of_a_delivered_part_is_carried_out_or_reasoned(
    lines: list[coverage.Line],
) -> None:
    assert _ids(lines, "missing") == []


def test_coverage_only_grows(lines: list[coverage.Line]) -> None:
    covered = len(_ids(lines, "covered"))
    assert covered >= COVERAGE.covered, (
        f"{covered} requirements are carried out, {COVERAGE.covered} were before. Carry out again "
        "what was lost; docs/coverage.toml never goes down."
    )
    assert covered == COVERAGE.covered, f"Set covered = {covered} in docs/coverage.toml."


def test_every_delivered_part_is_in_the_catalogue() -> None:
    assert COVERAGE.delivered <= {requirement.part for requirement in REQUIREMENTS}


def test_every_reason_is_for_a_delivered_requirement_that_nothing_carries_out(
    lines: list[coverage.Line],
) -> None:
    delivered = {r.id for r in REQUIREMENTS if r.part in COVERAGE.delivered}
    assert set(COVERAGE.reasons) <= delivered
    assert sorted(COVERAGE.reasons) == sorted(_ids(lines, "reasoned"))
    assert all(len(reason.split()) >= 5 for reason in COVERAGE.reasons.values())


def test_nothing_claims_to_carry_out_what_is_not_in_the_catalogue(
    carried: dict[str, list[str]],
) -> None:
    known = coverage.read_ids(TEXT)
    unknown = {i: where for i, where in carried.items() if i not in known}
    assert unknown == {}


def test_definitions_of_this_repository_are_what_is_looked_at() -> None:
    assert Path(__file__).parents[1] == coverage.ROOT


def test_requirement_becomes_missing_as_soon_as_its_part_is_delivered() -> None:
    requirement = coverage.Requirement("F45.01", "F-45")
    later = coverage.Coverage(0, frozenset(), {})
    now = coverage.Coverage(0, frozenset({"F-45"}), {})
    excused = coverage.Coverage(0, frozenset({"F-45"}), {"F45.01": "The draft leaves it out."})
    states = [
        coverage.lines_of([requirement], there, what)[0].state
        for there, what in (
            ({}, later),
            ({}, now),
            ({}, excused),
            ({"F45.01": ["forms/consent.json parents"]}, later),
        )
    ]
    assert states == ["not yet delivered", "missing", "reasoned", "covered"]
