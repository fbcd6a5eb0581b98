"""The databases of one run of the measurements: made when asked for, thrown away at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import db, keys, operations, schema
from engine.settings import Settings
from tests import databases

ROOT = Path(__file__).parents[2]

FIELD_KEY = keys.THROW_AWAY_FIELD_KEY
AUDIT_KEY = "bench:thrown-away"

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass
class House:
    """A folder, and a PostgreSQL that starts when it is first needed.

    `root` holds the definitions and the stories of the demonstration.
    """

    folder: Path
    stack: ExitStack
    root: Path = ROOT
    _server: list[str] = field(default_factory=list)

    def database(self, kind: str) -> db.Database:
        """Return an empty database of its own, in use from now on."""
        made = databases.bare_database(kind, self.folder, self.server)
        schema.upgrade(made)
        self.stack.callback(made.close)
        db.use(made)
        return made

    def server(self) -> str:
        """Return the address of the PostgreSQL of this run."""
        if not self._server:
            self._server.append(self.stack.enter_context(databases.postgresql_server()))
        return self._server[0]


@contextmanager
def open_house(root: Path = ROOT) -> Iterator[House]:
    """Give a house, and clear everything away afterwards."""
    keys.use([FIELD_KEY], [AUDIT_KEY])
    with tempfile.TemporaryDirectory(prefix="adolygu-bench-") as folder, ExitStack() as stack:
        yield House(Path(folder), stack, root)


def settings_for(database: db.Database, folder: Path, **more: Any) -> Settings:
    """Return the settings with which a process of ours works on a database."""
    return Settings(
        database_url=database.url.render_as_string(hide_password=False),
        field_keys=(FIELD_KEY,),
        audit_keys=(AUDIT_KEY,),
        secret_key="measured and thrown away, never served to anybody",
        uploads=folder / "uploads",
        **more,
    )


@contextmanager
def running(settings: Settings, *command: str, until: str) -> Iterator[subprocess.Popen[str]]:
    """Run the `adolygu` command beside us until the block ends.

    Takes:   until, how the line begins by which it says that it is ready.
    """
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "web.command", *command],
        cwd=ROOT,
        env=os.environ | operations.to_environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        if not any(line.startswith(until) for line in iter(process.stdout.readline, "")):
            raise RuntimeError(f"{command} did not start: {process.stderr.read()}")
        yield process
    finally:
        # Not Ctrl-C: a shell that runs us in the background has it ignored, by our children too.
        process.terminate()
        process.wait(30)
        process.stdout.close()
        process.stderr.close()


def processor_seconds(process: subprocess.Popen[str]) -> float:
    """Return how long all threads of a process have run on a processor so far."""
    spent = 0
    for entry in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
        spent += int(entry.read_text().split()[0])
    return spent / 1e9
