"""That a process may die at any moment: nothing is lost, nothing is done twice.

`make test` kills one submission and one timer at every moment on SQLite and samples the rest;
`ADOLYGU_ALL_KILLS=1` kills everything at every moment on both databases.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import delete

from engine import cases, db, steps, store, tasks, time_source, timers, uploads
from engine.db import Database
from engine.models import Case, Timer
from engine.uploads import Store
from tests.conftest import make_database
from tests.faults import kills
from tests.faults.kills import Scene, Yard
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
        files = {"minutes": [("minutes.pdf", BytesIO(PDF))]}
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


SCENES = [submits, uploads_a_file, fires, opens]


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


def sees(database: Database, folder: Path, scene: Callable[[Review], Scene]) -> list[str]:
    """Return what is found wrong when an act is killed round each of its commits."""
    prepared, yard = stage(database, folder, scene)
    points = kills.points_of(prepared, yard)
    commits = [number for number, name in enumerate(points, start=1) if name == "COMMIT"]
    assert len(commits) > 1, "the mutant commits once more than the engine does"
    return kills.survives(prepared, yard, [at + 1 for at in commits[:-1]])


def test_commit_in_the_midst_of_a_submission_is_seen(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = steps.settle

    def settle_and_commit(running: steps.Running) -> dict[str, str]:
        changed = settle(running)
        running.file.session.commit()
        return changed

    monkeypatch.setattr(steps, "settle", settle_and_commit)
    assert sees(sqlite_database, tmp_path, submits)


def test_timer_that_is_deleted_before_it_acts_is_seen(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire = steps.fire_timer

    def delete_then_fire(running: steps.Running, timer: Timer) -> None:
        session = running.file.session
        session.execute(delete(Timer).where(Timer.id == timer.id))
        session.commit()
        fire(running, timer)

    monkeypatch.setattr(steps, "fire_timer", delete_then_fire)
    assert sees(sqlite_database, tmp_path, fires)


def test_timer_that_is_deleted_after_it_acted_is_seen(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = store.save_case

    def save_and_commit(file: store.CaseFile, *args: object, **more: object) -> None:
        save(file, *args, **more)  # type: ignore[arg-type]
        file.session.commit()
        save(file, "forgotten")

    monkeypatch.setattr(store, "save_case", save_and_commit)
    assert sees(sqlite_database, tmp_path, fires)
