"""Start cases, list them, and show one: its clocks, tasks, documents and history."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import gettext

bp = Blueprint("cases", __name__)


@bp.get("/cases")
def index() -> ResponseReturnValue:
    """List the cases that a person may open."""
    return render_template("cases.html", cases=engine.list_cases(current_actor()))


@bp.get("/cases/start")
def start() -> ResponseReturnValue:
    """Ask what kind of case to start, and for which Board."""
    return render_template("start.html", choices=engine.startable(current_actor()))


@bp.post("/cases/start")
def open_case() -> ResponseReturnValue:
    """Start a case."""
    actor = current_actor()
    choices = engine.startable(actor)
    wanted = request.form.get("process", "")
    chosen = next((one for one in choices if f"{one.process}:{one.board_id}" == wanted), None)
    if chosen is None:
        return render_template(
            "start.html", choices=choices, problems={"process": gettext("Choose what to start")}
        ), 422
    case_id = engine.open_case(chosen.process, chosen.board_id, actor)
    return redirect(url_for("cases.show", case_id=case_id), 303)


@bp.get("/cases/<uuid:case_id>")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show a case."""
    case = engine.case_page(case_id, current_actor())
    return render_template("case.html", case=case, part="overview")


@bp.get("/cases/<uuid:case_id>/history")
def history(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show who did what on a case, and when, newest first."""
    actor = current_actor()
    case = engine.case_page(case_id, actor)
    return render_template(
        "history.html", case=case, lines=engine.case_history(case_id, actor), part="history"
    )


@bp.post("/cases/<uuid:case_id>/side")
def start_side(case_id: uuid.UUID) -> ResponseReturnValue:
    """Start a side process of a case."""
    process, item = request.form.get("process", ""), request.form.get("item", "")
    engine.start_side(case_id, process, item, current_actor())
    return redirect(url_for("cases.show", case_id=case_id), 303)
