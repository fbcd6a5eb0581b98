"""What is wrong with what a designer typed is said beside it, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from engine import form_editing
from engine.texts import Text

RADIO = form_editing.of_field("radio")
FINE: dict[str, Any] = {
    "label": "Who came?", "label_cy": "Pwy ddaeth?", "key": "came",
    "values": [{"value": "a", "label": "A", "label_cy": "A"}],
}  # fmt: skip


def _option(value: str, english: str = "A", welsh: str = "A") -> dict[str, str]:
    return {"value": value, "label": english, "label_cy": welsh}


def test_nothing_is_wrong_with_an_ordinary_question() -> None:
    assert form_editing.problems(FINE, RADIO) == {}


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"label": "", "label_cy": ""}, "label"),
        ({"label_cy": ""}, "label_cy"),
        ({"label": ""}, "label"),
        ({"description": "Only English", "description_cy": ""}, "description_cy"),
        ({"label": "x" * 301}, "label"),
        ({"key": "Came"}, "key"),
        ({"key": "item"}, "key"),
        ({"key": "taken"}, "key"),
        ({"catalogue": "F2"}, "catalogue"),
        ({"hide": "came ="}, "hide"),
        ({"example": "=came +"}, "example"),
        ({"example": '["a"'}, "example"),
        ({"visibility": "V-panel"}, "visibility"),
        ({"kind": "money"}, "kind"),
        ({"error_required": "x" * 501, "error_required_cy": "y"}, "error_required"),
        ({"values": []}, "values"),
        ({"values": [_option("a b")]}, "values-0-value"),
        ({"values": [_option("a"), _option("a")]}, "values-1-value"),
        ({"values": [_option("a", "A", "")]}, "values-0-label_cy"),
    ],
)
def test_what_is_wrong_is_said_beside_it(typed: dict[str, Any], at: str) -> None:
    found = form_editing.problems({**FINE, **typed}, RADIO, taken={"taken"})
    assert at in found
    assert all(isinstance(one, Text) and one.en and one.cy for one in found.values())


@pytest.mark.parametrize(
    ("kind", "typed", "at"),
    [
        ("textfield", {"maxLength": "many"}, "maxLength"),
        ("textfield", {"pattern": "(a+)+"}, "pattern"),
        ("number", {"min": "1e9"}, "min"),
        ("datetime", {"notAfter": "today("}, "notAfter"),
        ("expression", {"expression": ""}, "expression"),
        ("dynamiclist", {"appoints": [{"role": "", "email": "email"}]}, "appoints-0-role"),
    ],
)
def test_limits_are_held_to_their_kind(kind: str, typed: dict[str, Any], at: str) -> None:
    assert at in form_editing.problems(typed, form_editing.of_field(kind))


def test_a_rule_names_a_question_of_its_form() -> None:
    rule = {"rule_check": "true", "field": "nobody", "en": "No.", "cy": "Na."}
    assert set(form_editing.problems(rule, form_editing.RULE, fields={"came"})) == {"field"}
