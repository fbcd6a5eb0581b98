"""A multi-instance follows its item list for as long as it is open."""

from __future__ import annotations

from typing import Any

import pytest

from engine.workflow import TaskKey, Workflow

EACH = ("start > user:write*agencies > user:after > end",)


@pytest.fixture
def agencies(world: Any) -> list[str]:
    world.lists["agencies"] = ["police", "health"]
    found: list[str] = world.lists["agencies"]
    return found


def test_each_item_has_its_own_task(started: Any, agencies: list[str], opened: Any) -> None:
    flow = started(*EACH)
    assert opened(flow) == ["write/police", "write/health"]
    flow.complete_task(TaskKey("write", "health"))
    assert opened(flow) == ["write/police"]
    flow.complete_task(TaskKey("write", "police"))
    assert opened(flow) == ["after"]


def test_the_item_does_not_stay_on_the_token_afterwards(started: Any, agencies: list[str]) -> None:
    flow = started(*EACH)
    for item in agencies:
        flow.complete_task(TaskKey("write", item))
    assert flow.open_tasks()[0].key == TaskKey("after", "", 1)


def test_an_empty_list_is_done_at_once(started: Any, opened: Any) -> None:
    assert opened(started(*EACH)) == ["after"]


def test_a_late_item_joins_at_follow(started: Any, agencies: list[str], opened: Any) -> None:
    flow = started(*EACH)
    agencies.append("school")
    outcome = flow.follow()
    assert [task.key.item for task in outcome.opened] == ["school"]
    assert opened(flow) == ["write/police", "write/health", "write/school"]


def test_a_late_item_joins_with_any_other_step(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    agencies.append("school")
    flow.complete_task(TaskKey("write", "police"))
    assert opened(flow) == ["write/health", "write/school"]


def test_a_removed_item_is_withdrawn_and_counts_as_finished(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    flow.complete_task(TaskKey("write", "police"))
    agencies.remove("health")
    outcome = flow.follow()
    assert [(closed.key.item, closed.how) for closed in outcome.closed] == [("health", "withdrawn")]
    assert opened(flow) == ["after"]


def test_an_item_that_comes_back_is_opened_in_a_second_round(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    agencies.remove("health")
    flow.follow()
    agencies.append("health")
    flow.follow()
    assert opened(flow) == ["write/police", "write/health/2"]


def test_a_finished_item_is_not_opened_again(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    flow.complete_task(TaskKey("write", "health"))
    agencies.remove("health")
    flow.follow()
    agencies.append("health")
    flow.follow()
    assert opened(flow) == ["write/police"]


def test_when_all_are_removed_the_step_is_done(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    agencies.clear()
    flow.follow()
    assert opened(flow) == ["after"]


def test_a_late_item_after_the_step_opens_nothing(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    agencies.clear()
    flow.follow()
    agencies.append("school")
    assert flow.follow() is None
    assert opened(flow) == ["after"]


def test_a_second_step_over_the_same_list_works(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started("start > user:write*agencies > user:read*agencies > end")
    for item in agencies:
        flow.complete_task(TaskKey("write", item))
    assert opened(flow) == ["read/police", "read/health"]


def test_two_steps_over_one_list_may_be_open_together(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started("start > and:s > user:x*agencies > end", "s > user:y*agencies > end")
    assert opened(flow) == ["x/police", "x/health", "y/police", "y/health"]


def test_looping_back_opens_a_new_round_for_each_item(
    started: Any, world: Any, agencies: list[str], opened: Any
) -> None:
    world.facts["a"] = True
    flow = started(
        "start > xor:m > user:write*agencies > xor:again > m [a = true]", "again > end [*]"
    )
    for item in agencies:
        flow.complete_task(TaskKey("write", item))
    assert opened(flow) == ["write/police/2", "write/health/2"]


def test_a_send_task_gives_one_notice_an_item(parse: Any, world: Any, agencies: list[str]) -> None:
    definition = parse(
        "start > send:tell*agencies > end",
        attributes={"tell": {"a:notice": "come", "a:to": "agency_author"}},
    )
    _, first = Workflow.start(definition, world)
    assert [(effect.kind, effect.item) for effect in first.effects] == [
        ("notice", "police"),
        ("notice", "health"),
    ]
    assert first.effects[0].data == {"notice": "come", "to": ["agency_author"]}


def test_a_decision_is_taken_once_for_each_item(
    started: Any, world: Any, agencies: list[str]
) -> None:
    assert started("start > rule:judge*agencies > end").is_completed()
    assert world.decided == [("DR-01", "police"), ("DR-01", "health")]


def test_each_item_and_then_the_whole_are_reported_as_completed(
    started: Any, agencies: list[str]
) -> None:
    flow = started(*EACH, attributes={"write": {"a:requirement": "R-01"}})
    first = flow.complete_task(TaskKey("write", "police"))
    assert first.completed_steps == (("write", ("R-01",), "police"),)
    last = flow.complete_task(TaskKey("write", "health"))
    assert last.completed_steps == (("write", ("R-01",), "health"), ("write", ("R-01",), ""))


def test_a_timer_on_the_edge_covers_all_items_and_withdraws_them(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH, "timer:late@write > user:chase > end")
    flow.complete_task(TaskKey("write", "police"))
    outcome = flow.fire_timer(TaskKey("late"))
    assert [closed.key.item for closed in outcome.closed] == ["health"]
    assert opened(flow) == ["chase"]


def test_an_item_costs_little_state(started: Any, world: Any) -> None:
    lines = ("start > call:tell*people > user:after > end", "timer~:late@tell > end")

    def size(number: int) -> int:
        world.lists["people"] = [f"participant_{n}" for n in range(number)]
        flow = started(*lines)
        for person in world.lists["people"][::2]:
            flow.finish_part(TaskKey("tell", person))
        return len(flow.dump())

    assert (size(130) - size(30)) / 100 < 100


def test_a_list_that_names_an_item_twice_opens_it_once(started: Any, world: Any) -> None:
    world.lists["agencies"] = ["police", "police"]
    assert len(started(*EACH).open_tasks()) == 1


def test_inside_a_part_for_an_item_a_step_may_repeat_over_another_list(
    started: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH, item="child_1")
    assert opened(flow) == ["write/police", "write/health"]
    for item in agencies:
        flow.complete_task(TaskKey("write", item))
    assert opened(flow) == ["after/child_1"]


def test_a_list_does_not_change_in_the_midst_of_a_step(started: Any, world: Any) -> None:
    world.items = lambda name: [f"p{len(asked.append(name) or asked)}"]
    asked: list[str] = []
    flow = started("start > and:g > user:x*people > end", "g > user:y*people > end")
    assert asked == ["people"]
    assert [task.key.item for task in flow.open_tasks()] == ["p1", "p1"]


def test_a_removed_item_stays_removed_after_loading(
    started: Any, world: Any, agencies: list[str], opened: Any
) -> None:
    flow = started(*EACH)
    agencies.remove("police")
    flow.follow()
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    assert again.follow() is None
    assert opened(again) == ["write/health"]
