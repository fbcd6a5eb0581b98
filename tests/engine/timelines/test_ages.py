"""Ages of children at an event say no more than is known of their birth and of its date."""

from __future__ import annotations

from datetime import date

import pytest

from engine.texts import Text
from engine.timelines import Child, age_at
from tests.engine.timelines.rows import event

NAME = Text("Child 1", "Plentyn 1")
CHILD = Child(NAME, born_on=date(2022, 5, 12))


@pytest.mark.parametrize(
    ("said", "months"),
    [
        ("2025-05-11", (35, 35)),
        ("2025-05-12", (36, 36)),
        ("2025-05", (35, 36)),
        ("2022-05-12", (0, 0)),
        ("2022-05-11", (-1, -1)),
        ("2022", (-5, 7)),
    ],
)
def test_age_is_counted_in_full_months(said: str, months: tuple[int, int]) -> None:
    found = age_at(CHILD, event("police", said))
    assert found is not None
    assert ((found.least, found.most), found.in_years) == (months, False)


def test_from_a_year_of_birth_an_age_is_one_of_two_years() -> None:
    found = age_at(CHILD.of_the_year, event("police", "2025-05-12"))
    assert found is not None
    assert ((found.least, found.most), found.in_years) == ((24, 36), True)
    assert CHILD.of_the_year == Child(NAME, born_in=2022)
    assert Child(NAME, born_in=2019).of_the_year.born_in == 2019


def test_nobody_is_of_an_age_without_a_birth_or_a_date() -> None:
    assert age_at(Child(NAME), event("police", "2025-05-12")) is None
    assert age_at(CHILD, event("police", "in spring")) is None
