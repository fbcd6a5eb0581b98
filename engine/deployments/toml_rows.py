"""Change one table of a TOML file, and leave the rest of it as somebody wrote it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from engine.deployments.toml_merge import alike, difference, toml_of
from engine.toml_source import heading_of


def read_rows(source: bytes) -> dict[str, Any]:
    """Return the tables of a TOML file; of one that cannot be read, none."""
    try:
        return tomllib.loads(source.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}


def put_row(source: bytes, key: str, row: Mapping[str, Any] | None) -> bytes:
    """Return the file with the table of a key holding these values; None: without that table.

    What else the file says stays as it is written, with its comments, and so do whole lines of
    comment in the table itself. Where the text is written in a way that this cannot follow, all
    of it is written anew, and its comments go.
    Raises:  ValueError or RecursionError, for a file that is not TOML.
    """
    text = source.decode("utf-8")
    wanted = tomllib.loads(text)
    if row is None:
        wanted.pop(key, None)
    else:
        wanted[key] = dict(row)
    if alike(wanted, tomllib.loads(text)):
        return source
    edited = _edited(text, key, row)
    if _reads_as(edited, wanted):
        return edited.encode("utf-8")
    return toml_of(wanted)


def lay_row(edition: bytes, layer: bytes, key: str, row: Mapping[str, Any] | None) -> bytes:
    """Return a layer that says of a row what differs from the edition's; None: nothing of it.

    Nothing laid over takes a key away, so one that the row has no more is emptied.
    Raises:  ValueError or RecursionError, for a file that is not TOML.
    """
    below = read_rows(edition).get(key)
    if row is None or not isinstance(below, dict):
        return put_row(layer, key, row)
    emptied = {gone: _EMPTY.get(type(value), value) for gone, value in below.items()}
    above = toml_of({key: {**{gone: emptied[gone] for gone in below if gone not in row}, **row}})
    changed = read_rows(difference(toml_of({key: below}), above)).get(key)
    return put_row(layer, key, changed)


def _edited(text: str, key: str, row: Mapping[str, Any] | None) -> str:
    made = "" if row is None else toml_of({key: dict(row)}).decode("utf-8")
    parts: list[str] = []
    for of, block in _blocks(text):
        if of != key:
            parts.append(block)
        elif made:
            # The table stands where its first part stood; its other parts are in it already.
            parts.append(_with_comments(block, made))
            made = ""
    before = "".join(parts).rstrip("\n")
    after = f"\n\n{made}" if before and made else made or "\n"
    return (before + after).lstrip("\n")


def _with_comments(block: str, made: str) -> str:
    """Return a table written anew below the lines of comment that it had."""
    lines = block.splitlines()
    kept = [line for line in lines if line.lstrip().startswith("#")]
    space = "\n" if not lines or not lines[-1].strip() else ""
    return "".join(f"{line.strip()}\n" for line in kept) + made + space


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a file with the key of the table that each belongs to.

    Lines of comment right above a heading belong to its table; what stands first, to none.
    """
    key, lines = "", list[str]()
    for line in text.splitlines(keepends=True):
        heading = heading_of(line)
        if heading:
            above = _comment_above(lines)
            yield key, "".join(lines[: len(lines) - above])
            key, lines = heading[0], lines[len(lines) - above :]
        lines.append(line)
    yield key, "".join(lines)


def _comment_above(lines: list[str]) -> int:
    number = 0
    while number < len(lines) and re.match(r"\s*#", lines[-1 - number]):
        number += 1
    return number


def _reads_as(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return alike(tomllib.loads(text), wanted)
    except (ValueError, RecursionError):
        return False


_EMPTY: Mapping[type, object] = {str: "", list: [], bool: False}
