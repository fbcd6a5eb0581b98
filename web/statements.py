"""Pages that state things: about the guidance, accessibility, privacy."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

import engine

bp = Blueprint("statements", __name__)

#: The day of the tests that the accessibility statement tells of.
PREPARED_ON = date(2026, 11, 27)


@bp.get("/about")
def about() -> ResponseReturnValue:
    """Say which editions of the guidance are carried out, and how each stands to the law."""
    return render_template("about.html", editions=engine.editions_here())


@bp.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """State how far the pages are accessible, what is not, and whom to tell."""
    return render_template("accessibility.html", prepared_on=PREPARED_ON)


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """State what is kept about people, why, and which cookie is set."""
    return render_template("privacy.html")
