"""What a worker costs while nothing is due, however many timers wait.

Floor: one round trip to the same database. A statement is whatever is sent to be executed, the
opening of a transaction left out.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from engine import db
from engine.models import Case, ProcessInstance
from engine.scheduler import Worker
from tests.bench import review
from tests.bench.figures import Row, Scale, at_most, settle_down, timed, told
from tests.bench.house import NAMES, House, settings_for

MOST_MILLISECONDS = 1.0
MOST_STATEMENTS = 1.0

INSERT = """
insert into timer (id, board_id, case_id, kind, token, instance_id, bpmn_id, item_key, round,
                   timescale, expression, due_at, attempts, parked)
select {id}, {board}, {case}, 'event', 'bench:' || n, {instance}, 'late_101', '', 1,
       'TS-101', 'due("TS-101")', {due}, 0, {no}
from ({numbers}) as numbers
"""
SQLITE = {
    "id": "printf('%032x', n + 1000000000)",
    "due": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+1 day', '+' || (n * 60) || ' seconds')",
    "no": "0",
    "numbers": "with recursive numbers(n) as (select {first} union all select n + 1 from numbers "
    "where n < {last}) select n from numbers",
}
POSTGRESQL = {
    "id": "gen_random_uuid()",
    "due": "now() + interval '1 day' + n * interval '1 minute'",
    "no": "false",
    "numbers": "select generate_series({first}, {last}) as n",
}


def measure(scale: Scale, house: House) -> Iterator[Row]:
    """Measure the sweep with more and more waiting timers, on each kind of database."""
    for kind in scale.kinds:
        database = house.database(kind)
        board_id, actor = review.settled(database)
        case_id = review.brought_to_the_middle(board_id, actor)
        waiting = 0
        for count in scale.waiting:
            _wait_until_far(database, case_id, waiting + 1, count)
            waiting = count
            settle_down()
            name = f"worker's sweep, {count} timers waiting, {NAMES[kind]}"
            yield from _measure_sweep(name, database, house, scale)
        name = f"idle worker, {waiting} timers waiting, {NAMES[kind]}"
        yield _measure_idle(name, database, house, scale.idle_seconds)


def _measure_sweep(name: str, database: db.Database, house: House, scale: Scale) -> Iterator[Row]:
    worker = Worker(settings_for(database, house.folder))
    with database.connections.connect() as connection:
        trip = timed(lambda: connection.execute(text("select 1")).all(), scale.sweeps).median
    with _statements(database) as sent:
        times = timed(worker.sweep, scale.sweeps)
    value = at_most(name, times.median, "ms", MOST_MILLISECONDS)
    yield Row(name, value.value, "ms", trip, value.value / trip, value.hold, value.ok)
    yield told(f"{name}: processor time", times.median_cpu, "ms")
    yield told(f"{name}: statements", len(sent) / (scale.sweeps + 3), "a sweep")


def _measure_idle(name: str, database: db.Database, house: House, seconds: float) -> Row:
    """Let a worker beat as in production, and count what it sends."""
    worker = Worker(settings_for(database, house.folder))
    worker.start()
    time.sleep(1.0)
    with _statements(database) as sent:
        time.sleep(seconds)
    worker.stop()
    # From the first to the last: how many beats fall into the time itself is chance.
    span = sent[-1] - sent[0] if len(sent) > 1 else seconds
    rate = round((len(sent) - 1) / span, 2) if len(sent) > 1 else len(sent) / seconds
    return at_most(name, rate, "statements/s", MOST_STATEMENTS)


@contextmanager
def _statements(database: db.Database) -> Iterator[list[float]]:
    """Give a list of the moments, in seconds, at which statements were sent."""
    sent: list[float] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(time.monotonic())

    event.listen(database.connections, "before_cursor_execute", note)
    yield sent
    event.remove(database.connections, "before_cursor_execute", note)


def _wait_until_far(database: db.Database, case_id: uuid.UUID, first: int, last: int) -> None:
    """Insert timers that fall due from tomorrow on, straight into the table."""
    words = dict(POSTGRESQL if database.is_postgresql else SQLITE)
    words["numbers"] = words["numbers"].format(first=first, last=last)
    with db.transaction() as session:
        instance = session.query(ProcessInstance).filter_by(case_id=case_id, kind="root").one()
        case = session.get_one(Case, case_id)
        for name, value in (
            ("board", case.board_id), ("case", case_id), ("instance", instance.id),
        ):  # fmt: skip
            words[name] = f"'{value}'" if database.is_postgresql else f"'{value.hex}'"
        session.execute(text(INSERT.format(**words)))
    with database.connections.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("analyze timer")
