"""Show what could not be delivered, and the letters that go by post."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days
from web.actors import current_actor
from web.texts import gettext, say_error

bp = Blueprint("deliveries", __name__)


@bp.get("/undelivered")
def index() -> ResponseReturnValue:
    """List the messages of a person's Boards that could not be delivered."""
    return render_template("undelivered.html", messages=engine.list_undelivered(current_actor()))


@bp.post("/undelivered/<key>/again")
def send_again(key: str) -> ResponseReturnValue:
    """Send a message again that could not be delivered."""
    engine.send_again(key, current_actor())
    return redirect(url_for("deliveries.index", _anchor="main-content"), 303)


@bp.get("/cases/<uuid:case_id>/letters/<uuid:notice_id>")
def letter(case_id: uuid.UUID, notice_id: uuid.UUID) -> ResponseReturnValue:
    """Show a letter to print and to send by post."""
    return _letter(engine.letter_page(case_id, notice_id, current_actor()))


@bp.post("/cases/<uuid:case_id>/letters/<uuid:notice_id>")
def posted(case_id: uuid.UUID, notice_id: uuid.UUID) -> ResponseReturnValue:
    """Record the day on which a letter was sent on."""
    actor = current_actor()
    typed = days.typed_parts(request.form, "posted_on")
    day = days.as_day(typed)
    if day is None:
        page = engine.letter_page(case_id, notice_id, actor)
        return _letter(page, typed, gettext("Enter the day on which the letter was sent")), 422
    try:
        engine.record_posted(case_id, notice_id, day, actor)
    except engine.PostedDayWrong as refused:
        page = engine.letter_page(case_id, notice_id, actor)
        return _letter(page, typed, say_error(refused)), 422
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _letter(page: engine.LetterPage, typed: dict[str, str] | None = None, problem: str = "") -> str:
    problems = {"posted_on-day": problem} if problem else {}
    return render_template("letter.html", page=page, typed=typed or {}, problems=problems)
