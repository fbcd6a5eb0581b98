"""Flows part into ways and meet again; ways come, change and go; timers hang on steps."""

from __future__ import annotations

import pytest

from engine import outlines
from engine.outlines import InvalidEdit, NewWay
from engine.workflow import ProcessDefinition, parse_process
from tests.engine.outlines.conftest import STEP, meaning, read, wrong

YES = NewWay({"name": "Yes", "nameCy": "Ydy", "default": "true"})
NO = {"name": "No, not yet", "nameCy": "Na, ddim eto", "condition": "consent = null"}
QUESTION = {"name": "Is it good enough?", "nameCy": "A yw’n ddigon da?"}
NOT_YET = {"name": "Not good enough", "nameCy": "Ddim yn ddigon da"}
FLOW = "tell_of_reviewer_to_plan_review"


def after(definition: ProcessDefinition, step: str) -> list[str]:
    """Return what follows a step."""
    return [flow.target for flow in definition.outgoing.get(step, ())]


def choice(*ways: NewWay, around: str = "") -> tuple[bytes, str]:
    """Return the concise review with a choice before its plan, and its path."""
    source, path = read("concise_review")
    made = outlines.split(
        source, path, FLOW, "exclusiveGateway", QUESTION, ways or (YES, NewWay(NO)), around
    )
    assert made.step == "is_it_good_enough"
    assert wrong(made.source, path) <= wrong(source, path)
    return made.source, path


def test_a_choice_parts_the_flow_and_its_ways_meet_before_what_followed() -> None:
    source, path = choice()
    definition = parse_process(source, path)
    meeting = "is_it_good_enough_ends"
    assert after(definition, "tell_of_reviewer") == ["is_it_good_enough"]
    assert after(definition, "is_it_good_enough") == [meeting, meeting]
    assert after(definition, meeting) == ["plan_review"]
    ways = definition.outgoing["is_it_good_enough"]
    assert [(way.words.en, way.condition, way.is_default) for way in ways] == [
        ("Yes", "", True),
        ("No, not yet", "consent = null", False),
    ]


def test_a_choice_around_a_step_can_leave_it_out() -> None:
    source, path = choice(around="plan_review")
    definition = parse_process(source, path)
    assert after(definition, "is_it_good_enough") == ["plan_review", "is_it_good_enough_ends"]
    assert after(definition, "plan_review") == ["is_it_good_enough_ends"]
    with pytest.raises(outlines.AloneOnWay, match="Choose to remove the way"):
        outlines.remove_step(source, path, "plan_review")


def test_a_way_can_end_or_lead_back_to_an_earlier_step() -> None:
    source, path = choice(YES, NewWay(NO, outlines.END, NOT_YET))
    definition = parse_process(source, path)
    assert after(definition, "is_it_good_enough") == ["plan_review", "not_good_enough"]
    assert definition.elements["not_good_enough"].kind == "endEvent"
    again = choice(YES, NewWay(NO, "set_up_panel"))
    assert "set_up_panel" in after(parse_process(*again), "is_it_good_enough")


def test_steps_stand_on_a_way_and_go_with_it_and_the_choice_with_its_last_way() -> None:
    source, path = choice()
    way = parse_process(source, path).outgoing["is_it_good_enough"][1].id
    added = outlines.add_step(source, path, way, "userTask", STEP, {})
    assert wrong(added.source, path) <= wrong(source, path)
    assert outlines.only_on(added.source, path, way) == (added.step,)
    removed = outlines.remove_way(added.source, path, way)
    before = read("concise_review")
    assert meaning(removed.source, path) == meaning(*before)
    assert wrong(removed.source, path) <= wrong(*before)


