"""Spreadsheets: read what people paste or choose, map it to rows of a form, and write templates."""

from engine.spreadsheets.columns import (
    Column,
    Recognised,
    columns_of,
    fold,
    left_out,
    recognise,
    recognise_in,
    takes_rows,
)
from engine.spreadsheets.reading import read_pasted, read_spreadsheet
from engine.spreadsheets.sheet import (
    Book,
    Note,
    Sheet,
    SheetRow,
    SpreadsheetDamaged,
    SpreadsheetEmpty,
    SpreadsheetLocked,
    SpreadsheetOfOtherKind,
    SpreadsheetRefused,
    SpreadsheetTooLarge,
    unpack,
)
from engine.spreadsheets.taking import (
    NotTaken,
    Surroundings,
    TakenCell,
    TakenRow,
    Taking,
    take_rows,
)
from engine.spreadsheets.wording import say_doubt, say_note, say_reason
from engine.spreadsheets.writing import Cell, blank_csv, blank_workbook, write_csv, write_workbook

__all__ = [
    "Book",
    "Cell",
    "Column",
    "NotTaken",
    "Note",
    "Recognised",
    "Sheet",
    "SheetRow",
    "SpreadsheetDamaged",
    "SpreadsheetEmpty",
    "SpreadsheetLocked",
    "SpreadsheetOfOtherKind",
    "SpreadsheetRefused",
    "SpreadsheetTooLarge",
    "Surroundings",
    "TakenCell",
    "TakenRow",
    "Taking",
    "blank_csv",
    "blank_workbook",
    "columns_of",
    "fold",
    "left_out",
    "read_pasted",
    "read_spreadsheet",
    "recognise",
    "recognise_in",
    "say_doubt",
    "say_note",
    "say_reason",
    "take_rows",
    "takes_rows",
    "unpack",
    "write_csv",
    "write_workbook",
]
