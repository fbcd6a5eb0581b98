"""Show what happened on a case: filtered, a page at a time, with what was put right."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web import days, paging
from web.actors import current_actor
from web.texts import event_name, gettext

bp = Blueprint("histories", __name__)


@bp.get("/cases/<uuid:case_id>/history")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show who did what on a case, and when, newest first."""
    problems: dict[str, str] = {}
    since, until = (_day(name, problems) for name in ("since", "until"))
    if since and until and until < since:
        problems["until-day"] = gettext("The last day must not lie before the first one")
    wanted = engine.Wanted(
        kind=request.args.get("kind", "")[:100],
        actor=request.args.get("person", "")[:100],
        since=since,
        until=until,
    )
    if problems:
        # What cannot be read filters nothing; the page says so, and keeps what was typed.
        wanted = engine.Wanted(kind=wanted.kind, actor=wanted.actor)
    page = engine.case_history(case_id, current_actor(), wanted, paging.wanted())
    kinds = sorted(((event_name(kind), kind) for kind in page.kinds), key=lambda one: one[0])
    return render_template(
        "history.html",
        case=page.head,
        page=page,
        kinds=kinds,
        typed=request.args,
        problems=problems,
        part="history",
    ), 422 if problems else 200


def _day(name: str, problems: dict[str, str]) -> date | None:
    typed = days.typed_parts(request.args, name)
    if not any(typed.values()):
        return None
    found = days.as_day(typed)
    if found is None:
        problems[f"{name}-day"] = gettext("Enter a day, such as 27 3 2026, or leave it empty")
    return found
