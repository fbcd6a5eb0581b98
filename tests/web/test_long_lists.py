"""A list to which nobody adds rows comes in pages, and nothing filled in on one of them is lost."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

import engine
from engine import db, time_source
from engine.models import Board, UserTask
from engine.scenarios.cast import Cast
from engine.scenarios.playing import Player
from engine.scenarios.reading import Scenario, Step
from tests.extended_review import TO_ITS_AGENCIES
from tests.web.conftest import Site, Visitor
from web import rows

CHAIR = "Tomos Llewelyn"
AGENCIES = [
    {"agency": "police", "author": "Aled Bevan", "author_email": "aled.bevan@cwmafon.example"},
    {
        "agency": "social_services",
        "author": "Bethan Hopkins",
        "author_email": "bethan.hopkins@cwmafon.example",
    },
]
#: The review up to where its timelines are looked through.
STEPS: list[tuple[str, Any, dict[str, Any]]] = [
    *TO_ITS_AGENCIES,
    ("complete", "LEV-04", {"set": {"agencies": AGENCIES}}),
    ("until", "TIM-07", {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def task(_site: Site) -> uuid.UUID:
    """The task in which a timeline of four rows is looked through."""
    db.use(_site.database)
    with db.reading() as session:
        board = session.scalars(select(Board.id).where(Board.key == "cwmafon")).one()
        now = time_source.read(session)
    story = tuple(Step(number, *step) for number, step in enumerate(STEPS, start=1))
    player = Player(
        Scenario("walk", "A walk", "referral", now, story), Cast(board), lambda line: None
    )
    player.play()
    query = select(UserTask.id).where(
        UserTask.case_id == player.case, UserTask.bpmn_id == "merge_timelines"
    )
    with db.reading() as session:
        return session.scalars(query).one()


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PAGE", 2)


def read(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.get_data(as_text=True))


def shown(page: str) -> list[str]:
    """Return the numbers of the rows whose inputs a page has."""
    return re.findall(r'name="merged_rows-(\d+)-_key"', page)


def sent(page: str, action: str, **typed: str) -> dict[str, str]:
    """Return what the form of a page sends when a button is pressed."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    dates = re.findall(r'name="(merged_on-\w+)"[^>]* value="([^"]*)"', page)
    ticked = re.findall(r'name="([^"]+)" type="checkbox" value="(true)" checked', page)
    return {**dict(hidden), **dict(dates), **dict(ticked), "page-action": action, **typed}


def test_a_page_shows_some_rows_and_says_which_of_how_many(site: Site, task: uuid.UUID) -> None:
    visitor = site.signed_in(CHAIR)
    page = read(visitor, f"/tasks/{task}")
    assert shown(page) == ["0", "1"]
    assert "Rows 1 to 2 of 4." in page
    second = read(visitor, f"/cy/tasks/{task}?page-rows-merged_rows=2")
    assert shown(second) == ["2", "3"]
    assert "Rhesi 3 i 4 o 4." in second
    # Each row still leads to the version of the agency's timeline that it comes from.
    for part in (page, second):
        assert (
            len(re.findall(r'href="[^"]*/documents/[-0-9a-f]+\?version=1">\w+ / row_\d / 1<', part))
            == 2
        )
    for wrong in ("3", "0", "x"):
        assert visitor.get(f"/tasks/{task}?page-rows-merged_rows={wrong}").status_code == 404


def test_what_is_filled_in_on_one_page_is_kept_and_sent_with_that_of_the_others(
    site: Site, task: uuid.UUID
) -> None:
    visitor, path = site.signed_in(CHAIR), f"/tasks/{task}"
    page = read(visitor, path)
    typed = {"merged_rows-1-mark_question": "Who told whom?", "merged_rows-0-mark_gap": "true"}
    answer = visitor.post(path, sent(page, "turn:merged_rows-2", **typed))
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{path}?page-rows-merged_rows=2#merged_rows"
    page = read(visitor, f"{path}?page-rows-merged_rows=2")
    typed = {"merged_rows-3-mark_question": "And when?", "merge_method": "product"}
    answer = visitor.post(path, sent(page, "continue", **typed))
    assert answer.headers["Location"] == f"{path}/check", unescape(answer.get_data(as_text=True))
    content = engine.check_draft(task, site.people[CHAIR]).parts[0].content["merged"]
    asked = [row.get("mark_question", "") for row in content["merged_rows"]]
    assert asked == ["", "Who told whom?", "", "And when?"]
    assert [row["mark_gap"] for row in content["merged_rows"]] == [True, False, False, False]
    checked = read(visitor, f"{path}/check")
    assert "Rows 1 to 2 of 4." in checked
    assert "Who told whom?" in checked
    assert "And when?" not in checked
    assert "And when?" in read(visitor, f"{path}/check?page-rows-merged_rows=2")


def test_an_error_on_another_page_is_shown_where_it_is(site: Site, task: uuid.UUID) -> None:
    visitor, path = site.signed_in(CHAIR), f"/tasks/{task}"
    page = read(visitor, f"{path}?page-rows-merged_rows=2")
    typed = {"merged_rows-3-mark_question": "x" * 5_000}
    visitor.post(path, sent(page, "turn:merged_rows-1", **typed))
    answer = visitor.post(path, sent(read(visitor, path), "continue", merge_method="product"))
    assert answer.status_code == 422
    page = unescape(answer.get_data(as_text=True))
    assert shown(page) == ["2", "3"]
    assert 'href="#merged_rows-3-mark_question"' in page
    visitor.post(path, sent(page, "save", **{"merged_rows-3-mark_question": "And when?"}))


def test_a_filter_by_several_agencies_stays_when_the_page_is_turned(
    site: Site, task: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.timelines.PAGE", 1)
    case_id = engine.open_task(task, site.people[CHAIR]).task.case_id
    chosen = "agency=police&agency=social_services"
    page = read(site.signed_in(CHAIR), f"/cases/{case_id}/timeline?{chosen}")
    assert f"/cases/{case_id}/timeline?{chosen}&page=2" in page
    assert "Rows 1 to 1 of 4." in page
