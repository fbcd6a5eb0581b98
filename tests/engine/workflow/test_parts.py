"""A call activity waits for the child instance that the caller starts for it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.workflow import PartNotWaiting, PartStarted, TaskKey, Workflow

ONE = ("start > call:learn > user:after > end",)
EACH = ("start > call:learn*people > user:after > end",)


def test_a_call_activity_tells_which_process_to_start(parse: Any, world: Any) -> None:
    flow, first = Workflow.start(parse(*ONE), world)
    assert first.parts_started == (PartStarted(TaskKey("learn"), "learn_part", ""),)
    assert flow.waiting_parts() == first.parts_started
    assert flow.open_tasks() == ()


def test_the_process_goes_on_when_the_part_has_finished(started: Any, opened: Any) -> None:
    flow = started(*ONE)
    outcome = flow.finish_part(TaskKey("learn"))
    assert opened(flow) == ["after"]
    assert outcome.parts_cancelled == ()
    assert outcome.completed_steps[0][0] == "learn"


def test_a_part_that_does_not_wait_cannot_finish(started: Any) -> None:
    flow = started(*ONE)
    flow.finish_part(TaskKey("learn"))
    with pytest.raises(PartNotWaiting):
        flow.finish_part(TaskKey("learn"))


def test_a_part_is_not_a_user_task(started: Any) -> None:
    with pytest.raises(Exception, match="nothing here"):
        started(*ONE).complete_task(TaskKey("learn"))


def test_a_part_runs_once_for_each_item(parse: Any, world: Any, opened: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    flow, first = Workflow.start(parse(*EACH), world)
    assert [(part.process, part.item) for part in first.parts_started] == [
        ("learn_part", "p1"),
        ("learn_part", "p2"),
    ]
    flow.finish_part(TaskKey("learn", "p2"))
    flow.finish_part(TaskKey("learn", "p1"))
    assert opened(flow) == ["after"]


def test_a_removed_item_cancels_its_part(started: Any, world: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    flow = started(*EACH)
    world.lists["people"] = ["p2", "p3"]
    outcome = flow.follow()
    assert outcome.parts_cancelled == (TaskKey("learn", "p1"),)
    assert [part.item for part in outcome.parts_started] == ["p3"]


def test_a_part_of_a_part_runs_for_the_same_item(started: Any) -> None:
    flow = started(*ONE, item="p7")
    assert flow.waiting_parts()[0].item == "p7"
    assert flow.waiting_parts()[0].key == TaskKey("learn", "p7")


def test_a_timer_on_the_edge_of_a_call_activity_cancels_the_part(started: Any, opened: Any) -> None:
    flow = started(*ONE, "timer:late@learn > user:chase > end")
    outcome = flow.fire_timer(TaskKey("late"))
    assert outcome.parts_cancelled == (TaskKey("learn"),)
    assert opened(flow) == ["chase"]


def test_a_skipped_part_is_cancelled_and_the_process_goes_on(started: Any, opened: Any) -> None:
    flow = started(*ONE)
    outcome = flow.skip_task(TaskKey("learn"))
    assert outcome.parts_cancelled == (TaskKey("learn"),)
    assert opened(flow) == ["after"]


def test_a_part_started_and_cancelled_in_one_step_is_not_mentioned(parse: Any, world: Any) -> None:
    world.facts["a"] = True
    _, first = Workflow.start(parse(*ONE, "cond:turned@learn > user:stop > end"), world)
    assert first.parts_started == first.parts_cancelled == ()
    assert [task.key.bpmn_id for task in first.opened] == ["stop"]
