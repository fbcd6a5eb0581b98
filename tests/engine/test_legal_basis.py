"""What an edition or a variation says that it rests on is read strictly, in both languages."""

from __future__ import annotations

import pytest

from engine.errors import InvalidDefinition
from engine.legal_basis import parse_edition, parse_variation, stands_alone

HEAD = """
[edition]
en = "Ours"
cy = "Ein un ni"
standing_en = "Not the law."
standing_cy = "Nid y gyfraith."
"""
SOURCE = """
[sources.act]
cite_en = "The Act, section 1"
cite_cy = "Y Ddeddf, adran 1"
en = "The criteria."
cy = "Y meini prawf."
"""
CONFIRM = """
[to_confirm.times]
en = "The times."
cy = "Yr amserau."
"""
WHOLE = HEAD + SOURCE + CONFIRM


def test_an_edition_says_its_title_its_standing_its_sources_and_what_is_to_be_confirmed() -> None:
    basis = parse_edition(WHOLE.encode(), "edition.toml")
    assert basis.title.cy == "Ein un ni"
    assert basis.standing.en == "Not the law."
    assert [(each.cite.en, each.taken.cy) for each in basis.sources] == [
        ("The Act, section 1", "Y meini prawf.")
    ]
    assert [each.en for each in basis.to_confirm] == ["The times."]
    assert (basis.alone, basis.edition) == (False, "")


def test_an_edition_may_stand_alone_and_one_that_cannot_be_read_does_not() -> None:
    alone = WHOLE.replace("[edition]", "[edition]\nalone = true")
    assert stands_alone(alone.encode())
    assert not stands_alone(WHOLE.encode())
    assert not stands_alone(b"[edition")
    assert not stands_alone(b"")


def test_a_variation_names_its_edition_and_cannot_stand_alone() -> None:
    source = WHOLE.replace("[edition]", '[variation]\nedition = "draft_2011"')
    assert parse_variation(source.encode(), "variation.toml").edition == "draft_2011"
    for wrong in (source.replace('edition = "draft_2011"', ""), source + "\n[x]\n"):
        with pytest.raises(InvalidDefinition):
            parse_variation(wrong.encode(), "variation.toml")
    with pytest.raises(InvalidDefinition, match="alone"):
        parse_variation(
            source.replace("[variation]", "[variation]\nalone = true").encode(), "variation.toml"
        )


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (HEAD + CONFIRM, "sources"),
        (SOURCE, "[edition]"),
        (WHOLE.replace('cy = "Ein un ni"', ""), "cy"),
        (WHOLE.replace('cite_cy = "Y Ddeddf, adran 1"', ""), "cite_cy"),
        (WHOLE.replace('cy = "Yr amserau."', ""), "cy"),
        (WHOLE + '\n[other]\nen = "x"\n', "other"),
        (WHOLE.replace("standing_en", "status_en"), "standing_en"),
    ],
)
def test_what_is_missing_or_does_not_belong_is_named(source: str, named: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        parse_edition(source.encode(), "edition.toml")
    assert named in refused.value.message
