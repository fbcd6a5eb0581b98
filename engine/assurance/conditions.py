"""Answer conditions by choosing values: what a case may find true when it comes to a gateway."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel
from engine.workflow import UNKNOWN

#: Stand for a text that no condition names, and for a value of which only null is asked.
OTHER = "(other)"
SOMETHING = "(something)"

#: A choice is a fact, or a comparison over facts whose values cannot be counted out.
Choice = tuple[str, Any]
#: What has been chosen so far, sorted.
Chosen = tuple[tuple[Choice, Any], ...]

_FINITE = ("string", "boolean")


@dataclass(frozen=True)
class _Question:
    """A leaf: the choice that answers it, and whether the choice is a value to hold it against."""

    leaf: feel.Leaf
    choice: Choice
    is_value: bool


class _Open(Exception):
    """A choice must be made before the question can be answered."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.choice = choice


class Conditions:
    """Some conditions, over the choices that they have in common."""

    def __init__(self, asked: Collection[str], types: Mapping[str, str]) -> None:
        """Take the conditions and the FEEL types of facts; an unknown one has no end of values."""
        self.types = types
        self.formulas: dict[str, feel.Formula] = {}
        self.reads: dict[str, frozenset[Choice]] = {}
        #: The facts that a choice speaks of; it is made anew once one of them is written.
        self.facts: dict[Choice, frozenset[str]] = {}
        #: What hangs on the day or the hour may change between any two looks.
        self.fleeting: set[Choice] = set()
        self.numbers: dict[Any, str] = {}
        self.questions: dict[int, _Question] = {}
        self.values: dict[Choice, tuple[Any, ...]] = {}
        for source in sorted(set(asked)):
            self.formulas[source] = feel.take_apart(source)
        self._gather()

    def _gather(self) -> None:
        leaves = [leaf for each in self.formulas.values() for leaf in feel.leaves_of(each)]
        listed: dict[str, dict[Any, None]] = {}
        for leaf in leaves:
            if leaf.name:
                listed.setdefault(leaf.name, {}).update(dict.fromkeys(leaf.against))
        for leaf in leaves:
            self._ask(leaf, listed)
        for source, formula in self.formulas.items():
            asked = (self.questions[id(leaf)] for leaf in feel.leaves_of(formula))
            self.reads[source] = frozenset(question.choice for question in asked)

    def _ask(self, leaf: feel.Leaf, listed: Mapping[str, Mapping[Any, None]]) -> None:
        kind = self.types.get(leaf.name, "")
        if leaf.name and (kind in _FINITE or leaf.against == (None,)):
            choice: Choice = ("fact", leaf.name)
            self.values[choice] = _values(kind, listed[leaf.name])
            self.questions[id(leaf)] = _Question(leaf, choice, True)
        else:
            first = f"{len(self.numbers)}: {leaf.expression.source}"
            choice = ("asked", self.numbers.setdefault(leaf.key, first))
            self.values[choice] = (True, False)
            self.questions[id(leaf)] = _Question(leaf, choice, False)
        self.facts[choice] = leaf.expression.names | leaf.expression.item_names
        if any(name in feel.OWN_FUNCTIONS for name, _ in leaf.expression.calls):
            self.fleeting.add(choice)

    def answers(self, source: str, chosen: dict[Choice, Any]) -> Iterator[dict[Choice, Any]]:
        """Yield what may be chosen so that the condition is true, beside what is chosen already."""
        for found, value in self._all(lambda made: self._value(source, made), chosen):
            if value is True:
                yield found

    def may_fail(self, source: str, chosen: dict[Choice, Any]) -> bool:
        """Say whether a condition need not be true, by what is chosen already."""
        found = self._all(lambda made: self._value(source, made), chosen)
        return any(value is not True for _, value in found)

    def flows(
        self,
        sources: list[tuple[str, str]],
        default: str,
        chosen: dict[Choice, Any],
        *,
        every: bool,
    ) -> Iterator[tuple[tuple[str, ...], dict[Choice, Any]]]:
        """Yield the flows that a gateway may take, as the engine chooses them.

        Takes:   sources, flow and condition in the order of the file; every, whether all that
                 are true are taken.
        Returns: nothing for values with which the engine would refuse the step.
        """

        def take(made: dict[Choice, Any]) -> tuple[str, ...]:
            true: list[str] = []
            unknown = False
            for flow, source in sources:
                value = self._value(source, made)
                if value is True:
                    true.append(flow)
                unknown = unknown or value is None
                if true and not every:
                    break
            if true:
                return tuple(true)
            return () if unknown or not default else (default,)

        for found, taken in self._all(take, chosen):
            if taken:
                yield taken, found

    def _all(
        self, look: Callable[[dict[Choice, Any]], Any], chosen: dict[Choice, Any]
    ) -> Iterator[tuple[dict[Choice, Any], Any]]:
        todo = [chosen]
        while todo:
            made = todo.pop()
            try:
                yield made, look(made)
            except _Open as opened:
                todo += [made | {opened.choice: each} for each in self.values[opened.choice]]

    def _value(self, source: str, made: Mapping[Choice, Any]) -> bool | None:
        """Return the value of a condition as the engine has it, an unknown fact included (D6)."""
        formula = self.formulas[source]
        value = feel.value_of(formula, lambda leaf: self._leaf(leaf, made, None))
        if isinstance(value, bool):
            known = feel.value_of(formula, lambda leaf: self._leaf(leaf, made, UNKNOWN))
            return value if isinstance(known, bool) else None
        return value

    def _leaf(self, leaf: feel.Leaf, made: Mapping[Choice, Any], null: Any) -> Any:
        question = self.questions[id(leaf)]
        if question.choice not in made:
            raise _Open(question.choice)
        value = made[question.choice]
        if not question.is_value:
            return value
        held = null if value is None else value
        return leaf.expression.evaluate({leaf.name: held})


def implies(premise: str, conclusion: str, types: Mapping[str, str]) -> bool:
    """Say whether a condition holds wherever another one does, for all that they ask.

    Takes:   types, the FEEL types of names. Where it cannot be shown, the answer is no.
    """
    asked = [each.lstrip().removeprefix("=") for each in (premise, conclusion)]
    conditions = Conditions(asked, types)
    return not any(
        conditions.may_fail(asked[1], found) for found in conditions.answers(asked[0], {})
    )


def _values(kind: str, against: Mapping[Any, None]) -> tuple[Any, ...]:
    if kind == "boolean":
        return (True, False, None)
    if kind == "string":
        return (*(value for value in against if isinstance(value, str)), OTHER, None)
    return (SOMETHING, None)
