"""Show what the content gate finds in a report, and take a person's word on what may stand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import gettext, say

bp = Blueprint("gate", __name__)


@bp.get("/cases/<uuid:case_id>/content-check")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show what in the report may identify somebody, each in its sentence."""
    return _page(case_id)


@bp.post("/cases/<uuid:case_id>/content-check")
def decide(case_id: uuid.UUID) -> ResponseReturnValue:
    """Let what was chosen stand, or open it again, with the reason."""
    actor, reason = current_actor(), request.form.get("page-reason", "").strip()
    again = request.form.get("page-action") == "open-again"
    chosen = request.form.getlist("finding")[:500]
    problems = {}
    if not chosen:
        problems["finding"] = gettext("Choose what you have looked at")
    if not reason:
        problems["page-reason"] = gettext("Say why. The reason is kept on the record.")
    if problems:
        return _page(case_id, problems, chosen, reason, again=again), 422
    try:
        (engine.open_again if again else engine.set_aside)(case_id, chosen, reason, actor)
    except engine.InvalidForm as invalid:
        problems = {"page-reason": say(invalid.errors[0])}
        return _page(case_id, problems, chosen, reason, again=again), 422
    return redirect(url_for("gate.show", case_id=case_id), 303)


def _page(
    case_id: uuid.UUID,
    problems: Mapping[str, str] | None = None,
    chosen: list[str] | None = None,
    reason: str = "",
    *,
    again: bool = False,
) -> str:
    return render_template(
        "gate.html",
        page=engine.content_gate_page(case_id, current_actor()),
        problems=problems or {},
        chosen=chosen or [],
        reason=reason,
        again=again,
    )
