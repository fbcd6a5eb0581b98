"""Start cases, list them, and show one: its clocks, tasks and documents."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import banners
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
    adopted = engine.adopted_page(case_id, actor) if case.summary.adopted_at else None
    return render_template(
        "case.html", case=case, waiting=waiting, adopted=adopted, part="overview"
    )


@bp.get("/cases/<uuid:case_id>/legal-basis")
def legal_basis(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the edition and the variation of a case rest on in law."""
    case = engine.case_head(case_id, current_actor())
    return render_template("legal_basis.html", case=case, part="")


@bp.get("/cases/<uuid:case_id>/side")
def ask_side(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say what starting a side process leads to, before it is started; of none, list them."""
    process, item = request.args.get("process", ""), request.args.get("item", "")
    actor = current_actor()
    if not process and engine.may_open_case(case_id, actor):
        case = engine.case_page(case_id, actor)
        return render_template("start_beside.html", case=case, sides=list(_sides(case)))
    side = engine.side_to_start(case_id, process, item, actor)
    task_id = request.args.get("task", type=uuid.UUID)
    return render_template(
        "start_side.html", side=side, task_id=task_id, came_from=_back_from_side(side, task_id)
    )


@bp.post("/cases/<uuid:case_id>/side")
def start_side(case_id: uuid.UUID) -> ResponseReturnValue:
    """Start a side process of a case, and go back to where it was started from."""
    process, item = request.form.get("process", ""), request.form.get("item", "")
    actor = current_actor()
    side = engine.side_to_start(case_id, process, item, actor)
    engine.start_side(case_id, process, item, actor)
    banners.keep("started", side.name)
    return redirect(_back_from_side(side, request.form.get("page-task", type=uuid.UUID)), 303)


def _sides(case: engine.CasePage) -> Iterator[tuple[engine.Startable, list[Any]]]:
    """Go through what may be started on a case, each with the items that it may be started for.

    What is started for an item is left out while the case has none of its kind.
    """
    for side in in_order(case.side_processes, lambda one: say(one.name)):
        fitting = [item for item in case.items if side.item and item.kind == side.item]
        if fitting or not side.item:
            yield side, fitting


def _back_from_side(side: engine.SideToStart, task_id: uuid.UUID | None) -> str:
    """Return where somebody came from to start a side process: a task, the case, their tasks."""
    if task_id is not None:
        return url_for("tasks.show", task_id=task_id)
    if side.may_open_case:
        return url_for("cases.show", case_id=side.case_id)
    return url_for("tasks.index")


def _choices(actor: engine.Actor) -> list[engine.Startable]:
    """Return what a person may start, Board by Board, in the order of the page's alphabet."""
    return in_order(engine.startable(actor), lambda one: f"{say(one.board)} {say(one.name)}")
