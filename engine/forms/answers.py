"""Read one answer, as typed into a page or as JSON, into the value a document keeps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine import spans
from engine.forms.definition import Field
from engine.forms.inputs import NO, PERSON_PARTS, TICKED, YES
from engine.forms.values import json_number
from engine.spans import days, time_of_day

MAX_LENGTH = {"textfield": 1_000, "textarea": 50_000}
MAX_PART = 300
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
MAX_DIGITS = 15

_WHOLE = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"(-?)£?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+))(\.[0-9]+)?")
#: A host is given as a name with a dot; user names and other schemes lead people astray.
_WEB = re.compile(
    r"https?://[\w-]+(?:\.[\w-]+)+(?::[0-9]{1,5})?(?:[/?#][^\s<>\"\\]*)?", re.IGNORECASE
)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(?:\.[^@\s,;<>.]+)*\.[^@\s,;<>.]{2,24}")
_SPACES = re.compile(r"[ \t\u00a0\u2009\u202f]+")


#: Years of two digits are asked for again, so that it does not matter which day it is.
_NO_DAY = date(2000, 1, 1)
#: What is asked for again of a date that could be read; in an upload it is only pointed out.
_UNCLEAR = {
    days.SHORT_YEAR: spans.TWO_DIGITS,
    days.MONTH_FIRST: "monthFirst",
    days.COUNTED: "type",
    days.TIME_LEFT_OUT: "timeOfSeveral",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer: the rule, the part of the input, and the limit if any.

    `limit` is a number, a list of kinds, or a day as YYYY-MM-DD; that of `noSuchDay` is the day
    that was typed. `over` is by how many characters a text is too long.
    """

    rule: str
    part: str = ""
    limit: str = ""
    over: int = 0


@dataclass(frozen=True)
class UploadRef:
    """A file that the caller has already taken in."""

    id: str
    name: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """Return what a document keeps of it."""
        return {"upload": self.id, "name": self.name, "size": self.size}


@dataclass(frozen=True)
class Answer:
    """What was read: a JSON value, or None for nothing, or the problem with it."""

    value: Any = None
    problem: Problem | None = None


NOTHING = Answer()
UNREADABLE = Answer(problem=Problem("type"))


def length(text: str) -> int:
    """Count a text as a browser counts it: in UTF-16 units, a line end as one."""
    return len(text) + sum(character > "\uffff" for character in text)


def limit_of(entry: Field) -> int:
    """Return how long an answer may be at most."""
    own = entry.validate.max_length
    return MAX_LENGTH.get(entry.type, MAX_PART) if own is None else own


def read_text(entry: Field, typed: str) -> Answer:
    """Read a line or paragraphs; too long or holding control characters is a problem."""
    limit = limit_of(entry)
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    if len(typed) > 2 * limit + 1_000:
        return Answer(problem=too_long(text.strip(), limit))
    if entry.type != "textarea":
        text = text.replace("\t", " ")
    if not is_clean(text, lines=entry.type == "textarea"):
        return Answer(problem=Problem("characters"))
    text = text.strip()
    if length(text) > limit:
        return Answer(problem=too_long(text, limit))
    return _of_its_kind(entry, text) if text and entry.kind else Answer(text or None)


def too_long(text: str, limit: int, part: str = "") -> Problem:
    """Return the problem that a text has more characters than its limit, and by how many."""
    return Problem("maxLength", part, str(limit), over=max(length(text) - limit, 0))


def _of_its_kind(entry: Field, text: str) -> Answer:
    """Return a web address with its scheme, or an email address, or the problem that it is none."""
    if entry.kind == "web":
        whole = f"https://{text}" if text.lower().startswith("www.") else text
        return Answer(whole) if _WEB.fullmatch(whole) else UNREADABLE
    if entry.kind == "email":
        return Answer(text) if _EMAIL.fullmatch(text) else UNREADABLE
    return Answer(text)


def is_clean(text: str, *, lines: bool = False) -> bool:
    """Say whether a text is free of NUL, control characters and halves of characters."""
    allowed = "\n\t" if lines else ""
    return not any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in allowed
        for character in text
    )


def read_number(entry: Field, typed: str) -> Answer:
    """Read a number with commas, spaces or a pound sign in it."""
    if len(typed) > 60:
        return UNREADABLE
    match = _NUMBER.fullmatch(_SPACES.sub("", typed))
    if match is None:
        return UNREADABLE
    sign, whole, rest = match.groups()
    return number_answer(entry, Decimal(f"{sign}{whole.replace(',', '')}{rest or ''}"))


