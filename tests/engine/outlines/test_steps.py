"""Steps come, change, move and go: the file stays readable, and says what it said elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine import outlines
from engine.outlines import InvalidEdit, Sheet
from engine.texts import Text
from engine.workflow import parse_process
from tests.engine.outlines.conftest import DIAGRAMS, PROCESSES, STEP, meaning, read, wrong

NAMES = {"legal_adviser": Text("Legal adviser", "Cynghorydd cyfreithiol")}


def test_a_file_that_nobody_changes_comes_back_byte_for_byte() -> None:
    for path in sorted(PROCESSES.rglob("*.bpmn")):
        source = path.read_bytes()
        assert Sheet(source, path.name).to_bytes() == source, path.name


def test_what_a_file_tells_of_each_element_can_be_told_again_without_a_change() -> None:
    for name in DIAGRAMS:
        source, path = read(name)
        sheet = Sheet(source, path)
        told = {
            element.get("id", ""): outlines.told_of(source, path, element.get("id", ""))
            for element in sheet.process.iter(etree.Element)
            if element.get("id") and etree.QName(element).localname in outlines.PROPERTIES
        }
        assert len(told) > 20
        for element, (_, values) in told.items():
            edited = outlines.change_step(source, path, element, values, {})
            assert edited.source == source, element


@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_flow_takes_a_step_and_is_as_before_once_it_is_gone(name: str) -> None:
    source, path = read(name)
    before, found = meaning(source, path), wrong(source, path)
    for flow in before["flows"]:
        added = outlines.add_step(source, path, flow, "userTask", STEP, {})
        assert wrong(added.source, path) <= found, flow
        steps = parse_process(added.source, path)
        assert [way.target for way in steps.outgoing[added.step]] == [before["flows"][flow].target]
        assert steps.flows[flow].target == added.step
        removed = outlines.remove_step(added.source, path, added.step)
        assert meaning(removed.source, path) == before, flow
        assert wrong(removed.source, path) <= found, flow


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_step_that_moves_away_and_back_leaves_everything_as_it_was(name: str) -> None:
    source, path = read(name)
    before, found = meaning(source, path), wrong(source, path)
    sheet = Sheet(source, path)
    moved = 0
    for step, element in before["elements"].items():
        entering = [f for f in before["flows"].values() if f.target == step]
        if not outlines.may_move(sheet, step) or len(entering) != 1:
            continue
        there = next(
            flow.id
            for flow in reversed(before["flows"].values())
            if step not in (flow.source, flow.target) and flow.scope == element.scope
        )
        try:
            away = outlines.move_step(source, path, step, there)
        except InvalidEdit:
            continue
        assert wrong(away.source, path) <= found, step
        back = outlines.move_step(away.source, path, step, entering[0].id)
        assert meaning(back.source, path) == before, step
        moved += 1
    assert moved > 5


@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_step_goes_and_closes_the_flow_up_or_says_why_it_stays(name: str) -> None:
    source, path = read(name)
    found, gone = wrong(source, path), 0
    for step in meaning(source, path)["elements"]:
        expected = outlines.goes_with(source, path, step)
        try:
            removed = outlines.remove_step(source, path, step)
        except InvalidEdit:
            continue
        left = meaning(removed.source, path)["elements"]
        assert set(meaning(source, path)["elements"]) - set(left) == {step, *expected}
        new = wrong(removed.source, path) - found
        assert not {one for one in new if one[0] in DRAWING}, step
        gone += 1
    assert gone > 3


#: The rules about what is drawn.
DRAWING = {
    *("flow_crooked", "flow_through_shape", "flow_undocked", "label_missing", "label_overlap"),
    *("shape_missing", "shape_outside_lane", "shapes_overlap"),
}


def test_a_task_goes_into_the_lane_of_its_role_and_one_is_made_where_there_is_none() -> None:
    source, path = read("concise_review")
    flow = "plan_review_to_evidence_is_gathered"
    known = outlines.add_step(source, path, flow, "userTask", STEP | {"role": "chair"}, NAMES)
    assert parse_process(known.source, path).elements[known.step].lane == "board_lane"
    assert wrong(known.source, path) <= wrong(source, path)
    with_lane = STEP | {"role": "legal_adviser pool_manager"}
    new = outlines.add_step(source, path, flow, "userTask", with_lane, NAMES)
    lane = parse_process(new.source, path).lanes["legal_adviser_lane"]
    assert (lane.words.en, lane.words.cy, lane.roles) == (
        *("Legal adviser", "Cynghorydd cyfreithiol"),
        ("legal_adviser", "pool_manager"),
    )
    assert wrong(new.source, path) <= wrong(source, path)
    removed = outlines.remove_step(new.source, path, new.step)
    assert meaning(removed.source, path) == meaning(source, path)


def test_another_role_brings_a_task_into_another_lane() -> None:
    source, path = read("concise_review")
    edited = outlines.change_step(source, path, "name_learning", {"role": "chair"}, NAMES)
    assert parse_process(edited.source, path).elements["name_learning"].lane == "board_lane"
    assert wrong(edited.source, path) <= wrong(source, path)


def test_what_is_told_of_a_step_is_what_the_engine_reads() -> None:
    source, path = read("concise_review")
    values = STEP | {
        "shows": "recommendation#outcome",
        "anew": "true",
        "item": "agency",
        "items": "agencies",
    }
    edited = outlines.change_step(source, path, "name_learning", values, {})
    element = parse_process(edited.source, path).elements["name_learning"]
    assert (element.words.en, element.words.cy) == (STEP["name"], STEP["nameCy"])
    assert (element.guidance.en, element.guidance.cy) == (
        STEP["documentation"],
        STEP["documentationCy"],
    )
    assert (element.item, element.item_list, element.anew) == ("agency", "agencies", True)
    assert [use.form for use in element.shows] == ["recommendation"]
    plain = outlines.change_step(
        edited.source, path, "name_learning", {"items": "", "item": ""}, {}
    )
    assert parse_process(plain.source, path).elements["name_learning"].item_list == ""


def test_the_pool_bears_the_name_of_its_process() -> None:
    source, path = read("concise_review")
    values = {"name": "A short review", "nameCy": "Adolygiad byr"}
    edited = outlines.change_step(source, path, "concise_review", values, {})
    assert b'<bpmn:participant id="concise_review_pool" name="A short review"' in edited.source


@pytest.mark.parametrize(
    ("step", "refused"),
    [
        ("review_is_decided", outlines.StartStays),
        ("review_closed", outlines.EndStays),
        ("evidence_is_gathered", outlines.GatewayStays),
        ("nothing", outlines.StepNotThere),
    ],
)
def test_what_cannot_be_moved_or_removed_alone_says_so(
    step: str, refused: type[InvalidEdit]
) -> None:
    source, path = read("concise_review")
    with pytest.raises(refused):
        outlines.remove_step(source, path, step)
    with pytest.raises(refused):
        outlines.move_step(source, path, step, "set_up_panel_to_appoint_reviewers")


def test_an_edit_that_the_engine_could_not_run_is_refused_with_reason_and_remedy() -> None:
    source, path = read("concise_review")
    flow = "plan_review_to_evidence_is_gathered"
    with pytest.raises(outlines.NotReadable, match=r"calls nothing\..*name the process"):
        outlines.add_step(source, path, flow, "callActivity", {"name": "Call it"}, {})


def test_a_frame_cannot_be_moved_into_itself_and_goes_with_all_that_is_in_it() -> None:
    source, path = read("consultation")
    definition = parse_process(source, path)
    frame = next(e.id for e in definition.elements.values() if e.kind == "subProcess")
    inside = [flow.id for flow in definition.flows.values() if flow.scope == frame]
    with pytest.raises(outlines.PlaceInside):
        outlines.move_step(source, path, frame, inside[0])
    within = {e.id for e in definition.elements.values() if e.scope == frame}
    assert within <= set(outlines.goes_with(source, path, frame))


def test_a_file_of_which_nothing_is_drawn_is_edited_all_the_same() -> None:
    source = Path("tests/diagrams/multi_instance_list/valid_older.bpmn").read_bytes()
    flow = "case_identified_to_seek_consent"
    added = outlines.add_step(source, "x.bpmn", flow, "userTask", STEP, {})
    assert added.step in parse_process(added.source, "x.bpmn").elements
    assert b"BPMNShape" not in added.source
