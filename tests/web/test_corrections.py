"""A case is put right on pages that say first what would happen, and a second person confirms."""

from __future__ import annotations

import re
import uuid

import pytest

import engine
from engine import corrections
from tests.web.conftest import Site, Visitor

FFION, NIA, OWAIN, GARETH = "Ffion Hughes", "Nia Griffiths", "Owain Rees", "Gareth Evans"
_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


@pytest.fixture
def case_id(site: Site) -> uuid.UUID:
    """A consultation whose first step was done."""
    case_id = site.open_case()
    site.submit("Carys Morgan", site.open_task("Carys Morgan", case_id))
    return case_id


def send(visitor: Visitor, path: str, **typed: str) -> tuple[int, str, str]:
    """Look at a page, then send its form as it stands, with what is typed beside it."""
    seen = _SEEN.search(visitor.get(path).get_data(as_text=True))
    assert seen
    base, _, query = path.partition("?")
    named = dict(one.split("=") for one in query.split("&") if one)
    answer = visitor.post(base, {"seen": seen[1], **named, **typed})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def proposed(site: Site, case_id: uuid.UUID, act: str = "close") -> str:
    status, path, _ = send(
        site.signed_in(FFION), f"/cases/{case_id}/put-right/{act}", reason="opened twice"
    )
    assert status == 303
    assert "/proposals/" in path
    return path


@pytest.mark.parametrize("act", ["suspend", "withdraw", "close"])
def test_reason_that_is_missing_is_asked_for_at_its_input(
    site: Site, case_id: uuid.UUID, act: str
) -> None:
    status, _, text = send(site.signed_in(FFION), f"/cases/{case_id}/put-right/{act}", reason=" ")
    assert status == 422
    assert 'href="#reason"' in text
    assert engine.case_page(case_id, site.people[FFION]).summary.state == "open"


def test_suspended_case_is_resumed_and_both_reasons_stand_in_its_history(
    site: Site, case_id: uuid.UUID
) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/put-right"
    assert send(visitor, f"{path}/suspend", reason="the trial has begun")[0] == 303
    text = visitor.get(f"{path}?done=suspend").get_data(as_text=True)
    assert "The case is suspended." in text
    assert "Let the case go on" in text
    assert send(visitor, f"{path}/resume", reason="the trial is over")[0] == 303
    history = visitor.get(f"/cases/{case_id}/history").get_data(as_text=True)
    assert "Reason: the trial has begun" in history
    assert "Reason: the trial is over" in history
    member = site.signed_in(GARETH).get(f"/cases/{case_id}/history").get_data(as_text=True)
    assert "the trial" not in member


def test_of_two_who_suspend_at_once_the_second_is_told(site: Site, case_id: uuid.UUID) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/put-right/suspend"
    seen = _SEEN.search(visitor.get(path).get_data(as_text=True))
    assert seen
    sent = {"seen": seen[1], "reason": "the trial has begun"}
    assert visitor.post(path, sent).status_code == 303
    answer = visitor.post(path, sent)
    assert answer.status_code == 409
    assert "stands like that already" in answer.get_data(as_text=True)


def test_task_is_given_to_somebody_and_says_whose_it_is(site: Site, case_id: uuid.UUID) -> None:
    visitor = site.signed_in(FFION)
    index = visitor.get(f"/cases/{case_id}/put-right").get_data(as_text=True)
    found = re.search(r'put-right/assign\?task=([0-9a-f-]+)"', index)
    assert found
    path = f"/cases/{case_id}/put-right/assign?task={found[1]}"
    page = visitor.get(path).get_data(as_text=True)
    choice = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>([^<]+)<', page)
    assert choice
    assert send(visitor, path, account=str(uuid.uuid4()), reason="away")[0] == 422
    assert send(visitor, path, account=choice[1], reason="away")[0] == 303
    index = visitor.get(f"/cases/{case_id}/put-right").get_data(as_text=True)
    assert f"Taken by {choice[2].strip()}" in index


def test_going_back_names_what_would_be_withdrawn(site: Site, case_id: uuid.UUID) -> None:
    visitor = site.signed_in(FFION)
    index = visitor.get(f"/cases/{case_id}/put-right").get_data(as_text=True)
    found = re.search(r"put-right/go-back\?step=(\w+)", index)
    assert found
    path = f"/cases/{case_id}/put-right/go-back?step={found[1]}"
    text = visitor.get(path).get_data(as_text=True)
    assert "Steps that would no longer count as done" in text
    assert "Open tasks that would be withdrawn" in text
    assert "Camau na fyddent yn cyfrif mwyach" in visitor.get(f"/cy{path}").get_data(as_text=True)


