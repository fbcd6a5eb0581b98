"""Start cases, list them, and show one: its clocks, tasks and documents."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.alphabet import in_order
from web.texts import gettext, say

bp = Blueprint("cases", __name__)


@bp.get("/cases/start")
def start() -> ResponseReturnValue:
    """Ask what kind of case to start, and for which Board."""
    return render_template("start.html", choices=_choices(current_actor()), submit_key=uuid.uuid4())


@bp.post("/cases/start")
def open_case() -> ResponseReturnValue:
    """Start a case."""
    actor = current_actor()
    choices = _choices(actor)
    wanted, key = request.form.get("process", ""), request.form.get("page-submit-key", "")[:64]
    chosen = next((one for one in choices if f"{one.process}:{one.board_id}" == wanted), None)
    if chosen is None:
        return render_template(
            "start.html",
            choices=choices,
            problems={"process": gettext("Choose what to start")},
            submit_key=key or uuid.uuid4(),
        ), 422
    case_id = engine.open_case(chosen.process, chosen.board_id, actor, key or None)
    return redirect(url_for("cases.show", case_id=case_id), 303)


@bp.get("/cases/<uuid:case_id>")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show a case."""
    actor = current_actor()
    case = engine.case_page(case_id, actor)
    waiting = [one for one in engine.case_proposals(case_id, actor) if one.state == "waiting"]
    return render_template("case.html", case=case, waiting=waiting, part="overview")


@bp.post("/cases/<uuid:case_id>/side")
def start_side(case_id: uuid.UUID) -> ResponseReturnValue:
    """Start a side process of a case."""
    process, item = request.form.get("process", ""), request.form.get("item", "")
    engine.start_side(case_id, process, item, current_actor())
    if engine.startable_beside(case_id, current_actor()) is not None:
        return redirect(url_for("tasks.index"), 303)
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _choices(actor: engine.Actor) -> list[engine.Startable]:
    """Return what a person may start, Board by Board, in the order of the page's alphabet."""
    return in_order(engine.startable(actor), lambda one: f"{say(one.board)} {say(one.name)}")
