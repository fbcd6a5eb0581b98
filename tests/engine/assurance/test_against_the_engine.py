"""Whatever the engine does with a process, the exploration has seen that state before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from engine.assurance.exploring import explore
from engine.assurance.net import Net, State
from engine.errors import EngineError
from engine.workflow import Element, Flow, ProcessDefinition, TaskKey, Workflow
from tests.engine.assurance.test_soundness import CONTRADICTION, PAIR, SOUND, TYPES, UNSOUND

WALKS = 40
STEPS = 25
VALUES: Mapping[str, Sequence[Any]] = {
    "a": ("x", "y", "z", None),
    "b": ("y", "n", None),
    "c": (True, False, None),
}
DIAGRAMS = {
    **SOUND,
    **{name: lines for name, (lines, _) in UNSOUND.items()},
    "a contradiction": CONTRADICTION,
    "a pair": PAIR,
    "an inclusive join with an event inside": [
        'start > or1 > user:x [a = "x"] > or2 > user:z > stop',
        'or1 > sub:s [b = "y"] > or2',
        "or1 > user:w [*] > end2",
        "timer:late@s > xor5 > or2 [c = true]",
        "xor5 > end3 [*]",
        "s|start:s1 > user:y > end:s2",
        "s|timer~:told@y > send:s3 > end:s4",
    ],
}


class Chance:
    """A world that keeps facts until a step may write them, then draws them anew."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.facts = {name: chance.choice(values) for name, values in VALUES.items()}

    def names(self, item: str | None) -> Mapping[str, Any]:
        return {**dict.fromkeys("abcdefgh"), **self.facts}

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        return {"due": lambda key: None}

    def items(self, list_name: str) -> Sequence[str]:
        return ["one", "two"]

    def decide(self, decision_id: str, item: str | None) -> Mapping[str, Any]:
        return {}

    def redo_decision(self, decision_id: str, item: str | None, recorded: Any) -> None:
        """Do nothing."""


def written(thing: Element | Flow) -> frozenset[str]:
    """Every step that a person does may write every fact."""
    done = isinstance(thing, Element) and thing.kind in ("userTask", "callActivity")
    return frozenset(VALUES) if done else frozenset()


@pytest.mark.parametrize("name", DIAGRAMS)
def test_states_of_the_engine_are_states_of_the_exploration(
    name: str, parse: Callable[..., ProcessDefinition]
) -> None:
    definition = parse(*DIAGRAMS[name], off="c = true", came="c = true")
    net = Net(definition, written, TYPES, outside=VALUES)
    net.aside.clear()
    explored = explore(net)
    known = {_seen(net, state) for state in explored.came_from}
    for seed in range(WALKS):
        for found in walk(definition, random.Random(seed)):
            assert found in known or explored.too_many, (seed, sorted(found))


def walk(definition: ProcessDefinition, chance: random.Random) -> list[frozenset[Any]]:
    """Do what may be done, at random, and return what waited after each step."""
    world = Chance(chance)
    try:
        flow, _ = Workflow.start(definition, world)
    except EngineError:
        return []
    found = [_waiting(flow)]
    for _ in range(STEPS):
        before, facts = flow.dump(), dict(world.facts)
        act = _chosen(flow, chance)
        if act is None:
            break
        try:
            if act[0] != "fire_timer":
                world.facts = {key: chance.choice(values) for key, values in VALUES.items()}
            getattr(flow, act[0])(act[1])
        except EngineError:
            # The step is refused, and everything is as it was.
            flow, world.facts = Workflow.load(definition, before, world), facts
            continue
        found.append(_waiting(flow))
    return found


def _chosen(flow: Workflow, chance: random.Random) -> tuple[str, TaskKey] | None:
    acts = [("complete_task", task.key) for task in flow.open_tasks()]
    acts += [("fire_timer", timer.key) for timer in flow.waiting_timers()]
    acts += [("finish_part", part.key) for part in flow.waiting_parts()]
    return chance.choice(acts) if acts else None


def _waiting(flow: Workflow) -> frozenset[Any]:
    """Return the elements on which something waits for a person, a part or a moment."""
    keys = [task.key for task in flow.open_tasks()]
    keys += [part.key for part in flow.waiting_parts()]
    keys += [timer.key for timer in flow.waiting_timers()]
    return frozenset(key.bpmn_id for key in keys)


def _seen(net: Net, state: State) -> frozenset[Any]:
    """Return what waits in a state, as the engine would say it."""
    found: set[str] = set()
    elements = net.definition.elements
    for token in state.tokens:
        element = elements[token[0]]
        if element.kind in ("userTask", "callActivity") or element.event == "timer":
            found.add(element.id)
        events = [elements[flow.target] for flow in net.outgoing[element.id]]
        if element.kind == "eventBasedGateway":
            found.update(event.id for event in events if event.event == "timer")
        if net.edges[element.id]:
            found.update(edge for edge in token[1] if elements[edge].event == "timer")
    return frozenset(found)