def test_second_person_confirms_and_whoever_proposed_cannot(site: Site, case_id: uuid.UUID) -> None:
    path = proposed(site, case_id)
    own = site.signed_in(FFION)
    text = own.get(path).get_data(as_text=True)
    assert "Another co-ordinator" in text
    assert 'value="confirm"' not in text
    seen = _SEEN.search(text)
    assert seen
    sent = {"seen": seen[1], "page-action": "confirm"}
    assert own.post(path, sent).status_code == 409
    assert "For a second person" in own.get("/today").get_data(as_text=True)
    chair = site.signed_in(NIA)
    for page in ("/tasks", f"/cases/{case_id}"):
        assert path in chair.get(page).get_data(as_text=True)
    assert send(chair, path, **{"page-action": "confirm"})[0] == 303
    assert engine.case_page(case_id, site.people[NIA]).summary.state == "closed"
    assert "Confirmed and done" in chair.get(path).get_data(as_text=True)
    answer = site.signed_in(OWAIN).post(path, sent)
    assert answer.status_code == 409
    assert "Confirmed and done" in answer.get_data(as_text=True)


def test_whoever_may_not_confirm_finds_no_proposal(site: Site, case_id: uuid.UUID) -> None:
    path = proposed(site, case_id)
    member = site.signed_in(GARETH)
    assert member.get(path).status_code == 404
    assert member.post(path, {"page-action": "confirm", "seen": "x"}).status_code == 404
    for page in ("/tasks", f"/cases/{case_id}"):
        assert "For a second person" not in member.get(page).get_data(as_text=True)


def test_refusal_asks_why_and_both_read_it(site: Site, case_id: uuid.UUID) -> None:
    path, chair = proposed(site, case_id), site.signed_in(NIA)
    status, _, text = send(chair, path, **{"page-action": "refuse", "reason": ""})
    assert status == 422
    assert 'href="#reason"' in text
    assert send(chair, path, **{"page-action": "refuse", "reason": "still wanted"})[0] == 303
    text = site.signed_in(FFION).get(path).get_data(as_text=True)
    assert "still wanted" in text
    assert "Refused" in text


def test_proposal_that_the_case_has_overtaken_is_not_offered(
    site: Site, case_id: uuid.UUID
) -> None:
    path, chair = proposed(site, case_id), site.signed_in(NIA)
    corrections.withdraw(case_id, "opened twice", site.people[FFION])
    text = chair.get(path).get_data(as_text=True)
    assert "The case has moved on since this was proposed" in text
    assert 'value="confirm"' not in text
    assert "has ended already" in text


def test_closed_case_is_reopened_by_two(site: Site, case_id: uuid.UUID) -> None:
    corrections.close(case_id, "opened twice", site.people[FFION])
    path = proposed(site, case_id, "reopen")
    assert send(site.signed_in(OWAIN), path, **{"page-action": "confirm"})[0] == 303
    case = engine.case_page(case_id, site.people[OWAIN])
    assert case.summary.state == "open"
    assert case.tasks


@pytest.mark.parametrize("act", ["go_back", "amend", "nothing", "go-back", "assign"])
def test_what_cannot_be_put_right_is_no_page(site: Site, case_id: uuid.UUID, act: str) -> None:
    answer = site.signed_in(FFION).get(f"/cases/{case_id}/put-right/{act}")
    assert answer.status_code in (404, 409)
    assert site.signed_in(NIA).get(f"/cases/{case_id}/put-right").status_code == 404


def test_chair_finds_what_waits_among_their_tasks_and_whoever_proposed_is_told_who_may(
    site: Site, case_id: uuid.UUID
) -> None:
    path = proposed(site, case_id)
    assert path in site.signed_in(NIA).get("/tasks").get_data(as_text=True)
    assert "For you to confirm" not in site.signed_in(GARETH).get("/tasks").get_data(as_text=True)
    own = site.signed_in(FFION)
    assert path not in own.get("/tasks").get_data(as_text=True)
    assert "These may confirm it, and were told by email" in own.get(path).get_data(as_text=True)


def test_history_says_what_came_of_it_before_and_after(site: Site, case_id: uuid.UUID) -> None:
    path = proposed(site, case_id)
    assert send(site.signed_in(NIA), path, **{"page-action": "confirm"})[0] == 303
    visitor = site.signed_in(FFION)
    history = visitor.get(f"/cases/{case_id}/history").get_data(as_text=True)
    assert "Before and after" in history
    assert "The case was: Open. It is then: Closed." in history
    assert "Open tasks that were withdrawn" in history
    assert "What was proposed, and what became of it" in history
    welsh = visitor.get(f"/cy/cases/{case_id}/history").get_data(as_text=True)
    assert "Tasgau agored a dynnwyd yn ôl" in welsh
