"""Kinds of answer beyond the bare types: money, addresses on the web and of email, times."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from engine import forms
from engine.errors import InvalidDefinition
from tests.engine.forms import sample as s


def _form(*components: dict[str, Any]) -> forms.Form:
    group = {
        "type": "group",
        "id": "only",
        "label": "Only",
        "i18n": {"cy": {"label": "Yr unig un"}},
        "components": list(components),
    }
    source = {
        "type": "default", "schemaVersion": 19, "id": "kinds", "catalogue": "F-99", "per": "case",
        "visibility": ["V-CASE"], "title": "Kinds", "i18n": {"cy": {"title": "Mathau"}},
        "components": [group],
    }  # fmt: skip
    return forms.parse_form(json.dumps(source).encode(), "kinds.json")


def _typed(component: dict[str, Any], text: str) -> forms.Cleaned:
    form = _form(component)
    return forms.clean(form, ["only"], {component["key"]: [text]}, names={}, functions=s.FUNCTIONS)


MONEY = s.field("number", "cost", kind="money", validate={"min": 0, "max": 1_000_000})
GOOD_MONEY = {
    "1200": 1200,
    "£1,200.50": 1200.5,
    "0": 0,
    "0.01": 0.01,
    "£ 89.90": 89.9,
    "1000000.00": 1_000_000,
}
BAD_MONEY = ["1.005", "-1", "1000000.01", "twelve", "1,20", "£", "12p", "1e3", "€5", "1" * 70]


@pytest.mark.parametrize("text", GOOD_MONEY)
def test_money_is_kept_to_the_penny_and_comes_back_as_it_was_typed(text: str) -> None:
    cleaned = _typed(MONEY, text)
    assert cleaned.errors == []
    kept = cleaned.values["only"]["cost"]
    assert kept == GOOD_MONEY[text]
    posted = forms.to_posted(_form(MONEY), ["only"], cleaned.values)
    assert _typed(MONEY, posted["cost"][0]).values["only"]["cost"] == kept


@pytest.mark.parametrize("text", BAD_MONEY)
def test_what_is_no_amount_of_money_is_said_in_both_languages(text: str) -> None:
    cleaned = _typed(MONEY, text)
    assert "cost" not in cleaned.values["only"] or text in ("-1", "1000000.01")
    (error,) = cleaned.errors
    assert error.field == "cost"
    assert "Cost" in error.en
    assert "Cost (cy)" in error.cy


def test_pence_add_up_without_a_rest() -> None:
    rows = s.field(
        "dynamiclist",
        "costs",
        itemLabel="Cost",
        components=[s.field("number", "cost", kind="money")],
    )
    total = s.field("expression", "total", kind="money", expression="=sum(costs.cost)")
    posted = {f"costs-{number}-cost": ["0.10"] for number in range(3)}
    cleaned = forms.clean(_form(rows, total), ["only"], posted, names={}, functions=s.FUNCTIONS)
    assert cleaned.values["only"]["total"] == 0.3


WEB = s.field("textfield", "page", kind="web")
GOOD_WEB = {
    "https://www.example.org/reviews/1?a=b#c": "https://www.example.org/reviews/1?a=b#c",
    "http://example.cymru": "http://example.cymru",
    "www.example.org/page": "https://www.example.org/page",
    "HTTPS://EXAMPLE.ORG": "HTTPS://EXAMPLE.ORG",
    "https://bwrdd-diogelu.cymru:8443/adroddiad": "https://bwrdd-diogelu.cymru:8443/adroddiad",
}
BAD_WEB = [
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org",
    "https://",
    "https://localhost",
    "https://user:secret@example.org",
    "https://example.org/two words",
    'https://example.org/"onclick',
    "example",
]


@pytest.mark.parametrize("text", GOOD_WEB)
def test_a_web_address_is_kept_with_its_scheme(text: str) -> None:
    assert _typed(WEB, text).values["only"]["page"] == GOOD_WEB[text]


@pytest.mark.parametrize("text", BAD_WEB)
def test_what_is_no_web_address_is_never_kept(text: str) -> None:
    cleaned = _typed(WEB, text)
    assert "page" not in cleaned.values["only"]
    assert "must be a web address" in cleaned.errors[0].en
    assert "gyfeiriad gwe" in cleaned.errors[0].cy


EMAIL = s.field("textfield", "email", kind="email")


@pytest.mark.parametrize("text", ["a@example.org", "eleri.o’neil@bwrdd.gov.wales", "x+y@a.b.cymru"])
def test_an_email_address_is_kept(text: str) -> None:
    assert _typed(EMAIL, text).values["only"]["email"] == text


@pytest.mark.parametrize(
    "text", ["a", "a@b", "a@@b.cymru", "a b@c.org", "a@b.c", "<a@b.org>", "@b.org"]
)
def test_what_is_no_email_address_is_refused(text: str) -> None:
    cleaned = _typed(EMAIL, text)
    assert "email" not in cleaned.values["only"]
    assert "email address" in cleaned.errors[0].en
    assert "e-bost" in cleaned.errors[0].cy


def test_the_words_of_the_form_for_its_pattern_serve_for_the_kind() -> None:
    component = s.field("textfield", "email", kind="email", validate={"pattern": "[^ ]+"},
                        errors={"pattern": "Enter an address like a@b.org"})  # fmt: skip
    assert _typed(component, "a@b").errors[0].en == "Enter an address like a@b.org"


TIMES = {
    "14:30": "14:30", "9.05": "09:05", "00:00": "00:00", "23:59": "23:59", "2pm": "14:00",
    "2.30 p.m.": "14:30", "12am": "00:00", "12 pm": "12:00", "9yb": "09:00", "7:15 yh": "19:15",
    "3yp": "15:00",
}  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read_as_people_write_it(text: str) -> None:
    component = s.field("datetime", "at", subtype="time")
    assert _typed(component, text).values["only"]["at"] == TIMES[text]


@pytest.mark.parametrize(
    "text", ["24:00", "12:60", "13pm", "0am", "half past two", "2", "14:3", "::"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    cleaned = _typed(s.field("datetime", "at", subtype="time"), text)
    assert "at" not in cleaned.values["only"]
    assert "time of day" in cleaned.errors[0].en
    assert "amser o'r dydd" in cleaned.errors[0].cy


@pytest.mark.parametrize(
    ("type_", "kind"), [("textfield", "money"), ("number", "web"), ("textarea", "email")]
)
def test_a_kind_that_its_type_cannot_have_is_refused(type_: str, kind: str) -> None:
    with pytest.raises(InvalidDefinition):
        _form(s.field(type_, "x", kind=kind))


SPAN = s.field(
    "datetime", "happened_on", subtype="span",
    validate={"required": True, "notBefore": "day_from", "notAfter": "day_to"},
    errors={"notBefore": "Too early", "notAfter": "Too late"},
    i18n={"cy": {"label": "H (cy)", "errors": {"notBefore": "Rhy gynnar", "notAfter": "Rhy hwyr"}}},
)  # fmt: skip


def _span(text: str) -> forms.Cleaned:
    names = {"day_from": date(2024, 2, 1), "day_to": date(2025, 1, 31)}
    form = _form(SPAN)
    return forms.clean(form, ["only"], {"happened_on": [text]}, names=names)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("27 3 2024", "2024-03-27"),
        ("03/04/2024", "2024-04-03"),
        ("2024-03-27", "2024-03-27"),
        ("tua Mawrth 2024", "2024-03~"),
        ("3 to 9 June 2024", "2024-06-03/2024-06-09"),
        ("between 1 February and 31 December 2024", "2024-02-01/2024-12-31"),
    ],
)
def test_a_date_is_kept_as_exactly_as_it_is_known_and_comes_back(text: str, kept: str) -> None:
    cleaned = _span(text)
    assert cleaned.errors == []
    assert cleaned.values["only"]["happened_on"] == kept
    form = _form(SPAN)
    posted = forms.to_posted(form, ["only"], cleaned.values)
    assert _span(posted["happened_on"][0]).values == cleaned.values
    assert forms.feel_values(form, cleaned.values)["happened_on"] == kept
    given = forms.clean_values(form, ["only"], {"happened_on": kept}, names={})
    assert given.values == cleaned.values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("early 2024", "more than one way"),
        ("Mar-24", "four digits"),
        ("27/3/24", "four digits"),
        ("3/27/2024", "first, then the month"),
        ("30 February 2024", "no such day"),
        ("9 to 3 June 2024", "before its start"),
        ("9 June 2024 at 10:00 to 10 June 2024", "single day"),
        ("45000", "could not be read"),
        ("soon", "could not be read"),
        ("31 January 2024", "Too early (1 February 2024 at the earliest)"),
        ("1 February 2025", "Too late (31 January 2025 at the latest)"),
        ("2024", "reach back before 1 February 2024"),
        ("January 2024 to March 2024", "reach back before 1 February 2024"),
        ("up to March 2024", "reach back before 1 February 2024"),
        ("about 2025", "reach beyond 31 January 2025"),
        ("from March 2024 on", "reach beyond 31 January 2025"),
        ("", "Answer"),
    ],
)
def test_a_date_that_would_have_to_be_guessed_or_may_lie_outside_is_asked_about(
    text: str, words: str
) -> None:
    (error,) = _span(text).errors
    assert error.field == "happened_on"
    assert words in error.en
    assert error.cy != error.en


@pytest.mark.parametrize("value", ["March 2024", "27 3 2024", 2024, "2024-13", ["2024"]])
def test_a_value_given_for_a_date_is_edtf(value: object) -> None:
    cleaned = forms.clean_values(_form(SPAN), ["only"], {"happened_on": value}, names={})
    assert [error.field for error in cleaned.errors] == ["happened_on"]
