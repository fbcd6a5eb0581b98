"""Show a co-ordinator what the cases need today."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor

bp = Blueprint("today", __name__)


@bp.get("/today")
def show() -> ResponseReturnValue:
    """Show what is overdue, due soon, held up, nobody's, or elsewhere, by Board."""
    page = engine.today_page(current_actor(), request.args.get("all", ""))
    waiting = engine.proposals_waiting(current_actor())
    unchecked = engine.adoptions_unchecked(current_actor())
    return render_template("today.html", page=page, waiting=waiting, unchecked=unchecked)
