"""The forms up to the learning event hold every field of the catalogue, and what is private."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

import pytest

from engine import forms, roles
from tests.processes.catalogue import (
    ROOT,
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    required,
    source,
)
from tests.processes.filling_in import Filler

#: Each file and the catalogue's form; F-12, F-14 and F-16 are several files each.
FILES = {
    "planning_meeting": "F-12",
    "agency_list": "F-12",
    "reading_notes": "F-12",
    "clarification_meeting": "F-12",
    "event_plan": "F-14",
    "participant_list": "F-14",
    "participant_contact": "F-14",
    "invitation_letter": "F-15",
    "reply_slip": "F-16",
    "participant_absence": "F-16",
    "preparation_sheet": "F-17",
}


#: Every fact that these forms read, as a plain Concise Review has them once letters may go.
FACTS: dict[str, Any] = {
    "case_identifier": "CPR-2026-0001",
    "is_extended": False,
    "event_on": date(2026, 7, 9),
    "event_starts": time(9, 30),
    "event_finishes": time(16, 0),
    "event_venue": "Canolfan Gymuned Pentref",
    "event_duration": "one_day",
    "suggested_length": "one_day",
    "facilitator_names": "Geraint Powell",
    "facilitator_contacts": "Geraint Powell: geraint.powell@example.org",
    "family_approach_confirmed": True,
    "family_outcomes": ["declined"],
    "timelines_merged": True,
    "participant_name": "Sian Rees",
    "participant_role": "Social worker",
    "spoken_to": True,
    "spoken_to_on": date(2026, 5, 20),
    "letter_event_on": date(2026, 7, 9),
    "letter_dates": [date(2026, 7, 9), date(2026, 7, 9)],
    "last_day_in_time": date(2026, 11, 20),
}

ROWS = catalogue_rows(FILES.values())
INPUTS = inputs_by_catalogue(FILES)


SIGNED = {"account": "1", "name": "Reviewer", "role": "reviewer", "at": "2026-05-28T09:00:00"}
fill = Filler(FACTS, signature=SIGNED, links={"terms_of_reference": "1"})


def components(form_id: str) -> Iterator[dict[str, Any]]:
    """Go through everything that a person answers or reads."""
    for section in source(form_id)["components"]:
        for part in section["components"]:
            yield part
            yield from part.get("components", [])


COLUMNS = {
    column["id"]
    for form in FILES
    for part in components(form)
    for column in part.get("components", [])
}


def told(cleaned: forms.Cleaned) -> list[str]:
    """Return what each error names: the row of a table, else the field of the catalogue."""
    return [error.row or error.catalogue for error in cleaned.errors]


#: Rows whose printed type is carried by others: what the system fills in is worked out, and the
#: guidance that goes with the letter is named in it.
CARRIED_BY_OTHERS: dict[str, dict[str, int]] = {
    "F14.01": {"rows": 1, "text": 4, "choice": 2, "long": 1, "yesno": 1, "date": 1},
    "F14.02": {"date": 4},
    "F14.13": {"choice": 1},
    "F15.01": {"computed": 1},
    "F15.02": {"computed": 1},
    "F15.03": {"computed": 1},
    "F15.04": {"computed": 1},
    "F15.05": {"computed": 2},
    "F15.07": {"computed": 1},
    "F15.12": {"computed": 1, "fixed text": 1},
    "F15.22": {"fixed text": 1},
    "F15.23": {"computed": 1},
    "F15.24": {"signature": 1, "computed": 1},
}


def wanted_kinds(field_id: str, printed: str) -> Iterator[tuple[str, int]]:
    """Read the type column: kinds of input, some with how many of them."""
    if field_id in CARRIED_BY_OTHERS:
        yield from CARRIED_BY_OTHERS[field_id].items()
        return
    for word, times in re.findall("(fixed text|[a-z]+)(?: \N{MULTIPLICATION SIGN}(\\d))?", printed):
        yield {"multi": "checklist"}.get(word, word), int(times or 1)


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = [kind_of(part) for part in INPUTS[field_id]]
    assert kinds, f"{field_id} has no input"
    for kind, number in wanted_kinds(field_id, ROWS[field_id][1]):
        assert kinds.count(kind) >= number, f"{field_id} wants {number} {kind}, has {kinds}"


def test_no_input_has_an_id_that_the_catalogue_lacks() -> None:
    assert set(INPUTS) == set(ROWS)


#: An empty tick is an answer here: the ideal note-taker, and what is not ready yet.
TICKS_THAT_MAY_STAY_EMPTY = {"F14.16"}


@pytest.mark.parametrize("field_id", sorted(set(ROWS) - TICKS_THAT_MAY_STAY_EMPTY))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    req = ROWS[field_id][3]
    asked = required(INPUTS[field_id])
    by_system = any(
        part["type"] in ("expression", "adolyguLink", "text") for part in INPUTS[field_id]
    )
    if req == "Y" or req.startswith("C"):
        #: A meeting without a gap has none to list, and says so by an empty list.
        assert asked or by_system or field_id == "F12.09"
    else:
        assert not [
            part for part in asked
            if "required" in part["validate"] and part["id"] not in COLUMNS
        ]  # fmt: skip


@pytest.mark.parametrize("field_id", ["F14.04", "F14.08", "F14.11", "F14.13"])
def test_the_options_are_those_of_the_catalogue(field_id: str) -> None:
    printed = [option.strip().lower() for option in ROWS[field_id][2].split(";")]
    (options,) = (part["values"] for part in INPUTS[field_id] if "values" in part)
    offered = [option["label"].lower() for option in options]
    assert [straight(option) for option in offered] == [straight(option) for option in printed]


def straight(text: str) -> str:
    """Return a text with one kind of apostrophe."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@pytest.mark.parametrize("form_id", ["planning_meeting", "clarification_meeting"])
