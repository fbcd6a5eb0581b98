"""Lay a draft over a newer state of its edition, after a look at what both changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import say_error

bp = Blueprint("upgrading", __name__, url_prefix="/drafts/<uuid:draft_id>/upgrade")


@bp.get("")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the newer edition changed, what the draft did, and what both."""
    return _page(draft_id, {}, {})


@bp.post("")
def lay_over(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Lay the draft over the newer edition."""
    chosen = {
        name.removeprefix("choice-"): value
        for name, value in request.form.items()
        if name.startswith("choice-")
    }
    revision = request.form.get("revision", -1, type=int)
    try:
        newer = uuid.UUID(request.form.get("newer", ""))
    except ValueError:
        newer = uuid.UUID(int=0)
    try:
        engine.upgrade_draft(draft_id, newer, revision, chosen, current_actor())
    except engine.ChoiceMissing as refused:
        missing = dict.fromkeys(refused.paths, say_error(refused))
        return _page(draft_id, chosen, missing), refused.status
    except (
        engine.NothingNewer,
        engine.DraftMovedOn,
        engine.DraftOver,
        engine.DraftWaits,
    ) as refused:
        return _page(draft_id, chosen, {}, say_error(refused)), refused.status
    return redirect(url_for("comparisons.draft", draft_id=draft_id), 303)


def _page(
    draft_id: uuid.UUID, chosen: Mapping[str, str], missing: Mapping[str, str], refused: str = ""
) -> str:
    """Show the page; `missing` says by path what is wrong with a choice."""
    page = engine.upgrade_page(draft_id, current_actor())
    to_choose = [file for file in page.files if file.choices]
    ids = {file.path: f"choice-{number}" for number, file in enumerate(to_choose, 1)}
    problems = {ids[path]: said for path, said in missing.items() if path in ids}
    return render_template(
        "draft_upgrade.html",
        page=page,
        part="upgrade",
        to_choose=to_choose,
        ids=ids,
        chosen=chosen,
        problems=problems | ({"upgrade": refused} if refused else {}),
    )
