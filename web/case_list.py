"""List cases: filter, sort, go through them, keep a view of one's own, take the list away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.texts import WALES, case_state, day, gettext, say, say_error

bp = Blueprint("case_list", __name__)

_DAYS = ("opened_from", "opened_to")
_PARTS = ("day", "month", "year")
#: Every name that an address of the list may hold, in the order in which it is written.
NAMES = (
    "text", "board", "process", "state", "step", "overdue", "was_late", "assigned",
    *(f"{name}-{part}" for name in _DAYS for part in _PARTS), "sort", "order",
)  # fmt: skip
ME = "me"
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass
class Asked:
    """What somebody asks of the list: as it was typed, as the engine reads it, what is wrong."""

    typed: dict[str, str]
    query: engine.CaseQuery = field(default_factory=engine.CaseQuery)
    problems: dict[str, str] = field(default_factory=dict)


@bp.get("/cases")
def index() -> ResponseReturnValue:
    """List the cases that a person may open and that answer what is asked."""
    asked = _read(request.args)
    return _page(asked), 422 if asked.problems else 200


@bp.post("/cases")
def find() -> ResponseReturnValue:
    """Take in what to filter by; it comes into an address only where something is called so.

    Somebody may type a name of a child into the search, and an address is kept in many places.
    """
    asked = _read(request.form)
    if asked.problems:
        return _page(asked), 422
    sought = engine.CaseQuery(text=asked.query.text)
    if asked.query.text and not engine.find_cases(current_actor(), sought).total:
        return _page(asked)
    return redirect(_address(asked.typed), 303)


@bp.post("/cases/export")
def export() -> ResponseReturnValue:
    """Give the whole list away as a file; the record of each Board says so."""
    kind, asked = request.form.get("page-kind", ""), _read(request.form)
    if kind not in KINDS or asked.problems:
        raise engine.NotFound
    found = engine.export_cases(current_actor(), asked.query, kind)
    rows: list[list[engine.Cell]] = [[*_heads()], *(_cells(case) for case in found)]
    sheet = gettext("Cases")
    content = engine.write_csv(rows) if kind == "csv" else engine.write_workbook([(sheet, rows)])
    name = f"{sheet.lower()}.{kind}"
    return Response(
        content,
        mimetype=KINDS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/cases/views")
def save_view() -> ResponseReturnValue:
    """Keep the list under a name of the person's own."""
    asked, name = _read(request.form), request.form.get("page-name", "")
    if asked.problems:
        raise engine.NotFound
    try:
        engine.save_view(name, asked.typed, current_actor())
    except (engine.ViewNameWrong, engine.ViewNameTaken) as refused:
        asked.problems["page-name"] = say_error(refused)
        return _page(asked, name), 422
    return redirect(_address(asked.typed), 303)


@bp.post("/cases/views/<uuid:view_id>/remove")
def remove_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Take a view out of a person's own."""
    engine.remove_view(view_id, current_actor())
    return redirect(url_for("case_list.index"), 303)


def _page(asked: Asked, name: str = "") -> str:
    actor = current_actor()
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    found = engine.find_cases(actor, asked.query, number)
    return render_template(
        "cases.html",
        found=found,
        typed=asked.typed,
        query=asked.query,
        problems=asked.problems,
        view_name=name,
        views=engine.list_views(actor),
        chosen=list(_chosen(asked, found)),
        states=engine.STATES,
        undelivered=len(engine.list_undelivered(actor)) if engine.minds_deliveries(actor) else 0,
        may_see_unread_welsh=engine.may_see_unread_welsh(actor),
        designs=bool(engine.variation_boards(actor)),
        minds_stationery=bool(engine.stationery_boards(actor)),
        settings=bool(engine.administered_boards(actor)),
        sees_figures=engine.sees_figures(actor),
        behind=engine.boards_behind(actor),
    )


