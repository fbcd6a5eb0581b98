"""Show published reports to anybody: no sign-in, no cookie, nothing else of a case."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, make_response, render_template

import engine

bp = Blueprint("public", __name__, url_prefix="/reports")

#: What is put right in a report must be gone from everywhere soon after.
_CACHED = "public, max-age=60"


@bp.get("/<board_key>")
def index(board_key: str) -> Response:
    """List the reports that a Board has published, the newest first."""
    reports = engine.published_reports(board_key)
    return _answer(render_template("reports.html", reports=reports, board_key=board_key))


@bp.get("/<board_key>/<uuid:reference>")
def show(board_key: str, reference: uuid.UUID) -> Response:
    """Show a report, or after it was taken down that it can be had on request."""
    page = engine.published_report(board_key, reference)
    return _answer(render_template("report.html", page=page), page)


@bp.get("/<board_key>/<uuid:reference>/briefing")
def briefing(board_key: str, reference: uuid.UUID) -> Response:
    """Show the learning of a report on one page, to be read in seven minutes."""
    page = engine.published_report(board_key, reference)
    return _answer(render_template("briefing.html", page=page), page)


def _answer(text: str, page: engine.PublicPage | None = None) -> Response:
    response = make_response(text)
    if page is not None and not page.report.is_online:
        response.headers["X-Robots-Tag"] = "noindex, noarchive"
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers["Cache-Control"] = _CACHED
    return response
