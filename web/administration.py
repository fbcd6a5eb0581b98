"""People and settings of a Board: name, accounts, standing roles, absences, addresses, texts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.alphabet import in_order
from web.days import PARTS, as_day, typed_parts
from web.texts import gettext, say, say_error

bp = Blueprint("administration", __name__, url_prefix="/settings")

Problems = dict[str, str]

#: Where a refusal that belongs to no line of a page is shown: at its form.
_FORM = "form"


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the Boards whose people and settings a person sees to; of one, its page at once."""
    boards = engine.administered_boards(current_actor())
    if not boards:
        raise engine.NotFound
    if len(boards) == 1 and not current_actor().is_administrator:
        return redirect(url_for("administration.show", key=boards[0][0]), 303)
    return render_template("settings_boards.html", boards=boards, typed={}, problems={})


@bp.post("")
def add_board() -> ResponseReturnValue:
    """Create a Board."""
    typed = _typed()
    problems = attempt(lambda: engine.add_board(typed, current_actor()))
    if problems:
        boards = engine.administered_boards(current_actor())
        page = render_template(
            "settings_boards.html", boards=boards, typed=typed, problems=problems
        )
        return page, 422
    return _on("show", key=typed["key"].strip().lower())


@bp.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """Show what can be set for a Board, and who its people are."""
    return _settings("settings.html", key)


@bp.get("/<key>/targets")
def targets(key: str) -> ResponseReturnValue:
    """Show the timescales that are proposals, as they hold on this Board."""
    return _settings("settings_targets.html", key)


@bp.get("/<key>/name")
def name(key: str) -> ResponseReturnValue:
    """Ask what the Board is called."""
    page = engine.settings_page(key, current_actor())
    if "run" not in page.acts:
        raise engine.NotFound
    typed = {"name_en": page.name.en, "name_cy": page.name.cy}
    return _settings("settings_name.html", key, typed)


@bp.post("/<key>/name")
def save_name(key: str) -> ResponseReturnValue:
    """Keep what the Board is called."""
    typed = _typed()
    return _saved(
        "settings_name.html",
        key,
        typed,
        lambda: engine.change_board_name(key, typed, _seen(), current_actor()),
    )


@bp.get("/<key>/bodies")
def bodies(key: str) -> ResponseReturnValue:
    """Ask where bodies without accounts are written to."""
    page = engine.settings_page(key, current_actor())
    typed = {f"{body.role}-address": body.address for body in page.bodies}
    typed |= {f"{body.role}-language": body.language for body in page.bodies}
    return _settings("settings_bodies.html", key, typed)


@bp.post("/<key>/bodies")
def save_bodies(key: str) -> ResponseReturnValue:
    """Keep where bodies are written to."""
    typed = _typed()
    return _saved(
        "settings_bodies.html",
        key,
        typed,
        lambda: engine.change_bodies(key, typed, _seen(), current_actor()),
    )


@bp.get("/<key>/requests")
def requests(key: str) -> ResponseReturnValue:
    """Ask what the public is told of how to have a report that was taken down."""
    wanted = engine.settings_page(key, current_actor()).report_requests
    return _settings("settings_requests.html", key, {"en": wanted.en, "cy": wanted.cy})


@bp.post("/<key>/requests")
def save_requests(key: str) -> ResponseReturnValue:
    """Keep what the public is told."""
    typed = _typed()
    return _saved(
        "settings_requests.html",
        key,
        typed,
        lambda: engine.change_report_requests(key, typed, _seen(), current_actor()),
    )


@bp.get("/<key>/sign-in")
def sign_in(key: str) -> ResponseReturnValue:
    """Ask of which roles a second factor is asked for."""
    page = engine.settings_page(key, current_actor())
    if "run" not in page.acts:
        raise engine.NotFound
    return _sign_in(key, page.second_factor_roles)


@bp.post("/<key>/sign-in")
def save_sign_in(key: str) -> ResponseReturnValue:
    """Keep of which roles a second factor is asked for."""
    chosen = request.form.getlist("role")
    actor = current_actor()
    problems = attempt(lambda: engine.change_second_factor_roles(key, chosen, _seen(), actor))
    if problems:
        return _sign_in(key, chosen, problems), 422
    return _on("show", key=key)


@bp.get("/<key>/agencies")
def agencies(key: str) -> ResponseReturnValue:
    """Show the agencies, and ask for those of the Board's own."""
    own = engine.settings_page(key, current_actor()).own_agencies
    rows = [(one.key, one.name.en, one.name.cy) for one in own]
    return _agencies(key, rows, {})


