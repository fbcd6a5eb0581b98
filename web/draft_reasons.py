"""Why a draft departs from proposed readings: what it departs from, and a reason for each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import draft_rows
from web.actors import current_actor
from web.draft_rows import Problems

bp = Blueprint("draft_reasons", __name__, url_prefix="/drafts/<uuid:draft_id>/reasons")

_PATH = engine.REASONS_FILE


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show the proposed readings that a draft departs from, and those it gives reasons for."""
    page = engine.draft_reasons(draft_id, current_actor())
    return render_template("draft_reasons.html", page=page.rows, found=page, part="reasons")


@bp.get("/<reading>")
def show(draft_id: uuid.UUID, reading: str) -> ResponseReturnValue:
    """Ask why a draft departs from one of them."""
    return _show(draft_id, reading)


@bp.post("/<reading>")
def save(draft_id: uuid.UUID, reading: str) -> ResponseReturnValue:
    """Keep a reason, or take it out."""
    draft_rows.require_designer(draft_id)
    actor, typed = current_actor(), draft_rows.typed()
    seen = typed.pop("seen", "")
    _found(draft_id, reading)
    problems, status = draft_rows.keep(
        draft_id,
        _PATH,
        reading,
        seen,
        lambda: engine.save_draft_reason(draft_id, reading, typed, seen, actor),
    )
    if problems:
        return _show(draft_id, reading, typed, problems, seen), status
    return redirect(url_for("draft_reasons.index", draft_id=draft_id), 303)


def _show(
    draft_id: uuid.UUID,
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    seen: str = "",
) -> str:
    found, line = _found(draft_id, key)
    now = (line.row.now if line.row else None) or {}
    return render_template(
        "draft_reason.html",
        page=found.rows,
        part="reasons",
        line=line,
        typed={name: str(now.get(name, "")) for name in ("en", "cy")} if typed is None else typed,
        problems=problems or {},
        seen=seen or found.rows.seen(key),
    )


def _found(draft_id: uuid.UUID, key: str) -> tuple[engine.DraftReasons, engine.Departing]:
    found = engine.draft_reasons(draft_id, current_actor())
    line = found.line(key)
    if line is None:
        raise engine.NotFound
    return found, line
