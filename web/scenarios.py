"""The scenarios of a draft: recorded, sent in, played in the background, and what they take."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from typing import cast

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.sandboxes import as_download
from web.texts import gettext, say_error

bp = Blueprint("scenarios", __name__, url_prefix="/drafts/<uuid:draft_id>/scenarios")

#: Under this, the application keeps how a run is played away from whoever asked for it.
PLAY = "PLAY_SCENARIO_RUN"

Play = Callable[[uuid.UUID], None]


@bp.get("")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show the scenarios of a draft, how they came out, and how much they take."""
    return _show(draft_id)


@bp.post("")
def act(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a scenario that was sent in, take one off the list, or play them all."""
    actor, action = current_actor(), request.form.get("page-action", "")
    try:
        if action == "send":
            sent = request.files.get("file")
            if sent is None or not sent.filename:
                return _show(draft_id, {"file": gettext("Choose a scenario file")}), 422
            engine.add_scenario(draft_id, sent.filename, sent.stream.read(), actor)
        elif action == "play":
            wanted = request.form.get("which") == "all"
            _play(engine.begin_scenario_run(draft_id, actor, delivered=wanted))
        elif action == "go-on":
            _play(engine.go_on_with_run(draft_id, actor))
        elif action.startswith("remove:") and action[7:].isdecimal():
            engine.remove_scenario(draft_id, int(action[7:16]), actor)
        else:
            raise engine.NotFound
    except (engine.InvalidScenario, engine.ScenarioTooBig, engine.TooManyScenarios) as refused:
        return _show(draft_id, {"file": say_error(refused)}), refused.status
    except engine.NothingToPlay as refused:
        return _show(draft_id, {"which": say_error(refused)}), refused.status
    return redirect(url_for("scenarios.show", draft_id=draft_id), 303)


@bp.get("/<int:number>.toml")
def download(draft_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Return a scenario kept with a draft."""
    text = engine.scenario_file(draft_id, number, current_actor())
    return as_download(text, f"scenario-{number}.toml")


@bp.get("/coverage/<process>")
def coverage(draft_id: uuid.UUID, process: str) -> ResponseReturnValue:
    """Show what the scenarios took of one process, in words and on its drawing."""
    page = engine.coverage_page(draft_id, process, current_actor())
    return render_template("coverage.html", page=page, part="scenarios")


@bp.get("/coverage/<process>/drawing.bpmn")
def drawing(draft_id: uuid.UUID, process: str) -> ResponseReturnValue:
    """Return the BPMN that the browser draws."""
    page = engine.coverage_page(draft_id, process, current_actor())
    return Response(page.xml, mimetype="application/xml")


def play_beside(run_id: uuid.UUID) -> None:
    """Play a run on a thread beside the answers; `adolygu serve` has a process for it instead."""
    threading.Thread(target=engine.play_scenario_run, args=(run_id,), daemon=True).start()


def _play(run_id: uuid.UUID) -> None:
    cast(Play, current_app.config[PLAY])(run_id)


def _show(draft_id: uuid.UUID, problems: Mapping[str, str] | None = None) -> str:
    page = engine.scenarios_page(draft_id, current_actor())
    return render_template("scenarios.html", page=page, part="scenarios", problems=problems or {})
