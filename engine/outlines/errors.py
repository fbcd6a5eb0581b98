"""What an edit of an outline refuses, and what to do instead."""

from __future__ import annotations

from engine.errors import EngineError


class InvalidEdit(EngineError):
    """This change cannot be made to the process. Go back to its outline and choose another one."""

    status = 422


class StepNotThere(InvalidEdit):
    """The process no longer has this step. Somebody may have removed it; look at the outline."""

    status = 404


class StartStays(InvalidEdit):
    """The beginning of a process stays where it is. Change, move or remove the steps after it."""


class EndStays(InvalidEdit):
    """An end cannot be moved or removed alone. Choose the way that leads to it, and remove that."""


class GatewayStays(InvalidEdit):
    """Where ways part or meet cannot be moved or removed. Choose ways to remove until one is
    left."""


class EventMovesWithStep(InvalidEdit):
    """What hangs on a step moves with it. Choose that step, or remove this one and add it there."""


class AloneOnWay(InvalidEdit):
    """Without this step its way would be empty, and one like it is there. Choose to remove the
    way."""


class RaceKeepsWaits(InvalidEdit):
    """Here whatever happens first decides. Put something to wait for at the start of each way."""


class PlaceInside(InvalidEdit):
    """A step cannot be moved into itself. Choose another place."""


class TooManyTimers(InvalidEdit):
    """Four timers or conditions already hang on this step. Change or remove one of them first."""


class CannotCarryTimer(InvalidEdit):
    """A timer can hang on a task, a part or a frame only. Put a wait into the flow instead."""


class NotAChoice(InvalidEdit):
    """Ways can be added and removed only where they part. Choose to split the flow here first."""


class LastWay(InvalidEdit):
    """All that follows would go with this way, and no end would be left. Choose another way."""


class WayMeetsItself(InvalidEdit):
    """A way cannot go to a step from which it never comes. Choose a step of the same process."""


class DefaultNeedsCondition(InvalidEdit):
    """“{way}” would have no condition then. Change that way first: untick it and write its
    condition."""


class NotReadable(InvalidEdit):
    """After this change the process could not be run: {reason}. What to do: {remedy}."""


class ToldWrong(InvalidEdit):
    """There is a problem with what you entered. Put it right and send it again."""

    def __init__(self, word: str = "", **details: object) -> None:
        """Take at which word of the page it is wrong; `together` are all that were found."""
        self.word = word
        self.together: tuple[ToldWrong, ...] = (self,)
        super().__init__(**details)


class NameMissing(ToldWrong):
    """Enter a name in English."""


class NameTooLong(ToldWrong):
    """Give it a name of at most {most} characters."""


class RequirementWrong(ToldWrong):
    """“{text}” is no number of a requirement. Give it as the catalogue does, such as CON-12."""


class ChoiceUnknown(ToldWrong):
    """There is no “{text}” in this draft. Choose one of the list."""


class MomentMissing(ToldWrong):
    """Say what it waits for: a timescale, a moment, or a condition."""


class WaitsForTwo(ToldWrong):
    """It can wait for a moment or for a condition, not for both. Choose one of them."""


class CalledMissing(ToldWrong):
    """Choose the part that is called."""


class DecisionMissing(ToldWrong):
    """Choose the decision table that is asked."""


class ExpressionMissing(ToldWrong):
    """Say under which condition this way is taken, or let it be the way for all else."""


class DefaultHasCondition(ToldWrong):
    """The way for all other answers has no condition. Make another way that one, or empty this."""


class ExpressionWrong(ToldWrong):
    """This cannot be used: {reason}. What to do: {remedy}."""


class FileNameWrong(ToldWrong):
    """Give the file a name of small letters, digits and underscores, such as local_check."""


class ProcessExists(ToldWrong):
    """There is a process called {process} already. Choose another name for the file."""
