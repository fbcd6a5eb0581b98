"""Let people in and out, and say who is asking."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

import engine
from web import banners, errors
from web.actors import actor_or_none
from web.addresses import current_language, in_language, is_on_this_site, prefers_welsh
from web.alphabet import in_order
from web.texts import gettext, say, say_error

bp = Blueprint("sign_in", __name__)

#: Endpoints that anybody may reach; every other one asks for a person first.
PUBLIC = frozenset(
    {
        "static",
        "sign_in.show",
        "sign_in.submit",
        "sign_in.choose_person",
        "sign_in.code",
        "sign_in.give_code",
        "sign_in.leave",
        "single_sign_on.begin",
        "single_sign_on.answer",
        "invitations.ask",
        "invitations.send",
        "invitations.show",
        "invitations.send_code",
        "invitations.code",
        "invitations.enter",
        "statements.about",
        "statements.accessibility",
        "statements.privacy",
        "public.index",
        "public.show",
        "public.briefing",
        "calendar_feeds.read",
    }
)

#: By which signs a browser and its system are known; the first that fits counts.
_DEVICES = (
    (
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ),
    (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ),
)

#: What is there for whoever has to set up a second factor before anything else.
SETTING_UP = frozenset(
    {"own_account.second_factor", "own_account.change_second_factor", "sign_in.stay"}
)


def require_actor() -> ResponseReturnValue | None:
    """Send whoever is not signed in to the sign-in page, and back again afterwards.

    Whoever typed for so long that the session ended meanwhile gets back what they typed, to send
    it again once they are signed in; so does whoever needs a second factor since they began.
    """
    if request.endpoint is None or request.endpoint in PUBLIC:
        return None
    actor = actor_or_none()
    if actor and (not actor.needs_second_factor or request.endpoint in SETTING_UP):
        return None
    typed = errors.what_was_typed() if request.method == "POST" else []
    if any(value and not name.startswith("page-") for name, value in typed):
        return errors.send_again(), 401
    if actor:
        return redirect(url_for("own_account.second_factor"), 303)
    if request.endpoint == "tasks.home" and current_language() == "en" and prefers_welsh():
        return redirect(in_language("cy", "/"), 303)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("sign_in.show", next=None if wanted == "/" else wanted), 303)


@bp.get("/sign-in")
def show() -> ResponseReturnValue:
    """Ask who is there."""
    return _page()


@bp.post("/sign-in")
def submit() -> ResponseReturnValue:
    """Let a person in who knows the password."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    problems = {}
    if not email:
        problems["email"] = gettext("Enter your email address")
    if not password:
        problems["password"] = gettext("Enter your password")
    if problems:
        return _page(problems, email), 422
    try:
        token = engine.sign_in(
            email, password, request.remote_addr or "", current_language(), device()
        )
    except engine.SignInRefused as refused:
        return _page({"email": say_error(refused)}, email), 401
    return let_in(token)


@bp.post("/sign-in/as")
def choose_person() -> ResponseReturnValue:
    """Let somebody in as a person of the demonstration, without a password."""
    account = request.form.get("account", type=uuid.UUID)
    if account is None:
        raise engine.NotFound
    return let_in(engine.sign_in_as(account, device()))


@bp.get("/sign-in/code")
def code() -> ResponseReturnValue:
    """Ask whoever gave their password, or came by a link, for the code of their app."""
    if not engine.awaits_code(session.get("token", "")):
        return redirect(url_for("sign_in.show"), 303)
    return render_template("second_factor_code.html")


@bp.post("/sign-in/code")
def give_code() -> ResponseReturnValue:
    """Let in whoever gives the code of their app, or a recovery code."""
    typed = request.form.get("code", "").strip()
    if not typed:
        problem = gettext("Enter the code that your app shows, or a recovery code")
        return render_template("second_factor_code.html", problems={"code": problem}), 422
    try:
        token = engine.give_second_factor(
            session.get("token", ""), typed, request.remote_addr or ""
        )
    except engine.SecondFactorRefused as refused:
        problems = {"code": say_error(refused)}
        return render_template("second_factor_code.html", problems=problems), 401
    return let_in(token)


@bp.post("/sign-in/stay")
def stay() -> ResponseReturnValue:
    """Answer whoever is still there; having asked, their session begins to run anew."""
    return "", 204


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session on the server and in the browser."""
    token = session.get("token")
    if token:
        engine.sign_out(token)
    session.clear()
    return redirect(url_for("sign_in.show"), 303)


def let_in(token: str, wanted: str | None = None) -> ResponseReturnValue:
    """Begin a session in the browser, and go where the person wanted to.

    Takes:   wanted, where; left out, what the address of this page says.
    """
    # Whatever stood in the cookie before belongs to nobody: a new session, so none can be planted.
    wanted = request.args.get("next", "") if wanted is None else wanted
    session.clear()
    session["token"] = token
    if engine.awaits_code(token):
        return redirect(url_for("sign_in.code", next=wanted or None), 303)
    actor = engine.actor_for(token)
    was_welsh = request.root_path.endswith("/cy")
    here = "cy" if was_welsh or (actor and actor.language == "cy") else "en"
    if here == "cy" and not was_welsh:
        banners.keep("in_welsh")
    return redirect(in_language(here, wanted if is_on_this_site(wanted) else "/"), 303)


def device() -> str:
    """Return what a browser calls itself and its system, as a person would."""
    said = request.user_agent.string
    names = [next((name for sign, name in known if sign in said), "") for known in _DEVICES]
    return ", ".join(name for name in names if name)


def _page(problems: dict[str, str] | None = None, email: str = "") -> str:
    groups: dict[engine.Text, list[engine.Person]] = {}
    for person in engine.demonstration_people():
        for role in person.role_names:
            groups.setdefault(role, []).append(person)
    listed = [
        (role, in_order(people, lambda person: person.name))
        for role, people in in_order(groups.items(), lambda group: say(group[0]))
    ]
    return render_template(
        "sign_in.html",
        problems=problems or {},
        email=email,
        groups=listed,
        provider=engine.provider_name(),
    )
