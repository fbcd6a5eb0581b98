"""What is kept in memory goes on as if it had been loaded, or is not found at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.memory import Memory
from engine.workflow import TaskKey, Workflow

ROW = ("start > user:a > user:b > end",)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory[Any]:
    """A memory of the test's own."""
    own: Memory[Any] = Memory()
    monkeypatch.setattr("engine.workflow.run._memory", own)
    return own


def kept(flow: Workflow) -> bytes:
    saved = flow.dump()
    flow.keep()
    return saved


def test_state_that_was_kept_is_found_once(started: Any, world: Any, memory: Memory[Any]) -> None:
    flow = started(*ROW)
    saved = kept(flow)
    again = Workflow.recall(flow._tree.definition, saved, world)
    assert again._tree is flow._tree
    assert len(memory) == memory.bytes == 0
    other = Workflow.recall(flow._tree.definition, saved, world)
    assert other._tree is not flow._tree, "it belongs to whoever took it first"
    assert other.dump() == again.dump() == saved


def test_state_that_somebody_else_saved_since_is_loaded(
    started: Any, world: Any, memory: Memory[Any]
) -> None:
    flow = started(*ROW)
    definition = flow._tree.definition
    elsewhere = Workflow.load(definition, kept(flow), world)
    elsewhere.complete_task(TaskKey("a"))
    again = Workflow.recall(definition, elsewhere.dump(), world)
    assert again._tree is not flow._tree
    assert [task.key.bpmn_id for task in again.open_tasks()] == ["b"]


def test_state_of_other_definitions_is_loaded_anew(
    parse: Any, world: Any, memory: Memory[Any]
) -> None:
    flow, _ = Workflow.start(parse(*ROW), world)
    again = Workflow.recall(replace(flow._tree.definition), kept(flow), world)
    assert again._tree is not flow._tree


def test_what_moved_on_ended_or_broke_is_not_kept(
    parse: Any, world: Any, memory: Memory[Any]
) -> None:
    flow, _ = Workflow.start(parse(*ROW), world)
    flow.keep()
    flow.dump()
    flow.complete_task(TaskKey("a"))
    flow.keep()
    flow.complete_task(TaskKey("b"))
    kept(flow)
    broken, _ = Workflow.start(parse(*ROW), world)
    broken.dump()
    broken.is_broken = True
    broken.keep()
    assert len(memory) == 0


def test_what_was_given_over_cannot_be_moved_any_more(started: Any, memory: Memory[Any]) -> None:
    flow = started(*ROW)
    kept(flow)
    with pytest.raises(ValueError, match="half-done"):
        flow.complete_task(TaskKey("a"))
    with pytest.raises(ValueError, match="half-done"):
        flow.dump()


def test_case_is_let_go_with_its_transaction(started: Any, memory: Memory[Any]) -> None:
    flow = started(*ROW)
    kept(flow)
    assert flow._tree.world is None
    assert flow._tree.script_engine.environment.world is None
