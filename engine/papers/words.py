"""Say answers as people read them on paper, in both languages at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from engine import spans, time_source
from engine.forms import Field
from engine.texts import MONTHS, Text, day_in_words, of_both_languages, pounds

NOT_ANSWERED = Text("Not answered", "Heb ei ateb")
TICKED, NOT_TICKED = Text("Ticked", "Wedi’i dicio"), Text("Not ticked", "Heb ei dicio")
YES, NO = Text("Yes", "Oes neu ydy"), Text("No", "Nac oes neu nac ydy")
ROW = Text("Row", "Rhes")
DOCUMENT_OF_CASE = Text("a document of this case", "un o ddogfennau’r achos hwn")
SIGNED_BEFORE = Text(
    "Signed before answers were put right; not signed again.",
    "Llofnodwyd cyn i atebion gael eu cywiro; heb ei lofnodi eto.",
)
#: A box with and without its cross, as printed forms have them.
BOX, EMPTY_BOX = Text("☒", "☒"), Text("☐", "☐")

#: What every paper says of itself.
CASE = Text("Case", "Achos")
ABOUT = Text("About", "Ynghylch")
VERSION = Text("Version", "Fersiwn")
WRITTEN = Text("Recorded", "Cofnodwyd")
RECORDED_BY = Text("Recorded by", "Cofnodwyd gan")
PRINTED = Text("Printed", "Argraffwyd")
PAGE = Text("Page", "Tudalen")
SIGNED_BY = Text("Signed by", "Llofnodwyd gan")
SIGNATURE = Text("Signature", "Llofnod")
DATE = Text("Date", "Dyddiad")
LOGO = Text("Logo of {name}", "Logo {name}")
OWN_COPY = Text(
    "This copy holds what the person who printed it may read.",
    "Mae’r copi hwn yn cynnwys yr hyn y caiff y sawl a’i hargraffodd ei ddarllen.",
)

#: What XML, and so no document of an office, can hold.
_UNWRITABLE = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def typed(value: object) -> Text:
    """Return what somebody wrote, which is the same in both languages."""
    said = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(value))
    return Text(said, said)


def numbered(name: Text, number: int) -> Text:
    """Return a name with a number after it."""
    return Text(f"{name.en} {number}", f"{name.cy} {number}")


def labelled(label: Text, line: Text) -> Text:
    """Return a line of an answer behind its question."""
    en, cy = (f"{said}{'' if said.endswith('?') else ':'}" for said in (label.en, label.cy))
    return Text(f"{en} {line.en}", f"{cy} {line.cy}")


def moment(at: datetime) -> Text:
    """Return an instant as a day and time in Wales."""
    local = at.astimezone(time_source.WALES)
    day, clock = day_in_words(local.date()), f"{local:%H:%M}"
    return Text(f"{day.en} at {clock}", f"{day.cy} am {clock}")


def answer(entry: Field, value: Any, titles: Mapping[str, Text]) -> tuple[Text, ...]:
    """Return the lines of an answer that is no row and no signature; none where there is none.

    Takes:   titles, what each form is called, for links to other documents.
    """
    if value is None or value in ("", []):
        return ()
    if entry.type == "adolyguLink":
        title = titles.get(entry.form, typed(entry.form))
        en, cy = DOCUMENT_OF_CASE.en, DOCUMENT_OF_CASE.cy
        return (Text(f"{title.en} ({en})", f"{title.cy} ({cy})"),)
    if entry.is_money and isinstance(value, int | float):
        return (typed(pounds(value)),)
    return tuple(_READ.get(entry.type, _read_plain)(entry, value))


def _read_plain(entry: Field, value: Any) -> list[Text]:
    if isinstance(value, bool):
        return [TICKED if value else NOT_TICKED]
    if isinstance(value, list):
        return [line for one in value for line in _read_plain(entry, one)]
    if isinstance(value, Mapping):
        return [typed(one) for key, one in value.items() if one and not key.startswith("_")]
    return [typed(line) for line in str(value).splitlines()]


def _read_choice(entry: Field, value: Any) -> list[Text]:
    chosen = value if isinstance(value, list) else [value]
    words = {True: "yes", False: "no"} if entry.is_yes_no else {}
    found = [(one, entry.option(words.get(one, one))) for one in chosen]
    return [option.text if option else typed(one) for one, option in found]


def _read_date(entry: Field, value: Any) -> list[Text]:
    if entry.subtype == "time":
        return [typed(value)]
    if entry.subtype == "span":
        span = spans.read_span(str(value))
        return [spans.say_span(span) if span else typed(value)]
    if entry.subtype == "month":
        year, month = str(value).split("-")[:2]
        name = MONTHS[int(month) - 1]
        return [Text(f"{name.en} {year}", f"{name.cy} {year}")]
    return [day_in_words(date.fromisoformat(str(value)))]


def _read_computed(entry: Field, value: Any) -> list[Text]:
    """Read a result, whose type no field declares: one that is written as a day is a day."""
    if isinstance(value, bool):
        return [YES if value else NO]
    if entry.kind == "bilingual" and isinstance(value, str):
        return [of_both_languages(value)]
    if not isinstance(value, str) or len(value) != len("2026-03-27"):
        return _read_plain(entry, value)
    try:
        return [day_in_words(date.fromisoformat(value))]
    except ValueError:
        return _read_plain(entry, value)


def _read_file(_entry: Field, value: Any) -> list[Text]:
    return [typed(value.get("name", ""))]


_READ: dict[str, Callable[[Field, Any], list[Text]]] = {
    "radio": _read_choice,
    "select": _read_choice,
    "checklist": _read_choice,
    "datetime": _read_date,
    "expression": _read_computed,
    "filepicker": _read_file,
}
