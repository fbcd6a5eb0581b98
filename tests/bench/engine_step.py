"""One step of the engine in the middle of a review, with load and save.

Floor: the workflow's step in memory, and dumping and loading as many bytes of JSON as its state
has, and a bare commit of one small row, each measured alone on the same tasks.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select, text

from engine import db, deployments
from engine.models import Case, ProcessInstance
from engine.people import Actor
from engine.workflow import ProcessDefinition, Workflow
from tests.bench import clone, review
from tests.bench.figures import Row, Scale, Times, at_most, settle_down, timed, told
from tests.bench.house import NAMES, House

MOST = 2.5


@dataclass(frozen=True)
class Floor:
    """What cannot be saved, in milliseconds."""

    step: float
    json: float
    commit: float
    state: bytes

    @property
    def total(self) -> float:
        """Return all of it together."""
        return self.step + self.json + self.commit


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure the step on each kind of database."""
    for kind in scale.kinds:
        database = house.database(kind)
        board_id, actor = review.settled(database)
        middle = review.brought_to_the_middle(board_id, actor)
        floor = measure_floor(database, middle, scale)
        copies = clone.copies(middle, scale.runs + 1)
        _walk(copies[0], actor, scale.steps, Times.none())
        settle_down()
        times = Times.none()
        for case_id in copies[1:]:
            _walk(case_id, actor, scale.steps, times)
        name = f"engine step with load and save, mid-review, {NAMES[kind]}"
        yield at_most(name, times.median, "ms", MOST, floor=floor.total)
        yield told(f"{name}: processor time", times.median_cpu, "ms", floor=floor.total)
        yield told(f"{name}: floor, step in memory", floor.step, "ms")
        yield told(f"{name}: floor, as much JSON", floor.json, "ms")
        yield told(f"{name}: floor, bare commit", floor.commit, "ms")


def measure_floor(database: db.Database, case_id: uuid.UUID, scale: Scale) -> Floor:
    """Measure the three parts of the floor on a case of the review."""
    with db.reading() as session:
        case = session.get_one(Case, case_id)
        instance = session.scalars(
            select(ProcessInstance).where(
                ProcessInstance.case_id == case_id, ProcessInstance.kind == "root"
            )
        ).one()
        state = instance.workflow_state
        definition = deployments.load(session, case.deployment_id).processes[instance.process]
    tree = json.loads(state)
    runs = scale.runs * scale.steps
    as_json = timed(lambda: json.loads(json.dumps(tree, separators=(",", ":")).encode()), runs)
    step = Times.none()
    for number in range(scale.runs + 1):
        _walk_in_memory(definition, state, scale.steps, step if number else Times.none())
    return Floor(step.median, as_json.median, bare_commit(database).median, state)


def bare_commit(database: db.Database, runs: int = 200) -> Times:
    """Time a transaction that writes one number, straight on the driver."""
    with database.connections.begin() as connection:
        connection.execute(text("create table if not exists bare (id integer primary key, n int)"))
        connection.execute(text("delete from bare"))
        connection.execute(text("insert into bare values (1, 0)"))
    raw = database.connections.raw_connection()
    cursor = raw.cursor()

    def commit() -> None:
        cursor.execute("begin" if database.is_postgresql else "begin immediate")
        cursor.execute("update bare set n = n + 1 where id = 1")
        cursor.execute("commit")

    if database.is_postgresql:
        raw.driver_connection.autocommit = True  # type: ignore[union-attr]
    times = timed(commit, runs)
    raw.invalidate()
    return times


def _walk(case_id: uuid.UUID, actor: Actor, steps: int, times: Times) -> None:
    """Take the next steps of the root instance, the oldest task first."""
    for _ in range(steps):
        task_id = review.open_tasks(case_id, of_root=True)[0]
        with times.one():
            review.complete(case_id, task_id, actor)


def _walk_in_memory(definition: ProcessDefinition, state: bytes, steps: int, times: Times) -> None:
    flow = Workflow.load(definition, state, review.World())
    for _ in range(steps):
        key = flow.open_tasks()[0].key
        with times.one():
            flow.complete_task(key)
