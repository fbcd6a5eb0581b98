"""“Only if the answer is …” becomes FEEL that hides the question otherwise, and is read back."""

from __future__ import annotations

from typing import Any

import pytest

from engine import feel
from engine.form_editing import IS, IS_NOT, choices, hide_unless, read_condition


def _option(value: str) -> dict[str, Any]:
    return {"value": value, "label": value.title(), "i18n": {"cy": {"label": f"{value} cy"}}}


ASKED: list[dict[str, Any]] = [
    {"type": "textfield", "key": "words", "label": "Words"},
    {"type": "radio", "key": "way", "label": "Way", "values": [_option("post"), _option("email")]},
    {"type": "radio", "key": "sure", "kind": "yesno", "label": "Sure?",
     "values": [_option("yes"), _option("no")]},
    {"type": "checklist", "key": "who", "label": "Who", "values": [_option("child")]},
    {"type": "checkbox", "key": "done", "label": "Done"},
]  # fmt: skip


def test_answers_of_choices_and_ticks_may_decide_and_nothing_that_is_typed() -> None:
    found = choices(ASKED)
    assert [one.name for one in found] == [
        *("way=post", "way=email", "sure=true", "sure=false", "who=child", "done=true")
    ]
    assert (found[0].question.en, found[0].answer.cy) == ("Way", "post cy")


@pytest.mark.parametrize(
    ("choice", "given", "other"),
    [
        ("way=post", {"way": "post"}, {"way": "email"}),
        ("sure=false", {"sure": False}, {"sure": True}),
        ("who=child", {"who": ["child"]}, {"who": ["mother"]}),
        ("done=true", {"done": True}, {"done": False}),
    ],
)
@pytest.mark.parametrize("how", [IS, IS_NOT])
def test_a_question_is_asked_for_the_answer_that_was_chosen(
    choice: str, given: dict[str, Any], other: dict[str, Any], how: str
) -> None:
    source = hide_unless(choice, how, ASKED)
    hide = feel.compile_expression(source, where="", names=None, functions=feel.OWN_FUNCTIONS)
    assert (hide.evaluate(given, {}) is True) == (how == IS_NOT)
    assert (hide.evaluate(other, {}) is True) == (how == IS)
    assert read_condition(source, ASKED) == (choice, how)


def test_nothing_is_asked_before_the_question_on_which_it_hangs_is_answered() -> None:
    for choice, key in (("way=post", "way"), ("who=child", "who"), ("done=true", "done")):
        source = hide_unless(choice, IS, ASKED)
        hide = feel.compile_expression(source, where="", names=None, functions=feel.OWN_FUNCTIONS)
        assert hide.evaluate({key: None}, {}) is True


@pytest.mark.parametrize(
    "source", ['way != "pigeon"', 'words != "x"', 'way != "post" and sure = true', "way = null"]
)
def test_what_is_not_as_simple_stays_feel(source: str) -> None:
    assert read_condition(source, ASKED) is None
