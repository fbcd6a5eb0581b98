"""Make a document of a case ready to print, cut down to what the person may read who prints it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    confidentiality,
    db,
    deployments,
    documents,
    layouts,
    own_templates,
    store,
    task_pages,
    time_source,
)
from engine.access import Readers
from engine.deployments import Definitions
from engine.errors import InvalidDefinition, NotFound
from engine.forms import Field, Form, feel_values
from engine.layouts import Layout
from engine.models import Document, DocumentVersion
from engine.papers import words
from engine.papers.building import Source, build
from engine.papers.letterheads import read_letterhead
from engine.papers.model import Block, Heading, Paper, Paragraph
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text, day_in_words


def print_document(document_id: uuid.UUID, actor: Actor, version: int | None = None) -> Paper:
    """Return a version of a document as a paper, the newest if none is named.

    Raises:  NotFound, also where this person may read nothing of it.
    """
    with db.reading() as session:
        row = session.get(Document, document_id)
        if row is None:
            raise NotFound
        file = store.read_case(session, row.case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, row.item_key)
        paper = paper_for(file, [(actor, held)], row, version)
        if paper is None:
            raise NotFound
        return paper


def paper_for(
    file: CaseFile, readers: Readers, row: Document, version: int | None = None
) -> Paper | None:
    """Return a document as a paper for several readers, cut down to what each of them may read.

    Returns: nothing where there is nothing that all of them may read.
    """
    source = _source(file, readers, row, version)
    if source is None:
        return None
    return _paper(file, readers, row, source, version or row.version)


def _paper(file: CaseFile, readers: Readers, row: Document, source: Source, number: int) -> Paper:
    def appendix(wanted: layouts.Appendix) -> tuple[Block, ...]:
        return _appendix(file, readers, row, wanted)

    form = source.form
    layout = _layout(file, documents.definitions_of(file, row, number), form.id)
    title = layout.title if layout is not None else None
    return Paper(
        key=str(row.id)[:8],
        title=layouts.filled(title, source.values) if title else _title(form),
        catalogue=form.catalogue,
        case_identifier=file.case.identifier,
        about=task_pages.item_label(file, row.item_key),
        version=number,
        newest=row.version,
        written_at=_written(file.session, row, number),
        printed_on=day_in_words(time_source.local_day(file.now)),
        letterhead=read_letterhead(file.session, file.case.board_id),
        marks=confidentiality.marks_of(form, file.names(row.item_key)),
        blocks=build(source, layout, appendix),
        may_be_taken=all(access.may_take_away(file, *reader, row) for reader in readers),
        recorded_by=_recorded_by(file, form, row, number),
        landscape=layout is not None and layout.landscape,
    )


def _layout(file: CaseFile, definitions: Definitions, form: str) -> Layout | None:
    """Return how a form is printed: as its Board has it, else as the case has it.

    A layout of the Board was made for the newest form; a case that pins an older one, which has
    not all that the layout names, is printed as it was deployed. So is one whose layout was
    written before an upgrade and can be read no more.
    """
    path = f"{deployments.LAYOUTS}{form}.toml"
    own = own_templates.in_force(file.session, file.case.board_id, path)
    with suppress(InvalidDefinition):
        layout = layouts.parse_layout(own, path) if own is not None else None
        roles = definitions.roles
        if layout and not any(deployments.problems(definitions.forms, roles, form, layout)):
            return layout
    return definitions.layouts.get(form)


def _source(file: CaseFile, readers: Readers, row: Document, version: int | None) -> Source | None:
    """Return what a document holds for its readers; nothing, where they may read none of it."""
    content = access.readable_by_all(file, readers, row, version)
    readable = access.parts_readable_by_all(file, readers, row, version)
    if content is None or not readable:
        return None
    definitions = documents.definitions_of(file, row, version)
    form = definitions.forms[row.form]
    lines = documents.signatures(file.session, row)
    newest = version in (None, row.version)
    return Source(
        form=form,
        content=content,
        readable=readable,
        titles={key: _title(other) for key, other in definitions.forms.items()},
        hidden=_hidden_texts(file, form, row, content),
        outdated=[line.at for line in lines if newest and line.of_earlier_version],
        values={"case": file.case.identifier},
    )


def _hidden_texts(
    file: CaseFile, form: Form, row: Document, content: Mapping[str, Mapping[str, Any]]
) -> Any:
    names = {**file.names(row.item_key), **feel_values(form, content)}
    functions = file.functions(row.item_key)

    def hidden(entry: Field) -> bool:
        return entry.hide is not None and entry.hide.evaluate(names, functions) is True

    return hidden


def _appendix(
    file: CaseFile, readers: Readers, row: Document, wanted: layouts.Appendix
) -> tuple[Block, ...]:
    """Return another document of the case as its readers may read it; nothing if there is none."""
    found = file.session.scalars(
        select(Document)
        .where(Document.case_id == file.case.id, Document.form == wanted.form)
        .where(Document.item_key.in_({"", row.item_key}))
        .order_by(Document.created_at.desc(), Document.id)
    ).first()
    if found is None:
        return ()
    of_item = [(actor, held.on(found.item_key)) for actor, held in readers]
    source = _source(file, of_item, found, None)
    blocks = build(source, only=wanted.names) if source is not None else ()
    if not blocks:
        return ()
    below = tuple(
        Heading(block.text, block.level + 1) if isinstance(block, Heading) else block
        for block in blocks
    )
    number = words.numbered(words.VERSION, found.version)
    at = _written(file.session, found, found.version)
    return (Paragraph(Text(f"{number.en}, {at.en}", f"{number.cy}, {at.cy}")), *below)


def _written(session: Session, row: Document, number: int) -> Text:
    """Return when a version was written; of one that was recorded, not performed, when it was done.

    Source:  D42: what was done before a case was taken in is never shown as done here.
    """
    at = words.moment(_written_at(session, row, number))
    past = documents.recorded_versions(session, row.id)
    return words.done_before(at, past[number]) if number in past else at


def _written_at(session: Session, row: Document, number: int) -> datetime:
    return session.scalars(
        select(DocumentVersion.at)
        .where(DocumentVersion.document_id == row.id)
        .where(DocumentVersion.number == number)
    ).one()


def _recorded_by(file: CaseFile, form: Form, row: Document, number: int) -> str:
    """Return who recorded a version; of what is made to be published, nobody is named (CF-02)."""
    if any(confidentiality.is_public(form, entry) for entry in form.fields):
        return ""
    author = documents.version(file.session, row.id, number).author
    return accounts.name_of(file.session, author)


def _title(form: Form) -> Text:
    return form.texts.get("title", Text(form.id, form.id))
