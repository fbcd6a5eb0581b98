"""Hold the rows of `statutory.toml` against the processes, steps and tables that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.deployments.definitions import Reading
from engine.deployments.findings import TomlFindings
from engine.deployments.folders import STATUTORY
from engine.forms import Form
from engine.lint import Finding
from engine.statutory import Rule


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the rules: one that names what is not there would keep nothing."""
    if STATUTORY not in reading.files:
        return
    make = TomlFindings(reading, STATUTORY, "statutory_row")
    known = _known(reading)
    for rule in reading.statutory.values():
        for key, what, names in _named(rule):
            for name in names:
                if name not in known[what]:
                    message = f"There is no {what} {name}, which the rule is about."
                    yield make.error(rule.key, key, message, "Name one that is there.")


def _known(reading: Reading) -> dict[str, Collection[str]]:
    processes = reading.processes.values()
    return {
        "root process": {each.id for each in processes if "root" in each.kind.split()},
        "step": {
            identifier
            for process in processes
            for carried in (
                *(element.requirement for element in process.elements.values()),
                *(flow.requirement for flow in process.flows.values()),
            )
            for identifier in carried
        },
        "timescale": reading.timescales,
        "role": reading.roles.rows,
        "fact": reading.facts,
        "side process": {each.id for each in processes if each.kind == "side"},
        "decision table": reading.decisions,
        "form": {form.catalogue for form in reading.forms.values()},
        "field": {name for form in reading.forms.values() for name in _fields(form)},
    }


def _named(rule: Rule) -> Iterator[tuple[str, str, Collection[str]]]:
    yield "process", "root process", [rule.process]
    for key in ("first", "then", "until"):
        yield key, "step", [getattr(rule, key)] if getattr(rule, key) else []
    yield "steps", "step", rule.steps
    yield "timescale", "timescale", [rule.timescale] if rule.timescale else []
    yield "roles", "role", rule.roles
    yield "forms", "form", rule.forms
    yield "fields", "field", rule.fields
    for key in ("when", "where"):
        condition = getattr(rule, key)
        yield key, "fact", sorted(condition.names) if condition else []
    yield "over", "step", rule.over
    yield "since", "fact", [rule.since] if rule.since else []
    yield "beside", "side process", rule.beside
    yield "tables", "decision table", rule.tables


def _fields(form: Form) -> Iterator[str]:
    for entry in form.fields:
        for found in (entry, *entry.columns):
            if found.catalogue:
                yield found.catalogue
