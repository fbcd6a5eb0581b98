"""A Board's own variation: its drafts, its versions, and beginning a draft."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import say_error

bp = Blueprint("variations", __name__, url_prefix="/variations")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the Boards on whose variation a person works; of one, its page at once."""
    boards = engine.variation_boards(current_actor())
    if not boards:
        raise engine.NotFound
    if len(boards) == 1:
        return redirect(url_for("variations.show", key=boards[0][0]), 303)
    return render_template("variation_boards.html", boards=boards)


@bp.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """Show the drafts and versions of a Board."""
    page = engine.variations_page(key, current_actor())
    return render_template("variations.html", page=page)


@bp.get("/<key>/begin")
def begin(key: str) -> ResponseReturnValue:
    """Ask what a new draft is to change, and what it begins from."""
    return _begin(key, {"from": request.args.get("from", "")})


@bp.post("/<key>/begin")
def begin_draft(key: str) -> ResponseReturnValue:
    """Begin a draft."""
    typed = {name: request.form.get(name, "") for name in ("title", "from")}
    kind, _, name = typed["from"].partition(":")
    version = int(name) if kind == "version" and name.isdecimal() and len(name) < 9 else None
    edition = name if kind == "edition" else ""
    try:
        draft_id = engine.begin_draft(key, edition, typed["title"], current_actor(), version)
    except engine.DraftTitleWrong as refused:
        return _begin(key, typed, {"title": say_error(refused)}), refused.status
    except (engine.EditionNotThere, engine.InvalidDeployment) as refused:
        return _begin(key, typed, {"from": say_error(refused)}), refused.status
    return redirect(url_for("drafts.show", draft_id=draft_id), 303)


def _begin(key: str, typed: dict[str, str], problems: dict[str, str] | None = None) -> str:
    page = engine.variations_page(key, current_actor())
    if "design" not in page.acts:
        raise engine.NotFound
    return render_template(
        "draft_begin.html",
        page=page,
        typed=typed,
        problems=problems or {},
        most=engine.MOST_DRAFT_TITLE,
    )
