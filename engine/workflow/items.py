"""Once for each item: a multi-instance that follows an item list for as long as it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.workflow.task import Token

if TYPE_CHECKING:
    from collections.abc import Iterable


class PerItem(BpmnSpecMixin):
    """Opens its activity once for each key of an item list.

    A late item gets its own at the next step; that of an item which was removed is withdrawn, and
    counts as finished. Stock SpiffWorkflow fixes the items at the start, and refuses to come round
    a second time.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, *, item_list: str, **kwargs: Any) -> None:
        """Take the name of the item list; the parser names the activity in `task_spec`."""
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.item_list = item_list
        self.task_spec = ""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.STARTED)
        self._open(my_task, my_task.tree.items(self.item_list))
        return not any(child.is_open for child in my_task.children)

    def _open(self, my_task: Token, keys: Iterable[str]) -> None:
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        for key in keys:
            child = Token(my_task.workflow, spec, my_task, key)
            spec._update(child)

    def follow(self, my_task: Token) -> bool:
        """Open the activity for late items and withdraw it for those removed."""
        if my_task._state != TaskState.STARTED:
            return False
        wanted = my_task.tree.items(self.item_list)
        latest = {child.item: child for child in my_task.children}
        late = [
            key for key in wanted if key not in latest or latest[key]._state == TaskState.CANCELLED
        ]
        gone = [child for key, child in latest.items() if key not in wanted and child.is_open]
        self._open(my_task, late)
        for child in gone:
            child.cancel()
        self.child_finished(my_task, my_task)
        return bool(late or gone)

    def child_finished(self, my_task: Token, child: Token) -> None:
        """Go on once every item is finished."""
        unfinished = any(each.is_open for each in my_task.children if each.triggered)
        if my_task._state == TaskState.STARTED and not unfinished:
            my_task._set_state(TaskState.READY)
