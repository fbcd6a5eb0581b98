"""One step of the engine in the middle of a review, with load and save.

Floor: the workflow's step in memory, and dumping and loading as many bytes of JSON as its state
and the facts of its case have, and a bare commit of one small row, each measured alone on the same
tasks. The commit is as durable as that of the step: on a connection of the same database.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import select, text

from engine import db, deployments
from engine.models import Case, ProcessInstance
from engine.people import Actor
from engine.workflow import Workflow
from tests.bench import clone, review
from tests.bench.figures import Row, Scale, Times, at_most, settle_down, told
from tests.bench.house import NAMES, House

MOST = 2.5


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure the step on each kind of database."""
    for kind in scale.kinds:
        database = house.database(kind)
        board_id, actor = review.settled(database)
        middle = review.brought_to_the_middle(board_id, actor)
        floor, times = Floor(database, middle, scale.steps), Times.none()
        copies = clone.copies(middle, scale.runs + 1)
        _walk(copies[0], actor, scale.steps, Times.none())
        settle_down()
        for case_id in copies[1:]:
            floor.sample()
            _walk(case_id, actor, scale.steps, times)
        floor.bare.close()
        name = f"engine step with load and save, mid-review, {NAMES[kind]}"
        yield at_most(name, times.median, "ms", MOST, floor=floor.total)
        yield told(f"{name}: processor time", times.median_cpu, "ms", floor=floor.total_cpu)
        yield told(f"{name}: floor, step in memory", floor.step.median, "ms")
        yield told(f"{name}: floor, as much JSON", floor.json.median, "ms")
        yield told(f"{name}: floor, bare commit", floor.commit.median, "ms")


class Floor:
    """What cannot be saved, measured part by part beside the real thing, as often as it is."""

    def __init__(self, database: db.Database, case_id: uuid.UUID, steps: int) -> None:
        """Take a case of the review, and how many steps are taken at a time."""
        with db.reading() as session:
            case = session.get_one(Case, case_id)
            root = ProcessInstance.kind == "root"
            query = select(ProcessInstance).where(ProcessInstance.case_id == case_id, root)
            instance = session.scalars(query).one()
            self.state = instance.workflow_state
            definitions = deployments.load(session, case.deployment_id)
            self.definition = definitions.processes[instance.process]
            self.read_and_written = [json.loads(self.state), case.facts]
        self.steps = steps
        self.bare = BareCommit(database)
        self.step, self.json, self.commit = Times.none(), Times.none(), Times.none()
        self.sample()
        self.step, self.json, self.commit = Times.none(), Times.none(), Times.none()

    def sample(self) -> None:
        """Measure each part once for each step."""
        flow = Workflow.load(self.definition, self.state, review.World())
        for _ in range(self.steps):
            key = flow.open_tasks()[0].key
            with self.step.one():
                flow.complete_task(key)
            with self.json.one():
                json.loads(json.dumps(self.read_and_written, separators=(",", ":")).encode())
            with self.commit.one():
                self.bare()

    @property
    def total(self) -> float:
        """Return the milliseconds of all parts together."""
        return self.step.median + self.json.median + self.commit.median

    @property
    def total_cpu(self) -> float:
        """Return the milliseconds of processor time of all parts together."""
        return self.step.median_cpu + self.json.median_cpu + self.commit.median_cpu


class BareCommit:
    """A transaction that writes one number, straight on the driver."""

    def __init__(self, database: db.Database) -> None:
        """Make the row that it writes."""
        with database.connections.begin() as connection:
            for statement in (
                "create table if not exists bare (id integer primary key, n int)",
                "delete from bare",
                "insert into bare values (1, 0)",
            ):
                connection.execute(text(statement))
        pooled = database.connections.raw_connection()
        self._driver = cast(Any, pooled.driver_connection)
        pooled.detach()
        if database.is_postgresql:
            self._driver.autocommit = True
        self._begin = "begin" if database.is_postgresql else "begin immediate"
        self._cursor = self._driver.cursor()

    def __call__(self) -> None:
        """Write and commit."""
        for statement in (self._begin, "update bare set n = n + 1 where id = 1", "commit"):
            self._cursor.execute(statement)

    def close(self) -> None:
        """Let go of the connection."""
        self._driver.close()


def _walk(case_id: uuid.UUID, actor: Actor, steps: int, times: Times) -> None:
    """Take the next steps of the root instance, the oldest task first."""
    for _ in range(steps):
        task_id = review.open_tasks(case_id, of_root=True)[0]
        with times.one():
            review.complete(case_id, task_id, actor)
