"""Show documents as they stand or stood, what differs, put answers right, hand out files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web import banners, fields, paging, rows
from web.actors import current_actor
from web.tasks import at_its_input, read_files, read_posted
from web.texts import gettext

bp = Blueprint("documents", __name__)


@bp.get("/cases/<uuid:case_id>/documents")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """List the documents of a case that a person may read."""
    actor = current_actor()
    return render_template(
        "documents.html",
        case=engine.case_page(case_id, actor),
        part="documents",
        reads_codes=engine.reads_codes(case_id, actor),
    )


@bp.get("/sent")
def sent() -> ResponseReturnValue:
    """List the documents that a person wrote, on all cases."""
    page = engine.sent_documents(current_actor(), paging.wanted())
    return render_template("sent.html", page=page)


@bp.get("/documents/<uuid:document_id>")
def show(document_id: uuid.UUID) -> ResponseReturnValue:
    """Show a document, the newest version or an earlier one."""
    actor = current_actor()
    page = engine.document_page(document_id, actor, number_in_address("version"))
    faces = engine.faces_to_read(document_id, actor)
    return render_template("document.html", page=page, faces=faces)


@bp.get("/documents/<uuid:document_id>/changes")
def changes(document_id: uuid.UUID) -> ResponseReturnValue:
    """Show what differs between two versions of a document: by default, the last two."""
    actor = current_actor()
    newer = number_in_address("to") or engine.document_page(document_id, actor).newest
    older = number_in_address("from") or newer - 1
    found = engine.document_difference(document_id, older, newer, actor)
    return render_template("changes.html", page=found.newer, found=found)


@bp.get("/documents/<uuid:document_id>/amend/<section>")
def amend(document_id: uuid.UUID, section: str) -> ResponseReturnValue:
    """Show a section of a document to be put right."""
    return _form(engine.amend_page(document_id, section, current_actor()))


@bp.post("/documents/<uuid:document_id>/amend/<section>")
def save(document_id: uuid.UUID, section: str) -> ResponseReturnValue:
    """Record a section anew as a new version, with the reason; tasks stay where they are."""
    actor, posted = current_actor(), read_posted()
    reason = request.form.get("page-reason", "").strip()
    action = request.form.get("page-action", "continue")
    page = engine.amend_page(document_id, section, actor)
    try:
        posted = engine.keep_files(document_id, (section,), posted, read_files(), actor)
    except engine.UploadRefused as refused:
        return _form(_with_posted(page, posted), [at_its_input(refused)], reason), 422
    page = _with_posted(page, posted)
    if action == "look":
        return _ahead(page, posted, reason)
    if action != "continue":
        changed, _anchor = rows.change(posted, action)
        return _form(_with_posted(page, changed), reason=reason)
    if not reason:
        problem = gettext("Say why the answers are put right")
        return _form(page, reason_problem=problem), 422
    try:
        waits = engine.amend(document_id, (section,), reason, actor, posted=posted)
    except engine.InvalidForm as invalid:
        return _form(page, invalid.errors, reason), 422
    case_id = page.document.case_id
    if waits is not None and engine.may_open_case(case_id, actor):
        return redirect(url_for("corrections.show", case_id=case_id, proposal_id=waits), 303)
    if waits is not None:
        banners.keep("proposed")
    return redirect(url_for("documents.show", document_id=document_id), 303)


@bp.get("/uploads/<uuid:upload_id>")
def download(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out a file that was sent in, always as a download."""
    sent = engine.open_upload(upload_id, current_actor())
    return send_file(
        BytesIO(sent.content),
        mimetype=sent.media_type,
        as_attachment=True,
        download_name=sent.filename,
    )


def number_in_address(name: str) -> int | None:
    """Return the version that an address names; None where it names none.

    Raises:  NotFound, for what is no number: the newest would be taken for the one asked for.
    """
    wanted = request.args.get(name)
    if wanted is None:
        return None
    if not (wanted.isascii() and wanted.isdigit()):
        raise engine.NotFound
    # A number of thousands of digits takes long to read, and no document has so many versions.
    return int(wanted[:18])


def _ahead(
    page: engine.AmendPage, posted: dict[str, list[str]], reason: str
) -> ResponseReturnValue:
    """Show what an amendment would do, above what was typed."""
    sections, actor = page.part.sections, current_actor()
    try:
        found = engine.amend_outlook(page.document.id, sections, actor, posted=posted)
    except engine.InvalidForm as invalid:
        return _form(page, invalid.errors, reason), 422
    return _form(page, reason=reason, ahead=found)


def _with_posted(page: engine.AmendPage, posted: dict[str, list[str]]) -> engine.AmendPage:
    return replace(page, part=page.part.with_typed(posted))


def _form(
    page: engine.AmendPage,
    errors: Sequence[engine.FieldError] = (),
    reason: str = "",
    reason_problem: str = "",
    ahead: engine.Outlook | None = None,
) -> str:
    parts = [fields.lay_out(page.part, page, errors, case_id=page.document.case_id)]
    problems = fields.summarise(parts, errors)
    if reason_problem:
        problems.append(fields.Problem(reason_problem, "#page-reason"))
    return render_template(
        "amend.html",
        page=page,
        parts=parts,
        problems=problems,
        reason=reason,
        reason_problem=reason_problem,
        ahead=ahead,
    )
