"""Show the figures of a Board, the statement of a year, and files to take away."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

import engine
from web import charts
from web.actors import current_actor
from web.addresses import current_language
from web.texts import gettext, ngettext

bp = Blueprint("figures", __name__, url_prefix="/figures")


@dataclass(frozen=True)
class _Shown:
    """A table of figures as the page shows it: each with its words, and the chart of them."""

    table: engine.FigureTable
    words: tuple[str, ...]
    chart: charts.Chart


@bp.get("")
def show() -> ResponseReturnValue:
    """Show a Board's figures of a year with true numbers, for whoever may see them."""
    return _page("figures.html", for_outside=False)


@bp.get("/statement")
def statement() -> ResponseReturnValue:
    """Show the statement of a year, as it may leave the Board, to read and to print."""
    return _page("figures_statement.html", for_outside=True)


@bp.post("/table.csv")
def export_table() -> Response:
    """Hand out the figures of a year as a table, as they may leave the Board."""
    board, year = request.form.get("board", ""), _year(request.form.get("year"))
    made = engine.export_figures(current_actor(), board, year, current_language())
    return _file(made, "text/csv")


@bp.post("/events.xes")
def export_events() -> Response:
    """Hand out the steps of a year's cases as an event log, for inside the Board."""
    board, year = request.form.get("board", ""), _year(request.form.get("year"))
    made = engine.export_event_log(current_actor(), board, year, current_language())
    return _file(made, "application/xml")


def _page(template: str, *, for_outside: bool) -> str:
    asked = request.args.get("year")
    page = engine.figures_page(
        current_actor(),
        request.args.get("board", ""),
        None if asked is None else _year(asked),
        for_outside=for_outside,
    )
    shown = []
    for table in page.tables:
        words = tuple(_words(table, figure) for figure in table.figures)
        shown.append(_Shown(table, words, charts.draw(table, words)))
    return render_template(template, page=page, shown=shown, kept_back=engine.KEPT_BACK)


def _year(asked: str | None) -> int:
    """Return a year that was asked for.

    Raises:  NotFound, for what is none.
    """
    if asked is None or not (asked.isascii() and asked.isdigit() and len(asked) == 4):
        raise engine.NotFound
    return int(asked)


def _words(table: engine.FigureTable, figure: engine.Figure) -> str:
    """Say a figure in words, as it stands beside its bar."""
    if figure.is_kept_back:
        return engine.KEPT_BACK
    if not table.in_days:
        return str(figure.number)
    if figure.middle is None:
        return gettext("None")
    return gettext(
        "median %(middle)s, from %(shortest)s to %(longest)s",
        middle=f"{figure.middle:g}",
        shortest=figure.shortest,
        longest=ngettext("%(num)d day", "%(num)d days", figure.longest or 0),
    )


def _file(made: engine.FiguresExport, mimetype: str) -> Response:
    return send_file(
        BytesIO(made.content), mimetype=mimetype, as_attachment=True, download_name=made.name
    )
