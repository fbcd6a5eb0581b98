"""The edits of an outline as values: what a page asks for, and carrying it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.outlines import reminders, steps, ways
from engine.outlines.finishing import Edited
from engine.outlines.steps import Names
from engine.outlines.ways import NewWay

Values = Mapping[str, str]


@dataclass(frozen=True)
class AddStep:
    """Put a step of a kind where a flow runs."""

    flow: str
    kind: str
    values: Values

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the step."""
        return steps.add_step(source, path, self.flow, self.kind, self.values, names)


@dataclass(frozen=True)
class ChangeStep:
    """Tell something else of a step, a lane or the process."""

    step: str
    values: Values

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the change."""
        return steps.change_step(source, path, self.step, self.values, names)


@dataclass(frozen=True)
class MoveStep:
    """Put a step where another flow runs."""

    step: str
    flow: str

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the step at its new place."""
        return steps.move_step(source, path, self.step, self.flow)


@dataclass(frozen=True)
class RemoveStep:
    """Take a step out, and close the flow up."""

    step: str

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file without the step."""
        return steps.remove_step(source, path, self.step)


@dataclass(frozen=True)
class AddReminder:
    """Hang a timer on a step that sends a notice and lets the step go on."""

    host: str
    timer: Values
    notice: Values
    end: Values

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the timer."""
        return reminders.add_reminder(source, path, self.host, self.timer, self.notice, self.end)


@dataclass(frozen=True)
class SplitFlow:
    """Let a flow part into ways that meet again; a step `around` then stands on the first."""

    flow: str
    kind: str
    values: Values
    ways: tuple[NewWay, ...]
    around: str = ""

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the ways."""
        return ways.split(
            source, path, self.flow, self.kind, self.values, self.ways, around=self.around
        )


@dataclass(frozen=True)
class AddWay:
    """Add a way where ways part."""

    gateway: str
    way: NewWay

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the way."""
        return ways.add_way(source, path, self.gateway, self.way)


@dataclass(frozen=True)
class ChangeWay:
    """Tell something else of a way, and lead it to another step; `to` empty leaves it."""

    flow: str
    values: Values
    to: str = ""

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file with the change."""
        return ways.change_way(source, path, self.flow, self.values, self.to)


@dataclass(frozen=True)
class RemoveWay:
    """Take a way out with all that only it leads to."""

    flow: str

    def apply(self, source: bytes, path: str, names: Names) -> Edited:
        """Return the file without the way."""
        return ways.remove_way(source, path, self.flow)


Edit = (
    AddStep
    | ChangeStep
    | MoveStep
    | RemoveStep
    | AddReminder
    | SplitFlow
    | AddWay
    | ChangeWay
    | RemoveWay
)
