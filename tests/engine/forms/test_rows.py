"""Rows keep their keys, can go, are capped, and point errors at the input that was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import forms
from engine.errors import InvalidDefinition
from tests.engine.forms import sample as s

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def form() -> forms.Form:
    return s.read()


def _parent(index: int, name: str, **more: str) -> dict[str, str]:
    prefix = f"parents-{index}-"
    return {f"{prefix}parent_name": name, f"{prefix}consent": "no"} | {
        f"{prefix}{key}": value for key, value in more.items()
    }


def _post(form: forms.Form, *parents: dict[str, str], **around: Any) -> forms.Cleaned:
    posted = {"child_appropriate": "yes", "explained": ["purpose", "who_attends"]}
    for parent in parents:
        posted |= parent
    return s.clean(form, posted, around=around)


def _keys(cleaned: forms.Cleaned) -> list[str]:
    return [row["_key"] for row in cleaned.values["family"]["parents"]]


def _existing(*keys: str) -> dict[str, Any]:
    return {"family": {"parents": [{"_key": key, "parent_name": key} for key in keys]}}


def test_new_rows_get_the_next_free_numbers(form: forms.Form) -> None:
    assert _keys(_post(form, _parent(0, "A"), _parent(1, "B"))) == [
        "family_member_1", "family_member_2",
    ]  # fmt: skip


def test_row_keeps_its_key_through_an_edit_and_no_number_comes_again(form: forms.Form) -> None:
    existing = _existing("family_member_1", "family_member_2")
    moved = _post(
        form,
        _parent(0, "New"),
        _parent(1, "B", _key="family_member_2"),
        existing=existing,
    )
    assert _keys(moved) == ["family_member_3", "family_member_2"]
    elsewhere = _post(form, _parent(0, "New"), used_keys=["family_member_8", "participant_30"])
    assert _keys(elsewhere) == ["family_member_9"]


@pytest.mark.parametrize("forged", ["family_member_7", "police", "../../x", "a\0", "x" * 10_000])
def test_forged_row_key_is_not_taken(form: forms.Form, forged: str) -> None:
    cleaned = _post(form, _parent(0, "A", _key=forged), existing=_existing("family_member_1"))
    assert _keys(cleaned) == ["family_member_2"]


def test_key_posted_twice_serves_one_row(form: forms.Form) -> None:
    twice = [_parent(index, "A", _key="family_member_1") for index in (0, 1)]
    assert _keys(_post(form, *twice, existing=_existing("family_member_1"))) == [
        "family_member_1", "family_member_2",
    ]  # fmt: skip


def test_gaps_in_the_numbers_are_closed_and_blank_rows_go(form: forms.Form) -> None:
    cleaned = _post(form, _parent(7, "B"), _parent(2, "A"), {"parents-3-parent_name": "  "})
    assert [row["parent_name"] for row in cleaned.values["family"]["parents"]] == ["A", "B"]
    assert cleaned.errors == []


def test_removed_row_is_gone_with_its_mistakes(form: forms.Form) -> None:
    cleaned = _post(
        form, _parent(0, "A"), {"parents-1-parent_name": "\0", "parents-1-_remove": "1"}
    )
    assert len(cleaned.values["family"]["parents"]) == 1
    assert cleaned.errors == []


def test_error_in_a_row_names_the_row_and_the_input_that_was_typed(form: forms.Form) -> None:
    cleaned = _post(form, _parent(0, "A"), {"parents-4-parent_name": "B"})
    (error,) = cleaned.errors
    assert error.field == "parents-4-consent"
    assert error.en == "Parent or carer 2: Choose whether they consent."
    assert error.cy == "Parent or carer (cy) 2: Choose whether they consent. (cy)"
    assert error.catalogue == "F45.02"


def test_column_without_an_id_answers_to_the_id_of_its_rows(form: forms.Form) -> None:
    (error,) = _post(form, _parent(0, "")).errors
    assert (error.field, error.catalogue) == ("parents-0-parent_name", "F45.01")


def test_rows_are_capped(form: forms.Form) -> None:
    cleaned = _post(form, *[_parent(index, "A") for index in range(5)])
    assert s.errors(cleaned) == {"parents": "The most rows in “Parents” is 3."}
    flood = {f"agencies-{index}-agency": "police" for index in range(9_999)}
    assert "agencies" in s.errors(s.clean(form, s.minimal() | flood))


@pytest.mark.parametrize("index", ["00", "-1", "1e3", "٣", "100000", "99999999999999", "x", " 1"])
def test_row_number_that_nobody_wrote_is_ignored(form: forms.Form, index: str) -> None:
    cleaned = _post(form, _parent(0, "A"), {f"parents-{index}-parent_name": "B"})
    assert len(cleaned.values["family"]["parents"]) == 1


def test_an_agency_may_return_five_hundred_events_and_no_more() -> None:
    source = (ROOT / "forms" / "agency_timeline.json").read_bytes()
    timeline = forms.parse_form(source, "agency_timeline.json")
    rows = next(entry for entry in timeline.fields if entry.key == "timeline_rows")
    assert forms.most_rows(rows) == 500

    def clean(several: int) -> forms.Cleaned:
        posted = {f"timeline_rows-{number}-event": [f"Event {number}"] for number in range(several)}
        return forms.clean(timeline, ["timeline"], posted, names={})

    whole = clean(500)
    assert len(whole.values["timeline"]["timeline_rows"]) == 500
    assert not any("no more than" in error.en for error in whole.errors)
    assert any("no more than 500 rows" in error.en for error in clean(501).errors)


def test_condition_in_a_row_reads_that_row(form: forms.Form) -> None:
    cleaned = _post(form, _parent(0, "A", consent="yes"), _parent(1, "B"))
    assert list(s.errors(cleaned)) == ["parents-0-given_on-day"]


def test_rows_inside_rows_are_cleaned_and_keyed(form: forms.Form) -> None:
    inner = {"calls-0-who_called": "Ann", "calls-0-answered": "true", "calls-1-answered": "true"}
    cleaned = _post(form, _parent(0, "A", **inner))
    assert cleaned.values["family"]["parents"][0]["calls"] == [
        {"_key": "row_1", "who_called": "Ann", "answered": True},
        {"_key": "row_2", "answered": True},
    ]
    assert s.errors(cleaned) == {
        "parents-0-calls-1-who_called": "Parent or carer 1: Calls 2: Answer “Who called”."
    }


def test_key_of_an_agency_is_the_agency_and_stands_once(form: forms.Form) -> None:
    once = {"agencies-0-agency": "police", "agencies-1-agency": "education",
            "agencies-1-author-name": "Ann"}  # fmt: skip
    cleaned = s.clean(form, s.minimal() | once)
    assert [row["_key"] for row in cleaned.values["family"]["agencies"]] == ["police", "education"]
    twice = once | {"agencies-1-agency": "police"}
    assert list(s.errors(s.clean(form, s.minimal() | twice))) == ["agencies-1-agency"]


def _fixed() -> forms.Form:
    data = s.sample()
    rows = s.field("dynamiclist", "marks", allowAddRemove=False,
                   default='=[{issue: "one"}, {issue: "two"}]',
                   components=[s.field("textfield", "issue", readonly=True),
                               s.field("textfield", "note", validate=s.REQUIRED)])  # fmt: skip
    data["components"][1]["components"] = [rows]
    data["rules"] = []
    return s.read(data)


def test_fixed_rows_take_notes_and_neither_more_rows_nor_other_text() -> None:
    form = _fixed()
    posted = {
        "marks-0-issue": "forged",
        "marks-0-note": "a",
        "marks-1-note": "",
        "marks-2-note": "c",
    }
    cleaned = s.clean(form, posted, sections=["rest"])
    assert cleaned.values["rest"]["marks"] == [
        {"_key": "row_1", "issue": "one", "note": "a"},
        {"_key": "row_2", "issue": "two"},
    ]
    assert list(s.errors(cleaned)) == ["marks-1-note"]


def test_fixed_rows_are_found_by_their_keys_whatever_their_order() -> None:
    form = _fixed()
    existing = {
        "rest": {"marks": [{"_key": "row_1", "issue": "x"}, {"_key": "row_2", "issue": "y"}]}
    }
    posted = {"marks-0-_key": "row_2", "marks-0-note": "to y", "marks-1-_key": "row_1",
              "marks-1-note": "to x"}  # fmt: skip
    cleaned = s.clean(form, posted, sections=["rest"], around={"existing": existing})
    assert [row["note"] for row in cleaned.values["rest"]["marks"]] == ["to x", "to y"]


def _about() -> forms.Form:
    data = s.sample()
    rows = s.field("dynamiclist", "marks", about="action",
                   components=[s.field("textfield", "told_of", readonly=True, default="name"),
                               s.field("textfield", "note", default="last_note",
                                       validate=s.REQUIRED)])  # fmt: skip
    data["components"][1]["components"] = [rows]
    data["rules"] = []
    return s.read(data)


def _actions(**notes: str | None) -> dict[str, Any]:
    found = [(key, {"name": key.upper(), "last_note": note}) for key, note in notes.items()]
    return {"about": lambda kind: found if kind == "action" else []}


def test_rows_about_items_are_one_for_each_item_that_is_there_with_its_facts() -> None:
    form = _about()
    posted = {"marks-0-_key": "action_2", "marks-0-note": "well", "marks-0-told_of": "forged"}
    cleaned = s.clean(form, posted, sections=["rest"], around=_actions(action_1="so", action_2=""))
    assert cleaned.values["rest"]["marks"] == [
        {"_key": "action_1", "told_of": "ACTION_1"},
        {"_key": "action_2", "told_of": "ACTION_2", "note": "well"},
    ]
    assert list(s.errors(cleaned)) == ["marks-0-note"]


def test_rows_about_items_are_as_many_as_there_are() -> None:
    several = {f"action_{number}": "so" for number in range(1, 701)}
    cleaned = s.clean(_about(), {}, sections=["rest"], around=_actions(**several))
    assert len(cleaned.values["rest"]["marks"]) == 700
    assert not any("most rows" in text for text in s.errors(cleaned).values())


def test_rows_about_items_follow_the_items_and_keep_what_was_recorded_of_them() -> None:
    form = _about()
    recorded = [{"_key": key, "told_of": "old", "note": f"of {key}"} for key in ("a_1", "a_2")]
    around = {"existing": {"rest": {"marks": recorded}}, **_actions(a_2=None, a_3="new")}
    shown = forms.standing_values(form, ["rest"], names={}, around=forms.Around(**around))
    assert shown["rest"]["marks"] == [
        {"_key": "a_2", "told_of": "A_2", "note": "of a_2"},
        {"_key": "a_3", "told_of": "A_3", "note": "new"},
    ]


def test_examples_fill_a_row_for_each_item_whatever_is_given() -> None:
    form, around = _about(), forms.Around(**_actions(a_1=None, a_2="kept"))
    given = {"marks": [{"note": "given"}]}
    filled = forms.examples(form, ["rest"], existing={}, given=given, names={}, around=around)
    assert [row["_key"] for row in filled["rest"]["marks"]] == ["a_1", "a_2"]
    assert filled["rest"]["marks"][0]["note"] == "given"
    kept = forms.examples(form, ["rest"], existing={}, given={}, names={}, around=around)
    assert kept["rest"]["marks"][1]["note"] == "kept"


def test_rows_either_keep_items_or_tell_of_them() -> None:
    data = s.sample()
    data["components"][1]["components"] = [
        s.field("dynamiclist", "marks", about="action", items={"list": "x", "kind": "y"},
                components=[s.field("textfield", "note")]),
    ]  # fmt: skip
    with pytest.raises(InvalidDefinition, match="keeps items and is about items"):
        s.read(data)


def test_key_survives_what_a_page_shows_and_sends_back(form: forms.Form) -> None:
    first = _post(form, _parent(0, "A"), _parent(1, "B"))
    posted = forms.to_posted(form, s.BOTH, first.values)
    again = s.clean(form, posted, around={"existing": first.values})
    assert again.values == first.values


def test_a_page_shown_again_keeps_what_nobody_types_beside_what_was_typed() -> None:
    form = _fixed()
    first = forms.standing_values(form, ["rest"], names={}, functions=s.FUNCTIONS)
    shown = forms.to_posted(form, ["rest"], first)
    typed = {
        "marks-0-_key": [shown["marks-1-_key"][0]],
        "marks-0-note": ["b"],
        "marks-1-_key": [""],
        "marks-1-note": ["new"],
    }
    again = forms.with_standing(form, ["rest"], typed, shown)
    assert again == {**typed, "marks-0-issue": ["two"]}
