"""Copy a case with everything that hangs on it, so that many stand at the same point at once.

The record of a copy begins anew: audit chains cannot be copied, for each event seals its case.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, select
from sqlalchemy.orm import Session

from engine import db
from engine.models import (
    AuditEvent,
    Base,
    Case,
    CaseMark,
    Clock,
    Draft,
    Item,
    OutboxMessage,
    ProcessInstance,
    Submission,
    Timer,
    UserTask,
)

#: What belongs to the first case alone.
LEFT_OUT = {row.__tablename__ for row in (AuditEvent, Draft, OutboxMessage, Submission)}

Rows = dict[Table, list[dict[str, Any]]]


#: What lists of cases read; the rest of a case would only fill the disk.
LISTED = {
    row.__tablename__ for row in (Case, CaseMark, Clock, Item, ProcessInstance, Timer, UserTask)
}


def copies(case_id: uuid.UUID, count: int, only: set[str] | None = None) -> list[uuid.UUID]:
    """Copy a case so many times and return the ids of the copies.

    Takes:   only, the tables to copy; left out, all that hangs on the case.
    """
    with db.transaction() as session:
        found = _rows_of(session, case_id)
        if only is not None:
            found = {table: rows for table, rows in found.items() if table.name in only}
        written: Rows = {table: [] for table in found}
        made = [_copy(found, written, case_id) for _ in range(count)]
        for table, rows in written.items():
            session.execute(insert(table), rows)
    return made


def _rows_of(session: Session, case_id: uuid.UUID) -> Rows:
    """Return the case and every row that points at it, over however many tables."""
    known: dict[str, set[Any]] = {"case": {case_id}}
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        condition = _belongs(table, case_id, known)
        if table.name in LEFT_OUT or condition is None:
            continue
        query = select(table).where(condition)
        # A parent instance has a lower number than its children.
        query = query.order_by(table.c.number) if "number" in table.c else query
        rows = [dict(row._mapping) for row in session.execute(query)]
        if rows:
            found[table] = rows
            known[table.name] = {row["id"] for row in rows}
    return found


def _belongs(
    table: Table, case_id: uuid.UUID, known: dict[str, set[Any]]
) -> ColumnElement[bool] | None:
    if table.name == "case":
        return table.c.id == case_id
    if "case_id" in table.c:
        return table.c.case_id == case_id
    for key in table.foreign_keys:
        if key.column.table.name in known:
            return key.parent.in_(known[key.column.table.name])
    return None


def _copy(found: Rows, written: Rows, case_id: uuid.UUID) -> uuid.UUID:
    new = {row["id"]: uuid.uuid4() for rows in found.values() for row in rows}
    for table, rows in found.items():
        written[table] += [
            {name: _moved(value, new) for name, value in row.items()} for row in rows
        ]
    case = written[Case.__table__][-1]  # type: ignore[index]
    case |= {"identifier": f"{case['identifier']}-{case['id'].hex[:12]}"}
    case |= {"version": 0, "audit_head": ""}
    return new[case_id]


def _moved(value: Any, new: dict[uuid.UUID, uuid.UUID]) -> Any:
    if isinstance(value, uuid.UUID):
        return new.get(value, value)
    if isinstance(value, str) and value.startswith("event:"):
        before = uuid.UUID(value.split(":")[1])
        return value.replace(str(before), str(new.get(before, before)))
    return value
