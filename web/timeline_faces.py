"""Show a merged timeline with one of its faces, ready to print too, and hand it out as files."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import paging, papers
from web.actors import current_actor

bp = Blueprint("timeline_faces", __name__)


@bp.get("/documents/<uuid:document_id>/faces")
def index(document_id: uuid.UUID) -> ResponseReturnValue:
    """Lead to the face that shows most of those a person may read."""
    faces = engine.faces_to_read(document_id, current_actor())
    if not faces:
        raise engine.NotFound
    return redirect(url_for("timeline_faces.show", document_id=document_id, face=faces[0]))


@bp.get("/documents/<uuid:document_id>/faces/<face>")
def show(document_id: uuid.UUID, face: str) -> ResponseReturnValue:
    """Show the timeline with a face, a page of its rows."""
    page = engine.face_page(document_id, face, current_actor(), paging.wanted())
    reads_codes = engine.reads_codes(page.case_id, current_actor())
    return render_template("timeline_face.html", page=page, reads_codes=reads_codes)


@bp.get("/documents/<uuid:document_id>/faces/<face>/paper")
def paper(document_id: uuid.UUID, face: str) -> ResponseReturnValue:
    """Show the timeline with a face as a page of its own, ready to print."""
    back = url_for("timeline_faces.show", document_id=document_id, face=face)
    made = engine.print_face(document_id, face, current_actor())
    return papers.page(made, papers.language_to_print(), back=back)


@bp.get("/documents/<uuid:document_id>/faces/<face>/paper.<kind>")
def take(document_id: uuid.UUID, face: str, kind: str) -> ResponseReturnValue:
    """Hand the timeline with a face out as a file."""
    return papers.hand_out(engine.print_face(document_id, face, current_actor()), kind)
