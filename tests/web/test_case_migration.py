"""Open cases go on with another version on pages that say first what changes, or why they stay."""

from __future__ import annotations

import re
import uuid
from datetime import date
from pathlib import Path

import pytest

import engine
from engine import case_migration
from engine.case_migration import Told
from engine.texts import Text
from tests.moving import put_in_force, with_a_check
from tests.varied import shipped
from tests.web.conftest import Site, Visitor
from tests.web.test_welsh import english_left
from web.case_migration import told

FFION, CARYS, CATRIN = "Ffion Hughes", "Carys Morgan", "Catrin Sayer"
pytestmark = pytest.mark.parametrize("_site", ["sqlite"], indirect=True)

MOVING = "/variations/cwmafon/moving"
_SEEN = re.compile(r'name="(seen\.[0-9a-f-]+)" value="([0-9a-f]+)"')


@pytest.fixture
def cases(site: Site) -> list[uuid.UUID]:
    """Return four consultations: the last is past where the Board's version has a new step."""
    put_in_force("cwmafon", shipped().files)
    found = [site.open_case() for _ in range(4)]
    for step in ("CNS-01", "CNS-03"):
        name, task = next(
            pair for pair in site.open_tasks(found[-1]) if step in pair[1].requirement
        )
        site.submit(name, engine.open_task(task.id, site.people[name]))
    put_in_force("cwmafon", with_a_check())
    return found


def identifier(site: Site, case_id: uuid.UUID) -> str:
    return engine.case_page(case_id, site.people[FFION]).summary.identifier


def open_names(site: Site, case_id: uuid.UUID) -> set[str]:
    return {task.name.en for _, task in site.open_tasks(case_id)}


def looked_at(visitor: Visitor, cases: list[uuid.UUID], **typed: str) -> tuple[str, dict[str, str]]:
    """Choose cases on the plan; return the page that says what would happen, and what it saw."""
    visitor.get(MOVING)
    answer = visitor.post(f"{MOVING}/check", {"case": [str(one) for one in cases], **typed})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    return text, dict(_SEEN.findall(text))


def test_two_running_cases_are_migrated_and_one_is_refused_with_the_reason(
    site: Site, cases: list[uuid.UUID]
) -> None:
    visitor, chosen = site.signed_in(FFION), [*cases[:2], cases[3]]
    text, seen = looked_at(visitor, chosen)
    assert "“Check the quality” would have had to be done before “Seek consent”" in text
    assert set(seen) == {f"seen.{one}" for one in cases[:2]}
    sent = {**seen, f"seen.{cases[3]}": "whatever a page might send"}
    done = visitor.post(MOVING, sent).get_data(as_text=True)
    assert "2 cases have moved." in done
    moved, _, stayed = done.partition("Not moved")
    assert all(identifier(site, one) in moved for one in cases[:2])
    assert identifier(site, cases[3]) in stayed
    assert "“Check the quality” would have had to be done before" in stayed
    for case_id in cases[:2]:
        site.submit(CARYS, site.open_task(CARYS, case_id))
        assert "Check the quality" in open_names(site, case_id)
    assert "Check the quality" not in open_names(site, cases[3])
    history = visitor.get(f"/cases/{cases[0]}/history").get_data(as_text=True)
    assert "The case moved to another version of the processes" in history
    back = visitor.get(f"{MOVING}/{cases[0]}/back").get_data(as_text=True)
    assert "“Check the quality” is withdrawn" in back


def test_a_move_is_taken_back_on_its_page(site: Site, cases: list[uuid.UUID]) -> None:
    visitor = site.signed_in(FFION)
    _, seen = looked_at(visitor, [cases[2]])
    visitor.post(MOVING, seen)
    page = visitor.get(f"{MOVING}/{cases[2]}/back").get_data(as_text=True)
    mark = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert mark
    stale = visitor.post(f"{MOVING}/{cases[2]}/back", {"seen": "older"})
    assert stale.status_code == 409
    assert "Something happened on this case after you looked" in stale.get_data(as_text=True)
    answer = visitor.post(f"{MOVING}/{cases[2]}/back", {"seen": mark[1]})
    assert answer.status_code == 303
    text = visitor.get(answer.headers["Location"]).get_data(as_text=True)
    assert "The case goes on with the version that it had before." in text
    assert f'value="{cases[2]}"' in text


