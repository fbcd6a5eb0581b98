"""Set up a demonstration: a Board, people for every role, cases at different stages, moving time.

Everything here needs a database of its own whose clock may be moved; nobody in it is real.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import accounts, db, deployments, people, scenarios, time_source, timers
from engine.errors import NotFound
from engine.models import Account, Board, Case, Timer
from engine.people import Actor
from engine.scenarios.cast import Cast
from engine.scenarios.playing import Player
from engine.texts import Text, day_in_words

logger = logging.getLogger(__name__)

MAX_FIRED = 10_000

#: How many days ago each of the demonstration's cases was opened, by the name of its story.
DAYS_AGO = {
    "1_evaluated": 100,
    "2_session_held": 40,
    "3_being_planned": 24,
    "4_pack_being_written": 10,
    "5_advice_asked_for": 2,
    "6_recommended": 4,
    "7_in_review": 70,
    "8_timelines_being_written": 20,
    "9_at_its_learning_event": 12,
    "10_plan_carried_out": 7,
    "11_programme_of_the_year": 60,
    "12_forum_held": 9,
    "13_event_being_prepared": 30,
    "14_published": 90,
}


@dataclass(frozen=True)
class FallenDue:
    """What fell due while the time was moved on."""

    at: datetime
    text: Text


@dataclass(frozen=True)
class _Character:
    name: str
    designation: str
    agency: str
    roles: tuple[str, ...]
    language: str = "en"
    board: str = "cwmafon"


#: The Board whose cases are under way, and a neighbour to hand one to.
BOARDS = (
    ("cwmafon", "Cwmafon Safeguarding Children Board", "Bwrdd Diogelu Plant Cwmafon"),
    ("brynteg", "Brynteg Safeguarding Children Board", "Bwrdd Diogelu Plant Brynteg"),
)

#: Nobody here is real. The roles are held on the Board, so that any of them may be appointed.
CHARACTERS = (
    _Character("Carys Morgan", "Social worker", "social_services",
               ("worker", "referrer", "presenter")),
    _Character("Dewi Price", "Health visitor", "local_health_board", ("worker", "referrer"), "cy"),
    _Character("Eleri Watkins", "Team manager", "social_services",
               ("line_manager", "receiving_manager")),
    _Character("Ffion Hughes", "Board co-ordinator", "social_services", ("coordinator",), "cy"),
    _Character("Gareth Evans", "Steering group member", "education", ("steering_group",)),
    _Character("Hannah Lloyd", "Steering group member", "police", ("steering_group",)),
    _Character("Ieuan Roberts", "Educational psychologist", "education",
               ("facilitator", "forum_facilitator", "case_review_group")),
    _Character("Jasmine Bowen", "Named nurse", "local_health_board",
               ("facilitator", "forum_facilitator", "case_review_group")),
    _Character("Kyffin Davies", "Practice lead", "probation", ("observer", "action_owner")),
    _Character("Lowri Jenkins", "Teacher", "education", ("participant",), "cy"),
    _Character("Marc Thomas", "Police sergeant", "police", ("participant",)),
    _Character("Nia Griffiths", "Sub-Group chair", "police", ("sub_group", "sub_group_chair")),
    _Character("Owain Rees", "Chair of the Board", "", ("chair", "board")),
    _Character("Priya Shah", "Forum owner", "public_health_wales", ("forum_owner", "training")),
    _Character("Rhys Vaughan", "System administrator", "", ("administrator",)),
    _Character("Sioned Parry", "Solicitor to the Board", "", ("legal_adviser",), "cy"),
    _Character("Tomos Llewelyn", "Head of safeguarding", "education", ("panel_chair",)),
    _Character("Una Fletcher", "Independent reviewer", "", ("reviewer", "reviewer_external")),
    _Character("Vikram Nair", "Named doctor", "local_health_board", ("panel_member", "sub_group")),
    _Character("Wyn Ellis", "Detective inspector", "police", ("panel_member",), "cy"),
    _Character("Yasmin Cole", "Government official", "", ("welsh_government",)),
    _Character("Aled Bevan", "Detective sergeant", "police", ("agency_author",)),
    _Character("Bethan Hopkins", "Principal social worker", "social_services",
               ("agency_author",), "cy"),
    _Character("Catrin Sayer", "Designer of forms and papers", "", ("designer",), "cy"),
    _Character("Delyth Ames", "Administrator of the Panel", "social_services", ("note_taker",)),
    _Character("Gwenno Pugh", "Health visitor", "local_health_board", ("first_approach",), "cy"),
    _Character("Idris Kemp", "Co-ordinator of the Board in Brynteg", "", ("other_board",)),
    _Character("Meinir Rowlands", "Head of inclusion", "education", ("reviewer_local",), "cy"),
    _Character("Morfydd Bell", "Regional lead", "", ("regional_group",)),
    _Character("Ruth Calloway", "Inspector", "", ("inspectorates",)),
    _Character("Zara Whitlock", "Quality assurance lead", "police", ("quality_assurance",)),
    _Character("Alys Prydderch", "Board co-ordinator", "social_services", ("coordinator",),
               "cy", "brynteg"),
    _Character("Bedwyr Huws", "Sub-Group chair", "local_health_board",
               ("sub_group", "sub_group_chair"), "en", "brynteg"),
    _Character("Cerys Maddox", "Chair of the Board", "", ("chair", "board"), "en", "brynteg"),
)  # fmt: skip


def set_up(root: Path, tell: Callable[[str], None]) -> None:
    """Fill an empty database with two Boards, their people, the definitions, and cases under way.

    Takes:   root, the folder that holds `processes/`, `forms/` and `tests/scenarios/`; tell, for
             progress.
    """
    with db.reading() as session:
        if session.scalar(select(Board.id).limit(1)) is not None:
            return
        real = time_source.read(session)
    board_id = found_boards(root)[CHARACTERS[0].board]
    stories = scenarios.read_scenarios([root / "tests" / "scenarios" / "demonstration"])
    for story in sorted(stories, key=_days_ago, reverse=True):
        started = real - timedelta(days=_days_ago(story))
        tell(f"Making a case: {story.title}")
        let_pass(started)
        Player(replace(story, now=started), Cast(board_id), logger.debug).play()
    let_pass(real)
    with db.transaction() as session:
        time_source.thaw(session)


def found_boards(root: Path) -> dict[str, uuid.UUID]:
    """Deploy the definitions in an empty database, and make the Boards and their people.

    Takes:   root, the folder that holds `processes/` and `forms/`.
    Returns: the ids of the Boards by their keys.
    """
    with db.transaction() as session:
        deployments.deploy(session, deployments.read_folders(root), actor="SYSTEM")
        boards = {
            key: people.create_board(session, key, name_en, name_cy).id
            for key, name_en, name_cy in BOARDS
        }
        for character in CHARACTERS:
            email = f"{character.name.lower().replace(' ', '.')}@{character.board}.example"
            account = accounts.create_account(
                session,
                email,
                character.name,
                designation=character.designation,
                agency=character.agency,
                language=character.language,
                demonstration=True,
            )
            for role in character.roles:
                board_id = boards[character.board]
                people.appoint_to_board(session, board_id, role, account.id, "SYSTEM")
        return boards


def _days_ago(story: scenarios.Scenario) -> int:
    return DAYS_AGO[Path(story.file).stem]


def demonstration_time() -> datetime:
    """Return the moment that the demonstration shows."""
    with db.reading() as session:
        return time_source.now(session)


def let_pass(moment: datetime) -> None:
    """Let frozen time pass, with what falls due on the way; before the first case, nothing does."""
    list(_fire_until(moment, _freeze))


def move_time(days: int, actor: Actor) -> list[FallenDue]:
    """Move the demonstration's time on by days; what falls due on the way fires at its moment.

    Raises:  NotFound, for anybody but a demonstration's people.
    """
    with db.reading() as session:
        account = session.get(Account, actor.account_id)
        if account is None or not account.demonstration:
            raise NotFound
        target = time_source.now(session) + timedelta(days=days)
    return list(_fire_until(target, _move_to))


def _fire_until(target: datetime, set_clock: Callable[[datetime], None]) -> Iterator[FallenDue]:
    for _ in range(MAX_FIRED):
        with db.reading() as session:
            found = session.execute(
                select(Timer.due_at, Timer.timescale, Timer.bpmn_id, Case)
                .join(Case, Case.id == Timer.case_id)
                .where(Timer.due_at.is_not(None), Timer.due_at <= target, Timer.attempts == 0)
                .order_by(Timer.due_at, Timer.id)
                .limit(1)
            ).first()
            text = _say(session, found) if found else None
        if found is None or text is None:
            break
        set_clock(found.due_at)
        timers.fire_due_timers()
        yield FallenDue(found.due_at, text)
    set_clock(target)


def _say(session: Session, found: Any) -> Text:
    definitions = deployments.load(session, found.Case.deployment_id)
    timescale = definitions.timescales.get(found.timescale)
    name = timescale.name if timescale else Text(found.bpmn_id, found.bpmn_id)
    day = day_in_words(time_source.local_day(found.due_at))
    return Text(
        en=f"{day.en}: {found.Case.identifier}: {name.en}",
        cy=f"{day.cy}: {found.Case.identifier}: {name.cy}",
    )


def _freeze(moment: datetime) -> None:
    with db.transaction() as session:
        time_source.freeze(session, moment)


def _move_to(moment: datetime) -> None:
    with db.transaction() as session:
        by = moment - time_source.now(session)
        if by > timedelta(0):
            time_source.move(session, by + timedelta(seconds=1))
