"""Say which columns rows of a form can be filled from, and find them among headings.

Nothing here knows what a sheet was read from: a table of a Word document can be mapped alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine import texts
from engine.forms import Field, parts
from engine.spreadsheets.sheet import Sheet
from engine.texts import Text

#: How many rows are looked at for headings: titles may stand above them.
LOOKED_AT = 10

#: What cannot stand in a cell.
_NOT_IN_CELLS = frozenset({"dynamiclist", "filepicker", "adolyguSignature"})

_PERSON_PARTS = {
    "name": Text("full name", "enw llawn"),
    "designation": Text("designation", "swydd"),
    "contact": Text("how to reach this person", "sut i gysylltu â’r person hwn"),
}
#: What a heading says where rows have one question only that it can mean.
_USUAL = {
    "date": frozenset({"date", "dyddiad", "day", "diwrnod"}),
    "time": frozenset({"time", "amser"}),
    "month": frozenset({"month", "mis"}),
}
_USUAL_FOR = {"date": "date", "span": "date", "time": "time", "month": "month"}
#: Longer texts are no headings but say what happened.
MOST_WORDS = 8
#: How headings ask for yes or no.
_YES_OR_NO = (("y", "n"), ("yes", "no"), ("ydy", "nac"), ("ie", "na"))
_DIGIT = re.compile(r"[0-9]")
_OPTIONAL = re.compile(r"\((?:optional|dewisol)\)", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """What one column of a spreadsheet fills: a question of the rows, or one line of a person."""

    entry: Field
    part: str
    heading: Text

    @property
    def name(self) -> str:
        """Return what tells it from the other columns of the rows: the end of its input's name."""
        return f"{self.entry.key}-{self.part}" if self.part else self.entry.key

    @property
    def takes_several(self) -> bool:
        """Say whether several columns of a spreadsheet can fill it, one below the other."""
        return self.entry.type == "textarea"


@dataclass(frozen=True)
class Recognised:
    """Which columns were found: the row of headings (0 for none), and the name by place.

    `unsure` says that a person should look at it: there are no headings, some of them say nothing
    that is known, or what they mean was guessed.
    """

    headings: int
    columns: tuple[str, ...]
    unsure: bool


def takes_rows(entry: Field) -> bool:
    """Say whether rows can be added to a field from a spreadsheet."""
    return entry.is_rows and not entry.fixed_rows and not entry.readonly and bool(columns_of(entry))


def columns_of(rows: Field) -> tuple[Column, ...]:
    """Return the columns that rows can be filled from, in the order of the form."""
    found: list[Column] = []
    for entry in rows.columns:
        if not entry.has_input or entry.type in _NOT_IN_CELLS:
            continue
        label = entry.text("label")
        if entry.type == "adolyguPerson":
            found.extend(Column(entry, part, _joined(label, part)) for part in parts(entry))
        else:
            found.append(Column(entry, "", label))
    return tuple(_told_apart(found))


def left_out(rows: Field) -> tuple[Field, ...]:
    """Return the questions of rows that no cell can answer: rows inside rows, and files."""
    return tuple(entry for entry in rows.columns if entry.has_input and entry.type in _NOT_IN_CELLS)


def recognise(rows: Field, sheet: Sheet) -> Recognised:
    """Find the row of headings, and what each of its columns fills.

    Returns: the columns by position, unsure, where no row has headings.
    """
    known = columns_of(rows)
    best, score = None, 0
    for row in sheet.rows[:LOOKED_AT]:
        # A row with numbers in it is one of events, whatever its words head elsewhere.
        by_words = not any(_DIGIT.search(cell) for cell in row.cells)
        found = [_meant(known, cell, by_words=by_words)[0] for cell in row.cells]
        several = len({name for name in found if name})
        said = sum(bool(cell) for cell in row.cells)
        if several > score and 2 * several >= min(said, len(known)):
            best, score = row, several
    if best is None:
        names = tuple(column.name for column in known[: sheet.width])
        return Recognised(0, names + ("",) * (sheet.width - len(names)), unsure=True)
    return recognise_in(rows, sheet, best.number)


