"""Say which ids a deployment knows, so that a slip in a scenario is named and not passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from engine import forms
from engine.deployments import Definitions
from engine.scenarios.reading import Scenario, Step

PUBLIC = "public"
STATES = ("open", "suspended", "closed")
CLOCK_KEYS = ("due", "state", "late", "from", "met")
NOTICE_KEYS = ("to", "about")
STEP_VERBS = ("until", "complete", "go_back", "repeat", "skip")
#: What the table `adopt` may hold; `process` and `at` are needed.
ADOPT_KEYS = ("process", "at", "began", "facts", "days", "refused")
TABLE_VERBS = {
    "add_item": ("list", "key", "kind", "label"),
    "remove_item": ("list", "key"),
    "appoint": ("role", "person", "item"),
}


def unknown_names(scenario: Scenario, definitions: Definitions) -> Iterator[tuple[int, str]]:
    """Yield what a scenario names and the deployment does not know, by the number of the step."""
    known = _Known(definitions)
    for name in scenario.given:
        yield from ((0, said) for said in known.input(name))
    if scenario.adopt is not None:
        yield from ((0, said) for said in known.adopted(scenario.adopt))
    for step in scenario.steps:
        for said in (*known.verb(step), *known.expected(step.get("expect", {}))):
            yield step.number, said


class _Known:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.requirements: set[str] = set()
        self.steps: set[str] = set()
        self.sides: set[str] = set()
        self.roots = {"root"}
        for process in definitions.processes.values():
            self.requirements |= set(process.requirement)
            if "side" in process.kind.split():
                self.sides |= {process.id, *process.requirement}
            if "root" in process.kind.split():
                self.roots.add(process.id)
            for flow in process.flows.values():
                self.requirements |= set(flow.requirement)
            for element in process.elements.values():
                self.steps |= {element.id, *element.requirement}
        self.requirements |= self.steps
        self.forms = {name for form in definitions.forms.values() for name in _names_of(form)}
        self.about = {*self.requirements, *definitions.timescales, *definitions.decisions}

    def verb(self, step: Step) -> Iterator[str]:
        """Yield what the verb of a step, and what stands beside it, names in vain."""
        argument = step.argument
        if step.verb in STEP_VERBS:
            yield from self._among("step", [str(argument)], self.steps)
        elif step.verb == "start":
            yield from self._among("side process", [str(argument)], self.sides)
        elif step.verb == "case":
            yield from self._among("root process", [str(argument)], self.roots)
        elif step.verb == "amend":
            for name in argument:
                yield from self.input(name)
        elif step.verb in TABLE_VERBS:
            yield from _keys(step.verb, argument, TABLE_VERBS[step.verb])
            yield from self._among("role", _given(argument, "role"), self.definitions.roles)
        yield from self._among("step", step.get("leave", []), self.steps)
        yield from self._among("role", _given(step.options, "as"), self.definitions.roles)
        for name in step.get("set", {}):
            yield from self.input(name)

    def adopted(self, wanted: Mapping[str, Any]) -> Iterator[str]:
        """Yield what the table of a matter under way names in vain."""
        yield from _keys("adopt", wanted, ADOPT_KEYS)
        yield from self._among("process", _given(wanted, "process"), self.definitions.processes)
        for name in ("at", "days"):
            yield from self._among("step", _listed(wanted.get(name, [])), self.steps)
        if "at" not in wanted:
            yield 'adopt says not where it stands; write at = "CON-08"'
        for name in wanted.get("facts", {}):
            yield from self.input(name)

    def input(self, name: str) -> Iterator[str]:
        """Yield the name of an input that no form has."""
        plain = name.partition("/")[0]
        if not any(forms.find_inputs(form, plain) for form in self.definitions.forms.values()):
            yield f"no form has an input called {name}"

    def expected(self, expected: Mapping[str, Any]) -> Iterator[str]:
        """Yield what an expectation names in vain."""
        for name in ("open", "not_open", "closed", "paused", "not_paused"):
            wanted = expected.get(name, [])
            if not isinstance(wanted, bool):
                yield from self._among("step", _listed(wanted), self.steps)
        for name in ("documents", "no_documents"):
            yield from self._among("form", _listed(expected.get(name, [])), self.forms)
        for name in ("notices", "no_notices"):
            for notice in _listed(expected.get(name, [])):
                yield from self._notice(notice)
        for clock, wanted in expected.get("clock", {}).items():
            yield from self._among("timescale", [clock], self.definitions.timescales)
            yield from _keys(clock, wanted, CLOCK_KEYS)
        for name in expected.get("values", {}):
            yield from self.input(name)
        yield from self._among("fact", expected.get("facts", {}), self.definitions.facts)
        yield from self._among("decision", expected.get("decision", {}), self.definitions.decisions)
        for who, names in expected.get("readable", {}).items():
            yield from self._among("role", [who], {*self.definitions.roles, PUBLIC})
            yield from self._among("form", names, self.forms)
        yield from self._among("state of a case", _given(expected, "state"), STATES)

    def _notice(self, notice: Any) -> Iterator[str]:
        if isinstance(notice, bool):
            return
        if isinstance(notice, str):
            notice = {"about": notice}
        yield from _keys("a notice", notice, NOTICE_KEYS)
        yield from self._among("role", _given(notice, "to"), self.definitions.roles)
        about = {*self.about, *self.forms}
        yield from self._among("subject of a notice", _given(notice, "about"), about)

    def _among(self, what: str, names: Iterable[str], known: Collection[str]) -> Iterator[str]:
        for name in names:
            if str(name).partition("/")[0] not in known:
                yield f"there is no {what} called {name}"


def _names_of(form: forms.Form) -> tuple[str, str]:
    return form.catalogue, form.id


def _keys(what: str, table: Any, allowed: Collection[str]) -> Iterator[str]:
    if not isinstance(table, Mapping):
        yield f"{what} should be a table of {', '.join(allowed)}"
        return
    for name in table:
        if name not in allowed:
            yield f"{what} has the unknown key {name!r}; use {', '.join(allowed)}"


def _given(table: Any, name: str) -> list[str]:
    return [str(table[name])] if isinstance(table, Mapping) and name in table else []


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | Mapping) else [value]
