"""Say what a process may come to while some of its steps are never done, forgetting its tokens.

Whatever the process can come to, this can; the other way round it may claim too much. What it does
not come to is proved to be out of reach, at the price of one walk over the drawing; only what it
does come to has to be looked for among the states.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.assurance.conditions import Choice
from engine.assurance.ground import Ground


def within_reach(
    ground: Ground, undone: Collection[str], given: Mapping[Choice, object]
) -> set[str]:
    """Return the elements and flows that may be come to while none of some is ever done with.

    Takes:   given, what is known of the case from beginning to end.
    """
    return _Reach(ground, undone, given).reached


class _Reach:
    def __init__(
        self, ground: Ground, undone: Collection[str], given: Mapping[Choice, object]
    ) -> None:
        self.ground, self.undone, self.given = ground, frozenset(undone), dict(given)
        self.elements = ground.definition.elements
        self.into: dict[str, list[str]] = {}
        for flow in ground.definition.flows.values():
            self.into.setdefault(flow.target, []).append(flow.id)
        self.reached: set[str] = set()
        self._todo: list[str] = []
        self._enter(ground.starts[None])
        while self._todo:
            self._pass(self._todo.pop())

    def _enter(self, key: str) -> None:
        if key not in self.reached and self._may_hold(key):
            self.reached.add(key)
            self._todo.append(key)

    def _may_hold(self, key: str) -> bool:
        """Say whether the condition that an event waits for can come true."""
        element = self.elements[key]
        if element.event != "conditional":
            return True
        answers = self.ground.conditions.answers(element.expression, self.given)
        return next(answers, None) is not None

    def _pass(self, key: str) -> None:
        element = self.elements[key]
        for edge in self.ground.edges[key]:
            self._enter(edge.id)
        if key in self.undone:
            return
        if element.kind == "subProcess":
            self._enter(self.ground.starts[key])
        elif element.kind == "endEvent":
            if element.scope is not None and element.scope not in self.undone:
                self._leave(element.scope)
        else:
            self._leave(key)

    def _leave(self, key: str) -> None:
        open_flows = self._open_flows(key)
        for flow in self.ground.outgoing[key]:
            if flow.id in self.undone or flow.id in self.reached or flow.id not in open_flows:
                continue
            self.reached.add(flow.id)
            joins = self.elements[flow.target].kind == "parallelGateway"
            if not joins or all(each in self.reached for each in self.into[flow.target]):
                self._enter(flow.target)

    def _open_flows(self, key: str) -> set[str]:
        flows = self.ground.outgoing[key]
        element = self.elements[key]
        if element.kind not in ("exclusiveGateway", "inclusiveGateway") or len(flows) < 2:
            return {flow.id for flow in flows}
        sources = [(each.id, each.condition) for each in flows if each.condition]
        default = next((each.id for each in flows if each.is_default), "")
        every = element.kind == "inclusiveGateway"
        ways = self.ground.conditions.flows(sources, default, self.given, every=every)
        return {flow for taken, _ in ways for flow in taken}
