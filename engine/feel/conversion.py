"""Carry FEEL values into JSON and back, and read what forms hold as a FEEL type."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import budget, temporal
from engine.feel.budget import bound_depth
from engine.feel.builtins.texts import format_number
from engine.feel.errors import FeelTooMuch
from engine.feel.values import Months, Range, Value, adopt, finite

MAX_PARTS = 100_000


def to_json(value: Value) -> Any:
    """Return a value as JSON that `from_json` turns back into the same value.

    Null, booleans, texts and lists stand for themselves. Everything else is an object with one
    entry, whose key is the FEEL type: `{"number": "1.50"}`, `{"date": "2026-05-01"}`,
    `{"context": {...}}`.

    Raises:  FeelTooMuch, where a value has more than 100,000 parts.
    """
    return _to_json(value, [MAX_PARTS], 0)


def _to_json(value: Value, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise FeelTooMuch(reason=f"a value has more than {MAX_PARTS:,} parts")
    if type(value) is str:
        return value
    bound_depth(depth)
    if isinstance(value, list | tuple):
        return [_to_json(item, left, depth + 1) for item in value]
    if isinstance(value, Mapping):
        entries = {str(key): _to_json(entry, left, depth + 1) for key, entry in value.items()}
        return {"context": entries}
    value = adopt(value)
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is Range:
        ends = [_to_json(value.low, left, depth + 1), _to_json(value.high, left, depth + 1)]
        return {"range": [*ends, value.low_included, value.high_included]}
    return _WRITE[kind](value)


def _write_duration(length: timedelta) -> Any:
    return {"days and time duration": temporal.format_duration(length)}


def _write_date_time(moment: datetime) -> Any:
    text = temporal.format_date_time(moment)
    # The second of the two hours when clocks go back.
    return {"date and time": [text, 1] if moment.fold else text}


def _write_time(moment: time) -> Any:
    text = temporal.format_time(moment)
    return {"time": [text, 1] if moment.fold else text}


_WRITE: dict[type, Callable[[Any], Any]] = {
    Decimal: lambda number: {"number": str(number)},
    date: lambda day: {"date": day.isoformat()},
    time: _write_time,
    datetime: _write_date_time,
    Months: lambda length: {"years and months duration": temporal.format_duration(length)},
    timedelta: _write_duration,
}


def from_json(source: Any) -> Value:
    """Return the value that `to_json` wrote.

    Raises:  ValueError, where the JSON is not of that shape.
    """
    if type(source) is str:
        return source
    if isinstance(source, list):
        return [from_json(item) for item in source]
    if not isinstance(source, dict):
        if source is None or isinstance(source, bool | str):
            return source
        raise ValueError(f"not a FEEL value in JSON: {source!r}")
    if len(source) != 1:
        raise ValueError(f"not a FEEL value in JSON: {json.dumps(source)[:100]}")
    ((kind, content),) = source.items()
    try:
        value = _READ[kind](content) if kind in _READ else None
    except (TypeError, IndexError, AttributeError):
        value = None
    if value is None:
        raise ValueError(f"not a FEEL value in JSON: {json.dumps(source)[:100]}")
    return value


def _read_number(text: object) -> Value:
    if not isinstance(text, str):
        return None
    try:
        return finite(Decimal(text))
    except InvalidOperation:
        return None


def _read_range(parts: list[Any]) -> Value:
    low, high, low_included, high_included = parts
    return Range(from_json(low), from_json(high), bool(low_included), bool(high_included))


def _folded(parse: Callable[[str], Any]) -> Callable[[Any], Value]:
    def read(content: Any) -> Value:
        if isinstance(content, str):
            return parse(content)
        moment = parse(content[0])
        return None if moment is None else moment.replace(fold=content[1])

    return read


def _read_context(entries: dict[str, Any]) -> Value:
    # Most of what a case holds is texts in rows, of which there may be thousands.
    return {
        key: entry if type(entry) is str else from_json(entry) for key, entry in entries.items()
    }


_READ: dict[str, Callable[[Any], Value]] = {
    "number": _read_number,
    "date": temporal.parse_date,
    "time": _folded(temporal.parse_time),
    "date and time": _folded(temporal.parse_date_time),
    "years and months duration": temporal.parse_duration,
    "days and time duration": temporal.parse_duration,
    "range": _read_range,
    "context": _read_context,
}


def convert(value: object, feel_type: str) -> Value:
    """Return what a form or table holds as a value of a FEEL type; null where it is none.

    Takes:   `2026-05-01` for a date, `14:30` for a time, numbers and texts of numbers for a
             number, yes and no beside true and false for a boolean; an empty text is null.
    Raises:  ValueError, for a type that does not exist.
    """
    reader = _CONVERT.get(feel_type)
    if reader is None:
        raise ValueError(f"there is no FEEL type {feel_type!r}")
    token = budget.begin()
    try:
        adopted = adopt(value)
    finally:
        budget.end(token)
    if adopted is None or (type(adopted) is str and not adopted.strip()):
        return None
    return reader(adopted)


def _same(*kinds: type) -> Callable[[Value], Value]:
    return lambda value: value if type(value) in kinds else None


def _convert_string(value: Value) -> Value:
    if type(value) is Decimal:
        return format_number(value)
    if type(value) is bool:
        return "true" if value else "false"
    return value if type(value) is str else None


def _convert_number(value: Value) -> Value:
    if type(value) is Decimal:
        return value
    if type(value) is not str or len(value) > 100 or "_" in value:
        return None
    return _read_number(value.strip())


def _convert_boolean(value: Value) -> Value:
    if type(value) is bool:
        return value
    words = {"true": True, "false": False, "yes": True, "no": False}
    return words.get(value.strip().lower()) if type(value) is str else None


def _convert_date(value: Value) -> Value:
    if type(value) is datetime:
        return value.date()
    return temporal.parse_date(value.strip()) if type(value) is str else _same(date)(value)


def _convert_time(value: Value) -> Value:
    if type(value) is not str:
        return _same(time)(value)
    text = value.strip()
    return temporal.parse_time(text) or temporal.parse_time(f"{text}:00")


def _convert_date_time(value: Value) -> Value:
    if type(value) is date:
        return datetime.combine(value, time())
    if type(value) is not str:
        return _same(datetime)(value)
    text = value.strip().replace(" ", "T", 1)
    return temporal.parse_date_time(text) or temporal.parse_date_time(f"{text}:00")


def _convert_duration(kind: type) -> Callable[[Value], Value]:
    def read(value: Value) -> Value:
        length = temporal.parse_duration(value.strip()) if type(value) is str else value
        return length if type(length) is kind else None

    return read


_CONVERT: dict[str, Callable[[Value], Value]] = {
    "Any": lambda value: value,
    "any": lambda value: value,
    "string": _convert_string,
    "number": _convert_number,
    "boolean": _convert_boolean,
    "date": _convert_date,
    "time": _convert_time,
    "date and time": _convert_date_time,
    "years and months duration": _convert_duration(Months),
    "days and time duration": _convert_duration(timedelta),
    "list": lambda value: value if type(value) is list else [value],
    "context": _same(dict),
}
