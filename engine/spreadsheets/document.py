"""Read the tables of a Word document, each as a sheet; tracked changes as if they were accepted.

Row after row is read and let go of, and of the rest of the document only what has to be told of:
text that stands outside the tables, and pictures inside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.spreadsheets.archive import Archive, local, opened
from engine.spreadsheets.sheet import (
    ACROSS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    MERGED,
    Book,
    Budget,
    Note,
    Sheet,
    SheetRow,
    SpreadsheetDamaged,
    SpreadsheetTooLarge,
    SpreadsheetWithMacros,
    SpreadsheetWithoutTable,
    told_of_empty,
    within_limits,
)
from engine.texts import fold

#: A document has many elements for little text.
MAX_ELEMENTS = 1_500_000

_RELATIONS = "_rels/.rels"
#: What is no text of the document: deleted or moved away, instructions of fields, and the second
#: way in which a drawing is written.
_NOT_READ = frozenset(
    {"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "tcPr", "drawing"}
)
_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo"})
_PICTURES = frozenset({"drawing", "pict", "object"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
#: The ticks and boxes of Wingdings, by their code; Word writes them in a place of their own.
_SYMBOLS = {"FC": "✓", "FE": "☑", "A8": "☐", "6F": "☐", "FD": "☒", "FB": "✗"}


def is_document(archive: Archive) -> bool:
    """Say whether a file is a Word document."""
    return any(name.startswith("word/") for name in archive.names)


def read_document(content: bytes) -> Book:
    """Return the tables of a Word document that have something in them.

    Tables that begin with the same headings, as one that goes on on the next page, are one sheet.
    Raises:  SpreadsheetWithoutTable, SpreadsheetWithMacros, SpreadsheetTooLarge,
             SpreadsheetDamaged.
    """
    with opened(content, MAX_ELEMENTS) as archive:
        if archive.has_macros:
            raise SpreadsheetWithMacros
        tables = _Tables(archive)
        tables.read()
        sheets = tuple(sheet for sheet in tables.sheets() if sheet.rows)
        if not sheets:
            raise SpreadsheetWithoutTable
        return within_limits(Book(sheets))


@dataclass(frozen=True)
class _Cell:
    """A cell: its text, how many columns of the grid it has, and whether one above goes on."""

    text: str
    span: int
    goes_on: bool


@dataclass(frozen=True)
class _Row:
    """A row of a table: the columns of the grid that it leaves out at its start, and its cells."""

    before: int
    cells: tuple[_Cell, ...]


@dataclass
class _Table:
    """A table as it is read."""

    title: str
    rows: list[_Row] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)


class _Tables:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.found: list[_Table] = []
        self._outside = 0
        self._texts = 0

    def read(self) -> None:
        """Go through the document."""
        title, table = "", None
        for element in self._archive.elements_of(self._part(), {"tr", "p"}):
            around = [local(each) for each in element.iterancestors()]
            if "tr" in around or "Fallback" in around:
                continue
            if local(element) == "p":
                text, _ = _read(element)
                self._outside += bool(text.strip())
                title = text.strip() or title
                continue
            of_row = next(each for each in element.iterancestors() if local(each) == "tbl")
            if of_row is not table:
                table = of_row
                self.found.append(_Table(" ".join(title.split())[:100]))
                title = ""
            self._take(self.found[-1], element)

    def _part(self) -> str:
        """Return the part that holds the document."""
        for element in self._archive.elements_of(_RELATIONS, {"Relationship"}):
            if element.get("Type", "").endswith("/officeDocument"):
                part = element.get("Target", "").lstrip("/")
                if part in self._archive.names:
                    return part
        raise SpreadsheetDamaged

    def _take(self, table: _Table, element: etree._Element) -> None:
        row, told = _read_row(element)
        table.told.update(told)
        if row is not None:
            table.rows.append(row)
            self._texts += sum(len(cell.text) for cell in row.cells)
            if len(table.rows) > MAX_ROWS or self._texts > MAX_TEXT:
                raise SpreadsheetTooLarge

    def sheets(self) -> Iterator[Sheet]:
        """Return each table as a sheet, those with the same headings together."""
        notes = (Note("outside", str(self._outside)),) if self._outside else ()
        budget = Budget()
        for tables in _alike([table for table in self.found if table.rows]):
            budget.start_sheet()
            rows = [row for table in tables for row in _laid_out(table)]
            found = []
            for number, row in enumerate(rows, start=1):
                if row.cells:
                    budget.take_row(row.cells)
                    found.append(replace(row, number=number))
            told = sum((table.told for table in tables), Counter())
            yield Sheet(tables[0].title, tuple(found), (*_notes(told, found, len(tables)), *notes))


def _alike(tables: Sequence[_Table]) -> Iterator[list[_Table]]:
    """Put tables together that begin with the same row, wherever they stand."""
    by_headings: dict[tuple[str, ...], list[_Table]] = {}
    for table in tables:
        headings = tuple(fold(cell.text) for cell in table.rows[0].cells)
        by_headings.setdefault(headings, []).append(table)
    yield from by_headings.values()


def _notes(told: Counter[str], rows: Sequence[SheetRow], tables: int) -> Iterator[Note]:
    yield from told_of_empty(rows, rows[0].number if rows else 1)
    for kind in ("merged", "nested", "tracked", "deleted_rows", "hidden_text", "pictures"):
        if told[kind]:
            yield Note(kind, str(told[kind]))
    if tables > 1:
        yield Note("tables", str(tables))


def _laid_out(table: _Table) -> Iterator[SheetRow]:
    """Yield the rows of a table with their cells in their columns.

    Where every row has as many cells, these are the columns, however people moved their borders;
    else the columns are those of the grid in which a cell begins.
    """
    whole = [row for row in table.rows if not _is_across(row, table)]
    counts = {len(row.cells) for row in whole}
    by_count = len(counts) == 1
    starts = sorted({place for row in whole for place, _ in _on_grid(row)})
    columns = {place: number for number, place in enumerate(starts)}
    above: dict[int, str] = {}
    for row in table.rows:
        if _is_across(row, table):
            text = row.cells[0].text
            yield SheetRow(0, (text,) if text else (), {0: ACROSS} if text else {})
            above = {}
            continue
        placed = enumerate(row.cells) if by_count else _on_grid(row)
        yield _filled(
            {(place if by_count else columns[place]): cell for place, cell in placed}, above
        )


def _is_across(row: _Row, table: _Table) -> bool:
    """Say whether a row is one cell across a table that has more columns."""
    return len(row.cells) == 1 and any(len(other.cells) > 1 for other in table.rows)


def _on_grid(row: _Row) -> Iterator[tuple[int, _Cell]]:
    place = row.before
    for cell in row.cells:
        yield place, cell
        place += cell.span


def _filled(cells: dict[int, _Cell], above: dict[int, str]) -> SheetRow:
    """Return a row in which cells that go on from above say what stands there."""
    texts: dict[int, str] = {}
    marks: dict[int, str] = {}
    for place, cell in cells.items():
        if cell.goes_on and above.get(place):
            texts[place] = above[place]
            marks[place] = MERGED
        else:
            texts[place] = cell.text
        above[place] = texts[place]
    own = any(text for place, text in texts.items() if place not in marks)
    last = max((place for place, text in texts.items() if text), default=-1) if own else -1
    if last >= MAX_COLUMNS:
        raise SpreadsheetTooLarge
    return SheetRow(0, tuple(texts.get(place, "") for place in range(last + 1)), marks)


def _read_row(element: etree._Element) -> tuple[_Row | None, Counter[str]]:
    """Return a row and what there is to tell of it; no row where it was deleted."""
    told: Counter[str] = Counter()
    before, deleted = 0, False
    for each in _children(element, "trPr"):
        deleted = deleted or local(each) == "del"
        if local(each) == "gridBefore":
            before = _number(each)
    if deleted:
        return None, Counter(deleted_rows=1)
    cells = []
    for cell in _cells_of(element):
        text, found = _read(cell)
        told.update(found)
        span, goes_on, joined = _shape(cell)
        told["merged"] += joined
        cells.append(_Cell(text.strip(), span, goes_on))
        if len(cells) > MAX_COLUMNS:
            raise SpreadsheetTooLarge
    return _Row(before, tuple(cells)), told


def _cells_of(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the cells of a row, also those inside a control; none of a table inside the row."""
    for each in element:
        if local(each) == "tc":
            yield each
        elif local(each) not in ("trPr", "tblPrEx"):
            yield from _cells_of(each)


