"""Write spreadsheets for people to take away: blank templates, and what could not be taken."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lxml import etree

from engine.forms import Field
from engine.spreadsheets.columns import Column, columns_of
from engine.texts import Text

#: What a cell holds: a text, a whole number, a day; nothing else can be written.
Cell = str | int | date
Rows = Sequence[Sequence[Cell]]
Texts = Sequence[Sequence[str]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
#: What fits on a sheet of A4 on its side between its margins, in twentieths of a point.
_TEXT_WIDTH = 15_138
#: The empty rows of a blank table; more are added by the tab key.
_ROWS_TO_FILL = 12
#: What a program that opens a CSV file might take for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDTH = 28
#: The styles of cells by number, and the day from which Excel counts days.
_PLAIN, _BOLD, _DAY = "0", "1", "2"
_FIRST_DAY = date(1899, 12, 30)

ROWS = Text("Rows", "Rhesi")
HELP = Text("What to write", "Beth i’w ysgrifennu")
_HELP_HEADINGS = (Text("Column", "Colofn"), HELP)
_ANSWERS = {
    "date": Text(
        "A day, such as 3/4/2019 or 3 April 2019", "Diwrnod, megis 3/4/2019 neu 3 Ebrill 2019"
    ),
    "month": Text("A month, such as 4/2019 or April 2019", "Mis, megis 4/2019 neu Ebrill 2019"),
    "span": Text(
        "A day, such as 3/4/2019 or 3 April 2019; if it is not known, as much as is: April 2019, "
        "about 2019, 3 to 9 April 2019",
        "Diwrnod, megis 3/4/2019 neu 3 Ebrill 2019; os nad yw’n hysbys, cymaint ag sydd: Ebrill "
        "2019, tua 2019, 3 i 9 Ebrill 2019",
    ),
    "time": Text("A time of day, such as 14:30", "Amser o’r dydd, megis 14:30"),
    "number": Text("A number", "Rhif"),
    "checkbox": Text("Yes, or nothing", "Ie, neu ddim"),
    "choice": Text("One of: {options}", "Un o’r rhain: {options}"),
    "checklist": Text(
        "One or more of these, with semicolons between them: {options}",
        "Un neu fwy o’r rhain, gyda hanner colonau rhyngddynt: {options}",
    ),
    "text": Text("Text", "Testun"),
}


def blank_csv(rows: Field, language: str) -> bytes:
    """Return a CSV file with the headings of the columns that rows are filled from."""
    return write_csv([[column.heading.say(language) for column in columns_of(rows)]])


def blank_workbook(rows: Field, language: str) -> bytes:
    """Return an Excel workbook with the headings, and a sheet that says what to write in each."""
    headings = [column.heading.say(language) for column in columns_of(rows)]
    return write_workbook(
        [(ROWS.say(language), [headings]), (HELP.say(language), _help(rows, language))]
    )


def blank_document(rows: Field, language: str) -> bytes:
    """Return a Word document with a table to fill in, and one that says what to write in each."""
    headings = [column.heading.say(language) for column in columns_of(rows)]
    to_fill = [headings, *([""] * len(headings) for _ in range(_ROWS_TO_FILL))]
    return write_document([to_fill, _help(rows, language)], language)


def _help(rows: Field, language: str) -> list[list[str]]:
    """Return what to write in each column, by the column."""
    # With its number before it, no name of a column is taken for a heading of rows.
    return [
        [heading.say(language) for heading in _HELP_HEADINGS],
        *(
            [f"{number}. {column.heading.say(language)}", _answer(column, language)]
            for number, column in enumerate(columns_of(rows), start=1)
        ),
    ]


def _answer(column: Column, language: str) -> str:
    entry = column.entry
    kind = "choice" if entry.options and entry.type != "checklist" else entry.subtype or entry.type
    options = "; ".join(option.label(language) for option in entry.options)
    return _ANSWERS.get(kind, _ANSWERS["text"]).say(language).replace("{options}", options)


def write_csv(rows: Rows) -> bytes:
    """Return a CSV file that Excel opens with all letters right and nothing taken for a formula."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return made.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> str:
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


