"""Hold the rows of `facts.toml` against the forms, decisions and steps they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.deployments import form_checks
from engine.deployments.definitions import FACTS, Reading
from engine.deployments.findings import TomlFindings, carried_steps
from engine.facts import CASE, FACT, OF_ITS_END, WORKED_OUT, FactDeclaration, fields_of
from engine.forms import Field
from engine.lint import Finding

_MOMENTS = {
    "date": frozenset({"date"}),
    "time": frozenset({"time"}),
    "month": frozenset({"date", "string"}),
    "span": frozenset({"string"}),
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
        if fact.kind in _CHECKS:
            yield from _CHECKS[fact.kind](reading, make, fact)
        elif fact.kind == "waiting" and fact.source not in tasks:
            message = f"No process has a user task called {fact.source}."
            yield make.error(fact.name, "waiting", message, "Name the id of a user task.")
        elif fact.kind == "step" and fact.source not in steps:
            message = f"No step of any process carries out {fact.source}."
            yield make.error(fact.name, "step", message, "Name a step that a diagram carries.")


def _check_fields(reading: Reading, make: TomlFindings, fact: FactDeclaration) -> Iterator[Finding]:
    for form_id, key in fields_of(fact):
        yield from _check_field(reading, make, fact, form_id, key)


def _check_field(
    reading: Reading, make: TomlFindings, fact: FactDeclaration, form_id: str, key: str
) -> Iterator[Finding]:
    rows = key.partition(".")[0]
    form = reading.forms.get(form_id)
    if form is None or not form.has_field(key):
        message = f"There is no field {form_id}.{key}."
        yield make.error(fact.name, "field", message, "Name the key of a field, as form.key.")
        return
    entry, of_column = form.field(key), rows != key
    # Of a case, a column is the list of what its rows hold.
    whole = of_column and fact.scope == CASE
    allowed = frozenset({"list"}) if whole else _types_of(entry)
    if allowed and fact.type not in allowed:
        message = f"{form_id}.{key} gives a {' or '.join(sorted(allowed))}, not a {fact.type}."
        yield make.error(fact.name, "type", message, "Make type and field fit.")
    if of_column and not whole:
        listed = form.field(rows)
        kind = listed.items.kind if listed.items else listed.about
        if kind != fact.scope:
            message = f"The rows {rows} of {form_id} keep no items of the kind {fact.scope}."
            yield make.error(fact.name, "scope", message, "Name the kind of the rows’ items.")
    elif form.per not in (fact.scope, "occasion"):
        message = f"The form {form_id} is one for each {form.per}, the fact one for {fact.scope}."
        yield make.error(fact.name, "scope", message, "Give the fact the scope of its form.")


def _check_gathered(
    reading: Reading, make: TomlFindings, fact: FactDeclaration
) -> Iterator[Finding]:
    """What is told of all documents of a form are its plain fields, and it has several."""
    for form_id, key in fields_of(fact):
        form = reading.forms.get(form_id)
        if form is None or not form.has_field(key):
            message = f"There is no field {form_id}.{key}."
            yield make.error(fact.name, "gathered", message, "Name a field, as form.key.")
        elif form.per != "occasion":
            message = f"The form {form_id} is one for each {form.per}, so there is one to tell of."
            yield make.error(fact.name, "gathered", message, 'Write field = "form.key" instead.')


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


def _check_carried(
    reading: Reading, make: TomlFindings, fact: FactDeclaration
) -> Iterator[Finding]:
    """A fact that is taken along has the type of what it is taken from, and cases that take it."""
    roots = {name for name, each in reading.processes.items() if "root" in each.kind.split()}
    for name in sorted(fact.into - roots):
        message = f"There is no root process {name} that could take it along."
        yield make.error(fact.name, "into", message, "Name root processes.")
    for source in fact.source.split():
        form_id, _, key = source.partition(".")
        given: Collection[str] = {"string"}
        if form_id == FACT:
            there = reading.facts.get(key)
            given = {there.type} if there else set()
        elif form_id == CASE:
            given = {"string"} if key in ("identifier", "process") else set()
        else:
            form = reading.forms.get(form_id)
            there_is = form is not None and form.has_field(key)
            given = (_types_of(form.field(key)) or {fact.type}) if form and there_is else set()
        if not given:
            message = f"There is no {source} to take along."
            remedy = "Name the key of a field, as form.key, or a fact, as fact.name."
            yield make.error(fact.name, "carried", message, remedy)
        elif fact.type not in given:
            message = f"{source} gives a {' or '.join(sorted(given))}, not a {fact.type}."
            yield make.error(fact.name, "type", message, "Make type and carried fit.")


def _check_reported(
    reading: Reading, make: TomlFindings, fact: FactDeclaration
) -> Iterator[Finding]:
    """A fact that follows one of another case has its type, and the scope of what opens that."""
    for source in fact.source.split():
        process, _, key = source.partition(".")
        opened_for = _opened_for(reading, process)
        there = reading.facts.get(key)
        given = OF_ITS_END.get(key) or (there.type if there else "")
        if process not in reading.processes or "root" not in reading.processes[process].kind:
            message = f"“{process}” is no root process, so no case of it reports {key}."
            yield make.error(fact.name, "reported", message, "Name a process whose kind is root.")
        elif not opened_for:
            message = f"No step of any process opens a case of “{process}”."
            remedy = "Name a process that a service task opens, with the effect open_case."
            yield make.error(fact.name, "reported", message, remedy)
        elif fact.scope not in opened_for:
            wanted = " or ".join(sorted(opened_for))
            message = f"A case of “{process}” is opened for each {wanted}, not {fact.scope}."
            yield make.error(fact.name, "scope", message, f"Write {wanted}.")
        if not given:
            message = f"There is no fact called {key}."
            remedy = "Name a fact of facts.toml, closed_on or outcome."
            yield make.error(fact.name, "reported", message, remedy)
        elif key not in OF_ITS_END and there is not None and there.scope != CASE:
            message = f"{key} is a fact of each {there.scope} of the other case."
            yield make.error(fact.name, "reported", message, "Name a fact whose scope is the case.")
        elif given != fact.type:
            message = f"{source} gives a {given}, not a {fact.type}."
            yield make.error(fact.name, "type", message, "Make type and reported fit.")


def _opened_for(reading: Reading, opened: str) -> set[str]:
    """Return for what cases of a process are opened: the case, or kinds of item."""
    return {
        process.item or CASE
        for process in reading.processes.values()
        for element in process.elements.values()
        if element.effect == "open_case" and element.opens == opened
    }


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


_CHECKS = {
    "field": _check_fields,
    "gathered": _check_gathered,
    "version": _check_version,
    "decision": _check_decision,
    "each": _check_each,
    "value": _check_value,
    "carried": _check_carried,
    "reported": _check_reported,
}
