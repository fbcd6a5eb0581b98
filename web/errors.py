"""Show every refusal as a plain page in the language of the reader."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Flask, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

import engine
from web.actors import actor_or_none
from web.texts import gettext, moment, say_error

logger = logging.getLogger(__name__)

#: Never shown again and never kept in a page.
_SECRET = frozenset(
    {"password", "current-password", "new-password", "code", "page-password", "page-csrf"}
)


def register(app: Flask) -> None:
    """Give an application the pages for what it refuses."""
    app.register_error_handler(CSRFError, _offer_again)
    app.register_error_handler(engine.TaskAlreadyCompleted, _closed_task)
    app.register_error_handler(engine.TaskWithdrawn, _closed_task)
    app.register_error_handler(engine.EngineError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _offer_again(error: CSRFError) -> ResponseReturnValue:
    """Keep what was typed, and let the person send it again with a token that is good.

    What another site sent is not offered: a browser names the site that a request comes from.
    """
    return send_again(), 400


def send_again() -> str:
    """Return the page that keeps what was typed, unless another site sent it."""
    files = [upload.filename for upload in request.files.values() if upload.filename]
    return render_template("send_again.html", typed=what_was_typed(), files=files)


def what_was_typed() -> list[tuple[str, str]]:
    """Return what a page of this site sent, without what is never shown again."""
    if not _is_from_here():
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _SECRET]


def _is_from_here() -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.host


def _closed_task(error: engine.EngineError) -> ResponseReturnValue:
    """Say who completed a task, or that it was withdrawn, and when."""
    when = moment(error.details.get("at"))
    reader = actor_or_none()
    if reader is not None and error.details.get("account") == str(reader.account_id):
        return _sent_before(when)
    stays = gettext("What you typed was not sent.")
    if isinstance(error, engine.TaskWithdrawn):
        title, line = (
            gettext("This task was withdrawn"),
            gettext("Withdrawn on %(moment)s", moment=when),
        )
    else:
        title = gettext("This task is already completed")
        who = error.details.get("who", "")
        line = gettext("Completed by %(name)s on %(moment)s", name=who, moment=when)
    return _page(409, title, [f"{line}.", stays])


def _sent_before(when: str) -> ResponseReturnValue:
    """Say to whoever comes back to a task that they sent: it was sent, and where it stands now."""
    paragraphs = [gettext("You sent this task on %(moment)s.", moment=when)]
    if request.method == "POST":
        paragraphs.append(
            gettext("It is sent once only: what you typed since then was not sent again.")
        )
    where = [{"href": url_for("documents.sent"), "text": gettext("What you have sent")}]
    return _page(409, gettext("You have already sent this task"), paragraphs, where)


def _refused(error: engine.EngineError) -> ResponseReturnValue:
    if error.status in (403, 404):
        return _not_found()
    if error.status == 503:
        return _unavailable()
    titles = {
        401: gettext("You could not be signed in"),
        409: gettext("This cannot be done any more"),
        422: gettext("There is a problem with what you sent"),
        429: gettext("Too many attempts"),
    }
    title = titles.get(error.status, gettext("This could not be done"))
    return _page(error.status, title, [say_error(error)])


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if code == 404:
        return _not_found()
    if code == 405:
        return _page(
            405,
            gettext("This page cannot be used in that way"),
            [gettext("Go back and try again.")],
        )
    if code == 413:
        return _too_large()
    if code == 429:
        return _page(
            429, gettext("Too many attempts"), [gettext("Wait a few minutes, then try again.")]
        )
    if code >= 500:
        return _broken(error)
    return _page(code, gettext("This could not be done"), [gettext("Go back and try again.")])


def _not_found() -> ResponseReturnValue:
    if _lines_typed():
        # Whoever may do it no more since they opened the form, and whoever never might, read the
        # same: that there is something would tell the second that it is there.
        return _page(
            404,
            gettext("This was not sent"),
            [
                gettext("There is nothing at this address that you can see."),
                gettext(
                    "It may have been taken from you, or ended, since you opened the page. Nothing "
                    "was saved."
                ),
                gettext("If you should be able to do this, ask the co-ordinator of the case."),
            ],
        )
    return _page(
        404,
        gettext("Page not found"),
        [
            gettext("There is nothing at this address that you can see."),
            gettext("If you typed the address, check that it is right."),
            gettext("If you should be able to see this page, ask the co-ordinator of the case."),
        ],
    )


def _too_large() -> ResponseReturnValue:
    return _page(
        413,
        gettext("What you sent is too large"),
        [
            gettext("Everything sent at once may be 64 MB at the most. Nothing was saved."),
            gettext("Go back, choose a smaller file, and send it again."),
        ],
    )


def _unavailable() -> ResponseReturnValue:
    g.unavailable = True
    return _page(
        503,
        gettext("The service cannot reach its records just now"),
        [
            gettext("What was saved is safe. What you have just sent was not saved."),
            gettext("Wait a minute, then go back and send it again."),
        ],
    )


def _broken(error: Exception) -> ResponseReturnValue:
    logger.exception("a request failed", extra={"endpoint": request.endpoint}, exc_info=error)
    g.unavailable = True
    return _page(
        500,
        gettext("There is a problem with the service"),
        [
            gettext("What you have just sent was not saved. What was saved before is safe."),
            gettext(
                "Try again later. If it happens again, tell the administrator what you were doing."
            ),
        ],
    )


def _page(
    status: int, title: str, paragraphs: list[str], links: Sequence[dict[str, str]] = ()
) -> ResponseReturnValue:
    shown = render_template(
        "error.html", title=title, paragraphs=paragraphs, links=links, typed=_lines_typed()
    )
    return shown, status


def _lines_typed() -> list[tuple[str, str]]:
    """Return what somebody wrote into a form that was refused, to be copied from the page."""
    if request.method != "POST" or not actor_or_none():
        return []
    return [
        (name, value)
        for name, value in what_was_typed()
        if value.strip() and not name.startswith("page-")
    ]
