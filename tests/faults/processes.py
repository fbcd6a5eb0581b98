"""Real processes beside each other, and one that is killed at a chosen moment.

Processes are forked from the prepared test process, so that a child is at work at once. A child
opens connections of its own, says what came of it through a pipe, and never comes back into pytest.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import event

from engine import db
from engine.db import Database
from engine.errors import EngineError

Act = Callable[[], Any]


@dataclass(frozen=True)
class Ended:
    """How a child process ended: what it returned or refused, or that it was killed."""

    value: Any = None
    refused: str = ""
    broke: str = ""
    killed: bool = False


class Points:
    """The moments at which a process can die, counted: before each statement, round a commit.

    To the database, dying after a statement is dying before the next one; the moment after the
    last of all is counted too.
    """

    def __init__(self, kill_at: int = 0) -> None:
        self.names: list[str] = []
        self.kill_at = kill_at

    def reach(self, name: str) -> None:
        """Count one moment, and die at the chosen one."""
        self.names.append(name)
        if len(self.names) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Count every statement and commit of a database."""

        @event.listens_for(database.connections, "before_cursor_execute")
        def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self.reach(" ".join(statement.split()[:3]))

        dialect = database.connections.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:
            self.reach("COMMIT")
            commit(connection)
            self.reach("committed")

        dialect.do_commit = do_commit  # type: ignore[method-assign,assignment]


def run_together(url: str, *acts: Act, seconds: float = 60) -> list[Ended]:
    """Run acts in a process each, let go at the same moment, and return how each ended."""
    # A moment on the monotonic clock that all reach after they are ready.
    start = time.monotonic() + 0.15
    children = [_Child(url, act, start=start) for act in acts]
    return [child.wait(seconds) for child in children]


def run_alone(url: str, act: Act, points: Points | None = None) -> Ended:
    """Run an act in a process of its own; with points, it may die on the way."""
    return _Child(url, act, points).wait(60)


class _Child:
    def __init__(
        self, url: str, act: Act, points: Points | None = None, *, start: float = 0.0
    ) -> None:
        reads, writes = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            os.close(reads)
            _be_child(url, act, points, start, writes)
        os.close(writes)
        self._reads = reads

    def wait(self, seconds: float) -> Ended:
        with os.fdopen(self._reads, "rb") as pipe:
            said = pipe.read()
        end = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError("a child process did not end")
            time.sleep(0.002)
        if os.WIFSIGNALED(status):
            return Ended(killed=True)
        ended: Ended = pickle.loads(said)  # noqa: S301  (our own child wrote it)
        assert not ended.broke, ended.broke
        return ended


def _be_child(url: str, act: Act, points: Points | None, start: float, writes: int) -> NoReturn:
    try:
        database = Database(url)
        db.use(database)
        if start:
            with db.reading():
                pass
            time.sleep(max(0.0, start - time.monotonic()))
        if points is not None:
            points.watch(database)
        ended = _try(act)
        os.write(writes, pickle.dumps(ended))
    finally:
        os._exit(0)


def _try(act: Act) -> Ended:
    try:
        return Ended(value=act())
    except EngineError as refused:
        return Ended(refused=type(refused).__name__)
    except BaseException:
        return Ended(broke=traceback.format_exc(limit=-6))
