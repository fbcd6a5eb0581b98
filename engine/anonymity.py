"""Keep the names and birth dates of a child and the family, and their genogram, out of print.

What is to be published, and what goes to staff as learning from a forum (CF-09), is held against
what the case has on record, in the transaction that writes it, whatever its form says (CF-01,
CF-03, CF-04). What it found is told without being repeated: whoever writes it may not be allowed
to know the name.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from engine import confidentiality, documents, identity
from engine.errors import FieldError, InvalidForm
from engine.forms import Field, Form
from engine.identifiers import INITIALS, Register
from engine.models import Upload
from engine.store import CaseFile

_NAMED = FieldError(
    "",
    "This names the child or the family, or gives a date of birth. Write “child 1”, “the mother” "
    "or an age in its place.",
    "Mae hyn yn enwi’r plentyn neu’r teulu, neu’n rhoi dyddiad geni. Ysgrifennwch “plentyn 1”, "
    "“y fam” neu oed yn ei le.",
)
_GENOGRAM = FieldError(
    "",
    "This file is kept with the genogram or the timelines, which are never published. Take it out.",
    "Cedwir y ffeil hon gyda’r genogram neu’r llinellau amser, na chânt byth eu cyhoeddi. "
    "Tynnwch hi allan.",
)
_IDENTIFIED = FieldError(
    "",
    "This gives the identifier of a case. Learning does not say which case it comes from. "
    "Take it out.",
    "Mae hyn yn rhoi dynodwr achos. Nid yw dysgu’n dweud o ba achos y daw. Tynnwch ef allan.",
)


def require_anonymous(file: CaseFile, form: Form, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse to write what would identify a child or the family where it may be published.

    Takes:   values, the sections about to be written.
    Raises:  InvalidForm.
    Source:  CF-01, CF-03, CF-04: G1.4, G5.10, G5.11, G5.17; CF-09: G4.4.
    """
    errors = [*_told(file, form, values), *_printed(file, form, values)]
    if errors:
        raise InvalidForm(errors)


def _told(
    file: CaseFile, form: Form, values: Mapping[str, Mapping[str, Any]]
) -> Iterator[FieldError]:
    """Find what would tell staff whom learning is about: here, or in a case behind this one."""
    written = [
        (control, place, value)
        for control, entry, place, value in _written(form, values)
        if confidentiality.is_learning(form, entry, place)
    ]
    if not written:
        return
    cases = [file, *identity.of_same_child(file)]
    known = identity.child_and_family(*cases)
    named_cases = [] if form.catalogue in confidentiality.MAY_IDENTIFY else cases
    for control, entry, value in written:
        if _names_family(known, value):
            yield _at(control, entry, _NAMED, "CF-09")
        elif any(each.case.identifier.lower() in value.lower() for each in named_cases):
            yield _at(control, entry, _IDENTIFIED, "CF-09")


def _printed(
    file: CaseFile, form: Form, values: Mapping[str, Mapping[str, Any]]
) -> Iterator[FieldError]:
    written = [
        (control, place, value)
        for control, entry, place, value in _written(form, values)
        if _may_be_public(form, entry)
    ]
    if not written:
        return
    known = identity.child_and_family(file)
    hidden = _hidden_files(file)
    for control, entry, value in written:
        # A name that is a word as well is left to the content gate, where a person looks at it.
        if isinstance(value, str) and _names_family(known, value, sure=True):
            yield _at(control, entry, _NAMED, "CF-01")
        elif isinstance(value, Mapping) and _hash_of(file, value) in hidden:
            yield _at(control, entry, _GENOGRAM, "CF-03")


def _written(
    form: Form, values: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Field, Field, Any]]:
    """Go through what is written: control, field, the same or a column of it, value."""
    for section in form.sections:
        for entry in section.fields:
            value = values.get(section.id, {}).get(entry.key)
            if value is None:
                continue
            if not entry.is_rows:
                yield entry.key, entry, entry, value
                continue
            for number, row in enumerate(value):
                for column in entry.columns:
                    if row.get(column.key) is not None:
                        control = f"{entry.key}-{number}-{column.key}"
                        yield control, entry, column, row[column.key]


def _may_be_public(form: Form, entry: Field) -> bool:
    return form.catalogue in ("F-05", "F-07", "F-25") and (
        confidentiality.is_public(form, entry)
        or any(confidentiality.is_public(form, column) for column in entry.columns)
    )


def _names_family(known: Register, text: str, *, sure: bool = False) -> bool:
    hits = known.find(text, shapes=False)
    return any(hit.kind != INITIALS and (hit.sure or not sure) for hit in hits)


def _hidden_files(file: CaseFile) -> set[str]:
    """Return the hashes of the files that stand in documents nothing public may draw on."""
    kept: set[str] = set()
    for row in documents.documents(file.session, file.case.id):
        form = file.definitions.forms.get(row.form)
        if form is not None and form.catalogue in (*confidentiality.NEVER_PUBLIC, "F-07"):
            for version in documents.versions(file.session, row.id):
                kept |= set(_uploads(version.content))
    ids = [found for found in map(_id_of, kept) if found is not None]
    query = select(Upload.sha256).where(Upload.case_id == file.case.id, Upload.id.in_(ids))
    return set(file.session.scalars(query)) if ids else set()


def _uploads(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("upload"), str):
            yield value["upload"]
        for each in value.values():
            yield from _uploads(each)
    elif isinstance(value, list):
        for each in value:
            yield from _uploads(each)


def _hash_of(file: CaseFile, value: Mapping[str, Any]) -> str | None:
    found = _id_of(value.get("upload"))
    row = file.session.get(Upload, found) if found is not None else None
    return row.sha256 if row is not None else None


def _id_of(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _at(control: str, entry: Field, error: FieldError, row: str) -> FieldError:
    return FieldError(control, error.en, error.cy, catalogue=entry.catalogue, row=row)
