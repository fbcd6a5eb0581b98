"""Find inputs by the words of the requirements catalogue, and set them as scenarios write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from engine import spans, time_source
from engine.errors import EngineError
from engine.forms.definition import Field, Form
from engine.forms.examples import BY_ROW, EVERY, EXAMPLE_FILE
from engine.forms.inputs import PERSON_PARTS

_BRACKETS = re.compile(r"\([^()]*\)")
_GAPS = re.compile(r"[\s_\-]+")
_DATE_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_TIME_SHAPE = re.compile(r"[0-9]{1,2}:[0-9]{2}")


class InputNotKnown(EngineError):
    """The form {form} has no input {name}. Use an id of the catalogue that the form carries."""

    status = 422


class InputNotTyped(EngineError):
    """{name} on the form {form} is filled by the system. Set what it is worked out from."""

    status = 422


class TooManyValues(EngineError):
    """{name} on the form {form} has fewer inputs than the values given. Give fewer values."""

    status = 422


@dataclass(frozen=True)
class InputPath:
    """Where an input stands: a field of its own, or a column of rows."""

    fields: tuple[Field, ...]

    @property
    def field(self) -> Field:
        """Return the field itself."""
        return self.fields[-1]

    @property
    def key(self) -> str:
        """Return its key, behind the key of its rows where it is a column."""
        return ".".join(entry.key for entry in self.fields)

    @property
    def is_column(self) -> bool:
        """Say whether it stands in rows."""
        return len(self.fields) > 1


def find_inputs(form: Form, name: str, sections: Collection[str] | None = None) -> list[InputPath]:
    """Return the inputs that a name means, in the catalogue's order; none if it is not known.

    Takes:   name, a catalogue id (`F45.02`), a key, `rows.column`, or the id of a field.
    """
    paths = [
        path
        for section in form.sections
        if sections is None or section.id in sections
        for path in _paths(section.fields, ())
    ]
    ways = (
        [path for path in paths if path.field.catalogue == name],
        [path for path in paths if path.key == name],
        [path for path in paths if path.field.id == name],
        [path for path in paths if path.field.key == name],
    )
    return next((found for found in ways if found), [])


def _paths(fields: tuple[Field, ...], above: tuple[Field, ...]) -> Iterable[InputPath]:
    for entry in fields:
        if entry.has_value:
            yield InputPath((*above, entry))
            yield from _paths(entry.columns, (*above, entry))


def set_by_catalogue(
    form: Form, sections: Collection[str], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return JSON values by key, as `examples` takes them, from values by catalogue id or key.

    Raises:  InputNotKnown, InputNotTyped, TooManyValues.
    Source:  design, section 11, "Values".
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        paths = find_inputs(form, name, sections)
        if not paths:
            raise InputNotKnown(form=form.id, name=name)
        typed = [path for path in paths if path.field.has_input]
        if not typed:
            raise InputNotTyped(form=form.id, name=name)
        _Setting(form, name).set(typed, value, found)
    return found


def read_by_catalogue(form: Form, values: Mapping[str, Mapping[str, Any]], name: str) -> list[Any]:
    """Return what a document holds under a catalogue id or key, one value an input.

    Takes:   values, {section: {key: JSON}}. A column gives the list of its values by row.
    Raises:  InputNotKnown.
    """
    paths = find_inputs(form, name)
    if not paths:
        raise InputNotKnown(form=form.id, name=name)
    found = []
    for path in paths:
        section = form.section_of(path.fields[0].key)
        value: Any = values.get(section.id, {})
        for entry in path.fields:
            value = _inside(value, entry.key)
        found.append(value)
    return found


def _inside(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return [_inside(row, key) for row in value]
    return value.get(key) if isinstance(value, Mapping) else None


@dataclass(frozen=True)
class _Setting:
    form: Form
    name: str

    def set(self, paths: list[InputPath], value: Any, found: dict[str, Any]) -> None:
        """Put a value into the inputs it is meant for."""
        if value == "" and isinstance(value, str):
            for path in paths:
                self._put(path, "", found)
            return
        if not _is_table_list(value):
            paths = _without_lists_of(paths)
        columns = [path for path in paths if path.is_column]
        if len(columns) == len(paths):
            self._set_columns(paths, value, found)
        elif isinstance(value, Mapping) and _is_person_and_more(paths):
            self._by_word(paths, value, found)
        elif isinstance(value, list) and len(paths) > 1 and not _takes_whole(paths, value):
            self._in_order(paths, value, found)
        else:
            path = _first_of_type(paths, value)
            self._put(path, self.convert(path.field, value), found)

    def _by_word(
        self, paths: list[InputPath], words: Mapping[str, Any], found: dict[str, Any]
    ) -> None:
        """Set inputs that share an id by the catalogue's words; a person keeps the rest."""
        fields = [path.field for path in paths if not path.is_column]
        rest = dict(words)
        for word in words:
            called = [] if _plain(word) in PERSON_PARTS else _columns_called(fields, word)
            if called:
                self.set(called, rest.pop(word), found)
        if rest:
            path = _first_of_type(paths, rest)
            self._put(path, self.convert(path.field, rest), found)

    def _in_order(self, paths: list[InputPath], values: list[Any], found: dict[str, Any]) -> None:
        if len(values) > len(paths):
            raise TooManyValues(form=self.form.id, name=self.name)
        for path, value in zip(paths, values, strict=False):
            self._put(path, self.convert(path.field, value), found)

    def _put(self, path: InputPath, value: Any, found: dict[str, Any]) -> None:
        found[path.key] = {EVERY: value} if path.is_column else value

    def _set_columns(self, paths: list[InputPath], value: Any, found: dict[str, Any]) -> None:
        """Set columns: one value for every row, or a list row by row."""
        single = len(paths) == 1
        if not isinstance(value, list):
            path = _first_of_type(paths, value)
            self._put(path, self.convert(path.field, value), found)
        elif single and _fills_one(paths[0].field, value):
            self._put(paths[0], self.convert(paths[0].field, value), found)
        elif single:
            self._by_row(paths[0], value, found)
        elif all(isinstance(row, list) for row in value):
            for index, path in enumerate(paths):
                self._by_row(path, [row[index] for row in value if index < len(row)], found)
        else:
            self._in_order(paths, value, found)

    def _by_row(self, path: InputPath, values: list[Any], found: dict[str, Any]) -> None:
        found[path.key] = {BY_ROW: [self.convert(path.field, value) for value in values]}

    def convert(self, entry: Field, value: Any) -> Any:
        """Return the JSON value of what a scenario writes; what does not fit stays as it is."""
        if isinstance(value, str) and value == "":
            return ""
        if entry.is_rows:
            rows = [value] if isinstance(value, Mapping) else value
            return [self._row(entry, row) for row in rows] if isinstance(rows, list) else rows
        if entry.type == "checklist":
            several = value if isinstance(value, list) else [value]
            if several and all(isinstance(each, bool) for each in several):
                pairs = zip(entry.options, several, strict=False)
                return [option.value for option, is_ticked in pairs if is_ticked]
            return [_choice(entry, each) for each in several]
        if entry.options:
            return _choice(entry, value)
        if entry.type == "adolyguPerson":
            return self._person(entry, value)
        if entry.type == "filepicker" and isinstance(value, str | bool):
            return EXAMPLE_FILE | ({"name": value} if isinstance(value, str) else {})
        if isinstance(value, date | time):
            return _moment(entry, value)
        if entry.type in ("textfield", "textarea") and type(value) in (int, float):
            return str(value)
        return value

    def _row(self, entry: Field, row: Any) -> dict[str, Any]:
        columns = [column for column in entry.columns if column.has_input]
        if not isinstance(row, Mapping):
            path = _first_of_type([InputPath((column,)) for column in columns], row)
            return {path.key: self.convert(path.field, row)}
        found: dict[str, Any] = {}
        for word, value in row.items():
            paths = _columns_called(columns, word)
            if not paths:
                raise InputNotKnown(form=self.form.id, name=f"{self.name}: {word}")
            self.set(paths, value, found)
        return found

    def _person(self, entry: Field, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value, "designation": ""}
        if not isinstance(value, Mapping):
            return value
        found = {_plain(word): text for word, text in value.items()}
        for word in found:
            if word not in PERSON_PARTS[: 3 if entry.contact else 2]:
                raise InputNotKnown(form=self.form.id, name=f"{self.name}: {word}")
        return found


