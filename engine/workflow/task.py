"""A token on a diagram: SpiffWorkflow's task with counted ids and nothing predicted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import TooDeep

if TYPE_CHECKING:
    from engine.workflow.tree import Tree

#: So many steps one after the other end a path; far above any review, far below trouble.
MAX_DEPTH = 20_000


class Token(Task):
    """A task of SpiffWorkflow as we run it.

    Ids are counted in each instance, so that a replay gives the same state byte for byte. Children
    come into being when their parent completes, never before: stock SpiffWorkflow predicts them,
    and its tree grows as b^k over k parallel blocks of b branches. Task data stays empty; a token
    carries its item and its round, nothing else. No tree is ever walked by recursion.
    """

    #: Nothing is ever kept in these; writing to them fails.
    data: Mapping[str, Any] = MappingProxyType({})
    internal_data: Mapping[str, Any] = MappingProxyType({})
    thread_id = 0
    last_state_change = 0

    def __init__(
        self, workflow: Any, spec: Any, parent: Token | None = None, item: str | None = None
    ) -> None:
        """Put a new token on an element; `item` is None where the instance's own holds."""
        top: Tree = workflow.top_workflow
        place = (workflow, spec, parent, TaskState.FUTURE, top.item if item is None else item)
        self._place(*place, identifier=top.next_id())
        if getattr(spec, "keyed", False):
            self.round = top.next_round(spec.bpmn_id, self.item)
        if self.level > MAX_DEPTH:
            raise TooDeep(depth=MAX_DEPTH)
        top.moved(self)

    @classmethod
    def restored(
        cls, workflow: Any, spec: Any, parent: Token | None, state: int, item: str, identifier: int
    ) -> Token:
        """Return a token as it was saved, telling nobody that it moved."""
        token = cls.__new__(cls)
        token._place(workflow, spec, parent, state, item, identifier=identifier)
        return token

    def _place(
        self,
        workflow: Any,
        spec: Any,
        parent: Token | None,
        state: int,
        item: str,
        *,
        identifier: int,
    ) -> None:
        # Instead of the constructor of Task, which takes a random id and reads a clock.
        self.id = identifier
        self.workflow = workflow
        self.task_spec = spec
        self._state = state
        self._parent = None if parent is None else parent.id
        self._children: list[int] = []
        self.item = item
        self.round = 0
        self.level: int = 0
        self.triggered = False
        workflow.tasks[identifier] = self
        if parent is not None:
            self.level = parent.level + 1
            self.triggered = spec.name == getattr(parent.task_spec, "task_spec", None)
            parent._children.append(identifier)

    @property
    def tree(self) -> Tree:
        """Return the instance that this token belongs to, whatever sub-process it is in."""
        return cast("Tree", self.workflow.top_workflow)

    @property
    def is_open(self) -> bool:
        """Say whether the token still waits or runs."""
        return bool(self._state < TaskState.COMPLETED)

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self._state = value
            self.tree.moved(self)

    def _ready(self) -> None:
        if self.is_open:
            self._set_state(TaskState.READY)

    def _inherit_data(self) -> None:
        """Inherit nothing: what steers a process are facts, and they live elsewhere."""

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        return Token(self.workflow, task_spec, self)

    def complete(self) -> None:
        """Finish this token and set its followers on their way."""
        self._set_state(TaskState.COMPLETED)
        if not getattr(self.task_spec, "chooses", False):
            self._sync_children(self.task_spec.outputs, TaskState.FUTURE)
        self.task_spec._on_complete(self)
        self.tree.finished(self)

    def cancel(self) -> None:
        """Withdraw this token with all that still runs inside it."""
        if not self.is_open:
            return
        self._set_state(TaskState.CANCELLED)
        for child in self.children:
            child.cancel()
        inside = self.tree.get_subprocess(self)
        if inside is not None:
            self.tree.cancel_all(inside)
