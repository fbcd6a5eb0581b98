"""In a demonstration the time is shown on every page and can be moved on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import engine
from tests.web.conftest import SETTINGS, Site
from web.application import create_app


def test_every_page_shows_the_day_of_the_demonstration(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    for path in ("/tasks", "/cases", "/about"):
        assert "Demonstration." in visitor.get(path).get_data(as_text=True)
    assert "Arddangosiad." in visitor.get("/cy/tasks").get_data(as_text=True)


def test_outside_a_demonstration_nothing_moves_the_time(site: Site) -> None:
    client = create_app(replace(SETTINGS, demonstration=False)).test_client()
    with client.session_transaction(base_url="https://localhost") as session:
        session["token"] = engine.sign_in_as(site.people["Carys Morgan"].account_id)
    answer = client.get("/demonstration/time", base_url="https://localhost")
    assert answer.status_code == 404
    assert "Demonstration." not in answer.get_data(as_text=True)


@pytest.mark.parametrize("days", ["", "0", "-1", "401", "x", "1.5", "٣", "9" * 30, "000001999999"])
def test_a_number_of_days_that_cannot_be_is_asked_for_again(site: Site, days: str) -> None:
    answer = site.signed_in("Carys Morgan").post("/demonstration/time", {"days": days})
    assert answer.status_code == 422
    assert 'href="#days"' in answer.get_data(as_text=True)


def test_moving_the_time_on_shows_the_later_day_and_what_fell_due(site: Site) -> None:
    visitor = site.signed_in("Carys Morgan")
    before = engine.demonstration_time()
    answer = visitor.post("/demonstration/time", {"page-days": "1"})
    assert answer.status_code == 200
    assert engine.demonstration_time() - before >= timedelta(days=1)
    text = answer.get_data(as_text=True)
    assert "What fell due" in text or "Nothing fell due on the way." in text


def test_who_works_and_refers_opens_a_review_and_holds_each_role_once(site: Site) -> None:
    carys = site.people["Carys Morgan"]
    chosen = next(one for one in engine.startable(carys) if one.process == "referral")
    case_id = engine.open_case("referral", chosen.board_id, carys)
    held = [one.role_key for one in engine.case_page(case_id, carys).people]
    assert sorted(held) == ["referrer", "worker"]


def test_reviews_of_both_types_are_under_way_beside_the_consultations(site: Site) -> None:
    cases = engine.list_cases(site.people["Ffion Hughes"])
    assert len([case for case in cases if "-CPR-" in case.identifier]) >= 5
    open_steps = {step for _, task in site.open_tasks() for step in task.requirement.split()}
    assert {"CON-13", "INT-19", "TIM-04", "LEV-21", "ACT-18"} <= open_steps


def test_forums_are_under_way_at_every_stage(site: Site) -> None:
    cases = engine.list_cases(site.people["Ffion Hughes"])
    kinds = [case.identifier.split("-")[1] for case in cases]
    assert kinds.count("MFP") >= 1
    assert kinds.count("MPF") >= 2
    assert kinds.count("CRE") >= 1
    open_steps = {step for _, task in site.open_tasks() for step in task.requirement.split()}
    assert {"MPF-07", "MPF-14", "CRE-06"} <= open_steps


def test_the_forum_owner_reads_forums_and_no_consultation_or_review(site: Site) -> None:
    cases = engine.list_cases(site.people["Priya Shah"])
    assert {case.identifier.split("-")[1] for case in cases} == {"MFP", "MPF"}
