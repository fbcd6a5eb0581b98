"""What event and report forms say beside their free text, and where staff matters go."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decisions import decide, parse_decision
from tests.processes.catalogue import ROOT, inputs, parsed, source
from tests.processes.test_review_diagrams import Case

#: What is written at and after an event, and the report (CF-05).
EVENT_AND_REPORT = {"F-05", "F-19", "F-50", "F-52"}
FORMS = sorted(
    path.stem
    for path in (ROOT / "forms").glob("*.json")
    if parsed(path.stem).catalogue in EVENT_AND_REPORT
)


@pytest.mark.parametrize("form_id", FORMS)
def test_every_free_text_of_event_and_report_keeps_staff_matters_out(form_id: str) -> None:
    for part in inputs(form_id):
        if part["type"] == "textarea" and not part.get("is_column"):
            hint = part.get("description", "")
            assert "go to their own agency" in hint, f"{part['id']} lacks the reminder of CF-05"


def test_the_handover_of_a_staff_matter_has_no_words() -> None:
    sections = source("staff_matter")["components"]
    kinds = {part["type"] for section in sections for part in section["components"]}
    assert kinds == {"text", "radio", "select", "adolyguPerson", "datetime"}


@pytest.mark.parametrize(
    ("concerns", "kind", "result", "row"),
    [
        ("one_person", "training_need", "own_procedures", "DR-21.1"),
        ("one_person", "malpractice", "own_procedures", "DR-21.2"),
        ("whole_group", None, "stays", "DR-21.3"),
        ("whole_group", "malpractice", "stays", "DR-21.3"),
    ],
)
def test_a_matter_of_one_person_leaves_and_one_of_a_group_stays(
    concerns: str, kind: str | None, result: str, row: str
) -> None:
    path = Path(ROOT) / "processes" / "decisions" / "DR-21.dmn"
    table = parse_decision(path.read_bytes(), str(path))
    names = {"staff_matter_concerns": concerns, "staff_matter_kind": kind}
    decided = decide(table, names, {})
    assert decided.result == {"result": result}
    assert list(decided.rules) == [row]


@pytest.mark.parametrize(
    ("kind", "route", "opened"),
    [
        ("immediate_risk", None, []),
        ("malpractice", "own_procedures", ["confirm_receipt"]),
        (None, "stays", []),
    ],
)
def test_a_staff_matter_goes_where_the_rule_sends_it(
    kind: str | None, route: str | None, opened: list[str]
) -> None:
    case = Case("staff_matter", staff_matter_route=route)
    case.do("hand_over", staff_matter_kind=kind)
    assert case.open == opened
    assert case.sent == (["group_training_issue"] if route == "stays" else [])


def test_both_reviewers_of_an_extended_review_agree_each_version() -> None:
    case = Case("issue_terms", review_type="extended", significant_changes=[False])
    assert case.open == ["external_reviewer_agrees", "local_reviewer_agrees"]
    case.do("local_reviewer_agrees")
    assert (case.open, case.sent) == (["external_reviewer_agrees"], [])
    assert case.do("external_reviewer_agrees").sent == ["terms_issued"]


@pytest.mark.parametrize(
    ("boards", "arrangements", "sent"),
    [
        (0, [], ["terms_issued"]),
        (1, [], ["terms_issued", "terms_issued_to_partner"]),
        (0, ["joint_review"], ["terms_issued", "terms_issued_to_partner"]),
        (None, None, ["terms_issued"]),
    ],
)
def test_a_partner_who_holds_the_old_terms_gets_the_new(
    boards: int | None, arrangements: list[str] | None, sent: list[str]
) -> None:
    case = Case(
        "issue_terms", significant_changes=[], other_boards_named=boards, arrangements=arrangements
    )
    assert case.sent == sent


@pytest.mark.parametrize("fit", ["accept", "refuse"])
def test_an_external_reviewer_is_replaced_by_the_board(fit: str) -> None:
    case = Case("replace_reviewer", "reviewer_external", reviewer_role="reviewer_external")
    case.do("record_change")
    assert (case.open, case.parts) == (["find_external_reviewer"], [])
    case.do("find_external_reviewer").do("appoint_external_reviewer", reviewer_fit=fit)
    assert case.open == [{"accept": "hand_over_role"}.get(fit, "find_external_reviewer")]
    if fit == "accept":
        assert case.do("hand_over_role").open == []
    assert case.sent == (["reviewer_commissioned"] if fit == "accept" else [])


def test_a_local_reviewer_is_replaced_by_the_panel() -> None:
    case = Case("replace_reviewer", "reviewer_local", reviewer_role="reviewer_local")
    case.do("record_change")
    assert (case.open, case.parts) == ([], ["appoint_new_reviewer"])
    assert case.finish("appoint_new_reviewer").open == ["hand_over_role"]
    assert case.do("hand_over_role").sent == ["reviewer_commissioned"]


@pytest.mark.parametrize(
    ("role", "asked"),
    [("reviewer_external", "look_at_external"), ("reviewer_local", "look_at_independence")],
)
def test_a_doubt_is_judged_by_whoever_appointed(role: str, asked: str) -> None:
    case = Case("judge_reviewer", role, reviewer_role=role)
    assert case.open == [asked]
    assert case.do(asked, reviewer_fit="refuse").started == ["replace_reviewer"]


def test_another_inquiry_after_the_report_was_accepted_leaves_the_terms_alone() -> None:
    case = Case(
        "other_inquiry", arrangements=["separate_coordinated"], panel_chair_confirmed=True,
        report_accepted_on="2026-05-01",
    ).do("name_inquiry")  # fmt: skip
    for part in ("agree_with_bodies", "confirm_arrangements"):
        while part in case.parts:
            case.finish(part)
    assert case.started == []
