"""Random diagrams, walked at random: nothing is lost, nothing is left over, and all ends."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import FactNotKnown
from engine.workflow import LogEntry, Workflow, replay
from tests.engine.workflow.test_state import everything

SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

BLOCKS = st.recursive(
    st.sampled_from(["user", "user*people", "call", "call*people", "send", "rule", "timer"]),
    lambda inner: st.one_of(
        st.tuples(st.just("row"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.sampled_from(["and", "xor", "or"]), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.sampled_from(["loop", "sub", "late", "soon", "turned"]), st.tuples(inner)),
    ),
    max_leaves=8,
)


class Drawer:
    """Turns a block into lines: each block has one way in and one way out."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.number = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def draw(self, block: Any, scope: str = "") -> tuple[str, str]:
        """Draw a block; return its first and last node, as they are written first."""
        if isinstance(block, str):
            kind, _, listed = block.partition("*")
            name = self.name(kind)
            self.lines.append(f"{scope}{kind}:{name}{'*' + listed if listed else ''}")
            return name, name
        kind, inner = block
        return getattr(self, f"draw_{'split' if kind in ('and', 'xor', 'or') else kind}")(
            kind, inner, scope
        )

    def draw_row(self, _: str, inner: list[Any], scope: str) -> tuple[str, str]:
        ends = [self.draw(each, scope) for each in inner]
        for (_, before), (after, _) in pairwise(ends):
            self.lines.append(f"{scope}{before} > {after}")
        return ends[0][0], ends[-1][1]

    def draw_split(self, kind: str, inner: list[Any], scope: str) -> tuple[str, str]:
        split, join = self.name("split"), self.name("join")
        self.lines += [f"{scope}{kind}:{split}", f"{scope}{kind}:{join}"]
        for position, each in enumerate(inner):
            first, last = self.draw(each, scope)
            condition = "[*]" if position == 0 else f"[{'abc'[position]} = true]"
            self.lines.append(f"{scope}{split} > {first} {condition if kind != 'and' else ''}")
            self.lines.append(f"{scope}{last} > {join}")
        return split, join

    def draw_loop(self, _: str, inner: tuple[Any], scope: str) -> tuple[str, str]:
        merge, again = self.name("merge"), self.name("again")
        self.lines += [f"{scope}xor:{merge}", f"{scope}xor:{again}"]
        # A loop without a wait would never end; a task in it makes every round wait.
        first, last = self.draw(("row", ["user", inner[0]]), scope)
        self.lines.append(f"{scope}{merge} > {first}")
        self.lines.append(f"{scope}{last} > {again} > {merge} [d = true]")
        out = self.name("out")
        self.lines += [f"{scope}throw:{out}", f"{scope}{again} > {out} [*]"]
        return merge, out

    def draw_sub(self, _: str, inner: tuple[Any], scope: str) -> tuple[str, str]:
        sub, start, end = self.name("sub"), self.name("start"), self.name("end")
        self.lines += [f"{scope}sub:{sub}", f"{sub} | start:{start}", f"{sub} | end:{end}"]
        first, last = self.draw(inner[0], f"{sub} | ")
        self.lines += [f"{sub} | {start} > {first}", f"{sub} | {last} > {end}"]
        return sub, sub

    def draw_late(self, kind: str, inner: tuple[Any], scope: str) -> tuple[str, str]:
        """Draw a sub-process that a timer or a condition interrupts, to meet again behind it."""
        sub, _ = self.draw_sub("", inner, scope)
        event, merge = self.name(kind), self.name("merge")
        tag = "cond" if kind == "turned" else "timer"
        self.lines += [f"{scope}xor:{merge}", f"{scope}{tag}:{event}@{sub} > {merge}"]
        self.lines.append(f"{scope}{sub} > {merge}")
        return sub, merge

    draw_turned = draw_late

    def draw_soon(self, _: str, inner: tuple[Any], scope: str) -> tuple[str, str]:
        """Draw a sub-process with a reminder, whose path ends on its own."""
        sub, _ = self.draw_sub("", inner, scope)
        event, chase, end = self.name("soon"), self.name("chase"), self.name("end")
        self.lines.append(f"{scope}timer~:{event}@{sub} > user:{chase} > end:{end}")
        return sub, sub


def drawn_lines(block: Any) -> list[str]:
    drawer = Drawer()
    first, last = drawer.draw(block)
    return [*drawer.lines, f"start > {first}", f"{last} > end"]


def moves(flow: Workflow) -> list[Callable[[], Any]]:
    """Return everything that somebody could do now."""
    return [
        *(lambda key=task.key: flow.complete_task(key) for task in flow.open_tasks()),
        *(lambda key=timer.key: flow.fire_timer(key) for timer in flow.waiting_timers()),
        *(lambda key=part.key: flow.finish_part(key) for part in flow.waiting_parts()),
    ]


def check(flow: Workflow) -> None:
    """Hold what is true of every instance at rest."""
    keys = [w.key for w in (*flow.open_tasks(), *flow.waiting_timers(), *flow.waiting_parts())]
    assert len(keys) == len(set(keys))
    assert flow.is_completed() == (not flow._tree.open)
    conditions = [token for token in flow._tree.open.values() if token.task_spec.bpmn_id]
    assert bool(keys) or flow.is_completed() or conditions
    assert not flow._tree.queue


