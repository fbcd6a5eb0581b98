"""What a release has saved is loaded and replayed by every later one.

A release that changes the format adds a folder of its own; those of earlier releases stay.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.workflow import LogEntry, TaskKey, Workflow, parse_process, replay

RELEASES = sorted(path.name for path in (Path(__file__).parent / "golden").iterdir())


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Path:
    return Path(__file__).parent / "golden" / request.param


def finish(flow: Workflow) -> None:
    keys = [str(task.key) for task in flow.open_tasks()]
    assert keys == ["family/1", "say_overrun/1"]
    flow.complete_task(TaskKey("say_overrun"))
    outcome = flow.complete_task(TaskKey("family"))
    assert [effect.data["notice"] for effect in outcome.effects] == ["learning"]
    assert flow.complete_task(TaskKey("close")).ended_by == "closed"


def test_a_state_of_an_earlier_release_is_loaded_and_finished(release: Path, world: Any) -> None:
    definition = parse_process((release / "golden.bpmn").read_bytes(), "golden.bpmn")
    flow = Workflow.load(definition, (release / "state.json").read_bytes(), world)
    assert flow.seq == 12
    finish(flow)


def test_a_step_log_of_an_earlier_release_gives_its_state(release: Path, world: Any) -> None:
    definition = parse_process((release / "golden.bpmn").read_bytes(), "golden.bpmn")
    log = [LogEntry.from_json(row) for row in json.loads((release / "log.json").read_bytes())]
    again = replay(definition, log, world)
    assert again.no_longer_apply == ()
    assert again.workflow.dump() == (release / "state.json").read_bytes()
    finish(again.workflow)