def _shape(cell: etree._Element) -> tuple[int, bool, bool]:
    """Return how many columns a cell has, whether one above goes on in it, and if it is merged."""
    span, goes_on, joined = 1, False, False
    for each in _children(cell, "tcPr"):
        if local(each) == "gridSpan":
            span = max(1, min(_number(each), MAX_COLUMNS))
            joined = joined or span > 1
        elif local(each) == "vMerge":
            goes_on = _value(each) != "restart"
            joined = joined or not goes_on
    return span, goes_on, joined


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    for each in element:
        if local(each) == name:
            yield from each


def _value(element: etree._Element) -> str:
    return next((str(v) for name, v in element.attrib.items() if str(name).endswith("}val")), "")


def _number(element: etree._Element) -> int:
    return int(_value(element) or "0")


def _read(element: etree._Element) -> tuple[str, Counter[str]]:
    """Return the text of a cell or a paragraph, and what there is to tell of it."""
    told: Counter[str] = Counter()
    pieces: list[str] = []
    _gather(element, pieces, told)
    lines = (" ".join(line.split()).removesuffix(" |") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line), told


def _gather(element: etree._Element, pieces: list[str], told: Counter[str]) -> None:
    for each in element:
        name = local(each)
        told["tracked"] += name in _TRACKED
        told["pictures"] += name in _PICTURES
        told["nested"] += name == "tbl"
        told["hidden_text"] += name == "r" and _is_hidden(each)
        if name in _NOT_READ:
            continue
        if name == "t":
            pieces.append(each.text or "")
        elif name in _BREAKS:
            pieces.append(_BREAKS[name])
        elif name == "sym":
            pieces.append(_symbol(each))
        elif name == "tc":
            inside: list[str] = []
            _gather(each, inside, told)
            pieces.append(" ".join("".join(inside).split()) + " | ")
        else:
            _gather(each, pieces, told)
            pieces.append("\n" if name in ("p", "tr") else "")


def _is_hidden(run: etree._Element) -> bool:
    return any(
        local(each) == "vanish" and _value(each) not in ("0", "false", "off")
        for each in _children(run, "rPr")
    )


def _symbol(element: etree._Element) -> str:
    code = next((str(v) for n, v in element.attrib.items() if str(n).endswith("}char")), "")
    return _SYMBOLS.get(code.upper()[-2:], "\ufffd")