def _columns_called(columns: Sequence[Field], word: str) -> list[InputPath]:
    plain = _plain(word)
    ways = (
        [column for column in columns if word in (column.key, column.id, column.catalogue)],
        [column for column in columns if plain in map(_plain, column.short)],
        [column for column in columns if plain in (_plain(column.key), _plain(column.label("en")))],
    )
    found = next((way for way in ways if way), [])
    return [InputPath((column,)) for column in found]


def _plain(words: str) -> str:
    return _GAPS.sub(" ", _BRACKETS.sub(" ", words)).strip().casefold()


def _choice(entry: Field, value: Any) -> Any:
    if entry.is_yes_no and isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return value
    exact = entry.option(value)
    named = (o for o in entry.options if _plain(value) in (_plain(o.value), _plain(o.label("en"))))
    option = exact or next(named, None)
    if option is None:
        return value
    return option.value == "yes" if entry.is_yes_no else option.value


def _moment(entry: Field, value: date | time) -> str:
    if isinstance(value, time):
        return value.isoformat("minutes")[:5]
    if entry.subtype == "time" and isinstance(value, datetime):
        return f"{value:%H:%M}"
    day = time_source.day_of(value)
    return day.isoformat()[:7] if entry.subtype == "month" else day.isoformat()


def _is_table_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _takes_whole(paths: list[InputPath], value: list[Any]) -> bool:
    """Say whether a list is one value: the tables of rows, though other inputs share the id."""
    return _is_table_list(value) and any(path.field.is_rows for path in paths)


