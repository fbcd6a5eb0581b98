"""Editing a form changes what the edit names, and nothing else of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine import form_editing, forms
from engine.errors import NotFound

FORMS = sorted((Path(__file__).parents[3] / "forms").glob("*.json"))
CONSENT = next(path for path in FORMS if path.stem == "consent").read_bytes()
AT = "forms/consent.json"

QUESTION = {
    "type": "textarea",
    "label": "What else was said?",
    "label_cy": "Beth arall a ddywedwyd?",
    "key": "else_said",
    "required": True,
    "error_required": "Write what else was said",
    "error_required_cy": "Ysgrifennwch beth arall a ddywedwyd",
    "hide": "withdrawn_on = null",
}


def _ids(source: bytes) -> list[str]:
    return [one.id for one in form_editing.parts(json.loads(source))]


def _element(source: bytes, part_id: str) -> dict[str, Any]:
    return form_editing.part(json.loads(source), part_id).element


def _parsed(source: bytes) -> forms.Form:
    return forms.parse_form(source, AT)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_putting_back_what_a_page_shows_leaves_every_shipped_form_as_it_was(path: Path) -> None:
    source = path.read_bytes()
    form = form_editing.read(source, str(path))
    form_editing.put(
        form.data, form_editing.FORM, form_editing.answers_of(form.data, form_editing.FORM)
    )
    for number, rule in enumerate(form.data.get("rules", [])):
        shown = form_editing.answers_of(rule, form_editing.RULE)
        form_editing.put(form.data["rules"][number], form_editing.RULE, shown)
    for one in form_editing.parts(form.data):
        shown = form_editing.answers_of(one.element, one.offered())
        form_editing.put(one.element, one.offered(), shown)
        assert not form_editing.problems(shown, one.offered()), one.id
    assert form.write() == source


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_question_that_is_added_and_removed_again_leaves_no_trace(path: Path) -> None:
    source, name = path.read_bytes(), str(path)
    section = json.loads(source)["components"][0]["id"]
    added = form_editing.add_field(source, name, section, QUESTION)
    new = ({*_ids(added)} - {*_ids(source)}).pop()
    assert form_editing.remove_part(added, name, new) == source


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_question_that_is_moved_down_and_up_again_leaves_no_trace(path: Path) -> None:
    source, name = path.read_bytes(), str(path)
    first = json.loads(source)["components"][0]["components"][0]["id"]
    down = form_editing.move_part(source, name, first, 1)
    assert form_editing.move_part(down, name, first, -1) == source


def test_a_new_question_stands_at_the_end_of_its_section_with_all_that_was_said_of_it() -> None:
    added = _parsed(form_editing.add_field(CONSENT, AT, "parents", QUESTION))
    asked = added.section("parents").fields[-1]
    assert (asked.id, asked.key, asked.type) == ("parents_else_said", "else_said", "textarea")
    assert asked.label("cy") == "Beth arall a ddywedwyd?"
    assert asked.validate.required
    assert asked.error("required", "cy") == "Ysgrifennwch beth arall a ddywedwyd"
    assert asked.hide is not None
    assert asked.hide.names == {"withdrawn_on"}


def test_what_pages_do_not_offer_stays_where_it_was() -> None:
    gates = b'"gates": [{"roles": ["panel"], "when": "true"}]'
    gated = CONSENT.replace(b'"example": "Mother",', b'"example": "Mother", ' + gates + b",")
    assert gated != CONSENT
    changed = form_editing.change_part(
        gated, AT, "parents_parents_relation", {"label": "Relationship"}
    )
    assert changed == gated.replace(
        b'"label": "Relation to the child or young person"', b'"label": "Relationship"'
    )


def test_an_answer_keeps_what_a_page_does_not_show_of_it() -> None:
    shown = form_editing.answers_of(
        _element(CONSENT, "parents_parents_how"), form_editing.of_field("radio")
    )
    options = [*shown["values"], {"value": "signed", "label": "Signed", "label_cy": "Drwy arwyddo"}]
    changed = form_editing.change_part(CONSENT, AT, "parents_parents_how", {"values": options})
    before, after = (_element(one, "parents_parents_how")["values"] for one in (CONSENT, changed))
    assert after[: len(before)] == before
    assert after[-1] == {
        "value": "signed",
        "label": "Signed",
        "i18n": {"cy": {"label": "Drwy arwyddo"}},
    }


def test_a_condition_that_is_taken_away_leaves_nothing_of_it() -> None:
    changed = form_editing.change_part(CONSENT, AT, "parents_parents_how", {"hide": ""})
    assert "conditional" not in _element(changed, "parents_parents_how")


def test_a_question_at_the_edge_moves_into_the_next_section() -> None:
    form = json.loads(CONSENT)
    above, below = form["components"][:2]
    moved = form_editing.move_part(CONSENT, AT, below["components"][0]["id"], -1)
    last = json.loads(moved)["components"][0]["components"][-1]
    assert last == below["components"][0]
    assert form_editing.move_part(CONSENT, AT, above["id"], -1) == CONSENT


def test_another_type_takes_out_what_it_does_not_know_and_the_form_stands() -> None:
    changed = form_editing.change_part(
        CONSENT, AT, "parents_parents_consent", {"kind": ""}, "textfield"
    )
    element = _element(changed, "parents_parents_consent")
    assert element["type"] == "textfield"
    assert "values" not in element
    assert element["errors"] == {
        "required": "Select whether this person has given consent",
        "type": "Has this person given consent: select one of the answers shown",
    }
    _parsed(changed)


def test_a_section_brings_its_first_question_and_may_be_removed_with_all_of_it() -> None:
    section = {"label": "Afterwards", "label_cy": "Wedyn", "first": QUESTION}
    added = form_editing.add_section(CONSENT, AT, section)
    assert [one.id for one in _parsed(added).sections][-1] == "afterwards"
    assert form_editing.remove_part(added, AT, "afterwards") == CONSENT


def test_a_rule_is_added_changed_and_removed_by_its_number() -> None:
    rule = {
        "rule_check": "true",
        "field": "parents",
        "rule_kind": "error",
        "en": "No.",
        "cy": "Na.",
    }
    added = form_editing.add_rule(CONSENT, AT, rule)
    number = len(_parsed(added).rules) - 1
    changed = form_editing.change_rule(added, AT, number, {"en": "Never."})
    message = _parsed(changed).rules[number].message
    assert message is not None
    assert (message.text.en, message.text.cy) == ("Never.", "Na.")
    assert form_editing.remove_rule(changed, AT, number) == CONSENT
    with pytest.raises(NotFound):
        form_editing.remove_rule(CONSENT, AT, number)


def test_a_new_form_is_one_that_the_engine_reads_and_is_written_as_the_others_are() -> None:
    answers = {
        "title": "Quality check",
        "title_cy": "Gwiriad ansawdd",
        "catalogue": "F-90",
        "per": "case",
        "visibility": "V-PANEL",
        "section": {"label": "The check", "label_cy": "Y gwiriad", "first": QUESTION},
    }
    source = form_editing.new_form("quality_check", {**answers})
    form = forms.parse_form(source, "forms/quality_check.json")
    assert form.title("cy") == "Gwiriad ansawdd"
    assert [one.id for one in form.fields] == ["the_check_else_said"]
    assert source.startswith(b'{\n  "type": "default", "schemaVersion": 19, "id": "quality_check",')
    assert max(len(line) for line in source.decode().splitlines()) <= 120


def test_a_part_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotFound):
        form_editing.change_part(CONSENT, AT, "nothing", {"label": "x"})


def test_a_key_is_made_of_the_words_of_the_label_and_is_free() -> None:
    form = json.loads(CONSENT)
    assert form_editing.free_key(form, "When was the Ŵyl held?") == "when_was_the_wyl_held"
    assert form_editing.free_key(form, "Parents") == "parents_2"
    assert form_editing.free_key(form, "If?") == "the_if"
