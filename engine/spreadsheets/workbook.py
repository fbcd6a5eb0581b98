"""Read an Excel workbook: values as they were last worked out, dates as dates, nothing run.

Only the parts that hold values are unpacked, never more of them than fits, and macros, links and
pictures are not so much as looked at. Cells are kept as they stand in the file: a merged range is
two corners here, not the millions of cells that it may claim to cover.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from lxml import etree

from engine.spreadsheets.archive import Archive, local, opened
from engine.spreadsheets.sheet import (
    FORMULA,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    MERGED,
    MISTAKE,
    WORKED_OUT,
    Book,
    Budget,
    Note,
    Sheet,
    SheetRow,
    SpreadsheetDamaged,
    SpreadsheetOfOtherKind,
    SpreadsheetTooLarge,
    told_of_empty,
    within_limits,
)

MAX_MERGED = 5_000

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: Parts of a number format that are no letters of a date: quoted, escaped, colours, padding.
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)


def read_workbook(content: bytes) -> Book:
    """Return the sheets of a workbook that have something in them.

    Raises:  SpreadsheetEmpty, SpreadsheetTooLarge, SpreadsheetDamaged, SpreadsheetOfOtherKind.
    """
    with opened(content) as archive:
        return within_limits(_Workbook(archive).read())


@dataclass
class _Grid:
    """The cells of a sheet by row and place, as they are read."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    marks: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


class _Workbook:
    def __init__(self, archive: Archive) -> None:
        self._archive, self._names = archive, archive.names
        if WORKBOOK not in self._names:
            other = {"mimetype", "xl/workbook.bin"} & self._names
            raise SpreadsheetOfOtherKind if other else SpreadsheetDamaged
        self._from_1904 = False
        self._budget = Budget()

    def read(self) -> Book:
        """Read every sheet; what is hidden or empty is told of, not left out in silence."""
        listed = list(self._sheets())
        if len(listed) > MAX_SHEETS:
            raise SpreadsheetTooLarge
        self._texts = list(self._shared_texts())
        self._date_styles = self._read_styles()
        macros = self._archive.has_macros
        found = []
        for name, part, hidden in listed:
            sheet = self._sheet(name, part, hidden, macros)
            if sheet.rows:
                found.append(sheet)
        return Book(tuple(found))

    def _sheets(self) -> Iterator[tuple[str, str, bool]]:
        """Go through the sheets: name, part of the archive, whether it is hidden."""
        targets: dict[str, str] = {}
        for element in self._archive.elements_of(_RELATIONS, {"Relationship"}):
            targets[element.get("Id", "")] = element.get("Target", "")
        for element in self._archive.elements_of(WORKBOOK, {"workbookPr", "sheet"}):
            if local(element) == "workbookPr":
                self._from_1904 = element.get("date1904", "0") in ("1", "true")
                continue
            relation = next((str(v) for name, v in element.attrib.items() if _is_id(name)), "")
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in self._names:
                hidden = element.get("state", "visible") != "visible"
                yield element.get("name", "")[:100], part, hidden

    def _shared_texts(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" in self._names:
            for element in self._archive.elements_of("xl/sharedStrings.xml", {"si"}):
                yield _text_of(element)

    def _read_styles(self) -> list[bool]:
        """Say of each style of a cell whether it shows a date."""
        if "xl/styles.xml" not in self._names:
            return []
        formats: dict[int, bool] = {}
        styles: list[bool] = []
        for element in self._archive.elements_of("xl/styles.xml", {"numFmt", "cellXfs"}):
            if local(element) == "numFmt":
                formats[int(element.get("numFmtId", "0"))] = _shows_date(
                    element.get("formatCode", "")
                )
                continue
            for style in element:
                number = int(style.get("numFmtId", "0"))
                styles.append(formats.get(number, number in _BUILT_IN_DATES))
        return styles

    def _sheet(self, name: str, part: str, hidden: bool, macros: bool) -> Sheet:
        grid = self._grid(part)
        _fill_merged(grid)
        self._budget.start_sheet()
        rows = []
        for number in sorted(grid.rows):
            row, marks = grid.rows[number], grid.marks.get(number, {})
            last = max(
                (place for place in {*row, *marks} if row.get(place) or place in marks), default=-1
            )
            if last < 0:
                continue
            cells = tuple(row.get(place, "") for place in range(last + 1))
            self._budget.take_row(cells)
            rows.append(SheetRow(number, cells, marks, number in grid.hidden_rows))
        return Sheet(name, tuple(rows), tuple(_notes(grid, rows, macros)), hidden)

    def _grid(self, part: str) -> _Grid:
        grid = _Grid()
        number = 0
        for element in self._archive.elements_of(part, {"row", "col", "mergeCell"}):
            kind = local(element)
            if kind == "row":
                number = int(element.get("r", number + 1))
                self._read_row(grid, number, element)
            elif kind == "col" and element.get("hidden", "0") in ("1", "true"):
                grid.hidden_columns.append(
                    (int(element.get("min", "1")), int(element.get("max", "1")))
                )
            elif kind == "mergeCell":
                grid.merged.append(_range(element.get("ref", "")))
                if len(grid.merged) > MAX_MERGED:
                    raise SpreadsheetTooLarge
        return grid

    def _read_row(self, grid: _Grid, number: int, element: etree._Element) -> None:
        place = -1
        cells: dict[int, str] = {}
        for cell in element:
            if local(cell) != "c":
                continue
            reference = _REFERENCE.fullmatch(cell.get("r", ""))
            place = _column(reference[1]) if reference else place + 1
            text, mark = self._value(cell)
            if not (text or mark):
                continue
            if place >= MAX_COLUMNS:
                raise SpreadsheetTooLarge
            cells[place] = text
            if mark:
                grid.marks.setdefault(number, {})[place] = mark
        if cells:
            grid.rows[number] = cells
            if len(grid.rows) > MAX_ROWS:
                raise SpreadsheetTooLarge
            if element.get("hidden", "0") in ("1", "true"):
                grid.hidden_rows.add(number)

    def _value(self, cell: etree._Element) -> tuple[str, str]:
        """Return what a cell shows, and its mark."""
        kind = cell.get("t", "n")
        parts = {local(part): part for part in cell}
        if kind == "inlineStr":
            return (_text_of(parts["is"]) if "is" in parts else ""), ""
        value = (parts["v"].text or "").strip() if "v" in parts else ""
        if kind == "str" and "v" in parts:
            value = _unescaped(parts["v"].text or "").strip()
        if not value:
            return "", FORMULA if "f" in parts and kind != "str" else ""
        if kind == "e":
            return value, MISTAKE
        if kind == "s":
            return self._texts[int(value)], ""
        if kind == "b":
            return ("TRUE" if value == "1" else "FALSE"), ""
        if kind == "n":
            style = int(cell.get("s", "0"))
            is_date = style < len(self._date_styles) and self._date_styles[style]
            if not is_date:
                return _number(value), ""
            return _date(value, self._from_1904), WORKED_OUT if "f" in parts else ""
        return _iso(value) if kind == "d" else value, ""


def _fill_merged(grid: _Grid) -> None:
    """Say the value of merged cells in every row they stand beside; only rows that there are."""
    numbers = sorted(grid.rows)
    for top, left, bottom, right in grid.merged:
        text = grid.rows.get(top, {}).get(left, "")
        if not text or (right > left and bottom == top):
            continue
        for number in numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]:
            if not grid.rows[number].get(left):
                grid.rows[number][left] = text
                grid.marks.setdefault(number, {})[left] = MERGED


