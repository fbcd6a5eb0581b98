"""The plan is drawn, and a table says the same in the reader's language."""

from __future__ import annotations

import re

import pytest

import engine
from tests.web.conftest import Site

FFION = "Ffion Hughes"


@pytest.fixture
def review(site: Site) -> engine.CasePlan:
    """A review of the demonstration that is under way, with a day for every milestone."""
    coordinator = site.people[FFION]
    plans = [engine.case_plan(one.id, coordinator) for one in engine.list_cases(coordinator)]
    return next(
        plan
        for plan in plans
        if any(one.reached_on for one in plan.milestones)
        and any(one.forecast_on for one in plan.milestones)
    )


def test_the_whole_back_plan_is_there_and_ends_with_the_six_months(
    review: engine.CasePlan,
) -> None:
    assert len(review.milestones) == 16
    by_key = {view.key: view for view in review.milestones}
    assert by_key["published"].planned_on == review.ends_on
    assert (by_key["published"].planned_on - by_key["submitted"].planned_on).days == 14
    assert (by_key["event_held"].planned_on - by_key["received"].planned_on).days == 16 * 7


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_drawing_holds_every_milestone_and_the_table_says_the_same(
    site: Site, review: engine.CasePlan, language: str
) -> None:
    prefix = "/cy" if language == "cy" else ""
    path = f"{prefix}/cases/{review.head.summary.id}/plan"
    text = site.signed_in(FFION).get(path).get_data(as_text=True)
    drawing, tables = text.split("</svg>\n</div>", 1)
    for view in review.milestones:
        name = view.name.say(language)
        assert name in drawing.replace("&#39;", "'")
        assert name in tables.replace("&#39;", "'")
    marks = re.findall(r'class="app-plan__(planned|reached|forecast)"', drawing.split("<div")[-1])
    assert marks.count("reached") >= sum(1 for one in review.milestones if one.reached_on)
    assert marks.count("forecast") == sum(1 for one in review.milestones if one.forecast_on)
    late, early = ("diwrnod yn hwyr", "gynnar") if language == "cy" else ("days late", "days early")
    assert late in tables or early in tables


def test_the_drawing_can_be_scrolled_by_keyboard_and_names_itself(
    site: Site, review: engine.CasePlan
) -> None:
    path = f"/cases/{review.head.summary.id}/plan"
    text = site.signed_in(FFION).get(path).get_data(as_text=True)
    assert re.search(r'role="region" aria-labelledby="drawing-title" tabindex="0"', text)
    assert 'role="img" aria-label="Timeline of the case' in text


def test_a_case_without_a_proposed_plan_says_so_and_draws_its_clocks(site: Site) -> None:
    coordinator = site.people[FFION]
    case = next(
        one
        for one in engine.list_cases(coordinator)
        if "-CNS-" in one.identifier and engine.case_plan(one.id, coordinator).clocks
    )
    text = site.signed_in(FFION).get(f"/cases/{case.id}/plan").get_data(as_text=True)
    assert "There is no proposed plan for this kind of case." in text
    assert "<svg" in text
    assert "TS-41" in text


def test_a_case_that_was_just_opened_has_a_page_without_a_drawing(site: Site) -> None:
    case_id = site.open_case()
    answer = site.signed_in(FFION).get(f"/cases/{case_id}/plan")
    assert answer.status_code == 200
    assert "app-plan__frame" not in answer.get_data(as_text=True)
