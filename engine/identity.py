"""Gather what a case knows of the people in it, to be looked for where nobody may be named."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine import codes, confidentiality, documents, identifiers, store
from engine.forms import Field, Form
from engine.identifiers import Identifier, Register
from engine.models import (
    Account,
    Appointment,
    Board,
    CaseLink,
    Document,
    DocumentVersion,
)
from engine.store import CaseFile

#: How two cases may be about the same child; a programme is about none.
_SAME_CHILD = ("escalation", "hand_over", "method")
#: Items that are people; the label of one that was added on the case page stands in no document.
_PEOPLE = {"participant": identifiers.PERSON, "family_member": identifiers.FAMILY}
_NAMED_ON_PURPOSE = ("Welsh Government", "Llywodraeth Cymru", "Wales", "Cymru")


def everybody(file: CaseFile) -> Register:
    """Return all that identifies somebody of a case, or of a case behind it, ready to be found.

    Children, family, participants, staff of the agencies, whoever works on the case; birth dates,
    addresses and schools; whoever has a code. The Board and Welsh Government are named on purpose.
    """
    found = [each for one in (file, *of_same_child(file)) for each in _everything(one)]
    boards = file.session.execute(select(Board.name_en, Board.name_cy).order_by(Board.key))
    allowed = [name for names in boards for name in names]
    return identifiers.register(
        found, own_number=file.case.identifier, allowed=(*allowed, *_NAMED_ON_PURPOSE)
    )


def child_and_family(*files: CaseFile) -> Register:
    """Return the names and birth dates of the child and the family on some cases."""
    return identifiers.register(each for file in files for each in _family_of(file))


def _family_of(file: CaseFile) -> Iterator[Identifier]:
    for form, content in _newest(file):
        if form.catalogue in confidentiality.MAY_NAME:
            yield from _of_family(form, content)
    for each in codes.identifiers_of(codes.of_case(file.session, file.case.id)):
        if each.kind == identifiers.FAMILY:
            yield each


def of_same_child(file: CaseFile) -> Iterator[CaseFile]:
    """Go through the cases that this one was opened from or opened, and theirs."""
    seen, todo = {file.case.id}, [file.case.id]
    while todo:
        query = select(CaseLink.linked_id).where(
            CaseLink.case_id == todo.pop(), CaseLink.relation.in_(_SAME_CHILD)
        )
        for linked in file.session.scalars(query.order_by(CaseLink.linked_at, CaseLink.id)):
            if linked not in seen:
                seen.add(linked)
                todo.append(linked)
                yield store.read_case(file.session, linked, file.actor)


def _everything(file: CaseFile) -> Iterator[Identifier]:
    for form, content in _newest(file):
        yield from _of_family(form, content)
        yield from _of_people(form, content)
    yield from codes.identifiers_of(codes.of_case(file.session, file.case.id))
    for item in file.items:
        if item.kind in _PEOPLE and item.label:
            yield Identifier(_PEOPLE[item.kind], item.label)
    for name in _accounts(file):
        yield Identifier(identifiers.PERSON, name)


def _of_family(form: Form, content: Mapping[str, Mapping[str, Any]]) -> Iterator[Identifier]:
    for kind, value in _identifying(form, content, _kind_of_family):
        if kind == identifiers.BORN:
            yield Identifier(kind, day=date.fromisoformat(value))
        else:
            yield Identifier(kind, value)


def _kind_of_family(form: Form, place: Field) -> str:
    if confidentiality.holds_name(form, place):
        return identifiers.FAMILY
    return identifiers.BORN if confidentiality.holds_birth_date(form, place) else ""


def _of_people(form: Form, content: Mapping[str, Mapping[str, Any]]) -> Iterator[Identifier]:
    for kind, value in _identifying(form, content, _kind_of_people):
        yield Identifier(kind, value)


def _kind_of_people(form: Form, place: Field) -> str:
    if place.catalogue in confidentiality.AUTHORS or confidentiality.holds_name(form, place):
        return ""
    if place.type == "adolyguPerson" or confidentiality.holds_person(form, place):
        return identifiers.PERSON
    if confidentiality.holds_address(form, place):
        return identifiers.ADDRESS
    return identifiers.SCHOOL if confidentiality.holds_service(place) else ""


def _accounts(file: CaseFile) -> list[str]:
    """Return the names of whoever was ever appointed to a case or wrote a document of it."""
    session = file.session
    appointed = select(Appointment.account_id).where(Appointment.case_id == file.case.id)
    written = (
        select(DocumentVersion.author)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.case_id == file.case.id, DocumentVersion.author != documents.SYSTEM)
        .distinct()
    )
    ids = set(session.scalars(appointed)) | {uuid.UUID(each) for each in session.scalars(written)}
    query = select(Account.name).where(Account.id.in_(ids)).order_by(Account.name, Account.id)
    return list(session.scalars(query)) if ids else []


def _newest(file: CaseFile) -> Iterator[tuple[Form, Mapping[str, Any]]]:
    """Go through the documents of a case as they now are."""
    query = (
        select(Document.form, DocumentVersion.content)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .where(Document.case_id == file.case.id, DocumentVersion.number == Document.version)
        .order_by(Document.created_at, Document.form, Document.item_key, Document.id)
    )
    for form_id, content in file.session.execute(query):
        form = file.definitions.forms.get(form_id)
        if form is not None:
            yield form, content


def _identifying(
    form: Form, content: Mapping[str, Mapping[str, Any]], kind_of: Callable[[Form, Field], str]
) -> Iterator[tuple[str, str]]:
    """Go through what identifies somebody in a document: its kind, and the text or name.

    Takes:   kind_of, which says what a field holds, and nothing for most of them: of a merged
             timeline with thousands of rows one column is read.
    """
    for section, entry, column, _ in confidentiality.fields_of(form):
        kind = kind_of(form, column or entry)
        value = content.get(section.id, {}).get(entry.key) if kind else None
        rows = value if isinstance(value, list) else []
        for each in [row.get(column.key) for row in rows] if column is not None else [value]:
            said = each.get("name") if isinstance(each, Mapping) else each
            if isinstance(said, str) and said.strip():
                yield kind, said
