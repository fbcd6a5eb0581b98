"""Read the language off the address: English at /, Welsh at /cy/, the same path after that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Language = Literal["en", "cy"]

_KEY = "adolygu.language"
_PREFIX = "/cy"


class WelshPrefix:
    """Take /cy off the path, so that every route exists in both languages under one name."""

    def __init__(self, application: WSGIApplication) -> None:
        """Stand in front of an application."""
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Note the language of the request and pass it on; `url_for` then keeps the prefix."""
        path = environ.get("PATH_INFO", "")
        if path == _PREFIX or path.startswith(_PREFIX + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + _PREFIX
            environ["PATH_INFO"] = path[len(_PREFIX) :] or "/"
            environ[_KEY] = "cy"
        return self.application(environ, start_response)


def current_language() -> Language:
    """Return the language of this request; English where there is none."""
    return "cy" if has_request_context() and request.environ.get(_KEY) == "cy" else "en"


def other_language() -> Language:
    """Return the language that the toggle leads to."""
    return "en" if current_language() == "cy" else "cy"


def prefers_welsh() -> bool:
    """Say whether the browser asks for Welsh rather than English."""
    wished = [tag.partition("-")[0].lower() for tag, much in request.accept_languages if much]
    return next((one for one in wished if one in ("en", "cy")), "en") == "cy"


def site_root() -> str:
    """Return the path under which the site stands, without the language."""
    root: str = request.environ.get("SCRIPT_NAME", "")
    return root.removesuffix(_PREFIX) if current_language() == "cy" else root


def in_language(language: str, path: str) -> str:
    """Return a path of this site, given without language, in a language."""
    return site_root() + (_PREFIX if language == "cy" else "") + path


def this_page_in(language: str) -> str:
    """Return the address of this very page in a language."""
    query = request.query_string.decode("latin-1")
    return in_language(language, request.path) + (f"?{query}" if query else "")


def address(language: str, path: str) -> str:
    """Return the whole address, in a language, of a path that `url_for` gave.

    It begins as the settings say, else as this page was asked for.
    """
    said: str = current_app.config["BASE_URL"]
    root = said or request.host_url.rstrip("/") + site_root()
    prefix = _PREFIX if language == "cy" else ""
    return root + prefix + path.removeprefix(request.root_path)


def this_page_in_other_language() -> str:
    """Return the address of this very page in the other language."""
    return this_page_in(other_language())


def is_on_this_site(path: str) -> bool:
    """Say whether a path that came with a request may be redirected to."""
    parts = urlsplit(path)
    return (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and not (parts.scheme or parts.netloc)
        and path.isprintable()
    )