def _is_person_and_more(paths: list[InputPath]) -> bool:
    """Say whether what is asked about a person stands in several inputs."""
    return len(paths) > 1 and any(path.field.type == "adolyguPerson" for path in paths)


def _without_lists_of(paths: list[InputPath]) -> list[InputPath]:
    """Leave out rows whose columns carry the same id: the value is meant for the columns."""
    lists = {id(path.fields[-2]) for path in paths if path.is_column}
    return [path for path in paths if id(path.field) not in lists]


def _fills_one(entry: Field, value: list[Any]) -> bool:
    """Say whether a list is the one answer of a column, the same for every row."""
    if entry.type == "checklist":
        return not any(isinstance(each, list) for each in value)
    return entry.is_rows and _is_table_list(value)


def _first_of_type(paths: list[InputPath], value: Any) -> InputPath:
    if isinstance(value, str):
        # Any text fits a free answer, so one of the options given says which input is meant.
        chosen = [p for p in paths if p.field.options and _accepts_text(p.field, value)]
        paths = [*chosen, *(path for path in paths if path not in chosen)]
    return next((path for path in paths if _accepts(path.field, value)), paths[0])


def _accepts(entry: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return entry.is_yes_no or entry.type == "checkbox"
    if isinstance(value, str):
        return _accepts_text(entry, value)
    if isinstance(value, int | float):
        return entry.type == "number"
    if isinstance(value, date):
        return entry.type == "datetime" and entry.subtype != "time"
    if isinstance(value, time):
        return entry.subtype == "time"
    if isinstance(value, Mapping):
        return entry.type in ("adolyguPerson", "filepicker", "dynamiclist")
    return entry.type in ("checklist", "dynamiclist")


def _accepts_text(entry: Field, value: str) -> bool:
    if entry.options:
        chosen = _choice(entry, value)
        return isinstance(chosen, bool) or entry.option(chosen) is not None
    if entry.type == "datetime":
        if entry.subtype == "span":
            return spans.read_span(value) is not None
        shape = _TIME_SHAPE if entry.subtype == "time" else _DATE_SHAPE
        return shape.fullmatch(value) is not None
    return entry.type in ("textfield", "textarea")
