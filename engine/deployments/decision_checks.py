"""Hold decision tables against the facts and answers that they read."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.decisions import DecisionTable
from engine.deployments.definitions import Reading
from engine.deployments.form_checks import names_of
from engine.facts import OPEN_FINDINGS
from engine.lint import Finding
from engine.lint.diagram import ADOLYGU, line_of
from engine.lint.rules import moment_in_days
from engine.xml_source import read_xml


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the decisions."""
    for table in reading.decisions.values():
        path = reading.paths["decision", table.id]
        for name in sorted(set(table.names) - known_names(reading, table.id)):
            message = f"The decision reads “{name}”, which is unknown."
            remedy = "Name a fact, or a field of the form that uses the decision."
            yield Finding("error", 1, table.id, message, remedy, "decision_name", path)
        for message, remedy in sorted(_misread(table)):
            yield Finding("error", 1, table.id, message, remedy, "decision_moment", path)
        yield from _untranslated(reading, table.id, path)
        if not _is_used(reading, table.id):
            message = "Nothing uses the decision."
            remedy = "Name it on a business rule task or in a rule of a form."
            yield Finding("warning", 1, table.id, message, remedy, "decision_use", path)


def _misread(table: DecisionTable) -> set[tuple[str, str]]:
    """Return what is wrong where the table takes a moment for something with days."""
    return {
        moment_in_days.WAYS[way]
        for written in table.expressions
        for way in feel.days_of_moments(written.source, tests=isinstance(written, feel.UnaryTests))
    }


def _untranslated(reading: Reading, decision: str, path: str) -> Iterator[Finding]:
    """Every name and label that a person reads stands in both languages."""
    root = read_xml(reading.files[path], path)
    for element in root.iter():
        for attribute in ("name", "label"):
            is_read = attribute == "label" or element.get("id") == decision
            welsh = element.get(f"{{{ADOLYGU}}}{attribute}Cy", "")
            if is_read and element.get(attribute) and not welsh.strip():
                message = f"“{element.get(attribute)}” has no Welsh."
                remedy = f"Write it as adolygu:{attribute}Cy."
                yield Finding(
                    "error", line_of(element), decision, message, remedy, "decision_text", path
                )


def known_names(reading: Reading, decision: str) -> set[str]:
    """Return what a table may read: facts; where only forms use it, also what all of them hold."""
    using = [
        names_of(form)
        for form in reading.forms.values()
        if any(rule.decision == decision for rule in form.rules)
    ]
    if _is_on_a_task(reading, decision) or not using:
        # A form that asks a table has nobody to count for it.
        counted = set() if using else {OPEN_FINDINGS}
        return set(reading.facts) | counted
    return set(reading.facts) | set(frozenset.intersection(*using))


def _is_used(reading: Reading, decision: str) -> bool:
    rules = (rule for form in reading.forms.values() for rule in form.rules)
    return _is_on_a_task(reading, decision) or any(rule.decision == decision for rule in rules)


def _is_on_a_task(reading: Reading, decision: str) -> bool:
    return any(
        element.decision == decision
        for process in reading.processes.values()
        for element in process.elements.values()
    )
