"""Show file notes and correspondence of a case, record one, and put one right."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import days, paging
from web.actors import current_actor
from web.differences import pieces_of
from web.tasks import read_files
from web.texts import gettext, say_error

bp = Blueprint("notes", __name__)

#: At which input of the page each refusal stands.
_INPUTS: dict[type[engine.EngineError], str] = {
    engine.NoteKindMissing: "kind",
    engine.NoteDayWrong: "on-day",
    engine.NoteWithMissing: "with",
    engine.NoteTextMissing: "text",
    engine.NoteTextTooLong: "text",
    engine.NoteClassMissing: "visibility",
    engine.NoteReasonMissing: "reason",
    engine.NoteChanged: "text",
}


@bp.get("/cases/<uuid:case_id>/notes")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the notes of a case."""
    page = engine.case_notes(case_id, current_actor(), paging.wanted())
    return render_template("notes.html", case=page.head, page=page, part="notes")


@bp.get("/cases/<uuid:case_id>/notes/new")
def new(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form of a new note."""
    return _form(case_id, None, [])


@bp.post("/cases/<uuid:case_id>/notes/new")
def record(case_id: uuid.UUID) -> ResponseReturnValue:
    """Record a note."""
    return _save(case_id, None)


@bp.get("/cases/<uuid:case_id>/notes/<uuid:note_id>")
def show(case_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Show a note with its versions, and what each changed."""
    actor = current_actor()
    note = engine.note_page(case_id, note_id, actor)
    older = {line.number: line for line in note.versions}
    changes = {
        line.number: tuple(pieces_of(older[line.number - 1].text, line.text))
        for line in note.versions
        if line.number - 1 in older
    }
    case = engine.case_head(case_id, actor)
    return render_template("note.html", case=case, note=note, changes=changes, part="notes")


@bp.get("/cases/<uuid:case_id>/notes/<uuid:note_id>/amend")
def amend(case_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Show a note to be put right."""
    note = _to_amend(case_id, note_id)
    newest = note.newest
    typed = {
        "kind": newest.kind,
        "with": newest.with_role,
        "text": newest.text,
        "visibility": newest.visibility,
        "seen": str(note.version),
        **_day_typed(newest.on),
    }
    return _form(case_id, typed, list(newest.files), note=note)


@bp.post("/cases/<uuid:case_id>/notes/<uuid:note_id>/amend")
def save(case_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Put a note right in a new version."""
    return _save(case_id, _to_amend(case_id, note_id))


def _day_typed(day: date) -> dict[str, str]:
    return {f"on-{part}": str(getattr(day, part)) for part in days.PARTS}


def _to_amend(case_id: uuid.UUID, note_id: uuid.UUID) -> engine.NoteView:
    note = engine.note_page(case_id, note_id, current_actor())
    if not note.may_amend:
        raise engine.NotFound
    return note


def _save(case_id: uuid.UUID, note: engine.NoteView | None) -> ResponseReturnValue:
    actor = current_actor()
    typed = {name: request.form.get(name, "") for name in request.form if name != "kept"}
    kept = _kept(case_id, note)
    try:
        kept += engine.keep_note_files(case_id, read_files().get("files", []), actor)
    except engine.UploadRefused as refused:
        return _form(case_id, typed, kept, note=note, problems={"files": say_error(refused)}), 422
    if typed.get("page-action") == "language":
        return _form(case_id, typed, kept, note=note)
    content = engine.NoteContent(
        kind=typed.get("kind", ""),
        on=days.as_day(days.typed_parts(typed, "on")),
        with_role=typed.get("with", ""),
        text=typed.get("text", "").replace("\r\n", "\n"),
        visibility=typed.get("visibility", ""),
        files=tuple(one.id for one in kept),
    )
    try:
        if note is None:
            key = typed.get("submit-key", "")[:64]
            note_id = engine.record_note(case_id, content, actor, key or None)
        else:
            note_id = note.id
            seen = typed.get("seen", "")[:9]
            engine.amend_note(
                case_id,
                note.id,
                content,
                typed.get("reason", ""),
                actor,
                seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
            )
    except engine.NoteRefused as refused:
        problems = {
            _INPUTS[type(one)]: say_error(one).removesuffix(".")
            for one in refused.together or (refused,)
        }
        return _form(case_id, typed, kept, note=note, problems=problems), 422
    return redirect(url_for("notes.show", case_id=case_id, note_id=note_id), 303)


def _kept(case_id: uuid.UUID, note: engine.NoteView | None) -> list[engine.KeptFile]:
    """Return the files that the page says the note holds: sent just now, or there before."""
    wanted = request.form.getlist("kept")
    there = {one.id: one for line in (note.versions if note else ()) for one in line.files}
    own = {one.id: one for one in engine.kept_files(case_id, wanted, current_actor())}
    found = {**there, **own}
    return [found[one] for one in dict.fromkeys(wanted) if one in found]


def _form(
    case_id: uuid.UUID,
    typed: dict[str, str] | None,
    kept: list[engine.KeptFile],
    *,
    note: engine.NoteView | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    page = engine.case_notes(case_id, current_actor())
    if not page.classes:
        raise engine.NotFound
    if typed is None:
        typed = {"submit-key": str(uuid.uuid4()), **_day_typed(page.today)}
    more: dict[str, Any] = {"typed": typed, "kept": kept, "note": note, "problems": problems or {}}
    title = gettext("Put a note right") if note else gettext("Record a note")
    return render_template(
        "note_form.html", case=page.head, page=page, title=title, part="notes", **more
    )
