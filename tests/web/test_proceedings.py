"""Proceedings are recorded on a page of their own, and the plan says times gross and net."""

from __future__ import annotations

import re
import uuid

import pytest

import engine
from tests.web.conftest import Site

FFION = "Ffion Hughes"
TRIAL = {
    "kind": "criminal", "stage": "hearings", "from-day": "1", "from-month": "1",
    "from-year": "2025", "waits": "report",
}  # fmt: skip


@pytest.fixture
def case_id(site: Site) -> uuid.UUID:
    """A consultation whose first step was done."""
    case_id = site.open_case()
    site.submit("Carys Morgan", site.open_task("Carys Morgan", case_id))
    return case_id


def test_proceedings_are_recorded_changed_and_shown_with_both_versions(
    site: Site, case_id: uuid.UUID
) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/proceedings"
    assert visitor.post(f"{path}/new", TRIAL).status_code == 303
    text = visitor.get(path).get_data(as_text=True)
    assert "Criminal investigation or trial, since 1 January 2025" in text
    change = re.findall(r"/proceedings/([0-9a-f-]{36})/change", text)[0]
    over = TRIAL | {
        "stage": "over", "to-day": "2", "to-month": "2", "to-year": "2025", "seen": "1",
        "reason": "the verdict",
    }  # fmt: skip
    assert visitor.post(f"{path}/{change}/change", over).status_code == 303
    text = visitor.get(path).get_data(as_text=True)
    assert "from 1 January 2025 to 2 February 2025" in text
    assert "since 1 January 2025" in text
    assert "Reason: the verdict" in text
    assert visitor.post(f"{path}/{change}/change", over).status_code == 409
    history = visitor.get(f"/cases/{case_id}/history").get_data(as_text=True)
    assert "Proceedings recorded" in history
    assert "News of proceedings recorded" in history
    assert "the verdict" not in history


def test_plan_says_gross_and_net_and_its_drawing_has_the_proceedings(site: Site) -> None:
    coordinator = site.people[FFION]
    case_id = next(
        one.id
        for one in engine.list_cases(coordinator)
        if any(view.reached_on for view in engine.case_plan(one.id, coordinator).milestones)
    )
    visitor = site.signed_in(FFION)
    plan = visitor.get(f"/cases/{case_id}/plan").get_data(as_text=True)
    assert "No proceedings are recorded on this case." in plan
    assert "app-plan__bar--beside" not in plan
    visitor.post(f"/cases/{case_id}/proceedings/new", TRIAL)
    plan = visitor.get(f"/cases/{case_id}/plan").get_data(as_text=True)
    assert "app-plan__bar--beside" in plan
    assert "Time taken, gross and net of proceedings" in plan
    assert "what is late stays late" in plan
    welsh = visitor.get(f"/cy/cases/{case_id}/plan").get_data(as_text=True)
    assert "Time taken" not in welsh


def test_what_is_wrong_is_said_at_each_input_and_nothing_typed_is_lost(
    site: Site, case_id: uuid.UUID
) -> None:
    visitor, path = site.signed_in(FFION), f"/cases/{case_id}/proceedings/new"
    answer = visitor.post(path, {"waits": "publication", "from-day": "31", "from-month": "2"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("kind", "stage", "from-day"):
        assert f'href="#{name}"' in text
    assert 'value="31"' in text
    assert 'value="publication" checked' in text
    welsh = visitor.post(f"/cy{path}", TRIAL | {"page-action": "language"}).get_data(as_text=True)
    assert 'value="criminal" checked' in welsh


def test_member_who_may_not_know_of_them_sees_none_on_the_plan(
    site: Site, case_id: uuid.UUID
) -> None:
    site.signed_in(FFION).post(f"/cases/{case_id}/proceedings/new", TRIAL)
    plan = site.signed_in("Gareth Evans").get(f"/cases/{case_id}/plan").get_data(as_text=True)
    assert "Proceedings" not in plan
    assert "Criminal" not in plan
