"""That a process may die at any moment: nothing is lost, nothing is done twice.

`make test` kills one submission and one timer at every moment on SQLite and samples the rest;
`ADOLYGU_ALL_KILLS=1` kills everything at every moment on both databases.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import delete

from engine import cases, db, steps, store, tasks, time_source, timers, uploads
from engine.db import Database
from engine.models import Case, Timer
from engine.uploads import Store
from tests.conftest import make_database
from tests.faults import kills
from tests.faults.kills import Scene, Yard
from tests.linked import programme
from tests.review import RECEIVED, Review, count, freeze, participants, pass_time_to, set_up, sweep

ALL = os.environ.get("ADOLYGU_ALL_KILLS") == "1"
TOO_LATE = time_source.end_of_day(date(2026, 9, 2))
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def submits(review: Review) -> Scene:
    """Send the first form: a document, facts, two items, two parts with their timers."""
    task = review.task("INT-01").id
    values = {"receipt": {**RECEIVED, "participants": participants("Police", "Health")}}

    def send() -> None:
        tasks.submit_task(task, review.worker, "the-key", values=values)

    return Scene("submit", review, send, send)


def uploads_a_file(review: Review) -> Scene:
    """Send the report with a file, which lies outside the database."""
    review.do("INT-01")
    task = review.task("INT-02").id

    def send() -> None:
        files: tasks.Files = {"minutes": [("minutes.pdf", BytesIO(PDF))]}
        posted = {"summary": ["Written."]}
        tasks.submit_task(task, review.worker, "the-key", posted, files)

    return Scene("upload", review, send, send)


def fires(review: Review) -> Scene:
    """Fire a deadline: a task, an event, notices to two."""
    review.do("INT-01")
    pass_time_to(TOO_LATE - timedelta(seconds=1))
    freeze(TOO_LATE)
    timer = review.timer("report_late")
    assert timer is not None
    due = timer.id

    def fire() -> None:
        timers._fire_or_park(due, review.case_id, wait=False)

    return Scene("fire", review, fire, sweep)


def opens(review: Review) -> Scene:
    """Open another case."""
    there = count(Case)

    def open_case() -> None:
        cases.open_case("review", review.board_id, review.coordinator)

    def open_unless_open() -> None:
        if count(Case) == there:
            open_case()

    return Scene("open", review, open_case, open_unless_open)


def reports(review: Review) -> Scene:
    """Hold a forum, which the programme that opened it hears of."""
    forum = programme("Neglect").opened("forum", "planned_forum_1")
    task = forum.task("FOR-01").id
    values = {"meeting": {"met_on": "2026-03-02", "more_needed": False}}

    def send() -> None:
        tasks.submit_task(task, forum.worker, "the-key", values=values)

    return Scene("report", forum, send, send)


SCENES = [submits, uploads_a_file, fires, opens, reports]


def stage(database: Database, folder: Path, scene: Callable[[Review], Scene]) -> tuple[Scene, Yard]:
    """Prepare a database for an act."""
    uploads.use(Store(folder / "uploads"))
    review = set_up()
    review.open()
    prepared = scene(review)
    return prepared, Yard(database, folder)


def chosen(scene: Scene, points: list[str], database: Database) -> list[int]:
    """Return the moments to die at: all of them, or a few and those round the commits."""
    every = list(range(1, len(points) + 1))
    whole = scene.name in ("submit", "fire") and not database.is_postgresql
    if ALL or whole:
        return every
    commits = [number for number in every if points[number - 1] in ("COMMIT", "committed")]
    return sorted({*every[:: max(1, len(every) // 4)], *commits[-2:]})


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_act_that_is_killed_at_any_moment_is_done_once(
    committed_database: Database, tmp_path: Path, scene: Callable[[Review], Scene]
) -> None:
    prepared, yard = stage(committed_database, tmp_path, scene)
    points = kills.points_of(prepared, yard)
    assert points.count("COMMIT") >= 1
    assert kills.survives(prepared, yard, chosen(prepared, points, committed_database)) == []


# The test of the test: it must see what a careless engine would do.


@pytest.fixture
def sqlite_database(tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    made = make_database("sqlite", tmp_path, request)
    db.use(made)
    return made


def sees(
    database: Database, folder: Path, scene: Callable[[Review], Scene], name: str, careless: Any
) -> list[str]:
    """Return what is found wrong when a careless engine is killed round each of its commits.

    Takes:   name, which function of the engine to replace, as `module.function`; careless, what
             makes the replacement from the function. The clean process has the engine as it is.
    """
    prepared, yard = stage(database, folder, scene)
    module, _, function = name.rpartition(".")
    owner = import_module(f"engine.{module}")

    def act() -> None:
        with patch.object(owner, function, careless(getattr(owner, function))):
            prepared.act()

    points = kills.points_of(prepared, yard, act)
    commits = [number for number, point in enumerate(points, start=1) if point == "COMMIT"]
    assert len(commits) > 1, "the mutant commits once more than the engine does"
    return kills.survives(prepared, yard, [at + 1 for at in commits[:-1]], act)


def test_commit_in_the_midst_of_a_submission_is_seen(
    sqlite_database: Database, tmp_path: Path
) -> None:
    def careless(settle: Any) -> Any:
        def settle_and_commit(running: steps.Running) -> Any:
            changed = settle(running)
            running.file.session.commit()
            return changed

        return settle_and_commit

    assert sees(sqlite_database, tmp_path, submits, "steps.settle", careless)


def test_timer_that_is_deleted_before_it_acts_is_seen(
    sqlite_database: Database, tmp_path: Path
) -> None:
    def careless(fire: Any) -> Any:
        def delete_then_fire(running: steps.Running, timer: Timer) -> None:
            session = running.file.session
            session.execute(delete(Timer).where(Timer.id == timer.id))
            session.commit()
            fire(running, timer)

        return delete_then_fire

    found = sees(sqlite_database, tmp_path, fires, "steps.reporting.fire_timer", careless)
    assert any("its timers are not what its state waits for" in wrong for wrong in found)


def test_timer_that_is_deleted_after_it_acted_is_seen(
    sqlite_database: Database, tmp_path: Path
) -> None:
    def careless(drop: Any) -> Any:
        def act_then_delete(running: steps.Running, timer: Timer) -> None:
            token = timer.token
            with patch.object(store.CaseFile, "drop_timer", lambda *_: None):
                drop(running, timer)
                steps.settle(running)
                store.save_case(running.file, "timer_fired", subject=timer.timescale)
                running.file.session.commit()
            running.file.drop_timer(token)

        return act_then_delete

    assert sees(sqlite_database, tmp_path, fires, "steps.reporting.fire_timer", careless)
