"""Write a table as CSV or as an Excel workbook, safe against cells that run as formulas."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

#: What makes a spreadsheet take a cell of a CSV file for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows of texts as CSV that Excel reads as UTF-8; no cell of it is a formula."""
    written = io.StringIO()
    csv.writer(written).writerows([[_plain(cell) for cell in row] for row in rows])
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[str]], sheet: str) -> bytes:
    """Return rows of texts as a workbook of one sheet; every cell says that it is a text.

    Takes:   sheet, the name of the sheet, at most 31 characters.
    """
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
            f'<Override PartName="/xl/sheet.xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
            "</Types>"
        ),
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{escape(sheet[:31])}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "sheet.xml"),
        "xl/sheet.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(_rows(rows))}</sheetData></worksheet>'
        ),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, xml in parts.items():
            packed.writestr(name, _HEAD + xml)
    return written.getvalue()


def _plain(cell: str) -> str:
    # Some spreadsheets read the full-width forms of these signs as the signs themselves.
    first = unicodedata.normalize("NFKC", cell[:1])
    return f"'{cell}" if first.startswith(_FORMULA) else cell


def _rows(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        cells = (f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
        yield f"<row>{''.join(cells)}</row>"


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )
