"""The saved state is small, whole and always the same for the same instance."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.workflow import StateDoesNotFit, TaskKey, Workflow

REVIEW = (
    "start > user:a > and:g > call:learn*people > and:j > sub:s > user:z > end",
    "g > user:b > j",
    "timer:late@b > end:gone",
    "s | start:s1 > user:x*people > end:s2",
    "timer~:soon@s > user:nudge > end:told",
    "cond:turned@s > end:stopped",
)


def walk(flow: Workflow) -> None:
    flow.complete_task(TaskKey("a"))
    flow.complete_task(TaskKey("b"))
    for person in ("p1", "p2"):
        flow.finish_part(TaskKey("learn", person))
    flow.complete_task(TaskKey("x", "p1"))
    flow.fire_timer(TaskKey("soon"))


def everything(flow: Workflow) -> Any:
    tree = flow._tree
    return [
        [
            (
                *(token.id, token._parent, token._children, token._state, token.item, token.round),
                *(token.level, token.triggered, token.task_spec.name, token.data),
            )
            for token in workflow.tasks.values()
        ]
        for workflow in (tree, *tree.subprocesses.values())
    ] + [
        *(list(tree.open), tree.rounds, tree.last_id, tree.lists, tree.ended_by, tree.depth),
        *([sub.completed for sub in tree.subprocesses.values()], flow.seq, flow.item),
    ]


def test_nothing_is_lost_in_saving_and_loading(started: Any, world: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    flow = started(*REVIEW)
    walk(flow)
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    assert everything(again) == everything(flow)
    assert again.dump() == flow.dump()
    assert again.waiting_timers() == flow.waiting_timers()
    assert again.token_states() == flow.token_states()


def test_loading_before_every_step_changes_nothing(parse: Any, world: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    definition = parse(*REVIEW)
    kept, _ = Workflow.start(definition, world)
    walk(kept)
    flow, _ = Workflow.start(definition, world)
    for act, key in (
        ("complete_task", TaskKey("a")),
        ("complete_task", TaskKey("b")),
        ("finish_part", TaskKey("learn", "p1")),
        ("finish_part", TaskKey("learn", "p2")),
        ("complete_task", TaskKey("x", "p1")),
        ("fire_timer", TaskKey("soon")),
    ):
        flow = Workflow.load(definition, flow.dump(), world)
        getattr(flow, act)(key)
    assert flow.dump() == kept.dump()


def test_the_state_holds_no_facts_and_no_definition(started: Any, world: Any) -> None:
    world.facts["a"] = "a secret about a child"
    world.lists["people"] = ["p1"]
    flow = started(*REVIEW)
    flow.complete_task(TaskKey("a"))
    saved = flow.dump()
    assert b"secret" not in saved
    assert b"DR-01" not in saved
    assert b"due(" not in saved


def test_a_state_of_another_version_is_refused(parse: Any, world: Any) -> None:
    flow, _ = Workflow.start(parse("start > user:a > end"), world)
    with pytest.raises(StateDoesNotFit, match="changed"):
        Workflow.load(parse("start > user:b > end"), flow.dump(), world)
    saved = {**json.loads(flow.dump()), "version": 0}
    with pytest.raises(StateDoesNotFit, match="format"):
        Workflow.load(flow._tree.definition, json.dumps(saved).encode(), world)


def test_sixty_tasks_in_the_middle_take_little_room(started: Any) -> None:
    lines = ["start > and:s0"]
    for block in range(15):
        after = f"and:s{block + 1}" if block < 14 else "end"
        lines.append(f"s{block} > user:write_the_report_{block}_0 > and:j{block} > {after}")
        lines += [f"s{block} > user:write_the_report_{block}_{n} > j{block}" for n in (1, 2, 3)]
        lines.append(f"timer~:late_{block}@write_the_report_{block}_0 > end:told_{block}")
    flow = started(*lines)
    for _ in range(30):
        flow.complete_task(flow.open_tasks()[0].key)
    assert len(flow.dump()) < 4_000
