"""A process as states and steps: where its tokens stand, what was chosen, and what may come next.

It moves as `engine/workflow` does: what runs by itself runs at once, in the order of its coming,
until everything waits; then a person completes a step, a part ends, a timer fires or a condition
comes true. A called part and a step for each item are one step.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from engine.assurance.conditions import Choice, Chosen
from engine.assurance.ground import Ground, Writes
from engine.workflow import Element, Flow, ProcessDefinition

#: A token that waits: the element, and what else is to be known of it: of an activity, the events
#: that are armed at its edge; of a join, the element that it came from.
Token = tuple[str, tuple[str, ...]]

#: Elements at which a token waits until something happens.
_WAITING = frozenset({"userTask", "callActivity", "subProcess"})
#: Two tokens on one element stand for two or more; more than two on one flow into a join pile up.
_MANY = 2
_MOST_STEPS = 10_000


@dataclass(frozen=True)
class State:
    """A process at rest, or on its way: `running` are the elements that run by themselves next."""

    tokens: tuple[Token, ...]
    chosen: Chosen = ()
    running: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Say whether nothing is open any more, so that the instance has ended."""
        return not self.tokens and not self.running


@dataclass(frozen=True)
class Move:
    """A step from one state at rest to the next: what happened, in order, elements and flows."""

    happened: tuple[str, ...]
    state: State


class TooManyTokens(Exception):
    """Tokens pile up at a join, or a second one came to a sub-process that is open."""

    def __init__(self, element: str, happened: tuple[str, ...]) -> None:
        """Take the element, and what happened in this step."""
        super().__init__(element)
        self.element, self.happened = element, happened


class WithoutEnd(Exception):
    """One step runs through more states by itself than can be gone through."""

    def __init__(self, happened: tuple[str, ...]) -> None:
        """Take what happened until then."""
        super().__init__(happened)
        self.happened = happened


@dataclass
class _Draft:
    """A state while it is being changed."""

    tokens: list[Token]
    running: deque[str]
    chosen: dict[Choice, object]
    happened: list[str] = field(default_factory=list)

    def copy(self) -> _Draft:
        return _Draft(list(self.tokens), deque(self.running), dict(self.chosen), [])

    def state(self) -> State:
        chosen = tuple(sorted(self.chosen.items()))
        return State(tuple(sorted(self.tokens)), chosen, tuple(self.running))


