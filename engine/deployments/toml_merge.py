"""Lay one TOML file over another, key by key, and write the result."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def lay_over(below: bytes, above: bytes, remark: str) -> bytes:
    """Return the TOML that holds every key of both; where both have one, the upper one wins.

    Tables are merged; lists and values are replaced whole. Lines of the result are not those of
    either file, so it begins with a remark that says where it comes from.
    Raises:  ValueError or RecursionError, for a file that is not TOML.
    """
    merged = _merged(tomllib.loads(below.decode("utf-8")), tomllib.loads(above.decode("utf-8")))
    lines = [f"# {remark}", *_table((), merged)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def as_toml(value: Any) -> str:
    """Return a value as TOML writes it, on one line."""
    return _value(value)


def difference(below: bytes, above: bytes) -> bytes:
    """Return the TOML that, laid over the lower file, gives what the upper one says.

    A key that the upper one lacks stays as the lower one has it: nothing laid over removes it.
    Raises:  ValueError or RecursionError, for a file that is not TOML.
    """
    tables = tomllib.loads(below.decode("utf-8")), tomllib.loads(above.decode("utf-8"))
    return ("\n".join(_table((), _differing(*tables))).strip("\n") + "\n").encode("utf-8")


def clashes(before: bytes, now: bytes, above: bytes) -> list[tuple[str, ...]]:
    """Return the keys that a file laid over another has, and that the one below changed since.

    What both changed to the same is none of them.
    Takes:   before and now, the lower file as it was and as it is.
    Raises:  ValueError or RecursionError, for a file that is not TOML.
    """
    tables = (tomllib.loads(each.decode("utf-8")) for each in (before, now, above))
    return list(_clashing((), *tables))


def without(above: bytes, keys: Collection[tuple[str, ...]]) -> bytes:
    """Return a TOML file without some keys; a table in which nothing is left goes, too.

    Raises:  ValueError or RecursionError, for a file that is not TOML.
    """
    kept = _without((), tomllib.loads(above.decode("utf-8")), set(keys))
    return ("\n".join(_table((), kept)).strip("\n") + "\n").encode("utf-8")


def _clashing(
    at: tuple[str, ...], before: Mapping[str, Any], now: Mapping[str, Any], above: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    for key, value in above.items():
        was, is_now = before.get(key), now.get(key)
        if isinstance(value, dict) and isinstance(was, dict) and isinstance(is_now, dict):
            yield from _clashing((*at, key), was, is_now, value)
        elif was != is_now and is_now != value:
            yield (*at, key)


def _without(
    at: tuple[str, ...], table: Mapping[str, Any], keys: Collection[tuple[str, ...]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if (*at, key) in keys:
            continue
        if isinstance(value, dict):
            if inner := _without((*at, key), value, keys):
                found[key] = inner
        else:
            found[key] = value
    return found


def _differing(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in above.items():
        under = below.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            if inner := _differing(under, value):
                found[key] = inner
        elif key not in below or not alike(under, value):
            found[key] = value
    return found


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[key] = _merged(under, value) if both else value  # type: ignore[arg-type]
    return merged


def toml_of(tables: Mapping[str, Any]) -> bytes:
    """Return tables as TOML."""
    return ("\n".join(_table((), tables)).strip("\n") + "\n").encode("utf-8")


def alike(one: Any, other: Any) -> bool:
    """Say whether two values of TOML are the same; 1, 1.0 and true are three of them."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and _value(one) == _value(other)


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    if path and (len(inner) < len(table) or not table):
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    for key, value in table.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in inner.items():
        yield from _table((*path, key), value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_value(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
