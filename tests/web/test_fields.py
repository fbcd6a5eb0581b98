"""Each kind of field becomes its GOV.UK component, filled in with what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask, render_template_string

import engine
from engine import forms
from engine.documents import DocumentKey
from tests.web.conftest import SETTINGS
from web import answers, fields
from web.application import create_app


@dataclass(frozen=True)
class Known:
    """Facts and functions that conditions read."""

    names: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(replace(SETTINGS, demonstration=False))


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def field_of(type_: str, key: str = "asked", **more: Any) -> dict[str, Any]:
    """Return a field of a form file."""
    texts = {"label": f"The {key}", "i18n": {"cy": {"label": f"Y {key}"}}}
    name = {"path": key} if type_ == "dynamiclist" else {"key": key}
    return {"type": type_, "id": key, "catalogue": "F45.01", **name, **texts, **more}


def options(*values: str) -> list[dict[str, Any]]:
    """Return options whose English is their value."""
    return [{"value": v, "label": v, "i18n": {"cy": {"label": f"{v} cy"}}} for v in values]


def form_of(*components: dict[str, Any]) -> engine.Form:
    """Return a form of one section."""
    group = {"type": "group", "id": "main", "label": "Main", "components": list(components)}
    source = {
        "type": "default",
        "schemaVersion": 19,
        "id": "consent",
        "catalogue": "F-45",
        "per": "case",
        "visibility": ["V-STEER"],
        "title": "Consent",
        "i18n": {"cy": {"title": "Cydsyniad"}},
        "components": [group | {"i18n": {"cy": {"label": "Prif"}}}],
    }
    return forms.parse_form(json.dumps(source).encode(), "forms/consent.json")


def questions(
    *components: dict[str, Any],
    posted: dict[str, list[str]] | None = None,
    known: Known | None = None,
    errors: tuple[engine.FieldError, ...] = (),
) -> list[fields.Question]:
    """Return the questions that a form of these fields asks."""
    part = part_of(form_of(*components), posted)
    return list(fields.lay_out(part, known or Known(), errors).sections[0].questions)


def part_of(form: engine.Form, posted: dict[str, list[str]] | None = None) -> engine.FormPart:
    """Return a form as a task would write it, with nothing recorded yet."""
    key = DocumentKey(form.id)
    return engine.FormPart(
        form=form, sections=("main",), key=key, base_version=0, posted=posted or {}, content={}
    )


def html_of(*components: dict[str, Any], posted: dict[str, list[str]] | None = None) -> str:
    """Return a form of these fields as HTML."""
    template = (
        '{% from "fields.html" import show %}{% for q in questions %}{{ show(q) }}{% endfor %}'
    )
    return render_template_string(template, questions=questions(*components, posted=posted))


def test_a_text_keeps_what_was_typed_and_escapes_it() -> None:
    html = html_of(field_of("textfield"), posted={"asked": ['"><script>']})
    assert 'value="&#34;&gt;&lt;script&gt;"' in html


def test_a_text_area_never_says_none() -> None:
    html = html_of(field_of("textarea"))
    assert "None" not in html
    assert "></textarea>" in html


def test_a_text_area_under_a_choice_keeps_its_lines_as_typed() -> None:
    choice = field_of("radio", "choice", values=options("yes", "no"))
    inner = field_of("textarea", "why", conditional={"hide": '=choice != "yes"'})
    html = html_of(choice, inner, posted={"choice": ["yes"], "why": ["one\r\n  two"]})
    assert ">one&#10;  two</textarea>" in html


def test_a_date_asks_for_its_three_parts_and_an_error_leads_to_the_first() -> None:
    wrong = engine.FieldError("asked", "Enter a real date", "Rhowch ddyddiad go iawn")
    question = questions(
        field_of("datetime", subtype="date"), posted={"asked-day": ["31"]}, errors=(wrong,)
    )[0]
    assert [one.name for one in question.inputs] == ["asked-day", "asked-month", "asked-year"]
    assert question.inputs[0].value == "31"
    assert question.anchor == "asked-day"
    assert question.error == "Enter a real date"


def test_a_month_asks_for_no_day() -> None:
    question = questions(field_of("datetime", subtype="month"))[0]
    assert [one.name for one in question.inputs] == ["asked-month", "asked-year"]


@pytest.mark.parametrize(
    ("posted", "shown"),
    [
        ("2024-03~", "about March 2024"),
        ("2024-06-03/2024-06-09", "between 3 and 9 June 2024"),
        ("2024-03-27", "27 March 2024"),
        ("early 2023", "early 2023"),
        ("", ""),
    ],
)
def test_a_date_that_need_not_be_exact_is_one_box_with_words(posted: str, shown: str) -> None:
    span = field_of("datetime", subtype="span")
    question = questions(span, posted={"asked": [posted]})[0]
    assert (question.kind, question.value) == ("text_input", shown)
    assert "about 2025" in question.hint
    standing = questions({**span, "readonly": True}, posted={"asked": [posted]})[0]
    assert (standing.kind, standing.value) == ("read_only", shown)


def test_a_simple_condition_puts_the_question_under_its_choice() -> None:
    choice = field_of("radio", "choice", values=options("yes", "no"))
    inner = field_of("textfield", "why", conditional={"hide": '=choice != "yes"'})
    found = questions(choice, inner)
    assert [question.name for question in found] == ["choice"]
    assert [question.name for question in found[0].choices[0].questions] == ["why"]
    assert found[0].choices[1].questions == ()


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("=choice != true", 0),
        ("=choice != false", 1),
        ("=choice = true", 1),
        ("=not(choice = true)", 0),
        ("=choice = null or choice != true", 0),
    ],
)
def test_a_yes_or_no_question_reveals_by_true_and_false(condition: str, place: int) -> None:
    choice = field_of("radio", "choice", kind="yesno", values=options("yes", "no"))
    inner = field_of("textfield", "why", conditional={"hide": condition})
    found = questions(choice, inner)
    assert [one.name for one in found[0].choices[place].questions] == ["why"]


def test_a_tick_reveals_what_depends_on_it() -> None:
    tick = field_of("checkbox", "agreed")
    inner = field_of("textfield", "why", conditional={"hide": "=agreed != true"})
    found = questions(tick, inner)
    assert [one.name for one in found[0].choices[0].questions] == ["why"]


def test_a_condition_that_is_not_simple_leaves_the_question_in_sight_with_a_hint() -> None:
    choice = field_of("radio", "choice", values=options("a", "b", "c"))
    inner = field_of("textfield", "why", conditional={"hide": '=choice != "a" and choice != "b"'})
    found = questions(choice, inner)
    assert [question.name for question in found] == ["choice", "why"]
    assert found[1].hint == "Only if the answer to “The choice” is: a; b."


def test_a_condition_on_facts_as_well_names_the_answers_that_ask_as_things_are() -> None:
    choice = field_of("radio", "choice", values=options("agree", "amend", "disagree"))
    hide = '=not(choice = "disagree" or (choice = "amend" and late = true))'
    inner = field_of("textfield", "why", conditional={"hide": hide})
    hints = [
        questions(choice, inner, known=Known({"late": late}))[1].hint for late in (True, False)
    ]
    assert hints == [
        "Only if the answer to “The choice” is: amend; disagree.",
        "Only if the answer to “The choice” is: disagree.",
    ]


def test_a_condition_on_what_is_typed_says_that_the_question_may_be_left_empty() -> None:
    cost = field_of("number", "cost")
    inner = field_of("textfield", "why", conditional={"hide": "=cost = null"})
    (_, why) = questions(cost, inner)
    assert why.hint == "Leave this empty if it does not apply."


def test_a_required_question_in_sight_is_not_said_to_be_one_to_leave_empty() -> None:
    hide, when = {"hide": "=cost = null"}, {"requiredWhen": "cost != null"}
    inner = field_of("textfield", "why", conditional=hide, validate=when)
    (_, why) = questions(field_of("number", "cost"), inner)
    assert why.hint == "Answer this only if it applies; then it needs an answer."


def test_a_question_that_facts_alone_ask_is_not_said_to_be_one_to_leave_empty() -> None:
    inner = field_of("textfield", "why", conditional={"hide": "=late != true"})
    assert questions(inner, known=Known({"late": True}))[0].hint == ""


def test_of_a_person_only_what_has_to_be_given_is_not_marked_as_optional() -> None:
    (plain,) = questions(field_of("adolyguPerson"))
    (designated,) = questions(field_of("adolyguPerson", designated=True))
    assert [one.label for one in plain.inputs] == ["Full name", "Designation (optional)"]
    assert [one.label for one in designated.inputs] == ["Full name", "Designation"]


def test_answers_that_nobody_typed_cannot_be_changed_and_none_is_the_signature() -> None:
    form = form_of(
        field_of("textfield", "typed"),
        field_of("textfield", "fixed", readonly=True),
        field_of("expression", "worked_out", expression='="x"'),
        field_of("adolyguSignature", "signed"),
    )
    given = {"main": {"typed": "a", "fixed": "b", "worked_out": "x"}}
    ((_, rows),) = answers.answers(form, given, unsent=True)
    changeable = {name: shown.changeable for name, _, shown in rows}
    assert changeable == {"typed": True, "fixed": False, "worked_out": False}
    ((_, kept),) = answers.answers(form, given)
    assert "signed" in [name for name, _, _ in kept]


def test_a_result_that_holds_both_languages_is_read_in_that_of_the_page(app: Flask) -> None:
    form = form_of(
        field_of("expression", "case", kind="bilingual", expression="=x"),
        field_of("textfield", "typed"),
    )
    both = "ABC-1; Concise review / Adolygiad cryno; This Board leads / Y Bwrdd hwn sy’n arwain"
    given = {"main": {"case": both, "typed": "either / or"}}

    def read(language: str) -> list[tuple[str, ...]]:
        with app.test_request_context("/", environ_base={"adolygu.language": language}):
            ((_, rows),) = answers.answers(form, given)
            return [shown.lines for _, _, shown in rows]

    english = [("ABC-1; Concise review; This Board leads",), ("either / or",)]
    welsh = [("ABC-1; Adolygiad cryno; Y Bwrdd hwn sy’n arwain",), ("either / or",)]
    assert (read("en"), read("cy")) == (english, welsh)


def test_a_heading_with_nothing_under_it_is_not_shown_and_only_what_was_typed_is_changed() -> None:
    template = '{% from "parts.html" import answer_sections %}{{ answer_sections(found, "/x") }}'
    rows = [
        ("typed", "Typed", answers.Shown(("a",), changeable=True)),
        ("fixed", "Fixed", answers.Shown(("b",))),
    ]
    html = render_template_string(template, found=[("Empty", []), ("Full", rows)])
    assert "Empty" not in html
    assert 'href="/x#typed"' in html
    assert "#fixed" not in html


def test_a_read_only_choice_of_several_shows_each_of_them() -> None:
    several = field_of("checklist", values=options("one", "two", "three"), readonly=True)
    (question,) = questions(several, posted={"asked": ["one", "three"]})
    assert (question.kind, question.value) == ("read_only", "one, three")


def test_a_condition_on_facts_hides_the_question_for_good() -> None:
    inner = field_of("textfield", "why", conditional={"hide": "=late != true"})
    assert questions(inner, known=Known({"late": False})) == []
    assert len(questions(inner, known=Known({"late": True}))) == 1


def test_rows_show_as_many_as_were_typed_and_at_least_the_least() -> None:
    rows = field_of(
        "dynamiclist", "people", validate={"required": True, "min": 2, "max": 3},
        itemLabel="Person", components=[field_of("textfield", "name")],
        i18n={"cy": {"label": "Pobl", "itemLabel": "Person"}},
    )  # fmt: skip
    assert len(questions(rows)[0].rows) == 2
    typed = {f"people-{number}-name": ["x"] for number in (0, 1, 2)}
    full = questions(rows, posted=typed)[0]
    assert [row.id for row in full.rows] == ["people-0", "people-1", "people-2"]
    assert not full.may_add


def test_an_error_in_a_row_stands_at_its_input() -> None:
    rows = field_of(
        "dynamiclist", "people", itemLabel="Person", components=[field_of("textfield", "name")],
        i18n={"cy": {"label": "Pobl", "itemLabel": "Person"}},
    )  # fmt: skip
    wrong = engine.FieldError("people.1.name", "Enter a name", "Rhowch enw")
    part = part_of(form_of(rows), {"people-0-name": ["a"], "people-1-name": [""]})
    page = fields.lay_out(part, Known(), [wrong])
    assert page.sections[0].questions[0].rows[1].questions[0].error == "Enter a name"
    assert fields.summarise([page], [wrong]) == [fields.Problem("Enter a name", "#people-1-name")]


def test_an_error_that_belongs_to_no_input_leads_to_the_form() -> None:
    wrong = engine.FieldError("gone", "Something", "Rhywbeth")
    part = part_of(form_of(field_of("textfield")))
    page = fields.lay_out(part, Known(), [wrong])
    assert fields.summarise([page], [wrong])[0].href == "#task-form"


def test_a_kept_file_can_be_opened_replaced_or_removed() -> None:
    kept = "0b0f4b2e-6d0e-4c3e-9c35-3f2f3b6d3c11"
    html = html_of(field_of("filepicker"), posted={"asked-kept": [kept]})
    assert f'name="asked-kept" value="{kept}"' in html
    assert f"/uploads/{kept}" in html
    assert 'value="drop:asked"' in html


def test_what_need_not_be_answered_says_so() -> None:
    asked, needed = questions(
        field_of("textfield"), field_of("textfield", "needed", validate={"required": True})
    )
    assert asked.label == "The asked (optional)"
    assert needed.label == "The needed"


ROWS = field_of(
    "dynamiclist", "asked", itemLabel="Person", components=[field_of("textfield", "name")],
    i18n={"cy": {"label": "Pobl", "itemLabel": "Person"}},
)  # fmt: skip

KINDS = [
    field_of("textfield"),
    field_of("textarea"),
    field_of("textarea", validate={"maxLength": 50}),
    field_of("number"),
    field_of("datetime", subtype="date"),
    field_of("datetime", subtype="month"),
    field_of("datetime", subtype="time"),
    field_of("datetime", subtype="span"),
    field_of("select", values=options("a", "b")),
    field_of("radio", values=options("a", "b")),
    field_of("checklist", values=options("a", "b")),
    field_of("checkbox"),
    field_of("filepicker"),
    field_of("adolyguPerson", contact=True),
    field_of("adolyguSignature"),
    field_of("number", kind="money"),
    field_of("number", decimalDigits=1),
    field_of("textfield", kind="web"),
    field_of("textfield", kind="email"),
    field_of("textfield", kind="phone"),
    field_of("radio", kind="yesno", values=options("yes", "no")),
    ROWS,
]


def called(component: dict[str, Any]) -> str:
    """Return what a test of a kind is called."""
    return "-".join(component.get(name, "") for name in ("type", "subtype", "kind")).strip("-")


#: The tags of what a person can type into, choose or press.
CONTROL = re.compile(r"<(input|select|textarea|button)\b[^>]*>")


@pytest.mark.parametrize(
    "component", [one for one in KINDS if one["type"] != "adolyguSignature"], ids=called
)
def test_the_summary_leads_to_what_a_person_can_put_right(component: dict[str, Any]) -> None:
    html = html_of(component)
    part = part_of(form_of(component))
    page = fields.lay_out(part, Known())
    for name in ("asked", "asked-day", "asked-month", "asked-name", "asked-0-name"):
        wrong = engine.FieldError(name, "Put it right", "Cywirwch ef")
        (problem,) = fields.summarise([page], [wrong])
        tags = [tag[0] for tag in CONTROL.finditer(html)]
        target = problem.href.removeprefix("#")
        assert any(f'id="{target}"' in tag for tag in tags), (name, target)


#: What a browser is told of each kind: the keyboard, and the type of the input.
KEYBOARDS = {
    "number": ("numeric", "text"),
    "number-money": ("decimal", "text"),
    "textfield-web": ("url", "url"),
    "textfield-email": ("email", "email"),
    "textfield-phone": ("tel", "tel"),
    "datetime-date": ("numeric", "text"),
    "datetime-month": ("numeric", "text"),
}


@pytest.mark.parametrize("component", KINDS, ids=called)
def test_each_kind_asks_for_the_right_keyboard_and_fills_nothing_in_about_others(
    component: dict[str, Any],
) -> None:
    html = html_of(component)
    typed = [tag[0] for tag in re.finditer(r'<input[^>]*class="govuk-input[^>]*>', html)]
    for tag in typed:
        assert 'autocomplete="off"' in tag, "what a browser knows is of who types, not of others"
    if called(component) in KEYBOARDS and not component.get("decimalDigits"):
        mode, kind = KEYBOARDS[called(component)]
        assert typed
        for tag in typed:
            assert f'inputmode="{mode}"' in tag
            assert f'type="{kind}"' in tag


def test_money_has_its_pound_before_it() -> None:
    html = html_of(field_of("number", kind="money"), posted={"asked": ["89.50"]})
    assert "govuk-input__prefix" in html
    assert ">£<" in html
    assert 'value="89.50"' in html


@pytest.mark.parametrize("component", KINDS, ids=called)
def test_each_kind_shows_its_label_and_a_control_that_an_error_reaches(
    component: dict[str, Any],
) -> None:
    html = html_of(component)
    question = questions(component)[0]
    assert "The asked" in html
    assert f'id="{question.anchor}"' in html


@pytest.mark.parametrize(
    ("amount", "said"), [(1200, "£1,200"), (1200.5, "£1,200.50"), (0, "£0"), (0.1, "£0.10")]
)
def test_an_amount_is_read_in_pounds(amount: float, said: str) -> None:
    entry = next(iter(form_of(field_of("number", kind="money")).fields))
    assert answers.show_value(entry, amount).lines == (said,)


def test_a_web_address_is_read_as_a_link_and_a_table_as_a_table() -> None:
    page = next(iter(form_of(field_of("textfield", kind="web")).fields))
    assert answers.show_value(page, "https://www.example.org/").address
    rows = next(iter(form_of({**ROWS, "kind": "table"}).fields))
    shown = answers.show_value(rows, [{"_key": "row_1", "name": "Ann"}])
    assert shown.table
    said = render_template_string(
        "{% from 'parts.html' import value %}{{ value(shown) }}", shown=shown
    )
    assert '<th scope="col"' in said
    assert "Ann" in said
