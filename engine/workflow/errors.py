"""What a workflow refuses, besides the refusals that all of the engine shares."""

from __future__ import annotations

from engine.errors import EngineError


class TimerNotWaiting(EngineError):
    """The timer {timer} is not waiting. Open the case to see whether it fired, or was withdrawn."""

    status = 409


class PartNotWaiting(EngineError):
    """The part {part} is not waiting. Open the case to see whether it ended, or was withdrawn."""

    status = 409


class NoFlowApplies(EngineError):
    """None of the ways out of {gateway} applies. Give its diagram a default flow."""

    status = 409


class TooManySteps(EngineError):
    """The process took {steps} steps without waiting, last at {element}. Change its diagram."""

    status = 422


class TooDeep(EngineError):
    """The process has gone through {depth} steps in a row, its limit. Ask an administrator."""

    status = 409


class StateDoesNotFit(EngineError):
    """The saved state is of another version of its process: {reason}. Tell an administrator."""

    status = 409
