"""What the form-js editor exports is laid over the form as it stood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InvalidDefinition
from engine.form_editing import part, take_in
from engine.forms import parse_form

CONSENT = (Path(__file__).parents[3] / "forms" / "consent.json").read_bytes()
AT = "forms/consent.json"


def _exported() -> dict[str, Any]:
    """Return the form as the editor exports it: defaults and a layout of its own everywhere."""
    data: dict[str, Any] = json.loads(CONSENT)

    def dress(element: dict[str, Any]) -> None:
        element["layout"] = {"row": "Row_1", "columns": None}
        if element["type"] == "dynamiclist":
            element.update(isRepeating=True, showOutline=True, defaultRepetitions=1)
            element["allowAddRemove"] = True
        for inner in element.get("components", []):
            dress(inner)

    for section in data["components"]:
        dress(section)
    return {**data, "id": "Form_1", "exporter": {"name": "somebody", "version": "1"}}


def _taken_in(data: dict[str, Any], source: bytes = CONSENT) -> bytes:
    return take_in(source, AT, json.dumps(data).encode())


def test_what_nobody_changed_on_the_canvas_stays_to_the_byte() -> None:
    assert _taken_in(_exported()) == CONSENT


def test_one_label_that_was_changed_is_all_that_changes() -> None:
    data = _exported()
    part(data, "withdrawal_withdrawn_on").element["label"] = "Withdrawn when?"
    before = json.loads(CONSENT)
    label = json.dumps(part(before, "withdrawal_withdrawn_on").element["label"]).encode()
    assert _taken_in(data) == CONSENT.replace(label, b'"Withdrawn when?"')


def test_what_is_new_gets_a_name_that_stays_from_one_saving_to_the_next() -> None:
    data = _exported()
    new = {
        "id": "Field_0K3x", "type": "textfield", "key": "extra", "label": "Extra",
        "i18n": {"cy": {"label": "Ychwanegol"}}, "layout": {"row": "Row_2"},
    }  # fmt: skip
    data["components"][0]["components"].append(new)
    first = _taken_in(data)
    assert parse_form(first, AT).field("extra").id == "field_0k3x"
    new["label"] = "Extra words"
    second = _taken_in(data, first)
    assert parse_form(second, AT).field("extra").label("en") == "Extra words"
    assert second.count(b"field_0k3x") == 1


def test_what_was_moved_and_removed_is_moved_and_removed() -> None:
    data = _exported()
    child = data["components"][1]["components"]
    child.append(child.pop(0))
    del data["components"][3]
    taken = json.loads(_taken_in(data))
    assert [one["id"] for one in taken["components"]] == ["parents", "child", "explained"]
    assert [one["id"] for one in taken["components"][1]["components"]] == [
        *("child_child_not_appropriate_reason", "child_child_consent", "child_child_appropriate")
    ]


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidDefinition):
        take_in(CONSENT, AT, b"{")
