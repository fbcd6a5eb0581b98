"""Compare versions, editions and drafts of a Board: in words, and drawn."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.differences import Piece, pieces_of
from web.texts import say

bp = Blueprint("comparisons", __name__)

#: Two values of more letters, together, are held against each other word by word.
_MOST_WHOLE = 200


@bp.get("/variations/<key>/compare")
def show(key: str) -> ResponseReturnValue:
    """Show what differs between two of a Board's versions, editions and drafts."""
    page = engine.compare_variation(
        key, request.args.get("from", ""), request.args.get("to", ""), current_actor()
    )
    return render_template("comparison.html", page=page)


@bp.get("/drafts/<uuid:draft_id>/compare")
def draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a draft changes of its edition, or of whatever it is compared with."""
    found = engine.compare_draft(draft_id, request.args.get("with", ""), current_actor())
    return render_template("draft_comparison.html", found=found, part="compare")


@bp.get("/variations/<key>/compare/drawn")
def drawn(key: str) -> ResponseReturnValue:
    """Show a diagram in two versions with what differs marked, and the same in words."""
    found = _file(key)
    if found.file.kind != "process":
        raise engine.NotFound
    return render_template("comparison_drawn.html", found=found)


@bp.get("/variations/<key>/compare/drawing.bpmn")
def drawing(key: str) -> ResponseReturnValue:
    """Return the BPMN of one side, for the browser to draw."""
    found = _file(key)
    source = found.before if request.args.get("side") == "before" else found.now
    if source is None or found.file.kind != "process":
        raise engine.NotFound
    return Response(source, mimetype="application/xml")


def difference_pieces(difference: engine.Difference) -> list[Piece]:
    """Return what stood somewhere and what stands there now, in pieces, as amended answers are."""
    before, now = say(difference.before), say(difference.now)
    if difference.kind != "changed":
        return [Piece("same", before or now)] if before or now else []
    if len(before) + len(now) > _MOST_WHOLE:
        return list(pieces_of(before, now))
    both = [Piece("same", " ")] if before and now else []
    old, new = (
        [Piece(kind, text)] if text else [] for kind, text in (("removed", before), ("added", now))
    )
    return [*old, *both, *new]


def _file(key: str) -> engine.ComparedFile:
    before, now, path = (request.args.get(name, "") for name in ("from", "to", "path"))
    return engine.compared_file(key, before, now, path, current_actor())
