"""Hold the rows of `facts.toml` against the forms, decisions and steps they come from."""

from __future__ import annotations

from collections.abc import Iterator

from engine.deployments import form_checks
from engine.deployments.definitions import FACTS, Reading
from engine.deployments.findings import TomlFindings, carried_steps
from engine.facts import CASE, WORKED_OUT, FactDeclaration
from engine.forms import Field
from engine.lint import Finding

_MOMENTS = {
    "date": frozenset({"date"}),
    "time": frozenset({"time"}),
    "month": frozenset({"date", "string"}),
}
_TYPES = {
    "textfield": frozenset({"string"}),
    "textarea": frozenset({"string"}),
    "number": frozenset({"number"}),
    "checkbox": frozenset({"boolean"}),
    "checklist": frozenset({"list"}),
    "dynamiclist": frozenset({"list"}),
    "filepicker": frozenset({"context"}),
    "adolyguPerson": frozenset({"context"}),
    "adolyguSignature": frozenset({"context"}),
}


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the facts."""
    make = TomlFindings(reading, FACTS, "fact_source")
    steps = carried_steps(reading)
    kinds = set(form_checks.item_lists(reading).values())
    tasks = {
        element.id
        for process in reading.processes.values()
        for element in process.elements.values()
        if element.kind == "userTask"
    }
    for fact in reading.facts.values():
        if fact.scope not in (CASE, *kinds):
            message = f"“{fact.scope}” is no kind of item."
            yield make.error(fact.name, "scope", message, "Name the kind of an item list.")
        if fact.kind == "field":
            yield from _check_field(reading, make, fact)
        elif fact.kind == "version":
            yield from _check_version(reading, make, fact)
        elif fact.kind == "decision":
            yield from _check_decision(reading, make, fact)
        elif fact.kind == "each":
            yield from _check_each(reading, make, fact)
        elif fact.kind == "value":
            yield from _check_value(reading, make, fact)
        elif fact.kind == "waiting" and fact.source not in tasks:
            message = f"No process has a user task called {fact.source}."
            yield make.error(fact.name, "waiting", message, "Name the id of a user task.")
        elif fact.kind == "step" and fact.source not in steps:
            message = f"No step of any process carries out {fact.source}."
            yield make.error(fact.name, "step", message, "Name a step that a diagram carries.")


def _check_field(reading: Reading, make: TomlFindings, fact: FactDeclaration) -> Iterator[Finding]:
    form_id, _, key = fact.source.partition(".")
    rows = key.partition(".")[0]
    form = reading.forms.get(form_id)
    if form is None or not form.has_field(key):
        message = f"There is no field {fact.source}."
        yield make.error(fact.name, "field", message, "Name the key of a field, as form.key.")
        return
    entry = form.field(key)
    allowed = _types_of(entry)
    if allowed and fact.type not in allowed:
        message = f"{fact.source} gives a {' or '.join(sorted(allowed))}, not a {fact.type}."
        yield make.error(fact.name, "type", message, "Make type and field fit.")
    if rows != key:
        listed = form.field(rows)
        kind = listed.items.kind if listed.items else listed.about
        if kind != fact.scope:
            message = f"The rows {rows} of {form_id} keep no items of the kind {fact.scope}."
            yield make.error(fact.name, "scope", message, "Name the kind of the rows’ items.")
    elif form.per not in (fact.scope, "occasion"):
        message = f"The form {form_id} is one for each {form.per}, the fact one for {fact.scope}."
        yield make.error(fact.name, "scope", message, "Give the fact the scope of its form.")


def _check_version(
    reading: Reading, make: TomlFindings, fact: FactDeclaration
) -> Iterator[Finding]:
    form_id, _, section = fact.source.partition(".")
    form = reading.forms.get(form_id)
    if form is None or section not in {each.id for each in form.sections}:
        message = f"There is no section {fact.source}."
        yield make.error(fact.name, "version", message, "Name a section, as form.section.")
    elif form.per not in (fact.scope, "occasion"):
        message = f"The form {form_id} is one for each {form.per}, the fact one for {fact.scope}."
        yield make.error(fact.name, "scope", message, "Give the fact the scope of its form.")


def _check_each(reading: Reading, make: TomlFindings, fact: FactDeclaration) -> Iterator[Finding]:
    of_item = reading.facts.get(fact.source)
    if of_item is None or of_item.scope == CASE:
        message = f"There is no fact of an item called {fact.source}."
        yield make.error(fact.name, "each", message, "Name a fact whose scope is a kind of item.")


def _check_value(reading: Reading, make: TomlFindings, fact: FactDeclaration) -> Iterator[Finding]:
    assert fact.expression is not None
    above = list(reading.facts)[: list(reading.facts).index(fact.name)]
    for name in sorted(fact.expression.names):
        read = reading.facts.get(name)
        if read is None:
            message = f"There is no fact called {name}."
            yield make.error(fact.name, "value", message, "Name a fact of facts.toml.")
        elif not _may_read(fact, read) or (read.kind == "value" and name not in above):
            message = f"{name} is not worked out yet where {fact.name} is."
            remedy = (
                "Read what is written down, lists of each item from the case, and values above."
            )
            yield make.error(fact.name, "value", message, remedy)


def _may_read(fact: FactDeclaration, read: FactDeclaration) -> bool:
    """Say whether what one fact is worked out from is known by then (`facts.names_for`)."""
    if fact.scope == CASE:
        return read.scope == CASE
    if read.scope == CASE:
        return read.kind not in WORKED_OUT or read.kind == "case"
    return read.scope == fact.scope


def _types_of(entry: Field) -> frozenset[str]:
    """The FEEL types that a field can give; none where it depends on an expression."""
    if entry.is_yes_no:
        return frozenset({"boolean"})
    if entry.is_choice:
        return frozenset({"string"})
    if entry.type == "datetime":
        return _MOMENTS[entry.subtype or "date"]
    return _TYPES.get(entry.type, frozenset())


def _check_decision(
    reading: Reading, make: TomlFindings, fact: FactDeclaration
) -> Iterator[Finding]:
    decision, _, output = fact.source.partition(".")
    table = reading.decisions.get(decision)
    if table is None:
        message = f"There is no decision {decision}."
        yield make.error(fact.name, "decision", message, "Name the id of a DMN decision.")
    elif output and output not in {column.name for column in table.outputs}:
        message = f"The decision {decision} has no output “{output}”."
        yield make.error(fact.name, "decision", message, "Name an output of the table.")
