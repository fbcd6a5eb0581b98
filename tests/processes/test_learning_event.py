"""The learning event: forms hold the catalogue's fields, diagrams and clocks go as it says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import (
    corrections,
    db,
    document_pages,
    documents,
    people,
    scenarios,
    tasks,
    time_source,
)
from engine.clocks import ClockView, Known, compute
from engine.deployments import read_folders
from engine.documents import DocumentChanged
from engine.models import Account, UserTask
from engine.models import Case as CaseRow
from engine.people import Actor
from tests.processes.catalogue import (
    ROOT,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    parts,
    required,
    source,
)
from tests.processes.filling_in import Filler, fields
from tests.processes.shipped import TIMESCALES
from tests.processes.test_review_diagrams import Case

#: Each file and the catalogue's form; F-19, F-20, F-21 and F-40 are several files each (D5).
FILES = {
    "event_record": "F-19",
    "event_session": "F-19",
    "event_evaluation": "F-20",
    "evaluation_summary": "F-20",
    "learning_summary": "F-21",
    "draft_sharing": "F-21",
    "draft_comments": "F-21",
    "agency_debrief": "F-40",
    "panel_debrief": "F-40",
    "panel_meeting": "F-12",
}
WHOLE = {"F-19", "F-20", "F-21", "F-40"}
ROWS = {
    field: cells
    for field, cells in catalogue_rows(FILES.values()).items()
    if f"F-{field[1:3]}" in WHOLE
}
INPUTS = inputs_by_catalogue(FILES)

#: What the system fills in is worked out, and the rows of F-21 have their text in a column.
CARRIED_BY_OTHERS = {"F20.03": {"computed"}, "F40.02": {"date", "person", "choice"}}
WORDS = {
    "note": "long", "link": "link", "choice or text": "choice", "computed": "computed",
}  # fmt: skip

FACTS: dict[str, Any] = {
    "is_extended": False, "session_to_come": None, "event_held_on": date(2026, 5, 27),
    "evaluation_ratings": ["4", "5", None], "participants_attended": [True, True, None],
    "evaluations_objectives": ["Yes.", None], "evaluations_most_helpful": [None],
    "evaluations_least_helpful": [], "evaluations_take_back": ["To call."],
    "evaluations_suggestions": [None], "draft_share_round": 1, "draft_extension_round": None,
    "draft_answer_round": None, "draft_is_shared": True, "draft_open_until": date(2026, 6, 7),
    "draft_extended_to": None, "draft_shared_on": date(2026, 5, 28), "report_accepted_on": None,
    "participant_role": "Social worker", "panel_member_agency": "education",
    "comments_due_on": date(2026, 6, 7),
}  # fmt: skip


fill = Filler(FACTS)


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = {kind_of(part) for part in INPUTS[field_id]}
    printed = ROWS[field_id][1]
    wanted = CARRIED_BY_OTHERS.get(field_id) or {
        WORDS.get(word, word)
        for word in re.findall(r"rows|long|yesno|date|tick|file|link|choice|text|note", printed)
    }
    assert kinds, f"{field_id} has no input"
    assert wanted <= kinds or (printed == "choice or text" and "choice" in kinds)


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert {field for field in INPUTS if not field.startswith("F12.")} == set(ROWS)


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    asked = required(INPUTS[field_id])
    by_system = any(part["type"] in ("expression", "adolyguLink") for part in INPUTS[field_id])
    if ROWS[field_id][3] in ("Y", "C (Extended)", "C (comment)", "C (Panel)"):
        assert asked or by_system


@pytest.mark.parametrize("form_id", sorted(set(FILES) - {"draft_sharing"}))
def test_free_text_keeps_staff_matters_out(form_id: str) -> None:
    for part in parts(source(form_id)):
        if part.get("type") == "textarea" and part["key"] != "personal_learning":
            assert "training needs or conduct here" in part.get("description", ""), part["id"]


WALK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("event_record", ("attendance", "opening")),
    ("event_record", ("story",)),
    ("event_record", ("areas",)),
    ("event_record", ("pause",)),
    ("event_record", ("extended",)),
    ("event_record", ("close",)),
    ("event_record", ("reflection",)),
    ("event_record", ("confirmation",)),
    ("event_record", ("papers",)),
    ("event_session", ("beginning",)),
    ("event_session", ("ending",)),
    ("event_evaluation", ()),
    ("evaluation_summary", ()),
    ("learning_summary", ()),
    ("draft_sharing", ("share",)),
    ("draft_sharing", ("answers",)),
    ("draft_comments", ()),
    ("agency_debrief", ()),
    ("panel_debrief", ()),
    ("panel_meeting", ()),
)


@pytest.mark.parametrize("facts", [{}, {"is_extended": True}])
@pytest.mark.parametrize(("form_id", "sections"), WALK)
def test_the_examples_of_a_task_are_accepted(
    form_id: str, sections: tuple[str, ...], facts: dict[str, Any]
) -> None:
    cleaned = fill(form_id, sections, facts)
    assert (cleaned.errors, cleaned.warnings) == ([], [])


AREAS = ("risks", "engagement", "family_views", "together", "went_well", "better")


@pytest.mark.parametrize("key", AREAS)
def test_an_area_has_an_entry_or_a_reason(key: str) -> None:
    assert fields(fill("event_record", ("areas",), **{key: "", f"{key}_not": ""})) == [f"{key}_not"]
    reason = {key: "", f"{key}_not": "There was no time; it is taken up by letter."}
    assert fields(fill("event_record", ("areas",), **reason)) == []


@pytest.mark.parametrize("issue", ["event_x1", "event_x6", "event_added_issues"])
def test_each_issue_is_looked_at_in_an_extended_review_alone(issue: str) -> None:
    extended = {"is_extended": True}
    assert fields(fill("event_record", ("extended",), extended, **{issue: ""})) == [issue]
    assert fill("event_record", ("extended",)).values["extended"] == {}


def test_a_later_session_takes_up_the_one_before() -> None:
    assert fields(fill("event_session", ("beginning",), {"session_to_come": True}, recap="")) == [
        "recap"
    ]
    assert fields(fill("event_session", ("beginning",), recap="")) == []


def test_the_time_for_comments_is_extended_once_for_each_sharing() -> None:
    later = {"extended_to": "2026-06-14"}
    assert fields(fill("draft_sharing", ("extension",), **later)) == []
    twice = fill("draft_sharing", ("extension",), {"draft_extension_round": 1}, **later)
    assert fields(twice) == ["extended_to"]
    shared_again = {"draft_extension_round": 1, "draft_share_round": 2}
    assert fields(fill("draft_sharing", ("extension",), shared_again, **later)) == []
    nothing_out = fill("draft_sharing", ("extension",), {"draft_is_shared": False}, **later)
    assert "extended_to" in fields(nothing_out)


def test_the_summary_is_worked_out_from_the_forms_that_came() -> None:
    values = fill("evaluation_summary").values
    figures, said = values["figures"], values["summary"]
    assert (figures["forms_asked"], figures["forms_returned"], figures["forms_missing"]) == (
        3, 2, 1,
    )  # fmt: skip
    assert figures["mean_rating"] == 4.5
    assert figures["ratings_spread"] == "5: 1; 4: 1; 3: 0; 2: 0; 1: 0"
    assert said["all_objectives"] == "Yes."


def test_an_evaluation_is_its_authors_and_the_coordinators_the_last_answer_its_authors_alone() -> (
    None
):
    form = parsed("event_evaluation")
    assert form.visibility == ("V-OWN", "coordinator")
    assert form.field("personal_learning").visibility == ("V-OWN",)
    names = {field.catalogue: field for field in form.fields}
    assert not names["F20.01"].validate.required


# Diagrams


def event(**facts: Any) -> Case:
    case = Case("learning_event", new_events_found=0, **facts)
    return case.do("open_event")


def test_a_concise_event_goes_from_the_last_session_to_its_close() -> None:
    case = event(is_extended=False).finish("hold_session", session_to_come=False)
    assert case.open == ["close_event"]
    case.do("close_event")
    assert (case.started, case.open) == (["event_evaluations"], ["hand_in_record"])
    assert case.do("hand_in_record").flow.is_completed()


def test_an_extended_event_cannot_pass_the_six_issues() -> None:
    case = event(is_extended=True).finish("hold_session", session_to_come=False)
    assert case.open == ["examine_six_issues"]
    assert case.do("examine_six_issues").open == ["close_event"]


def test_another_session_is_held_before_anything_else() -> None:
    case = event(is_extended=True).finish("hold_session", session_to_come=True)
    assert (case.parts, case.open) == (["hold_session"], [])
    assert case.finish("hold_session", session_to_come=False).open == ["examine_six_issues"]


@pytest.mark.parametrize(("found", "then"), [(0, []), (2, ["add_new_events"])])
def test_new_events_go_into_the_timeline(found: int, then: list[str]) -> None:
    case = Case("event_session").do("tell_story", "cover_areas")
    assert case.do("pause_and_summarise", new_events_found=found).open == then


@pytest.mark.parametrize(("stayed_away", "asked"), [(False, ["fill_in_evaluation"]), (True, [])])
def test_only_who_came_evaluates(stayed_away: bool, asked: list[str]) -> None:
    case = Case("event_evaluation", "participant_1", stayed_away=stayed_away)
    assert case.open == asked


def test_a_form_that_never_comes_holds_nothing_up() -> None:
    case = Case("event_evaluation", "participant_1", stayed_away=False).fire("evaluation_closes")
    assert case.flow.is_completed()


def test_no_comment_by_the_date_is_none() -> None:
    case = Case("comment_on_draft", "participant_1").fire("time_for_comments_ends")
    assert case.flow.is_completed()


@pytest.mark.parametrize(("wanted", "then"), [(True, ["confirm_learning"]), (False, [])])
def test_a_separate_session_is_optional(wanted: bool, then: list[str]) -> None:
    case = Case("learning_event_collation").do("collate_material", separate_session_wanted=wanted)
    assert case.open == then


def test_debriefs_are_over_when_all_have_heard() -> None:
    case = Case("learning_event_debrief").do("reflect_on_review")
    assert case.sent == []
    assert case.fire("publication_is_near").sent == ["family_to_be_told"]
    assert case.finish("give_family_feedback").sent[-1] == "debriefs_held"
    assert case.flow.is_completed()


# Timescales


def view(key: str, on: date, **facts: Any) -> ClockView:
    names = dict.fromkeys(
        ("draft_open_until", "commented_on", "draft_is_answered", "report_accepted_on")
    )
    known = Known({**names, **facts})
    return compute(TIMESCALES[key], known, time_source.start_of_day(on), ())


@pytest.mark.parametrize(
    ("key", "length", "runs_from"),
    [("TS-20", "P10D", "draft_shared_on"), ("TS-53", "P28D", "report_accepted_on"),
     ("TS-54", "P5D", "event_held_on")],
)  # fmt: skip
def test_lengths_are_proposed_and_run_from_recorded_days(
    key: str, length: str, runs_from: str
) -> None:
    row = TIMESCALES[key]
    assert (str(row.length), row.runs_from, row.source, row.fixed) == (
        length, runs_from, "P", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "fact", "due_on", "ladder"),
    [
        ("TS-20", "draft_shared_on", date(2026, 6, 11), [(date(2026, 6, 9), "E1")]),
        ("TS-53", "report_accepted_on", date(2026, 6, 29),
         [(date(2026, 6, 22), "E1"), (date(2026, 6, 30), "E2")]),
        ("TS-54", "event_held_on", date(2026, 6, 6), [(date(2026, 6, 2), "E1")]),
    ],
)  # fmt: skip
def test_each_clock_falls_due_and_reminds_on_its_days(
    key: str, fact: str, due_on: date, ladder: list[tuple[date, str]]
) -> None:
    found = view(key, date(2026, 6, 1), **{fact: date(2026, 6, 1)})
    assert found.due_on == due_on
    assert [(time_source.local_day(stage.at), stage.level) for stage in found.stages] == ladder


def test_more_time_moves_the_day_and_an_old_comment_meets_no_new_sharing() -> None:
    shared = {"draft_shared_on": date(2026, 6, 1)}
    assert view("TS-20", date(2026, 6, 2), **shared, draft_open_until=date(2026, 6, 20)).due_on == (
        date(2026, 6, 20)
    )
    old = view("TS-20", date(2026, 6, 2), **shared, commented_on=date(2026, 5, 4))
    assert old.state == "running"
    answered = view("TS-20", date(2026, 6, 20), **shared, draft_is_answered=True)
    assert answered.state == "ended"


# Two people at one document


SCENARIO = """
title   = "Two reviewers have the draft before them"
process = "referral"
now     = 2026-03-02T09:00:00
[[step]]
until = "LEV-33"
[[step]]
appoint = { role = "reviewer", person = "Second Reviewer" }
"""


class Reviewers:
    """Two reviewers of a case: one has the task of amending the draft open, one amends beside."""

    def __init__(self, case_id: uuid.UUID) -> None:
        with db.reading() as session:
            case, today = session.get_one(CaseRow, case_id), time_source.today(session)
            accounts = [
                session.get_one(Account, holder.account_id)
                for holder in people.holders(session, case, ["reviewer"], "", today)
            ]
            rows = session.scalars(
                select(UserTask).where(UserTask.case_id == case_id, UserTask.state == "open")
            )
            self.task = next(row.id for row in rows if row.bpmn_id == "amend_draft")
            found = documents.find(session, case_id, documents.DocumentKey("report"))
            assert found is not None
            self.case_id, self.report = case_id, found.id
        actors = [Actor(each.id, each.name, each.language, each.agency) for each in accounts]
        self.second = next(actor for actor in actors if actor.name == "Second Reviewer")
        self.first = next(actor for actor in actors if actor.name != "Second Reviewer")

    def on_page(self, actor: Actor, **typed: str) -> dict[str, list[str]]:
        """Return what the browser would send for the task, with some answers typed."""
        posted: dict[str, list[str]] = {}
        for part in tasks.open_task(self.task, actor).parts:
            posted |= part.posted
        return posted | {name: [value] for name, value in typed.items()}

    def amend(self, section: str, **typed: str) -> None:
        page = document_pages.amend_page(self.report, section, self.first)
        posted = dict(page.part.posted) | {name: [value] for name, value in typed.items()}
        corrections.amend(self.report, (section,), "put clearly", self.first, posted=posted)

    def written(self, section: str, key: str) -> Any:
        with db.reading() as session:
            newest = documents.current(session, self.case_id, documents.DocumentKey("report"))
            assert newest is not None
            return newest.content[section][key]


def with_two_reviewers(tmp_path: Path, act: Callable[[Reviewers], None]) -> None:
    """Play up to the answers to the comments, and let two reviewers act there."""
    file = tmp_path / "two_reviewers.toml"
    file.write_text(SCENARIO, encoding="utf-8")
    house = scenarios.House(read_folders(ROOT), tmp_path)
    (scenario,) = scenarios.read_scenarios([file])
    acted: list[bool] = []

    def after(case_id: uuid.UUID) -> None:
        act(Reviewers(case_id))
        acted.append(True)

    assert house.play(scenario, after=after).wrong == ""
    assert acted == [True]


MEETING = {
    "meeting_present-0-present_as": "Reviewer", "meeting_decisions-0-meeting_decision": "Go on.",
}  # fmt: skip


def test_two_reviewers_clash_on_one_section_alone_and_nothing_is_lost(tmp_path: Path) -> None:
    def act(two: Reviewers) -> None:
        typed = two.on_page(two.second, circumstances="The second reviewer’s words.", **MEETING)
        two.amend("circumstances", circumstances="The first reviewer’s words.")
        with pytest.raises(DocumentChanged):
            tasks.submit_task(two.task, two.second, "once", typed)
        assert two.written("circumstances", "circumstances") == "The first reviewer’s words."
        again = two.on_page(two.second, **MEETING)
        assert again["circumstances"] == ["The first reviewer’s words."]
        tasks.submit_task(
            two.task, two.second, "again", again | {"circumstances": ["The words of both."]}
        )
        assert two.written("circumstances", "circumstances") == "The words of both."

    with_two_reviewers(tmp_path, act)


def test_two_reviewers_at_different_sections_do_not_clash(tmp_path: Path) -> None:
    def act(two: Reviewers) -> None:
        typed = two.on_page(two.second, circumstances="The second reviewer’s words.", **MEETING)
        two.amend("appendices", event_process="One day, six services.")
        tasks.submit_task(two.task, two.second, "once", typed)
        assert two.written("circumstances", "circumstances") == "The second reviewer’s words."
        assert two.written("appendices", "event_process") == "One day, six services."

    with_two_reviewers(tmp_path, act)
