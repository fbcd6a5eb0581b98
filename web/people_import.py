"""Take people of a Board from a spreadsheet: read it, look at each row, take what can be taken.

Nothing of a spreadsheet is kept between the pages: each page sends what was read again (D32).
"""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, cast

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.addresses import current_language
from web.texts import gettext, say_error

bp = Blueprint("people_import", __name__, url_prefix="/settings")


@bp.get("/<key>/import")
def start(key: str) -> ResponseReturnValue:
    """Ask for a paste or a file."""
    return _start(key)


@bp.get("/<key>/import/blank.csv")
def blank(key: str) -> ResponseReturnValue:
    """Hand out a blank spreadsheet with the headings."""
    engine.settings_page(key, current_actor())
    content = BytesIO(engine.blank_people_csv(current_language()))
    return send_file(
        content, mimetype="text/csv", as_attachment=True, download_name=gettext("people.csv")
    )


@bp.post("/<key>/import")
def go_on(key: str) -> ResponseReturnValue:
    """Read what was pasted or chosen, or take what was looked at."""
    if request.form.get("page-action") == "take":
        return _take(key)
    pasted, sent = request.form.get("page-pasted", ""), request.files.get("page-file")
    is_file = sent is not None and bool(sent.filename)
    if is_file and pasted.strip():
        return _start(key, gettext("Paste rows or choose a file, not both"), pasted), 422
    if not is_file and not pasted.strip():
        return _start(key, gettext("Paste rows, or choose a file")), 422
    at = "page-file" if is_file else "page-pasted"
    try:
        if is_file and sent is not None:
            book = engine.read_spreadsheet(cast(BinaryIO, sent.stream))
        else:
            book = engine.read_pasted(pasted)
        return _preview(key, book)
    except engine.EngineError as refused:
        if refused.status not in (413, 422):
            raise
        return _start(key, say_error(refused), pasted, at), refused.status


def _start(key: str, problem: str = "", pasted: str = "", at: str = "page-pasted") -> str:
    page = engine.settings_page(key, current_actor())
    problems = {at: problem} if problem else {}
    return render_template(
        "people_import.html", key=key, page=page, pasted=pasted, problems=problems
    )


def _preview(key: str, book: engine.Book, problems: dict[str, str] | None = None) -> str:
    actor = current_actor()
    sheet = next((one for one in book.sheets if not one.hidden), book.sheets[0])
    return render_template(
        "people_import_preview.html",
        key=key,
        page=engine.settings_page(key, actor),
        plan=engine.plan_import(key, book, actor),
        packed=book.pack(),
        notes=[note for each in sheet.notes if (note := engine.say_note(each))],
        problems=problems or {},
    )


def _take(key: str) -> ResponseReturnValue:
    """Take it; where it would come out otherwise by now, show it again."""
    actor = current_actor()
    try:
        book = engine.unpack(request.form.get("page-book", ""))
    except engine.SpreadsheetRefused as refused:
        return _start(key, say_error(refused)), refused.status
    try:
        plan = engine.take_import(key, book, request.form.get("page-seen", ""), actor)
    except engine.ChangedMeanwhile:
        problem = gettext("Something has changed since this page was made. Look again.")
        return _preview(key, book, {"page-take": problem}), 409
    page = engine.settings_page(key, actor)
    return render_template("people_import_taken.html", key=key, page=page, plan=plan)
