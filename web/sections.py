"""Show one section of a long task as a page of its own, and keep what is filled in there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import fields, rows
from web.actors import current_actor
from web.addresses import current_language, other_language, this_page_in
from web.tasks import at_its_input, read_files, read_posted

bp = Blueprint("sections", __name__)

_PATH = "/tasks/<uuid:task_id>/sections/<form>/<section>"


@bp.get(_PATH)
def show(task_id: uuid.UUID, form: str, section: str) -> ResponseReturnValue:
    """Show a section as it stands; with what is wrong, where somebody comes to put it right."""
    view = engine.open_section(task_id, engine.SectionKey(form, section), current_actor())
    return _page(view, view.errors if "check" in request.args else ())


@bp.post(_PATH)
def answer(task_id: uuid.UUID, form: str, section: str) -> ResponseReturnValue:
    """Keep what was typed, and do what the button that was pressed says."""
    key, actor = engine.SectionKey(form, section), current_actor()
    posted, action = read_posted(), request.form.get("page-action", "continue")
    posted, anchor = rows.change(posted, action)
    try:
        keep = engine.check_section if action == "continue" else engine.save_section
        keep(task_id, key, posted, read_files(), actor)
    except engine.InvalidForm as invalid:
        return _page(engine.open_section(task_id, key, actor), invalid.errors, 422)
    except engine.UploadRefused as refused:
        engine.save_section(task_id, key, posted, {}, actor)
        return _page(engine.open_section(task_id, key, actor), [at_its_input(refused)], 422)
    return redirect(_next(task_id, action, anchor), 303)


def _next(task_id: uuid.UUID, action: str, anchor: str | None) -> str:
    """Return where a button leads: back to the check, for whoever came to change an answer."""
    if action == "language":
        return this_page_in(other_language())
    if action == "save":
        return url_for("tasks.saved", task_id=task_id)
    if action in ("continue", "back"):
        came_from_check = "change" in request.args
        return url_for("tasks.check" if came_from_check else "tasks.show", task_id=task_id)
    if elsewhere := rows.filling_page(task_id, action):
        return elsewhere
    this_page = this_page_in(current_language())
    return f"{this_page}#{anchor}" if anchor else this_page


def _page(
    view: engine.SectionPage, errors: Sequence[engine.FieldError], status: int = 200
) -> ResponseReturnValue:
    """Show a section; where facts or other answers have hidden it by now, go to the list."""
    page = view.page
    laid_out = fields.lay_out(view.part, page, errors, case_id=page.task.case_id, spreadsheets=True)
    if not laid_out.sections:
        return redirect(url_for("tasks.show", task_id=page.task.id))
    shown = render_template(
        "task_section.html",
        page=page,
        view=view,
        section=laid_out.sections[0],
        problems=fields.summarise([laid_out], errors),
        earlier=fields.typed_earlier(view.part, page),
    )
    return shown, status
