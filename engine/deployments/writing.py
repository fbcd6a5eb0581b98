"""Say which facts each step of each process may write, for whoever reasons about all runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from engine.deployments.definitions import Definitions, Reading
from engine.facts import FactDeclaration, fields_of
from engine.workflow import Element, Flow, FormUse, ProcessDefinition


class Writing:
    """The facts that elements and flows write, with those that are worked out from them."""

    def __init__(self, reading: Reading) -> None:
        """Index the facts by where they come from."""
        self.reading = reading
        self._fields: dict[str, list[tuple[str, str]]] = {}
        self._from: dict[tuple[str, str], list[str]] = {}
        self._behind: dict[str, list[str]] = {}
        for fact in reading.facts.values():
            self._index(fact)
        self._of_process: dict[str, frozenset[str]] = {}

    def _index(self, fact: FactDeclaration) -> None:
        for form, key in fields_of(fact):
            self._fields.setdefault(form, []).append((key.partition(".")[0], fact.name))
        if fact.kind in ("decision", "step"):
            source = fact.source.partition(".")[0] if fact.kind == "decision" else fact.source
            self._from.setdefault((fact.kind, source), []).append(fact.name)
        elif fact.kind == "each":
            self._behind.setdefault(fact.source, []).append(fact.name)
        elif fact.expression is not None:
            for name in fact.expression.names | fact.expression.item_names:
                self._behind.setdefault(name, []).append(fact.name)

    def of(self, thing: Element | Flow) -> frozenset[str]:
        """Return the facts that may be written anew once an element or flow is done with.

        A called part writes whatever any of its steps writes.
        """
        found = {name for each in thing.requirement for name in self._from.get(("step", each), ())}
        if isinstance(thing, Element):
            for use in thing.forms:
                found.update(self._of_form(use))
            found.update(self._from.get(("decision", thing.decision), ()))
            if thing.called:
                found |= self.of_process(thing.called)
        return self._with_worked_out(found)

    def of_process(self, name: str) -> frozenset[str]:
        """Return the facts that the steps of a process and of what it calls may write."""
        if name not in self._of_process:
            self._of_process[name] = frozenset()  # A process that calls itself adds nothing.
            process = self.reading.processes.get(name)
            things: list[Element | Flow] = []
            if process is not None:
                things += [*process.elements.values(), *process.flows.values()]
            self._of_process[name] = frozenset(fact for each in things for fact in self.of(each))
        return self._of_process[name]

    def outside(self, process: ProcessDefinition) -> frozenset[str]:
        """Return the facts that somebody else may write while a process runs.

        Other processes do, a second instance of a side process or of a part of an item does, and
        so does what a fact comes from when no step writes it.
        """
        own = called_by(self.reading.processes, process.id)
        written = {name: self.of_process(name) for name in self.reading.processes}
        mine = frozenset[str]().union(*(written[name] for name in own))
        others = frozenset[str]().union(
            *(facts for name, facts in written.items() if name not in own)
        )
        repeats = process.kind == "side" or bool(process.item)
        return (frozenset(self.reading.facts) - mine) | others | (mine if repeats else frozenset())

    def _of_form(self, use: FormUse) -> Iterator[str]:
        form = self.reading.forms.get(use.form)
        if form is None:
            return
        keys = {
            field.key
            for section in form.sections
            if use.sections is None or section.id in use.sections
            for field in section.fields
        }
        for key, fact in self._fields.get(use.form, ()):
            if key in keys:
                yield fact

    def _with_worked_out(self, facts: Collection[str]) -> frozenset[str]:
        found, todo = set(facts), list(facts)
        while todo:
            for name in self._behind.get(todo.pop(), ()):
                if name not in found:
                    found.add(name)
                    todo.append(name)
        return frozenset(found)


@lru_cache(maxsize=8)
def writing_of(definitions: Definitions) -> Writing:
    """Return what the steps of definitions that can run may write."""
    return Writing(
        Reading(
            definitions.sources,
            processes=dict(definitions.processes),
            forms=dict(definitions.forms),
            facts=dict(definitions.facts),
        )
    )


def called_by(processes: Mapping[str, ProcessDefinition], name: str) -> set[str]:
    """Return a process and whatever it calls, and what that calls."""
    found, todo = {name}, [name]
    while todo:
        process = processes.get(todo.pop())
        nexts = [each for each in process.called if each not in found] if process else []
        found.update(nexts)
        todo += nexts
    return found & set(processes)
