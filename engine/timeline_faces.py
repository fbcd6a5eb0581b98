"""Show a merged timeline with one of its two faces: for the Panel, or anonymised."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from engine import (
    access,
    codes,
    confidentiality,
    db,
    documents,
    identity,
    papers,
    store,
    time_source,
    timeline_pages,
)
from engine.codes import Code, CodeTable, Piece
from engine.documents import DocumentKey
from engine.errors import NotFound
from engine.forms import ROW_KEY, Field
from engine.models import Document
from engine.papers import Paper, words
from engine.people import Actor, Held
from engine.spans import Span, read_span, say_span
from engine.store import CaseFile
from engine.texts import Text, day_in_words
from engine.timeline_pages import TimelinePage
from engine.timelines import Event

Pieces: TypeAlias = tuple[Piece, ...]
#: A row as it was written: its field, its values, and the ids of what may be read.
_Written: TypeAlias = tuple[Field, Mapping[str, Any], frozenset[str]]

PANEL, ANONYMISED = access.FACES
#: How many rows stand on one page.
PAGE = 100
#: The rows of a merged timeline, those merged and those added at the event.
_MERGED, _ADDED = confidentiality.MERGED_ROWS, "F07.04"
#: What the Panel marks on them.
_MARKS = "F07.03"
#: How a column says when.
_DATES = ("date", "span")
#: The column with the words in which an agency gave a date.
_AS_SENT = "merged_as_sent"
#: The last word of the key of a column that lists people by role.
_PEOPLE = frozenset({"family", "staff"})
#: The fact that holds when a child was born.
_BORN = "child_born_on"

_TITLES = {
    PANEL: Text("Merged timeline, for the Panel", "Llinell amser gyfun, ar gyfer y Panel"),
    ANONYMISED: Text("Merged timeline, anonymised", "Llinell amser gyfun, yn ddienw"),
}
_SAYS = {
    PANEL: Text(
        "Each code is followed by who it is. Names stand as the agencies wrote them.",
        "Dilynir pob cod gan bwy ydyw. Saif enwau fel yr ysgrifennodd yr asiantaethau hwy.",
    ),
    ANONYMISED: Text(
        "People and places by code and role, days by month. What may identify somebody and has no "
        "code is taken out.",
        "Pobl a lleoedd yn ôl cod a rôl, diwrnodau yn ôl mis. Tynnwyd allan yr hyn a allai ddangos "
        "pwy yw rhywun ac nad oes iddo god.",
    ),
}
_COLUMNS = (Text("When", "Pryd"), Text("Agency", "Asiantaeth"), Text("What", "Beth"))
_NO_AGENCY = Text("Added at the event", "Ychwanegwyd yn y digwyddiad")
_ATTENTION = Text("Needs attention", "Angen sylw")


@dataclass(frozen=True)
class FaceCell:
    """What a row says under one heading, in pieces; `is_remark`, what the Panel says of it."""

    label: Text
    pieces: tuple[Piece, ...]
    is_remark: bool


@dataclass(frozen=True)
class FaceRow:
    """An event of a merged timeline with its face on.

    `when` is a day and a time, or a month; `ages` are those of the children who have a code. What
    is ticked is in `marks`. `source` names agency, row and version.
    """

    key: str
    when: tuple[Piece, ...]
    ages: tuple[Text, ...]
    agency: Text
    cells: tuple[FaceCell, ...]
    marks: tuple[Text, ...]
    source: str
    is_added: bool

    @property
    def needs_attention(self) -> bool:
        """Say whether something in it had to be hidden."""
        return any(codes.needs_attention(cell.pieces) for cell in self.cells)


@dataclass(frozen=True)
class FacePage:
    """A merged timeline with a face; `faces` are those that this person may choose from."""

    document_id: uuid.UUID
    case_id: uuid.UUID
    case_identifier: str
    face: str
    faces: tuple[str, ...]
    title: Text
    says: Text
    rows: tuple[FaceRow, ...]
    total: int
    number: int
    pages: int
    has_codes: bool
    may_be_taken: bool

    @property
    def attention(self) -> int:
        """Return in how many rows of this page something is hidden."""
        return sum(row.needs_attention for row in self.rows)


def table_of(file: CaseFile) -> CodeTable:
    """Return the codes of a case and all that identifies somebody there, to read texts with."""
    return CodeTable(codes.of_case(file.session, file.case.id), identity.everybody(file))


def read(table: CodeTable, face: str, text: str, *, lists_people: bool = False) -> Pieces:
    """Return a text with a face on."""
    if face == PANEL:
        return codes.personalised(table, text, lists_people=lists_people)
    return codes.anonymised(table, text)


def merged_timeline(file: CaseFile) -> Document | None:
    """Return the merged timeline of a case, if there is one yet."""
    for form in file.definitions.forms.values():
        if any(entry.is_rows and entry.catalogue == _MERGED for entry in form.fields):
            return documents.find(file.session, file.case.id, DocumentKey(form.id))
    return None


def faces_to_read(document_id: uuid.UUID, actor: Actor) -> tuple[str, ...]:
    """Return the faces with which a person may read a document; none, if it is no such timeline."""
    with db.reading() as session:
        file, row, held = _find(session, document_id, actor)
        return access.faces(file, actor, held, row)


def face_page(document_id: uuid.UUID, face: str, actor: Actor, number: int = 1) -> FacePage:
    """Return a page of the newest version of a merged timeline with a face.

    Raises:  NotFound, also where this person may not read it with this face, and for a page that
             is not there.
    Source:  TIM-07; CF-01, CF-04, CF-17.
    """
    with db.reading() as session:
        file, row, held = _find(session, document_id, actor)
        return _page(file, row, actor, held, face, number)


def with_face(
    page: TimelinePage, face: str, actor: Actor, language: str, only: Collection[str] | None = None
) -> TimelinePage:
    """Return the page of a merged timeline with a face on, in a language.

    Takes:   only, the keys of the events that are read; all others keep their dates, and no text.
    Raises:  NotFound, also where this person may not read it with this face.
    """
    with db.reading() as session:
        if page.document_id is None:
            raise NotFound
        file, row, held = _find(session, page.document_id, actor)
        if face not in access.faces(file, actor, held, row):
            raise NotFound
        table = table_of(file)

    def said(text: str, *, lists_people: bool = False) -> str:
        return codes.said(read(table, face, text, lists_people=lists_people)).say(language)

    def as_seen(event: Event) -> Event:
        span = to_months(event.span) if event.span and face == ANONYMISED else event.span
        if only is not None and event.key not in only:
            return Event(
                key=event.key,
                agency=event.agency,
                service="",
                said="",
                span=span,
                event="",
                significant=event.significant,
                gap=event.gap,
                conflict=event.conflict,
                is_late=event.is_late,
            )
        when = event.said
        if face == ANONYMISED:
            when = span.edtf if span else said(event.said)
        return replace(
            event,
            span=span,
            said=when,
            event=said(event.event),
            family=said(event.family, lists_people=True),
            staff=said(event.staff, lists_people=True),
            done=said(event.done),
            question=said(event.question),
            service=said(event.service),
            as_sent=said(event.as_sent) if face == PANEL else "",
        )

    return replace(
        page,
        events=tuple(as_seen(event) for event in page.events),
        agencies=tuple(
            replace(one, name=Text(said(one.name.en), said(one.name.cy))) for one in page.agencies
        ),
        children=page.children if face == PANEL else (),
    )


def print_face(document_id: uuid.UUID, face: str, actor: Actor) -> Paper:
    """Return a merged timeline with a face as a paper, never for publication.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file, row, held = _find(session, document_id, actor)
        page = _page(file, row, actor, held, face, None)
        return Paper(
            key=f"{str(row.id)[:8]}_{face}",
            title=page.title,
            catalogue=file.definitions.forms[row.form].catalogue,
            case_identifier=file.case.identifier,
            about=None,
            version=row.version,
            newest=row.version,
            written_at=words.moment(documents.version(session, row.id, row.version).at),
            printed_on=day_in_words(time_source.local_day(file.now)),
            letterhead=papers.read_letterhead(session, file.case.board_id),
            marks=(confidentiality.NOT_FOR_PUBLICATION,),
            blocks=(
                papers.Paragraph(page.says),
                papers.Table(page.title, _COLUMNS, tuple(_printed(one, face) for one in page.rows)),
            ),
            may_be_taken=page.may_be_taken,
            landscape=True,
        )


