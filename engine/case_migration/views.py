"""What people see of open cases on older versions, and of moving them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.case_migration.told import Outlook
from engine.errors import EngineError
from engine.texts import Text


@dataclass(frozen=True)
class PinnedVersion:
    """A version of the processes, as people tell it from others."""

    id: uuid.UUID
    number: int
    edition: str
    variation: str
    deployed_on: date
    #: whether it is the Board's own; else every Board's that has none of its own
    is_own: bool


@dataclass(frozen=True)
class MovingLine:
    """An open case on an older version, and what moving it would do."""

    case_id: uuid.UUID
    identifier: str
    process_id: str
    process: Text
    version: PinnedVersion
    outlook: Outlook = field(default_factory=Outlook)
    #: the steps that have to be passed over for it, or are: (process, id), and what they are called
    to_pass: tuple[tuple[tuple[str, str], Text], ...] = ()


@dataclass(frozen=True)
class MovingCount:
    """How many open cases of a process, on one version, would fare alike."""

    process: Text
    version: PinnedVersion
    verdict: str
    count: int


@dataclass(frozen=True)
class UnmatchedStep:
    """A step of older versions that the newest does not have; `choices` could take its place."""

    process_id: str
    process: Text
    step: str
    name: Text
    choices: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class MovedLine:
    """A case that came to its present version by a move that can be taken back."""

    case_id: uuid.UUID
    identifier: str
    process: Text
    before: PinnedVersion
    at: datetime
    by_name: str


@dataclass(frozen=True)
class MovingPage:
    """The open cases of a Board on older versions, for whoever moves them or may know how many.

    `lines`, `unmatched` and `moved` are empty for whoever moves none.
    """

    key: str
    board: Text
    newest: PinnedVersion
    may_move: bool
    may_count: bool
    lines: tuple[MovingLine, ...]
    counts: tuple[MovingCount, ...]
    unmatched: tuple[UnmatchedStep, ...]
    moved: tuple[MovedLine, ...]
    #: what the lists can be cut down to: processes by id, and versions
    processes: tuple[tuple[str, Text], ...]
    versions: tuple[PinnedVersion, ...]


@dataclass(frozen=True)
class NotMoved:
    """A case that stays where it is, and why."""

    case_id: uuid.UUID
    identifier: str
    why: EngineError


@dataclass(frozen=True)
class Moved:
    """What became of several cases; `left` are those whose turn has not come yet."""

    done: tuple[str, ...]
    stayed: tuple[NotMoved, ...]
    left: tuple[uuid.UUID, ...]
