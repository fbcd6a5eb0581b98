"""Read a TOML file that a designer wrote, so strictly that a slip is named with its line."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from engine.errors import InvalidDefinition
from engine.texts import Text

MAX_BYTES = 1_000_000
MAX_TEXT = 2_000

T = TypeVar("T")
_HEADING = re.compile(r"\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$")


class TomlSource:
    """A TOML file that could be read, and where its tables stand in it."""

    def __init__(self, source: bytes, path: str) -> None:
        """Read the file.

        Raises:  InvalidDefinition, for more than 1 MB, text that is not UTF-8, or not TOML.
        """
        self.path = path
        self._lines: list[str] = []
        if len(source) > MAX_BYTES:
            raise self.refusal("the file", "is larger than 1 MB", "split it", line=1)
        try:
            text = source.decode("utf-8")
            self.tables: dict[str, Any] = tomllib.loads(text)
        except UnicodeDecodeError:
            raise self.refusal(
                "the file", "is not UTF-8 text", "save it as UTF-8", line=1
            ) from None
        except (ValueError, RecursionError) as error:  # a number may have too many digits, too
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else _last_line_read(text)
            reason = f"is not TOML ({str(error)[:200] or 'nested too deeply'})"
            raise self.refusal("the file", reason, "put this line right", line=line) from None
        self._lines = text.splitlines()

    def rows(self, *parents: str) -> Iterator[Row]:
        """Yield the tables under `parents` (none: the top), in the order of the file."""
        tables: Any = self.tables
        for parent in parents:
            tables = tables.get(parent, {})
        if not isinstance(tables, dict):
            raise self.refusal(".".join(parents), "is not a table", f"write [{'.'.join(parents)}]")
        for key, values in tables.items():
            if not isinstance(values, dict):
                raise self.refusal(key, "stands outside any table", "write it under a [heading]")
            yield Row(self, (*parents, key), values)

    def line(self, table: tuple[str, ...], key: str = "") -> int:
        """Return the line on which a table, or a key in it, begins; 1 where it cannot be found."""
        begins, inside = 1, False
        for number, line in enumerate(self._lines, start=1):
            heading = heading_of(line)
            if heading:
                inside = heading == table
                begins = number if inside else begins
            elif inside and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
                return number
        return begins

    def refusal(
        self, element: str, reason: str, remedy: str, *, line: int = 0
    ) -> InvalidDefinition:
        """Return the refusal of an element of this file, to be raised."""
        return InvalidDefinition(
            file=self.path,
            line=line or self.line(tuple(element.split("."))),
            element=element,
            reason=reason,
            remedy=remedy,
        )


def heading_of(line: str) -> tuple[str, ...]:
    """Return the path of the table that a line is the heading of; none for any other line."""
    found = _HEADING.match(line)
    return _parts(found[1]) if found else ()


def _last_line_read(text: str) -> int:
    """Return the line of a number that is too long to be read, else the last one."""
    too_long = re.search(rf"[0-9_]{{{sys.get_int_max_str_digits()},}}", text)
    return text.count("\n", 0, too_long.start() if too_long else len(text)) + 1


class Row:
    """One table of the file. Every key must be asked for; `finish` refuses those that were not."""

    def __init__(
        self, source: TomlSource, table: tuple[str, ...], values: Mapping[str, Any]
    ) -> None:
        """Take the table's path in the file and what it holds."""
        self._source, self._table, self._values = source, table, values
        self._asked: set[str] = set()
        self.key = table[-1]

    def refusal(self, key: str, reason: str, remedy: str) -> InvalidDefinition:
        """Return the refusal of this row because of one of its keys, to be raised."""
        line = self._source.line(self._table, key)
        element = f"{'.'.join(self._table)}{f' {key}' if key else ''}"
        return self._source.refusal(element, reason, remedy, line=line)

    def words(self, key: str, *, default: str | None = None) -> str:
        """Return a text. Without a default it must be there, and not be empty."""
        value = self._get(key, str, default, "text in quotation marks")
        if len(value) > MAX_TEXT:
            raise self.refusal(key, f"is longer than {MAX_TEXT} characters", "shorten it")
        if default is None and not value.strip():
            raise self.refusal(key, "is missing or empty", f'add {key} = "…"')
        return value

    def text(self, prefix: str = "") -> Text:
        """Return `en` and `cy` (or `<prefix>_en` and `<prefix>_cy`); both must be there."""
        before = f"{prefix}_" if prefix else ""
        return Text(en=self.words(f"{before}en"), cy=self.words(f"{before}cy"))

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        return self._get(key, bool, default, "true or false")

    def says(self, key: str) -> bool:
        """Say whether a key is there at all, be it empty."""
        return key in self._values

    def flag_or_names(self, key: str) -> bool | tuple[str, ...]:
        """Return true or false, or a list of names."""
        if isinstance(self._values.get(key), list):
            return self.names(key)
        return self._get(key, bool, False, "true or false, or a list of names")

    def names(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of names, none of them twice."""
        values = self._get(key, list, None if required else [], 'a list, e.g. ["chair"]')
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.refusal(
                key, "holds something that is not a name", "write names in quotation marks"
            )
        if len(set(values)) != len(values):
            raise self.refusal(key, "holds a name twice", "keep one of them")
        if required and not values:
            raise self.refusal(key, "is empty", "name at least one")
        return tuple(values)

    def word_or_words(self, key: str) -> tuple[str, ...]:
        """Return one name, or a list of names, as a list."""
        if isinstance(self._values.get(key), list):
            return self.names(key)
        return tuple(filter(None, [self.words(key, default="")]))

    def choice(self, key: str, allowed: tuple[str, ...], *, default: str | None = None) -> str:
        """Return one of the allowed words."""
        value = self.words(key, default=default)
        if value not in allowed:
            raise self.refusal(key, f"is {value!r}", f"use one of: {', '.join(allowed)}")
        return value

    def parsed(self, key: str, parse: Callable[[str], T]) -> T | None:
        """Return what `parse` makes of a text, or None; its ValueError becomes a refusal."""
        value = self.words(key, default="")
        if not value:
            return None
        try:
            return parse(value)
        except ValueError as error:
            raise self.refusal(
                key, f"is {value!r}, {error}", "write it as the example shows"
            ) from None

    def subrows(self, key: str) -> tuple[Row, ...]:
        """Return a list of tables, each a row of its own."""
        values = self._get(key, list, [], "a list of { … }")
        if not all(isinstance(value, dict) for value in values):
            raise self.refusal(key, "holds something that is not a table", "write { key = … }")
        return tuple(_SubRow(self, key, value) for value in values)

    def finish(self) -> None:
        """Refuse the keys that nobody asked for.

        Raises:  InvalidDefinition.
        """
        for key in self._values:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise self.refusal(key, "is not a key that belongs here", f"use one of: {known}")

    def _get(self, key: str, kind: type[T], default: T | None, wanted: str) -> T:
        self._asked.add(key)
        value = self._values.get(key, default)
        if value is None:
            raise self.refusal(key, "is missing", f"add {key}: {wanted}")
        if not isinstance(value, kind):
            raise self.refusal(key, "is of the wrong kind", f"write {wanted}")
        return value


class _SubRow(Row):
    def __init__(self, parent: Row, key: str, values: Mapping[str, Any]) -> None:
        super().__init__(parent._source, parent._table, values)
        self._parent, self._in = parent, key

    def refusal(self, key: str, reason: str, remedy: str) -> InvalidDefinition:
        return self._parent.refusal(
            self._in, f"has an entry whose {key or 'form'} {reason}", remedy
        )


def _parts(heading: str) -> tuple[str, ...]:
    return tuple(
        quoted or bare for quoted, bare in re.findall(r"[\"']([^\"']*)[\"']|([\w-]+)", heading)
    )
