"""A review that began on paper is put on record, taken in where it stands, and goes on."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest

import engine
from engine import db
from engine.models import Notice
from tests.web.conftest import Site, Visitor

FFION, NIA, GARETH = "Ffion Hughes", "Nia Griffiths", "Gareth Evans"
_LINK = re.compile(r'href="([^"]+)"')
_ASKED = {"capacity": "agency", "raised_as": "referral"}


def of(day: date, name: str = "page-on") -> dict[str, str]:
    """Return a day as its three inputs send it."""
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


def today(site: Site) -> date:
    return engine.today_page(site.people[FFION]).today


def begin(visitor: Visitor, process: str = "referral", **typed: str) -> str:
    """Begin to put a matter on record; return the address of its page."""
    chosen = next(one for one in engine.adoptable(visitor.actor) if one.process == process)
    answer = visitor.post(
        "/cases/adopt",
        {"process": f"{process}:{chosen.board_id}", "submit-key": uuid.uuid4().hex, **typed},
    )
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def stand(visitor: Visitor, address: str, step: str) -> str:
    """Let it stand at a step; return where that leads."""
    return str(visitor.post(f"{address}/stand", {"step": step}).headers.get("Location", ""))


def at_the_screening(visitor: Visitor, **typed: str) -> str:
    """Return the page of a referral that stands where the screening facts are collected."""
    address = begin(visitor, **typed)
    asked = stand(visitor, address, "collect_facts")
    assert visitor.post(asked, _ASKED).status_code == 303
    return address


def taken_in(visitor: Visitor, address: str) -> uuid.UUID:
    """Take a matter in; return its case."""
    seen = re.search(r'name="seen" value="(\d+)"', text_of(visitor, f"{address}/check"))
    assert seen
    answer = visitor.post(f"{address}/check", {"seen": seen[1]})
    assert answer.status_code == 303
    return uuid.UUID(answer.headers["Location"].split("/")[2])


def text_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_what_the_process_goes_by_is_asked_for_and_all_else_may_stay_unknown(site: Site) -> None:
    visitor = site.signed_in(FFION)
    address = begin(visitor)
    asked = stand(visitor, address, "collect_facts")
    assert "raise_concern" in asked
    text = text_of(visitor, asked)
    assert 'href="#capacity"' in text
    assert 'href="#raised_as"' in text
    assert visitor.post(asked, {}).status_code == 422
    assert visitor.post(asked, _ASKED).status_code == 303
    page = engine.adoption_page(uuid.UUID(address.split("/")[3]), site.people[FFION])
    assert [one.step.step for one in page.open] == ["collect_facts"]
    assert [one.day for one in page.recorded] == [None] * 4


def test_taken_in_it_is_a_case_that_stands_where_it_came_to_and_wrote_to_nobody(site: Site) -> None:
    visitor = site.signed_in(FFION)
    case_id = taken_in(visitor, at_the_screening(visitor))
    page = engine.case_page(case_id, site.people[FFION])
    assert [task.requirement for task in page.tasks] == ["INT-05"]
    with db.reading() as session:
        assert session.query(Notice).filter(Notice.case_id == case_id).count() == 0


def test_clock_runs_from_the_recorded_day_and_is_overdue_at_once_if_it_is(site: Site) -> None:
    visitor, received = site.signed_in(FFION), today(site) - timedelta(days=400)
    address = at_the_screening(visitor)
    sent = of(received, "sub_group_received_on")
    assert visitor.post(f"{address}/step?number=4", {**sent, **of(received)}).status_code == 303
    case_id = taken_in(visitor, address)
    page = engine.case_page(case_id, site.people[FFION])
    clock = next(one for one in page.clocks if one.timescale == "TS-01")
    assert (clock.from_on, clock.state) == (received, "overdue")
    assert "CON-24" in " ".join(task.requirement for task in page.tasks)
    with db.reading() as session:
        told = session.query(Notice).filter(Notice.case_id == case_id)
        assert told.filter(Notice.to_role == "welsh_government").count() == 1


def test_fixed_time_limit_without_its_day_is_pointed_out_before_anything_runs(site: Site) -> None:
    visitor = site.signed_in(FFION)
    address = at_the_screening(visitor)
    for path in (address, f"{address}/check"):
        text = text_of(visitor, path)
        assert "A time limit of the guidance cannot run" in text
        assert f"{address}/step?number=4" in text


def test_time_limit_that_was_met_on_a_day_nobody_gave_is_pointed_out(site: Site) -> None:
    visitor, received = site.signed_in(FFION), today(site) - timedelta(days=200)
    address = at_the_screening(visitor)
    sent = {**of(received, "sub_group_received_on"), **of(received)}
    assert visitor.post(f"{address}/step?number=4", sent).status_code == 303
    page = engine.adoption_page(uuid.UUID(address.split("/")[3]), site.people[FFION])
    assert (page.missing, page.not_met) == ((), ())
    facts = {"children-0-child_name": "A child", "children-0-outcome": "death"}
    facts |= {
        "children-0-abuse_or_neglect": "known",
        **of(received, "children-0-incident_on_child"),
    }
    facts |= of(received - timedelta(days=3000), "children-0-born_on")
    facts |= dict.fromkeys(
        [f"children-0-{one}" for one in ("on_register", "looked_after", "care_leaver")], "no"
    )
    step = f"{address}/step?step=referral"
    assert visitor.post(f"{step}/collect_facts/", facts).status_code == 303
    assert visitor.post(f"{step}/recommend/", {"recommended": "criteria_not_met",
                        "alternative": "no_review"}).status_code == 303  # fmt: skip
    assert stand(visitor, address, "decide_recommendation").endswith("#recorded")
    assert "runs on although what meets it is recorded" in text_of(visitor, address)


def test_day_that_has_yet_to_come_is_refused_and_what_was_typed_stays(site: Site) -> None:
    visitor, ahead = site.signed_in(FFION), today(site) + timedelta(days=1)
    address = begin(visitor)
    step = f"{address}/step?step=referral/raise_concern/"
    answer = visitor.post(step, {**_ASKED, "what_happened": "A fall.", **of(ahead)})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#page-on-day"' in text
    assert "A fall." in text
    answer = visitor.post(step, {**_ASKED, **of(ahead), "page-on-day": "32"})
    assert answer.status_code == 422


def test_it_cannot_stand_where_the_process_does_not_come_to(site: Site) -> None:
    visitor = site.signed_in(FFION)
    address = at_the_screening(visitor)
    answer = visitor.post(f"{address}/stand", {"step": "raise_concern"})
    assert answer.status_code == 409
    assert "cannot stand at" in answer.get_data(as_text=True)


def test_step_taken_back_takes_those_along_that_need_it_and_keeps_what_was_typed(
    site: Site,
) -> None:
    visitor = site.signed_in(FFION)
    address = begin(visitor)
    step = f"{address}/step?step=referral/raise_concern/"
    assert visitor.post(step, {**_ASKED, "what_happened": "A fall."}).status_code == 303
    assert stand(visitor, address, "collect_facts").endswith("#recorded")
    assert visitor.post(f"{address}/take-back", {"number": "1"}).status_code == 303
    text = text_of(visitor, address)
    assert "Nothing is recorded yet." in text
    assert "These steps no longer fit" in text
    assert "A fall." in text_of(visitor, step)


def test_what_is_typed_is_kept_when_rows_are_added_or_the_language_is_changed(site: Site) -> None:
    visitor = site.signed_in(FFION)
    step = f"{begin(visitor)}/step?step=referral/raise_concern/"
    for action in ("add:children_named", "language", "save"):
        sent = {"what_happened": "A fall.", "page-action": action}
        assert visitor.post(step, sent).status_code == 303
        assert "A fall." in text_of(visitor, step)


def test_recorded_steps_are_told_apart_from_performed_ones_wherever_they_are_shown(
    site: Site,
) -> None:
    visitor, day = site.signed_in(FFION), today(site) - timedelta(days=30)
    address = begin(visitor, **of(day, "began"), reference="Paper 7")
    step = f"{address}/step?step=referral/raise_concern/"
    assert visitor.post(step, {**_ASKED, **of(day)}).status_code == 303
    case_id = taken_in(visitor, address)
    words = f"{day.day} {day:%B %Y}"
    history = text_of(visitor, f"/cases/{case_id}/history")
    assert "Recorded as done before, not performed here" in history
    assert f"Done on {words}." in history
    assert "Adopted under way" in history
    adopted = text_of(visitor, f"/cases/{case_id}/adoption")
    assert "Paper 7" in adopted
    assert words in adopted
    page = engine.case_page(case_id, site.people[FFION])
    assert "Paper 7" not in page.summary.identifier
    document = page.documents[0]
    shown = text_of(visitor, f"/documents/{document.id}")
    assert "Recorded, not performed" in shown
    paper = text_of(visitor, f"/documents/{document.id}/paper?language=en")
    assert f"recorded, not performed: done on {words}" in paper


def test_second_person_holds_it_against_the_papers_and_never_whoever_took_it_in(
    site: Site,
) -> None:
    visitor = site.signed_in(FFION)
    case_id = taken_in(visitor, at_the_screening(visitor))
    path = f"/cases/{case_id}/adoption"
    assert "somebody else" in text_of(visitor, path)
    assert visitor.post(path).status_code == 409
    assert str(case_id) in text_of(visitor, "/today")
    other = site.signed_in(NIA)
    assert "A second person has yet to hold" in text_of(other, f"/cases/{case_id}")
    assert "I have held it against the papers" in text_of(other, path)
    assert other.post(path).status_code == 303
    assert "Nia Griffiths held it against the papers" in text_of(visitor, path)
    assert other.post(path).status_code == 409
    assert "A second person has yet to hold" not in text_of(other, f"/cases/{case_id}")


def test_people_hold_their_roles_from_the_day_that_is_known(site: Site) -> None:
    visitor, since = site.signed_in(FFION), today(site) - timedelta(days=90)
    address = at_the_screening(visitor)
    account = str(site.people[GARETH].account_id)
    sent = {"role": "panel_chair", "account": account}
    assert visitor.post(f"{address}/people", {"role": "panel_chair"}).status_code == 422
    assert visitor.post(f"{address}/people", {**sent, **of(since, "since")}).status_code == 303
    case_id = taken_in(visitor, address)
    (held,) = [
        one
        for one in engine.case_page(case_id, site.people[FFION]).people
        if one.role_key == "panel_chair"
    ]
    assert held.starts_on == since


def test_what_somebody_else_changed_meanwhile_is_looked_at_again(site: Site) -> None:
    visitor = site.signed_in(FFION)
    address = at_the_screening(visitor)
    assert visitor.post(f"{address}/check", {"seen": "1"}).status_code == 409


def test_same_click_twice_begins_one_and_takes_it_in_once(site: Site) -> None:
    visitor, key = site.signed_in(FFION), uuid.uuid4().hex
    first = begin(visitor, **{"submit-key": key})
    assert begin(visitor, **{"submit-key": key}) == first
    seen = re.search(r'name="seen" value="(\d+)"', text_of(visitor, f"{first}/check"))
    assert seen
    sent = [visitor.post(f"{first}/check", {"seen": seen[1]}) for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]


def test_given_up_nobody_finds_it_and_nothing_of_it_ever_ran(site: Site) -> None:
    visitor = site.signed_in(FFION)
    before = len(engine.list_cases(site.people[FFION]))
    address = at_the_screening(visitor)
    assert visitor.post(f"{address}/give-up").status_code == 303
    assert visitor.get(address).status_code == 409
    assert len(engine.list_cases(site.people[FFION])) == before
    assert address not in text_of(visitor, "/cases/adopt")


def test_it_is_linked_to_the_case_it_came_from(site: Site) -> None:
    visitor = site.signed_in(FFION)
    other_id = site.open_case()
    other = engine.case_page(other_id, site.people[FFION]).summary.identifier
    refused = visitor.post("/cases/adopt", {"process": "", "linked": other})
    assert refused.status_code == 422
    assert other in refused.get_data(as_text=True)
    case_id = taken_in(visitor, at_the_screening(visitor, linked=other))
    page = engine.case_page(case_id, site.people[FFION])
    assert [one.identifier for one in page.links] == [other]
    for one in (case_id, other_id):
        assert "Linked case opened" in text_of(visitor, f"/cases/{one}/history")


@pytest.mark.parametrize("linked", ["CWMAFON-CNS-1999-001", "x"])
def test_identifier_of_no_case_is_refused_at_its_input(site: Site, linked: str) -> None:
    visitor = site.signed_in(FFION)
    chosen = next(one for one in engine.adoptable(site.people[FFION]) if one.process == "referral")
    answer = visitor.post(
        "/cases/adopt", {"process": f"referral:{chosen.board_id}", "linked": linked}
    )
    assert answer.status_code == 422
    assert 'href="#linked"' in answer.get_data(as_text=True)


def test_overrun_that_was_explained_on_paper_is_recorded_and_not_told_again(site: Site) -> None:
    visitor, received = site.signed_in(FFION), today(site) - timedelta(days=400)
    address = at_the_screening(visitor)
    sent = {**of(received, "sub_group_received_on"), **of(received)}
    assert visitor.post(f"{address}/step?number=4", sent).status_code == 303
    step = f"{address}/step?step=referral/explain_overrun/"
    assert step.partition("?")[2] in text_of(visitor, address)
    assert stand(visitor, address, "explain_overrun").endswith("#recorded")
    early = visitor.post(step, of(received + timedelta(days=30)))
    assert early.status_code == 409
    assert visitor.post(step, of(today(site) - timedelta(days=9))).status_code == 303
    case_id = taken_in(visitor, address)
    with db.reading() as session:
        told = session.query(Notice).filter(Notice.case_id == case_id)
        assert told.filter(Notice.to_role == "welsh_government").count() == 0
        assert told.filter(Notice.about == "TS-01").count() > 0
