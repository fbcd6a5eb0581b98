"""Keep the documents of a case: whole versions, drafts, and signatures under sections.

Whoever writes holds the lock of the case (`store.lock_case`); nothing here commits.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from engine import facts, store, time_source
from engine.deployments import Definitions
from engine.errors import EngineError, NotFound
from engine.forms import Form
from engine.models import Account, Case, Document, DocumentVersion, Draft, Signature, UserTask
from engine.store import CaseFile

SYSTEM = "SYSTEM"

Content = Mapping[str, Mapping[str, Any]]


class DocumentChanged(EngineError):
    """{who} changed this part of the document on {when} after you opened it. Open it again to see what they wrote, then enter your answers."""  # noqa: E501

    status = 409


class NothingToSign(EngineError):
    """There is nothing to sign in {section} yet. Complete it first, then sign."""

    status = 409


@dataclass(frozen=True)
class DocumentKey:
    """Which document of a case: its form, and the item or occasion where there is one each."""

    form: str
    item_key: str = ""
    occasion: str = ""


@dataclass(frozen=True)
class SignatureLine:
    """A signature as people see it."""

    account_id: uuid.UUID
    name: str
    role: str
    at: datetime
    sections: tuple[str, ...]
    version: int
    of_earlier_version: bool


def content_hash(content: Any) -> str:
    """Return the SHA-256 of a JSON value, written in the one canonical way."""
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def find(session: Session, case_id: uuid.UUID, key: DocumentKey) -> Document | None:
    """Return a document of a case, if anything was ever written to it."""
    return session.scalar(
        select(Document).where(
            Document.case_id == case_id,
            Document.form == key.form,
            Document.item_key == key.item_key,
            Document.occasion == key.occasion,
        )
    )


def documents(session: Session, case_id: uuid.UUID) -> Sequence[Document]:
    """Return all documents of a case in the order in which they were begun."""
    return session.scalars(
        select(Document)
        .where(Document.case_id == case_id)
        .order_by(Document.created_at, Document.form, Document.item_key, Document.id)
    ).all()


def current(session: Session, case_id: uuid.UUID, key: DocumentKey) -> DocumentVersion | None:
    """Return the newest version of a document, if there is one."""
    document = find(session, case_id, key)
    return None if document is None else version(session, document.id, document.version)


def version(session: Session, document_id: uuid.UUID, number: int) -> DocumentVersion:
    """Return one version of a document.

    Raises:  NotFound.
    """
    row = session.scalar(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document_id, DocumentVersion.number == number
        )
    )
    if row is None:
        raise NotFound
    return row


def versions(session: Session, document_id: uuid.UUID) -> Sequence[DocumentVersion]:
    """Return all versions of a document, oldest first."""
    return session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document_id)
        .order_by(DocumentVersion.number)
    ).all()


def definitions_of(file: CaseFile, row: Document, number: int | None = None) -> Definitions:
    """Return the definitions by which a version of a document was written, the newest as a rule.

    A case that never moved has but one set of them, and nothing is asked.
    """
    if not file.case.moves:
        return file.definitions
    return file.definitions_after(version(file.session, row.id, number or row.version).moves)


@dataclass(frozen=True)
class Written:
    """Who wrote a version of a document, when, and why."""

    author: str
    at: datetime
    reason: str


def written(
    session: Session, wanted: Collection[tuple[uuid.UUID, int]]
) -> dict[tuple[uuid.UUID, int], Written]:
    """Return who wrote versions of documents, by document and number, in one query."""
    columns = (DocumentVersion.document_id, DocumentVersion.number)
    rows = session.execute(
        select(*columns, DocumentVersion.author, DocumentVersion.at, DocumentVersion.reason).where(
            tuple_(*columns).in_(list(wanted))
        )
    )
    return {(key, number): Written(author, at, why) for key, number, author, at, why in rows}


def recorded_versions(session: Session, document_id: uuid.UUID) -> dict[int, date | None]:
    """Return the versions of a document that were recorded, not performed, by number (D42).

    Each with the day on which it was done, or nothing where nobody knows.
    """
    rows = session.execute(
        select(DocumentVersion.number, UserTask.happened_on)
        .join(UserTask, UserTask.id == DocumentVersion.task_id)
        .where(DocumentVersion.document_id == document_id, UserTask.recorded_at.is_not(None))
    )
    return {row.number: row.happened_on for row in rows}


def write(
    session: Session,
    case: Case,
    key: DocumentKey,
    sections: Content,
    *,
    base: int | None,
    author: str,
    task_id: uuid.UUID | None = None,
    reason: str = "",
) -> DocumentVersion:
    """Write sections of a document: a new version, whole, of these over the newest.

    Takes:   sections, {section: {key: JSON}}; base, the number of the version that the author
             saw (0 for none yet), or None to write over whatever is newest.
    Raises:  DocumentChanged, when one of these sections was changed after `base`.
    """
    now = time_source.now(session)
    document = find(session, case.id, key)
    if document is None:
        document = Document(
            board_id=case.board_id,
            case_id=case.id,
            form=key.form,
            item_key=key.item_key,
            occasion=key.occasion,
            version=0,
            created_at=now,
        )
        session.add(document)
        session.flush()
    newest = version(session, document.id, document.version) if document.version else None
    if base is not None and newest is not None and base != newest.number:
        _refuse_changed(session, newest, base, sections)
    content = {
        **(newest.content if newest is not None else {}),
        **{section: dict(values) for section, values in sections.items()},
    }
    document.version += 1
    row = DocumentVersion(
        board_id=case.board_id,
        document_id=document.id,
        number=document.version,
        content=content,
        content_hash=content_hash(content),
        section_hashes={section: content_hash(values) for section, values in content.items()},
        sections=sorted(sections),
        task_id=task_id,
        author=author,
        at=time_source.written(session),
        reason=reason,
        moves=case.moves,
    )
    session.add(row)
    session.flush()
    return row


def lift_facts(file: CaseFile, form: Form, written: DocumentVersion, item_key: str) -> None:
    """Lift the facts of the sections that a version has just written."""
    declarations = file.definitions.facts
    lifted = facts.lift(declarations, form, written.content, written.sections, written.number)
    values = {
        (name, store.NO_ITEM if declarations[name].scope == facts.CASE else item_key): value
        for name, value in lifted.items()
    }
    of_rows = facts.lift_rows(declarations, form, written.content, written.sections)
    occasion = file.session.get_one(Document, written.document_id).occasion
    gathered = facts.gather(
        declarations,
        form,
        written.content,
        occasion,
        {name: fact.value for (name, item), fact in file.facts.items() if not item},
    )
    of_all = {(name, store.NO_ITEM): value for name, value in gathered.items()}
    store.write_facts(file, {**values, **of_rows, **of_all}, str(written.id))


def changed_since(
    session: Session, newest: DocumentVersion, base: int, sections: Collection[str]
) -> set[str]:
    """Return those of some sections that differ from what they were in version `base`."""
    seen = version(session, newest.document_id, base).section_hashes if base else {}
    now = newest.section_hashes
    return {section for section in sections if now.get(section) != seen.get(section)}


def _refuse_changed(
    session: Session, newest: DocumentVersion, base: int, sections: Collection[str]
) -> None:
    clashing = changed_since(session, newest, base, sections)
    if not clashing:
        return
    later = session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == newest.document_id, DocumentVersion.number > base)
        .order_by(DocumentVersion.number.desc())
    )
    last = next(row for row in later if clashing & set(row.sections))
    when = last.at.astimezone(time_source.WALES)
    raise DocumentChanged(who=name_of(session, last.author), when=f"{when:%d/%m/%Y %H:%M}")


def name_of(session: Session, author: str) -> str:
    """Return the name of an author; the system is called Adolygu."""
    if author == SYSTEM:
        return "Adolygu"
    account = session.get(Account, uuid.UUID(author))
    return "?" if account is None else account.name


def row_keys(session: Session, case_id: uuid.UUID) -> set[str]:
    """Return every key that a row of any document of a case ever had."""
    found: set[str] = set()
    contents = session.scalars(
        select(DocumentVersion.content)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.case_id == case_id)
    )
    for content in contents:
        _collect_row_keys(content, found)
    return found


def _collect_row_keys(value: Any, found: set[str]) -> None:
    if isinstance(value, Mapping):
        if isinstance(value.get("_key"), str):
            found.add(value["_key"])
        for each in value.values():
            _collect_row_keys(each, found)
    elif isinstance(value, list):
        for each in value:
            _collect_row_keys(each, found)


def save_draft(
    session: Session, task: UserTask, account_id: uuid.UUID, posted: Mapping[str, Sequence[str]]
) -> Draft:
    """Keep what one person has typed into one task so far, as it was posted."""
    draft = read_draft(session, task.id, account_id)
    if draft is None:
        draft = Draft(board_id=task.board_id, task_id=task.id, account_id=account_id)
        session.add(draft)
    draft.content = {name: list(texts) for name, texts in posted.items()}
    draft.saved_at = time_source.now(session)
    session.flush()
    return draft


def read_draft(session: Session, task_id: uuid.UUID, account_id: uuid.UUID) -> Draft | None:
    """Return a person's own draft on a task; nobody else's is ever returned."""
    return session.scalar(
        select(Draft).where(Draft.task_id == task_id, Draft.account_id == account_id)
    )


def drop_drafts(session: Session, task_id: uuid.UUID, account_id: uuid.UUID | None = None) -> None:
    """Throw away the drafts on a task, once it is closed, or one person's when they say so."""
    statement = delete(Draft).where(Draft.task_id == task_id)
    if account_id is not None:
        statement = statement.where(Draft.account_id == account_id)
    session.execute(statement)


