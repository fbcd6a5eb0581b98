"""Every row that the guidance gives has a rule that keeps it, or a reason why none does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
RULES = tomllib.loads((ROOT / "processes" / "statutory.toml").read_text(encoding="utf-8"))
REASONS = tomllib.loads((ROOT / "docs" / "coverage.toml").read_text(encoding="utf-8"))["unproved"]


def given_rows() -> Iterator[str]:
    """Yield the ids of the rows of the catalogue that are marked G or G+P, in its order."""
    heads: list[str] = []
    for line in CATALOGUE.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = cells
        elif "Src" in heads and dict(zip(heads, cells, strict=False)).get("Src", "").startswith(
            "G"
        ):
            yield cells[0]


def kept() -> set[str]:
    """Return what the rules name: steps, timescales, tables, rows, and what they are called."""
    found = set(RULES)
    for rule in RULES.values():
        found.update(rule.get(key, "") for key in ("first", "then", "until", "timescale"))
        for key in ("steps", "over", "tables", "rows"):
            found.update(rule.get(key, ()))
    return found


GIVEN = list(given_rows())
KEPT = kept()


def is_kept(row: str) -> bool:
    """Say whether a rule keeps a row, or the table that it stands in."""
    return row in KEPT or row.partition(".")[0] in KEPT


@pytest.mark.parametrize("row", GIVEN)
def test_row_that_the_guidance_gives_is_kept_by_a_rule_or_reasoned(row: str) -> None:
    assert is_kept(row) != (row in REASONS)


def test_reasons_are_given_for_rows_of_the_catalogue_alone() -> None:
    assert set(REASONS) <= set(GIVEN)
    assert all(len(reason.split()) > 3 for reason in REASONS.values())
    assert len(GIVEN) > 400
