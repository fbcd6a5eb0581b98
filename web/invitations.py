"""Let people in who have no password: by a link from a message, and a code from a second one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

import engine
from web.addresses import current_language
from web.sign_in import device, let_in
from web.texts import gettext, say_error

bp = Blueprint("invitations", __name__)


@bp.get("/sign-in/link")
def ask() -> ResponseReturnValue:
    """Ask where to send a link."""
    return render_template("link.html", email="")


@bp.post("/sign-in/link")
def send() -> ResponseReturnValue:
    """Send a link to whoever may have one, and say the same to everybody."""
    email = request.form.get("email", "").strip()
    if "@" not in email:
        problem = {"email": gettext("Enter your email address")}
        return render_template("link.html", email=email, problems=problem), 422
    engine.ask_for_link(email, request.remote_addr or "")
    return render_template("link.html", email=email, asked=True)


@bp.get("/invitation/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what a link leads to. Opening it uses nothing up: mail programs open links too."""
    if not engine.is_invited(token):
        raise engine.InvitationOver
    return render_template("invitation.html", token=token)


@bp.post("/invitation/<token>")
def send_code(token: str) -> ResponseReturnValue:
    """Send a code, and go on to the page that asks for it."""
    engine.ask_for_code(token, current_language())
    session["invitation"] = token
    return redirect(url_for("invitations.code"), 303)


@bp.get("/invitation")
def code() -> ResponseReturnValue:
    """Ask for the code."""
    if not engine.is_invited(session.get("invitation", "")):
        raise engine.InvitationOver
    return _code_page()


@bp.post("/invitation")
def enter() -> ResponseReturnValue:
    """Let in whoever has the code."""
    typed = request.form.get("code", "").strip()
    if not typed:
        return _code_page(gettext("Enter the code from the message")), 422
    try:
        token = engine.sign_in_by_code(
            session.get("invitation", ""),
            typed,
            request.remote_addr or "",
            current_language(),
            device(),
        )
    except engine.CodeRefused as refused:
        return _code_page(say_error(refused)), 401
    return let_in(token)


def _code_page(problem: str = "") -> str:
    problems = {"code": problem} if problem else {}
    return render_template("code.html", token=session.get("invitation", ""), problems=problems)