def sign(
    session: Session,
    signed: DocumentVersion,
    sections: Collection[str],
    account_id: uuid.UUID,
    role: str,
) -> Signature:
    """Put a person's signature under sections of a version.

    Raises:  NothingToSign, when a section has never been written.
    """
    row = Signature(
        board_id=signed.board_id,
        document_version_id=signed.id,
        sections=sorted(sections),
        sections_hash=hash_of_sections(signed, sections),
        account_id=account_id,
        role=role,
        at=time_source.now(session),
    )
    session.add(row)
    session.flush()
    return row


def hash_of_sections(signed: DocumentVersion, sections: Collection[str]) -> str:
    """Return the SHA-256 over the hashes of some sections of a version.

    Raises:  NothingToSign, when a section has never been written.
    """
    for section in sections:
        if section not in signed.section_hashes:
            raise NothingToSign(section=section)
    return content_hash({section: signed.section_hashes[section] for section in sections})


def signatures(session: Session, document: Document) -> list[SignatureLine]:
    """Return the signatures under a document, oldest first.

    One whose sections have changed since stays, and says that it is of an earlier version.
    """
    newest = version(session, document.id, document.version)
    rows = session.execute(
        select(Signature, DocumentVersion.number, Account.name)
        .join(DocumentVersion, DocumentVersion.id == Signature.document_version_id)
        .join(Account, Account.id == Signature.account_id)
        .where(DocumentVersion.document_id == document.id)
        .order_by(Signature.at, DocumentVersion.number, Signature.id)
    )
    return [
        SignatureLine(
            account_id=row.account_id,
            name=name,
            role=row.role,
            at=row.at,
            sections=tuple(row.sections),
            version=number,
            of_earlier_version=row.sections_hash != hash_of_sections(newest, row.sections),
        )
        for row, number, name in rows
    ]
