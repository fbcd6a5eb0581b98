"""Spreadsheets are read whatever they were saved as, and hostile ones are refused in words."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import spreadsheets
from engine.spreadsheets import sheet as limits
from tests.engine.spreadsheets.workbooks import made, patched

WELSH = "Dyddiad;Beth a ddigwyddodd\r\n3/4/2019;Gŵyl yn y tŷ – â, ê, î, ô\r\n"
SHEET = "xl/worksheets/sheet1.xml"


def _cells(book: spreadsheets.Book) -> list[tuple[str, ...]]:
    return [row.cells for row in book.sheets[0].rows]


def _read(content: bytes) -> spreadsheets.Book:
    return spreadsheets.read_spreadsheet(io.BytesIO(content))


def _notes(book: spreadsheets.Book) -> dict[str, str]:
    return {note.kind: note.value for note in book.sheets[0].notes}


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
def test_every_unicode_file_keeps_its_welsh_letters(codec: str, named: str) -> None:
    book = _read(WELSH.encode(codec))
    assert _cells(book)[1] == ("3/4/2019", "Gŵyl yn y tŷ – â, ê, î, ô")
    assert _notes(book)["encoding"] == named


def test_a_windows_file_is_read_as_one_and_says_so() -> None:
    book = _read("Enw,Nodyn\r\nSiân,“Côr” – £5\r\n".encode("cp1252"))
    assert _cells(book)[1] == ("Siân", "“Côr” – £5")
    assert _notes(book)["encoding"] == "Windows-1252"
    told = [spreadsheets.say_note(note) for note in book.sheets[0].notes]
    assert any(text and "such as ŵ, ŷ and £" in text.en for text in told)


def test_of_a_file_that_says_how_its_letters_are_written_nothing_is_told() -> None:
    book = _read(WELSH.encode("utf-8"))
    told = {note.kind: spreadsheets.say_note(note) for note in book.sheets[0].notes}
    assert told["encoding"] is None


def test_a_celtic_file_is_not_taken_for_a_windows_one() -> None:
    book = _read("Enw,Nodyn\r\nSiân,tŷ gŵyl\r\n".encode("iso8859_14"))
    assert _cells(book)[1] == ("Siân", "tŷ gŵyl")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_found_by_themselves(separator: str) -> None:
    text = separator.join(["a", "b", "c"]) + "\n" + separator.join(["1", '"x,;\ty"', "3"])
    assert _cells(spreadsheets.read_pasted(text)) == [("a", "b", "c"), ("1", "x,;\ty", "3")]


def test_the_separator_that_excel_names_in_the_first_line_is_used_and_not_read() -> None:
    book = spreadsheets.read_pasted("sep=;\na;b,c\n1;2,3\n")
    assert [(row.number, row.cells) for row in book.sheets[0].rows] == [
        (2, ("a", "b,c")),
        (3, ("1", "2,3")),
    ]


def test_new_lines_and_quotes_inside_quotes_belong_to_the_cell() -> None:
    book = spreadsheets.read_pasted('a\t"two\r\nlines, ""said""\nshe"\tc\r\nd\te\tf')
    assert _cells(book) == [("a", 'two\nlines, "said"\nshe', "c"), ("d", "e", "f")]


@pytest.mark.parametrize("cell", ['"Never" he said', '"open', '5" pipe', '""x'])
def test_a_quote_that_closes_nothing_is_a_letter(cell: str) -> None:
    assert _cells(spreadsheets.read_pasted(f"{cell}\tb\nc\td")) == [(cell, "b"), ("c", "d")]


def test_a_long_text_full_of_commas_does_not_hide_what_separates_the_cells() -> None:
    text = "a;b\n1;" + "word, " * 1_000 + "\n"
    assert len(_cells(spreadsheets.read_pasted(text))[1]) == 2


def test_a_list_of_one_column_keeps_the_commas_of_its_sentences() -> None:
    book = spreadsheets.read_pasted("Listen, ask, act\nShare", one_column=True)
    assert _cells(book) == [("Listen, ask, act",), ("Share",)]


def test_empty_rows_are_left_out_and_told_and_the_others_keep_their_numbers() -> None:
    book = spreadsheets.read_pasted("a\tb\n\n\t\nc\td\n\n")
    assert [row.number for row in book.sheets[0].rows] == [1, 4]
    assert _notes(book)["empty_rows"] == "2"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).map(
                str.strip
            ),
            min_size=2,
            max_size=4,
        ),
        min_size=2,
        max_size=6,
    )
)
@settings(deadline=None, derandomize=True, max_examples=60)
def test_what_is_written_as_csv_is_read_as_it_was(rows: list[list[str]]) -> None:
    # Rows of one width, each cell beginning with a letter: what looks like a formula is changed.
    rows = [[f"h{cell}" for cell in (row * 4)[: len(rows[0])]] for row in rows]
    assert _cells(_read(spreadsheets.write_csv(rows))) == [tuple(row) for row in rows]


def _fill_dates(book: Any) -> None:
    book.active.append(["Date", "Time", "Both", "Number", "Money", "Yes", "Text"])
    both = datetime.fromisoformat("2019-04-03T14:05")
    book.active.append([date(2019, 4, 3), time(9, 30), both, 43558, 12.5, True, " tŷ "])
    book.active["E2"].number_format = '"£"#,##0.00;[Red]-"£"#,##0.00'


@pytest.mark.parametrize("epoch", ["1899-12-30", "1904-01-01"])
def test_real_dates_are_the_days_they_show_in_either_way_of_counting(epoch: str) -> None:
    def fill(book: Any) -> None:
        book.epoch = datetime.fromisoformat(epoch)
        _fill_dates(book)

    book = spreadsheets.read_spreadsheet(made(fill))
    assert _cells(book)[1] == (
        "2019-04-03", "09:30", "2019-04-03 14:05", "43558", "12.5", "TRUE", "tŷ",
    )  # fmt: skip


def test_numbers_have_no_digits_that_come_of_rounding() -> None:
    book = spreadsheets.read_spreadsheet(made(lambda book: book.active.append([0.1 + 0.2, 1e15])))
    assert _cells(book) == [("0.3", "1000000000000000")]


def test_several_sheets_are_all_there_and_hidden_ones_say_so() -> None:
    def fill(book: Any) -> None:
        book.active.append(["a"])
        other = book.create_sheet("Cudd")
        other.append(["b"])
        other.sheet_state = "hidden"
        book.create_sheet("Empty")

    found = spreadsheets.read_spreadsheet(made(fill)).sheets
    assert [(sheet.name, sheet.hidden) for sheet in found] == [("Sheet", False), ("Cudd", True)]


def test_merged_and_hidden_cells_are_read_and_told() -> None:
    def fill(book: Any) -> None:
        for row in [["Date", "Event"], ["3/4/2019", "one"], [None, "two"], ["4/4/2019", "three"]]:
            book.active.append(row)
        book.active.merge_cells("A2:A3")
        book.active.row_dimensions[4].hidden = True
        book.active.column_dimensions["B"].hidden = True

    book = spreadsheets.read_spreadsheet(made(fill))
    merged = book.sheets[0].rows[2]
    assert (merged.cells, merged.marks) == (("3/4/2019", "two"), {0: "merged"})
    assert [row.hidden for row in book.sheets[0].rows] == [False, False, False, True]
    assert _notes(book) == {"hidden_rows": "4", "hidden_columns": "B", "merged": "1"}


def test_a_formula_without_a_value_is_marked_and_one_with_a_value_is_read() -> None:
    def fill(book: Any) -> None:
        book.active.append(["=1+1", "=2+2", "x"])

    def with_value(sheet: bytes) -> bytes:
        return sheet.replace(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>").replace(
            b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>"
        )

    content = made(fill).read()
    row = spreadsheets.read_spreadsheet(patched(content, {SHEET: with_value})).sheets[0].rows[0]
    assert (row.cells, row.marks) == (("", "4", "x"), {0: "formula"})


def test_a_day_that_a_formula_worked_out_is_read_and_marked() -> None:
    def fill(book: Any) -> None:
        book.active.append(["=A2+35", "=1+1"])
        book.active["A1"].number_format = "dd/mm/yyyy"

    def with_value(sheet: bytes) -> bytes:
        for formula, value in ((b"A2+35", b"45771"), (b"1+1", b"2")):
            for empty in (b"<v />", b"<v></v>"):
                old = b"<f>" + formula + b"</f>"
                sheet = sheet.replace(old + empty, old + b"<v>" + value + b"</v>")
        return sheet

    content = made(fill).read()
    row = spreadsheets.read_spreadsheet(patched(content, {SHEET: with_value})).sheets[0].rows[0]
    assert (row.cells, row.marks) == (("2025-04-24", "2"), {0: "worked_out"})


def test_macros_are_told_and_never_looked_at() -> None:
    content = made(lambda book: book.active.append(["a"])).read()
    book = spreadsheets.read_spreadsheet(
        patched(content, {"xl/vbaProject.bin": lambda _: b"\xd0\xcf broken"})
    )
    assert "macros" in _notes(book)
    assert _cells(book) == [("a",)]


def test_a_merge_that_claims_the_whole_sheet_costs_nothing() -> None:
    def fill(book: Any) -> None:
        book.active.append(["a"])
        book.active.append(["b"])

    def claim(sheet: bytes) -> bytes:
        end = b"</sheetData>"
        return sheet.replace(
            end, end + b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        )

    book = spreadsheets.read_spreadsheet(patched(made(fill).read(), {SHEET: claim}))
    assert _cells(book) == [("a",), ("b",)]


def _entity(sheet: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///x">]>'
    start = sheet.find(b"<worksheet")
    return bomb + sheet[start:].replace(b"<t>a</t>", b"<t>&b;&f;</t>")


def _rows_without_end(_: bytes) -> bytes:
    return b"<worksheet><sheetData>" + b"<row/>" * 500_000 + b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("part", "change", "refused"),
    [
        (SHEET, _entity, spreadsheets.SpreadsheetDamaged),
        (SHEET, _rows_without_end, spreadsheets.SpreadsheetTooLarge),
        (SHEET, lambda _: b"<worksheet>" + b" " * 50_000_000, spreadsheets.SpreadsheetTooLarge),
        (SHEET, lambda _: b"<worksheet><sheetData><row>", spreadsheets.SpreadsheetDamaged),
        (SHEET, lambda _: b"", spreadsheets.SpreadsheetDamaged),
        (
            SHEET,
            lambda _: b'<a><row r="1"><c t="s"><v>99</v></c></row></a>',
            spreadsheets.SpreadsheetDamaged,
        ),
        (
            SHEET,
            lambda _: b'<a><row r="1"><c r="XFD1"><v>9</v></c></row></a>',
            spreadsheets.SpreadsheetTooLarge,
        ),
        (
            "xl/styles.xml",
            lambda _: b"<s><numFmt numFmtId='x'/></s>",
            spreadsheets.SpreadsheetDamaged,
        ),
    ],
)  # fmt: skip
def test_hostile_and_broken_workbooks_are_refused(part: str, change: Any, refused: Any) -> None:
    content = made(lambda book: book.active.append(["a", date(2019, 4, 3)])).read()
    with pytest.raises(refused):
        spreadsheets.read_spreadsheet(patched(content, {part: change}))


def _archive(*names: str) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return saved.getvalue()


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", spreadsheets.SpreadsheetEmpty),
        (b"\r\n \t\r\n", spreadsheets.SpreadsheetEmpty),
        (b",,,\n,,,\n", spreadsheets.SpreadsheetEmpty),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, spreadsheets.SpreadsheetLocked),
        (_archive("mimetype", "content.xml"), spreadsheets.SpreadsheetOfOtherKind),
        (_archive("word/document.xml"), spreadsheets.SpreadsheetDamaged),
        (b"PK\x03\x04 not an archive", spreadsheets.SpreadsheetDamaged),
        (b"%PDF-1.7\n...", spreadsheets.SpreadsheetRefused),
        (b"<html><table><tr><td>a</td></tr></table>", spreadsheets.SpreadsheetRefused),
        (b"a,b\n1,\x00\x01\x02", spreadsheets.SpreadsheetRefused),
        (b"\xff\xfea", spreadsheets.SpreadsheetRefused),
        (b"a,\x81\x8d\n", spreadsheets.SpreadsheetRefused),
        (b"x" * (limits.MAX_BYTES + 1), spreadsheets.SpreadsheetTooLarge),
        (b"a\n" * (limits.MAX_ROWS + 1), spreadsheets.SpreadsheetTooLarge),
        (b"a," * limits.MAX_COLUMNS + b"b", spreadsheets.SpreadsheetTooLarge),
        (b'"' + b"a" * (limits.MAX_CELL + 1) + b'",b', spreadsheets.SpreadsheetTooLarge),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_what_to_do(content: bytes, refused: Any) -> None:
    with pytest.raises(refused) as told:
        _read(content)
    assert "choose" in told.value.message.lower()


@given(st.binary(max_size=300), st.booleans())
@settings(deadline=None, derandomize=True, max_examples=150)
def test_any_bytes_are_read_or_refused(content: bytes, as_archive: bool) -> None:
    try:
        book = _read(b"PK\x03\x04" + content if as_archive else content)
    except spreadsheets.SpreadsheetRefused:
        return
    assert spreadsheets.unpack(book.pack()) == book


@pytest.mark.parametrize(
    "packed", ["", "x", "[]", "{}", "[1]", '[["a",0,[],[[1,0,["x"]]]]]', "[" * 50_000, "null"]
)
def test_a_page_that_sends_back_something_else_is_refused(packed: str) -> None:
    with pytest.raises(spreadsheets.SpreadsheetRefused):
        spreadsheets.unpack(packed)


def test_what_is_taken_away_holds_nothing_that_a_program_takes_for_a_formula() -> None:
    written = spreadsheets.write_csv([["=1+1", "@x", "-5", "+4", "\tx", "\uff1d1", "fine"]])
    assert written.decode("utf-8-sig").strip() == "'=1+1,'@x,'-5,'+4,'\tx,'\uff1d1,fine"
