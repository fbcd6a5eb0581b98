"""The step log rebuilds an instance, whole or with inputs left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.workflow import LogEntry, TaskKey, Workflow, move, replay

LINE = ("start > user:a > user:b > user:c > end",)
JOIN = ("start > and:s > user:a > and:j > user:c > user:d > end", "s > user:b > j")


class Played:
    """An instance, its definition and the log that drove it."""

    def __init__(self, definition: Any, world: Any) -> None:
        self.definition, self.world = definition, world
        self.flow, first = Workflow.start(definition, world)
        self.log = [first.entry]

    def do(self, act: str, bpmn_id: str, item: str = "", number: int = 1) -> None:
        self.log.append(getattr(self.flow, act)(TaskKey(bpmn_id, item, number)).entry)

    def complete(self, *names: str) -> None:
        for name in names:
            self.do("complete_task", name)

    def replayed(self, *without: int) -> Any:
        saved = [LogEntry.from_json(json.loads(json.dumps(e.to_json()))) for e in self.log]
        assert saved == self.log
        return replay(self.definition, saved, self.world, without=without)

    def moved(self, definition: Any) -> Any:
        return move(definition, self.log, self.world, known=self.definition.elements)


@pytest.fixture
def play(parse: Any, world: Any) -> Any:
    return lambda *lines, **given: Played(parse(*lines, **given), world)


def test_a_whole_replay_gives_the_same_bytes(play: Any, world: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    played = play(
        "start > user:w*people > rule:r > sub:s > end",
        "s | start:s1 > user:x > end:s2",
        "timer~:soon@s > user:n > end:told",
        "cond:turned@s > user:stop > end:off",
    )
    played.do("complete_task", "w", "p1")
    world.lists["people"] = ["p2", "p3"]
    played.log.append(played.flow.follow().entry)
    played.do("complete_task", "w", "p3")
    played.do("complete_task", "w", "p2")
    played.do("fire_timer", "soon")
    world.facts["a"] = True
    played.log.append(played.flow.follow().entry)
    world.facts["a"], world.lists["people"] = None, []
    again = played.replayed()
    assert again.workflow.dump() == played.flow.dump()
    assert again.applied == tuple(played.log)
    assert again.no_longer_apply == ()


def test_replay_reuses_the_flows_that_were_chosen(play: Any, world: Any, opened: Any) -> None:
    world.facts["a"] = 1
    played = play("start > xor:g > user:x [a = 1] > end", "g > user:y [a = 2] > end")
    world.facts["a"] = 2
    assert opened(played.replayed().workflow) == ["x"]


def test_replay_takes_no_decision_again(play: Any, world: Any) -> None:
    world.results["DR-01"] = {"a": 7}
    played = play("start > rule:r > user:x > end")
    world.results["DR-01"] = {"a": 8}
    again = played.replayed()
    assert world.decided == [("DR-01", None)]
    assert world.redone == [("DR-01", None, {"a": 7})]
    assert again.applied[0].choices == (["decision", "r", "", {"a": 7}],)


def test_replay_uses_the_items_as_they_were(play: Any, world: Any, opened: Any) -> None:
    world.lists["people"] = ["p1", "p2"]
    played = play("start > user:w*people > end")
    world.lists["people"] = ["p9"]
    again = played.replayed().workflow
    assert opened(again) == ["w/p1", "w/p2"]
    again.follow()
    assert opened(again) == ["w/p9"]


def test_leaving_the_last_input_out_opens_its_task_again(play: Any, opened: Any) -> None:
    played = play(*LINE)
    played.complete("a", "b")
    again = played.replayed(3)
    assert opened(again.workflow) == ["b"]
    assert again.no_longer_apply == ()


def test_later_inputs_that_no_longer_apply_are_told(play: Any, opened: Any) -> None:
    played = play(*LINE)
    played.complete("a", "b")
    again = played.replayed(2)
    assert opened(again.workflow) == ["a"]
    assert [entry.key.bpmn_id for entry in again.no_longer_apply] == ["b"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("left_out", ["a", "b"])
def test_going_back_before_a_join_leaves_one_token(
    play: Any, opened: Any, order: tuple[str, ...], left_out: str
) -> None:
    played = play(*JOIN)
    played.complete(*order, "c")
    again = played.replayed(2 + order.index(left_out))
    assert opened(again.workflow) == [left_out]
    assert [entry.key.bpmn_id for entry in again.no_longer_apply] == ["c"]
    again.workflow.complete_task(TaskKey(left_out))
    assert opened(again.workflow) == ["c"]


def test_inputs_of_the_other_branch_still_apply(play: Any, opened: Any) -> None:
    played = play(*JOIN)
    played.complete("a", "b")
    assert opened(played.replayed(2).workflow) == ["a"]


def test_a_timer_that_waits_no_more_is_told(play: Any) -> None:
    played = play("start > user:a > user:b > end", "timer~:soon@b > user:n > end:told")
    played.complete("a")
    played.do("fire_timer", "soon")
    played.complete("n")
    again = played.replayed(2)
    assert [entry.kind for entry in again.no_longer_apply] == ["fire", "complete"]


def test_leaving_a_firing_out_withdraws_what_it_opened(play: Any, opened: Any) -> None:
    played = play("start > user:a > end", "timer~:soon@a > user:n > end:told")
    played.do("fire_timer", "soon")
    again = played.replayed(2)
    assert opened(again.workflow) == ["a"]
    assert [timer.key.bpmn_id for timer in again.workflow.waiting_timers()] == ["soon"]


def test_a_part_that_finished_is_finished_after_replay(play: Any, opened: Any) -> None:
    played = play("start > call:p > user:b > end")
    played.do("finish_part", "p")
    assert opened(played.replayed().workflow) == ["b"]
    assert len(played.replayed(2).workflow.waiting_parts()) == 1


def test_a_skip_is_replayed_as_one(play: Any, opened: Any) -> None:
    played = play(*LINE)
    played.do("skip_task", "a")
    again = played.replayed()
    assert opened(again.workflow) == ["b"]
    assert again.applied[1].kind == "skip"


def test_a_gateway_reached_anew_is_decided_by_facts_now(play: Any, world: Any, opened: Any) -> None:
    world.facts |= {"a": 1, "b": 1}
    played = play(
        "start > user:x > xor:g > user:y [a = 1] > user:w > end", "g > user:z [a = 2] > w"
    )
    played.complete("x", "y")
    world.facts["a"] = 2
    again = played.replayed(2).workflow
    assert opened(again) == ["x"]
    again.complete_task(TaskKey("x"))
    assert opened(again) == ["z"]


def test_an_input_that_cannot_be_taken_any_more_is_told_and_breaks_nothing(
    play: Any, world: Any, opened: Any
) -> None:
    world.facts |= {"a": 1, "b": 1}
    played = play(
        "start > user:x > and:s > user:y > and:j > xor:g > user:z [b = 1] > end",
        "s > user:w > j",
        "g > end:e2 [*]",
        "user:late > end:e3",
        "timer:t@w > end:e4",
    )
    played.complete("x", "y", "w", "z")
    world.facts["b"] = None
    played.log[3] = LogEntry(4, "complete", TaskKey("w"), ())
    again = played.replayed()
    assert [entry.seq for entry in again.no_longer_apply] == [4, 5]
    assert opened(again.workflow) == ["w"]
    again.workflow.dump()


def test_what_was_chosen_anew_is_in_the_log_that_comes_back(play: Any, world: Any) -> None:
    world.facts["a"] = 1
    played = play("start > user:x > xor:g > user:y [a = 1] > end", "g > user:z [a = 2] > end")
    played.complete("x")
    played.log[1] = LogEntry(2, "complete", TaskKey("x"), (["flow", "gone", ["x"]],))
    world.facts["a"] = 2
    assert played.replayed().applied[1].choices == (["flow", "g", ["g_z"]],)


def test_new_entries_follow_the_old_numbers_even_those_left_out(play: Any) -> None:
    played = play(*LINE)
    played.complete("a", "b")
    again = played.replayed(2, 3).workflow
    assert again.complete_task(TaskKey("a")).entry.seq == 4


def test_items_and_follow_are_the_same_kind_of_entry(play: Any, world: Any, opened: Any) -> None:
    world.lists["people"] = ["p1"]
    played = play("start > user:w*people > end")
    played.log.append(LogEntry(2, "items", None, (["items", "people", ["p1", "p2"]],)))
    assert opened(played.replayed().workflow) == ["w/p1", "w/p2"]


def test_a_log_without_its_start_is_refused(play: Any) -> None:
    played = play(*LINE)
    with pytest.raises(ValueError, match="start"):
        played.replayed(1)
    with pytest.raises(ValueError, match="start"):
        replay(played.definition, [], played.world)
    with pytest.raises(ValueError, match="kind"):
        LogEntry(1, "nonsense")


# On another definition.


def gone_past(moved: Any) -> list[str]:
    """Return the steps that were gone past, in order."""
    return [str(entry.key) for entry in moved.applied if entry.seq == 0]


def test_what_was_done_counts_on_another_definition(play: Any, parse: Any, opened: Any) -> None:
    played = play(*LINE)
    played.complete("a", "b")
    moved = played.moved(parse("start > user:a > user:b > user:more > user:c > end"))
    assert opened(moved.workflow) == ["more"]
    assert gone_past(moved) == []
    assert [entry.key.bpmn_id for entry in moved.applied[1:]] == ["a", "b"]


def test_steps_that_only_the_other_has_before_what_was_done_are_gone_past(
    play: Any, parse: Any, opened: Any
) -> None:
    played = play(*LINE)
    played.complete("a", "b")
    moved = played.moved(parse("start > user:a > user:m > call:n > user:b > user:c > end"))
    assert opened(moved.workflow) == ["c"]
    assert gone_past(moved) == ["m/1", "n/1"]
    assert moved.no_longer_apply == ()
    assert not any(requirement == "m" for requirement, _ in moved.completed)


def test_no_more_is_gone_past_than_must_be(play: Any, parse: Any, opened: Any) -> None:
    played = play(*LINE)
    played.complete("a")
    moved = played.moved(
        parse("start > and:s > user:m > user:a > user:b > and:j > end", "s > user:beside > j")
    )
    assert sorted(opened(moved.workflow)) == ["b", "beside"]
    assert gone_past(moved) == ["m/1"]


def test_what_the_other_definition_has_no_place_for_is_given_back(
    play: Any, parse: Any, opened: Any
) -> None:
    played = play(*LINE)
    played.complete("a", "b")
    moved = played.moved(parse("start > user:a > user:c > end"))
    assert opened(moved.workflow) == ["c"]
    assert [entry.key.bpmn_id for entry in moved.no_longer_apply] == ["b"]
