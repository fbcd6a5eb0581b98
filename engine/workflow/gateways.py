"""Gateways: choosing by FEEL, splitting, and joining by the tokens that have arrived."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.errors import FactNotKnown
from engine.workflow.environment import compiled
from engine.workflow.errors import NoFlowApplies

if TYPE_CHECKING:
    from engine.workflow.definition import Flow
    from engine.workflow.task import Token


class ExclusiveGateway(BpmnSpecMixin):
    """Takes the first flow whose condition is true, in the order of the file."""

    chooses = True
    takes_all = False

    def _run_hook(self, my_task: Token) -> bool:
        chosen = self._recorded(my_task) or self._choose(my_task)
        my_task.tree.choices.record(["flow", self.bpmn_id, [flow.id for flow in chosen]])
        specs = [_entry(my_task, flow.target) for flow in chosen]
        my_task._sync_children(specs, TaskState.FUTURE)
        return True

    def _flows(self, my_task: Token) -> tuple[Flow, ...]:
        flows: tuple[Flow, ...] = my_task.tree.definition.outgoing.get(self.bpmn_id, ())
        return flows

    def _recorded(self, my_task: Token) -> list[Flow]:
        choice = my_task.tree.choices.take("flow", self.bpmn_id)
        named = choice[2] if choice else ()
        return [flow for flow in self._flows(my_task) if flow.id in named]

    def _choose(self, my_task: Token) -> list[Flow]:
        flows = self._flows(my_task)
        if len(flows) < 2 and not any(flow.condition for flow in flows):
            return list(flows)
        true: list[Flow] = []
        unknown: list[Flow] = []
        for flow in flows:
            if flow.is_default or not flow.condition:
                continue
            value = my_task.tree.evaluate(my_task, flow.condition)
            if value is True:
                true.append(flow)
            elif value is not False:
                unknown.append(flow)
            if true and not self.takes_all:
                break
        if not true and unknown:
            raise FactNotKnown(fact=self._missing(my_task, unknown))
        chosen = true or [flow for flow in flows if flow.is_default]
        if not chosen:
            element = my_task.tree.element(my_task)
            raise NoFlowApplies(gateway=element.name() or element.id if element else "")
        return chosen

    def _missing(self, my_task: Token, unknown: list[Flow]) -> str:
        """Return the names without a value in the conditions that have none."""
        world = my_task.tree.world
        known = world.names(my_task.item or None) if world else {}
        used = {name for flow in unknown for name in compiled(flow.condition).names}
        missing = sorted(name for name in used if known.get(name) is None)
        return ", ".join(missing or sorted(used) or [flow.condition for flow in unknown])


class InclusiveGateway(ExclusiveGateway):
    """Takes every flow whose condition is true; as a join waits for whatever may still come."""

    takes_all = True

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def follow(self, my_task: Token) -> bool:
        """Let the tokens that have arrived through, as one, once no other can come."""
        if my_task._state != TaskState.WAITING or self._may_come(my_task):
            return False
        for token in _arrived(my_task):
            if token is not my_task:
                token.cancel()
        my_task._ready()
        return True

    def _may_come(self, my_task: Token) -> bool:
        """Say whether a token elsewhere can reach a flow on which none has arrived.

        As BPMN has it: one that can also reach a flow on which a token waits does not count.
        """
        full = {token.parent.task_spec.name for token in _arrived(my_task)}
        for token in my_task.tree.open.values():
            if token.workflow is my_task.workflow and token.task_spec is not self:
                reached = self._reached_from(token.task_spec)
                if reached - full and not reached & full:
                    return True
        return False

    def _reached_from(self, spec: Any) -> set[str]:
        """Return the names of the elements before this one that a token at `spec` can get to."""
        found: set[str] = set()
        seen, todo = {spec.name}, [spec]
        while todo:
            here = todo.pop()
            for following in here.outputs:
                if following is self:
                    found.add(here.name)
                elif following.name not in seen:
                    seen.add(following.name)
                    todo.append(following)
        return found


class ParallelGateway(BpmnSpecMixin):
    """Takes one token from each flow in, gives one to each flow out.

    Tokens are counted, and one too many waits for the next time. Stock SpiffWorkflow marks flows
    as seen, so that a second token on one flow fires the join early.
    """

    def _update_hook(self, my_task: Token) -> bool:
        wanted: Counter[str] = Counter(self._inputs)
        if wanted.total() < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        taken: list[Token] = []
        for token in _arrived(my_task):
            source = token.parent.task_spec.name
            if wanted[source] > 0:
                wanted[source] -= 1
                taken.append(token)
        if wanted.total() > 0:
            return False
        for token in taken:
            if token is not my_task:
                token.cancel()
        return True


class EventGateway(BpmnSpecMixin):
    """Waits at each event after it; the first that happens withdraws the others."""

    def child_finished(self, my_task: Token, child: Token) -> None:
        """Withdraw the events that did not happen."""
        for other in my_task.children:
            other.cancel()


def _entry(my_task: Token, target: str) -> Any:
    """Return where a token that goes to an element enters: before its boundary events, if any."""
    specs = my_task.workflow.spec.task_specs
    return specs.get(f"{target}.BoundaryEventSplit") or specs[target]


def _arrived(my_task: Token) -> list[Token]:
    """Return the tokens that wait at the same gateway, oldest first."""
    return [
        token
        for token in my_task.tree.open.values()
        if token.task_spec is my_task.task_spec and token.workflow is my_task.workflow
    ]
