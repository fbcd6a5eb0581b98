"""Ask people how to write to them: in which language, and how often."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import banners
from web.actors import current_actor
from web.addresses import in_language
from web.texts import gettext

bp = Blueprint("language", __name__)


@bp.get("/language")
def choose() -> ResponseReturnValue:
    """Ask how a person wants to be written to."""
    actor = current_actor()
    return render_template(
        "language.html", chosen=actor.language, often="daily" if actor.daily_digest else "at_once"
    )


@bp.post("/language")
def keep() -> ResponseReturnValue:
    """Keep the language that a person chose and go on in it, and how often to write."""
    actor, chosen = current_actor(), request.form.get("language", "")
    often = request.form.get("often", "")
    if chosen not in ("en", "cy"):
        problem = {"language": gettext("Choose a language")}
        return render_template("language.html", chosen="", often=often, problems=problem), 422
    engine.set_language(actor, chosen)
    if often in ("at_once", "daily"):
        engine.set_daily_digest(actor, often == "daily")
    banners.keep("written_to")
    return redirect(
        in_language(chosen, url_for("tasks.index").removeprefix(request.root_path)), 303
    )