def change(world: Any, number: int) -> None:
    """Let a fact or an item list turn."""
    if number % 2:
        name = "abcd"[number // 2 % 4]
        world.facts[name] = not world.facts[name]
        return
    people = world.lists["people"]
    person = f"p{number // 2 % 4}"
    if person in people:
        people.remove(person)
    else:
        people.append(person)


def at_the_start(world: Any) -> Any:
    """Return a world in which nothing is true yet, and two people are there."""
    world.facts = dict.fromkeys("abcd", False)
    world.lists["people"] = ["p0", "p1"]
    return world


@SETTINGS
@given(block=BLOCKS, numbers=st.lists(st.integers(0, 1000), max_size=25))
def test_a_random_walk_is_saved_loaded_and_replayed_to_the_byte(
    parse: Any, new_world: Any, block: Any, numbers: list[int]
) -> None:
    world = at_the_start(new_world())
    definition = parse(*drawn_lines(block))
    flow, first = Workflow.start(definition, world)
    log = [first.entry]
    for number in numbers:
        check(flow)
        possible = moves(flow)
        if number % 5 == 0:
            change(world, number // 5)
            outcome = flow.follow()
        elif possible:
            outcome = possible[number % len(possible)]()
        else:
            break
        if outcome is not None:
            log.append(outcome.entry)
        if number % 3 == 0:
            flow, before = Workflow.load(definition, flow.dump(), world), flow
            assert flow.dump() == before.dump()
    world.facts = dict.fromkeys("abcd")
    world.lists["people"] = ["other"]
    again = replay(definition, [LogEntry.from_json(e.to_json()) for e in log], world)
    assert again.workflow.dump() == flow.dump()
    assert list(again.applied) == log
    assert again.no_longer_apply == ()


@SETTINGS
@given(block=BLOCKS, numbers=st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_every_walk_can_be_brought_to_one_end(
    parse: Any, new_world: Any, block: Any, numbers: list[int]
) -> None:
    world = at_the_start(new_world())
    flow, _ = Workflow.start(parse(*drawn_lines(block)), world)
    for number in numbers:
        possible = moves(flow)
        if number % 5 == 0:
            change(world, number // 5)
            flow.follow()
        elif possible:
            possible[number % len(possible)]()
    world.facts = dict.fromkeys("abcd", False)
    for _ in range(300):
        if flow.is_completed():
            break
        moves(flow)[0]()
        check(flow)
    assert flow.is_completed()
    ends = [t for t in flow._tree.tasks.values() if t.task_spec.bpmn_id == "end"]
    assert len(ends) == 1


@SETTINGS
@given(block=BLOCKS, numbers=st.lists(st.integers(0, 1000), min_size=2, max_size=12))
def test_any_input_can_be_left_out(
    parse: Any, new_world: Any, block: Any, numbers: list[int]
) -> None:
    world = at_the_start(new_world())
    definition = parse(*drawn_lines(block))
    flow, first = Workflow.start(definition, world)
    log = [first.entry]
    for number in numbers:
        possible = moves(flow)
        if possible:
            log.append(possible[number % len(possible)]().entry)
    for entry in log[1:]:
        again = replay(definition, log, world, without=[entry.seq])
        check(again.workflow)
        told = {each.seq for each in (*again.applied, *again.no_longer_apply)}
        assert told == {each.seq for each in log} - {entry.seq}
        kept = [each for each in log if each.seq in {one.seq for one in again.applied}]
        once_more = replay(definition, again.applied, world)
        assert once_more.no_longer_apply == ()
        assert len(once_more.applied) == len(kept)


@SETTINGS
@given(block=BLOCKS, unknown=st.sampled_from("abcd"))
def test_an_unknown_fact_is_asked_for_or_not_needed(
    parse: Any, new_world: Any, block: Any, unknown: str
) -> None:
    world = new_world()
    world.facts = {**dict.fromkeys("abcd", False), unknown: None}
    asked = unknown
    try:
        flow, _ = Workflow.start(parse(*drawn_lines(block)), world)
        for _ in range(40):
            if flow.is_completed():
                break
            moves(flow)[0]()
    except FactNotKnown as refused:
        asked = refused.details["fact"]
    assert asked == unknown


@SETTINGS
@given(block=BLOCKS, numbers=st.lists(st.integers(0, 1000), max_size=25))
def test_a_random_walk_goes_on_from_memory_as_from_the_saved_state(
    parse: Any, new_world: Any, block: Any, numbers: list[int]
) -> None:
    world = at_the_start(new_world())
    definition = parse(*drawn_lines(block))
    flow, _ = Workflow.start(definition, world)
    for number in numbers:
        saved = flow.dump()
        loaded = Workflow.load(definition, saved, world)
        flow.keep()
        flow = Workflow.recall(definition, saved, world)
        assert everything(flow) == everything(loaded)
        possible = moves(flow)
        if number % 5 == 0:
            change(world, number // 5)
            flow.follow()
        elif possible:
            possible[number % len(possible)]()
        else:
            break
