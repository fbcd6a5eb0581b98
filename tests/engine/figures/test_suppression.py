"""Small numbers are kept back, and nobody can work them out from what is left."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from fractions import Fraction

import pytest

from engine.figures import tables
from engine.figures.suppression import Answers, Relation, kept_back

ALL = Relation(("all",), ("a", "b", "c"))


def test_what_is_nothing_or_five_and_more_is_told() -> None:
    assert kept_back({"all": 11, "a": 0, "b": 5, "c": 6}, [ALL]) == frozenset()


@pytest.mark.parametrize("small", [1, 2, 3, 4])
def test_a_small_number_takes_the_smallest_other_with_it(small: int) -> None:
    numbers = {"all": small + 15, "a": small, "b": 7, "c": 8}
    assert kept_back(numbers, [ALL]) == {"a", "b"}


def test_two_small_numbers_hide_each_other_unless_their_sum_is_small() -> None:
    assert kept_back({"all": 28, "a": 4, "b": 4, "c": 20}, [ALL]) == {"a", "b"}
    assert kept_back({"all": 22, "a": 1, "b": 1, "c": 20}, [ALL]) == {"a", "b", "c"}


def test_a_small_sum_and_its_only_part_are_both_kept_back() -> None:
    assert kept_back({"all": 3, "a": 3, "b": 0, "c": 0}, [ALL]) == {"all", "a"}


def test_what_is_nothing_is_kept_back_only_where_nothing_else_helps() -> None:
    flow = Relation(("before", "begun"), ("ended", "after"), firm=("before", "after"))
    numbers = {"before": 5, "begun": 2, "ended": 0, "after": 7}
    assert kept_back(numbers, [flow]) == {"begun", "ended"}


def test_numbers_of_two_years_are_kept_back_only_where_they_are_small() -> None:
    flow = Relation(("before", "begun"), ("ended", "after"), firm=("before", "after"))
    assert kept_back({"before": 6, "begun": 3, "ended": 9, "after": 0}, [flow]) == {
        "begun", "ended",
    }  # fmt: skip
    assert kept_back({"before": 2, "begun": 8, "ended": 9, "after": 1}, [flow]) == {
        "before", "after",
    }  # fmt: skip


def test_what_is_kept_back_in_one_relation_is_hidden_in_the_next() -> None:
    parts = Relation(("b",), ("x", "y"))
    numbers = {"all": 23, "a": 3, "b": 9, "c": 11, "x": 0, "y": 9}
    assert kept_back(numbers, [ALL, parts]) == {"a", "b", "y"}


def test_who_gave_no_reason_is_hidden_with_any_reason() -> None:
    question = Answers(("x", "y"), "none")
    assert kept_back({"x": 2, "y": 9, "none": 5}, [], [question]) == {"x", "none"}
    assert kept_back({"x": 0, "y": 6, "none": 1}, [], [question]) == {"y", "none"}
    assert kept_back({"x": 0, "y": 6, "none": 0}, [], [question]) == frozenset()


def test_no_number_of_a_statement_can_be_worked_out() -> None:
    """Whatever the numbers are: of those kept back, none follows from the sums that are known."""
    chance = random.Random(2011)
    for _ in range(2000):
        numbers = _numbers(chance)
        relations = [*tables.RELATIONS, tables.forums_add_up(numbers)]
        hidden = kept_back(numbers, relations)
        assert {name for name, number in numbers.items() if 0 < number < 5} <= hidden
        assert _worked_out(hidden, relations) == set(), numbers


def _numbers(chance: random.Random) -> dict[str, int]:
    """Return numbers that fit the relations of a statement, most of them small."""

    def some() -> int:
        return chance.choice([0, 0, 1, 2, 3, 4, 5, 6, 7, 12])

    made = {
        name: some()
        for name in (
            "types.concise", "types.extended", "in_time.in_time", "in_time.late",
            "told.in_time", "told.late", "told.not_yet", "actions.in_time", "actions.late",
            "actions.not_done", "forums.as_x", "forums.as_y", "forums.consultations",
        )
    }  # fmt: skip
    commissioned = made["types.concise"] + made["types.extended"]
    completed = made["in_time.in_time"] + made["in_time.late"]
    after = max(0, commissioned - completed) + some()
    past = chance.randint(0, after)
    sent = chance.randint(0, completed)
    made |= {
        "reviews.commissioned": commissioned,
        "reviews.completed": completed,
        "reviews.after": after,
        "reviews.before": after + completed - commissioned,
        "under_way.past": past,
        "under_way.within": after - past,
        "sent.in_time": sent,
        "sent.not_in_time": completed - sent,
        "forums.all": made["forums.as_x"] + made["forums.as_y"],
    }
    for table, parts in (
        ("told", ("in_time", "late", "not_yet")),
        ("actions", ("in_time", "late", "not_done")),
    ):
        made[f"{table}.all"] = sum(made[f"{table}.{part}"] for part in parts)
    return made


def _worked_out(hidden: Collection[str], relations: Sequence[Relation]) -> set[str]:
    """Return the hidden numbers that the relations give exactly, by elimination of the rest."""
    names = sorted(hidden)
    rows = [
        [Fraction((name in one.left) - (name in one.right)) for name in names] for one in relations
    ]
    solved: list[list[Fraction]] = []
    for column in range(len(names)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        for others in (rows, solved):
            others[:] = [
                [value - row[column] * own for value, own in zip(row, pivot, strict=True)]
                for row in others
            ]
        solved.append(pivot)
    return {
        name
        for row in solved
        if sum(1 for value in row if value) == 1
        for name, value in zip(names, row, strict=True)
        if value
    }
