"""The case review event: forms hold the catalogue's fields, tables, clocks and rules its rows."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from engine import forms, time_source
from engine.clocks import Known, compute
from engine.facts import names_for
from engine.forms import Form
from engine.timescales import parse_length
from tests.processes.catalogue import (
    CATALOGUE,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    required,
    source,
)
from tests.processes.filling_in import FUNCTIONS, Filler, catalogue_ids, fields
from tests.processes.shipped import (
    DIAGRAMS,
    FACTS,
    ROLES,
    TIMESCALES,
    definition,
    failures,
    statutory,
    table,
)

FILES = {"case_review_terms": "F-54", "case_review_report": "F-55"}
ROWS = catalogue_rows(FILES.values())
INPUTS = inputs_by_catalogue(FILES)
WORDS = {"yesno": "yesno", "fixed text": "long"}
#: What the system fills in, where the catalogue names a person or prints a fixed text.
SYSTEM_FILLS = {"F54.02", "F54.04", "F54.16", "F55.01"}


RULES = statutory("case_review_event")

COMMISSIONED = date(2026, 3, 2)
KNOWN: dict[str, Any] = {
    **dict.fromkeys(FACTS), "is_extended": False, "case_identifier": "CRE-2026-0001",
    "cre_commissioned_on": COMMISSIONED, "in_case_review_event": True, "case_is_no_review": True,
    "cre_theme": "neglect", "cre_from": date(2025, 3, 2), "cre_to": COMMISSIONED,
    "window_from": date(2025, 3, 2),
    "window_to": COMMISSIONED, "agency_kind": "police", "event_held_on": date(2026, 4, 14),
    "event_on": date(2026, 6, 30), "event_venue": "Canolfan Gymuned Pentref",
    "cre_objectives": [], "criteria_check": "stay",
}  # fmt: skip


filled = Filler(KNOWN, decide=failures)
EVENT = definition("case_review_event")
PARTS = [
    definition(name)
    for name in (
        "case_review_event", "event_facilitators", "event_invitation", "agency_timeline",
        "carry_out_action", "escalation", "event_evaluation", "event_evaluations",
    )
]  # fmt: skip
CARRIED = {each for part in PARTS for item in part.elements.values() for each in item.requirement}


# Forms


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = {kind_of(part) for part in INPUTS[field_id]}
    wanted = {
        WORDS.get(word, word)
        for word in re.findall(r"rows|long|date|yesno|fixed text|computed", ROWS[field_id][1])
    }
    assert kinds, f"{field_id} has no input"
    if field_id not in SYSTEM_FILLS:
        assert wanted <= kinds, (wanted, kinds)


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(ROWS)


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    asked = required(INPUTS[field_id])
    if ROWS[field_id][3].startswith("Y") and field_id not in SYSTEM_FILLS:
        assert asked
    elif ROWS[field_id][3] == "N":
        assert [part["key"] for part in asked] == ["further_objective"]


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_a_field_is_read_by_whom_the_catalogue_says(field_id: str) -> None:
    wanted = set(re.findall(r"V-[A-Z]+", ROWS[field_id][5]))
    for form_id in FILES:
        whole = source(form_id)
        for section in whole["components"]:
            for part in section["components"]:
                if part.get("catalogue") != field_id:
                    continue
                found = set(
                    part.get("visibility") or section.get("visibility") or whole["visibility"]
                )
                assert found - {"V-OWN", "regional_group"} == wanted


def test_the_regional_group_reads_the_report_once_the_board_shares_it() -> None:
    [gate] = source("case_review_report")["gates"]
    assert gate == {"roles": ["regional_group"], "when": "cre_share_regionally = true"}
    assert "regional_group" not in source("case_review_terms")["visibility"]
    sections = {part["id"]: part for part in source("case_review_report")["components"]}
    assert sections["sharing"]["visibility"] == sections["receipt"]["visibility"] == ["V-BOARD"]


@pytest.mark.parametrize("form_id", FILES)
def test_the_examples_of_a_form_are_accepted(form_id: str) -> None:
    facts = {"event_held_on": date(2026, 4, 14)}
    cleaned = filled(form_id, facts=facts)
    assert (cleaned.errors, cleaned.warnings) == ([], [])


def test_the_six_objectives_stand_there_with_the_theme_and_may_be_changed() -> None:
    form = parsed("case_review_terms")
    standing = forms.standing_values(
        form, ["objectives"], names={**KNOWN, "cre_theme": "missed appointments"},
        functions=FUNCTIONS,
    )["objectives"]  # fmt: skip
    assert "missed appointments" in standing["k1"]
    assert "neglect" not in standing["k1"]
    assert all(standing[f"k{number}"] for number in range(1, 7))
    changed = filled("case_review_terms", ("objectives",), k4="What went well?")
    assert changed.errors == []
    assert changed.values["objectives"]["k4"] == "What went well?"
    emptied = filled("case_review_terms", ("objectives",), k4="")
    assert fields(emptied) == ["k4"]


def test_each_objective_is_a_row_that_the_report_answers() -> None:
    known = {(f"cre_objective_{number}", ""): f"Objective {number}" for number in range(1, 7)}
    further = [{"_key": "row_1", "further_objective": "One more"}]
    rows: Any = names_for({**known, ("cre_further_objectives", ""): further}, None, FACTS)[
        "cre_objectives"
    ]
    assert [row["_key"] for row in rows] == ["k1", "k2", "k3", "k4", "k5", "k6", "further_row_1"]
    assert rows[-1]["objective"] == "One more"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"review_from": "2025-03-02", "review_to": "2026-03-02"}, []),
        ({"review_from": "2026-03-02", "review_to": "2025-03-02"}, ["review_to"]),
        ({"review_from": "2026-05-29", "review_to": "2026-05-28"}, ["review_from"]),
        ({"review_from": ""}, ["review_from"]),
    ],
)
def test_the_period_begins_before_it_ends_and_lies_in_the_past(
    given: dict[str, Any], wrong: list[str]
) -> None:
    assert fields(filled("case_review_terms", ("period",), **given))[:1] == wrong


def test_the_period_is_twelve_months_unless_somebody_says_otherwise() -> None:
    standing = forms.standing_values(
        parsed("case_review_terms"), ["period"], names=KNOWN, functions=FUNCTIONS
    )["period"]
    assert standing == {"review_from": "2025-03-02", "review_to": "2026-03-02"}


def member(**more: Any) -> list[dict[str, Any]]:
    no = {"in_group": True, "manages_case": False, "supervises_case": False}
    return [{"facilitator_name": "Nia Evans", **no, **more}]


def rows_told(*, lent: bool | None = None, **given: Any) -> list[str]:
    asked = {"other_board": {"facilitators_lent": lent}}
    cleaned = filled("case_review_terms", ("facilitators",), existing=asked, **given)
    return [error.row for error in cleaned.errors]


def test_a_facilitator_is_refused_by_the_row_that_does_not_hold() -> None:
    assert rows_told(event_facilitators=member()) == []
    assert rows_told(event_facilitators=member(in_group=False)) == ["DR-23.1"]
    assert rows_told(event_facilitators=member(in_group=False), lent=False) == ["DR-23.1"]
    assert rows_told(event_facilitators=member(in_group=False), lent=True) == []
    assert rows_told(event_facilitators=member(manages_case=True)) == ["DR-23.2"]
    assert rows_told(event_facilitators=member(in_group=False, manages_case=True), lent=True) == [
        "DR-23.2"
    ]
    assert rows_told(event_facilitators=member(supervises_case=True)) == ["DR-23.3"]
    assert rows_told(facilitator_search="none") == []


def test_the_board_receives_the_report_after_the_event_and_not_before() -> None:
    early = filled("case_review_report", ("receipt",), received_on="2026-04-13")
    assert catalogue_ids(early) == ["F55.05"]
    assert filled("case_review_report", ("receipt",), received_on="2026-04-14").errors == []
    ahead = filled("case_review_report", ("receipt",), received_on="2026-05-29")
    assert catalogue_ids(ahead) == ["F55.05"]


def test_the_reason_is_given_whether_the_region_learns_of_it_or_not() -> None:
    for answer in (True, False):
        asked = filled("case_review_report", ("sharing",), share_regionally=answer, share_reason="")
        assert fields(asked) == ["share_reason"]
    told = filled("case_review_report", ("sharing",), share_regionally=True)
    assert told.values["sharing"]["shared_regionally_on"] == "2026-05-28"
    kept = filled("case_review_report", ("sharing",), share_regionally=False)
    assert "shared_regionally_on" not in kept.values["sharing"]


# Forms that reviews use too

ROW = {"event": "A call.", "family_involved": "Mother", "staff_involved": "Officer"}


@pytest.mark.parametrize(
    ("happened_on", "warned"),
    [
        ("2025-03-01", ["TS-48"]),
        ("2025-03-02", []),
        ("2026-03-02", []),
        ("2026-03-03", ["TS-48"]),
        ("2025-04~", []),
        ("2025-03", ["TS-48"]),
        ("2026-01/2026-04", ["TS-48"]),
        ("../2025-04", ["TS-48"]),
        ("2025-04/..", ["TS-48"]),
    ],
)
def test_a_row_outside_the_period_is_warned_of_and_taken(
    happened_on: str, warned: list[str]
) -> None:
    rows = [{**ROW, "happened_on": happened_on}]
    cleaned = filled("agency_timeline", ("timeline",), timeline_rows=rows)
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == warned
    named = cleaned.values["timeline"].get("rows_outside")
    assert named == ("Event 1 / Digwyddiad 1" if warned else None) or (named == "" and not warned)


def test_the_group_refuses_a_row_outside_the_period_until_the_period_holds_it() -> None:
    returned = {"timeline": {"timeline_rows": [{"_key": "row_1", "happened_on": "2025-01-10"}]}}

    def check(answer: str, facts: dict[str, Any]) -> list[str]:
        note = {"timeline_check_note": "Outside."} if answer == "returned" else {}
        cleaned = filled(
            "agency_timeline", ("check",), facts, existing=returned, timeline_check=answer, **note
        )
        return [error.row for error in cleaned.errors]

    assert check("accepted", {}) == ["TS-48"]
    assert check("returned", {}) == []
    assert check("accepted", {"cre_from": date(2025, 1, 1)}) == []
    review = {"in_case_review_event": False, "cre_from": None, "cre_to": None}
    assert check("accepted", review) == ["TS-06"], "in a review it is the window that refuses"


def test_in_a_review_the_window_refuses_as_before() -> None:
    review = {"in_case_review_event": False, "cre_from": None, "cre_to": None}
    rows = [{**ROW, "happened_on": "2025-03-01"}]
    cleaned = filled("agency_timeline", ("timeline",), review, timeline_rows=rows)
    assert fields(cleaned) == ["timeline_rows-0-happened_on"]


def test_the_window_of_the_timelines_is_the_period_of_the_event() -> None:
    facts = {("cre_from", ""): date(2025, 1, 1), ("cre_to", ""): date(2026, 3, 2)}
    names = names_for(facts, None, FACTS)
    assert (names["window_from"], names["window_to"]) == (date(2025, 1, 1), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("paper", "check", "waits"),
    [(None, None, False), (1, None, True), (3, 2, True), (1, 2, False), (None, 2, False)],
)
def test_a_timeline_on_paper_waits_until_it_is_checked(
    paper: int | None, check: int | None, waits: bool
) -> None:
    facts = {
        ("timeline_paper_version", "police"): paper,
        ("timeline_check_version", "police"): check,
    }
    assert names_for(facts, "police", FACTS)["timeline_on_paper"] is waits


def test_a_letter_of_an_event_encloses_the_objectives_and_promises_no_draft() -> None:
    objectives = [{"_key": "k1", "objective": "First?"}, {"_key": "k2", "objective": "Second?"}]
    signed = {"signature": {"name": "Nia", "role": "case_review_group"}}
    of_event = filled("invitation_letter", (), {"cre_objectives": objectives}, around=signed)
    letter = of_event.values["letter"]
    assert letter["letter_objectives"] == "First?\n\nSecond?"
    assert letter["letter_type"].startswith("Case Review Event")
    assert of_event.errors == []
    assert "TS-16" not in [warning.row for warning in of_event.warnings]
    shown = {
        part["id"]: part for part in source("invitation_letter")["components"][0]["components"]
    }
    hidden = {"hide": "=in_case_review_event = true"}
    assert shown["letter_text_16"]["conditional"] == hidden
    assert shown["letter_letter_terms"]["conditional"] == hidden


def test_an_overrun_of_an_event_names_its_clock_and_nothing_of_it_goes_to_welsh_government() -> (
    None
):
    seen = filled("overrun", ("seen",))
    assert seen.errors == []
    assert "reported_to_wg_on" not in seen.values["seen"]
    review = filled("overrun", ("seen",), {"case_is_no_review": False}, reported_to_wg_on="")
    assert fields(review) == ["reported_to_wg_on"]
    [gate] = source("overrun")["gates"]
    assert gate == {"roles": ["welsh_government"], "when": "case_is_no_review != true"}


# Who reads what


def forms_of(root: str) -> set[str]:
    """Return the forms that a root process, its parts and the side processes beside it write."""
    everything = {name: definition(name) for name in DIAGRAMS}
    sides = [
        definition.id
        for definition in everything.values()
        if "side" in definition.kind.split() and definition.goes_with(root)
    ]
    waiting, seen = [root, *sides], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            elements = everything[name].elements.values()
            waiting += [*everything[name].called, *(e.starts for e in elements if e.starts)]
    return {
        use.form for name in seen for element in everything[name].elements.values()
        for use in element.forms
    }  # fmt: skip


def classes(form: Form) -> set[str]:
    """Return every class of visibility that a form names."""
    found = set(form.visibility)
    for section in form.sections:
        found |= set(section.visibility)
        for entry in section.fields:
            found |= set(entry.visibility)
    return found


def test_a_facilitator_of_a_consultation_reads_nothing_through_the_classes_of_an_event() -> None:
    widened = {
        name for name in ("V-PANEL", "V-AGY", "V-EVENT") if "facilitator" in ROLES.classes[name]
    }
    assert widened == {"V-PANEL", "V-AGY", "V-EVENT"}
    through = {name for name in forms_of("consultation") if classes(parsed(name)) & widened}
    assert through == {"working_principles"}
    assert "V-STEER" in parsed("working_principles").visibility


def test_nobody_of_an_event_counts_on_a_review() -> None:
    assert ROLES.get("case_review_group").processes == ("case_review_event",)


# Decisions


@pytest.mark.parametrize(
    ("outside", "lent", "manages", "supervises", "rows"),
    [
        (False, None, False, False, []),
        (True, None, False, False, ["DR-23.1"]),
        (True, False, False, False, ["DR-23.1"]),
        (True, True, False, False, []),
        (False, None, True, False, ["DR-23.2"]),
        (False, True, False, True, ["DR-23.3"]),
        (True, None, True, True, ["DR-23.1", "DR-23.2", "DR-23.3"]),
    ],
)
def test_facilitators_are_checked_row_by_row(
    outside: bool, lent: bool | None, manages: bool, supervises: bool, rows: list[str]
) -> None:
    names = {
        "facilitators_outside": outside, "facilitators_lent": lent,
        "facilitators_manage": manages, "facilitators_supervise": supervises,
    }  # fmt: skip
    assert failures("DR-23", names) == rows


def test_the_rows_of_the_catalogue_are_in_the_table() -> None:
    in_catalogue = set(re.findall(r"^\| (DR-23\.\d+) \|", CATALOGUE, re.MULTILINE))
    assert {rule.id for rule in table("DR-23").rules} == in_catalogue


# Timescales


def test_the_three_months_are_fixed_and_run_from_the_commission_to_the_receipt() -> None:
    row = TIMESCALES["TS-47"]
    assert (row.kind, row.source, row.fixed) == ("clock", "G", True)
    assert (row.runs_from, row.ends) == ("cre_commissioned_on", ("cre_received_on",))
    assert row.length == parse_length("P3M")
    assert [(stage.key, stage.level) for stage in row.stages] == [
        ("six_weeks", "E2"), ("ten_weeks", "E2"), ("breach", "E3"), ("board", "E5"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "state", "passed"),
    [
        (date(2026, 4, 12), "running", ()),
        (date(2026, 4, 13), "due_soon", ("six_weeks",)),
        (date(2026, 5, 10), "due_soon", ("six_weeks",)),
        (date(2026, 5, 11), "due_soon", ("six_weeks", "ten_weeks")),
        (date(2026, 6, 2), "due_soon", ("six_weeks", "ten_weeks")),
        (date(2026, 6, 3), "overdue", ("six_weeks", "ten_weeks", "breach")),
        (date(2026, 6, 4), "overdue", ("six_weeks", "ten_weeks", "breach", "board")),
    ],
)
def test_the_three_months_are_told_of_by_stages(
    on: date, state: str, passed: tuple[str, ...]
) -> None:
    names = {"cre_commissioned_on": COMMISSIONED, "cre_received_on": None}
    view = compute(TIMESCALES["TS-47"], Known(names), time_source.start_of_day(on), set())
    assert (view.state, view.newly_passed) == (state, passed)


def test_the_three_months_clamp_to_the_end_of_a_month() -> None:
    names = {"cre_commissioned_on": date(2025, 11, 30), "cre_received_on": None}
    view = compute(
        TIMESCALES["TS-47"], Known(names), time_source.start_of_day(date(2026, 1, 5)), set()
    )
    assert view.due_on == date(2026, 2, 28)


def test_the_period_is_a_window_of_an_example_and_no_fixed_figure() -> None:
    row = TIMESCALES["TS-48"]
    assert (row.kind, row.source, row.fixed) == ("window", "G", False)
    assert row.length == parse_length("P12M")


def test_an_action_runs_once_the_board_has_the_plan() -> None:
    day = {("agreed_due_on", "action_1"): date(2026, 6, 1)}
    assert names_for(day, "action_1", FACTS)["agreed_last_day"] is None
    received = {**day, ("cre_received_on", ""): date(2026, 4, 20)}
    assert names_for(received, "action_1", FACTS)["agreed_last_day"] == date(2026, 6, 1)
    assert "agreed_last_day" in TIMESCALES["TS-29"].until


# Diagrams


@pytest.mark.parametrize("number", [*range(1, 20)])
def test_every_step_of_the_event_is_carried_by_an_element(number: int) -> None:
    assert f"CRE-{number:02}" in CARRIED


def test_a_staff_matter_is_handed_over_beside_the_event() -> None:
    staff = definition("staff_matter")
    assert "CRE-20" in staff.requirement
    assert {"case_review_group", "facilitator", "participant"} <= set(staff.start_roles)
    assert not staff.besides


def test_the_three_months_stand_on_everything_up_to_the_receipt_and_stop_nothing() -> None:
    timer = EVENT.elements["three_months_over"]
    assert (timer.timescale, timer.attached_to, timer.interrupting) == (
        "TS-47",
        "review_case",
        False,
    )
    receipt = EVENT.elements["receive_report"]
    assert receipt.scope == "review_case"
    assert EVENT.elements["decide_on_sharing"].scope == "act_on_report"


def test_a_case_that_is_taken_as_a_referral_ends_the_event_wherever_it_stands() -> None:
    taken = [
        element for element in EVENT.elements.values()
        if element.event == "conditional" and "CRE-19" in element.requirement
    ]  # fmt: skip
    assert {element.attached_to for element in taken} == {
        "commission_event", "review_case", "act_on_report",
    }  # fmt: skip
    ends = {flow.source: EVENT.elements[flow.target] for flow in EVENT.flows.values()}
    assert all(element.interrupting for element in taken)
    assert {ends[element.id].event for element in taken} == {"terminate"}


@pytest.mark.parametrize(
    "name",
    [
        "move_learning_event",
        "record_reply",
        "timelines_to_reviewer",
        "urgent_action",
        "conflict_of_interest",
    ],
)
def test_what_only_reviews_have_is_not_offered_on_an_event(name: str) -> None:
    assert definition(name).besides == ("referral",)


@pytest.mark.parametrize(
    "name", ["change_event_period", "move_case_review_event", "timeline_on_paper"]
)
def test_what_only_events_have_is_not_offered_on_a_review(name: str) -> None:
    assert definition(name).besides == ("case_review_event",)


# Statutory rules


@pytest.mark.parametrize("key", RULES)
def test_a_statutory_rule_names_what_there_is(key: str) -> None:
    row = RULES[key]
    named = {row.get("first"), row.get("then"), *row.get("steps", ())} - {None}
    assert named <= CARRIED
    assert set(row.get("roles", ())) <= set(ROLES)
    assert set(row.get("fields", ())) <= set(INPUTS)
    if "timescale" in row:
        assert TIMESCALES[row["timescale"]].length == parse_length(row["length"])
    assert row["en"] != row["cy"]
    assert re.search(r"\bA4-", row["source"])


@pytest.mark.parametrize("key", [key for key, row in RULES.items() if row["kind"] == "role"])
def test_a_step_that_a_rule_keeps_for_some_is_open_to_nobody_else(key: str) -> None:
    row = RULES[key]
    for element in EVENT.elements.values():
        if element.kind == "userTask" and set(element.requirement) & set(row["steps"]):
            assert set(element.roles) <= set(row["roles"]), element.id


ORDERS = [(row["first"], row["then"]) for row in RULES.values() if row["kind"] == "before"] + [
    (step, row["then"])
    for row in RULES.values()
    if row["kind"] == "on_all"
    for step in row["steps"]
]


def got_to_without(step: str) -> set[str]:
    """Return the requirements that the diagram can get to on a way round a step."""
    flows = list(EVENT.flows.values())
    seen = set[str]()
    while True:
        found = {
            element.id
            for element in EVENT.elements.values()
            if step not in _requirements(element)
            and _is_got_to(
                element, [flow.source in seen for flow in flows if flow.target == element.id], seen
            )
        }
        if found <= seen:
            return {each for here in seen for each in _requirements(EVENT.elements[here])}
        seen |= found


def _requirements(element: Any) -> set[str]:
    own = set(element.requirement)
    if element.called == "event_facilitators":
        own |= {"DR-23"}
    return own


def _is_got_to(element: Any, come: list[bool], seen: set[str]) -> bool:
    if element.kind == "startEvent":
        return not element.depth or element.scope in seen
    if element.id == "did_board_receive_report":
        return "report_received" in seen
    if element.id == "event_completed":
        return "learning_is_passed_on" in seen
    return (all if element.kind == "parallelGateway" else any)(come or [False])


@pytest.mark.parametrize(("first", "then"), ORDERS)
def test_no_way_through_the_event_goes_round_the_step_that_comes_first(
    first: str, then: str
) -> None:
    everything = got_to_without("")
    assert {first, then} <= everything
    assert then not in got_to_without(first)