def write_workbook(sheets: Sequence[tuple[str, Rows]]) -> bytes:
    """Return an Excel workbook, the first row of each sheet in bold; it has no formulas.

    Takes:   sheets, each with its name and rows.
    """
    return _zipped(_parts(sheets))


def write_document(tables: Sequence[Texts], language: str) -> bytes:
    """Return a Word document of tables, the first row of each repeated on every page.

    Takes:   language, in which the document says that it is written.
    """
    types = {"/word/document.xml": "document.main", "/word/styles.xml": "styles"}
    return _zipped(
        [
            ("[Content_Types].xml", _content_types(types, _DOCUMENT_TYPE)),
            ("_rels/.rels", _relations([("rId1", "officeDocument", "word/document.xml")])),
            ("word/document.xml", _document(tables)),
            ("word/_rels/document.xml.rels", _relations([("rId1", "styles", "styles.xml")])),
            ("word/styles.xml", _document_styles(language)),
        ]
    )


def _document(tables: Sequence[Texts]) -> etree._Element:
    """Return tables on a sheet that lies on its side, with an empty paragraph behind each."""
    body = [part for rows in tables for part in (_table(rows), _word("p"))]
    size = _word("pgSz", w="16838", h="11906", orient="landscape")
    sides = dict.fromkeys(("top", "right", "bottom", "left"), "850")
    margins = _word("pgMar", **sides, header="708", footer="708", gutter="0")
    return _word("document", _word("body", *body, _word("sectPr", size, margins)))


def _table(rows: Texts) -> etree._Element:
    width = _TEXT_WIDTH // max(len(row) for row in rows)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = [_word(side, val="single", sz="4", space="0", color="auto") for side in sides]
    whole = _word("tblW", w=str(_TEXT_WIDTH), type="dxa")
    return _word(
        "tbl",
        _word("tblPr", whole, _word("tblBorders", *borders)),
        _word("tblGrid", *(_word("gridCol", w=str(width)) for _ in rows[0])),
        *(_table_row(row, width, heads=number == 0) for number, row in enumerate(rows)),
    )


def _table_row(row: Sequence[str], width: int, *, heads: bool) -> etree._Element:
    return _word(
        "tr",
        *([_word("trPr", _word("tblHeader"))] if heads else []),
        *(
            _word("tc", _word("tcPr", _word("tcW", w=str(width), type="dxa")), _line(text, heads))
            for text in row
        ),
    )


def _line(text: str, bold: bool) -> etree._Element:
    if not text:
        return _word("p")
    inside = _word("t")
    inside.text = _NOT_IN_XML.sub("\ufffd", text)
    return _word("p", _word("r", *([_word("rPr", _word("b"))] if bold else []), inside))


def _document_styles(language: str) -> etree._Element:
    font = _word("rFonts", ascii="Arial", hAnsi="Arial", cs="Arial")
    spoken = _word("lang", val=f"{language}-GB")
    run = _word("rPrDefault", _word("rPr", font, _word("sz", val="20"), spoken))
    return _word("styles", _word("docDefaults", run))


def _word(tag: str, *inside: etree._Element, **attributes: str) -> etree._Element:
    named = {f"{{{_WORD}}}{name}": value for name, value in attributes.items()}
    made = etree.Element(f"{{{_WORD}}}{tag}", named, nsmap={"w": _WORD})
    made.extend(inside)
    return made


