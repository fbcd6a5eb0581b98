"""Read the JSON of a form, keeping the line on which everything stands, and refuse what harms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from engine.errors import InvalidDefinition

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?![0-9.eE+-])")
_WORDS = {"true": True, "false": False, "null": None}
_STRINGS = json.JSONDecoder()
_WORD = re.compile(r"[A-Za-z]+")


class Located(dict[str, Any]):
    """A JSON object that knows the line on which it starts, and the line of each of its keys."""

    def __init__(self, line: int) -> None:
        """Start an empty object that stands on a line."""
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


def read_json(source: bytes, path: str) -> Located:
    """Return the JSON object that a file holds.

    Raises:  InvalidDefinition, for more than 1 MB, what is not UTF-8 or not JSON, nesting deeper
             than 40, a key used twice, a number such as NaN or 1e400, or a NUL in a text.
    """
    if len(source) > MAX_BYTES:
        raise refuse(path, 1, "", "is larger than 1 MB", "split the form into several forms")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise refuse(path, line, "", "is not UTF-8", "save the file as UTF-8") from None
    reader = _Reader(text, path)
    value = reader.whole()
    if not isinstance(value, Located):
        raise refuse(path, 1, "", "is not a JSON object", "start the file with {")
    return value


def refuse(path: str, line: int, element: str, reason: str, remedy: str) -> InvalidDefinition:
    """Return the refusal of a form file."""
    return InvalidDefinition(file=path, line=line, element=element, reason=reason, remedy=remedy)


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self.text, self.path, self.at = text, path, 0
        self.counted_to, self.line = 0, 1

    def whole(self) -> Any:
        value = self.value(0)
        self.skip()
        if self.at != len(self.text):
            raise self.wrong("has something after its end")
        return value

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self.wrong("is nested too deeply", "use fewer rows inside rows")
        character = self.next()
        if character == "{":
            return self.mapping(depth)
        if character == "[":
            self.at += 1
            return [self.value(depth + 1) for _ in self.members("]")]
        if character == '"':
            return self.string()
        return self.number_or_word()

    def mapping(self, depth: int) -> Located:
        found = Located(self.here())
        self.at += 1
        for _ in self.members("}"):
            if self.next() != '"':
                raise self.wrong("has a key that is not in double quotes")
            line, key = self.here(), self.string()
            if key in found:
                raise self.wrong(f"has the key “{key}” twice in one object", "keep one of the two")
            if self.next() != ":":
                raise self.wrong(f"lacks a colon after “{key}”")
            self.at += 1
            found.lines[key] = line
            found[key] = self.value(depth + 1)
        return found

    def members(self, closing: str) -> Iterator[None]:
        """Step from member to member; whoever asks reads each one."""
        if self.next() == closing:
            self.at += 1
            return
        while True:
            yield
            after = self.next()
            self.at += 1
            if after == closing:
                return
            if after != ",":
                self.at -= 1
                raise self.wrong("lacks a comma or a closing bracket")

    def string(self) -> str:
        try:
            found, self.at = _STRINGS.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            self.at = error.pos
            raise self.wrong("has a text that cannot be read") from None
        value = str(found)
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self.wrong("has a character that no text may hold", "type the text again")
        return value

    def number_or_word(self) -> Any:
        number = _NUMBER.match(self.text, self.at)
        if number is not None:
            self.at = number.end()
            return json.loads(number.group())
        word = _WORD.match(self.text, self.at)
        if word is None or word.group() not in _WORDS:
            raise self.wrong("has something that is not JSON")
        self.at = word.end()
        return _WORDS[word.group()]

    def next(self) -> str:
        self.skip()
        if self.at >= len(self.text):
            raise self.wrong("ends too early")
        return self.text[self.at]

    def skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def here(self) -> int:
        if self.at < self.counted_to:
            return self.text.count("\n", 0, self.at) + 1
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.line

    def wrong(self, reason: str, remedy: str = "correct the JSON there") -> InvalidDefinition:
        return refuse(self.path, self.here(), "", reason, remedy)
