"""The forms of the referral and the recommendation hold every field of the catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from engine import decisions, forms
from engine.forms.asking import Around
from tests.processes.catalogue import (
    CATALOGUE,
    ROOT,
    catalogue_rows,
    inputs_by_catalogue,
    inputs_of,
    kind_of,
    parsed,
    parts,
    source,
)
from tests.processes.filling_in import FUNCTIONS, TODAY, Filler
from tests.processes.shipped import TIMESCALES

#: Each file and the catalogue's form.
FILES = {
    "concern": "F-01",
    "recommendation": "F-02",
    "type_change": "F-02",
    "screening": "F-03",
    "wg_use_block": "F-04",
    "cross_border": "F-32",
    "parallel_investigation": "F-33",
    "review_course": "F-33",
    "declined_recommendation": "F-34",
    "wg_notices": "F-35",
    "legal_advice": "F-38",
    "overrun": "F-56",
    "other_report": "F-57",
}
PLAN = (
    "period", "agencies", "panel_chair", "core_issues", "reviewer", "extended_questions",
    "costs", "schedule", "communication", "arrangements",
)  # fmt: skip
TO_SIGN = ("heading", "outline", "recommended", "rationale", *PLAN, "signature")
#: The sections that one step writes, in the order of the steps; elsewhere it is one by one.
STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "recommendation": (
        ("outline", "recommended", "rationale"),
        PLAN,
        TO_SIGN,
        ("chair_decision", "disagreement"),
    ),
    "screening": (("children", "boards", "inquiries", "services"), ("suggestion",)),
    "cross_border": (
        ("boards", "lead"),
        ("boards", "lead", "procedures", "departments"),
        ("contribution",),
        ("dispute",),
    ),
    "legal_advice": (
        ("question", "advice"),
        ("decision",),
        ("request",),
        ("disclosure",),
        ("agreement",),
    ),
}

SIGNATURE = {"account": "1", "name": "Eleri Morgan", "role": "Chair", "at": "2026-05-28T10:00:00"}
#: What the case knows in the plain way; every fact that these forms read stands here.
FACTS: dict[str, Any] = {
    "case_identifier": "WBC-CPR-2026-001",
    "referral_incident_on": date(2026, 5, 14),
    "incident_on": date(2026, 5, 14),
    "sub_group_received_on": TODAY,
    "recommendation_signed_on": None,
    "last_day_in_time": date(2026, 11, 28),
    "suggested_type_found": "concise",
    "child_rules": ["DR-01.8"],
    "several_children_rule": "DR-02.3",
    "arrangements": [],
    "arrangements_confirmed": [],
    "other_body_kind": "inquest",
    "other_boards_named": 0,
    "type_decision": None,
    "proposed_type": None,
    "carried_process": None,
    "in_case_review_event": None,
    "is_extended": None,
    "case_is_no_review": None,
    "carried_incident_on": None,
    "carried_what_happened": None,
    "carried_criteria": None,
    "carried_agencies": None,
    "carried_others": None,
    "carried_referred_on": None,
    "other_country_named": False,
    "cpr": True,
    "recommended": "concise",
    **dict.fromkeys((
        "chair_disagreed_on", "chair_route", "discussion_round", "discussions_closed",
        "final_decision", "final_review_type", "lead_board", "legal_advised_on",
        "panel_chair_confirmed", "published_on", "recommendation_sent", "review_type",
        "settled_lead",
    )),
}  # fmt: skip


ROWS = catalogue_rows(set(FILES.values()))
INPUTS = inputs_by_catalogue(FILES)


Decide = Callable[[str, Mapping[str, Any]], Collection[str]]


class Sheet:
    """A document that is filled in step by step, as a case would hold it."""

    def __init__(self, form_id: str, failing: Collection[str] | Decide = (), **facts: Any) -> None:
        self.form = parsed(form_id)
        self.facts = {**FACTS, **facts}
        self.existing: dict[str, dict[str, Any]] = {}
        self.decide: Decide = failing if callable(failing) else lambda decision, names: failing

    def write(self, *sections: str, **given: Any) -> forms.Cleaned:
        """Write sections with their examples, some answers given; keep what was written."""
        values = forms.examples(
            self.form, sections, existing=self.existing, given=given,
            names=self.facts, functions=FUNCTIONS,
        )  # fmt: skip
        flat = {key: value for part in values.values() for key, value in part.items()}
        around = Around(existing=self.existing, decide=self.decide, signature=SIGNATURE)
        cleaned = forms.clean_values(
            self.form, sections, {**flat, **given}, names=self.facts, functions=FUNCTIONS,
            around=around,
        )  # fmt: skip
        self.existing.update(cleaned.values)
        return cleaned

    def value(self, key: str) -> Any:
        """Return what the document holds under a key."""
        return self.existing[self.form.section_of(key).id].get(key)


def steps_of(form_id: str) -> tuple[tuple[str, ...], ...]:
    """Return the sections that each step writes."""
    alone = tuple((section.id,) for section in parsed(form_id).sections)
    return STEPS.get(form_id, alone)


def said(errors: list[Any]) -> list[tuple[str, str]]:
    """Return where errors point and which rule they name."""
    return [(error.catalogue, error.row) for error in errors]


def test_the_catalogue_lists_the_fields_of_these_forms() -> None:
    counts: dict[str, int] = defaultdict(int)
    for field_id in ROWS:
        counts[f"F-{field_id[1:3]}"] += 1
    index = dict(re.findall(r"^\| (F-\d\d) \|.*\| (\d+) \|$", CATALOGUE, re.MULTILINE))
    assert counts == {form: int(index[form]) for form in set(FILES.values())}
    assert counts["F-02"] == 95


#: Rows whose printed type the system carries: what it works out, no one types.
FILLED_BY_SYSTEM = {"F01.11", "F02.05", "F02.07", "F02.74", "F34.06", "F35.02", "F56.01"}


def wanted_kinds(field_id: str, printed: str) -> Iterator[tuple[str, int]]:
    """Read the type column: kinds of input, some with how many of them."""
    if field_id in FILLED_BY_SYSTEM:
        yield "computed", 1
        return
    if "F02.38" <= field_id <= "F02.47":  # the choice of one agency among eleven stands at F02.37
        printed = printed.removeprefix("radio + ")
    same = {
        "multi": "checklist", "reason": "long", "money": "number", "radio": "choice",
        "month": "date", "notes": "long",
    }  # fmt: skip
    for word, times in re.findall("(fixed text|[a-z]+)(?: \N{MULTIPLICATION SIGN}(\\d))?", printed):
        yield same.get(word, word), int(times or 1)


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = [kind_of(part) for part in INPUTS[field_id]]
    assert kinds, f"{field_id} has no input"
    for kind, number in wanted_kinds(field_id, ROWS[field_id][1]):
        assert kinds.count(kind) >= number, f"{field_id} wants {number} {kind}, has {kinds}"


def test_one_agency_among_the_eleven_of_the_printed_form_chairs_the_panel() -> None:
    (choice,) = [part for part in INPUTS["F02.37"] if part["type"] == "radio"]
    offered = [option["label"] for option in choice["values"]]
    printed = [ROWS[f"F02.{number}"][0].partition(": ")[2] for number in range(37, 48)]
    assert offered == printed


#: Never typed by a person: worked out, shown, or the document that it leads to.
GIVEN_BY_SYSTEM = ("expression", "adolyguLink", "text")
#: Asked in a step that is there only in the case stated, or needed by a decision of the diagram.
ALWAYS_ASKED = {
    "letter_signature",
    "differs",
    "our_contribution",
    "further_action_asked",
    "sub_group_view",
}


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    req = ROWS[field_id][3]
    columns = {
        column["id"] for part in INPUTS[field_id] for column in parts(part.get("components", []))
        if "id" in column
    }  # fmt: skip
    loose = [
        part["key"] if "key" in part else part["path"] for part in INPUTS[field_id]
        if "required" in part.get("validate", {}) and part["id"] not in columns
    ]  # fmt: skip
    required = loose or [p for p in INPUTS[field_id] if "requiredWhen" in p.get("validate", {})]
    given = any(p["type"] in GIVEN_BY_SYSTEM or p.get("readonly") for p in INPUTS[field_id])
    if req == "Y":
        assert required or given
        return
    assert set(loose) <= ALWAYS_ASKED
    if req.startswith("C"):
        one_of = INPUTS["F02.37"] if req == "C (one of)" else []
        assert required or given or any("requiredWhen" in p.get("validate", {}) for p in one_of)


def printed_options() -> Iterator[tuple[str, list[str]]]:
    """Go through the choices whose options the catalogue prints."""
    for field_id, (_, printed, options, *_) in ROWS.items():
        if re.search("choice|multi", printed) and ";" in options and field_id != "F02.76":
            yield (
                field_id,
                [each.strip() for each in options.replace(" (P)", "").replace("'", "’").split(";")],
            )


OPTIONS = dict(printed_options())


def test_there_are_choices_to_hold_against_the_catalogue() -> None:
    assert len(OPTIONS) == 20
    assert len(OPTIONS["F03.04"]) == 6


@pytest.mark.parametrize("field_id", sorted(OPTIONS))
def test_the_options_are_those_of_the_catalogue(field_id: str) -> None:
    offered = [
        [option["label"].lower() for option in part["values"]]
        for part in INPUTS[field_id]
        if "values" in part
    ]
    assert [option.lower() for option in OPTIONS[field_id]] in offered


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_fields_of_a_section_stand_in_the_order_of_the_catalogue(form_id: str) -> None:
    for section in source(form_id)["components"]:
        order = list(dict.fromkeys(part["catalogue"] for part in inputs_of(section)))
        own = [field_id for field_id in order if field_id != "F32.08"]  # told with the decision
        assert own == sorted(own), section["id"]


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_form_is_one_the_engine_reads(form_id: str) -> None:
    form = parsed(form_id)
    assert (form.id, form.catalogue) == (form_id, FILES[form_id])


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_examples_of_each_step_are_accepted(form_id: str) -> None:
    sheet = Sheet(form_id)
    for sections in steps_of(form_id):
        cleaned = sheet.write(*sections)
        assert (cleaned.errors, cleaned.warnings) == ([], []), sections


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_every_required_field_has_an_example(form_id: str) -> None:
    for part in parts(source(form_id)):
        rules = part.get("validate", {})
        if {"required", "requiredWhen"} & set(rules) and part["type"] != "adolyguSignature":
            columns = part.get("components", [])
            assert "example" in part or columns or is_in_optional_rows(form_id, part), part["id"]


def is_in_optional_rows(form_id: str, column: Mapping[str, Any]) -> bool:
    """Say whether a column stands in rows that nobody has to add, or that have examples."""
    for rows in parts(source(form_id)):
        if any(each["id"] == column["id"] for each in rows.get("components", [])):
            rules = rows.get("validate", {})
            return rows["type"] == "dynamiclist" and (
                "example" in rows or not {"required", "requiredWhen"} & set(rules)
            )
    return False


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_expressions_read_only_answers_and_known_facts(form_id: str) -> None:
    form = parsed(form_id)
    keys = {part.get("key", part.get("path")) for part in parts(source(form_id))}
    for _, element, expression in forms.expressions(form):
        assert expression.names <= keys | set(FACTS) | {"row"}, element


def test_examples_go_the_plain_way() -> None:
    screening = Sheet("screening")
    screening.write(*steps_of("screening")[0])
    (child,) = screening.value("children")
    assert (child["_key"], child["child_label"]) == ("child_1", "Child 1")
    assert (child["outcome"], child["abuse_or_neglect"]) == ("death", "suspected")
    assert {child[status] for status in ("on_register", "looked_after", "care_leaver")} == {"no"}
    assert "registrations" not in child
    assert screening.value("incident_on") == "2026-05-14"
    assert screening.value("other_boards_named") == 0
    assert screening.value("other_country_named") is False
    assert screening.value("inquiries") is None
    concern = Sheet("concern")
    concern.write("raised")
    assert concern.value("raised_as") == "referral"
    recommendation = Sheet("recommendation")
    for sections in STEPS["recommendation"]:
        recommendation.write(*sections)
    assert recommendation.value("recommended") == "concise"
    assert recommendation.value("vote") == "unanimous"
    assert recommendation.value("departs") is False
    assert recommendation.value("chair_decision") == "agree"
    assert recommendation.value("report_due_on") == "2026-10-31"
    assert recommendation.value("cpr_signed_on") == "2026-05-28"
    assert recommendation.value("arrangements_note") == "none"
    assert recommendation.existing["extended_questions"] == {}
    assert recommendation.existing["disagreement"] == {}


def test_only_the_referral_and_the_screening_facts_ask_for_the_name_of_a_child() -> None:
    naming = {
        form_id for form_id in FILES for part in parts(source(form_id))
        if "name of the child" in part.get("errors", {}).get("required", "")
    }  # fmt: skip
    assert naming == {"concern", "screening"}


def test_the_case_identifier_is_never_typed() -> None:
    for field_id in ("F01.11", "F02.05"):
        (part,) = INPUTS[field_id]
        assert (part["type"], part["expression"]) == ("expression", "=case_identifier")


def test_a_referral_typed_in_late_runs_from_the_day_it_was_received() -> None:
    concern = Sheet("concern")
    concern.write("raised", referred_on="2026-05-18")
    concern.write("receipt", received_on="2026-05-19")
    late = concern.write("sub_group_receipt", sub_group_received_on="2026-05-21")
    assert late.errors == []
    assert said(late.warnings) == [("F01.13", "PR-01")]
    assert concern.value("last_day_in_time") == "2026-11-21"
    in_time = concern.write("sub_group_receipt", sub_group_received_on="2026-05-26")
    assert in_time.warnings == []
    before = concern.write("sub_group_receipt", sub_group_received_on="2026-05-17")
    assert said(before.errors) == [("F01.13", "")]
    assert said(concern.write("forwarding", forwarded_on="2026-05-18").errors) == [("F01.12", "")]
    assert said(concern.write("receipt", received_on="2026-05-17").errors) == [("F01.10", "")]


def test_a_receipt_after_the_recommendation_is_warned_of_and_shows_the_other_day() -> None:
    concern = Sheet("concern", recommendation_signed_on=date(2026, 5, 23))
    after = concern.write("sub_group_receipt", sub_group_received_on="2026-05-27")
    assert (after.errors, [found.field for found in after.warnings]) == (
        [], ["sub_group_received_on-day"])  # fmt: skip
    assert concern.value("recommended_already_on") == "2026-05-23"
    same_day = concern.write("sub_group_receipt", sub_group_received_on="2026-05-23")
    assert said(same_day.warnings) == [("F01.13", "PR-01")], "late, and not after"


def test_the_six_months_end_on_the_last_day_of_a_shorter_month() -> None:
    concern = Sheet("concern")
    concern.write("sub_group_receipt", sub_group_received_on="2025-08-31")
    assert concern.value("last_day_in_time") == "2026-02-28"


BORN_NOBODY_KNOWS_WHEN = {
    "children.birth_not_known": {forms.EVERY: True},
    "children.born_on": {forms.EVERY: ""},
}


@pytest.mark.parametrize(
    ("given", "is_asked"),
    [
        ({}, False),
        (BORN_NOBODY_KNOWS_WHEN, True),
        ({"children.abuse_or_neglect": {forms.EVERY: "not_yet_known"}}, True),
        ({"children.outcome": {forms.BY_ROW: ["death", "not_yet_known"]}}, True),
        ({"children.on_register": {forms.EVERY: "not_yet_known"}}, True),
        ({"children.looked_after": {forms.EVERY: "not_yet_known"}}, True),
        ({"children.care_leaver": {forms.EVERY: "not_yet_known"}}, True),
    ],
)  # fmt: skip
def test_what_is_not_yet_known_asks_for_a_day_to_look_again(
    given: dict[str, Any], is_asked: bool
) -> None:
    first = steps_of("screening")[0]
    asked = Sheet("screening").write(*first, **given)
    assert asked.errors == []
    assert ("look_again_on" in asked.values["services"]) is is_asked
    without = Sheet("screening").write(*first, **given, look_again_on="", waiting_for="")
    fields = {error.field.partition("-")[0] for error in without.errors}
    assert fields == ({"look_again_on", "waiting_for"} if is_asked else set())


def test_a_birth_date_is_given_or_said_not_to_be_known() -> None:
    first = steps_of("screening")[0]
    neither = Sheet("screening").write(*first, **{"children.born_on": {forms.EVERY: ""}})
    assert said(neither.errors) == [("F03.01", "")]
    both = Sheet("screening").write(*first, **{"children.birth_not_known": {forms.EVERY: True}})
    assert [error.field for error in both.errors] == ["children"]


def test_a_child_on_the_register_needs_its_registrations() -> None:
    first = steps_of("screening")[0]
    on_register = {"children.on_register": {forms.EVERY: "yes"}}
    filled = Sheet("screening")
    assert filled.write(*first, **on_register).errors == []
    assert filled.value("children")[0]["registrations"] == [
        {"_key": "row_1", "registered_on": "2026-02-14", "removed_not_known": False}
    ]
    without = Sheet("screening").write(
        *first, **on_register, **{"children.registrations": {forms.EVERY: ""}}
    )
    assert [error.catalogue for error in without.errors] == ["F03.07"]


def test_facts_that_do_not_fit_each_other_are_pointed_out() -> None:
    first = steps_of("screening")[0]
    plans = {"children.plans": {forms.EVERY: ["child_protection", "none"]}}
    assert len(Sheet("screening").write(*first, **plans).errors) == 1
    abuse = {
        "children.outcome": {forms.EVERY: "other"},
        "children.serious_sexual_abuse": {forms.EVERY: True},
    }
    assert len(Sheet("screening").write(*first, **abuse).warnings) == 1
    later = {"children.born_on": {forms.EVERY: "2026-05-15"}}
    assert len(Sheet("screening").write(*first, **later).warnings) == 1


def test_other_boards_and_countries_are_counted() -> None:
    def counted(boards: Any) -> tuple[int, bool]:
        screening = Sheet("screening")
        screening.write("boards", other_boards=boards)
        return screening.value("other_boards_named"), screening.value("other_country_named")

    welsh = {"board": "Board B", "country": "wales", "why": "Lived there"}
    english = {"board": "Board C", "country": "england", "why": "School"}
    assert counted("") == (0, False)
    assert counted([welsh]) == (1, False)
    assert counted([welsh, english]) == (2, True)


@pytest.mark.parametrize(
    ("suggested", "recommended", "rows"),
    [
        ("concise", "concise", []),
        ("concise", "extended", ["DR-04.2"]),
        ("extended", "criteria_not_met", ["DR-04.2"]),
        ("not_cpr", "criteria_not_met", []),
        ("not_cpr", "concise", ["DR-04.2"]),
        ("judgement", "criteria_not_met", ["DR-04.3"]),
    ],
)
def test_a_departure_from_the_criteria_needs_its_reason(
    suggested: str, recommended: str, rows: list[str]
) -> None:
    sheet = Sheet("recommendation", suggested_type_found=suggested)
    cleaned = sheet.write(*STEPS["recommendation"][0], recommended=recommended, departure_reason="")
    assert [error.row for error in cleaned.errors if error.row] == rows
    assert {error.catalogue for error in cleaned.errors} == ({"F02.21"} if rows else set())
    again = sheet.write("recommended", "rationale", recommended=recommended)
    assert again.errors == []


def test_legal_advice_is_called_for_where_the_criteria_leave_it_to_judgement() -> None:
    sheet = Sheet("recommendation", suggested_type_found="judgement")
    first = STEPS["recommendation"][0]
    assert said(sheet.write(*first).warnings) == [("F02.11", "DR-04.3")]
    sheet.facts["legal_advised_on"] = TODAY
    assert sheet.write(*first).warnings == []


def test_a_majority_explains_itself_and_says_what_came_of_it() -> None:
    sheet = Sheet("recommendation")
    cleaned = sheet.write(
        *STEPS["recommendation"][0], vote="majority", majority_explanation="", majority_outcome=""
    )
    assert {error.catalogue for error in cleaned.errors} == {"F02.19", "F02.20"}
    assert [error.row for error in cleaned.errors if error.row] == ["DR-04.6"]
    assert sheet.write("rationale", vote="majority").errors == []


def test_remedial_action_is_added_or_said_not_to_have_been_taken() -> None:
    sheet = Sheet("recommendation")
    assert sheet.write("outline", no_remedial_action=True).errors == []
    assert "remedial_action" not in sheet.existing["outline"]
    neither = sheet.write("outline", remedial_action="", no_remedial_action=False)
    assert [error.catalogue for error in neither.errors] == ["F02.10"]
    took = [{"agency": "police", "action": "Visit", "action_on": "2026-05-20"}]
    both = sheet.write("outline", remedial_action=took, no_remedial_action=True)
    assert [error.field for error in both.errors] == ["no_remedial_action"]


@pytest.mark.parametrize(
    ("band", "start", "fits"),
    [
        ("up_to_6", "2025-11-14", True),
        ("up_to_6", "2025-11-13", False),
        ("over_6_to_12", "2025-11-14", False),
        ("over_6_to_12", "2025-11-13", True),
        ("over_6_to_12", "2025-05-14", True),
        ("over_6_to_12", "2025-05-13", False),
        ("over_12_to_24", "2025-05-13", True),
        ("over_12_to_24", "2024-05-13", False),
        ("over_24", "2024-05-14", False),
        ("over_24", "2024-05-13", True),
    ],
)
def test_the_period_fits_its_band_the_upper_end_included(band: str, start: str, fits: bool) -> None:
    sheet = Sheet("recommendation")
    sheet.write(*STEPS["recommendation"][0])
    cleaned = sheet.write(*PLAN, period_band=band, period_from=start)
    assert said(cleaned.errors) == ([] if fits else [("F02.22", "TS-12")])


def test_a_period_does_not_end_before_it_starts() -> None:
    sheet = Sheet("recommendation")
    sheet.write(*STEPS["recommendation"][0])
    cleaned = sheet.write(*PLAN, period_from="2026-05-15", period_to="2026-05-14")
    assert said(cleaned.errors) == [("F02.25", "")]


def test_a_panel_chair_with_a_part_in_the_case_is_warned_of_and_not_refused() -> None:
    sheet = Sheet("recommendation")
    sheet.write(*STEPS["recommendation"][0])
    cleaned = sheet.write(*PLAN, panel_chair_independent=False)
    assert cleaned.errors == []
    assert said(cleaned.warnings) == [("F02.48", "DR-07.2")]


def test_a_long_period_is_a_proposal_and_needs_its_rationale() -> None:
    concise = Sheet("recommendation")
    concise.write(*STEPS["recommendation"][0])
    longer = {"period_band": "over_24", "period_from": "2024-01-14"}
    cleaned = concise.write(*PLAN, **longer)
    assert [warning.row for warning in cleaned.warnings] == ["DR-10.9", "TS-12"]
    refused = concise.write(*PLAN, **longer, over_24_reason="")
    assert [error.catalogue for error in refused.errors] == ["F02.24"]
    extended = Sheet("recommendation", suggested_type_found="extended")
    extended.write(*STEPS["recommendation"][0])
    assert [w.row for w in extended.write(*PLAN, **longer).warnings] == ["DR-10.9"]
    beyond = extended.write(*PLAN, period_band="over_24", period_from="2023-05-13")
    assert [w.row for w in beyond.warnings] == ["DR-10.9", "TS-12"]


def test_a_report_after_the_six_months_is_warned_of() -> None:
    sheet = Sheet("recommendation")
    sheet.write(*STEPS["recommendation"][0])
    assert sheet.write(*PLAN, completed_month="2026-11").warnings == []
    late = sheet.write(*PLAN, completed_month="2026-12", in_six_months=False)
    assert said(late.warnings) == [("F02.78", "TS-01")]
    assert [row["issue_type"] for row in sheet.value("time_issues")] == ["criminal"]
    without = sheet.write(*PLAN, in_six_months=False, time_issues="")
    assert [error.catalogue for error in without.errors] == ["F02.77"]


def test_a_plan_without_its_media_assessment_is_refused_when_planned_and_when_signed() -> None:
    sheet = Sheet("recommendation", failing=["DR-11.5"])
    sheet.write(*STEPS["recommendation"][0])
    for sections in (PLAN, TO_SIGN):
        cleaned = sheet.write(*sections, media_issues="")
        assert {error.catalogue for error in cleaned.errors} == {"F02.80"}
        assert [error.row for error in cleaned.errors if error.row] == ["DR-11.5"]


def test_each_row_of_the_completeness_rule_names_a_field_that_the_signing_step_writes() -> None:
    every_row = [f"DR-11.{number}" for number in range(1, 11)]
    sheet = Sheet("recommendation", failing=every_row)
    cleaned = sheet.write(*TO_SIGN)
    assert {error.row for error in cleaned.errors} == set(every_row)
    sheet.write("chair_decision", "disagreement")
    assert sheet.write("chair_decision", "disagreement").errors == []


def failures(decision: str, names: Mapping[str, Any]) -> list[str]:
    """Return the rows of a decision table that do not hold."""
    path = ROOT / "processes" / "decisions" / f"{decision}.dmn"
    table = decisions.parse_decision(path.read_bytes(), str(path))
    return list(decisions.decide(table, names, FUNCTIONS).rules)


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("outline", "DR-11.1"),
        ("criteria", "DR-11.2"),
        ("particular_issues", "DR-11.3"),
        ("milestones", "DR-11.4"),
        ("media_issues", "DR-11.5"),
        ("panel_chair_reason", "DR-11.6"),
        ("first_panel_on", "DR-11.8"),
        ("sub_group_chair_phone", "DR-11.9"),
    ],
)
def test_an_incomplete_recommendation_is_not_signed(key: str, row: str) -> None:
    assert rows_of_completeness() == set()
    assert rows_of_completeness(**{key: ""}) == {row}


def test_no_child_practice_review_is_recommended_without_an_independent_reviewer() -> None:
    assert rows_of_completeness(independent_reviewer=False) == {"DR-11.7"}


def rows_of_completeness(**given: Any) -> set[str]:
    """Return the rows of DR-11 that the signing step names."""
    sheet = Sheet("recommendation", failing=failures)
    cleaned = sheet.write(*TO_SIGN, **given)
    return {error.row for error in cleaned.errors if error.row}


def test_a_short_form_asks_nothing_of_the_outline_of_a_review() -> None:
    sheet = Sheet("recommendation", suggested_type_found="not_cpr")
    sheet.write(*STEPS["recommendation"][0])
    cleaned = sheet.write(*TO_SIGN)
    assert cleaned.errors == []
    written = {section for section, values in cleaned.values.items() if values}
    assert written.isdisjoint(set(PLAN) - {"arrangements"})
    assert sheet.value("cpr_signed_on") is None
    sheet.write("chair_decision", "disagreement")
    assert sheet.value("wg_told_on") is None


def test_a_short_form_that_the_chair_turned_into_a_review_is_completed() -> None:
    sheet = Sheet("recommendation", suggested_type_found="not_cpr")
    sheet.write(*STEPS["recommendation"][0])
    sheet.facts |= {"final_decision": "review_approved", "final_review_type": "extended"}
    planned = sheet.write(*PLAN)
    assert planned.errors == []
    assert planned.values["extended_questions"]["answers_questions"] == "independent_reviewer"
    assert planned.values["schedule"]["first_panel_on"] == "2026-06-11"
    sheet.write(*TO_SIGN)
    assert (sheet.value("cpr"), sheet.value("is_extended")) == (True, True)


def test_the_chair_gives_reasons_for_a_disagreement() -> None:
    sheet = Sheet("recommendation")
    for sections in STEPS["recommendation"][:3]:
        sheet.write(*sections)
    decision = ("chair_decision", "disagreement")
    refused = sheet.write(
        *decision, chair_decision="disagree", disagree_reasons="", proposed_action=""
    )
    assert [error.catalogue for error in refused.errors] == ["F02.88", "F02.89"]
    sheet.write(*decision, chair_decision="disagree")
    assert sheet.value("proposed_route") == "no_review"
    assert sheet.value("chair_disagreed_on") == "2026-05-28"
    amended = sheet.write(*decision, chair_decision="agree_with_amendments")
    assert amended.errors == []
    assert "disagree_reasons" not in amended.values["disagreement"]
    assert sheet.value("amendments")
    assert sheet.value("chair_disagreed_on") is None


def test_reasons_are_asked_where_amendments_leave_no_review() -> None:
    sheet = Sheet("recommendation")
    for sections in STEPS["recommendation"][:3]:
        sheet.write(*sections)
    sheet.write("chair_decision", chair_decision="agree_with_amendments")
    sheet.write("recommended", "rationale", recommended="criteria_not_met")
    sheet.facts |= {"chair_route": "amend"}
    refused = sheet.write("disagreement", disagree_reasons="")
    assert [error.catalogue for error in refused.errors] == ["F02.88"]


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({}, "none"),
        ({"arrangements": ["joint_review"], "arrangements_confirmed": [True]}, "confirmed"),
        ({"arrangements": ["joint_review"], "arrangements_confirmed": [None]}, "pending"),
        ({"lead_board": "this_board"}, "confirmed"),
        ({"lead_board": "not_agreed"}, "pending"),
    ],
)
def test_arrangements_with_others_are_said_to_be_confirmed_or_pending(
    facts: dict[str, Any], note: str
) -> None:
    sheet = Sheet("recommendation", **facts)
    sheet.write("arrangements")
    assert sheet.value("arrangements_note") == note
    without = sheet.write("arrangements", arrangements_note="")
    assert bool(without.errors) is (note != "none")


def test_extra_costs_are_added_up() -> None:
    sheet = Sheet("recommendation")
    sheet.write(*STEPS["recommendation"][0])
    costs = [
        {"cost_item": "Venue", "cost_amount": 120.5},
        {"cost_item": "Travel", "cost_amount": 30},
    ]
    sheet.write("costs", extra_costs=costs)
    assert sheet.value("extra_costs_total") == 150.5


@pytest.mark.parametrize("told", ["board_told_on", "wg_told_on"])
def test_nobody_is_told_of_a_decision_before_it_was_made(told: str) -> None:
    sheet = Sheet("recommendation")
    sheet.write(*STEPS["recommendation"][0])
    decided = {"chair_signed_on": "2026-05-20", "board_told_on": "2026-05-28"}
    in_time = sheet.write("chair_decision", **decided, wg_told_on="2026-05-28")
    before = sheet.write("chair_decision", **{**decided, told: "2020-01-01"})
    assert told not in {each.field.partition("-")[0] for each in in_time.warnings}
    assert before.errors == []
    assert told in {each.field.partition("-")[0] for each in before.warnings}


def test_who_may_read_the_recommendation_and_from_when() -> None:
    form = parsed("recommendation")
    panel, welsh_government, board = form.gates
    assert panel.roles == parsed("screening").gates[0].roles
    assert panel.when.evaluate({"panel_chair_confirmed": True}) is True
    assert (welsh_government.roles, board.roles) == (("welsh_government",), ("board",))
    assert board.when.evaluate({"board_told_on": TODAY}, FUNCTIONS) is True
    assert board.when.evaluate({"board_told_on": date(2026, 5, 29)}, FUNCTIONS) is False
    assert board.when.evaluate({"board_told_on": None}, FUNCTIONS) is False
    for key in ("alternative", "alternative_process", "period_from", "period_to"):
        assert "V-WG" not in form.field(key).visibility


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({}, []),
        ({"residence_is": "clear_changed"}, []),
        ({"residence_is": "unclear"}, ["DR-08.5"]),
        ({"residence_is": "unclear", "lead_board": "not_agreed"}, []),
    ],
)
def test_an_unclear_residence_leaves_the_lead_with_the_board_that_got_the_referral(
    given: dict[str, Any], warned: list[str]
) -> None:
    sheet = Sheet("cross_border")
    cleaned = sheet.write("boards", "lead", **given)
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == warned
    settled = sheet.write("dispute")
    assert bool(settled.values["dispute"]) is (given.get("residence_is") == "unclear")


def test_boards_of_other_countries_say_whose_procedures_hold() -> None:
    sheet = Sheet("cross_border", other_country_named=True)
    sections = STEPS["cross_border"][1]
    refused = sheet.write(*sections, procedures_followed="", differs=True, departments="")
    assert [error.catalogue for error in refused.errors] == ["F32.04", "F32.06"]
    assert sheet.write(*sections, differs=True).errors == []


def test_every_board_is_told_unless_the_lead_is_open() -> None:
    sheet = Sheet("cross_border")
    refused = sheet.write("boards", "lead", reported="")
    assert [error.catalogue for error in refused.errors] == ["F32.08"]
    assert sheet.write("boards", "lead", lead_board="not_agreed", reported="").errors == []


def test_a_body_with_extra_questions_gives_them_and_the_child_is_heard() -> None:
    sheet = Sheet("parallel_investigation")
    without = {"extra_questions": "", "child_interests": ""}
    refused = sheet.write("arrangement", arrangement="extra_questions", **without)
    assert [error.catalogue for error in refused.errors] == ["F33.04", "F33.05"]
    plain = Sheet("parallel_investigation")
    plain.write("arrangement")
    assert plain.value("inquiry_kind") == "inquest"
    assert plain.value("arrangement") == "separate_coordinated"
    assert plain.write("outcome").values["outcome"] == {}
    refused = plain.write("confirmation", confirmed=False, not_confirmed_reason="")
    assert [error.catalogue for error in refused.errors] == ["F33.06"]


def test_views_are_locked_once_the_chair_has_decided() -> None:
    sheet = Sheet("declined_recommendation", chair_disagreed_on=TODAY, discussion_round=1)
    assert sheet.write("discussion").errors == []
    assert sheet.write("final_decision").errors == []
    assert said(sheet.write("discussion").errors) == [("F34.03", "CF-21")]
    sheet.facts |= {"chair_disagreed_on": date(2026, 5, 29), "discussion_round": 2}
    assert sheet.write("discussion").errors == []


def test_answers_come_after_their_questions() -> None:
    advice = Sheet("legal_advice")
    early = advice.write("question", "advice", advised_on="2026-05-27")
    assert said(early.errors) == [("F38.03", "")]
    decision = Sheet("declined_recommendation")
    decision.write("discussion")
    early = decision.write("final_decision", final_decided_on="2026-05-27")
    assert said(early.errors) == [("F34.04", "")]


def test_conflicting_views_go_to_welsh_government_as_they_stand() -> None:
    sheet = Sheet("declined_recommendation")
    for_it = {"who": "Police", "for_or_against": "for", "view_reasons": "It was neglect."}
    against = {"who": "Education", "for_or_against": "against", "view_reasons": "It was not."}
    views = [{**for_it, "conflicting": True}, against]
    sheet.write("discussion", views=views)
    sheet.write("final_decision")
    assert sheet.value("final_no_on") == "2026-05-28"
    sheet.write("letter")
    assert sheet.value("conflicting_views") == "Police: for / o blaid: It was neglect."


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, "recommendation"),
        ({"lead_board": "other_board"}, "recommendation"),
        ({"lead_board": "other_board", "other_country_named": True}, "lead_outside_wales"),
    ],
)
def test_the_notice_says_who_leads_and_whether_outside_wales(
    facts: dict[str, Any], kind: str
) -> None:
    sheet = Sheet("wg_notices", **facts)
    sheet.write("recommendation")
    assert sheet.value("rec_kind") == kind
    identifier, review, lead = sheet.value("rec_case").split("; ")
    assert (identifier, review.partition(" / ")[0]) == ("WBC-CPR-2026-001", "Concise review")
    assert lead.startswith("Another" if facts else "This")


def test_welsh_government_hears_of_child_practice_reviews_only() -> None:
    short = Sheet("wg_notices", cpr=False)
    assert short.write("recommendation", "outcome").values == {"recommendation": {}, "outcome": {}}
    approved = Sheet("wg_notices", cpr=False, final_decision="review_approved")
    assert approved.write("recommendation").values["recommendation"]["rec_sent_on"] == "2026-05-28"


def test_a_report_of_another_body_is_added_or_said_where_it_is_kept() -> None:
    refused = Sheet("other_report").write("receipt", other_report_location="")
    assert [error.field for error in refused.errors] == ["other_report_location"]
    report = {"upload": "1", "name": "report.pdf", "size": 9}
    filed = {"other_report_file": report, "other_report_location": ""}
    assert Sheet("other_report").write("receipt", **filed).errors == []


def test_dates_to_come_are_not_in_the_past() -> None:
    late = Sheet("overrun").write("record", overrun_forecast_on="2026-05-27")
    assert [error.catalogue for error in late.errors] == ["F56.04"]
    held = Sheet("overrun")
    assert held.write("hold").values["hold"]["publication_held"] is True
    assert len(held.write("hold", released_on="2026-05-27").errors) == 1


def test_an_overrun_is_of_a_clock_that_the_case_has() -> None:
    known = {"clocks": {"TS-01", "TS-52"}}
    fill_in = Filler(dict.fromkeys(FACTS))
    missed = fill_in("overrun", ["record"], around=known, overrun_of="TS-52")
    assert missed.errors == []
    assert missed.values["record"]["overrun_timescale"].startswith("TS-52")
    other = fill_in("overrun", ["record"], around=known, overrun_of="TS-47")
    assert [error.field for error in other.errors] == ["overrun_of"]


def test_an_overrun_may_be_of_every_timescale_and_says_it_in_its_words() -> None:
    offered = {
        option.value: (option.label("en"), option.label("cy"))
        for option in parsed("overrun").field("overrun_of").options
    }
    assert offered == {key: (row.name.en, row.name.cy) for key, row in TIMESCALES.items()}


def test_the_inspectorates_of_the_use_block_are_for_welsh_government_alone() -> None:
    form = parsed("wg_use_block")
    assert form.section("inspectorates").visibility == ("V-WG",)
    assert set(form.section("receipt").visibility) == {"V-WG", "V-CASE"}


def test_scenarios_can_speak_in_the_words_of_the_catalogue() -> None:
    def told(form_id: str, section: str, **values: Any) -> dict[str, Any]:
        return forms.set_by_catalogue(parsed(form_id), [section], values)

    assert told("screening", "children", **{"F03.04": "death"}) == {
        "children.outcome": {forms.EVERY: "death"}
    }
    assert told("screening", "children", **{"F03.06": ["yes", "no"]}) == {
        "children.on_register": {forms.BY_ROW: ["yes", "no"]}
    }
    assert told("recommendation", "recommended", **{"F02.11": "Extended review"}) == {
        "recommended": "extended"
    }
    assert told("recommendation", "agencies", **{"F02.26": True}) == {"agency_police": True}
    assert told("recommendation", "period", **{"F02.25": [date(2025, 5, 14), TODAY]}) == {
        "period_from": "2025-05-14",
        "period_to": "2026-05-28",
    }
    assert told("wg_use_block", "inspectorates", **{"F04.05": [True, "Two schools."]}) == {
        "estyn": True,
        "estyn_reason": "Two schools.",
    }