def test_ways_are_added_and_changed() -> None:
    source, path = choice()
    third = {"name": "Nobody knows", "nameCy": "Nid oes neb yn gwybod", "condition": "1 = 2"}
    added = outlines.add_way(source, path, "is_it_good_enough", NewWay(third))
    assert wrong(added.source, path) <= wrong(source, path)
    ways = parse_process(added.source, path).outgoing["is_it_good_enough"]
    assert [way.words.en for way in ways] == ["Yes", "No, not yet", "Nobody knows"]
    changed = outlines.change_way(
        added.source, path, ways[2].id, {"name": "No answer", "nameCy": "Dim ateb"}, "set_up_panel"
    )
    (way,) = (w for w in parse_process(changed.source, path).flows.values() if w.id == ways[2].id)
    assert (way.words.en, way.target) == ("No answer", "set_up_panel")


def test_another_way_for_all_other_answers_waits_until_the_old_one_has_a_condition() -> None:
    source, path = choice()
    yes, no = (way.id for way in parse_process(source, path).outgoing["is_it_good_enough"])
    default = {"condition": "", "default": "true"}
    with pytest.raises(outlines.DefaultNeedsCondition, match="“Yes” would have no condition"):
        outlines.change_way(source, path, no, default, "")
    values = {"condition": "1 = 1", "default": ""}
    first = outlines.change_way(source, path, yes, values, "").source
    second = outlines.change_way(first, path, no, default, "").source
    ways = parse_process(second, path).outgoing["is_it_good_enough"]
    assert [(way.condition, way.is_default) for way in ways] == [("1 = 1", False), ("", True)]


def test_a_step_that_nothing_leads_to_any_more_goes_with_the_way_that_led_there() -> None:
    source, path = choice(YES, NewWay(NO, outlines.END, NOT_YET))
    way = parse_process(source, path).outgoing["is_it_good_enough"][1].id
    changed = outlines.change_way(source, path, way, {}, "plan_review")
    assert "not_good_enough" not in parse_process(changed.source, path).elements


def test_two_ways_side_by_side_are_gone_at_once_and_one_of_them_holds_the_step() -> None:
    source, path = read("concise_review")
    ways = (NewWay({}), NewWay({}))
    made = outlines.split(source, path, FLOW, "parallelGateway", {}, ways, around="plan_review")
    assert wrong(made.source, path) <= wrong(source, path)
    definition = parse_process(made.source, path)
    (parting,) = after(definition, "tell_of_reviewer")
    assert definition.elements[parting].kind == "parallelGateway"
    assert len(after(definition, parting)) == 2
    second = definition.outgoing[parting][1].id
    added = outlines.add_step(made.source, path, second, "userTask", STEP, {})
    assert wrong(added.source, path) <= wrong(source, path)


@pytest.mark.parametrize(
    ("target", "refused"),
    [
        ("is_it_good_enough", outlines.WayMeetsItself),
        ("review_is_decided", outlines.WayMeetsItself),
        ("nowhere", outlines.StepNotThere),
    ],
)
def test_a_way_to_what_cannot_be_entered_is_refused(
    target: str, refused: type[InvalidEdit]
) -> None:
    source, path = choice()
    with pytest.raises(refused):
        outlines.add_way(source, path, "is_it_good_enough", NewWay(NO, target))


def test_ways_are_added_and_removed_only_where_they_part() -> None:
    source, path = read("concise_review")
    with pytest.raises(outlines.NotAChoice):
        outlines.add_way(source, path, "evidence_is_there", NewWay({}))
    with pytest.raises(outlines.NotAChoice):
        outlines.remove_way(source, path, FLOW)


def test_a_way_without_which_nothing_would_end_stays() -> None:
    source, path = choice(YES, NewWay(NO, "set_up_panel"))
    onward = parse_process(source, path).outgoing["is_it_good_enough"][0].id
    with pytest.raises(outlines.LastWay):
        outlines.remove_way(source, path, onward)


def test_where_whatever_happens_first_decides_each_way_begins_with_a_wait() -> None:
    source, path = read("parts/planned_forum")
    definition = parse_process(source, path)
    (race,) = (e.id for e in definition.elements.values() if e.kind == "eventBasedGateway")
    flow = definition.outgoing[race][0]
    with pytest.raises(outlines.RaceKeepsWaits):
        outlines.add_step(source, path, flow.id, "userTask", STEP, {})
    with pytest.raises(outlines.RaceKeepsWaits):
        outlines.remove_step(source, path, flow.target)


