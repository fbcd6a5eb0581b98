"""What was typed is checked on the server, hidden answers are dropped, errors say what to do."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from engine import feel, forms
from engine.forms.answers import Problem
from engine.forms.wording import say
from tests.engine.forms import sample as s

UPLOAD = forms.UploadRef("u1", "minutes.pdf", 10)


@pytest.fixture(scope="module")
def form() -> forms.Form:
    return s.read()


def _clean(form: forms.Form, more: dict[str, Any], **around: Any) -> forms.Cleaned:
    return s.clean(form, s.minimal() | more, **around)


def _rest(form: forms.Form, more: dict[str, Any]) -> dict[str, Any]:
    cleaned = _clean(form, more)
    assert s.errors(cleaned) == {}
    return cleaned.values["rest"]


def test_least_answer_is_taken(form: forms.Form) -> None:
    cleaned = _clean(form, {})
    assert cleaned.errors == []
    assert cleaned.values == {
        "family": {
            "parents": [{"_key": "family_member_1", "parent_name": "Ann", "consent": "no"}],
            "child_appropriate": True,
            "explained": ["purpose", "who_attends"],
        },
        "rest": {"checked": False, "double_cost": 0},
    }


def test_missing_answers_are_errors_in_the_order_of_the_fields(form: forms.Form) -> None:
    cleaned = s.clean(form, {})
    assert [error.field for error in cleaned.errors] == [
        "parents",
        "child_appropriate",
        "explained",
    ]
    assert cleaned.errors[0].en == "Add everyone whose consent is sought."
    assert cleaned.errors[0].cy == "Add everyone whose consent is sought. (cy)"
    assert cleaned.errors[1].cy == "Dewiswch ateb i “Child appropriate (cy)”."
    assert [error.catalogue for error in cleaned.errors] == ["F45.01", "F45.04", "F45.06"]


def test_only_the_sections_asked_for_are_checked(form: forms.Form) -> None:
    cleaned = s.clean(form, {"cost": "3"}, sections=["rest"])
    assert cleaned.values == {"rest": {"checked": False, "cost": 3, "double_cost": 6}}
    assert cleaned.errors == []


def test_unknown_inputs_are_never_kept(form: forms.Form) -> None:
    hostile = {"__class__": "x", "account_id": "1", "parents-0-admin": "true", "family": "x",
               "double_cost": "999", "signed": "Somebody", "consent_record": "other",
               "parents-0-_key-x": "1", "-": "", "": "", "parents--name": "x"}  # fmt: skip
    assert _clean(form, hostile).values == _clean(form, {}).values


def test_inputs_that_no_field_has_are_told_from_those_of_the_form(form: forms.Form) -> None:
    asked = {"parents-0-_key", "parents-12-parent_name", "parents-0-given_on-day", "why_not"}
    strange = {"typename", "parents", "parents-0", "parents-x-consent", "parents-0-admin",
               "parents-0-given_on", "parents-999999-consent", "cost", "why_not-day", "",
               "-"}  # fmt: skip
    found = forms.unknown_inputs(form, ["family"], asked | strange)
    assert found == strange
    assert "cost" not in forms.unknown_inputs(form, ["rest"], strange)
    everything = forms.to_posted(form, ["family", "rest"], _clean(form, {}).values)
    assert not forms.unknown_inputs(form, ["family", "rest"], everything)


def test_hidden_answers_are_dropped_and_not_checked(form: forms.Form) -> None:
    hidden = {"why_not": "x" * 1_000, "parents-0-given_on-day": "99",
              "parents-0-given_on-month": "1", "parents-0-given_on-year": "2026"}  # fmt: skip
    cleaned = _clean(form, hidden)
    assert cleaned.errors == []
    assert "why_not" not in cleaned.values["family"]
    shown = _clean(form, {**hidden, "child_appropriate": "no", "parents-0-consent": "yes"})
    assert s.errors(shown)["why_not"] == "Say it in 20 characters (980 characters too many)."
    assert "parents-0-given_on-day" in s.errors(shown)


def test_condition_reads_facts_and_other_sections() -> None:
    data = s.sample()
    data["components"][1]["components"][0]["conditional"] = {
        "hide": "=withdrawn_on = null and not(review_open)"
    }
    form = s.read(data)
    posted = {"telephone": "01234"}
    for facts, existing, kept in (
        ({"review_open": False}, {}, False),
        ({"review_open": True}, {}, True),
        ({"review_open": False}, {"family": {"withdrawn_on": "2026-05-01"}}, True),
        ({}, {}, True),
    ):
        cleaned = s.clean(form, posted, sections=["rest"], names=facts,
                          around={"existing": existing})  # fmt: skip
        assert ("telephone" in cleaned.values["rest"]) is kept


def test_required_when_another_answer_asks_for_it(form: forms.Form) -> None:
    withdrawn = {"withdrawn_on-day": "1", "withdrawn_on-month": "5", "withdrawn_on-year": "2026"}
    assert s.errors(_clean(form, withdrawn)) == {"telephone": "Answer “Telephone”."}
    assert s.errors(_clean(form, {**withdrawn, "telephone": "029 2000 0000"})) == {}


DATES = {
    "real": (("27", "3", "2026"), "2026-03-27", ""),
    "leap day": (("29", "2", "2024"), "2024-02-29", ""),
    "spaces around": ((" 1 ", "01", " 2026"), "2026-01-01", ""),
    "31 February": (("31", "2", "2026"), None, "day"),
    "29 February of another year": (("29", "2", "2025"), None, "day"),
    "month 13": (("1", "13", "2026"), None, "month"),
    "day 0": (("0", "1", "2026"), None, "day"),
    "year 20": (("1", "1", "20"), None, "year"),
    "year 0020": (("1", "1", "0020"), None, "year"),
    "year 9999": (("1", "1", "9999"), None, "year"),
    "letters": (("first", "1", "2026"), None, "day"),
    "no day": (("", "1", "2026"), None, "day"),
    "no month": (("1", "", "2026"), None, "month"),
    "no year": (("1", "1", ""), None, "year"),
    "negative": (("-1", "1", "2026"), None, "day"),
    "other digits": (("\u0661", "1", "2026"), None, "day"),
    "superscript": (("²", "1", "2026"), None, "day"),
    "decimal": (("1.0", "1", "2026"), None, "day"),
    "long": (("1" * 100_000, "1", "2026"), None, "day"),
    "NUL": (("1\0", "1", "2026"), None, "day"),
}


@pytest.mark.parametrize("what", DATES)
def test_date_in_three_boxes_is_read_or_points_at_the_wrong_box(
    form: forms.Form, what: str
) -> None:
    boxes, expected, part = DATES[what]
    posted = dict(zip(("withdrawn_on-day", "withdrawn_on-month", "withdrawn_on-year"), boxes,
                      strict=True)) | {"telephone": "12345"}  # fmt: skip
    cleaned = _clean(form, posted)
    assert cleaned.values["family"].get("withdrawn_on") == expected
    assert list(s.errors(cleaned)) == ([f"withdrawn_on-{part}"] if part else [])


def test_a_day_that_does_not_exist_is_told_from_one_that_is_not_written_as_one() -> None:
    entry = s.read().field("withdrawn_on")
    told = say(entry, Problem("noSuchDay", part="day", limit="2026-02-31"))
    assert told.en.startswith("There is no 31 February 2026.")
    assert told.cy.startswith("Nid oes 31 Chwefror 2026 i’w gael.")


def test_a_limit_that_is_recorded_is_given_with_its_day() -> None:
    data = s.sample()
    entry = next(e for e in data["components"][0]["components"] if e.get("key") == "withdrawn_on")
    entry["validate"] = {"notAfter": "window_to", "notBefore": "window_from"}
    window = {"window_from": date(2026, 3, 1), "window_to": date(2026, 3, 31)}

    def told(day: str) -> tuple[str, str]:
        boxes = {"withdrawn_on-day": "1", "withdrawn_on-month": day, "withdrawn_on-year": "2026"}
        posted = {name: [text] for name, text in {**boxes, "telephone": "12345"}.items()}
        found = forms.clean(s.read(data), ["family"], posted, names=window, functions=s.FUNCTIONS)
        (error,) = (e for e in found.errors if e.field.startswith("withdrawn_on"))
        return error.en, error.cy

    late, early = told("4"), told("2")
    assert "(31 March 2026 at the latest)" in late[0]
    assert "(31 Mawrth 2026 fan bellaf)" in late[1]
    assert "(1 March 2026 at the earliest)" in early[0]
    assert "(1 Mawrth 2026 fan gynharaf)" in early[1]


@pytest.mark.parametrize(
    ("length", "english", "welsh"),
    [
        (21, "(1 character too many)", "(1 nod yn ormod)"),
        (1_220, "(1,200 characters too many)", "(1,200 o nodau’n ormod)"),
    ],
)
def test_a_text_that_is_too_long_is_told_by_how_much(
    form: forms.Form, length: int, english: str, welsh: str
) -> None:
    cleaned = _clean(form, {"child_appropriate": "no", "why_not": "x" * length})
    (error,) = (each for each in cleaned.errors if each.field == "why_not")
    assert english in error.en
    assert welsh in error.cy


def test_a_person_whose_role_has_to_be_given_is_not_taken_without_it() -> None:
    data = s.sample()
    lead = next(e for e in data["components"][1]["components"] if e.get("key") == "lead")
    lead["designated"] = True
    without = s.minimal() | {"lead-name": "Ann Pugh"}
    assert "role" in s.errors(s.clean(s.read(data), without))["lead-designation"]
    assert s.errors(s.clean(s.read(data), without | {"lead-designation": "Nurse"})) == {}


def test_date_after_today_is_refused_and_today_is_not(form: forms.Form) -> None:
    def error(day: str) -> list[str]:
        posted = {"withdrawn_on-day": day, "withdrawn_on-month": "5", "withdrawn_on-year": "2026"}
        return list(s.errors(_clean(form, {**posted, "telephone": "12345"})))

    assert error("28") == []
    assert error("29") == ["withdrawn_on-day"]


NUMBERS = {
    "12": 12, "12.5": 12.5, "1,234.50": 1234.5, "12 345": 12345, "£99": 99, " 7 ": 7, "-0": 0,
    "12\u00a0345": 12345, "0.10": 0.1, "1,2": None, "12,34": None, "1,234,5": None, "1e3": None,
    "NaN": None, "Infinity": None, "0x10": None, "1_000": None, "1.234": None, "-1": None,
    "100001": None, "9" * 40: None, "9" * 1_000_000: None, "\uff11\uff12": None, "1.": None,
    "--1": None,
    "twelve": None, "1\0": None,
}  # fmt: skip


@pytest.mark.parametrize("typed", NUMBERS, ids=lambda typed: typed[:12])
def test_number_is_read_as_people_write_it(form: forms.Form, typed: str) -> None:
    cleaned = _clean(form, {"cost": typed})
    expected = NUMBERS[typed]
    assert cleaned.values["rest"].get("cost") == expected or expected is None
    assert ("cost" in s.errors(cleaned)) is (expected is None)


def test_month_and_time_are_read(form: forms.Form) -> None:
    posted = {"done_by-month": "3", "done_by-year": "2027", "starts_at": "9:05"}
    rest = _rest(form, posted)
    assert (rest["done_by"], rest["starts_at"]) == ("2027-03", "09:05")
    wrong = {"done_by-month": "13", "done_by-year": "2027", "starts_at": "25:00"}
    assert list(s.errors(_clean(form, wrong))) == ["done_by-month", "starts_at"]


def test_length_is_counted_as_the_browser_counts(form: forms.Form) -> None:
    def errors(text: str) -> list[str]:
        return list(s.errors(_clean(form, {"child_appropriate": "no", "why_not": text})))

    assert errors("a\r\n" * 9 + "aa") == []
    assert errors("ŵ" * 20) == []
    assert errors("ŵ" * 21) == ["why_not"]
    assert errors("😀" * 10) == []
    assert errors("😀" * 11) == ["why_not"]


def test_ten_megabytes_are_an_error_and_no_crash(form: forms.Form) -> None:
    huge = "a" * 10_000_000
    posted = {"child_appropriate": "no", "why_not": huge, "telephone": huge, "cost": huge,
              "lead-name": huge, "starts_at": huge, "outcome": huge, "withdrawn_on-day": huge,
              "parents-0-_key": huge, "minutes-kept": huge}  # fmt: skip
    cleaned = _clean(form, posted)
    assert len(cleaned.errors) == 8
    assert len(str(cleaned.values)) < 1_000


@pytest.mark.parametrize("bad", ["\0", "a\x01b", "\x7f", "\x85", "\x1b[2J", "\ud800", "a\x00"])
def test_control_characters_are_refused(form: forms.Form, bad: str) -> None:
    cleaned = _clean(form, {"child_appropriate": "no", "why_not": bad, "lead-name": bad})
    assert list(s.errors(cleaned)) == ["why_not", "lead-name"]


def test_lines_of_a_paragraph_stay_and_a_line_cannot_hold_two(form: forms.Form) -> None:
    cleaned = _clean(
        form, {"child_appropriate": "no", "why_not": "one\r\ntwo", "lead-name": "a\nb"}
    )
    assert cleaned.values["family"]["why_not"] == "one\ntwo"
    assert list(s.errors(cleaned)) == ["lead-name"]


def test_pattern_and_choices_are_held(form: forms.Form) -> None:
    wrong = {"telephone": "call me", "outcome": "maybe", "checked": "on",
             "child_appropriate": "true", "explained": ["purpose", "<script>"],
             "parents-0-consent": "YES"}  # fmt: skip
    assert list(s.errors(_clean(form, wrong))) == [
        "parents-0-consent", "child_appropriate", "explained", "telephone", "outcome", "checked",
    ]  # fmt: skip


def test_several_answers_are_kept_once_in_the_order_offered(form: forms.Form) -> None:
    twice = ["what_is_shared", "purpose", "purpose"]
    assert _clean(form, {"explained": twice}).values["family"]["explained"] == [
        "purpose", "what_is_shared",
    ]  # fmt: skip
    assert s.errors(_clean(form, {"explained": ["purpose"]})) == {
        "explained": "The fewest answers to “Explained” is 2."
    }


def test_person_without_a_name_is_an_error_at_the_name(form: forms.Form) -> None:
    assert list(s.errors(_clean(form, {"lead-designation": "Manager"}))) == ["lead-name"]
    assert _rest(form, {"lead-name": " Ann ", "lead-contact": "x"})["lead"] == {
        "name": "Ann", "designation": "",
    }  # fmt: skip


def test_new_file_is_taken_and_a_kept_one_only_if_it_is_known(form: forms.Form) -> None:
    reference = {"upload": "u1", "name": "minutes.pdf", "size": 10}
    cleaned = s.clean(form, s.minimal(), uploads={"minutes": UPLOAD})
    assert cleaned.values["rest"]["minutes"] == reference
    kept = {"minutes-kept": "u1"}
    assert list(s.errors(_clean(form, kept))) == ["minutes"]
    for around in ({"kept": {"u1": UPLOAD}}, {"existing": {"rest": {"minutes": reference}}}):
        assert _clean(form, kept, around=around).values["rest"]["minutes"] == reference
    assert "minutes" not in _clean(form, {}, around={"kept": {"u1": UPLOAD}}).values["rest"]


def test_file_of_another_kind_than_asked_for_is_refused(form: forms.Form) -> None:
    picture = forms.UploadRef("u2", "picture.png", 10)
    cleaned = s.clean(form, s.minimal(), uploads={"minutes": picture})
    assert s.errors(cleaned) == {"minutes": "“Minutes” takes only these kinds of file: pdf, docx."}


def test_signature_is_the_signed_in_person_and_never_what_was_typed(form: forms.Form) -> None:
    person = {"account": "a", "name": "Ann", "role": "chair", "at": "2026-05-28T09:00:00Z"}
    unsigned = _clean(form, {"signed": "true"})
    assert unsigned.signature_needed
    assert "signed" not in unsigned.values["rest"]
    signed = _clean(form, {"signed": "true"}, around={"signature": person})
    assert signed.values["rest"]["signed"] == person
    assert "signed" not in _clean(form, {}, around={"signature": person}).values["rest"]


def test_link_is_filled_by_the_system_and_missing_ones_are_told() -> None:
    data = s.sample()
    data["components"][1]["components"][10]["validate"] = {"required": True}
    form = s.read(data)
    linked = _clean(form, {}, around={"links": {"consent": "doc 1"}})
    assert linked.values["rest"]["consent_record"] == "doc 1"
    assert s.errors(_clean(form, {}, around={"links": {}})) == {
        "consent_record": "“Consent record” must first be recorded on this case."
    }
    assert _clean(form, {}).errors == []


def test_rule_between_fields_is_an_error_or_a_warning_with_its_row(form: forms.Form) -> None:
    both = {"withdrawn_on-day": "1", "withdrawn_on-month": "5", "withdrawn_on-year": "2026",
            "telephone": "12345", "cost": "5"}  # fmt: skip
    cleaned = _clean(form, both)
    assert [(e.field, e.row, e.cy) for e in cleaned.errors] == [("cost", "DR-16.1", "Dim tâl.")]
    data = s.sample()
    data["rules"][0]["kind"] = "warning"
    cleaned = _clean(s.read(data), both)
    assert (cleaned.errors, len(cleaned.warnings)) == ([], 1)


def test_rule_that_cannot_be_judged_yet_holds() -> None:
    rule = {"check": "fact_to_come > 3", "field": "cost", "en": "No.", "cy": "Na."}
    form = s.read(s.sample(rules=[rule]))
    assert _clean(form, {}).errors == []
    assert s.errors(_clean(form, {}, names={"fact_to_come": s.d("3")})) == {"cost": "No."}


def test_what_a_section_held_before_does_not_steer_its_new_answers() -> None:
    data = s.sample(rules=[])
    data["components"][0]["conditional"] = {"hide": '=outcome = "accepted"'}
    form = s.read(data)
    existing = {"rest": {"outcome": "accepted"}}
    again = _clean(form, {}, around={"existing": existing})
    assert again.values["family"]["child_appropriate"] is True
    alone = s.clean(form, s.minimal(), sections=["family"], around={"existing": existing})
    assert alone.values == {"family": {}}


def test_rule_about_a_section_not_written_waits(form: forms.Form) -> None:
    existing = {"rest": {"cost": 5}}
    posted = s.minimal() | {
        "withdrawn_on-day": "1", "withdrawn_on-month": "5", "withdrawn_on-year": "2026",
    }  # fmt: skip
    only_family = s.clean(form, posted, sections=["family"], around={"existing": existing})
    assert only_family.errors == []
    only_rest = s.clean(form, {"cost": "5", "telephone": "12345"}, sections=["rest"],
                        around={"existing": {"family": {"withdrawn_on": "2026-05-01"}}}
                        )  # fmt: skip
    assert [error.row for error in only_rest.errors] == ["DR-16.1"]


DECISION = {
    "check": {
        "decision": "DR-17",
        "messages": {
            "DR-17.1": {"field": "cost", "en": "One.", "cy": "Un."},
            "DR-17.2": {"field": "lead", "kind": "warning", "en": "Two.", "cy": "Dau."},
        },
    },
}


def test_rule_of_a_decision_tells_each_failing_row() -> None:
    form = s.read(s.sample(rules=[DECISION]))
    seen: list[Any] = []

    def decide(decision: str, names: Any) -> list[str]:
        seen.append((decision, names["child_appropriate"], names["cost"]))
        return ["DR-17.1", "DR-17.2", "DR-17.9"]

    cleaned = _clean(form, {"cost": "2.50"}, around={"decide": decide})
    assert seen == [("DR-17", True, s.d("2.5"))]
    assert [(e.field, e.row, e.en) for e in cleaned.errors] == [("cost", "DR-17.1", "One.")]
    assert [(e.field, e.row) for e in cleaned.warnings] == [("lead-name", "DR-17.2")]
    with pytest.raises(ValueError, match="pass `decide`"):
        _clean(form, {})


def test_error_of_a_rule_on_a_hidden_field_points_at_one_that_is_shown() -> None:
    rule = {"check": "false", "field": "why_not", "en": "No.", "cy": "Na."}
    cleaned = _clean(s.read(s.sample(rules=[rule])), {})
    assert [error.field for error in cleaned.errors] == ["parents"]


def test_standing_and_read_only_values_cannot_be_typed() -> None:
    data = s.sample()
    rest = data["components"][1]["components"]
    rest[0].update(readonly=True, default='="029 " + "2000"')
    rest[1].update(default="=2 + 3")
    form = s.read(data)
    assert _clean(form, {"telephone": "0000000"}).values["rest"]["telephone"] == "029 2000"
    existing = {"rest": {"telephone": "11111"}}
    cleaned = _clean(form, {"telephone": "0"}, around={"existing": existing})
    assert cleaned.values["rest"]["telephone"] == "11111"
    shown = forms.standing_values(form, ["rest"], names={}, functions=s.FUNCTIONS)
    assert shown["rest"] == {"telephone": "029 2000", "cost": 5}


WRONG_TYPES: list[Any] = [
    1, 1.5, True, "x", [], [1], [[]], {}, {"a": 1}, [{}], {"upload": 1}, float("inf"),
    float("nan"), 10**400, {"name": 1}, [None], {"_key": 1}, -1, "\0", {"upload": "a", "name": "b",
    "size": -1},
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: repr(value)[:20])
def test_json_of_a_wrong_type_is_an_error_and_never_kept(form: forms.Form, value: Any) -> None:
    for entry in form.fields:
        if not entry.key:
            continue
        cleaned = s.clean_values(form, {entry.key: value})
        kept = cleaned.values[form.section_of(entry.key).id].get(entry.key)
        forms.to_posted(form, s.BOTH, cleaned.values)
        if kept is not None and entry.type in ("textfield", "textarea"):
            assert isinstance(kept, str)
            assert "\0" not in kept


def test_json_values_meet_the_same_checks(form: forms.Form) -> None:
    values = {
        "parents": [{"parent_name": "Ann", "consent": "no"}], "child_appropriate": False,
        "why_not": "x" * 21, "explained": ["purpose"], "withdrawn_on": "2026-02-31", "cost": 0.001,
        "starts_at": "24:00", "done_by": "2026-05-01", "lead": {"designation": "x"},
    }  # fmt: skip
    assert list(s.errors(s.clean_values(form, values))) == [
        "why_not", "explained", "withdrawn_on-day", "cost", "done_by-month", "starts_at",
        "lead-name",
    ]  # fmt: skip


def test_feel_values_are_typed_and_every_key_is_there(form: forms.Form) -> None:
    values: dict[str, Any] = {
        "family": {"withdrawn_on": "2026-05-01", "parents": [{"_key": "family_member_1",
                   "given_on": "2026-05-02"}]},
        "rest": {"cost": 12.1, "done_by": "2026-07", "starts_at": "09:30"},
    }  # fmt: skip
    found = forms.feel_values(form, values)
    assert set(found) == forms.known_names(form)
    assert str(found["withdrawn_on"]) == "2026-05-01"
    assert found["cost"] == s.d("12.1")
    assert str(found["done_by"]) == "2026-07-01"
    assert str(found["starts_at"]) == "09:30:00"
    assert found["outcome"] is None
    rows: Any = found["parents"]
    assert (rows[0]["_key"], str(rows[0]["given_on"]), rows[0]["consent"]) == (
        "family_member_1", "2026-05-02", None,
    )  # fmt: skip


def test_what_hangs_on_another_section_is_told_apart_so_that_the_order_is_free() -> None:
    asked = s.field("textfield", "why", validate={"requiredWhen": "chosen != null"})
    after = s.field("datetime", "ended_on", subtype="date", validate={"notBefore": "began_on"})
    own = s.field("textfield", "who", validate={"required": True})
    first = [s.field("textfield", "chosen"), s.field("datetime", "began_on", subtype="date")]
    source = {
        "type": "default", "schemaVersion": 19, "id": "two", "catalogue": "F-99", "per": "case",
        "visibility": ["V-CASE"], "title": "Two", "i18n": {"cy": {"title": "Dwy"}},
        "components": [
            {"type": "group", "id": name, "label": name, "i18n": {"cy": {"label": f"{name} (cy)"}},
             "components": components}
            for name, components in (("first", first), ("second", [asked, after, own]))
        ],
        "rules": [{"check": "chosen != who", "field": "who", "en": "Not the same", "cy": "Na"}],
    }  # fmt: skip
    two = forms.parse_form(json.dumps(source).encode(), "two.json")
    posted = {
        "chosen": ["Ann"],
        "began_on-day": ["2"], "began_on-month": ["3"], "began_on-year": ["2026"],
        "ended_on-day": ["1"], "ended_on-month": ["3"], "ended_on-year": ["2026"],
    }  # fmt: skip
    parted = forms.clean(two, ["first", "second"], posted, names={}, functions=s.FUNCTIONS)
    assert {error.field for error in parted.errors} == {"why", "ended_on-day", "who"}
    assert {error.field for error in parted.across} == {"why", "ended_on-day"}
    same = forms.clean(
        two,
        ["first", "second"],
        {"chosen": ["Ann"], "who": ["Ann"]},
        names={},
        functions=s.FUNCTIONS,
    )
    assert [error.en for error in same.across] == ["Answer “Why”.", "Not the same"]


@pytest.mark.parametrize(("day", "is_taken"), [("2", True), ("3", False)])
def test_limit_that_is_a_moment_means_its_day_in_wales(day: str, is_taken: bool) -> None:
    limit = 'date and time("2026-06-01T23:30:00Z")'
    data = s.sample()
    withdrawn = next(
        part for part in data["components"][0]["components"] if part.get("key") == "withdrawn_on"
    )
    withdrawn["validate"]["notAfter"] = limit
    posted = {"withdrawn_on-day": day, "withdrawn_on-month": "6", "withdrawn_on-year": "2026"}
    cleaned = _clean(s.read(data), posted | {"telephone": "01234 567890"})
    assert (cleaned.errors == []) is is_taken


def test_date_that_is_filled_in_from_a_moment_is_its_day_in_wales() -> None:
    moment = feel.parse_date_time("2026-06-01T23:30:00Z")
    assert forms.to_plain(moment, "date") == "2026-06-02"
    assert forms.to_plain(moment) == "2026-06-01T23:30:00+00:00"
