"""Keep the throw-away databases of sandboxes: each is made from its steps, and made anew from them
where it is missing.

A file is named after everything that it was made from, and never changes: whoever looks opens a
copy, and another step makes another file. So no two processes can get in each other's way, and to
take a step back is to open the file before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from engine import db, keys, steps, store
from engine.deployments import hash_of
from engine.errors import EngineError
from engine.models import Case, ProcessInstance
from engine.sandboxes import expecting, recording
from engine.scenarios import finding
from engine.scenarios.cast import Cast
from engine.scenarios.expecting import Unexpected
from engine.scenarios.playing import Player
from engine.scenarios.running import prepare
from engine.store import CaseFile
from engine.workflow import Workflow

#: A database that nobody opened for so long is removed, and the oldest ones beyond so many.
KEPT_SECONDS = 4 * 60 * 60
MOST_FILES = 60

#: Who looks at a case of a sandbox where nobody of its people does.
SANDBOX = "sandbox"


class NotPlayed(EngineError):
    """This cannot be done in the trial: {reason}. Open the trial and try another way."""

    status = 422


@dataclass(frozen=True)
class Played:
    """What a sandbox is made from: definitions, a process, when it began, and what was done."""

    files: Mapping[str, bytes]
    process: str
    #: UTC
    began: datetime
    #: each a `[[step]]` of a scenario file
    steps: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """Return what its database is called: a hash of all that it is made from."""
        digest = hashlib.sha256(f"{self._beginning}\0".encode())
        for step in self.steps:
            digest.update(f"{step}\0".encode())
        return digest.hexdigest()

    @cached_property
    def _beginning(self) -> str:
        return f"{hash_of(self.files)} {self.process} {self.began.isoformat()}"

    def before(self, count: int) -> Played:
        """Return the same as it was after so many steps."""
        earlier = replace(self, steps=self.steps[:count])
        # The hash of four megabytes of files is worked out once.
        vars(earlier)["_beginning"] = self._beginning
        return earlier


@dataclass(frozen=True)
class Came:
    """A token that came to an element of a diagram, on a flow unless it began there."""

    process: str
    #: of the case within the sandbox, and of the instance within the case
    case: int
    instance: int
    element: str
    flow: str


@dataclass
class World:
    """A sandbox as it stands, opened: its player, and where the newest step went."""

    player: Player
    came: tuple[Came, ...] = ()
    marks: dict[str, int] = field(default_factory=dict)


class _Place:
    folder: Path | None = None


def use_folder(folder: Path) -> None:
    """Make a folder the one in which databases of sandboxes lie."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _Place.folder = folder


def folder() -> Path:
    """Return where they lie: a folder of this machine that is nobody else's.

    All processes of an installation on one machine find each other's files there. They hold nothing
    but what is invented, and a machine that does not have one makes it again.
    """
    if _Place.folder is None:
        shared = Path(tempfile.gettempdir()) / f"adolygu-sandboxes-{os.getuid()}"
        try:
            use_folder(shared)
        except OSError:
            use_folder(Path(tempfile.mkdtemp(prefix="adolygu-sandboxes-")))
        if shared == _Place.folder and shared.lstat().st_uid != os.getuid():
            use_folder(Path(tempfile.mkdtemp(prefix="adolygu-sandboxes-")))
    assert _Place.folder is not None
    return _Place.folder


@contextmanager
def looking(played: Played) -> Iterator[World]:
    """Open a sandbox as it stands; whatever is done to it meanwhile is thrown away.

    Raises:  InvalidDeployment; NotPlayed, where its steps cannot be done again.
    """
    with _copy(_made(played)) as file, _opened(played, file) as world:
        yield world


def go_on(played: Played, entry: Mapping[str, Any]) -> Played:
    """Do one more step; return the sandbox with it, written down with what came of it.

    Takes:   entry, a step as a scenario file has it.
    Raises:  what the engine refuses the step with; NotPlayed.
    """
    done = replace(played, steps=(*played.steps, recording.write_step(entry)))
    with _copy(_made(played)) as file:
        with _opened(played, file) as world:
            before = expecting.look(world.player.case)
            with _plainly():
                _one_more(world, done, len(played.steps))
            expected = expecting.expected(before, expecting.look(world.player.case))
        _keep(file, world)
        written = recording.write_step({**entry, "expect": expected})
        after = replace(played, steps=(*played.steps, written))
        os.replace(file, _path(after))
    return after


def _made(played: Played) -> Path:
    """Return the file of a sandbox; one that is missing is made from the longest way there is."""
    _tidy()
    path = _path(played)
    if _is_there(path):
        return path
    count = len(played.steps)
    known = next((n for n in range(count, -1, -1) if _is_there(_path(played.before(n)))), None)
    with _copy(None if known is None else _path(played.before(known))) as file:
        if known is None:
            _begin(played, file)
        if count > (known or 0):
            _play(played, file, known or 0)
        os.replace(file, path)
    return path


def _begin(played: Played, file: Path) -> None:
    with _database(file) as database:
        board = prepare(database, played.files, proved=False)
        story = recording.read(played.process, played.began, ())
        player = Player(story, Cast(board), _nothing)
        with _plainly():
            player.begin()
        came, marks = _walked({})
    _keep(file, World(player, came, marks))


def _play(played: Played, file: Path, count: int) -> World:
    """Play the steps of a sandbox behind the first `count` in a database that holds those."""
    with _opened(played.before(count), file) as world:
        for number in range(count, len(played.steps)):
            with _as_played_again(number + 1):
                _one_more(world, played, number)
    _keep(file, world)
    return world


