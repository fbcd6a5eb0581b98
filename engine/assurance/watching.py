"""Look for the shortest way on which a process breaks a rule, among the states that bear on it.

The rule says which steps are never to be done (`undone`) and where nobody may come to while they
are not (`wanted`). What cannot lead there is left out: a token that goes another way for good is
forgotten, and what its way writes may change at any time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from engine import feel
from engine.assurance.conditions import SOMETHING, Choice
from engine.assurance.exploring import MOST_STATES, Explored
from engine.assurance.ground import Writes
from engine.assurance.net import Move, Net, State, Token, TooManyTokens, WithoutEnd, _Draft
from engine.workflow import UNKNOWN, Element, ExpressionUse, Flow, ProcessDefinition

Given = dict[Choice, object]


@dataclass(frozen=True)
class Case:
    """What a rule asks of one process: the process, its facts, and what is known of the case."""

    definition: ProcessDefinition
    writes: Writes
    types: Mapping[str, str]
    outside: Collection[str]


@dataclass(frozen=True)
class Sought:
    """Where a rule is broken: in which places, with which steps not done.

    `wanted` are elements nobody may come to, the end of the process where there are none; `unless`
    is a condition that lets them; `where` says of which cases the rule speaks.
    """

    undone: frozenset[str]
    wanted: frozenset[str]
    unless: str = ""
    where: str = ""


@dataclass(frozen=True)
class Broken:
    """Where a rule is broken, and everything that happens until then; `at` is empty for the end."""

    at: str
    happened: tuple[str, ...]


class TooManyStates(Exception):
    """More states bear on a rule than can be gone through."""


class Watched(Net):
    """A process in which some steps are never done, and others are only ever come to."""

    def __init__(self, case: Case, sought: Sought) -> None:
        """Take the process and what is looked for in it."""
        self.undone, self.wanted = sought.undone, sought.wanted
        self.unless = sought.unless
        asked = [each for each in (sought.unless, sought.where) if each]
        definition = replace(
            case.definition,
            expressions=(
                *case.definition.expressions,
                *(ExpressionUse("", "rule", each, 0) for each in asked),
            ),
        )
        self.bearing: frozenset[str] = frozenset(definition.elements)
        at = dict.fromkeys(sought.wanted, sought.unless) if sought.unless else {}
        super().__init__(definition, case.writes, case.types, case.outside, at)
        if sought.wanted:
            self.bearing = self._bearing()

    def _branches_aside(self) -> dict[str, Flow]:
        """Nothing is looked at apart: what does not bear on the rule is left out instead."""
        return {}

    def known(self, where: str) -> Iterator[Given]:
        """Yield each way in which a case may be one of which the rule speaks.

        What only steps write that are never done has no value, from beginning to end.
        """
        empty: Given = {("fact", name): None for name in self._never_written()}
        read = {choice for reads in self.reads.values() for choice in reads}
        empty = {choice: value for choice, value in empty.items() if choice in read}
        if not where:
            yield self._settled(empty)
            return
        seen = set()
        for found in self.conditions.answers(where, {}):
            given = {key: found[key] for key in self.conditions.reads[where]} | empty
            said = tuple(sorted(given.items(), key=lambda pair: pair[0]))
            if said not in seen:
                seen.add(said)
                yield self._settled(given)

    def give(self, given: Given) -> None:
        """Look at cases of which something is known from beginning to end."""
        self.given = given
        self._routes.clear()

    def _never_written(self) -> frozenset[str]:
        writing = [key for key, facts in self.writes.items() if facts]
        mine = [self.writes[key] for key in writing if key in self.undone]
        others = [self.writes[key] for key in writing if key not in self.undone]
        return frozenset[str]().union(*mine) - frozenset[str]().union(*others) - self.outside

    def _settled(self, given: Given) -> Given:
        """Return what is known with the comparisons that it answers."""
        values = {name: value for (kind, name), value in given.items() if kind == "fact"}
        values = {key: UNKNOWN if value == SOMETHING else value for key, value in values.items()}
        for formula in self.conditions.formulas.values():
            for leaf in feel.leaves_of(formula):
                question = self.conditions.questions[id(leaf)]
                names = leaf.expression.names | leaf.expression.item_names
                own = any(name in feel.OWN_FUNCTIONS for name, _ in leaf.expression.calls)
                if not question.is_value and names and names <= values.keys() and not own:
                    held = {name: values[name] for name in names}
                    given[question.choice] = leaf.expression.evaluate(held)
        return given

    # What bears on the rule.

    def _bearing(self) -> frozenset[str]:
        """Return the elements that may lead to what is wanted, or write what the rule asks there.

        A token that comes to any other is forgotten; what its way writes may change at any time.
        """
        before = self._before()
        asked = self.conditions.reads[self.unless] if self.unless else frozenset()
        facts = frozenset[str]().union(*(self.conditions.facts[each] for each in asked))
        todo = [*self.wanted, *(key for key in self.outgoing if self._written(key) & facts)]
        found: set[str] = set()
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += before.get(key, ())
        left_out = (key for key in self.outgoing if key not in found)
        self._change_at_any_time(
            frozenset[str]().union(*(self._written(key) for key in left_out)), found
        )
        return frozenset(found)

    def _change_at_any_time(self, facts: frozenset[str], where: Collection[str]) -> None:
        read = {choice for key in where for choice in self.reads[key]}
        self.conditions.fleeting |= {each for each in read if self.conditions.facts[each] & facts}

    def _written(self, key: str) -> frozenset[str]:
        return self.writes[key].union(*(self.writes[flow.id] for flow in self.outgoing[key]))

    def _before(self) -> dict[str, set[str]]:
        """Return, for each element, those from which a token gets to it at once."""
        before: dict[str, set[str]] = {}
        for key, element in self.definition.elements.items():
            nexts = [flow.target for flow in self.outgoing[key]]
            nexts += [edge.id for edge in self.edges[key]]
            nexts += [self.starts[key]] if key in self.starts else []
            if element.kind == "endEvent" and element.scope is not None:
                nexts += [flow.target for flow in self.outgoing[element.scope]]
            for after in nexts:
                before.setdefault(after, set()).add(key)
        return before

    # How it moves.

    def moves_of(self, state: State, token: Token) -> Iterator[Move]:
        """Yield every step that a token can take; of what is never done there is none."""
        if token[0] in self.wanted and self.unless:
            yield from self._completed(state, token)
        elif token[0] not in self.wanted and token[0] not in self.undone:
            yield from super().moves_of(state, token)
            return
        for edge in self._armed(token):
            yield from self._edge(state, token, self.definition.elements[edge])

    def _happened(
        self, state: State, token: Token, event: Element, before: list[str]
    ) -> Iterator[Move]:
        if event.id not in self.undone:
            yield from super()._happened(state, token, event, before)

    def _edge(self, state: State, token: Token, event: Element) -> Iterator[Move]:
        if event.id not in self.undone:
            yield from super()._edge(state, token, event)

    def _enter(self, draft: _Draft, flow: Flow) -> None:
        """Let a token come to rest on what is wanted or never done, whatever that is."""
        if flow.id in self.undone or flow.target not in self.bearing:
            return
        target = self.definition.elements[flow.target]
        held = self.wanted | self.undone
        joins = "Gateway" in target.kind and len(self.incoming[target.id]) > 1
        if target.id in held and target.kind != "subProcess" and not joins:
            self._wait(draft, target)
        else:
            self._go_in(draft, flow)

    # What is looked for.

    def breaks(self, before: State | None, move: Move) -> str | None:
        """Return the element at which a step breaks the rule; None where it does not.

        It is the empty text where the process ends.
        """
        if not self.wanted:
            return "" if move.state.is_over else None
        there = {token[0] for token in before.tokens} if before else set[str]()
        for token in move.state.tokens:
            come = token[0] not in there or token[0] in move.happened
            if token[0] in self.wanted and come and self._is_unmet(move.state):
                return token[0]
        return None

    def _is_unmet(self, state: State) -> bool:
        if not self.unless:
            return True
        reads = self.conditions.reads[self.unless]
        known = {key: value for key, value in state.chosen if key in reads} | self.given
        return self.conditions.may_fail(self.unless, known)


def look_for(net: Watched, most: int = MOST_STATES) -> Broken | None:
    """Return where a rule is broken first, with the shortest way; None where it is kept.

    Raises:  TooManyStates.
    """
    explored = Explored()
    todo: deque[State | None] = deque([None])
    while todo:
        before = todo.popleft()
        for move in moves_from(net, before):
            if move.state in explored.came_from:
                continue
            explored.came_from[move.state] = (before, move.happened)
            todo.append(move.state)
            at = net.breaks(before, move)
            if at is not None:
                return Broken(at, explored.trace(move.state))
        if explored.states > most:
            raise TooManyStates
    return None


def moves_from(net: Watched, state: State | None) -> Iterator[Move]:
    """Yield what may follow a state; behind tokens that pile up there is nothing new."""
    try:
        if state is None:
            yield from net.start()
            return
        for token in dict.fromkeys(state.tokens):
            yield from net.moves_of(state, token)
    except TooManyTokens:
        return
    except WithoutEnd as endless:
        raise TooManyStates from endless
