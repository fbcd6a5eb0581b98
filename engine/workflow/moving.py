"""Carry an instance over to another version of its process, from what its step log holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import EngineError
from engine.workflow.definition import ProcessDefinition
from engine.workflow.log import LogEntry
from engine.workflow.outcome import StepOutcome, TaskKey
from engine.workflow.replay import GONE_PAST, STEPS_BETWEEN, only_new, play
from engine.workflow.run import Workflow
from engine.workflow.world import World

#: What somebody did, or what came of it: it is never lost in a move, so it has to apply.
_DONE = ("complete", "finish_part")

#: How many ways past new steps are tried for one input, each of which replays the whole log.
MOST_WAYS = 40


@dataclass(frozen=True)
class Renaming:
    """What elements and flows of the old version are called in the new one; the others as before.

    `known` are the elements and flows of the new version that the old one had, by whatever id.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def key(self, key: TaskKey) -> TaskKey:
        """Return what a task, timer or part is called now."""
        return replace(key, bpmn_id=self.ids.get(key.bpmn_id, key.bpmn_id))

    def entry(self, entry: LogEntry) -> LogEntry:
        """Return an input in the words of the new version."""
        key = self.key(entry.key) if entry.key and entry.kind != "start" else entry.key
        return replace(entry, key=key, choices=tuple(map(self._choice, entry.choices)))

    def _choice(self, choice: list[Any]) -> list[Any]:
        kind, what, *more = choice
        if kind == "items":
            return choice
        if kind == "flow":
            more = [[self.ids.get(each, each) for each in more[0]]]
        return [kind, self.ids.get(what, what), *more]


@dataclass(frozen=True)
class Obstacle:
    """Why the new version cannot take over what was done: the input, and what is in its way.

    `kind` is `behind`: steps that only the new version has (`steps`) stand before it; `gone`: its
    step is not there any more; `order`: others (`steps`) wait in its place; `ends`: it would be at
    its end at once; `refused`: a step that runs by itself is refused (`why`). No entry stands for
    the end of the instance.
    """

    kind: str
    entry: LogEntry | None = None
    steps: tuple[TaskKey, ...] = ()
    why: EngineError | None = None


@dataclass(frozen=True)
class Carried:
    """An instance on the new version, or the obstacle that keeps it where it is.

    `steps` are the inputs as they are to be logged, with what they did; `withdrawn` the inputs of
    the old log that no longer apply, none of which is anything that somebody did.
    """

    workflow: Workflow | None = None
    steps: tuple[StepOutcome, ...] = ()
    withdrawn: tuple[LogEntry, ...] = ()
    obstacle: Obstacle | None = None

    @property
    def applied(self) -> tuple[LogEntry, ...]:
        """Return the inputs as they are to be logged now."""
        return tuple(step.entry for step in self.steps)


def carry(
    definition: ProcessDefinition,
    log: Sequence[LogEntry],
    world: World,
    *,
    renaming: Renaming,
    passed: Collection[str] = (),
    has_ended: bool = False,
) -> Carried:
    """Give what drove an instance to another version of its process, and see whether it fits.

    Takes:   passed, the steps of the new version that may be gone past, by id; has_ended, whether
             the instance has come to its end and must come to it there.
    """
    ways = _Ways(definition, world, renaming, passed)
    obstacle = ways.begin(log[0])
    for entry in log[1:]:
        if obstacle is None:
            obstacle = ways.take(renaming.entry(entry), entry)
    if obstacle is None:
        obstacle = ways.come_to_end() if has_ended else ways.stays_open()
    if obstacle is not None:
        return Carried(obstacle=obstacle)
    return Carried(ways.workflow, tuple(ways.steps), tuple(ways.withdrawn))


