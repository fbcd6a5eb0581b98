"""Turn the JSON values of a document into FEEL values, and FEEL results into JSON values."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from engine import feel, spans, time_source
from engine.feel.temporal import format_duration
from engine.forms.definition import Field, Form

#: The hidden key that every row carries.
ROW_KEY = "_key"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def feel_values(
    form: Form,
    values: Mapping[str, Mapping[str, Any]],
    only: Collection[str] | None = None,
) -> dict[str, feel.Value]:
    """Return every key of a form with its FEEL value; None where nothing is recorded.

    Takes:   values, {section: {key: JSON}} as a document holds them; only, the keys that are
             wanted, for a form may hold thousands of rows that nobody asks for.
    Returns: dates as dates, a month as its first day, spans as EDTF, numbers as Decimal, rows as
             contexts.
    """
    return {
        entry.key: to_feel(entry, values.get(section.id, {}).get(entry.key))
        for section in form.sections
        for entry in section.fields
        if entry.key and (only is None or entry.key in only)
    }


def to_feel(entry: Field, value: Any) -> feel.Value:
    """Return one answer as FEEL sees it; None for what has the wrong shape."""
    if value is None or value == "":
        return None
    if entry.is_rows:
        rows = value if isinstance(value, list) else []
        return [row_to_feel(entry, row) for row in rows if isinstance(row, Mapping)]
    if entry.type == "datetime":
        return _moment(entry.subtype, value)
    if entry.type == "number":
        return number(value)
    if entry.type == "expression":
        return _computed(value)
    if isinstance(value, bool | str):
        return value
    return _plain(value)


def row_to_feel(entry: Field, row: Mapping[str, Any]) -> dict[str, feel.Value]:
    """Return one row as a context with all its columns and its key."""
    context: dict[str, feel.Value] = {
        column.key: to_feel(column, row.get(column.key)) for column in entry.columns if column.key
    }
    key = row.get(ROW_KEY)
    context[ROW_KEY] = key if isinstance(key, str) else None
    return context


def number(value: Any) -> Decimal | None:
    """Return a JSON number as a Decimal with the digits that were typed."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        found = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def json_number(value: Decimal) -> int | float:
    """Return a Decimal as a JSON number: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def to_plain(value: feel.Value, subtype: str = "") -> Any:
    """Return the JSON value with which a document keeps a FEEL result."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, datetime):
        if subtype == "date":
            return time_source.day_of(value).isoformat()
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()[:7] if subtype == "month" else value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")[:5]
    if isinstance(value, list):
        return [to_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: to_plain(entry) for name, entry in value.items()}
    if isinstance(value, timedelta | feel.Months):
        return format_duration(value)
    return None


def _moment(subtype: str, value: Any) -> feel.Value:
    if not isinstance(value, str):
        return None
    try:
        if subtype == "time":
            return time.fromisoformat(value) if _TIME.fullmatch(value) else None
        if subtype == "span":
            return value if spans.read_span(value) else None
        if subtype == "month":
            return date.fromisoformat(f"{value}-01") if _MONTH.fullmatch(value) else None
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _computed(value: Any) -> feel.Value:
    """Read back what `to_plain` wrote; a text in the shape of a date was a date."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        return _moment("date", value)
    return _plain(value)


def _plain(value: Any) -> feel.Value:
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    return None
