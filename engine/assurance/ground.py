"""What is known of a process before it moves: what leads where, who reads and writes what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from engine.assurance.conditions import Choice, Conditions
from engine.workflow import Element, Flow, ProcessDefinition

Writes = Callable[[Element | Flow], Collection[str]]


class Ground:
    """A process with its flows both ways, its conditions, and what each of its steps writes."""

    def __init__(
        self,
        definition: ProcessDefinition,
        writes: Writes = lambda thing: (),
        types: Mapping[str, str] | None = None,
        outside: Collection[str] = (),
        asked: Mapping[str, str] | None = None,
    ) -> None:
        """Take what steps may write.

        Takes:   writes, the facts that an element or flow may write; types, the FEEL types of
                 facts; outside, the facts that others may write while this process waits; asked,
                 by element, a condition that is asked where it is entered, beside its own.
        """
        self.asked = asked or {}
        self.definition = definition
        conditions = {use.source for use in definition.expressions if use.kind != "timer"}
        self.conditions = Conditions(conditions | set(self.asked.values()), types or {})
        elements, flows = definition.elements, definition.flows
        self.outgoing = {key: definition.outgoing.get(key, ()) for key in elements}
        self.incoming: dict[str, list[str]] = {key: [] for key in elements}
        for flow in flows.values():
            self.incoming[flow.target].append(flow.source)
        self.edges: dict[str, list[Element]] = {key: [] for key in elements}
        for element in elements.values():
            if element.attached_to:
                self.edges[element.attached_to].append(element)
        self.starts = {e.scope: e.id for e in elements.values() if e.kind == "startEvent"}
        self.around = {key: self._around(key) for key in elements}
        self.writes = {key: frozenset(writes(e)) for key, e in elements.items()}
        self.writes |= {key: frozenset(writes(flow)) for key, flow in flows.items()}
        self.outside = frozenset(outside)
        self.reads = {key: self._reads(element) for key, element in elements.items()}
        #: Branches that nothing waits for and that change nothing for others: looked at alone.
        self.aside = self._branches_aside()
        self.to_know = self._worth_knowing()

    # What runs beside the rest.

    def _branches_aside(self) -> dict[str, Flow]:
        """Return the flows into branches that end by themselves, whatever else goes on.

        Such a branch multiplies the states of the rest and changes none of its steps. What it
        writes is open to the rest at any time; what it reads must be read by it alone.
        """
        found: dict[str, Flow] = {}
        for key, element in self.definition.elements.items():
            flows = self.outgoing[key]
            if element.kind == "boundaryEvent" and not element.interrupting:
                found |= {flow.id: flow for flow in flows if self._is_aside(flow)}
            elif element.kind == "parallelGateway" and len(flows) > 1:
                apart = [flow for flow in flows if self._is_aside(flow)]
                # One branch at least is the main one.
                found |= {flow.id: flow for flow in apart[len(apart) == len(flows) :]}
        for flow in found.values():
            self._open_to_all(self._closure(flow))
        return found

    def _is_aside(self, flow: Flow) -> bool:
        inside = self._closure(flow)
        if flow.source in inside:
            return False
        elements = self.definition.elements
        if any(self._holds_up(elements[key], flow.scope) for key in inside):
            return False
        mine = {choice for key in inside for choice in self.reads[key]}
        others = (self.reads[key] for key in elements if key not in inside)
        return mine.isdisjoint(choice for reads in others for choice in reads)

    def _holds_up(self, element: Element, scope: str | None) -> bool:
        """Say whether an element makes a branch hang together with others of its scope."""
        if element.kind in ("parallelGateway", "inclusiveGateway"):
            return len(self.incoming[element.id]) > 1
        if element.event == "conditional":
            asked = self.conditions.reads[element.expression]
            return any(not self.conditions.facts[each] <= self.outside for each in asked)
        return element.event == "terminate" and element.scope == scope

    def _open_to_all(self, inside: Collection[str]) -> None:
        flows = [flow.id for key in inside for flow in self.outgoing[key]]
        written = frozenset[str]().union(*(self.writes[key] for key in (*inside, *flows)))
        for key, reads in self.reads.items():
            if key not in inside:
                shared = {each for each in reads if self.conditions.facts[each] & written}
                self.conditions.fleeting |= shared

    def _closure(self, flow: Flow) -> set[str]:
        """Return the elements that can be come to by a flow."""
        found, todo = {flow.target}, [flow.target]
        while todo:
            key = todo.pop()
            nexts = [each.target for each in self.outgoing[key]]
            nexts += [edge.id for edge in self.edges[key]]
            nexts += [self.starts[key]] if key in self.starts else []
            todo += [each for each in nexts if each not in found]
            found.update(nexts)
        return found

    # What is known, and for how long.

    def restless_of(self, element: Element) -> frozenset[str]:
        """Return the facts that are written at any time while a token is on an element."""
        takes_time = element.kind == "callActivity" or bool(element.item_list)
        return self.writes[element.id] if takes_time else frozenset()

    def _worth_knowing(self) -> dict[str, tuple[frozenset[Choice], frozenset[Choice]]]:
        """Return, for each element, the choices it reads and those read behind it.

        A choice is not worth knowing where it is sure to be open again before it is read.
        """
        reads = self.reads
        behind: dict[str, frozenset[Choice]] = dict.fromkeys(reads, frozenset())
        changed = True
        while changed:
            changed = False
            for key in reversed(list(reads)):
                found = self._read_behind(key, reads, behind)
                if found != behind[key]:
                    behind[key], changed = found, True
        return {key: (reads[key], behind[key]) for key in reads}

    def _read_behind(
        self,
        key: str,
        reads: Mapping[str, frozenset[Choice]],
        behind: Mapping[str, frozenset[Choice]],
    ) -> frozenset[Choice]:
        found: set[Choice] = set()
        for flow in self.outgoing[key]:
            wanted = reads[flow.target] | behind[flow.target]
            found |= self._surviving(wanted, self.writes[flow.id])
        found = self._surviving(found, self.writes[key])
        for edge in self.edges[key]:
            found |= reads[edge.id] | behind[edge.id]
        if key in self.starts:
            start = self.starts[key]
            found |= reads[start] | behind[start]
        return frozenset(found)

    def _surviving(self, wanted: Collection[Choice], facts: frozenset[str]) -> set[Choice]:
        return {choice for choice in wanted if not self.conditions.facts[choice] & facts}

    def _reads(self, element: Element) -> frozenset[Choice]:
        found: set[Choice] = set()
        if element.event == "conditional":
            found |= self.conditions.reads[element.expression]
        if element.id in self.asked:
            found |= self.conditions.reads[self.asked[element.id]]
        for flow in self.outgoing[element.id]:
            if flow.condition:
                found |= self.conditions.reads[flow.condition]
        return frozenset(found)

    def read_besides(self, gateway: Element) -> frozenset[Choice]:
        """Return the choices that something else than this gateway reads as well, or it again."""
        reads = Counter(choice for each in self.to_know.values() for choice in each[0])
        again = self.to_know[gateway.id][1]
        return frozenset(choice for choice, times in reads.items() if times > 1) | again

    def _around(self, key: str) -> frozenset[str]:
        """Return the sub-processes that an element stands in."""
        found = set()
        scope = self.definition.elements[key].scope
        while scope is not None:
            found.add(scope)
            scope = self.definition.elements[scope].scope
        return frozenset(found)

    def reached(self, place: str, join: str) -> set[str]:
        """Return the elements before a join that a token can get to, without passing the join."""
        found: set[str] = set()
        seen, todo = {place}, [place]
        while todo:
            here = todo.pop()
            for flow in self.outgoing[here]:
                if flow.target == join:
                    found.add(here)
                    continue
                entered = [flow.target, *(edge.id for edge in self.edges[flow.target])]
                todo += [key for key in entered if key not in seen]
                seen.update(entered)
        return found
