"""A form file is read with its line numbers, or refused with file, line, element and remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine import forms
from engine.errors import InvalidDefinition
from tests.engine.forms import sample as s

Change = Callable[[dict[str, Any]], object]


def _component(data: dict[str, Any], key: str) -> dict[str, Any]:
    def search(node: Any) -> Any:
        if isinstance(node, dict):
            if key in (node.get("key"), node.get("path"), node.get("id")):
                return node
            node = list(node.values())
        return (
            next((hit for each in node if (hit := search(each))), None) if _is_list(node) else None
        )

    found: dict[str, Any] = search(data["components"])
    return found


def _is_list(node: Any) -> bool:
    return isinstance(node, list)


def test_sample_is_read_with_both_languages() -> None:
    form = s.read()
    assert form.title("cy") == "Cofnod cydsyniad"
    assert [section.id for section in form.sections] == ["family", "rest"]
    assert form.field("parents.consent").catalogue == "F45.02"
    assert form.field("why_not").error("required", "cy") == "Say why. (cy)"
    assert form.section_of("cost").id == "rest"
    assert "parents" in forms.known_names(form)
    assert "consent" not in forms.known_names(form)
    assert form.gates[0].roles == ("steering_group",)


def test_every_expression_of_a_form_can_be_looked_at() -> None:
    names = {name for _, _, each in forms.expressions(s.read()) for name in each.names}
    assert {"consent", "child_appropriate", "cost", "withdrawn_on", "consent_outcome"} <= names


def test_visibility_comes_from_the_section_or_the_form() -> None:
    data = s.sample()
    data["components"][1]["visibility"] = ["V-PANEL"]
    _component(data, "cost")["visibility"] = ["V-PUB", "coordinator"]
    _component(data, "outcome")["visibility"] = []
    form = s.read(data)
    assert form.field("child_appropriate").visibility == ("V-STEER",)
    assert form.field("telephone").visibility == ("V-PANEL",)
    assert form.field("cost").visibility == ("V-PUB", "coordinator")
    assert form.field("outcome").visibility == ()


CHANGES: dict[str, tuple[Change, str, str]] = {
    "unknown attribute of the form": (lambda d: d.update(colour="red"), "sample", "colour"),
    "unknown attribute of a field": (
        lambda d: _component(d, "cost").update(colour="red"), "i_cost", "colour"),
    "unknown attribute of a section": (
        lambda d: d["components"][0].update(key="x"), "family", "unknown attribute key"),
    "unknown rule": (
        lambda d: _component(d, "cost")["validate"].update(maximum=1), "i_cost", "maximum"),
    "rule of another type": (
        lambda d: _component(d, "cost")["validate"].update(notAfter="today()"), "i_cost",
        "notAfter"),
    "unknown type": (
        lambda d: _component(d, "cost").update(type="iframe"), "i_cost", "unknown type"),
    "script in place of a type": (
        lambda d: _component(d, "cost").update(type={"a": 1}), "i_cost", "type"),
    "key typename": (
        lambda d: _component(d, "cost").update(key="typename"), "i_cost", "typename"),
    "key that is a FEEL word": (lambda d: _component(d, "cost").update(key="for"), "i_cost", "for"),
    "key with capitals": (lambda d: _component(d, "cost").update(key="Cost"), "i_cost", "key"),
    "key that is no name": (lambda d: _component(d, "cost").update(key="a-b"), "i_cost", "key"),
    "key used twice": (
        lambda d: _component(d, "cost").update(key="telephone"), "i_cost", "telephone"),
    "key of a column used at the top": (
        lambda d: _component(d, "consent").update(key="cost"), "i_consent", "cost"),
    "two columns alike": (
        lambda d: _component(d, "consent").update(key="parent_name"), "i_parents", "parent_name"),
    "id used twice": (
        lambda d: _component(d, "cost").update(id="i_telephone"), "i_telephone", "again"),
    "id missing": (lambda d: _component(d, "cost").pop("id"), "rest", "id"),
    "label missing": (lambda d: _component(d, "cost").pop("label"), "i_cost", "label"),
    "label empty": (lambda d: _component(d, "cost").update(label="  "), "i_cost", "empty label"),
    "Welsh label missing": (
        lambda d: _component(d, "cost").update(i18n={"cy": {}}), "i_cost", "Welsh"),
    "Welsh title missing": (lambda d: d.update(i18n={"cy": {}}), "sample", "Welsh"),
    "Welsh hint missing": (
        lambda d: _component(d, "cost").update(description="In pounds"), "i_cost", "description"),
    "Welsh error missing": (
        lambda d: _component(d, "cost").update(errors={"min": "No."}), "i_cost", "errors.min"),
    "Welsh option missing": (
        lambda d: _component(d, "outcome")["values"][0].update(i18n={"cy": {}}), "i_outcome",
        "Welsh"),
    "Welsh of a rule missing": (lambda d: d["rules"][0].pop("cy"), "sample", "cy"),
    "option offered twice": (
        lambda d: _component(d, "outcome")["values"].extend(s.options("accepted")), "i_outcome",
        "twice"),
    "no options": (lambda d: _component(d, "outcome").update(values=[]), "i_outcome", "values"),
    "yes-or-no with other values": (
        lambda d: _component(d, "child_appropriate").update(values=s.options("yes", "maybe")),
        "i_child_appropriate", "yes and no"),
    "FEEL that does not compile": (
        lambda d: _component(d, "why_not").update(conditional={"hide": "=1 +"}), "i_why_not",
        "FEEL"),
    "FEEL with an unknown function": (
        lambda d: _component(d, "why_not").update(conditional={"hide": "=open(1)"}), "i_why_not",
        "FEEL"),
    "Python in place of FEEL": (
        lambda d: _component(d, "double_cost").update(expression="=__import__('os')"),
        "i_double_cost", "FEEL"),
    "FEEL in a rule": (lambda d: d["rules"][0].update(check="and and"), "DR-16.1", "FEEL"),
    "rule about no field": (lambda d: d["rules"][0].update(field="nothing"), "DR-16.1", "nothing"),
    "hidden by a later answer": (
        lambda d: _component(d, "telephone").update(conditional={"hide": "=cost = 1"}),
        "i_telephone", "later"),
    "items with an unknown column": (
        lambda d: _component(d, "parents")["items"].update(label="nobody"), "i_parents", "nobody"),
    "item key that is free text": (
        lambda d: _component(d, "parents")["items"].update(key="parent_name"), "i_parents",
        "not a choice"),
    "slow pattern": (
        lambda d: _component(d, "telephone")["validate"].update(pattern="(a+)+"), "i_telephone",
        "pattern"),
    "pattern with many repeats": (
        lambda d: _component(d, "telephone")["validate"].update(pattern="a*a*a*a*b"), "i_telephone",
        "pattern"),
    "id that is not the file name": (lambda d: d.update(id="other"), "other", "file name"),
    "no components": (lambda d: d.update(components=[]), "sample", "components"),
    "field outside a section": (
        lambda d: d["components"].append(s.field("number", "loose")), "i_loose", "type"),
    "old version": (lambda d: d.update(schemaVersion=3), "sample", "schemaVersion"),
    "length that is no number": (
        lambda d: _component(d, "why_not")["validate"].update(maxLength="9"), "i_why_not",
        "maxLength"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_faulty_form_is_refused_where_it_is_wrong(what: str) -> None:
    change, element, word = CHANGES[what]
    data = s.sample()
    change(data)
    with pytest.raises(InvalidDefinition) as caught:
        s.read(data)
    details = caught.value.details
    assert (details["file"], details["element"]) == ("forms/sample.json", element)
    assert word in details["reason"]
    assert details["remedy"]
    assert details["line"] >= 1


def test_line_is_the_line_of_the_fault() -> None:
    data = s.sample()
    _component(data, "cost")["colour"] = "red"
    source = json.dumps(data, indent=1)
    expected = source[: source.index('"colour"')].count("\n") + 1
    with pytest.raises(InvalidDefinition) as caught:
        forms.parse_form(source.encode(), "forms/sample.json")
    assert caught.value.details["line"] == expected


RAW: dict[str, bytes] = {
    "nothing": b"",
    "no object": b"[]",
    "cut short": b'{"type": "default",',
    "not UTF-8": b'{"id": "caf\xe9"}',
    "UTF-16": '{"id": "a"}'.encode("utf-16"),
    "key twice": b'{"id": "a",\n "id": "b"}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "exponent": b'{"a": 1e400}',
    "long number": b'{"a": ' + b"9" * 5_000 + b"}",
    "nested lists": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested objects": b'{"a": ' * 1_000 + b"1" + b"}" * 1_000,
    "larger than 1 MB": b'{"a": "' + b"x" * 1_000_001 + b'"}',
    "NUL in a text": b'{"a": "\\u0000"}',
    "half a character": b'{"a": "\\ud800"}',
    "raw control character": b'{"a": "\x01"}',
    "comment": b'{"a": 1} // hello',
    "two values": b'{"a": 1} {"b": 2}',
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "bare word": b'{"a": undefined}',
    "leading zero": b'{"a": 012}',
}


@pytest.mark.parametrize("what", RAW)
def test_hostile_json_is_refused(what: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        forms.parse_form(RAW[what], "forms/a.json")
    assert caught.value.details["file"] == "forms/a.json"


def test_key_used_twice_is_refused_on_its_own_line() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        forms.parse_form(RAW["key twice"], "forms/a.json")
    assert caught.value.details["line"] == 2
    assert "“id” twice" in caught.value.details["reason"]


@pytest.mark.parametrize("value", [None, 1, "x", True, [], {}, [[]], {"a": {}}])
def test_any_value_anywhere_gives_a_refusal_or_a_form(value: object) -> None:
    paths: list[tuple[Any, Any]] = []

    def collect(node: Any) -> None:
        pairs = list(node.items() if isinstance(node, dict) else enumerate(node))
        for key, inner in pairs:
            paths.append((node, key))
            if isinstance(inner, dict | list):
                collect(inner)

    data = s.sample()
    collect(data)
    for node, key in paths[len(repr(value)) :: 29]:
        kept = node[key]
        node[key] = value
        assert _line_of_refusal(data) >= 1
        node[key] = kept


def _line_of_refusal(data: dict[str, Any]) -> int:
    """Return the line named, or 1 where the form is good after all."""
    try:
        s.read(data)
    except InvalidDefinition as refused:
        return int(refused.details["line"])
    return 1
