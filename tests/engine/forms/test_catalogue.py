"""Scenarios set inputs by the words of the catalogue; examples fill the rest."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from engine import forms
from tests.engine.forms import sample as s


@pytest.fixture(scope="module")
def form() -> forms.Form:
    return s.read()


def _set(form: forms.Form, **values: Any) -> dict[str, Any]:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return forms.set_by_catalogue(form, s.BOTH, named)


def _filled(
    form: forms.Form, told: dict[str, Any], existing: dict[str, Any] | None = None
) -> dict[str, Any]:
    found = forms.examples(
        form,
        s.BOTH,
        existing=existing or {},
        given=forms.set_by_catalogue(form, s.BOTH, told),
        names={},
        functions=s.FUNCTIONS,
    )
    return {key: value for part in found.values() for key, value in part.items()}


def test_inputs_are_found_by_id_key_and_path(form: forms.Form) -> None:
    def keys(name: str) -> list[str]:
        return [path.key for path in forms.find_inputs(form, name)]

    assert keys("F45.02") == ["parents.consent"]
    assert keys("F45.04") == ["child_appropriate", "why_not"]
    assert keys("F45.01") == ["parents"]
    assert keys("cost") == keys("i_cost") == ["cost"]
    assert keys("parents.consent") == keys("consent") == ["parents.consent"]
    assert keys("F99.99") == []
    assert forms.find_inputs(form, "F45.04", ["rest"]) == []


def test_unknown_names_and_system_fields_are_named_in_the_refusal(form: forms.Form) -> None:
    with pytest.raises(forms.InputNotKnown, match=r"sample has no input F99\.01"):
        _set(form, F99__01="x")
    with pytest.raises(forms.InputNotKnown, match=r"F45\.01: colour"):
        _set(form, F45__01=[{"colour": "red"}])
    with pytest.raises(forms.InputNotTyped, match="double_cost"):
        _set(form, double_cost=3)
    with pytest.raises(forms.TooManyValues, match=r"F45\.04"):
        _set(form, F45__04=[True, "x", "y"])
    with pytest.raises(forms.InputNotKnown, match="lead: shoe size"):
        _set(form, lead={"name": "Ann", "shoe_size": "5"})


def test_choice_is_set_by_value_or_label_whatever_case_and_remark(form: forms.Form) -> None:
    for said in ("not_suitable", "Not suitable", "NOT SUITABLE (advice)", "not suitable"):
        assert _set(form, outcome=said) == {"outcome": "not_suitable"}
    assert _set(form, outcome="perhaps") == {"outcome": "perhaps"}


def test_label_with_a_remark_answers_without_it() -> None:
    data = s.sample()
    data["components"][1]["components"][4]["values"][1]["label"] = "Refused (advice)"
    assert _set(s.read(data), outcome="refused") == {"outcome": "not_suitable"}


def test_single_value_goes_to_the_first_input_of_its_type(form: forms.Form) -> None:
    assert _set(form, F45__04=False) == {"child_appropriate": False}
    assert _set(form, F45__04="Too young") == {"why_not": "Too young"}
    assert _set(form, F45__04="no") == {"child_appropriate": False}
    assert _set(form, F45__04=[False, "Too young"]) == {
        "child_appropriate": False, "why_not": "Too young",
    }  # fmt: skip
    assert _set(form, F45__04="") == {"child_appropriate": "", "why_not": ""}


def test_dates_of_toml_become_json(form: forms.Form) -> None:
    moment = datetime(2026, 5, 1, 9, 30)  # noqa: DTZ001 -- TOML has local times
    assert _set(form, F45__07=date(2026, 5, 1)) == {"withdrawn_on": "2026-05-01"}
    assert _set(form, F45__07=moment) == {"withdrawn_on": "2026-05-01"}
    assert _set(form, done_by=date(2026, 5, 1)) == {"done_by": "2026-05"}
    assert _set(form, starts_at=time(9, 30)) == {"starts_at": "09:30"}
    assert _set(form, starts_at=moment) == {"starts_at": "09:30"}


def test_numbers_persons_files_and_ticks_are_taken(form: forms.Form) -> None:
    assert _set(form, cost=12.5, telephone=12345, checked=True) == {
        "cost": 12.5, "telephone": "12345", "checked": True,
    }  # fmt: skip
    assert _set(form, lead="Ann") == {"lead": {"name": "Ann", "designation": ""}}
    assert _set(form, lead={"Name": "Ann", "Designation": "Chair"}) == {
        "lead": {"name": "Ann", "designation": "Chair"}
    }
    assert _set(form, minutes="m.pdf")["minutes"]["name"] == "m.pdf"
    assert _set(form, F45__06=["Purpose", "who attends"]) == {
        "explained": ["purpose", "who_attends"]
    }
    assert _set(form, F45__06="purpose") == {"explained": ["purpose"]}


def test_rows_are_tables_keyed_by_the_words_of_the_catalogue(form: forms.Form) -> None:
    told = [{"name": "Ann", "Consent": "Not reached", "F45.03": date(2026, 5, 1)}]
    assert _set(form, F45__01=told) == {
        "parents": [{"parent_name": "Ann", "consent": "not_reached", "given_on": "2026-05-01"}]
    }
    assert _set(form, F45__01=[{"parent name": "Ann"}])["parents"] == [{"parent_name": "Ann"}]
    assert _set(form, F45__01=["Ann", "Bob"])["parents"] == [
        {"parent_name": "Ann"}, {"parent_name": "Bob"},
    ]  # fmt: skip


def test_column_takes_one_value_for_every_row_or_a_list_row_by_row(form: forms.Form) -> None:
    three = {"F45.01": [{"name": name} for name in "ABC"]}
    every = _filled(form, {**three, "F45.02": "no"})
    assert [row["consent"] for row in every["parents"]] == ["no"] * 3
    by_row = _filled(form, {**three, "F45.02": ["no", "yes", "not reached"]})
    assert [row["consent"] for row in by_row["parents"]] == ["no", "yes", "not_reached"]
    alone = _filled(form, {"F45.02": ["no", "yes"]})
    assert [(row["parent_name"], row["consent"]) for row in alone["parents"]] == [
        ("Parent 1", "no"), ("Parent 2", "yes"),
    ]  # fmt: skip


def test_value_is_read_back_by_the_same_name(form: forms.Form) -> None:
    values = {"family": {"parents": [{"consent": "no"}, {"consent": "yes"}], "why_not": "x"}}
    assert forms.read_by_catalogue(form, values, "F45.02") == [["no", "yes"]]
    assert forms.read_by_catalogue(form, values, "F45.04") == [None, "x"]
    with pytest.raises(forms.InputNotKnown):
        forms.read_by_catalogue(form, values, "F99.01")


def test_walk_on_examples_alone_is_legal(form: forms.Form) -> None:
    filled = _filled(form, {})
    assert s.clean_values(form, filled).errors == []
    assert filled["parents"] == [
        {"parent_name": "Parent 1", "consent": "yes", "given_on": "2026-05-28"}
    ]
    assert "cost" not in filled


def test_example_sees_what_was_given_and_what_stands_in_other_sections() -> None:
    data = s.sample()
    rest = data["components"][1]["components"]
    rest[0]["example"] = '=if outcome = "accepted" then "11111" else "22222"'
    rest[1]["example"] = "=count(explained) * 10"
    form = s.read(data)
    assert _filled(form, {"outcome": "accepted"})["telephone"] == "11111"
    assert _filled(form, {})["telephone"] == "22222"
    assert _filled(form, {"F45.06": ["purpose", "who_attends", "what is shared"]})["cost"] == 30


def test_recorded_value_stays_and_a_given_one_comes_before_it(form: forms.Form) -> None:
    existing = {
        "family": {
            "explained": ["purpose", "what_is_shared"],
            "parents": [{"_key": "family_member_4", "parent_name": "Ann", "consent": "no"}],
        }
    }
    kept = _filled(form, {}, existing)
    assert kept["explained"] == ["purpose", "what_is_shared"]
    assert kept["parents"] == existing["family"]["parents"]
    changed = _filled(form, {"F45.02": "not reached"}, existing)
    assert changed["parents"] == [
        {"_key": "family_member_4", "parent_name": "Ann", "consent": "not_reached"}
    ]


def test_empty_text_stops_an_example_and_empties_a_field(form: forms.Form) -> None:
    assert "child_appropriate" not in _filled(form, {"child_appropriate": ""})
    emptied = _filled(form, {"F45.01": ""}, {"family": {"parents": [{"_key": "family_member_1"}]}})
    assert "parents" not in emptied
    assert list(s.errors(s.clean_values(form, emptied))) == ["parents"]
    named = _filled(form, {"F45.01": [{"name": ""}]})
    assert list(s.errors(s.clean_values(form, named))) == ["parents-0-parent_name"]


def test_wrong_value_of_a_scenario_comes_through_to_be_refused(form: forms.Form) -> None:
    filled = _filled(form, {"outcome": "perhaps", "cost": -5, "F45.02": "maybe"})
    assert list(s.errors(s.clean_values(form, filled))) == [
        "parents-0-consent", "cost", "outcome",
    ]  # fmt: skip
