"""A genogram is laid out by itself: whoever is in it, nothing lies over anything else."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidForm
from engine.genograms import Drawing, draw, network, require_drawable
from engine.genograms.layout import HALF, OWN, Symbol
from tests.engine.genograms.families import FAMILY, Values, any_rows, families, family, link, person


def drawn(values: Values, language: str = "en") -> Drawing:
    return draw(network(values), language)


def symbols(drawing: Drawing) -> dict[str, Symbol]:
    return {symbol.person.label: symbol for symbol in drawing.symbols}


@given(families())
def test_nobody_stands_over_somebody_else(values: Values) -> None:
    drawing = drawn(values)
    assert len(drawing.symbols) == len(values["genogram_people"])
    for one, other in combinations(drawing.symbols, 2):
        rows_apart = abs(one.y - other.y) >= 2 * HALF + 16 * len(one.texts)
        assert rows_apart or abs(one.x - other.x) >= OWN
    for symbol in drawing.symbols:
        assert HALF < symbol.x < drawing.width - HALF
        assert HALF < symbol.y < drawing.height - HALF


@given(families())
def test_children_by_birth_and_adoption_stand_below_their_parents(values: Values) -> None:
    at = symbols(drawn(values))
    for row in values["genogram_links"]:
        if row["link_kind"] in ("parent_of", "adoptive_parent_of"):
            assert at[row["link_from"]].y < at[row["link_to"]].y


@given(families())
def test_no_line_runs_through_somebody_whom_it_does_not_join(values: Values) -> None:
    drawing = drawn(values)
    for line in drawing.lines:
        for way in line.ways:
            for (x1, y1), (x2, y2) in pairwise(way):
                for symbol in drawing.symbols:
                    across = min(x1, x2) < symbol.x + HALF and symbol.x - HALF < max(x1, x2)
                    down = min(y1, y2) < symbol.y + HALF and symbol.y - HALF < max(y1, y2)
                    assert not (across and down), (line, symbol.person.label)


@given(families())
def test_a_household_holds_all_who_live_in_it_and_nobody_else(values: Values) -> None:
    drawing = drawn(values)
    for symbol in drawing.symbols:
        around = {
            box.household
            for box in drawing.boxes
            if box.left < symbol.x < box.right and box.top < symbol.y < box.bottom
        }
        assert around == ({symbol.person.household} - {""})


@given(families(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(values: Values, chance: Any) -> None:
    turned = {name: list(rows) for name, rows in values.items()}
    for rows in turned.values():
        chance.shuffle(rows)
    assert drawn(turned) == drawn(values)


@given(any_rows())
def test_whatever_rows_hold_is_drawn_or_told_what_is_wrong(values: Values) -> None:
    found = network(values)
    try:
        drawing = draw(found, "cy")
    except InvalidForm as refused:
        (error,) = refused.errors
        assert "own ancestor" in error.en
        assert error.cy != error.en
        return
    lines = sum(len(line.ways) for line in drawing.lines)
    assert bool(lines) == any(one.kind != "other_link" for one in found.links)


def test_partners_stand_side_by_side() -> None:
    at = symbols(drawn(FAMILY))
    for other in ("Father", "Former partner"):
        assert at["Mother"].y == at[other].y
        assert abs(at["Mother"].x - at[other].x) == 160
    assert at["Mother’s partner"].y == at["Mother"].y


def test_somebody_who_lived_with_a_mother_and_her_daughter_is_drawn_with_both() -> None:
    values = family(
        [person("Mother"), person("Daughter"), person("Man")],
        link("Mother", "parent_of", "Daughter"),
        link("Man", "partner_of", "Mother"),
        link("Man", "partner_of", "Daughter"),
    )
    drawing = drawn(values)
    at = symbols(drawing)
    assert at["Mother"].y < at["Daughter"].y
    assert [line.kind for line in drawing.lines].count("partner_of") == 2


def test_brothers_and_sisters_without_parents_are_joined() -> None:
    drawing = drawn(family([person("A"), person("B")], link("A", "sibling_of", "B")))
    at = symbols(drawing)
    assert at["A"].y == at["B"].y
    assert [line.kind for line in drawing.lines] == ["sibling_of"]


def test_a_child_placed_with_a_younger_relative_is_drawn_all_the_same() -> None:
    values = family(
        [person("A"), person("B"), person("C")],
        link("A", "parent_of", "B"),
        link("B", "parent_of", "C"),
        link("C", "carer_of", "A"),
    )
    assert {line.kind for line in drawn(values).lines} == {"parent_of", "carer_of"}


def test_separation_has_a_stroke_and_divorce_has_two() -> None:
    strokes = {line.kind: len(line.strokes) for line in drawn(FAMILY).lines}
    assert (strokes["separated_from"], strokes["divorced_from"], strokes["partner_of"]) == (1, 2, 0)


def test_a_link_without_a_sign_is_told_apart() -> None:
    assert [one.words for one in drawn(FAMILY).undrawn] == ["helps out"]


@pytest.mark.parametrize(
    ("values", "rows", "said"),
    [
        (family([person("A"), person("a ")]), "genogram_people", "Two people are labelled “a”"),
        (family([person("", 1999)]), "genogram_people", "Person 1 has no label"),
        (family([person("A")], link("A", "parent_of", "B")), "genogram_links", "Link 1 names “B”"),
        (family([person("A")], link("A", "parent_of", "")), "genogram_links", "Link 1 lacks"),
        (family([person("A")], link("A", "parent_of", "A")), "genogram_links", "to themselves"),
        (
            family(
                [person("A"), person("B"), person("C")],
                link("A", "parent_of", "B"),
                link("B", "parent_of", "C"),
                link("C", "adoptive_parent_of", "A"),
            ),
            "genogram_links",
            "own ancestor",
        ),
    ],
)
def test_what_makes_no_family_is_refused_at_its_rows(values: Values, rows: str, said: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        require_drawable("F-08", {"genogram": values})
    (error,) = refused.value.errors
    assert error.field == rows
    assert said in error.en
    require_drawable("F-09", {"genogram": values})


def test_a_genogram_written_before_there_was_a_list_of_links_is_drawn_as_far_as_it_goes() -> None:
    values = family(
        [person("A"), person("B"), person("C")],
        link("A", "Parent of", "B"),
        link("A", "Rhiant i", "C"),
        link("B", "Godfather", "C"),
    )
    drawing = drawn(values)
    assert [line.kind for line in drawing.lines] == ["parent_of"]
    assert [one.words for one in drawing.undrawn] == ["Godfather"]


def test_a_year_of_death_left_behind_under_alive_makes_nobody_dead() -> None:
    """The form asks the year of the dead only, and keeps what was typed before in the draft."""
    (one,) = network(family([person("A", 1990, person_died=2020)])).people
    assert (one.dead, one.died, one.years) == (False, None, "1990–")
    (one,) = network(family([person("A", person_died=2020, person_alive="")])).people
    assert (one.dead, one.died) == (True, 2020)
