"""Read a file or a paste as a spreadsheet, told by what is in it and not by its name."""

from __future__ import annotations

from typing import BinaryIO

from engine.spreadsheets import document, separated, workbook
from engine.spreadsheets.archive import opened
from engine.spreadsheets.sheet import (
    MAX_BYTES,
    Book,
    SpreadsheetEmpty,
    SpreadsheetLocked,
    SpreadsheetTooLarge,
)

_ARCHIVE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_spreadsheet(stream: BinaryIO) -> Book:
    """Return the sheets of an Excel workbook or a CSV file, or the tables of a Word document.

    Nothing of it is kept.

    Takes:   stream, of which never more is read than a spreadsheet may have.
    Raises:  SpreadsheetRefused, of which each child says what is wrong.
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SpreadsheetTooLarge
    if not content.strip(b"\0 \t\r\n"):
        raise SpreadsheetEmpty
    if content.startswith(_OLD_OFFICE):
        raise SpreadsheetLocked
    if content.startswith(_ARCHIVE):
        with opened(content) as archive:
            is_word = document.is_document(archive)
        read = document.read_document if is_word else workbook.read_workbook
        return read(content)
    return separated.read_bytes(content)


def read_pasted(text: str, *, one_column: bool = False) -> Book:
    """Return the rows that were copied from a spreadsheet, or from a text with commas.

    Takes:   one_column, where there is one column to fill, so that each line is one cell.
    Raises:  SpreadsheetRefused.
    """
    return separated.read_text(text, one_column=one_column)
