"""What cannot be run as drawn is refused, by file, line and element."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.errors import InvalidDefinition
from engine.workflow import FormUse, TaskKey, Workflow, parse_process
from engine.workflow import parser as parser_module

PLAIN = ("start > user:a > end",)

REFUSED = {
    "two flows out of a task": (("start > user:a > end", "a > end:other"), "a", "several flows"),
    "a condition behind a task": (("start > user:a > end [a = 1]",), "a_end", "no exclusive"),
    "a gateway flow without a condition": (
        ("start > xor:g > end [a = 1]", "g > end:other"),
        "g_other",
        "without a condition",
    ),
    "FEEL that cannot be read": (
        ("start > xor:g > end [a = = 1]", "g > user:x [*] > end"),
        "g_end",
        "cannot be read",
    ),
    "a flow into a sub-process": (
        ("start > sub:s > end", "s | start:s1 > user:x > end:s2", "user:a > x"),
        "a_x",
        "same process",
    ),
    "no end event": (("start > user:a",), "test", "no end event"),
    "two start events": (("start > user:a > end", "start:start2 > a"), "test", "2 start events"),
    "an edge on nothing": (("start > user:a > end", "timer:t@nowhere > end"), "t", "no activity"),
    "an edge on a gateway": (("start > and:g > end", "timer:t@g > end"), "t", "no activity"),
    "a race to a task": (("start > race:r > user:a > end",), "r_a", "waits for no event"),
    "a repeated sub-process": (
        ("start > sub:s*people > end", "s | start:s1 > end:s2"),
        "s",
        "repeats a sub-process",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_diagram_that_would_not_run_is_refused(drawn: Any, name: str) -> None:
    lines, element, reason = REFUSED[name]
    with pytest.raises(InvalidDefinition) as refused:
        parse_process(drawn(*lines), "processes/test.bpmn")
    details = refused.value.details
    assert details["file"] == "processes/test.bpmn"
    assert details["element"] == element
    assert details["line"] > 1
    assert reason in details["reason"]
    assert details["remedy"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('isExecutable="true"', 'isExecutable="false"', "not executable"),
        ("<userTask", "<scriptTask", "not run here"),
        ("<userTask", "<receiveTask", "not run here"),
        ("<userTask", "<task", "not run here"),
        ("<userTask", "<manualTask", "not run here"),
        ("<userTask", "<complexGateway", "not run here"),
        ("<userTask", "<callActivity", "calls nothing"),
        ("<userTask", "<businessRuleTask", "no decision"),
        ('<endEvent id="end" name="end">', '<endEvent id="end"><errorEventDefinition/>', "error"),
        ('<endEvent id="end" name="end">', '<endEvent id="end"><signalEventDefinition/>', "signal"),
        ('<process id="test"', "<process", "no id"),
        ("<process ", "<processes ", "0 processes"),
        ('<userTask id="a"', "<userTask", "no id"),
        ('targetRef="end"', 'targetRef="nowhere"', "nowhere"),
        (
            '<startEvent id="start" name="start">',
            '<startEvent id="start"><timerEventDefinition/>',
            "timer",
        ),
    ],
)
def test_an_element_that_is_not_run_is_refused(
    drawn: Any, before: str, after: str, reason: str
) -> None:
    text = drawn(*PLAIN).decode()
    assert before in text
    text = text.replace(before, after)
    if "Task" in before:
        text = text.replace("</userTask>", f"</{after.lstrip('<').split()[0]}>")
    if "processes" in after:
        text = text.replace("</process>", "</processes>")
    with pytest.raises(InvalidDefinition, match=reason):
        parse_process(text.encode(), "p.bpmn")


@pytest.mark.parametrize(
    "source", [b"", b"<x/>", b"not xml", b"<!DOCTYPE a []><a/>", b"\xff\xfe", b"<definitions/>"]
)
def test_what_is_no_diagram_is_refused(source: bytes) -> None:
    with pytest.raises(InvalidDefinition):
        parse_process(source, "p.bpmn")


def test_a_path_too_long_to_read_is_refused_not_a_crash(drawn: Any) -> None:
    chain = " > ".join(["start", *(f"user:t{n}" for n in range(1200)), "end"])
    with pytest.raises(InvalidDefinition, match="too long"):
        parse_process(drawn(chain), "p.bpmn")


def test_whatever_spiffworkflow_raises_becomes_a_refusal(
    drawn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: Any) -> None:
        raise KeyError("odd")

    monkeypatch.setattr(parser_module.DiagramParser, "get_spec", explode)
    with pytest.raises(InvalidDefinition, match="odd"):
        parse_process(drawn("start > user:exploding > end"), "p.bpmn")


def test_every_part_of_an_element_is_read(drawn: Any) -> None:
    source = drawn(
        "start > user:write*people > send:tell > service:begin > rule:judge > call:learn > end",
        "timer~:late@write > end",
        name="review",
        process='a:kind="root" a:startRoles="coordinator worker" a:identifierPrefix="CPR" '
        'a:item="participant" a:requirement="XFL-01" name="Review" a:nameCy="Adolygiad"',
        attributes={
            "write": {
                "name": "Write",
                "a:nameCy": "Ysgrifennu",
                "a:role": "agency_author reviewer",
                "a:form": "consent#parents consent#child minutes",
                "a:shows": "pack",
                "a:requirement": "CNS-01 CNS-02",
                "a:item": "participant",
            },
            "late": {"a:timescale": "TS-41"},
            "tell": {"a:notice": "come", "a:to": "worker chair"},
            "begin": {"a:effect": "start_side_instance", "a:starts": "overrun"},
            "judge": {"a:decision": "DR-16"},
        },
    ).decode()
    source = source.replace(
        '<endEvent id="end" name="end">',
        '<endEvent id="end" name="end"><documentation>Done.</documentation>'
        '<documentation textFormat="text/x-cy">Wedi gorffen.</documentation>',
    )
    definition = parse_process(source.encode(), "processes/review.bpmn")
    assert (definition.id, definition.kind, definition.item) == ("review", "root", "participant")
    assert definition.start_roles == ("coordinator", "worker")
    assert (definition.identifier_prefix, definition.name("cy")) == ("CPR", "Adolygiad")
    assert definition.called == ("learn_part",)
    write = definition.elements["write"]
    assert (write.kind, write.name(), write.name("cy")) == ("userTask", "Write", "Ysgrifennu")
    assert write.roles == ("agency_author", "reviewer")
    assert write.forms == (FormUse("consent", ("parents", "child")), FormUse("minutes"))
    assert write.shows == (FormUse("pack"),)
    assert write.requirement == ("CNS-01", "CNS-02")
    assert (write.item, write.item_list) == ("participant", "people")
    late = definition.elements["late"]
    assert (late.event, late.timescale, late.attached_to) == ("timer", "TS-41", "write")
    assert (late.interrupting, late.expression) == (False, 'due("TS-01")')
    assert definition.elements["tell"].to == ("worker", "chair")
    assert definition.elements["begin"].starts == "overrun"
    assert definition.elements["judge"].decision == "DR-16"
    assert definition.elements["end"].documentation("cy") == "Wedi gorffen."
    assert definition.elements["end"].documentation() == "Done."


def test_a_task_has_the_roles_of_its_lane_also_inside_a_sub_process(drawn: Any) -> None:
    text = drawn("start > user:a > sub:s > end", "s | start:s1 > user:x > end:s2").decode()
    lanes = (
        '<laneSet id="l"><lane id="one" name="Worker" a:role="worker"><flowNodeRef>a</flowNodeRef>'
        '</lane><lane id="two" a:nameCy="Panel" a:role="panel chair"><flowNodeRef>s</flowNodeRef>'
        "</lane></laneSet>"
    )
    text = text.replace('<startEvent id="start"', f'{lanes}<startEvent id="start"', 1)
    elements = parse_process(text.encode(), "p.bpmn").elements
    assert (elements["a"].roles, elements["a"].lane) == (("worker",), "one")
    assert (elements["x"].roles, elements["x"].lane) == (("panel", "chair"), "two")
    assert (elements["x"].scope, elements["x"].depth) == ("s", 1)


def test_flows_keep_condition_default_and_order(parse: Any) -> None:
    definition = parse("start > xor:g > user:a [a = 1] > end", "g > user:b [*] > end")
    assert [(flow.id, flow.condition, flow.is_default) for flow in definition.outgoing["g"]] == [
        ("g_a", "a = 1", False),
        ("g_b", "", True),
    ]
    assert [(use.element, use.kind, use.source) for use in definition.expressions] == [
        ("g_a", "flow", "a = 1")
    ]


def test_the_reading_order_follows_the_flows(parse: Any) -> None:
    definition = parse(
        "start > user:a > sub:s > user:last > end",
        "s | start:s1 > user:x > end:s2",
        "timer:late@s > user:chase > end",
        "user:lost > end",
    )
    order = [element.id for element in definition.reading_order()]
    assert order == [
        *("start", "a", "s", "s1", "x", "s2", "late", "chase", "last", "end", "lost"),
    ]


def test_what_follows_a_meeting_of_ways_is_read_after_all_of_them(parse: Any) -> None:
    definition = parse(
        "start > and:part > user:a > user:b > and:meet > xor:again > user:last [*] > end",
        "part > user:c > meet",
        "again > a [x = 1]",
    )
    order = [element.id for element in definition.reading_order()]
    assert order == ["start", "part", "a", "b", "c", "meet", "again", "last", "end"]


def test_the_same_bytes_give_the_same_definition(drawn: Any) -> None:
    source = drawn("start > user:cached > end")
    assert parse_process(source, "p.bpmn") is parse_process(bytes(source), "p.bpmn")
    assert parse_process(source, "q.bpmn").path == "q.bpmn"


def test_the_cache_is_bounded(drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_module, "CACHE_SIZE", 3)
    for number in range(6):
        parse_process(drawn(f"start > user:a{number} > end"), "p.bpmn")
    assert len(parser_module._cache) == 3


def test_one_definition_serves_many_threads(parse: Any, new_world: Any) -> None:
    definition = parse(
        "start > and:s > user:a*people > and:j > sub:t > end",
        "s > user:b > j",
        "t | start:t1 > user:x > end:t2",
        "timer:late@a > end:gone",
    )
    before = {
        name: (spec._inputs[:], spec._outputs[:])
        for name, spec in definition.spec.task_specs.items()
    }

    def run(number: int) -> bytes:
        world = new_world()
        world.lists["people"] = [f"p{n}" for n in range(number % 4)]
        flow, _ = Workflow.start(definition, world)
        while flow.open_tasks():
            flow = Workflow.load(definition, flow.dump(), world)
            flow.complete_task(flow.open_tasks()[0].key)
        assert flow.is_completed()
        return flow.dump()

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(run, range(32)))
    assert len(set(states)) == 4
    assert before == {
        name: (spec._inputs, spec._outputs) for name, spec in definition.spec.task_specs.items()
    }


def test_ids_that_spiffworkflow_uses_itself_are_free(started: Any) -> None:
    flow = started("start:Start > user:Root > end:End")
    flow.complete_task(TaskKey("Root"))
    assert flow.ended_by == "End"
