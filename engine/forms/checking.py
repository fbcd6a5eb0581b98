"""Refuse a form whose parts have a wrong shape or do not fit each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from engine import feel
from engine.forms.definition import Field, Form, Section
from engine.forms.source import Located, refuse

RESERVED = frozenset(
    {
        *("and", "between", "else", "every", "false", "for", "function", "if", "in", "instance"),
        *("item", "not", "null", "of", "or", "partial", "return", "row", "satisfies", "some"),
        *("then", "true", "typename"),
    }
)

_IS_TYPE = "has the unknown type"


@cache
def _shape() -> dict[str, Any]:
    text = Path(__file__).with_name("form.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(_shape())


@cache
def keys_of_type(kind: str) -> frozenset[str]:
    """Return the properties that a component of some type may have."""
    shapes = _shape()["$defs"]["component"]["allOf"]
    return frozenset(
        name
        for shape in shapes
        if shape["if"]["properties"]["type"]["const"] == kind
        for name in shape["then"]["propertyNames"]["enum"]
    )


def check_shape(data: Located, path: str) -> None:
    """Hold the JSON against `form.schema.json`; refuse with the first thing wrong, by line."""
    errors = [_locate(data, _innermost(error)) for error in _schema().iter_errors(data)]
    if errors:
        # What an element is comes first: a wrong type makes everything else about it wrong.
        of_unknown_type = {each[1] for each in errors if _IS_TYPE in each[2]}
        telling = [each for each in errors if each[1] not in of_unknown_type or _IS_TYPE in each[2]]
        line, element, reason, remedy = min(telling)
        raise refuse(path, line, element, reason, remedy)


def _innermost(error: ValidationError) -> ValidationError:
    """Return what is wrong inside, where a value fits none of several shapes."""
    while error.context:
        error = max(error.context, key=lambda each: (len(each.path), each.validator != "type"))
    return error


def _locate(data: Located, error: ValidationError) -> tuple[int, str, str, str]:
    line, element, last = data.line, str(data.get("id", "")), ""
    node: Any = data
    for step in error.absolute_path:
        if isinstance(node, Located):
            line, last = node.lines.get(str(step), node.line), str(step)
        node = node[step]
        if isinstance(node, Located):
            line = node.line
            element = str(node.get("id", element))
    if "propertyNames" in error.absolute_schema_path:
        name = str(error.instance)
        holder = node if isinstance(node, Located) else data
        if name in holder.lines:
            line = holder.lines[name]
        return line, element, f"has the unknown attribute {name}", "remove it or correct its name"
    reason, remedy = _say(error, last, node)
    return line, element, reason, remedy


def _say(error: ValidationError, name: str, value: Any) -> tuple[str, str]:
    if error.validator == "required":
        wanted: list[str] = list(cast("list[str]", error.validator_value))
        missing = next(key for key in wanted if key not in cast("Located", error.instance))
        return f"lacks {missing}", f"add {missing}"
    shown = json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, dict | list) or len(shown) > 60:
        shown = "a value"
    if name == "type":
        return f"{_IS_TYPE} {shown}", "use a type that ARCHITECTURE.md lists"
    return f"has {shown} as {name}, which is not allowed", f"correct {name}"


#: What further kinds of answer the types of a component may have.
KINDS = {
    "radio": {"yesno"},
    "select": {"yesno", "clock"},
    "number": {"money"},
    "expression": {"money", "bilingual"},
    "textfield": {"web", "email", "phone"},
    "dynamiclist": {"table"},
}


def check_field(entry: Field, data: Located, path: str) -> None:
    """Refuse a key that cannot be one, and columns that the rows do not have."""

    def wrong(reason: str, remedy: str, key: str) -> None:
        raise refuse(path, data.lines.get(key, data.line), entry.id, reason, remedy)

    if entry.key in RESERVED:
        wrong(f"has the key {entry.key}, which is a reserved word", "choose another key", "key")
    if entry.kind and entry.kind not in KINDS.get(entry.type, ()):
        wrong(f"is a {entry.type} of the kind {entry.kind}", "remove kind or change type", "kind")
    seen: set[str] = set()
    for column in entry.columns:
        if column.key and column.key in seen:
            wrong(f"has two columns with the key {column.key}", "rename one of them", "components")
        seen.add(column.key)
    if entry.items is None:
        return
    for name in (entry.items.label, entry.items.key):
        if name and entry.column(name) is None:
            wrong(f"names the column {name} in items, which it lacks", "name a column", "items")
    column_of_key = entry.column(entry.items.key) if entry.items.key else None
    if column_of_key is not None and not column_of_key.is_choice:
        wrong("takes item keys from a column that is not a choice", "name a choice", "items")


def check_whole(form: Form, data: Located, path: str) -> None:
    """Refuse keys used twice, rules about unknown fields, and questions about later answers."""
    if Path(path).suffix == ".json" and Path(path).stem != form.id:
        reason = f"has an id that is not its file name, {Path(path).stem}"
        raise refuse(path, data.lines.get("id", 1), form.id, reason, "rename one of them")
    _check_keys(form, path)
    _check_rules(form, path)
    for section in form.sections:
        _check_order(section, path)


def _check_keys(form: Form, path: str) -> None:
    lines: dict[str, int] = {}
    for entry in form.fields:
        if entry.key in lines:
            reason = f"uses the key {entry.key} of line {lines[entry.key]} again"
            raise refuse(path, entry.line, entry.id, reason, "keys are unique in a form")
        if entry.key:
            lines[entry.key] = entry.line
    for entry, column in _columns(form):
        if column.key in lines:
            reason = f"uses the key {column.key} of line {lines[column.key]} again"
            raise refuse(path, column.line, column.id, reason, f"rename the column of {entry.key}")


def _check_rules(form: Form, path: str) -> None:
    for rule in form.rules:
        messages = [rule.message] if rule.message else list(rule.messages.values())
        for message in messages:
            if not form.has_field(message.field):
                reason = f"has a rule about {message.field}, which is no field"
                raise refuse(
                    path, rule.line, rule.row or form.id, reason, "name the key of a field"
                )


def _columns(form: Form) -> Iterator[tuple[Field, Field]]:
    def within(entry: Field) -> Iterator[tuple[Field, Field]]:
        for column in entry.columns:
            if column.key:
                yield entry, column
            yield from within(column)

    for entry in form.fields:
        yield from within(entry)


def _check_order(section: Section, path: str) -> None:
    """Refuse a condition on an answer that stands further down: it is not typed yet."""
    _check_fields(section.fields, path)
    below = {entry.key for entry in section.fields if entry.key}
    _refuse_reading(section.hide, below, section.line, section.id, path)


def _check_fields(fields: tuple[Field, ...], path: str) -> None:
    later = {entry.key for entry in fields if entry.key}
    for entry in fields:
        _refuse_reading(entry.hide, later, entry.line, entry.id, path)
        later.discard(entry.key)
        if entry.columns:
            _check_fields(entry.columns, path)


def _refuse_reading(
    expression: feel.Expression | None, later: set[str], line: int, element: str, path: str
) -> None:
    for name in sorted(later & expression.names) if expression is not None else ():
        reason = f"is hidden depending on {name}, which is asked later"
        raise refuse(path, line, element, reason, "move the question down")
