"""List the documents that a person wrote, on whatever case."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from engine import access, case_pages, db, store, task_pages
from engine.models import Document, DocumentVersion
from engine.people import Actor
from engine.store import CaseFile
from engine.texts import Text

#: How many documents a page is cut from.
PAGE = 20


@dataclass(frozen=True)
class SentDocument:
    """A document that a person wrote: the last version that is theirs, and when it was sent."""

    id: uuid.UUID
    name: Text
    case_identifier: str
    item_label: Text | None
    version: int
    newest: int
    at: datetime


@dataclass(frozen=True)
class SentDocuments:
    """A page of the documents that a person wrote and may read."""

    documents: tuple[SentDocument, ...]
    number: int
    pages: int


def sent_documents(actor: Actor, number: int = 1) -> SentDocuments:
    """Return a page of the documents that a person wrote, the one written last first.

    A document stands in it as long as the person may read it, whether or not they may open its
    case. A page is cut from all that they wrote, and shows of it what they may read.

    Raises:  NotFound, where there is no such page.
    """
    with db.reading() as session:
        mine = DocumentVersion.author == str(actor.account_id)
        last = func.max(DocumentVersion.number)
        of_mine = select(DocumentVersion.document_id, last.label("number")).where(mine)
        newest = of_mine.group_by(DocumentVersion.document_id).subquery()
        total = session.scalar(select(func.count()).select_from(newest)) or 0
        pages = case_pages.count_pages(total, PAGE, number)
        found = session.execute(
            select(Document, DocumentVersion.number, DocumentVersion.at)
            .join(newest, newest.c.document_id == Document.id)
            .join(
                DocumentVersion,
                and_(
                    DocumentVersion.document_id == Document.id,
                    DocumentVersion.number == newest.c.number,
                ),
            )
            .order_by(DocumentVersion.at.desc(), Document.id)
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        ).all()
        case_ids = {row.case_id for row, _, _ in found}
        files = store.read_cases(session, case_ids, str(actor.account_id))
        lines = []
        for row, version, at in found:
            file = files[row.case_id]
            held = access.roles_on(session, actor, file.case, row.item_key)
            if access.readable_content(file, actor, held, row) is not None:
                lines.append(_sent(file, row, version, at))
        return SentDocuments(tuple(lines), number, pages)


def _sent(file: CaseFile, row: Document, version: int, at: datetime) -> SentDocument:
    form = file.definitions.forms[row.form]
    return SentDocument(
        id=row.id,
        name=Text(form.title("en"), form.title("cy")),
        case_identifier=file.case.identifier,
        item_label=task_pages.item_label(file, row.item_key),
        version=version,
        newest=row.version,
        at=at,
    )
