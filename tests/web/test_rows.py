"""Rows of repeated questions are added and removed without scripts, and nothing typed moves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from web import rows

TYPED = {
    "parents-0-_key": ["parents_1"],
    "parents-0-name": ["Mari"],
    "parents-1-_key": ["parents_2"],
    "parents-1-name": ["Dafydd"],
    "parents-2-name": ["Elin"],
    "other": ["stays"],
}


def test_adding_a_row_puts_an_empty_one_last_and_goes_to_it() -> None:
    posted, anchor = rows.change(TYPED, "add:parents")
    assert posted == {**TYPED, "parents-3-_key": [""]}
    assert anchor == "parents-3"


def test_adding_the_first_row_starts_at_nought() -> None:
    assert rows.change({}, "add:parents") == ({"parents-0-_key": [""]}, "parents-0")


def test_removing_a_row_moves_up_those_below_with_their_keys() -> None:
    posted, anchor = rows.change(TYPED, "remove:parents-0")
    assert posted == {
        "parents-0-_key": ["parents_2"],
        "parents-0-name": ["Dafydd"],
        "parents-1-name": ["Elin"],
        "other": ["stays"],
    }
    assert anchor == "parents"


def test_dropping_a_file_forgets_only_that_it_was_kept() -> None:
    posted, anchor = rows.change({"minutes-kept": ["id"], "minutes": ["x"]}, "drop:minutes")
    assert posted == {"minutes": ["x"]}
    assert anchor == "minutes"


@pytest.mark.parametrize(
    "action",
    ["", "save", "language", "remove:parents-x", "remove:", "add:../x", "add:A", "x:parents"],
)
def test_anything_else_changes_nothing(action: str) -> None:
    assert rows.change(TYPED, action)[0] == TYPED


def test_rows_are_counted_by_number_not_by_name() -> None:
    posted = {
        "parents-10-name": [""],
        "parents-2-name": [""],
        "parents-x": [""],
        "parentsx-1-a": [""],
    }
    assert rows.numbers(posted, "parents") == [2, 10]


def test_rows_are_put_behind_those_in_which_something_was_typed() -> None:
    typed = {
        "parents-0-_key": [""], "parents-0-name": [" "],
        "parents-2-_key": ["row_7"], "parents-2-name": [""],
        "parents-4-name": ["Mari"],
        "parentsx": ["stays"],
    }  # fmt: skip
    new: list[dict[str, list[str]]] = [{"name": ["Elin"]}, {"born-day": ["3"]}]
    assert rows.put_in(typed, "parents", new, replace=False) == (
        {
            "parents-0-_key": ["row_7"], "parents-0-name": [""],
            "parents-1-name": ["Mari"],
            "parentsx": ["stays"],
            "parents-2-_key": [""], "parents-2-name": ["Elin"],
            "parents-3-_key": [""], "parents-3-born-day": ["3"],
        },
        2,
    )  # fmt: skip


def test_rows_put_in_place_of_others_start_anew_with_keys_of_their_own() -> None:
    changed, first = rows.put_in(TYPED, "parents", [{"name": ["Nia"]}], replace=True)
    assert changed == {"other": ["stays"], "parents-0-_key": [""], "parents-0-name": ["Nia"]}
    assert first == 0


def test_no_row_that_was_typed_is_left_out_however_many_there_are() -> None:
    posted = {f"parents-{number}-name": ["x"] for number in range(12_000)}
    assert len(rows.numbers(posted, "parents")) == 12_000


def test_what_a_page_did_not_show_of_a_row_stays_with_it_whatever_kind_of_input_it_has() -> None:
    class Column(SimpleNamespace):
        has_input = True

    entry = SimpleNamespace(key="acts", columns=[Column(key="done_on"), Column(key="seen")])
    standing = {
        "acts-0-_key": ["act_1"], "acts-0-done_on-day": ["3"], "acts-0-seen": ["true"],
        "acts-0-shown": ["nobody types this"],
        "acts-1-_key": ["act_2"], "acts-1-done_on-day": ["4"], "acts-1-seen": ["true"],
    }  # fmt: skip
    # The page showed the second row, in which the box is not ticked any more.
    sent = {"acts-1-_key": ["act_2"], "acts-1-done_on-day": ["5"], "other": ["stays"]}
    assert rows._with_other_rows(sent, standing, entry) == {
        "other": ["stays"],
        "acts-0-_key": ["act_1"], "acts-0-done_on-day": ["3"], "acts-0-seen": ["true"],
        "acts-1-_key": ["act_2"], "acts-1-done_on-day": ["5"],
    }  # fmt: skip
