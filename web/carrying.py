"""Take a variation away as a ZIP, and begin a draft from one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from io import BytesIO

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.tasks import read_files
from web.texts import gettext, say_error

bp = Blueprint("carrying", __name__)


@bp.get("/drafts/<uuid:draft_id>/export")
def draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out what a draft changes."""
    return _handed_out(engine.export_draft(draft_id, current_actor()))


@bp.get("/variations/<key>/versions/<int:number>/export")
def version(key: str, number: int) -> ResponseReturnValue:
    """Hand out what a version changes of its edition."""
    return _handed_out(engine.export_version(key, number, current_actor()))


@bp.get("/variations/<key>/import")
def choose(key: str) -> ResponseReturnValue:
    """Ask for a file."""
    return _form(key, {}, {})


@bp.post("/variations/<key>/import")
def bring_in(key: str) -> ResponseReturnValue:
    """Begin a draft from a file, and say what of it was not taken."""
    typed = {name: request.form.get(name, "").strip() for name in ("title", "name", "edition")}
    (filename, stream), *_ = [*read_files().get("file", []), ("", None)]
    if stream is None:
        engine.variations_page(key, current_actor())
        return _form(key, typed, {"file": gettext("Choose a file")}), 422
    try:
        made = engine.import_variation(
            key,
            stream.read(engine.MOST_PARCEL_BYTES + 1),
            filename,
            current_actor(),
            wanted=typed["name"],
            edition=typed["edition"],
            title=typed["title"],
        )
    except engine.ParcelUnreadable as refused:
        said = {"file": say_error(refused)}
        return _form(key, typed, said, refused.not_taken), refused.status
    except engine.DraftTitleWrong as refused:
        return _form(key, typed, {"title": say_error(refused)}), refused.status
    except engine.EditionNotThere as refused:
        return _form(key, typed, {"edition": say_error(refused)}), refused.status
    except (engine.ParcelRefused, engine.ParcelSame) as refused:
        return _form(key, typed, {"file": say_error(refused)}), refused.status
    if made.not_taken or not made.is_base_known:
        page = engine.variations_page(key, current_actor())
        return render_template("variation_imported.html", page=page, made=made)
    return redirect(url_for("drafts.show", draft_id=made.draft_id), 303)


def _handed_out(made: engine.ExportedVariation) -> Response:
    return send_file(
        BytesIO(made.content),
        mimetype="application/zip",
        as_attachment=True,
        download_name=made.filename,
    )


def _form(
    key: str,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    left_out: tuple[engine.PartLeftOut, ...] = (),
) -> str:
    page = engine.variations_page(key, current_actor())
    if "design" not in page.acts:
        raise engine.NotFound
    return render_template(
        "variation_import.html", page=page, typed=typed, problems=problems, left_out=left_out
    )
