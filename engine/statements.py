"""Run statements as the driver takes them, each prepared once.

What SQLAlchemy does around one of our statements takes longer than the statement: it looks for the
compiled form, describes the result, and loads each row through a plan of its own. Of all that, a
statement that is always the same needs the text and what turns its values, both found once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
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
    """The driver's own cursor within the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection whose transaction has begun."""
        self.connection = connection
        self.dialect = connection.dialect
        self._cursor: Any = connection.connection.cursor()

    def change(self, statement: Change, table: Table, rows: Sequence[Values]) -> int:
        """Run a statement for one row or several and return how many rows it touched.

        Raises:  DBAPIError.
        """
        prepared = prepared_change(statement, table, frozenset(rows[0]), self.dialect)
        given = [prepared.given(row) for row in rows]
        self._run(prepared.text, given[0] if len(given) == 1 else given)
        touched: int = self._cursor.rowcount
        return touched

    def find(self, prepared: Find, values: Values) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds, as the driver gives them.

        Raises:  DBAPIError.
        """
        self._run(prepared.text, prepared.given(values))
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def _run(self, text: str, given: Any) -> None:
        many = isinstance(given, list)
        for tell in self.connection.dispatch.before_cursor_execute:
            text, given = tell(self.connection, self._cursor, text, given, None, many)
        try:
            (self._cursor.executemany if many else self._cursor.execute)(text, given)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._in_words_of_the_house(text, error) from error

    def _in_words_of_the_house(self, text: str, error: Exception) -> BaseException:
        """Return the error as SQLAlchemy raises it; a connection that is lost is given up.

        Without the values of the statement, which say things that no log may hold.
        """
        lost = self.dialect.is_disconnect(
            error, self.connection.connection.driver_connection, self._cursor
        )
        if lost:
            self.connection.invalidate(error)
        return DBAPIError.instance(
            text,
            None,
            error,
            self.dialect.loaded_dbapi.Error,
            connection_invalidated=lost,
            dialect=self.dialect,
        )


Change = Insert | Update | Delete


@dataclass(frozen=True)
class Prepared:
    """A statement as the driver takes it, and what turns each value into what it takes."""

    text: str
    turns: Mapping[str, Turn]
    by_position: bool
    #: Values that stand in the statement itself.
    fixed: Values

    def given(self, values: Values) -> Any:
        """Return the values as the driver takes them."""
        values = {**self.fixed, **values} if self.fixed else values
        turned = {
            name: values[name] if turn is None else turn(values[name])
            for name, turn in self.turns.items()
        }
        return tuple(turned.values()) if self.by_position else turned


@dataclass(frozen=True)
class Find(Prepared):
    """A query for rows of one table, for some columns, or for both: the row comes first then."""

    mapper: Mapper[Any] | None
    #: Of the row's columns, then of the others: their names and what turns what the driver gives.
    names: tuple[str, ...]
    results: tuple[Turn, ...]
    #: How many columns are the row's.
    width: int
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
    statement: Change, table: Table, names: frozenset[str], dialect: Dialect
) -> Prepared:
    """Return a statement that writes, prepared for rows with these values."""
    columns = [column.name for column in table.columns if column.name in names]
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    turns = {
        name: _bind(table.c[name.removeprefix(WHICH)].type, dialect)
        for name in compiled.positiontup or names
    }
    return Prepared(str(compiled), turns, compiled.positional, {})


@lru_cache(maxsize=256)
def prepared_find(query: Select[Any], dialect: Dialect) -> Find:
    """Return a query prepared; its caller keeps it, for it is found again by being the same."""
    compiled = query.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
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
        turns={name: _bind(types[name], dialect) for name in compiled.positiontup or types},
        by_position=compiled.positional,
        fixed=fixed,
        mapper=mapper,
        names=tuple(names),
        results=tuple(_result(column.type, dialect) for column in columns),
        width=width,
        flushes=options.get("autoflush", True),
        refreshes=options.get("populate_existing", False),
        found=namedtuple("Found", fields),
    )


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Turn:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Turn:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
