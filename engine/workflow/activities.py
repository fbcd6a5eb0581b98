"""Activities that a person does, that the engine does at once, and embedded sub-processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.workflow.outcome import Effect

if TYPE_CHECKING:
    from engine.workflow.task import Token


class UserTask(BpmnSpecMixin):
    """Waits for a person."""

    keyed = True

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        """Wait; `manual` keeps SpiffWorkflow from running it by itself."""
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class CalledPart(UserTask):
    """A call activity: waits for the child instance that the caller starts for it."""


class SendTask(BpmnSpecMixin):
    """Asks the caller to send a notice, and goes on."""

    keyed = True

    def _run_hook(self, my_task: Token) -> bool:
        element = my_task.tree.definition.elements[self.bpmn_id]
        return _effect(my_task, "notice", {"notice": element.notice, "to": list(element.to)})


class ServiceTask(BpmnSpecMixin):
    """Asks the caller for one of the closed list of effects, and goes on."""

    keyed = True

    def _run_hook(self, my_task: Token) -> bool:
        element = my_task.tree.definition.elements[self.bpmn_id]
        return _effect(my_task, "effect", {"effect": element.effect, "starts": element.starts})


class RuleTask(BpmnSpecMixin):
    """Has the world take a decision; on replay, reuses the one that was taken."""

    keyed = True

    def _run_hook(self, my_task: Token) -> bool:
        tree, item = my_task.tree, my_task.item
        decision = tree.definition.elements[self.bpmn_id].decision
        recorded = tree.choices.take("decision", self.bpmn_id, item)
        if recorded is not None:
            result = recorded[3]
            redo = getattr(tree.world, "redo_decision", None)
            if redo is not None:
                redo(decision, item or None, result)
        else:
            result = dict(tree.world.decide(decision, item or None)) if tree.world else {}
        tree.choices.record(["decision", self.bpmn_id, item, result])
        return _effect(my_task, "decision", {"decision": decision, "result": result})


class SubProcess(SubWorkflowTask, BpmnSpecMixin):
    """An embedded sub-process; it shares nothing with its surroundings but facts."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.STARTED)
        my_task.tree.create_subprocess(my_task, self.spec)
        return False

    def _on_cancel(self, my_task: Token) -> None:
        """Do nothing; the token withdraws what is inside it."""


def _effect(my_task: Token, kind: str, data: dict[str, Any]) -> bool:
    tree = my_task.tree
    element = tree.definition.elements[my_task.task_spec.bpmn_id]
    tree.effects.append(Effect(kind, element, my_task.item, data, my_task.round))
    return True
