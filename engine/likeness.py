"""Say which open cases of a Board may be about the same child, from marks that say nothing.

A mark is a keyed hash of the Board, of what it is (a day of birth, the day of an incident) and of
that day. Two cases of a Board that share one are pointed out to whoever may open both.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, aliased

from engine import keys
from engine.models import Case, CaseMark, new_id


@dataclass(frozen=True)
class Alike:
    """An open case that may be about the same child: where it is, and what the two share.

    `kinds` are `birth` and `incident`. It holds no name and no day.
    """

    case_id: uuid.UUID
    identifier: str
    kinds: tuple[str, ...]


def write(session: Session, case: Case, values: Iterable[tuple[str, Any]]) -> None:
    """Put the marks of a case in place of those that it had.

    Takes:   values, what is known by kind: a date, or a list of dates; of others nothing is marked.
    """
    found = {(kind, day) for kind, value in values for day in _days(value)}
    session.flush()
    session.execute(delete(CaseMark).where(CaseMark.case_id == case.id))
    marks = {
        (kind, mark)
        for kind, day in found
        for mark in keys.seals(f"mark:{case.board_id}:{kind}:{day.isoformat()}".encode())
    }
    for kind, mark in sorted(marks):
        session.add(
            CaseMark(id=new_id(), board_id=case.board_id, case_id=case.id, kind=kind, mark=mark)
        )


def alike(
    session: Session, visible: Select[Case], case_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[Alike, ...]]:
    """Return, for each of some cases, the open ones of its Board that share a mark, in two queries.

    Takes:   visible, the query for the cases that the person who asks may open; of others nothing
             is said.
    """
    own, other = aliased(CaseMark), aliased(CaseMark)
    this, that = aliased(Case), aliased(Case)
    rows = session.execute(
        select(this.id.label("this_id"), that.id.label("that_id"), that.identifier, own.kind)
        .join(own, own.case_id == this.id)
        .join(other, (other.board_id == own.board_id) & (other.kind == own.kind)
              & (other.mark == own.mark) & (other.case_id != own.case_id))
        .join(that, that.id == other.case_id)
        .where(this.id.in_(case_ids), this.state != "closed", that.state != "closed")
        .order_by(that.identifier, that.id, own.kind)
        .distinct()
    ).all()  # fmt: skip
    either = {row.this_id for row in rows} | {row.that_id for row in rows}
    asked = visible.with_only_columns(Case.id).where(Case.id.in_(either))
    open_to = set(session.scalars(asked))
    found: dict[uuid.UUID, dict[uuid.UUID, Alike]] = {}
    for row in rows:
        if not {row.this_id, row.that_id} <= open_to:
            continue
        of_this = found.setdefault(row.this_id, {})
        before = of_this.get(row.that_id)
        kinds = (*before.kinds, row.kind) if before else (row.kind,)
        of_this[row.that_id] = Alike(row.that_id, row.identifier, kinds)
    return {case_id: tuple(others.values()) for case_id, others in found.items()}


def _days(value: Any) -> Iterable[date]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, date) and not isinstance(entry, datetime):
            yield entry
