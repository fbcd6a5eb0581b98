"""What is chosen during one step: recorded as it happens, reused on replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.workflow.outcome import TaskKey
    from engine.workflow.task import Token


class Choices:
    """The choices of one step; with `recorded`, those of the entry that is replayed.

    On replay a choice that was recorded is taken from the record. Where there is none, because an
    earlier input was left out and the process now goes another way, it is made anew.
    """

    def __init__(self, recorded: Sequence[list[Any]] | None = None) -> None:
        """Take the record of the entry to replay, None for a step that happens now."""
        self.replaying = recorded is not None
        self.pending = [list(choice) for choice in recorded or ()]
        self.made: list[list[Any]] = []
        self.asked: dict[str, list[str]] = {}

    def record(self, choice: list[Any]) -> None:
        """Add a choice to the record of this step."""
        self.made.append(choice)

    def take(self, *start: Any) -> list[Any] | None:
        """Return the first recorded choice that begins so, once."""
        for position, choice in enumerate(self.pending):
            if tuple(choice[: len(start)]) == start:
                return self.pending.pop(position)
        return None

    def chosen(self, gateway: str) -> list[str]:
        """Return the flows that the gateway chose last in this step."""
        for choice in reversed(self.made):
            if choice[:2] == ["flow", gateway]:
                return list(choice[2])
        return []

    def next_event(self, waiting: Mapping[TaskKey, Token]) -> Token | None:
        """Return the token of the next recorded conditional event that waits."""
        while (choice := self.take("event")) is not None:
            for key, token in waiting.items():
                if list(key) == choice[1:]:
                    return token
        return None

    def items(self, name: str, last: list[str] | None) -> list[str] | None:
        """Return an item list as this step or its record has it; None to ask the world.

        The world is asked once a step, so that a list never changes in the midst of one.
        """
        if name in self.asked:
            return self.asked[name]
        if not self.replaying:
            return None
        choice = self.take("items", name)
        return list(choice[2]) if choice is not None else last
