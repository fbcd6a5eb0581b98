"""What is said of a move: one thing that it changes, or why it cannot be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import task_pages
from engine.consequences import ClockChange
from engine.errors import EngineError
from engine.store import CaseFile
from engine.texts import Text
from engine.workflow import Element


@dataclass(frozen=True)
class Told:
    """One thing to say of a move; `kind` is the sentence, `names` what stands in it.

    A name is a `Text`, several of them, a day, a moment, a number or a refusal of the engine.
    `step` is the process and id of a step that only the new version has and that may be passed
    over with a reason.
    """

    kind: str
    names: Mapping[str, Any] = field(default_factory=dict)
    step: tuple[str, str] = ("", "")

    @property
    def mark(self) -> list[str]:
        """Return what tells it from others, as texts."""
        return [self.kind, *self.step, *(f"{key}={self.names[key]}" for key in sorted(self.names))]


@dataclass(frozen=True)
class Outlook:
    """What a move does to a case, or why it may not be moved: then `refusals` are not empty."""

    changes: tuple[Told, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    refusals: tuple[Told, ...] = ()
    #: what distinguishes it from what would come of the move at another time
    marks: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Return `free`, `changes` or `refused`."""
        if self.refusals:
            return "refused"
        return "changes" if self.changes or self.clocks else "free"

    @property
    def fingerprint(self) -> str:
        """Return a mark that differs where anything of it differs; it says nothing by itself."""
        said = [sorted(one.mark for one in group) for group in (self.changes, self.refusals)]
        moved = sorted(
            [one.timescale, one.item_key, one.state_after, str(one.due_after)]
            for one in self.clocks
        )
        told = json.dumps([said, moved, self.marks], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


class MayNotMove(EngineError):
    """This case cannot go on with the other version of the processes. Open its plan to see why."""

    status = 409

    def __init__(self, refusals: Iterable[Told]) -> None:
        """Take every reason there is."""
        self.refusals = tuple(refusals)
        super().__init__()


def name_of(element: Element) -> Text:
    """Return what people call a step."""
    return Text(element.name("en"), element.name("cy"))


def named(file: CaseFile, element: Element, item: str = "") -> Text:
    """Return what people call a step of a case, with its item."""
    name, label = name_of(element), task_pages.item_label(file, item)
    return Text(f"{name.en}: {label.en}", f"{name.cy}: {label.cy}") if label else name
