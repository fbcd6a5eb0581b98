"""Events: where an instance starts and ends, and where it waits for a timer or a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.workflow.task import Token


class PassEvent(BpmnSpecMixin):
    """A start event, or a throw event that only marks a place."""


class EndEvent(BpmnSpecMixin):
    """An end event; a terminate event withdraws whatever is open beside it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, terminate: bool, **kwargs: Any) -> None:
        """Take whether it terminates its process or sub-process."""
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.terminate = terminate

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        if self.terminate:
            my_task.tree.cancel_all(my_task.workflow)


class CatchEvent(BpmnSpecMixin):
    """Waits until it is fired from outside; no clock is read and no condition polled here."""

    keyed = True

    def __init__(
        self, wf_spec: Any, bpmn_id: str, *, event: str, expression: str, **kwargs: Any
    ) -> None:
        """Take `timer` or `conditional`, and its FEEL."""
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event = event
        self.expression = expression

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.WAITING)
        return False


class BoundaryEvent(CatchEvent):
    """Waits beside an activity; an interrupting one withdraws the activity when it fires."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, interrupting: bool, **kwargs: Any) -> None:
        """Take whether it interrupts the activity that it is attached to."""
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.interrupting = interrupting

    def _run_hook(self, my_task: Token) -> bool:
        if self.interrupting:
            for other in my_task.parent.children:
                if other is not my_task:
                    other.cancel()
        return True


class BoundarySplit(BpmnSpecMixin):
    """Stands before an activity with boundary events, and arms them as the activity opens."""

    def __init__(self, wf_spec: Any, name: str, host: str, **kwargs: Any) -> None:
        """Take the id of the activity."""
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id = None
        self.host = host

    def child_finished(self, my_task: Token, child: Token) -> None:
        """Disarm the events once the activity has completed."""
        if child.task_spec.bpmn_id == self.host:
            for other in my_task.children:
                other.cancel()