def _zipped(parts: Sequence[tuple[str, etree._Element]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, root in parts:
            content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            # The same rows give the same bytes, whenever they are written.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return made.getvalue()


def _parts(sheets: Sequence[tuple[str, Rows]]) -> list[tuple[str, etree._Element]]:
    numbers = range(1, len(sheets) + 1)
    listed = [
        _main("sheet", {"name": name, "sheetId": str(n), f"{{{_OFFICE}}}id": f"rId{n}"})
        for n, (name, _) in zip(numbers, sheets, strict=True)
    ]
    targets = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    targets.append((f"rId{len(sheets) + 1}", "styles", "styles.xml"))
    return [
        ("[Content_Types].xml", _content_types(_sheet_types(len(sheets)), _SHEET_TYPE)),
        ("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", _main("workbook", {}, _main("sheets", {}, *listed))),
        ("xl/_rels/workbook.xml.rels", _relations(targets)),
        ("xl/styles.xml", _styles()),
        *(
            (f"xl/worksheets/sheet{n}.xml", _worksheet(rows))
            for n, (_, rows) in zip(numbers, sheets, strict=True)
        ),
    ]


def _sheet_types(sheets: int) -> dict[str, str]:
    types = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    return types | {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in range(1, sheets + 1)}


def _content_types(parts: Mapping[str, str], family: str) -> etree._Element:
    space = f"{_PACKAGE}/content-types"
    types = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    }
    return _element(
        space,
        "Types",
        {},
        *(
            _element(space, "Default", {"Extension": ending, "ContentType": kind})
            for ending, kind in types.items()
        ),
        *(
            _element(space, "Override", {"PartName": part, "ContentType": f"{family}.{kind}+xml"})
            for part, kind in parts.items()
        ),
    )


def _relations(targets: Sequence[tuple[str, str, str]]) -> etree._Element:
    space = f"{_PACKAGE}/relationships"
    return _element(
        space,
        "Relationships",
        {},
        *(
            _element(
                space, "Relationship", {"Id": id_, "Type": f"{_OFFICE}/{kind}", "Target": target}
            )
            for id_, kind, target in targets
        ),
    )


def _styles() -> etree._Element:
    """Return three styles: plain, bold on wrapped lines for headings, and that of a day."""
    plain = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0"}
    normal = {"name": "Normal", "xfId": "0", "builtinId": "0"}
    bold = {**plain, "fontId": "1", "applyFont": "1", "applyAlignment": "1"}
    fills = [
        _main("fill", {}, _main("patternFill", {"patternType": kind}))
        for kind in ("none", "gray125")
    ]
    return _main(
        "styleSheet",
        {},
        _main("fonts", {}, _main("font", {}), _main("font", {}, _main("b", {}))),
        _main("fills", {}, *fills),
        _main("borders", {}, _main("border", {})),
        _main("cellStyleXfs", {}, _main("xf", plain)),
        _main(
            "cellXfs",
            {},
            _main("xf", {**plain, "xfId": "0"}),
            _main(
                "xf",
                {**bold, "xfId": "0"},
                _main("alignment", {"wrapText": "1", "vertical": "top"}),
            ),
            _main("xf", {**plain, "numFmtId": "14", "applyNumberFormat": "1", "xfId": "0"}),
        ),
        _main("cellStyles", {}, _main("cellStyle", normal)),
    )


def _worksheet(rows: Rows) -> etree._Element:
    width = {"min": "1", "max": str(max(map(len, rows), default=1)), "customWidth": "1"}
    return _main(
        "worksheet",
        {},
        _main("cols", {}, _main("col", {**width, "width": str(_WIDTH)})),
        _main(
            "sheetData",
            {},
            *(
                _main("row", {"r": str(n)}, *(_cell(cell, heads=n == 1) for cell in row))
                for n, row in enumerate(rows, start=1)
            ),
        ),
    )


def _cell(cell: Cell, *, heads: bool) -> etree._Element:
    if isinstance(cell, str):
        inside = _main("t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
        inside.text = _NOT_IN_XML.sub("\ufffd", cell)
        style = _BOLD if heads else _PLAIN
        return _main("c", {"t": "inlineStr", "s": style}, _main("is", {}, inside))
    number = _main("v", {})
    is_day = isinstance(cell, date)
    number.text = str((cell - _FIRST_DAY).days if isinstance(cell, date) else cell)
    return _main("c", {"s": _DAY if is_day else _PLAIN}, number)


def _main(tag: str, attributes: Mapping[str, str], *inside: etree._Element) -> etree._Element:
    return _element(_MAIN, tag, attributes, *inside)


def _element(
    space: str, tag: str, attributes: Mapping[str, str], *inside: etree._Element
) -> etree._Element:
    prefixes: Any = {None: space, "r": _OFFICE}
    made = etree.Element(f"{{{space}}}{tag}", dict(attributes), nsmap=prefixes)
    made.extend(inside)
    return made
