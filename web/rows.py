"""Add and remove rows of repeated questions among what was typed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence

from flask import url_for

import engine
from web.addresses import current_language
from web.texts import gettext

Posted = Mapping[str, list[str]]


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


def spreadsheet_page(task_id: uuid.UUID, action: str) -> str | None:
    """Return where a button leads that fills rows from a spreadsheet; None for any other."""
    verb, _, path = action.partition(":")
    if verb != "spreadsheet":
        return None
    return url_for("spreadsheets.start", task_id=task_id, path=path or "-")


def legend(entry: engine.Field, place: int) -> str:
    """Return what a row is called, counted from 1."""
    what = entry.item_label(current_language()) or gettext("Row")
    return f"{what} {place + 1}"


def numbers(posted: Posted, path: str) -> list[int]:
    """Return the numbers of the rows that were typed, in order."""
    start = re.compile(re.escape(path) + r"-(\d{1,5})-")
    return sorted({int(found[1]) for name in posted if (found := start.match(name))})


def filled(posted: Posted, path: str) -> list[int]:
    """Return the numbers of the rows in which something was typed, or that are recorded."""
    start = {number: f"{path}-{number}-" for number in numbers(posted, path)}
    return [
        number
        for number, prefix in start.items()
        if any(
            text.strip()
            for name, texts in posted.items()
            if name.startswith(prefix)
            for text in texts
        )
    ]


def put_in(
    posted: Posted, path: str, taken: Sequence[Mapping[str, list[str]]], *, replace: bool
) -> tuple[dict[str, list[str]], int]:
    """Put rows behind those in which something was typed, or in place of all of them.

    Takes:   taken, what is typed in each row by the name of its input inside the row.
    Returns: everything typed, and the number of the first row that is new.
    """
    standing = [] if replace else filled(posted, path)
    start = re.compile(re.escape(path) + r"-(\d{1,5})-(.*)", re.DOTALL)
    places = {number: place for place, number in enumerate(standing)}
    changed: dict[str, list[str]] = {}
    for name, texts in posted.items():
        found = start.fullmatch(name)
        if found is None:
            changed[name] = texts
        elif int(found[1]) in places:
            changed[f"{path}-{places[int(found[1])]}-{found[2]}"] = texts
    for place, row in enumerate(taken, start=len(standing)):
        prefix = f"{path}-{place}-"
        changed[f"{prefix}_key"] = [""]
        changed |= {f"{prefix}{name}": texts for name, texts in row.items()}
    return changed, len(standing)


def _without_row(posted: Posted, path: str, number_typed: str) -> dict[str, list[str]]:
    if not number_typed.isdigit():
        return dict(posted)
    gone = int(number_typed)
    start = re.compile(re.escape(path) + r"-(\d{1,5})-(.*)", re.DOTALL)
    kept: dict[str, list[str]] = {}
    for name, values in posted.items():
        found = start.fullmatch(name)
        if found is None or int(found[1]) < gone:
            kept[name] = values
        elif int(found[1]) > gone:
            kept[f"{path}-{int(found[1]) - 1}-{found[2]}"] = values
    return kept
