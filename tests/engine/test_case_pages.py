"""The page of a case: its cost does not grow with the case, and its outline can be followed."""

from __future__ import annotations

import pytest

from engine import case_pages, db, plan_pages
from engine.case_pages import DiagramView
from tests.databases import statements
from tests.review import Review, opened, participants


@pytest.fixture
def review(database: db.Database) -> Review:
    """A case that has just been opened."""
    return opened()


def outline_of(review: Review, process: str) -> DiagramView:
    (instance,) = review.instances(process)
    return case_pages.case_diagram(review.case_id, instance.id, review.coordinator)


def _queries(review: Review, database: db.Database) -> list[int]:
    """Return what each page costs once it is warm."""
    counts = []
    for look in (case_pages.case_page, case_pages.case_head, plan_pages.case_plan):
        look(review.case_id, review.coordinator)
        with statements(database) as seen:
            look(review.case_id, review.coordinator)
        counts.append(len(seen))
    return counts


def test_the_number_of_queries_does_not_grow_with_the_case(
    review: Review, database: db.Database
) -> None:
    names = ["Pam", "Rob", "Sal", "Tom", "Uma", "Vic"]
    review.do("INT-01", {"participants": participants(*names)})
    for number in (1, 2):
        item = f"participant_{number}"
        review.do("INT-05", {"told_on": "2026-03-02"}, item=item, actor=review.worker)
    few = _queries(review, database)
    for number in (3, 4, 5, 6):
        item = f"participant_{number}"
        review.do("INT-05", {"told_on": "2026-03-02"}, item=item, actor=review.colleague)
    page = case_pages.case_page(review.case_id, review.coordinator)
    assert len(page.documents) == 7
    assert _queries(review, database) == few


def test_the_outline_leads_to_the_part_of_each_item_and_counts_them(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Pam", "Rob")})
    (row,) = (row for row in outline_of(review, "review").outline if row.parts)
    assert [one.item_label.en for one in row.parts if one.item_label] == ["Pam", "Rob"]
    assert {one.state for one in row.parts} == {"open"}
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    (row,) = (row for row in outline_of(review, "review").outline if row.parts)
    assert [one.state for one in row.parts] == ["completed", "open"]
    inside = case_pages.case_diagram(review.case_id, row.parts[1].id, review.coordinator)
    assert "open" in {step.state for step in inside.outline}
