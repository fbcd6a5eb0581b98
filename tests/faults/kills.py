"""Kill an act at every moment at which it can die, and look at what a clean process makes of it."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from engine import db
from engine.db import Database
from engine.models import Base, Case, Clock, Document, ProcessInstance, Timer
from tests.faults.oracle import wrongs
from tests.faults.processes import Act, Points, run_alone
from tests.review import Review


@dataclass(frozen=True)
class Scene:
    """A review at the moment before an act: what is done, and what finishes it if it died.

    `finish` must be safe to run whether or not the act was committed, as a person who sends a form
    again and a worker that starts again are.
    """

    name: str
    review: Review
    act: Callable[[], Any]
    finish: Callable[[], Any]


@dataclass
class Yard:
    """A prepared database and fresh copies of it, on either kind."""

    prepared: Database
    folder: Path
    _number: int = field(default=0)

    def copies(self) -> Iterator[Database]:
        """Yield copies without end; each is closed and thrown away after use."""
        while True:
            with self.copy() as copied:
                yield copied

    @contextmanager
    def copy(self) -> Iterator[Database]:
        """Give a copy of the prepared database, in use until the end."""
        self.prepared.close()
        self._number += 1
        make = self._copy_on_server if self.prepared.is_postgresql else self._copy_file
        copied, throw_away = make(f"copy_{self._number}_{uuid.uuid4().hex[:8]}")
        db.use(copied)
        try:
            yield copied
        finally:
            copied.close()
            throw_away()
            db.use(self.prepared)

    def _copy_file(self, name: str) -> tuple[Database, Callable[[], None]]:
        source, target = Path(str(self.prepared.url.database)), self.folder / f"{name}.db"
        shutil.copyfile(source, target)

        def throw_away() -> None:
            for path in self.folder.glob(f"{name}.db*"):
                path.unlink()

        return Database(f"sqlite:///{target}"), throw_away

    def _copy_on_server(self, name: str) -> tuple[Database, Callable[[], None]]:
        template = self.prepared.url.database
        self._on_server(f'create database "{name}" template "{template}"')
        address = self.prepared.url.set(database=name).render_as_string(hide_password=False)
        return Database(address), lambda: self._on_server(f'drop database "{name}" with (force)')

    def _on_server(self, statement: str) -> None:
        admin = Database(
            self.prepared.url.set(database="postgres").render_as_string(hide_password=False)
        )
        with admin.connections.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(statement))
        admin.close()


def points_of(scene: Scene, yard: Yard, act: Act | None = None) -> list[str]:
    """Return every moment at which the act (or another in its place) can die, by what follows."""
    points = Points()

    def count_points() -> list[str]:
        (act or scene.act)()
        return points.names

    with yard.copy() as database:
        database.close()
        ended = run_alone(url_of(database), count_points, points)
    assert not ended.refused, ended.refused
    names: list[str] = ended.value
    return names


def undisturbed(scene: Scene, yard: Yard) -> Any:
    """Return how the records stand when nothing goes wrong."""
    with yard.copy():
        scene.act()
        scene.finish()
        assert wrongs() == []
        return standing(scene.review)


def survives(scene: Scene, yard: Yard, moments: Iterable[int], act: Act | None = None) -> list[str]:
    """Kill the act at each of these moments and return what is wrong afterwards.

    Takes:   act, a careless one to kill in place of the scene's own.
    Records that a kill left as another one did need no second look: what finishes them does the
    same again.
    """
    expected = undisturbed(scene, yard)
    found: list[str] = []
    seen: set[str] = set()
    for moment in moments:
        with yard.copy() as database:
            database.close()
            ended = run_alone(url_of(database), act or scene.act, Points(moment))
            assert ended.killed, f"{scene.name} has no moment {moment}"
            left = _fingerprint(database)
            if left not in seen:
                seen.add(left)
                found += [f"killed at {moment}: {wrong}" for wrong in _finish(scene, expected)]
    return found


def standing(review: Review) -> dict[str, Any]:
    """Return what has come of all cases, without what differs from run to run."""
    with db.reading() as session:
        cases = list(session.scalars(select(Case).order_by(Case.identifier)))
    found: dict[str, Any] = {}
    for case in cases:
        of = Review(review.board_id, review.worker, review.colleague, review.coordinator, case.id)
        # A clock is looked at when it is due, unless what fired just before has done it already.
        events = [event for event in of.events() if event.kind != "clock_checked"]
        notices = Counter((row.about, row.to_role, str(row.data)) for row in of.notices())
        found[case.identifier] = {
            "case": (case.state, case.outcome, case.tasks_opened),
            "open": of.open_steps(),
            "events": Counter((event.kind, event.subject, event.actor) for event in events),
            "notices": notices,
            "documents": sorted((row.form, row.item_key, row.version) for row in of.rows(Document)),
            "clocks": sorted((c.timescale, c.item_key, c.state, c.due_on) for c in of.rows(Clock)),
            "timers": sorted(
                (t.bpmn_id, t.timescale, t.item_key, str(t.due_at)) for t in of.rows(Timer)
            ),
            "instances": sorted(
                (i.process, i.item_key or "", i.state) for i in of.rows(ProcessInstance)
            ),
        }
    return found


def url_of(database: Database) -> str:
    """Return the address of a database, for another process."""
    return database.url.render_as_string(hide_password=False)


def _finish(scene: Scene, expected: Any) -> list[str]:
    try:
        scene.finish()
    except Exception as error:
        return [f"it cannot be finished: {error!r}"]
    found = wrongs()
    now = standing(scene.review)
    if now != expected:
        found.append(f"it should stand as {expected}, and stands as {now}")
    return found


def _fingerprint(database: Database) -> str:
    digest = sha256()
    with database.connections.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(select(text("*")).select_from(table)).all()
            digest.update(repr(sorted(map(repr, rows))).encode())
        connection.rollback()
    return digest.hexdigest()
