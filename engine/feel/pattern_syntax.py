"""Read the syntax of patterns, the part of XPath's that needs no going back."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_PATTERN = 500
MAX_NESTING = 20
MAX_REPEAT = 500

_Test = Callable[[str], bool]
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL = frozenset("\\|.?*+(){}[]^$-/")


class BadPattern(ValueError):
    """The pattern cannot be read."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of a set."""

    test: _Test
    ignore_case: bool = False

    def hold(self, character: str) -> bool:
        """Return whether the character is one of the set."""
        if self.test(character):
            return True
        return self.ignore_case and (self.test(character.lower()) or self.test(character.upper()))


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning (`^`) or end (`$`) of the text or line."""

    sign: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways, the earlier ones preferred."""

    ways: list[Part]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times."""

    body: Part
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part in brackets; its number where it is remembered."""

    body: Part
    number: int | None


Part = Characters | Edge | Sequence | Choice | Repeat | Group


def parse_pattern(source: str, flags: str) -> tuple[Part, int]:
    """Return the tree of a pattern and the number of its groups.

    Raises:  BadPattern.
    """
    if len(source) > MAX_PATTERN:
        raise BadPattern(f"it has more than {MAX_PATTERN} characters")
    if "x" in flags:
        source = "".join(source.split())
    reader = _Reader(source, "i" in flags, "s" in flags)
    tree = reader.choice()
    if reader.next:
        raise BadPattern("a ) has no partner")
    return tree, reader.groups


@dataclass(slots=True)
class _Reader:
    source: str
    ignore_case: bool
    dot_takes_all: bool
    place: int = 0
    groups: int = 0
    nesting: int = field(default=0)

    @property
    def next(self) -> str:
        return self.source[self.place : self.place + 1]

    def take(self) -> str:
        character = self.next
        if not character:
            raise BadPattern("it ends too early")
        self.place += 1
        return character

    def skip(self, text: str) -> bool:
        if not self.source.startswith(text, self.place):
            return False
        self.place += len(text)
        return True

    def choice(self) -> Part:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise BadPattern(f"brackets are nested more than {MAX_NESTING} deep")
        ways = [self.sequence()]
        while self.skip("|"):
            ways.append(self.sequence())
        self.nesting -= 1
        return ways[0] if len(ways) == 1 else Choice(ways)

    def sequence(self) -> Part:
        parts: list[Part] = []
        while self.next and self.next not in "|)":
            parts.append(self.repeated(self.part()))
        return Sequence(parts)

    def part(self) -> Part:
        character = self.take()
        if character in "^$":
            return Edge(character)
        if character == "(":
            return self.group()
        if character in "*+?{}]":
            raise BadPattern(f"{character} stands alone; write \\{character} for the sign itself")
        return Characters(self.test(character), self.ignore_case)

    def test(self, character: str) -> _Test:
        if character == "[":
            return self.bracket()
        if character == "\\":
            return self.escape()
        if character == ".":
            return (lambda c: True) if self.dot_takes_all else (lambda c: c not in "\n\r")
        return lambda c: c == character

    def group(self) -> Part:
        number = None
        if self.skip("?:"):
            pass
        elif self.next == "?":
            raise BadPattern("(? is not allowed, save (?:")
        else:
            self.groups += 1
            number = self.groups
        body = self.choice()
        if not self.skip(")"):
            raise BadPattern("a ( has no partner")
        return Group(body, number)

    def repeated(self, part: Part) -> Part:
        if not self.next or self.next not in "*+?{":
            return part
        sign = self.take()
        if sign == "{":
            least, most = self.count()
        else:
            least = 1 if sign == "+" else 0
            most = 1 if sign == "?" else None
        lazy = self.skip("?")
        if self.next and self.next in "*+?{":
            raise BadPattern("a repetition is repeated; put brackets around it")
        return Repeat(part, least, most, lazy)

    def count(self) -> tuple[int, int | None]:
        text = ""
        while self.next != "}":
            text += self.take()
        self.take()
        low, comma, high = text.partition(",")
        if not all(part == "" or (part.isascii() and part.isdigit()) for part in (low, high)):
            raise BadPattern("the numbers in {} cannot be read")
        if not low or len(low) > 4 or len(high) > 4:
            raise BadPattern("the numbers in {} cannot be read")
        most = int(low) if not comma else int(high) if high else None
        if max(int(low), most or 0) > MAX_REPEAT or (most is not None and most < int(low)):
            raise BadPattern(f"the numbers in {{}} must rise and may not pass {MAX_REPEAT}")
        return int(low), most

    def escape(self) -> _Test:
        character = self.take()
        if character in _CONTROL:
            wanted = _CONTROL[character]
            return lambda c: c == wanted
        if character in "pP":
            return self.category(character == "P")
        if character.lower() in _CLASSES:
            test = _CLASSES[character.lower()]
            return (lambda c: not test(c)) if character.isupper() else test
        if character in _SPECIAL:
            return lambda c: c == character
        raise BadPattern(f"\\{character} is not allowed")

    def category(self, negative: bool) -> _Test:
        if not self.skip("{"):
            raise BadPattern("\\p needs a category, such as \\p{L}")
        name = ""
        while self.next != "}":
            name += self.take()
        self.take()
        if name[:1] not in tuple("LMNPSZC") or len(name) > 2:
            raise BadPattern(f"there is no category {name[:20]}")
        return lambda c: unicodedata.category(c).startswith(name) is not negative

    def bracket(self) -> _Test:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise BadPattern(f"brackets are nested more than {MAX_NESTING} deep")
        negative = self.skip("^")
        tests: list[_Test] = []
        without: _Test | None = None
        while not self.skip("]"):
            if tests and self.skip("-["):
                without = self.bracket()
                if self.next != "]":
                    raise BadPattern("what is taken away must stand last in [ ]")
                continue
            tests.append(self.member())
        if not tests:
            raise BadPattern("[] holds nothing")
        self.nesting -= 1
        return _set_of(tests, negative, without)

    def member(self) -> _Test:
        """Read one character, escape or span `a-z` inside square brackets."""
        low = self.take()
        if low == "[":
            raise BadPattern("[ stands inside [ ]; write \\[ for the sign itself")
        if low == "\\":
            if self.next not in _SPECIAL:
                return self.escape()
            low = self.take()
        following = self.source[self.place + 1 : self.place + 2]
        if self.next != "-" or following in ("]", "["):
            return lambda c: c == low
        self.take()
        high = self.take()
        if high == "\\":
            high = self.take()
            if high not in _SPECIAL:
                raise BadPattern("a span ends in a set")
        if high < low:
            raise BadPattern(f"the span {low}-{high} runs backwards")
        return lambda c: low <= c <= high


def _set_of(tests: list[_Test], negative: bool, without: _Test | None) -> _Test:
    def hold(character: str) -> bool:
        if any(test(character) for test in tests) is negative:
            return False
        return without is None or not without(character)

    return hold


def _is_space(character: str) -> bool:
    return character in " \t\n\r"


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _is_name_start(character: str) -> bool:
    return character in ":_" or unicodedata.category(character)[0] == "L"


def _is_name(character: str) -> bool:
    return character in ":_-." or unicodedata.category(character)[0] in "LMN"


_CLASSES: dict[str, _Test] = {
    "s": _is_space,
    "d": _is_digit,
    "w": _is_word,
    "i": _is_name_start,
    "c": _is_name,
}
