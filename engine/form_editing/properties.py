"""Say which properties of a form and its parts pages offer, read them, and put them back.

A page asks for each of them by its name; a text in both languages is asked for twice, in Welsh
under the name with `_cy` behind it. Whatever a page does not offer stays in the file as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms.checking import KINDS

#: What stands on a page: a text, a tick, or rows of texts (options, appointments), by name.
Answers = Mapping[str, Any]

WELSH = "_cy"


@dataclass(frozen=True)
class Property:
    """One property: where it stands in the JSON, how it is typed, and whether in both languages.

    `kind` is line, paragraph, sentence (texts), feel, name (an id or key), words (several names
    apart by spaces), whole, number, tick, choice, json or rows. `sign` is what FEEL begins with.
    """

    name: str
    path: tuple[str, ...]
    kind: str
    both: bool = False
    sign: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False

    @property
    def welsh_path(self) -> tuple[str, ...]:
        """Return where its Welsh stands."""
        return ("i18n", "cy", *self.path)


#: The types that pages offer for a new question, in the order of how often they are asked.
TYPES = (
    "textfield", "textarea", "radio", "checklist", "select", "checkbox", "datetime", "number",
    "adolyguPerson", "filepicker", "dynamiclist", "text", "expression", "adolyguLink",
    "adolyguSignature",
)  # fmt: skip

#: Types of which one can become the other, because each asks for one answer of a person.
ASKED = frozenset(
    {"textfield", "textarea", "radio", "checklist", "select", "checkbox", "datetime", "number"}
    | {"adolyguPerson", "filepicker"}
)
WITH_OPTIONS = frozenset({"radio", "checklist", "select"})
SUBTYPES = ("date", "month", "time", "span")
#: Types that need nothing but a label, for the question with which a section or rows begin.
PLAIN_TYPES = (
    "textfield", "textarea", "checkbox", "datetime", "number", "adolyguPerson", "filepicker",
)  # fmt: skip

_TEXT = {"line": 300, "paragraph": 4000, "sentence": 500, "feel": 4000, "json": 4000}


def most_signs(prop: Property) -> int | None:
    """Return how many characters a text may have."""
    return _TEXT.get(prop.kind)


_LIMITS = {
    "textfield": ("minLength", "maxLength", "pattern"),
    "textarea": ("minLength", "maxLength"),
    "number": ("min", "max"),
    "datetime": ("notBefore", "notAfter"),
    "checklist": ("min", "max"),
    "dynamiclist": ("min", "max"),
}
_LIMIT_KINDS = {
    "pattern": "pattern",
    "notBefore": "feel",
    "notAfter": "feel",
    "minLength": "whole",
    "maxLength": "whole",
}
#: What cannot be read at all has a text of its own, where people type or choose.
_READABLE = frozenset({"number", "datetime", "select", "radio", "checklist", "textfield"})

_HIDE = Property("hide", ("conditional", "hide"), "feel", sign="=")
_CHECK = Property("check", ("i18n", "cy", "check"), "tick")
_VISIBILITY = Property("visibility", ("visibility",), "words")
_DESCRIPTION = Property("description", ("description",), "paragraph", both=True)

FORM = (
    Property("title", ("title",), "line", both=True, needed=True),
    _DESCRIPTION,
    Property("catalogue", ("catalogue",), "name", needed=True),
    Property("per", ("per",), "name", needed=True),
    _VISIBILITY,
    _CHECK,
)
SECTION = (
    Property("label", ("label",), "line", both=True, needed=True),
    _DESCRIPTION,
    _HIDE,
    _VISIBILITY,
    _CHECK,
)
RULE = (
    Property("rule_check", ("check",), "feel", needed=True),
    Property("field", ("field",), "name", needed=True),
    Property("rule_kind", ("kind",), "choice", choices=("error", "warning")),
    Property("row", ("row",), "name"),
    Property("en", ("en",), "sentence", needed=True),
    Property("cy", ("cy",), "sentence", needed=True),
)


def of_field(kind: str) -> tuple[Property, ...]:
    """Return the properties of a field of some type that pages offer, in the order of the page."""
    return tuple(_of_field(kind))


def _of_field(kind: str) -> Iterator[Property]:
    has_answer = kind not in ("text", "expression", "adolyguLink")
    if kind == "text":
        yield Property("text", ("text",), "paragraph", both=True, needed=True)
    else:
        yield Property("label", ("label",), "line", both=True, needed=True)
        yield _DESCRIPTION
    if kind == "dynamiclist":
        yield Property("itemLabel", ("itemLabel",), "line", both=True, needed=True)
    if kind in WITH_OPTIONS:
        yield Property("values", ("values",), "rows")
    yield _CHECK
    if kind != "text":
        yield Property("key", ("path" if kind == "dynamiclist" else "key",), "name")
    yield Property("catalogue", ("catalogue",), "name")
    yield from _of_type(kind)
    if kind not in ("text", "expression"):
        yield from _of_validate(kind)
    yield _HIDE
    if has_answer:
        yield Property("example", ("example",), "json")
    if kind not in ("filepicker", "adolyguSignature", "text", "expression", "adolyguLink"):
        yield Property("default", ("default",), "feel")
        yield Property("readonly", ("readonly",), "tick")
    yield _VISIBILITY
    if kind in ("textfield", "dynamiclist"):
        yield Property("appoints", ("appoints",), "rows")


def _of_type(kind: str) -> Iterator[Property]:
    if kind == "datetime":
        yield Property("subtype", ("subtype",), "choice", choices=SUBTYPES, needed=True)
    if kind in KINDS:
        yield Property("kind", ("kind",), "choice", choices=("", *sorted(KINDS[kind])))
    if kind == "number":
        yield Property("decimalDigits", ("decimalDigits",), "whole")
    if kind == "expression":
        yield Property("expression", ("expression",), "feel", sign="=", needed=True)
        yield Property("hidden", ("hidden",), "tick")
    if kind == "adolyguPerson":
        yield Property("contact", ("contact",), "tick")
        yield Property("designated", ("designated",), "tick")
    if kind == "filepicker":
        yield Property("accept", ("accept",), "line")
    if kind == "adolyguSignature":
        yield Property("signers", ("signers",), "words")
    if kind == "adolyguLink":
        yield Property("form", ("form",), "name", needed=True)
    if kind == "dynamiclist":
        yield Property("items_list", ("items", "list"), "name")
        yield Property("items_kind", ("items", "kind"), "name")
        yield Property("items_label", ("items", "label"), "name")
        yield Property("items_key", ("items", "key"), "name")
        yield Property("about", ("about",), "name")


def _of_validate(kind: str) -> Iterator[Property]:
    if kind != "adolyguSignature":
        yield Property("required", ("validate", "required"), "tick")
    yield Property("requiredWhen", ("validate", "requiredWhen"), "feel")
    for rule in ("required", "requiredWhen"):
        yield _error(rule)
    for rule in _LIMITS.get(kind, ()):
        yield Property(rule, ("validate", rule), _LIMIT_KINDS.get(rule, "number"))
        yield _error(rule)
    if kind in _READABLE:
        yield _error("type")


def _error(rule: str) -> Property:
    return Property(f"error_{rule}", ("errors", rule), "sentence", both=True)


def answers_of(element: Mapping[str, Any], offered: tuple[Property, ...]) -> dict[str, Any]:
    """Return what a page shows of a part: texts and ticks by name, rows as lists of texts."""
    found: dict[str, Any] = {}
    for prop in offered:
        found[prop.name] = _shown(prop, _at(element, prop.path))
        if prop.both:
            found[prop.name + WELSH] = _shown(prop, _at(element, prop.welsh_path))
    return found


def _shown(prop: Property, value: Any) -> Any:
    if prop.kind == "rows":
        return [_shown_row(row) for row in value or ()]
    if prop.kind == "tick":
        return value is True
    if value is None:
        return ""
    if prop.kind == "words":
        return " ".join(value)
    if prop.kind == "feel":
        return str(value).removeprefix("=")
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _shown_row(row: Mapping[str, Any]) -> dict[str, str]:
    welsh = row.get("i18n", {}).get("cy", {}).get("label", "")
    texts = {name: str(value) for name, value in row.items() if name != "i18n"}
    return {**texts, "label_cy": welsh} if "i18n" in row or "label" in row else texts


def _at(element: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        element = element.get(step) if isinstance(element, Mapping) else None
    return element


#: The order in which a part is written, for what it did not have before.
_ORDER = (
    "type", "schemaVersion", "key", "path", "id", "catalogue", "per", "visibility", "short",
    "title", "label", "description", "itemLabel", "text", "headings", "kind", "subtype",
    "decimalDigits", "values", "list", "expression", "hidden", "items", "appoints", "about", "form",
    "signers", "contact", "designated", "accept", "required", "requiredWhen", "validate", "errors",
    "conditional", "readonly", "default", "gates", "example", "check", "field", "row", "en", "cy",
    "components", "i18n",
)  # fmt: skip
_PLACES = {name: place for place, name in enumerate(_ORDER)}


def put(element: dict[str, Any], offered: tuple[Property, ...], answers: Answers) -> None:
    """Put answers into a part; what they leave as it was is not touched, nor what they lack."""
    stands = answers_of(element, offered)
    for prop in offered:
        for name, path in ((prop.name, prop.path), (prop.name + WELSH, prop.welsh_path)):
            if name in answers and name in stands and answers[name] != stands[name]:
                _set(element, path, _value(prop, answers[name], _at(element, path)))


def _value(prop: Property, typed: Any, before: Any) -> Any:
    """Return what is written for what was typed; None for nothing."""
    if prop.kind == "rows":
        return [_row(one, before or ()) for one in typed] or None
    if prop.kind == "tick":
        return True if typed else None
    text = typed.strip()
    if not text:
        return None
    if prop.kind == "words":
        return text.split()
    if prop.kind == "feel":
        signed = prop.sign if before is None else "=" if str(before).startswith("=") else ""
        return signed + text.removeprefix("=").strip()
    if prop.kind == "whole":
        return int(text)
    if prop.kind == "number":
        return float(text) if "." in text else int(text)
    if prop.kind == "json":
        return json_or_text(text)
    return text


def json_or_text(text: str) -> Any:
    """Return the JSON value that a text writes down, or the text itself where it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _row(typed: Mapping[str, str], before: Any) -> dict[str, Any]:
    """Return an option or an appointment as it is written, with whatever else it had before."""
    known = "value" if "value" in typed else "role"
    old: dict[str, Any] = next((one for one in before if one.get(known) == typed[known]), {})
    if typed == _shown_row(old):
        return old
    row: dict[str, Any] = {
        name: text for name, text in typed.items() if name != "label_cy" and text
    }
    if "label_cy" in typed:
        check = {"check": True} if old.get("i18n", {}).get("cy", {}).get("check") else {}
        row["i18n"] = {"cy": {"label": typed["label_cy"], **check}}
    return row


def _set(element: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set or take away what stands at a path; an object that becomes empty goes with it."""
    first, *rest = path
    if rest:
        inner = element.get(first)
        inner = inner if isinstance(inner, dict) else {}
        _set(inner, tuple(rest), value)
        value = inner or None
    if value is None:
        element.pop(first, None)
    elif first in element:
        element[first] = value
    else:
        insert(element, first, value)


def insert(element: dict[str, Any], name: str, value: Any) -> None:
    """Add a property where the files have it: before the first that comes after it in order."""
    place = _PLACES.get(name, len(_ORDER))
    after = [one for one in element if _PLACES.get(one, len(_ORDER)) > place]
    behind = list(element)[list(element).index(after[0]) :] if after else []
    moved = {one: element.pop(one) for one in behind}
    element[name] = value
    element.update(moved)
