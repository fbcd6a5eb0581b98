"""A running process instance: start it, give it inputs, ask what it waits for, save it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine import time_source
from engine.errors import NotFound, TaskAlreadyCompleted, TaskWithdrawn
from engine.memory import Memory
from engine.workflow import state
from engine.workflow.activities import CalledPart, UserTask
from engine.workflow.choices import Choices
from engine.workflow.errors import PartNotWaiting, TimerNotWaiting
from engine.workflow.events import BoundaryEvent, CatchEvent
from engine.workflow.log import LogEntry
from engine.workflow.outcome import (
    ArmedTimer,
    Closed,
    OpenTask,
    PartStarted,
    StepOutcome,
    TaskKey,
)
from engine.workflow.passing import Passage, passages
from engine.workflow.tree import Tree, key_of

if TYPE_CHECKING:
    from engine.workflow.definition import ProcessDefinition
    from engine.workflow.task import Token
    from engine.workflow.world import World


#: Trees at rest, each with the number of its newest log entry, by their saved state.
_memory: Memory[tuple[Tree, int]] = Memory()


class Workflow:
    """One process instance. After any exception it is half-done and must be dropped."""

    def __init__(self, tree: Tree, seq: int, saved: bytes = b"") -> None:
        """Use `start` or `load`."""
        self._tree = tree
        self._seq = seq
        #: After an exception in the midst of a step the tokens are worth nothing.
        self.is_broken = False
        #: What was loaded or saved last, and the number of the newest log entry then.
        self._saved = saved, seq

    @classmethod
    def start(
        cls, definition: ProcessDefinition, world: World, item: str = ""
    ) -> tuple[Workflow, StepOutcome]:
        """Start an instance and run it to its first waits; a part's has the item it runs for.

        Raises:  FactNotKnown, NoFlowApplies, TooManySteps.
        """
        workflow = cls(Tree(definition, world, item), 0)
        return workflow, workflow.begin()

    @classmethod
    def load(cls, definition: ProcessDefinition, saved: bytes, world: World) -> Workflow:
        """Return the instance that `dump` saved.

        Raises:  StateDoesNotFit.
        """
        tree, seq = state.load(definition, saved, world)
        return cls(tree, seq, saved)

    @classmethod
    def recall(cls, definition: ProcessDefinition, saved: bytes, world: World) -> Workflow:
        """Return the same as `load`, from memory where this very state was kept there.

        Raises:  StateDoesNotFit.
        """
        found = _memory.take(saved)
        if found is None or found[0].definition is not definition:
            return cls.load(definition, saved, world)
        tree, seq = found
        tree.turn_to(world)
        return cls(state.as_loaded(tree), seq, saved)

    def dump(self) -> bytes:
        """Return the state, without its definition and without any form value.

        What has not moved since it was loaded or saved is as it was.
        """
        self._check()
        saved, seq = self._saved
        if not saved or seq != self._seq:
            saved = state.dump(self._tree, self._seq)
            self._saved = saved, self._seq
        return saved

    def keep(self) -> None:
        """Give the instance over to memory as it was saved last; it must not be moved any more.

        One that has ended is not kept, nor one that has moved on since. Whether what it saved ever
        came to the database does not matter: other bytes there are not found in memory.
        """
        saved, seq = self._saved
        if saved and seq == self._seq and not self.is_broken and self._tree.open:
            self.is_broken = True
            # What it may ask of its case goes with the transaction.
            self._tree.turn_to(None)
            _memory.keep(saved, (self._tree, self._seq))

    # Inputs.

    def complete_task(self, key: TaskKey) -> StepOutcome:
        """Complete a user task and run to the next waits.

        Raises:  TaskAlreadyCompleted, TaskWithdrawn, NotFound, FactNotKnown, NoFlowApplies.
        """
        return self.apply("complete", key)

    def skip_task(self, key: TaskKey) -> StepOutcome:
        """Go past a user task or a part without doing it; it does not count as completed.

        Raises:  as `complete_task`.
        """
        return self.apply("skip", key)

    def fire_timer(self, key: TaskKey) -> StepOutcome:
        """Fire one waiting timer; whether it is due is for the caller to say.

        Raises:  TimerNotWaiting, FactNotKnown, NoFlowApplies.
        """
        return self.apply("fire", key)

    def finish_part(self, key: TaskKey) -> StepOutcome:
        """Go on behind a call activity whose child instance has ended.

        Raises:  PartNotWaiting, FactNotKnown, NoFlowApplies.
        """
        return self.apply("finish_part", key)

    def follow(self) -> StepOutcome | None:
        """Look again at item lists and conditions after facts or items have changed.

        Returns: None where nothing came of it; there is nothing to log then.
        """
        before = self._seq
        outcome = self.apply("follow", None)
        if outcome.entry.choices:
            return outcome
        self._seq = before
        return None

    def begin(
        self, *, choices: Sequence[list[Any]] | None = None, seq: int | None = None
    ) -> StepOutcome:
        """Run a new instance to its first waits; `start` does so."""
        key = TaskKey(self._tree.definition.id, self._tree.item, 1)
        return self._step("start", key, self._tree.plant, choices, seq)

    def apply(
        self,
        kind: str,
        key: TaskKey | None,
        *,
        choices: Sequence[list[Any]] | None = None,
        seq: int | None = None,
    ) -> StepOutcome:
        """Give one input; with `choices` it is replayed, reusing what was chosen then."""
        self._check()
        if kind in ("follow", "items"):
            return self._step(kind, None, lambda: None, choices, seq)
        if key is None:
            raise ValueError(f"a {kind} needs a key")
        token = self._find(kind, key)
        if kind == "skip":
            self._tree.skipping = token
        act = token._ready if kind == "fire" else token.run
        return self._step(kind, key, act, choices, seq)

    # Questions.

    def open_tasks(self) -> tuple[OpenTask, ...]:
        """Return the user tasks that wait for a person, oldest first."""
        return tuple(self._open_task(token) for token in self._user_tasks())

    def waiting_timers(self) -> tuple[ArmedTimer, ...]:
        """Return the timer events that wait, oldest first."""
        return tuple(self._armed(token) for token in self._timers())

    def waiting_parts(self) -> tuple[PartStarted, ...]:
        """Return the call activities whose child instance has not ended, oldest first."""
        return tuple(self._part(token) for token in self._parts())

    def timer_due(self, key: TaskKey) -> datetime | None:
        """Return when a waiting timer falls due as facts stand now, None while not known.

        Returns: aware UTC; for a day, the instant at which it begins in Wales.
        Raises:  TimerNotWaiting.
        """
        token = self._find("fire", key)
        value = self._tree.evaluate(token, token.task_spec.expression)
        if isinstance(value, datetime):
            zone = value.tzinfo or time_source.WALES
            return value.replace(tzinfo=zone).astimezone(UTC)
        return time_source.start_of_day(value) if isinstance(value, date) else None

    def is_completed(self) -> bool:
        """Say whether the instance has ended: nothing is open any more."""
        return not self._tree.open

    @property
    def ended_by(self) -> str | None:
        """Return the end event that ended the instance, None while it runs."""
        return self._tree.ended_by if self.is_completed() else None

    @property
    def item(self) -> str:
        """Return the item that the instance runs for, empty where there is none."""
        return self._tree.item

    @property
    def depth(self) -> int:
        """Return the length of the longest path so far; `TooDeep` stops it at MAX_DEPTH."""
        return self._tree.depth

    @property
    def seq(self) -> int:
        """Return the number of the newest log entry."""
        return self._seq

    def renumber(self, seq: int) -> None:
        """Let the next log entry follow `seq`, where entries of the log were left out."""
        self._seq = seq

    def token_states(self) -> Mapping[str, str]:
        """Return `open`, `finished` or `cancelled` for each element that was reached.

        Of an element that was reached more than once the last time counts, and `open` before all.
        A boundary event that was disarmed without firing is left out.
        """
        found: dict[str, str] = {}
        for workflow in (self._tree, *self._tree.subprocesses.values()):
            for token in workflow.tasks.values():
                word = _state_word(token)
                bpmn_id = token.task_spec.bpmn_id
                if word and bpmn_id and found.get(bpmn_id) != "open":
                    found[bpmn_id] = word
        return found

    def passages(self, after: int = 0) -> tuple[Passage, ...]:
        """Return where tokens have come to, those with a higher number than `after`, in order."""
        return tuple(passages(self._tree, after))

    # How a step is taken.

    def _step(
        self,
        kind: str,
        key: TaskKey | None,
        act: Callable[[], object],
        choices: Sequence[list[Any]] | None,
        seq: int | None,
    ) -> StepOutcome:
        tree = self._tree
        before = self._user_tasks(), self._timers(), self._parts()
        tree.choices, tree.steps, tree.effects = Choices(choices), [], []
        self.is_broken = True
        act()
        tree.run()
        self.is_broken = False
        skipped, tree.skipping = tree.skipping, None
        self._seq = seq if seq is not None else self._seq + 1
        entry = LogEntry(self._seq, kind, key, tuple(tree.choices.made))
        return self._outcome(before, entry, skipped)

    def _outcome(
        self,
        before: tuple[list[Token], list[Token], list[Token]],
        entry: LogEntry,
        skipped: Token | None,
    ) -> StepOutcome:
        tree = self._tree
        tasks, timers, parts = before
        return StepOutcome(
            opened=tuple(map(self._open_task, _new(self._user_tasks(), tasks))),
            closed=tuple(
                Closed(key_of(token), _how(token, skipped)) for token in tasks if not token.is_open
            ),
            timers_armed=tuple(map(self._armed, _new(self._timers(), timers))),
            timers_gone=tuple(key_of(token) for token in timers if not token.is_open),
            parts_started=tuple(map(self._part, _new(self._parts(), parts))),
            parts_cancelled=tuple(
                key_of(token)
                for token in parts
                if token._state == TaskState.CANCELLED or token is skipped
            ),
            effects=tuple(tree.effects),
            completed_steps=tuple(tree.steps),
            entry=entry,
            ended_by=self.ended_by,
        )

    def _check(self) -> None:
        if self.is_broken:
            raise ValueError("this workflow is half-done after an exception; load it again")

    def _find(self, kind: str, key: TaskKey) -> Token:
        """Return the open token that an input of this kind speaks of."""
        waiting = {
            "complete": self._user_tasks,
            "skip": lambda: self._user_tasks() + self._parts(),
            "fire": self._timers,
            "finish_part": self._parts,
        }[kind]()
        for token in waiting:
            if key_of(token) == key:
                return token
        if kind == "fire":
            raise TimerNotWaiting(timer=str(key))
        if kind == "finish_part":
            raise PartNotWaiting(part=str(key))
        raise self._why_not_open(key)

    def _why_not_open(self, key: TaskKey) -> Exception:
        for workflow in (self._tree, *self._tree.subprocesses.values()):
            for token in workflow.tasks.values():
                if not token.is_open and token.round and key_of(token) == key:
                    done = token._state == TaskState.COMPLETED
                    return TaskAlreadyCompleted() if done else TaskWithdrawn()
        return NotFound()

    def _user_tasks(self) -> list[Token]:
        waiting = self._tree.waiting(UserTask)
        return [token for token in waiting if not isinstance(token.task_spec, CalledPart)]

    def _timers(self) -> list[Token]:
        return [t for t in self._tree.waiting(CatchEvent) if t.task_spec.event == "timer"]

    def _parts(self) -> list[Token]:
        return list(self._tree.waiting(CalledPart))

    def _open_task(self, token: Token) -> OpenTask:
        return OpenTask(key_of(token), self._tree.definition.elements[token.task_spec.bpmn_id])

    def _armed(self, token: Token) -> ArmedTimer:
        element = self._tree.definition.elements[token.task_spec.bpmn_id]
        return ArmedTimer(key_of(token), element.expression, element.timescale, element)

    def _part(self, token: Token) -> PartStarted:
        element = self._tree.definition.elements[token.task_spec.bpmn_id]
        return PartStarted(key_of(token), element.called, token.item)


def _new(now: list[Token], before: list[Token]) -> list[Token]:
    known = {token.id for token in before}
    return [token for token in now if token.id not in known]


def _how(token: Token, skipped: Token | None) -> str:
    if token is skipped:
        return "skipped"
    return "completed" if token._state == TaskState.COMPLETED else "withdrawn"


def _state_word(token: Token) -> str:
    if token.is_open:
        return "open"
    if token.triggered:
        return ""
    if token._state == TaskState.COMPLETED:
        return "finished"
    return "" if isinstance(token.task_spec, BoundaryEvent) else "cancelled"
