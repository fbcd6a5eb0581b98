"""Tables of Word documents are read however people made them, and hostile ones are refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from engine import spreadsheets
from engine.spreadsheets import sheet as limits
from tests.engine.spreadsheets.documents import table, with_table, written
from tests.engine.spreadsheets.shipped import TIMELINE_ROWS, take
from tests.engine.spreadsheets.workbooks import made, patched

HEADINGS = ["Date", "event", "Family", "Staff"]
FIRST = ["9 March 2024", "Seen at home", "Mother", "Health visitor"]
SECOND = ["about May 2024", "Gŵyl yn y tŷ", "Child 1", "Teacher"]
DOCUMENT = "word/document.xml"


def _read(content: bytes | io.BytesIO) -> spreadsheets.Book:
    return spreadsheets.read_spreadsheet(
        content if isinstance(content, io.BytesIO) else io.BytesIO(content)
    )


def _sheet(fill: Callable[[Document], object]) -> spreadsheets.Sheet:
    def filled(document: Document) -> None:
        fill(document)

    (sheet,) = _read(written(filled)).sheets
    return sheet


def _cells(sheet: spreadsheets.Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


def _notes(sheet: spreadsheets.Sheet) -> dict[str, str]:
    told = [spreadsheets.say_note(note) for note in sheet.notes]
    assert all(text is None or text.en != text.cy for text in told)
    return {note.kind: note.value for note in sheet.notes}


def test_a_table_is_read_cell_by_cell_with_its_welsh_letters() -> None:
    sheet = _sheet(lambda document: table(document, [HEADINGS, FIRST, SECOND]))
    assert _cells(sheet) == [tuple(HEADINGS), tuple(FIRST), tuple(SECOND)]
    taking = take(sheet)
    assert [row.inputs["happened_on"] for row in taking.rows] == [["2024-03-09"], ["2024-05~"]]
    assert taking.not_taken(0) == ()


def test_paragraphs_and_breaks_of_a_cell_are_its_lines() -> None:
    def fill(document: Document) -> None:
        cell = table(document, [HEADINGS, FIRST]).cell(1, 1)
        cell.text = "Seen\nat  home"
        cell.add_paragraph("Spoke\tto mother")
        cell.add_paragraph()

    assert _cells(_sheet(fill))[1][1] == "Seen\nat home\nSpoke to mother"


def test_cells_merged_downwards_say_the_same_in_each_row_and_are_pointed_out() -> None:
    def fill(document: Document) -> None:
        made = table(document, [HEADINGS, FIRST, ["", *SECOND[1:]], ["", *SECOND[1:]]])
        made.cell(1, 0).merge(made.cell(3, 0))

    sheet = _sheet(fill)
    assert [row.cells[0] for row in sheet.rows[1:]] == [FIRST[0]] * 3
    assert [row.cells[0].doubts for row in take(sheet).rows] == [(), ("merged",), ("merged",)]
    assert _notes(sheet)["merged"] == "1"


def test_cells_merged_sideways_leave_the_others_in_their_columns() -> None:
    def fill(document: Document) -> None:
        made = table(document, [HEADINGS, FIRST, ["10 March 2024", "No contact", "", "Nurse"]])
        made.cell(2, 1).merge(made.cell(2, 2))

    assert _cells(_sheet(fill))[2] == ("10 March 2024", "No contact", "", "Nurse")


def test_columns_whose_borders_were_moved_are_told_by_their_number() -> None:
    content = with_table([HEADINGS, FIRST, SECOND]).getvalue()

    def widened(part: bytes) -> bytes:
        # The third cell of the last row takes two columns of the grid, as Word writes it.
        start, mark, end = part.rpartition(b"<w:tr>")
        return start + mark + end.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="2"/>', 1)

    (sheet,) = _read(patched(content, {DOCUMENT: widened})).sheets
    assert _cells(sheet)[2] == tuple(SECOND)


def test_a_row_that_is_one_cell_is_told_and_is_no_event() -> None:
    def fill(document: Document) -> None:
        made = table(document, [HEADINGS, FIRST, ["Hospital", "", "", ""], SECOND])
        made.cell(2, 0).merge(made.cell(2, 3))

    taking = take(_sheet(fill))
    assert [row.number for row in taking.fitting(0)] == [2, 4]
    assert [(each.text, each.why) for each in taking.not_taken(0)] == [("Hospital", "across")]


def test_headings_that_stand_there_again_are_told_and_are_no_event() -> None:
    rows = [HEADINGS, FIRST, [heading.upper() for heading in HEADINGS], SECOND]
    taking = take(_sheet(lambda document: table(document, rows)))
    assert [row.number for row in taking.fitting(0)] == [2, 4]
    assert [(each.number, each.why) for each in taking.not_taken(0)] == [(3, "repeated")]


def test_a_table_that_goes_on_under_the_same_headings_is_read_as_one() -> None:
    def fill(document: Document) -> None:
        table(document, [HEADINGS, FIRST])
        document.add_paragraph("Continued")
        table(document, [HEADINGS, SECOND])

    sheet = _sheet(fill)
    taking = take(sheet)
    assert [row.inputs["event"] for row in taking.fitting(0)] == [[FIRST[1]], [SECOND[1]]]
    assert _notes(sheet) == {"tables": "2", "outside": "1"}


def test_other_tables_are_sheets_of_their_own_named_by_what_stands_before() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("About the agency")
        table(document, [["Agency", "Police"]])
        document.add_heading("Timeline")
        table(document, [HEADINGS, FIRST])

    book = _read(written(fill))
    assert [sheet.name for sheet in book.sheets] == ["About the agency", "Timeline"]
    assert [len(sheet.rows) for sheet in book.sheets] == [1, 2]


def test_a_table_inside_a_cell_is_the_text_of_the_cell_and_told() -> None:
    def fill(document: Document) -> None:
        cell = table(document, [HEADINGS, FIRST]).cell(1, 1)
        inner = cell.add_table(2, 2)
        for row, texts in zip(inner.rows, [("Weight", "9 kg"), ("Height", "70 cm")], strict=True):
            row.cells[0].text, row.cells[1].text = texts

    sheet = _sheet(fill)
    assert _cells(sheet)[1][1] == "Seen at home\nWeight | 9 kg\nHeight | 70 cm"
    assert len(sheet.rows) == 2
    assert _notes(sheet)["nested"] == "1"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_tracked_changes_are_read_as_if_accepted_and_told() -> None:
    def fill(document: Document) -> None:
        made = table(document, [HEADINGS, FIRST, SECOND])
        space, by = nsdecls("w"), 'w:id="1" w:author="x"'
        paragraph = made.cell(1, 1).paragraphs[0]._p
        gone = "<w:r><w:delText>not </w:delText></w:r>"
        paragraph.append(parse_xml(f"<w:del {space} {by}>{gone}</w:del>"))
        paragraph.append(parse_xml(f"<w:ins {space} {by}>{_run(', twice')}</w:ins>"))
        paragraph.append(parse_xml(f"<w:moveFrom {space} {by}>{_run('moved')}</w:moveFrom>"))
        made.rows[2]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {space} {by}/>"))

    sheet = _sheet(fill)
    assert _cells(sheet) == [tuple(HEADINGS), (FIRST[0], "Seen at home, twice", *FIRST[2:])]
    assert _notes(sheet) == {"tracked": "3", "deleted_rows": "1"}


def test_ticks_fields_controls_and_hidden_text_are_read() -> None:
    def fill(document: Document) -> None:
        made = table(document, [[*HEADINGS, "Significant"], [*FIRST, ""]])
        space = nsdecls("w")
        tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
        made.cell(1, 4).paragraphs[0]._p.append(parse_xml(f"<w:p {space}>{tick}</w:p>")[0])
        paragraph = made.cell(1, 1).paragraphs[0]._p
        field = f"<w:r><w:instrText>DATE</w:instrText></w:r>{_run(' today')}"
        control = f"<w:sdt><w:sdtPr/><w:sdtContent>{_run(', in')}</w:sdtContent></w:sdt>"
        hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t> secret</w:t></w:r>"
        for each in parse_xml(f"<w:p {space}>{control}{field}{hidden}</w:p>"):
            paragraph.append(each)

    sheet = _sheet(fill)
    assert _cells(sheet)[1] == (FIRST[0], "Seen at home, in today secret", *FIRST[2:], "✓")
    assert take(sheet).rows[0].inputs["is_significant"] == ["true"]
    assert _notes(sheet) == {"hidden_text": "1"}


def test_pictures_in_the_table_and_empty_rows_are_told() -> None:
    def fill(document: Document) -> None:
        made = table(document, [HEADINGS, FIRST, [""] * 4, SECOND])
        drawing = parse_xml(f"<w:r {nsdecls('w')}><w:drawing/></w:r>")
        made.cell(1, 1).paragraphs[0]._p.append(drawing)

    sheet = _sheet(fill)
    assert [row.number for row in sheet.rows] == [1, 2, 4]
    assert _notes(sheet) == {"pictures": "1", "empty_rows": "1"}


def test_a_document_without_a_table_says_what_to_do() -> None:
    content = written(lambda document: document.add_paragraph("Dear Sir") and None)
    with pytest.raises(spreadsheets.SpreadsheetWithoutTable, match="tables"):
        _read(content)
    with pytest.raises(spreadsheets.SpreadsheetWithoutTable):
        _read(with_table([["", ""], ["", ""]]))


def _zeros(part: bytes) -> bytes:
    return part.replace(b"</w:body>", b"<w:p>" + b"0" * 60_000_000 + b"</w:p></w:body>")


def _many_rows(part: bytes) -> bytes:
    row = re.search(rb"<w:tr>.*?</w:tr>", part, re.DOTALL)
    assert row is not None
    return part.replace(b"</w:tbl>", row[0] * (limits.MAX_ROWS + 1) + b"</w:tbl>")


def _wide(part: bytes) -> bytes:
    cell = b"<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"
    return part.replace(b"</w:tr>", cell * 200 + b"</w:tr>", 1)


def _deep(part: bytes) -> bytes:
    return part.replace(b"<w:body>", b"<w:body>" + b"<w:sdt>" * 100_000)


def _entity(part: bytes) -> bytes:
    declared = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    start, mark, end = part.partition(b"<w:document")
    return start + declared + mark + end.replace(b"Seen at home", b"&x;")


def _billion(part: bytes) -> bytes:
    declared = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    start, mark, end = part.partition(b"<w:document")
    return start + declared + mark + end.replace(b"Seen at home", b"&b;")


@pytest.mark.parametrize(
    ("part", "change", "refused"),
    [
        (DOCUMENT, _zeros, spreadsheets.SpreadsheetTooLarge),
        (DOCUMENT, _many_rows, spreadsheets.SpreadsheetTooLarge),
        (DOCUMENT, _wide, spreadsheets.SpreadsheetTooLarge),
        (DOCUMENT, _deep, spreadsheets.SpreadsheetDamaged),
        (DOCUMENT, _entity, spreadsheets.SpreadsheetDamaged),
        (DOCUMENT, _billion, spreadsheets.SpreadsheetDamaged),
        (DOCUMENT, lambda part: part[: len(part) // 2], spreadsheets.SpreadsheetDamaged),
        (DOCUMENT, lambda part: part.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="x"/>'),
         spreadsheets.SpreadsheetDamaged),
        ("_rels/.rels", lambda part: part.replace(b"document.xml", b"nothing.xml"),
         spreadsheets.SpreadsheetDamaged),
        ("word/vbaProject.bin", lambda _part: b"Sub AutoOpen()",
         spreadsheets.SpreadsheetWithMacros),
    ],
    ids=["bomb", "rows", "columns", "deep", "entity", "billion", "half", "span", "lost", "macros"],
)  # fmt: skip
def test_hostile_and_broken_documents_are_refused(part: str, change: Any, refused: Any) -> None:
    content = with_table([HEADINGS, FIRST]).getvalue()
    with pytest.raises(refused) as told:
        _read(patched(content, {part: change}))
    assert type(told.value) is refused


def test_an_open_document_text_is_refused_with_what_to_save() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(spreadsheets.SpreadsheetOfOtherKind, match=r"\.docx"):
        _read(made.getvalue())


def test_a_merge_that_claims_a_thousand_columns_costs_nothing() -> None:
    content = with_table([HEADINGS, FIRST]).getvalue()

    def spanned(part: bytes) -> bytes:
        return part.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="999999999"/>', 1)

    (sheet,) = _read(patched(content, {DOCUMENT: spanned})).sheets
    assert _cells(sheet) == [tuple(HEADINGS), tuple(FIRST)]


def test_a_blank_document_opens_elsewhere_with_its_headings_on_every_page() -> None:
    blank = spreadsheets.blank_document(TIMELINE_ROWS, "cy")
    to_fill, told = docx.Document(io.BytesIO(blank)).tables
    headings = [column.heading.cy for column in spreadsheets.columns_of(TIMELINE_ROWS)]
    assert [cell.text for cell in to_fill.rows[0].cells] == headings
    assert to_fill.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert len(to_fill.rows) > 10
    assert len(told.rows) == len(headings) + 1


EVENTS = [
    ["9 March 2024", "Seen at home – gŵyl", "Mother", "Health visitor"],
    ["9 March 2024", "Call to the surgery", "Mother", "GP"],
    ["about May 2024", "Neighbour heard shouting", "Mother, partner", "Duty officer"],
    ["3 to 9 June 2024", "Stay on the ward", "Child 1", "Ward staff"],
    ["early 2025", "Concern of the school", "Child 1", "Teacher"],
]


def _as_document() -> bytes:
    def fill(document: Document) -> None:
        made = table(document, [HEADINGS, *EVENTS])
        made.cell(2, 0).text = ""
        made.cell(1, 0).merge(made.cell(2, 0))

    return written(fill).getvalue()


def _as_workbook() -> bytes:
    def fill(book: Workbook) -> None:
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.append(HEADINGS)
        for number, event in enumerate(EVENTS):
            sheet.append([date(2024, 3, 9) if number == 0 else event[0], *event[1:]])

    return made(fill).getvalue()


def _as_text(separator: str) -> str:
    lines = [separator.join(f'"{cell}"' for cell in row) for row in [HEADINGS, *EVENTS]]
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    "content",
    [
        _as_document(),
        _as_workbook(),
        _as_text(";").replace("ŵ", "w").encode("cp1252"),
        _as_text(",").encode("utf-16"),
        _as_text("\t").encode("utf-8"),
    ],
    ids=["word", "excel", "windows", "utf-16", "tabs"],
)
def test_a_timeline_is_the_same_whatever_it_was_written_with(content: bytes) -> None:
    taking = take(_read(content).sheets[0])
    assert taking.not_taken(0) == ()
    happened = ["2024-03-09", "2024-03-09", "2024-05~", "2024-06-03/2024-06-09", "early 2025"]
    assert [row.inputs["happened_on"] for row in taking.rows] == [[day] for day in happened]
    events = [row.inputs["event"][0].replace("ŵ", "w") for row in taking.rows]
    assert events == [event[1].replace("ŵ", "w") for event in EVENTS]
    asked = [row.number for row in taking.rows if row.cells[0].mend]
    assert asked == [6], "the date that would have to be guessed is asked about"
