"""The timelines: forms hold the catalogue's fields, tables its rows, diagrams go as it says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select

from engine import (
    case_pages,
    corrections,
    db,
    document_pages,
    documents,
    people,
    scenarios,
    tasks,
    time_source,
    timescales,
)
from engine.clocks import Known, compute
from engine.decisions import decide
from engine.deployments import read_folders
from engine.documents import SYSTEM, DocumentChanged, DocumentKey
from engine.facts import names_for
from engine.models import Account, Document, DocumentVersion, UserTask
from engine.models import Case as CaseRow
from engine.people import Actor
from engine.texts import Text
from engine.timescales import parse_timescales
from tests.processes.catalogue import (
    CATALOGUE,
    ROOT,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    parts,
    required,
    source,
)
from tests.processes.filling_in import FUNCTIONS, Filler, fields
from tests.processes.shipped import FACTS, table
from tests.processes.test_review_diagrams import Case
from web import answers

#: Each file and the catalogue's form; the summary of F-07 and the agencies of F-12 are others'.
FILES = {
    "agency_timeline": "F-06",
    "merged_timeline": "F-07",
    "genogram": "F-08",
    "timeline_request": "F-13",
    "agency_failure": "F-13",
    "window_decision": "F-39",
}
#: The summary of the merged timeline is the reviewer's, beside the report (TIM-10).
IN_THE_SUMMARY = {"F07.06", "F07.07", "F07.08"}
ROWS = {
    field: cells
    for field, cells in catalogue_rows(FILES.values()).items()
    if field not in IN_THE_SUMMARY
}
INPUTS = inputs_by_catalogue(FILES)

#: Columns, whose rows bear another id; and what the system fills in.
COLUMNS = {"F06.06", "F06.07", "F06.08", "F06.09", "F06.10", "F07.03"}
SYSTEM_FILLS = {"F06.03", "F13.03", "F13.06", "F39.01"}
WORDS = {"multi": "checklist", "table": "rows", "fixed": "fixed text", "fixed text": "fixed text"}

INCIDENT = date(2026, 2, 1)
KNOWN: dict[str, Any] = {
    **dict.fromkeys(FACTS), "is_extended": False, "incident_on": INCIDENT,
    "window_from": date(2025, 2, 1), "window_to": INCIDENT, "agency_kind": "police",
    "timeline_deadline": date(2999, 3, 30), "timeline_requested_on": date(2026, 3, 2),
    "case_identifier": "CPR-2026-001",
}  # fmt: skip

fill = Filler(KNOWN)

Source = dict[str, Any]


# Forms


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = {kind_of(part) for part in INPUTS[field_id]}
    wanted = {
        WORDS.get(word, word)
        for word in re.findall(
            r"rows|long|date|tick|file|link|multi|choice|number|person|table|fixed text|fixed",
            ROWS[field_id][1],
        )
    }
    assert kinds, f"{field_id} has no input"
    assert field_id in SYSTEM_FILLS | COLUMNS or wanted <= kinds | {"computed"}, (wanted, kinds)


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(ROWS)


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    asked = required(INPUTS[field_id])
    by_system = any(
        part["type"] in ("expression", "adolyguLink", "text") or "about" in part
        for part in INPUTS[field_id]
    )
    if ROWS[field_id][3].startswith(("Y", "C")):
        assert asked or by_system
    elif ROWS[field_id][3] == "N":
        assert not [part for part in asked if part["key"] != "timeline_recommendation"
                    and not part["key"].startswith("added_")]  # fmt: skip


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_a_field_is_read_by_whom_the_catalogue_says(field_id: str) -> None:
    wanted = re.findall(r"V-[A-Z]+", ROWS[field_id][5])
    for form_id in FILES:
        for field in parsed(form_id).fields:
            if field.catalogue == field_id and field.key != "request_family":
                own = list(field.visibility)
                assert not wanted or own in (wanted, wanted[:1]), field.key
                if wanted[1:]:
                    assert own == wanted, field.key


WALK = (
    ("window_decision", ("window",)),
    ("window_decision", ("decision",)),
    ("agency_list", ()),
    ("timeline_request", ()),
    ("agency_timeline", ("heading", "timeline", "analysis", "issues", "sign_off")),
    ("agency_timeline", ("check",)),
    ("merged_timeline", ("merged",)),
    ("genogram", ()),
    ("agency_failure", ("escalation",)),
    ("agency_failure", ("senior",)),
    ("agency_failure", ("outcome",)),
)


@pytest.mark.parametrize("facts", [{}, {"is_extended": True}])
@pytest.mark.parametrize(("form_id", "sections"), WALK)
def test_the_examples_of_a_task_are_accepted(
    form_id: str, sections: tuple[str, ...], facts: Source
) -> None:
    cleaned = fill(form_id, sections, facts)
    assert (cleaned.errors, cleaned.warnings) == ([], [])


def test_an_agency_asked_after_its_deadline_is_given_a_new_day_and_the_asker_is_warned() -> None:
    asked: Source = {"timeline_deadline": date(2026, 3, 30), "requested_timeline_on": "2026-04-10"}
    late = fill("timeline_request", (), {**asked, "new_deadline": "2026-05-01"})
    assert (late.errors, [found.field for found in late.warnings]) == (
        [], ["requested_timeline_on-day"])  # fmt: skip


@pytest.mark.parametrize("form_id", ["agency_timeline", "agency_failure"])
def test_free_text_asks_for_roles_and_keeps_staff_matters_out(form_id: str) -> None:
    for part in parts(source(form_id)):
        if part.get("type") == "textarea":
            assert "roles" in part["description"], part["key"]
            if part["key"] not in ("contact_nature", "analysis", "gap_recorded"):
                assert "training needs or conduct here" in part["description"], part["key"]


ROW = {"event": "A call.", "family_involved": "Mother", "staff_involved": "Officer"}


@pytest.mark.parametrize(
    ("happened_on", "wrong"),
    [
        ("2025-01-31", ["timeline_rows-0-happened_on"]),
        ("2025-02-01", []),
        ("2026-02-01", []),
        ("2026-02-02", ["timeline_rows-0-happened_on"]),
        ("2025-02~", []),
        ("2025-01", ["timeline_rows-0-happened_on"]),
        ("2025", ["timeline_rows-0-happened_on"]),
        ("2026-01-20/2026-02-02", ["timeline_rows-0-happened_on"]),
        ("2025-12/..", ["timeline_rows-0-happened_on"]),
        ("../2025-12", ["timeline_rows-0-happened_on"]),
    ],
)
def test_a_row_outside_the_window_is_refused(happened_on: str, wrong: list[str]) -> None:
    rows = [{**ROW, "happened_on": happened_on}]
    assert fields(fill("agency_timeline", ("timeline",), timeline_rows=rows)) == wrong


@pytest.mark.parametrize(
    ("happened_on", "limit"),
    [
        ("2025-01-31", "1 February 2025 at the earliest"),
        ("2025", "1 February 2025 at the earliest"),
        ("../2025-12", "1 February 2025 at the earliest"),
        ("2026-02-02", "1 February 2026 at the latest"),
        ("2025-12/..", "1 February 2026 at the latest"),
    ],
)
def test_each_row_outside_is_named_with_the_limit_and_what_to_do(
    happened_on: str, limit: str
) -> None:
    rows = [{**ROW, "happened_on": day} for day in ("2025-06-01", happened_on)]
    (error,) = fill("agency_timeline", ("timeline",), timeline_rows=rows).errors
    assert error.en.startswith("Event 2: ")
    assert limit in error.en
    assert "background of the analysis" in error.en
    assert "gefndir y dadansoddiad" in error.cy or "nghefndir y dadansoddiad" in error.cy


def _period(**facts: Any) -> str:
    values = fill("agency_timeline", ("heading",), facts).values["heading"]
    return str(values["period_reason"])


def test_the_agency_is_told_why_the_period_is_what_it_is_and_how_far_it_may_go() -> None:
    plain = _period()
    assert "12 months before the incident / " in plain
    assert "no extension was asked for" in plain
    assert "nothing after the incident" in plain
    assert "Concise Review may reach back 24 months" in plain
    asked: Source = {"window_rule": "allowed", "months_before": 18}
    granted = _period(**asked, window_decision="granted")
    assert "18 months before the incident" in granted
    assert "granted an extension" in granted
    refused = _period(**{**asked, "window_rule": "refused"}, window_decision="refused")
    assert "12 months before the incident" in refused
    assert "refused an extension" in refused
    after: Source = {"window_after": "allowed", "window_ends_on": date(2026, 3, 1)}
    assert "what followed it" in _period(**after, window_decision="granted")
    extended = _period(is_extended=True, window_rule="allowed", months_before=40,
                       window_decision="granted")  # fmt: skip
    assert "36 months before the incident" in extended
    assert "may reach back 36 months" in extended
    assert "Case Review Group fixed it" in _period(cre_from=date(2025, 1, 1))


def test_what_lies_outside_a_period_put_right_later_is_named_and_not_merged() -> None:
    happened = ["2025-03-01", "2025-06", "2025-03~", None]
    returned = {
        "timeline": {
            "timeline_rows": [
                {"_key": f"row_{number}", "happened_on": on} for number, on in enumerate(happened)
            ]
        }
    }
    shorter = {"window_from": date(2025, 4, 1)}

    def check(answer: str, facts: Source) -> Any:
        note = {"timeline_check_note": "Outside."} if answer == "returned" else {}
        return fill(
            "agency_timeline", ("check",), facts, existing=returned, timeline_check=answer, **note
        )

    refused = check("accepted", shorter)
    assert [error.row for error in refused.errors] == ["TS-06"]
    named = refused.values["check"]["returned_outside"]
    assert named == "Event 1 / Digwyddiad 1; Event 3 / Digwyddiad 3"
    assert check("returned", shorter).errors == []
    assert check("accepted", {}).errors == []
    assert not check("accepted", {}).values["check"].get("returned_outside")


@pytest.mark.parametrize("issue", [f"answer_x{number}" for number in range(1, 7)])
def test_each_issue_is_answered_in_an_extended_review_alone(issue: str) -> None:
    extended = {"is_extended": True}
    assert fields(fill("agency_timeline", ("issues",), extended, **{issue: ""})) == [issue]
    assert fill("agency_timeline", ("issues",)).values["issues"] == {}


@pytest.mark.parametrize(
    ("extended", "asked", "months", "wrong"),
    [
        (False, ["none"], None, []),
        (False, ["to_24"], 24, []),
        (False, ["to_24"], 25, ["months_before"]),
        (False, ["to_36"], 20, ["extension_asked-0"]),
        (True, ["to_36"], 36, []),
        (True, ["to_36"], 37, ["months_before"]),
        (True, ["none", "to_24"], 18, ["extension_asked-0"]),
    ],
)
def test_the_ceiling_of_the_window_holds_in_the_form(
    extended: bool, asked: list[str], months: int | None, wrong: list[str]
) -> None:
    given = {"extension_asked": asked, "months_before": months, "window_ground": "As it was."}
    cleaned = fill("window_decision", ("window",), {"is_extended": extended}, **given)
    assert [name.split("-")[0] for name in fields(cleaned)] == [n.split("-")[0] for n in wrong]


@pytest.mark.parametrize("agency", ["other", "other_2", "other_3", "other_board"])
def test_a_service_that_the_list_does_not_name_has_a_name(agency: str) -> None:
    row = {"agency": agency, "deadline": "2026-06-25", "agency_name": ""}
    assert fields(fill("agency_list", agencies=[row])) == ["agencies-0-agency_name"]
    assert fields(fill("agency_list", agencies=[{**row, "agency_name": "Nursery"}])) == []


def test_an_agency_has_four_weeks_if_nobody_says_otherwise() -> None:
    (deadline,) = [part for part in parts(source("agency_list")) if part.get("key") == "deadline"]
    assert deadline["default"] == 'today() + duration("P28D")'


def test_the_genogram_says_that_it_is_never_published() -> None:
    (block,) = INPUTS["F08.06"]
    assert "Not for publication" in block["text"]
    assert not {"V-PUB", "V-BOARD"} & {
        name for field in parsed("genogram").fields for name in field.visibility
    }


# Decisions


WINDOW, AFTER = table("DR-10"), table("DR-10a")


@pytest.mark.parametrize(
    ("review", "months", "ground", "granted", "row", "result"),
    [
        ("concise", None, False, False, 1, "allowed"),
        ("concise", 12, False, False, 1, "allowed"),
        ("extended", 12, False, False, 1, "allowed"),
        ("concise", 13, True, True, 2, "allowed"),
        ("concise", 24, True, True, 2, "allowed"),
        ("concise", 24, False, True, 3, "refused"),
        ("concise", 13, True, False, 3, "refused"),
        ("concise", 25, True, True, 4, "refused"),
        ("extended", 13, True, True, 5, "allowed"),
        ("extended", 36, True, True, 5, "allowed"),
        ("extended", 36, False, True, 6, "refused"),
        ("extended", 25, True, False, 6, "refused"),
        ("extended", 37, True, True, 7, "refused"),
    ],
)
def test_how_far_back_the_window_may_reach(
    review: str, months: int | None, ground: bool, granted: bool, row: int, result: str
) -> None:
    names = {
        "review_type": review, "months_before": months, "ground_given": ground,
        "window_decision": "granted" if granted else "refused",
    }  # fmt: skip
    found = decide(WINDOW, names, FUNCTIONS)
    assert (found.result, found.rules) == ({"result": result}, (f"DR-10.{row}",))


@pytest.mark.parametrize(
    ("asked", "decision", "row", "after"),
    [
        (True, "granted", "DR-10.8", "allowed"),
        (True, "refused", "DR-10.10", "refused"),
        (True, None, "DR-10.10", "refused"),
        (False, "granted", "DR-10", "not_asked"),
        (None, None, "DR-10", "not_asked"),
    ],
)
def test_time_after_the_incident_needs_the_panel(
    asked: bool | None, decision: str | None, row: str, after: str
) -> None:
    found = decide(AFTER, {"after_asked": asked, "window_decision": decision}, FUNCTIONS)
    assert found.result == {"after": after}
    assert row in found.rules or row == "DR-10"


def test_the_rows_of_the_catalogue_are_in_both_tables_and_the_proposal_in_the_form() -> None:
    in_catalogue = set(re.findall(r"^\| (DR-10\.\d+) \|", CATALOGUE, re.MULTILINE))
    in_tables = {rule.id for both in (WINDOW, AFTER) for rule in both.rules} - {"DR-10"}
    proposal = {rule.row for rule in parsed("recommendation").rules if rule.row}
    assert in_catalogue == in_tables | {"DR-10.9"}
    assert "DR-10.9" in proposal


def window(**facts: Any) -> tuple[date, date]:
    names = names_for({(name, ""): value for name, value in facts.items()}, None, FACTS)
    first, last = names["window_from"], names["window_to"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first, last


def test_the_window_follows_the_decision_and_never_passes_its_ceiling() -> None:
    asked: Source = {
        "incident_on": INCIDENT, "months_before": 30, "window_rule": "allowed",
        "window_decision": "granted", "is_extended": True, "window_after": "allowed",
        "window_ends_on": date(2026, 2, 20),
    }  # fmt: skip
    assert window(**asked) == (date(2023, 8, 1), date(2026, 2, 20))
    assert window(**{**asked, "is_extended": False})[0] == date(2024, 2, 1)
    assert window(**{**asked, "window_rule": "refused"})[0] == date(2025, 2, 1)
    put_right = {**asked, "window_decision": "refused"}
    assert window(**put_right) == (date(2025, 2, 1), INCIDENT)
    assert window(incident_on=INCIDENT) == (date(2025, 2, 1), INCIDENT)


# Agencies


def given_up(**facts: Any) -> Any:
    known = {(name, "police"): value for name, value in facts.items()}
    return names_for(known, "police", FACTS)["agency_given_up"]


def test_an_agency_is_given_up_for_its_timeline_and_until_it_is_asked_again() -> None:
    settled: Source = {
        "agency_outcome": "go_on_without", "agency_missing": ["timeline"],
        "agency_outcome_on": date(2026, 4, 10), "timeline_requested_on": date(2026, 3, 2),
    }  # fmt: skip
    assert given_up(**settled) is True
    assert given_up(**{**settled, "agency_missing": ["staff"]}) is None
    assert given_up(**{**settled, "agency_outcome": "supplies"}) is None
    again = {**settled, "asked_after_giving_up": True, "timeline_requested_on": date(2026, 4, 10)}
    assert given_up(**again) is None
    assert given_up(**{**again, "agency_outcome_on": date(2026, 5, 20)}) is True


def test_only_what_the_panel_accepted_is_merged_in_date_order_with_its_source() -> None:
    rows = {
        "police": ("accepted", [("row_1", date(2026, 1, 5)), ("row_2", date(2025, 11, 1))]),
        "probation": ("returned", [("row_1", date(2025, 6, 1))]),
        "education": ("accepted", [("row_1", date(2025, 12, 1))]),
    }
    known: dict[tuple[str, str], Any] = {}
    for agency, (check, events) in rows.items():
        known["timeline_check", agency] = check
        known["timeline_version", agency] = 2
        known["timeline_rows", agency] = [
            {"_key": key, "happened_on": day, "event": "A call."} for key, day in events
        ]
    names = names_for(known, None, FACTS, items=lambda kind: list(rows) if kind == "agency" else [])
    merged: Any = names["merged_events"]
    assert [(row["_key"], row["source_row"]) for row in merged] == [
        ("police_row_2", "police / row_2 / 2"),
        ("education_row_1", "education / row_1 / 2"),
        ("police_row_1", "police / row_1 / 2"),
    ]


def test_thirty_agencies_with_five_hundred_rows_each_are_merged() -> None:
    agencies = [f"agency_{number}" for number in range(30)]
    rows = [
        {"_key": f"row_{n}", "happened_on": f"2025-{1 + n % 12:02}", "event": "A call."}
        for n in range(500)
    ]
    known: dict[tuple[str, str], Any] = {}
    for agency in agencies:
        known["timeline_check", agency] = "accepted"
        known["timeline_rows", agency] = rows
    listed = {"agency": agencies}
    names = names_for(known, None, FACTS, items=lambda kind: listed.get(kind, []))
    merged: Any = names["merged_events"]
    assert len({row["_key"] for row in merged}) == 15_000
    assert [row["happened_on"] for row in merged] == sorted(row["happened_on"] for row in merged)


def test_dates_that_are_not_exact_are_merged_where_they_begin() -> None:
    happened = {
        "a": ("2026-01", None), "b": ("2026-01-01", None), "c": ("2026-01-01", time(9, 30)),
        "d": ("2026-01-02", None), "e": ("2025~", None), "f": ("../2026", None),
    }  # fmt: skip
    known: dict[tuple[str, str], Any] = {
        ("timeline_check", "police"): "accepted",
        ("timeline_version", "police"): 1,
        ("timeline_rows", "police"): [
            {"_key": key, "happened_on": on, "happened_at": at}
            for key, (on, at) in happened.items()
        ],
    }
    names = names_for(known, None, FACTS, items=lambda kind: ["police"] * (kind == "agency"))
    merged: Any = names["merged_events"]
    assert [row["_key"].removeprefix("police_") for row in merged] == ["f", "e", "c", "b", "a", "d"]


# Timescales

CLOCKS = parse_timescales((ROOT / "processes" / "timescales.toml").read_bytes(), "timescales.toml")


@pytest.mark.parametrize(
    ("key", "length", "source"),
    [("TS-06", "P12M", "G"), ("TS-07", "P24M", "G"), ("TS-08", "", "G+P"), ("TS-09", "P36M", "G")],
)
def test_the_windows_are_fixed_and_run_from_the_incident(
    key: str, length: str, source: str
) -> None:
    row = CLOCKS[key]
    assert (row.kind, row.source, row.fixed) == ("window", source, True)
    assert row.runs_from == "incident_on"
    assert str(row.length or "") == length or row.length == timescales.parse_length(length)


def stages(on: date, passed: tuple[str, ...] = (), **facts: Any) -> tuple[str, tuple[str, ...]]:
    names = {"timeline_returned_on": None, "agency_given_up": None, **facts}
    known = {(name, "police"): value for name, value in names.items()}
    names = {**names_for(known, "police", FACTS), **names}
    view = compute(CLOCKS["TS-13"], Known(names), time_source.start_of_day(on), set(passed))
    return view.state, view.newly_passed


ASKED: Source = {
    "timeline_requested_on": date(2026, 3, 2), "timeline_deadline": date(2026, 3, 30),
}  # fmt: skip


@pytest.mark.parametrize(
    ("on", "state", "passed"),
    [
        (date(2026, 3, 22), "running", ()),
        (date(2026, 3, 23), "due_soon", ("week_before",)),
        (date(2026, 3, 28), "due_soon", ("week_before", "two_days_before")),
        (date(2026, 3, 30), "due_soon", ("week_before", "two_days_before")),
        (date(2026, 3, 31), "overdue", ("week_before", "two_days_before", "breach")),
        (date(2026, 4, 2), "overdue", (
            "week_before", "two_days_before", "breach", "three_days_late")),
    ],
)  # fmt: skip
def test_an_agency_is_chased_by_stages(on: date, state: str, passed: tuple[str, ...]) -> None:
    assert stages(on, **ASKED) == (state, passed)


def test_an_agency_without_a_deadline_has_four_weeks_and_an_answer_ends_the_chase() -> None:
    without = {**ASKED, "timeline_deadline": None}
    assert stages(date(2026, 3, 31), **without)[0] == "overdue"
    assert stages(date(2026, 4, 20), **ASKED, timeline_returned_on=date(2026, 3, 29))[0] == "met"
    assert stages(date(2026, 4, 20), **ASKED, agency_given_up=True)[0] == "ended"


def test_the_ladder_climbs_from_the_author_to_the_chair_of_the_sub_group() -> None:
    levels = [(stage.key, stage.level) for stage in CLOCKS["TS-13"].stages]
    assert levels == [
        ("week_before", "E1"), ("two_days_before", "E1"), ("breach", "E1"),
        ("three_days_late", "E2"), ("week_late", "E3"),
    ]  # fmt: skip


# Diagrams


def test_without_an_extension_the_panel_decides_nothing() -> None:
    case = Case("timelines").do("fix_window", window_extension_asked=False)
    assert (case.parts, case.open) == ([], ["merge_timelines", "prepare_genogram"])
    case = Case("timelines").do("fix_window", window_extension_asked=True)
    assert case.open == ["decide_extension"]
    case.do("decide_extension", window_decision="granted")
    assert case.open == ["merge_timelines", "prepare_genogram"]


def test_the_part_ends_when_both_the_timeline_and_the_genogram_are_there() -> None:
    case = Case("timelines").do("fix_window", window_extension_asked=False)
    assert case.do("merge_timelines").open == ["prepare_genogram"]
    assert case.do("prepare_genogram").flow.is_completed()


def asked() -> Case:
    return Case("agency_timeline", "police").do("ask_agency")


def test_an_agency_is_told_writes_and_is_checked() -> None:
    case = asked()
    assert (case.sent, case.open) == (["timeline_requested"], ["write_timeline"])
    assert case.do("write_timeline").open == ["check_return"]
    case.do("check_return", timeline_check="returned")
    assert (case.sent[-1], case.open) == ("timeline_sent_back", ["write_timeline"])
    case.do("write_timeline").do("check_return", timeline_check="accepted")
    assert case.flow.is_completed()


def test_an_agency_that_does_not_answer_is_taken_up_and_may_still_answer() -> None:
    case = asked().fire("deadline_long_over")
    assert (case.started, case.open) == (["agency_failure"], ["write_timeline"])
    assert case.do("write_timeline").open == ["check_return"]


def test_an_agency_that_is_given_up_leaves() -> None:
    case = asked().follow(agency_given_up=True)
    assert case.flow.is_completed()
    assert case.flow.ended_by == "agency_is_missing"


def test_the_panel_decides_after_the_chairs_spoke_to_the_agency() -> None:
    case = Case("agency_failure", "police").do("escalate_failure")
    assert (case.sent, case.open) == (["agency_fails"], ["speak_to_agency"])
    case.do("speak_to_agency")
    assert (case.sent[-1], case.open) == ("agency_spoken_to", ["settle_failure"])
    assert case.do("settle_failure").sent[-1] == "agency_failure_settled"
    assert case.flow.is_completed()


# Two people at one document

SCENARIO = """
title   = "Two people at the merged timeline"
process = "referral"
now     = 2026-03-02T09:00:00
[[step]]
until = "TIM-03"
[[step]]
complete = "TIM-03"
item     = "police"
[[step]]
complete = "TIM-03"
item     = "social_services"
[[step]]
complete = "TIM-04"
item     = "police"
[[step]]
complete = "TIM-04"
item     = "social_services"
[[step]]
complete = "TIM-06"
item     = "police"
[[step]]
complete = "TIM-06"
item     = "social_services"
[[step]]
appoint = { role = "panel_chair", person = "Panel Chair" }
[[step]]
appoint = { role = "coordinator", person = "Co-ordinator" }
"""


class Merging:
    """Whoever is at the merged timeline of a case, and the documents beside it."""

    def __init__(self, case_id: uuid.UUID) -> None:
        self.case_id = case_id
        with db.reading() as session:
            case, today = session.get_one(CaseRow, case_id), time_source.today(session)
            self.chair, self.author, self.coordinator = (
                _actor(session, people.holders(session, case, [role], item, today)[0].account_id)
                for role, item in (
                    ("panel_chair", ""), ("agency_author", "police"), ("coordinator", ""),
                )
            )  # fmt: skip

    def task(self) -> uuid.UUID:
        """Return the open task of TIM-07."""
        with db.reading() as session:
            return session.scalars(
                select(UserTask.id).where(
                    UserTask.case_id == self.case_id,
                    UserTask.bpmn_id == "merge_timelines",
                    UserTask.state == "open",
                )
            ).one()

    def on_page(self, actor: Actor, **typed: str) -> dict[str, list[str]]:
        posted: dict[str, list[str]] = {}
        for part in tasks.open_task(self.task(), actor).parts:
            posted |= part.posted
        return posted | {name: [value] for name, value in typed.items()}

    def versions(self, form: str, item: str = "") -> list[DocumentVersion]:
        with db.reading() as session:
            found = documents.find(session, self.case_id, DocumentKey(form, item))
            return list(documents.versions(session, found.id)) if found else []

    def document(self, form: str, item: str = "") -> Document:
        with db.reading() as session:
            found = documents.find(session, self.case_id, DocumentKey(form, item))
            assert found is not None
            return found


def _actor(session: Any, account_id: uuid.UUID) -> Actor:
    account = session.get_one(Account, account_id)
    return Actor(account.id, account.name, account.language, account.agency)


def at_the_merging(
    tmp_path: Path, act: Callable[[Merging], None], scenario_text: str = SCENARIO
) -> None:
    """Play up to the merging, and let people act there."""
    file = tmp_path / "merging.toml"
    file.write_text(scenario_text, encoding="utf-8")
    house = scenarios.House(read_folders(ROOT), tmp_path)
    (scenario,) = scenarios.read_scenarios([file])
    acted: list[bool] = []

    def after(case_id: uuid.UUID) -> None:
        act(Merging(case_id))
        acted.append(True)

    assert house.play(scenario, after=after).wrong == ""
    assert acted == [True]


def amend_event(at: Merging, text: str) -> None:
    """Let the author of the police put an event right, on the page."""
    document = at.document("agency_timeline", "police").id
    page = document_pages.amend_page(document, "timeline", at.author)
    posted = dict(page.part.posted) | {"timeline_rows-0-event": [text]}
    corrections.amend(document, ("timeline",), "read again", at.author, posted=posted)


def test_a_row_put_right_beside_an_open_page_is_merged_without_loss(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        typed = at.on_page(at.chair, **{"merged_rows-0-mark_question": "Who knew?"})
        amend_event(at, "The first contact, put right.")
        tasks.submit_task(at.task(), at.chair, "once", typed)
        (only,) = at.versions("merged_timeline")
        rows = only.content["merged"]["merged_rows"]
        assert "The first contact, put right." in [row["merged_event"] for row in rows]
        assert [row.get("mark_question") for row in rows].count("Who knew?") == 1

    at_the_merging(tmp_path, act)


def test_two_people_at_the_merged_timeline_clash_and_nothing_is_lost(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        first = at.on_page(at.chair, **{"merged_rows-0-mark_question": "Who knew?"})
        tasks.submit_task(at.task(), at.chair, "once", first)
        corrections.repeat(at.case_id, "TIM-07", "another look", at.coordinator)
        second = at.on_page(at.chair, **{"merged_rows-1-mark_question": "Who was told?"})
        merged = at.document("merged_timeline").id
        page = document_pages.amend_page(merged, "merged", at.coordinator)
        posted = dict(page.part.posted) | {"merged_rows-1-mark_question": ["Who came?"]}
        corrections.amend(merged, ("merged",), "marked", at.coordinator, posted=posted)
        with pytest.raises(DocumentChanged, match="changed this part"):
            tasks.submit_task(at.task(), at.chair, "twice", second)
        rows = at.versions("merged_timeline")[-1].content["merged"]["merged_rows"]
        marks = [row.get("mark_question") for row in rows]
        assert marks[:2] == ["Who knew?", "Who came?"]
        again = at.on_page(at.chair, **{"merged_rows-1-mark_question": "Who came, and who told?"})
        tasks.submit_task(at.task(), at.chair, "thrice", again)

    at_the_merging(tmp_path, act)


def test_what_the_system_adds_beside_an_open_page_is_not_written_over(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        tasks.submit_task(at.task(), at.chair, "once", at.on_page(at.chair))
        corrections.repeat(at.case_id, "TIM-07", "another look", at.coordinator)
        typed = at.on_page(at.chair, **{"merged_rows-0-mark_question": "Who knew?"})
        amend_event(at, "The first contact, put right.")
        written = at.versions("merged_timeline")
        assert (written[-1].author, written[-1].sections) == (SYSTEM, ["merged"])
        with pytest.raises(DocumentChanged, match="Adolygu changed this part"):
            tasks.submit_task(at.task(), at.chair, "twice", typed)
        assert len(at.versions("merged_timeline")) == len(written)

    at_the_merging(tmp_path, act)


def test_the_merged_timeline_is_written_anew_only_when_its_rows_change(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        tasks.submit_task(at.task(), at.chair, "once", at.on_page(at.chair))
        document = at.document("agency_timeline", "police").id
        page = document_pages.amend_page(document, "analysis", at.author)
        posted = dict(page.part.posted) | {"known_gaps": ["One month is missing."]}
        corrections.amend(document, ("analysis",), "found", at.author, posted=posted)
        assert len(at.versions("merged_timeline")) == 1
        amend_event(at, "The first contact, put right.")
        assert len(at.versions("merged_timeline")) == 2

    at_the_merging(tmp_path, act)


def sent(posted: dict[str, list[str]], columns: str) -> dict[str, list[str]]:
    """Return what a browser sends of a page: read-only columns have no input."""
    return {name: texts for name, texts in posted.items() if not re.search(columns, name)}


def test_a_page_filled_from_a_draft_shows_what_nobody_types(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        page = at.on_page(at.chair)
        events = {name: texts for name, texts in page.items() if name.endswith("merged_event")}
        assert len(events) > 1
        typed = sent(page, "merged_(event|agency|happened|service|family|staff|known)")
        tasks.save_draft(at.task(), typed, {}, at.chair)
        assert {name: at.on_page(at.chair)[name] for name in events} == events

    at_the_merging(tmp_path, act)


def test_an_agency_sees_its_own_clock_and_no_others(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        with db.reading() as session:
            query = select(UserTask.id).where(
                UserTask.case_id == at.case_id,
                UserTask.bpmn_id == "write_timeline",
                UserTask.item_key == "police",
            )
            task_id = session.scalars(query).one()
        clocks = tasks.open_task(task_id, at.author).clocks
        assert [(clock.timescale, clock.item_key) for clock in clocks] == [("TS-13", "police")]

    asked, appointed = SCENARIO.index('complete = "TIM-04"'), SCENARIO.index("appoint = ")
    author = '[[step]]\nappoint = { role = "agency_author", item = "police", person = "Author" }'
    at_the_merging(tmp_path, act, f"{SCENARIO[:asked]}{SCENARIO[appointed:]}{author}")


def test_a_merged_row_leads_back_to_its_source_for_those_who_may_read_that(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        tasks.submit_task(at.task(), at.chair, "once", at.on_page(at.chair))
        source = at.document("agency_timeline", "police").id
        form = parsed("merged_timeline")
        (rows,) = [entry for entry in form.fields if entry.key == "merged_rows"]
        (column,) = [each for each in rows.columns if each.key == "merged_source"]
        (version,) = at.versions("merged_timeline")
        texts = [row["merged_source"] for row in version.content["merged"]["merged_rows"]]
        own = next(text for text in texts if text.startswith("police / "))
        found = document_pages.readable_by_item(at.case_id, "agency_timeline", at.chair)
        assert found["police"] == source
        assert set(found) == {"police", "social_services"}
        for actor, leads in ((at.chair, True), (at.author, True), (_stranger(), False)):
            with patch.object(answers, "current_actor", lambda actor=actor: actor):
                lead = answers.Sources(at.case_id).lead(column, own)
            assert lead == ((str(source), own.rsplit(" / ", 1)[1]) if leads else ("", ""))
        with patch.object(answers, "current_actor", lambda: at.chair):
            sources = answers.Sources(at.case_id)
            assert sources.lead(column, "police") == sources.lead(column, "nhs / x / 1") == ("", "")
            assert sources.lead(rows.columns[0], own) == ("", "")
            assert answers.show_value(column, own, sources).document == str(source)

    at_the_merging(tmp_path, act)


def _stranger() -> Actor:
    return Actor(uuid.uuid4(), "Somebody else")


def test_an_agency_is_called_what_was_chosen_in_both_languages(tmp_path: Path) -> None:
    def act(at: Merging) -> None:
        page = case_pages.case_page(at.case_id, at.coordinator)
        called = {item.key: item.label for item in page.items}
        assert called["police"] == Text("Police", "Yr heddlu")
        timelines = [each for each in page.documents if each.catalogue == "F-06"]
        assert Text("Police", "Yr heddlu") in [each.item_label for each in timelines]
        document = document_pages.document_page(
            at.document("agency_timeline", "police").id, at.chair
        )
        assert document.item_label == Text("Police", "Yr heddlu")

    at_the_merging(tmp_path, act)
