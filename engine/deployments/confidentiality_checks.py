"""Hold definitions against the rules on confidentiality that no variation may break (6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from engine import confidentiality
from engine.deployments.definitions import Reading
from engine.forms import Field, Form
from engine.genograms import GENOGRAM_FORM, GENOGRAM_LINKS, GENOGRAM_PEOPLE
from engine.lint import Finding
from engine.roles import OWN
from engine.workflow import Element, ProcessDefinition


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the forms, then through the tasks that write them."""
    for form in reading.forms.values():
        yield from _check_readers(reading, form)
        yield from _check_public(reading, form)
        yield from _check_genogram(form)
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
            yield from _check_drawn_on(reading, form, entry, place)


def _check_drawn_on(reading: Reading, form: Form, entry: Field, place: Field) -> Iterator[Finding]:
    never = confidentiality.NEVER_PUBLIC
    linked = reading.forms.get(place.form)
    if linked is not None and linked.catalogue in never:
        message = f"“{place.id}” leads from what is published to {linked.catalogue}."
        yield _error(form, place, message, "Take the link out: this form is never published.")
    for name in sorted(_drawn_on(entry, place)):
        told = _sources(reading, name, set()) & never
        told |= _sources(reading, name, set(), in_the_end=True) & {GENOGRAM_FORM}
        for source in sorted(told):
            message = f"“{place.id}” would publish “{name}”, which comes from {source}."
            yield _error(form, place, message, "Take it out: that form is never published.")


def _drawn_on(entry: Field, place: Field) -> set[str]:
    """Return the names that a field takes over: those in its FEEL, the list its rows tell of."""
    written = [each for each in (place.expression, place.default) if each is not None]
    rows = {each.about for each in (entry, place) if each.about}
    return rows.union(*(each.names for each in written))


def _sources(reading: Reading, name: str, seen: set[str], *, in_the_end: bool = False) -> set[str]:
    """Return the forms of the catalogue that a fact comes from, through other facts too.

    Takes:   in_the_end, to go on where a field is filled with what another form holds, or a table
             answers with it. That is how the period reviewed comes from the incident, and may;
             nothing may come from the genogram so.
    """
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
        if found is not None:
            behind.add(found.catalogue)
            others |= _filled_from(found, key) if in_the_end else set()
        if linked:
            others.add(key)
    if fact.kind == "decision" and in_the_end:
        others |= _answered_from(reading, fact.source)
    if fact.expression is not None:
        others |= fact.expression.names
    for other in others & set(reading.facts):
        behind |= _sources(reading, other, seen, in_the_end=in_the_end)
    return behind


def _filled_from(form: Form, source: str) -> set[str]:
    """Return what a field, its columns or one of them is filled with by itself."""
    key, _, column_key = source.partition(".")
    found: set[str] = set()
    for entry in (entry for entry in form.fields if entry.key == key):
        columns = [each for each in entry.columns if column_key in ("", each.key)]
        found = found.union(*(_drawn_on(entry, place) for place in (entry, *columns)))
    return found


def _answered_from(reading: Reading, source: str) -> set[str]:
    """Return the names that the answers of a decision table take over; a choice tells none."""
    table = reading.decisions.get(source.partition(".")[0])
    if table is None:
        return set()
    answers = [answer for rule in table.rules for answer in rule.answers]
    answers += [output.default for output in table.outputs if output.default is not None]
    return set[str]().union(*(answer.names for answer in answers))


def _check_genogram(form: Form) -> Iterator[Finding]:
    """CF-03: the genogram stands in F-08 and nowhere else, under whatever catalogue id."""
    if form.catalogue == GENOGRAM_FORM:
        return
    prefix = f"{GENOGRAM_FORM.replace('-', '')}."
    for _, entry, column, _ in confidentiality.fields_of(form):
        place = column or entry
        own = place.key in (GENOGRAM_PEOPLE, GENOGRAM_LINKS)
        if own or place.catalogue.startswith(prefix):
            message = f"“{place.id}” would take the genogram out of {GENOGRAM_FORM}."
            yield _error(form, place, message, "Leave it there: it is never published.")


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
