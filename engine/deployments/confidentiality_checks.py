"""Hold definitions against the rules on confidentiality that no variation may break (6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from engine import confidentiality
from engine.deployments.definitions import Reading
from engine.forms import Field, Form
from engine.lint import Finding
from engine.roles import OWN
from engine.workflow import Element, ProcessDefinition


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the forms, then through the tasks that write them."""
    for form in reading.forms.values():
        yield from _check_readers(reading, form)
        yield from _check_public(reading, form)
        yield from _check_identity(form)
        yield from _check_text(form)
        yield from _check_locks(form)
    for process in reading.processes.values():
        for element in process.elements.values():
            yield from _check_task(reading, process, element)


def _check_readers(reading: Reading, form: Form) -> Iterator[Finding]:
    """CF-03 to CF-06, CF-08, CF-09, CF-12, CF-19: read by few, whatever the form says."""
    for section, entry, column, _ in confidentiality.fields_of(form):
        readers = confidentiality.readers(form, entry)
        if readers is None:
            continue
        nearest = confidentiality.classes_of(form, section, entry, column)
        named = {r for name in nearest if name != OWN for r in reading.roles.visibility(name)}
        for role in sorted(named - readers):
            place = column or entry
            message = f"“{role}” could read “{place.id}” of {form.catalogue}, which is not for it."
            yield _error(form, place, message, "Narrow the visibility of the form or the field.")


def _check_public(reading: Reading, form: Form) -> Iterator[Finding]:
    """CF-03, CF-04, CF-07: what everybody may read, and what that may draw on."""
    for section, entry, column, _ in confidentiality.fields_of(form):
        place = column or entry
        nearest = place.visibility or entry.visibility or section.visibility or form.visibility
        if confidentiality.PUBLIC_CLASS not in nearest:
            continue
        if not (confidentiality.is_public(form, entry) or confidentiality.is_public(form, place)):
            message = f"“{place.id}” would be public; nothing is but the final report."
            yield _error(form, place, message, "Take V-PUB out of its visibility.")
        if place.catalogue != confidentiality.FAMILY_DECLINED:
            yield from _check_drawn_on(reading, form, place)


def _check_drawn_on(reading: Reading, form: Form, place: Field) -> Iterator[Finding]:
    never = confidentiality.NEVER_PUBLIC
    linked = reading.forms.get(place.form)
    if linked is not None and linked.catalogue in never:
        message = f"“{place.id}” leads from what is published to {linked.catalogue}."
        yield _error(form, place, message, "Take the link out: this form is never published.")
    for expression in (place.expression, place.default):
        for name in sorted(expression.names if expression is not None else ()):
            for source in sorted(_sources(reading, name, set()) & never):
                message = f"“{place.id}” would publish “{name}”, which comes from {source}."
                yield _error(form, place, message, "Take it out: that form is never published.")


def _sources(reading: Reading, name: str, seen: set[str]) -> set[str]:
    """Return the forms of the catalogue that a fact comes from, through other facts too."""
    fact = reading.facts.get(name)
    if fact is None or name in seen:
        return set()
    seen.add(name)
    behind, others = set(), {fact.source}
    linked = fact.kind in ("carried", "reported")
    several = linked or fact.kind in ("field", "gathered")
    for source in fact.source.split() if several else [fact.source]:
        form, _, key = source.partition(".")
        found = reading.forms.get(form)
        behind |= {found.catalogue} if found is not None else set()
        if linked:
            others.add(key)
    if fact.expression is not None:
        others |= fact.expression.names
    for other in others & set(reading.facts):
        behind |= _sources(reading, other, seen)
    return behind


def _check_identity(form: Form) -> Iterator[Finding]:
    """CF-01: the child and the family are named in few forms."""
    if form.catalogue in confidentiality.MAY_NAME:
        return
    for _, entry, column, around in confidentiality.fields_of(form):
        place = column or entry
        if confidentiality.asks_for_identity(place, around):
            message = f"“{place.id}” asks for a name or a birth date of the child or the family."
            remedy = "Ask for a role or an age; names stand in F-01 and F-03 only."
            yield _error(form, place, message, remedy)


def _check_text(form: Form) -> Iterator[Finding]:
    """CF-05: F-36 holds no detail. CF-18: nothing asks who is to blame."""
    for _, entry, column, _ in confidentiality.fields_of(form):
        place = column or entry
        if form.catalogue == "F-36" and confidentiality.is_free_text(place):
            message = f"“{place.id}” would take the matter itself; only the handover is kept."
            yield _error(form, place, message, "Take the field out.")
        if confidentiality.blames(place):
            message = f"“{place.id}” asks for blame; a review is for learning."
            yield _error(form, place, message, "Ask what, why, and what would have helped.")


def _check_locks(form: Form) -> Iterator[Finding]:
    """CF-21: conflicting views are locked. CF-22: the child's interests are asked for."""
    for entry in form.fields:
        if entry.catalogue == "F34.03" and not any(
            rule.row == "CF-21" and rule.message is not None and rule.message.field == entry.key
            for rule in form.rules
        ):
            message = "Conflicting views could be changed once the discussion is closed."
            yield _error(form, entry, message, "Keep the rule of row CF-21 on these rows.")
        if entry.catalogue == "F33.05" and not entry.validate.required:
            message = "The child’s interests in the other inquiry could be left out."
            yield _error(form, entry, message, "Make the field required.")


def _check_task(
    reading: Reading, process: ProcessDefinition, element: Element
) -> Iterator[Finding]:
    """CF-06: only the Chair speaks. CF-16: a note-taker takes notes."""
    for use in element.forms:
        form = reading.forms.get(use.form)
        if form is None:
            continue
        sections = [one for one in form.sections if not use.sections or one.id in use.sections]
        written = {entry.catalogue for section in sections for entry in section.fields}
        others = set(element.roles) - {confidentiality.CHAIR}
        if written & confidentiality.PUBLIC_VOICE and others:
            message = f"{', '.join(sorted(others))} could speak in public in this task."
            remedy = "Give it to the Chair of the Board alone."
            yield _task_error(process, element, message, remedy)
        takes_notes = confidentiality.NOTE_TAKER in element.roles
        may_write = confidentiality.NOTE_TAKER_WRITES
        only_these = written - {""} and written - {""} <= may_write
        if takes_notes and form.catalogue not in may_write and not only_these:
            message = f"A note-taker would write {form.catalogue}, and take part by it."
            yield _task_error(process, element, message, "Take the role note_taker out.")


def _error(form: Form, place: Field, message: str, remedy: str) -> Finding:
    return Finding("error", place.line, place.id, message, remedy, "confidentiality", form.path)


def _task_error(process: ProcessDefinition, element: Element, message: str, remedy: str) -> Finding:
    return Finding(
        "error", element.line, element.id, message, remedy, "confidentiality", process.path
    )
