"""Two years of several Boards: 200 cases, each a story of its own, played side by side.

Nothing is written into the tables: every case is opened, worked on, neglected or withdrawn by the
people of its Board through the scenario player, and every timer fires at its own moment while time
passes for all of them. `python -m tests.simulated FOLDER` makes a folder that
`adolygu serve --demonstration --folder FOLDER` takes.
"""

from __future__ import annotations

import heapq
import logging
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import engine
from engine import db, demonstration, people, time_source
from engine.scenarios import Scenario, Step, read_scenarios
from engine.scenarios.cast import Cast
from engine.scenarios.playing import NothingToDo, Player
from engine.scenarios.reading import instant
from web import command

logger = logging.getLogger(__name__)

STORIES = Path(__file__).parent / "two_years"
SPAN = timedelta(days=730)

#: How many cases there are of each story; together 200.
HOW_MANY = {
    "consultation": 64,
    "consultation_withdrawn": 10,
    "forum": 40,
    "event": 26,
    "event_silent": 4,
    "programme": 4,
    "no_review": 24,
    "to_a_forum": 10,
    "concise": 12,
    "extended": 6,
}
#: A third Board, beside the two of the demonstration; its people are hired as they are needed.
THIRD = ("glanarfon", "Glanarfon Safeguarding Children Board", "Bwrdd Diogelu Plant Glanarfon")
#: Of five cases in a row, whose they are, and how many times as long as its story each takes.
BOARDS = ("cwmafon", "cwmafon", "brynteg", "cwmafon", "glanarfon")
PACES = (1.0, 1.2, 1.0, 1.7, 1.0, 2.4, 1.3)
#: Every so many cases one is forgotten half way.
FORGOTTEN = 9


@dataclass(frozen=True)
class Life:
    """What becomes of one case: its Board, when it is opened, and its steps with their moments."""

    board: str
    opens_at: datetime
    story: Scenario
    steps: tuple[Step, ...]


def lives(until: datetime, cases: int = sum(HOW_MANY.values())) -> list[Life]:
    """Return what becomes of each case, those of each story spread evenly over the two years."""
    stories = {Path(story.file).stem: story for story in read_scenarios([STORIES])}
    # Each story's cases lie evenly between the others', so that no month has only one kind.
    order = sorted(
        ((number + 0.5) / many, name) for name, many in HOW_MANY.items() for number in range(many)
    )[-cases:]
    first = until - SPAN
    return [
        _life(stories[name], number, first + number * (SPAN / len(order)))
        for number, (_, name) in enumerate(order)
    ]


def _life(story: Scenario, number: int, opens_at: datetime) -> Life:
    pace = PACES[number % len(PACES)]
    steps: list[Step] = []
    moment = opens_at
    for step in story.steps:
        if step.at is not None:
            moment = opens_at + (step.at - story.now) * pace
        steps.append(replace(step, options={**step.options, "at": moment}))
    if number % FORGOTTEN == FORGOTTEN - 1:
        steps = steps[: (len(steps) + 1) // 2]
    return Life(BOARDS[number % len(BOARDS)], opens_at, story, tuple(steps))


def play(planned: list[Life], boards: dict[str, Cast], until: datetime) -> None:
    """Play all of them up to a moment, in the order of their moments; time goes on for all.

    Where a case only waits, nobody waits for it: its next step is tried again a week later.
    """
    playing = [_Playing(life, boards[life.board], number) for number, life in enumerate(planned)]
    heapq.heapify(playing)
    while playing and playing[0].moment <= until:
        one = playing[0]
        demonstration.let_pass(max(one.moment, demonstration.demonstration_time()))
        if one.goes_on():
            heapq.heapreplace(playing, one)
        else:
            heapq.heappop(playing)
    demonstration.let_pass(until)


class _Playing:
    """A case of which so many steps are played, ordered by when it goes on."""

    def __init__(self, life: Life, cast: Cast, number: int) -> None:
        """Take what becomes of it, the people of its Board, and its place among the others."""
        self.life, self.number, self.place = life, number, 0
        self.moment = life.opens_at
        self.player = Player(replace(life.story, steps=()), cast, logger.debug)

    def __lt__(self, other: _Playing) -> bool:
        """Say whether this case goes on before another one."""
        return (self.moment, self.number) < (other.moment, other.number)

    def goes_on(self) -> bool:
        """Open the case or play its next step, and say whether there are more."""
        now = demonstration.demonstration_time()
        if self.player.case_id is None:
            self.player.scenario = replace(self.player.scenario, now=now)
            self.player.begin()
        elif not self._play(self.life.steps[self.place], now):
            self.moment = now + timedelta(days=7)
            return True
        else:
            self.place += 1
        if self.place == len(self.life.steps):
            return False
        self.moment = instant(self.life.steps[self.place].get("at"))
        return True

    def _play(self, step: Step, now: datetime) -> bool:
        """Play one step; say whether it could be."""
        options = {key: value for key, value in step.options.items() if key != "at"}
        if step.verb == "until":
            options["by"] = now
        step = replace(step, options=options)
        try:
            self.player.as_in(
                replace(self.life.story, now=now, steps=(step,)), logger.debug
            ).go_on()
        except NothingToDo:
            return False
        return True


def make(folder: Path, cases: int = 200) -> None:
    """Make a demonstration's folder with the cases of two years in it, up to now."""
    engine.connect(command.demonstration_settings(folder))
    with db.transaction() as session:
        until = time_source.real(session)
        time_source.freeze(session, until - SPAN)
    boards = demonstration.found_boards(command.ROOT)
    with db.transaction() as session:
        boards[THIRD[0]] = people.create_board(session, *THIRD).id
    planned = lives(until, cases)
    play(planned, {key: Cast(board_id) for key, board_id in boards.items()}, until)
    with db.transaction() as session:
        time_source.thaw(session)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
