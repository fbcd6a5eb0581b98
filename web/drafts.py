"""A draft of a Board's variation: its files, what is wrong with it, and publishing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.addresses import current_language
from web.texts import say_error

bp = Blueprint("drafts", __name__, url_prefix="/drafts/<uuid:draft_id>")

#: What the engine refuses of somebody who publishes, or asks that it be done.
_REFUSED = (
    engine.DraftEmpty,
    engine.DraftMovedOn,
    engine.DraftNotChecked,
    engine.DraftNotProposed,
    engine.DraftNotRight,
    engine.DraftOver,
    engine.DraftWaits,
    engine.InvalidDeployment,
    engine.OtherPublishes,
)


@bp.get("")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show the files of a draft, those that it changes before the others."""
    return _show(draft_id)


@bp.post("/restore")
def restore(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Let the edition's file count again, or take out one of the draft's own."""
    path, revision = request.form.get("path", ""), request.form.get("revision", 0, type=int)
    try:
        engine.restore_draft_file(draft_id, path, revision, current_actor())
    except engine.DraftPathWrong:
        raise engine.NotFound from None
    except (engine.DraftChanged, engine.DraftOver, engine.DraftWaits) as refused:
        return _show(draft_id, say_error(refused)), refused.status
    return redirect(url_for("drafts.show", draft_id=draft_id), 303)


@bp.get("/files/<path:path>")
def read(draft_id: uuid.UUID, path: str) -> ResponseReturnValue:
    """Return a file of a draft as it would be deployed, and which revision that is."""
    try:
        file = engine.draft_file(draft_id, path, current_actor()).file
    except engine.DraftPathWrong:
        raise engine.NotFound from None
    if file.content is None:
        raise engine.NotFound
    kind = "application/json" if path.endswith(".json") else "text/plain; charset=utf-8"
    return Response(file.content, mimetype=kind, headers={"X-Revision": str(file.revision)})


@bp.post("/files/<path:path>")
def save(draft_id: uuid.UUID, path: str) -> ResponseReturnValue:
    """Keep what a canvas sends of a file, as long as nobody else wrote it meanwhile."""
    if not engine.draft_head(draft_id, current_actor()).may_design:
        raise engine.NotFound
    sent: Any = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    content, revision = sent.get("content"), sent.get("revision")
    if not isinstance(content, str) or not isinstance(revision, int):
        abort(400)
    try:
        kept = engine.save_draft_file(
            draft_id, path, content.encode("utf-8", "surrogatepass"), revision, current_actor()
        )
    except (
        engine.DraftChanged,
        engine.DraftOver,
        engine.DraftWaits,
        engine.DraftPathWrong,
        engine.DraftFileTooBig,
        engine.DraftFileUnreadable,
    ) as refused:
        return jsonify(message=say_error(refused)), refused.status
    return jsonify(revision=kept)


@bp.get("/checks")
def checks(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show what was last found in a draft."""
    page = engine.checks_page(draft_id, current_actor())
    found = page.check.findings if page.check else ()
    return render_template(
        "draft_checks.html",
        page=page,
        part="checks",
        found=[(one, finding_words(one)) for one in found],
    )


@bp.post("/checks")
def run_checks(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Check a draft as it is now."""
    engine.check_variation(draft_id, current_actor())
    return redirect(url_for("drafts.checks", draft_id=draft_id), 303)


@bp.get("/publish")
def publishing(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Ask that a draft be published, or publish it."""
    return _publishing(draft_id, {})


@bp.post("/publish")
def publish(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Propose a draft, publish it, send it back, take it back or lay it aside."""
    actor, action = current_actor(), request.form.get("page-action", "")
    engine.draft_head(draft_id, actor)
    note, revision = request.form.get("note", ""), request.form.get("revision", -1, type=int)
    try:
        if action == "propose":
            engine.propose_draft(draft_id, revision, note, actor)
        elif action == "publish":
            engine.publish_draft(draft_id, revision, note, actor)
        elif action == "send-back":
            engine.send_draft_back(draft_id, revision, note, actor)
        elif action == "take-back":
            engine.take_back_draft(draft_id, actor)
        elif action == "lay-aside":
            engine.lay_draft_aside(draft_id, actor)
        else:
            abort(400)
    except engine.DraftNoteMissing as refused:
        return _publishing(draft_id, {"note": say_error(refused)}, note), refused.status
    except _REFUSED as refused:
        return _publishing(draft_id, {"form": say_error(refused)}, note), refused.status
    return redirect(url_for("drafts.publishing", draft_id=draft_id), 303)


def finding_words(found: engine.Finding) -> tuple[str, str]:
    """Return what a finding says, in the language of the page where it can, and that language."""
    if current_language() == "cy" and found.welsh:
        return found.welsh, "cy"
    return f"{found.message} {found.remedy}", "en"


def _show(draft_id: uuid.UUID, problem: str = "") -> str:
    page = engine.draft_page(draft_id, current_actor())
    kinds = {kind: [one for one in page.files if one.kind == kind] for kind in _KINDS}
    return render_template(
        "draft.html",
        page=page,
        part="files",
        kinds=kinds,
        changed=[one for one in page.files if one.state != "edition"],
        problems={"form": problem} if problem else {},
    )


#: In the order in which a page lists them.
_KINDS = ("process", "form", "decision", "rows", "letter", "layout")


def _publishing(draft_id: uuid.UUID, problems: Mapping[str, str], note: str = "") -> str:
    page = engine.checks_page(draft_id, current_actor())
    return render_template(
        "draft_publish.html", page=page, part="publish", problems=problems, note=note
    )
