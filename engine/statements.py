"""Run statements as the driver takes them, each prepared once.

What SQLAlchemy does around one of our statements takes longer than the statement: it looks for the
compiled form, describes the result, and loads each row through a plan of its own. Of all that, a
statement that is always the same needs the text and what turns its values, both found once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Table,
    Update,
    inspect,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

#: Goes before the name of a column where it says which row is meant.
WHICH = "which_"

Values = dict[str, Any]
Turn = Callable[[Any], Any] | None


class Line:
    """The driver itself within the transaction of a connection.

    What goes together to PostgreSQL is answered together, in one trip to it and back. It runs the
    statements one after the other as always, each on what the one before left.
    """

    def __init__(self, connection: Connection) -> None:
        """Take a connection whose transaction has begun."""
        self.connection = connection
        self.dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection
        self._travels = self.dialect.name == "postgresql"

    def change(self, *changes: Changes) -> list[int]:
        """Run statements that write and return how many rows each touched.

        Raises:  DBAPIError.
        """
        with self._together(changes):
            cursors = [self._change(change) for change in changes]
        return [cursor.rowcount for cursor in cursors]

    def find(self, *asked: tuple[Find, Values]) -> list[list[tuple[Any, ...]]]:
        """Return what each of some queries finds, as the driver gives it.

        Raises:  DBAPIError.
        """
        with self._together(asked):
            cursors = [self._run(query.text, query.given(values)) for query, values in asked]
        return [cursor.fetchall() for cursor in cursors]

    def _change(self, change: Changes) -> Any:
        prepared = prepared_change(
            change.statement, change.table, frozenset(change.rows[0]), self.dialect
        )
        given = [prepared.given(row) for row in change.rows]
        return self._run(prepared.text, given[0] if len(given) == 1 else given)

    def _run(self, text: str, given: Any) -> Any:
        cursor, many = self._driver.cursor(), isinstance(given, list)
        for tell in self.connection.dispatch.before_cursor_execute:
            text, given = tell(self.connection, cursor, text, given, None, many)
        (cursor.executemany if many else cursor.execute)(text, given)
        return cursor

    @contextmanager
    def _together(self, statements: Sequence[Any]) -> Iterator[None]:
        try:
            if self._travels and len(statements) > 1:
                with self._driver.pipeline():
                    yield
            else:
                yield
        except self.dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy_says(error) from error

    def _as_sqlalchemy_says(self, error: Any) -> BaseException:
        """Return the error as SQLAlchemy raises it; a connection that is lost is given up.

        Without statement and values, which say things that no log may hold.
        """
        lost = self.dialect.is_disconnect(error, self._driver, None)
        if lost:
            self.connection.invalidate(error)
        said: BaseException = DBAPIError.instance(
            "a statement of a transaction",
            None,
            error,
            self.dialect.loaded_dbapi.Error,
            connection_invalidated=lost,
            dialect=self.dialect,
        )
        return said


@dataclass(frozen=True)
class Changes:
    """A statement that writes one row of a table, or several alike."""

    statement: Insert | Update | Delete
    table: Table
    rows: Sequence[Values]


@dataclass(frozen=True)
class Prepared:
    """A statement as the driver takes it, and what turns each value into what it takes."""

    text: str
    turns: tuple[tuple[str, Turn], ...]
    by_position: bool
    #: Values that stand in the statement itself.
    fixed: Values

    def given(self, values: Values) -> Any:
        """Return the values as the driver takes them."""
        values = {**self.fixed, **values} if self.fixed else values
        turned = [values[name] if turn is None else turn(values[name]) for name, turn in self.turns]
        if self.by_position:
            return tuple(turned)
        return dict(zip((name for name, _ in self.turns), turned, strict=True))


@dataclass(frozen=True)
class Find(Prepared):
    """A query for rows of one table, for some columns, or for both: the row comes first then."""

    mapper: Mapper[Any] | None
    #: The names of the row's columns, and the places of those of its key among them.
    names: tuple[str, ...]
    keys: tuple[int, ...]
    #: What turns what the driver gives, of the row's columns and then of the others.
    results: tuple[Turn, ...]
    #: Whether the session writes what it holds before it asks.
    flushes: bool
    #: Whether a row that the session holds already is read anew.
    refreshes: bool
    found: Callable[..., Any]

    def read(self, row: tuple[Any, ...]) -> list[Any]:
        """Return the values of a row as models have them."""
        return [
            value if turn is None or value is None else turn(value)
            for turn, value in zip(self.results, row, strict=True)
        ]


@lru_cache(maxsize=1024)
def prepared_change(
    statement: Insert | Update | Delete, table: Table, names: frozenset[str], dialect: Dialect
) -> Prepared:
    """Return a statement that writes, prepared for rows with these values."""
    columns = [column.name for column in table.columns if column.name in names]
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    turns = tuple(
        (name, _bind(table.c[name.removeprefix(WHICH)].type, dialect))
        for name in compiled.positiontup or names
    )
    return Prepared(str(compiled), turns, compiled.positional, {})


@lru_cache(maxsize=256)
def prepared_find(query: Select[Any], dialect: Dialect) -> Find:
    """Return a query prepared; its caller keeps it, for it is found again by being the same."""
    compiled = query.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    assert not compiled.post_compile_params, "lists of values are for the ORM"
    asked = query.column_descriptions
    row_class = asked[0]["entity"] if asked[0]["expr"] is asked[0]["entity"] else None
    mapper = None if row_class is None else inspect(row_class)
    columns = list(query.selected_columns)
    width = 0 if mapper is None else len(mapper.columns)
    names = [column.key or "" for column in columns]
    options = query.get_execution_options()
    fields = [*([row_class.__name__] if row_class else []), *names[width:]]
    types = {name: parameter.type for parameter, name in compiled.bind_names.items()}
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return Find(
        text=str(compiled),
        turns=tuple((name, _bind(types[name], dialect)) for name in compiled.positiontup or types),
        by_position=compiled.positional,
        fixed=fixed,
        mapper=mapper,
        names=tuple(names[:width]),
        keys=() if mapper is None else tuple(names.index(key.key) for key in mapper.primary_key),
        results=tuple(_result(column.type, dialect) for column in columns),
        flushes=options.get("autoflush", True),
        refreshes=options.get("populate_existing", False),
        found=namedtuple("Found", fields),
    )


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Turn:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Turn:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