def _notes(grid: _Grid, rows: list[SheetRow], macros: bool) -> Iterator[Note]:
    yield from told_of_empty(rows, rows[0].number if rows else 1)
    hidden = [str(row.number) for row in rows if row.hidden]
    if hidden:
        yield Note("hidden_rows", ", ".join(hidden[:50]) + (" …" if len(hidden) > 50 else ""))
    width = max((len(row.cells) for row in rows), default=0)
    columns = [
        _letters(place)
        for first, last in grid.hidden_columns
        for place in range(max(first - 1, 0), min(last, width))
    ]
    if columns:
        yield Note("hidden_columns", ", ".join(columns))
    if grid.merged and rows:
        yield Note("merged", str(len(grid.merged)))
    if macros:
        yield Note("macros")


def _is_id(name: str | bytes) -> bool:
    return str(name).endswith("}id")


def _text_of(element: etree._Element) -> str:
    """Return the text of a string, with its formatted pieces and without reading aids."""
    found = []
    for part in element.iter():
        parent = part.getparent()
        if local(part) == "t" and (parent is None or local(parent) != "rPh"):
            found.append(part.text or "")
    return _unescaped("".join(found)).replace("\r\n", "\n").strip()


def _unescaped(text: str) -> str:
    """Return a text with the signs that the format writes as `_x000D_`."""

    def sign(found: re.Match[str]) -> str:
        number = int(found[1], 16)
        return "\ufffd" if 0xD800 <= number <= 0xDFFF else chr(number)

    return _ESCAPED.sub(sign, text)


def _column(letters: str) -> int:
    """Return the place of a column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _letters(place: int) -> str:
    """Return the letters of a column by its place, from 0."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _range(reference: str) -> tuple[int, int, int, int]:
    """Return the corners of a range: row and place of the first cell, then of the last."""
    first, _, last = reference.partition(":")
    corners = [_REFERENCE.fullmatch(corner) for corner in (first, last or first)]
    start, end = corners
    if start is None or end is None:
        raise SpreadsheetDamaged
    return int(start[2]), _column(start[1]), int(end[2]), _column(end[1])


def _shows_date(code: str) -> bool:
    """Say whether a number format shows a date or a time of day."""
    bare = _NO_DATE.sub("", code.partition(";")[0])
    return bool(_DATE_LETTERS.search(bare)) and "general" not in bare.lower()


def _date(value: str, from_1904: bool) -> str:
    """Return a day that a workbook counts; one of two ways counts a false 29 February 1900."""
    days = float(value)
    if not 0 <= days < 2_900_000:
        return _number(value)
    whole, seconds = divmod(round(days * 86_400), 86_400)
    time_of_day = f"{seconds // 3_600:02}:{seconds % 3_600 // 60:02}"
    if days < 1:
        return time_of_day
    first = date(1904, 1, 1) if from_1904 else date(1899, 12, 30 if days >= 60 else 31)
    return _with_time((first + timedelta(days=whole)).isoformat(), time_of_day)


def _iso(value: str) -> str:
    """Return a moment that a workbook writes as ISO 8601."""
    moment = datetime.fromisoformat(value)
    return _with_time(f"{moment:%Y-%m-%d}", f"{moment:%H:%M}")


def _with_time(day: str, time_of_day: str) -> str:
    return day if time_of_day == "00:00" else f"{day} {time_of_day}"


def _number(value: str) -> str:
    """Return a number as people write it: no exponent, and no digits that come of rounding."""
    try:
        found = Decimal(format(float(value), ".15g"))
    except (InvalidOperation, OverflowError):
        return value
    if not found.is_finite() or abs(found.adjusted()) > 30:
        return value
    text = f"{found:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