def rows_with_face(
    file: CaseFile, actor: Actor, held: Held, row: Document, face: str, *, with_ages: bool
) -> tuple[FaceRow, ...]:
    """Return the rows of a merged timeline that a person may read, with a face on.

    Takes:   with_ages, for who may know when the children were born: beside the months of a whole
             timeline, ages in years tell that.
    """
    written = _written(file, actor, held, row)
    return tuple(_with_face(file, table_of(file), written, face, with_ages=with_ages))


def _written(file: CaseFile, actor: Actor, held: Held, row: Document) -> list[_Written]:
    """Return the rows of a merged timeline as a person may read them: their field, and values."""
    content = access.readable_content(file, actor, held, row) or {}
    readable = access.readable_parts(file, actor, held, row)
    return [
        (entry, values, readable)
        for section in file.definitions.forms[row.form].sections
        for entry in section.fields
        if entry.is_rows and entry.catalogue in (_MERGED, _ADDED) and entry.id in readable
        for values in content.get(section.id, {}).get(entry.key) or ()
    ]


def _with_face(
    file: CaseFile, table: CodeTable, written: list[_Written], face: str, *, with_ages: bool
) -> Iterator[FaceRow]:
    born = _born(file, table.codes) if with_ages else ()
    for entry, values, readable in written:
        yield _row(table, face, entry, readable, values, born)


