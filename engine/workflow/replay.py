"""Rebuild an instance from its step log: less some inputs, or on another definition."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.errors import EngineError
from engine.workflow.definition import ProcessDefinition
from engine.workflow.log import LogEntry
from engine.workflow.outcome import StepOutcome, TaskKey
from engine.workflow.run import Workflow
from engine.workflow.tree import Tree
from engine.workflow.world import World

#: How many steps in a row that only the new definition has are gone past to reach an input.
STEPS_BETWEEN = 6

#: The number of an entry that stands for a step gone past; it is in no log yet.
GONE_PAST = 0


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


def move(
    definition: ProcessDefinition,
    log: Sequence[LogEntry],
    world: World,
    *,
    known: Collection[str],
) -> Replayed:
    """Rebuild an instance on another definition, for which what was done on the old one counts.

    Where an input has to wait because the new definition has steps before it that the old one had
    not, these are gone past: an entry `skip` numbered `GONE_PAST` in `applied` says so.

    Takes:   known, the ids of the elements of the old definition.
    """
    taken: list[LogEntry] = [log[0]]
    missed: list[LogEntry] = []
    played = play(definition, world, taken)
    assert played is not None, "a start has nothing before it that could keep it from applying"
    for entry in log[1:]:
        workflow, steps = played
        try:
            step = workflow.apply(entry.kind, entry.key, choices=entry.choices, seq=entry.seq)
        except EngineError:
            way = _way_to(definition, world, taken, entry, known)
            missed += [entry] if way is None else []
            taken = way or taken
            again = play(definition, world, taken)
            assert again is not None, "what applied a moment ago applies again"
            played = again
        else:
            taken.append(entry)
            steps.append(step)
    workflow, steps = played
    applied = tuple(step.entry for step in steps)
    return Replayed(workflow, applied, tuple(missed), completed_in(steps))


def _way_to(
    definition: ProcessDefinition,
    world: World,
    taken: list[LogEntry],
    entry: LogEntry,
    known: Collection[str],
) -> list[LogEntry] | None:
    """Return the inputs that lead to one more, with as few steps gone past as can be."""
    ways = [taken]
    for _ in range(STEPS_BETWEEN):
        ways = [
            [*way, LogEntry(GONE_PAST, "skip", key)]
            for way in ways
            for key in only_new(definition, world, way, known)
        ]
        for way in ways:
            if play(definition, world, [*way, entry]) is not None:
                return [*way, entry]
    return None


def only_new(
    definition: ProcessDefinition, world: World, way: list[LogEntry], known: Collection[str]
) -> list[TaskKey]:
    """Return what waits and could be gone past, because the old definition did not have it."""
    played = play(definition, world, way)
    if played is None:
        return []
    tasks, parts = played[0].open_tasks(), played[0].waiting_parts()
    keys = [*(task.key for task in tasks), *(part.key for part in parts)]
    return [key for key in keys if key.bpmn_id not in known]


def play(
    definition: ProcessDefinition, world: World, inputs: Sequence[LogEntry]
) -> tuple[Workflow, list[StepOutcome]] | None:
    """Give a fresh instance these inputs; nothing, where one of them does not apply."""
    first = inputs[0]
    workflow = Workflow(Tree(definition, world, first.key.item if first.key else ""), 0)
    steps = [workflow.begin(choices=first.choices, seq=first.seq)]
    for entry in inputs[1:]:
        choices = None if entry.seq == GONE_PAST else entry.choices
        try:
            steps.append(workflow.apply(entry.kind, entry.key, choices=choices, seq=entry.seq))
        except EngineError:
            return None
    return workflow, steps


def completed_in(steps: Sequence[StepOutcome]) -> frozenset[tuple[str, str]]:
    """Return requirement and item of every step that these inputs completed."""
    return frozenset(
        (requirement, item)
        for step in steps
        for _, requirements, item in step.completed_steps
        for requirement in requirements
    )


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
    applied = tuple(step.entry for step in taken)
    return Replayed(workflow, applied, tuple(missed), completed_in(taken)), None
