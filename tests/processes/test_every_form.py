"""What holds for every form and every letter, whatever process they belong to."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine import time_source, timescales
from engine.forms.answers import Problem
from engine.forms.wording import say
from engine.letters import parse_letter
from tests.processes.catalogue import ROOT, TEXTS, inputs, parsed, parts, source, unsure_terms

FORMS = sorted(path.stem for path in (ROOT / "forms").glob("*.json"))
LETTERS = sorted(path.stem for path in (ROOT / "forms" / "letters").glob("*.toml"))

#: Answers that cannot be read at all are told so in words of their own.
READ = ("datetime", "select", "radio", "checklist", "number")


def test_there_are_terms_that_need_a_translator() -> None:
    assert len(unsure_terms()) > 80


@pytest.mark.parametrize("form_id", FORMS)
def test_a_file_is_named_as_its_form(form_id: str) -> None:
    assert parsed(form_id).id == form_id


@pytest.mark.parametrize("form_id", FORMS)
def test_every_text_has_its_welsh(form_id: str) -> None:
    for part in parts(source(form_id)):
        welsh = part.get("i18n", {}).get("cy", {})
        for name in TEXTS:
            if isinstance(part.get(name), str) and "value" not in part and "type" in part:
                assert welsh.get(name, "").strip(), f"{part.get('id')} lacks the Welsh of {name}"
        if "errors" in part and "validate" in part:
            assert set(part["errors"]) == set(welsh["errors"]), part["id"]
        if "value" in part:
            assert welsh["label"].strip(), part
        if "en" in part:
            assert part["cy"].strip(), part
            assert part["cy"] != part["en"], part


@pytest.mark.parametrize("form_id", FORMS)
def test_unsure_welsh_is_marked_for_a_translator(form_id: str) -> None:
    terms = unsure_terms()
    for part in parts(source(form_id)):
        welsh = part.get("i18n", {}).get("cy", {})
        said = json.dumps({**welsh, "check": None}, ensure_ascii=False).lower()
        found = [term for term in terms if term in said]
        assert welsh.get("check", False) is bool(found), f"{part.get('id')}: {found}"


@pytest.mark.parametrize("form_id", FORMS)
def test_every_rule_of_a_field_has_its_own_words(form_id: str) -> None:
    for part in inputs(form_id):
        broken = set(part.get("validate", {})) - set(part.get("errors", {}))
        assert not broken, f"{part['id']} says nothing about {broken}"
        if part["type"] in READ and not part.get("readonly"):
            assert "type" in part["errors"], part["id"]


#: What may be wrong with an answer whatever its form says, by type.
WRONG = {
    "textfield": ("characters", "maxLength"),
    "textarea": ("characters", "maxLength"),
    "number": ("type", "decimals"),
    "dynamiclist": ("max",),
    "filepicker": ("type", "accept"),
    "adolyguPerson": ("type", "characters", "maxLength"),
}


@pytest.mark.parametrize("form_id", FORMS)
def test_every_wrong_answer_is_told_in_words_that_name_its_question(form_id: str) -> None:
    """Hold authored words and our own to saying something, in each language, about this field."""
    form = parsed(form_id)
    asked = [one for top in form.fields for one in (top, *top.columns) if one.has_input]
    for entry in asked:
        for rule in ("required", *WRONG.get(entry.type, ("type",))):
            told = say(entry, Problem(rule, limit="7"))
            assert told.en != told.cy, (entry.key, rule)
            if told not in entry.errors.values():
                assert entry.label("en") in told.en, (entry.key, rule)
                assert entry.label("cy") in told.cy, (entry.key, rule)


#: Words in the label of a field by which its kind can be told.
SPOKEN = {
    "email": re.compile(r"\be-?mail address\b", re.IGNORECASE),
    "phone": re.compile(r"\b(tele)?phone number\b", re.IGNORECASE),
    "money": re.compile(r"£|\bin pounds\b|\bcost\b|\bfee\b", re.IGNORECASE),
}
TYPES = {"email": "textfield", "phone": "textfield", "money": "number"}


@pytest.mark.parametrize("form_id", FORMS)
def test_a_field_is_of_the_kind_that_its_label_speaks_of(form_id: str) -> None:
    for part in inputs(form_id):
        for kind, speaks in SPOKEN.items():
            if part["type"] == TYPES[kind] and speaks.search(part["label"]):
                assert part.get("kind") == kind, f"{part['id']} is {kind}: {part['label']}"


@pytest.mark.parametrize("form_id", FORMS)
def test_texts_are_typographic_and_ask_for_no_blame(form_id: str) -> None:
    for part in parts(source(form_id)):
        shown = [part.get(name) for name in (*TEXTS, "en", "cy", "example")]
        shown += [*part.get("errors", {}).values()]
        for text in shown:
            if isinstance(text, str) and not text.startswith("="):
                assert "'" not in text, text
                assert not re.search(r"\b(blame|fault|failings?|failed|guilty)\b", text.lower())


@pytest.mark.parametrize("last_day", [date(2026, 1, 14), date(2026, 6, 1)], ids=date.isoformat)
@pytest.mark.parametrize(
    ("form_id", "timescale", "answer", "names"),
    [
        ("event_plan", "TS-47", "event_on", {"in_case_review_event": True}),
        ("forum_action", "TS-33", "first_action_on", {"forum_learning_on": date(2026, 1, 2)}),
    ],
)
def test_a_rule_about_a_deadline_warns_from_the_day_after_the_last_one(
    form_id: str, timescale: str, answer: str, names: dict[str, Any], last_day: date
) -> None:
    functions = timescales.own_functions(
        datetime(2026, 1, 1, tzinfo=UTC), {timescale: time_source.end_of_day(last_day)}.get
    )
    checks = [rule.check for rule in parsed(form_id).rules if rule.check is not None]
    about = [check for check in checks if ("last day", (timescale,)) in check.calls]
    assert len(about) == 1
    for day, holds in ((last_day, True), (last_day + timedelta(days=1), False)):
        assert about[0].evaluate({**names, answer: day}, functions) is holds


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_names_nobody_and_speaks_both_languages(name: str) -> None:
    path = ROOT / "forms" / "letters" / f"{name}.toml"
    letter = parse_letter(path.read_bytes(), str(path))
    for text in (letter.subject, letter.body):
        assert text.en != text.cy
        assert "'" not in text.en + text.cy
    for said in (letter.subject.en, letter.subject.cy):
        assert "{case}" in said
