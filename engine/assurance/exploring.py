"""Go through every state that a process can come to, and say which of them lead to an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import dataclass, field
from functools import partial

from engine.assurance.net import Move, Net, State, TooManyTokens, WithoutEnd

#: A process with more states than this is refused, not passed.
MOST_STATES = 200_000


@dataclass
class Explored:
    """What was found: every state with the way to it, and what may follow which."""

    #: The state before and what happened since; nothing before the first ones.
    came_from: dict[State, tuple[State | None, tuple[str, ...]]] = field(default_factory=dict)
    follows: dict[State, list[State]] = field(default_factory=dict)
    #: Tokens that pile up: the element, and everything that happened until then.
    too_many: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Everything that happened on some way.
    happened: set[str] = field(default_factory=set)
    #: Where branches that are looked at alone began: the state before, and what happened then.
    began_aside: dict[str, tuple[State | None, tuple[str, ...]]] = field(default_factory=dict)
    #: Branches that run beside the rest: what happened until each began, and what was found.
    beside: list[tuple[tuple[str, ...], Explored]] = field(default_factory=list)
    #: Why not every state was looked at, where that is so.
    stopped: str = ""
    stopped_at: tuple[str, ...] = ()

    @property
    def states(self) -> int:
        """Return how many states at rest there are."""
        return len(self.came_from)

    def trace(self, state: State | None) -> tuple[str, ...]:
        """Return everything that happened on the shortest way to a state, in order."""
        pieces: list[tuple[str, ...]] = []
        while state is not None:
            state, happened = self.came_from[state]
            pieces.append(happened)
        return tuple(each for piece in reversed(pieces) for each in piece)

    def until(self, flow: str) -> tuple[str, ...]:
        """Return what happened until a branch aside began."""
        state, happened = self.began_aside.get(flow, (None, (flow,)))
        return (*self.trace(state), *happened[: happened.index(flow)])

    def leading_to(self, wanted: Iterable[State]) -> set[State]:
        """Return the states from which one of the wanted ones can be come to, these included."""
        before: dict[State, list[State]] = {}
        for state, following in self.follows.items():
            for after in following:
                before.setdefault(after, []).append(state)
        found = set(wanted)
        todo = list(found)
        while todo:
            for state in before.get(todo.pop(), ()):
                if state not in found:
                    found.add(state)
                    todo.append(state)
        return found


def explore(net: Net, most: int = MOST_STATES) -> Explored:
    """Go through all states, the nearest first; then through those of the branches aside."""
    explored = _explore(net, net.start, most)
    begun: set[str] = set()
    todo = [explored]
    while todo:
        main = todo.pop()
        for flow in net.aside.values():
            if flow.id in net.happened and flow.id not in begun:
                begun.add(flow.id)
                aside = _explore(net, partial(net.start_aside, flow), most)
                explored.beside.append((main.until(flow.id), aside))
                todo.append(aside)
    explored.happened = net.happened
    return explored


def _explore(net: Net, start: Callable[[], Iterable[Move]], most: int) -> Explored:
    explored = Explored()
    todo: deque[State] = deque()
    try:
        _add(explored, todo, net.aside.keys(), None, start())
        while todo:
            if explored.states > most:
                explored.stopped = "states"
                break
            _look(explored, todo, net, todo.popleft())
    except WithoutEnd as endless:
        explored.stopped, explored.stopped_at = "step", endless.happened
    except TooManyTokens as many:
        explored.too_many[many.element] = many.happened
    return explored


def _look(explored: Explored, todo: deque[State], net: Net, state: State) -> None:
    """Take every step from a state; behind tokens that pile up nothing is looked at."""
    explored.follows[state] = []
    for token in dict.fromkeys(state.tokens):
        try:
            _add(explored, todo, net.aside.keys(), state, net.moves_of(state, token))
        except TooManyTokens as many:
            trace = (*explored.trace(state), *many.happened)
            explored.too_many.setdefault(many.element, trace)


def _add(
    explored: Explored,
    todo: deque[State],
    aside: Set[str],
    state: State | None,
    moves: Iterable[Move],
) -> None:
    for move in moves:
        for flow in aside & set(move.happened):
            if flow not in explored.began_aside:
                explored.began_aside[flow] = (state, move.happened)
        if move.state not in explored.came_from:
            explored.came_from[move.state] = (state, move.happened)
            todo.append(move.state)
        if state is not None:
            explored.follows[state].append(move.state)


def places(state: State) -> Collection[str]:
    """Return the elements on which tokens wait."""
    return sorted({token[0] for token in state.tokens})
