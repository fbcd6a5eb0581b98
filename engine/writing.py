"""Write the rows that a session has changed with plain statements, past the ORM's unit of work.

Finding an order among rows costs the ORM more than writing them. Our tables need no such search:
no relationship hangs one row on another, every key is known before it is written, and the order of
the tables puts parents before children.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    CursorResult,
    Delete,
    Dialect,
    Insert,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    inspect,
    update,
)
from sqlalchemy.orm import Session, SessionTransaction, make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from engine.models import Base

#: Goes before the name of a key column where it says which row is meant.
_WHICH = "which_"

_PLACES = {table: place for place, table in enumerate(Base.metadata.sorted_tables)}

Values = dict[str, Any]


class RowSession(Session):
    """A session of the ORM that writes rows by itself."""

    _line: tuple[SessionTransaction | None, Connection] | None = None

    @property
    def line(self) -> Connection:
        """Return the connection of this transaction, looked for once."""
        if self._line is None or self._line[0] is not self.get_transaction():
            connection = self.connection()
            self._line = self.get_transaction(), connection
        return self._line[1]

    def flush(self, objects: Any = None) -> None:
        """Write what is new, changed or deleted; each row then counts as read from the database.

        Within a savepoint, and behind one that was undone, the ORM writes: it alone knows what to
        forget, and what it has forgotten.
        Raises:  StaleDataError, where a row that was read is gone.
        """
        new, changed = list(self.new), list(self.dirty)
        if self.in_nested_transaction() or any(inspect(row).expired_attributes for row in changed):
            super().flush(objects)
            return
        self._write(new, changed)
        for row in new:
            self.expunge(row)
        for row in changed:
            self.expunge(row)
            make_transient(row)
        for row in (*new, *changed):
            make_transient_to_detached(row)
            self.add(row)

    def finish(self) -> None:
        """Write what is left and commit; rows can be read from then on, and no longer changed."""
        self._write(list(self.new), list(self.dirty))
        self.expunge_all()
        self.commit()

    def _write(self, new: list[Any], changed: list[Any]) -> None:
        """Write as the ORM does: changed before new in each table, and what goes last of all."""
        gone = sorted(self.deleted, key=_place, reverse=True)
        for row in sorted(changed, key=_place):
            values = _changes(row)
            if values:
                self._one(_update(_table(row), tuple(sorted(values))), row, values)
        for table, rows in _by_table(new).items():
            _run(self.line, _insert(table), table, [_all_values(row) for row in rows])
        for row in gone:
            self._one(_delete(_table(row)), row, {})
            self.expunge(row)

    def _one(self, statement: Update | Delete, row: Any, values: Values) -> None:
        found = _run(self.line, statement, _table(row), [_which(row) | values])
        if found.rowcount != 1:
            raise StaleDataError(f"a row of {_table(row).name} that was read is gone")


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows of a table; a column that is not given has its default."""
    complete = [
        row | {name: _default(column) for name, column in _columns(table) if name not in row}
        for row in rows
    ]
    _run(connection, _insert(table), table, complete)


def _run(
    connection: Connection, statement: Insert | Update | Delete, table: Table, rows: list[Values]
) -> CursorResult[Any]:
    """Run a statement as the driver takes it, without compiling it or its values anew."""
    prepared = _prepared(statement, table, frozenset(rows[0]), connection.dialect)
    given = [prepared.given(row) for row in rows]
    return connection.exec_driver_sql(prepared.text, given[0] if len(given) == 1 else given)


@dataclass(frozen=True)
class _Prepared:
    """A statement as the driver takes it, and what turns each value into what it takes."""

    text: str
    processors: Mapping[str, Callable[[Any], Any] | None]
    by_position: bool

    def given(self, row: Values) -> Any:
        turned = {
            name: row[name] if turn is None else turn(row[name])
            for name, turn in self.processors.items()
        }
        return tuple(turned.values()) if self.by_position else turned


@lru_cache(maxsize=1024)
def _prepared(
    statement: Insert | Update | Delete, table: Table, names: frozenset[str], dialect: Dialect
) -> _Prepared:
    columns = [column.name for column in table.columns if column.name in names]
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    processors = {
        name: table.c[name.removeprefix(_WHICH)].type.dialect_impl(dialect).bind_processor(dialect)
        for name in compiled.positiontup or names
    }
    return _Prepared(str(compiled), processors, compiled.positional)


@lru_cache(maxsize=64)
def _insert(table: Table) -> Insert:
    return insert(table)


@lru_cache(maxsize=512)
def _update(table: Table, names: tuple[str, ...]) -> Update:
    statement = update(table).values({name: bindparam(name) for name in names})
    return statement.where(
        *(column == bindparam(_WHICH + column.name) for column in table.primary_key)
    )


@lru_cache(maxsize=64)
def _delete(table: Table) -> Delete:
    return delete(table).where(
        *(column == bindparam(_WHICH + column.name) for column in table.primary_key)
    )


def _changes(row: Any) -> Values:
    """Return what a row holds that differs from what was read."""
    state = inspect(row)
    return {
        name: state.dict[name]
        for name, before in state.committed_state.items()
        if state.dict[name] is not before and state.dict[name] != before
    }


def _all_values(row: Any) -> Values:
    """Return everything that a new row holds, its defaults filled in."""
    known = inspect(row).dict
    columns = _columns(_table(row))
    for name, column in columns:
        if name not in known:
            set_committed_value(row, name, _default(column))
    return {name: known[name] for name, _ in columns}


@lru_cache(maxsize=64)
def _columns(table: Table) -> tuple[tuple[str, Column[Any]], ...]:
    return tuple((column.name, column) for column in table.columns)


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    return column.default.arg(None) if column.default.is_callable else column.default.arg


def _which(row: Any) -> Values:
    return {
        _WHICH + column.name: key
        for column, key in zip(_table(row).primary_key, inspect(row).identity, strict=True)
    }


def _by_table(rows: list[Any]) -> dict[Table, list[Any]]:
    grouped: dict[Table, list[Any]] = {}
    for row in sorted(rows, key=lambda row: _PLACES[_table(row)]):
        grouped.setdefault(_table(row), []).append(row)
    return grouped


def _place(row: Any) -> tuple[int, str]:
    """Return the order in which rows are written, the same in every transaction."""
    return _PLACES[_table(row)], str(inspect(row).identity)


def _table(row: Any) -> Table:
    table: Table = row.__table__
    return table
