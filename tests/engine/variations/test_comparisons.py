"""Any two of the versions, editions and drafts of a Board are compared."""

from __future__ import annotations

import uuid

import pytest

import engine
from tests.engine.test_variations import FORM, LONGER, TIMESCALES, Studio, published

BASE = "edition-draft_2011"


def said(found: engine.VariationComparison) -> list[str]:
    return [each.what.en for file in found.files for each in file.differences]


def test_a_draft_is_compared_with_the_edition_below_it(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)

    found = engine.compare_draft(draft, "", studio.bob)

    (difference,) = found.files[0].differences
    assert difference.what.en.endswith("has another length.")
    assert (difference.before.cy, difference.now.cy) == ("P14D (14 diwrnod)", "P21D (21 diwrnod)")
    assert found.draft is not None
    assert [side.key for side in found.sides][:2] == ["base-1", BASE]


def test_two_versions_are_compared_either_way_round(studio: Studio) -> None:
    first = published(studio, studio.changed())
    draft = engine.begin_draft(studio.key, "", "And a time", studio.ann, first)
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    engine.check_variation(draft, studio.ann)
    second = published(studio, draft)

    on = engine.compare_variation(studio.key, f"version-{first}", f"version-{second}", studio.rhys)
    back = engine.compare_variation(
        studio.key, f"version-{second}", f"version-{first}", studio.rhys
    )

    assert [file.path for file in on.files] == [TIMESCALES]
    assert said(on) == said(back)
    assert on.files[0].differences[0].before == back.files[0].differences[0].now
    assert on.now is not None
    assert on.now.in_force


def test_without_a_choice_what_is_in_force_is_compared_with_the_edition(studio: Studio) -> None:
    empty = engine.compare_variation(studio.key, "", "", studio.ann)
    number = published(studio, studio.changed())
    found = engine.compare_variation(studio.key, "", "", studio.ann)

    assert (empty.now, empty.files) == (None, ())
    assert (found.before and found.before.key, found.now and found.now.key) == (
        BASE, f"version-{number}",
    )  # fmt: skip
    assert [file.path for file in found.files] == [FORM]


def test_an_older_version_that_is_begun_from_says_what_would_be_taken_back(studio: Studio) -> None:
    first = published(studio, studio.changed())
    draft = engine.begin_draft(studio.key, "draft_2011", "A time", studio.ann)
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)
    engine.check_variation(draft, studio.ann)
    second = published(studio, draft)

    back = engine.begin_draft(studio.key, "", "As it was", studio.ann, first)

    found = engine.compare_draft(back, f"version-{second}", studio.ann)
    assert sorted(file.path for file in found.files) == [FORM, TIMESCALES]
    assert engine.compare_draft(back, f"version-{first}", studio.ann).files == ()


def test_one_file_is_given_in_both_versions_to_be_drawn(studio: Studio) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)

    found = engine.compared_file(studio.key, "base-1", "draft-1", TIMESCALES, studio.bob)

    assert b"P14D" in (found.before or b"")
    assert b"P21D" in (found.now or b"")
    assert found.file.marks == {"TS-41": "changed"}


@pytest.mark.parametrize(
    ("before", "now", "path"),
    [
        ("base-1", "draft-1", FORM),
        ("base-1", "draft-1", "edition/" + TIMESCALES),
        ("version-9", "draft-1", TIMESCALES),
        ("base-1", "draft-x", TIMESCALES),
    ],
)
def test_what_is_not_there_or_does_not_differ_is_not_found(
    studio: Studio, before: str, now: str, path: str
) -> None:
    draft = studio.begin()
    engine.save_draft_file(draft, TIMESCALES, LONGER, 0, studio.ann)

    with pytest.raises(engine.NotFound):
        engine.compared_file(studio.key, before, now, path, studio.ann)


def test_nobody_else_reads_what_differs(studio: Studio) -> None:
    draft = studio.begin()
    for ask in (
        lambda: engine.compare_variation(studio.key, "", "", studio.stranger),
        lambda: engine.compare_draft(draft, "", studio.stranger),
        lambda: engine.compared_file(studio.key, "base-1", "draft-1", FORM, studio.stranger),
        lambda: engine.compare_draft(uuid.uuid4(), "", studio.ann),
    ):
        with pytest.raises(engine.NotFound):
            ask()
