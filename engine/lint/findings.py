"""What a rule says when it does not like something."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from engine.texts import Text

#: What stands in a message: a name, the same in both languages or not, or a number.
Value = Text | str | int
#: The Welsh of messages and remedies by their English, in which `{placeholders}` stand.
WELSH: Mapping[str, str] = tomllib.loads(
    Path(__file__).with_name("welsh.toml").read_text(encoding="utf-8")
)
Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one file: where, what, and what to do.

    Rules leave `rule` and `path` empty; whoever runs them fills both in. `welsh` is message and
    remedy in Welsh, empty where nobody says them; `trace` are the elements on the way there.
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


def error(thing: Placed, message: str, remedy: str, /, **values: Value) -> Finding:
    """Return a finding that stops the file from being deployed.

    Takes:   message and remedy, in English, with `{placeholders}`; `{title}` is what the thing is
             called. Their Welsh stands in `welsh.toml`.
    """
    return _finding("error", thing, message, remedy, values)


def warning(thing: Placed, message: str, remedy: str, /, **values: Value) -> Finding:
    """Return a finding that is shown, and stops nothing; what it takes is as for an error."""
    return _finding("warning", thing, message, remedy, values)


def _finding(
    severity: Severity, thing: Placed, message: str, remedy: str, values: Mapping[str, Value]
) -> Finding:
    named = {"title": getattr(thing, "title", thing.id), **values}
    welsh = [WELSH.get(message, ""), WELSH.get(remedy, "")]
    return Finding(
        severity,
        thing.line,
        thing.id,
        _filled(message, named, "en"),
        _filled(remedy, named, "en"),
        welsh=_filled(" ".join(welsh), named, "cy") if all(welsh) else "",
    )


def _filled(template: str, values: Mapping[str, Value], language: str) -> str:
    said = {
        name: value.say(language) if isinstance(value, Text) else value
        for name, value in values.items()
    }
    return template.format_map(said)
