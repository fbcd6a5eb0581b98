"""The decision tables of the first review answer as the catalogue says, row by row."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import time_source
from engine.decisions import Decision, DecisionError, decide
from engine.timescales import own_functions
from tests.processes.shipped import table

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 6, 15)
INCIDENT = date(2026, 3, 31)
CATALOGUE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
OUR_TABLES = (
    *(f"DR-{number:02}" for number in range(1, 10)),
    *(f"DR-{number}" for number in (11, 12, 13, 14, 15, 22, 24, 25, 26, 27)),
)


TABLES = {decision: table(decision) for decision in OUR_TABLES}


def functions(due: date | None = None) -> Mapping[str, Callable[..., Any]]:
    """Return the functions of the house at noon of our day; `due` is the last day of TS-01."""
    at = time_source.end_of_day(due) if due else None
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    return own_functions(noon, lambda key: at if key == "TS-01" else None)


def ask(decision: str, due: date | None = None, **facts: Any) -> Decision:
    """Apply a table; whatever is not given is not known."""
    names = {**dict.fromkeys(TABLES[decision].names), **facts}
    assert names.keys() == TABLES[decision].names, "the example names something the table lacks"
    return decide(TABLES[decision], names, functions(due))


def answer(decision: str, output: str, **facts: Any) -> Any:
    """Return one output of a table with a single answer, and null where no row matches."""
    result = ask(decision, **facts).result
    return None if result is None else result[output]


@pytest.mark.parametrize("decision", OUR_TABLES)
def test_every_row_of_the_catalogue_is_a_rule_that_cites_its_source(decision: str) -> None:
    in_catalogue = set(re.findall(rf"^\| ({decision}\.\d+) \|", CATALOGUE, re.MULTILINE))
    assert in_catalogue
    assert {rule.id for rule in TABLES[decision].rules} == in_catalogue
    xml = etree.fromstring((ROOT / "processes/decisions" / f"{decision}.dmn").read_bytes())
    for rule in xml.iter("{*}rule"):
        described = rule.findtext("{*}description") or ""
        assert re.search(r"\([^()]*(\bP\b|[GA]\d|GAP-\d)[^()]*\)\.?$", described), described


@pytest.mark.parametrize("decision", OUR_TABLES)
def test_every_output_of_words_lists_its_values(decision: str) -> None:
    for output in TABLES[decision].outputs:
        assert output.allowed is not None or output.type in ("boolean", "date")


HIT_POLICIES = {
    "first": ("DR-01", "DR-02", "DR-06", "DR-07", "DR-15"),
    "unique": ("DR-03", "DR-05", "DR-08", "DR-12", "DR-22", "DR-25"),
    "collect": ("DR-04", "DR-09", "DR-11", "DR-13", "DR-14", "DR-24", "DR-26", "DR-27"),
}


def test_the_hit_policies_are_those_of_the_catalogue() -> None:
    assert {name for names in HIT_POLICIES.values() for name in names} == set(OUR_TABLES)
    for policy, names in HIT_POLICIES.items():
        for name in names:
            assert TABLES[name].hit_policy == policy.upper()


# DR-01: the type of review of one child

CHILD: dict[str, Any] = {
    "child_born_on": date(2015, 5, 1), "child_incident_on": INCIDENT, "child_abuse": "suspected",
    "child_outcome": "death", "child_register": "no", "child_looked_after": "no",
    "child_care_leaver": "no",
}  # fmt: skip
REGISTERED = {"child_register": "yes"}
STATUS_UNKNOWN = {"child_looked_after": "not_yet_known"}


@pytest.mark.parametrize(
    ("facts", "review_type", "row"),
    [
        ({"child_born_on": date(2008, 3, 31)}, "not_cpr", 1),
        ({"child_abuse": "ruled_out"}, "not_cpr", 2),
        ({"child_abuse": "ruled_out", **REGISTERED}, "not_cpr", 2),
        ({"child_abuse": "not_yet_known"}, "hold", 3),
        ({"child_abuse": None}, "hold", 3),
        (STATUS_UNKNOWN, "hold", 4),
        ({"child_outcome": "life_threatening_injury", "child_register": None}, "hold", 4),
        ({"child_outcome": "serious_impairment", "child_care_leaver": None}, "hold", 4),
        (REGISTERED, "extended", 5),
        ({**REGISTERED, **STATUS_UNKNOWN}, "extended", 5),
        ({"child_looked_after": "yes"}, "extended", 5),
        ({"child_care_leaver": "yes"}, "extended", 5),
        ({"child_outcome": "life_threatening_injury", **REGISTERED}, "extended", 6),
        ({"child_outcome": "serious_impairment", **REGISTERED}, "extended", 7),
        ({}, "concise", 8),
        ({"child_abuse": "known"}, "concise", 8),
        ({"child_outcome": "life_threatening_injury"}, "concise", 9),
        ({"child_outcome": "serious_impairment"}, "concise", 10),
        ({"child_outcome": "danger_only"}, "judgement", 11),
        ({"child_outcome": "danger_only", **STATUS_UNKNOWN}, "judgement", 11),
        ({"child_outcome": "other", **REGISTERED}, "not_cpr", 12),
        ({"child_outcome": "not_yet_known"}, "hold", 13),
        ({"child_outcome": None, **REGISTERED}, "hold", 13),
        ({"child_born_on": None}, "hold", 14),
        ({"child_born_on": None, "child_abuse": "ruled_out"}, "hold", 14),
        ({"child_incident_on": None}, "hold", 14),
    ],
)
def test_the_type_of_one_child_follows_the_criteria(
    facts: dict[str, Any], review_type: str, row: int
) -> None:
    found = ask("DR-01", **{**CHILD, **facts})
    assert found.result == {"type": review_type, "rule": f"DR-01.{row}"}
    assert found.rules == (f"DR-01.{row}",)


@pytest.mark.parametrize(
    ("born_on", "incident_on", "review_type"),
    [
        (date(2008, 3, 31), date(2026, 3, 30), "concise"),
        (date(2008, 3, 31), date(2026, 3, 31), "not_cpr"),
        (date(2008, 3, 31), date(2026, 4, 1), "not_cpr"),
        (date(2008, 2, 29), date(2026, 2, 27), "concise"),
        (date(2008, 2, 29), date(2026, 2, 28), "not_cpr"),
    ],
)
def test_a_child_is_under_eighteen_until_the_day_before_the_birthday(
    born_on: date, incident_on: date, review_type: str
) -> None:
    child = {**CHILD, "child_born_on": born_on, "child_incident_on": incident_on}
    assert answer("DR-01", "type", **child) == review_type


def test_a_word_that_the_criteria_do_not_know_is_refused() -> None:
    with pytest.raises(DecisionError):
        ask("DR-01", **{**CHILD, "child_abuse": "perhaps"})


# DR-02: several children


@pytest.mark.parametrize(
    ("types", "review_type", "row"),
    [
        (["concise", "hold"], "hold", 1),
        (["concise", None], "hold", 1),
        ([None], "hold", 1),
        ([], "hold", 1),
        (None, "hold", 1),
        (["hold", "extended"], "extended", 2),
        ([None, "extended"], "extended", 2),
        (["concise", "extended", "not_cpr"], "extended", 2),
        (["not_cpr", "concise", "judgement"], "concise", 3),
        (["not_cpr", "judgement"], "judgement", 4),
        (["not_cpr", "not_cpr"], "not_cpr", 4),
    ],
)
def test_several_children_get_one_review(types: Any, review_type: str, row: int) -> None:
    found = ask("DR-02", child_types=types)
    assert (found.result, found.rules) == (
        {"type": review_type, "rule": f"DR-02.{row}"}, (f"DR-02.{row}",),
    )  # fmt: skip


# DR-03: the look-back on the register


def on_off(on: date | None, off: date | None = None, *, unknown: bool = False) -> dict[str, Any]:
    """Return one registration as the screening form gives it."""
    return {"registered_on": on, "removed_on": off, "removed_not_known": unknown or None}


OLD = date(2024, 1, 10)


@pytest.mark.parametrize(
    ("says", "registrations", "result", "row"),
    [
        ("yes", [on_off(OLD)], "yes", 1),
        ("yes", [], "yes", 1),
        ("yes", None, "yes", 1),
        ("yes", [on_off(OLD, unknown=True)], "yes", 1),
        ("yes", [on_off(OLD, date(2026, 4, 1))], "yes", 1),
        ("no", [on_off(OLD, date(2026, 4, 1))], "yes", 2),
        ("no", [on_off(OLD, date(2026, 1, 15))], "yes", 2),
        ("yes", [on_off(OLD, date(2026, 3, 31))], "yes", 2),
        (None, [on_off(OLD, date(2026, 1, 15))], "yes", 2),
        ("no", [on_off(OLD, date(2025, 1, 15))], "no", 3),
        ("no", [on_off(OLD, unknown=True)], "not_yet_known", 4),
        ("not_yet_known", [], "not_yet_known", 4),
        (None, None, "not_yet_known", 4),
        ("no", [on_off(OLD)], "not_yet_known", 4),
        ("not_yet_known", [on_off(OLD, date(2025, 1, 15))], "not_yet_known", 4),
        ("yes", [on_off(OLD, date(2025, 1, 15))], "not_yet_known", 4),
        ("no", [on_off(None, date(2026, 1, 15))], "not_yet_known", 4),
        ("no", [], "no", 5),
        ("no", None, "no", 5),
        ("no", [on_off(date(2026, 4, 1))], "no", 5),
    ],
)
def test_the_last_registration_before_the_incident_decides(
    says: str | None, registrations: Any, result: str, row: int
) -> None:
    found = ask(
        "DR-03", child_on_register=says, child_registrations=registrations,
        child_incident_on=INCIDENT,
    )  # fmt: skip
    assert (found.result, found.rules) == ({"result": result}, (f"DR-03.{row}",))


@pytest.mark.parametrize(
    ("incident_on", "removed_on", "result"),
    [
        (date(2026, 3, 15), date(2025, 9, 14), "no"),
        (date(2026, 3, 15), date(2025, 9, 15), "yes"),
        (date(2026, 3, 15), date(2025, 9, 16), "yes"),
        (date(2026, 3, 31), date(2025, 9, 29), "no"),
        (date(2026, 3, 31), date(2025, 9, 30), "yes"),
        (date(2026, 8, 31), date(2026, 2, 27), "no"),
        (date(2026, 8, 31), date(2026, 2, 28), "yes"),
        (date(2028, 8, 31), date(2028, 2, 28), "no"),
        (date(2028, 8, 31), date(2028, 2, 29), "yes"),
    ],
)
def test_the_look_back_is_six_calendar_months_to_the_day(
    incident_on: date, removed_on: date, result: str
) -> None:
    found = ask(
        "DR-03", child_on_register="no", child_incident_on=incident_on,
        child_registrations=[on_off(date(2020, 1, 1), removed_on)],
    )  # fmt: skip
    assert found.result == {"result": result}


@pytest.mark.parametrize("turned", [False, True])
def test_an_earlier_registration_gives_way_to_a_later_one_in_any_order(turned: bool) -> None:
    registrations = [
        on_off(date(2019, 1, 1), date(2026, 1, 1)),
        on_off(date(2022, 1, 1), date(2023, 1, 1)),
        on_off(date(2026, 5, 1)),
    ]
    found = ask(
        "DR-03", child_on_register="no", child_incident_on=INCIDENT,
        child_registrations=registrations[::-1] if turned else registrations,
    )  # fmt: skip
    assert found.rules == ("DR-03.3",)


@pytest.mark.parametrize("says", ["no", "not_yet_known", None])
def test_without_the_day_of_the_incident_the_register_is_not_known(says: str | None) -> None:
    found = ask("DR-03", child_on_register=says, child_registrations=[on_off(OLD)])
    assert found.result == {"result": "not_yet_known"}


# DR-04: what may be recommended


@pytest.mark.parametrize(
    ("suggested", "vote", "allowed"),
    [
        ("concise", "unanimous", [("concise", "rationale", 1), ("any", "reason", 2)]),
        ("extended", None, [("extended", "rationale", 1), ("any", "reason", 2)]),
        ("judgement", "unanimous", [("any", "reason_and_legal_advice", 3)]),
        ("not_cpr", "unanimous",
         [(end, "rationale", 4) for end in ("forum", "no_review", "alternative")]),
        ("hold", None, [("none", "facts_and_date", 5)]),
        (None, None, [("none", "facts_and_date", 5)]),
        ("judgement", "majority",
         [("any", "reason_and_legal_advice", 3), (None, "explanation_and_outcome", 6)]),
    ],
)  # fmt: skip
def test_the_suggestion_says_what_may_be_recommended_and_what_it_needs(
    suggested: str | None, vote: str | None, allowed: list[tuple[str | None, str, int]]
) -> None:
    found = ask("DR-04", suggested_type_found=suggested, vote=vote)
    assert found.result == [
        {"allowed_recommendation": value, "needs": needs} for value, needs, _ in allowed
    ]
    assert found.rules == tuple(f"DR-04.{row}" for _, _, row in allowed)


# DR-05 to DR-07: reviewers and Panel chair


@pytest.mark.parametrize(
    ("review_type", "wished", "reviewers", "needs", "row"),
    [
        ("concise", False, 1, "independent_of_case_management", 1),
        ("extended", False, 2, "one_local_one_external", 2),
        ("extended", None, 2, "one_local_one_external", 2),
        ("extended", True, 2, "one_local_one_external", 2),
        ("concise", True, 2, "reason_and_both_sign", 3),
    ],
)
def test_the_type_says_how_many_reviewers_there_are(
    review_type: str, wished: bool | None, reviewers: int, needs: str, row: int
) -> None:
    found = ask("DR-05", review_type=review_type, second_reviewer_wished=wished)
    assert (found.result, found.rules) == (
        {"reviewers": reviewers, "needs": needs}, (f"DR-05.{row}",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("review_type", "wished"), [("concise", None), (None, False), ("forum", False)]
)
def test_the_number_of_reviewers_is_not_guessed(
    review_type: str | None, wished: bool | None
) -> None:
    assert ask("DR-05", review_type=review_type, second_reviewer_wished=wished).result is None


CANDIDATE: dict[str, Any] = {
    "candidate_role": "concise", "managed_case": False, "supervised_case": False,
    "is_board_member": False, "candidate_source": "other_board", "has_outside_view": True,
    "agency_worked_with_family": False, "has_local_knowledge": True, "skills_met": True,
}  # fmt: skip
LOCAL = {"candidate_role": "local"}
EXTERNAL = {"candidate_role": "external"}


@pytest.mark.parametrize(
    ("facts", "result", "row"),
    [
        ({"managed_case": True}, "refuse", 1),
        ({**LOCAL, "managed_case": True}, "refuse", 1),
        ({**EXTERNAL, "managed_case": True}, "refuse", 1),
        ({"managed_case": True, "supervised_case": True, "skills_met": False}, "refuse", 1),
        ({"supervised_case": True}, "refuse", 2),
        ({**EXTERNAL, "is_board_member": True}, "refuse", 3),
        ({**EXTERNAL, "candidate_source": "this_board"}, "refuse", 3),
        ({**EXTERNAL, "has_outside_view": False}, "refuse", 4),
        ({**EXTERNAL, "agency_worked_with_family": True}, "refuse", 5),
        ({**LOCAL, "has_local_knowledge": False}, "refuse", 6),
        ({"skills_met": False}, "refuse", 7),
        ({**LOCAL, "skills_met": False}, "refuse", 7),
        ({**EXTERNAL, "skills_met": False}, "refuse", 7),
        ({}, "accept", 8),
        ({"is_board_member": True, "candidate_source": "this_board"}, "accept", 8),
        ({"candidate_source": "neighbouring", "agency_worked_with_family": True}, "accept", 8),
        ({"candidate_source": "other_skilled", "has_local_knowledge": False}, "accept", 8),
        ({"has_outside_view": False}, "accept", 8),
        (LOCAL, "accept", 9),
        ({**LOCAL, "has_outside_view": False}, "accept", 9),
        ({**LOCAL, "is_board_member": True, "candidate_source": "this_board"}, "accept", 9),
        (EXTERNAL, "accept", 10),
        ({**EXTERNAL, "has_local_knowledge": False}, "accept", 10),
    ],
)
def test_a_candidate_is_refused_or_accepted_by_the_first_row_that_fits(
    facts: dict[str, Any], result: str, row: int
) -> None:
    found = ask("DR-06", **{**CANDIDATE, **facts})
    assert (found.result, found.rules) == ({"result": result}, (f"DR-06.{row}",))


@pytest.mark.parametrize(
    ("role", "unknown"),
    [
        ("concise", "managed_case"),
        ("concise", "supervised_case"),
        ("concise", "candidate_source"),
        ("concise", "skills_met"),
        ("local", "managed_case"),
        ("local", "supervised_case"),
        ("local", "has_local_knowledge"),
        ("local", "skills_met"),
        ("external", "managed_case"),
        ("external", "supervised_case"),
        ("external", "skills_met"),
        ("external", "is_board_member"),
        ("external", "has_outside_view"),
        ("external", "agency_worked_with_family"),
    ],
)
def test_nobody_is_accepted_on_an_answer_that_is_not_known(role: str, unknown: str) -> None:
    found = ask("DR-06", **{**CANDIDATE, "candidate_role": role, unknown: None})
    assert (found.result, found.rules) == (None, ())


@pytest.mark.parametrize(
    ("independent", "result", "rows"),
    [
        (True, {"result": "accept"}, ("DR-07.1",)),
        (False, {"result": "accept_with_safeguard"}, ("DR-07.2",)),
        (None, None, ()),
    ],
)
def test_a_panel_chair_without_independence_is_accepted_with_a_safeguard(
    independent: bool | None, result: Any, rows: tuple[str, ...]
) -> None:
    found = ask("DR-07", chair_is_independent=independent)
    assert (found.result, found.rules) == (result, rows)


# DR-08 and DR-09: other Boards and other bodies

WELSH = {"other_boards_named": 1, "other_country_named": False}
BORDER = {"other_boards_named": 1, "other_country_named": True}
FOR_NOW = "receiving_board_for_now"
SETTLE = "chairs_settle_with_legal_advice"


def agreed(
    several: dict[str, Any], residence: str, lead: str, settled: str | None = None
) -> dict[str, Any]:
    """Return what the cross-border form records of residence and lead."""
    return {**several, "residence_is": residence, "lead_board": lead, "settled_lead": settled}


@pytest.mark.parametrize(
    ("facts", "lead", "also", "elsewhere", "row"),
    [
        ({"other_boards_named": 0, "other_country_named": False},
         "this_board", "nothing_more", False, 1),
        (agreed(WELSH, "clear_unchanged", "this_board"),
         "board_of_normal_residence", "report_to_all_boards", False, 2),
        (agreed(WELSH, "clear_unchanged", "other_board"),
         "board_of_normal_residence", "report_to_all_boards", True, 2),
        (agreed(BORDER, "clear_unchanged", "other_board"),
         "board_of_ordinary_residence", "agree_procedures_and_extra_matters", True, 3),
        (agreed(WELSH, "clear_changed", "this_board"),
         "board_of_residence_at_incident", "record_reason_and_report_to_all_boards", False, 4),
        (agreed(BORDER, "clear_changed", "other_board"),
         "board_of_residence_at_incident", "record_reason_and_agree_procedures", True, 4),
        (agreed(WELSH, "unclear", "not_agreed"), FOR_NOW, SETTLE, False, 5),
        (agreed(WELSH, "unclear", "other_board"), FOR_NOW, SETTLE, False, 5),
        (agreed(BORDER, "clear_unchanged", "not_agreed"), FOR_NOW, SETTLE, False, 5),
        (agreed(WELSH, "clear_changed", "not_agreed", "this_board"), FOR_NOW, SETTLE, False, 5),
        (agreed(WELSH, "unclear", "not_agreed", "other_board"), FOR_NOW, SETTLE, True, 5),
    ],
)  # fmt: skip
def test_the_lead_follows_residence_and_what_was_agreed(
    facts: dict[str, Any], lead: str, also: str, elsewhere: bool, row: int
) -> None:
    found = ask("DR-08", **facts)
    assert found.result == {"lead": lead, "also": also, "led_elsewhere": elsewhere}
    assert found.rules == (f"DR-08.{row}",)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        WELSH,
        {**WELSH, "residence_is": "clear_unchanged"},
        {**WELSH, "lead_board": "this_board"},
    ],
)
def test_without_residence_or_agreement_no_lead_is_assumed(facts: dict[str, Any]) -> None:
    assert ask("DR-08", **facts).result is None


@pytest.mark.parametrize(
    ("arrangement", "does", "rows"),
    [
        ("this_board_leads", ["normal_flow"], [1]),
        ("extra_questions", ["questions_to_terms"], [2]),
        ("joint_review", ["one_review_partner_added"], [3]),
        ("other_body_leads", ["wait_for_other_body"], [4]),
        ("separate_coordinated", ["both_run"], [6]),
        (None, [], []),
    ],
)
def test_whatever_is_agreed_with_another_body_the_board_must_confirm(
    arrangement: str | None, does: list[str], rows: list[int]
) -> None:
    found = ask("DR-09", arrangement=arrangement)
    said = {entry["what_the_product_does"] for entry in found.result}
    assert said == {*does, "board_must_confirm"}
    assert set(found.rules) == {f"DR-09.{row}" for row in (*rows, 5)}


# DR-11: what a recommendation still lacks

COMPLETE = {
    "cpr": True, "is_extended": False, "recommended": "concise", "departs": False,
    "outline": "What happened", "legal_status": [{"status": "none"}],
    "remedial_action": None, "no_remedial_action": True,
    "vote": "unanimous", "criteria": "Met", "reviews_considered": "Both",
    "alternatives_considered": "A forum", "other_review_needs": "None",
    "particular_issues": [{"issue": "Handover"}], "milestones": [{"milestone": "Event"}],
    "period_band": "over_6_to_12", "period_reason": "The birth", "period_from": date(2025, 6, 1),
    "period_to": INCIDENT, "media_issues": "None known", "agency_police": True,
    "panel_chair_agency": "education", "panel_chair_independent": False,
    "panel_chair_reason": "Experience", "independent_reviewer": True,
    "first_panel_on": date(2026, 7, 1), "in_six_months": True, "completed_month": date(2026, 11, 1),
    "sub_group_chair_title": "Chair", "sub_group_chair_signed_on": TODAY,
    "sub_group_chair_phone": "01792 000000",
    "other_boards_named": 0, "other_country_named": False, "arrangements": [],
    "arrangements_confirmed": [],
}  # fmt: skip
SHORT = {
    **dict.fromkeys(TABLES["DR-11"].names),
    **{name: COMPLETE[name] for name in (
        "outline", "legal_status", "no_remedial_action", "vote", "criteria", "reviews_considered",
        "alternatives_considered", "other_review_needs", "sub_group_chair_title",
        "sub_group_chair_signed_on", "sub_group_chair_phone", "other_boards_named",
        "other_country_named", "arrangements", "arrangements_confirmed",
    )},
    "cpr": False, "recommended": "criteria_not_met", "alternative": "forum",
}  # fmt: skip
ONE_BODY = {"arrangements": ["joint_review"], "arrangements_confirmed": [True]}


@pytest.mark.parametrize(
    ("facts", "failing"),
    [
        ({}, []),
        ({"outline": None}, [1]),
        ({"legal_status": None}, [1]),
        ({"no_remedial_action": None}, [1]),
        ({"no_remedial_action": None, "remedial_action": [{"action": "Moved"}]}, []),
        ({"vote": None}, [2]),
        ({"criteria": None}, [2]),
        ({"other_review_needs": None}, [2]),
        ({"vote": "majority", "majority_explanation": "Doubt"}, [2]),
        ({"vote": "majority", "majority_explanation": "Doubt", "majority_outcome": "Heard"}, []),
        ({"departs": True}, [2]),
        ({"departs": True, "departure_reason": "Scale"}, []),
        ({"particular_issues": None}, [3]),
        ({"milestones": None}, [4]),
        ({"period_from": None}, [4]),
        ({"period_reason": None}, [4]),
        ({"period_band": "over_24"}, [4]),
        ({"period_band": "over_24", "over_24_reason": "Long care"}, []),
        ({"media_issues": None}, [5]),
        ({"agency_police": None}, [6]),
        ({"agency_police": None, "agency_other": True}, []),
        ({"panel_chair_agency": None}, [6]),
        ({"panel_chair_independent": None}, [6]),
        ({"panel_chair_reason": None}, [6]),
        ({"panel_chair_agency": "other"}, [6]),
        ({"panel_chair_agency": "other", "panel_chair_other": "To be found"}, []),
        ({"independent_reviewer": False}, [7]),
        ({"independent_reviewer": None}, [7]),
        ({"is_extended": True}, [7]),
        ({"is_extended": True, "answers_questions": "independent_reviewer"}, []),
        ({"first_panel_on": None}, [8]),
        ({"in_six_months": None}, [8]),
        ({"in_six_months": False}, [8]),
        ({"in_six_months": False, "time_issues": [{"issue_type": "criminal"}]}, []),
        ({"completed_month": None}, [8]),
        ({"sub_group_chair_title": None}, [9]),
        ({"sub_group_chair_signed_on": None}, [9]),
        ({"sub_group_chair_phone": None}, [9]),
        ({"other_boards_named": None}, [10]),
        ({"other_boards_named": 1}, [10]),
        ({"other_country_named": True, "arrangements_note": "pending"}, [10]),
        ({"other_boards_named": 1, "lead_board": "this_board"}, [10]),
        ({"other_boards_named": 1, "lead_board": "this_board", "arrangements_note": "none"}, [10]),
        ({"other_boards_named": 1, "lead_board": "not_agreed", "arrangements_note": "pending"}, []),
        (ONE_BODY, [10]),
        ({**ONE_BODY, "arrangements_note": "confirmed"}, []),
        ({**ONE_BODY, "arrangements_confirmed": [None], "arrangements_note": "confirmed"}, [10]),
        ({**ONE_BODY, "arrangements_confirmed": [False], "arrangements_note": "confirmed"}, [10]),
        ({**ONE_BODY, "arrangements_confirmed": [None], "arrangements_note": "pending"}, []),
        ({**ONE_BODY, "arrangements": [None], "arrangements_note": "pending"}, [10]),
        ({"outline": None, "media_issues": None}, [1, 5]),
        ({"cpr": None, "recommended": None, "media_issues": None}, [2, 5]),
    ],
)
def test_a_recommendation_says_what_it_lacks(facts: dict[str, Any], failing: list[int]) -> None:
    found = ask("DR-11", **{**COMPLETE, **facts})
    assert [entry["failure"] for entry in found.result] == [f"DR-11.{row}" for row in failing]
    assert list(found.rules) == [f"DR-11.{row}" for row in failing]


@pytest.mark.parametrize(
    ("facts", "failing"),
    [
        ({}, []),
        ({"alternative": None}, [2]),
        ({"alternative": "alternative"}, [2]),
        ({"alternative": "alternative", "alternative_process": "Homicide review"}, []),
        ({"outline": None, "sub_group_chair_phone": None, **ONE_BODY}, [1, 9, 10]),
    ],
)
def test_the_short_form_needs_no_plan_of_a_review(
    facts: dict[str, Any], failing: list[int]
) -> None:
    found = ask("DR-11", **{**SHORT, **facts})
    assert list(found.rules) == [f"DR-11.{row}" for row in failing]


def test_an_empty_recommendation_lacks_everything() -> None:
    assert list(ask("DR-11").rules) == [f"DR-11.{row}" for row in range(1, 11)]


# DR-12: after the Chair's decision

AGREE, AMEND, DISAGREE = "agree", "agree_with_amendments", "disagree"


@pytest.mark.parametrize(
    ("recommended", "chair", "final", "route", "review_type", "row"),
    [
        ("concise", AGREE, None, "start_review", "concise", 1),
        ("extended", AGREE, "review_approved", "start_review", "extended", 1),
        ("extended", AMEND, None, "amend", "extended", 2),
        ("concise", DISAGREE, None, "discuss", None, 3),
        ("concise", DISAGREE, "review_approved", "start_review", "concise", 3),
        ("concise", DISAGREE, "no_review", "write_to_welsh_government", "forum", 4),
        ("criteria_not_met", AGREE, None, "as_recommended", "alternative", 5),
        ("criteria_not_met", DISAGREE, None, "discuss", None, 6),
        ("criteria_not_met", DISAGREE, "review_approved", "complete_full_form", "extended", 6),
        ("criteria_not_met", DISAGREE, "no_review", "as_recommended", "alternative", 6),
        ("criteria_not_met", AMEND, None, "amend", "alternative", 7),
    ],
)
def test_the_decision_of_the_chair_says_where_the_case_goes(
    recommended: str, chair: str, final: str | None, route: str, review_type: str | None, row: int
) -> None:
    found = ask(
        "DR-12", recommended=recommended, chair_decision=chair, final_decision=final,
        alternative="alternative", proposed_route="forum", final_review_type="extended",
    )  # fmt: skip
    assert (found.result, found.rules) == (
        {"route": route, "review_type": review_type}, (f"DR-12.{row}",),
    )  # fmt: skip


@pytest.mark.parametrize(("recommended", "chair"), [(None, AGREE), ("concise", None), (None, None)])
def test_without_recommendation_or_decision_there_is_no_route(
    recommended: str | None, chair: str | None
) -> None:
    assert ask("DR-12", recommended=recommended, chair_decision=chair).result is None


# DR-13: notices to Welsh Government


@pytest.mark.parametrize(
    ("facts", "notices"),
    [
        ({}, []),
        ({"cpr": True}, [("recommendation", 1)]),
        ({"cpr": True, "lead_board": "other_board", "other_country_named": True},
         [("recommendation", 1), ("recommendation", 2)]),
        ({"cpr": True, "lead_board": "other_board", "other_country_named": False},
         [("recommendation", 1)]),
        ({"cpr": True, "chair_decision": AGREE}, [("recommendation", 1), ("outcome", 3)]),
        ({"cpr": True, "chair_decision": DISAGREE}, [("recommendation", 1)]),
        ({"cpr": True, "chair_decision": DISAGREE, "final_decision": "review_approved"},
         [("recommendation", 1), ("outcome", 3)]),
        ({"cpr": True, "chair_decision": DISAGREE, "final_decision": "no_review"},
         [("recommendation", 1), ("outcome", 3), ("written_reasons", 4)]),
        ({"cpr": False}, [("none_required", 5)]),
        ({"cpr": False, "lead_board": "other_board", "other_country_named": True},
         [("none_required", 5)]),
        ({"cpr": False, "chair_decision": DISAGREE, "final_decision": "no_review"},
         [("none_required", 5)]),
        ({"report_accepted_on": TODAY}, [("report", 6)]),
        ({"plan_status": "signed_off"}, [("impact_report", 7)]),
        ({"plan_status": "approved"}, []),
    ],
)  # fmt: skip
def test_what_happened_says_which_notices_are_due(
    facts: dict[str, Any], notices: list[tuple[str, int]]
) -> None:
    found = ask("DR-13", **facts)
    assert [entry["notice"] for entry in found.result] == [notice for notice, _ in notices]
    assert list(found.rules) == [f"DR-13.{row}" for _, row in notices]


@pytest.mark.parametrize(
    ("last_day", "notices"),
    [(TODAY, []), (TODAY - timedelta(days=1), [{"notice": "overrun"}]), (None, [])],
)
def test_the_overrun_is_due_from_the_day_after_the_last(
    last_day: date | None, notices: list[dict[str, str]]
) -> None:
    found = ask("DR-13", due=last_day)
    assert found.result == notices
    assert found.rules == tuple("DR-13.8" for _ in notices)


# DR-14 and DR-15: publication

READY = {
    "report_accepted_on": date(2026, 5, 20), "report_submitted_on": date(2026, 6, 1),
    "content_failures": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "failing"),
    [
        ({}, []),
        ({"report_accepted_on": None}, [1]),
        ({"report_accepted_on": TODAY}, []),
        ({"report_accepted_on": TODAY + timedelta(days=1)}, [1]),
        ({"report_submitted_on": TODAY - timedelta(days=14)}, []),
        ({"report_submitted_on": TODAY - timedelta(days=13)}, [2]),
        ({"report_submitted_on": None}, [2]),
        ({"content_failures": ["DR-27.2"]}, [3]),
        ({"content_failures": None}, [3]),
        ({"publication_held": True}, [4]),
        ({"publication_held": False}, []),
        ({"publication_rules_differ": True}, [5]),
        ({"publication_rules_differ": True, "cross_border_followed": False}, [5]),
        ({"publication_rules_differ": True, "cross_border_followed": True}, []),
        ({"publication_rules_differ": False}, []),
        ({"report_submitted_on": None, "publication_held": True}, [2, 4]),
    ],
)
def test_publication_waits_for_whatever_does_not_hold(
    facts: dict[str, Any], failing: list[int]
) -> None:
    found = ask("DR-14", **{**READY, **facts})
    assert [entry["failure"] for entry in found.result] == [f"DR-14.{row}" for row in failing]


def test_the_approval_of_welsh_government_is_never_waited_for() -> None:
    nothing_known = ask("DR-14")
    assert list(nothing_known.rules) == ["DR-14.1", "DR-14.2", "DR-14.3"]
    # The row is there to be read, and is never taken.
    assert TABLES["DR-14"].inputs[-1].expression.source == "false"


@pytest.mark.parametrize(
    ("days", "ready", "result", "row"),
    [
        (83, True, "refused", 1),
        (83, None, "refused", 1),
        (0, True, "refused", 1),
        (84, False, "refused", 2),
        (84, None, "refused", 2),
        (84, True, "allowed", 3),
        (85, True, "allowed", 3),
    ],
)
def test_the_report_comes_down_after_twelve_weeks_and_with_its_reference(
    days: int, ready: bool | None, result: str, row: int
) -> None:
    found = ask("DR-15", days_online=days, reference_ready=ready)
    assert (found.result, found.rules) == ({"result": result}, (f"DR-15.{row}",))


def test_without_days_online_nothing_may_come_down() -> None:
    assert ask("DR-15", reference_ready=True).result is None


# DR-22: who gets the impact report, and since when the plan is in force


@pytest.mark.parametrize(
    ("facts", "to", "row"),
    [
        ({}, ["welsh_government"], 1),
        ({"is_extended": False}, ["welsh_government"], 1),
        ({"is_extended": True}, ["welsh_government", "inspectorates"], 2),
        ({"other_plan_needed": True}, ["board"], 3),
        ({"other_plan_needed": True, "is_extended": True}, ["board"], 3),
        (
            {"other_plan_needed": False, "is_extended": True},
            ["welsh_government", "inspectorates"],
            2,
        ),
    ],
)
def test_the_difference_made_is_reported_to_whom_the_type_says(
    facts: dict[str, Any], to: list[str], row: int
) -> None:
    days = {"report_accepted_on": date(2026, 3, 2), "plan_approval_noted_on": date(2026, 5, 4)}
    found = ask("DR-22", **facts, **days)
    approved_on = date(2026, 5, 4) if row == 3 else date(2026, 3, 2)
    assert found.result == {"to": to, "approved_on": approved_on}
    assert found.rules == (f"DR-22.{row}",)


# DR-24: changes of scope


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (["review_type"], [("type_children_or_window", True, 1)]),
        (["children"], [("type_children_or_window", True, 1)]),
        (["window", "wording"], [("type_children_or_window", True, 1)]),
        (["new_agency"], [("agency_board_or_inquiry", True, 2)]),
        (["new_board", "new_inquiry"], [("agency_board_or_inquiry", True, 2)]),
        (["statutory_duty"], [("duty_cost_or_end", True, 3)]),
        (["cost_or_end", "children"],
         [("type_children_or_window", True, 1), ("duty_cost_or_end", True, 3)]),
        (["wording"], [("wording", False, 4)]),
        ([], []),
        (None, []),
    ],
)  # fmt: skip
def test_any_change_but_of_wording_is_significant(
    changes: list[str] | None, found: list[tuple[str, bool, int]]
) -> None:
    decided = ask("DR-24", scope_changes=changes)
    assert decided.result == [
        {"change": change, "significant": significant} for change, significant, _ in found
    ]
    assert list(decided.rules) == [f"DR-24.{row}" for _, _, row in found]


# DR-25: how the six months stand

RECEIVED = {"sub_group_received_on": date(2026, 1, 5)}
DECIDED = {**RECEIVED, "recommended": "concise", "chair_decision": AGREE, "review_type": "concise"}


@pytest.mark.parametrize(
    ("facts", "clock", "ended_on", "row"),
    [
        (RECEIVED, "starts", None, 1),
        ({**RECEIVED, "led_elsewhere": False, "arrangements": []}, "starts", None, 1),
        ({**RECEIVED, "recommended": "concise"}, "runs", None, 2),
        (DECIDED, "runs", None, 2),
        ({**DECIDED, "chair_decision": DISAGREE, "review_type": None}, "runs", None, 2),
        ({**RECEIVED, "lead_board": "not_agreed"}, "runs", None, 2),
        ({**DECIDED, "review_type": "extended"}, "runs", None, 2),
        ({**DECIDED, "arrangements": ["joint_review", None]}, "runs", None, 2),
        ({**DECIDED, "review_type": "forum"}, "ends", TODAY, 3),
        ({**DECIDED, "review_type": "no_review"}, "ends", TODAY, 3),
        ({**DECIDED, "review_type": "alternative"}, "ends", TODAY, 3),
        ({**DECIDED, "led_elsewhere": True}, "ends", TODAY, 3),
        ({**DECIDED, "arrangements": ["joint_review", "other_body_leads"]}, "ends", TODAY, 3),
        ({**DECIDED, "led_elsewhere": True, "clock_ended_on": date(2026, 3, 2)},
         "ends", date(2026, 3, 2), 3),
        ({**DECIDED, "publication_held": True}, "runs", None, 4),
        ({**DECIDED, "publication_held": True, "report_accepted_on": TODAY}, "runs", None, 4),
        ({**DECIDED, "publication_held": False}, "runs", None, 2),
        ({**DECIDED, "type_decision": "agree"}, "runs", None, 5),
        ({**DECIDED, "type_decision": "agree", "report_accepted_on": TODAY}, "milestone", None, 6),
        ({**DECIDED, "type_decision": "disagree"}, "runs", None, 2),
        ({**DECIDED, "report_accepted_on": date(2026, 5, 1)}, "milestone", None, 6),
        ({**DECIDED, "report_accepted_on": date(2026, 5, 1), "published_on": date(2026, 6, 1)},
         "ends", date(2026, 6, 1), 7),
        ({**DECIDED, "published_on": TODAY}, "ends", TODAY, 7),
        ({**DECIDED, "published_on": TODAY + timedelta(days=1)}, "runs", None, 2),
    ],
)  # fmt: skip
def test_the_six_months_stand_as_the_latest_thing_says(
    facts: dict[str, Any], clock: str, ended_on: date | None, row: int
) -> None:
    found = ask("DR-25", **facts)
    assert found.rules == (f"DR-25.{row}",)
    assert found.result == {"clock": clock, "ended_on": ended_on}


def test_before_anything_is_received_the_clock_says_nothing() -> None:
    assert ask("DR-25").result is None


# DR-26: documents by type

DOCUMENTS = {
    "concise": ["yes", "yes", "yes", "yes", "yes", "yes", "no"],
    "extended": ["with_six_questions", "with_six_questions", "with_six_prompts", "yes",
                 "with_two_statements", "yes", "no"],
    "forum": ["only_through_referral", "optional", "optional", "optional", "no", "local_actions",
              "no"],
    "consultation": ["no", "no", "chronology_and_history", "no", "no",
                     "own_actions_to_line_managers", "yes"],
    "case_review_event": ["no", "yes", "yes", "optional", "no", "agreed_actions", "no"],
}  # fmt: skip


@pytest.mark.parametrize("review_type", DOCUMENTS)
def test_each_kind_of_review_has_its_documents(review_type: str) -> None:
    found = ask("DR-26", review_type=review_type)
    assert list(found.rules) == [f"DR-26.{row}" for row in range(1, 8)]
    assert [entry["needed"] for entry in found.result] == DOCUMENTS[review_type]
    assert [entry["document"] for entry in found.result] == [
        "recommendation", "terms_of_reference", "timelines", "genogram", "published_report",
        "action_plan", "consent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("process", "column"),
    [("professional_forum", "forum"), ("consultation", "consultation"),
     ("case_review_event", "case_review_event")],
)  # fmt: skip
def test_a_case_that_begins_without_a_decision_is_listed_by_its_process(
    process: str, column: str
) -> None:
    assert ask("DR-26", case_process=process).result == ask("DR-26", review_type=column).result
    assert ask("DR-26", case_process=process, review_type="concise").result[0]["needed"] == "yes"


@pytest.mark.parametrize("process", ["referral", "forum_programme", None])
def test_other_cases_have_no_documents_before_a_decision(process: str | None) -> None:
    assert ask("DR-26", case_process=process).result == []


@pytest.mark.parametrize("review_type", ["no_review", "alternative", None])
def test_the_catalogue_names_no_documents_for_other_ends(review_type: str | None) -> None:
    assert ask("DR-26", review_type=review_type).result == []


# DR-27: the content gate

CHECKED = ["no_names", "no_genogram", "no_staff_matter", "no_wg_block"]
CLEAN = {
    "anonymised": True, "content_checked": CHECKED, "summary_count": 3, "summary_cleared": True,
    "has_appendix_3": True, "family_part_done": True, "has_circumstances": True,
    "has_issues": True, "has_conclusions": True, "conclusions_pass": True, "change_needed": True,
    "review_type": "concise", "reviewers_count": 1, "signed_reviewers": 1, "findings_count": 0,
    "open_findings": 0,
}  # fmt: skip
CLEAN_EXTENDED = {
    **CLEAN, "review_type": "extended", "reviewers_count": 2, "signed_reviewers": 2,
    "findings_count": 6, "process_confirmed": True,
}  # fmt: skip


def without(check: str) -> dict[str, Any]:
    """Return the checklist of the content gate with one box not ticked."""
    return {"content_checked": [ticked for ticked in CHECKED if ticked != check]}


@pytest.mark.parametrize(
    ("facts", "failing"),
    [
        (CLEAN, []),
        (CLEAN_EXTENDED, []),
        ({**CLEAN, "anonymised": False}, [1]),
        ({**CLEAN, "anonymised": None}, [1]),
        ({**CLEAN, "open_findings": 1}, [1]),
        ({**CLEAN, "open_findings": None}, [1]),
        ({**CLEAN, **without("no_names")}, [1]),
        ({**CLEAN, **without("no_genogram")}, [2]),
        ({**CLEAN, "summary_count": 0}, [3]),
        ({**CLEAN, "summary_cleared": False}, [3]),
        ({**CLEAN, "has_appendix_3": False}, [4]),
        ({**CLEAN, "family_part_done": False}, [4]),
        ({**CLEAN, "has_circumstances": False}, [5]),
        ({**CLEAN, "has_issues": None}, [5]),
        ({**CLEAN, "has_conclusions": False}, [5]),
        ({**CLEAN, "conclusions_pass": False}, [6]),
        ({**CLEAN, "conclusions_pass": None, "change_needed": False}, []),
        ({**CLEAN, "signed_reviewers": 0}, [7]),
        ({**CLEAN, "reviewers_count": 2}, [7]),
        ({**CLEAN, "reviewers_count": 2, "signed_reviewers": 2}, []),
        ({**CLEAN, "reviewers_count": None}, [7]),
        ({**CLEAN_EXTENDED, "signed_reviewers": 1}, [7]),
        ({**CLEAN_EXTENDED, "reviewers_count": 1, "signed_reviewers": 1}, [7]),
        ({**CLEAN_EXTENDED, "findings_count": 5}, [8]),
        ({**CLEAN_EXTENDED, "process_confirmed": None}, [8]),
        ({**CLEAN, "review_type": None}, [8]),
        ({**CLEAN, **without("no_staff_matter")}, [9]),
        ({**CLEAN, **without("no_wg_block")}, [10]),
        ({**CLEAN, "content_checked": None}, [1, 2, 9, 10]),
        ({}, list(range(1, 11))),
    ],
)
def test_the_content_gate_says_what_the_report_lacks(
    facts: dict[str, Any], failing: list[int]
) -> None:
    found = ask("DR-27", **facts)
    assert [entry["failure"] for entry in found.result] == [f"DR-27.{row}" for row in failing]
    assert list(found.rules) == [f"DR-27.{row}" for row in failing]


# Tables with one answer, over everything that their facts can say

WORLDS: dict[str, dict[str, list[Any]]] = {
    "DR-03": {
        "child_on_register": ["yes", "no", "not_yet_known", None],
        "child_incident_on": [INCIDENT, None],
        "child_registrations": [
            None, [], [on_off(OLD)], [on_off(OLD, unknown=True)], [on_off(None, OLD)],
            [on_off(OLD, date(2025, 1, 1))], [on_off(OLD, date(2026, 1, 1))],
            [on_off(OLD, date(2026, 4, 1))], [on_off(date(2026, 4, 1))],
        ],
    },
    "DR-08": {
        "other_boards_named": [0, 1], "other_country_named": [False, True],
        "residence_is": ["clear_unchanged", "clear_changed", "unclear"],
        "lead_board": ["this_board", "other_board", "not_agreed"],
    },
    "DR-12": {
        "recommended": ["concise", "criteria_not_met"],
        "chair_decision": [AGREE, AMEND, DISAGREE],
        "final_decision": ["review_approved", "no_review", None],
    },
    "DR-25": {
        "sub_group_received_on": [date(2026, 1, 5)], "recommended": [None, "concise"],
        "review_type": [None, "concise", "forum"], "led_elsewhere": [None, True, False],
        "arrangements": [None, [], ["other_body_leads"]], "publication_held": [None, True],
        "type_decision": [None, "agree"], "report_accepted_on": [None, TODAY],
        "published_on": [None, TODAY],
    },
}  # fmt: skip


@pytest.mark.parametrize("decision", WORLDS)
def test_exactly_one_row_fits_whatever_is_recorded(decision: str) -> None:
    facts = WORLDS[decision]
    for values in itertools.product(*facts.values()):
        found = ask(decision, **dict(zip(facts, values, strict=True)))
        assert len(found.rules) == 1, dict(zip(facts, values, strict=True))
