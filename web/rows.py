"""Add and remove rows of repeated questions among what was typed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

import engine
from web.addresses import current_language
from web.texts import gettext

Posted = Mapping[str, list[str]]

#: How many rows that nobody adds or removes stand on one page: a merged timeline has thousands.
PAGE = 100


@dataclass(frozen=True)
class Window:
    """The rows of a long list that a page shows, counted from 1; `name` is that of the list."""

    name: str
    number: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages the list has."""
        return max(-(-self.total // PAGE), 1)

    @property
    def first(self) -> int:
        """Return the place of the first row that is shown."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last row that is shown."""
        return min(self.number * PAGE, self.total)

    @property
    def input(self) -> str:
        """Return what says, in an address or on a page, which of its pages is meant."""
        return turns(self.name)


def turns(name: str) -> str:
    """Return what says in an address, or on a page that is sent, which page of a list is meant."""
    return f"page-rows-{name}"


def window(name: str, total: int, number: int | None = None) -> Window | None:
    """Return the part of a list that this request asks for; None for a list that needs no pages.

    Takes:   number, of the page that has to be shown, where something there is to be put right.
    Raises:  NotFound, for a page that is not there.
    """
    if total <= PAGE:
        return None
    typed = request.form.get(turns(name)) or request.args.get(turns(name)) or "1"
    if not (typed.isascii() and typed.isdigit()):
        raise engine.NotFound
    found = Window(name, number or int(typed[:9]), total)
    if not 1 <= found.number <= found.pages:
        raise engine.NotFound
    return found


def turned(action: str) -> dict[str, Any]:
    """Return what a button that turns the page of a list puts into the address."""
    verb, _, target = action.partition(":")
    name, _, number = target.rpartition("-")
    if verb != "turn" or not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name):
        return {}
    return {turns(name): number}


def is_paged(sent: Iterable[str]) -> bool:
    """Say whether a page that was sent showed a part of a list."""
    return any(name.startswith(turns("")) for name in sent)


def with_others(posted: Posted, parts: Iterable[engine.FormPart]) -> dict[str, list[str]]:
    """Return what a page sent, beside what people had answered in the rows that it did not show.

    Takes:   parts, of the task as it stands: rows are known again by their key.
    """
    found = dict(posted)
    for part in parts:
        for entry in part.form.fields:
            if entry.is_rows and entry.fixed_rows and turns(entry.key) in request.form:
                found = _with_other_rows(found, part.posted, entry)
    return found


def _with_other_rows(posted: Posted, standing: Posted, entry: engine.Field) -> dict[str, list[str]]:
    path, sent = entry.key, _by_key(posted, entry.key)
    typed = {column.key for column in entry.columns if column.has_input}
    found = {name: texts for name, texts in posted.items() if not name.startswith(f"{path}-")}
    for place, (key, row) in enumerate(_by_key(standing, path).items()):
        found[f"{path}-{place}-_key"] = [key]
        for name, texts in sent.get(key, row).items():
            # A date has an input for its day, one for its month and one for its year.
            if name.partition("-")[0] in typed:
                found[f"{path}-{place}-{name}"] = texts
    return found


def _by_key(posted: Posted, path: str) -> dict[str, dict[str, list[str]]]:
    """Return the inputs of each row of a list, named as inside the row, by the key of the row."""
    start = re.compile(re.escape(path) + r"-(\d{1,5})-(.*)", re.DOTALL)
    inputs: dict[int, dict[str, list[str]]] = {}
    for name, texts in posted.items():
        if found := start.fullmatch(name):
            inputs.setdefault(int(found[1]), {})[found[2]] = texts
    rows = (inputs[number] for number in sorted(inputs))
    return {row["_key"][0]: row for row in rows if row.get("_key") and row["_key"][0]}


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
    if verb == "turn":
        return dict(posted), target.rpartition("-")[0]
    if verb == "drop":
        return {name: values for name, values in posted.items() if name != f"{target}-kept"}, target
    return dict(posted), None


def filling_page(task_id: uuid.UUID, action: str) -> str | None:
    """Return where a button leads that fills rows from elsewhere; None for any other.

    A spreadsheet fills any rows, the merged timeline those of its summary.
    """
    verb, _, path = action.partition(":")
    if verb == "timeline":
        return url_for("summaries.start", task_id=task_id)
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
