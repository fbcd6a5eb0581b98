"""Turn the JSON of a form into a `Form`, or say on which line it is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine import feel
from engine.errors import InvalidDefinition
from engine.forms import checking, patterns
from engine.forms.definition import (
    Appoints,
    Example,
    Field,
    Form,
    Gate,
    Items,
    Message,
    Option,
    Rule,
    Section,
    Validate,
)
from engine.forms.source import Located, read_json, refuse
from engine.texts import Text

_TEXTS = ("label", "description", "itemLabel", "text")

_RULES_OF = {
    "textfield": {"minLength", "maxLength", "pattern"},
    "textarea": {"minLength", "maxLength"},
    "number": {"min", "max"},
    "datetime": {"notAfter", "notBefore"},
    "checklist": {"min", "max"},
    "dynamiclist": {"min", "max"},
}

MAX_ROWS_IN_ROWS = 2

#: How many digits after the point an amount of money has.
PENCE = 2


@dataclass
class _Reading:
    path: str
    ids: dict[str, int] = field(default_factory=dict)

    def refuse(self, at: Located, reason: str, remedy: str, key: str = "") -> InvalidDefinition:
        line = at.lines.get(key, at.line)
        return refuse(self.path, line, str(at.get("id", "")), reason, remedy)

    def feel(self, at: Located, key: str, element: str = "") -> feel.Expression | None:
        source = at.get(key)
        if source is None:
            return None
        where = element or str(at.get("id", key))
        text = str(source).removeprefix("=")
        try:
            return feel.compile_expression(
                text, where=where, names=None, functions=feel.OWN_FUNCTIONS
            )
        except feel.FeelError as error:
            line = at.lines.get(key, at.line)
            reason = f"has FEEL in {key} that cannot be read ({error.reason})"
            raise refuse(self.path, line, where, reason, "correct the expression") from None


#: So many versions of forms are kept parsed; a draft changes one of a hundred at a time.
CACHE_SIZE = 512


@lru_cache(maxsize=CACHE_SIZE)
def parse_form(source: bytes, path: str) -> Form:
    """Read a form; the same bytes give the same object while it is kept.

    Takes:   path, which is named in refusals; its file name must be the form's id.
    Raises:  InvalidDefinition, naming the line, the element, the reason and the remedy.
    """
    data = read_json(source, path)
    checking.check_shape(data, path)
    reading = _Reading(path)
    visibility = tuple(data["visibility"])
    form = Form(
        id=data["id"],
        path=path,
        catalogue=data["catalogue"],
        per=data["per"],
        visibility=visibility,
        texts=_texts(reading, data, ("title", "description")),
        sections=tuple(_section(reading, part, visibility) for part in data["components"]),
        gates=tuple(_gate(reading, gate) for gate in data.get("gates", [])),
        rules=tuple(_rule(reading, rule) for rule in data.get("rules", [])),
    )
    checking.check_whole(form, data, path)
    return form


def check_shape(source: bytes, path: str) -> None:
    """Refuse what has not the shape of a form; whether its parts fit each other is not looked at.

    Raises:  InvalidDefinition.
    """
    checking.check_shape(read_json(source, path), path)


def _section(reading: _Reading, data: Located, visibility: tuple[str, ...]) -> Section:
    _take_id(reading, data)
    own = tuple(data.get("visibility", visibility))
    return Section(
        id=data["id"],
        line=data.line,
        texts=_texts(reading, data, ("label", "description")),
        fields=tuple(_field(reading, part, own, 0) for part in data["components"]),
        hide=_hide(reading, data),
        visibility=own,
        kept_on=data.get("properties", {}).get("kept_on", ""),
    )


def _field(reading: _Reading, data: Located, visibility: tuple[str, ...], depth: int) -> Field:
    _take_id(reading, data)
    own = tuple(data.get("visibility", visibility))
    if data["type"] == "dynamiclist" and depth >= MAX_ROWS_IN_ROWS:
        raise reading.refuse(data, "has rows inside rows inside rows", "make it a form of its own")
    found = Field(
        id=data["id"],
        key=data.get("key", data.get("path", "")),
        type=data["type"],
        line=data.line,
        subtype=data.get("subtype", ""),
        kind=data.get("kind", ""),
        catalogue=data.get("catalogue", ""),
        short=tuple(data.get("short", [])),
        headings=tuple(data.get("headings", [])),
        texts=_texts(reading, data, _TEXTS),
        errors=_errors(reading, data),
        options=_options(reading, data),
        columns=tuple(_field(reading, part, own, depth + 1) for part in data.get("components", [])),
        validate=_validate(reading, data),
        items=_items(reading, data),
        appoints=_appoints(reading, data) if data["type"] == "textfield" else (),
        example=_example(reading, data),
        hide=_hide(reading, data),
        expression=reading.feel(data, "expression"),
        default=reading.feel(data, "default"),
        readonly=data.get("readonly", False),
        fixed_rows=not data.get("allowAddRemove", True) or "about" in data,
        about=data.get("about", ""),
        hidden=data.get("hidden", False),
        contact=data.get("contact", False),
        designated=data.get("designated", False),
        signers=tuple(data.get("signers", [])),
        decimal_digits=data.get("decimalDigits", PENCE if data.get("kind") == "money" else None),
        accept=tuple(re.findall(r"\.([a-z0-9]+)", data.get("accept", "").lower())),
        form=data.get("form", ""),
        visibility=own,
        gates=tuple(_gate(reading, gate, data["id"]) for gate in data.get("gates", [])),
    )
    checking.check_field(found, data, reading.path)
    return found


def _items(reading: _Reading, data: Located) -> Items | None:
    appoints = tuple(_appointing(reading, entry) for entry in data.get("appoints", []))
    if "about" in data and "items" in data:
        raise reading.refuse(data, "keeps items and is about items", "remove one of them", "about")
    if "items" not in data:
        if appoints and data["type"] == "dynamiclist":
            raise reading.refuse(data, "appoints people to no item", "add items", "appoints")
        return None
    columns = {part.get("key") for part in data["components"]}
    for entry in appoints:
        if entry.email not in columns:
            reason = f"names the column {entry.email} in appoints, which it lacks"
            raise reading.refuse(data, reason, "name a column", "appoints")
    return Items(**data["items"], appoints=appoints)


def _appoints(reading: _Reading, data: Located) -> tuple[Appoints, ...]:
    found = tuple(_appointing(reading, entry) for entry in data.get("appoints", []))
    if any(entry.email != data["key"] for entry in found):
        reason = "names another field in appoints than itself"
        raise reading.refuse(data, reason, "put appoints on the field of the email", "appoints")
    return found


def _appointing(reading: _Reading, entry: Located) -> Appoints:
    when = reading.feel(entry, "when", "appoints")
    return Appoints(entry["role"], entry["email"], entry.get("replaces", ""), when)


def _take_id(reading: _Reading, data: Located) -> None:
    if data["id"] in reading.ids:
        reason = f"uses the id of line {reading.ids[data['id']]} again"
        raise reading.refuse(data, reason, "give every element an id of its own", "id")
    reading.ids[data["id"]] = data.line


def _texts(reading: _Reading, data: Located, names: Iterable[str]) -> dict[str, Text]:
    welsh = data.get("i18n", {}).get("cy", {})
    found = {}
    for name in names:
        if name in data and name not in welsh:
            raise _no_welsh(reading, data, name)
        if name in welsh and name not in data:
            reason = f"has {name} in Welsh but not in English"
            raise reading.refuse(data, reason, f"add {name}")
        if name in data:
            found[name] = Text(
                _words(reading, data, data, name), _words(reading, data, welsh, name)
            )
    return found


def _words(reading: _Reading, data: Located, texts: Mapping[str, str], name: str) -> str:
    if not texts[name].strip():
        raise reading.refuse(data, f"has an empty {name}", "write it out", name)
    return texts[name]


def _no_welsh(reading: _Reading, data: Located, name: str) -> InvalidDefinition:
    return reading.refuse(
        data, f"has {name} without its Welsh", f"add i18n.cy.{name}", name.partition(".")[0]
    )


def _errors(reading: _Reading, data: Located) -> dict[str, Text]:
    english = data.get("errors", {})
    welsh = data.get("i18n", {}).get("cy", {}).get("errors", {})
    for name in english:
        if not welsh.get(name, "").strip():
            raise _no_welsh(reading, data, f"errors.{name}")
    for name in welsh:
        if name not in english:
            reason = f"has errors.{name} in Welsh but not in English"
            raise reading.refuse(data, reason, f"add errors.{name}")
    return {name: Text(english[name], welsh[name]) for name in english}


def _options(reading: _Reading, data: Located) -> tuple[Option, ...]:
    options = tuple(
        Option(entry["value"], _texts(reading, _as(entry, data["id"]), ("label",))["label"])
        for entry in data.get("values", [])
    )
    values = [option.value for option in options]
    for entry, value in zip(data.get("values", []), values, strict=True):
        if values.count(value) > 1:
            reason = f"offers the value “{value}” twice"
            raise reading.refuse(_as(entry, data["id"]), reason, "keep one of the two")
    if data.get("kind") == "yesno" and sorted(values) != ["no", "yes"]:
        reason = "is a yes-or-no question without exactly the values yes and no"
        raise reading.refuse(data, reason, "offer yes and no", "values")
    return options


def _as(entry: Located, element: str) -> Located:
    """Return an object that is named in refusals as the element in which it stands."""
    named = Located(entry.line)
    named.update(entry, id=element)
    named.lines = entry.lines
    return named


def _validate(reading: _Reading, data: Located) -> Validate:
    rules = data.get("validate")
    if rules is None:
        return Validate()
    allowed = {"required", "requiredWhen"} | _RULES_OF.get(data["type"], set())
    named = _as(rules, data["id"])
    for name in rules:
        if name not in allowed:
            reason = f"has the rule {name}, which a {data['type']} cannot have"
            raise reading.refuse(named, reason, f"remove validate.{name}", name)
    if problem := patterns.why_not(rules.get("pattern", "")):
        reason = f"has a pattern that {problem}"
        raise reading.refuse(named, reason, "use a simpler pattern", "pattern")
    return Validate(
        required=rules.get("required", False),
        required_when=reading.feel(rules, "requiredWhen", data["id"]),
        min_length=rules.get("minLength"),
        max_length=rules.get("maxLength"),
        min=rules.get("min"),
        max=rules.get("max"),
        pattern=rules.get("pattern"),
        not_after=reading.feel(rules, "notAfter", data["id"]),
        not_before=reading.feel(rules, "notBefore", data["id"]),
    )


def _example(reading: _Reading, data: Located) -> Example | None:
    if "example" not in data:
        return None
    value: Any = data["example"]
    if isinstance(value, str) and value.startswith("="):
        return Example(expression=reading.feel(data, "example"))
    return Example(value=value)


def _hide(reading: _Reading, data: Located) -> feel.Expression | None:
    condition = data.get("conditional")
    return reading.feel(condition, "hide", data["id"]) if condition else None


def _gate(reading: _Reading, data: Located, element: str = "gates") -> Gate:
    when = reading.feel(data, "when", element)
    assert when is not None
    return Gate(tuple(data["roles"]), when)


def _rule(reading: _Reading, data: Located) -> Rule:
    kind = data.get("kind", "error")
    check = data["check"]
    if isinstance(check, str):
        message = _message(data, kind)
        row = data.get("row", "")
        return Rule(
            line=data.line,
            row=row,
            check=reading.feel(data, "check", row or "rules"),
            message=message,
        )
    return Rule(
        line=data.line,
        row=data.get("row", ""),
        decision=check["decision"],
        messages={row: _message(entry, kind) for row, entry in check["messages"].items()},
    )


def _message(data: Mapping[str, str], kind: str) -> Message:
    return Message(data["field"], Text(data["en"], data["cy"]), data.get("kind", kind))
