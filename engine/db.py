"""Reach the database: one transaction at a time, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Select,
    Table,
    Update,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from engine.errors import DatabaseUnavailable
from engine.models import Base
from engine.statements import Changes
from engine.writing import RowSession

BUSY_SECONDS = 30

#: A connection that lay idle for longer than this is asked whether it is still there.
PING_SECONDS = 5.0

#: The number by which PostgreSQL knows the lock of what belongs to the whole installation.
INSTALLATION_LOCK = 0x61646F6C796775

#: What a database refuses because of us, and not because of how it fares.
_MISTAKES = (IntegrityError, ProgrammingError, DataError, NotSupportedError)

_inside: ContextVar[bool] = ContextVar("inside a transaction", default=False)

#: On this thread, in place of the records: a scenario's or sandbox's database.
_instead: ContextVar[Database | None] = ContextVar("instead of the records", default=None)


class Database:
    """A database and how to open transactions on it."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        throw_away: bool = False,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        """Prepare a database; nothing is opened before the first transaction.

        Takes:   url, as SQLAlchemy writes it; `postgresql://` means psycopg 3; throw_away, for a
                 scenario's or sandbox's database, which need not survive a loss of power;
                 busy_seconds, how long to wait for a lock or a connection that others hold.
        Raises:  DatabaseUnavailable, for an address that cannot be read.
        """
        try:
            parsed = make_url(url)
            self.connections: Engine = _make(url, pool_size, busy_seconds, throw_away)
        except (ArgumentError, NoSuchModuleError, ImportError, TypeError, ValueError):
            # The address may hold a password, so it is not repeated.
            raise DatabaseUnavailable(
                reason="its address cannot be read. Use sqlite:///FILE or postgresql://HOST/NAME."
            ) from None
        self.url = parsed
        self.is_throw_away = throw_away
        self._bound: Connection | None = None

    @property
    def is_postgresql(self) -> bool:
        """Say whether this is PostgreSQL (else SQLite)."""
        return self.connections.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open the one transaction of a public function; commit at the end, or nothing at all."""
        if _inside.get():
            raise ValueError("a transaction is already open; pass its session on")
        marker = _inside.set(True)
        try:
            with saying_plainly(), self._session(writes=True) as session:
                yield session
                session.finish()
                for act in session.info.pop("when committed", ()):
                    act()
        finally:
            _inside.reset(marker)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads.

        What it changed by mistake is thrown away; where it was written already, PostgreSQL refuses.
        """
        with saying_plainly(), self._session(writes=False) as session:
            yield session

    @contextmanager
    def _session(self, *, writes: bool) -> Iterator[RowSession]:
        if self._bound is not None:
            with RowSession(
                self._bound, join_transaction_mode="create_savepoint", expire_on_commit=False
            ) as session:
                yield session
            return
        only_reads = self.is_postgresql and not writes
        with self.connections.connect() as connection:
            connection.execution_options(adolygu_writes=writes, postgresql_readonly=only_reads)
            with RowSession(connection, expire_on_commit=False) as session:
                yield session
                if only_reads:
                    # Nothing can have been changed, and to roll back would cost all statements that
                    # are prepared: the driver forgets them then.
                    session.leave()

    def bind(self, connection: Connection | None) -> None:
        """Run every transaction as a savepoint of one connection's transaction (tests only)."""
        self._bound = connection

    def close(self) -> None:
        """Close every connection."""
        self.connections.dispose()


@contextmanager
def saying_plainly() -> Iterator[None]:
    """Turn what a database says when it is away, locked, full or damaged into one plain refusal.

    Raises:  DatabaseUnavailable. A mistake in a statement or a value stays what it is.
    """
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseUnavailable(reason="all its connections are in use.") from error
    except DBAPIError as error:
        if isinstance(error, _MISTAKES):
            raise
        raise _unavailable(error.orig) from error
    except sqlite3.DatabaseError as error:
        # SQLAlchemy does not wrap what a connection says while it is being prepared.
        raise _unavailable(error) from error


class _Current:
    database: Database | None = None


def use(database: Database) -> None:
    """Make a database the one that `transaction()` and `reading()` open."""
    _Current.database = database


@contextmanager
def using(database: Database) -> Iterator[None]:
    """Let whatever is done meanwhile on this thread, and on no other, reach a throw-away database.

    However it ends, the records are in use again afterwards.
    """
    if not database.is_throw_away:
        raise ValueError("only a throw-away database may stand in place of the records")
    if _inside.get():
        raise ValueError("a transaction on the records is open; end it before")
    marker = _instead.set(database)
    try:
        yield
    finally:
        _instead.reset(marker)


def current() -> Database:
    """Return the database in use."""
    found = _instead.get() or _Current.database
    if found is None:
        raise DatabaseUnavailable(reason="no database has been set.")
    return found


def stands_in() -> bool:
    """Say whether a throw-away database stands in place of the records here and now."""
    return _instead.get() is not None


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a public engine function."""
    with current().transaction() as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that only reads."""
    with current().reading() as session:
        yield session


