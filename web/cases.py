"""Start cases, list them, and show one: its clocks, tasks, documents and history."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import gettext, say

bp = Blueprint("cases", __name__)


@bp.get("/cases")
def index() -> ResponseReturnValue:
    """List the cases that a person may open."""
    actor = current_actor()
    undelivered = len(engine.list_undelivered(actor)) if engine.minds_deliveries(actor) else 0
    return render_template(
        "cases.html",
        cases=engine.list_cases(actor),
        undelivered=undelivered,
        settings=bool(engine.administered_boards(actor)),
    )


@bp.get("/cases/start")
def start() -> ResponseReturnValue:
    """Ask what kind of case to start, and for which Board."""
    return render_template(
        "start.html", choices=engine.startable(current_actor()), submit_key=uuid.uuid4()
    )


@bp.post("/cases/start")
def open_case() -> ResponseReturnValue:
    """Start a case."""
    actor = current_actor()
    choices = engine.startable(actor)
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
    case = engine.case_page(case_id, current_actor())
    return render_template("case.html", case=case, part="overview")


@bp.get("/cases/<uuid:case_id>/history")
def history(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show who did what on a case, and when, newest first."""
    actor = current_actor()
    case = engine.case_page(case_id, actor)
    told = [_tell(line, case) for line in engine.case_history(case_id, actor)]
    return render_template("history.html", case=case, lines=told, part="history")


@bp.post("/cases/<uuid:case_id>/side")
def start_side(case_id: uuid.UUID) -> ResponseReturnValue:
    """Start a side process of a case."""
    process, item = request.form.get("process", ""), request.form.get("item", "")
    engine.start_side(case_id, process, item, current_actor())
    if engine.startable_beside(case_id, current_actor()) is not None:
        return redirect(url_for("tasks.index"), 303)
    return redirect(url_for("cases.show", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/incidents/<uuid:incident_id>/retry")
def retry_incident(case_id: uuid.UUID, incident_id: uuid.UUID) -> ResponseReturnValue:
    """Try again what could not be done, now that its cause was put right."""
    actor = current_actor()
    if incident_id not in {one[0] for one in engine.case_page(case_id, actor).incidents}:
        raise engine.NotFound
    try:
        engine.retry_incident(incident_id, actor)
    except engine.AccessDenied as denied:
        raise engine.NotFound from denied
    return redirect(url_for("cases.show", case_id=case_id), 303)


@dataclass(frozen=True)
class _Told:
    at: datetime
    actor_name: str
    kind: str
    about: str


def _tell(line: engine.HistoryLine, case: engine.CasePage) -> _Told:
    """Return a line of the history with what it is about, in words where the case has them."""
    names = {
        **{role.role_key: role.role for role in case.people},
        **{document.catalogue: document.name for document in case.documents},
        **{clock.timescale: clock.name for clock in case.clocks},
        **{side.process: side.name for side in case.side_processes},
    }
    task = next(
        (one for one in (*case.tasks, *case.closed_tasks) if str(one.id) == line.data.get("task")),
        None,
    )
    if task is not None:
        about = ": ".join(part for part in (say(task.name), say(task.item_label)) if part)
    elif line.kind == "case_opened":
        about = say(case.summary.process)
    else:
        about = say(names[line.subject]) if line.subject in names else line.subject
    return _Told(line.at, line.actor_name, line.kind, about)
