"""What the engine can do, the exploration has seen, and the proof of an order says so."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.assurance import Asked, OrderProver
from engine.assurance.exploring import explore
from engine.assurance.net import Net
from engine.errors import EngineError
from engine.workflow import ProcessDefinition, Workflow
from tests.engine.assurance.test_against_the_engine import (
    VALUES,
    Chance,
    _chosen,
    _seen,
    _waiting,
    written,
)
from tests.engine.assurance.test_soundness import TYPES

Parse = Callable[..., ProcessDefinition]
WALKS = 6
STEPS = 15

_TASK = st.just("task")
_CONDITION = st.sampled_from(['a = "x"', 'b = "y"', "c = true", 'a = "y" or c = false'])
BLOCKS = st.recursive(
    _TASK,
    lambda inner: st.one_of(
        st.tuples(st.just("then"), inner, inner),
        st.tuples(st.just("both"), inner, inner),
        st.tuples(st.just("either"), inner, inner, _CONDITION),
        st.tuples(st.just("again"), inner, _CONDITION),
    ),
    max_leaves=5,
)


class _Lines:
    """Writes a block as the short lines that the tests of the workflow draw."""

    def __init__(self, block: Any) -> None:
        self.lines: list[str] = []
        self.number = 0
        self._flow(self._draw(block, "start"), "end")

    def _flow(self, source: str, target: str, condition: str = "") -> None:
        self.lines.append(f"{source} > {target} {condition}".strip())

    def _next(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def _draw(self, block: Any, before: str, condition: str = "") -> str:
        """Draw a block behind an element; return the element that ends it."""
        if block == "task":
            task = self._next("t")
            self._flow(before, f"user:{task}", condition)
            return task
        kind = block[0]
        if kind == "then":
            return self._draw(block[2], self._draw(block[1], before, condition))
        if kind == "again":
            opens, closes = self._next("xor"), self._next("xor")
            self._flow(before, opens, condition)
            self._flow(self._draw(block[1], opens), closes)
            self._flow(closes, opens, f"[{block[2]}]")
            out = self._next("t")
            self._flow(closes, f"user:{out}", "[*]")
            return out
        gateway = "and" if kind == "both" else "xor"
        opens, closes = self._next(gateway), self._next(gateway)
        self._flow(before, opens, condition)
        ways = ("", "") if kind == "both" else (f"[{block[3]}]", "[*]")
        for inner, asked in zip(block[1:3], ways, strict=True):
            self._flow(self._draw(inner, opens, asked), closes)
        return closes


def walks(definition: ProcessDefinition) -> Iterator[list[tuple[frozenset[Any], set[str]]]]:
    """Yield what waits and what was done by then, after each step of some random walks."""
    for seed in range(WALKS):
        chance = random.Random(seed)
        world = Chance(chance)
        try:
            flow, _ = Workflow.start(definition, world)
        except EngineError:
            continue
        done: set[str] = set()
        found = [(_waiting(flow), set(done))]
        for _ in range(STEPS):
            before, facts = flow.dump(), dict(world.facts)
            act = _chosen(flow, chance)
            if act is None:
                break
            try:
                world.facts = {key: chance.choice(values) for key, values in VALUES.items()}
                getattr(flow, act[0])(act[1])
            except EngineError:
                flow, world.facts = Workflow.load(definition, before, world), facts
                continue
            done.add(act[1].bpmn_id)
            found.append((_waiting(flow), set(done)))
        yield found


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(block=BLOCKS)
def test_what_the_engine_does_is_seen_and_its_order_is_proved_or_denied(
    block: Any, parse: Parse
) -> None:
    definition = parse(*_Lines(block).lines)
    tasks = [key for key, each in definition.elements.items() if each.kind == "userTask"]
    net = Net(definition, written, TYPES, outside=VALUES)
    net.aside.clear()
    known = {_seen(net, state) for state in explore(net).came_from}
    seen: set[tuple[str, str]] = set()
    for walk in walks(definition):
        for waiting, done in walk:
            assert waiting in known
            seen |= {(first, then) for then in waiting for first in tasks if first not in done}
    carrying = dataclasses.replace(
        definition,
        elements={
            key: dataclasses.replace(each, requirement=(key,) if key in tasks else ())
            for key, each in definition.elements.items()
        },
    )
    prover = OrderProver(
        {definition.id: carrying}, written, lambda name: VALUES, lambda process: VALUES, TYPES
    )
    for first, then in sorted(seen):
        if first != then:
            assert prover.breach(Asked(definition.id, first=first, then=then)), (first, then)


def test_order_that_every_way_keeps_is_proved(parse: Parse) -> None:
    lines = ['start > user:x > xor1 > user:y [a = "x"] > xor2 > user:z > end', "xor1 > xor2 [*]"]
    definition = parse(*lines)
    carrying = dataclasses.replace(
        definition,
        elements={
            key: dataclasses.replace(each, requirement=(key,))
            for key, each in definition.elements.items()
        },
    )
    prover = OrderProver(
        {definition.id: carrying}, written, lambda name: VALUES, lambda process: VALUES, TYPES
    )
    assert prover.breach(Asked(definition.id, first="x", then="z")) is None
    broken = prover.breach(Asked(definition.id, first="y", then="z"))
    assert broken
    assert broken.trace == ("start", "x", "xor1", "xor2", "z")
