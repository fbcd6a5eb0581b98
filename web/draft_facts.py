"""The facts of a draft: those of its edition, to look up, and the variation's own, to write."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web import draft_rows
from web.actors import current_actor
from web.draft_rows import Problems
from web.texts import gettext

bp = Blueprint("draft_facts", __name__, url_prefix="/drafts/<uuid:draft_id>/facts")

_NEW = "new"
_PATH = engine.FACTS_FILE


@bp.get("")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show all facts, the variation's own first."""
    page = engine.rows_of_draft(draft_id, _PATH, current_actor())
    return render_template(
        "draft_facts.html", page=page, part="facts", kind_of=_kind_of, kind_told=_kind_told
    )


@bp.get("/<fact>")
def show(draft_id: uuid.UUID, fact: str) -> ResponseReturnValue:
    """Show a fact of the variation's own, to change it; or ask for a new one."""
    return _show(draft_id, fact)


@bp.post("/<fact>")
def save(draft_id: uuid.UUID, fact: str) -> ResponseReturnValue:
    """Keep a fact of the variation's own, or take it out."""
    draft_rows.require_designer(draft_id)
    actor, typed = current_actor(), draft_rows.typed()
    seen, known = typed.pop("seen", ""), "" if fact == _NEW else fact
    if known:
        _own(engine.rows_of_draft(draft_id, _PATH, actor), fact)
    problems, status = draft_rows.keep(
        draft_id,
        _PATH,
        fact,
        seen,
        lambda: engine.save_draft_fact(draft_id, known, typed, seen, actor),
    )
    if problems:
        return _show(draft_id, fact, typed, problems, seen), status
    return redirect(url_for("draft_facts.index", draft_id=draft_id), 303)


def _show(
    draft_id: uuid.UUID,
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    seen: str = "",
) -> str:
    page = engine.rows_of_draft(draft_id, _PATH, current_actor())
    row = None if key == _NEW else _own(page, key)
    if typed is None:
        now = (row.now if row else None) or {"scope": "case", "type": "string"}
        kind = _kind_of(now)
        typed = {name: str(now.get(name, "")) for name in ("type", "scope", "en", "cy")}
        typed |= {"kind": kind, "source": str(now.get(kind, ""))}
    return render_template(
        "draft_fact.html",
        page=page,
        part="facts",
        row=row,
        typed=typed,
        problems=problems or {},
        seen=seen or page.seen(*([key] if row else [])),
        kinds=[(kind, _kind_told(kind)) for kind in engine.FACT_KINDS],
        types=[(one, one) for one in engine.FACT_TYPES],
    )


def _own(page: engine.DraftRows, key: str) -> engine.DraftRow:
    row = page.row(key)
    if row.edition is not None or row.now is None:
        raise engine.NotFound
    return row


def _kind_of(row: Mapping[str, object]) -> str:
    """Return from what kind of source a fact is read."""
    return next((kind for kind in engine.FACT_SOURCES if row.get(kind)), "")


def _kind_told(kind: str) -> str:
    names = {
        "field": gettext("A field of a form"),
        "decision": gettext("An answer of a decision table"),
        "step": gettext("A step that is completed"),
        "value": gettext("FEEL over other facts"),
    }
    return names.get(kind, kind)
