"""Hold forms against facts, decisions, roles, other forms, and the tasks that write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine import feel
from engine.deployments.definitions import Reading
from engine.forms import Field, Form, Gate, expressions, known_names
from engine.lint import Finding
from engine.lint.rules import moment_in_days
from engine.workflow import Element

_PER = ("case", "occasion")


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the forms."""
    lists = item_lists(reading)
    for form in reading.forms.values():
        yield from _check_form(reading, form, lists)
    yield from _check_tasks(reading)
    yield from _check_written(reading, reading.forms.values())


def check_one(reading: Reading, form: Form) -> Iterator[Finding]:
    """Hold one form against the other files, as `check` does with every one."""
    yield from _check_form(reading, form, item_lists(reading))
    yield from _check_written(reading, [form])


def _check_form(reading: Reading, form: Form, lists: Mapping[str, str]) -> Iterator[Finding]:
    yield from _check_names(reading, form)
    yield from _check_rules(reading, form)
    yield from _check_roles(reading, form)
    for entry in all_fields(form):
        yield from _check_field(reading, form, entry, lists)
    if form.per not in (*_PER, *lists.values()):
        message = f"“{form.per}” is no kind of item."
        yield _error(form, 1, form.id, message, "Write case, occasion or a kind of item.")


def item_lists(reading: Reading) -> Mapping[str, str]:
    """Return the item lists that forms keep, with the kind of their items."""
    return {
        entry.items.list: entry.items.kind
        for form in reading.forms.values()
        for entry in all_fields(form)
        if entry.items is not None
    }


def all_fields(form: Form) -> Iterator[Field]:
    """Go through every field and every column."""

    def within(entry: Field) -> Iterator[Field]:
        yield entry
        for column in entry.columns:
            yield from within(column)

    for entry in form.fields:
        yield from within(entry)


def names_of(form: Form) -> frozenset[str]:
    """Return what FEEL may read of a form: its keys, its columns, and the number of the row."""
    columns = {entry.key for entry in all_fields(form) if entry.key}
    return known_names(form) | columns | {"row", "source"}


def _check_names(reading: Reading, form: Form) -> Iterator[Finding]:
    known = names_of(form) | set(reading.facts)
    for line, element, expression in expressions(form):
        for name in sorted(expression.names - known):
            message = f"The expression “{expression.source[:80]}” reads “{name}”, which is unknown."
            yield _error(form, line, element, message, "Name a field of the form, or a fact.")
        for function, arguments in expression.calls:
            for key in (arguments or ()) if function in ("due", "last day") else ():
                if key not in reading.timescales:
                    message = f"The expression asks for “{key}”, which is no timescale."
                    yield _error(form, line, element, message, "Name a key of timescales.toml.")
        for way in feel.days_of_moments(expression.source):
            yield _error(form, line, element, *moment_in_days.WAYS[way])


def _check_rules(reading: Reading, form: Form) -> Iterator[Finding]:
    for rule in form.rules:
        if not rule.decision:
            continue
        table = reading.decisions.get(rule.decision)
        if table is None:
            message = f"There is no decision {rule.decision}."
            yield _error(form, rule.line, form.id, message, "Name the id of a DMN decision.")
            continue
        rows = {row.id for row in table.rules}
        for row in sorted(set(rule.messages) - rows):
            message = f"The decision {rule.decision} has no row {row}."
            yield _error(form, rule.line, row, message, "Name a row of the table.")


def _check_roles(reading: Reading, form: Form) -> Iterator[Finding]:
    yield from _unknown_gates(reading, form, 1, form.id, form.gates)
    for section in form.sections:
        yield from _unknown_classes(reading, form, section.line, section.id, section.visibility)
    yield from _unknown_classes(reading, form, 1, form.id, form.visibility)


