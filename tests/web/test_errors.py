"""Every refusal is a plain page, in the language of the reader."""

from __future__ import annotations

from typing import Any

import pytest

import engine
from engine.texts import count
from tests.web.conftest import ON_SQLITE_ALONE, Site
from web import tasks

pytestmark = ON_SQLITE_ALONE

CASES: list[tuple[Any, int, str, str]] = [
    (engine.NotFound(), 404, "Page not found", "Ni ddaethpwyd o hyd i’r dudalen"),
    (engine.AccessDenied(), 404, "Page not found", "Ni ddaethpwyd o hyd i’r dudalen"),
    (engine.TaskTaken(name="Mari"), 409, "Mari has taken this task.", "Mae Mari wedi cymryd"),
    (engine.TooManyAttempts(wait=count(3, "minute")), 429, "Wait 3 minutes,", "Arhoswch 3 munud,"),
    (engine.TooManyAttempts(wait=count(1, "minute")), 429, "Wait 1 minute,", "Arhoswch 1 munud,"),
    (engine.TooManyAttempts(wait=count(2, "minute")), 429, "Wait 2 minutes,", "Arhoswch 2 funud,"),
    (engine.DatabaseUnavailable(reason="x"), 503, "reach its records", "gyrraedd ei gofnodion"),
    (RuntimeError("a child's name"), 500, "problem with the service", "problem gyda’r gwasanaeth"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "status", "english", "welsh"), CASES)
def test_a_refusal_is_a_page_in_both_languages(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    english: str,
    welsh: str,
) -> None:
    visitor = site.signed_in("Carys Morgan")

    def refuse(actor: engine.Actor) -> list[engine.TaskSummary]:
        raise error

    monkeypatch.setattr(tasks.engine, "open_tasks", refuse)
    for path, sentence in (("/tasks", english), ("/cy/tasks", welsh)):
        answer = visitor.get(path)
        text = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert sentence in text
        assert "child's name" not in text
        assert "Traceback" not in text


def test_a_page_that_does_not_exist_says_so_in_both_languages(site: Site) -> None:
    assert "Page not found" in site.visitor().get("/nothing").get_data(as_text=True)
    assert "Ni ddaethpwyd" in site.visitor().get("/cy/nothing").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/sign-in", "email"),
        ("/cases/start", "page-submit-key"),
        ("/tasks/00000000-0000-0000-0000-000000000000/check", "page-submit-key"),
        ("/documents/00000000-0000-0000-0000-000000000000/amend/any", "page-reason"),
    ],
)
def test_a_nul_that_no_database_keeps_is_refused(site: Site, path: str, name: str) -> None:
    visitor = site.signed_in("Carys Morgan")
    assert visitor.post(path, {name: "a\0b", "password": "x"}).status_code == 400


def test_a_wrong_method_says_so(site: Site) -> None:
    assert site.signed_in("Carys Morgan").get("/tasks/x").status_code == 404
    assert site.signed_in("Carys Morgan").get("/sign-out").status_code == 405


def test_a_body_that_is_too_large_is_refused_in_plain_words(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = site.signed_in("Carys Morgan")
    monkeypatch.setitem(site.app.config, "MAX_CONTENT_LENGTH", 2000)
    assert visitor.post("/cy/cases/start", {"process": "x" * 1500}).status_code == 422
    answer = visitor.post("/cy/cases/start", {"process": "x" * 2500})
    assert answer.status_code == 413
    assert "yn rhy fawr" in answer.get_data(as_text=True)


def test_a_task_that_somebody_else_completed_says_who_and_when(site: Site) -> None:
    case_id = site.open_case()
    page = site.open_task("Carys Morgan", case_id)
    visitor = site.signed_in("Ffion Hughes")
    site.submit("Carys Morgan", page)
    for path, sentence in (
        ("", "Completed by Carys Morgan on"),
        ("/cy", "Cwblhawyd gan Carys Morgan ar"),
    ):
        answer = visitor.get(f"{path}/tasks/{page.task.id}")
        assert answer.status_code == 409
        assert sentence in answer.get_data(as_text=True)
    posted = visitor.post(f"/tasks/{page.task.id}", {"page-action": "continue"})
    assert posted.status_code == 409
