"""Say what will be taken of a sheet, row by row and cell by cell, and what will not, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine import feel
from engine.forms import Around, CheckedRow, Field, Form, check_rows, most_rows, row_prefix
from engine.spans import days, read_span
from engine.spreadsheets import cells
from engine.spreadsheets.columns import Column, columns_of, fold
from engine.spreadsheets.sheet import MERGED, WORKED_OUT, Sheet, SheetRow
from engine.texts import Text

#: Why a cell cannot be taken although it can be read; and a cell that nothing asks for.
NOT_ASKED, NO_COLUMN, NO_ROOM = "not_asked", "no_column", "no_room"
#: Why something above the headings stays behind, and a row of which nothing can be taken.
ABOVE, NOTHING = "above", "nothing"
#: The column that keeps a date as it was sent, in the rows that have one.
AS_SENT = "as_sent"
#: Doubts that are not of the words themselves.
_OF_THE_CELL = frozenset({MERGED, WORKED_OUT})
#: Why a row is no row of its own: the headings stand there again.
REPEATED = "repeated"

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TakenCell:
    """A cell as it will be taken.

    `value` is the answer as a document keeps it. `doubts` say why to look at it, `mend` what the
    form will ask to be put right, and `refused` why it is not taken.
    """

    column: Column
    text: str
    value: Any = None
    doubts: tuple[str, ...] = ()
    mend: Text | None = None
    refused: str = ""


@dataclass(frozen=True)
class TakenRow:
    """A row of the sheet as it will be taken: its cells, and what would be typed for it.

    `refused` says why none of it is taken; `same_as` is the number of a row above that says the
    same in every cell, 0 for none.
    """

    number: int
    cells: tuple[TakenCell, ...]
    inputs: Mapping[str, list[str]]
    hidden: bool = False
    refused: str = ""
    same_as: int = 0


@dataclass(frozen=True)
class NotTaken:
    """What stays behind: the row, the column (None for the row as a whole), its text, and why."""

    number: int
    column: str
    heading: Text | None
    text: str
    why: str


@dataclass(frozen=True)
class Taking:
    """Everything that becomes of a sheet.

    `most` is how many rows the list may have; `beside` what stands in columns of the sheet that no
    question was chosen for, and in rows above the headings.
    """

    rows: tuple[TakenRow, ...]
    most: int
    beside: tuple[NotTaken, ...] = ()

    def fitting(self, standing: int) -> tuple[TakenRow, ...]:
        """Return the rows that are taken where as many stand already."""
        good = [row for row in self.rows if not row.refused]
        return tuple(good[: max(0, self.most - standing)])

    @property
    def order_matters(self) -> bool:
        """Say whether there are dates that mean another day with the month first."""
        doubts = {doubt for row in self.rows for cell in row.cells for doubt in cell.doubts}
        return bool(doubts & {days.EITHER_ORDER, days.MONTH_FIRST})

    def not_taken(self, standing: int) -> tuple[NotTaken, ...]:
        """Return all that stays behind where as many rows stand already."""
        fitting = {row.number for row in self.fitting(standing)}
        found: list[NotTaken] = []
        for row in self.rows:
            taken = row.number in fitting
            for cell in row.cells:
                if cell.refused or (cell.text and not taken):
                    why = cell.refused or row.refused or NO_ROOM
                    column = cell.column
                    found.append(NotTaken(row.number, column.name, column.heading, cell.text, why))
        return tuple(sorted([*found, *self.beside], key=lambda each: each.number))


@dataclass(frozen=True)
class Surroundings:
    """What cleaning reads besides the rows: the rest of the form as typed, facts, the document.

    `order` is what a person said stands first in dates of numbers, `day` or `month`, if anything.
    """

    form: Form
    posted: Posted
    names: Mapping[str, feel.Value]
    functions: Mapping[str, Callable[..., Any]] | None
    around: Around
    today: date
    order: str = ""


def take_rows(
    rows: Field, sheet: Sheet, headings: int, chosen: Sequence[str], known: Surroundings
) -> Taking:
    """Return what becomes of a sheet when its columns fill what was chosen for each.

    Takes:   headings, the number of the row that holds them, 0 for none; chosen, by position, the
             names of `columns_of`, "" for a column that is not taken.
    """
    by_name = {column.name: column for column in columns_of(rows)}
    places = {
        place: by_name[name]
        for place, name in enumerate(chosen)
        if name in by_name and (by_name[name].takes_several or name not in chosen[:place])
    }
    headed = next((row for row in sheet.rows if row.number == headings), None)
    # A second column for one question goes below the first, under its own heading.
    titles = {
        place: headed.cell(place) if headed and name in chosen[:place] else ""
        for place, name in enumerate(chosen)
    }
    below = [
        row for row in sheet.rows if row.number > headings and not repeats(row, sheet, headings)
    ]
    around = {
        place: cells.Around(
            known.today, known.order or days.order_in(row.cell(place) for row in below)
        )
        for place in places
    }
    keeps = any(column.key == AS_SENT for column in rows.columns)
    read = [_read_row(row, places, around, titles) for row in below]
    read = [_with_words(row) for row in read] if keeps else read
    read = [row for row in read if row.cells]
    if not known.order:
        read = list(_out_of_order(read, known.today))
    asked = tuple(dict.fromkeys(places.values()))
    return Taking(
        rows=tuple(_checked(rows, list(_repeating(read)), asked, known)),
        most=most_rows(rows),
        beside=tuple(_beside(sheet, headings, places)),
    )


def _read_row(
    row: SheetRow,
    places: Mapping[int, Column],
    around: Mapping[int, cells.Around],
    titles: Mapping[int, str],
) -> TakenRow:
    inputs: dict[str, list[str]] = {}
    found: list[TakenCell] = []
    for place, column in places.items():
        text, mark = row.cell(place), row.marks.get(place, "")
        if not text and not mark:
            continue
        typed = cells.read_cell(column, text, mark, around[place])
        cell = TakenCell(column, text, doubts=typed.doubts, refused=typed.refused)
        said = {column.entry.key + end: list(texts) for end, texts in typed.inputs.items()}
        if titles[place] and not cell.refused:
            cell, said = _below(cell, f"{titles[place]}: {text}", found, inputs)
        found.append(cell)
        inputs.update(said)
    return TakenRow(row.number, tuple(found), inputs, row.hidden)


def _with_words(row: TakenRow) -> TakenRow:
    """Return a row that keeps the words of its date, where they say no exact day without doubt.

    Once a person has answered what is asked about it, nothing else would tell what was sent.
    """
    for cell in row.cells:
        if cell.column.entry.subtype == "span" and cell.text and not cell.refused:
            span = read_span(row.inputs.get(cell.column.name, [""])[0])
            if set(cell.doubts) - _OF_THE_CELL or span is None or not span.is_exact:
                words = [" ".join(cell.text.split())]
                return replace(row, inputs={AS_SENT: words, **row.inputs})
    return row


def _below(
    cell: TakenCell, said: str, found: list[TakenCell], inputs: Mapping[str, list[str]]
) -> tuple[TakenCell, dict[str, list[str]]]:
    """Return a second cell for a question below what the first one said, which it takes in."""
    key = cell.column.entry.key
    above = next((one for one in found if one.column is cell.column and not one.refused), None)
    if above:
        found.remove(above)
    texts = [text for text in (above.text if above else "", said) if text]
    doubts = tuple(dict.fromkeys((*(above.doubts if above else ()), *cell.doubts)))
    typed = [text for text in (*inputs.get(key, []), said) if text]
    return replace(cell, text="\n".join(texts), doubts=doubts), {key: ["\n".join(typed)]}


def _repeating(read: Sequence[TakenRow]) -> Iterator[TakenRow]:
    """Go through the rows, each with the one above that says the same, if there is one."""
    above: dict[tuple[tuple[str, str], ...], int] = {}
    for row in read:
        said = tuple((cell.column.name, fold(cell.text)) for cell in row.cells)
        first = above.setdefault(said, row.number)
        yield replace(row, same_as=first if first != row.number and len(said) > 1 else 0)


def _out_of_order(read: Sequence[TakenRow], today: date) -> Iterator[TakenRow]:
    """Go through the rows, and doubt a date of numbers that would stand in order the other way."""
    dates = [[_day_of(row, cell) for cell in row.cells] for row in read]
    exact = [next((day for day in found if day), None) for found in dates]
    for place, row in enumerate(read):
        before = next((day for day in reversed(exact[:place]) if day), date.min)
        behind = next((day for day in exact[place + 1 :] if day), date.max)
        found = []
        for cell, day in zip(row.cells, dates[place], strict=True):
            other = days.other_way(cell.text, today=today) if day else None
            if day and other and not before <= day <= behind and before <= other <= behind:
                cell = replace(cell, doubts=(*cell.doubts, cells.OUT_OF_ORDER))
            found.append(cell)
        yield replace(row, cells=tuple(found))


def _day_of(row: TakenRow, cell: TakenCell) -> date | None:
    """Return the day that was read of the cell of a date, None where it is not exact."""
    if cell.column.entry.subtype != "span" or days.EITHER_ORDER in cell.doubts:
        return None
    span = read_span(row.inputs.get(cell.column.name, [""])[0])
    return span.earliest if span and span.is_exact else None


def _checked(
    rows: Field, read: Sequence[TakenRow], asked: Sequence[Column], known: Surroundings
) -> Iterator[TakenRow]:
    """Go through the rows with what the form makes of them: values, and what it will ask for.

    They are checked by as many as the list may have, so that none goes unchecked.
    """
    start, most = f"{rows.key}-", most_rows(rows)
    beside = {name: said for name, said in known.posted.items() if not name.startswith(start)}
    # What has no input at all would be no row on the form, and move every row below it up by one.
    typed = [row for row in read if _says_anything(row)]
    checks: dict[int, CheckedRow] = {}
    for first in range(0, len(typed), most):
        batch = typed[first : first + most]
        posted = dict(beside)
        for index, row in enumerate(batch):
            prefix = row_prefix(rows.key, index)
            posted |= {f"{prefix}{name}": said for name, said in row.inputs.items()}
        checked = check_rows(
            known.form,
            rows,
            posted,
            names=known.names,
            functions=known.functions,
            around=known.around,
        )
        checks |= {batch[index].number: of_row for index, of_row in checked.items()}
    for row in read:
        yield _with_checks(row, checks.get(row.number), asked)


def _says_anything(row: TakenRow) -> bool:
    return any(text.strip() for texts in row.inputs.values() for text in texts)


def _with_checks(row: TakenRow, checked: CheckedRow | None, asked: Sequence[Column]) -> TakenRow:
    hidden = checked.hidden if checked else frozenset()
    found = []
    for cell in row.cells:
        key = cell.column.entry.key
        if cell.refused:
            found.append(cell)
        elif key in hidden:
            found.append(replace(cell, refused=NOT_ASKED, doubts=()))
        elif checked:
            found.append(
                replace(cell, value=checked.values.get(key), mend=checked.problems.get(key))
            )
        else:
            found.append(cell)
    filled = {cell.column.entry.key for cell in row.cells}
    missing = [column for column in asked if column.entry.key not in filled]
    if checked:
        found += [
            TakenCell(column, "", mend=checked.problems[column.entry.key])
            for column in missing
            if column.entry.key in checked.problems
        ]
    inputs = {
        name: said for name, said in row.inputs.items() if name.partition("-")[0] not in hidden
    }
    refused = "" if any(any(said) for said in inputs.values()) else NOTHING
    return replace(row, cells=tuple(found), inputs=inputs, refused=refused)


def repeats(row: SheetRow, sheet: Sheet, headings: int) -> bool:
    """Say whether a row further down is the headings again, as at the top of a page."""
    headed = next((each for each in sheet.rows if each.number == headings), None)
    if headed is None or row.number <= headings:
        return False
    return list(map(fold, row.cells)) == list(map(fold, headed.cells))


def _beside(sheet: Sheet, headings: int, places: Mapping[int, Column]) -> list[NotTaken]:
    """Return what no question was chosen for, and what stands above the headings."""
    headed = next((row for row in sheet.rows if row.number == headings), None)
    found = []
    for row in sheet.rows:
        if row.number == headings:
            continue
        if repeats(row, sheet, headings):
            found.append(NotTaken(row.number, "", None, " | ".join(row.cells), REPEATED))
            continue
        for place, text in enumerate(row.cells):
            above = row.number < headings
            if text and (above or place not in places):
                said = headed.cell(place) if headed and not above else ""
                heading = Text(said, said) if said else None
                why = ABOVE if above else NO_COLUMN
                found.append(NotTaken(row.number, f"{place + 1}", heading, text, why))
    return found
