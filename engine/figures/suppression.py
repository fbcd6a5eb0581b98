"""Keep small numbers back, and whatever else would give one away (disclosure control).

A number of 1 to 4 is kept back. Whoever knows a sum and all but one of its parts knows that one
too, so in every relation between numbers at least two are kept back or none. Relations meet in one
number at most and close no circle: then each number that is kept back can move with another one of
its relation, and so on outwards, and none of them can be worked out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

#: The smallest number, other than nothing at all, that may leave the Board.
SMALLEST = 5


@dataclass(frozen=True)
class Relation:
    """Numbers of which the ones on the left add up to the same as those on the right.

    `firm` are those that stand in the figures of another year, too: they are kept back where they
    are small, never for the sake of others, so that both years say the same.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    firm: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """Numbers of a question with several answers to one thing, and of those without any.

    They add up to nothing that is known; but whoever knows how many there are, and how many gave no
    answer, knows how many gave one.
    """

    given: tuple[str, ...]
    none: str


def kept_back(
    numbers: Mapping[str, int], relations: Iterable[Relation], questions: Iterable[Answers] = ()
) -> frozenset[str]:
    """Return the names of the numbers that may not leave the Board."""
    hidden = {name for name, number in numbers.items() if is_small(number)}
    for question in questions:
        _hide_answers(numbers, question, hidden)
    waiting = tuple(relations)
    while any(_hide_more(numbers, relation, hidden) for relation in waiting):
        pass
    return frozenset(hidden)


def is_small(number: int) -> bool:
    """Say whether a number is kept back for its own sake."""
    return 0 < number < SMALLEST


def _hide_answers(numbers: Mapping[str, int], question: Answers, hidden: set[str]) -> None:
    if hidden.isdisjoint((*question.given, question.none)):
        return
    hidden.add(question.none)
    if hidden.isdisjoint(question.given):
        hidden.add(_least(numbers, question.given))


def _hide_more(numbers: Mapping[str, int], relation: Relation, hidden: set[str]) -> bool:
    """Keep one more number of a relation back where too little is; say whether that was so."""
    names = (*relation.left, *relation.right)
    back = [name for name in names if name in hidden]
    others = [name for name in names if name not in hidden and name not in relation.firm]
    if not back:
        return False
    total_is_known = len(relation.left) == 1 and relation.left[0] not in hidden
    # A known sum of few is nearly as telling as each of them.
    if total_is_known and sum(numbers[name] for name in back) < SMALLEST:
        others = [name for name in others if name not in relation.left]
    elif len(back) > 1:
        return False
    if others:
        hidden.add(_least(numbers, others))
    return bool(others)


def _least(numbers: Mapping[str, int], names: Collection[str]) -> str:
    """Return the smallest number of some that is not nothing; what is nothing, only at last."""
    return min(names, key=lambda name: (numbers[name] == 0, numbers[name]))
