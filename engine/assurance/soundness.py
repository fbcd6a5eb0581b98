"""Say where a process can get stuck, pile up or never come to, with the shortest way there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from engine.assurance.exploring import MOST_STATES, Explored, explore, places
from engine.assurance.net import Net, State, Writes
from engine.workflow import Element, Flow, ProcessDefinition, Words

#: So many ways of getting stuck are told of one process; the others mostly follow from these.
MOST_TOLD = 5

Placed = Element | Flow


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
        for problem in teller.dead(explored.happened, told):
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
            yield self._piles_up(key, self._trace((*before, *happened)))
        if explored.stopped:
            yield self._too_big(explored, before)
            return
        if explored.too_many:
            return
        ending = explored.leading_to(state for state in explored.came_from if state.is_over)
        lost = [state for state in explored.came_from if state not in ending]
        if not explored.came_from:
            start = next(e for e in self.definition.elements.values() if e.kind == "startEvent")
            yield self._stuck(State(((start.id, ()),)), self._trace(before))
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

    def dead(self, happened: Collection[str], told: Collection[str]) -> Iterator[Problem]:
        """Yield what never happens, where that does not follow from what comes before it."""
        for flow in self.definition.flows.values():
            source, target = (self.definition.elements[key] for key in (flow.source, flow.target))
            if flow.id not in happened and source.id in happened and target.id not in told:
                yield self._dead_flow(flow, target if target.id not in happened else flow)
        for element in self.definition.elements.values():
            if element.id in happened or element.id in told:
                continue
            if self._is_first_dead(element, happened):
                yield self._problem(
                    "dead", element,
                    (f"{_title(element)} never happens.", f"Nid yw {_title(element, 'cy')} byth yn digwydd."),
                    ("Remove it, or lead to it a way that can be taken.",
                     "Tynnwch ef, neu arweiniwch ato ffordd y gellir ei chymryd."),
                )  # fmt: skip

    def _is_first_dead(self, element: Element, happened: Collection[str]) -> bool:
        into = [flow for flow in self.definition.flows.values() if flow.target == element.id]
        if element.attached_to:
            return element.attached_to in happened
        return bool(into) and any(flow.id in happened for flow in into)

    def _dead_flow(self, flow: Flow, at: Placed) -> Problem:
        source = self.definition.elements[flow.source]
        english = f"The flow from {_title(source)} to {flow.target} is never taken."
        welsh = f"Ni chymerir byth y llif o {_title(source, 'cy')} i {flow.target}."
        remedy = (
            "Correct its condition or those before it: they contradict each other.",
            "Cywirwch ei amod neu’r rhai o’i flaen: maent yn gwrth-ddweud ei gilydd.",
        )
        return self._problem("dead", at, (english, welsh), remedy)

    def _stuck(self, state: State, trace: tuple[str, ...]) -> Problem:
        elements = [self.definition.elements[key] for key in places(state)]
        joins = [each for each in elements if each.kind in ("parallelGateway", "inclusiveGateway")]
        if joins:
            return self._stuck_join(joins[0], state, trace)
        inner = [each for each in elements if each.kind != "subProcess"] or elements
        waiting = next((e for e in inner if e.event == "conditional"), inner[0])
        if waiting.event == "conditional":
            words = (
                f"{_title(waiting)} waits for a condition that can hold no more.",
                f"Mae {_title(waiting, 'cy')} yn aros am amod na all fod yn wir mwyach.",
            )
        else:
            words = (
                f"Behind {_title(waiting)} no way can be taken: every one ends in a refusal.",
                f"Y tu ôl i {_title(waiting, 'cy')} ni ellir cymryd unrhyw ffordd: gwrthodir pob un.",
            )
        remedy = (
            "Correct the condition, or draw another way out.",
            "Cywirwch yr amod, neu lluniwch ffordd arall allan.",
        )
        return self._problem("stuck", waiting, words, remedy, trace)

    def _stuck_join(self, join: Element, state: State, trace: tuple[str, ...]) -> Problem:
        come = {token[1][0] for token in state.tokens if token[0] == join.id}
        flows = [flow for flow in self.definition.flows.values() if flow.target == join.id]
        missing = [flow.source for flow in flows if flow.source not in come]
        wanting = ", ".join(missing) or "anywhere"
        elements = self.definition.elements
        ended = [key for key in trace if key in elements and elements[key].kind == "endEvent"]
        over = join.id in trace or any(elements[key].scope == join.scope for key in ended)
        if over:
            words = (
                f"A token is left over at {_title(join)}: the process has gone on or ended without it, and stays open for ever.",
                f"Gadewir tocyn ar ôl yn {_title(join, 'cy')}: aeth y broses yn ei blaen neu ddod i ben hebddo, ac mae’n aros ar agor am byth.",
            )  # fmt: skip
        else:
            words = (
                f"{_title(join)} waits for ever: nothing comes from {wanting} any more.",
                f"Mae {_title(join, 'cy')} yn aros am byth: ni ddaw dim o {wanting} mwyach.",
            )
        remedy = (
            "Merge ways of which only one is taken in an exclusive gateway, before the join.",
            "Unwch ffyrdd na chymerir ond un ohonynt mewn porth dewis, cyn y cyfuniad.",
        )
        return self._problem("left_over" if over else "stuck", join, words, remedy, trace)

    def _no_exit(self, state: State, trace: tuple[str, ...]) -> Problem:
        elements = [self.definition.elements[key] for key in places(state)]
        at = next((each for each in elements if each.kind != "subProcess"), elements[0])
        words = (
            f"From {_title(at)} no end can be reached: the process goes round without an exit.",
            f"O {_title(at, 'cy')} ni ellir cyrraedd diwedd: mae’r broses yn mynd mewn cylch heb allanfa.",
        )
        remedy = ("Draw a way out of the round.", "Lluniwch ffordd allan o’r cylch.")
        return self._problem("no_exit", at, words, remedy, trace)

    def _piles_up(self, key: str, trace: tuple[str, ...]) -> Problem:
        at = self.definition.elements[key]
        words = (
            f"Tokens pile up at {_title(at)}: one comes while others are still there.",
            f"Mae tocynnau’n pentyrru yn {_title(at, 'cy')}: daw un tra bo eraill yno o hyd.",
        )
        remedy = (
            "Let only one come at a time, or close the split before it with a join.",
            "Gadewch i un yn unig ddod ar y tro, neu caewch yr hollt o’i flaen â chyfuniad.",
        )
        return self._problem("piles_up", at, words, remedy, trace)

    def _too_big(self, explored: Explored, before: tuple[str, ...]) -> Problem:
        start = next(e for e in self.definition.elements.values() if e.kind == "startEvent")
        words = (
            f"The process has more states than can be gone through ({explored.states:,} were), so nothing is shown of it.",
            f"Mae gan y broses fwy o gyflyrau nag y gellir mynd drwyddynt ({explored.states:,}), felly ni phrofir dim amdani.",
        )  # fmt: skip
        remedy = (
            "Move branches that belong together into a called part.",
            "Symudwch ganghennau sy’n perthyn i’w gilydd i ran a elwir.",
        )
        return self._problem("too_big", start, words, remedy, (*before, *explored.stopped_at))

    def _trace(self, happened: tuple[str, ...]) -> tuple[str, ...]:
        """Return the elements of what happened, without the flows between them."""
        return tuple(key for key in happened if key in self.definition.elements)

    def _problem(
        self,
        kind: str,
        at: Placed,
        words: tuple[str, str],
        remedy: tuple[str, str],
        trace: tuple[str, ...] = (),
    ) -> Problem:
        return Problem(kind, at.id, at.line, Words(*words), Words(*remedy), trace)


def _title(element: Element, lang: str = "en") -> str:
    name = element.name(lang)
    return f"“{name}”" if name else element.id
