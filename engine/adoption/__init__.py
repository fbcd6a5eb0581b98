"""Take in a matter that is under way: put on record what was done, and let it go on from there."""

from engine.adoption.recording import (
    CannotHaveBeenDone,
    CannotStandThere,
    DayAhead,
    DayNeeded,
    IsOverBefore,
    PastStep,
    Recorded,
    come_to_now,
    is_named,
    open_past,
    record,
    root_of,
    walk,
)

__all__ = [
    "CannotHaveBeenDone",
    "CannotStandThere",
    "DayAhead",
    "DayNeeded",
    "IsOverBefore",
    "PastStep",
    "Recorded",
    "come_to_now",
    "is_named",
    "open_past",
    "record",
    "root_of",
    "walk",
]
