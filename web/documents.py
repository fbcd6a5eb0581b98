"""Show documents as they stand or stood, what differs, put answers right, hand out files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web import banners, fields, paging, rows
from web.actors import current_actor
from web.tasks import at_its_input, read_files, read_posted
from web.texts import gettext

bp = Blueprint("documents", __name__)


@dataclass(frozen=True)
class _Ahead:
    """Whether an amendment goes to a second person, and (on a case that one may open) what it does."""  # noqa: E501

    needs_second: bool
    outlook: engine.Outlook | None = None


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
    """Record a section anew as a new version, with the reason; tasks stay where they are.

    What goes to a second person is said before it is sent there.
    """
    actor, posted = current_actor(), read_posted()
    reason = request.form.get("page-reason", "").strip()
    action = request.form.get("page-action", "continue")
    page = engine.amend_page(document_id, section, actor)
    try:
        posted = engine.keep_files(document_id, (section,), posted, read_files(), actor)
    except engine.UploadRefused as refused:
        return _form(_with_posted(page, posted), [at_its_input(refused)], reason), 422
    page = _with_posted(page, posted)
    if action not in ("look", "continue"):
        changed, _anchor = rows.change(posted, action)
        return _form(_with_posted(page, changed), reason=reason)
    try:
        ahead = _ahead(page, posted) if action == "look" or page.may_need_second else None
        if action == "continue" and not reason:
            problem = gettext("Say why the answers are put right")
            return _form(page, reason_problem=problem, ahead=ahead), 422
        was_told = "page-second" in request.form
        if action == "look" or (ahead and ahead.needs_second and not was_told):
            return _form(page, reason=reason, ahead=ahead)
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


def _ahead(page: engine.AmendPage, posted: dict[str, list[str]]) -> _Ahead:
    """Return what an amendment would do, as far as whoever looks may know.

    Raises:  InvalidForm.
    """
    document, sections, actor = page.document, page.part.sections, current_actor()
    if document.may_open_case:
        found = engine.amend_outlook(document.id, sections, actor, posted=posted)
        return _Ahead(found.needs_second, found)
    return _Ahead(engine.amendment_needs_second(document.id, sections, actor, posted=posted))


def _with_posted(page: engine.AmendPage, posted: dict[str, list[str]]) -> engine.AmendPage:
    return replace(page, part=page.part.with_typed(posted))


def _form(
    page: engine.AmendPage,
    errors: Sequence[engine.FieldError] = (),
    reason: str = "",
    reason_problem: str = "",
    ahead: _Ahead | None = None,
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
