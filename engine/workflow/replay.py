"""Rebuild an instance from its step log, with inputs left out where a person goes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.errors import EngineError
from engine.workflow.definition import ProcessDefinition
from engine.workflow.log import LogEntry
from engine.workflow.run import Workflow
from engine.workflow.tree import Tree
from engine.workflow.world import World


@dataclass(frozen=True)
class Replayed:
    """An instance rebuilt: the inputs it took, as they are to be logged now, and the others.

    The choices in `applied` differ from those of the old log only where leaving an input out led
    another way, and they had to be made anew. `completed` holds requirement and item of every step
    that these inputs completed.
    """

    workflow: Workflow
    applied: tuple[LogEntry, ...]
    no_longer_apply: tuple[LogEntry, ...]
    completed: frozenset[tuple[str, str]] = frozenset()


def replay(
    definition: ProcessDefinition,
    log: Sequence[LogEntry],
    world: World,
    *,
    without: Collection[int] = (),
) -> Replayed:
    """Rebuild an instance from its log, leaving out the entries numbered in `without`.

    An input whose task or timer does not wait any more, or that can no longer be taken, is left
    out too and returned in `no_longer_apply`; nothing fails because of it.

    Raises:  ValueError, where the log does not begin with the start; whatever the start raises.
    """
    if not log or log[0].kind != "start" or log[0].seq in without:
        raise ValueError("a step log begins with the start of its instance")
    refused: set[int] = set()
    while True:
        replayed, broken_by = _attempt(definition, log, world, {*without, *refused}, refused)
        if broken_by is None:
            return replayed
        # It broke in the midst of a step; begin again without that input.
        refused.add(broken_by)


def _attempt(
    definition: ProcessDefinition,
    log: Sequence[LogEntry],
    world: World,
    left_out: Collection[int],
    refused: Collection[int],
) -> tuple[Replayed, int | None]:
    first = log[0]
    workflow = Workflow(Tree(definition, world, first.key.item if first.key else ""), 0)
    taken = [workflow.begin(choices=first.choices, seq=first.seq)]
    missed: list[LogEntry] = []
    for entry in log[1:]:
        if entry.seq in left_out:
            if entry.seq in refused:
                missed.append(entry)
            continue
        try:
            step = workflow.apply(entry.kind, entry.key, choices=entry.choices, seq=entry.seq)
        except EngineError:
            if workflow.is_broken:
                return Replayed(workflow, (), ()), entry.seq
            missed.append(entry)
            continue
        taken.append(step)
    workflow.renumber(max(entry.seq for entry in log))
    completed = {
        (requirement, item)
        for step in taken
        for _, requirements, item in step.completed_steps
        for requirement in requirements
    }
    applied = tuple(step.entry for step in taken)
    return Replayed(workflow, applied, tuple(missed), frozenset(completed)), None
