"""What a step of a workflow did, and the names of the things it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.workflow.definition import Element

if TYPE_CHECKING:
    from engine.workflow.log import LogEntry


@dataclass(frozen=True, order=True)
class TaskKey:
    """What a task, timer or part is called inside its instance, through reload and replay.

    `item` is empty where there is none; `round` counts from 1 how often the element was opened
    with that item.
    """

    bpmn_id: str
    item: str = ""
    round: int = 1

    def __iter__(self) -> Iterator[Any]:
        return iter((self.bpmn_id, self.item, self.round))

    def __str__(self) -> str:
        return "/".join(str(part) for part in self if part)


@dataclass(frozen=True)
class OpenTask:
    """A user task that waits for a person."""

    key: TaskKey
    element: Element


@dataclass(frozen=True)
class Closed:
    """A user task that is no longer open: `completed`, `skipped` or `withdrawn`."""

    key: TaskKey
    how: str


@dataclass(frozen=True)
class ArmedTimer:
    """A timer event that waits; `expression` is FEEL for the moment at which it is due."""

    key: TaskKey
    expression: str
    timescale: str
    element: Element


@dataclass(frozen=True)
class PartStarted:
    """A call activity that waits for the child instance of `process` to end."""

    key: TaskKey
    process: str
    item: str


@dataclass(frozen=True)
class Effect:
    """Something for the caller to do or to know: a `notice`, an `effect` or a `decision`."""

    kind: str
    element: Element
    item: str
    data: Mapping[str, Any]
    round: int = 1


@dataclass(frozen=True)
class StepOutcome:
    """What one input changed, all told; what came and went within it is left out.

    `completed_steps` are the elements that completed, in order, as (id, requirement ids, item);
    of a multi-instance each item's and then the whole, whose item is that of the instance; flows
    that carry requirement ids are among them. `ended_by` is the end event that ended the instance.
    """

    opened: tuple[OpenTask, ...]
    closed: tuple[Closed, ...]
    timers_armed: tuple[ArmedTimer, ...]
    timers_gone: tuple[TaskKey, ...]
    parts_started: tuple[PartStarted, ...]
    parts_cancelled: tuple[TaskKey, ...]
    effects: tuple[Effect, ...]
    completed_steps: tuple[tuple[str, tuple[str, ...], str], ...]
    entry: LogEntry
    ended_by: str | None
