"""Add and remove rows of repeated questions among what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import engine
from web.addresses import current_language
from web.texts import gettext

Posted = Mapping[str, list[str]]

#: More rows than this no page shows, whatever a form allows.
MOST_ROWS = 200


def change(posted: Posted, action: str) -> tuple[dict[str, list[str]], str | None]:
    """Carry out a button that adds or removes a row or a file; say where the page goes on."""
    verb, _, target = action.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,199}", target):
        return dict(posted), None
    if verb == "add":
        number = max(numbers(posted, target), default=-1) + 1
        return {**posted, f"{target}-{number}-_key": [""]}, f"{target}-{number}"
    if verb == "remove":
        path, _, number_typed = target.rpartition("-")
        return _without_row(posted, path, number_typed), path
    if verb == "drop":
        return {name: values for name, values in posted.items() if name != f"{target}-kept"}, target
    return dict(posted), None


def legend(entry: engine.Field, place: int) -> str:
    """Return what a row is called, counted from 1."""
    what = entry.item_label(current_language()) or gettext("Row")
    return f"{what} {place + 1}"


def numbers(posted: Posted, path: str) -> list[int]:
    """Return the numbers of the rows that were typed, in order."""
    start = re.compile(re.escape(path) + r"-(\d{1,4})-")
    return sorted({int(found[1]) for name in posted if (found := start.match(name))})[:MOST_ROWS]


def _without_row(posted: Posted, path: str, number_typed: str) -> dict[str, list[str]]:
    if not number_typed.isdigit():
        return dict(posted)
    gone = int(number_typed)
    start = re.compile(re.escape(path) + r"-(\d{1,4})-(.*)", re.DOTALL)
    kept: dict[str, list[str]] = {}
    for name, values in posted.items():
        found = start.fullmatch(name)
        if found is None or int(found[1]) < gone:
            kept[name] = values
        elif int(found[1]) > gone:
            kept[f"{path}-{int(found[1]) - 1}-{found[2]}"] = values
    return kept