def test_a_reason_lets_a_case_go_past_a_step_and_is_kept_while_one_looks(
    site: Site, cases: list[uuid.UUID]
) -> None:
    visitor = site.signed_in(FFION)
    name = "over.consultation.check_quality"
    text, seen = looked_at(visitor, [cases[3]])
    assert (seen, f'name="{name}"' in text) == ({}, True)
    text, seen = looked_at(visitor, [cases[3]], **{name: "Looked over & found well."})
    assert "Looked over &amp; found well." in text
    assert "“Check the quality” is passed over, with your reason." in text
    assert set(seen) == {f"seen.{cases[3]}"}


def test_whoever_chooses_nothing_is_asked_to_choose(site: Site, cases: list[uuid.UUID]) -> None:
    visitor = site.signed_in(FFION)
    visitor.get(MOVING)
    answer = visitor.post(f"{MOVING}/check", {})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "<title>Error:" in text
    assert "Choose the cases that are to move." in text
    every = re.findall(r'name="movable" value="([0-9a-f-]+)"', text)
    assert str(cases[3]) not in every
    assert visitor.post(f"{MOVING}/check", {"movable": every, "all": "yes"}).status_code == 200


def test_the_plan_is_cut_down_by_process_version_and_verdict(
    site: Site, cases: list[uuid.UUID]
) -> None:
    visitor = site.signed_in(FFION)
    text = visitor.get(f"{MOVING}?process=consultation&verdict=refused").get_data(as_text=True)
    shown = re.findall(r'name="case" type="checkbox" value="([0-9a-f-]+)"', text)
    assert str(cases[3]) in shown
    assert not {str(one) for one in cases[:3]} & set(shown)
    for wrong in ("process=none", f"version={uuid.uuid4()}"):
        page = visitor.get(f"{MOVING}?{wrong}").get_data(as_text=True)
        assert "None of your open cases is on an older version" in page
    assert visitor.get(f"{MOVING}?version=abc").status_code == 404


def test_a_designer_reads_numbers_and_no_case(site: Site, cases: list[uuid.UUID]) -> None:
    visitor = site.signed_in(CATRIN)
    text = visitor.get(MOVING).get_data(as_text=True)
    assert "All open cases of the Board, in numbers" in text
    assert identifier(site, cases[3]) not in text
    assert "Check the quality" not in text
    assert visitor.post(f"{MOVING}/check", {}).status_code == 404
    assert visitor.get(f"{MOVING}/{cases[3]}").status_code == 404


def test_the_pages_of_moving_have_no_english_in_their_welsh(
    site: Site, cases: list[uuid.UUID]
) -> None:
    visitor = site.signed_in(FFION)
    assert english_left(visitor, f"{MOVING}/{cases[3]}") == []
    assert english_left(visitor, MOVING) == []
    assert english_left(site.signed_in(CATRIN), MOVING) == []
    shown = visitor.get("/cases").get_data(as_text=True)
    assert f'href="{MOVING}"' in shown


def test_everything_that_is_told_of_a_move_has_a_sentence(site: Site) -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(case_migration.__file__).parent.glob("*.py")
    )
    kinds = set(re.findall(r'Told\(\s*"(\w+)"', source))
    kinds |= {"behind", "behind_the_end", "behind_by_law", "gone", "order", "refused"}
    kinds |= {"behind_by_law_at_once", "order_at_once", "ends_at_once"}
    assert len(kinds) > 25
    say = Text("One", "Un")
    names = {
        **dict.fromkeys(("step", "process", "form", "question", "fact", "timer"), say),
        **dict.fromkeys(("ahead", "come", "gone", "roles", "facts", "questions"), (say,)),
        **dict.fromkeys(("was", "now"), say),
        "on": date(2026, 3, 2),
        "why": engine.NotFound(),
        "count": 2,
    }
    with site.app.test_request_context("/"):
        for kind in sorted(kinds):
            said = told(Told(kind, names))
            assert said.endswith("."), kind
            assert "%(" not in said
