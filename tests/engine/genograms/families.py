"""Families for tests: one that a Panel might draw, and any that rows can hold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.genograms.network import KINDS

Values = dict[str, list[dict[str, Any]]]


def person(label: str, born: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a row of somebody."""
    row = {"person_label": label, "person_relation": "kin", "person_year": born}
    return {**row, "person_alive": "alive", **more}


def link(first: str, kind: str, second: str, words: str = "") -> dict[str, Any]:
    """Return a row of a link."""
    found = {"link_from": first, "link_kind": kind, "link_to": second}
    return {**found, "link_words": words} if words else found


def family(people: list[dict[str, Any]], *links: dict[str, Any]) -> Values:
    """Return the rows of a genogram."""
    return {"genogram_people": people, "genogram_links": list(links)}


#: Two families of one mother, a death, a placement, a step-parent, a friend.
FAMILY = family(
    [
        person("Child 1", 2024, person_subject=True, person_sex="male", person_household="A",
               person_alive="dead", person_died=2025),
        person("Half-brother", 2015, person_household="Carer’s home", person_sex="male"),
        person("Mother", 1998, person_sex="female", person_household="A"),
        person("Father", 1996, person_sex="male"),
        person("Former partner", 1990, person_sex="male"),
        person("Mother’s partner", 1995, person_sex="male", person_household="A"),
        person("Grandmother", 1970, person_sex="female"),
        person("Foster carer", None, person_household="Carer’s home"),
        person("Friend"),
    ],
    link("Mother", "parent_of", "Child 1"),
    link("Father", "parent_of", "Child 1"),
    link("Mother", "separated_from", "Father", "since 2024"),
    link("Mother", "divorced_from", "Former partner"),
    link("Mother", "parent_of", "Half-brother"),
    link("Former partner", "parent_of", "Half-brother"),
    link("Mother", "partner_of", "Mother’s partner"),
    link("Mother’s partner", "step_parent_of", "Child 1"),
    link("Foster carer", "carer_of", "Half-brother"),
    link("Grandmother", "parent_of", "Mother"),
    link("Friend", "other_link", "Mother", "helps out"),
)  # fmt: skip

_LABELS = [f"P{number}" for number in range(14)]


@st.composite
def any_rows(draw: st.DrawFn) -> Values:
    """Return rows in which anybody may be anything to anybody."""
    labels = draw(st.lists(st.sampled_from(_LABELS), min_size=1, unique=True))
    years = st.one_of(st.none(), st.integers(1920, 2026))
    homes = st.sampled_from(["", "", "A", "B", "the long name of a household far away"])
    people = [
        person(label, draw(years), person_household=draw(homes),
               person_sex=draw(st.sampled_from(["female", "male", ""])),
               person_alive=draw(st.sampled_from(["alive", "dead"])))
        for label in labels
    ]  # fmt: skip
    ends = st.sampled_from(labels)
    links = st.builds(link, ends, st.sampled_from(KINDS), ends)
    return family(people, *draw(st.lists(links, max_size=25)))


@st.composite
def families(draw: st.DrawFn) -> Values:
    """Return rows in which nobody is their own ancestor: links by birth lead to later labels."""
    found = draw(any_rows())
    place = {row["person_label"]: number for number, row in enumerate(found["genogram_people"])}
    for row in found["genogram_links"]:
        if place[row["link_from"]] > place[row["link_to"]]:
            row["link_from"], row["link_to"] = row["link_to"], row["link_from"]
    links = [row for row in found["genogram_links"] if row["link_from"] != row["link_to"]]
    return {**found, "genogram_links": links}
