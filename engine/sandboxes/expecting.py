"""Say what came of a step in the words of a scenario file, so that it is looked at whenever the
file is played.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from engine import db, store
from engine.models import Notice, UserTask


@dataclass(frozen=True)
class Look:
    """How a case stands, as far as a step may change it."""

    case_id: uuid.UUID
    state: str
    open: tuple[str, ...]
    #: last day in time and state, by timescale and item
    clocks: Mapping[str, tuple[date | None, str]]
    #: to whom and about what, in order
    notices: tuple[tuple[str, str], ...]


def look(case_id: uuid.UUID) -> Look:
    """Return how a case of the database in use stands."""
    with db.reading() as session:
        file = store.read_case(session, case_id, "sandbox")
        tasks = session.scalars(
            select(UserTask)
            .where(UserTask.case_id == case_id, UserTask.state == "open")
            .order_by(UserTask.number)
        )
        written = session.scalars(
            select(Notice).where(Notice.case_id == case_id).order_by(Notice.number)
        )
        return Look(
            case_id,
            file.case.state,
            tuple(_named(row.bpmn_id, row.item_key) for row in tasks),
            {_named(*key): (row.due_on, row.state) for key, row in file.clocks.items()},
            tuple((_named(row.to_role, row.item_key), row.about) for row in written),
        )


def expected(before: Look, after: Look) -> dict[str, Any]:
    """Return what a scenario expects of a step: the open tasks, and whatever it changed.

    Going over to another case does nothing in it, so that nothing is expected of that.
    """
    if before.case_id != after.case_id:
        return {}
    clocks = {
        name: _clock(*found)
        for name, found in after.clocks.items()
        if before.clocks.get(name) != found
    }
    sent = dict.fromkeys(after.notices[len(before.notices) :])
    found: dict[str, Any] = {
        "open": list(after.open),
        "clock": clocks,
        "notices": [{"to": to, "about": about} for to, about in sent],
        "state": after.state if after.state != before.state else "",
    }
    return {name: value for name, value in found.items() if value}


def _clock(due_on: date | None, state: str) -> dict[str, Any]:
    return {"state": state} if due_on is None else {"due": due_on, "state": state}


def _named(name: str, item: str) -> str:
    return f"{name}/{item}" if item else name