@bp.post("/<key>/agencies")
def save_agencies(key: str) -> ResponseReturnValue:
    """Keep the agencies of the Board's own."""
    columns = [request.form.getlist(name) for name in ("agency-key", "agency-en", "agency-cy")]
    rows = list(zip(*columns, strict=False))
    problems = attempt(lambda: engine.change_agencies(key, rows, _seen(), current_actor()))
    if problems:
        return _agencies(key, rows, problems), 422
    return _on("agencies", key=key)


@bp.get("/<key>/people")
def people(key: str) -> ResponseReturnValue:
    """List the people of a Board, page by page."""
    number = request.args.get("page", "1")[:6]
    return _people(key, "", int(number) if number.isascii() and number.isdigit() else 1)


@bp.post("/<key>/people")
def find_people(key: str) -> ResponseReturnValue:
    """List the people whose name or address has something in it, which stands in no address."""
    number = request.form.get("page", "1")[:6]
    wanted = request.form.get("wanted", "")[:200]
    return _people(key, wanted, int(number) if number.isascii() and number.isdigit() else 1)


@bp.get("/<key>/people/add")
def ask_for_person(key: str) -> ResponseReturnValue:
    """Ask for somebody who has no account yet."""
    return _add(key, {"language": ""}, {})


@bp.post("/<key>/people/add")
def add_person(key: str) -> ResponseReturnValue:
    """Make an account."""
    typed = _typed()
    made: list[uuid.UUID] = []
    problems = attempt(lambda: made.append(engine.add_account(key, typed, current_actor())))
    if problems:
        return _add(key, typed, problems), 422
    return _on("person", key=key, account_id=made[0])


@bp.get("/<key>/people/<uuid:account_id>")
def person(key: str, account_id: uuid.UUID) -> ResponseReturnValue:
    """Show a person, and what can be changed of them."""
    return _person(key, account_id)


@bp.post("/<key>/people/<uuid:account_id>")
def change_person(key: str, account_id: uuid.UUID) -> ResponseReturnValue:
    """Change a person, keep them out or let them in, sign them out, or send them a link."""
    actor, typed, action = current_actor(), _typed(), request.form.get("page-action", "save")
    acts: dict[str, Callable[[], Any]] = {
        "save": lambda: engine.change_account(key, account_id, typed, _seen(), actor),
        "disable": lambda: engine.set_account_state(key, account_id, active=False, actor=actor),
        "enable": lambda: engine.set_account_state(key, account_id, active=True, actor=actor),
        "sessions": lambda: engine.end_account_sessions(key, account_id, actor),
        "link": lambda: engine.send_account_link(key, account_id, actor),
        "anew": lambda: engine.take_away_sign_in(key, account_id, actor),
    }
    if action not in acts:
        raise engine.NotFound
    problems = attempt(acts[action])
    if problems:
        return _person(key, account_id, typed if action == "save" else None, problems), 422
    return _on("person", key=key, account_id=account_id)


@bp.get("/<key>/roles")
def roles(key: str) -> ResponseReturnValue:
    """Show who holds which role on a Board, and the form for giving one."""
    return _roles(key, {}, {})


@bp.post("/<key>/roles")
def appoint(key: str) -> ResponseReturnValue:
    """Give a role on a Board."""
    typed = _typed()
    days, problems = _days(starts_on=False, last_day=False)
    if not problems:
        problems = attempt(lambda: engine.appoint_standing(key, typed, current_actor(), **days))
    if problems:
        return _roles(key, typed, problems), 422
    return _on("roles", key=key)


@bp.post("/<key>/roles/<uuid:appointment_id>/end")
def end_role(key: str, appointment_id: uuid.UUID) -> ResponseReturnValue:
    """End a role on a Board, with the reason."""
    name = f"end-{appointment_id}"
    typed = _typed()
    days, problems = _days(**{name: False})
    reason = typed.get(f"reason-{appointment_id}", "")
    if not problems:
        problems = attempt(
            lambda: engine.end_standing(
                key, appointment_id, reason, current_actor(), last_day=days[name]
            )
        )
    if problems:
        return _roles(key, typed, problems), 422
    return _on("roles", key=key)


@bp.get("/<key>/absences")
def absences(key: str) -> ResponseReturnValue:
    """Show who is away and who acts for them, and the form for it."""
    return _absences(key, {}, {})


