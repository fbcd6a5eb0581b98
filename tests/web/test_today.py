"""The page that a co-ordinator starts from, and what the system could not do, in both languages."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest

import engine
from engine import db
from engine.models import Case, Incident
from tests.web.conftest import Site
from web import texts

CARYS, FFION, ALYS, LOWRI = "Carys Morgan", "Ffion Hughes", "Alys Prydderch", "Lowri Jenkins"


@pytest.mark.parametrize(
    ("name", "start"), [(FFION, "/today"), (CARYS, "/tasks"), (LOWRI, "/tasks")]
)
def test_coordinator_starts_from_today_and_everybody_else_from_their_tasks(
    site: Site, name: str, start: str
) -> None:
    visitor = site.signed_in(name)
    assert visitor.get("/").headers["Location"].endswith(start)
    page = visitor.get("/cases").get_data(as_text=True)
    assert ('href="/today"' in page) == (start == "/today")


@pytest.mark.parametrize("path", ["/today", "/incidents"])
def test_whoever_coordinates_nothing_finds_no_such_page(site: Site, path: str) -> None:
    for name in (CARYS, LOWRI, "Rhys Vaughan"):
        assert site.signed_in(name).get(path).status_code == 404


def test_page_shows_each_line_with_its_rule_day_and_link(site: Site) -> None:
    (board,) = engine.today_page(site.people[FFION]).boards
    page = site.signed_in(FFION).get("/today").get_data(as_text=True)
    for section in board.sections:
        for line in section.lines:
            assert f'href="/cases/{line.case_id}"' in page
            assert not line.task_id or f'href="/tasks/{line.task_id}"' in page
            assert not line.rule or line.timescale in page
            back = " back" if line.from_on and line.due_on and line.from_on > line.due_on else ""
            runs = f"Runs{back} from {texts.day(line.from_on)}"
            said = "A person set the last day" if line.is_set else runs
            assert not line.from_on or said in page
    assert sum(section.total for section in board.sections) > 10


def test_what_is_the_coordinators_own_is_there_though_no_day_presses(site: Site) -> None:
    ffion = site.people[FFION]
    (board,) = engine.today_page(ffion, "own").boards
    lines = {section.key: section.lines for section in board.sections}
    own = {line.task_id for line in lines["own"]}
    assert own <= {task.id for tasks in engine.open_tasks(ffion) for task in tasks}
    assert not own & {line.task_id for line in (*lines["overdue"], *lines["due_soon"])}
    assert "Advise whether the case is suitable" in {line.name.en for line in lines["own"]}


def test_neighbouring_board_is_shown_none_of_these_cases(site: Site) -> None:
    site.open_case()
    here = {case.identifier for case in engine.list_cases(site.people[FFION])}
    page = site.signed_in(ALYS).get("/today").get_data(as_text=True)
    assert not [identifier for identifier in here if identifier in page]
    assert "Nothing is overdue." in page


def test_page_of_everything_in_a_section_is_there(site: Site) -> None:
    assert site.signed_in(FFION).get("/today?all=overdue").status_code == 200
    assert site.signed_in(FFION).get("/today?all=%00nothing").status_code == 200


def park(site: Site, case_id: uuid.UUID) -> uuid.UUID:
    """Leave an incident of a clock on a case, as the worker does."""
    with db.transaction() as session:
        case = session.get_one(Case, case_id)
        row = Incident(
            id=uuid.uuid4(), board_id=case.board_id, case_id=case_id, what="RuntimeError",
            detail={"timer": "clock:TS-41::1", "timescale": "TS-41"},
            opened_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
        )  # fmt: skip
        session.add(row)
        return row.id


def test_incident_is_told_in_both_languages_and_tried_again_from_the_list(site: Site) -> None:
    case_id = site.open_case()
    incident_id = park(site, case_id)
    visitor = site.signed_in(FFION)
    for prefix, said, goes_on in (
        ("", "could not be written.", "Every clock of the case goes on."),
        (
            "/cy",
            "Nid oedd modd ysgrifennu neges atgoffa",
            "Mae pob cloc ar yr achos yn mynd",
        ),
    ):
        for path in ("/incidents", f"/cases/{case_id}", "/today"):
            page = visitor.get(prefix + path).get_data(as_text=True)
            assert said in page, path
            assert goes_on in page, path
    address = f"/cases/{case_id}/incidents/{incident_id}/retry"
    answer = visitor.post(address, {"page-from": "incidents"})
    assert answer.headers["Location"].startswith("/incidents")
    assert str(incident_id) not in visitor.get("/incidents").get_data(as_text=True)
    assert visitor.post(address).status_code == 404


def test_worker_on_the_case_sees_what_waits_and_cannot_try_it_again(site: Site) -> None:
    case_id = site.open_case()
    incident_id = park(site, case_id)
    worker = site.signed_in(CARYS)
    page = worker.get(f"/cases/{case_id}").get_data(as_text=True)
    assert "could not be written." in page
    assert "Try again" not in page
    assert worker.post(f"/cases/{case_id}/incidents/{incident_id}/retry").status_code == 404


@pytest.mark.parametrize("kind", ["event", "clock", "report", "notice"])
def test_every_kind_of_incident_says_what_happens_to_the_clock(site: Site, kind: str) -> None:
    nothing = engine.Text("", "")
    one = engine.IncidentView(
        id=uuid.uuid4(), case_id=uuid.uuid4(), identifier="X", board=nothing, process=nothing,
        kind=kind, about=nothing, timescale="", what="E",
        opened_at=datetime(2026, 3, 3, tzinfo=UTC), due_on=date(2026, 9, 2),
    )  # fmt: skip
    with site.app.test_request_context("/"):
        assert "the last day in time is still 2 September 2026" in texts.incident_meanwhile(one)
        assert texts.incident_told(one)


@pytest.mark.parametrize(
    ("cite", "said"),
    [
        ("G5.20", "guidance, paragraph 5.20"),
        ("G5.13, A1-4.5, G6.1", "guidance, paragraphs 5.13, 6.1; Annex 1, paragraph 4.5"),
        ("A3-B4", "Annex 3, part B4"),
        ("A2-R8.7", "Annex 2, part R8.7"),
        ("App 1a", "Annex 1, appendix 1a"),
        ("a Board’s own rule", "a Board’s own rule"),
    ],
)
def test_place_of_a_rule_is_said_in_words(site: Site, cite: str, said: str) -> None:
    with site.app.test_request_context("/"):
        assert texts.cite_told(cite) == said
