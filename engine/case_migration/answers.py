"""Compare what was answered, or is being answered, with the forms of another version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import documents
from engine.case_migration.told import Told
from engine.deployments import Definitions
from engine.forms import Field, Form
from engine.models import Document
from engine.store import CaseFile
from engine.texts import Text


def refused(file: CaseFile, new: Definitions) -> Iterator[Told]:
    """Yield what was written that another version has no place for, or takes for something else."""
    for row, content in _written(file, file.definitions, new):
        before, after = file.definitions.forms[row.form], new.forms.get(row.form)
        if after is None:
            yield Told("form_gone", {"form": _title(before)})
            continue
        for entry in _answered(before, content):
            now = _find(after, entry.key)
            if now is not None and _kind(entry) != _kind(now):
                yield Told("kind_changed", {"form": _title(after), "question": _label(now)})


def changes(file: CaseFile, old: Definitions) -> Iterator[Told]:
    """Yield what was written that the version a case has come to shows no more, or gives no choice.

    It stays in its version of the document, which is shown by the form of that time.
    """
    for row, content in _written(file, old, file.definitions):
        before, after = old.forms[row.form], file.definitions.forms[row.form]
        gone, unfit = [], []
        for entry in _answered(before, content):
            now = _find(after, entry.key)
            if now is None:
                gone.append(_label(entry))
            elif _is_unfit(now, content):
                unfit.append(_label(now))
        if gone:
            yield Told("no_longer_shown", {"form": _title(after), "questions": tuple(gone)})
        if unfit:
            yield Told("no_longer_a_choice", {"form": _title(after), "questions": tuple(unfit)})


def written_since(file: CaseFile, old: Definitions) -> Iterator[Told]:
    """Yield what was answered since a case moved that only its present version asks."""
    for row, content in _written(file, old, file.definitions):
        before = old.forms.get(row.form)
        if before is None or documents.definitions_of(file, row) is not file.definitions:
            continue
        for entry in _answered(file.definitions.forms[row.form], content):
            if _find(before, entry.key) is None:
                names = {"form": _title(before), "question": _label(entry)}
                yield Told("answered_since", names)


def differences(before: Form, after: Form) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """Return the questions that come with another form, and those that go with it."""
    come = tuple(_label(one) for one in _asked(after) if _find(before, one.key) is None)
    gone = tuple(_label(one) for one in _asked(before) if _find(after, one.key) is None)
    return come, gone


def _written(
    file: CaseFile, one: Definitions, other: Definitions
) -> Iterator[tuple[Document, Mapping[str, Mapping[str, Any]]]]:
    """Yield the documents of a case whose form differs between two versions, as they are now."""
    for row in documents.documents(file.session, file.case.id):
        if _source(one, row.form) == _source(other, row.form):
            continue
        yield row, documents.version(file.session, row.id, row.version).content


def _source(definitions: Definitions, form: str) -> bytes:
    known = definitions.forms.get(form)
    return definitions.sources[known.path] if known else b""


def _answered(form: Form, content: Mapping[str, Mapping[str, Any]]) -> Iterator[Field]:
    for section in form.sections:
        values = content.get(section.id, {})
        for entry in section.fields:
            if entry.key and values.get(entry.key) not in (None, "", [], {}):
                yield entry


def _asked(form: Form) -> Iterator[Field]:
    return (entry for entry in form.fields if entry.key and not entry.hidden)


def _find(form: Form, key: str) -> Field | None:
    return next((entry for entry in form.fields if entry.key == key), None)


def _kind(entry: Field) -> tuple[str, str]:
    """Return what kind of value an answer is."""
    texts = {"textfield": "text", "textarea": "text"}
    return texts.get(entry.type, entry.type), entry.subtype


def _is_unfit(entry: Field, content: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether something was chosen that is no choice of a question."""
    known = {option.value for option in entry.options}
    held = [values[entry.key] for values in content.values() if entry.key in values]
    given = [one for value in held for one in (value if isinstance(value, list) else [value])]
    return bool(known) and any(isinstance(one, str) and one and one not in known for one in given)


def _title(form: Form) -> Text:
    return Text(form.title("en"), form.title("cy"))


def _label(entry: Field) -> Text:
    return Text(entry.label("en"), entry.label("cy"))
