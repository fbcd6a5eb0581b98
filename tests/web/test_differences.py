"""Two versions of the same answers are held against each other, word by word and row by row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.forms import Form, parse_form
from tests.web.conftest import Site
from web.differences import Change, differences, pieces_of


def _entry(kind: str, key: str, **more: Any) -> dict[str, Any]:
    texts = {"label": key, "i18n": {"cy": {"label": f"{key} cy"}}}
    return {"type": kind, "key": key, "id": f"{key}_id", "catalogue": "F46.01", **texts, **more}


@pytest.fixture(scope="module")
def form() -> Form:
    """A form with a text and rows."""
    rows = {
        "type": "dynamiclist", "path": "people", "id": "people_rows", "catalogue": "F46.02",
        "label": "people", "itemLabel": "Person",
        "i18n": {"cy": {"label": "pobl", "itemLabel": "Person"}},
        "components": [_entry("textfield", "name")],
    }  # fmt: skip
    group = {
        "type": "group", "id": "main", "label": "Main", "i18n": {"cy": {"label": "Prif"}},
        "components": [_entry("textarea", "story"), rows],
    }  # fmt: skip
    source = {
        "type": "default", "schemaVersion": 19, "id": "tale", "catalogue": "F-46", "per": "case",
        "visibility": ["V-STEER"], "title": "Tale", "i18n": {"cy": {"title": "Stori"}},
        "components": [group],
    }  # fmt: skip
    return parse_form(json.dumps(source).encode(), "forms/tale.json")


def held_against(site: Site, form: Form, was: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    with site.app.test_request_context("/"):
        found = differences(form, {"main": was}, {"main": now})
    return found[0][1] if found else []


@pytest.mark.parametrize(
    ("was", "now", "pieces"),
    [
        ("a b c", "a b c", []),
        ("a b", "a c", [("same", "a "), ("removed", "b"), ("added", "c")]),
        ("a b c", "x y c", [("removed", "a b"), ("added", "x y"), ("same", " c")]),
        ("", "a", [("added", "a")]),
        ("a", "", [("removed", "a")]),
        ("a b", "a\nb", [("same", "a"), ("removed", " "), ("added", "\n"), ("same", "b")]),
    ],
)
def test_texts_differ_word_by_word(was: str, now: str, pieces: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.text) for one in pieces_of(was, now)] == pieces


def test_both_texts_can_be_read_from_the_pieces_also_of_long_ones() -> None:
    was = "\n".join(f"line {number} of it" for number in range(2000))
    now = was.replace("line 7 of", "line seven of")
    pieces = list(pieces_of(was, now))
    assert "".join(one.text for one in pieces if one.kind != "added") == was
    assert "".join(one.text for one in pieces if one.kind != "removed") == now


def test_an_answer_that_is_the_same_is_left_out(site: Site, form: Form) -> None:
    assert held_against(site, form, {"story": "so"}, {"story": "so"}) == []


def test_an_answer_that_was_given_or_taken_away_says_so(site: Site, form: Form) -> None:
    (given,) = held_against(site, form, {}, {"story": "so"})
    (taken,) = held_against(site, form, {"story": "so"}, {"story": ""})
    assert (given.kind, taken.kind) == ("added", "removed")


def test_rows_are_matched_by_their_key_wherever_they_stand(site: Site, form: Form) -> None:
    was = {"people": [{"_key": "p1", "name": "Ann"}, {"_key": "p2", "name": "Bob"}]}
    moved = {"people": [was["people"][1], was["people"][0]]}
    assert held_against(site, form, was, moved) == []
    now = {"people": [{"_key": "p2", "name": "Rob"}, {"_key": "p3", "name": "Cai"}]}
    (rows,) = held_against(site, form, was, now)
    assert [(one.kind, one.label) for one in rows.inner] == [
        ("changed", "Person 1"),
        ("added", "Person 2"),
        ("removed", "Person 1"),
    ]
    changed = [(one.kind, one.text) for one in rows.inner[0].inner[0].pieces]
    assert changed == [("removed", "Bob"), ("added", "Rob")]