def _one_more(world: World, played: Played, number: int) -> None:
    story = recording.read(played.process, played.began, (played.steps[number],))
    # What came of it then is for whoever plays the file; here it is what comes of it now.
    bare = [replace(one, options={**one.options, "expect": {}}) for one in story.steps]
    story = replace(story, steps=tuple(bare))
    player = world.player.as_in(story, _nothing)
    player.seen_before = world.player.seen_before
    player.go_on()
    world.player = player
    world.came, world.marks = _walked(world.marks)


def _walked(marks: Mapping[str, int]) -> tuple[tuple[Came, ...], dict[str, int]]:
    """Return where tokens have come to since, and how far each instance has come by now."""
    found: list[Came] = []
    now = dict(marks)
    with db.reading() as session:
        for place, case in enumerate(cases(session)):
            file = store.read_case(session, case.id, SANDBOX)
            for instance in instances(session, case.id):
                key = f"{place}.{instance.number}"
                flow = flow_of(file, instance)
                for one in flow.passages(now.get(key, 0)):
                    found.append(
                        Came(instance.process, place, instance.number, one.element, one.flow)
                    )
                    now[key] = one.number
    return tuple(found), now


def cases(session: Session) -> list[Case]:
    """Return the cases of a sandbox in the order in which they were opened, the root's first."""
    # All may be of one moment; the rows of SQLite are numbered as they came.
    return list(session.scalars(select(Case).order_by(literal_column('"case".rowid'))))


def instances(session: Session, case_id: uuid.UUID) -> list[ProcessInstance]:
    """Return the process instances of a case in the order in which they were started."""
    query = select(ProcessInstance).where(ProcessInstance.case_id == case_id)
    return list(session.scalars(query.order_by(ProcessInstance.number)))


def flow_of(file: CaseFile, instance: ProcessInstance) -> Workflow:
    """Return a process instance with its tokens, to look at."""
    world = steps.CaseWorld(file, writes=False)
    return Workflow.load(steps.definition_of(file, instance), instance.workflow_state, world)


@contextmanager
def _opened(played: Played, file: Path) -> Iterator[World]:
    standing = _read(file)
    with _database(file):
        story = recording.read(played.process, played.began, ())
        case_id = uuid.UUID(standing["case"])
        player = Player(story, Cast(finding.board_of(case_id)), _nothing)
        player.case_id, player.root_id = case_id, uuid.UUID(standing["root"])
        player.notices_seen = standing["notices_seen"]
        player.seen_before = {uuid.UUID(one): n for one, n in standing["seen_before"].items()}
        came = tuple(Came(*one) for one in standing["came"])
        yield World(player, came, standing["marks"])


@contextmanager
def _database(file: Path) -> Iterator[db.Database]:
    """Let what is done meanwhile on this thread reach a database of a sandbox, and no other."""
    database = db.Database(f"sqlite:///{file}", throw_away=True)
    try:
        with db.using(database), keys.using_throw_away_keys():
            yield database
    finally:
        database.close()


@contextmanager
def _copy(source: Path | None) -> Iterator[Path]:
    """Return a file of one's own, a copy of another; it is gone afterwards unless it was moved."""
    file = folder() / f"{uuid.uuid4().hex}.part"
    try:
        if source is not None:
            shutil.copyfile(source, file)
        yield file
    finally:
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)


@contextmanager
def _plainly() -> Iterator[None]:
    """Let what the engine refuses be told as it tells it, and what a scenario misses in words."""
    try:
        yield
    except Unexpected as wrong:
        if isinstance(wrong.__cause__, EngineError):
            raise wrong.__cause__ from None
        raise NotPlayed(reason=str(wrong)) from wrong


@contextmanager
def _as_played_again(number: int) -> Iterator[None]:
    """Say which step cannot be done again, and why.

    Raises:  NotPlayed.
    """
    try:
        yield
    except Unexpected as wrong:
        # Each is played as the only step of a story.
        reason = str(wrong).removeprefix("step 1: ").rstrip(".")
        raise NotPlayed(reason=f"step {number}: {reason}") from wrong


def _keep(file: Path, world: World) -> None:
    """Write into a database, beside the tables of the engine, where its player stands."""
    player = world.player
    standing = {
        "case": str(player.case),
        "root": str(player.root_id),
        "notices_seen": player.notices_seen,
        "seen_before": {str(one): count for one, count in player.seen_before.items()},
        "came": [list(vars(one).values()) for one in world.came],
        "marks": world.marks,
    }
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("create table if not exists sandbox_standing (said text)")
        connection.execute("delete from sandbox_standing")
        connection.execute("insert into sandbox_standing values (?)", [json.dumps(standing)])


def _read(file: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(file)) as connection:
        (said,) = connection.execute("select said from sandbox_standing").fetchone()
    found: dict[str, Any] = json.loads(said)
    return found


def _path(played: Played) -> Path:
    return folder() / f"{played.key}.db"


def _is_there(path: Path) -> bool:
    try:
        os.utime(path)
    except OSError:
        return False
    return True


def _tidy() -> None:
    """Remove what nobody opened for hours, and the oldest beyond what there is room for."""
    now, ages = time.time(), []
    for path in folder().iterdir():
        with contextlib.suppress(OSError):
            ages.append((now - path.stat().st_mtime, path))
    for place, (age, path) in enumerate(sorted(ages)):
        if age > KEPT_SECONDS or place >= MOST_FILES:
            path.unlink(missing_ok=True)


def _nothing(_line: str) -> None:
    """Tell nobody the story."""