def _find(
    session: Session, document_id: uuid.UUID, actor: Actor
) -> tuple[CaseFile, Document, Held]:
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound
    file = store.read_case(session, row.case_id, str(actor.account_id))
    return file, row, access.roles_on(session, actor, file.case, row.item_key)


def _page(
    file: CaseFile, row: Document, actor: Actor, held: Held, face: str, number: int | None
) -> FacePage:
    """Return a page of a timeline; without a number, all of it."""
    allowed = access.faces(file, actor, held, row)
    if face not in allowed:
        raise NotFound
    knows = timeline_pages.reads_births(file, actor, held)
    written, table = _written(file, actor, held, row), table_of(file)
    pages = max(1, -(-len(written) // PAGE))
    if number is not None and not 1 <= number <= pages:
        raise NotFound
    shown = written if number is None else written[(number - 1) * PAGE : number * PAGE]
    return FacePage(
        document_id=row.id,
        case_id=file.case.id,
        case_identifier=file.case.identifier,
        face=face,
        faces=allowed,
        title=_TITLES[face],
        says=_SAYS[face],
        rows=tuple(_with_face(file, table, shown, face, with_ages=knows and face == PANEL)),
        total=len(written),
        number=number or 1,
        pages=pages,
        has_codes=bool(table.codes),
        may_be_taken=access.may_take_away(file, actor, held, row),
    )


def _born(file: CaseFile, known: tuple[Code, ...]) -> tuple[tuple[Code, date], ...]:
    """Return the children who have a code and whose day of birth is known."""
    found = []
    for code in known:
        if code.kind == codes.CHILD and code.source in {item.key for item in file.items}:
            born = file.names(code.source).get(_BORN)
            if isinstance(born, date):
                found.append((code, born))
    return tuple(found)


def _row(
    table: CodeTable,
    face: str,
    entry: Field,
    readable: frozenset[str],
    values: Mapping[str, Any],
    born: tuple[tuple[Code, date], ...],
) -> FaceRow:
    columns = [column for column in entry.columns if column.id in readable]
    given = [(column, values[column.key]) for column in columns if values.get(column.key)]
    span = next(
        (read_span(str(value)) for column, value in given if column.subtype in _DATES), None
    )
    agency = next(
        (option.text for column, value in given if (option := column.option(value))), _NO_AGENCY
    )
    return FaceRow(
        key=str(values.get(ROW_KEY, "")),
        when=_when(face, span, given),
        ages=tuple(_ages(born, span)) if span else (),
        agency=agency,
        cells=tuple(_cells(table, face, _without_days(face, given))),
        marks=tuple(
            column.text("label")
            for column, value in given
            if column.type == "checkbox" and value is True
        ),
        source=_source(given) or str(values.get(ROW_KEY, "")),
        is_added=entry.catalogue == _ADDED,
    )


def _when(face: str, span: Span | None, given: list[tuple[Field, Any]]) -> tuple[Piece, ...]:
    """Return when it happened: as exactly as it is known for the Panel, else by month (F07.06)."""
    if span is None:
        return ()
    if face == ANONYMISED:
        return (Piece(codes.MONTH, say_span(to_months(span))),)
    at = next((str(value) for column, value in given if column.subtype == "time"), "")
    return (Piece(codes.PLAIN, say_span(span.at(at))),)


@lru_cache(maxsize=20_000)
def to_months(span: Span) -> Span:
    """Return a span without its days and its time."""
    start, end = (replace(point, day=0) if point else None for point in (span.start, span.end))
    return Span(start, end, span.qualifier)


def _ages(born: tuple[tuple[Code, date], ...], span: Span) -> Iterator[Text]:
    """Yield how old the children were, where that is the same on all days on which it may be."""
    for code, born_on in born:
        first, last = span.earliest or span.latest, span.latest or span.earliest
        if first and last and codes.age(born_on, first) == codes.age(born_on, last):
            yield _age_in_words(code, codes.age(born_on, first))


def _age_in_words(code: Code, years: int | None) -> Text:
    if years is None:
        return Text(f"{code.text.en} not yet born", f"{code.text.cy} heb ei eni")
    if years == 0:
        return Text(f"{code.text.en} under 1", f"{code.text.cy} dan 1 oed")
    return Text(f"{code.text.en} aged {years}", f"{code.text.cy} yn {years} oed")


def _without_days(face: str, given: list[tuple[Field, Any]]) -> list[tuple[Field, Any]]:
    """Return what a row says; anonymised, without the words of its date, which may tell the day."""
    if face == PANEL:
        return given
    return [(column, value) for column, value in given if column.key != _AS_SENT]


def _cells(table: CodeTable, face: str, given: list[tuple[Field, Any]]) -> Iterator[FaceCell]:
    """Yield the texts of a row; where it comes from stands by itself."""
    for column, value in given:
        if column.type in ("textfield", "textarea") and not column.form:
            lists_people = column.key.split("_")[-1] in _PEOPLE
            pieces = read(table, face, str(value), lists_people=lists_people)
            yield FaceCell(column.text("label"), pieces, column.catalogue == _MARKS)


def _source(given: list[tuple[Field, Any]]) -> str:
    return next((str(value) for column, value in given if column.form), "")


def _printed(row: FaceRow, face: str) -> tuple[tuple[Text, ...], ...]:
    """Return a row of the printed table: when, which agency, what."""
    # No ages: what lies about on paper, beside days, would tell a birthday.
    when = (codes.said(row.when),) if row.when else ()
    source = Text(row.source, row.source)
    agency = (row.agency, source) if face == PANEL and not row.is_added else (row.agency,)
    what = [_labelled(cell) for cell in row.cells] + list(row.marks)
    if row.needs_attention:
        what.append(_ATTENTION)
    return when, agency, tuple(what)


def _labelled(cell: FaceCell) -> Text:
    said = codes.said(cell.pieces)
    return Text(f"{cell.label.en}: {said.en}", f"{cell.label.cy}: {said.cy}")
