"""Timers fire only when they are told to; conditions are looked at after each step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.workflow import TaskKey, TimerNotWaiting, Workflow

BESIDE = ("start > user:a > user:z > end", "timer:late@a > user:chase > end")
REMIND = ("start > user:a > user:z > end", "timer~:soon@a > user:chase > end")
INSIDE = (
    "start > sub:s > user:after > end",
    "s | start:s1 > user:x > user:y > end:s2",
)


def test_a_waiting_timer_never_fires_by_itself(started: Any, world: Any, opened: Any) -> None:
    world.due["TS-01"] = datetime(2001, 1, 1, tzinfo=UTC)
    flow = started("start > timer:t > user:a > end")
    assert flow.follow() is None
    assert opened(flow) == []
    assert opened(Workflow.load(flow._tree.definition, flow.dump(), world)) == []


def test_a_timer_event_tells_its_expression_and_timescale(parse: Any, world: Any) -> None:
    definition = parse(*BESIDE, attributes={"late": {"a:timescale": "TS-41"}})
    flow, first = Workflow.start(definition, world)
    armed = first.timers_armed[0]
    assert (armed.key, armed.expression, armed.timescale) == (
        TaskKey("late"),
        'due("TS-01")',
        "TS-41",
    )
    assert flow.waiting_timers() == first.timers_armed


@pytest.mark.parametrize(
    ("due", "moment"),
    [
        (None, None),
        ("next week", None),
        (date(2026, 7, 1), datetime(2026, 6, 30, 23, tzinfo=UTC)),
        (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 9, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 8, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_a_timer_is_due_at_the_moment_that_facts_give_now(
    started: Any, world: Any, due: Any, moment: datetime | None
) -> None:
    world.due["TS-01"] = None
    flow = started(*BESIDE)
    world.due["TS-01"] = due
    assert flow.timer_due(TaskKey("late")) == moment


def test_an_interrupting_timer_withdraws_its_task(started: Any, opened: Any) -> None:
    flow = started(*BESIDE)
    outcome = flow.fire_timer(TaskKey("late"))
    assert [(closed.key.bpmn_id, closed.how) for closed in outcome.closed] == [("a", "withdrawn")]
    assert outcome.timers_gone == (TaskKey("late"),)
    assert opened(flow) == ["chase"]


def test_a_timer_that_does_not_interrupt_leaves_its_task_and_fires_once(
    started: Any, opened: Any
) -> None:
    flow = started(*REMIND)
    flow.fire_timer(TaskKey("soon"))
    assert opened(flow) == ["a", "chase"]
    assert flow.waiting_timers() == ()
    with pytest.raises(TimerNotWaiting):
        flow.fire_timer(TaskKey("soon"))


def test_completing_the_task_disarms_its_timers(started: Any) -> None:
    flow = started(*BESIDE, "timer~:soon@a > user:nudge > end")
    outcome = flow.complete_task(TaskKey("a"))
    assert set(outcome.timers_gone) == {TaskKey("late"), TaskKey("soon")}
    with pytest.raises(TimerNotWaiting):
        flow.fire_timer(TaskKey("late"))


def test_exactly_the_named_timer_fires(started: Any, opened: Any) -> None:
    flow = started(*BESIDE, "timer~:soon@a > user:nudge > end")
    flow.fire_timer(TaskKey("soon"))
    assert opened(flow) == ["a", "nudge"]
    assert [timer.key.bpmn_id for timer in flow.waiting_timers()] == ["late"]


def test_coming_back_to_the_task_arms_a_fresh_timer(started: Any, world: Any) -> None:
    world.facts["a"] = 1
    flow = started(
        "start > xor:m > user:a > xor:g > m [a = 1]", "g > end [*]", "timer~:soon@a > end:told"
    )
    flow.fire_timer(TaskKey("soon"))
    outcome = flow.complete_task(TaskKey("a"))
    assert [timer.key for timer in outcome.timers_armed] == [TaskKey("soon", "", 2)]
    with pytest.raises(TimerNotWaiting):
        flow.fire_timer(TaskKey("soon"))
    flow.fire_timer(TaskKey("soon", "", 2))


def test_a_fired_timer_stays_fired_after_loading(started: Any, world: Any, opened: Any) -> None:
    flow = started(*REMIND)
    flow.fire_timer(TaskKey("soon"))
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    assert again.waiting_timers() == ()
    assert opened(again) == ["a", "chase"]


def test_a_timer_on_a_sub_process_withdraws_everything_inside(started: Any, opened: Any) -> None:
    flow = started(*INSIDE, "timer:late@s > user:chase > end", "s | timer~:inner@x > end:s3")
    outcome = flow.fire_timer(TaskKey("late"))
    assert [closed.key.bpmn_id for closed in outcome.closed] == ["x"]
    assert set(outcome.timers_gone) == {TaskKey("late"), TaskKey("inner")}
    assert opened(flow) == ["chase"]


def test_a_sub_process_ends_when_nothing_inside_is_open(started: Any, opened: Any) -> None:
    flow = started(*INSIDE, "timer~:soon@s > user:chase > end")
    flow.complete_task(TaskKey("x"))
    flow.fire_timer(TaskKey("soon"))
    assert opened(flow) == ["y", "chase"]
    flow.complete_task(TaskKey("y"))
    assert opened(flow) == ["chase", "after"]


def test_a_terminate_event_inside_ends_the_sub_process_only(started: Any, opened: Any) -> None:
    flow = started(
        "start > sub:s > user:after > end",
        "s | start:s1 > and:g > user:x > stop:s2",
        "s | g > user:y > end:s3",
    )
    outcome = flow.complete_task(TaskKey("x"))
    assert [closed.how for closed in outcome.closed] == ["completed", "withdrawn"]
    assert opened(flow) == ["after"]


def test_sub_processes_inside_sub_processes_are_withdrawn_too(started: Any, opened: Any) -> None:
    flow = started(
        "start > sub:s > end",
        "s | start:s1 > sub:t > end:s2",
        "t | start:t1 > user:x > end:t2",
        "cond:turned@s > user:stop > end",
    )
    flow._tree.world.facts["a"] = True
    flow.follow()
    assert opened(flow) == ["stop"]


def test_a_condition_fires_once_its_fact_turns(started: Any, world: Any, opened: Any) -> None:
    flow = started(*INSIDE, "cond:turned@s > user:stop > end", turned="b = 1")
    assert flow.follow() is None
    world.facts["b"] = 1
    outcome = flow.follow()
    assert outcome.entry.choices == (["event", "turned", "", 1],)
    assert opened(flow) == ["stop"]


def test_a_condition_is_looked_at_at_the_end_of_each_step(
    started: Any, world: Any, opened: Any
) -> None:
    flow = started(*INSIDE, "cond:turned@s > user:stop > end")
    world.facts["a"] = True
    flow.complete_task(TaskKey("x"))
    assert opened(flow) == ["stop"]


@pytest.mark.parametrize("value", [None, False, "true", 1])
def test_nothing_but_true_fires_a_condition(
    started: Any, world: Any, opened: Any, value: Any
) -> None:
    world.facts["b"] = value
    assert opened(started(*INSIDE, "cond:turned@s > user:stop > end", turned="b")) == ["x"]


def test_a_condition_on_an_unknown_fact_does_not_fire(started: Any, opened: Any) -> None:
    assert opened(started(*INSIDE, "cond:c@s > user:stop > end", c="a != 1")) == ["x"]


def test_a_condition_that_does_not_interrupt_fires_once_an_arming(
    started: Any, world: Any, opened: Any
) -> None:
    world.facts["a"] = True
    flow = started(*INSIDE, "cond~:turned@s > user:tell > end")
    assert opened(flow) == ["x", "tell"]
    assert flow.follow() is None


def test_a_condition_in_the_way_waits_until_it_holds(started: Any, world: Any, opened: Any) -> None:
    flow = started("start > cond:ready > user:a > end")
    assert opened(flow) == []
    world.facts["a"] = True
    flow.follow()
    assert opened(flow) == ["a"]


def test_a_condition_may_turn_on_the_decision_of_the_same_step(
    started: Any, world: Any, opened: Any
) -> None:
    world.results["DR-01"] = {"a": True}
    flow = started(
        "start > sub:s > end",
        "s | start:s1 > user:x > rule:judge > user:y > end:s2",
        "cond:turned@s > user:stop > end",
    )
    flow.complete_task(TaskKey("x"))
    assert opened(flow) == ["stop"]