@bp.post("/<key>/absences")
def record_absence(key: str) -> ResponseReturnValue:
    """Say that somebody is away, and who acts for them."""
    typed = _typed()
    days, problems = _days(starts_on=False, ends_on=False)
    if not problems:
        problems = attempt(lambda: engine.record_absence(key, typed, current_actor(), **days))
    if problems:
        return _absences(key, typed, problems), 422
    return _on("absences", key=key)


@bp.post("/<key>/absences/<uuid:absence_id>/end")
def end_absence(key: str, absence_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody act for somebody any more."""
    engine.end_absence(key, absence_id, current_actor())
    return _on("absences", key=key)


def attempt(act: Callable[[], Any]) -> Problems:
    """Do something, and return what is refused: by line, or as a whole at the form."""
    try:
        act()
    except engine.InvalidForm as invalid:
        return {error.field: say(error) for error in invalid.errors}
    except engine.EngineError as refused:
        if refused.status not in (409, 422):
            raise
        return {_FORM: say_error(refused)}
    return {}


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name != "page-csrf"}


def _seen() -> str:
    return request.form.get("page-seen", "")


def _on(endpoint: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(f"administration.{endpoint}", **values), 303)


def _days(**names: bool) -> tuple[dict[str, date | None], Problems]:
    """Return the days that were typed, by name; one that is left empty is none."""
    days: dict[str, date | None] = {}
    problems = {}
    for name in names:
        typed = typed_parts(request.form, name)
        days[name] = as_day(typed)
        if days[name] is None and any(typed.values()):
            problems[f"{name}-{PARTS[0]}"] = gettext("Enter a real day, for example 27 3 2026")
    return days, problems


def _settings(
    template: str,
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
) -> str:
    page = engine.settings_page(key, current_actor())
    return render_template(template, key=key, page=page, typed=typed or {}, problems=problems or {})


def _saved(
    template: str, key: str, typed: Mapping[str, str], act: Callable[[], Any]
) -> ResponseReturnValue:
    problems = attempt(act)
    if problems:
        return _settings(template, key, typed, problems), 422
    return _on("show", key=key)


def _sign_in(key: str, chosen: Collection[str], problems: Problems | None = None) -> str:
    page = engine.settings_page(key, current_actor())
    roles = in_order(page.roles, lambda role: say(role[1]))
    return render_template(
        "settings_sign_in.html",
        key=key,
        page=page,
        roles=roles,
        chosen=chosen,
        problems=problems or {},
    )


def _agencies(key: str, rows: Iterable[tuple[str, str, str]], problems: Problems) -> str:
    page = engine.settings_page(key, current_actor())
    shown = list(rows)
    if not shown or any(shown[-1]):
        shown.append(("", "", ""))
    return render_template(
        "settings_agencies.html", key=key, page=page, rows=shown, problems=problems
    )


def _people(key: str, wanted: str, number: int) -> str:
    page = engine.members_page(key, current_actor(), wanted=wanted, number=number)
    return render_template("members.html", key=key, page=page, wanted=wanted)


def _add(key: str, typed: Mapping[str, str], problems: Problems) -> str:
    page = engine.members_page(key, current_actor())
    return render_template("member_add.html", key=key, page=page, typed=typed, problems=problems)


def _person(
    key: str,
    account_id: uuid.UUID,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
) -> str:
    actor = current_actor()
    found = engine.member_page(key, account_id, actor)
    fields = ("name", "email", "language", "agency", "designation")
    return render_template(
        "member.html",
        key=key,
        page=engine.members_page(key, actor),
        one=found,
        typed=typed or {name: getattr(found, name) for name in fields},
        problems=problems or {},
    )


def _roles(key: str, typed: Mapping[str, str], problems: Problems) -> str:
    page = engine.roles_page(key, current_actor())
    return render_template(
        "standing.html",
        key=key,
        page=page,
        people=in_order(page.people, _name),
        of_board=in_order(page.of_board, lambda role: say(role[1])),
        of_cases=in_order(page.of_cases, lambda role: say(role[1])),
        typed=typed,
        problems=problems,
    )


def _absences(key: str, typed: Mapping[str, str], problems: Problems) -> str:
    page = engine.absence_page(key, current_actor())
    return render_template(
        "absences.html",
        key=key,
        page=page,
        people=in_order(page.people, _name),
        typed=typed,
        problems=problems,
    )


def _name(person: engine.Person) -> str:
    return person.name
