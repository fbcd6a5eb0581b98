"""Change the JSON of a form and keep how the rest of it is written: order, spaces, line breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.forms.source import read_json

#: The longest line that is written for something new; what stands already is not broken anew.
WIDTH = 120
_INDENT = "  "

_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^ \t\r\n,\]}]+")
_STRINGS = json.JSONDecoder()


@dataclass(frozen=True)
class _Member:
    """How a member stood in the file: what was before it, its name and key, what it held.

    A container is the very object that was read, and may have changed since.
    """

    lead: str
    name: str
    key: str
    value: Any
    text: str


class _Written:
    """How an object or a list stood in the file; `end` is what was before its closing bracket."""

    members: tuple[_Member, ...] = ()
    end = ""
    text = ""


class WrittenObject(dict[str, Any], _Written):
    """A JSON object that knows how it was written."""


class WrittenList(list[Any], _Written):
    """A JSON list that knows how it was written."""


@dataclass(frozen=True)
class WrittenForm:
    """The JSON of a form, to be changed in place, and what stands before and after it."""

    data: WrittenObject
    before: str
    after: str

    def write(self) -> bytes:
        """Return the bytes; what was not changed stands in them as it was read."""
        return (self.before + _text(self.data, "", 0) + self.after).encode()


def read(source: bytes, path: str) -> WrittenForm:
    """Return the JSON of a form, to be changed and written again.

    Raises:  InvalidDefinition, as `read_json` does.
    """
    read_json(source, path)
    text = source.decode()
    reader = _Reader(text, text.index("{"))
    data = reader.mapping()
    return WrittenForm(data, text[: text.index("{")], text[reader.at :])


def write_new(data: dict[str, Any]) -> bytes:
    """Return the bytes of a form that stood nowhere before."""
    return (_broken(data, "") + "\n").encode()


class _Reader:
    """Read what `read_json` has found to be JSON, keeping what is between the values."""

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at = text, at

    def value(self) -> Any:
        if self.text[self.at] == "{":
            return self.mapping()
        if self.text[self.at] == "[":
            return self.listing()
        if self.text[self.at] == '"':
            value, self.at = _STRINGS.raw_decode(self.text, self.at)
            return value
        found = _SCALAR.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return json.loads(found.group())

    def mapping(self) -> WrittenObject:
        found, start, members = WrittenObject(), self.at, []
        for lead in self.leads("}", found):
            key_at = self.at
            name, self.at = _STRINGS.raw_decode(self.text, key_at)
            self.blank()
            self.at += 1
            self.blank()
            at = self.at
            found[name] = self.value()
            key, text = self.text[key_at:at], self.text[at : self.at]
            members.append(_Member(lead, name, key, found[name], text))
        found.members, found.text = tuple(members), self.text[start : self.at]
        return found

    def listing(self) -> WrittenList:
        found, start, members = WrittenList(), self.at, []
        for lead in self.leads("]", found):
            at = self.at
            found.append(self.value())
            members.append(_Member(lead, "", "", found[-1], self.text[at : self.at]))
        found.members, found.text = tuple(members), self.text[start : self.at]
        return found

    def leads(self, closing: str, found: _Written) -> Iterator[str]:
        """Step from member to member, giving what is before each; note what is at the end."""
        self.at += 1
        while True:
            lead = self.blank()
            if self.text[self.at] == closing:
                self.at += 1
                found.end = lead
                return
            yield lead
            after = self.blank()
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.at -= len(after)

    def blank(self) -> str:
        found = _BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return found.group()


def _entries(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else [("", one) for one in value]


def _is_as_read(value: Any) -> bool:
    """Say whether nothing in a container has changed since it was read."""
    if not isinstance(value, _Written):
        return not isinstance(value, dict | list)
    entries = _entries(value)
    return len(entries) == len(value.members) and all(
        _is(member, name, inner) and _is_as_read(inner)
        for member, (name, inner) in zip(value.members, entries, strict=True)
    )


def _is(member: _Member, name: str, value: Any) -> bool:
    """Say whether a value is what a member held: containers are known by being the same one."""
    if member.name != name or type(member.value) is not type(value):
        return False
    return value is member.value if isinstance(value, dict | list) else value == member.value


def _text(value: Any, indent: str, column: int) -> str:
    """Return a value as it is to be written.

    Takes:   indent, of the line on which it starts; column, at which it starts.
    """
    if not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, _Written):
        if _is_as_read(value):
            return value.text
        if "\n" in value.text and value:
            return _written(value, indent)
    flat = json.dumps(value, ensure_ascii=False)
    if column + len(flat) < WIDTH or not value:
        return flat
    return _broken(value, indent)


def _written(value: Any, indent: str) -> str:
    """Write a container that stood on several lines: every member where it stood, if it can."""
    inner = next((one.lead for one in value.members if "\n" in one.lead), "\n" + indent + _INDENT)
    lines = _Lines("{["[isinstance(value, list)], inner.rpartition("\n")[2])
    before = list(value.members)
    for name, entry in _entries(value):
        stood = next((one for one in before if _stood(one, name, entry)), None)
        if stood is not None:
            before.remove(stood)
        lines.add(stood, name, entry)
    end = value.end if "\n" in value.end else "\n" + indent
    return lines.text + end + "}]"[isinstance(value, list)]


def _stood(member: _Member, name: str, value: Any) -> bool:
    return member.name == name if name else _is(member, name, value)


def _broken(value: Any, indent: str) -> str:
    """Write a container anew on several lines."""
    lines = _Lines("{["[isinstance(value, list)], indent + _INDENT)
    for name, entry in _entries(value):
        lines.add(None, name, entry)
    return lines.text + "\n" + indent + "}]"[isinstance(value, list)]


class _Lines:
    """A container on several lines, as it grows; `indent` is that of its members."""

    def __init__(self, opening: str, indent: str) -> None:
        self.text, self.indent, self.is_first = opening, indent, True

    def add(self, stood: _Member | None, name: str, value: Any) -> None:
        """Write a member where it stood; a new one on the same line where there is room."""
        key = stood.key if stood else f"{json.dumps(name, ensure_ascii=False)}: " if name else ""
        lead = stood.lead if stood else " " if name else "\n"
        comma = "" if self.is_first else ","
        if "\n" not in lead:
            text = key + self._value(stood, value, len(self.line) + 2 + len(key))
            if self.has_room_for(text):
                self.text += f",{lead}{text}"
                return
        if "\n" not in lead or stood is None:
            lead = "\n" + self.indent
        self.text += comma + lead + key
        self.text += self._value(stood, value, len(self.line))
        self.is_first = False

    def has_room_for(self, text: str) -> bool:
        """Say whether the line goes on: it is short, and ends no container of several lines."""
        if self.is_first or "\n" in text or len(self.line) + len(text) + 3 > WIDTH:
            return False
        return self.line.strip()[:1] not in ("}", "]")

    @property
    def line(self) -> str:
        return self.text.rpartition("\n")[2]

    def _value(self, stood: _Member | None, value: Any, column: int) -> str:
        plain = not isinstance(value, dict | list)
        if plain and stood is not None and _is(stood, stood.name, value):
            return stood.text
        return _text(value, self.indent, column)
