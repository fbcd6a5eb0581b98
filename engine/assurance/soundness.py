"""Say where a process can get stuck, pile up or never come to, with the shortest way there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine.assurance.exploring import MOST_STATES, Explored, explore, places
from engine.assurance.ground import Writes
from engine.assurance.net import Net, State
from engine.assurance.words import SAID, say
from engine.workflow import Element, Flow, ProcessDefinition, Words

#: So many ways of getting stuck are told of one process; the others mostly follow from these.
MOST_TOLD = 5


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a process from being sound.

    `kind` is `stuck`, `left_over`, `no_exit`, `piles_up`, `dead` or `too_big`; `trace` are the ids
    of the elements that the shortest way to the problem goes over, in order.
    """

    kind: str
    element: str
    line: int
    words: Words
    remedy: Words
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What was found of a process, and how many states were looked at."""

    problems: tuple[Problem, ...]
    states: int


def check(
    definition: ProcessDefinition,
    writes: Writes = lambda thing: (),
    types: Mapping[str, str] | None = None,
    outside: Collection[str] = (),
    most: int = MOST_STATES,
) -> list[Problem]:
    """Return what keeps a process from being sound; nothing where it is.

    Takes:   writes, the facts that an element or flow may write; types, the FEEL types of facts;
             outside, the facts that others may write while it runs; most, the states looked at.
    """
    return list(prove(definition, writes, types, outside, most).problems)


def prove(
    definition: ProcessDefinition,
    writes: Writes = lambda thing: (),
    types: Mapping[str, str] | None = None,
    outside: Collection[str] = (),
    most: int = MOST_STATES,
) -> Verdict:
    """Go through all states of a process and return the verdict; takes what `check` takes."""
    explored = explore(Net(definition, writes, types, outside), most)
    teller = _Teller(definition)
    found: dict[tuple[str, str], Problem] = {}
    branches = [((), explored), *explored.beside]
    for before, branch in branches:
        for problem in teller.tell(branch, before):
            found.setdefault((problem.kind, problem.element), problem)
    if not any(branch.stopped or branch.too_many for _, branch in branches):
        told = {problem.element for problem in found.values()}
        for problem in teller.dead(explored, told):
            found[problem.kind, problem.element] = problem
    states = sum(branch.states for _, branch in branches)
    return Verdict(tuple(found.values()), states)


class _Teller:
    """Puts what was found about one process into words."""

    def __init__(self, definition: ProcessDefinition) -> None:
        self.definition = definition

    def tell(self, explored: Explored, before: tuple[str, ...]) -> Iterator[Problem]:
        """Yield what is wrong with the states of a process, or of a branch of it."""
        for key, happened in explored.too_many.items():
            at, trace = self.definition.elements[key], self._trace((*before, *happened))
            yield self._problem("piles_up", "piles_up", at, trace)
        if explored.stopped:
            yield self._too_big(explored, before)
            return
        if explored.too_many:
            return
        ending = explored.leading_to(state for state in explored.came_from if state.is_over)
        lost = [state for state in explored.came_from if state not in ending]
        if not explored.came_from:
            yield self._problem("stuck", "stuck", self._start, self._trace(before))
        yield from self._lost(explored, lost, before)

    def _lost(
        self, explored: Explored, lost: list[State], before: tuple[str, ...]
    ) -> Iterator[Problem]:
        stuck = [state for state in lost if not explored.follows.get(state)]
        told: set[tuple[str, ...]] = set()
        for state in stuck:
            waiting = tuple(places(state))
            if waiting not in told and len(told) < MOST_TOLD:
                told.add(waiting)
                yield self._stuck(state, self._trace((*before, *explored.trace(state))))
        to_stuck = explored.leading_to(stuck)
        for state in lost:
            if state not in to_stuck:
                yield self._no_exit(state, self._trace((*before, *explored.trace(state))))
                return

    def dead(self, explored: Explored, told: Collection[str]) -> Iterator[Problem]:
        """Yield what never happens, where that does not follow from what comes before it."""
        elements, happened = self.definition.elements, explored.happened
        for flow in self.definition.flows.values():
            target = elements[flow.target]
            if flow.id not in happened and flow.source in happened and target.id not in told:
                at = flow if target.id in happened else target
                source = elements[flow.source]
                trace = self._way_to(explored, source.id)
                yield self._problem("dead", "dead_flow", at, trace, title(source), target.id)
        for element in elements.values():
            if element.id not in {*happened, *told} and self._is_first_dead(element, happened):
                before = self._before_dead(element, happened)
                yield self._problem("dead", "dead", element, self._way_to(explored, before))

    def _before_dead(self, element: Element, happened: Collection[str]) -> str:
        if element.attached_to:
            return element.attached_to
        into = (flow for flow in self.definition.flows.values() if flow.target == element.id)
        return next((flow.source for flow in into if flow.id in happened), "")

    def _way_to(self, explored: Explored, wanted: str) -> tuple[str, ...]:
        """Return what happened until an element was first done with, that element last."""
        for before, branch in [((), explored), *explored.beside]:
            for state, (_, happened) in branch.came_from.items():
                if wanted in happened:
                    way = (*before, *branch.trace(state))
                    return self._trace(way[: len(way) - len(happened) + happened.index(wanted) + 1])
        return ()

    def _is_first_dead(self, element: Element, happened: Collection[str]) -> bool:
        if element.attached_to:
            return element.attached_to in happened
        into = (flow for flow in self.definition.flows.values() if flow.target == element.id)
        return any(flow.id in happened for flow in into)

    def _stuck(self, state: State, trace: tuple[str, ...]) -> Problem:
        elements = [self.definition.elements[key] for key in places(state)]
        joins = [each for each in elements if each.kind in ("parallelGateway", "inclusiveGateway")]
        if joins:
            return self._stuck_join(joins[0], state, trace)
        inner = [each for each in elements if each.kind != "subProcess"] or elements
        waiting = next((each for each in inner if each.event == "conditional"), inner[0])
        said = "condition" if waiting.event == "conditional" else "stuck"
        return self._problem("stuck", said, waiting, trace)

    def _stuck_join(self, join: Element, state: State, trace: tuple[str, ...]) -> Problem:
        """Tell of a join that waits; of one that is done with, that a token is left over."""
        elements = self.definition.elements
        beside = [elements[key] for key in trace if elements[key].scope == join.scope]
        if join in beside or any(each.kind == "endEvent" for each in beside):
            return self._problem("left_over", "left_over", join, trace)
        come = {token[1][0] for token in state.tokens if token[0] == join.id}
        flows = (flow for flow in self.definition.flows.values() if flow.target == join.id)
        missing = ", ".join(flow.source for flow in flows if flow.source not in come)
        return self._problem("stuck", "join", join, trace, other=missing)

    def _no_exit(self, state: State, trace: tuple[str, ...]) -> Problem:
        elements = [self.definition.elements[key] for key in places(state)]
        at = next((each for each in elements if each.kind != "subProcess"), elements[0])
        return self._problem("no_exit", "no_exit", at, trace)

    def _too_big(self, explored: Explored, before: tuple[str, ...]) -> Problem:
        trace = self._trace((*before, *explored.stopped_at))
        return self._problem("too_big", "too_big", self._start, trace, other=f"{explored.states:,}")

    @property
    def _start(self) -> Element:
        return next(e for e in self.definition.elements.values() if e.kind == "startEvent")

    def _trace(self, happened: tuple[str, ...]) -> tuple[str, ...]:
        """Return the elements of what happened, without the flows between them."""
        return tuple(key for key in happened if key in self.definition.elements)

    def _problem(
        self,
        kind: str,
        said: str,
        at: Element | Flow,
        trace: tuple[str, ...],
        named: Words | None = None,
        other: str = "",
    ) -> Problem:
        words, remedy = SAID[said]
        return Problem(kind, at.id, at.line, say(words, named or title(at), other), remedy, trace)


def title(thing: Element | Flow) -> Words:
    """Return what an element is called in a sentence: its name in quotation marks, or its id."""
    names = (thing.name(lang) for lang in ("en", "cy"))
    return Words(*(f"“{name}”" if name else thing.id for name in names))
