"""The tokens of one process instance, and the loop that moves them to the next wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.workflow.choices import Choices
from engine.workflow.environment import FeelEngine
from engine.workflow.errors import TooManySteps
from engine.workflow.outcome import Effect, TaskKey
from engine.workflow.task import Token

if TYPE_CHECKING:
    from engine.workflow.definition import Element, ProcessDefinition
    from engine.workflow.world import World

#: So many automatic steps without a wait are taken for an endless loop.
MAX_STEPS = 10_000


class Tree(BpmnWorkflow):
    """SpiffWorkflow's workflow on FEEL, with an index of the tokens that are open."""

    def __init__(
        self, definition: ProcessDefinition, world: World | None = None, item: str = ""
    ) -> None:
        """Prepare an instance without tokens; `plant` or the loading of a state gives it some."""
        self.definition = definition
        self.item = item
        self.open: dict[int, Token] = {}
        self.queue: deque[Token] = deque()
        self.rounds: dict[tuple[str, str], int] = {}
        self.last_id = 0
        self.depth_reached = 0
        self.lists: dict[str, list[str]] = {}
        self.ended_by: str | None = None
        self.choices = Choices()
        self.steps: list[tuple[str, tuple[str, ...], str]] = []
        self.effects: list[Effect] = []
        self.skipping: Token | None = None
        self.world = world
        # `deserializing` keeps SpiffWorkflow from predicting a tree of its own.
        super().__init__(
            definition.spec,
            dict(definition.subprocess_specs),
            script_engine=FeelEngine(world),
            deserializing=True,
        )

    def turn_to(self, world: World | None) -> None:
        """Let the expressions of this instance read another world."""
        self.world = self.script_engine.environment.world = world

    @property
    def depth(self) -> int:
        """Return the length of the longest path of tokens so far."""
        return self.depth_reached

    def plant(self) -> None:
        """Put the first token on the start event."""
        self.task_tree = Token(self, self.spec.start)
        self.task_tree._ready()

    def next_id(self) -> int:
        """Return the id of the next token, counted in the instance."""
        self.last_id += 1
        return self.last_id

    def next_round(self, bpmn_id: str, item: str) -> int:
        """Return how often the element has been opened for the item, this time included."""
        self.rounds[bpmn_id, item] = self.rounds.get((bpmn_id, item), 0) + 1
        return self.rounds[bpmn_id, item]

    def element(self, token: Token) -> Element | None:
        """Return the element that a token stands on, None for what no diagram shows."""
        return self.definition.elements.get(token.task_spec.bpmn_id or "")

    def create_subprocess(self, my_task: Token, spec_name: str) -> Branch:
        """Start the sub-process that a token stands on."""
        branch = Branch(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = branch
        branch.plant()
        return branch

    def _task_completed_notify(self, task: Token) -> None:
        """Do nothing; what follows a completion is looked up in the index of open tokens."""

    def update_waiting_tasks(self) -> None:
        """Do nothing; see `run`."""

    def is_completed(self) -> bool:
        """Say whether nothing is open any more, anywhere in the instance."""
        return not self.open

    # What tokens report.

    def moved(self, token: Token) -> None:
        """Keep the index of open tokens, and the queue of those that run by themselves."""
        self.depth_reached = max(self.depth_reached, token.level)
        if not token.is_open:
            self.open.pop(token.id, None)
            return
        self.open[token.id] = token
        if token._state == TaskState.READY and not token.task_spec.manual:
            self.queue.append(token)

    def finished(self, token: Token) -> None:
        """Take note of a completed token and settle what waited for it."""
        parent = token.parent
        if parent is not None:
            settle = getattr(parent.task_spec, "child_finished", None)
            if settle is not None:
                settle(parent, token)
        element = self.element(token)
        if element is None:
            return
        leaf = not token._children and not token.triggered
        if token.workflow is self and leaf:
            self.ended_by = element.id
        if token is not self.skipping:
            self.steps.append((element.id, element.requirement, token.item))
        for flow in self.taken(element.id, token):
            if flow.requirement:
                self.steps.append((flow.id, flow.requirement, token.item))

    def taken(self, bpmn_id: str, token: Token) -> list[Any]:
        """Return the flows on which a completed token went on."""
        flows = self.definition.outgoing.get(bpmn_id, ())
        if not getattr(token.task_spec, "chooses", False):
            return list(flows) if not token.triggered else []
        chosen = self.choices.chosen(bpmn_id)
        return [flow for flow in flows if flow.id in chosen]

    def cancel_all(self, workflow: Any) -> None:
        """Withdraw every open token of a process or sub-process."""
        for token in [token for token in self.open.values() if token.workflow is workflow]:
            token.cancel()

    # Moving on.

    def run(self) -> None:
        """Run everything that runs by itself, until each token waits or the instance ends.

        Raises:  TooManySteps, FactNotKnown, NoFlowApplies, TooDeep; the tree is useless then.
        """
        steps = 0
        while True:
            while self.queue:
                token = self.queue.popleft()
                if token._state != TaskState.READY:
                    continue
                steps += 1
                if steps > MAX_STEPS:
                    element = self.element(token)
                    raise TooManySteps(steps=MAX_STEPS, element=element.id if element else "")
                token.run()
            if not (self._end_branches() or self._follow() or self._fire_condition()):
                return

    def _end_branches(self) -> bool:
        """Complete the sub-processes in which nothing is open any more."""
        started = {token.workflow for token in self.open.values()}
        over = [
            token
            for token in self.open.values()
            if token._state == TaskState.STARTED
            and token.id in self.subprocesses
            and self.subprocesses[token.id] not in started
        ]
        for token in over:
            token.workflow.top_workflow.subprocesses[token.id].completed = True
            token._set_state(TaskState.READY)
        return bool(over)

    def _follow(self) -> bool:
        """Let the elements that look at more than their own tokens do so: items and joins."""
        tokens = [token for token in self.open.values() if hasattr(token.task_spec, "follow")]
        return any(token.task_spec.follow(token) for token in tokens if token.is_open)

    def _fire_condition(self) -> bool:
        """Fire the first conditional event that holds; on replay, the next that was recorded."""
        waiting = [token for token in self.open.values() if is_condition(token)]
        if self.choices.replaying:
            token = self.choices.next_event({key_of(token): token for token in waiting})
        else:
            token = next((t for t in waiting if self._holds(t)), None)
        if token is None:
            return False
        self.choices.record(["event", *key_of(token)])
        token._ready()
        return True

    def _holds(self, token: Token) -> bool:
        return self.evaluate(token, token.task_spec.expression) is True

    def evaluate(self, token: Token, expression: str) -> Any:
        """Return the value of an expression for the item of a token."""
        return self.script_engine.evaluate(token, expression)

    def items(self, list_name: str) -> list[str]:
        """Return an item list as it stands in this step, and record it where it has changed."""
        last = self.lists.get(list_name)
        found = self.choices.items(list_name, last)
        if found is None:
            found = list(dict.fromkeys(self.world.items(list_name))) if self.world else []
        self.choices.asked[list_name] = found
        if found != last:
            self.choices.record(["items", list_name, found])
            self.lists[list_name] = found
        return found

    def waiting(self, kind: type) -> Iterator[Token]:
        """Return the open tokens on elements of one class, oldest first."""
        return (token for token in self.open.values() if isinstance(token.task_spec, kind))


class Branch(BpmnSubWorkflow):
    """A running embedded sub-process."""

    def __init__(self, spec: Any, parent_task_id: int, top: Tree) -> None:
        """Prepare it without tokens."""
        super().__init__(spec, parent_task_id, top, deserializing=True)

    def plant(self) -> None:
        """Put the first token on its start event."""
        self.task_tree = Token(self, self.spec.start)
        self.task_tree._ready()

    def _calculate_depth(self) -> int:
        return 1

    def _task_completed_notify(self, task: Token) -> None:
        """Do nothing, as in the tree."""


def key_of(token: Token) -> TaskKey:
    """Return the identity of a token."""
    return TaskKey(token.task_spec.bpmn_id, token.item, token.round)


def is_condition(token: Token) -> bool:
    """Say whether a token waits at a conditional event."""
    return getattr(token.task_spec, "event", "") == "conditional"
