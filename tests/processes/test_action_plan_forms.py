"""The forms of the action plan hold every field of the catalogue, and follow its actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from engine import forms
from tests.processes.catalogue import (
    CATALOGUE,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    required,
    source,
)
from tests.processes.filling_in import FUNCTIONS, Filler, catalogue_ids

#: Each file and the catalogue's form: the plan as a whole, and what is said of each action of it.
FILES = {
    "action_plan": "F-27",
    "action_progress": "F-27",
    "issue_programmes": "F-27",
    "urgent_action": "F-27",
    "progress_review": "F-28",
    "plan_audit": "F-28",
    "sub_group_learning": "F-28",
    "plan_sign_off": "F-29",
    "impact_report": "F-30",
    "staff_dissemination": "F-31",
    "reviewer_event": "F-31",
    "wider_sharing": "F-31",
}


SIGNED = {"name": "Mair Rees", "role": "chair", "at": "2026-05-28T09:00:00+00:00"}

#: Every fact of the case that these forms read, as the plan of a Concise Review has them.
FACTS: dict[str, Any] = {
    "case_identifier": "CPR-2026-0001",
    "change_needed": True,
    "plan_in_force_on": date(2026, 3, 2),
    "is_extended": False,
    "other_plan_needed": None,
    "report_accepted_on": date(2026, 3, 2),
    "published_on": date(2026, 3, 16),
    "impact_recipients": ["welsh_government"],
}
ACTION: dict[str, Any] = {
    "action_text": "Agree who leads.", "action_wanted": "It is agreed.", "action_kind": "protocol",
    "action_status": "done", "action_new_due_on": None, "action_new_due_reason": None,
    "action_outcome": "yes", "action_effect": "It is clear who leads.",
}  # fmt: skip
EXTENDED = {"is_extended": True, "impact_recipients": ["welsh_government", "inspectorates"]}


fill_in = Filler({**FACTS, **ACTION}, signature=SIGNED)


def fill(
    form_id: str,
    sections: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    *,
    actions: Sequence[Mapping[str, Any]] = ({}, {}),
    **given: Any,
) -> forms.Cleaned:
    """Check sections of a form of a plan that has some actions."""
    items = [(f"action_{number}", {**ACTION, **of}) for number, of in enumerate(actions, start=1)]
    return fill_in(form_id, sections, facts, around={"about": lambda kind: items}, **given)


def components(form_id: str) -> Iterator[dict[str, Any]]:
    """Go through everything that a person answers or reads; a column has the id of its rows."""
    for section in source(form_id)["components"]:
        for part in section["components"]:
            yield part
            for column in part.get("components", []):
                column.setdefault("catalogue", part.get("catalogue"))
                yield {**column, "is_column": True}


ROWS = catalogue_rows(FILES.values())
INPUTS = inputs_by_catalogue(FILES)

#: Rows whose printed type is carried by others: what the system knows is worked out or shown, and
#: what the catalogue has for each action or sub-group stands in a row or a document of it.
CARRIED_BY_OTHERS: dict[str, set[str]] = {
    "F27.01": {"computed", "text", "choice"},
    "F27.02": {"long"},
    "F27.08": {"number"},
    "F27.09": {"tick", "text", "rows"},
    "F27.11": {"choice", "rows", "long", "date"},
    "F27.13": {"tick", "long"},
    "F28.03": {"yesno", "long"},
    "F28.07": {"rows", "long"},
    "F29.03": {"choice", "long", "rows"},
    "F30.01": {"computed", "choice"},
    "F30.04": {"checklist"},
    "F30.05": {"checklist"},
    "F31.01": {"checklist"},
    "F31.02": {"checklist"},
    "F31.03": {"checklist"},
}


def test_the_catalogue_lists_the_fields_of_these_forms() -> None:
    index = dict(re.findall(r"^\| (F-\d\d) \|.*\| (\d+) \|$", CATALOGUE, re.MULTILINE))
    for form in set(FILES.values()):
        own = [field for field in ROWS if field.startswith(form.replace("-", ""))]
        assert len(own) == int(index[form])


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = {kind_of(part) for part in INPUTS[field_id]}
    printed = set(re.findall("[a-z]+", ROWS[field_id][1])) - {"reason", "notes"}
    assert kinds >= CARRIED_BY_OTHERS.get(field_id, printed)


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(ROWS)


#: An empty tick is an answer here: the diagram asks again where an issue stands in no programme.
TICKS = {"F27.09"}


@pytest.mark.parametrize("field_id", sorted(set(ROWS) - TICKS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    req = ROWS[field_id][3]
    asked = required(INPUTS[field_id])
    by_system = any(
        part["type"] == "expression" or part.get("readonly") for part in INPUTS[field_id]
    )
    if req == "Y" or req.startswith("C"):
        assert asked or by_system


CHOICES = (
    ("F27.04", "action_plan"), ("F27.11", "action_progress"), ("F28.05", "plan_audit"),
    ("F29.03", "plan_sign_off"), ("F31.01", "staff_dissemination"),
    ("F31.02", "wider_sharing"), ("F31.03", "reviewer_event"),
)  # fmt: skip


@pytest.mark.parametrize(("field_id", "form_id"), CHOICES)
def test_the_options_are_those_of_the_catalogue(field_id: str, form_id: str) -> None:
    printed = [option.strip().lower() for option in ROWS[field_id][2].split(";")]
    offered = [
        [option["label"].lower() for option in part["values"]]
        for part in components(form_id)
        if part.get("catalogue") == field_id and "values" in part
    ]
    assert printed in offered


ANONYMOUS = "Use roles, not names: no initials, dates of birth, addresses or schools."
CF_05 = "training needs or conduct here: those go to their own agency."
OURS = sorted(set(FILES) - {"action_plan"})


@pytest.mark.parametrize("form_id", OURS)
def test_every_free_text_keeps_names_and_staff_matters_out(form_id: str) -> None:
    for part in components(form_id):
        if part["type"] == "textarea" and not part.get("readonly"):
            assert ANONYMOUS in part.get("description", ""), f"{part['id']} lacks CF-17"
            assert CF_05 in part.get("description", ""), f"{part['id']} lacks CF-05"


@pytest.mark.parametrize("facts", [{}, EXTENDED, {"other_plan_needed": True, "published_on": None,
                                                 "impact_recipients": ["board"]}])  # fmt: skip
@pytest.mark.parametrize("actions", [({}, {}), ()])
@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_examples_of_a_form_are_accepted_and_stand(
    form_id: str, actions: Sequence[Mapping[str, Any]], facts: dict[str, Any]
) -> None:
    cleaned = fill(form_id, facts=facts, actions=actions)
    assert (cleaned.errors, cleaned.warnings) == ([], [])
    again = fill(form_id, facts=facts, actions=actions, existing=cleaned.values)
    assert (again.errors, again.values) == ([], cleaned.values)


def test_a_plan_holds_dissemination() -> None:
    sections = ["no_change", "actions"]
    kinds: dict[str, Any] = {"plan_actions.action_kind": {forms.EVERY: "training"}}
    without = fill("action_plan", sections, **kinds)
    assert [error.field for error in without.errors] == ["plan_actions"]
    unchanged = fill("action_plan", sections, facts={"change_needed": False})
    assert unchanged.errors == []
    assert unchanged.values["no_change"]["plan_no_change"] is True
    assert "plan_actions" not in unchanged.values["actions"]


def test_a_plan_is_empty_only_where_the_report_calls_for_no_change() -> None:
    cleaned = fill("action_plan", ["no_change"], plan_no_change=True)
    assert [error.field for error in cleaned.errors] == ["plan_no_change"]
    other = fill("action_plan", ["no_change"], facts={"change_needed": False}, plan_no_change="")
    assert catalogue_ids(other) == ["F27.13"]


def test_the_date_of_an_action_counts_once_the_plan_is_approved() -> None:
    draft = fill("action_plan", ["actions"], facts={"plan_in_force_on": None})
    assert all("action_last_day" not in row for row in draft.values["actions"]["plan_actions"])
    approved = fill("action_plan", ["actions"])
    (first, _) = approved.values["actions"]["plan_actions"]
    assert (first["action_last_day"], first["_key"]) == ("2026-08-28", "action_1")


def test_a_long_action_is_called_by_its_beginning() -> None:
    rows = [{"action": "x" * 200, "action_kind": "dissemination"}]
    (row,) = fill("action_plan", ["actions"], plan_actions=rows).values["actions"]["plan_actions"]
    assert (len(row["action_title"]), row["action_title"][-1]) == (80, "…")


def test_sub_groups_are_named_for_an_extended_review_only() -> None:
    assert fill("action_plan", ["sub_groups"]).values["sub_groups"] == {}
    named = fill("action_plan", ["sub_groups"], facts=EXTENDED).values["sub_groups"]["sub_groups"]
    assert [row["_key"] for row in named] == ["quality_assurance", "training"]
    assert catalogue_ids(fill("action_plan", ["sub_groups"], facts=EXTENDED, sub_groups="")) == [
        "F28.07"
    ]


@pytest.mark.parametrize(
    ("status", "kept", "missing"),
    [
        ("done", {"evidence", "action_done_on", "local_changes"}, {"evidence": "F27.11"}),
        ("dropped", {"dropped_reason", "action_dropped_on"}, {"dropped_reason": "F27.11"}),
        ("under_way", {"local_changes"}, {}),
        ("overdue", {"local_changes"}, {}),
        ("not_started", set(), {}),
    ],
)
def test_an_action_says_what_its_status_needs(
    status: str, kept: set[str], missing: dict[str, str]
) -> None:
    found = fill("action_progress", action_status=status)
    assert found.errors == []
    extra = {"evidence", "action_done_on", "local_changes", "dropped_reason", "action_dropped_on"}
    assert set(found.values["progress"]) & extra == kept
    for key, identifier in missing.items():
        given: dict[str, Any] = {key: ""}
        assert catalogue_ids(fill("action_progress", action_status=status, **given)) == [identifier]


def test_an_issue_that_is_taken_says_where_and_dissemination_is_no_issue() -> None:
    kinds = [{"action_kind": kind} for kind in ("policy", "dissemination", "staff_event")]
    found = fill("issue_programmes", ["training"], actions=kinds)
    rows = found.values["training"]["training_issues"]
    assert ["in_training" in row for row in rows] == [True, False, False]
    nowhere: dict[str, Any] = {"audit_issues.audit_place": {forms.EVERY: ""}}
    assert catalogue_ids(fill("issue_programmes", ["audit"], **nowhere)) == ["F27.09", "F27.09"]


def test_a_review_keeps_the_date_that_an_earlier_one_set_and_asks_why_it_moves() -> None:
    before = {"action_new_due_on": date(2026, 7, 1), "action_new_due_reason": "Staff are away."}
    found = fill("progress_review", ["review"], actions=[before, {}])
    (moved, other) = found.values["review"]["action_reviews"]
    assert (moved["new_date"], moved["new_date_reason"]) == ("2026-07-01", "Staff are away.")
    assert "new_date" not in other
    moves: dict[str, Any] = {
        "action_reviews.new_date": {forms.EVERY: "2026-08-01"},
        "action_reviews.new_date_reason": {forms.EVERY: ""},
    }
    assert catalogue_ids(fill("progress_review", ["review"], **moves)) == ["F28.02", "F28.02"]


def test_the_plan_is_signed_off_only_when_every_action_is_settled() -> None:
    late = [{}, {"action_status": "under_way"}]
    refused = fill("plan_sign_off", actions=late)
    assert [error.field for error in refused.errors] == ["signed_off"]
    elsewhere: dict[str, Any] = {"settled_actions.carried_into": {forms.EVERY: "A regional plan"}}
    carried = fill("plan_sign_off", actions=late, **elsewhere)
    assert carried.errors == []
    assert carried.values["sign_off"]["all_settled"] is True
    assert fill("plan_sign_off", actions=late, signed_off="not_yet").errors == []
    given_up = fill("plan_sign_off", actions=[{"action_status": "dropped"}])
    assert given_up.errors == []


def test_signing_off_dates_the_impact_report_and_not_yet_opens_actions_again() -> None:
    yes = fill("plan_sign_off", sign_off_meeting_on="2026-01-31", signed_off="yes")
    found = yes.values["sign_off"]
    assert (found["plan_signed_off_on"], found["impact_due_on"]) == ("2026-01-31", "2026-02-28")
    assert "reopened_actions" not in found
    no = fill("plan_sign_off", signed_off="not_yet", actions=[{}, {"action_status": "dropped"}])
    found = no.values["sign_off"]
    assert [row["open_again"] for row in found["reopened_actions"]] == [True, False]
    assert [row.get("opened_again_on") for row in found["reopened_actions"]] == ["2026-05-28", None]
    assert {"plan_signed_off_on", "impact_due_on", "sign_off_signature"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("facts", "review_type", "to", "which"),
    [
        ({}, "concise", ["welsh_government"], None),
        (EXTENDED, "extended", ["welsh_government", "inspectorates"], 5),
        (
            {"other_plan_needed": True, "impact_recipients": ["board"]},
            "other_review",
            ["board"],
            None,
        ),
    ],
)
def test_the_impact_report_goes_to_whom_the_rule_names(
    facts: dict[str, Any], review_type: str, to: list[str], which: int | None
) -> None:
    found = fill("impact_report", facts=facts)
    assert found.errors == []
    report = found.values["report"]
    assert (report["impact_type"], report["impact_recipients_shown"]) == (review_type, to)
    assert len(report.get("inspectorates_sent", ())) == (which or 0)
    assert [row["taken_effect"] for row in report["actions_taken"]] == [
        "It is clear who leads."
    ] * 2
    empty = fill("impact_report", facts=facts, inspectorates_sent="")
    assert catalogue_ids(empty) == (["F30.05"] if which else [])


@pytest.mark.parametrize(
    ("role", "recipients", "opened"),
    [
        ("welsh_government", ["welsh_government"], True),
        ("welsh_government", ["board"], False),
        ("inspectorates", ["welsh_government"], False),
        ("inspectorates", ["welsh_government", "inspectorates"], True),
    ],
)
def test_the_impact_report_opens_to_its_recipients_only(
    role: str, recipients: list[str], opened: bool
) -> None:
    gates = [gate for gate in parsed("impact_report").gates if role in gate.roles]
    names = {**FACTS, "impact_recipients": recipients}
    assert all(gate.when.evaluate(names, FUNCTIONS) is True for gate in gates) is opened


def test_staff_are_told_from_the_day_of_publication() -> None:
    early = fill("staff_dissemination", shared_on="2026-03-15")
    assert catalogue_ids(early) == ["F31.04"]
    elsewhere = fill("staff_dissemination", facts={"published_on": None}, shared_on="2026-03-15")
    assert elsewhere.errors == []


def test_lessons_of_no_use_elsewhere_need_no_record_of_sharing() -> None:
    cleaned = fill("wider_sharing", wider_use=False)
    assert (cleaned.errors, cleaned.values["record"]) == ([], {"wider_use": False})
    assert catalogue_ids(fill("wider_sharing", wider_use=True, audience="")) == ["F31.02"]


def test_an_urgent_action_says_by_itself_whether_the_report_was_there() -> None:
    assert "urgent_before_acceptance" not in {
        key for key, value in fill("urgent_action").values["urgent"].items() if value is True
    }
    early = fill("urgent_action", facts={"report_accepted_on": None}).values["urgent"]
    assert early["urgent_before_acceptance"] is True


@pytest.mark.parametrize("field_id", ["F27.08", "F27.10"])
def test_costs_and_checks_of_the_plan_stay_with_the_board(field_id: str) -> None:
    (part,) = [each for each in components("action_plan") if each.get("catalogue") == field_id]
    assert part["visibility"] == ["V-BOARD", "V-PANEL"]
    assert "V-WG" in source("action_plan")["visibility"]
