"""SpiffWorkflow behind its wall: parse, start, complete, fire, follow, save and replay.

Pure: no database, no clock, no Flask. Nothing outside this package imports SpiffWorkflow.
"""

from engine.workflow.definition import (
    Element,
    ExpressionUse,
    Flow,
    FormUse,
    Lane,
    ProcessDefinition,
    Words,
)
from engine.workflow.environment import UNKNOWN
from engine.workflow.errors import (
    NoFlowApplies,
    PartNotWaiting,
    StateDoesNotFit,
    TimerNotWaiting,
    TooDeep,
    TooManySteps,
)
from engine.workflow.log import LogEntry
from engine.workflow.moving import Carried, Obstacle, Renaming, carry
from engine.workflow.outcome import (
    ArmedTimer,
    Closed,
    Effect,
    OpenTask,
    PartStarted,
    StepOutcome,
    TaskKey,
)
from engine.workflow.parser import parse_process
from engine.workflow.passing import Passage
from engine.workflow.replay import Replayed, move, replay
from engine.workflow.run import Workflow
from engine.workflow.world import World

__all__ = [
    "UNKNOWN",
    "ArmedTimer",
    "Carried",
    "Closed",
    "Effect",
    "Element",
    "ExpressionUse",
    "Flow",
    "FormUse",
    "Lane",
    "LogEntry",
    "NoFlowApplies",
    "Obstacle",
    "OpenTask",
    "PartNotWaiting",
    "PartStarted",
    "Passage",
    "ProcessDefinition",
    "Renaming",
    "Replayed",
    "StateDoesNotFit",
    "StepOutcome",
    "TaskKey",
    "TimerNotWaiting",
    "TooDeep",
    "TooManySteps",
    "Words",
    "Workflow",
    "World",
    "carry",
    "move",
    "parse_process",
    "replay",
]
