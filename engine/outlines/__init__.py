"""The outline of a process, and edits of it: a BPMN file in, a BPMN file out."""

from engine.outlines.beginning import new_process
from engine.outlines.errors import (
    AloneOnWay,
    CannotCarryTimer,
    EndStays,
    EventMovesWithStep,
    GatewayStays,
    InvalidEdit,
    LastWay,
    NotAChoice,
    NotReadable,
    PlaceInside,
    ProcessExists,
    RaceKeepsWaits,
    StartStays,
    StepNotThere,
    TooManyTimers,
    WayMeetsItself,
)
from engine.outlines.finishing import Edited
from engine.outlines.properties import PROPERTIES, of_element
from engine.outlines.reading import OutlineEntry, Way, entries, has_name
from engine.outlines.reminders import add_reminder
from engine.outlines.sheet import Sheet
from engine.outlines.steps import (
    ADDABLE,
    add_step,
    change_step,
    goes_with,
    may_move,
    move_step,
    remove_step,
)
from engine.outlines.ways import (
    END,
    ON,
    NewWay,
    add_way,
    change_way,
    only_on,
    remove_way,
    split,
)
