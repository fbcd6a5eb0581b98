"""Put together the report as it is published: its sections and appendices, and nothing else.

What is printed and what the content gate reads are the same passages, so that nothing can be
published that the gate has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import confidentiality, documents, time_source
from engine.documents import DocumentKey
from engine.forms import Field, Form, Section, feel_values
from engine.store import CaseFile
from engine.texts import Text, day_in_words

#: The catalogue's forms that make the report, in the order in which they are printed, each with
#: the sections that are left out: a check is no part of it, and a record of publication only says
#: in public what the Chair says.
REPORT, TERMS, SUMMARY, PUBLICATION = "F-05", "F-09", "F-07", "F-25"
_ORDER = (REPORT, TERMS, SUMMARY, PUBLICATION)
#: F05.29 repeats the summary timeline, F05.06, F05.28 and F05.34 lead to other documents; of F-25
#: only the statement is read by the public, and a file is not read by the gate.
_NOT_PRINTED = frozenset({"F05.29", "F25.06", "F22.15"})
_TYPED = ("textfield", "textarea", "expression", "adolyguPerson", "adolyguSignature")
_YES = Text("Yes", "Ie")


@dataclass(frozen=True, eq=False)
class Passage:
    """A piece of the report: where it stands, and what it says in each language.

    A `text` of the form is the same in every report; what `is_typed` was written by people.
    """

    form: Form
    section: Section
    field: Field
    column: Field | None
    row: int
    value: Text
    is_typed: bool

    @property
    def place(self) -> str:
        """Return where it stands, by ids: the same in every version."""
        parts = [self.form.id, self.section.id, self.field.key or self.field.id]
        return "/".join([*parts, self.column.key] if self.column else parts)

    @property
    def label(self) -> Text:
        """Return the question that it answers."""
        return (self.column or self.field).text("label")

    @property
    def is_public_voice(self) -> bool:
        """Say whether the Chair of the Board says it, who does so by name (CF-06)."""
        return self.field.catalogue in confidentiality.PUBLIC_VOICE

    @property
    def of_author(self) -> bool:
        """Say whether it holds the name of a reviewer as the author of the report."""
        return (self.column or self.field).catalogue in confidentiality.AUTHORS


def passages(file: CaseFile) -> list[Passage]:
    """Return the pieces of the newest version of the report, in the order of the printed template.

    Source:  A2-P1 to A2-P6, A2-PA1 to A2-PA3; DR-27.10, the block of Welsh Government is left out.
    """
    return [
        passage for form in forms_of(file) for passage in _of_form(file, form, _newest(file, form))
    ]


def forms_of(file: CaseFile) -> list[Form]:
    """Return the forms of which the report is made, in the order in which they are printed."""
    found = [form for form in file.definitions.forms.values() if form.per == "case"]
    return [
        form
        for catalogue in _ORDER
        for form in sorted(found, key=lambda form: form.id)
        if form.catalogue == catalogue
    ]


def is_begun(file: CaseFile) -> bool:
    """Say whether anything of the report itself is written."""
    return any(_newest(file, form) for form in forms_of(file) if form.catalogue == REPORT)


def _newest(file: CaseFile, form: Form) -> Mapping[str, Mapping[str, Any]]:
    found = documents.current(file.session, file.case.id, DocumentKey(form.id))
    return found.content if found is not None else {}


def _of_form(
    file: CaseFile, form: Form, content: Mapping[str, Mapping[str, Any]]
) -> Iterator[Passage]:
    names = {**file.names(None), **feel_values(form, content)}
    for section in form.sections:
        values = content.get(section.id)
        if values is None or _is_hidden(file, section, names):
            continue
        for entry in section.fields:
            if entry.is_rows:
                yield from _of_rows(form, section, entry, values.get(entry.key) or [])
            elif _is_printed(form, section, entry, None) and not _is_hidden(file, entry, names):
                yield from _of_field(form, section, entry, values.get(entry.key))


def _of_rows(
    form: Form, section: Section, entry: Field, rows: list[Mapping[str, Any]]
) -> Iterator[Passage]:
    columns = [each for each in entry.columns if _is_printed(form, section, entry, each)]
    for number, row in enumerate(rows):
        for column in columns:
            value = _said(column, row.get(column.key))
            if value is not None:
                yield Passage(form, section, entry, column, number, value, _is_typed(column))


def _of_field(form: Form, section: Section, entry: Field, given: Any) -> Iterator[Passage]:
    value = entry.text("text") if entry.type == "text" else _said(entry, given)
    if value is not None and value.en:
        yield Passage(form, section, entry, None, 0, value, _is_typed(entry))


def _is_printed(form: Form, section: Section, entry: Field, column: Field | None) -> bool:
    place = column or entry
    if place.hidden or place.type in ("adolyguLink", "filepicker"):
        return False
    if (place.catalogue or entry.catalogue) in _NOT_PRINTED:
        return False
    if entry.type == "text" and not entry.catalogue:
        return False
    return confidentiality.is_printed(form, section, entry, column)


def _is_hidden(file: CaseFile, asked: Field | Section, names: Mapping[str, Any]) -> bool:
    """Say whether a section or a field does not apply to this review."""
    if asked.hide is None:
        return False
    return asked.hide.evaluate(names, file.functions(None)) is True


def _is_typed(entry: Field) -> bool:
    return entry.type in (
        "textfield",
        "textarea",
        "expression",
        "adolyguPerson",
        "adolyguSignature",
    )


def _said(entry: Field, value: Any) -> Text | None:
    """Return an answer as it is printed; None for what says nothing."""
    if value is None or value == "" or value is False:
        return None
    if value is True:
        return _YES if entry.type == "checkbox" else None
    if isinstance(value, Mapping):
        return _said_of_person(value)
    if isinstance(value, list):
        said = [_option(entry, each) for each in value]
        return Text("; ".join(each.en for each in said), "; ".join(each.cy for each in said))
    if entry.options:
        return _option(entry, value)
    return _day(str(value)) or Text(str(value), str(value))


def _said_of_person(value: Mapping[str, Any]) -> Text:
    name = str(value.get("name") or "")
    if isinstance(value.get("at"), str):
        day = day_in_words(time_source.local_day(datetime.fromisoformat(value["at"])))
        return Text(f"{name}, {day.en}", f"{name}, {day.cy}")
    said = ", ".join(str(part) for part in (name, value.get("designation")) if part)
    return Text(said, said)


def _option(entry: Field, value: Any) -> Text:
    option = entry.option(value)
    return option.text if option is not None else Text(str(value), str(value))


def _day(value: str) -> Text | None:
    if len(value) != len("2026-07-03"):
        return None
    try:
        return day_in_words(date.fromisoformat(value))
    except ValueError:
        return None
