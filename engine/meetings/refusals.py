"""Say what is wrong with a meeting, all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import EngineError

MAX_PLACE = 200
MAX_TITLE = 200
MAX_TEXT = 4_000
MAX_QUORUM = 99


class MeetingRefused(EngineError):
    """The meeting cannot be kept as it is. Put right what is marked, then send it again."""

    status = 422
    #: All that is wrong with what was sent, so that it is put right at once.
    together: tuple[MeetingRefused, ...] = ()


class MeetingBodyMissing(MeetingRefused):
    """Choose who meets."""


class MeetingCaseWrong(MeetingRefused):
    """Enter the identifier of an open case that you co-ordinate. Only a Panel meets about one case."""  # noqa: E501


class MeetingDayWrong(MeetingRefused):
    """Enter the day of the meeting, from a year ago to two years ahead."""


class MeetingTimeWrong(MeetingRefused):
    """Enter the time at which it begins, like 14:00."""


class MeetingPlaceMissing(MeetingRefused):
    """Enter where it is held, in at most {most} characters. It may be online."""


class QuorumWrong(MeetingRefused):
    """Enter a whole number from 0 to {most}, or leave it empty."""


class MeetingItemTitleMissing(MeetingRefused):
    """Enter what the item is about, in at most {most} characters."""


class MeetingItemCaseWrong(MeetingRefused):
    """Enter the identifier of a case of this Board that you may open, or leave it empty."""


class NobodyToTell(MeetingRefused):
    """Everybody in this body who can sign in has been told already, or nobody sits in it. Appoint its members first."""  # noqa: E501

    status = 409


class MeetingReasonMissing(MeetingRefused):
    """Say why. The reason is kept with the meeting."""


class MeetingNotYet(MeetingRefused):
    """The day of this meeting has not come. Record it from that day on, or change the day."""

    status = 409


class MeetingOver(MeetingRefused):
    """This meeting was held or cancelled already. Open it again to see what is recorded."""

    status = 409


class MeetingChanged(MeetingRefused):
    """Somebody changed this meeting after you opened it. Look at what they recorded, then change what is still to be changed."""  # noqa: E501

    status = 409


class NobodyPresent(MeetingRefused):
    """Tick who was there."""


class QuorumNotMet(MeetingRefused):
    """{there} were there and {needed} are needed to decide. Record the meeting without decisions, or change the meeting first where fewer may decide."""  # noqa: E501


class DecisionMissing(MeetingRefused):
    """Enter what was decided, in at most {most} characters, and whether by all or by majority."""


class VotesWrong(MeetingRefused):
    """Check the votes. Unanimous means that nobody voted against; a majority is more for than against; nobody votes who was not there."""  # noqa: E501


class SenderMissing(MeetingRefused):
    """Choose who sends the decision. It has to be somebody who may do the task."""


class MeetingTextTooLong(MeetingRefused):
    """This is longer than {most} characters. Make it shorter."""


class Problems:
    """What is wrong with one form, gathered so that all of it is told at once."""

    def __init__(self) -> None:
        self.found: list[MeetingRefused] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep a refusal in here, and go on after it."""
        try:
            yield
        except MeetingRefused as refused:
            self.found.append(refused)

    def tell(self) -> None:
        """Refuse with the first of what was found, which knows all of it."""
        if self.found:
            self.found[0].together = tuple(self.found)
            raise self.found[0]


def whole_number(typed: str) -> int | None:
    """Return a whole number of at most four digits, 0 where nothing was typed, else None."""
    said = typed.strip() or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else None


def checked_reason(typed: str) -> str:
    reason = typed.strip()
    if not reason:
        raise MeetingReasonMissing
    if len(reason) > MAX_TEXT:
        raise MeetingTextTooLong(most=MAX_TEXT)
    return reason
