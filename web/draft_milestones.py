"""The milestones of a draft: what a case should have reached, and by when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import draft_rows
from web.actors import current_actor
from web.draft_rows import Problems
from web.texts import gettext, say

bp = Blueprint("draft_milestones", __name__, url_prefix="/drafts/<uuid:draft_id>/milestones")

_NEW = "new"
_PATH = engine.MILESTONES_FILE


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show all milestones."""
    page = engine.rows_of_draft(draft_id, _PATH, current_actor())
    return render_template("draft_milestones.html", page=page, part="milestones", at=_at)


@bp.get("/<milestone>")
def show(draft_id: uuid.UUID, milestone: str) -> ResponseReturnValue:
    """Show a milestone, to change it; or ask for a new one."""
    return _show(draft_id, milestone)


@bp.post("/<milestone>")
def save(draft_id: uuid.UUID, milestone: str) -> ResponseReturnValue:
    """Keep a milestone, or let it be as the edition has it."""
    draft_rows.require_designer(draft_id)
    actor, typed = current_actor(), draft_rows.typed()
    seen, known = typed.pop("seen", ""), "" if milestone == _NEW else milestone
    if draft_rows.action()[0] == "restore":
        engine.rows_of_draft(draft_id, _PATH, actor).row(milestone)
    problems, status = draft_rows.keep(
        draft_id,
        _PATH,
        milestone,
        seen,
        lambda: engine.save_draft_milestone(draft_id, known, typed, seen, actor),
    )
    if problems:
        return _show(draft_id, milestone, typed, problems, seen), status
    return redirect(url_for("draft_milestones.index", draft_id=draft_id), 303)


def _show(
    draft_id: uuid.UUID,
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    seen: str = "",
) -> str:
    actor = current_actor()
    page = engine.rows_of_draft(draft_id, _PATH, actor)
    row = None if key == _NEW else page.row(key)
    asked = engine.draft_timescale(draft_id, "", actor)
    now = (row.now if row else None) or {}
    if typed is None:
        length, unit = engine.typed_length(str(now.get("at", "")))
        typed = {name: str(now.get(name, "")) for name in ("en", "cy", "from")}
        typed |= {
            "at": length,
            "at-unit": unit,
            "process": engine.typed_words(now.get("process", [])),
        }
        reached = now.get("reached", [])
        typed["reached"] = "\n".join(map(str, reached)) if isinstance(reached, list) else ""
    return render_template(
        "draft_milestone.html",
        page=page,
        part="milestones",
        row=row,
        typed=typed,
        problems=problems or {},
        seen=seen or page.seen(*([key] if row else [])),
        follows=engine.typed_words(now.get("timescales", [])),
        units=[("D", gettext("days")), ("W", gettext("weeks")), ("M", gettext("months"))],
        days=[(one.name, f"{say(one.text)} ({one.name})") for one in asked.days],
        processes=[(name, say(text)) for name, text in asked.processes],
        chosen=typed.get("process", "").split(),
    )


def _at(row: Mapping[str, object]) -> str:
    """Return when a milestone is, in words: so long after a day, or with which timescales."""
    try:
        return say(engine.parse_length(str(row.get("at", ""))).text)
    except ValueError:
        return engine.typed_words(row.get("timescales", []))
