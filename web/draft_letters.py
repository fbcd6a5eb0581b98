"""The messages and letters of a draft: its edition’s, changed or not, and the Board’s own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import draft_rows
from web.actors import current_actor
from web.draft_rows import Problems

bp = Blueprint("draft_letters", __name__, url_prefix="/drafts/<uuid:draft_id>/letters")

_NEW = "new"


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show all messages of a draft."""
    page = engine.draft_page(draft_id, current_actor())
    files = [file for file in page.files if file.kind == "letter"]
    return render_template("draft_letters.html", page=page, files=files, part="letters")


@bp.get("/<letter>")
def show(draft_id: uuid.UUID, letter: str) -> ResponseReturnValue:
    """Show a message in both languages, to change it; or ask for a new one."""
    return _show(draft_id, letter)


@bp.post("/<letter>")
def save(draft_id: uuid.UUID, letter: str) -> ResponseReturnValue:
    """Keep a message, or let it be as the edition has it."""
    draft_rows.require_designer(draft_id)
    actor, typed = current_actor(), draft_rows.typed()
    seen, known = typed.pop("seen", ""), "" if letter == _NEW else letter
    if draft_rows.action()[0] == "restore":
        page = _rows(draft_id, letter)
        rows = dict.fromkeys(row.key for row in page.rows)
        problems, status = draft_rows.attempt(
            lambda: engine.save_draft_rows(draft_id, page.path, rows, seen, actor)
        )
    else:
        if known:
            _rows(draft_id, letter)
        problems, status = draft_rows.attempt(
            lambda: engine.save_draft_letter(draft_id, known, typed, seen, actor)
        )
    if problems:
        return _show(draft_id, letter, typed, problems, seen), status
    return redirect(url_for("draft_letters.index", draft_id=draft_id), 303)


def _show(
    draft_id: uuid.UUID,
    name: str,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    seen: str = "",
) -> str:
    is_new = name == _NEW
    page = _rows(draft_id, "" if is_new else name)
    now = {row.key: row.now for row in page.rows if row.now is not None}
    return render_template(
        "draft_letter.html",
        page=page,
        part="letters",
        name="" if is_new else name,
        is_own=all(row.edition is None for row in page.rows),
        is_changed=any(row.own is not None for row in page.rows),
        levels=engine.ESCALATION_LEVELS,
        spoken=[level for level in engine.ESCALATION_LEVELS if level in now],
        typed=_typed(now) if typed is None else typed,
        problems=problems or {},
        seen=seen or page.seen(*now),
    )


def _rows(draft_id: uuid.UUID, name: str) -> engine.DraftRows:
    """Return the texts of a message; the empty name: of one that is not there yet."""
    try:
        page = engine.rows_of_draft(
            draft_id, engine.letter_path(name or "a_new_message"), current_actor()
        )
    except engine.DraftPathWrong:
        raise engine.NotFound from None
    if name and not page.rows:
        raise engine.NotFound
    return page


def _typed(now: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Return the texts of a message by question."""
    found: dict[str, str] = {}
    for key, row in now.items():
        for name, text in row.items():
            if isinstance(text, Mapping):
                found |= {f"{key}-{name}-{one}": str(said).strip() for one, said in text.items()}
            else:
                found[f"{key}-{name}"] = str(text).strip()
    return found
