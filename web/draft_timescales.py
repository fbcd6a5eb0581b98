"""The timescales of a draft: a table of them all, and each with its length and its stages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import draft_rows
from web.actors import current_actor
from web.draft_rows import Problems
from web.ladders import ladder, stage_when
from web.texts import gettext, say

bp = Blueprint("draft_timescales", __name__, url_prefix="/drafts/<uuid:draft_id>/timescales")

#: In an address: a timescale that is not there yet.
_NEW = "new"


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show all timescales: as the edition has them, and as the draft has them."""
    page = engine.draft_timescales(draft_id, current_actor())
    return render_template("draft_timescales.html", page=page, part="timescales")


@bp.get("/<timescale>")
def show(draft_id: uuid.UUID, timescale: str) -> ResponseReturnValue:
    """Show one timescale, to change it; or ask for a new one."""
    return _show(draft_id, timescale)


@bp.post("/<timescale>")
def save(draft_id: uuid.UUID, timescale: str) -> ResponseReturnValue:
    """Keep a timescale, let it be as the edition has it, or show one more stage, or one less."""
    draft_rows.require_designer(draft_id)
    actor, typed = current_actor(), draft_rows.typed()
    does, which = draft_rows.action()
    seen, known = typed.pop("seen", ""), "" if timescale == _NEW else timescale
    if does == "add-stage":
        numbers = engine.stage_numbers(typed)
        number = numbers[-1] + 1 if numbers else 0
        return _show(draft_id, timescale, {**typed, f"stage-{number}-number": ""}, seen=seen)
    if does == "remove-stage":
        left = {
            name: text for name, text in typed.items() if not name.startswith(f"stage-{which}-")
        }
        return _show(draft_id, timescale, left, seen=seen)
    if does == "restore":
        problems, status = draft_rows.attempt(
            lambda: engine.restore_draft_timescale(draft_id, timescale, seen, actor)
        )
    else:
        problems, status = draft_rows.attempt(
            lambda: engine.save_draft_timescale(draft_id, known, typed, seen, actor)
        )
    if problems:
        return _show(draft_id, timescale, typed, problems, seen), status
    return redirect(url_for("draft_timescales.index", draft_id=draft_id), 303)


def _show(
    draft_id: uuid.UUID,
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    seen: str = "",
) -> str:
    page = engine.draft_timescale(draft_id, "" if key == _NEW else key, current_actor())
    row = page.line.row.now if page.line else None
    typed = engine.typed_timescale(row or {"kind": "clock"}) if typed is None else typed
    now = page.line.now if page.line else None
    return render_template(
        "draft_timescale.html",
        page=page,
        part="timescales",
        key=key,
        typed=typed,
        problems=problems or {},
        seen=seen or page.seen,
        stages=engine.stage_numbers(typed),
        most=engine.MOST_STAGES,
        ladder=ladder(now) if now else None,
        stage_when=stage_when,
        units=[("D", gettext("days")), ("W", gettext("weeks")), ("M", gettext("months"))],
        sides=[
            ("before", gettext("before the due day")),
            ("after", gettext("after the due day")),
            ("start", gettext("after it begins")),
        ],
        kinds=[
            ("clock", gettext("Something is done by a day")),
            ("lead", gettext("Something is done so long before a day")),
            ("repeat", gettext("Something is done again and again")),
            ("open", gettext("Something is done in good time; the day may be set otherwise")),
        ],
        days=[(one.name, f"{say(one.text)} ({one.name})") for one in page.days],
        processes=[(name, say(text)) for name, text in page.processes],
        roles=[(one.key, say(one.text)) for one in page.roles],
        chosen={name: typed.get(name, "").split() for name in ("owner", "manager", "process")},
    )
