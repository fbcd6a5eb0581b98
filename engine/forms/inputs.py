"""Name the inputs of a form, and write a document's values back into them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from engine.forms.definition import Field, Form
from engine.forms.values import ROW_KEY, json_number, number

YES, NO, TICKED = "yes", "no", "true"

#: Marks a row that is to go (`parents-0-_remove`), where a page has a box for it.
ROW_REMOVE = "_remove"

PERSON_PARTS = ("name", "designation", "contact")
ROW_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,4})")
_DATE_PARTS = {"date": ("day", "month", "year"), "month": ("month", "year")}


def input_name(prefix: str, entry: Field) -> str:
    """Return the name of a field's input: its key, behind `rows-0-` inside rows."""
    return f"{prefix}{entry.key}"


def row_prefix(name: str, index: int) -> str:
    """Return what the names of all inputs in one row start with."""
    return f"{name}-{index}-"


def parts(entry: Field) -> tuple[str, ...]:
    """Return the parts into which an input is split: boxes of a date, lines of a person."""
    if entry.type == "datetime":
        return _DATE_PARTS.get(entry.subtype, ())
    if entry.type == "adolyguPerson":
        return PERSON_PARTS if entry.contact else PERSON_PARTS[:2]
    return ()


def control_of(entry: Field, name: str) -> str:
    """Return the id of the control at which an error of a whole field points."""
    split = parts(entry)
    return f"{name}-{split[0]}" if split else name


def unknown_inputs(form: Form, sections: Collection[str], posted: Iterable[str]) -> frozenset[str]:
    """Return those of some input names that no field of these sections of a form has."""
    fields = [field for part in form.sections if part.id in sections for field in part.fields]
    return frozenset(name for name in posted if not _is_known(fields, name))


def of_sections(
    form: Form, sections: Collection[str], posted: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Return those of some inputs that fields of these sections of a form have."""
    fields = [field for part in form.sections if part.id in sections for field in part.fields]
    return {name: texts for name, texts in posted.items() if _is_known(fields, name)}


def _is_known(fields: Iterable[Field], name: str) -> bool:
    key, behind, rest = name.partition("-")
    entry = next((one for one in fields if one.key and one.key == key), None)
    if entry is None:
        return False
    if entry.is_rows:
        index, dash, inside = rest.partition("-")
        of_row = inside in (ROW_KEY, ROW_REMOVE) or _is_known(entry.columns, inside)
        return bool(dash and ROW_INDEX.fullmatch(index) and of_row)
    if entry.type == "filepicker":
        return not behind or rest == "kept"
    split = parts(entry)
    return rest in split if split else not behind


def to_posted(
    form: Form, sections: Collection[str], values: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return what a browser would send for these values; `clean` gives the values back.

    Takes:   values, {section: {key: JSON}}.
    """
    posted: dict[str, list[str]] = {}
    for section in form.sections:
        if section.id in sections:
            posted.update(_fields(section.fields, "", values.get(section.id, {})))
    return posted


def with_standing(
    form: Form,
    sections: Collection[str],
    posted: Mapping[str, list[str]],
    shown: Mapping[str, list[str]],
) -> dict[str, list[str]]:
    """Return what was typed, and beside it what stands in the fields in which nobody types.

    A browser does not send those; a page that is shown again has to show them all the same. Rows
    are known again by their key.

    Takes:   shown, the inputs of the page as it is before anybody types.
    """
    fields = [field for part in form.sections if part.id in sections for field in part.fields]
    return {**posted, **dict(_standing(fields, posted, "", shown, ""))}


def _standing(
    fields: Iterable[Field],
    posted: Mapping[str, list[str]],
    prefix: str,
    shown: Mapping[str, list[str]],
    shown_prefix: str,
) -> Iterator[tuple[str, list[str]]]:
    for entry in fields:
        if not entry.key:
            continue
        name, own = input_name(prefix, entry), input_name(shown_prefix, entry)
        if entry.readonly:
            for found in _inputs_of(entry, own, shown):
                yield name + found.removeprefix(own), shown[found]
        elif entry.is_rows:
            by_key = _rows_by_key(shown, own)
            for key, row in _rows_by_key(posted, name).items():
                if key in by_key:
                    yield from _standing(entry.columns, posted, row, shown, by_key[key])


def _inputs_of(entry: Field, name: str, shown: Mapping[str, list[str]]) -> list[str]:
    """Return the inputs that a field has on a page."""
    if entry.is_rows:
        return [found for found in shown if found.startswith(f"{name}-")]
    # Looked up, for there may be thousands of rows with as many read-only columns.
    named = [name, *(f"{name}-{part}" for part in (*parts(entry), "kept"))]
    return [found for found in named if found in shown]


def _rows_by_key(posted: Mapping[str, list[str]], name: str) -> dict[str, str]:
    """Return what the inputs of each row of a list start with, by the key of the row."""
    pattern = re.compile(rf"({re.escape(name)}-{ROW_INDEX.pattern}-){ROW_KEY}")
    found = ((pattern.fullmatch(each), texts) for each, texts in posted.items())
    return {texts[0]: match[1] for match, texts in found if match and texts and texts[0]}


def _fields(
    fields: tuple[Field, ...], prefix: str, values: Mapping[str, Any]
) -> Iterator[tuple[str, list[str]]]:
    for entry in fields:
        value = values.get(entry.key) if entry.key else None
        if value is None or entry.type in ("expression", "text", "adolyguLink"):
            continue
        name = input_name(prefix, entry)
        if entry.is_rows:
            yield from _rows(entry, name, value)
        else:
            yield from _one(entry, name, value)


def _rows(entry: Field, name: str, rows: Any) -> Iterator[tuple[str, list[str]]]:
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, Mapping):
            prefix = row_prefix(name, index)
            yield f"{prefix}{ROW_KEY}", [str(row.get(ROW_KEY, ""))]
            yield from _fields(entry.columns, prefix, row)


def _one(entry: Field, name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    split = parts(entry)
    if split:
        texts = _split(entry, value)
        yield from ((f"{name}-{part}", [texts.get(part, "")]) for part in split)
    elif entry.type == "filepicker":
        if isinstance(value, Mapping) and value.get("upload"):
            yield f"{name}-kept", [str(value["upload"])]
    elif entry.type == "adolyguSignature":
        yield name, [TICKED]
    else:
        yield name, _texts(entry, value)


def _split(entry: Field, value: Any) -> dict[str, str]:
    if entry.type == "adolyguPerson":
        known = value if _is_map(value) else {}
        return {part: "" if text is None else str(text) for part, text in known.items()}
    digits = str(value).split("-")
    names = ("year", "month", "day")
    return {name: part.lstrip("0") for name, part in zip(names, digits, strict=False)}


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _texts(entry: Field, value: Any) -> list[str]:
    if isinstance(value, bool):
        if entry.is_yes_no:
            return [YES if value else NO]
        return [TICKED] if value else []
    if isinstance(value, list):
        return [str(each) for each in value]
    if entry.type == "number":
        found = number(value)
        if found is None:
            return [str(value)]
        pence = entry.is_money and found != found.to_integral_value()
        return [f"{found:.2f}" if pence else _digits(json_number(found))]
    return [str(value)]


def _digits(value: int | float) -> str:
    """Write a number without an exponent, which nobody types."""
    return str(value) if isinstance(value, int) else f"{number(value):f}"
