"""What is read out of a diagram, and what the lint says as a whole."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from lxml import etree

from engine import lint
from engine.lint import Known
from engine.lint.diagram import timescales_in
from engine.lint.geometry import Box, segments
from engine.lint.rules.limits import MAX_NODES

DIAGRAMS = Path(__file__).parents[2] / "diagrams"
SOURCE = (DIAGRAMS / "gateway_default" / "valid.bpmn").read_bytes()


def test_diagram_without_drawing_is_refused_only_where_a_drawing_is_asked_for() -> None:
    assert lint.check_diagram(SOURCE, "valid.bpmn") == []
    rules = {finding.rule for finding in lint.check_diagram(SOURCE, "valid.bpmn", drawn=True)}
    assert rules == {"shape_missing"}


def test_drawing_is_not_looked_at_where_nobody_wants_it() -> None:
    source = (DIAGRAMS / "flow_crooked" / "invalid.bpmn").read_bytes()
    assert lint.check_diagram(source, "invalid.bpmn", drawn=False) == []


def test_more_nodes_than_the_limit_are_refused_once() -> None:
    task = b'<bpmn:endEvent id="end_%d" name="End" adolygu:nameCy="Diwedd"/>'
    many = b"".join(task % number for number in range(MAX_NODES + 5))
    source = SOURCE.replace(b"</bpmn:process>", many + b"</bpmn:process>")
    findings = lint.check_diagram(source, "valid.bpmn")
    assert [finding.rule for finding in findings] == ["limits"]


def test_any_element_or_attribute_may_be_missing_and_the_lint_still_answers() -> None:
    source = (DIAGRAMS / "shape_outside_lane" / "valid_border.bpmn").read_bytes()
    count = sum(1 for _ in etree.fromstring(source).iter())
    assert count >= 50
    for number in range(1, count):
        root = etree.fromstring(source)
        element = list(root.iter())[number]
        for attribute in list(element.attrib):
            kept = element.attrib.pop(attribute)
            lint.check_diagram(etree.tostring(root), "valid_border.bpmn", Known())
            element.attrib[attribute] = kept
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        lint.check_diagram(etree.tostring(root), "valid_border.bpmn", Known())


def test_events_that_sit_on_each_other_and_frames_without_ids_do_no_harm() -> None:
    knot = (
        b'<bpmn:boundaryEvent id="a" attachedToRef="b"/><bpmn:boundaryEvent id="b" '
        b'attachedToRef="a"/><bpmn:subProcess><bpmn:subProcess><bpmn:task/></bpmn:subProcess>'
        b"</bpmn:subProcess></bpmn:process>"
    )
    findings = lint.check_diagram(SOURCE.replace(b"</bpmn:process>", knot), "valid.bpmn")
    assert {"flow_reference", "snake_case_id"} <= {finding.rule for finding in findings}


def test_largest_allowed_diagram_is_checked_in_good_time() -> None:
    chain = b"".join(
        b'<bpmn:parallelGateway id="g_%d"/><bpmn:sequenceFlow id="f_%d" sourceRef="g_%d" '
        b'targetRef="g_%d"/>' % (number, number, number, number + 1)
        for number in range(MAX_NODES - 10)
    )
    source = SOURCE.replace(b"</bpmn:process>", chain + b"</bpmn:process>")
    before = process_time()
    rules = {finding.rule for finding in lint.check_diagram(source, "valid.bpmn", Known())}
    assert process_time() - before < 5
    assert "limits" not in rules


def test_file_that_cannot_be_read_gives_one_finding_and_no_exception() -> None:
    for source in (b"", b"\x00\xff", b"<a><b></a>", b"<a/>" + b" " * 1_000_001):
        assert [finding.rule for finding in lint.check_diagram(source, "x.bpmn")] == ["readable"]


def test_other_xml_gives_a_finding_and_no_exception() -> None:
    assert [finding.rule for finding in lint.check_diagram(b"<a/>", "a.bpmn")] == ["one_process"]


def test_element_without_id_is_named_by_its_line() -> None:
    source = SOURCE.replace(b'<bpmn:startEvent id="case_identified"', b"<bpmn:startEvent", 1)
    findings = lint.check_diagram(source, "valid.bpmn")
    assert {"snake_case_id", "flow_reference"} <= {finding.rule for finding in findings}


def test_nodes_of_a_sub_process_stand_in_its_lane() -> None:
    source = (DIAGRAMS / "sub_process_start" / "valid.bpmn").read_bytes()
    lanes = (
        b'<bpmn:laneSet id="lanes"><bpmn:lane id="a" name="A" adolygu:nameCy="A" '
        b'adolygu:role="worker"><bpmn:flowNodeRef>run_session</bpmn:flowNodeRef></bpmn:lane>'
        b"</bpmn:laneSet><bpmn:startEvent"
    )
    diagram = lint.read_diagram(source.replace(b"<bpmn:startEvent", lanes, 1), "valid.bpmn")
    lane = diagram.lane_of(diagram.by_id["session_begins"])
    assert lane is not None
    assert lane.roles == ["worker"]


def test_finding_reads_as_a_line_of_a_report() -> None:
    [finding] = lint.check_diagram(b"<a/>", "a.bpmn")
    assert str(finding) == (
        "a.bpmn:1: error: The file holds no process. "
        "Give every process a file of its own, marked as executable. [one_process]"
    )


def test_timescales_are_found_in_an_expression() -> None:
    assert timescales_in('due("TS-41") + duration("P1D") > due( "TS-44")') == ["TS-41", "TS-44"]
    assert timescales_in('add days(due("TS-41"), 7) > last day("TS-44")') == ["TS-41", "TS-44"]
    assert timescales_in('overdue("TS-41")') == []


@pytest.mark.parametrize(
    ("segment", "crosses"),
    [
        (((0, 5), (20, 5)), True),
        (((0, 0), (20, 0)), False),
        (((0, 10), (20, 10)), False),
        (((12, -5), (12, 15)), True),
        (((10, -5), (10, 15)), False),
        (((0, 0), (20, 10)), True),
        (((0, 20), (5, 5)), False),
        (((12, 5), (12, 6)), True),
    ],
)
def test_line_crosses_a_box_only_through_its_inside(
    segment: tuple[tuple[float, float], tuple[float, float]], crosses: bool
) -> None:
    assert Box(10, 0, 10, 10).is_crossed_by(segment) is crosses


def test_boxes_that_touch_do_not_overlap() -> None:
    assert not Box(0, 0, 10, 10).overlaps(Box(10, 0, 10, 10))
    assert Box(0, 0, 10, 10).overlaps(Box(9, 9, 10, 10))


def test_pieces_of_a_line_without_length_are_left_out() -> None:
    assert segments(((0, 0), (0, 0), (5, 0))) == (((0, 0), (5, 0)),)