TIMER = {
    "name": "Check is late",
    "nameCy": "Mae’r gwiriad yn hwyr",
    "documentation": "It is chased. Source: local.",
    "documentationCy": "Eir ar ei ôl. Ffynhonnell: lleol.",
    "timescale": "TS-13",
    "moment": 'due("TS-13")',
}
NOTICE = STEP | {
    "name": "Remind of the check",
    "notice": "reviewer_commissioned",
    "to": "panel_chair",
}
del NOTICE["form"]
REMINDED = {"name": "Reminded", "nameCy": "Atgoffwyd"}


def test_a_reminder_hangs_on_a_step_that_goes_on_and_goes_with_it() -> None:
    source, path = read("concise_review")
    added = outlines.add_reminder(source, path, "name_learning", TIMER, NOTICE, REMINDED)
    assert wrong(added.source, path) <= wrong(source, path)
    definition = parse_process(added.source, path)
    timer = definition.elements["check_is_late"]
    assert (timer.attached_to, timer.interrupting) == ("name_learning", False)
    assert (timer.timescale, timer.expression) == ("TS-13", 'due("TS-13")')
    assert after(definition, "check_is_late") == ["remind_of_the_check"]
    assert after(definition, "remind_of_the_check") == ["reminded"]
    alone = outlines.remove_step(added.source, path, "check_is_late")
    assert meaning(alone.source, path) == meaning(source, path)
    with_step = outlines.remove_step(added.source, path, "name_learning")
    assert not {"check_is_late", "reminded"} & set(meaning(with_step.source, path)["elements"])


def test_a_reminder_moves_with_its_step() -> None:
    source, path = read("concise_review")
    added = outlines.add_reminder(source, path, "name_learning", TIMER, NOTICE, REMINDED)
    moved = outlines.move_step(added.source, path, "name_learning", FLOW)
    assert wrong(moved.source, path) <= wrong(source, path)
    definition = parse_process(moved.source, path)
    assert definition.elements["check_is_late"].attached_to == "name_learning"
    assert after(definition, "check_is_late") == ["remind_of_the_check"]


def test_a_fifth_timer_on_a_step_and_one_on_a_gateway_are_refused() -> None:
    source, path = read("concise_review")
    with pytest.raises(outlines.CannotCarryTimer):
        outlines.add_reminder(source, path, "evidence_is_there", TIMER, NOTICE, REMINDED)
    for _ in range(4):
        source = outlines.add_reminder(source, path, "hold_event", TIMER, NOTICE, REMINDED).source
    with pytest.raises(outlines.TooManyTimers):
        outlines.add_reminder(source, path, "hold_event", TIMER, NOTICE, REMINDED)


@pytest.mark.parametrize("kind", ["side", "part"])
def test_a_process_of_ones_own_starts_has_one_task_done_and_ends(kind: str) -> None:
    told = {
        "process": {
            "kind": kind,
            "name": "Local check",
            "nameCy": "Gwiriad lleol",
            "documentation": "A check of our own. Source: local.",
            "documentationCy": "Ein gwiriad ni. Ffynhonnell: lleol.",
            **({"startRoles": "coordinator"} if kind == "side" else {}),
        },
        "start": {"name": "Begun", "nameCy": "Dechreuwyd"},
        "task": STEP | {"role": "coordinator"},
        "end": {"name": "Checked", "nameCy": "Gwiriwyd"},
    }
    path = f"processes/{kind}/local_check.bpmn"
    begun = outlines.new_process("local_check", path, told, {})
    assert wrong(begun.source, path) == set()
    definition = parse_process(begun.source, path)
    assert [one.element.id for one in outlines.entries(definition)] == [
        *("begun", "check_the_quality", "checked"),
    ]
    assert (definition.id, definition.kind) == ("local_check", kind)
    assert definition.elements["check_the_quality"].roles == ("coordinator",)
