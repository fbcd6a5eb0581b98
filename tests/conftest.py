"""What every test may ask for: a database of either kind, and the keys of the test house."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from engine import db, keys
from tests import databases
from tests.databases import KINDS

FIELD_KEYS = ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="]
AUDIT_KEYS = ["test:not a secret, tests only"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let nothing be skipped in CI: there, what a machine lacks is a fault."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    keys.use(FIELD_KEYS, AUDIT_KEYS)


@pytest.fixture(autouse=True)
def _keys_again() -> Iterator[None]:
    """Put the keys back after a test that took others into use, so that the order is all one."""
    yield
    keys.use(FIELD_KEYS, AUDIT_KEYS)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL of our own, from its wheel, once a test process; return its address."""
    with databases.postgresql_server(forgetful=True) as address:
        yield address


def make_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> db.Database:
    """Return an empty database with the newest schema, of its own."""
    return databases.make_database(
        kind, folder, lambda: request.getfixturevalue("postgresql_server")
    )


@pytest.fixture(scope="session")
def _made() -> Iterator[dict[str, db.Database]]:
    """Keep the databases of a test process, however often pytest goes from one kind to another."""
    made: dict[str, db.Database] = {}
    yield made
    for database in made.values():
        database.close()


@pytest.fixture(scope="session", params=KINDS)
def _shared_database(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _made: dict[str, db.Database],
) -> db.Database:
    kind = request.param
    if kind not in _made:
        _made[kind] = make_database(kind, tmp_path_factory.mktemp("database"), request)
    return _made[kind]


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
