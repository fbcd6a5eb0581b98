"""That a form may ask which days other cases of its process hold, and learns nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engine import audit, cases, corrections, db, feel, people, store
from tests import review
from tests.review import Review

pytestmark = pytest.mark.usefixtures("database")

FOLDER = Path(__file__).parents[1] / "definitions" / "afterwards"


class Matter(Review):
    """A case that two tasks close."""

    forms: ClassVar[Mapping[str, str]] = {
        "CON-01": "matter", "CON-29": "matter", "PUB-13": "request",
    }  # fmt: skip
    filled: ClassVar[Mapping[str, Mapping[str, Any]]] = {}


def begun(house: Review, on: str) -> Matter:
    """Return another case of the house, begun on a day."""
    case_id = cases.open_case("matter", house.board_id, house.coordinator)
    made = Matter(**{**vars(house), "case_id": case_id})
    made.do("CON-01", {"matter_begun_on": on}, actor=made.coordinator)
    return made


def days_elsewhere(case: Review, name: str = "matter_begun_on") -> feel.Value:
    """Return what an expression of a case is told."""
    asked = feel.compile_expression(f'days on other cases("{name}")')
    with db.reading() as session:
        file = store.read_case(session, case.case_id, audit.SYSTEM)
        return asked.evaluate(file.names(None), file.functions(None))


@pytest.fixture
def house() -> Review:
    """A Board whose definitions are deployed."""
    return review.set_up(folder=FOLDER)


def test_days_of_other_cases_are_told_and_not_the_own_one(house: Review) -> None:
    first, second = begun(house, "2026-02-01"), begun(house, "2026-02-02")
    assert days_elsewhere(first) == [date(2026, 2, 2)]
    assert days_elsewhere(second) == [date(2026, 2, 1)]
    second.do("CON-29", actor=second.coordinator)
    assert days_elsewhere(first) == [date(2026, 2, 2)], "a case that ran to its end still counts"


def test_a_case_that_was_withdrawn_counts_for_nothing(house: Review) -> None:
    first, second = begun(house, "2026-02-01"), begun(house, "2026-02-02")
    corrections.withdraw(second.case_id, "It was opened twice.", second.coordinator)
    assert days_elsewhere(first) == []


def test_nothing_is_told_of_another_board_or_of_what_is_no_day(house: Review) -> None:
    first = begun(house, "2026-02-01")
    with db.transaction() as session:
        board = people.create_board(session, "other", "South", "De")
        coordinator = house.coordinator.account_id
        people.appoint_to_board(session, board.id, "coordinator", coordinator, "SYSTEM")
    begun(replace(house, board_id=board.id), "2026-02-03")
    assert days_elsewhere(first) == []
    second = begun(house, "2026-02-04")
    cases.start_side(second.case_id, "request", "", second.coordinator)
    second.do("PUB-13", {"request_begun_on": "2026-02-04"}, actor=second.coordinator)
    assert days_elsewhere(first, "requests") == []
