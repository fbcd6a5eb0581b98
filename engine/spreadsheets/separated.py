"""Read rows from a text: what was pasted, or a CSV file in any usual encoding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from engine.spreadsheets.sheet import (
    MAX_COLUMNS,
    Book,
    Budget,
    Note,
    Sheet,
    SheetRow,
    SpreadsheetRefused,
    SpreadsheetTooLarge,
    told_of_empty,
    within_limits,
)

SEPARATORS = ("\t", ";", ",")

#: How many rows are looked at to find out what separates the cells.
LOOKED_AT = 50

_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_NOT_TEXT = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<table|%PDF-|\{\\rtf)", re.IGNORECASE)
#: Letters of Welsh in ISO 8859-14 (ŵ ŷ Ŵ Ŷ), which Windows-1252 would show as ð þ Ð Þ.
_WELSH_LETTERS = re.compile(rb"[\xd0\xde\xf0\xfe]")
_ONLY_WINDOWS = re.compile(rb"[\x80-\x9f]")


def read_text(text: str, notes: tuple[Note, ...] = (), *, one_column: bool = False) -> Book:
    """Return the one sheet that a text holds.

    Takes:   one_column, where each line is one cell, whatever commas a sentence has in it.
    Raises:  SpreadsheetEmpty, SpreadsheetTooLarge, SpreadsheetRefused.
    """
    if _CONTROL.search(text) or _NOT_TEXT.match(text):
        raise SpreadsheetRefused
    text = text.removeprefix("\ufeff")
    said = _SEPARATOR_LINE.match(text)
    start, first = (said.end(), 2) if said else (0, 1)
    separator = said[1] if said else "\t" if one_column else _find_separator(text)
    rows, budget = [], Budget()
    budget.start_sheet()
    for number, found in enumerate(_records(text, separator, start), start=first):
        cells = _trimmed(found)
        if cells:
            budget.take_row(cells)
            rows.append(SheetRow(number, cells))
    notes += told_of_empty(rows, first)
    return within_limits(Book((Sheet("", tuple(rows), notes),)))


def read_bytes(content: bytes) -> Book:
    """Return the one sheet of a CSV file, and say in which encoding it was taken to be.

    Raises:  SpreadsheetEmpty, SpreadsheetTooLarge, SpreadsheetRefused.
    """
    text, encoding = decode(content)
    return read_text(text, (Note("encoding", encoding),))


def decode(content: bytes) -> tuple[str, str]:
    """Return a text, and the encoding that it was taken to be in.

    Raises:  SpreadsheetRefused, where it is in none.
    """
    encoding, named = _encoding_of(content)
    try:
        return content.decode(encoding), named
    except UnicodeDecodeError:
        raise SpreadsheetRefused from None


def _encoding_of(content: bytes) -> tuple[str, str]:
    """Return the codec and the name that people know it by."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "UTF-16"
    sample = content[:4_000]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.6:
        return "utf-16-le", "UTF-16"
    if half and sample[::2].count(0) > half * 0.6:
        return "utf-16-be", "UTF-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if _WELSH_LETTERS.search(content) and not _ONLY_WINDOWS.search(content):
            return "iso8859_14", "ISO 8859-14"
        return "cp1252", "Windows-1252"
    return "utf-8-sig", "UTF-8"


def _find_separator(text: str) -> str:
    """Return what gives the most rows of one width; a tab where nothing separates anything."""

    def score(separator: str) -> tuple[int, int]:
        rows = islice(_records(text, separator), LOOKED_AT)
        try:
            widths = Counter(len(cells) for cells in rows if len(cells) > 1)
        except SpreadsheetTooLarge:
            return 0, 0
        width, times = max(widths.items(), key=lambda found: found[1], default=(1, 0))
        return times, width

    return max(SEPARATORS, key=score)


def _records(text: str, separator: str, at: int = 0) -> Iterator[list[str]]:
    """Go through the rows of a text.

    A cell is quoted if it starts with a quote and another one stands before a separator or the end
    of a line; every other quote is a letter like any other. Each scan for a closing quote ends at
    the next one, so all of them together read the text once.
    """
    plain = re.compile(rf"[^{re.escape(separator)}\r\n]*")
    cells: list[str] = []
    while at < len(text):
        cell, at = _quoted(text, at, separator) or _plain(text, at, plain)
        cells.append(cell)
        if len(cells) > 4 * MAX_COLUMNS:
            raise SpreadsheetTooLarge
        if at < len(text) and text[at] == separator:
            at += 1
            if at == len(text):
                cells.append("")
            continue
        end = _LINE_END.match(text, at)
        at = end.end() if end else len(text)
        yield cells
        cells = []
    if cells:
        yield cells


def _quoted(text: str, at: int, separator: str) -> tuple[str, int] | None:
    if text[at] != '"':
        return None
    look = at + 1
    while True:
        quote = text.find('"', look)
        if quote < 0:
            return None
        if text[quote + 1 : quote + 2] == '"':
            look = quote + 2
            continue
        if text[quote + 1 : quote + 2] in ("", separator, "\r", "\n"):
            return text[at + 1 : quote].replace('""', '"'), quote + 1
        return None


def _plain(text: str, at: int, plain: re.Pattern[str]) -> tuple[str, int]:
    found = plain.match(text, at)
    assert found is not None
    return found[0], found.end()


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    """Return the cells without spaces around them, and without empty ones at the end."""
    found = [cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    return tuple(found)
