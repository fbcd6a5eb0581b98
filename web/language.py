"""Ask people which language to write to them in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.addresses import in_language
from web.texts import gettext

bp = Blueprint("language", __name__)


@bp.get("/language")
def choose() -> ResponseReturnValue:
    """Ask which language a person wants to be written to in."""
    return render_template("language.html", chosen=current_actor().language)


@bp.post("/language")
def keep() -> ResponseReturnValue:
    """Keep the language that a person chose, and go on in it."""
    chosen = request.form.get("language", "")
    if chosen not in ("en", "cy"):
        problem = {"language": gettext("Choose a language")}
        return render_template("language.html", chosen="", problems=problem), 422
    engine.set_language(current_actor(), chosen)
    return redirect(
        in_language(chosen, url_for("tasks.index").removeprefix(request.root_path)), 303
    )
