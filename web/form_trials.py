"""Try a form of a draft: the page that people will fill in, and its check; nothing is recorded."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web import fields, rows
from web.actors import current_actor
from web.tasks import read_files, read_posted
from web.texts import say

bp = Blueprint("form_trials", __name__, url_prefix="/drafts/<uuid:draft_id>/forms")


@bp.get("/<form_id>/preview")
def show(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Show a form as whoever fills it in will see it: empty, or filled with its examples."""
    filled = "filled" in request.args
    return _page(engine.try_form(draft_id, form_id, current_actor(), filled=filled))


@bp.post("/<form_id>/preview")
def check(draft_id: uuid.UUID, form_id: str) -> ResponseReturnValue:
    """Hold what was typed against the form's own rules, or only change the rows on the page."""
    action = request.form.get("page-action", "check")
    posted, _anchor = rows.change(read_posted(), action)
    files = {name: found[0][0] for name, found in read_files().items() if found}
    known = {
        name.removeprefix(_FACT): text
        for name, text in request.form.items()
        if name.startswith(_FACT)
    }
    tried = engine.try_form(
        draft_id, form_id, current_actor(), posted, files, known, check=action == "check"
    )
    wrong = tried.errors or any(one.error for one in tried.facts)
    return _page(tried), 422 if wrong else 200


#: How a fact that is set for the trial is named; no key of a form holds a hyphen.
_FACT = "page-fact-"


def _page(tried: engine.FormTrial) -> str:
    errors = tried.errors or []
    laid_out = fields.lay_out(tried.part, tried, errors)
    checked = tried.errors is not None and not errors
    return render_template(
        "form_preview.html",
        page=tried,
        part="files",
        parts=[laid_out],
        problems=[
            *(
                fields.Problem(say(one.error), f"#{_FACT}{one.name}")
                for one in tried.facts
                if one.error
            ),
            *fields.summarise([laid_out], errors),
        ],
        checked=checked,
    )
