"""Say in words what differs between two versions of a TOML file, row by row and key by key."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from engine.comparing.aspects import ON
from engine.comparing.names import Names
from engine.comparing.parts import Difference, Part, differences
from engine.texts import Text
from engine.timescales import parse_length

#: What a row of each file is called; of any other file, a part.
_SORTS = {
    "processes/timescales.toml": "timescale",
    "processes/facts.toml": "fact",
    "processes/milestones.toml": "milestone",
    "processes/reasons.toml": "reason",
    "processes/statutory.toml": "rule",
}
_ROLES = "processes/roles.toml"
_OF_ROLES = {"roles": "role", "visibility": "class"}
#: Keys whose values are roles.
_NAMES_ROLES = frozenset({"owner", "manager", "roles", "meets"})
_FLAGS = frozenset({"fixed"})
_LENGTHS = frozenset({"length", "at", "repeat"})


def compare_rows(
    before: bytes, now: bytes, path: str, names_before: Names, names: Names
) -> list[Difference]:
    """Return what differs between two versions of a TOML file.

    Raises:  ValueError or RecursionError, for a version that is not TOML.
    """
    old, new = row_parts(before, path, names_before), row_parts(now, path, names)
    return list(differences(old, new))


def row_parts(source: bytes, path: str, names: Names) -> list[Part]:
    """Return the rows of a TOML file, each with what it says by key."""
    return list(_Reader(path, names).parts((), tomllib.loads(source.decode("utf-8")), ""))


class _Reader:
    def __init__(self, path: str, names: Names) -> None:
        self._path, self._names = path, names

    def parts(self, at: tuple[str, ...], table: Mapping[str, Any], inside: str) -> Iterator[Part]:
        said = {key: value for key, value in table.items() if not _is_inner(value)}
        here = ".".join(at)
        if said or (at and not table):
            yield Part(here or "file", self._sort(at), self._name(at, table), inside,
                       self._aspects(said))  # fmt: skip
            inside = here
        for key, value in table.items():
            if isinstance(value, dict):
                yield from self.parts((*at, key), value, inside)
            elif _is_inner(value):
                yield from self._list(at, key, value, inside)

    def _list(
        self, at: tuple[str, ...], key: str, rows: list[dict[str, Any]], inside: str
    ) -> Iterator[Part]:
        seen: dict[str, int] = {}
        for row in rows:
            name = str(row.get("key") or row.get("heading_en") or _of_block(row) or key)
            seen[name] = seen.get(name, 0) + 1
            again = f" ({seen[name]})" if seen[name] > 1 else ""
            welsh = str(row.get("heading_cy") or name)
            sort = {"stages": "stage", "blocks": "block"}.get(key, "part")
            identifier = f"{'.'.join((*at, key))} {name}{again}"
            # A stage means nothing without its timescale.
            before = f"{at[-1]}: " if at and key == "stages" else ""
            title = Text(f"{before}{name}{again}", f"{before}{welsh}{again}")
            yield Part(identifier, sort, title, inside, self._aspects(row))

    def _sort(self, at: tuple[str, ...]) -> str:
        if self._path == _ROLES:
            return _OF_ROLES.get(at[0] if at else "", "part")
        return _SORTS.get(self._path, "part") if len(at) == 1 else "part"

    def _name(self, at: tuple[str, ...], table: Mapping[str, Any]) -> Text:
        key = at[-1] if at else self._path
        if self._path == _ROLES and at == ("visibility",):
            return Text("visibility", "gwelededd")
        english, welsh = table.get("en"), table.get("cy")
        if not isinstance(english, str) or self._sort(at) in ("part", "reason", "rule"):
            return Text(".".join(at) or key, ".".join(at) or key)
        before = f"{key}: " if self._sort(at) == "timescale" else ""
        return Text(f"{before}{english}", f"{before}{welsh or english}")

    def _aspects(self, table: Mapping[str, Any]) -> dict[str, Text]:
        found = {}
        for key, value in table.items():
            if key in _FLAGS:
                if value is True:
                    found[key] = ON
            elif value not in ("", [], {}):
                found[key] = self._said(key, value)
        return found

    def _said(self, key: str, value: Any) -> Text:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            if key in _NAMES_ROLES or (self._path == _ROLES and key.startswith("V-")):
                roles = [self._names.role(each) for each in value]
                return Text(", ".join(r.en for r in roles), ", ".join(r.cy for r in roles))
            value = ", ".join(value)
        if key in _LENGTHS and isinstance(value, str):
            return _length(value)
        if isinstance(value, bool):
            return Text("yes", "ydy") if value else Text("no", "nac ydy")
        if isinstance(value, date | time):
            value = value.isoformat()
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        )
        return Text(text, text)


def _length(written: str) -> Text:
    """Return a length as it is written, and in words."""
    try:
        length = parse_length(written)
    except ValueError:
        return Text(written, written)
    said, (en, cy) = length.text, (" before", " cyn hynny") if length.is_negative else ("", "")
    return Text(f"{written} ({said.en}{en})", f"{written} ({said.cy}{cy})")


def _is_inner(value: Any) -> bool:
    if isinstance(value, dict):
        return True
    return bool(value) and isinstance(value, list) and all(isinstance(v, dict) for v in value)


def _of_block(row: Mapping[str, Any]) -> str:
    """Return by what a block without a heading is told: the first thing that it prints."""
    for key, value in row.items():
        if isinstance(value, list) and value:
            return str(value[0])
        if isinstance(value, str) and not key.startswith("heading"):
            return value[:60]
    return ""
