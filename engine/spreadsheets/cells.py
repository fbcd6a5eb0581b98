"""Read one cell as the answer to a question: what would be typed into its inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine import spans
from engine.forms import Field, Option
from engine.spans import days
from engine.spreadsheets.columns import Column, fold
from engine.spreadsheets.sheet import ACROSS, FORMULA, MERGED, MISTAKE, WORKED_OUT

#: Why a cell cannot be taken.
NO_DAY, NO_MONTH, NO_TIME, NO_NUMBER = "no_day", "no_month", "no_time", "no_number"
NO_CHOICE, NO_YES, NO_TICK = "no_choice", "no_yes", "no_tick"
#: Why a cell that is taken should be looked at, beside what `days` says.
LOST_LETTER = "lost_letter"
#: Among dates in order this one is not, and would be with the month first.
OUT_OF_ORDER = "out_of_order"
#: So many years back, two digits of a year say in which century something happened.
SURE_YEARS = 20

_YES = frozenset(["yes", "y", "true", "1", "ie", "ydy", "ydw", "oes", "do", "cywir", "gwir"])
_NO = frozenset(
    ["no", "n", "false", "0", "na", "nage", "nac ydy", "nac ydw", "nag oes", "naddo", "gau"]
)
_TICKS = frozenset({"x", "✓", "✔", "☑", "☒", "*"})
_NOT_TICKED = frozenset({"☐", "-", "–"})
#: A question mark inside a word, or the sign for what could not be read.
_LOST_LETTER = re.compile(r"\w\?\w|\ufffd|(?:^|\s)\?[^\W\d_]")


@dataclass(frozen=True)
class Typed:
    """What would be typed, by the end of the input's name ("" for the input of the field itself);
    why it should be looked at; or why nothing can be taken.
    """

    inputs: Mapping[str, list[str]] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Around:
    """What stands around the cells of a column: today, and what its dates say about their order."""

    today: date
    order: str = ""


def read_cell(column: Column, text: str, mark: str, around: Around) -> Typed:
    """Return what is taken of a cell; nothing of an empty one."""
    if mark in (FORMULA, MISTAKE, ACROSS):
        return Typed(refused=mark)
    if not text.strip():
        return Typed()
    read = _READ.get(column.entry.subtype or column.entry.type, _text)
    typed = _person(column, text) if column.part else read(column.entry, text, around)
    doubts = typed.doubts
    if _LOST_LETTER.search(text):
        doubts = (*doubts, LOST_LETTER)
    if mark in (MERGED, WORKED_OUT):
        doubts = (*doubts, mark)
    return Typed(typed.inputs, () if typed.refused else doubts, typed.refused)


def _text(entry: Field, text: str, _around: Around) -> Typed:
    lines = text if entry.type == "textarea" else " ".join(text.split())
    return Typed({"": [lines]})


def _person(column: Column, text: str) -> Typed:
    return Typed({f"-{column.part}": [" ".join(text.split())]})


def _number(entry: Field, text: str, _around: Around) -> Typed:
    found = re.fullmatch(r"[-\u2212]?\s*£?\s*[0-9][0-9, \u00a0]*(?:\.[0-9]+)?", text.strip())
    if found is None:
        return Typed(refused=NO_NUMBER)
    return Typed({"": [found[0].replace("\u2212", "-")]})


def _date(_entry: Field, text: str, around: Around) -> Typed:
    found = days.read_day(text, today=around.today, order=around.order)
    if found is None or found.day is None:
        return Typed(refused=NO_DAY)
    return Typed(_boxes(found.day, "day", "month", "year"), found.doubts)


def _month(_entry: Field, text: str, around: Around) -> Typed:
    found = days.read_month(text, today=around.today, order=around.order)
    if found is None or found.day is None:
        return Typed(refused=NO_MONTH)
    return Typed(_boxes(found.day, "month", "year"), found.doubts)


def _span(_entry: Field, text: str, around: Around) -> Typed:
    """Read a date that need not be exact; what says no date is left for the form to ask about."""
    heard = spans.understand(text, today=around.today, order=around.order)
    if heard.span is None:
        return Typed({"": [" ".join(text.split())]})
    latest = heard.span.latest or heard.span.earliest
    doubts = heard.doubts
    if latest and around.today.year - SURE_YEARS <= latest.year <= around.today.year:
        doubts = tuple(doubt for doubt in doubts if doubt != days.SHORT_YEAR)
    return Typed({"": [heard.span.edtf]}, doubts)


def _boxes(day: date, *names: str) -> dict[str, list[str]]:
    return {f"-{name}": [str(getattr(day, name))] for name in names}


def _time(_entry: Field, text: str, _around: Around) -> Typed:
    found = days.read_time(text)
    if found is None:
        return Typed(refused=NO_TIME)
    return Typed({"": [found.time]}, found.doubts)


def _choice(entry: Field, text: str, _around: Around) -> Typed:
    option = _option(entry, text)
    if option is not None:
        return Typed({"": [option.value]})
    if entry.is_yes_no:
        said = fold(text)
        if said in _YES or said in _NO:
            return Typed({"": ["yes" if said in _YES else "no"]})
        return Typed(refused=NO_YES)
    return Typed(refused=NO_CHOICE)


def _several(entry: Field, text: str, _around: Around) -> Typed:
    for separators in ("\n", ";\n", ";,\n"):
        pieces = [one for one in re.split(f"[{separators}]", text) if one.strip()]
        found = [_option(entry, piece) for piece in pieces]
        if all(found):
            return Typed({"": [option.value for option in found if option]})
    return Typed(refused=NO_CHOICE)


def _option(entry: Field, text: str) -> Option | None:
    """Return the option that a text names by its value or its words in either language."""
    said = fold(text)
    names = [
        (option, {fold(option.value), fold(option.text.en), fold(option.text.cy)})
        for option in entry.options
    ]
    found = [option for option, words in names if said in words]
    return found[0] if len(found) == 1 else next((o for o in found if o.value == text), None)


def _tick(entry: Field, text: str, _around: Around) -> Typed:
    said, sign = fold(text), text.strip().lower()
    labels = {fold(entry.label(language)) for language in ("en", "cy")}
    if sign in _TICKS or said in _YES or said in labels:
        return Typed({"": ["true"]})
    if sign in _NOT_TICKED or said in _NO:
        return Typed()
    return Typed(refused=NO_TICK)


_READ: dict[str, Callable[[Field, str, Around], Typed]] = {
    "number": _number,
    "date": _date,
    "month": _month,
    "span": _span,
    "time": _time,
    "select": _choice,
    "radio": _choice,
    "checklist": _several,
    "checkbox": _tick,
}
