"""Show people their own account: password, second factor, and where they are signed in."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import banners, qr_codes
from web.actors import current_actor
from web.texts import gettext, say_error

bp = Blueprint("own_account", __name__, url_prefix="/account")

Problems = dict[str, str]

#: At which line of a page a refusal is shown.
_LINES: dict[type[engine.EngineError], str] = {
    engine.PasswordNotYours: "current-password",
    engine.CodeNotRight: "code",
    engine.PasswordTooShort: "new-password",
    engine.PasswordTooLong: "new-password",
    engine.PasswordTooCommon: "new-password",
    engine.PasswordTellsWho: "new-password",
}


@bp.get("")
def show() -> ResponseReturnValue:
    """Show how somebody signs in, and where they are signed in now."""
    return render_template("account.html", page=engine.account_page(current_actor()))


@bp.post("/sessions")
def end_sessions() -> ResponseReturnValue:
    """End another session, or all others."""
    actor, chosen = current_actor(), request.form.get("session", "")
    if chosen == "others":
        engine.end_other_sessions(actor)
    else:
        try:
            engine.end_own_session(actor, uuid.UUID(chosen))
        except ValueError:
            raise engine.NotFound from None
    banners.keep("session_ended")
    return redirect(url_for("own_account.show"), 303)


@bp.get("/password")
def password() -> ResponseReturnValue:
    """Ask for a new password."""
    return _password_page()


@bp.post("/password")
def choose_password() -> ResponseReturnValue:
    """Take a new password."""
    actor = current_actor()
    chosen = request.form.get("new-password", "")
    problems = _missing_password(actor)
    if not chosen:
        problems["new-password"] = gettext("Enter a new password")
    if problems:
        return _password_page(problems), 422
    current = request.form.get("current-password", "")
    problems = _attempt(lambda: engine.choose_password(actor, current, chosen, _address()))
    if problems:
        return _password_page(problems), 422
    banners.keep("password_chosen")
    return redirect(url_for("own_account.show"), 303)


@bp.get("/second-factor")
def second_factor() -> ResponseReturnValue:
    """Show whether somebody has an app for codes, and what is being set up."""
    return _second_factor_page()


@bp.post("/second-factor")
def change_second_factor() -> ResponseReturnValue:
    """Begin with an app, take it into use, give new recovery codes, or go without it."""
    actor, action = current_actor(), request.form.get("page-action", "begin")
    given = (request.form.get("current-password", ""), request.form.get("code", "").strip())
    codes: list[str] = []
    acts: dict[str, Callable[[], None]] = {
        "begin": lambda: engine.begin_second_factor(actor, *given, _address()),
        "confirm": lambda: codes.extend(engine.confirm_second_factor(actor, given[1], _address())),
        "renew": lambda: codes.extend(engine.renew_recovery_codes(actor, *given, _address())),
        "remove": lambda: engine.remove_second_factor(actor, *given, _address()),
    }
    if action not in acts:
        raise engine.NotFound
    problems = _missing_proof(actor, action)
    problems = problems or _attempt(acts[action])
    if problems:
        return _second_factor_page(problems, action), 422
    if codes:
        # They are in this answer and nowhere else: no page can show them again.
        return render_template("recovery_codes.html", codes=codes)
    if action == "remove":
        banners.keep("second_factor_removed")
    return redirect(url_for("own_account.second_factor"), 303)


def _missing_password(actor: engine.Actor) -> Problems:
    asked = engine.account_page(actor).has_password
    if asked and not request.form.get("current-password"):
        return {"current-password": gettext("Enter your password")}
    return {}


def _missing_proof(actor: engine.Actor, action: str) -> Problems:
    problems = {} if action == "confirm" else _missing_password(actor)
    asked = action == "confirm" or engine.account_page(actor).has_second_factor
    if asked and not request.form.get("code", "").strip():
        problems["code"] = gettext("Enter the code that your app shows now")
    return problems


def _attempt(act: Callable[[], None]) -> Problems:
    """Do something, and return what is refused at a line of the page."""
    try:
        act()
    except engine.EngineError as refused:
        line = _LINES.get(type(refused))
        if line is None:
            raise
        return {line: say_error(refused)}
    return {}


def _address() -> str:
    return request.remote_addr or ""


def _password_page(problems: Problems | None = None) -> str:
    page = engine.account_page(current_actor())
    return render_template("password.html", page=page, problems=problems or {})


def _second_factor_page(problems: Problems | None = None, action: str = "") -> str:
    page = engine.account_page(current_actor())
    return render_template(
        "second_factor.html",
        page=page,
        drawing=_drawing(page.secret_address),
        secret=" ".join(page.secret[at : at + 4] for at in range(0, len(page.secret), 4)),
        problems=problems or {},
        action=action,
    )


def _drawing(text: str) -> qr_codes.Modules:
    """Return the QR code of a text; none where it is too long for one, for it stands there too."""
    try:
        return qr_codes.modules(text) if text else []
    except qr_codes.TextTooLong:
        return []
