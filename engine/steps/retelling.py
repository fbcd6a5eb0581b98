"""Write a document anew when the list that its rows tell of has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from engine import documents, feel, forms, store
from engine.deployments import Definitions
from engine.documents import SYSTEM, DocumentKey
from engine.forms import Field, Form
from engine.models import DocumentVersion
from engine.store import NO_ITEM, CaseFile

REASON = "what its rows tell of has changed"


def rows_told(file: CaseFile, fact: str) -> list[tuple[str, dict[str, feel.Value]]]:
    """Return the contexts of a list of the case by their `_key`, each under the name `source`."""
    listed = file.names(None)[fact]
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return [(str(row[forms.ROW_KEY]), {"source": row}) for row in rows if forms.ROW_KEY in row]


def retell(file: CaseFile) -> None:
    """Give each document whose rows tell of a list of the case a new version, where it moved on.

    A document that nobody has written yet stays unwritten. What people wrote in a row stays with
    it, also when the row had been gone for a while.
    """
    for form, section, entry in _retold(file.definitions):
        newest = documents.current(file.session, file.case.id, DocumentKey(form.id))
        if newest is not None and section in newest.content:
            _retell(file, form, section, entry, newest)


@lru_cache(maxsize=16)
def _retold(definitions: Definitions) -> tuple[tuple[Form, str, Field], ...]:
    return tuple(
        (form, section.id, entry)
        for form in definitions.forms.values()
        if form.per == "case"
        for section in form.sections
        for entry in section.fields
        if entry.about in definitions.facts
    )


def _retell(
    file: CaseFile, form: Form, section: str, entry: Field, newest: DocumentVersion
) -> None:
    told = rows_told(file, entry.about)
    recorded = newest.content[section].get(entry.key) or []
    back = {key for key, _ in told} - forms.known_rows(recorded).keys()
    known = [*recorded, *_gone(file, newest, section, entry, back)] if back else recorded
    standing = forms.standing_values(
        form,
        [section],
        names=file.names(None),
        functions=file.functions(None),
        around=forms.Around(
            existing={**newest.content, section: {**newest.content[section], entry.key: known}},
            about=lambda kind: told if kind == entry.about else [],
        ),
    )
    rows = standing[section].get(entry.key) or []
    if rows == recorded:
        return
    version = documents.write(
        file.session,
        file.case,
        DocumentKey(form.id),
        {section: {**newest.content[section], entry.key: rows}},
        base=None,
        author=SYSTEM,
        reason=REASON,
    )
    documents.lift_facts(file, form, version, NO_ITEM)
    data = {"document": str(version.document_id), "version": version.number}
    store.record_event(file, "document_retold", subject=form.catalogue, data=data)


def _gone(
    file: CaseFile, newest: DocumentVersion, section: str, entry: Field, keys: set[str]
) -> Iterator[Mapping[str, Any]]:
    """Yield what earlier versions last held in rows that come back."""
    wanted = set(keys)
    for version in reversed(documents.versions(file.session, newest.document_id)):
        rows = forms.known_rows(version.content.get(section, {}).get(entry.key))
        for key in wanted & rows.keys():
            yield rows[key]
        wanted -= rows.keys()
        if not wanted:
            return
