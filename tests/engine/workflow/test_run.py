"""Steps, identities and limits of a running instance."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import FactNotKnown, NotFound, TaskAlreadyCompleted, TaskWithdrawn
from engine.workflow import TaskKey, TooDeep, TooManySteps, Workflow, parse_process

LOOP = ("start > xor:m > user:a > xor:g > m [a = 1]", "g > end [*]")


def go_round(flow: Workflow, times: int) -> None:
    for number in range(1, times + 1):
        flow.complete_task(TaskKey("a", "", number))


def test_the_outcome_of_a_start_says_what_is_open(parse: Any, world: Any) -> None:
    flow, first = Workflow.start(parse("start > user:a > end"), world)
    assert [task.key for task in first.opened] == [TaskKey("a")]
    assert first.opened[0].element.kind == "userTask"
    assert (first.entry.seq, first.entry.kind, first.entry.key) == (1, "start", TaskKey("test"))
    assert first.ended_by is None
    assert not flow.is_completed()


def test_the_outcome_of_the_last_step_names_the_end_event(started: Any) -> None:
    flow = started("start > user:a > end:all_done")
    outcome = flow.complete_task(TaskKey("a"))
    assert outcome.ended_by == flow.ended_by == "all_done"
    assert flow.is_completed()
    assert [closed.how for closed in outcome.closed] == ["completed"]
    assert [step[0] for step in outcome.completed_steps] == ["a", "all_done"]


def test_the_end_is_remembered_after_loading(started: Any, world: Any) -> None:
    flow = started("start > user:a > end:all_done")
    flow.complete_task(TaskKey("a"))
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    assert (again.is_completed(), again.ended_by) == (True, "all_done")


def test_an_end_event_ends_its_own_path_only(started: Any) -> None:
    flow = started("start > and:g > user:a > end:one", "g > user:b > end:two")
    assert flow.complete_task(TaskKey("a")).ended_by is None
    assert flow.complete_task(TaskKey("b")).ended_by == "two"


def test_a_terminate_event_withdraws_what_is_open_beside_it(started: Any) -> None:
    flow = started("start > and:g > user:a > stop:ended", "g > user:b > end")
    outcome = flow.complete_task(TaskKey("a"))
    assert outcome.ended_by == "ended"
    assert [(closed.key.bpmn_id, closed.how) for closed in outcome.closed] == [
        ("a", "completed"),
        ("b", "withdrawn"),
    ]


def test_rounds_count_from_one_each_time_the_task_opens(started: Any, world: Any) -> None:
    world.facts["a"] = 1
    flow = started(*LOOP)
    for number in range(1, 4):
        assert flow.open_tasks()[0].key == TaskKey("a", "", number)
        flow.complete_task(TaskKey("a", "", number))


def test_rounds_go_on_after_loading(started: Any, world: Any) -> None:
    world.facts["a"] = 1
    flow = started(*LOOP)
    flow.complete_task(TaskKey("a"))
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    again.complete_task(TaskKey("a", "", 2))
    assert again.open_tasks()[0].key == TaskKey("a", "", 3)


def test_every_key_inside_a_part_has_its_item(started: Any) -> None:
    flow = started("start > user:a > end", "timer~:soon@a > end:told", item="p7")
    assert flow.open_tasks()[0].key == TaskKey("a", "p7")
    assert flow.waiting_timers()[0].key == TaskKey("soon", "p7")
    assert flow.item == "p7"


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        (TaskKey("a"), TaskAlreadyCompleted),
        (TaskKey("b"), TaskWithdrawn),
        (TaskKey("a", "", 2), NotFound),
        (TaskKey("nothing"), NotFound),
        (TaskKey("z", "p1"), NotFound),
    ],
)
def test_a_task_that_is_not_open_is_refused_with_the_reason(
    started: Any, key: TaskKey, refusal: type[Exception]
) -> None:
    flow = started("start > and:g > user:a > user:z > end", "g > user:b > end", "timer:t@b > end:x")
    flow.complete_task(TaskKey("a"))
    flow.fire_timer(TaskKey("t"))
    before = flow.dump()
    with pytest.raises(refusal):
        flow.complete_task(key)
    assert flow.dump() == before


def test_after_an_exception_the_instance_is_not_used_again(started: Any) -> None:
    flow = started("start > user:x > xor:g > user:y [a = 1] > end", "g > end [*]")
    with pytest.raises(FactNotKnown):
        flow.complete_task(TaskKey("x"))
    for use in (flow.dump, flow.follow, lambda: flow.complete_task(TaskKey("x"))):
        with pytest.raises(ValueError, match="half-done"):
            use()


def test_a_skipped_task_is_passed_without_counting_as_completed(started: Any, opened: Any) -> None:
    flow = started("start > user:a > user:b > end")
    outcome = flow.skip_task(TaskKey("a"))
    assert [(closed.key.bpmn_id, closed.how) for closed in outcome.closed] == [("a", "skipped")]
    assert outcome.completed_steps == ()
    assert outcome.entry.kind == "skip"
    assert opened(flow) == ["b"]


def test_an_endless_automatic_loop_is_refused(started: Any, world: Any) -> None:
    world.facts["b"] = 2
    with pytest.raises(TooManySteps) as refused:
        started("start > xor:m > send:tell > xor:g > m [*]", "g > end [b = 1]")
    assert "10000 steps" in refused.value.message


def test_a_condition_that_interrupts_for_ever_is_refused(started: Any, world: Any) -> None:
    world.facts["a"] = True
    with pytest.raises(TooManySteps):
        started("start > xor:m > user:x > end", "cond:turned@x > m")


def test_a_loop_of_a_thousand_rounds_and_more_never_looks_ended(started: Any, world: Any) -> None:
    world.facts["a"] = 1
    flow = started(*LOOP, "timer~:soon@a > end:told")
    for number in range(1, 1001):
        assert not flow.is_completed()
        flow.complete_task(TaskKey("a", "", number))
    assert flow.depth > 3000
    assert [task.key.round for task in flow.open_tasks()] == [1001]
    again = Workflow.load(flow._tree.definition, flow.dump(), world)
    assert (again.depth, again.is_completed()) == (flow.depth, False)
    world.facts["a"] = 2
    again.complete_task(TaskKey("a", "", 1001))
    assert again.is_completed()


def test_too_long_a_path_is_refused(
    started: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.workflow.task.MAX_DEPTH", 30)
    world.facts["a"] = 1
    flow = started(*LOOP)
    with pytest.raises(TooDeep) as refused:
        go_round(flow, 100)
    assert "30 steps" in refused.value.message


def test_a_service_task_gives_its_effect_and_goes_on(parse: Any, world: Any, opened: Any) -> None:
    definition = parse(
        "start > service:begin > user:a > end",
        attributes={"begin": {"a:effect": "start_side_instance", "a:starts": "overrun"}},
    )
    flow, first = Workflow.start(definition, world, "p1")
    effect = first.effects[0]
    assert (effect.kind, effect.element.id, effect.item, effect.round) == (
        *("effect", "begin", "p1"),
        1,
    )
    assert effect.data == {"effect": "start_side_instance", "starts": "overrun"}
    assert opened(flow) == ["a/p1"]


def test_a_decision_is_recorded_and_told(parse: Any, world: Any) -> None:
    world.results["DR-01"] = {"a": 5}
    _, first = Workflow.start(parse("start > rule:judge > user:x > end"), world, "p1")
    assert world.decided == [("DR-01", "p1")]
    assert first.entry.choices == (["decision", "judge", "p1", {"a": 5}],)
    assert first.effects[0].data == {"decision": "DR-01", "result": {"a": 5}}


def test_a_decision_steers_the_gateway_after_it(started: Any, world: Any, opened: Any) -> None:
    world.results["DR-01"] = {"a": 2}
    flow = started("start > rule:judge > xor:g > user:x [a = 1] > end", "g > user:y [a = 2] > end")
    assert opened(flow) == ["y"]


def test_flows_with_requirements_are_reported_when_taken(drawn: Any, world: Any) -> None:
    text = drawn("start > xor:g > user:x [a = 1] > end", "g > user:y [a = 2] > end").decode()
    text = text.replace('id="g_x"', 'id="g_x" a:requirement="DR-16"')
    text = text.replace('id="g_y"', 'id="g_y" a:requirement="DR-17"')
    world.facts["a"] = 1
    _, first = Workflow.start(parse_process(text.encode(), "p.bpmn"), world)
    assert ("g_x", ("DR-16",), "") in first.completed_steps
    assert not any(step[0] == "g_y" for step in first.completed_steps)


def test_token_states_show_what_a_diagram_needs(started: Any, world: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    flow = started(
        "start > and:g > user:a > end",
        "g > sub:s > end",
        "s | start:s1 > user:x*people > user:y > end:s2",
        "timer:late@a > user:chase > end",
        "timer~:soon@s > user:nudge > end",
    )
    flow.fire_timer(TaskKey("late"))
    flow.complete_task(TaskKey("x", "p1"))
    assert flow.token_states() == {
        "start": "finished",
        "g": "finished",
        "a": "cancelled",
        "late": "finished",
        "chase": "open",
        "s": "open",
        "s1": "finished",
        "x": "open",
        "soon": "open",
    }
    flow.complete_task(TaskKey("x", "p2"))
    flow.complete_task(TaskKey("y"))
    states = flow.token_states()
    assert (states["x"], states["s"], states["s2"]) == ("finished", "finished", "finished")
    assert "soon" not in states


def test_what_came_and_went_within_a_step_is_left_out(started: Any, world: Any) -> None:
    world.facts["b"] = 1
    flow = started(
        "start > user:first > user:x > end", "cond:turned@x > user:stop > end", turned="b = 1"
    )
    outcome = flow.complete_task(TaskKey("first"))
    assert [task.key.bpmn_id for task in outcome.opened] == ["stop"]
    assert [closed.key.bpmn_id for closed in outcome.closed] == ["first"]
