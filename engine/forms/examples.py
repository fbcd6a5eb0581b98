"""Fill in a form by itself: what is given, what is recorded, and examples for the rest."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine import feel
from engine.forms.asking import Around, Asking, Names
from engine.forms.definition import Field, Form
from engine.forms.inputs import PERSON_PARTS
from engine.forms.values import ROW_KEY, feel_values, json_number, row_to_feel, to_feel, to_plain

#: How `given` speaks of a column: {"parents.consent": {EVERY: "no"}} or {BY_ROW: ["no", "yes"]}.
EVERY, BY_ROW = "every", "by_row"

#: A file that stands for one where nobody chose any.
EXAMPLE_FILE = {"upload": "example", "name": "example.pdf", "size": 0}

#: Answers to texts that are read as nothing but their kind.
_EXAMPLE_OF_KIND = {
    "web": "https://www.example.org/",
    "email": "alex.morgan@example.org",
    "phone": "01632 960001",
}


def examples(
    form: Form,
    sections: Collection[str],
    *,
    existing: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, Any],
    names: Mapping[str, feel.Value],
    functions: Mapping[str, Callable[..., Any]] | None = None,
    around: Around | None = None,
) -> dict[str, dict[str, Any]]:
    """Return values for some sections, {section: {key: JSON}}, that `clean_values` takes.

    Takes:   existing, the document so far, whose values stay; given, JSON values by key that come
             before everything, of which "" empties a field and stops its example. A column is
             given as `rows.column`, with {EVERY: value} or {BY_ROW: [values]}; around, for forms
             with rows about items.
    """
    filling = _Filling(form, existing, given, names, functions, around)
    return {
        section.id: filling.level(
            section.fields, existing.get(section.id, {}), given, {}, filling.asking.names
        )
        for section in form.sections
        if section.id in sections and not filling.asking.holds(section.hide, filling.asking.names)
    }


class _Filling:
    def __init__(
        self,
        form: Form,
        existing: Mapping[str, Mapping[str, Any]],
        given: Mapping[str, Any],
        names: Mapping[str, feel.Value],
        functions: Mapping[str, Callable[..., Any]] | None,
        around: Around | None,
    ) -> None:
        known: Names = {**names, **feel_values(form, existing)}
        for entry in form.fields:
            if entry.key in given:
                known[entry.key] = to_feel(entry, given[entry.key])
        self.functions = functions or {}
        self.asking = Asking(form, known, functions, replace(around or Around(), existing=existing))

    def level(
        self,
        fields: tuple[Field, ...],
        existing: Mapping[str, Any],
        given: Mapping[str, Any],
        suggested: Mapping[str, Any],
        names: Names,
    ) -> dict[str, Any]:
        """Fill in fields that share names, in order."""
        found: dict[str, Any] = {}
        for entry in fields:
            if not entry.has_value:
                continue
            hidden = self.asking.holds(entry.hide, names)
            value = None if hidden else self._value(entry, existing, given, suggested, names)
            names[entry.key] = to_feel(entry, value)
            if value is not None and entry.has_input:
                found[entry.key] = value
            elif entry.key in given and not entry.is_rows and given[entry.key] != "":
                found[entry.key] = given[entry.key]
        return found

    def _value(
        self,
        entry: Field,
        existing: Mapping[str, Any],
        given: Mapping[str, Any],
        suggested: Mapping[str, Any],
        names: Names,
    ) -> Any:
        if not entry.has_input:
            return self._standing(entry, existing, names)
        if entry.is_rows:
            return self._rows(entry, existing, given, names)
        for values in (given, existing, suggested):
            if entry.key in values:
                value = values[entry.key]
                return None if isinstance(value, str) and value == "" else value
        if entry.type == "adolyguSignature":
            return None
        return self._example(entry, names)

    def _standing(self, entry: Field, existing: Mapping[str, Any], names: Names) -> Any:
        if entry.type == "expression" and entry.expression is not None:
            return to_plain(entry.expression.evaluate(names, self.functions))
        return self.asking.standing(entry, existing.get(entry.key), names)

    def _is_required(self, entry: Field, names: Names) -> bool:
        rules = entry.validate
        return rules.required or self.asking.holds(rules.required_when, names)

    def _example(self, entry: Field, names: Names) -> Any:
        example = entry.example
        if example is not None and example.expression is not None:
            value = example.expression.evaluate(names, self.functions)
            return to_plain(value, entry.subtype)
        if example is not None:
            return example.value
        return self._ordinary(entry) if self._is_required(entry, names) else None

    def _ordinary(self, entry: Field) -> Any:
        """Return an answer of the right type for a required field without an example."""
        if entry.type == "datetime":
            return self._ordinary_moment(entry)
        if entry.is_yes_no or entry.type == "checkbox":
            return entry.type == "checkbox"
        if entry.type == "checklist":
            fewest = int(entry.validate.min or 1)
            return [option.value for option in entry.options[:fewest]]
        if entry.is_choice:
            return entry.options[0].value
        if entry.type == "number":
            return json_number(Decimal(str(entry.validate.min or entry.validate.max or 1)))
        if entry.type == "adolyguPerson":
            return dict(zip(PERSON_PARTS, ("Alex Morgan", "Manager", ""), strict=True)) | (
                {"contact": "alex.morgan@example.org"} if entry.contact else {}
            )
        if entry.type == "filepicker":
            return dict(EXAMPLE_FILE)
        if entry.kind in _EXAMPLE_OF_KIND:
            return _EXAMPLE_OF_KIND[entry.kind]
        return f"Example: {entry.label('en')}"[: entry.validate.max_length]

    def _ordinary_moment(self, entry: Field) -> Any:
        if entry.subtype == "time":
            return "10:00"
        today = self.functions.get("today")
        return None if today is None else to_plain(today(), entry.subtype)

    def _rows(
        self, entry: Field, existing: Mapping[str, Any], given: Mapping[str, Any], names: Names
    ) -> Any:
        told = given.get(entry.key)
        if told == "":
            return None
        if told is not None and not _are_rows(told):
            return told
        recorded = self.asking.standing(entry, existing.get(entry.key), names)
        recorded = recorded if _are_rows(recorded) else []
        columns = {
            key.partition(".")[2]: value
            for key, value in given.items()
            if key.startswith(f"{entry.key}.") and isinstance(value, Mapping)
        }
        suggested = [] if recorded or told is not None else self._suggested(entry, names)
        several = self._how_many(entry, told, len(recorded), len(suggested), columns, names)
        rows: list[dict[str, Any]] = []
        for index in range(several):
            base = _at(recorded, index)
            of_item = dict(self.asking.of_item(entry, str(base.get(ROW_KEY))))
            own: Names = ChainMap({"row": Decimal(index + 1)}, of_item, names)
            names[entry.key] = [row_to_feel(entry, row) for row in rows]
            given_here = {**_at(told or (), index), **_of_row(columns, index)}
            kept = {} if told is not None else base
            row = self.level(entry.columns, kept, given_here, _at(suggested, index), own)
            if isinstance(base.get(ROW_KEY), str):
                row[ROW_KEY] = base[ROW_KEY]
            rows.append(row)
        return rows or None

    def _suggested(self, entry: Field, names: Names) -> list[Mapping[str, Any]]:
        if entry.example is None:
            return []
        rows = self._example(entry, names)
        return list(rows) if _are_rows(rows) else []

    def _how_many(
        self,
        entry: Field,
        told: Any,
        recorded: int,
        suggested: int,
        columns: Mapping[str, Any],
        names: Names,
    ) -> int:
        if entry.about:
            return recorded
        if told is not None:
            return len(told)
        by_row = [len(value[BY_ROW]) for value in columns.values() if BY_ROW in value]
        if recorded:
            return recorded if entry.fixed_rows else max([recorded, *by_row])
        fewest = int(entry.validate.min or 1) if self._is_required(entry, names) else 0
        return max([fewest, suggested, *by_row, 1 if columns else 0])


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _at(rows: Any, index: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = rows[index] if index < len(rows) else {}
    return found


def _of_row(columns: Mapping[str, Mapping[str, Any]], index: int) -> dict[str, Any]:
    """Return what is given of the columns for one row."""
    found: dict[str, Any] = {}
    for key, value in columns.items():
        if EVERY in value:
            found[key] = value[EVERY]
        elif index < len(value.get(BY_ROW, ())):
            found[key] = value[BY_ROW][index]
    return found
