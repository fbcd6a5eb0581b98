"""Move the time on in a demonstration, so that months pass in a moment."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import gettext

bp = Blueprint("demonstration", __name__)

LONGEST_DAYS = 400


def shown_moment() -> datetime | None:
    """Return the moment that a demonstration shows; None where time is real."""
    if not current_app.config["DEMONSTRATION"] or g.get("unavailable"):
        return None
    return engine.demonstration_time()


@bp.get("/demonstration/time")
def show() -> ResponseReturnValue:
    """Ask by how many days to move the time on."""
    _only_in_demonstrations()
    return render_template("time.html", days="")


@bp.post("/demonstration/time")
def move() -> ResponseReturnValue:
    """Move the time on; whatever falls due on the way happens."""
    _only_in_demonstrations()
    typed = (request.form.get("page-days") or request.form.get("days", "")).strip()
    short = typed.isascii() and typed.isdigit() and len(typed) <= len(str(LONGEST_DAYS))
    if not (short and 1 <= int(typed) <= LONGEST_DAYS):
        problem = gettext("Enter a number of days from 1 to %(most)d, such as 7", most=LONGEST_DAYS)
        return render_template("time.html", days=typed, problems={"days": problem}), 422
    fallen_due = engine.move_time(int(typed), current_actor())
    return render_template("time_moved.html", fallen_due=fallen_due)


def _only_in_demonstrations() -> None:
    if not current_app.config["DEMONSTRATION"]:
        raise engine.NotFound