class Net(Ground):
    """The states and steps of one process."""

    def __init__(
        self,
        definition: ProcessDefinition,
        writes: Writes = lambda thing: (),
        types: Mapping[str, str] | None = None,
        outside: Collection[str] = (),
        asked: Mapping[str, str] | None = None,
    ) -> None:
        """Take what the ground takes."""
        super().__init__(definition, writes, types, outside, asked)
        #: What is known of the case from beginning to end, whatever is written.
        self.given: dict[Choice, object] = {}
        #: Every element and flow that some step has gone over so far.
        self.happened: set[str] = set()
        self._routes: dict[tuple[str, Chosen], list[tuple[tuple[str, ...], Chosen]]] = {}

    def start(self) -> list[Move]:
        """Return the states in which a new instance may come to rest."""
        return self._settle(_Draft([], deque([self.starts[None]]), {}))

    def start_aside(self, branch: Flow) -> list[Move]:
        """Return the states in which a branch that runs by itself may come to rest at first."""
        draft = _Draft([], deque(), {})
        self._go_in(draft, branch)
        return self._settle(draft)

    def moves_of(self, state: State, token: Token) -> Iterator[Move]:
        """Yield every step that a token of a state at rest can take next.

        Raises:  TooManyTokens, WithoutEnd.
        """
        element = self.definition.elements[token[0]]
        if element.kind in ("userTask", "callActivity"):
            yield from self._completed(state, token)
        elif element.kind == "intermediateCatchEvent":
            yield from self._happened(state, token, element, [])
        elif element.kind == "eventBasedGateway":
            for flow in self.outgoing[element.id]:
                event = self.definition.elements[flow.target]
                yield from self._happened(state, token, event, [element.id, flow.id])
        for edge in self._armed(token):
            yield from self._edge(state, token, self.definition.elements[edge])

    def _armed(self, token: Token) -> tuple[str, ...]:
        return token[1] if self.edges[token[0]] else ()

    def _draft(self, state: State) -> _Draft:
        return _Draft(list(state.tokens), deque(), dict(state.chosen))

    # What can come from outside.

    def _completed(self, state: State, token: Token) -> Iterator[Move]:
        for taken in self._takings(state, token):
            draft = self._draft(state)
            draft.tokens = taken
            draft.happened.append(token[0])
            self._leave(draft, token[0])
            yield from self._settle(draft)

    def _takings(self, state: State, token: Token) -> Iterator[list[Token]]:
        """Yield the tokens without one; where two stand for more, also with all of them."""
        tokens = list(state.tokens)
        if sum(other[0] == token[0] for other in tokens) >= _MANY:
            yield list(tokens)
        tokens.remove(token)
        yield tokens

    def _happened(
        self, state: State, token: Token, event: Element, before: list[str]
    ) -> Iterator[Move]:
        for chosen in self._may_happen(event, state):
            for taken in self._takings(state, token):
                draft = _Draft(taken, deque(), dict(chosen), [*before, event.id])
                self._leave(draft, event.id)
                yield from self._settle(draft)

    def _edge(self, state: State, token: Token, event: Element) -> Iterator[Move]:
        for chosen in self._may_happen(event, state):
            draft = self._draft(state)
            draft.chosen = chosen
            draft.tokens.remove(token)
            if event.interrupting:
                self._withdraw(draft, token[0])
            elif all(flow.id in self.aside for flow in self.outgoing[event.id]):
                # Whether it has happened makes no difference to the rest: it stays armed here.
                draft.tokens.append(token)
            else:
                armed = tuple(edge for edge in token[1] if edge != event.id)
                draft.tokens.append((token[0], armed))
            draft.happened.append(event.id)
            self._leave(draft, event.id)
            yield from self._settle(draft)

    def _may_happen(self, event: Element, state: State) -> Iterator[dict[Choice, object]]:
        """Yield what is chosen once the event happens; a timer may fire at any time.

        A condition may come true whenever the values that are known to this process allow it;
        what others may write is open again.
        """
        chosen = dict(state.chosen)
        if event.event != "conditional":
            yield chosen
            return
        known = {
            choice: value
            for choice, value in chosen.items()
            if not self.conditions.facts[choice] & self.outside
        }
        reads = self.conditions.reads[event.expression] - self.given.keys()
        seen = set()
        for found in self.conditions.answers(event.expression, known | self.given):
            answer = chosen | {choice: found[choice] for choice in found if choice in reads}
            key = tuple(sorted(answer.items()))
            if key not in seen:
                seen.add(key)
                yield answer

    # What runs by itself.

    def _settle(self, begun: _Draft) -> list[Move]:
        """Run on until all waits; return every state at rest that can be come to.

        What the engine would refuse (no flow applies, a fact is unknown, a round without end)
        leads nowhere: the whole step is undone.
        """
        paths: dict[State | None, tuple[str, ...]] = {None: ()}
        before: dict[State | None, list[tuple[State | None, list[str]]]] = {None: []}
        ends: dict[State, None] = {}
        todo: deque[tuple[State | None, _Draft]] = deque([(None, begun)])
        while todo:
            origin, draft = todo.popleft()
            nexts = self._straight_on(draft, paths[origin])
            for after in [draft] if nexts is None else nexts:
                state, happened = after.state(), after.happened
                before.setdefault(state, []).append((origin, happened))
                if state not in paths:
                    paths[state] = (*paths[origin], *happened)
                    after.happened = []
                    if nexts is not None:
                        todo.append((state, after))
                if nexts is None:
                    ends[state] = None
            if len(paths) > _MOST_STEPS:
                raise WithoutEnd(paths[origin])
        self._note(before, ends)
        found: dict[State, Move] = {}
        for state in ends:
            rest = self._rest(state)
            found.setdefault(rest, Move(paths[state], rest))
        return list(found.values())

    def _straight_on(self, draft: _Draft, path: tuple[str, ...]) -> list[_Draft] | None:
        """Run on to where there are several ways or none, which are returned; None at rest."""
        for _ in range(_MOST_STEPS):
            try:
                nexts = self._run(draft)
            except TooManyTokens as many:
                raise TooManyTokens(many.element, (*path, *many.happened)) from None
            if nexts is None or len(nexts) != 1 or nexts[0] is not draft:
                return nexts
        return []

    def _note(
        self,
        before: Mapping[State | None, list[tuple[State | None, list[str]]]],
        ends: Collection[State],
    ) -> None:
        """Note what happened on any way to a state at rest, the shortest or not."""
        seen: set[State | None] = set(ends)
        todo: list[State | None] = list(ends)
        while todo:
            for state, happened in before[todo.pop()]:
                self.happened.update(happened)
                if state not in seen:
                    seen.add(state)
                    todo.append(state)

    def _run(self, draft: _Draft) -> list[_Draft] | None:
        """Return what comes of the next thing that runs by itself; None where all waits."""
        if draft.running:
            return self._run_element(draft, draft.running.popleft())
        over = self._over_scope(draft) or self._open_join(draft)
        return [draft] if over else None

    def _run_element(self, draft: _Draft, key: str) -> list[_Draft]:
        element = self.definition.elements[key]
        draft.happened.append(key)
        if element.kind == "endEvent":
            if element.event == "terminate":
                self._clear(draft, element.scope)
            self._write(draft, key)
            return [draft]
        flows = self.outgoing[key]
        chooses = element.kind in ("exclusiveGateway", "inclusiveGateway")
        if not chooses or (len(flows) < 2 and not any(flow.condition for flow in flows)):
            self._leave(draft, key)
            return [draft]
        return [self._routed(draft, key, *way) for way in self._ways(element, draft)]

    def _routed(self, draft: _Draft, key: str, taken: tuple[str, ...], chosen: Chosen) -> _Draft:
        after = draft.copy()
        after.happened = list(draft.happened)
        after.chosen.update(chosen)
        self._forget(after, self._restless(after))
        self._leave(after, key, taken)
        return after

    def _ways(self, gateway: Element, draft: _Draft) -> list[tuple[tuple[str, ...], Chosen]]:
        sources = [
            (flow.id, flow.condition)
            for flow in self.outgoing[gateway.id]
            if flow.condition and not flow.is_default
        ]
        reads: set[Choice] = set()
        for _, source in sources:
            reads |= self.conditions.reads[source]
        known = {choice: value for choice, value in draft.chosen.items() if choice in reads}
        key = (gateway.id, tuple(sorted(known.items())))
        if key not in self._routes:
            default = next((f.id for f in self.outgoing[gateway.id] if f.is_default), "")
            every = gateway.kind == "inclusiveGateway"
            worth = self.read_besides(gateway)
            ways = {
                (taken, self._kept(found, worth)): None
                for taken, found in self.conditions.flows(
                    sources, default, known | self.given, every=every
                )
            }
            self._routes[key] = list(ways)
        return self._routes[key]

    def _kept(self, found: Mapping[Choice, object], worth: Collection[Choice]) -> Chosen:
        kept = (choice for choice in found if choice in worth and choice not in self.given)
        return tuple(sorted((choice, found[choice]) for choice in kept))

    def _leave(self, draft: _Draft, key: str, taken: tuple[str, ...] | None = None) -> None:
        """Complete an element: what it writes is open again, and tokens go on their ways."""
        self._write(draft, key)
        for flow in self.outgoing[key]:
            if taken is None or flow.id in taken:
                draft.happened.append(flow.id)
                self._write(draft, flow.id)
                self._enter(draft, flow)

    def _write(self, draft: _Draft, key: str) -> None:
        if self.writes[key]:
            self._forget(draft, self.writes[key])

    def _enter(self, draft: _Draft, flow: Flow) -> None:
        if flow.id not in self.aside:
            self._go_in(draft, flow)

    def _go_in(self, draft: _Draft, flow: Flow) -> None:
        element = self.definition.elements[flow.target]
        if element.kind in ("parallelGateway", "inclusiveGateway"):
            if len(self.incoming[element.id]) > 1:
                self._arrive(draft, element, flow.source)
                return
        elif element.kind in _WAITING or element.kind == "eventBasedGateway":
            self._wait(draft, element)
            if element.kind == "subProcess":
                draft.running.append(self.starts[element.id])
            return
        elif element.kind == "intermediateCatchEvent":
            self._wait(draft, element)
            return
        draft.running.append(element.id)

    def _wait(self, draft: _Draft, element: Element) -> None:
        there = sum(token[0] == element.id for token in draft.tokens)
        if there and element.kind == "subProcess":
            raise TooManyTokens(element.id, tuple(draft.happened))
        if there >= _MANY:
            return
        armed = tuple(edge.id for edge in self.edges[element.id])
        draft.tokens.append((element.id, armed))
        self._forget(draft, self.restless_of(element))

    def _arrive(self, draft: _Draft, element: Element, source: str) -> None:
        draft.tokens.append((element.id, (source,)))
        arrived = Counter(token[1][0] for token in draft.tokens if token[0] == element.id)
        if arrived[source] > _MANY * self.incoming[element.id].count(source):
            raise TooManyTokens(element.id, tuple(draft.happened))
        wanted = Counter(self.incoming[element.id])
        if element.kind == "parallelGateway" and not wanted - arrived:
            for each in wanted.elements():
                draft.tokens.remove((element.id, (each,)))
            draft.running.append(element.id)

    def _over_scope(self, draft: _Draft) -> bool:
        """Complete a sub-process in which nothing is open any more."""
        for token in draft.tokens:
            element = self.definition.elements[token[0]]
            if element.kind == "subProcess" and not any(
                element.id in self.around[other[0]] for other in draft.tokens
            ):
                draft.tokens.remove(token)
                draft.happened.append(element.id)
                self._leave(draft, element.id)
                return True
        return False

    def _open_join(self, draft: _Draft) -> bool:
        """Let the tokens at an inclusive join through, as one, once no other can come."""
        for key in sorted({token[0] for token in draft.tokens}):
            element = self.definition.elements[key]
            if element.kind == "inclusiveGateway" and not self._may_come(draft, element):
                draft.tokens = [token for token in draft.tokens if token[0] != key]
                draft.running.append(key)
                return True
        return False

    def _may_come(self, draft: _Draft, join: Element) -> bool:
        full = {token[1][0] for token in draft.tokens if token[0] == join.id}
        for token in draft.tokens:
            element = self.definition.elements[token[0]]
            if token[0] == join.id or element.scope != join.scope:
                continue
            for place in (token[0], *self._armed(token)):
                reached = self.reached(place, join.id)
                if reached - full and not reached & full:
                    return True
        return False

    def _withdraw(self, draft: _Draft, key: str) -> None:
        """Take away what is open inside a sub-process that was interrupted."""
        if key in self.starts:
            self._clear(draft, key)

    def _clear(self, draft: _Draft, scope: str | None) -> None:
        draft.tokens = [
            token
            for token in draft.tokens
            if scope is not None and scope not in self.around[token[0]]
        ]
        draft.running = deque(
            key for key in draft.running if scope is not None and scope not in self.around[key]
        )

    # What is known, and for how long.

    def _restless(self, draft: _Draft) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for token in draft.tokens:
            found |= self.restless_of(self.definition.elements[token[0]])
        return found

    def _forget(self, draft: _Draft, facts: frozenset[str]) -> None:
        fleeting = self.conditions.fleeting
        for choice in list(draft.chosen):
            if choice in fleeting or self.conditions.facts[choice] & facts:
                del draft.chosen[choice]

    def _rest(self, state: State) -> State:
        """Return the state without what nothing will read before it is written again."""
        if not state.chosen:
            return state
        worth: set[Choice] = set()
        for token in state.tokens:
            worth.update(*self.to_know[token[0]])
        draft = self._draft(state)
        self._forget(draft, self._restless(draft))
        return State(state.tokens, self._kept(draft.chosen, worth))
