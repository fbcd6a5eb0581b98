"""Say what people see of documents: one version, its earlier ones, and a form to amend it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    accounts,
    consequences,
    corrections,
    db,
    documents,
    store,
    task_pages,
    uploads,
)
from engine.documents import SignatureLine
from engine.errors import NotFound
from engine.forms import Form
from engine.models import Document, DocumentVersion, Upload
from engine.people import Actor
from engine.store import CaseFile
from engine.task_pages import FormPart
from engine.texts import Text


@dataclass(frozen=True)
class VersionLine:
    """One version of a document in a list."""

    number: int
    at: datetime
    author_name: str
    sections: tuple[str, ...]
    reason: str
    #: whether it was recorded, not performed, and the day on which it was done if anybody knows
    is_recorded: bool = False
    happened_on: date | None = None


@dataclass(frozen=True)
class DocumentPage:
    """A version of a document, cut down to what this person may read.

    `readable` holds the ids of the fields and columns that they may read, answered or not.
    """

    id: uuid.UUID
    case_id: uuid.UUID
    case_identifier: str
    form: Form
    item_label: Text | None
    version: int
    newest: int
    content: dict[str, Any]
    readable: frozenset[str]
    versions: tuple[VersionLine, ...]
    signatures: tuple[SignatureLine, ...]
    amendable: frozenset[str]
    may_be_taken: bool
    may_open_case: bool

    @property
    def may_amend(self) -> bool:
        """Say whether this person may put any section right."""
        return bool(self.amendable)


@dataclass(frozen=True)
class AmendPage:
    """A document's section as a form to put right.

    `may_need_second` says that a second person has to confirm a change of some of its answers.
    """

    document: DocumentPage
    part: FormPart
    names: Any
    functions: Any
    may_need_second: bool = False


def document_page(document_id: uuid.UUID, actor: Actor, version: int | None = None) -> DocumentPage:
    """Return a document as this person may read it.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file, row = _find(session, document_id, actor)
        return _page(file, row, actor, version)


def may_open_document(document_id: uuid.UUID, actor: Actor) -> bool:
    """Say whether a person may read anything of a document, so that a link leads there."""
    with db.reading() as session:
        row = session.get(Document, document_id)
        if row is None:
            return False
        file = store.read_case(session, row.case_id, str(actor.account_id))
        roles = access.roles_on(session, actor, file.case, row.item_key)
        return access.readable_content(file, actor, roles, row) is not None


@dataclass(frozen=True)
class DocumentDifference:
    """Two versions of a document, to be held against each other.

    `before` and `after` hold what this person may read in both; `hidden` are the sections of which
    one version holds something that they may not read there.
    """

    older: DocumentPage
    newer: DocumentPage
    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]
    hidden: tuple[str, ...]


def document_difference(
    document_id: uuid.UUID, older: int, newer: int, actor: Actor
) -> DocumentDifference:
    """Return two versions of a document to be held against each other.

    Raises:  NotFound, also where one of them may not be read, or the first is not the older one.
    """
    with db.reading() as session:
        file, row = _find(session, document_id, actor)
        if not older < newer:
            raise NotFound
        pages = [_page(file, row, actor, number) for number in (older, newer)]
        hidden: dict[str, set[str]] = {}
        for page in pages:
            stored = documents.version(session, row.id, page.version).content
            for section, values in stored.items():
                shut = set(values) - set(page.content.get(section, {}))
                if shut or section not in page.content:
                    hidden.setdefault(section, set()).update(shut)
        before, after = (_without(page.content, hidden) for page in pages)
        return DocumentDifference(
            older=pages[0],
            newer=pages[1],
            before=before,
            after=after,
            hidden=tuple(one.id for one in pages[0].form.sections if one.id in hidden),
        )


def _without(
    content: Mapping[str, Mapping[str, Any]], hidden: Mapping[str, set[str]]
) -> dict[str, dict[str, Any]]:
    return {
        section: {key: one for key, one in values.items() if key not in hidden.get(section, ())}
        for section, values in content.items()
    }


def readable_by_item(case_id: uuid.UUID, form: str, actor: Actor) -> dict[str, uuid.UUID]:
    """Return the documents of a form on a case that a person may read, by the key of their item."""
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        found = {}
        for row in documents.documents(session, case_id):
            roles = access.roles_on(session, actor, file.case, row.item_key)
            if row.form == form and access.readable_content(file, actor, roles, row) is not None:
                found[row.item_key] = row.id
        return found


def amend_page(document_id: uuid.UUID, section: str, actor: Actor) -> AmendPage:
    """Return one section of a document as a form to put right.

    Raises:  NotFound, also where the person may not amend it.
    """
    with db.reading() as session:
        file, row = _find(session, document_id, actor)
        page = _page(file, row, actor, None)
        if section not in page.amendable:
            raise NotFound
        return AmendPage(
            document=page,
            part=corrections.amendment_part(file, row, (section,)),
            names=file.names(row.item_key),
            functions=file.functions(row.item_key),
            may_need_second=consequences.may_bear_on_statute(file, row.form, (section,)),
        )


def open_upload(upload_id: uuid.UUID, actor: Actor) -> uploads.Opened:
    """Return the bytes, file name and media type of an uploaded file.

    Raises:  NotFound, unless a document that this person may read holds it.
    """
    with db.reading() as session:
        upload = session.get(Upload, upload_id)
        if upload is None:
            raise NotFound
        file = store.read_case(session, upload.case_id, str(actor.account_id))
        if not access.may_open_upload(file, actor, upload):
            raise NotFound
        return uploads.open_upload(session, uploads.in_use(), upload_id)


def _find(session: Session, document_id: uuid.UUID, actor: Actor) -> tuple[CaseFile, Document]:
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound
    return store.read_case(session, row.case_id, str(actor.account_id)), row


def _page(file: CaseFile, row: Document, actor: Actor, version: int | None) -> DocumentPage:
    roles = access.roles_on(file.session, actor, file.case, row.item_key)
    content = access.readable_content(file, actor, roles, row, version)
    if content is None:
        raise NotFound
    return DocumentPage(
        id=row.id,
        case_id=file.case.id,
        case_identifier=file.case.identifier,
        form=documents.definitions_of(file, row, version).forms[row.form],
        item_label=task_pages.item_label(file, row.item_key),
        version=version or row.version,
        newest=row.version,
        content=content,
        readable=access.readable_parts(file, actor, roles, row, version),
        versions=tuple(_versions(file, row)),
        signatures=tuple(documents.signatures(file.session, row)),
        amendable=frozenset(
            section for section in content if access.may_amend(file, actor, roles, row, section)
        ),
        may_be_taken=access.may_take_away(file, actor, roles, row),
        may_open_case=access.may(file, actor, roles, "read", access.TheCase()),
    )


def _versions(file: CaseFile, row: Document) -> list[VersionLine]:
    rows = file.session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == row.id)
        .order_by(DocumentVersion.number.desc())
    )
    past = documents.recorded_versions(file.session, row.id)
    return [
        VersionLine(
            number=found.number,
            at=found.at,
            author_name=accounts.name_of(file.session, found.author),
            sections=tuple(found.sections),
            reason=found.reason,
            is_recorded=found.number in past,
            happened_on=past.get(found.number),
        )
        for found in rows
    ]
