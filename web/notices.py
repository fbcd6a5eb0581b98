"""Show the messages of a case: to whom, about what, when, and whether they arrived."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

import engine
from web import paging
from web.actors import current_actor

bp = Blueprint("notices", __name__)


@bp.get("/cases/<uuid:case_id>/messages")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the messages of a case that a person may see."""
    page = engine.case_notices(case_id, current_actor(), paging.wanted())
    return render_template("notices.html", case=page.head, page=page, part="notices")