def test_a_meeting_is_of_a_kind_of_the_catalogue(form_id: str) -> None:
    (kind,) = (
        part
        for part in components(form_id)
        if part.get("catalogue") == "F12.01" and "values" in part
    )
    offered = [option["label"].lower() for option in kind["values"]]
    assert offered == [option.strip() for option in ROWS["F12.01"][2].split(";")]


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_fields_of_a_section_stand_in_the_order_of_the_catalogue(form_id: str) -> None:
    for section in source(form_id)["components"]:
        order = [part["catalogue"] for part in section["components"] if "catalogue" in part]
        assert order == sorted(order), section["id"]


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_form_is_one_the_engine_reads(form_id: str) -> None:
    form = parsed(form_id)
    assert (form.id, form.catalogue) == (form_id, FILES[form_id])


@pytest.mark.parametrize("form_id", sorted(set(FILES) - {"agency_list"}))
@pytest.mark.parametrize("facts", [{}, {"is_extended": True}])
def test_the_examples_make_a_form_that_is_taken(form_id: str, facts: dict[str, Any]) -> None:
    assert fill(form_id, facts=facts).errors == []


@pytest.mark.parametrize(
    "form_id", ["planning_meeting", "reading_notes", "clarification_meeting", "participant_contact"]
)
def test_free_text_of_the_panel_keeps_staff_matters_and_names_out(form_id: str) -> None:
    for part in components(form_id):
        if part["type"] == "textarea":
            assert "Use roles, not names." in part.get("description", ""), part["id"]


# Who reads what


def readers(form_id: str, key: str) -> set[str]:
    """Return the roles that may read a field; its author reads it beside them, where V-OWN is."""
    path = ROOT / "processes" / "roles.toml"
    known, form = roles.parse_roles(path.read_bytes(), str(path)), parsed(form_id)
    section = form.section_of(key)
    classes = form.field(key).visibility or section.visibility or form.visibility
    return {role for name in classes for role in known.visibility(name)}


def test_the_preparation_sheet_is_for_nobody_but_its_author() -> None:
    form = parsed("preparation_sheet")
    assert form.visibility == ("V-OWN",)
    for field in form.fields:
        if field.key:
            assert readers("preparation_sheet", field.key) == set(), field.key
    facts = (ROOT / "processes" / "facts.toml").read_text(encoding="utf-8")
    assert "preparation_sheet" not in facts


def test_needs_are_the_co_ordinators_and_questions_the_reviewers() -> None:
    assert readers("reply_slip", "reply_needs") == {"coordinator"}
    assert readers("reply_slip", "reply_questions") == {
        "reviewer", "reviewer_local", "reviewer_external",
    }  # fmt: skip
    assert "panel_member" in readers("reply_slip", "can_attend")
    assert "participant" not in readers("reply_slip", "can_attend")


@pytest.mark.parametrize("key", ["event_on", "event_venue", "event_duration", "note_taker"])
def test_participants_and_note_taker_read_when_and_where(key: str) -> None:
    assert {"participant", "note_taker"} <= readers("event_plan", key)


@pytest.mark.parametrize("key", ["duration_reason", "programme", "family_messages_built_in"])
def test_the_rest_of_the_plan_stays_with_the_panel(key: str) -> None:
    assert not {"participant", "note_taker"} & readers("event_plan", key)