def _read(given: Mapping[str, str]) -> Asked:
    """Read what was typed or stands in an address.

    Raises:  NotFound, for what no page of ours offers.
    """
    typed = {name: given.get(name, "").strip() for name in NAMES}
    asked = Asked({name: value for name, value in typed.items() if value})
    days = {name: _day(asked, name) for name in _DAYS}
    if typed["sort"] not in ("", *engine.SORTS) or typed["state"] not in ("", *engine.STATES):
        raise engine.NotFound
    if days["opened_from"] and days["opened_to"] and days["opened_from"] > days["opened_to"]:
        asked.problems["opened_to-day"] = gettext("The last day must not be before the first")
    asked.query = engine.CaseQuery(
        text=typed["text"],
        board_id=_id(typed["board"]),
        process=typed["process"],
        state=typed["state"],
        step=typed["step"],
        overdue=bool(typed["overdue"]),
        was_late=bool(typed["was_late"]),
        assigned=current_actor().account_id if typed["assigned"] == ME else _id(typed["assigned"]),
        opened_from=days["opened_from"],
        opened_to=days["opened_to"],
        sort=typed["sort"] or "opened",
        descending=typed["order"] == "down" if typed["sort"] else True,
    )
    return asked


def _id(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed) if typed else None
    except ValueError:
        raise engine.NotFound from None


def _day(asked: Asked, name: str) -> date | None:
    parts = [asked.typed.get(f"{name}-{part}", "") for part in _PARTS]
    if not any(parts):
        return None
    if all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        try:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError:
            pass
    asked.problems[f"{name}-day"] = gettext(
        "Enter a day with day, month and year, such as 27 3 2026"
    )
    return None


def _chosen(asked: Asked, found: engine.CaseList) -> Any:
    """Yield each filter that is set, in words, with the address of the list without it."""
    query, choices = asked.query, found.choices
    people = {person.account_id: person.name for person in choices.people}
    me = current_actor().account_id
    told = {
        ("text",): query.text and f"“{query.text}”",
        ("board",): say(dict(choices.boards).get(query.board_id)) if query.board_id else "",
        ("process", "step"): say(dict(choices.processes).get(query.process)),
        ("step",): say(dict(choices.steps).get(query.step)),
        ("state",): query.state and case_state(query.state),
        ("overdue",): query.overdue and gettext("Overdue"),
        ("was_late",): query.was_late and gettext("Was late"),
        ("assigned",): query.assigned
        and (gettext("My own tasks") if query.assigned == me else people.get(query.assigned, "–")),
        tuple(f"opened_from-{part}" for part in _PARTS): query.opened_from
        and gettext("Opened from %(day)s", day=day(query.opened_from)),
        tuple(f"opened_to-{part}" for part in _PARTS): query.opened_to
        and gettext("Opened until %(day)s", day=day(query.opened_to)),
    }
    for names, words in told.items():
        if words:
            left = {name: value for name, value in asked.typed.items() if name not in names}
            yield words, _address(left)


def _address(typed: dict[str, Any]) -> str:
    return url_for("case_list.index", **typed)


def _heads() -> list[str]:
    return [
        gettext("Case"), gettext("Process"), gettext("Board"), gettext("State"), gettext("Opened"),
        gettext("Closed"), gettext("Next due"), gettext("Overdue clocks"),
        gettext("Clocks that were late"), gettext("Open tasks"),
    ]  # fmt: skip


def _cells(case: engine.CaseSummary) -> list[engine.Cell]:
    return [
        case.identifier, say(case.process), say(case.board),
        case_state("withdrawn" if case.withdrawn else case.state),
        _day_cell(case.opened_at), _day_cell(case.closed_at), _day_cell(case.next_due_on),
        case.overdue, case.was_late, case.open_tasks,
    ]  # fmt: skip


def _day_cell(value: date | datetime | None) -> engine.Cell:
    """Return a day in Wales for a cell, which is empty where there is none."""
    if isinstance(value, datetime):
        value = value.astimezone(WALES).date()
    return value or ""
