"""Show who holds which role on a case, appoint people, and end appointments."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor
from web.alphabet import in_order
from web.texts import gettext, say, say_error

bp = Blueprint("people", __name__)


@bp.get("/cases/<uuid:case_id>/people")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Show the people of a case and, to whoever may appoint, the form for it.

    An address may say which role is to be filled, and for whom.
    """
    return _page(case_id, {name: request.args.get(name, "") for name in ("role", "item")}, {})


@bp.post("/cases/<uuid:case_id>/people")
def appoint(case_id: uuid.UUID) -> ResponseReturnValue:
    """Appoint a person to a role on the case or on one of its items."""
    typed = {name: request.form.get(name, "") for name in ("role", "account", "item")}
    problems = {}
    if not typed["role"]:
        problems["role"] = gettext("Choose a role")
    account = _as_uuid(typed["account"])
    if account is None:
        problems["account"] = gettext("Choose a person")
    if problems or account is None:
        return _page(case_id, typed, problems), 422
    try:
        engine.appoint(case_id, typed["role"], account, typed["item"], current_actor())
    except engine.EngineError as refused:
        if refused.status not in (409, 422):
            raise
        at = "item" if isinstance(refused, engine.RoleOfAnItem) else "role"
        return _page(case_id, typed, {at: say_error(refused)}), 422
    return redirect(url_for("people.show", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/people/invite")
def invite(case_id: uuid.UUID) -> ResponseReturnValue:
    """Appoint somebody by email, who is sent a link where there is no password yet."""
    names = ("invite-role", "invite-name", "invite-email", "invite-item")
    typed = {name: request.form.get(name, "").strip() for name in names}
    problems = {}
    if not typed["invite-role"]:
        problems["invite-role"] = gettext("Choose a role")
    if not typed["invite-name"]:
        problems["invite-name"] = gettext("Enter a name")
    if not typed["invite-email"]:
        problems["invite-email"] = gettext("Enter an email address")
    if problems:
        return _page(case_id, typed, problems), 422
    role, name, email, item = typed.values()
    try:
        engine.invite(case_id, role, name, email, item, current_actor())
    except engine.EngineError as refused:
        if refused.status not in (409, 422):
            raise
        at = {engine.EmailWrong: "invite-email", engine.RoleOfAnItem: "invite-item"}
        problem = {at.get(type(refused), "invite-role"): say_error(refused)}
        return _page(case_id, typed, problem), 422
    return redirect(url_for("people.show", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/people/<uuid:appointment_id>/link")
def send_link(case_id: uuid.UUID, appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Send a link to sign in to somebody who has no password."""
    engine.send_link(case_id, appointment_id, current_actor())
    return redirect(url_for("people.show", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/people/<uuid:appointment_id>/end")
def end(case_id: uuid.UUID, appointment_id: uuid.UUID) -> ResponseReturnValue:
    """End an appointment, with the reason."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        problem = gettext("Say why the appointment ends")
        return _page(case_id, {}, {f"reason-{appointment_id}": problem}), 422
    actor = current_actor()
    if appointment_id not in {one.id for one in engine.case_page(case_id, actor).people}:
        raise engine.NotFound
    engine.end_appointment(appointment_id, reason, actor)
    return redirect(url_for("people.show", case_id=case_id), 303)


def _page(case_id: uuid.UUID, typed: dict[str, str], problems: dict[str, str]) -> str:
    actor = current_actor()
    case = engine.case_page(case_id, actor)
    roles = engine.appointable(case_id, actor) if case.may_coordinate else []
    people = engine.find_people(case_id, actor) if case.may_coordinate else []
    return render_template(
        "people.html",
        case=case,
        roles=in_order(roles, lambda role: say(role.text)),
        people=in_order(people, lambda person: person.name),
        typed=typed,
        problems=problems,
        part="people",
    )


def _as_uuid(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
