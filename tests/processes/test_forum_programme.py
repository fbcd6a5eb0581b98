"""The yearly forum programme: its forms, the count against the target, its clocks and diagrams."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from engine import time_source
from engine.clocks import ClockView, Known, compute
from engine.facts import names_for
from engine.feel import compile_expression
from engine.timescales import add, parse_length
from engine.workflow import Workflow
from tests.processes import filling_in
from tests.processes.catalogue import (
    CATALOGUE,
    catalogue_rows,
    inputs,
    inputs_by_catalogue,
    kind_of,
    source,
)
from tests.processes.filling_in import Filler, catalogue_ids, fields
from tests.processes.shipped import (
    FACTS,
    ROLES,
    TIMESCALES,
    definition,
    reached,
    statutory,
)
from tests.processes.test_review_diagrams import Case, World

RULES = statutory("forum_programme")

# Forms

FORMS = ("forum_programme", "planned_forum", "forum_impact")
#: The rows of F-41, and those of F-44 that a participant does not fill in.
FIELDS = {
    key: row
    for key, row in catalogue_rows(("F-41", "F-44")).items()
    if key not in ("F44.01", "F44.02")
}
INPUTS = inputs_by_catalogue(FORMS)
#: What the catalogue prints as one thing and the form holds as another, or as several.
CARRIED_BY_OTHERS: dict[str, set[str]] = {
    "F41.01": {"date", "choice", "text"},
    "F41.03": {"checklist"},
    "F41.04": {"checklist", "computed"},
    "F41.07": {"number", "long"},
    "F41.08": {"checklist"},
}

YEAR = {
    "programme_starts_on": date(2026, 4, 1),
    "programme_ends_on": date(2027, 3, 31),
    "programme_half_year_on": date(2026, 10, 1),
}
SIGNED = {"name": "Mair Rees", "role": "chair", "at": "2026-05-28T09:00:00+00:00"}
FORUM = {"planned_forum_title": "Joint visits", "planned_forum_on": date(2026, 9, 9)}
fill = Filler(
    {
        **dict.fromkeys(FACTS), **YEAR, **FORUM, "planned_forums_held": [], "forums_audit_on": [],
        "forums_review_on": [], "forum_target_audit": 3, "forum_target_reviews": 1,
        "forum_target_met_on": date(2027, 3, 1),
    },
    signature=SIGNED,
    about=lambda kind: [("planned_forum_1", FORUM)],
)  # fmt: skip


@pytest.mark.parametrize("field_id", sorted(FIELDS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = {kind_of(part) for part in INPUTS[field_id]}
    assert kinds >= CARRIED_BY_OTHERS.get(field_id, set(re.findall("[a-z]+", FIELDS[field_id][1])))


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(FIELDS)


@pytest.mark.parametrize("field_id", sorted(FIELDS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    if FIELDS[field_id][3] == "Y":
        assert any("required" in part.get("validate", {}) for part in INPUTS[field_id])


@pytest.mark.parametrize("form_id", FORMS)
def test_the_forms_are_read_by_the_board_and_by_those_who_work_with_them(form_id: str) -> None:
    assert source(form_id)["visibility"] == [
        "V-BOARD", "forum_owner", "quality_assurance", "training",
    ]  # fmt: skip
    assert not any("visibility" in part for part in inputs(form_id))


@pytest.mark.parametrize("field_id", ["F41.03", "F41.04"])
def test_the_options_are_those_of_the_catalogue(field_id: str) -> None:
    printed = [option.strip().lower() for option in FIELDS[field_id][2].split(";")]
    offered = [
        [option["label"].lower() for option in part["values"]]
        for part in INPUTS[field_id]
        if "values" in part
    ]
    assert printed in offered


def test_nine_audit_topics_are_offered_and_none_is_asked_for() -> None:
    topics = next(part for part in INPUTS["F41.04"] if part["type"] == "checklist")
    assert len(topics["values"]) == 9
    assert "required" not in topics.get("validate", {})


@pytest.mark.parametrize("form_id", FORMS)
def test_the_examples_of_a_form_are_accepted_and_stand(form_id: str) -> None:
    cleaned = fill(form_id)
    assert (cleaned.errors, cleaned.warnings) == ([], [])


@pytest.mark.parametrize("form_id", FORMS)
def test_every_long_text_keeps_names_and_staff_matters_out(form_id: str) -> None:
    for section in source(form_id)["components"]:
        for part in section["components"]:
            for each in (part, *part.get("components", [])):
                if each["type"] == "textarea":
                    assert "Use roles, not names" in each["description"], each["id"]
                    assert "those go to their own agency" in each["description"], each["id"]


#: The window of a topic on the form, and the row of its length.
WINDOWS = {
    "registered_before": "TS-37", "deregistered_from": "TS-38", "repeat_from": "TS-39",
    "child_in_need_from": "TS-40",
}  # fmt: skip


@pytest.mark.parametrize(("key", "timescale"), WINDOWS.items())
def test_a_window_of_a_topic_is_shown_as_long_as_its_row_says(key: str, timescale: str) -> None:
    part = next(part for part in inputs("forum_programme") if part.get("key") == key)
    row = TIMESCALES[timescale]
    assert (row.kind, row.source, row.cite) == ("window", "G", "G4.2")
    for audit_on in (date(2026, 2, 28), date(2024, 2, 29), date(2026, 8, 31)):
        shown = compile_expression(part["expression"].removeprefix("=")).evaluate(
            {"audit_on": audit_on}, {}
        )
        assert row.length is not None
        assert shown == add(audit_on, -row.length)


def test_an_audit_topic_wants_an_audit_date_and_no_topic_wants_none() -> None:
    cleaned = fill("forum_programme", ["topics"], audit_on="")
    assert fields(cleaned) == ["audit_on"]
    assert not fill("forum_programme", ["topics"], audit_topics=[], audit_on="").errors


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"planned_events": [{"event_title": "A", "event_on": "2026-03-31"}]}, ["planned_events"]),
        ({"planned_events": [{"event_title": "A", "event_on": "2027-04-01"}]}, ["planned_events"]),
        ({"planned_events": [{"event_title": "A", "event_on": "2026-04-01"}]}, []),
        ({"planned_events": [{"event_title": "A", "event_on": "2027-03-31"}]}, []),
    ],
)
def test_forums_are_planned_within_their_year(given: dict[str, Any], found: list[str]) -> None:
    assert fields(fill("forum_programme", ["events"], **given)) == found


def test_a_forum_that_was_held_cannot_be_taken_out() -> None:
    existing = fill("forum_programme", ["events"]).values
    kept = existing["events"]["planned_events"]
    held = {"planned_forums_held": [None, kept[1]["_key"]]}
    assert not fill("forum_programme", ["events"], held, existing=existing).errors
    gone = {"planned_events": [kept[0]]}
    assert fields(fill("forum_programme", ["events"], held, existing=existing, **gone)) == [
        "planned_events"
    ]


@pytest.mark.parametrize(
    ("form_id", "section", "given", "asked"),
    [
        ("forum_programme", "owner", {"owner_group": "dedicated", "owner_name": ""}, "owner_name"),
        ("forum_programme", "owner", {"business_plan_review_on": "2027-03-30",
                                      "starts_on": "2026-04-01"}, "business_plan_review_on"),
        ("forum_programme", "approval", {"programme_decision": "draft_again",
                                         "draft_again_reasons": ""}, "draft_again_reasons"),
        ("forum_programme", "approval", {"committed_agencies": ["other"], "other_agencies": ""},
         "other_agencies"),
        ("forum_programme", "approval", {"decided_on": "2026-05-29"}, "decided_on"),
        ("forum_impact", "impact", {"impact_reported_on": "2026-05-29"}, "impact_reported_on"),
        ("forum_impact", "impact", {"period_from": "2026-03-31"}, "period_to"),
        ("forum_impact", "impact", {"period_to": "2027-04-01"}, "period_to"),
        ("forum_impact", "impact", {"period_from": "2026-10-01", "period_to": "2026-09-30"},
         "period_to"),
        ("forum_impact", "messages", {"fed_on": "2026-05-29"}, "fed_on"),
        ("planned_forum", "opening", {"forum_choice": "drop", "forum_drop_reason": ""},
         "forum_drop_reason"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    form_id: str, section: str, given: dict[str, Any], asked: str
) -> None:
    assert fields(fill(form_id, [section], **given)) == [asked]


def test_a_missed_target_wants_a_reason_and_a_met_one_none() -> None:
    missed = {"forum_target_met_on": None}
    cleaned = fill("forum_programme", ["year_end"], missed, shortfall_reason="")
    assert fields(cleaned) == ["shortfall_reason"]
    assert not fill("forum_programme", ["year_end"], shortfall_reason="").errors
    assert catalogue_ids(fill("forum_impact", ["messages"], audit_priorities="")) == ["F44.05"]


def test_the_target_is_the_boards_three_and_one_unless_it_wanted_others_before() -> None:
    first = fill("forum_programme", ["target"]).values["target"]
    assert (first["target_audit"], first["target_reviews"]) == (3, 1)
    before = {"carried_target_audit": 0, "carried_target_reviews": 2}
    next_year = fill("forum_programme", ["target"], before).values["target"]
    assert (next_year["target_audit"], next_year["target_reviews"]) == (0, 2)


def test_the_programme_that_follows_begins_the_day_after_and_a_gap_is_pointed_out() -> None:
    carried = {"carried_year_starts_on": date(2026, 6, 1)}
    owner = fill("forum_programme", ["owner"], carried).values["owner"]
    assert (owner["starts_on"], owner["ends_on"]) == ("2026-06-01", "2027-05-31")
    gap = fill("forum_programme", ["owner"], carried, starts_on="2026-07-01")
    assert ([*gap.errors], len(gap.warnings)) == ([], 1)


@pytest.mark.parametrize(
    ("elsewhere", "pointed_out"),
    [
        ([], 0),
        ([date(2026, 6, 1)], 1),
        ([date(2025, 6, 2)], 1),
        ([date(2027, 5, 31)], 1),
        ([date(2025, 6, 1), date(2027, 6, 1)], 0),
    ],
)
def test_a_second_programme_of_one_year_is_pointed_out_not_refused(
    elsewhere: list[date], pointed_out: int
) -> None:
    known = {**filling_in.FUNCTIONS, "days on other cases": {"programme_starts_on": elsewhere}.get}
    with patch.object(filling_in, "FUNCTIONS", known):
        owner = fill("forum_programme", ["owner"], starts_on="2026-06-01")
    assert ([*owner.errors], len(owner.warnings)) == ([], pointed_out)


def test_a_programme_with_fewer_forums_than_the_target_is_pointed_out_not_refused() -> None:
    existing = fill("forum_programme", ["events"]).values
    sections = ["target", "approval"]
    assert not fill("forum_programme", sections, existing=existing).warnings
    cleaned = fill("forum_programme", sections, existing=existing, target_audit=4)
    assert ([*cleaned.errors], len(cleaned.warnings)) == ([], 1)


# The count (MPF-06)


def worked_out(forums: Sequence[Mapping[str, Any]], **facts: Any) -> Mapping[str, Any]:
    """Return the facts of a programme whose planned forums say what is given."""
    keys = [f"planned_forum_{number}" for number, _ in enumerate(forums, start=1)]
    known: dict[tuple[str, str], Any] = {
        ("programme_starts_on", ""): date(2026, 4, 1),
        ("programme_ends_on", ""): date(2027, 3, 31),
        ("next_year_starts_on", ""): date(2027, 4, 1),
        ("forum_target_audit", ""): 2,
        ("forum_target_reviews", ""): 1,
        **{(name, ""): value for name, value in facts.items()},
    }
    for key, forum in zip(keys, forums, strict=True):
        known |= {(f"planned_forum_{name}", key): value for name, value in forum.items()}
    return names_for(known, None, FACTS, items=lambda kind: keys)


def audit(day: date, **more: Any) -> dict[str, Any]:
    return {"held_on": day, "kind": "audit_workshop", **more}


def review(day: date, **more: Any) -> dict[str, Any]:
    return {"held_on": day, "kind": "review_dissemination", **more}


def test_the_target_is_met_on_the_day_of_the_forum_that_completes_it() -> None:
    held = [review(date(2026, 5, 1)), audit(date(2026, 9, 1)), {}, audit(date(2026, 7, 1))]
    names = worked_out(held)
    assert (names["forums_held"], names["forum_target_met_on"]) == (3, date(2026, 9, 1))
    assert worked_out(held[:3])["forum_target_met_on"] is None
    assert worked_out([])["forum_target_met_on"] is None


def test_more_of_one_kind_does_not_stand_in_for_the_other() -> None:
    held = [audit(date(2026, month, 1)) for month in (5, 6, 7, 9)]
    assert worked_out(held)["forum_target_met_on"] is None


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 3, 31), 0),
        (date(2026, 4, 1), 1),
        (date(2027, 3, 31), 1),
        (date(2027, 4, 1), 0),
    ],
)
def test_only_forums_held_within_the_year_count(day: date, counts: int) -> None:
    assert worked_out([audit(day)])["forums_held"] == counts


@pytest.mark.parametrize("method", ["consultation", "case_review_event"])
def test_a_forum_run_as_a_consultation_or_an_event_counts_only_where_the_board_says_so(
    method: str,
) -> None:
    held = [audit(date(2026, 5, 1), method=method)]
    assert worked_out(held)["forums_held"] == 0
    assert worked_out(held, own_methods_count=False)["forums_held"] == 0
    assert worked_out(held, own_methods_count=True)["forums_held"] == 1
    assert worked_out([audit(date(2026, 5, 1), method="workshop")])["forums_held"] == 1


def test_a_forum_for_neither_purpose_counts_for_neither() -> None:
    held = [{"held_on": date(2026, 5, 1), "kind": "other"}, {"held_on": date(2026, 5, 1)}]
    names = worked_out(held)
    assert names["forums_held"] == 0
    assert names["planned_forums_held"] == ["planned_forum_1", "planned_forum_2"]


def test_a_board_without_a_target_has_met_it_from_the_first_day() -> None:
    names = worked_out([], forum_target_audit=0, forum_target_reviews=0)
    assert names["forum_target_met_on"] == date(2026, 4, 1)


def test_the_moments_of_the_year_follow_its_first_day() -> None:
    names = worked_out([])
    assert names["programme_half_year_on"] == date(2026, 10, 1)
    assert names["programme_nine_months_on"] == date(2027, 1, 1)
    assert names["next_programme_opens_on"] == date(2027, 1, 1)


def test_only_a_first_programme_is_wanted_by_the_first_day_of_its_own_year() -> None:
    assert worked_out([])["programme_wanted_by"] == date(2026, 4, 1)
    approved = worked_out([], programme_approved_on=date(2026, 3, 2))
    assert approved["programme_wanted_by"] is None
    following = worked_out([], carried_year_starts_on=date(2026, 4, 1))
    assert following["programme_wanted_by"] is None


@pytest.mark.parametrize(
    ("until", "judged"), [(None, None), (date(2027, 3, 30), None), (date(2027, 3, 31), True)]
)
def test_the_year_is_judged_once_a_report_reaches_its_last_day(
    until: date | None, judged: bool | None
) -> None:
    assert worked_out([], impact_period_to=until)["impact_year_is_judged"] is judged


# Timescales

EXPECTED = {
    "TS-30": ("clock", "P12M", "G", ["next_programme_approved_on"]),
    "TS-31": ("clock", "P12M", "G", ["forum_target_met_on"]),
    "TS-35": ("repeat", "P6M", "G", ["impact_reported_on"]),
    "TS-36": ("clock", "P12M", "G", ["plan_fed_on"]),
}
#: Due days of a year that begins on 1 April 2026, and whom each clock tells when.
DUE = {
    "TS-30": date(2027, 4, 1), "TS-31": date(2027, 3, 31), "TS-35": date(2026, 10, 1),
    "TS-36": date(2027, 6, 1),
}  # fmt: skip
LADDERS = {
    "TS-30": [(date(2027, 1, 1), "E1"), (date(2027, 4, 2), "E5")],
    "TS-31": [(date(2027, 4, 1), "E5")],
    "TS-35": [(date(2026, 9, 17), "E1"), (date(2026, 10, 2), "E4")],
    "TS-36": [(date(2027, 4, 1), "E1"), (date(2027, 6, 2), "E3")],
}
OF_YEAR = {
    "programme_starts_on": date(2026, 4, 1), "programme_ends_on": date(2027, 3, 31),
    "business_plan_review_on": date(2027, 6, 1),
}  # fmt: skip


def view(key: str, today: date, *previous: str, **facts: Any) -> ClockView:
    """Return how a clock stands at the start of a day."""
    names = {**dict.fromkeys(TIMESCALES[key].facts), **facts}
    return compute(TIMESCALES[key], Known(names), time_source.start_of_day(today), previous)


def year(key: str, **facts: Any) -> dict[str, Any]:
    own = {name: day for name, day in OF_YEAR.items() if name in TIMESCALES[key].facts}
    return {**own, **facts}


@pytest.mark.parametrize("key", [*EXPECTED, "TS-37", "TS-38", "TS-39", "TS-40"])
def test_a_row_counts_and_cites_as_the_catalogue_says(key: str) -> None:
    row = TIMESCALES[key]
    line = re.search(rf"^\| {key} \|.*$", CATALOGUE, re.MULTILINE)
    assert line is not None
    assert row.cite == line[0].rstrip(" |").rpartition("|")[2].strip()
    assert row.process == ("forum_programme",)
    assert set(row.facts) <= set(FACTS)
    if key in EXPECTED:
        kind, length, mark, ends = EXPECTED[key]
        assert (row.kind, str(row.length), row.source, list(row.ends)) == (
            kind, length, mark, ends,
        )  # fmt: skip
    for stage in row.stages:
        assert all(ROLES.get(role) for role in row.recipients(stage.level))


@pytest.mark.parametrize("key", EXPECTED)
def test_the_ladder_stands_on_the_days_of_the_catalogue(key: str) -> None:
    found = view(key, date(2026, 4, 1), **year(key))
    assert found.due_on == DUE[key]
    moments = [(time_source.local_day(stage.at), stage.level) for stage in found.stages]
    assert moments == LADDERS[key]
    assert view(key, DUE[key], **year(key)).state != "overdue"
    assert view(key, DUE[key] + timedelta(days=1), **year(key)).state == "overdue"
    assert view(key, DUE[key]).state == "not_started"


def test_a_late_first_programme_does_not_swallow_the_reminder_for_the_next_one() -> None:
    late = view("TS-30", date(2026, 4, 2), **year("TS-30", programme_wanted_by=date(2026, 4, 1)))
    assert (late.state, late.due_on) == ("overdue", date(2026, 4, 1))
    approved = year("TS-30")
    assert view("TS-30", date(2026, 4, 20), *late.newly_passed, **approved).state == "running"
    reminded = view("TS-30", date(2027, 1, 1), *late.newly_passed, **approved)
    assert (reminded.to_send and reminded.to_send.level) == "E1"
    breached = view("TS-30", date(2027, 4, 2), *late.newly_passed, **approved)
    assert (breached.to_send and breached.to_send.level) == "E5"


def test_each_report_on_the_impact_starts_six_months_until_the_year_is_judged() -> None:
    again = view("TS-35", date(2026, 11, 1), **year("TS-35", impact_reported_on=date(2026, 10, 20)))
    assert (again.state, again.due_on) == ("running", date(2027, 4, 20))
    over = view("TS-35", date(2027, 11, 1), **year(
        "TS-35", impact_reported_on=date(2027, 3, 20), impact_year_is_judged=True
    ))  # fmt: skip
    assert (over.state, over.to_send) == ("ended", None)


@pytest.mark.parametrize(
    ("key", "met_by", "day", "late"),
    [
        ("TS-30", "next_programme_approved_on", date(2027, 4, 1), False),
        ("TS-30", "next_programme_approved_on", date(2027, 4, 2), True),
        ("TS-31", "forum_target_met_on", date(2027, 3, 31), False),
        ("TS-36", "plan_fed_on", date(2027, 6, 1), False),
        ("TS-36", "plan_fed_on", date(2027, 6, 2), True),
    ],
)
def test_a_clock_is_met_in_time_on_its_last_day(
    key: str, met_by: str, day: date, late: bool
) -> None:
    found = view(key, date(2027, 7, 1), **year(key, **{met_by: day}))
    assert (found.state, found.late) == ("met", late)


# Diagrams


class Programme(Case):
    """A programme, or one of its planned forums, on its way."""

    def __init__(
        self, process: str = "forum_programme", item: str = "", *, forums: int = 2, **facts: Any
    ) -> None:
        keys = [f"planned_forum_{number}" for number in range(1, forums + 1)]
        self.world = World({"planned_forums": keys})
        self.world.facts.update(
            forums_held=0, forum_target_audit=3, forum_target_reviews=1,
            programme_ends_on=date(2027, 3, 31), **facts,
        )  # fmt: skip
        self.flow, self.last = Workflow.start(definition(process), self.world, item)
        self.sent, self.started = self._notices(), self._sides()
        self.opened = self._opens()

    def _after(self, outcome: Any) -> Programme:
        super()._after(outcome)
        self.opened += self._opens()
        return self

    def _opens(self) -> list[str]:
        effects = self.last.effects if self.last else ()
        return [effect.element.opens for effect in effects if effect.element.opens]

    @property
    def timers(self) -> list[str]:
        return sorted(timer.key.bpmn_id for timer in self.flow.waiting_timers())


def drafted() -> Programme:
    programme = Programme()
    programme.do("place_responsibility", "gather_topics", "draft_programme")
    return programme


def approved(forums: int = 2) -> Programme:
    programme = Programme(forums=forums)
    programme.do("place_responsibility", "gather_topics", "draft_programme")
    programme.do("approve_programme", programme_decision="approved")
    return programme


def test_a_programme_goes_from_the_board_to_its_owner_and_back_for_approval() -> None:
    programme = Programme()
    assert programme.open == ["place_responsibility"]
    assert programme.do("place_responsibility").open == ["gather_topics"]
    assert programme.do("gather_topics").open == ["draft_programme"]
    assert programme.do("draft_programme").open == ["approve_programme"]
    assert programme.parts == []


def test_a_programme_that_is_refused_is_drafted_again_as_often_as_it_takes() -> None:
    programme = drafted()
    for _ in range(2):
        programme.do("approve_programme", programme_decision="draft_again")
        assert (programme.open, programme.parts) == (["draft_programme"], [])
        programme.do("draft_programme")
    programme.do("approve_programme", programme_decision="approved")
    assert programme.sent == ["programme_sent_back", "programme_sent_back", "programme_approved"]
    assert programme.parts == ["hold_planned_forums"]


def test_the_approved_year_waits_for_its_forums_and_for_its_moments() -> None:
    programme = approved()
    assert [part.item for part in programme.flow.waiting_parts()] == [
        "planned_forum_1", "planned_forum_2",
    ]  # fmt: skip
    assert programme.timers == ["half_year_comes", "judgement_comes_up", "next_year_comes_up"]
    assert programme.open == []


@pytest.mark.parametrize(
    ("by_half_year", "by_nine_months", "told"),
    [
        (0, 0, ["no_forum_by_half_year", "too_few_forums_held"]),
        (0, 1, ["no_forum_by_half_year", "too_few_forums_held"]),
        (0, 2, ["no_forum_by_half_year"]),
        (1, 1, ["too_few_forums_held"]),
        (1, 2, []),
    ],
)
def test_too_few_forums_are_told_at_the_half_year_and_after_nine_months(
    by_half_year: int, by_nine_months: int, told: list[str]
) -> None:
    programme = approved()
    programme.world.facts.update(forums_held=by_half_year)
    programme.fire("half_year_comes")
    programme.world.facts.update(forums_held=by_nine_months)
    programme.fire("nine_months_come")
    assert programme.sent == ["programme_approved", *told]


def test_a_board_that_wants_one_forum_is_not_told_of_a_missing_second() -> None:
    programme = approved()
    programme.world.facts.update(forums_held=1, forum_target_audit=1, forum_target_reviews=0)
    programme.fire("half_year_comes").fire("nine_months_come")
    assert programme.sent == ["programme_approved"]


@pytest.mark.parametrize(("met_on", "told"), [(None, True), (date(2026, 12, 9), False)])
def test_the_end_of_the_year_counts_and_gives_up_what_was_not_opened(
    met_on: date | None, told: bool
) -> None:
    programme = approved()
    programme.world.facts.update(forums_held=2, forum_target_met_on=met_on)
    programme.fire("half_year_comes").fire("nine_months_come").fire("year_ends")
    assert ("forum_target_missed" in programme.sent) is told
    assert (programme.open, programme.parts) == (["feed_business_plan"], [])


def test_a_year_without_forums_still_runs_to_its_end() -> None:
    programme = approved(forums=0)
    assert programme.parts == []
    programme.fire("half_year_comes").fire("nine_months_come")
    assert programme.open == []
    assert programme.fire("year_ends").open == ["feed_business_plan"]


def test_the_year_closes_once_it_is_counted_judged_shared_and_followed_by_another() -> None:
    programme = approved()
    programme.fire("half_year_comes").fire("nine_months_come").fire("year_ends")
    programme.do("feed_business_plan", "share_between_boards")
    assert programme.sent[-1] == "forum_priorities"
    programme.fire("judgement_comes_up").finish("judge_impact", impact_period_to=date(2026, 9, 30))
    assert "judgement_comes_up" in programme.timers
    programme.fire("judgement_comes_up").finish("judge_impact", impact_period_to=date(2027, 3, 31))
    assert programme.timers == ["next_year_comes_up"]
    programme.fire("next_year_comes_up")
    assert programme.opened == ["forum_programme"]
    assert not programme.flow.is_completed()
    programme.follow(next_programme_approved_on=date(2027, 3, 2))
    assert (programme.flow.ended_by, programme.flow.is_completed()) == ("year_is_closed", True)


def test_a_next_programme_that_is_closed_unapproved_is_told_of() -> None:
    programme = approved().fire("next_year_comes_up")
    programme.follow(next_programme_closed_on=date(2027, 2, 1))
    assert programme.sent[-1] == "next_year_without_programme"
    both = approved().fire("next_year_comes_up")
    both.follow(
        next_programme_approved_on=date(2027, 2, 1), next_programme_closed_on=date(2028, 6, 1)
    )
    assert "next_year_without_programme" not in both.sent


def planned(**facts: Any) -> Programme:
    return Programme("planned_forum", "planned_forum_1", **facts)


def test_the_owner_opens_a_planned_forum_or_its_day_does() -> None:
    opened = planned().do("settle_planned_forum", planned_forum_choice="open")
    by_itself = planned().fire("planned_day_is_near")
    for forum in (opened, by_itself):
        assert isinstance(forum, Programme)
        assert (forum.opened, forum.open) == (["professional_forum"], [])
        assert not forum.flow.is_completed()


def test_a_forum_that_is_given_up_is_not_opened() -> None:
    choice = planned().do("settle_planned_forum", planned_forum_choice="drop")
    in_year = planned().follow(planned_forum_dropped=True)
    for forum, end in ((choice, "forum_given_up"), (in_year, "forum_given_up_before")):
        assert isinstance(forum, Programme)
        assert (forum.opened, forum.flow.ended_by) == ([], end)
        assert forum.timers == []


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"planned_forum_held_on": date(2026, 6, 10)}, "forum_held"),
        ({"planned_forum_dropped": True}, "forum_given_up_later"),
        ({"planned_forum_closed_on": date(2026, 6, 10)}, "forum_closed"),
        ({"planned_forum_held_on": date(2026, 6, 10),
          "planned_forum_closed_on": date(2026, 9, 1)}, "forum_held"),
    ],
)  # fmt: skip
def test_an_opened_forum_is_followed_until_something_becomes_of_it(
    facts: dict[str, Any], end: str
) -> None:
    forum = planned().fire("planned_day_is_near").follow(**facts)
    assert forum.flow.ended_by == end


def test_a_change_of_the_programme_is_made_and_told() -> None:
    change = Programme("add_forum_issue")
    assert change.open == ["change_programme"]
    change.do("change_programme")
    assert (change.sent, change.flow.ended_by) == (["programme_changed"], "programme_is_changed")


def test_a_judgement_of_the_impact_is_one_task_of_quality_assurance() -> None:
    judgement = Programme("judge_forum_impact")
    assert judgement.do("judge_impact").flow.ended_by == "impact_is_reported"


STEPS = [f"MPF-{number:02}" for number in (1, 2, 3, 4, 5, 19, 20, 21)]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_the_catalogue_is_a_task(step: str) -> None:
    processes = [*reached("forum_programme").values(), definition("add_forum_issue")]
    carried = [
        element
        for process in processes
        for element in process.elements.values()
        if element.kind == "userTask" and step in element.requirement
    ]
    assert len(carried) == 1


# Statutory rules

PARTS = reached("forum_programme")
CARRIED = {
    each
    for process in PARTS.values()
    for element in process.elements.values()
    for each in element.requirement
}


@pytest.mark.parametrize("key", RULES)
def test_a_statutory_rule_names_what_there_is(key: str) -> None:
    row = RULES[key]
    assert row["en"] != row["cy"]
    named = {row.get("first"), row.get("then"), *row.get("steps", ())} - {None}
    assert named <= CARRIED
    assert set(row.get("fields", ())) <= set(INPUTS)
    if "when" in row:
        assert set(compile_expression(row["when"]).names) <= set(FACTS)
    if "timescale" in row:
        assert TIMESCALES[key].length == parse_length(row["length"])
    if "timescale" in row and row.get("force") != "should":
        assert TIMESCALES[key].fixed
        assert any(
            element.event == "timer" and element.timescale == key
            for process in PARTS.values()
            for element in process.elements.values()
        )


def test_only_quality_assurance_judges_the_impact() -> None:
    doing = [
        element
        for process in PARTS.values()
        for element in process.elements.values()
        if element.kind == "userTask" and "MPF-20" in element.requirement
    ]
    assert [list(element.roles) for element in doing] == [RULES["MPF-20"]["roles"]]
