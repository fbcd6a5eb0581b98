"""Play scenarios one after another, each in a throw-away database."""

from __future__ import annotations

import shutil
import tempfile
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from engine import db, deployments, people
from engine.errors import EngineError
from engine.models import Base
from engine.scenarios.cast import Cast
from engine.scenarios.expecting import Unexpected
from engine.scenarios.playing import Player
from engine.scenarios.reading import Scenario


@dataclass(frozen=True)
class Outcome:
    """How a scenario came out; `wrong` is empty when it came out as it says."""

    scenario: Scenario
    wrong: str

    @property
    def line(self) -> str:
        """Return the line that is printed for it."""
        if self.wrong:
            return f"FAIL {self.scenario.title}: {self.wrong}"
        return f"ok {self.scenario.title}"


@dataclass(frozen=True)
class _Begun:
    """The steps that several scenarios start with, played: the database and what was going on."""

    key: tuple[Any, ...]
    file: Path
    player: Player


class House:
    """Where scenarios are played: a folder of throw-away databases, or one that may be emptied."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        folder: Path,
        database_url: str = "",
        *,
        proved: bool = True,
    ) -> None:
        """Take the definitions to play, and where databases may be made.

        Takes:   proved, false for definitions that are only tried.
        """
        self.files, self.folder, self.database_url = files, folder, database_url
        self.proved = proved
        self._begun: _Begun | None = None

    def play(
        self,
        scenario: Scenario,
        *,
        tell: Callable[[str], None] = lambda line: None,
        after: Callable[[uuid.UUID], None] = lambda case_id: None,
    ) -> Outcome:
        """Play a scenario in a database of its own and say how it came out.

        What several scenarios of a file begin with is played once, and copied for each.
        """
        tell(scenario.title)
        file = self.folder / f"{uuid.uuid4().hex}.db"
        begun = self._begun if self._begun and self._begun.key == _key(scenario) else None
        if begun is not None:
            shutil.copy(begun.file, file)
        try:
            with self._opened(file) as database:
                player = (
                    begun.player.as_in(scenario, tell)
                    if begun
                    else Player(
                        scenario, Cast(prepare(database, self.files, proved=self.proved)), tell
                    )
                )
                wrong = _say(player.begin) if begun is None else _say(player.know_names)
            if not wrong and begun is None and scenario.shared and not self.database_url:
                self._keep(scenario, file, player)
            with self._opened(file):
                wrong = wrong or _say(player.go_on)
                if not wrong and player.case_id is not None:
                    after(player.case)
        finally:
            file.unlink(missing_ok=True)
        return Outcome(scenario, wrong)

    @contextmanager
    def _opened(self, file: Path) -> Iterator[db.Database]:
        """Open a database of the house, in place of the records and of no others' there."""
        database = self._database(file)
        try:
            with db.using(database):
                yield database
        finally:
            database.close()

    def _database(self, file: Path) -> db.Database:
        return db.Database(self.database_url or f"sqlite:///{file}", throw_away=True)

    def _keep(self, scenario: Scenario, file: Path, player: Player) -> None:
        kept = self.folder / "begun.db"
        shutil.copy(file, kept)
        self._begun = _Begun(_key(scenario), kept, player.as_in(scenario, player.tell))


def play_all(
    scenarios: Iterable[Scenario],
    files: Mapping[str, bytes],
    *,
    database_url: str = "",
    tell: Callable[[str], None] = lambda line: None,
    after: Callable[[uuid.UUID], None] = lambda case_id: None,
) -> Iterator[Outcome]:
    """Play each scenario in a database of its own and yield how it came out.

    Takes:   files, the definitions to play; database_url, a database that may be emptied, else a
             SQLite file in a temporary folder; tell, for the story; after, called with the case.
    """
    with tempfile.TemporaryDirectory(prefix="adolygu-scenario-") as folder:
        house = House(files, Path(folder), database_url)
        for scenario in scenarios:
            yield house.play(scenario, tell=tell, after=after)


def prepare(database: db.Database, files: Mapping[str, bytes], *, proved: bool = True) -> uuid.UUID:
    """Empty a database, deploy the definitions in it, and return the Board that scenarios play on.

    A second Board, `north`, is there for cases that concern two of them.
    Takes:   proved, false for definitions that are only tried: nothing proves them first.
    """
    with db.saying_plainly():
        Base.metadata.create_all(database.connections)
    with db.using(database), db.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        if proved:
            deployments.deploy(session, files, actor="SYSTEM")
        else:
            deployments.deploy_to_try(session, files)
        board = people.create_board(session, "demo", "Scenario Board", "Bwrdd Senarios")
        people.create_board(session, "north", "Northern Board", "Bwrdd y Gogledd")
        return board.id


def _key(scenario: Scenario) -> tuple[Any, ...]:
    """Return what two scenarios must share to share the database that their beginning leaves."""
    given = repr(dict(scenario.given))
    return (scenario.file, scenario.process, scenario.now, given, scenario.shared)


def _say(play: Callable[[], None]) -> str:
    """Play, and say what went wrong; nothing where all went well."""
    try:
        play()
    except Unexpected as wrong:
        return str(wrong)
    except EngineError as error:
        return error.message
    except Exception:
        return f"the engine broke: {traceback.format_exc(limit=-4)}"
    return ""
