"""A forum with fifty participants is no burden to whoever keeps it."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

import engine
from tests.web.conftest import Site, example_answers

OWNER = "Priya Shah"
MANY = [
    {"name": f"Person {number}", "role": "Practitioner", "participant_agency": "education"}
    for number in range(1, 51)
]


@pytest.fixture
def case_id(site: Site) -> uuid.UUID:
    """A forum to which fifty people have just been invited."""
    owner = site.people[OWNER]
    chosen = next(one for one in engine.startable(owner) if one.process == "professional_forum")
    case_id = engine.open_case(chosen.process, chosen.board_id, owner)
    do(site, case_id, "MPF-07", purpose="dissemination")
    do(site, case_id, "MPF-09")
    do(site, case_id, "MPF-10", participants=MANY)
    return case_id


def do(site: Site, case_id: uuid.UUID, requirement: str, **given: Any) -> None:
    page = site.open_task(OWNER, case_id, requirement)
    site.submit(OWNER, page, **given)


def own_tasks(site: Site, case_id: uuid.UUID) -> list[engine.TaskSummary]:
    found = [task for tasks in engine.open_tasks(site.people[OWNER]) for task in tasks]
    return [task for task in found if task.case_id == case_id]


def test_the_forum_owner_has_no_task_for_each_of_fifty_invitations(
    site: Site, case_id: uuid.UUID
) -> None:
    assert own_tasks(site, case_id) == []


def test_replies_of_fifty_are_recorded_on_one_page(site: Site, case_id: uuid.UUID) -> None:
    owner = site.people[OWNER]
    engine.start_side(case_id, "record_forum_replies", "", owner)
    [task] = own_tasks(site, case_id)
    visitor = site.signed_in(OWNER)
    answer = visitor.get(f"/tasks/{task.id}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(re.findall(r'name="replies-\d+-reply_now"', page)) == 50
    assert "Person 50" in page
    posted = example_answers(engine.open_task(task.id, owner))
    posted["replies-49-reply_now"] = ["yes"]
    engine.submit_task(task.id, owner, "once", posted, {})
    assert own_tasks(site, case_id) == []
