"""Two processes at once: nothing collides, nothing is lost, no number is left out."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import select, text

from engine import audit, db, deployments, keys, people, schema
from engine.models import AuditEvent, Deployment
from tests.conftest import AUDIT_KEYS, FIELD_KEYS
from tests.databases import KINDS, bare_database

TIMES = 20
SECONDS = 60
DEFINITIONS = Path(__file__).parents[1] / "definitions" / "small"


def at_once(database: db.Database, what: Callable[[str, int], None], argument: str = "") -> None:
    """Do something in two processes that start side by side; both must come out well."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    url = database.url.render_as_string(hide_password=False)
    both = [
        context.Process(target=_in_process, args=(what, url, barrier, argument, number))
        for number in (1, 2)
    ]
    for process in both:
        process.start()
    for process in both:
        process.join(SECONDS)
    assert [process.exitcode for process in both] == [0, 0]


def _in_process(
    what: Callable[[str, int], None], url: str, barrier: Barrier, argument: str, number: int
) -> None:
    keys.use(FIELD_KEYS, AUDIT_KEYS)
    db.use(db.Database(url))
    barrier.wait(SECONDS)
    what(argument, number)


def _append(board: str, number: int) -> None:
    board_id = uuid.UUID(board) if board else None
    for _ in range(TIMES):
        with db.transaction() as session:
            audit.append(session, "board_changed", str(number), board_id=board_id)


def _deploy(_: str, number: int) -> None:
    files = dict(deployments.read_folders(DEFINITIONS))
    roles = files["processes/roles.toml"]
    for time in range(3):
        files["processes/roles.toml"] = roles + f"\n# {number} {time}\n".encode()
        with db.transaction() as session:
            deployments.deploy(session, files, actor=str(number))


def _upgrade(_: str, number: int) -> None:
    schema.upgrade(db.current())


@pytest.mark.parametrize("of_board", [False, True], ids=["installation", "board"])
def test_two_processes_append_to_one_chain(committed_database: db.Database, of_board: bool) -> None:
    before, argument = 0, ""
    if of_board:
        with db.transaction() as session:
            argument = str(people.create_board(session, "north", "North", "Gogledd").id)
        before = 1
    at_once(committed_database, _append, argument)
    with db.reading() as session:
        assert list(audit.verify(session)) == []
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert [event.seq for event in events] == list(range(1, before + 2 * TIMES + 1))
    assert {event.actor for event in events[before:]} == {"1", "2"}


def test_two_processes_deploy_to_an_empty_installation(committed_database: db.Database) -> None:
    at_once(committed_database, _deploy)
    with db.reading() as session:
        numbers = session.scalars(select(Deployment.number).order_by(Deployment.number)).all()
        assert list(audit.verify(session)) == []
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_new_file_waits_for_whoever_is_just_making_it(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    first = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    first.executescript("create table made (by_whom); begin immediate; insert into made values (1)")
    ends = threading.Timer(0.2, first.commit)
    ends.start()
    made = db.Database(f"sqlite:///{file}")
    with made.reading() as session:
        assert session.scalar(text("select by_whom from made")) == 1
        assert session.scalar(text("pragma journal_mode")) == "wal"
    made.close()
    ends.join()
    first.close()


@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_make_the_tables_of_one_database(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = bare_database(kind, tmp_path, lambda: request.getfixturevalue("postgresql_server"))
    with closing(made):
        at_once(made, _upgrade)
        assert schema.difference(made) == []
