"""Keep who looked at what of a case, for every page alike, and show it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue, RouteCallable

import engine
from web import paging
from web.actors import actor_or_none, current_actor

bp = Blueprint("sights", __name__)

#: What an address names, and what it is a sight of; the first of them that it has.
_NAMED: Mapping[str, engine.SightKind] = {
    "upload_id": "file",
    "document_id": "document",
    "task_id": "task",
    "note_id": "note",
}


@bp.get("/cases/<uuid:case_id>/sights")
def of_case(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show who looked at a case."""
    person = _as_id(request.args.get("person", ""))
    found = engine.case_sights(case_id, current_actor(), person, paging.wanted())
    return render_template(
        "sights.html", case=found.head, page=found, person=person, part="history"
    )


@bp.get("/settings/<key>/people/<uuid:account_id>/sights")
def of_person(key: str, account_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a person of a Board looked at."""
    page = engine.person_sights(key, account_id, current_actor(), paging.wanted())
    return render_template("sights_of_person.html", key=key, account_id=account_id, page=page)


def watch(app: Flask) -> None:
    """Let every page of a case leave a sight; what cannot be kept is not shown either."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _watched(app, view)


def _watched(app: Flask, view: RouteCallable) -> RouteCallable:
    @wraps(view)
    def shown(**named: Any) -> Response:
        answer = app.make_response(app.ensure_sync(view)(**named))
        seen = _seen(named) if request.method == "GET" and answer.status_code == 200 else None
        actor = actor_or_none() if seen else None
        if seen and actor:
            engine.record_sight(*seen, actor)
        return answer

    return shown


def _seen(named: Mapping[str, Any]) -> tuple[engine.SightKind, uuid.UUID] | None:
    for name, kind in _NAMED.items():
        if name in named:
            is_paper = kind == "document" and request.blueprint == "papers"
            return "paper" if is_paper else kind, named[name]
    return ("case", named["case_id"]) if "case_id" in named else None


def _as_id(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