def recognise_in(rows: Field, sheet: Sheet, headings: int) -> Recognised:
    """Find what each column fills by the headings of a row that is known."""
    known = columns_of(rows)
    row = next(row for row in sheet.rows if row.number == headings)
    joining = {column.name for column in known if column.takes_several}
    found: list[str] = []
    unsure = False
    for place in range(sheet.width):
        name, guessed = _meant(known, row.cell(place))
        again = name in found
        if again and name not in joining:
            name = ""
        unsure = unsure or guessed or again or not name
        found.append(name)
    return Recognised(headings, tuple(found), unsure)


def _meant(known: Sequence[Column], heading: str, *, by_words: bool = True) -> tuple[str, bool]:
    """Return the column that a heading means, and whether that is a guess.

    Takes:   by_words, whether one of its words may be enough to go by.
    """
    said = fold(heading)
    if not said:
        return "", False
    sure = {column.name for column in known if said in _names_of(column)}
    if len(sure) == 1:
        return sure.pop(), False
    for subtype, words in _USUAL.items():
        of_type = [column for column in known if _USUAL_FOR.get(column.entry.subtype) == subtype]
        if said in words and len(of_type) == 1:
            return of_type[0].name, False
    words_said = set(said.split())
    likely = {
        column.name
        for column in known
        for text in (column.heading.en, column.heading.cy)
        if words_said <= set(fold(text).split())
    }
    if len(likely) == 1 and len(said) > 3:
        return likely.pop(), True
    name = _by_words(known, said) if by_words else ""
    return name, bool(name)


def _by_words(known: Sequence[Column], said: str) -> str:
    """Return the column that a heading in somebody’s own words likely means; "" for none.

    Of two columns that are named in it, it means the one named first: the date of contact is a
    date. What asks for yes or no is a tick, whatever it says beside.
    """
    words = said.split()
    if len(words) > MOST_WORDS:
        return ""
    asks = any(set(marks) <= set(words) for marks in _YES_OR_NO)
    ticks = [column for column in known if column.entry.type == "checkbox"]
    others = [column for column in known if column.entry.type != "checkbox"]
    for columns in (ticks, others) if asks else (others, ticks):
        places = {column.name: at for column in columns if (at := _named_at(column, words)) >= 0}
        first = [name for name, at in places.items() if at == min(places.values())]
        if first:
            return first[0] if len(first) == 1 else ""
    return ""


def _named_at(column: Column, words: Sequence[str]) -> int:
    """Return where in a heading one of the words of a column stands, -1 for nowhere."""
    found = []
    for name in column.entry.headings:
        parts_of_name = fold(name).split()
        length = len(parts_of_name)
        found += [at for at in range(len(words)) if list(words[at : at + length]) == parts_of_name]
    return min(found, default=-1)


def _names_of(column: Column) -> set[str]:
    """Return everything that a column may be headed with."""
    names = {column.name, column.heading.en, column.heading.cy}
    if not column.part:
        names |= {*column.entry.short, column.entry.key}
        names |= {column.entry.label(language) for language in ("en", "cy")}
    return {fold(name) for name in names}


def fold(text: str) -> str:
    """Return a text without what people write differently, and whether it is optional."""
    return texts.fold(_OPTIONAL.sub(" ", text))


def _joined(label: Text, part: str) -> Text:
    named = _PERSON_PARTS[part]
    return Text(f"{label.en} – {named.en}", f"{label.cy} – {named.cy}")


def _told_apart(columns: Sequence[Column]) -> list[Column]:
    """Put the key behind headings that two columns share, in either language."""
    found = []
    for column in columns:
        same = [
            other
            for other in columns
            if fold(other.heading.en) == fold(column.heading.en)
            or fold(other.heading.cy) == fold(column.heading.cy)
        ]
        heading = column.heading
        if len(same) > 1:
            heading = Text(f"{heading.en} [{column.name}]", f"{heading.cy} [{column.name}]")
        found.append(Column(column.entry, column.part, heading))
    return found
