"""Every shipped process is sound, and one that is made unsound is found out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import assurance, deployments
from engine.deployments import soundness_checks
from engine.deployments.definitions import Reading, read
from engine.deployments.writing import Writing
from tests.processes.shipped import DIAGRAMS

ROOT = Path(__file__).parents[2]
NAMES = sorted(DIAGRAMS)
CONCISE = "processes/concise_review.bpmn"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """What is shipped."""
    return deployments.read_folders(ROOT)


@pytest.fixture(scope="module")
def shipped(files: dict[str, bytes]) -> tuple[Reading, Writing]:
    """What is shipped, read, and what its steps write."""
    reading = read(files)
    return reading, Writing(reading)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_process_is_sound(name: str, shipped: tuple[Reading, Writing]) -> None:
    reading, writing = shipped
    verdict = soundness_checks.verdict(reading, writing, reading.processes[name])
    assert verdict.problems == ()
    assert 0 < verdict.states < assurance.MOST_STATES / 10


def test_processes_are_proved_once_for_each_content(shipped: tuple[Reading, Writing]) -> None:
    reading, writing = shipped
    process = reading.processes["consultation"]
    first = soundness_checks.verdict(reading, writing, process)
    assert soundness_checks.verdict(read(reading.files), Writing(reading), process) is first


def planted(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return what is shipped, with a choice in the concise review where its branches split."""
    source = files[CONCISE].decode()
    gateway = re.search(
        r'<bpmn:parallelGateway id="evidence_is_gathered".*?</bpmn:parallelGateway>', source, re.S
    )
    flow = re.search(r'<bpmn:sequenceFlow id="evidence_is_gathered_to_hear_family"[^>]*/>', source)
    assert gateway
    assert flow
    chooses = gateway[0].replace("parallelGateway", "exclusiveGateway")
    chooses = chooses.replace(' id="', ' default="evidence_is_gathered_to_gather_timelines" id="')
    condition = (
        '><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">review_type = "concise"'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    source = source.replace(gateway[0], chooses)
    source = source.replace(flow[0], flow[0].removesuffix("/>").rstrip() + condition)
    return files | {CONCISE: source.encode()}


def test_unsound_copy_of_the_concise_review_is_found_out(files: dict[str, bytes]) -> None:
    reading = read(planted(files))
    assert reading.findings == []
    process = reading.processes["concise_review"]
    verdict = soundness_checks.verdict(reading, Writing(reading), process)
    assert [(each.kind, each.element) for each in verdict.problems] == [
        ("stuck", "evidence_is_there")
    ]
    (problem,) = verdict.problems
    assert problem.words("en").endswith("nothing comes from prepare_event any more.")
    assert problem.trace[-1] == "hear_family"


def test_unsound_process_cannot_be_deployed(files: dict[str, bytes]) -> None:
    found = soundness_checks.check(read(planted(files)))
    (finding,) = found
    assert (finding.severity, finding.rule, finding.path) == ("error", "soundness", CONCISE)
    assert "The shortest way there: review_is_decided → set_up_panel → " in finding.message


def test_nothing_is_proved_of_what_is_drawn_wrongly(files: dict[str, bytes]) -> None:
    changed = files[CONCISE].replace(b"<bpmn:sendTask", b"<bpmn:scriptTask", 1)
    changed = changed.replace(b"</bpmn:sendTask", b"</bpmn:scriptTask", 1)
    rules = {found.rule for found in deployments.check(files | {CONCISE: changed})}
    assert "script_task" in rules
    assert "soundness" not in rules