def when_committed(session: Session, act: Callable[[], None]) -> None:
    """Do something once this transaction has been committed, and nothing where it is not.

    It must not fail, and reach no database: what was committed stays committed.
    """
    session.info.setdefault("when committed", []).append(act)


def find(session: Session, query: Select[Any], **values: Any) -> list[Any]:
    """Return what a query finds that its module keeps, past the ORM, at a third of its cost.

    Takes:   query, of one table, of columns, or of a table and then columns, each row of what is
             found with its parts by name; values, of its parameters.
    """
    assert isinstance(session, RowSession)
    return session.find(query, **values)


def find_together(session: Session, *asked: tuple[Select[Any], dict[str, Any]]) -> list[list[Any]]:
    """Return what each of several queries finds, one after the other, in one trip."""
    assert isinstance(session, RowSession)
    return session.find_together(*asked)


def change(
    session: Session, statement: Update | Delete, row_class: type[Base], values: dict[str, Any]
) -> None:
    """Change or delete rows of a table by a statement that its module keeps."""
    assert isinstance(session, RowSession)
    session.line.change(Changes(statement, cast(Table, row_class.__table__), [values]))


def append(session: Session, row_class: type[Base], *rows: dict[str, Any]) -> None:
    """Insert rows that nobody changes in this transaction, past the ORM, at a fifth of its cost.

    They are written with whatever is written next, before a query of the ORM or the commit.
    """
    if rows:
        assert isinstance(session, RowSession)
        session.append(cast(Table, row_class.__table__), rows)


def check(database: Database) -> None:
    """Raise DatabaseUnavailable, with a plain reason, unless the database answers and is safe."""
    with database.reading() as session:
        session.execute(text("select 1"))
        if database.is_postgresql and session.scalar(text("show synchronous_commit")) == "off":
            raise DatabaseUnavailable(
                reason="synchronous_commit is off, so a crash could lose records. Set it to on."
            )


def hold_installation(connection: Connection) -> None:
    """Let one transaction at a time change what belongs to the whole installation.

    No row stands for it, so PostgreSQL locks a number; SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(INSTALLATION_LOCK)))


def is_away(error: BaseException) -> bool:
    """Say whether an error tells how the database fares, and nothing of what was asked of it."""
    if isinstance(error, DBAPIError):
        return not isinstance(error, _MISTAKES)
    return isinstance(error, DatabaseUnavailable | PoolTimeout | sqlite3.DatabaseError)


def _make(url: str, pool_size: int, busy_seconds: float, throw_away: bool) -> Engine:
    driver = make_url(url).drivername
    if driver.startswith("sqlite"):
        return _make_sqlite(url, busy_seconds, throw_away)
    if not driver.startswith("postgresql"):
        raise ValueError(driver)
    options = " ".join(
        f"-c {name}={value}"
        for name, value in {
            "statement_timeout": 60_000,
            "lock_timeout": int(busy_seconds * 1000),
            "idle_in_transaction_session_timeout": 60_000,
            "timezone": "UTC",
        }.items()
    )
    connections = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=busy_seconds,
        connect_args={"options": options, "connect_timeout": 10},
    )

    @event.listens_for(connections, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(connections, "checkout")
    def ping(connection: Any, record: Any, _proxy: Any) -> None:
        # Asking at every checkout would cost a round trip each; a busy connection is alive.
        if time.monotonic() - record.info.get("idle_since", math.inf) < PING_SECONDS:
            return
        try:
            connection.execute("select 1")
            connection.rollback()
        except Exception as error:
            raise DisconnectionError from error

    return connections


def _make_sqlite(url: str, busy_seconds: float, throw_away: bool) -> Engine:
    file = make_url(url).database
    # An address of SQLite's own (file:...?mode=ro) says itself whether it makes anything.
    if file and file != ":memory:" and not file.startswith("file:"):
        folder = Path(file).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailable(
                reason=f"the folder {folder} cannot be made ({error.strerror})."
            ) from None
    connections = create_engine(
        url,
        pool_timeout=busy_seconds,
        connect_args={
            "isolation_level": None,
            "timeout": busy_seconds,
            "check_same_thread": False,
        },
    )

    durability = "OFF" if throw_away else "FULL"

    @event.listens_for(connections, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        _keep_a_log(connection, busy_seconds)
        for pragma in (f"synchronous={durability}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(connections, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("adolygu_writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return connections


def _keep_a_log(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Let a SQLite file write ahead, which it remembers from then on.

    SQLite does not wait for whoever else is just changing this, however long it was told to wait
    for locks: two processes that meet an empty file together would make one of them fail.
    """
    give_up_at = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up_at:
                raise
        time.sleep(0.01)


def _unavailable(error: BaseException | None) -> DatabaseUnavailable:
    said = next(iter(str(error or "").strip().splitlines()), "it does not answer")
    return DatabaseUnavailable(reason=f"the database says: {said}.")