def _check_field(
    reading: Reading, form: Form, entry: Field, lists: Mapping[str, str]
) -> Iterator[Finding]:
    yield from _unknown_classes(reading, form, entry.line, entry.id, entry.visibility)
    yield from _unknown_gates(reading, form, entry.line, entry.id, entry.gates)
    if entry.form and entry.form not in reading.forms:
        message = f"The link leads to the form “{entry.form}”, which does not exist."
        yield _error(form, entry.line, entry.id, message, "Name the id of a form.")
    fact = reading.facts.get(entry.about)
    told = entry.about in lists.values() or (fact is not None and fact.type == "list")
    if entry.about and not told:
        message = f"The rows tell of “{entry.about}”, which is no kind of item and no list."
        remedy = "Name the kind of an item list, or a fact that is a list of contexts."
        yield _error(form, entry.line, entry.id, message, remedy)
    yield from _check_who_signs_and_who_is_appointed(reading, form, entry)
    if entry.items is None:
        return
    if lists[entry.items.list] != entry.items.kind:
        message = f"The list {entry.items.list} holds another kind of item in another form."
        yield _error(form, entry.line, entry.id, message, "Give both the same kind.")
    for appoints in entry.items.appoints:
        if appoints.role not in reading.roles:
            message = f"The rows appoint the role “{appoints.role}”, which does not exist."
            yield _error(form, entry.line, entry.id, message, "Name a key of roles.toml.")


def _check_who_signs_and_who_is_appointed(
    reading: Reading, form: Form, entry: Field
) -> Iterator[Finding]:
    for role in entry.signers:
        if role not in reading.roles:
            message = f"The role “{role}”, which is to sign, does not exist."
            yield _error(form, entry.line, entry.id, message, "Name a key of roles.toml.")
    for appoints in entry.appoints:
        scope = reading.roles.get(appoints.role) if appoints.role in reading.roles else None
        of_the_case = (
            scope is not None and scope.scope == "case" and form.per in ("case", "occasion")
        )
        if not of_the_case and (scope is None or scope.item != form.per):
            message = f"The field appoints “{appoints.role}”, which is no role of a {form.per}."
            remedy = (
                "Name a role of the form’s item; of the case, in a form of it or of an occasion."
            )
            yield _error(form, entry.line, entry.id, message, remedy)
        if appoints.replaces and (not of_the_case or not form.has_field(appoints.replaces)):
            message = f"Whoever is appointed replaces “{appoints.replaces}”, which names nobody."
            remedy = "Name the field of this form that says who leaves a role of the case."
            yield _error(form, entry.line, entry.id, message, remedy)


def _unknown_gates(
    reading: Reading, form: Form, line: int, element: str, gates: tuple[Gate, ...]
) -> Iterator[Finding]:
    for gate in gates:
        for role in gate.roles:
            if role not in reading.roles:
                message = f"A gate names the role “{role}”, which does not exist."
                yield _error(form, line, element, message, "Name a key of roles.toml.")


def _unknown_classes(
    reading: Reading, form: Form, line: int, element: str, classes: tuple[str, ...]
) -> Iterator[Finding]:
    for name in classes:
        if name not in reading.roles.classes and name not in reading.roles:
            message = f"There is no visibility class {name}."
            yield _error(form, line, element, message, "Name one of [visibility] in roles.toml.")


def _check_tasks(reading: Reading) -> Iterator[Finding]:
    """A form that is one for each item can be written only where the item is known."""
    for process in reading.processes.values():
        for element in process.elements.values():
            items = (element.item, process.item)
            for form in _forms_of(reading, element):
                if form.per not in (*_PER, *items):
                    message = f"The form {form.id} is one for each {form.per}; this task is not."
                    remedy = "Repeat the task over the items, or move it into a part of the item."
                    yield Finding(
                        "error", element.line, element.id, message, remedy, "form_use", process.path
                    )


def _forms_of(reading: Reading, element: Element) -> Iterator[Form]:
    for use in element.forms:
        if use.form in reading.forms:
            yield reading.forms[use.form]


def _check_written(reading: Reading, forms: Iterable[Form]) -> Iterator[Finding]:
    """Warn of sections that no task writes, nor any page of its own."""
    written: set[tuple[str, str]] = set()
    for process in reading.processes.values():
        for element in process.elements.values():
            for use in element.forms:
                form = reading.forms.get(use.form)
                every = tuple(s.id for s in form.sections) if form is not None else ()
                written |= {(use.form, section) for section in use.sections or every}
    for form in forms:
        for section in form.sections:
            if (form.id, section.id) not in written and not section.kept_on:
                message = f"No task writes the section “{section.id}”."
                remedy = "Name it in adolygu:form of a task, or remove it."
                yield Finding(
                    "warning", section.line, section.id, message, remedy, "form_use", form.path
                )


def _error(form: Form, line: int, element: str, message: str, remedy: str) -> Finding:
    return Finding("error", line, element, message, remedy, "form_reference", form.path)
