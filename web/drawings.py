"""Draw the processes of a draft on a canvas, and draw the way to what the checks found."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.drafts import finding_words

bp = Blueprint("drawings", __name__, url_prefix="/drafts/<uuid:draft_id>")


@bp.get("/processes/<process>/canvas")
def canvas(draft_id: uuid.UUID, process: str) -> ResponseReturnValue:
    """Show the canvas of a process with the questions beside it; or the drawing, to look at."""
    page = engine.drawing_page(draft_id, process, current_actor())
    return render_template("drawing.html", page=page, part="files")


@bp.post("/processes/<process>/findings")
def findings(draft_id: uuid.UUID, process: str) -> ResponseReturnValue:
    """Say what is wrong with a process as it is drawn just now; nothing of it is kept."""
    actor = current_actor()
    engine.draft_head(draft_id, actor)
    sent: Any = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    content, proves = sent.get("content"), sent.get("proves", False)
    if not isinstance(content, str) or not isinstance(proves, bool):
        abort(400)
    found = engine.check_drawing(draft_id, process, content, actor, proves=proves)
    return jsonify(findings=[_finding(each) for each in found])


@bp.get("/ways/<int:number>")
def way(draft_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Show the shortest way to what a check found: on the drawings, and in words beside."""
    page = engine.way_page(draft_id, number, current_actor())
    words, spoken = finding_words(page.finding)
    return render_template("way.html", page=page, part="checks", words=words, spoken=spoken)


def _finding(found: engine.Finding) -> dict[str, Any]:
    words, spoken = finding_words(found)
    return {
        "severity": found.severity,
        "element": found.element,
        "said": words,
        "language": spoken,
        "trace": found.trace,
    }
