"""A small review that tests drive: deployed, opened, worked on and moved through time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from unittest.mock import patch

from sqlalchemy import func, select

from engine import accounts, cases, db, deployments, documents, people, tasks, time_source, timers
from engine.models import (
    AuditEvent,
    Base,
    Case,
    Clock,
    Document,
    DocumentVersion,
    Incident,
    Notice,
    ProcessInstance,
    Timer,
    UserTask,
)
from engine.people import Actor

#: The module; the package gives a function of that name.
versions = import_module("engine.deployments.versions")

FOLDER = Path(__file__).parent / "definitions" / "review"
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)

#: What the first task is filled with, where a test does not say otherwise.
RECEIVED: dict[str, Any] = {
    "received_on": "2026-03-02",
    "announced": True,
    "participants": [],
}
FORMS = {
    "INT-01": "receipt",
    "INT-02": "report",
    "INT-03": "delay",
    "INT-04": "publication",
    "INT-05": "account",
}

NO_CASE = uuid.UUID(int=0)

Row = TypeVar("Row", bound=Base)


@dataclass
class Review:
    """A Board, its people, and one open case of the small review."""

    board_id: uuid.UUID
    worker: Actor
    colleague: Actor
    coordinator: Actor
    case_id: uuid.UUID = NO_CASE

    #: The form that a step fills, and what it is filled with where a test does not say otherwise.
    forms: ClassVar[Mapping[str, str]] = FORMS
    filled: ClassVar[Mapping[str, Mapping[str, Any]]] = {"INT-01": RECEIVED}

    def open(self) -> uuid.UUID:
        """Open a case and appoint both workers to it."""
        self.case_id = cases.open_case("review", self.board_id, self.coordinator)
        for worker in (self.worker, self.colleague):
            cases.appoint(self.case_id, "worker", worker.account_id, "", self.coordinator)
        return self.case_id

    def do(
        self,
        step: str,
        values: Mapping[str, Any] | None = None,
        *,
        item: str = "",
        actor: Actor | None = None,
        key: str = "",
    ) -> tasks.Submitted:
        """Submit an open task with values; some are filled as a rule."""
        filled = {**self.filled.get(step, {}), **(values or {})}
        return tasks.submit_task(
            self.task(step, item).id,
            actor or self.worker,
            key or str(uuid.uuid4()),
            values={self.forms[step]: filled},
        )

    def task(self, step: str, item: str = "") -> UserTask:
        """Return the one open task of a step."""
        found = self.open_tasks(step, item)
        assert len(found) == 1, f"{len(found)} tasks of {step} are open"
        return found[0]

    def open_tasks(self, step: str = "", item: str = "") -> list[UserTask]:
        """Return the open tasks of the case, of a step or an item."""
        return [
            task
            for task in self.rows(UserTask)
            if task.state == "open"
            and step in ("", task.requirement)
            and item in ("", task.item_key)
        ]

    def open_steps(self) -> list[str]:
        """Return what is open, by requirement and item."""
        return sorted(
            f"{task.requirement}/{task.item_key}".rstrip("/") for task in self.open_tasks()
        )

    def rows(self, kind: type[Row]) -> list[Row]:
        """Return the rows of one kind that belong to the case."""
        with db.reading() as session:
            query = select(kind).where(kind.case_id == self.case_id)  # type: ignore[attr-defined]
            found = list(session.scalars(query))
        return sorted(found, key=_order)

    def case(self) -> Case:
        """Return the row of the case."""
        with db.reading() as session:
            return session.get_one(Case, self.case_id)

    def clock(self, timescale: str, item: str = "") -> Clock:
        """Return a clock."""
        return next(
            row for row in self.rows(Clock) if (row.timescale, row.item_key) == (timescale, item)
        )

    def timer(self, bpmn_id: str, item: str = "") -> Timer | None:
        """Return the waiting timer of an event, if it waits."""
        found = [row for row in self.rows(Timer) if (row.bpmn_id, row.item_key) == (bpmn_id, item)]
        return found[0] if found else None

    def events(self, kind: str = "") -> list[AuditEvent]:
        """Return the audit events of the case, of one kind."""
        return [row for row in self.rows(AuditEvent) if kind in ("", row.kind)]

    def notices(self, about: str = "") -> list[Notice]:
        """Return the notices of the case, about one catalogue id."""
        return [row for row in self.rows(Notice) if about in ("", row.about)]

    def incidents(self) -> list[Incident]:
        """Return the incidents that nobody has dealt with."""
        return [row for row in self.rows(Incident) if row.resolved_at is None]

    def instances(self, process: str) -> list[ProcessInstance]:
        """Return the instances of a process on the case."""
        return [row for row in self.rows(ProcessInstance) if row.process == process]

    def document(self, form: str, item: str = "") -> Document:
        """Return a document."""
        return next(row for row in self.rows(Document) if (row.form, row.item_key) == (form, item))

    def newest(self, form: str, item: str = "") -> DocumentVersion:
        """Return the newest version of a document."""
        row = self.document(form, item)
        with db.reading() as session:
            return documents.version(session, row.id, row.version)


def set_up(moment: datetime = MORNING, folder: Path = FOLDER) -> Review:
    """Deploy small definitions in the database in use, with a Board and three people.

    Takes:   folder, where the definitions stand; the small review's as a rule.
    """
    freeze(moment)
    # The files are checked once in a process: checking takes longer than all else in a test.
    checked = patch.object(versions, "check", lambda _: _check(folder))
    with db.transaction() as session, checked:
        deployments.deploy(session, files(folder), actor="SYSTEM")
        board = people.create_board(session, f"b{uuid.uuid4().hex[:8]}", "North", "Gogledd")
        hired = [
            accounts.create_account(session, f"{uuid.uuid4().hex[:8]}@example.test", name)
            for name in ("Ann", "Bob", "Cai")
        ]
        people.appoint_to_board(session, board.id, "coordinator", hired[2].id, "SYSTEM")
        ann, bob, cai = [Actor(account.id, account.name) for account in hired]
        return Review(board.id, worker=ann, colleague=bob, coordinator=cai)


def opened(moment: datetime = MORNING) -> Review:
    """Return a review that has just been opened."""
    review = set_up(moment)
    review.open()
    return review


@cache
def files(folder: Path = FOLDER) -> Mapping[str, bytes]:
    """Return the definitions of a folder, the small review's as a rule."""
    return deployments.read_folders(folder)


@cache
def _check(folder: Path) -> list[deployments.Finding]:
    return deployments.check(files(folder))


def participants(*names: str) -> list[dict[str, str]]:
    """Return the rows that name participants, with the keys that they will have."""
    return [
        {"_key": f"participant_{number}", "name": name}
        for number, name in enumerate(names, start=1)
    ]


def freeze(moment: datetime) -> None:
    """Set the clock of the house."""
    with db.transaction() as session:
        time_source.freeze(session, moment)


def pass_time_to(moment: datetime) -> None:
    """Set the clock of the house on and fire everything that is due by then."""
    freeze(moment)
    sweep()


def sweep() -> int:
    """Fire until nothing more is due."""
    fired = 0
    while found := timers.fire_due_timers():
        fired += found
        assert fired < 500, "timers fire without end"
    return fired


def last_second(day: date) -> datetime:
    """Return the last second of a day in Wales."""
    return time_source.end_of_day(day) - timedelta(seconds=1)


def count(kind: type[Base]) -> int:
    """Return how many rows of a kind there are."""
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def _order(row: Any) -> Any:
    for name in ("seq", "number"):
        if getattr(row, name, None) is not None:
            return (getattr(row, name), str(row.id))
    return (0, str(row.id))
