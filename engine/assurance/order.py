"""Prove what a rule says of the order of steps: which come first, on which way, with what known.

A rule is looked at in the smallest process that holds all of its steps, from whatever state that
may begin in; only where it is not kept there, in the whole process with the parts that bear on it
drawn in. Side processes, which may begin at any time, are looked at by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from engine import feel
from engine.assurance.exploring import MOST_STATES
from engine.assurance.ground import Ground, Writes
from engine.assurance.reaching import within_reach
from engine.assurance.turning import look_after_turn
from engine.assurance.unfolding import INSIDE, Processes, Unfolded, calls, unfold
from engine.assurance.watching import Broken, Case, Sought, TooManyStates, Watched, look_for
from engine.workflow import Element, Flow, ProcessDefinition

#: What is known around a part is looked at in so many states; longer, and the part is believed.
MOST_AROUND = 5_000
#: Where elements of the first of these kinds carry a step in the edition, it is done there alone.
_DONE_AT = ("userTask", "businessRuleTask")


@dataclass(frozen=True)
class Asked:
    """What a rule asks of the order of steps; ids are those that elements carry.

    `first` is never to be missing before `then`, which is the end of the process where it is empty;
    or `unless` holds wherever `then` is come to; or, once `turn` holds, none of `stopped` is come
    to before `until`. `where` says of which cases, `beside` which side processes may do `then`.
    """

    process: str
    first: str = ""
    then: str = ""
    unless: str = ""
    where: str = ""
    beside: tuple[str, ...] = ()
    turn: str = ""
    stopped: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class Breach:
    """How a rule is broken.

    `kind` is `reached`, `ended`, `gone` (nothing carries the step any more) or `too_big`; `element`
    stands in `process` and is where the way ends; `trace` are the ids of the elements on it, each
    with the calls that it stands in before it, between slashes.
    """

    kind: str
    process: str
    element: str
    line: int
    step: str
    trace: tuple[str, ...] = ()


class OrderProver:
    """Proves rules about the order of steps in one set of processes."""

    def __init__(
        self,
        processes: Processes,
        writes: Writes,
        written_in: Callable[[str], Collection[str]],
        outside: Callable[[ProcessDefinition], Collection[str]],
        types: Mapping[str, str],
        edition: Processes | None = None,
        most: int = MOST_STATES,
    ) -> None:
        """Take the processes, and what is known of who writes which fact.

        Takes:   written_in, what a process and what it calls may write; outside, what others may
                 write while it runs; types, the FEEL types of the facts; edition, the processes
                 that say of each step whether people do it.
        """
        self.edition = processes if edition is None else edition
        self._done_by: dict[str, dict[str, str]] = {}
        self.processes, self.writes, self.types, self.most = processes, writes, types, most
        self.written_in, self.outside = written_in, outside
        self._drawn: dict[tuple[str, frozenset[str]], Unfolded] = {}
        self._calls: dict[str, dict[str, frozenset[str]]] = {}
        self._reached: dict[str, set[str]] = {}
        self.carried = {name: _carried(process) for name, process in processes.items()}

    def breach(self, asked: Asked) -> Breach | None:
        """Return how a rule is broken, with the shortest way; None where it is kept."""
        for step in filter(None, (asked.then, *asked.stopped)):
            if not self._holding(asked.process, {step}):
                return self._gone(asked, step)
        found = self._inside(asked)
        if found is not None:
            return found
        return next((each for each in self._beside(asked) if each), None)

    def dead(self, process: str, step: str) -> Breach | None:
        """Return that a step can never be come to in a process or in what goes beside it."""
        roots = [process, *(side.id for side in self._sides(process))]
        holding = [name for name in roots if self._holding(name, {step})]
        if not holding:
            return self._gone(Asked(process), step)
        if any(step in self._reached_steps(name) for name in holding):
            return None
        start = _start(self.processes[process])
        return Breach("dead", process, start.id, start.line, step)

    def _inside(self, asked: Asked) -> Breach | None:
        """Return how a rule is broken in the process or in the parts that it calls."""
        places = [asked.process] if asked.turn else self._places(asked)
        found = self._look(asked, places[0], self.most)
        if found is None or len(places) == 1:
            return found
        # What is known around the part may still keep the rule; if that takes long, it does not.
        around = self._look(asked, places[1], min(self.most, MOST_AROUND))
        return found if around is not None else None

    def _reached_steps(self, root: str) -> set[str]:
        """Return the steps that a process, with all that it calls, can come to."""
        if root not in self._reached:
            drawn = self._draw_in(root, self._below(root).keys())
            net = self._net(Asked(root), root, drawn, frozenset(), frozenset())
            here = within_reach(net, (), {})
            things: list[Element | Flow] = [*drawn.definition.elements.values()]
            things += drawn.definition.flows.values()
            self._reached[root] = {
                step for thing in things if thing.id in here for step in thing.requirement
            }
        return self._reached[root]

    def way(self, process: str, element: str) -> tuple[str, ...]:
        """Return the shortest way from the start of a process to an element of it."""
        drawn = self._draw(process, set())
        if element not in drawn.definition.elements:
            return ()
        net = self._net(Asked(process), process, drawn, frozenset(), frozenset({element}))
        try:
            broken = look_for(net, self.most)
        except TooManyStates:
            return ()
        return way_to(net, broken) if broken else ()

    def outlasts(self, process: str, timers: Collection[str], then: str) -> Breach | None:
        """Return how a step can be come to although none of some timers has fired before.

        Takes:   timers, ids of timer events, in whatever process under this one.
        """
        asked = Asked(process, then=then)
        holding = {
            n for n in self._below(process) if set(timers) & self.processes[n].elements.keys()
        }
        drawn = self._draw_in(process, self._holding(process, {then}) | holding)
        undone = frozenset(
            key for key in drawn.definition.elements if key.rpartition(INSIDE)[2] in timers
        )
        return self._seek(asked, process, drawn, undone)

    def uncovered(self, process: str, timers: Collection[str], step: str) -> Breach | None:
        """Return how a step can be come to outside every scope at whose edge a timer runs."""
        asked = Asked(process, then=step)
        drawn = self._draw(process, {step})
        elements = drawn.definition.elements
        covered = {
            each.attached_to
            for each in elements.values()
            if each.attached_to and each.id.rpartition(INSIDE)[2] in timers
        }
        outside = frozenset(
            key
            for key in self._done_at(drawn, step)
            if key in elements and not covered & {key, *_scopes(drawn.definition, key)}
        )
        return self._seek(asked, process, drawn, frozenset(), outside) if outside else None

    def _seek(
        self,
        asked: Asked,
        root: str,
        drawn: Unfolded,
        undone: frozenset[str],
        wanted: frozenset[str] = frozenset(),
    ) -> Breach | None:
        wanted = wanted or self._done_at(drawn, asked.then)
        if not wanted:
            return self._gone(asked, asked.then)
        net = self._net(asked, root, drawn, undone, wanted)
        if not wanted & within_reach(net, undone, {}):
            return None
        try:
            broken = look_for(net, self.most)
        except TooManyStates:
            return self._too_big(asked, root)
        return self._breach(asked, drawn, broken) if broken else None

    # Where it is looked for.

    def _below(self, root: str) -> dict[str, frozenset[str]]:
        if root not in self._calls:
            self._calls[root] = calls(self.processes, root)
        return self._calls[root]

    def _holding(self, root: str, steps: Collection[str]) -> set[str]:
        """Return the processes under a root in which something carries one of some steps."""
        return {name for name in self._below(root) if self.carried[name] & set(steps)}

    def _places(self, asked: Asked) -> list[str]:
        """Return the smallest process that holds every place of the steps, then the whole one."""
        below = self._below(asked.process)
        holding = self._holding(asked.process, {asked.first, asked.then} - {""})
        around = [name for name in below if holding <= below[name]]
        smallest = min(around, key=lambda name: (len(below[name]), name))
        if not asked.then or smallest == asked.process or self._changed_around(asked, smallest):
            return [asked.process]
        return [smallest, asked.process]

    def _changed_around(self, asked: Asked, place: str) -> bool:
        """Say whether what the rule asks may be written anew around a process while it runs."""
        if not asked.unless:
            return False
        around = self._below(asked.process).keys() - self._below(asked.process)[place]
        facts = _names(asked.unless)
        return any(facts & self._written_by(self.processes[name]) for name in around)

    def _written_by(self, process: ProcessDefinition) -> frozenset[str]:
        """Return what a process writes itself, without what it calls."""
        things: list[Element | Flow] = [*process.elements.values(), *process.flows.values()]
        own = (each for each in things if not (isinstance(each, Element) and each.called))
        return frozenset(fact for each in own for fact in self.writes(each))

    def _sides(self, root: str) -> Iterator[ProcessDefinition]:
        for process in self.processes.values():
            if process.kind == "side" and process.goes_with(root):
                yield process

    def _beside(self, asked: Asked) -> Iterator[Breach | None]:
        """Yield how the rule is broken by what may be started beside the process."""
        if not asked.then:
            return
        for side in self._sides(asked.process):
            if side.id not in asked.beside and self._holding(side.id, {asked.then}):
                yield self._look(asked, side.id, self.most)

    # Looking.

    def _look(self, asked: Asked, root: str, most: int) -> Breach | None:
        steps = {asked.first, asked.then, asked.until, *asked.stopped} - {""}
        drawn = self._draw_in(root, self._holding(root, steps) | self._writing(root, asked.unless))
        if asked.turn:
            return self._look_after_turn(asked, root, drawn)
        undone = self._done_at(drawn, asked.first)
        wanted = self._done_at(drawn, asked.then) if asked.then else _ends(drawn.definition)
        if not wanted:
            return None
        ends = frozenset() if not asked.then else wanted
        net = self._net(asked, root, drawn, undone, ends)
        try:
            for given in net.known(asked.where):
                net.give(given)
                if wanted & within_reach(net, undone, given) == set():
                    continue
                broken = look_for(net, most)
                if broken is not None:
                    return self._breach(asked, drawn, broken)
        except TooManyStates:
            return self._too_big(asked, root)
        return None

    def _look_after_turn(self, asked: Asked, root: str, drawn: Unfolded) -> Breach | None:
        until = self._done_at(drawn, asked.until)
        stopped = frozenset[str]().union(*(self._done_at(drawn, each) for each in asked.stopped))
        case = self._case(root, drawn)
        try:
            broken = look_after_turn(case, asked.turn, until, stopped, self.most)
        except TooManyStates:
            return self._too_big(asked, root)
        return None if broken is None else self._breach(asked, drawn, broken)

    def _net(
        self,
        asked: Asked,
        root: str,
        drawn: Unfolded,
        undone: frozenset[str],
        wanted: frozenset[str],
    ) -> Watched:
        sought = Sought(undone, wanted, asked.unless, asked.where)
        return Watched(self._case(root, drawn), sought)

    def _case(self, root: str, drawn: Unfolded) -> Case:
        outside = self.outside(self.processes[root])
        return Case(drawn.definition, self.writes, self.types, outside)

    def _writing(self, root: str, condition: str) -> set[str]:
        """Return the processes under a root that may write what a condition asks."""
        asked = _names(condition) if condition else frozenset()
        return {name for name in self._below(root) if asked & frozenset(self.written_in(name))}

    def _draw(self, root: str, steps: Collection[str]) -> Unfolded:
        return self._draw_in(root, self._holding(root, steps))

    def _draw_in(self, root: str, holding: Collection[str]) -> Unfolded:
        below = self._below(root)
        wanted = frozenset(name for name in below if below[name] & set(holding))
        if (root, wanted) not in self._drawn:
            self._drawn[root, wanted] = unfold(self.processes, root, wanted)
        return self._drawn[root, wanted]

    def _done_at(self, drawn: Unfolded, step: str) -> frozenset[str]:
        """Return the elements and flows at which a step is done.

        A call that carries what its own part carries does nothing by itself; a notice about a step
        that people do is not the step.
        """
        elements = drawn.definition.elements.values()
        found = [each for each in elements if _carries(each, step)]
        inner = {each.id.rpartition(INSIDE)[0] for each in found}
        frames = {frame for each in inner for frame in _frames(each)}
        found = [each for each in found if each.id not in frames]
        flows = {flow.id for flow in drawn.definition.flows.values() if step in flow.requirement}
        root = drawn.definition.id
        if root not in self._done_by:
            below = calls(self.edition, root)
            self._done_by[root] = _done_by([self.edition[name] for name in below])
        kind = self._done_by[root].get(step, "")
        of_kind = frozenset(each.id for each in found if each.kind == kind)
        return of_kind if kind else frozenset(each.id for each in found) | flows

    # Telling.

    def _breach(self, asked: Asked, drawn: Unfolded, broken: Broken) -> Breach:
        elements = drawn.definition.elements
        trace = way_to(Ground(drawn.definition), broken)
        last = elements[trace[-1]]
        kind = "ended" if not broken.at else "reached"
        element = last.id.rpartition(INSIDE)[2]
        step = asked.then or next((each for each in asked.stopped if _carries(last, each)), "")
        return Breach(kind, drawn.drawn_in[last.id], element, last.line, step, trace)

    def _too_big(self, asked: Asked, root: str) -> Breach:
        start = _start(self.processes[root])
        return Breach("too_big", root, start.id, start.line, asked.then or asked.until)

    def _gone(self, asked: Asked, step: str) -> Breach:
        start = _start(self.processes[asked.process])
        return Breach("gone", asked.process, start.id, start.line, step)


def _done_by(processes: Collection[ProcessDefinition]) -> dict[str, str]:
    """Return, for each step that people or a table do, which of the two."""
    found: dict[str, str] = {}
    for kind in reversed(_DONE_AT):
        for process in processes:
            for element in process.elements.values():
                if element.kind == kind:
                    found |= {each: kind for each in element.requirement if _carries(element, each)}
    return found


def _names(condition: str) -> frozenset[str]:
    expression = feel.compile_expression(condition)
    return expression.names | expression.item_names


def way_to(ground: Ground, broken: Broken) -> tuple[str, ...]:
    """Return the elements on one unbroken way through the drawing to where a rule is broken.

    What happened beside it is left out; a sub-process and the host of an event stand on the way
    although they are not done with.
    """
    elements = ground.definition.elements
    happened = [key for key in broken.happened if key in elements]
    here = broken.at or happened.pop()
    found, left = [here], happened
    while True:
        element = elements[here]
        before = set(ground.incoming[here])
        if element.attached_to:
            here = element.attached_to
        elif element.kind == "startEvent" and element.scope:
            here = element.scope
        else:
            at = next((n for n in reversed(range(len(left))) if left[n] in before), None)
            if at is None:
                return tuple(reversed(found))
            here, left = left[at], left[:at]
        found.append(here)


def _carried(process: ProcessDefinition) -> frozenset[str]:
    elements = process.elements.values()
    steps = {
        step for element in elements for step in element.requirement if _carries(element, step)
    }
    flows = {step for flow in process.flows.values() for step in flow.requirement}
    return frozenset(steps | flows)


def _carries(element: Element, step: str) -> bool:
    """Say whether an element carries a step; a table is asked only by a task that names it."""
    asks_another = element.kind == "businessRuleTask" and element.decision != step
    return step in element.requirement and not (step.startswith("DR-") and asks_another)


def _frames(prefix: str) -> Iterator[str]:
    while prefix:
        yield prefix
        prefix = prefix.rpartition(INSIDE)[0]


def _scopes(definition: ProcessDefinition, key: str) -> Iterator[str]:
    scope = definition.elements[key].scope
    while scope is not None:
        yield scope
        scope = definition.elements[scope].scope


def _ends(definition: ProcessDefinition) -> frozenset[str]:
    elements = definition.elements.values()
    return frozenset(e.id for e in elements if e.kind == "endEvent" and e.scope is None)


def _start(process: ProcessDefinition) -> Element:
    return next(
        each for each in process.elements.values() if each.kind == "startEvent" and not each.scope
    )
