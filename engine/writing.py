"""Read and write the rows of a session by plain statements, past the ORM's own plans.

Finding an order among rows costs the ORM more than writing them, and loading a row more than
reading it. Our tables need no such search: no relationship hangs one row on another, every key is
known before it is written, and the order of the tables puts parents before children.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session, SessionTransaction, make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, instance_state, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from engine.models import Base
from engine.statements import WHICH, Changes, Find, Line, Values, prepared_find

_PLACES = {table: place for place, table in enumerate(Base.metadata.sorted_tables)}


class RowSession(Session):
    """A session of the ORM that reads what is asked for often, and writes rows, by itself."""

    def __init__(self, *args: Any, **how: Any) -> None:
        """Open a session as the ORM's."""
        super().__init__(*args, **how)
        self._line: tuple[SessionTransaction | None, Line] | None = None
        self._waiting: dict[Table, list[Values]] = {}

    @property
    def line(self) -> Line:
        """Return the driver within this transaction or savepoint, looked for once.

        A savepoint is not made in the database before its connection is asked for.
        """
        now = self.get_nested_transaction() or self.get_transaction()
        if self._line is None or self._line[0] is not now:
            line = Line(self.connection())
            self._line = self.get_nested_transaction() or self.get_transaction(), line
        return self._line[1]

    def find(self, query: Select[Any], **values: Any) -> list[Any]:
        """Return what a query that its caller keeps finds, as `execute` would.

        Takes:   query, of one table, of some columns, or of a table and then some columns; it may
                 say `autoflush` and `populate_existing`; values, of its parameters.
        """
        return self.find_together((query, values))[0]

    def find_together(self, *asked: tuple[Select[Any], Values]) -> list[list[Any]]:
        """Return what each of several queries finds, one after the other, in one trip."""
        dialect = self.get_bind().dialect
        prepared = [(prepared_find(query, dialect), values) for query, values in asked]
        if any(query.flushes for query, _ in prepared):
            self.flush()
        return [
            [self._found(query, row) for row in rows]
            for (query, _), rows in zip(prepared, self.line.find(*prepared), strict=True)
        ]

    def get(self, entity: Any, ident: Any, **how: Any) -> Any:
        """Return the row with a key, None where there is none."""
        mapper = inspect(entity)
        if any(how.values()) or len(mapper.primary_key) > 1 or isinstance(ident, tuple | dict):
            return super().get(entity, ident, **how)
        row = self.identity_map.get(mapper.identity_key_from_primary_key((ident,)))
        if row is not None and not instance_state(row).expired_attributes:
            return row
        found = self.find(_by_key(entity), key=ident)
        return found[0][0] if found else None

    def refresh(self, instance: Any, *args: Any, **how: Any) -> None:
        """Read a row anew."""
        entity: Any = type(instance)
        which = instance_state(instance).identity
        if args or how or which is None or len(which) > 1:
            super().refresh(instance, *args, **how)
        elif not self.find(_by_key(entity, refreshes=True), key=which[0]):
            raise StaleDataError(f"a row of {_table(instance).name} that was read is gone")

    def _found(self, prepared: Find, row: tuple[Any, ...]) -> Any:
        values, width = prepared.read(row), len(prepared.names)
        if prepared.mapper is None:
            return prepared.found(*values)
        return prepared.found(self._row(prepared, values[:width]), *values[width:])

    def _row(self, prepared: Find, values: list[Any]) -> Any:
        """Return the row with these values: the one that the session holds, or a new one."""
        mapper = cast(Any, prepared.mapper)
        key = mapper.identity_key_from_primary_key([values[place] for place in prepared.keys])
        row = self.identity_map.get(key)
        if row is None:
            row = mapper.class_manager.new_instance()
            instance_dict(row).update(zip(prepared.names, values, strict=True))
            # What the ORM does with a row that it has read.
            state = instance_state(row)
            state.key, state.session_id = key, self.hash_key
            self.identity_map.add(state)
        elif prepared.refreshes or instance_state(row).expired_attributes:
            for name, value in zip(prepared.names, values, strict=True):
                set_committed_value(row, name, value)
        return row

    def append(self, table: Table, rows: Sequence[Values]) -> None:
        """Write rows that nobody reads back, with whatever is written next.

        A column that is not given has its default.
        """
        complete = [
            row | {name: _default(column) for name, column in _columns(table) if name not in row}
            for row in rows
        ]
        if self.in_nested_transaction():
            # What waits outlives a savepoint that is undone.
            self.line.change(Changes(_insert(table), table, complete))
        else:
            self._waiting.setdefault(table, []).extend(complete)

    def flush(self, objects: Any = None) -> None:
        """Write what is new, changed or deleted; each row then counts as read from the database.

        Within a savepoint, and behind one that was undone, the ORM writes: it alone knows what to
        forget, and what it has forgotten.
        Raises:  StaleDataError, where a row that was read is gone.
        """
        new, changed = list(self.new), list(self.dirty)
        if self.in_nested_transaction() or any(
            instance_state(row).expired_attributes for row in changed
        ):
            super().flush(objects)
            new, changed = [], []
        self._write(new, changed)
        for row in new:
            self.expunge(row)
        for row in changed:
            self.expunge(row)
            make_transient(row)
        for row in (*new, *changed):
            make_transient_to_detached(row)
            self.add(row)

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint; what waits to be written stands before it."""
        self.flush()
        return super().begin_nested()

    def commit(self) -> None:
        """Write what is left and commit."""
        self.flush()
        super().commit()

    def finish(self) -> None:
        """Write what is left and commit; rows can be read from then on, and no longer changed."""
        self._write(list(self.new), list(self.dirty))
        self.expunge_all()
        super().commit()

    def leave(self) -> None:
        """End what only read, with a commit: whatever was changed by mistake is forgotten."""
        self.expunge_all()
        super().commit()

    def _write(self, new: list[Any], changed: list[Any]) -> None:
        """Write as the ORM does: changed before new in each table, and what goes last of all."""
        gone = sorted(self.deleted, key=_place, reverse=True)
        updates = [
            _update_of(row, values)
            for row in sorted(changed, key=_place)
            if (values := _changes(row))
        ]
        changes = [*updates, *self._inserts(new), *map(_delete_of, gone)]
        touched = self.line.change(*changes) if changes else []
        for change, found in zip(changes, touched, strict=True):
            if not isinstance(change.statement, Insert) and found != 1:
                raise StaleDataError(f"a row of {change.table.name} that was read is gone")
        for row in gone:
            self.expunge(row)

    def _inserts(self, new: list[Any]) -> list[Changes]:
        """Return how to write new rows and those that wait, parents before children."""
        rows, self._waiting = self._waiting, {}
        for row in new:
            rows.setdefault(_table(row), []).append(_all_values(row))
        tables = sorted(rows, key=_PLACES.__getitem__)
        return [Changes(_insert(table), table, rows[table]) for table in tables]


@lru_cache(maxsize=128)
def _by_key(entity: Any, *, refreshes: bool = False) -> Select[Any]:
    query = select(entity).where(*(key == bindparam("key") for key in inspect(entity).primary_key))
    return query.execution_options(populate_existing=refreshes)


@lru_cache(maxsize=64)
def _insert(table: Table) -> Insert:
    return insert(table)


@lru_cache(maxsize=512)
def _update(table: Table, names: tuple[str, ...]) -> Update:
    statement = update(table).values({name: bindparam(name) for name in names})
    return statement.where(
        *(column == bindparam(WHICH + column.name) for column in table.primary_key)
    )


@lru_cache(maxsize=64)
def _delete(table: Table) -> Delete:
    return delete(table).where(
        *(column == bindparam(WHICH + column.name) for column in table.primary_key)
    )


def _update_of(row: Any, values: Values) -> Changes:
    table = _table(row)
    return Changes(_update(table, tuple(sorted(values))), table, [_which(row) | values])


def _delete_of(row: Any) -> Changes:
    table = _table(row)
    return Changes(_delete(table), table, [_which(row)])


def _changes(row: Any) -> Values:
    """Return what a row holds that differs from what was read."""
    state = instance_state(row)
    return {
        name: state.dict[name]
        for name, before in state.committed_state.items()
        if state.dict[name] is not before and state.dict[name] != before
    }


def _all_values(row: Any) -> Values:
    """Return everything that a new row holds, its defaults filled in."""
    known = instance_state(row).dict
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
    return dict(zip(_keys(_table(row)), instance_state(row).identity or (), strict=True))


@lru_cache(maxsize=64)
def _keys(table: Table) -> tuple[str, ...]:
    return tuple(WHICH + column.name for column in table.primary_key)


def _place(row: Any) -> tuple[int, str]:
    """Return the order in which rows are written, the same in every transaction."""
    return _PLACES[_table(row)], str(instance_state(row).identity)


def _table(row: Any) -> Table:
    table: Table = row.__table__
    return table