def number_answer(entry: Field, found: Decimal) -> Answer:
    """Return a number as JSON, if it has no more digits than the field allows."""
    digits = f"{abs(found):f}".replace(".", "").lstrip("0")
    _, _, decimals = f"{found.normalize():f}".partition(".")
    if len(digits) > MAX_DIGITS:
        return UNREADABLE
    if entry.decimal_digits is not None and len(decimals) > entry.decimal_digits:
        return Answer(problem=Problem("decimals", limit=str(entry.decimal_digits)))
    return Answer(json_number(found))


def read_date(entry: Field, typed: Mapping[str, str]) -> Answer:
    """Read the boxes of a date or a month; the problem names the first box that is wrong."""
    names = ("day", "month", "year") if entry.subtype == "date" else ("month", "year")
    texts = {name: typed.get(name, "").strip()[:20] for name in names}
    if not any(texts.values()):
        return NOTHING
    for name in names:
        if not texts[name]:
            return Answer(problem=Problem("type", part=name))
    for name, fits in (
        ("day", _fits(1, 31)),
        ("month", _fits(1, 12)),
        ("year", _fits(EARLIEST_YEAR, LATEST_YEAR)),
    ):
        if name in texts and not fits(texts[name]):
            return Answer(problem=Problem("type", part=name))
    day = int(texts.get("day", "1"))
    try:
        found = date(int(texts["year"]), int(texts["month"]), day)
    except ValueError:
        typed_day = f"{int(texts['year']):04}-{int(texts['month']):02}-{day:02}"
        return Answer(problem=Problem("noSuchDay", part="day", limit=typed_day))
    return Answer(found.isoformat() if "day" in texts else found.isoformat()[:7])


def _fits(low: int, high: int) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        return _WHOLE.fullmatch(text) is not None and low <= int(text) <= high

    return fits


def read_time(typed: str) -> Answer:
    """Read a time of day, on the 24-hour clock or with am or pm (yb, yp or yh in Welsh)."""
    found = time_of_day(typed)
    return Answer(found) if found else UNREADABLE


def read_span(typed: str) -> Answer:
    """Read a date that need not be exact, in words of either language or as EDTF.

    A day comes before its month here; what would have to be guessed is a problem that says so.
    """
    heard = spans.understand(typed, today=_NO_DAY)
    if heard.why:
        return Answer(problem=Problem(heard.why))
    unclear = next((rule for doubt, rule in _UNCLEAR.items() if doubt in heard.doubts), "")
    return Answer(problem=Problem(unclear)) if unclear else span_answer(heard.span)


def span_answer(span: spans.Span | None) -> Answer:
    """Return a span as EDTF."""
    return UNREADABLE if span is None else Answer(span.edtf)


def read_choice(entry: Field, typed: str) -> Answer:
    """Read a choice: one of the options, or true and false for a yes-or-no question."""
    if entry.is_yes_no:
        return Answer(typed == YES) if typed in (YES, NO) else UNREADABLE
    return Answer(typed) if entry.option(typed) else UNREADABLE


def read_several(entry: Field, typed: list[str]) -> Answer:
    """Read the boxes ticked, in the order in which they are offered."""
    chosen = {value for value in typed if value}
    if not chosen <= {option.value for option in entry.options}:
        return UNREADABLE
    return Answer([option.value for option in entry.options if option.value in chosen] or None)


def read_tick(typed: str) -> Answer:
    """Read a single box."""
    return Answer(typed == TICKED) if typed in ("", TICKED) else UNREADABLE


def read_person(entry: Field, typed: Mapping[str, str]) -> Answer:
    """Read a person's lines; whoever is described must be named, and where asked their role."""
    names = PERSON_PARTS if entry.contact else PERSON_PARTS[:2]
    found = {}
    for name in names:
        text = typed.get(name, "")
        if len(text) > 2 * MAX_PART or length(text.strip()) > MAX_PART:
            return Answer(problem=too_long(text.strip(), MAX_PART, name))
        text = text.replace("\t", " ")
        if not is_clean(text):
            return Answer(problem=Problem("characters", part=name))
        found[name] = text.strip()
    if not any(found.values()):
        return NOTHING
    if not found["name"]:
        return Answer(problem=Problem("type", part="name"))
    if entry.designated and not found["designation"]:
        return Answer(problem=Problem("designation", part="designation"))
    return Answer(found)
