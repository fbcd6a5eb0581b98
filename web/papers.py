"""Show documents ready to print, and hand them out as files."""

from __future__ import annotations

import uuid
from io import BytesIO
from pathlib import Path

from flask import Blueprint, abort, current_app, request, send_file
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.addresses import current_language
from web.texts import gettext

bp = Blueprint("papers", __name__)

STYLE = Path(__file__).parent / "static" / "build" / "paper.css"

#: What a paper is handed out as: the ending, and the media type.
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
}


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of file that this installation can make, each with what it is called."""
    found = [("docx", gettext("Word file (DOCX)")), ("odt", gettext("OpenDocument file (ODT)"))]
    return [*found, ("pdf", gettext("PDF file"))] if engine.can_write_pdf() else found


@bp.get("/documents/<uuid:document_id>/paper")
def show(document_id: uuid.UUID) -> ResponseReturnValue:
    """Show a document as a page of its own, ready to print."""
    version, language = request.args.get("version", type=int), _language()
    paper = engine.print_document(document_id, current_actor(), version)
    return _page(paper, language)


@bp.get("/documents/<uuid:document_id>/paper.<kind>")
def take(document_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Hand a document out as a file, where it may be taken away."""
    version, language = request.args.get("version", type=int), _language()
    paper = engine.print_document(document_id, current_actor(), version)
    if kind not in KINDS or not paper.may_be_taken:
        abort(404)
    return send_file(
        BytesIO(_written(paper, kind, language)),
        mimetype=KINDS[kind],
        as_attachment=True,
        download_name=paper.file_name(language, kind),
    )


def _written(paper: engine.Paper, kind: str, language: str) -> bytes:
    if kind == "docx":
        return engine.write_docx(paper, language)
    if kind == "odt":
        return engine.write_odt(paper, language)
    return engine.write_pdf(_page(paper, language, for_pdf=True), STYLE.read_text(encoding="utf-8"))


def _page(paper: engine.Paper, language: str, *, for_pdf: bool = False) -> str:
    # Not a page of the service: nothing of whoever is signed in belongs on a paper.
    return current_app.jinja_env.get_template("paper.html").render(
        paper=paper,
        for_pdf=for_pdf,
        print_language=language,
        main_language=engine.main_language(language),
        head_lines=list(engine.head_lines(paper)),
        signature_pairs=engine.signature_pairs,
        runs=lambda text: engine.runs(text, language),
        in_one_line=lambda text: engine.in_one_line(text, language),
        logo=engine.logo_address(paper),
        says=engine.PAPER_WORDS,
    )


def _language() -> str:
    """Return the language to print in; the page's own, unless it is chosen."""
    chosen = request.args.get("language", "")
    return chosen if chosen in engine.PRINT_LANGUAGES else current_language()
