"""Look for a step that is still come to after something has come to hold that ends them all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.assurance.conditions import Choice
from engine.assurance.exploring import Explored
from engine.assurance.net import Move, State, Token
from engine.assurance.watching import Broken, Case, Sought, TooManyStates, Watched, moves_from


class _Turned(Watched):
    """A process once the condition holds: events that wait for it come before all else."""

    def moves_after(self, state: State) -> Iterator[Move]:
        """Yield what may follow; what holds already happens at once, as the engine sees to it."""
        urgent = [move for token in state.tokens for move in self._urgent(state, token)]
        if urgent:
            yield from urgent
        else:
            yield from moves_from(self, state)

    def _urgent(self, state: State, token: Token) -> Iterator[Move]:
        elements = self.definition.elements
        for edge in self._armed(token):
            if self._holds(edge):
                yield from self._edge(state, token, elements[edge])
        if elements[token[0]].kind == "intermediateCatchEvent" and self._holds(token[0]):
            yield from self._happened(state, token, elements[token[0]], [])

    def _holds(self, event: str) -> bool:
        element = self.definition.elements[event]
        if element.event != "conditional":
            return False
        return not self.conditions.may_fail(element.expression, dict(self.given))


def look_after_turn(
    case: Case, turn: str, until: frozenset[str], stopped: frozenset[str], most: int
) -> Broken | None:
    """Return where one of some steps is open or come to although a condition holds by then.

    It may come to hold at any time once one of the steps was come to, and until is not yet done.
    Raises:  TooManyStates.
    """
    before = Watched(case, Sought(until, frozenset(), turn, turn))
    explored = Explored()
    todo: deque[State | None] = deque([None])
    begun: list[State] = []
    while todo:
        here = todo.popleft()
        for move in moves_from(before, here):
            if move.state not in explored.came_from:
                explored.came_from[move.state] = (here, move.happened)
                todo.append(move.state)
                there = {*explored.trace(move.state), *(token[0] for token in move.state.tokens)}
                begun += [move.state] if there & stopped else []
        if explored.states > most:
            raise TooManyStates
    for given in before.known(turn):
        after = _Turned(case, Sought(until, frozenset(), turn, turn))
        after.give(given)
        broken = _after(after, explored, begun, stopped, given, most)
        if broken is not None:
            return broken
    return None


def _after(
    net: _Turned,
    explored: Explored,
    begun: list[State],
    stopped: frozenset[str],
    given: dict[Choice, object],
    most: int,
) -> Broken | None:
    turned = Explored()
    todo: deque[State] = deque()
    for state in begun:
        chosen = tuple((choice, value) for choice, value in state.chosen if choice not in given)
        now = State(state.tokens, chosen)
        if now not in turned.came_from:
            turned.came_from[now] = (None, explored.trace(state))
            todo.append(now)
    while todo:
        here = todo.popleft()
        for move in net.moves_after(here):
            come = _come_to(here, move) & stopped
            if come:
                return Broken(min(come), (*turned.trace(here), *move.happened))
            if move.state not in turned.came_from:
                turned.came_from[move.state] = (here, move.happened)
                todo.append(move.state)
        if turned.states > most:
            raise TooManyStates
    return None


def _come_to(before: State, move: Move) -> set[str]:
    """Return the elements on which a step puts a token that was not there."""
    there = {token[0] for token in before.tokens} - set(move.happened)
    return {token[0] for token in move.state.tokens} - there
