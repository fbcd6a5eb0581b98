"""Change a form of a draft on a canvas, which is saved as one goes (D59)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.form_drafts import REFUSED, require_designer
from web.texts import say, say_error

bp = Blueprint("form_canvas", __name__, url_prefix="/drafts/<uuid:draft_id>/forms")
bp.before_request(require_designer)


@bp.get("/<form_id>/canvas")
def show(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Show the canvas of a form."""
    page = engine.form_draft(draft_id, form_id, current_actor())
    if page.form is None or not page.head.may_change:
        raise engine.NotFound
    return render_template("form_canvas.html", page=page, part="files")


@bp.post("/<form_id>/canvas")
def save(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Keep what was changed on the canvas, as long as nobody else wrote the form meanwhile."""
    sent: Any = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    content, revision = sent.get("content"), sent.get("revision")
    if not isinstance(content, str) or not isinstance(revision, int):
        abort(400)
    try:
        kept = engine.take_in_form(draft_id, form_id, content.encode(), revision, current_actor())
    except engine.FormUnfit as unfit:
        said = " ".join(say(text) for text in unfit.problems.values())
        return jsonify(message=said), unfit.status
    except REFUSED as refused:
        return jsonify(message=say_error(refused)), refused.status
    return jsonify(revision=kept)
