"""Say who and what a case lists that has no code yet: children, family, staff, places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine import access, codes, confidentiality, documents, task_pages
from engine.codes import CHILD, FAMILY, KINDS, PLACE, STAFF, Code
from engine.forms import ROW_KEY, Field, Form
from engine.genograms import GENOGRAM_FORM, GENOGRAM_PEOPLE
from engine.models import Document
from engine.people import Actor
from engine.store import CaseFile

Content: TypeAlias = Mapping[str, Mapping[str, Any]]

MOST_NAME = 200
MOST_ROLE = 100
#: Items that are people, and what kind of code they have.
_ITEMS = {"child": CHILD, "family_member": FAMILY, "participant": STAFF}
#: Who of the staff took part in an event of an agency, by role (F06.07).
_STAFF_COLUMN = "staff_involved"


@dataclass(frozen=True)
class Suggestion:
    """Somebody or something that the case lists and that has no code yet.

    `key` tells it from the others; `source` is where the case lists it, by keys, where it does so
    under a key that stays.
    """

    key: str
    kind: str
    name: str
    role: str
    source: str | None


def suggestions(file: CaseFile, actor: Actor, known: Collection[Code]) -> Iterator[Suggestion]:
    """Yield whom and what the case lists and no code stands for, each once.

    Only from what the person may read: not every reviewer reads the referral or an address.

    Somebody is known by where they are listed, by a name, or, where no name is listed, by a role.
    """
    sources = {code.source for code in known}
    names = {(code.kind, codes.plain(name)) for code in known for name in code.names}
    roles = {(code.kind, codes.plain(code.role)) for code in known}
    highest = {kind: max((c.number for c in known if c.kind == kind), default=0) for kind in KINDS}
    for kind, number in highest.items():
        roles |= {role for one in range(1, number + 1) for role in _as_roles(kind, one)}
    for one in _listed(file, actor):
        name, role = (one.kind, codes.plain(one.name)), (one.kind, codes.plain(one.role))
        if one.source in sources and one.source is not None:
            continue
        if name in names if one.name else role in roles and one.source not in _keys(file):
            continue
        highest[one.kind] += 1
        names.add(name)
        # The genogram says “child 1” of whoever is about to get that code.
        roles |= {role, *_as_roles(one.kind, highest[one.kind])}
        yield one


def _as_roles(kind: str, number: int) -> set[tuple[str, str]]:
    """Return a code as others may have written it in place of a role."""
    text = codes.code_text(kind, number)
    return {(kind, codes.plain(text.en)), (kind, codes.plain(text.cy))}


def _keys(file: CaseFile) -> set[str]:
    return {item.key for item in file.items}


def _listed(file: CaseFile, actor: Actor) -> Iterator[Suggestion]:
    """Yield everybody and everything that the case lists: items, names, genogram, staff, places."""
    written = list(_readable(file, actor))
    by_key = {key: (name, role) for key, name, role in _named_rows(written)}
    for item in file.items:
        kind = _ITEMS.get(item.kind)
        if kind is None:
            continue
        name, role = by_key.get(item.key, ("", ""))
        label = task_pages.label_of(file, item).en
        if kind == STAFF:
            name = name or label
        elif kind == FAMILY:
            role = role or label
        yield Suggestion(item.key, kind, name, role, item.key)
    for form, content in written:
        yield from _named(form, content)
    yield from _of_genogram(written)
    yield from _staff(written)


def _readable(file: CaseFile, actor: Actor) -> Iterator[tuple[Form, Content]]:
    """Yield the documents of the case as they now are, as far as a person may read them."""
    by_item: dict[str, list[Document]] = {}
    for row in documents.documents(file.session, file.case.id):
        by_item.setdefault(row.item_key, []).append(row)
    for item_key, rows in by_item.items():
        held = access.roles_on(file.session, actor, file.case, item_key)
        wanted = [(row, row.version) for row in rows]
        contents = access.readable_contents(file, actor, held, wanted)
        for row in rows:
            form = file.definitions.forms.get(row.form)
            content = contents.get((row.id, row.version))
            if form is not None and content is not None:
                yield form, content


def _named_rows(written: list[tuple[Form, Content]]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows that name somebody: key, name, role."""
    for form, content in written:
        for entry, row in _rows(form, content):
            name = next(
                (
                    str(row[column.key])
                    for column in entry.columns
                    if row.get(column.key)
                    and (
                        confidentiality.holds_name(form, column)
                        or confidentiality.holds_person(form, column)
                    )
                ),
                "",
            )
            role = row.get("role") if isinstance(row.get("role"), str) else ""
            if name:
                yield str(row.get(ROW_KEY)), name, str(role or "")[:MOST_ROLE]


def _rows(form: Form, content: Content) -> Iterator[tuple[Field, Mapping[str, Any]]]:
    for section in form.sections:
        for entry in section.fields:
            rows = content.get(section.id, {}).get(entry.key) if entry.is_rows else None
            for row in rows or ():
                yield entry, row


def _named(form: Form, content: Content) -> Iterator[Suggestion]:
    """Yield the names of children, family and places that stand in a form (CF-01)."""
    for section, entry, column, around in confidentiality.fields_of(form):
        place = column or entry
        kind = _kind_named(form, place, around)
        if kind is None:
            continue
        value = content.get(section.id, {}).get(entry.key)
        for row in value if isinstance(value, list) else [{place.key: value, ROW_KEY: ""}]:
            text = " ".join(str(row.get(place.key) or "").split())
            if text and len(text) <= MOST_NAME:
                key = f"{form.id}/{entry.key}/{row.get(ROW_KEY) or ''}/{place.key}"
                yield Suggestion(key, kind, text, "", None)


def _kind_named(form: Form, place: Field, around: str) -> str | None:
    if confidentiality.holds_name(form, place):
        words = f"{place.key} {place.label('en')} {around}".lower()
        return CHILD if "child" in words else FAMILY
    if confidentiality.holds_service(place) or confidentiality.holds_address(form, place):
        return PLACE if place.type != "filepicker" else None
    return None


def _of_genogram(written: list[tuple[Form, Content]]) -> Iterator[Suggestion]:
    for form, content in written:
        if form.catalogue != GENOGRAM_FORM:
            continue
        for entry, row in _rows(form, content):
            if entry.key == GENOGRAM_PEOPLE and row.get("person_label"):
                key = f"{form.id}/{row.get(ROW_KEY)}"
                kind = CHILD if row.get("person_subject") else FAMILY
                role = " ".join(str(row["person_label"]).split())[:MOST_ROLE]
                yield Suggestion(key, kind, "", role, key)


def _staff(written: list[tuple[Form, Content]]) -> Iterator[Suggestion]:
    """Yield the staff that agencies list in their timelines, by role."""
    for form, content in written:
        if form.catalogue != "F-06":
            continue
        for _, row in _rows(form, content):
            for role in codes.people_listed(str(row.get(_STAFF_COLUMN) or "")):
                if len(role) <= MOST_ROLE:
                    yield Suggestion(f"staff/{codes.plain(role)}", STAFF, "", role, None)
