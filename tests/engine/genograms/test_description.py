"""The words of a genogram say all that its drawing shows."""

from __future__ import annotations

from hypothesis import given

from engine.genograms import describe, network
from tests.engine.genograms.families import FAMILY, Values, families


def test_everybody_is_told_by_household_with_all_their_links() -> None:
    told = describe(network(FAMILY))
    homes = {home.name.en: [person.label for person in home.people] for home in told}
    assert homes["Household: A"] == ["Mother’s partner", "Mother", "Child 1"]
    assert list(homes)[-1] == "No household recorded"
    said = {person.label: person for home in told for person in home.people}
    assert said["Child 1"].facts.en == "kin, child of the review, male, born 2024, died 2025"
    assert said["Child 1"].facts.cy == "kin, plentyn yr adolygiad, gwryw, ganwyd 2024, bu farw 2025"
    assert [text.en for text in said["Child 1"].links] == [
        "Child of: Father; Mother", "Stepchild of: Mother’s partner",
    ]  # fmt: skip
    assert "Separated from: Mother (since 2024)" in [text.en for text in said["Father"].links]
    assert "Lleolir neu lleolwyd gyda: Foster carer" in [
        text.cy for text in said["Half-brother"].links
    ]
    assert [text.en for text in said["Friend"].links] == ["Another link with: Mother (helps out)"]


@given(families())
def test_each_link_is_told_of_both_its_people(values: Values) -> None:
    found = network(values)
    said = {
        person.label: " ".join(text.en for text in person.links)
        for home in describe(found)
        for person in home.people
    }
    assert set(said) == {person.label for person in found.people}
    for link in found.links:
        assert link.second in said[link.first]
        assert link.first in said[link.second]
