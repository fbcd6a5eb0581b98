"""Say which reports are published, and give them to anybody: nothing else of a case goes out here.

A report is published by what its case records: the day it was published, put back online, taken
down. Its address is the id of that record, which says nothing of the case.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import db, documents, public_report, store, time_source
from engine.errors import NotFound
from engine.models import Board, Document
from engine.public_report import Passage
from engine.store import CaseFile
from engine.texts import Text

#: How long a report stays online, whatever is recorded (DR-15.1; G5.20, G6.12).
TWELVE_WEEKS = timedelta(days=84)
_RECORD = "publication"
_READER = "public"
#: What a briefing of seven minutes tells: the learning points, and how they improve practice.
_LEARNING = ("F05.13", "F05.14")
_TYPES = {
    "concise": Text("Concise Review", "Adolygiad Cryno"),
    "extended": Text("Extended Review", "Adolygiad Estynedig"),
}
_APPENDICES = {
    public_report.TERMS: Text("Appendix 1", "Atodiad 1"),
    public_report.SUMMARY: Text("Appendix 2", "Atodiad 2"),
}
_OF_NO_TYPE = Text("Child Practice Review", "Adolygiad Ymarfer Plant")


@dataclass(frozen=True)
class PublishedReport:
    """A report that is or was published, as it stands in the list of its Board."""

    reference: uuid.UUID
    board_key: str
    board: Text
    identifier: str
    review_type: Text
    published_on: date
    online_until: date
    corrected_on: date | None
    removed_on: date | None
    requests: Text | None

    @property
    def is_online(self) -> bool:
        """Say whether the report itself may be read, and not only that it can be asked for."""
        return self.removed_on is None


@dataclass(frozen=True)
class PublicBlock:
    """A piece of a published report: the question, and what is said in each language.

    Pieces with the same `group` are one row of a list; `is_typed` was written by the authors.
    """

    label: Text
    value: Text
    group: str
    is_typed: bool


@dataclass(frozen=True)
class PublicSection:
    """A section of a published report: its heading, and what it says."""

    heading: Text
    blocks: tuple[PublicBlock, ...]


@dataclass(frozen=True)
class PublicPage:
    """A published report to be read; once it is taken down, without what it says."""

    report: PublishedReport
    sections: tuple[PublicSection, ...] = ()
    learning: tuple[PublicBlock, ...] = ()


def published_reports(board_key: str) -> list[PublishedReport]:
    """Return the reports that a Board has published, the newest first; for anybody.

    Raises:  NotFound, where there is no such Board.
    Source:  G5.20, G6.12; PUB-09 to PUB-11, DR-15.
    """
    with db.reading() as session:
        board = _board(session, board_key)
        ids = {row.case_id: row.id for row in _records(session, board)}
        files = store.read_cases(session, ids, _READER)
        found = [_report(board, file, ids[case_id]) for case_id, file in files.items()]
        listed = [each for each in found if each is not None]
        return sorted(listed, key=lambda each: (each.published_on, each.reference.hex))[::-1]


def published_report(board_key: str, reference: uuid.UUID) -> PublicPage:
    """Return a published report to be read, or that it can be had on request; for anybody.

    Raises:  NotFound, for whatever is not published.
    """
    with db.reading() as session:
        board = _board(session, board_key)
        row = session.get(Document, reference)
        if row is None or row.form != _RECORD or row.board_id != board.id:
            raise NotFound
        file = store.read_case(session, row.case_id, _READER)
        report = _report(board, file, row.id)
        if report is None:
            raise NotFound
        if not report.is_online:
            return PublicPage(report)
        passages = public_report.passages(file)
        learning = [each for each in passages if _is_learning(each)]
        return PublicPage(
            report, tuple(_sections(passages)), tuple(_block(each) for each in learning)
        )


def _board(session: Session, key: str) -> Board:
    board = session.scalar(select(Board).where(func.lower(Board.key) == key))
    if board is None:
        raise NotFound
    return board


def _records(session: Session, board: Board) -> list[Document]:
    query = select(Document).where(
        Document.board_id == board.id,
        Document.form == _RECORD,
        Document.item_key == "",
        Document.occasion == "",
    )
    return list(session.scalars(query.order_by(Document.created_at, Document.id)))


def _report(board: Board, file: CaseFile, reference: uuid.UUID) -> PublishedReport | None:
    """Return a report by what its case records; None for one that is not published."""
    names, today = file.names(None), time_source.local_day(file.now)
    published_on = names.get("published_on")
    if not isinstance(published_on, date) or published_on > today:
        return None
    since = names.get("online_since_on")
    online_until = (since if isinstance(since, date) else published_on) + TWELVE_WEEKS
    removed_on = names.get("removed_on")
    # Nothing takes a report down before its twelve weeks are over, whatever was written.
    is_removed = (
        isinstance(removed_on, date)
        and names.get("keep_or_remove") == "remove"
        and online_until <= removed_on <= today
    )
    wanted = board.settings.get("report_requests") or {}
    return PublishedReport(
        reference=reference,
        board_key=board.key.lower(),
        board=Text(board.name_en, board.name_cy),
        identifier=file.case.identifier,
        review_type=_TYPES.get(str(names.get("review_type")), _OF_NO_TYPE),
        published_on=published_on,
        online_until=online_until,
        corrected_on=_corrected_on(file, published_on),
        removed_on=removed_on if is_removed and isinstance(removed_on, date) else None,
        requests=Text(wanted["en"], wanted["cy"]) if wanted else None,
    )


def _corrected_on(file: CaseFile, published_on: date) -> date | None:
    """Return the day on which what is printed was put right last, if it was after publication."""
    days = []
    for form in public_report.forms_of(file):
        if form.catalogue == public_report.PUBLICATION:
            continue
        row = documents.find(file.session, file.case.id, documents.DocumentKey(form.id))
        for version in documents.versions(file.session, row.id) if row is not None else ():
            if set(version.sections) - {"check"}:
                days.append(time_source.local_day(version.at))
    last = max(days, default=published_on)
    return last if last > published_on else None


def _sections(passages: list[Passage]) -> Iterator[PublicSection]:
    place: tuple[str, str] | None = None
    held: list[Passage] = []
    for passage in passages:
        if (passage.form.id, passage.section.id) != place:
            if held:
                yield _section(held)
            place, held = (passage.form.id, passage.section.id), []
        held.append(passage)
    if held:
        yield _section(held)


def _section(held: list[Passage]) -> PublicSection:
    form, section = held[0].form, held[0].section
    heading = Text(section.label("en"), section.label("cy"))
    if form.catalogue in _APPENDICES:
        part = _APPENDICES[form.catalogue]
        heading = Text(
            f"{part.en}, {form.title('en').lower()}: {heading.en}",
            f"{part.cy}, {form.title('cy').lower()}: {heading.cy}",
        )
    return PublicSection(heading=heading, blocks=tuple(_block(each) for each in held))


def _block(passage: Passage) -> PublicBlock:
    group = f"{passage.field.key}-{passage.row}" if passage.column is not None else ""
    return PublicBlock(passage.label, passage.value, group, passage.is_typed)


def _is_learning(passage: Passage) -> bool:
    place = passage.column or passage.field
    catalogue = place.catalogue or passage.field.catalogue
    return catalogue in _LEARNING and place.type in ("textarea", "textfield", "checkbox")
