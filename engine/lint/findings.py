"""What a rule says when it does not like something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one file: where, what, and what to do.

    Rules leave `rule` and `path` empty; whoever runs them fills both in. `welsh` is message and
    remedy in Welsh, where a proof says them; `trace` are the elements on the way there.
    """

    severity: Severity
    line: int
    element: str
    message: str
    remedy: str
    rule: str = ""
    path: str = ""
    welsh: str = ""
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.element}: {self.message}" if self.element else self.message
        return f"{self.path}:{self.line}: {self.severity}: {what} {self.remedy} [{self.rule}]"


class Placed(Protocol):
    """Whatever has an id and a line."""

    @property
    def id(self) -> str:
        """The id in the file."""

    @property
    def line(self) -> int:
        """The line of its start tag."""


def error(thing: Placed, message: str, remedy: str) -> Finding:
    """Return a finding that stops the file from being deployed."""
    return Finding("error", thing.line, thing.id, message, remedy)


def warning(thing: Placed, message: str, remedy: str) -> Finding:
    """Return a finding that is shown, and stops nothing."""
    return Finding("warning", thing.line, thing.id, message, remedy)
