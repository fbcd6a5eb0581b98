"""A professional forum asks what the catalogue asks, and goes where the guidance says, in time."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from engine import forms, time_source
from engine.clocks import Known, compute
from engine.decisions import decide, parse_decision
from engine.feel import compile_expression
from tests.processes.catalogue import (
    CATALOGUE,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    source,
)
from tests.processes.filling_in import TODAY, Filler, catalogue_ids, fields
from tests.processes.shipped import (
    FACTS,
    PROCESSES,
    ROLES,
    TIMESCALES,
    definition,
    statutory,
)
from tests.processes.test_review_diagrams import Case

STATUTORY = statutory("professional_forum")
OUR_FILES = (
    "professional_forum", "forum_invitation", "forum_local_action", "forum_evaluation",
    "forum_dissemination", "record_forum_replies", "record_forum_evaluation",
    "forum_facilitator_conflict", "staff_matter",
)  # fmt: skip
CARRIED = {
    identifier
    for process in map(definition, OUR_FILES)
    for carrier in (process, *process.elements.values(), *process.flows.values())
    for identifier in carrier.requirement
}
FORMS = ("forum_record", "forum_action", "forum_evaluation")
FIELDS = {
    **catalogue_rows(["F-42"]),
    **{key: row for key, row in catalogue_rows(["F-44"]).items() if key <= "F44.02"},
}
INPUTS = inputs_by_catalogue(FORMS)
#: What the system knows is shown, chosen from a list or worked out where the catalogue has text.
CARRIED_BY_OTHERS: dict[str, set[str]] = {
    "F42.01": {"text", "date", "rows"},
    "F42.04": {"choice", "long"},
    "F42.05": {"checklist"},
    "F42.07": {"checklist"},
}

fill = Filler(
    {**dict.fromkeys(FACTS), "forum_purpose": "case_learning", "participant_name": "Sian Rees"},
    about=lambda kind: [("participant_1", {"participant_name": "Sian Rees"})],
)


# Forms


def test_the_catalogue_lists_the_fields_of_these_forms() -> None:
    index = dict(re.findall(r"^\| (F-\d\d) \|.*\| (\d+) \|$", CATALOGUE, re.MULTILINE))
    assert len(FIELDS) == int(index["F-42"]) + 2


@pytest.mark.parametrize("field_id", sorted(FIELDS))
def test_every_field_of_the_catalogue_has_its_inputs(field_id: str) -> None:
    kinds = {kind_of(part) for part in INPUTS[field_id]}
    printed = set(re.findall("[a-z]+", FIELDS[field_id][1]))
    assert kinds >= CARRIED_BY_OTHERS.get(field_id, printed)


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(FIELDS)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("purpose", "F42.02"),
        ("findings_source", "F42.05"),
        ("method", "F42.06"),
        ("audience", "F42.07"),
    ],
)
def test_a_choice_offers_what_the_catalogue_offers(key: str, options: str) -> None:
    part = next(each for each in INPUTS[options] if each.get("key") == key)
    offered = {value["label"].lower() for value in part["values"]}
    printed = {option.strip().lower() for option in FIELDS[options][2].split(";")}
    assert offered == printed


@pytest.mark.parametrize("form_id", [*FORMS, "criteria_facts", "forum_reply"])
def test_examples_alone_are_a_legal_way_through_the_form(form_id: str) -> None:
    assert fields(fill(form_id)) == []


@pytest.mark.parametrize(
    ("section", "given", "at"),
    [
        ("plan", {"title": ""}, "F42.01"),
        ("plan", {"venue": ""}, "F42.01"),
        ("plan", {"planned_on": ""}, "F42.01"),
        ("plan", {"purpose": ""}, "F42.02"),
        ("plan", {"counts_as": ""}, "F42.02"),
        ("plan", {"purpose": "dissemination", "findings_source": []}, "F42.05"),
        ("criteria", {"criteria_reason": ""}, "F42.04"),
        ("method", {"method": ""}, "F42.06"),
        ("method", {"audience": []}, "F42.07"),
        ("session", {"held_on": ""}, "F42.01"),
        ("relevance", {"wider": ""}, "F42.13"),
        ("relevance", {"wider": "yes", "managed_by": ""}, "F42.13"),
    ],
)
def test_what_the_catalogue_requires_is_required(
    section: str, given: dict[str, Any], at: str
) -> None:
    assert catalogue_ids(fill("forum_record", [section], **given)) == [at]


def test_the_record_takes_over_what_the_programme_planned() -> None:
    carried = {
        "carried_title": "Neglect", "carried_planned_on": date(2026, 6, 9),
        "carried_purpose": "dissemination", "carried_process": "forum_programme",
    }  # fmt: skip
    found = fill("forum_record", ["plan"], carried).values["plan"]
    assert [found[key] for key in ("title", "planned_on", "purpose")] == [
        "Neglect", "2026-06-09", "dissemination",
    ]  # fmt: skip
    defaults = {
        part.get("key"): part.get("default")
        for part in source("forum_record")["components"][0]["components"]
    }
    assert defaults["title"] == "carried_title"
    assert defaults["planned_on"] == "carried_planned_on"


@pytest.mark.parametrize(
    ("carried", "purpose"),
    [
        ({"carried_process": "referral"}, "case_learning"),
        ({"carried_process": "forum_programme", "carried_purpose": "other"}, "other"),
        ({"carried_process": "forum_programme", "carried_purpose": "something else"}, None),
        ({}, None),
    ],
)
def test_the_purpose_is_filled_in_where_it_is_known(
    carried: dict[str, Any], purpose: str | None
) -> None:
    part = next(each for each in INPUTS["F42.02"] if each.get("key") == "purpose")
    names = {**dict.fromkeys(FACTS), **carried}
    assert compile_expression(part["default"]).evaluate(names, {}) == purpose


def test_a_case_sent_here_is_asked_for_its_facts_only_where_something_is_new() -> None:
    sent = {"carried_process": "referral"}
    assert fill("criteria_facts", facts=sent).values["facts"].get("children") is None
    anew = fill("criteria_facts", facts=sent, new_facts=True)
    assert len(anew.values["facts"]["children"]) == 1
    assert fields(fill("criteria_facts", facts=sent, new_facts="")) == ["new_facts"]


def test_the_facts_of_a_case_hold_no_name() -> None:
    said = json.dumps(source("criteria_facts"))
    assert "child_name" not in said
    assert "No names" in said


def columns(form_id: str, path: str) -> dict[str, dict[str, Any]]:
    section = source(form_id)["components"][0]
    rows = next(each for each in section["components"] if each.get("path") == path)
    return {each.get("key") or each["path"]: each for each in rows["components"]}


@pytest.mark.parametrize(
    "key",
    ["born_on", "incident_on_child", "abuse_or_neglect", "outcome", "on_register", "registrations",
     "looked_after", "care_leaver"],
)  # fmt: skip
def test_the_criteria_are_asked_for_as_the_screening_asks_for_them(key: str) -> None:
    ours, theirs = columns("criteria_facts", "children")[key], columns("screening", "children")[key]
    assert ours.get("values") == theirs.get("values")
    assert ours.get("validate") == theirs.get("validate")
    assert any(
        f"criteria_facts.children.{key}" in fact.source.split()
        and f"screening.children.{key}" in fact.source.split()
        for fact in FACTS.values()
    )


def test_a_facilitator_who_worked_on_the_case_is_refused_and_so_is_silence_about_it() -> None:
    def named(worked: Any) -> forms.Cleaned:
        row = {
            "facilitator": "Mair Owen",
            "facilitator_agency": "Housing",
            "worked_on_case": worked,
        }
        return fill("forum_record", ["facilitators"], facilitators=[row])

    assert fields(named("yes")) == ["facilitators"]
    assert len(fields(named(""))) == 1
    assert fields(named("no")) == []


@pytest.mark.parametrize("left_out", ["confidentiality", "support", "challenge"])
def test_an_opening_leaves_nothing_out(left_out: str) -> None:
    said = [each for each in ("confidentiality", "support", "challenge") if each != left_out]
    assert fields(fill("forum_record", ["opening"], opened_with=said)) == ["opened_with"]


def test_the_first_of_several_local_actions_counts() -> None:
    rows = [
        {"local_action": "Train staff.", "local_action_kind": "practice", "starts_on": day}
        for day in ("2026-09-01", "2026-06-03", "2026-07-01")
    ]
    found = fill("forum_action", local_actions=rows).values["actions"]
    assert found["first_action_on"] == "2026-06-03"
    none = fill("forum_action", is_action_needed="no").values["actions"]
    assert (none.get("first_action_on"), none["none_needed_on"]) == (None, TODAY.isoformat())


@pytest.mark.parametrize(
    ("field_id", "classes"),
    [("F42.11", {"V-FORUM", "V-STAFF"}), ("F42.14", {"V-CASE"})],
)
def test_a_field_is_read_as_the_catalogue_says(field_id: str, classes: set[str]) -> None:
    part = next(each for each in INPUTS[field_id] if "visibility" in each)
    assert classes <= set(part["visibility"])
    assert set(re.findall("V-[A-Z]+", FIELDS[field_id][5])) == classes


def test_evaluations_are_for_their_author_and_the_forum_owner() -> None:
    assert set(source("forum_evaluation")["visibility"]) == {"V-OWN", "forum_owner"}


# Decision


@pytest.mark.parametrize(
    ("types", "sent", "new", "result", "row"),
    [
        (["concise"], None, None, "refer", "DR-18.1"),
        (["not_cpr", "extended"], None, None, "refer", "DR-18.1"),
        (["hold", "concise"], None, None, "refer", "DR-18.1"),
        (["judgement"], None, None, "refer_for_view", "DR-18.2"),
        (["not_cpr", "hold"], None, None, "refer_for_view", "DR-18.2"),
        (["not_cpr", None], None, None, "refer_for_view", "DR-18.2"),
        ([], None, None, "refer_for_view", "DR-18.2"),
        (None, None, None, "refer_for_view", "DR-18.2"),
        (["not_cpr", "not_cpr"], None, None, "stay", "DR-18.3"),
        ([], "referral", False, "stay", "DR-18.4"),
        (["concise"], "referral", False, "stay", "DR-18.4"),
        (["concise"], "referral", True, "refer", "DR-18.1"),
        (["concise"], "referral", None, "refer", "DR-18.1"),
        (["concise"], "forum_programme", False, "refer", "DR-18.1"),
    ],
)
def test_a_case_stays_or_goes_to_the_sub_group(
    types: list[str | None] | None, sent: str | None, new: bool | None, result: str, row: str
) -> None:
    path = PROCESSES / "decisions" / "DR-18.dmn"
    table = parse_decision(path.read_bytes(), str(path))
    names = {"child_types": types, "carried_process": sent, "new_case_facts": new}
    found = decide(table, names)
    assert (found.result, found.rules) == ({"result": result}, (row,))
    assert table.rules[0].id == "DR-18.4"


# Timescales


def test_local_action_is_wanted_within_thirty_days_of_the_learning() -> None:
    row = TIMESCALES["TS-33"]
    facts = {**dict.fromkeys(row.facts), "forum_learning_on": date(2026, 3, 2)}

    def clock(day: date, **more: Any) -> Any:
        return compute(row, Known({**facts, **more}), time_source.start_of_day(day), ())

    assert (row.kind, row.item, row.source, row.cite) == ("open", "agency", "P", "G4.3")
    found = clock(date(2026, 3, 3))
    assert (found.due_on, found.state) == (date(2026, 4, 1), "running")
    moments = [(time_source.local_day(stage.at), stage.level) for stage in found.stages]
    assert moments == [(date(2026, 3, 16), "E1"), (date(2026, 4, 2), "E2")]
    assert clock(date(2026, 4, 1)).state != "overdue"
    assert clock(date(2026, 4, 2)).state == "overdue"
    assert clock(date(2026, 4, 2), local_action_on=date(2026, 4, 1)).late is False
    assert clock(date(2026, 4, 9), local_action_on=date(2026, 4, 5)).late is True
    assert clock(date(2026, 4, 2), no_local_action_on=date(2026, 3, 9)).state == "ended"
    assert set(row.recipients("E1")) == {"agency_author"}
    assert set(row.recipients("E2")) == {"agency_author", "forum_owner"}


def test_evaluations_of_a_forum_close_as_those_of_an_event_do() -> None:
    assert "professional_forum" in TIMESCALES["TS-54"].process
    assert "MPF-16" in TIMESCALES["TS-54"].ends
    assert "forum_record.held_on" in FACTS["event_held_on"].source.split()


# Diagrams


def test_every_step_of_a_forum_is_carried() -> None:
    steps = [f"MPF-{number:02}" for number in (*range(7, 17), 18)]
    assert set(steps) <= CARRIED


@pytest.mark.parametrize("key", STATUTORY)
def test_a_statutory_rule_names_what_is_there(key: str) -> None:
    row = STATUTORY[key]
    named = {row.get("first"), row.get("then"), *row.get("steps", ())} - {None}
    assert named <= CARRIED
    assert row["en"] != row["cy"]
    if "when" in row:
        assert set(compile_expression(row["when"]).names) <= set(FACTS)
    assert set(row.get("roles", ())) <= set(ROLES)
    assert set(row.get("fields", ())) <= set(FIELDS)


def about_case(**facts: Any) -> Case:
    case = Case("professional_forum").do("choose_purpose", forum_purpose="case_learning")
    case.do("give_case_facts").finish("screen_children")
    return case.do("note_criteria_result", **facts)


def with_method(method: str, **facts: Any) -> Case:
    case = Case("professional_forum").do("choose_purpose", forum_purpose="dissemination")
    return case.do("choose_method", forum_method=method, method_is_over=False, **facts)


@pytest.mark.parametrize("purpose", ["dissemination", "other"])
def test_only_a_case_is_held_against_the_criteria(purpose: str) -> None:
    case = Case("professional_forum").do("choose_purpose", forum_purpose=purpose)
    assert case.open == ["choose_method"]
    case = Case("professional_forum").do("choose_purpose", forum_purpose="case_learning")
    assert case.open == ["give_case_facts"]


def test_a_case_below_the_criteria_stays() -> None:
    assert about_case(criteria_check="stay").open == ["choose_method"]


@pytest.mark.parametrize("says", ["refer", "refer_for_view"])
@pytest.mark.parametrize(
    ("answer", "opened", "ended"),
    [
        ("taken_as_referral", [], "became_referral"),
        ("back_to_forum", ["choose_method"], None),
    ],
)
def test_a_case_for_the_sub_group_ends_the_forum_or_comes_back(
    says: str, answer: str, opened: list[str], ended: str | None
) -> None:
    case = about_case(criteria_check=says)
    assert case.parts == ["refer_to_sub_group"]
    case.finish("refer_to_sub_group", escalation_answer=answer)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def captured() -> Case:
    case = with_method("workshop")
    case.world.lists |= {"agencies": ["police"], "participants": ["participant_1"]}
    case.do("list_invitees", "open_forum").do("hold_forum", forum_held_on=date(2026, 6, 1))
    return case.do("capture_learning")


def test_a_concern_taken_at_any_moment_ends_the_forum() -> None:
    for case in (Case("professional_forum"), with_method("workshop"), captured()):
        case.follow(escalation_answer="taken_as_referral")
        assert (case.flow.ended_by, case.open) == ("became_referral_meanwhile", [])


def test_invitations_do_not_hold_the_forum() -> None:
    case = with_method("workshop")
    case.world.lists["participants"] = [f"participant_{number}" for number in range(1, 51)]
    case.do("list_invitees")
    assert len(case.flow.waiting_parts()) == 50
    assert case.open == ["open_forum"]


def test_a_forum_ends_when_agencies_owner_and_participants_are_done() -> None:
    case = captured()
    assert case.parts == ["act_locally", "evaluate_forum", "invite_participants", "spread_learning"]
    case.finish("act_locally").finish("spread_learning")
    assert case.flow.ended_by is None
    case.finish("evaluate_forum")
    assert case.flow.ended_by == "forum_completed"


def test_a_forum_that_no_agency_has_to_act_on_ends_too() -> None:
    case = with_method("workshop").do("list_invitees", "open_forum")
    case.do("hold_forum", forum_held_on=date(2026, 6, 1)).do("capture_learning")
    assert case.finish("spread_learning").flow.ended_by == "forum_completed"


@pytest.mark.parametrize("method", ["consultation", "case_review_event"])
@pytest.mark.parametrize(
    ("outcome", "opened"),
    [
        ("consultation_completed", ["note_what_was_held"]),
        ("event_completed", ["note_what_was_held"]),
        ("consent_not_given", ["decide_how_to_go_on"]),
        ("became_referral", ["decide_how_to_go_on"]),
        ("withdrawn", ["decide_how_to_go_on"]),
    ],
)
def test_a_forum_waits_for_the_case_that_holds_it(
    method: str, outcome: str, opened: list[str]
) -> None:
    case = with_method(method)
    assert case.last is not None
    opening, *telling = case.last.effects
    assert (opening.element.opens, opening.element.relation) == (method, "method")
    # Only a consultation begins without anybody who could do its first step.
    told = [(each.element.notice, each.element.to) for each in telling]
    if method == "consultation":
        assert told == [("method_has_no_worker", ("coordinator",))]
    else:
        assert told == []
    assert case.open == []
    assert case.follow(method_is_over=True, method_outcome=outcome).open == opened


@pytest.mark.parametrize(
    ("choice", "opened", "ended"),
    [
        ("another_method", ["choose_method"], None),
        ("learning", ["capture_learning"], None),
        ("end", [], "forum_given_up"),
    ],
)
def test_the_facilitators_say_how_a_forum_goes_on(
    choice: str, opened: list[str], ended: str | None
) -> None:
    case = with_method("consultation").follow(method_is_over=True, method_outcome="withdrawn")
    case.do("decide_how_to_go_on", forum_goes_on_with=choice)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def test_the_end_of_a_held_method_is_an_end_of_its_diagram() -> None:
    ends = {"consultation_completed", "event_completed"}
    there = {
        element.id
        for process in ("consultation", "case_review_event")
        for element in definition(process).elements.values()
    }
    assert ends <= there


def test_a_second_consultation_is_waited_for_although_the_first_is_closed() -> None:
    over = FACTS["method_is_over"].expression
    assert over is not None
    first = {"method_ended_on": date(2026, 3, 2), "method_case": "CNS-1", "method_given_up": None}
    assert over.evaluate(first, {}) is True
    assert over.evaluate({**first, "method_given_up": "CNS-1"}, {}) is False
    second = {"method_ended_on": None, "method_case": "CNS-2", "method_given_up": "CNS-1"}
    assert over.evaluate(second, {}) is False
    assert over.evaluate({**second, "method_ended_on": date(2026, 5, 4)}, {}) is True


@pytest.mark.parametrize(
    ("facts", "ended"),
    [({"forum_reply": "yes"}, "person_has_replied"), ({"forum_held_on": TODAY}, "nothing_heard")],
)
def test_an_invitation_closes_by_what_is_known(facts: dict[str, Any], ended: str) -> None:
    case = Case("forum_invitation", "participant_1")
    assert (case.sent, case.open) == (["forum_invitation"], ["answer_invitation"])
    assert case.follow(**facts).flow.ended_by == ended


def test_nobody_is_invited_to_a_forum_that_is_over() -> None:
    case = Case("forum_invitation", "participant_1", forum_held_on=TODAY)
    assert (case.sent, case.flow.ended_by) == ([], "forum_is_over")


def test_an_evaluation_comes_closes_or_is_not_asked_for() -> None:
    case = Case("forum_evaluation", "participant_1")
    assert case.do("fill_in_evaluation").flow.ended_by == "evaluation_is_in"
    case = Case("forum_evaluation", "participant_1").fire("evaluation_closes")
    assert case.flow.ended_by == "evaluation_not_returned"
    case = Case("forum_evaluation", "participant_1").follow(forum_valued="very")
    assert case.flow.ended_by == "evaluation_is_in"
    case = Case("forum_evaluation", "participant_1", forum_reply="no")
    assert case.flow.ended_by == "nothing_to_evaluate"


@pytest.mark.parametrize("managed", ["quality_assurance", "training", "sub_group"])
def test_the_sub_group_that_fits_takes_the_learning_to_the_agencies(managed: str) -> None:
    case = Case("forum_dissemination")
    case.do("judge_relevance", learning_is_wider=True, learning_managed_by=managed)
    assert case.open == [f"share_as_{managed}"]
    assert case.do(f"share_as_{managed}").sent == ["forum_learning_shared"]
    assert case.flow.ended_by == "learning_is_spread"


@pytest.mark.parametrize(
    ("wider", "managed"), [(False, None), (True, "forum_owner"), (False, "training")]
)
def test_other_learning_is_shared_by_the_forum_owner(wider: bool, managed: str | None) -> None:
    case = Case("forum_dissemination")
    case.do("judge_relevance", learning_is_wider=wider, learning_managed_by=managed)
    assert case.open == ["share_as_owner"]


@pytest.mark.parametrize(
    ("must_go", "opened", "ended"),
    [(True, ["name_another"], None), (False, [], "they_stay")],
)
def test_a_facilitator_with_a_tie_is_judged(
    must_go: bool, opened: list[str], ended: str | None
) -> None:
    case = Case("forum_facilitator_conflict").do("report_conflict")
    case.do("judge_facilitator", conflict_must_go=must_go)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def test_whoever_is_in_a_forum_may_hand_a_staff_matter_over() -> None:
    assert {"forum_owner", "forum_facilitator", "participant"} <= set(
        definition("staff_matter").start_roles
    )
