"""Say in which documents the dates of clocks stand, as far as a person may read them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import access, facts
from engine.facts import FactDeclaration
from engine.models import Document, DocumentVersion, Fact
from engine.people import Actor, Held
from engine.store import NO_ITEM, CaseFile
from engine.texts import Text

#: A clock: case, timescale and item.
Key: TypeAlias = tuple[uuid.UUID, str, str]


@dataclass(frozen=True)
class ClockDate:
    """A date that a clock runs from or ends with, as people call it, and where it is recorded."""

    name: Text
    document_id: uuid.UUID
    section: str


def dates_of(
    session: Session,
    actor: Actor,
    cases: Mapping[uuid.UUID, tuple[CaseFile, Held]],
    clocks: Collection[Key],
) -> dict[Key, tuple[ClockDate, ...]]:
    """Return by clock the recorded dates that it runs from, is due on or ended with.

    Takes:   cases, by id, each with the roles that the person holds on it.
    Returns: dates that stand in a document, of which the person may read the field; it costs as
             many queries, however many cases and clocks there are.
    """
    wanted = {key: list(_declared(cases[key[0]][0], *key[1:])) for key in clocks}
    held_by = _documents(
        session,
        cases,
        {
            (case_id, declaration.name, of_item)
            for (case_id, _, _), found in wanted.items()
            for declaration, of_item in found
        },
    )
    asked = [
        (file, actor, held, row, key)
        for (case_id, name, _), row in held_by.items()
        for file, held in [cases[case_id]]
        for form_id, key in facts.fields_of(file.definitions.facts[name])
        if form_id == row.form
    ]
    readable = access.readable_sections(session, asked)
    return {
        clock: tuple(
            dict.fromkeys(
                ClockDate(declaration.text, row.id, readable[row.id, key])
                for declaration, of_item in found
                for row in [held_by.get((clock[0], declaration.name, of_item))]
                if row is not None
                for form_id, key in facts.fields_of(declaration)
                if form_id == row.form and (row.id, key) in readable
            )
        )
        for clock, found in wanted.items()
    }


def of_case(
    file: CaseFile, actor: Actor, held: Held
) -> dict[tuple[str, str], tuple[ClockDate, ...]]:
    """Return the recorded dates of the clocks of one case, by timescale and item."""
    clocks = [(file.case.id, *key) for key in file.clocks]
    found = dates_of(file.session, actor, {file.case.id: (file, held)}, clocks)
    return {(timescale, item): dates for (_, timescale, item), dates in found.items()}


def _declared(file: CaseFile, timescale: str, item: str) -> Iterator[tuple[FactDeclaration, str]]:
    """Yield the facts out of documents on which a clock hangs and are known, the start first."""
    row = file.definitions.timescales.get(timescale)
    names = dict.fromkeys([row.runs_from, *row.until, *row.ends]) if row else {}
    declared = file.definitions.facts
    for name in names:
        for behind in sorted(facts.behind(declared, [name])):
            for of_item in dict.fromkeys((item, NO_ITEM)):
                known = file.facts.get((behind, of_item))
                if declared[behind].kind == "field" and known and known.value is not None:
                    yield declared[behind], of_item


def _documents(
    session: Session,
    cases: Collection[uuid.UUID],
    wanted: Collection[tuple[uuid.UUID, str, str]],
) -> dict[tuple[uuid.UUID, str, str], Document]:
    """Return the document out of which each fact was lifted last, by case, fact and item."""
    rows = session.execute(
        select(Fact.case_id, Fact.name, Fact.item_key, Fact.source)
        .where(Fact.case_id.in_(cases), Fact.name.in_({name for _, name, _ in wanted}))
        .order_by(Fact.number, Fact.id)
    )
    versions = {
        (case_id, name, item): _as_version(source)
        for case_id, name, item, source in rows
        if (case_id, name, item) in wanted
    }
    found = session.execute(
        select(DocumentVersion.id, Document)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(DocumentVersion.id.in_({version for version in versions.values() if version}))
    )
    documents: dict[uuid.UUID, Document] = dict(found.all())
    return {
        key: documents[version]
        for key, version in versions.items()
        if version is not None and version in documents
    }


def _as_version(source: str) -> uuid.UUID | None:
    """Return the version of a document that a fact came out of; a step or another case is none."""
    try:
        return uuid.UUID(source)
    except ValueError:
        return None
