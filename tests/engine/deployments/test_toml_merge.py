"""What one TOML file differs in from another, laid over it again, is that file."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings

from engine.deployments.toml_merge import difference, lay_over, toml_of
from tests.engine.deployments.toml_tables import TABLES, exact


def _read(source: bytes) -> Any:
    return exact(tomllib.loads(source.decode()))


@settings(max_examples=60, deadline=None)
@given(TABLES, TABLES)
def test_difference_laid_over_what_it_differs_from_gives_the_upper_file(
    below: dict[str, Any], above: dict[str, Any]
) -> None:
    lower, upper = toml_of(below), toml_of(above)
    laid = lay_over(lower, difference(lower, upper), "again")
    assert _read(laid) == _read(lay_over(lower, upper, "at once"))


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_file_differs_in_nothing_from_itself(tables: dict[str, Any]) -> None:
    assert tomllib.loads(difference(toml_of(tables), toml_of(tables)).decode()) == {}


@pytest.mark.parametrize(
    ("below", "above"), [("[1]", "[true]"), ("[1]", "[1.0]"), ("0.0", "-0.0"), ("1", "true")]
)
def test_value_of_another_type_is_a_difference_wherever_it_stands(below: str, above: str) -> None:
    lower, upper = f"a = {below}\n".encode(), f"a = {above}\n".encode()
    assert difference(lower, upper) == upper
