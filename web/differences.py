"""Say what differs between two versions of the same answers, word by word and row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import engine
from web import answers, rows
from web.addresses import current_language

#: Two texts of more pieces than this, multiplied, are held against each other line by line.
_MOST = 4_000_000

Content = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Piece:
    """A stretch of an answer: `kind` is same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """An answer that differs, in pieces; or a row, or a list of rows, with what differs in it.

    `kind` is added, removed or changed.
    """

    kind: str
    label: str
    pieces: tuple[Piece, ...] = ()
    inner: tuple[Change, ...] = ()


def differences(
    form: engine.Form, before: Content, after: Content, sections: Sequence[str] = ()
) -> list[tuple[str, list[Change]]]:
    """Return what differs, by section: its label and the answers; sections that are alike, not."""
    found = []
    for section in form.sections:
        if sections and section.id not in sections:
            continue
        was, now = before.get(section.id, {}), after.get(section.id, {})
        changes = list(_changes(section.fields, was, now))
        if changes:
            found.append((section.label(current_language()), changes))
    return found


def _changes(
    fields: Sequence[engine.Field], was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    for entry in fields:
        old, new = was.get(entry.key), now.get(entry.key)
        if entry.hidden or not entry.has_value or old == new:
            continue
        label = entry.label(current_language())
        if entry.is_rows:
            inner = tuple(_row_changes(entry, old or [], new or []))
            if inner:
                yield Change("changed", label, inner=inner)
        else:
            pieces = tuple(pieces_of(_text(entry, old), _text(entry, new)))
            if pieces:
                yield Change(_kind(pieces), label, pieces)


def _row_changes(
    entry: engine.Field, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    """Yield what differs between rows; one is the same row where it has the same key."""
    old = {_row_key(row, place): (place, row) for place, row in enumerate(was)}
    new = {_row_key(row, place): (place, row) for place, row in enumerate(now)}
    for key, (place, row) in new.items():
        before = old[key][1] if key in old else {}
        changes = tuple(_changes(entry.columns, before, row))
        if key not in old or changes:
            kind = "changed" if key in old else "added"
            yield Change(kind, rows.legend(entry, place), inner=changes)
    for key, (place, row) in old.items():
        if key not in new:
            changes = tuple(_changes(entry.columns, row, {}))
            yield Change("removed", rows.legend(entry, place), inner=changes)


def _row_key(row: Mapping[str, Any], place: int) -> str:
    return str(row.get("_key") or place)


def _text(entry: engine.Field, value: Any) -> str:
    shown = answers.show_value(entry, value)
    return "" if shown.empty else "\n".join(shown.lines)


def _kind(pieces: Sequence[Piece]) -> str:
    kinds = {piece.kind for piece in pieces}
    return kinds.pop() if len(kinds) == 1 else "changed"


def pieces_of(was: str, now: str) -> Iterator[Piece]:
    """Yield the stretches of two texts: what both have, what was removed, what was added."""
    if was == now:
        return
    old, new = _words(was), _words(now)
    if len(old) * len(new) > _MOST:
        old, new = was.splitlines(keepends=True), now.splitlines(keepends=True)
    runs: list[tuple[str, str]] = []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (what, a, b, c, d) in enumerate(codes):
        removed, added = "".join(old[a:b]), "".join(new[c:d])
        between = 0 < place < len(codes) - 1
        if what == "equal" and not (between and removed.isspace()):
            yield from _changed(runs)
            yield Piece("same", removed)
            runs = []
        else:
            # A space between two words that differ is part of what differs: whole phrases are read
            # more easily than every other word.
            runs.append((removed, added))
    yield from _changed(runs)


def _changed(runs: Sequence[tuple[str, str]]) -> Iterator[Piece]:
    for kind, text in (
        ("removed", "".join(removed for removed, _ in runs)),
        ("added", "".join(added for _, added in runs)),
    ):
        if text:
            yield Piece(kind, text)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", text)