class _Ways:
    """The inputs that have applied so far, and where they led."""

    def __init__(
        self,
        definition: ProcessDefinition,
        world: World,
        renaming: Renaming,
        passed: Collection[str],
    ) -> None:
        self.definition, self.world, self.passed = definition, world, frozenset(passed)
        self.renaming = renaming
        self.taken: list[LogEntry] = []
        self.withdrawn: list[LogEntry] = []
        self.workflow: Workflow
        self.steps: list[StepOutcome]

    def begin(self, first: LogEntry) -> Obstacle | None:
        try:
            self._play([self.renaming.entry(first)])
        except EngineError as refused:
            return Obstacle("refused", first, why=refused)
        return None

    def take(self, entry: LogEntry, origin: LogEntry) -> Obstacle | None:
        """Give one more input; what cannot be given is left out, unless somebody did it."""
        try:
            step = self.workflow.apply(entry.kind, entry.key, choices=entry.choices, seq=entry.seq)
        except EngineError as refused:
            broke = self.workflow.is_broken
            self._play(self.taken)
            if entry.kind not in _DONE:
                self.withdrawn.append(origin)
                return None
            return self._find_way(entry, refused if broke else None)
        self.taken.append(entry)
        self.steps.append(step)
        return None

    def come_to_end(self) -> Obstacle | None:
        """Go on to the end of the instance, past steps that may be gone past."""
        while not self.workflow.is_completed():
            new = only_new(self.definition, self.world, self.taken, self.renaming.known)
            if not new:
                return Obstacle("order", None, self._waiting())
            to_pass = [key for key in new if key.bpmn_id in self.passed]
            if not to_pass:
                return Obstacle("behind", None, tuple(new))
            self._play([*self.taken, LogEntry(GONE_PAST, "skip", to_pass[0])])
        return None

    def stays_open(self) -> Obstacle | None:
        """See to it that an instance that is open does not come to its end by being moved."""
        return Obstacle("ends") if self.workflow.is_completed() else None

    def _find_way(self, entry: LogEntry, refused: EngineError | None) -> Obstacle | None:
        """Look for steps of the new version alone that lead to an input once they are gone past."""
        assert entry.key is not None
        if entry.key.bpmn_id not in self.definition.elements:
            return Obstacle("gone", entry)
        if refused is not None:
            return Obstacle("refused", entry, why=refused)
        ways = [self.taken]
        for _ in range(STEPS_BETWEEN):
            ways = self._one_further(ways)
            for way in ways:
                if play(self.definition, self.world, [*way, entry]) is not None:
                    return self._go(way, entry)
        return Obstacle("order", entry, self._waiting())

    def _one_further(self, ways: list[list[LogEntry]]) -> list[list[LogEntry]]:
        """Return the ways with one more new step gone past; in which order is all one.

        Where there are too many, some are not tried: the case stays, and nothing wrong is done.
        """
        found: dict[frozenset[TaskKey | None], list[LogEntry]] = {}
        for way in ways:
            for key in only_new(self.definition, self.world, way, self.renaming.known):
                further = [*way, LogEntry(GONE_PAST, "skip", key)]
                passed = frozenset(one.key for one in further[len(self.taken) :])
                found.setdefault(passed, further)
        return list(found.values())[:MOST_WAYS]

    def _go(self, way: list[LogEntry], entry: LogEntry) -> Obstacle | None:
        gone_past = [step.key for step in way[len(self.taken) :] if step.key]
        if missing := tuple(key for key in gone_past if key.bpmn_id not in self.passed):
            return Obstacle("behind", entry, missing)
        self._play([*way, entry])
        return None

    def _play(self, inputs: list[LogEntry]) -> None:
        played = play(self.definition, self.world, inputs)
        assert played is not None, "what applied a moment ago applies again"
        self.workflow, self.steps = played
        self.taken = list(inputs)

    def _waiting(self) -> tuple[TaskKey, ...]:
        tasks, parts = self.workflow.open_tasks(), self.workflow.waiting_parts()
        return (*(task.key for task in tasks), *(part.key for part in parts))