# Rules


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"event_duration": "one_day", "event_second_on": "2026-07-10"}, "TS-17"),
        ({"event_duration": "half_day", "event_second_on": "2026-07-10"}, "TS-17"),
        ({"event_duration": "two_consecutive_days"}, "TS-17"),
        ({"event_duration": "two_consecutive_days", "event_second_on": "2026-07-13"}, "TS-17"),
        ({"event_duration": "two_days_with_gap", "event_second_on": "2026-07-10"}, "TS-17"),
        ({"event_duration": "half_day", "duration_reason": ""}, "F14.05"),
        ({"event_starts": "16:00", "event_finishes": "16:00"}, "F14.02"),
    ],
)
def test_a_length_that_does_not_fit_its_days_is_refused(given: dict[str, Any], named: str) -> None:
    assert told(fill("event_plan", ["outline"], event_on="2026-07-09", **given)) == [named]


@pytest.mark.parametrize(
    ("duration", "second", "last"),
    [
        ("half_day", "", "2026-07-09"),
        ("one_day", "", "2026-07-09"),
        ("two_consecutive_days", "2026-07-10", "2026-07-10"),
        ("two_days_with_gap", "2026-07-11", "2026-07-11"),
    ],
)
def test_each_length_has_its_pattern(duration: str, second: str, last: str) -> None:
    cleaned = fill(
        "event_plan", ["outline"],
        event_on="2026-07-09", event_duration=duration, event_second_on=second,
    )  # fmt: skip
    assert cleaned.errors == []
    assert cleaned.values["outline"]["event_ends_on"] == last


@pytest.mark.parametrize(
    ("day", "rows"),
    [("2026-06-18", []), ("2026-06-17", ["TS-56"]), ("2026-11-20", []), ("2026-11-21", ["TS-01"])],
)
def test_a_date_too_near_or_too_late_is_a_warning(day: str, rows: list[str]) -> None:
    cleaned = fill("event_plan", ["outline"], event_on=day)
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == rows


def test_another_length_than_the_rule_suggests_is_a_warning() -> None:
    cleaned = fill("event_plan", ["outline"], event_duration="half_day")
    assert [warning.row for warning in cleaned.warnings] == ["DR-20"]


def test_both_reviewers_run_the_event_of_an_extended_review() -> None:
    one = [{"facilitator": "Geraint Powell", "leads_what": "All", "query_contact": "1"}]
    assert told(fill("event_plan", ["roles"], facilitators=one)) == []
    extended = {"is_extended": True}
    assert told(fill("event_plan", ["roles"], facts=extended, facilitators=one)) == ["LEV-01"]
    issues = fill("event_plan", ["programme"], facts=extended).values["programme"]["six_issues"]
    assert [row["event_issue"] for row in issues] == ["x1", "x2", "x3", "x4", "x5", "x6"]
    assert told(fill("event_plan", ["programme"], facts=extended, six_issues=[])) == ["F14.17"]


@pytest.mark.parametrize(
    "tick", ["note_taker_skilled", "note_taker_knows_field", "note_taker_no_part"]
)
def test_a_note_taker_short_of_the_ideal_needs_a_note(tick: str) -> None:
    assert told(fill("event_plan", ["note_taker"], **{tick: False}, note_taker_note="")) == [
        "F14.06"
    ]
    assert told(fill("event_plan", ["note_taker"], **{tick: False})) == []


def test_family_messages_are_built_in_where_somebody_contributed() -> None:
    contributed = {"family_outcomes": ["declined", "contributed"]}
    empty = fill("event_plan", ["family"], facts=contributed, family_messages_built_in="")
    assert told(empty) == ["F14.15"]
    assert told(fill("event_plan", ["family"], family_messages_built_in="")) == []


PLANNED = {
    "outline": {"event_on": "2026-07-09", "event_venue": "Canolfan"},
    "note_taker": {"note_taker": {"name": "Eleri Wyn", "designation": "Secretary"}},
}


def is_ready(facts: Mapping[str, Any] | None = None, existing: Any = PLANNED, **given: Any) -> bool:
    cleaned = fill("event_plan", ["readiness"], facts=facts, existing=existing, **given)
    assert cleaned.errors == []
    found: bool = cleaned.values["readiness"]["event_ready"]
    return found


def test_an_event_with_everything_is_ready() -> None:
    assert is_ready()


