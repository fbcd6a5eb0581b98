"""The forms of the Panel, the report and its publication hold every field of the catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from engine import forms, roles
from tests.processes.catalogue import (
    CATALOGUE,
    ROOT,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    required,
    source,
)
from tests.processes.filling_in import FUNCTIONS, TODAY, Filler

#: Each file and the catalogue's form; F-05 and F-11 are two files each.
FILES = {
    "terms_of_reference": "F-09",
    "panel": "F-10",
    "reviewer_list": "F-11",
    "reviewer_appointment": "F-11",
    "report": "F-05",
    "report_progress": "F-05",
    "summary_timeline": "F-07",
    "board_decision": "F-23",
    "submission": "F-24",
    "publication": "F-25",
    "report_request": "F-26",
    "dissemination": "F-31",
    "media_enquiry": "F-37",
    "conflict_of_interest": "F-11",
    "reviewer_change": "F-11",
}

#: Of this form only a part belongs here: the timelines have a process of their own.
PART_OF = {"F-07": {"F07.01", "F07.06", "F07.07", "F07.08"}}

#: What the report says of the family's record (F-22, see test_family.py).
FROM_THE_FAMILY = {"F22.15"}


#: Every fact that these forms read, as a plain concise review of one Board has them.
FACTS: dict[str, Any] = {
    "is_extended": None,
    "proposed_type": None,
    "type_decision": None,
    "case_identifier": "CPR-2026-0001",
    "recommended": "concise",
    "review_type": "concise",
    "reviewer_role": "reviewer",
    "reviewers_count": 1,
    "first_panel_on": date(2026, 6, 11),
    "period_from": date(2025, 11, 2),
    "period_to": date(2026, 5, 2),
    "incident_on": date(2026, 5, 2),
    "report_accepted_on": None,
    "report_submitted_on": None,
    "report_signed_on": None,
    "second_statement_signed_on": None,
    "published_on": None,
    "panel_chair_confirmed": True,
    "content_gate_done": None,
    "summary_rows": [],
    "family_contributed": None,
    "family_declined": None,
    "wg_acknowledged_on": None,
    "change_needed": True,
    "other_boards_named": 0,
    "other_country_named": False,
    "last_day_in_time": date(2026, 11, 20),
    "content_failures": [],
    "publication_failures": [],
    "publication_rules_differ": False,
    "draft_is_shared": None,
    "draft_open_until": None,
}
EXTENDED = {"recommended": "extended", "review_type": "extended", "reviewers_count": 2}


def components(form_id: str) -> Iterator[dict[str, Any]]:
    """Go through everything that a person answers or reads; a column has the id of its rows."""
    for section in source(form_id)["components"]:
        for part in section["components"]:
            yield part
            for column in part.get("components", []):
                if "catalogue" in part:
                    column.setdefault("catalogue", part["catalogue"])
                yield {**column, "is_column": True}


ROWS = {
    field_id: cells
    for field_id, cells in catalogue_rows(FILES.values()).items()
    if field_id in PART_OF.get(f"F-{field_id[1:3]}", {field_id})
}


INPUTS = inputs_by_catalogue(FILES)
COLUMNS = {part["id"] for form in FILES for part in components(form) if "is_column" in part}


fill_in = Filler(FACTS)


def fill(
    form_id: str,
    sections: Sequence[str] = (),
    *,
    failing: Sequence[str] = (),
    signature: Mapping[str, Any] | None = None,
    held: Collection[str] | None = None,
    **how: Any,
) -> forms.Cleaned:
    """Check sections of a form, some rows of a decision table failing."""
    around = {
        "signature": signature,
        "decide": lambda decision, names: list(failing),
        "roles": held,
    }
    return fill_in(form_id, sections, around=around, **how)


def told(cleaned: forms.Cleaned) -> list[tuple[str, str]]:
    """Return where each error stands, and the row that it names."""
    return [(error.field, error.row) for error in cleaned.errors]


def test_the_catalogue_lists_the_fields_of_these_forms() -> None:
    counts: dict[str, int] = defaultdict(int)
    for field_id in ROWS:
        counts[f"F-{field_id[1:3]}"] += 1
    index = dict(re.findall(r"^\| (F-\d\d) \|.*\| (\d+) \|$", CATALOGUE, re.MULTILINE))
    printed = {form: int(index[form]) for form in set(FILES.values())}
    assert counts == printed | {form: len(part) for form, part in PART_OF.items()}


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    """Each type that the catalogue names for a row stands in the form, as often as it says."""
    kinds = [kind_of(part) for part in INPUTS[field_id]]
    assert kinds, f"{field_id} has no input"
    for kind, number in wanted_kinds(field_id, ROWS[field_id][1]):
        assert kinds.count(kind) >= number, f"{field_id} wants {number} {kind}, has {kinds}"


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(ROWS) | FROM_THE_FAMILY


#: Rows whose printed type is carried by others: what the system fills in is worked out, and what
#: a later issue makes a link is a text until then.
CARRIED_BY_OTHERS: dict[str, dict[str, int]] = {
    "F05.01": {"computed": 1},
    "F05.02": {"computed": 1},
    "F05.04": {"computed": 2},
    "F05.29": {"computed": 1},
    "F07.01": {"computed": 1},
    "F07.06": {"rows": 1, "text": 1},
    "F07.07": {"long": 1},
    "F09.01": {"computed": 2, "date": 1, "choice": 1},
    "F09.15": {"long": 1, "checklist": 1, "computed": 1},
    "F10.01": {"computed": 1, "date": 1},
    "F11.24": {"number": 1, "text": 1},
    "F24.01": {"computed": 1},
    "F31.03": {"checklist": 1},
}


def wanted_kinds(field_id: str, printed: str) -> Iterator[tuple[str, int]]:
    """Read the type column: kinds of input, some with how many of them."""
    if field_id in CARRIED_BY_OTHERS:
        yield from CARRIED_BY_OTHERS[field_id].items()
        return
    for word, times in re.findall("(fixed text|[a-z]+)(?: \N{MULTIPLICATION SIGN}(\\d))?", printed):
        kind = {
            "table": "rows", "note": "long", "notes": "long", "reason": "long",
            "multi": "checklist", "money": "number", "address": "text",
        }  # fmt: skip
        yield kind.get(word, word), int(times or 1)


#: An empty tick is an answer here: a decision table says what follows from it.
TICKS_THAT_A_TABLE_READS = {f"F11.{number:02}" for number in range(9, 19)} | {"F05.15"}


@pytest.mark.parametrize("field_id", sorted(set(ROWS) - TICKS_THAT_A_TABLE_READS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    req = ROWS[field_id][3]
    asked = required(INPUTS[field_id])
    given_by_system = any(
        part["type"] in ("expression", "adolyguLink", "text") for part in INPUTS[field_id]
    )
    if req == "Y":
        assert asked or given_by_system
    elif req.startswith("C"):
        assert asked or given_by_system
        for part in asked:
            assert (
                "requiredWhen" in part["validate"] or "conditional" in part or part["id"] in COLUMNS
            )
    else:
        assert req in ("N", "–")
        always = {
            part["key"] for part in asked
            if "required" in part["validate"] and part["id"] not in COLUMNS
        }  # fmt: skip
        assert always <= NEEDED_BY_A_GATEWAY


#: Asked for by a decision of the diagram, which cannot go on without an answer.
NEEDED_BY_A_GATEWAY = {"keep_or_remove"}


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_what_is_required_in_some_cases_is_shown_in_those(form_id: str) -> None:
    """Whatever is hidden on a condition is required on its opposite, or not at all."""
    for part in components(form_id):
        if "conditional" in part:
            assert "required" not in part.get("validate", {}) or part["type"] == "adolyguSignature"


#: Choices that the catalogue prints in full, and the input that offers them.
CHOICES = (
    "F11.01", "F11.03", "F23.06", "F23.07", "F31.01", "F31.02", "F31.03",
)  # fmt: skip


@pytest.mark.parametrize("field_id", CHOICES)
def test_the_options_are_those_of_the_catalogue(field_id: str) -> None:
    printed = [option.strip().lower() for option in ROWS[field_id][2].split(";")]
    offered = [
        [option["label"].lower() for option in part["values"]]
        for part in INPUTS[field_id]
        if "values" in part
    ]
    assert printed in offered


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_fields_of_a_section_stand_in_the_order_of_the_catalogue(form_id: str) -> None:
    for section in source(form_id)["components"]:
        order = [part["catalogue"] for part in section["components"] if "catalogue" in part]
        assert order == sorted(order), section["id"]


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_form_is_one_the_engine_reads(form_id: str) -> None:
    form = parsed(form_id)
    assert (form.id, form.catalogue) == (form_id, FILES[form_id])


ANONYMOUS = "Use roles, not names: no initials, dates of birth, addresses or schools."
CF_05 = "training needs or conduct here: those go to their own agency."


@pytest.mark.parametrize("form_id", ["report", "report_progress", "summary_timeline"])
def test_every_free_text_of_the_report_keeps_names_and_staff_matters_out(form_id: str) -> None:
    for part in components(form_id):
        if part["type"] == "textarea":
            assert ANONYMOUS in part.get("description", ""), f"{part['id']} lacks CF-17"
            assert CF_05 in part.get("description", ""), f"{part['id']} lacks CF-05"


def test_the_report_has_no_place_for_a_genogram_or_a_merged_timeline() -> None:
    linked = {part["form"] for part in components("report") if part["type"] == "adolyguLink"}
    assert linked == {"summary_timeline", "terms_of_reference", "wg_use_block"}
    assert "file" not in {kind_of(part) for part in components("report")}


WALK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("terms_of_reference", ("heading", "core", "issues", "extended", "family")),
    ("terms_of_reference", ("issues", "further", "period", "family", "study", "version")),
    ("panel", ("set_up",)),
    ("panel", ("chair",)),
    ("panel", ("changes",)),
    ("reviewer_list", ()),
    ("reviewer_appointment", ("candidate",)),
    ("reviewer_appointment", ("independence", "skills", "commission")),
    ("report", ("learning",)),
    ("report", ("heading", "circumstances", "issues", "learning", "findings", "appendices")),
    ("report", ("statement_1",)),
    ("report", ("statement_2",)),
    ("report", ("check",)),
    ("report_progress", ("submission",)),
    ("report_progress", ("panel",)),
    ("summary_timeline", ()),
    ("board_decision", ("presentation",)),
    ("board_decision", ("decision",)),
    ("submission", ("date",)),
    ("submission", ("submission",)),
    ("publication", ("statement",)),
    ("publication", ("published", "online")),
    ("publication", ("interruption", "online")),
    ("publication", ("afterwards",)),
    ("publication", ("cross_border",)),
    ("report_request", ()),
    ("dissemination", ()),
    ("media_enquiry", ("enquiry",)),
    ("media_enquiry", ("answer",)),
    ("terms_of_reference", ("agreement_1",)),
    ("terms_of_reference", ("agreement_2",)),
    ("conflict_of_interest", ("who", "report")),
    ("conflict_of_interest", ("judgement",)),
)


@pytest.mark.parametrize("facts", [{}, EXTENDED, dict.fromkeys(FACTS)])
@pytest.mark.parametrize(("form_id", "sections"), WALK)
def test_the_examples_of_a_task_are_accepted(
    form_id: str, sections: tuple[str, ...], facts: dict[str, Any]
) -> None:
    cleaned = fill(form_id, sections, facts=facts)
    assert cleaned.errors == []
    assert cleaned.warnings == []


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_examples_of_a_whole_form_are_accepted(form_id: str) -> None:
    cleaned = fill(form_id)
    assert (cleaned.errors, cleaned.warnings) == ([], [])
    again = fill(form_id, existing=cleaned.values)
    assert (again.errors, again.warnings) == ([], [])


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_expressions_read_only_answers_and_facts(form_id: str) -> None:
    form = parsed(form_id)
    columns = {column.key for field in form.fields for column in field.columns}
    known = forms.known_names(form) | columns | set(FACTS)
    for _, element, expression in forms.expressions(form):
        assert expression.names <= known, element


def test_examples_go_the_plain_way() -> None:
    assert fill("panel").values["chair"]["chair_is_independent"] is True
    (reviewer,) = fill("reviewer_list").values["reviewers"]["reviewers"]
    assert (reviewer["role"], reviewer["_key"]) == ("reviewer", "reviewer")
    appointed = fill("reviewer_appointment").values
    assert appointed["candidate"]["candidate_role"] == "concise"
    assert appointed["skills"]["skills_met"] is True
    assert fill("report").values["learning"]["change_needed"] is True
    assert fill("report_progress").values["panel"]["panel_outcome"] == "agreed"
    decided = fill("board_decision").values["decision"]
    assert decided["report_accepted_on"] == TODAY.isoformat()
    assert (decided["plan_approved"], decided["publish_plan"]) == (True, False)
    assert fill("publication").values["afterwards"]["keep_or_remove"] == "keep"
    assert fill("terms_of_reference").values["study"]["terms_changed"] is False


def test_the_terms_of_reference_ask_what_the_recommendation_asks() -> None:
    """One wording of the core issues and of X1 to X6 for both forms."""

    def fixed(form_id: str, wanted: str) -> dict[str, tuple[str, str]]:
        return {
            part["id"].split("_", part["id"].count("_") - 1)[-1]: (
                part["text"], part["i18n"]["cy"]["text"],
            )
            for part in components(form_id)
            if part["type"] == "text" and re.search(wanted, part["id"])
        }  # fmt: skip

    questions = fixed("terms_of_reference", r"x[1-6]_question$")
    assert len(questions) == 6
    assert questions == fixed("recommendation", r"x[1-6]_question$")
    core = {
        part["text"] for part in components("terms_of_reference") if part["id"].startswith("core_")
    }
    assert len(core) == 8
    asked = {
        part["text"] for part in components("recommendation") if "_core_issues" not in part["id"]
        and re.search(r"core_[124567]$", part["id"])
    }  # fmt: skip
    assert len(asked) == 6
    assert asked < core


def test_the_questions_of_an_extended_review_are_asked_of_one_only() -> None:
    concise = fill("terms_of_reference", ["extended"])
    assert concise.values["extended"] == {}
    extended = fill("terms_of_reference", ["extended"], facts=EXTENDED)
    assert len(extended.values["extended"]) == 6
    empty = fill("terms_of_reference", ["extended"], facts=EXTENDED, x2_notes="")
    assert [error.catalogue for error in empty.errors] == ["F09.07"]


@pytest.mark.parametrize(
    ("changes", "significant"),
    [(["wording"], False), (["children"], True), (["wording", "cost_or_end"], True)],
)
def test_every_change_but_wording_is_significant(changes: list[str], significant: bool) -> None:
    given: dict[str, Any] = {
        "terms_changed": True,
        "version_reason": "New facts.",
        "scope_changes": changes,
    }
    version = fill("terms_of_reference", ["study", "version"], **given).values["version"]
    assert version["significant"] is significant
    assert ("scope_told_on" in version) is significant


def test_a_new_version_of_the_terms_needs_a_reason() -> None:
    cleaned = fill(
        "terms_of_reference", ["study", "version"], terms_changed=True, version_reason=""
    )
    assert [error.catalogue for error in cleaned.errors] == ["F09.15"]


@pytest.mark.parametrize(
    "section",
    [
        section["id"] for section in source("terms_of_reference")["components"]
        if section["id"] != "core"
    ],
)  # fmt: skip
def test_the_terms_cannot_change_once_the_report_is_accepted(section: str) -> None:
    facts = {**EXTENDED, "report_accepted_on": TODAY}
    cleaned = fill("terms_of_reference", [section], facts=facts)
    assert [error.row for error in cleaned.errors] == ["TS-49"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_reviewer_agrees_to_the_version_that_is_there(number: int) -> None:
    key, section = f"agreed_reviewer_{number}_on", f"agreement_{number}"
    version = {"heading": {"tor_version_on": TODAY}}
    early = {key: TODAY - timedelta(days=1)}
    cleaned = fill("terms_of_reference", [section], facts=EXTENDED, existing=version, **early)
    assert [error.field for error in cleaned.errors] == [f"{key}-day"]
    same = fill("terms_of_reference", [section], facts=EXTENDED, existing=version)
    assert same.errors == []
    empty = fill("terms_of_reference", [section], facts=EXTENDED, **{key: ""})
    assert [error.catalogue for error in empty.errors] == ["F09.17"]


def test_the_panel_has_members_of_two_agencies() -> None:
    given: dict[str, Any] = {"members.agency": {forms.EVERY: "police"}}
    one = fill("panel", ["set_up"], **given)
    assert told(one) == [("members", "")]
    alone = fill("panel", ["set_up"], members=[{"agency": "police"}])
    assert told(alone) == [("members", "")]


def test_a_panel_chair_who_is_not_independent_needs_a_safeguard() -> None:
    cleaned = fill("panel", ["chair"], chair_is_independent=False)
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == ["DR-07.2"]
    without = fill("panel", ["chair"], chair_is_independent=False, chair_safeguard="")
    assert [error.catalogue for error in without.errors] == ["F10.04"]


def test_the_panel_does_not_meet_before_it_exists() -> None:
    cleaned = fill("panel", first_meeting_on="2026-05-27")
    assert told(cleaned) == [("first_meeting_on-day", "")]


def test_a_second_reviewer_of_a_concise_review_needs_a_reason() -> None:
    wished = [{"role": "reviewer"}, {"role": "second_reviewer"}]
    cleaned = fill("reviewer_list", reviewers=wished)
    assert cleaned.errors == []
    found = cleaned.values["reviewers"]
    assert found["reviewers_count"] == 2
    assert (found["second_reviewer_wished"], found["second_reviewer_reason_given"]) == (True, True)
    bare = fill("reviewer_list", reviewers=[wished[0], {**wished[1], "why": ""}])
    assert [error.field for error in bare.errors] == ["reviewers-1-why"]


def test_each_reviewer_has_a_role_of_their_own() -> None:
    cleaned = fill("reviewer_list", reviewers=[{"role": "reviewer"}, {"role": "reviewer"}])
    assert [error.field for error in cleaned.errors] == ["reviewers-1-role"]


def test_a_candidate_who_managed_the_case_is_not_commissioned() -> None:
    cleaned = fill("reviewer_appointment", managed_case=True)
    assert cleaned.errors == []
    assert "commissioned_by" not in cleaned.values["commission"]
    free = fill("reviewer_appointment", commissioned_by="", commissioned_on="")
    assert [error.catalogue for error in free.errors] == ["F11.22", "F11.22"]


def test_a_member_of_this_board_is_not_said_to_be_none() -> None:
    wrong = fill("reviewer_appointment", candidate_source="this_board", is_board_member=False)
    assert [error.field for error in wrong.errors] == ["is_board_member"]
    for found, member in [("this_board", True), ("other_board", False), ("other_board", True)]:
        told = fill("reviewer_appointment", candidate_source=found, is_board_member=member)
        assert told.errors == []


def test_a_skill_that_is_not_ticked_is_not_met() -> None:
    cleaned = fill("reviewer_appointment", skill_shaping=False)
    assert cleaned.errors == []
    assert cleaned.values["skills"]["skills_met"] is False


@pytest.mark.parametrize(
    ("role", "asked", "shown"),
    [
        ("concise", set(), (False, False)),
        ("local", {"local_knowledge", "duties"}, (True, False)),
        ("external", {"outside_view", "duties"}, (False, True)),
    ],
)
def test_a_reviewer_is_asked_for_what_the_role_needs(
    role: str, asked: set[str], shown: tuple[bool, bool]
) -> None:
    found = fill("reviewer_appointment", candidate_role=role).values
    keys = {*found["skills"], *found["commission"]}
    assert keys & {"local_knowledge", "outside_view", "duties"} == asked
    skills = found["skills"]
    assert (skills["has_local_knowledge"], skills["has_outside_view"]) == shown


def test_no_change_needed_stands_in_place_of_conclusions() -> None:
    cleaned = fill("report", ["learning"], no_change_needed=True, conclusions="")
    assert cleaned.errors == []
    found = cleaned.values["learning"]
    assert (found["change_needed"], found["has_conclusions"]) == (False, True)
    assert found["conclusions_pass"] is True
    neither = fill("report", ["learning"], conclusions="")
    assert [error.catalogue for error in neither.errors] == ["F05.13"]


@pytest.mark.parametrize("test", ["specific", "workable", "affordable", "outcome"])
def test_a_conclusion_passes_only_with_all_four_tests(test: str) -> None:
    given: dict[str, Any] = {f"conclusions.test_{test}": {forms.BY_ROW: [True, False]}}
    cleaned = fill("report", ["learning"], **given)
    assert cleaned.errors == []
    assert cleaned.values["learning"]["conclusions_pass"] is False
    assert fill("report", ["learning"]).values["learning"]["conclusions_pass"] is True


def test_a_report_that_does_not_pass_its_check_is_still_recorded() -> None:
    cleaned = fill("report", ["check"], anonymised=False, content_checked="")
    assert cleaned.errors == []
    assert cleaned.values["check"].get("anonymised") is not True


def test_the_family_part_is_filled_in_or_declined() -> None:
    def done(**given: Any) -> bool:
        cleaned = fill("report", ["appendices"], **given)
        assert cleaned.errors == []
        found: bool = cleaned.values["appendices"]["family_part_done"]
        return found

    assert done()
    assert not done(family_perspective="")
    assert done(facts={"family_declined": True})
    asked = fill(
        "report", ["appendices"], facts={"family_contributed": True}, family_perspective=""
    )
    assert [error.catalogue for error in asked.errors] == ["F05.31"]


def test_the_summary_timeline_is_appendix_2() -> None:
    rows = [
        {"summary_period": "Age 3", "summary_event": "The family moved."},
        {"summary_period": "Age 4", "summary_event": "School began."},
    ]
    found = fill("report", ["appendices"], facts={"summary_rows": rows}).values["appendices"]
    assert found["appendix_2"] == "Age 3: The family moved.\nAge 4: School began."


def test_each_reviewer_signs_a_statement_of_their_own() -> None:
    signed = {"account": "1", "name": "Reviewer", "role": "reviewer", "at": "2026-05-28T09:00:00"}
    first = fill("report", ["statement_1"], signature=signed)
    assert first.signature_needed
    assert "statement_2" not in first.values
    second = fill("report", ["statement_2"], facts={"reviewers_count": 2}, signature=signed)
    assert second.signature_needed
    assert second.values["statement_2"]["reviewer_2_signature"] == signed


@pytest.mark.parametrize(
    ("signed", "count"),
    [
        ({}, 0),
        ({"report_signed_on": TODAY}, 1),
        ({"report_signed_on": TODAY, "second_statement_signed_on": TODAY}, 2),
    ],
)
def test_the_check_counts_the_reviewers_who_have_signed(
    signed: Mapping[str, Any], count: int
) -> None:
    found = fill("report", ["check"], facts=signed)
    assert found.values["check"]["signed_reviewers"] == count


def test_an_extended_review_has_findings_and_a_confirmation() -> None:
    extended = fill("report", facts=EXTENDED).values
    assert extended["findings"]["findings_count"] == 6
    assert extended["statement_2"]["process_confirmed"] is True
    bare = fill("report", ["findings"], facts=EXTENDED, findings="")
    assert [error.catalogue for error in bare.errors] == ["F05.16"]
    assert fill("report", ["findings"]).values["findings"] == {}


def test_changes_that_the_panel_asks_for_are_said() -> None:
    cleaned = fill("report_progress", ["panel"], panel_outcome="changes", panel_comments="")
    assert [error.field for error in cleaned.errors] == ["panel_comments"]
    early = fill("report_progress", panel_considered_on="2026-05-27")
    assert told(early) == [("panel_considered_on-day", "")]


def test_what_the_board_returns_or_changes_has_reasons() -> None:
    for key, answer in (
        ("report_decision", "returned"),
        ("plan_decision", "approved_with_changes"),
    ):
        given: dict[str, Any] = {key: answer}
        cleaned = fill("board_decision", ["decision"], **given, decision_reasons="")
        assert [error.catalogue for error in cleaned.errors] == ["F23.08"]
    returned = fill("board_decision", report_decision="returned").values["decision"]
    assert "report_accepted_on" not in returned
    with_changes = fill("board_decision", plan_decision="approved_with_changes")
    assert with_changes.values["decision"]["plan_approved"] is True


def test_both_reviewers_present_where_there_are_two() -> None:
    cleaned = fill(
        "board_decision",
        ["presentation"],
        facts={"reviewers_count": 2},
        presented_by_reviewer_2="",
    )
    assert [error.catalogue for error in cleaned.errors] == ["F23.02"]


def test_welsh_government_has_the_report_for_two_weeks() -> None:
    first = "2026-06-11"
    assert fill("submission", ["date"], intended_on=first).errors == []
    early = fill("submission", ["date"], intended_on="2026-06-10")
    assert told(early) == [("intended_on-day", "TS-03")]
    assert early.values["date"]["first_allowed_on"] == first
    sent = {"submission": {"submitted_on": "2026-05-20"}}
    later = fill("submission", ["date"], existing=sent, intended_on="2026-06-03")
    assert later.errors == []
    assert later.values["date"]["first_allowed_on"] == "2026-06-03"
    past = fill("submission", ["date"], existing=sent, intended_on="2026-05-27")
    assert ("intended_on-day", "") in told(past)


def test_a_report_that_is_sent_late_is_a_warning_since_lateness_stops_nothing() -> None:
    late = {"date": {"intended_on": "2026-06-10"}}
    cleaned = fill("submission", ["submission"], existing=late)
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == ["TS-03"]


def test_a_publication_after_the_six_months_is_a_warning() -> None:
    cleaned = fill("submission", intended_on="2026-11-21")
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == ["TS-01"]
    assert cleaned.values["submission"]["in_time"].startswith("2026-11-20: after the last day")
    in_time = fill("submission").values["submission"]["in_time"]
    assert in_time == "2026-11-20: in time / mewn pryd"


@pytest.mark.parametrize("facts", [{"other_boards_named": 1}, {"other_country_named": True}])
def test_several_boards_say_what_was_agreed_on_reporting(facts: dict[str, Any]) -> None:
    cleaned = fill("submission", ["submission"], facts=facts, cross_border_notes="")
    assert [error.catalogue for error in cleaned.errors] == ["F24.07"]


@pytest.mark.parametrize("row", [f"DR-14.{number}" for number in range(1, 6)])
def test_a_report_that_may_not_be_published_is_not(row: str) -> None:
    assert told(fill("publication", ["published"], failing=[row])) == [("published_on-day", row)]


@pytest.mark.parametrize(
    ("published", "told_rows"),
    [("2026-05-27", ["DR-14.2"]), ("2026-05-28", [])],
)
def test_the_day_of_publication_is_two_weeks_after_submission(
    published: str, told_rows: list[str]
) -> None:
    facts = {"report_submitted_on": date(2026, 5, 14)}
    cleaned = fill("publication", ["published"], facts=facts, published_on=published)
    assert [error.row for error in cleaned.errors] == told_rows


@pytest.mark.parametrize("address", ["http://example.org", "https://", "https://a b.org", "report"])
def test_a_web_address_can_be_opened(address: str) -> None:
    cleaned = fill("publication", ["published"], web_address=address)
    assert [error.catalogue for error in cleaned.errors] == ["F25.01"]


@pytest.mark.parametrize(
    ("failures", "passed"),
    [
        ({}, True),
        ({"content_failures": ["DR-27.1"]}, False),
        ({"publication_failures": None}, None),
    ],
)
def test_the_record_says_whether_the_gates_were_passed(
    failures: dict[str, Any], passed: bool | None
) -> None:
    found = fill("publication", ["published"], facts=failures).values["published"]
    assert bool(found.get("gates_passed")) is bool(passed)


def test_twelve_weeks_run_anew_from_the_day_the_report_is_back_online() -> None:
    first = fill("publication", ["published", "online"]).values
    assert first["online"]["earliest_removal_on"] == "2026-08-20"
    published = {**first, "published": {**first["published"], "published_on": "2026-04-01"}}
    off: dict[str, Any] = {"found_offline_on": "2026-05-20", "back_online_on": ""}
    still_off = fill("publication", ["interruption", "online"], existing=published, **off).values
    assert still_off["online"]["online_since"] == "2026-04-01"
    back = fill(
        "publication",
        ["interruption", "online"],
        existing=published,
        found_offline_on="2026-05-20",
        back_online_on="2026-05-22",
    )
    assert back.values["online"]["online_since"] == "2026-05-22"


def test_a_report_is_taken_down_only_with_a_note_in_its_place() -> None:
    online = {"published": {"published_on": "2026-03-01"}, "online": {"online_since": "2026-03-01"}}
    down: dict[str, Any] = {"keep_or_remove": "remove", "removed_on": "2026-05-28"}
    found = fill("publication", ["afterwards"], existing=online, **down).values["afterwards"]
    assert (found["days_online"], found["reference_ready"]) == (88, True)
    bare = fill("publication", ["afterwards"], existing=online, **down, reference_placed=False)
    assert [error.catalogue for error in bare.errors] == ["F25.06"]
    for row in ("DR-15.1", "DR-15.2"):
        refused = fill("publication", ["afterwards"], existing=online, **down, failing=[row])
        assert told(refused) == [("removed_on-day", row)]


def test_rules_of_publication_across_a_border_are_written_down() -> None:
    facts = {"publication_rules_differ": True}
    cleaned = fill("publication", ["cross_border"], facts=facts, cross_border_variation="")
    assert [error.catalogue for error in cleaned.errors] == ["F25.07"]


def readers(form_id: str, key: str, names: Mapping[str, Any]) -> set[str]:
    """Return the roles that may read a field, gates counted in."""
    path = ROOT / "processes" / "roles.toml"
    known, form = roles.parse_roles(path.read_bytes(), str(path)), parsed(form_id)
    shut = {
        role
        for gate in form.gates
        if gate.when.evaluate({**dict.fromkeys(FACTS), **names}, FUNCTIONS) is not True
        for role in gate.roles
    }
    classes = form.field(key).visibility
    return {role for name in classes for role in known.visibility(name)} - shut - OF_AN_EVENT


PANEL = {
    "panel", "panel_chair", "panel_member", "reviewer", "reviewer_local", "reviewer_external",
    "coordinator",
}  # fmt: skip
#: Who counts beside the Panel in a case review event, which has no report and no terms of a review.
OF_AN_EVENT = {"case_review_group", "facilitator"}


def test_the_report_opens_step_by_step() -> None:
    assert readers("report", "learned", {}) == PANEL
    signed = readers("report", "learned", {"report_signed_on": TODAY})
    assert signed == PANEL | {"legal_adviser"}
    checked = readers("report", "learned", {"content_gate_done": True})
    assert checked == PANEL | {"board", "chair", "sub_group", "sub_group_chair"}
    sent = readers("report", "learned", {"report_submitted_on": TODAY})
    assert sent == PANEL | {"welsh_government", "inspectorates"}
    published = readers("report", "learned", {"published_on": TODAY})
    assert {"participant", "worker", "legal_adviser", "other_board"} < published


def test_the_working_parts_of_the_report_stay_with_the_panel() -> None:
    everything = {**FACTS, "content_gate_done": True, "report_submitted_on": TODAY}
    everything |= {"published_on": TODAY, "report_signed_on": TODAY}
    assert readers("report", "anonymised", everything) == PANEL
    assert readers("report", "conclusions.test_specific", everything) == PANEL
    assert readers("report", "wg_block", everything) == {"welsh_government"}
    assert readers("summary_timeline", "cleared_by", everything) == PANEL
    assert "participant" in readers("summary_timeline", "summary", everything)
    assert readers("summary_timeline", "summary", {}) == PANEL


def test_what_is_said_in_public_is_not_read_before() -> None:
    assert readers("publication", "statement", {}) == {
        "board", "chair", "coordinator", "sub_group", "sub_group_chair",
    }  # fmt: skip
    assert "participant" in readers("publication", "reference_address", {"published_on": TODAY})
    assert "participant" not in readers("publication", "removed_on", {"published_on": TODAY})


def test_the_terms_open_to_those_they_are_issued_to_once_there_is_a_panel() -> None:
    case = {"chair", "sub_group", "sub_group_chair", "panel_chair", "coordinator"}
    assert readers("terms_of_reference", "tor_issues", {}) == case
    opened = readers("terms_of_reference", "tor_issues", {"panel_chair_confirmed": True})
    assert opened == case | PANEL | {"participant", "note_taker", "other_board"}
    family = readers("terms_of_reference", "family_roles", {"panel_chair_confirmed": True})
    assert family == PANEL


def test_an_enquiry_is_for_the_chair_the_coordinator_and_whoever_took_it() -> None:
    assert set(parsed("media_enquiry").visibility) == {"chair", "coordinator", "V-OWN"}


def test_scenarios_can_speak_in_the_words_of_the_catalogue() -> None:
    said = forms.set_by_catalogue(
        parsed("report"),
        ["learning"],
        {"F05.13": [{"point": "Share earlier", "single- or inter-agency": "inter-agency"}]},
    )
    assert said == {"conclusions": [{"point": "Share earlier", "reach": "inter_agency"}]}
    said = forms.set_by_catalogue(parsed("report"), ["learning"], {"F05.15": False})
    assert said == {"conclusions.test_specific": {forms.EVERY: False}}
    member = {"name": "Rhian Morgan", "agency": "Police", "designation": "Sergeant"}
    said = forms.set_by_catalogue(parsed("panel"), ["set_up"], {"F10.05": [member]})
    assert said == {
        "members": [{"member_name": "Rhian Morgan", "agency": "police", "designation": "Sergeant"}]
    }
    deciding = parsed("board_decision")
    said = forms.set_by_catalogue(deciding, ["decision"], {"F23.06": "returned with reasons"})
    assert said == {"report_decision": "returned"}
    said = forms.set_by_catalogue(parsed("submission"), ["date"], {"F24.02": date(2026, 6, 30)})
    assert said == {"intended_on": "2026-06-30"}


@pytest.mark.parametrize(
    ("held", "ticked", "needed"),
    [({"chair"}, True, True), ({"chair"}, False, False), ({"coordinator"}, True, False)],
)
def test_only_the_chair_endorses_and_need_not(held: set[str], ticked: bool, needed: bool) -> None:
    signature = {"name": "Owain Rees", "role": "chair", "at": "2026-05-28T09:00:00+00:00"}
    found = fill("reviewer_appointment", signature=signature, held=held, endorsed_signature=ticked)
    assert (found.errors, found.signature_needed) == ([], needed)
    assert (found.values["commission"].get("endorsed_signature") is not None) is needed
