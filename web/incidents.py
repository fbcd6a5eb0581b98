"""Show what the system could not do, and try it again."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor

bp = Blueprint("incidents", __name__)


@bp.get("/incidents")
def index() -> ResponseReturnValue:
    """List what waits for somebody on the cases that a person co-ordinates."""
    return render_template("incidents.html", incidents=engine.list_incidents(current_actor()))


@bp.post("/cases/<uuid:case_id>/incidents/<uuid:incident_id>/retry")
def retry(case_id: uuid.UUID, incident_id: uuid.UUID) -> ResponseReturnValue:
    """Try again what could not be done, now that its cause was put right."""
    actor = current_actor()
    if incident_id not in {one.id for one in engine.case_page(case_id, actor).incidents}:
        raise engine.NotFound
    try:
        engine.retry_incident(incident_id, actor)
    except engine.AccessDenied as denied:
        raise engine.NotFound from denied
    if request.form.get("page-from") == "incidents":
        return redirect(url_for("incidents.index", _anchor="main-content"), 303)
    return redirect(url_for("cases.show", case_id=case_id), 303)
