"""The functions on texts, and those that make a text of something else."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.feel import temporal
from engine.feel.budget import bound_depth, bound_text, spend
from engine.feel.builtins.registry import builtin
from engine.feel.patterns import Pattern, compile_pattern
from engine.feel.values import Months, Range, Value

_LONGEST_PLAIN_NUMBER = 60


@builtin("substring", "string: string", "start position: whole", "length?: whole")
def substring(text: str, start: int, length: int | None = None) -> Value:
    """Return a part of a text from a place, counted from 1 or, negative, from the end."""
    if start == 0 or (length is not None and length < 1):
        return None
    first = start - 1 if start > 0 else max(len(text) + start, 0)
    return text[first:] if length is None else text[first : first + length]


@builtin("string length", "string: string")
def string_length(text: str) -> Decimal:
    """Return how many characters a text has."""
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(text: str) -> str:
    """Return a text in capitals."""
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(text: str) -> str:
    """Return a text in small letters."""
    return text.lower()


@builtin("trim", "string: string")
def trim(text: str) -> str:
    """Return a text without the space around it."""
    return text.strip()


@builtin("substring before", "string: string", "match: string")
def substring_before(text: str, match: str) -> str:
    """Return what stands before a text's first occurrence of another; nothing if there is none."""
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(text: str, match: str) -> str:
    """Return what stands after a text's first occurrence of another; nothing if there is none."""
    return text.partition(match)[2] if match else text


@builtin("contains", "string: string", "match: string")
def contains(text: str, match: str) -> bool:
    """Return whether a text stands in another."""
    return match in text


@builtin("starts with", "string: string", "match: string")
def starts_with(text: str, match: str) -> bool:
    """Return whether a text begins with another."""
    return text.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(text: str, match: str) -> bool:
    """Return whether a text ends with another."""
    return text.endswith(match)


@builtin("matches", "input: string", "pattern: string", "flags?: string")
def matches(text: str, pattern: str, flags: str = "") -> bool:
    """Return whether a pattern occurs in a text."""
    return compile_pattern(pattern, flags or "").search(text) is not None


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags?: string")
def replace(text: str, pattern: str, replacement: str, flags: str = "") -> Value:
    """Return a text with every match replaced; $1 to $9 stand for the pattern's groups."""
    compiled = compile_pattern(pattern, flags or "")
    if compiled.search("") is not None:
        return None
    pieces: list[str] = []
    place = length = 0
    for found in compiled.each(text):
        pieces += [text[place : found[0]], _expand(replacement, text, found)]
        length += len(pieces[-1])
        bound_text(length)
        place = found[1]
    return "".join([*pieces, text[place:]])


def _expand(replacement: str, text: str, found: tuple[int, ...]) -> str:
    pieces: list[str] = []
    characters = iter(replacement)
    for character in characters:
        if character not in "$\\":
            pieces.append(character)
            continue
        following = next(characters, "")
        if character == "\\":
            if following not in ("$", "\\"):
                raise ValueError("a backslash stands alone")
            pieces.append(following)
        elif following not in tuple("0123456789"):
            raise ValueError("a dollar sign stands alone")
        elif int(following) * 2 + 1 < len(found) and found[int(following) * 2 + 1] >= 0:
            pieces.append(text[found[int(following) * 2] : found[int(following) * 2 + 1]])
    spend(len(replacement) >> 3)
    return "".join(pieces)


@builtin("split", "string: string", "delimiter: string")
def split(text: str, delimiter: str) -> Value:
    """Return the parts of a text between the matches of a pattern."""
    compiled: Pattern = compile_pattern(delimiter)
    if compiled.search("") is not None:
        return None
    parts: list[str] = []
    place = 0
    for found in compiled.each(text):
        parts.append(text[place : found[0]])
        place = found[1]
    return [*parts, text[place:]]


@builtin("string join", "list: list", "delimiter?: any")
def string_join(items: list[Value], delimiter: Value = None) -> Value:
    """Return texts as one, with a delimiter between them; nulls are left out."""
    texts = [item for item in items if item is not None]
    if any(type(text) is not str for text in texts) or type(delimiter) not in (str, type(None)):
        return None
    between = delimiter or ""
    bound_text(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


@builtin("string", "from: any")
def to_string(value: Value) -> str | None:
    """Return the text that FEEL gives for a value."""
    if value is None or type(value) is str:
        return value
    pieces: list[str] = []
    _write(pieces, value, 0)
    bound_text(sum(map(len, pieces)))
    return "".join(pieces)


def format_number(number: Decimal) -> str:
    """Return a number without exponent or needless zeros, unless it would be very long."""
    if not number:
        return "0"
    if abs(number.adjusted()) > _LONGEST_PLAIN_NUMBER:
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _write(pieces: list[str], value: Value, depth: int) -> None:
    """Write a value inside another, where texts stand in quotes."""
    bound_depth(depth)
    spend(1)
    if type(value) is list:
        _write_all(pieces, "[", [("", item) for item in value], "]", depth)
    elif type(value) is dict:
        entries = [(f"{_key(key)}: ", entry) for key, entry in value.items()]
        _write_all(pieces, "{", entries, "}", depth)
    elif type(value) is Range:
        _write_range(pieces, value, depth)
    else:
        pieces.append(_scalar(value))


def _key(name: str) -> str:
    return name if name.isidentifier() else _quote(name)


def _write_all(
    pieces: list[str], opening: str, entries: list[tuple[str, Value]], closing: str, depth: int
) -> None:
    pieces.append(opening)
    for number, (label, value) in enumerate(entries):
        pieces.append((", " if number else "") + label)
        _write(pieces, value, depth + 1)
    pieces.append(closing)


def _write_range(pieces: list[str], interval: Range, depth: int) -> None:
    pieces.append("[" if interval.low_included else "(")
    _write(pieces, interval.low, depth + 1)
    pieces.append("..")
    _write(pieces, interval.high, depth + 1)
    pieces.append("]" if interval.high_included else ")")


def _quote(text: str) -> str:
    spend(len(text) >> 3)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _scalar(value: Value) -> str:
    if value is None or type(value) is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if type(value) is str:
        return _quote(value)
    if type(value) is Decimal:
        return format_number(value)
    if type(value) is datetime:
        return temporal.format_date_time(value)
    if type(value) is date:
        return value.isoformat()
    if type(value) is time:
        return temporal.format_time(value)
    length: Months | timedelta = value
    return temporal.format_duration(length)
