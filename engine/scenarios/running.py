"""Play scenarios one after another, each in a throw-away database."""

from __future__ import annotations

import tempfile
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

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


def play_all(
    scenarios: Iterable[Scenario],
    files: Mapping[str, bytes],
    *,
    database_url: str = "",
    tell: Callable[[str], None] = lambda line: None,
    after: Callable[[uuid.UUID], None] = lambda case_id: None,
) -> Iterable[Outcome]:
    """Play each scenario in a database of its own and yield how it came out.

    Takes:   files, the definitions to play; database_url, a database that may be emptied, else a
             SQLite file in a temporary folder; tell, for the story; after, called with the case.
    """
    with tempfile.TemporaryDirectory(prefix="adolygu-scenario-") as folder:
        for number, scenario in enumerate(scenarios):
            url = database_url or f"sqlite:///{Path(folder) / f'{number}.db'}"
            database = db.Database(url, throw_away=True)
            try:
                board_id = prepare(database, files)
                tell(scenario.title)
                player = Player(scenario, Cast(board_id), tell)
                wrong = _play(player)
                if not wrong and player.case_id is not None:
                    after(player.case_id)
            finally:
                database.close()
            yield Outcome(scenario, wrong)


def prepare(database: db.Database, files: Mapping[str, bytes]) -> uuid.UUID:
    """Empty a database, deploy the definitions in it, and return its one Board."""
    Base.metadata.create_all(database.connections)
    db.use(database)
    with db.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        deployments.deploy(session, files, actor="SYSTEM")
        board = people.create_board(session, "demo", "Scenario Board", "Bwrdd Senarios")
        return board.id


def _play(player: Player) -> str:
    try:
        player.play()
    except Unexpected as wrong:
        return str(wrong)
    except EngineError as error:
        return error.message
    except Exception:
        return f"the engine broke: {traceback.format_exc(limit=-4)}"
    return ""
