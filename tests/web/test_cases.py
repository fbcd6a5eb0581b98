"""Cases are started, listed and shown, with why each clock stands as it does."""

from __future__ import annotations

import html
import re

import pytest

import engine
from engine import corrections, db
from engine.models import Case, CaseLink
from tests.web.conftest import Site
from web import alphabet

CARYS, FFION = "Carys Morgan", "Ffion Hughes"


def test_a_case_is_started_from_what_a_person_may_start(site: Site) -> None:
    visitor = site.signed_in(CARYS)
    page = visitor.get("/cases/start").get_data(as_text=True)
    chosen = re.search(r'name="process" type="radio" value="(consultation:[^"]+)"', page)
    assert chosen
    answer = visitor.post("/cases/start", {"process": chosen[1]})
    assert answer.status_code == 303
    case = visitor.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Multi-agency consultation" in case
    assert "Open tasks" in case


def test_the_same_click_twice_starts_one_case(site: Site) -> None:
    visitor = site.signed_in(CARYS)
    page = visitor.get("/cases/start").get_data(as_text=True)
    chosen = re.search(r'name="process" type="radio" value="(consultation:[^"]+)"', page)
    key = re.search(r'name="page-submit-key" value="([^"]+)"', page)
    assert chosen
    assert key
    form = {"process": chosen[1], "page-submit-key": key[1]}
    first, second = (visitor.post("/cases/start", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_choosing_nothing_to_start_is_said_at_the_choice(site: Site) -> None:
    answer = site.signed_in(CARYS).post("/cases/start", {"process": "staff_matter:x"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#process"' in text
    assert 'id="process"' in text


def test_whoever_may_start_nothing_is_told_whom_to_ask(site: Site) -> None:
    visitor = site.signed_in("Rhys Vaughan")
    text = visitor.get("/cases/start").get_data(as_text=True)
    assert "There is nothing that your roles let you start." in text
    assert 'href="/cases/start"' not in text
    assert 'href="/cases/start"' not in visitor.get("/cases").get_data(as_text=True)
    assert 'href="/cases/start"' in site.signed_in(FFION).get("/cases").get_data(as_text=True)


def test_a_case_stands_in_the_list_of_its_people_only(site: Site) -> None:
    case_id = site.open_case()
    assert f"/cases/{case_id}" in site.signed_in(FFION).get("/cases").get_data(as_text=True)
    assert f"/cases/{case_id}" not in site.signed_in("Rhys Vaughan").get("/cases").get_data(
        as_text=True
    )


def test_the_case_page_says_why_a_clock_is_overdue(site: Site) -> None:
    coordinator = site.people[FFION]
    case, clock = next(
        (case, clock)
        for case in engine.list_cases(coordinator)
        for clock in engine.case_page(case.id, coordinator).clocks
        if clock.state == "overdue"
    )
    for prefix, why, state in (("", clock.why.en, "Overdue"), ("/cy", clock.why.cy, "Yn hwyr")):
        text = site.signed_in(FFION).get(f"{prefix}/cases/{case.id}").get_data(as_text=True)
        assert why in text
        assert state in text


def test_a_task_that_nobody_holds_is_marked_on_the_case(site: Site) -> None:
    coordinator = site.people[FFION]
    case = next(
        case
        for case in engine.list_cases(coordinator)
        for task in engine.case_page(case.id, coordinator).tasks
        if not task.assigned_names
    )
    text = site.signed_in(FFION).get(f"/cases/{case.id}").get_data(as_text=True)
    assert "Unassigned" in text


@pytest.mark.parametrize(
    ("relation", "direction", "english", "welsh"),
    [
        ("programme", "to", "Opened from this programme", "Agorwyd o’r rhaglen hon"),
        ("programme", "from", "Part of the programme", "Rhan o’r rhaglen"),
        ("method", "to", "Looked into by", "Edrychir i mewn iddo drwy"),
        ("method", "from", "Chosen as the way to look into", "Dewiswyd fel y ffordd o edrych"),
    ],
)
def test_the_case_page_says_how_a_linked_case_came_about(
    site: Site, relation: str, direction: str, english: str, welsh: str
) -> None:
    case_id, other_id = site.open_case(), site.open_case()
    with db.transaction() as session:
        case, other = session.get_one(Case, case_id), session.get_one(Case, other_id)
        more = {"relation": relation, "direction": direction, "linked_at": case.opened_at}
        session.add(CaseLink(board_id=case.board_id, case_id=case_id, linked_id=other_id, **more))
    for prefix, said in (("", english), ("/cy", welsh)):
        text = site.signed_in(FFION).get(f"{prefix}/cases/{case_id}").get_data(as_text=True)
        assert re.search(f"{said}.*{other.identifier}", text)


def test_a_side_process_is_started_from_the_case(site: Site) -> None:
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    assert f'href="/cases/{case_id}/side"' in visitor.get(f"/cases/{case_id}").get_data(
        as_text=True
    )
    assert "Start: Staff matter" in visitor.get(f"/cases/{case_id}/side").get_data(as_text=True)
    asked = visitor.get(f"/cases/{case_id}/side?process=staff_matter").get_data(as_text=True)
    assert "It begins with this task:" in asked
    assert "It goes to: " in asked
    assert len(engine.case_page(case_id, site.people[FFION]).instances) == 1
    answer = visitor.post(f"/cases/{case_id}/side", {"process": "staff_matter"})
    assert answer.status_code == 303
    started = "Started: Staff matter"
    assert started in visitor.get(answer.headers["Location"]).get_data(as_text=True)
    assert started not in visitor.get(answer.headers["Location"]).get_data(as_text=True)
    page = engine.case_page(case_id, site.people[FFION])
    assert [one.kind for one in page.instances] == ["root", "side"]


def test_what_may_be_started_is_listed_in_the_order_of_the_alphabet(site: Site) -> None:
    visitor = site.signed_in(FFION)
    for prefix, language in (("", "en"), ("/cy", "cy")):
        text = visitor.get(f"{prefix}/cases/{site.open_case()}/side").get_data(as_text=True)
        said = re.findall(r'<h2 class="govuk-heading-s[^>]*>(.*?)</h2>', text)
        names = [html.unescape(name) for name in said]
        assert len(names) > 3
        assert names == sorted(names, key=lambda name: alphabet.place(name, language))


def test_whoever_has_no_case_page_may_hand_a_staff_matter_over_from_their_task(site: Site) -> None:
    case_id = site.open_case()
    coordinator = site.people[FFION]
    engine.start_side(case_id, "legal_advice_request", "", coordinator)
    site.submit(FFION, site.open_task(FFION, case_id, "XFL-03"))
    name, task = next(
        (who, task) for who, task in site.open_tasks(case_id)
        if engine.startable_beside(case_id, site.people[who]) is not None
    )  # fmt: skip
    visitor = site.signed_in(name)
    page = visitor.get(f"/tasks/{task.id}").get_data(as_text=True)
    assert visitor.get(f"/cases/{case_id}").status_code == 404
    assert f'href="/cases/{case_id}"' not in page
    for what in ("Staff matter or child at risk now", "Media or public enquiry"):
        assert f"Start: {what}" in page
    assert "Start: Request to disclose" not in page
    answer = visitor.post(f"/cases/{case_id}/side", {"process": "staff_matter"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tasks")
    assert "Hand the matter over" in visitor.get("/tasks").get_data(as_text=True)
    refused = visitor.post(f"/cases/{case_id}/side", {"process": "disclosure_request"})
    assert refused.status_code == 404


def test_what_belongs_to_a_review_is_not_offered_on_a_consultation(site: Site) -> None:
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    offered = visitor.get(f"/cases/{case_id}/side").get_data(as_text=True)
    assert "Start: Staff matter" in offered
    assert "Start: New Panel chair" not in offered
    answer = visitor.post(f"/cases/{case_id}/side", {"process": "replace_panel_chair"})
    assert answer.status_code == 404


def test_on_a_closed_review_the_report_can_be_asked_for_and_nothing_else_begins(site: Site) -> None:
    coordinator = site.people[FFION]
    pages = [engine.case_page(case.id, coordinator) for case in engine.list_cases(coordinator)]
    case_id = next(
        page.summary.id
        for page in pages
        if "report_request" in {side.process for side in page.side_processes}
    )
    corrections.withdraw(case_id, "It was opened twice.", coordinator)
    visitor = site.signed_in(FFION)
    for prefix, offered in (
        ("", "Start: Request for the report"),
        ("/cy", "Cychwyn: Cais am yr adroddiad"),
    ):
        text = visitor.get(f"{prefix}/cases/{case_id}/side").get_data(as_text=True)
        assert re.findall(r"^\s*((?:Start|Cychwyn): .*?)\s*$", text, re.MULTILINE) == [offered]
    refused = visitor.post(f"/cases/{case_id}/side", {"process": "staff_matter"})
    assert refused.status_code == 409
    assert "This case is closed" in refused.get_data(as_text=True)
    answer = visitor.post(f"/cases/{case_id}/side", {"process": "report_request"})
    assert answer.status_code == 303
    assert "Log the request" in visitor.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_side_process_for_an_item_of_another_case_is_refused(site: Site) -> None:
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    for process, item in (("staff_matter", "participant_1"), ("acknowledge_actions", "nobody")):
        answer = visitor.post(f"/cases/{case_id}/side", {"process": process, "item": item})
        assert answer.status_code == 404


def test_the_history_tells_who_did_what(site: Site) -> None:
    case_id = site.open_case()
    page = site.open_task(CARYS, case_id)
    site.submit(CARYS, page)
    text = site.signed_in(FFION).get(f"/cases/{case_id}/history").get_data(as_text=True)
    assert "Task completed" in text
    assert page.task.name.en in text
    assert "Case opened" in text
    assert CARYS in text


def test_the_outline_of_a_process_says_what_is_open_now(site: Site) -> None:
    case_id = site.open_case()
    visitor = site.signed_in(FFION)
    sent = visitor.get(f"/cases/{case_id}/diagrams")
    text = visitor.get(sent.headers["Location"]).get_data(as_text=True)
    page = site.open_task(CARYS, case_id)
    step = text.split(f"<strong>{page.task.name.en}</strong>")[1][:300]
    assert "Open now" in step
    drawing = visitor.get(sent.headers["Location"] + "/drawing.bpmn")
    assert drawing.mimetype == "application/xml"
    assert b"bpmn:definitions" in drawing.data


def test_a_diagram_of_one_case_is_not_found_under_another(site: Site) -> None:
    coordinator = site.people[FFION]
    first, second = (engine.case_page(site.open_case(), coordinator) for _ in range(2))
    path = f"/cases/{first.summary.id}/diagrams/{second.instances[0].id}"
    assert site.signed_in(FFION).get(path).status_code == 404
