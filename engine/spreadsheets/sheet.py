"""Say what a spreadsheet is once it is read: sheets of rows of texts, and what to tell of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import EngineError

MAX_BYTES = 5_000_000
MAX_SHEETS = 50
MAX_ROWS = 2_000
MAX_COLUMNS = 100
MAX_CELLS = 60_000
MAX_CELL = 20_000
MAX_TEXT = 1_500_000

#: What a cell may be marked with: no value was stored for its formula, its formula went wrong, its
#: value stands in a cell above that it is merged with, it goes across the whole table, or its day
#: was worked out by a formula.
FORMULA, MISTAKE, MERGED, ACROSS = "formula", "mistake", "merged", "across"
WORKED_OUT = "worked_out"


class SpreadsheetRefused(EngineError):
    """This could not be read. Save it as an Excel workbook (.xlsx), a Word document (.docx) or as CSV, and choose it again."""  # noqa: E501

    status = 422


class SpreadsheetEmpty(SpreadsheetRefused):
    """There is nothing in this spreadsheet. Choose one that has rows, or paste the rows."""


class SpreadsheetTooLarge(SpreadsheetRefused):
    """This spreadsheet is too large: it may have {rows} rows, {columns} columns and {megabytes} MB. Choose a part of it, and take in one part after the other."""  # noqa: E501

    status = 413

    def __init__(self) -> None:
        """Say how large it may be."""
        super().__init__(rows=MAX_ROWS, columns=MAX_COLUMNS, megabytes=MAX_BYTES // 1_000_000)


class SpreadsheetLocked(SpreadsheetRefused):
    """This file has a password, or is of an old Excel or Word (.xls, .doc). Save it as .xlsx or .docx without a password, then choose it again."""  # noqa: E501


class SpreadsheetOfOtherKind(SpreadsheetRefused):
    """This is a file of another kind (OpenDocument or binary Excel). Save it as .xlsx, .docx or as CSV, then choose it again."""  # noqa: E501


class SpreadsheetDamaged(SpreadsheetRefused):
    """This file is damaged, or neither a workbook nor a document. Open it in Excel or Word, save it again, then choose it again."""  # noqa: E501


class SpreadsheetWithoutTable(SpreadsheetRefused):
    """There is no table with anything in it in this document. Rows are read from tables: put them into one, or paste them."""  # noqa: E501


class SpreadsheetWithMacros(SpreadsheetRefused):
    """This document holds macros. Save it as a Word document without them (.docx), then choose it again."""  # noqa: E501


@dataclass(frozen=True)
class Note:
    """Something to tell about a sheet as a whole; `wording.say_note` has the words."""

    kind: str
    value: str = ""


@dataclass(frozen=True)
class SheetRow:
    """A row that has something in it.

    `number` is the number that the spreadsheet shows beside it. `marks` gives what is the matter
    with a cell by its place, from 0.
    """

    number: int
    cells: tuple[str, ...]
    marks: Mapping[int, str] = field(default_factory=dict)
    hidden: bool = False

    def cell(self, place: int) -> str:
        """Return the text of a cell; nothing beyond the last one."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a book, or all that was pasted."""

    name: str
    rows: tuple[SheetRow, ...]
    notes: tuple[Note, ...] = ()
    hidden: bool = False

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return max((len(row.cells) for row in self.rows), default=0)


@dataclass(frozen=True)
class Book:
    """What was read: the sheets that have something in them. Dates are written 2019-04-03."""

    sheets: tuple[Sheet, ...]

    def pack(self) -> str:
        """Return it as a text that `unpack` reads, for a page to send again."""
        return json.dumps(
            [
                [
                    sheet.name,
                    sheet.hidden,
                    [[note.kind, note.value] for note in sheet.notes],
                    [
                        [row.number, row.hidden, row.cells, [list(m) for m in row.marks.items()]]
                        for row in sheet.rows
                    ],
                ]
                for sheet in self.sheets
            ],
            separators=(",", ":"),
            ensure_ascii=False,
        )


def unpack(packed: str) -> Book:
    """Return the book that `pack` wrote.

    Raises:  SpreadsheetRefused, for anything else; SpreadsheetTooLarge.
    """
    try:
        sheets = tuple(_unpack_sheet(each) for each in json.loads(packed))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise SpreadsheetRefused from None
    return within_limits(Book(sheets))


def told_of_empty(rows: Sequence[SheetRow], first: int = 1) -> tuple[Note, ...]:
    """Return what to tell about rows between others that have nothing in them."""
    empty = rows[-1].number - first + 1 - len(rows) if rows else 0
    return (Note("empty_rows", str(empty)),) if empty > 0 else ()


def _unpack_sheet(packed: Any) -> Sheet:
    name, hidden, notes, rows = packed
    return Sheet(
        _text(name),
        tuple(
            SheetRow(
                int(number),
                tuple(_text(cell) for cell in cells),
                {int(place): _text(mark) for place, mark in marks},
                bool(row_hidden),
            )
            for number, row_hidden, cells, marks in rows
        ),
        tuple(Note(_text(kind), _text(value)) for kind, value in notes),
        bool(hidden),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def within_limits(book: Book) -> Book:
    """Return a book that has something in it and is not too large for a page.

    Raises:  SpreadsheetEmpty, SpreadsheetTooLarge.
    """
    if not any(sheet.rows for sheet in book.sheets):
        raise SpreadsheetEmpty
    budget = Budget()
    for sheet in book.sheets:
        budget.start_sheet()
        for row in sheet.rows:
            budget.take_row(row.cells)
    return book


class Budget:
    """What may still be read; whatever reads a spreadsheet stops when it is used up."""

    def __init__(self) -> None:
        """Start with everything unused."""
        self._sheets = self._rows = self._cells = self._text = 0

    def start_sheet(self) -> None:
        """Count a sheet, of which each may have as many rows as there may be."""
        self._sheets, self._rows = self._sheets + 1, 0
        if self._sheets > MAX_SHEETS:
            raise SpreadsheetTooLarge

    def take_row(self, cells: Sequence[str]) -> None:
        """Count a row that has something in it."""
        self._rows += 1
        self._cells += len(cells)
        self._text += sum(map(len, cells))
        if (
            self._rows > MAX_ROWS
            or len(cells) > MAX_COLUMNS
            or self._cells > MAX_CELLS
            or self._text > MAX_TEXT
            or any(len(cell) > MAX_CELL for cell in cells)
        ):
            raise SpreadsheetTooLarge
