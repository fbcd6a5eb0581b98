"""Let a Board set what its papers look like: their head, its own layouts, its own letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import engine
from web import papers
from web.actors import current_actor
from web.addresses import current_language
from web.tasks import read_files
from web.texts import gettext, say, say_error

bp = Blueprint("stationery", __name__)


@bp.get("/stationery")
def index() -> ResponseReturnValue:
    """Show the Boards whose papers a person sees to; of one, its papers at once."""
    boards = engine.stationery_boards(current_actor())
    if not boards:
        raise engine.NotFound
    if len(boards) == 1:
        return redirect(url_for("stationery.show", key=boards[0][0]), 303)
    return render_template("stationery_boards.html", boards=boards)


@bp.get("/stationery/<key>")
def show(key: str) -> ResponseReturnValue:
    """Show what the papers of a Board look like, and every template it can replace."""
    found = engine.stationery(key, current_actor())
    return render_template(
        "stationery.html", found=found, logo=engine.logo_address(found.letterhead)
    )


@bp.get("/stationery/<key>/head")
def head(key: str) -> ResponseReturnValue:
    """Ask for address and logo."""
    return _head(key)


@bp.post("/stationery/<key>/head")
def save_head(key: str) -> ResponseReturnValue:
    """Keep address and logo."""
    typed = engine.Text(request.form.get("address_en", ""), request.form.get("address_cy", ""))
    (name, stream), *_ = [*read_files().get("logo", []), ("", None)]
    logo = stream.read(engine.MOST_LOGO_BYTES + 1) if stream else b""
    try:
        engine.change_letterhead(
            key,
            typed,
            current_actor(),
            logo_name=name,
            logo=logo,
            keep_logo=request.form.get("no_logo") != "yes",
        )
    except engine.AddressInOneLanguage as refused:
        missing = "address_cy" if typed.en.strip() else "address_en"
        return _head(key, typed, {missing: say_error(refused)}), 422
    except (engine.LogoRefused, engine.UploadRefused) as refused:
        return _head(key, typed, {"logo": say_error(refused)}), 422
    return redirect(url_for("stationery.show", key=key), 303)


@bp.get("/stationery/<key>/<kind>/<name>")
def template(key: str, kind: str, name: str) -> ResponseReturnValue:
    """Show a template of a Board: to write it, to try it, to put it in force."""
    return _template(key, kind, name)


@bp.post("/stationery/<key>/<kind>/<name>")
def act(key: str, kind: str, name: str) -> ResponseReturnValue:
    """Keep a template, try it, put it in force, or take it back."""
    actor, action = current_actor(), request.form.get("page-action", "")
    source = request.form.get("source", "")
    try:
        source = _sent(source)
        if action == "try":
            return _trial(engine.try_template(key, kind, name, actor, source))
        if action == "write":
            engine.write_template(key, kind, name, source, actor)
        elif action == "put-in-force":
            number = request.form.get("number", 0, type=int)
            engine.put_in_force(key, kind, name, number, actor)
        elif action == "take-back":
            engine.take_back_template(key, kind, name, actor)
        else:
            abort(400)
    except engine.TemplateRefused as refused:
        said = [f"{say(one.message)} {say(one.remedy)}" for one in refused.problems]
        return _template(key, kind, name, source, said), 422
    except (
        engine.TemplateNotText,
        engine.TemplateTooLong,
        engine.SecondPersonNeeded,
        engine.TemplateChanged,
    ) as refused:
        return _template(key, kind, name, source, [say_error(refused)]), refused.status
    return redirect(url_for("stationery.template", key=key, kind=kind, name=name), 303)


@bp.get("/stationery/<key>/<kind>/<name>/trial")
def trial(key: str, kind: str, name: str) -> ResponseReturnValue:
    """Show what a template would print or send, filled with made-up answers."""
    return _trial(engine.try_template(key, kind, name, current_actor()))


def _trial(paper: engine.Paper) -> str:
    wanted = request.values.get("language", "")
    return papers.page(paper, wanted if wanted in engine.PRINT_LANGUAGES else current_language())


def _sent(typed: str) -> str:
    """Return the file that was sent, or what was typed where none was, with lines as we keep them.

    Raises:  TemplateTooLong; TemplateNotText.
    """
    (_, stream), *_ = [*read_files().get("file", []), ("", None)]
    if stream is not None:
        typed = engine.template_text(stream.read(4 * engine.MOST_SIGNS + 1))
    return typed.replace("\r\n", "\n")


def _head(
    key: str, typed: engine.Text | None = None, problems: Mapping[str, str] | None = None
) -> str:
    found = engine.stationery(key, current_actor())
    return render_template(
        "letterhead.html",
        found=found,
        logo=engine.logo_address(found.letterhead),
        typed=typed or found.letterhead.address,
        problems=problems or {},
    )


def _template(
    key: str,
    kind: str,
    name: str,
    source: str | None = None,
    said: Sequence[str] = (),
) -> str:
    page = engine.template_page(key, kind, name, current_actor())
    standing = [f"{say(one.message)} {say(one.remedy)}" for one in page.problems]
    return render_template(
        "own_template.html",
        page=page,
        source=page.source if source is None else source,
        said=said,
        standing=[] if said else standing,
        problems=[{"text": one, "href": "#source"} for one in said],
        kind_name=gettext("Layout") if kind == "layout" else gettext("Letter"),
    )
