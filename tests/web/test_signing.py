"""A signature needs the password; people of a demonstration, who have none, sign with a tick."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest

import engine
from engine import passwords
from engine.sign_in import use as use_sign_in
from tests.web.conftest import LIMITS, Site, Visitor, example_answers

CHAIR = "Owain Rees"
SOMEBODY = engine.Actor(uuid.uuid4(), "Somebody")
KEPT = passwords.hash_password("tŷ bach twt yn y wlad")


@pytest.fixture
def page(site: Site) -> engine.TaskPage:
    """The Chair's decision on a recommendation, which is signed."""
    found = next(task for name, task in site.open_tasks() if "INT-19" in task.requirement)
    return engine.open_task(found.id, site.people[CHAIR])


def _at_check(site: Site, page: engine.TaskPage) -> Visitor:
    visitor = site.signed_in(CHAIR)
    sent = visitor.post(f"/tasks/{page.task.id}", example_answers(page))
    assert sent.status_code == 303
    return visitor


@pytest.mark.parametrize(
    ("language", "title", "tick", "why", "problem"),
    [
        ("", "Error: ", "I sign as Owain Rees", "have no password", "Tick the box to sign"),
        (
            "/cy",
            "Gwall: ",
            "Rwy’n llofnodi fel Owain Rees",
            "gan bobl yr arddangosiad",
            "Ticiwch y blwch i lofnodi",
        ),
    ],
)
def test_a_tick_stands_in_for_the_password_in_a_demonstration(
    site: Site, page: engine.TaskPage, language: str, title: str, tick: str, why: str, problem: str
) -> None:
    visitor, path = _at_check(site, page), f"{language}/tasks/{page.task.id}/check"
    check = visitor.get(path).get_data(as_text=True)
    assert tick in check
    assert why in check
    assert "page-password" not in check
    refused = visitor.post(path, {"page-submit-key": str(uuid.uuid4())})
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f"<title>{title}" in text
    assert 'href="#page-signed"' in text
    assert 'id="page-signed"' in text
    assert problem in text


def test_the_password_is_compulsory_outside_a_demonstration(
    site: Site, page: engine.TaskPage
) -> None:
    visitor, path = _at_check(site, page), f"/tasks/{page.task.id}/check"
    use_sign_in(**LIMITS, demonstration=False)
    check = visitor.get(path).get_data(as_text=True)
    assert 'name="page-password"' in check
    assert "page-signed" not in check
    sent = {"page-submit-key": str(uuid.uuid4()), "page-signed": "true"}
    refused = visitor.post(path, sent)
    assert refused.status_code == 422
    assert 'href="#page-password"' in refused.get_data(as_text=True)
    assert engine.open_task(page.task.id, site.people[CHAIR]).task.id == page.task.id


@pytest.mark.parametrize(
    ("demonstration", "kept", "proof", "holds"),
    [
        (True, None, engine.Proof(confirmed=True), True),
        (True, None, engine.Proof(), False),
        (True, KEPT, engine.Proof(confirmed=True), False),
        (False, None, engine.Proof(confirmed=True), False),
        (False, KEPT, engine.Proof(confirmed=True), False),
        (False, KEPT, engine.Proof("tŷ bach twt yn y dref"), False),
        (False, KEPT, engine.Proof("tŷ bach twt yn y wlad"), True),
    ],
    # A hash is salted anew in each process, and tests have the same names in all of them.
    ids=lambda value: "password" if value == KEPT else None,
)
def test_only_who_has_no_password_in_a_demonstration_signs_without(
    demonstration: bool, kept: str | None, proof: engine.Proof, holds: bool
) -> None:
    assert proof.holds(replace(SOMEBODY, demonstration=demonstration), kept) is holds


def test_who_signs_with_a_tick_is_named_under_the_document(
    site: Site, page: engine.TaskPage
) -> None:
    visitor, path = _at_check(site, page), f"/tasks/{page.task.id}/check"
    done = visitor.post(path, {"page-submit-key": page.submit_key, "page-signed": "true"})
    assert done.status_code == 303
    assert done.headers["Location"].endswith("/done")
    case = engine.case_page(page.task.case_id, site.people[CHAIR])
    recommendation = next(one for one in case.documents if one.catalogue == "F-02")
    signed = engine.document_page(recommendation.id, site.people[CHAIR]).signatures
    assert [line.role for line in signed] == ["sub_group_chair", "chair"]
    assert signed[-1].name == CHAIR
    text = visitor.get(f"/documents/{recommendation.id}").get_data(as_text=True)
    beside = text.split(">Signatures</h2>")[1].split("</ul>")[0]
    assert beside.count("Stands") == 2
    assert "Of an earlier version" not in beside
    assert not re.search(r"<dd[^>]*>\s*\d{4}-\d{2}-\d{2}", text)
