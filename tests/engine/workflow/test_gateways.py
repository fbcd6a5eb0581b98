"""Gateways choose by FEEL, and join by the tokens that have arrived."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import FactNotKnown
from engine.workflow import NoFlowApplies, TaskKey, Workflow

CHOICE = (
    "start > xor:g > user:one [a = 1] > end",
    "g > user:two [a = 2] > end",
    "g > user:other [*] > end",
)


@pytest.mark.parametrize(("a", "task"), [(1, "one"), (2, "two"), (3, "other")])
def test_an_exclusive_gateway_takes_the_flow_that_is_true(
    started: Any, world: Any, opened: Any, a: int, task: str
) -> None:
    world.facts["a"] = a
    assert opened(started(*CHOICE)) == [task]


def test_the_default_is_not_taken_while_a_fact_is_missing(started: Any) -> None:
    with pytest.raises(FactNotKnown) as refused:
        started(*CHOICE)
    assert refused.value.details["fact"] == "a"


def test_every_missing_fact_is_named(started: Any) -> None:
    with pytest.raises(FactNotKnown) as refused:
        started("start > xor:g > user:x [a = 1] > end", "g > user:y [b = 1 and c = 1] > end")
    assert refused.value.details["fact"] == "a, b, c"


def test_a_true_condition_is_enough_though_another_is_not_known(
    started: Any, world: Any, opened: Any
) -> None:
    world.facts["b"] = 1
    lines = ("start > xor:g > user:x [a = 1] > end", "g > user:y [b = 1] > end")
    assert opened(started(*lines)) == ["y"]


def test_all_false_without_a_default_is_refused_by_name(started: Any, world: Any) -> None:
    world.facts["a"] = 3
    with pytest.raises(NoFlowApplies) as refused:
        started("start > xor:which_way > user:x [a = 1] > end", "which_way > user:y [a = 2] > end")
    assert "which way" in refused.value.message


def test_the_first_true_flow_in_the_file_wins(started: Any, world: Any, opened: Any) -> None:
    world.facts["a"] = 1
    lines = ("start > xor:g > user:z [a = 1] > end", "g > user:y [a >= 1] > end")
    assert opened(started(*lines)) == ["z"]


def test_chosen_flows_are_recorded_in_order(parse: Any, world: Any) -> None:
    world.facts |= {"a": 1, "b": 2}
    definition = parse(
        "start > xor:g > xor:h [a = 1] > user:x [b = 2] > end", "g > end [*]", "h > end [*]"
    )
    _, first = Workflow.start(definition, world)
    assert first.entry.choices == (["flow", "g", ["g_h"]], ["flow", "h", ["h_x"]])


def test_inside_a_part_a_condition_sees_the_facts_of_its_item(
    started: Any, world: Any, opened: Any
) -> None:
    world.of_items = {"p1": {"a": 1}, "p2": {"a": 2}}
    assert opened(started(*CHOICE, item="p2")) == ["two/p2"]


def test_an_inclusive_gateway_takes_every_true_flow_and_joins_them(
    started: Any, world: Any, opened: Any
) -> None:
    world.facts |= {"a": 1, "b": 1, "c": 0}
    flow = started(
        "start > or:split > user:x [a = 1] > or:join > user:last > end",
        "split > user:y [b = 1] > join",
        "split > user:z [c = 1] > join",
    )
    assert opened(flow) == ["x", "y"]
    flow.complete_task(TaskKey("x"))
    assert opened(flow) == ["y"]
    flow.complete_task(TaskKey("y"))
    assert opened(flow) == ["last"]


def test_an_inclusive_join_goes_on_when_the_other_way_is_withdrawn(
    started: Any, world: Any, opened: Any
) -> None:
    world.facts |= {"a": 1, "b": 1}
    flow = started(
        "start > or:split > user:x [a = 1] > or:join > user:last > end",
        "split > user:y [b = 1] > join",
        "timer:late@y > end:gave_up",
    )
    flow.complete_task(TaskKey("x"))
    flow.fire_timer(TaskKey("late"))
    assert opened(flow) == ["last"]


def test_a_parallel_join_waits_for_every_branch(started: Any, opened: Any) -> None:
    flow = started("start > and:s > user:x > and:j > user:last > end", "s > user:y > j")
    flow.complete_task(TaskKey("y"))
    assert opened(flow) == ["x"]
    flow.complete_task(TaskKey("x"))
    assert opened(flow) == ["last"]


def test_two_tokens_on_one_flow_do_not_make_a_join(started: Any, opened: Any) -> None:
    flow = started(
        "start > and:s > user:x > and:j > user:last > end",
        "s > user:y > j",
        "timer~:again@y > x",
    )
    flow.fire_timer(TaskKey("again"))
    flow.complete_task(TaskKey("x", "", 1))
    flow.complete_task(TaskKey("x", "", 2))
    assert opened(flow) == ["y"]
    flow.complete_task(TaskKey("y"))
    assert opened(flow) == ["last"]


def test_a_parallel_block_in_a_loop_joins_each_round(started: Any, world: Any, opened: Any) -> None:
    world.facts["a"] = 1
    flow = started(
        "start > xor:m > and:s > user:x > and:j > xor:again > m [a = 1]",
        "s > user:y > j",
        "again > end [*]",
    )
    for number in range(1, 4):
        assert len(flow.open_tasks()) == 2
        flow.complete_task(TaskKey("x" if number % 2 else "y", "", number))
        assert len(flow.open_tasks()) == 1
        if number == 3:
            world.facts["a"] = 2
        flow.complete_task(TaskKey("y" if number % 2 else "x", "", number))
    assert flow.is_completed()


def test_six_four_way_blocks_in_a_row_give_few_tokens(started: Any) -> None:
    lines = ["start > and:s1"]
    for block in range(1, 7):
        after = f"and:s{block + 1}" if block < 6 else "end"
        lines.append(f"s{block} > user:u{block}_0 > and:j{block} > {after}")
        lines += [f"s{block} > user:u{block}_{branch} > j{block}" for branch in (1, 2, 3)]
    flow = started(*lines)
    assert len(flow.dump()) < 600
    assert len(flow.open_tasks()) == 4


def test_of_the_events_after_an_event_gateway_the_first_wins(
    started: Any, world: Any, opened: Any
) -> None:
    flow = started(
        "start > race:r > timer:t > user:late > end", "r > cond:c > user:early > end", c="a = 1"
    )
    assert [timer.key.bpmn_id for timer in flow.waiting_timers()] == ["t"]
    world.facts["a"] = 1
    flow.follow()
    assert opened(flow) == ["early"]
    assert flow.waiting_timers() == ()


@pytest.mark.parametrize(
    "condition", ["a = 1", "a != 1", "not(a = 1)", 'a = 1 or b = "x"', "a < 1", "a in (1, 2)"]
)
def test_a_condition_that_hangs_on_a_missing_fact_is_not_known(
    started: Any, condition: str
) -> None:
    with pytest.raises(FactNotKnown):
        started(f"start > xor:g > user:x [{condition}] > end", "g > user:y [*] > end")


@pytest.mark.parametrize(
    ("condition", "task"),
    [("a = null", "x"), ("a != null", "y"), ("b = 1 and a = 1", "y"), ("b = 2 or a = 1", "x")],
)
def test_a_condition_that_does_not_hang_on_a_missing_fact_is_answered(
    started: Any, world: Any, opened: Any, condition: str, task: str
) -> None:
    world.facts["b"] = 2
    flow = started(f"start > xor:g > user:x [{condition}] > end", "g > user:y [*] > end")
    assert opened(flow) == [task]