@pytest.mark.parametrize(
    "facts",
    [
        {"timelines_merged": None},
        {"family_outcomes": ["declined", None]},
        {"letter_dates": []},
        {"letter_dates": [date(2026, 7, 9), None]},
        {"letter_dates": [date(2026, 7, 9), date(2026, 6, 1)]},
    ],
)
def test_an_event_that_lacks_something_is_not_ready(facts: dict[str, Any]) -> None:
    assert is_ready(facts) is False


@pytest.mark.parametrize("tick", ["terms_on_view", "merged_on_view", "genogram_ready"])
def test_an_event_without_its_papers_is_not_ready(tick: str) -> None:
    assert is_ready(**{tick: False}) is False


def test_an_event_without_note_taker_is_not_ready() -> None:
    assert is_ready(existing={"outline": PLANNED["outline"]}) is False


@pytest.mark.parametrize(
    ("kind", "row"), [("family_member", "DR-19.3"), ("note_taker", "DR-19.4"), ("practitioner", "")]
)
def test_who_is_no_participant_is_told_where_they_belong(kind: str, row: str) -> None:
    given: dict[str, Any] = {"participants.participant_kind": {forms.EVERY: kind}}
    assert told(fill("participant_list", **given)) == ([row] if row else [])


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        ({}, []),
        ({"spoken_to": False, "spoken_to_on": None}, ["TS-16"]),
        ({"spoken_to_on": date(2026, 5, 29)}, ["TS-16"]),
        ({"event_on": date(2026, 6, 18)}, []),
        ({"event_on": date(2026, 6, 17)}, ["TS-56"]),
    ],
)
def test_a_letter_warns_of_what_should_have_come_before(
    facts: dict[str, Any], rows: list[str]
) -> None:
    cleaned = fill("invitation_letter", facts=facts)
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == rows


@pytest.mark.parametrize("event_on", [None, date(2026, 5, 27)])
def test_no_letter_goes_for_an_event_without_a_date_or_one_that_is_over(event_on: Any) -> None:
    assert told(fill("invitation_letter", facts={"event_on": event_on})) == ["F15.24"]


def test_a_letter_says_what_the_plan_says_and_of_which_kind_the_review_is() -> None:
    found = fill("invitation_letter").values["letter"]
    assert (found["addressee"], found["letter_child"]) == (
        "Sian Rees, Social worker", "Child / Plentyn CPR-2026-0001",
    )  # fmt: skip
    assert (found["letter_event_on"], found["letter_type"]) == ("2026-07-09", "Concise / Cryno")
    extended = fill("invitation_letter", facts={"is_extended": True}).values["letter"]
    assert extended["letter_type"] == "Extended / Estynedig"


def test_the_family_stands_in_the_letter_only_where_it_is_to_be_approached() -> None:
    (text,) = INPUTS["F15.13"]
    assert text["conditional"] == {"hide": "=family_approach_confirmed != true"}


def test_a_letter_is_signed() -> None:
    assert fill("invitation_letter").signature_needed


@pytest.mark.parametrize("empty", ["cannot_reason", "manager_told", "reply_manager"])
def test_whoever_cannot_come_says_why_and_whether_the_manager_knows(empty: str) -> None:
    field = "F16.03" if empty == "cannot_reason" else "F16.04"
    assert told(fill("reply_slip", ["reply"], can_attend=False, **{empty: ""})) == [field]
    assert told(fill("reply_slip", ["reply"], **{empty: ""})) == []


def test_a_reply_is_about_the_date_of_the_letter() -> None:
    found = fill("reply_slip", ["reply"]).values["reply"]
    assert (found["replied_on"], found["reply_event_on"]) == ("2026-05-28", "2026-07-09")


def test_the_preparation_sheet_may_stay_empty() -> None:
    keys = [field.key for field in parsed("preparation_sheet").fields if field.key]
    assert told(fill("preparation_sheet", **dict.fromkeys(keys, ""))) == []


@pytest.mark.parametrize(("asked", "more"), [(["police"], True), ("", False)])
def test_more_is_needed_where_an_agency_is_asked_again(asked: Any, more: bool) -> None:
    found = fill("clarification_meeting", ["gaps"], agencies_asked_again=asked).values["gaps"]
    assert found["more_needed"] is more


def test_participants_are_one_list_that_the_consultation_keeps_too() -> None:
    kept = [
        (form.id, field.items.kind)
        for form in (parsed("participant_list"), parsed("session_record"))
        for field in form.fields
        if field.items is not None and field.items.list == "participants"
    ]
    assert kept == [("participant_list", "participant"), ("session_record", "participant")]
