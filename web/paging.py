"""Say which page of a list is asked for, and lead to the others."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

import engine
from web.texts import gettext


def wanted() -> int:
    """Return the number of the page that an address names; the first, where it names none.

    Raises:  NotFound, for what is no number.
    """
    typed = request.args.get("page", "1")
    if not (typed.isascii() and typed.isdigit()):
        raise engine.NotFound
    # No list has so many pages, and a number of thousands of digits takes long to read.
    return int(typed[:9])


def near(number: int, pages: int) -> list[int]:
    """Return the pages that are offered on one: the first, the last, and those beside it."""
    return sorted({1, pages, number - 1, number, number + 1} & set(range(1, pages + 1)))


def links(number: int, pages: int, name: str = "page") -> dict[str, Any]:
    """Return what the pagination of a list shows, on the page of this request.

    Takes:   name, of what says in an address which page is asked for.
    """
    items: list[dict[str, Any]] = []
    for one in near(number, pages):
        if items and items[-1].get("number") != one - 1:
            items.append({"ellipsis": True})
        label = gettext("Page %(number)d", number=one)
        items.append(
            {
                "number": one,
                "href": _to(one, name),
                "current": one == number,
                "visuallyHiddenText": label,
            }
        )
    found: dict[str, Any] = {"items": items, "landmarkLabel": gettext("Pages")}
    if number > 1:
        found["previous"] = {"href": _to(number - 1, name), "text": gettext("Previous page")}
    if number < pages:
        found["next"] = {"href": _to(number + 1, name), "text": gettext("Next page")}
    return found


def _to(number: int, name: str) -> str:
    asked = {
        key: kept
        for key, values in request.args.lists()
        if key != name and (kept := [value for value in values if value])
    }
    values: dict[str, Any] = {**(request.view_args or {}), **asked, name: number}
    return url_for(request.endpoint or "", **values)
