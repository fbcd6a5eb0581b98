"""Say in words what differs between two versions of a form: sections, questions, answers, rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.comparing.aspects import ON
from engine.comparing.parts import Difference, Part, differences
from engine.texts import Text

#: Keys of a component that are told in parts of their own, or by the words of the part.
_APART = frozenset({"components", "values", "rules", "i18n", "validate", "errors", "key", "path"})
_FLAGS = frozenset({"required", "readonly", "hidden"})

FORM = "form"


def compare_forms(before: bytes, now: bytes) -> list[Difference]:
    """Return what differs between two versions of a form.

    Raises:  ValueError or RecursionError, for a version that is not JSON.
    """
    return list(differences(form_parts(before), form_parts(now)))


def form_parts(source: bytes) -> list[Part]:
    """Return the parts of a form in the order of the file, the form itself first.

    Raises:  ValueError or RecursionError, for what is not a JSON object.
    """
    table = json.loads(source)
    if not isinstance(table, dict):
        raise ValueError("a form is a JSON object")
    name = _words(table, ("title", "id"))
    own = Part(FORM, "form", name, aspects=_aspects(table))
    return [own, *_components(table, FORM), *_rules(table)]


def component_id(component: Mapping[str, Any]) -> str:
    """Return by what a section, a question or a text is told from its neighbours."""
    return str(component.get("key") or component.get("path") or component.get("id") or "")


def rule_id(rule: Mapping[str, Any]) -> str:
    """Return by what a rule is told from the others of its form: its row, else what it checks."""
    return str(rule.get("row") or rule.get("check") or rule.get("en") or "")


def _components(holder: Mapping[str, Any], inside: str) -> Iterator[Part]:
    for component in _objects(holder.get("components")):
        key = component_id(component)
        rows = holder.get("type") == "dynamiclist"
        # A section may be called like the rows in it.
        before = f"{inside}." if rows else "section " if component.get("type") == "group" else ""
        identifier = f"{before}{key}"
        yield Part(
            identifier,
            _sort(component, rows),
            _words(component, ("label", "text", "key", "path", "id")),
            inside,
            _aspects(component),
        )
        yield from _answers(component, identifier)
        yield from _components(component, identifier)


def _sort(component: Mapping[str, Any], in_rows: bool) -> str:
    if component.get("type") == "group":
        return "section"
    if component.get("type") == "text":
        return "text"
    return "column" if in_rows else "question"


def _answers(component: Mapping[str, Any], inside: str) -> Iterator[Part]:
    for answer in _objects(component.get("values")):
        value = str(answer.get("value", ""))
        question = _words(component, ("label", "key"))
        name = _words(answer, ("label", "value"))
        name = Text(f"{name.en} ({question.en})", f"{name.cy} ({question.cy})")
        yield Part(f"{inside}={value}", "answer", name, inside, _aspects(answer, "value"))


def _rules(table: Mapping[str, Any]) -> Iterator[Part]:
    seen: dict[str, int] = {}
    for rule in _objects(table.get("rules")):
        key = rule_id(rule)
        seen[key] = seen.get(key, 0) + 1
        again = f" ({seen[key]})" if seen[key] > 1 else ""
        english = str(rule.get("row") or rule.get("en") or rule.get("check"))
        welsh = str(rule.get("row") or rule.get("cy") or english)
        aspects = {
            name: _said(value) for name, value in rule.items() if name not in ("kind", "row")
        }
        if rule.get("kind") == "warning":
            aspects["warns"] = ON
        yield Part(f"rule {key}{again}", "rule", Text(english, welsh), "rules", aspects)


def _aspects(table: Mapping[str, Any], *but: str) -> dict[str, Text]:
    """Return what is said of a piece of a form, but these keys; its Welsh and checks as well."""
    said = {key: value for key, value in table.items() if key not in {*_APART, *but}}
    said |= _object(table.get("validate"))
    said |= {f"error {key}": value for key, value in _object(table.get("errors")).items()}
    conditional = _object(said.pop("conditional", None))
    if conditional:
        said["hide"] = conditional.get("hide") or conditional
    welsh = dict(_object(_object(table.get("i18n")).get("cy")))
    errors = _object(welsh.pop("errors", None))
    # Whether a translator has seen the Welsh is nothing that the form says.
    welsh.pop("check", None)
    said |= {f"{key}_cy": value for key, value in welsh.items()}
    said |= {f"error {key}_cy": value for key, value in errors.items()}
    found = {}
    for key, value in said.items():
        if key in _FLAGS:
            if value:
                found[key] = ON
        elif value not in (None, "", [], {}):
            found[key] = _said(value)
    return found


def _words(table: Mapping[str, Any], keys: Iterable[str]) -> Text:
    welsh = _object(_object(table.get("i18n")).get("cy"))
    for key in keys:
        english = table.get(key)
        if isinstance(english, str) and english:
            return Text(english, str(welsh.get(key) or english))
    return Text("?", "?")


def _said(value: Any) -> Text:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Text(text, text)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
