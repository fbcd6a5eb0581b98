"""Print genograms: each on one sheet of paper, as a drawing or as PDF with its words behind it."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.addresses import current_language
from web.documents import number_in_address
from web.genograms import genogram_of
from web.texts import gettext

bp = Blueprint("genogram_sheets", __name__)


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper on its side, with a drawing on it; everything in millimetres."""

    width: int
    height: int
    scale: float

    margin: int = 12
    #: What stands above the drawing, and what its signs mean below it.
    head: int = 14
    column: int = 52
    key: int = 9

    def room(self, signs: int) -> tuple[float, float]:
        """Return the room for a drawing, below which there are so many signs to explain."""
        across = self.width - 2 * self.margin
        lines = -(-signs // int(across // self.column))
        return across, self.height - 2 * self.margin - self.head - lines * self.key


#: A4, A3 and A1. A letter of the drawing is to have 2.2 mm, and no more than 4.
_SHEETS = ((297, 210), (420, 297), (841, 594))
_LETTER, _LEAST, _MOST = 13, 2.2, 4.0
#: Signs that are always explained: of people, and of a household.
_SIGNS = 6


def _sheet_of(drawing: engine.Drawing) -> Sheet:
    """Return the smallest sheet on which a drawing can be read; the largest, if it is on none."""
    for width, height in _SHEETS:
        across, down = Sheet(width, height, 1).room(_SIGNS + len(drawing.kinds))
        scale = min(across / drawing.width, down / drawing.height, _MOST / _LETTER)
        if scale * _LETTER >= _LEAST:
            break
    return Sheet(width, height, scale)


@bp.get("/documents/<uuid:document_id>/genogram/sheet.<kind>")
def take_sheet(document_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Hand a genogram out on one sheet, marked as not for publication, where it may be taken.

    Raises:  NotFound; NoPdf.
    """
    page = engine.document_page(document_id, current_actor(), number_in_address("version"))
    found = genogram_of(page.form, page.content)
    if found is None or found.drawing is None or not page.may_be_taken:
        raise engine.NotFound
    if kind not in ("svg", "pdf"):
        raise engine.NotFound
    sheet = _sheet_of(found.drawing)
    told = {"page": page, "found": found, "sheet": sheet, "language": current_language()}
    drawn = render_template("genogram_sheet.html", **told)
    content = drawn.encode() if kind == "svg" else _as_pdf(drawn, told)
    return send_file(
        BytesIO(content),
        mimetype="image/svg+xml" if kind == "svg" else "application/pdf",
        as_attachment=True,
        download_name=f"{page.case_identifier}-{page.form.catalogue}-{page.version}.{kind}",
    )


def _as_pdf(drawn: str, told: Mapping[str, Any]) -> bytes:
    """Return a sheet as PDF, behind it the same in words."""
    picture = base64.b64encode(drawn.encode()).decode()
    sheet = told["sheet"]
    mark = gettext("Not for publication")
    return engine.write_pdf(
        render_template("genogram_print.html", picture=picture, **told),
        f"@page {{ @top-right {{ content: '{mark}' }} }} "
        f"@page drawn {{ size: {sheet.width}mm {sheet.height}mm }} {_PRINTED}",
    )


#: The drawing fills its sheet; its words come on sheets of A4, each with the mark.
_PRINTED = """
@page { size: A4; margin: 20mm; @top-right { font: bold 11pt sans-serif }
  @bottom-right { content: counter(page); font: 9pt sans-serif } }
@page drawn { margin: 0; @top-right { content: none } @bottom-right { content: none } }
body { margin: 0; font: 11pt sans-serif }
img { display: block; width: 100%; page: drawn }
main { break-before: page }
li { margin-bottom: 1mm }
"""
