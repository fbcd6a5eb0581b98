"""That a database which is away, locked, full or read-only costs a plain sentence and no record."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import delete, event, text
from sqlalchemy.pool import QueuePool

from engine import Settings, audit, db, keys, schema, steps, timers
from engine.db import Database
from engine.errors import DatabaseUnavailable
from engine.installation import connect
from engine.models import AuditEvent, Submission
from tests.conftest import AUDIT_KEYS, FIELD_KEYS, make_database
from tests.faults.kills import url_of
from tests.faults.oracle import wrongs
from tests.review import Review, count, participants, set_up
from web.application import create_app
from web.command import main

AUDIT_KEY = "test:quiet"
NOBODY_THERE = "postgresql://adolygu:secret@127.0.0.1:1/none"


@pytest.fixture
def review(committed_database: Database) -> Review:
    prepared = set_up()
    prepared.open()
    return prepared


@pytest.fixture
def sqlite_review(tmp_path: Path, request: pytest.FixtureRequest) -> Review:
    db.use(make_database("sqlite", tmp_path, request))
    prepared = set_up()
    prepared.open()
    return prepared


@contextmanager
def instead(url: str, **more: Any) -> Iterator[Database]:
    """Use another database, or another way to this one, for a while."""
    before = db.current()
    other = Database(url, **more)
    db.use(other)
    try:
        yield other
    finally:
        other.close()
        db.use(before)


def path_of(database: Database) -> Path:
    return Path(str(database.url.database))


def nothing_was_sent(review: Review) -> None:
    """Hold the records to what they were before: whole, and without a submission."""
    assert count(Submission) == 0
    assert review.open_steps() == ["INT-01"]
    assert wrongs() == []


# The command.


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "sqlite://",
        "mysql://adolygu:secret@localhost/x",
        "postgres://adolygu:secret@localhost/x",
        "postgresql+nothing://adolygu:secret@localhost/x",
        "postgresql+asyncpg://adolygu:secret@localhost/x",
        "sqlite:////proc/nowhere/x.db",
        NOBODY_THERE,
    ],
)
@pytest.mark.parametrize("command", ["verify-audit", "replay", "worker", "deploy", "serve"])
def test_wrong_address_is_one_plain_sentence_without_the_password(
    address: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, address)
    said = CliRunner().invoke(main, [command])
    assert said.exit_code == 1
    assert "The records cannot be reached just now" in said.output
    assert "ADOLYGU_DATABASE_URL is its address" in said.output
    assert "secret" not in said.output
    assert len(said.output.strip().splitlines()) == 1


def test_command_itself_exits_with_an_error_and_no_traceback() -> None:
    environment = os.environ | {
        "ADOLYGU_DATABASE_URL": NOBODY_THERE,
        "ADOLYGU_FIELD_KEYS": FIELD_KEYS[0],
        "ADOLYGU_AUDIT_KEYS": AUDIT_KEY,
    }
    done = subprocess.run(
        [sys.executable, "-m", "web.command", "verify-audit"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "cannot be reached" in done.stderr


def test_file_that_is_no_database_is_a_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.db").write_bytes(b"Dear Sir or Madam, " * 1000)
    set_environment(monkeypatch, f"sqlite:///{tmp_path}/letter.db")
    said = CliRunner().invoke(main, ["verify-audit"])
    assert said.exit_code == 1
    assert "file is not a database" in said.output


def test_a_chain_that_was_cut_off_is_told_from_heads_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, f"sqlite:///{tmp_path}/x.db")
    assert CliRunner().invoke(main, ["verify-audit"]).exit_code == 0
    with db.transaction() as session:
        audit.append(session, "installed", audit.SYSTEM)
        audit.append(session, "installed", audit.SYSTEM)
    heads = tmp_path / "heads"
    heads.write_text(CliRunner().invoke(main, ["audit-heads"]).output)
    assert CliRunner().invoke(main, ["verify-audit", "--heads", str(heads)]).exit_code == 0
    with db.transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.seq == 2))
    said = CliRunner().invoke(main, ["verify-audit", "--heads", str(heads)])
    assert said.exit_code == 1
    assert "installation, number 2" in said.output
    heads.write_text("something else\n")
    said = CliRunner().invoke(main, ["verify-audit", "--heads", str(heads)])
    assert said.exit_code == 1
    assert "Line 1" in said.output


@pytest.mark.parametrize(
    ("field_key", "audit_key"), [("short", AUDIT_KEY), (FIELD_KEYS[0], "no-id"), ("", "")]
)
def test_wrong_key_is_one_plain_sentence(
    field_key: str, audit_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("ADOLYGU_FIELD_KEYS", field_key)
    monkeypatch.setenv("ADOLYGU_AUDIT_KEYS", audit_key)
    said = CliRunner().invoke(main, ["verify-audit"])
    assert said.exit_code == 1
    assert "key" in said.output
    assert len(said.output.strip().splitlines()) == 1


def test_keys_that_do_not_fit_the_records_are_refused_before_anything_is_written(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tables of tests are made at once, and not by migrations.
    monkeypatch.setattr(schema, "upgrade", lambda database: None)
    before = db.current()
    address = before.url.render_as_string(hide_password=False)
    other_field, other_audit = Fernet.generate_key().decode(), "test:another"
    fits = Settings(address, tuple(FIELD_KEYS), tuple(AUDIT_KEYS))
    try:
        for field_keys, audit_keys in (
            ((other_field,), tuple(AUDIT_KEYS)),
            (tuple(FIELD_KEYS), (other_audit,)),
            (tuple(FIELD_KEYS), ("new:another",)),
        ):
            with pytest.raises(keys.KeysNotFitting):
                connect(replace(fits, field_keys=field_keys, audit_keys=audit_keys))
        rotated = replace(
            fits, field_keys=(other_field, *FIELD_KEYS), audit_keys=("new:another", *AUDIT_KEYS)
        )
        for good in (fits, rotated):
            connect(good).close()
        wrong = replace(fits, audit_keys=(other_audit,))
        connect(wrong, keys_must_fit=False).close()
    finally:
        keys.use(FIELD_KEYS, AUDIT_KEYS)
        db.use(before)


def test_database_without_records_takes_any_keys(tmp_path: Path) -> None:
    before = db.current()
    try:
        connect(Settings(f"sqlite:///{tmp_path}/x.db", tuple(FIELD_KEYS), (AUDIT_KEY,))).close()
    finally:
        keys.use(FIELD_KEYS, AUDIT_KEYS)
        db.use(before)


def test_folder_that_cannot_be_used_is_a_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = str(tmp_path / "file" / "demonstration")
    said = CliRunner().invoke(main, ["serve", "--demonstration", "--folder", folder])
    assert said.exit_code == 1
    assert (
        said.output == f"Error: {folder} cannot be used (Not a directory). "
        "Nothing was changed there.\n"
    )


@pytest.mark.parametrize("lost", ["field.key", "audit.key"])
def test_demonstration_does_not_put_another_key_beside_records_that_have_one(
    lost: str, tmp_path: Path
) -> None:
    for name in ("adolygu.db", "field.key", "audit.key", "secret.key"):
        (tmp_path / name).write_text("x")
    (tmp_path / lost).unlink()
    said = CliRunner().invoke(main, ["serve", "--demonstration", "--folder", str(tmp_path)])
    assert said.exit_code == 1
    assert f"{lost} is missing" in said.output
    assert not (tmp_path / lost).exists()


def test_scenarios_say_plainly_that_their_database_is_away() -> None:
    told = ["scenario", "--database", NOBODY_THERE, "tests/scenarios/consultation"]
    said = CliRunner().invoke(main, told)
    assert said.exit_code == 1
    assert said.output.startswith("Error: The records cannot be reached just now")


def test_address_of_sqlites_own_makes_no_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Database(f"sqlite:///file:{tmp_path}/x.db?mode=ro&uri=true").close()
    assert list(tmp_path.iterdir()) == []


def set_environment(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ADOLYGU_DATABASE_URL", address)
    monkeypatch.setenv("ADOLYGU_FIELD_KEYS", FIELD_KEYS[0])
    monkeypatch.setenv("ADOLYGU_AUDIT_KEYS", AUDIT_KEY)


# A database that fails in the midst of the work.


def test_locked_database_refuses_and_then_goes_on(sqlite_review: Review) -> None:
    database = db.current()
    holder = sqlite3.connect(path_of(database), isolation_level=None)
    holder.execute("begin immediate")
    try:
        with instead(url_of(database), busy_seconds=0.05):
            with pytest.raises(DatabaseUnavailable, match="database is locked"):
                sqlite_review.do("INT-01")
            assert sqlite_review.open_steps() == ["INT-01"], "reading goes on"
    finally:
        holder.execute("rollback")
        holder.close()
    nothing_was_sent(sqlite_review)
    sqlite_review.do("INT-01")


def test_case_that_another_session_holds_is_a_plain_refusal_in_time(
    review: Review, committed_database: Database
) -> None:
    if not committed_database.is_postgresql:
        holder = sqlite3.connect(path_of(committed_database), isolation_level=None)
        holder.execute("begin immediate")
        let_go = holder.close
    else:
        connection = committed_database.connections.connect()
        connection.execute(text('select id from "case" for update'))
        let_go = connection.close
    with (
        instead(url_of(committed_database), busy_seconds=0.2),
        pytest.raises(DatabaseUnavailable),
    ):
        review.do("INT-01")
    let_go()
    nothing_was_sent(review)


def test_read_only_database_can_be_read_and_refuses_to_write(sqlite_review: Review) -> None:
    path = path_of(db.current())
    with instead(f"sqlite:///file:{path}?mode=ro&uri=true"):
        assert sqlite_review.open_steps() == ["INT-01"]
        with pytest.raises(DatabaseUnavailable, match="readonly"):
            sqlite_review.do("INT-01")
    nothing_was_sent(sqlite_review)


def test_full_disk_loses_nothing_and_everything_goes_on_once_there_is_room(
    sqlite_review: Review,
) -> None:
    everybody = participants(*(f"Agency {number}" for number in range(20)))
    with instead(url_of(db.current())) as full:

        @event.listens_for(full.connections, "connect")
        def fill(connection: sqlite3.Connection, _record: Any) -> None:
            pages = connection.execute("pragma page_count").fetchone()[0]
            connection.execute(f"pragma max_page_count = {pages}")

        with pytest.raises(DatabaseUnavailable, match="full"):
            sqlite_review.do("INT-01", {"participants": everybody})
    nothing_was_sent(sqlite_review)
    sqlite_review.do("INT-01", {"participants": everybody})
    assert wrongs() == []


def test_server_that_ends_the_session_in_the_midst_leaves_nothing_half_written(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_database("postgresql", tmp_path, request)
    db.use(server)
    review = set_up()
    review.open()
    settle = steps.settle

    def settle_and_lose_the_server(running: steps.Running) -> dict[str, str]:
        changed = settle(running)
        running.file.session.flush()
        pid = running.file.session.scalar(text("select pg_backend_pid()"))
        with server.connections.connect() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        return changed

    with monkeypatch.context() as broken:
        broken.setattr(steps, "settle", settle_and_lose_the_server)
        with pytest.raises(DatabaseUnavailable):
            review.do("INT-01")
    nothing_was_sent(review)
    review.do("INT-01")
    server.close()


def test_sweep_says_that_the_database_is_away_and_takes_up_again(review: Review) -> None:
    with instead(NOBODY_THERE), pytest.raises(DatabaseUnavailable):
        timers.fire_due_timers()
    assert timers.fire_due_timers() == 0


def test_every_connection_in_use_is_a_plain_refusal(committed_database: Database) -> None:
    def reads_once_more(held: ExitStack) -> None:
        held.enter_context(small.reading()).execute(text("select 1"))

    with (
        instead(url_of(committed_database), pool_size=1, busy_seconds=0.1) as small,
        ExitStack() as held,
    ):
        pool = small.connections.pool
        assert isinstance(pool, QueuePool)
        for _ in range(pool.size() + pool._max_overflow):
            reads_once_more(held)
        with pytest.raises(DatabaseUnavailable, match="connections are in use"):
            reads_once_more(held)


# The pages.


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/sign-in"])
@pytest.mark.parametrize("language", ["", "/cy"])
def test_page_answers_that_the_records_cannot_be_reached(path: str, language: str) -> None:
    app = create_app(Settings(secret_key="tests only, not a secret " * 2, demonstration=True))
    client = app.test_client()
    with client.session_transaction() as session:
        session["token"] = "somebody"
    with instead(NOBODY_THERE):
        answer = client.get(language + path)
    assert answer.status_code == 503
    assert b"Traceback" not in answer.data


@pytest.mark.parametrize("wrong", [["--port", "-5"], ["--port", "99999"], ["--folder", __file__]])
def test_serve_says_in_a_sentence_what_is_wrong_with_its_options(wrong: list[str]) -> None:
    said = CliRunner().invoke(main, ["serve", "--demonstration", *wrong])
    assert said.exit_code == 2
    assert "Error: Invalid value" in said.output
