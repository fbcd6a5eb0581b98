"""Move open cases to another deployment of their Board, and back.

By what an element is called elsewhere (`matching.py`), what was answered (`answers.py`), what is
known (`knowing.py`); the move itself, refused or proved (`moving.py`), what it did (`comparing.py`)
as things to say (`told.py`); what people see of it (`views.py`) and may do (`pages.py`).
"""

from engine.case_migration.matching import StepsDoNotMatch
from engine.case_migration.moving import NotProved
from engine.case_migration.pages import (
    AT_ONCE,
    NothingToTakeBack,
    boards_behind,
    look_at_moves,
    move_cases,
    moving_page,
    take_move_back,
    taking_back_page,
)
from engine.case_migration.told import MayNotMove, Outlook, Told
from engine.case_migration.views import (
    Moved,
    MovedLine,
    MovingCount,
    MovingLine,
    MovingPage,
    NotMoved,
    PinnedVersion,
    UnmatchedStep,
)

__all__ = [
    "AT_ONCE",
    "MayNotMove",
    "Moved",
    "MovedLine",
    "MovingCount",
    "MovingLine",
    "MovingPage",
    "NotMoved",
    "NotProved",
    "NothingToTakeBack",
    "Outlook",
    "PinnedVersion",
    "StepsDoNotMatch",
    "Told",
    "UnmatchedStep",
    "boards_behind",
    "look_at_moves",
    "move_cases",
    "moving_page",
    "take_move_back",
    "taking_back_page",
]
