"""Show documents ready to print, and hand them out as files."""

from __future__ import annotations

import uuid
from io import BytesIO
from pathlib import Path

from flask import Blueprint, abort, current_app, request, send_file, url_for
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
    version, language = request.args.get("version", type=int), language_to_print()
    paper = engine.print_document(document_id, current_actor(), version)
    back = url_for("documents.show", document_id=document_id, version=version)
    return page(paper, language, back=back)


@bp.get("/documents/<uuid:document_id>/paper.<kind>")
def take(document_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Hand a document out as a file, where it may be taken away."""
    version = request.args.get("version", type=int)
    return hand_out(engine.print_document(document_id, current_actor(), version), kind)


@bp.get("/cases/<uuid:case_id>/letters/<uuid:notice_id>/paper")
def show_letter(case_id: uuid.UUID, notice_id: uuid.UUID) -> ResponseReturnValue:
    """Show a letter that goes by post as a page of its own, ready to print."""
    back = url_for("deliveries.letter", case_id=case_id, notice_id=notice_id)
    return page(
        engine.print_letter(case_id, notice_id, current_actor()), language_to_print(), back=back
    )


@bp.get("/cases/<uuid:case_id>/letters/<uuid:notice_id>/paper.<kind>")
def take_letter(case_id: uuid.UUID, notice_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Hand a letter that goes by post out as a file."""
    return hand_out(engine.print_letter(case_id, notice_id, current_actor()), kind)


def hand_out(paper: engine.Paper, kind: str) -> ResponseReturnValue:
    if kind not in KINDS or not paper.may_be_taken:
        abort(404)
    language = language_to_print()
    return send_file(
        BytesIO(written(paper, kind, language)),
        mimetype=KINDS[kind],
        as_attachment=True,
        download_name=paper.file_name(language, kind),
    )


def written(paper: engine.Paper, kind: str, language: str) -> bytes:
    """Return a paper as a file of one of `KINDS`."""
    if kind == "docx":
        return engine.write_docx(paper, language)
    if kind == "odt":
        return engine.write_odt(paper, language)
    return engine.write_pdf(page(paper, language, for_pdf=True), STYLE.read_text(encoding="utf-8"))


def page(paper: engine.Paper, language: str, *, for_pdf: bool = False, back: str = "") -> str:
    """Return a paper as a page of its own.

    Takes:   back, where the bar above it leads; it is seen on a screen only, and without it there
             is none.
    """
    # Not a page of the service: nothing of whoever is signed in belongs on a paper.
    return current_app.jinja_env.get_template("paper.html").render(
        paper=paper,
        for_pdf=for_pdf,
        back=back,
        language=current_language(),
        print_language=language,
        main_language=engine.main_language(language),
        head_lines=list(engine.head_lines(paper)),
        foot=engine.foot_line(paper),
        signature_pairs=engine.signature_pairs,
        runs=lambda text: engine.runs(text, language),
        in_one_line=lambda text: engine.in_one_line(text, language),
        logo=engine.logo_address(paper.letterhead),
        says=engine.PAPER_WORDS,
    )


def language_to_print() -> str:
    """Return the language to print in; the page's own, unless it is chosen."""
    chosen = request.args.get("language", "")
    return chosen if chosen in engine.PRINT_LANGUAGES else current_language()
