"""The forms of the consultation hold every field of the catalogue, in both languages."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from engine import decisions, forms
from tests.processes.catalogue import (
    CATALOGUE,
    ROOT,
    catalogue_rows,
    inputs,
    inputs_by_catalogue,
    kind_of,
    parsed,
    required,
    source,
)
from tests.processes.filling_in import FUNCTIONS, TODAY, Filler
from tests.processes.shipped import failures, table

#: Each file and the catalogue's form; F-50 is two files (decision D5).
FILES = {
    "working_principles": "F-18",
    "staff_matter": "F-36",
    "escalation": "F-43",
    "consent": "F-45",
    "consultation_referral": "F-46",
    "steering_consideration": "F-47",
    "session_plan": "F-48",
    "conference_minutes": "F-49",
    "session_record": "F-50",
    "participant_actions": "F-50",
    "session_evaluation": "F-51",
    "session_debrief": "F-52",
    "follow_up": "F-53",
}

#: Forms of the session and what comes after it, where CF-05 wants a reminder at every free text.
EVENT_FORMS = (
    "working_principles", "session_plan", "session_record", "participant_actions",
    "session_evaluation", "session_debrief", "follow_up", "escalation",
)  # fmt: skip
CF_05 = "training needs or conduct here: those go to their own agency."

#: What the case knows when the forms that need it are filled in.
FACTS = {"consent_outcome": "go on", "session_on": date(2026, 6, 25), "session_held_on": TODAY}


ROWS = catalogue_rows(FILES.values())
INPUTS = inputs_by_catalogue(FILES)


filled = Filler(FACTS, decide=failures)


def test_the_catalogue_lists_the_fields_of_these_forms() -> None:
    counts: dict[str, int] = defaultdict(int)
    for field_id in ROWS:
        counts[f"F-{field_id[1:3]}"] += 1
    index = dict(re.findall(r"^\| (F-\d\d) \|.*\| (\d+) \|$", CATALOGUE, re.MULTILINE))
    assert counts == {form: int(index[form]) for form in set(FILES.values())}


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    """Each type that the catalogue names for a row stands in the form, as often as it says."""
    kinds = [kind_of(part) for part in INPUTS[field_id]]
    assert kinds, f"{field_id} has no input"
    for kind, number in wanted_kinds(field_id, ROWS[field_id][1]):
        assert kinds.count(kind) >= number, f"{field_id} wants {number} {kind}, has {kinds}"


#: Rows whose printed type is carried by another: what the system fills in is worked out.
FILLED_BY_SYSTEM = {"F43.04": "computed", "F51.03": "computed"}


def wanted_kinds(field_id: str, printed: str) -> Iterator[tuple[str, int]]:
    """Read the type column: kinds of input, some with how many of them."""
    if field_id in FILLED_BY_SYSTEM:
        yield FILLED_BY_SYSTEM[field_id], 1
        return
    if field_id == "F47.02" or printed == "tick list":
        yield "checklist", 1
        return
    printed = printed.replace(", editable", "")
    for word, times in re.findall("(fixed text|[a-z]+)(?: \N{MULTIPLICATION SIGN}(\\d))?", printed):
        kind = {"fixed text": "long", "table": "rows", "note": "long", "advice": "long"}
        yield kind.get(word, word), int(times or 1)


#: Asked for by a decision of the diagram, which cannot go on without an answer.
NEEDED_BY_A_GATEWAY = {
    "advice_from", "advice_outcome", "escalation_answer", "answered_on", "joins_referral",
}  # fmt: skip


@pytest.mark.parametrize("field_id", sorted(ROWS))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    req = ROWS[field_id][3]
    asked = required(INPUTS[field_id])
    given_by_system = any(
        part["type"] in ("expression", "adolyguLink") for part in INPUTS[field_id]
    )
    if field_id == "F47.06":
        assert "DR-17.2" in json.dumps(source("steering_consideration")["rules"])
    elif req == "Y":
        assert asked or given_by_system
    elif req.startswith("C"):
        assert asked
        assert all("requiredWhen" in part["validate"] for part in asked)
    else:
        assert req == "N"
        lists = {part["path"] for part in INPUTS[field_id] if "path" in part}
        columns = {
            column["key"] for part in INPUTS[field_id] for column in part.get("components", [])
        }
        loose = {
            part.get("key", part.get("path")) for part in asked if "required" in part["validate"]
        }
        assert loose <= NEEDED_BY_A_GATEWAY | (columns if lists else set())


CHOICES = ("F45.02", "F45.03", "F45.05", "F45.06", "F46.05", "F47.03", "F43.05", "F36.01", "F53.02")


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
def test_the_fields_stand_in_the_order_of_the_catalogue(form_id: str) -> None:
    order = [part["catalogue"] for part in inputs(form_id)]
    assert order == sorted(order)


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_form_is_one_the_engine_reads(form_id: str) -> None:
    form = parsed(form_id)
    assert (form.id, form.catalogue) == (form_id, FILES[form_id])


@pytest.mark.parametrize("form_id", EVENT_FORMS)
def test_every_free_text_of_the_session_forms_keeps_staff_matters_out(form_id: str) -> None:
    for part in inputs(form_id):
        is_printed_text = form_id == "working_principles" and "default" in part
        if part["type"] == "textarea" and not is_printed_text:
            assert CF_05 in part.get("description", ""), f"{part['id']} lacks the reminder of CF-05"


def test_a_staff_matter_has_no_place_for_the_matter() -> None:
    assert {kind_of(part) for part in inputs("staff_matter")} == {"choice", "person", "date"}


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_the_examples_of_a_form_are_accepted(form_id: str) -> None:
    cleaned = filled(form_id)
    assert cleaned.errors == []
    assert cleaned.warnings == []


def test_examples_go_the_plain_way() -> None:
    consent = filled("consent").values
    assert {row["consent"] for row in consent["parents"]["parents"]} == {"yes"}
    assert consent["child"]["child_consent"] == "yes"
    assert "withdrawn_on" not in consent["withdrawal"]
    assert filled("consultation_referral").values["advice_sought"]["advice_from"] == "not_sought"
    considered = filled("steering_consideration").values
    assert considered["consideration"]["outcome"] == "accepted"
    named = considered["facilitators"]
    assert named["facilitator_1_discipline"] != named["facilitator_2_discipline"]


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({}, "go on"),
        ({"parents.consent": {forms.EVERY: "no"}}, "stop"),
        ({"parents.consent": {forms.BY_ROW: ["yes", "not_reached"]}}, "wait"),
        ({"child_appropriate": False}, "go on"),
        ({"child_consent": "no"}, "stop"),
        ({"child_consent": "not_yet_asked"}, "wait"),
        ({"withdrawn_on": "2026-05-28"}, "stop"),
    ],
)
def test_what_the_consent_record_says_decides_whether_to_go_on(
    given: dict[str, Any], outcome: str
) -> None:
    cleaned = filled("consent", **given)
    assert cleaned.errors == []
    answers = forms.feel_values(parsed("consent"), cleaned.values)
    names = {
        "consent_parents": answers["parents"],
        "child_consent_appropriate": answers["child_appropriate"],
        "child_not_appropriate_reason": answers["child_not_appropriate_reason"],
        "child_consent": answers["child_consent"],
        "consent_withdrawn_on": answers["withdrawn_on"],
    }
    assert decisions.decide(table("DR-16"), names, FUNCTIONS).result == {"result": outcome}


def test_facilitators_and_observer_are_held_to_the_rule() -> None:
    nia = {"name": "Nia Evans", "designation": "Nurse"}

    def rows(**given: Any) -> list[str]:
        return [error.row for error in filled("steering_consideration", **given).errors]

    assert rows(facilitator_2={**nia, "name": "nia evans"}) == ["DR-17.1"]
    assert rows(facilitator_2_discipline="nursing") == ["DR-17.2"]
    assert rows(facilitator_2_discipline="nursing", facilitator_reason="Nobody else is free.") == []
    assert rows(facilitator_1_involved=True) == ["DR-17.3"]
    assert rows(observer=nia) == ["DR-17.5"]


def test_a_late_pack_is_a_warning_since_the_steering_group_may_take_it() -> None:
    in_time = filled("consultation_referral", steering_meeting_on="2026-06-11")
    late = filled("consultation_referral", steering_meeting_on="2026-06-10")
    assert (in_time.errors, in_time.warnings) == ([], [])
    assert late.errors == []
    assert [warning.row for warning in late.warnings] == ["TS-41"]
    after = filled("consultation_referral", steering_meeting_on="2026-05-27")
    assert [error.catalogue for error in after.errors] == ["F46.11"]


def test_late_minutes_are_a_warning_and_their_days_are_counted() -> None:
    form, facts = parsed("conference_minutes"), {"session_on": date(2026, 6, 10)}
    cleaned = forms.clean_values(
        form, ["received"], {"minutes_received_on": "2026-05-28"}, names=facts, functions=FUNCTIONS
    )
    assert cleaned.errors == []
    assert [warning.row for warning in cleaned.warnings] == ["TS-44"]
    assert cleaned.values["received"]["days_before_session"] == 13


@pytest.mark.parametrize("received_on", ["2026-01-14", "2025-06-10"])
def test_minutes_received_before_there_could_be_any_are_pointed_out(received_on: str) -> None:
    form = parsed("conference_minutes")
    cleaned = forms.clean_values(
        form,
        ["received"],
        {"minutes_received_on": received_on},
        names={"referral_discussed_on": date(2026, 1, 15)},
        functions=FUNCTIONS,
    )
    assert cleaned.errors == []
    assert [each.field for each in cleaned.warnings] == ["minutes_received_on-day"]


def test_minutes_are_given_or_said_not_to_apply() -> None:
    neither = filled("conference_minutes", initial_not_applicable=False)
    assert {error.field.partition("-")[0] for error in neither.errors} == {
        "initial_minutes", "initial_minutes_on",
    }  # fmt: skip
    both = filled(
        "conference_minutes", initial_minutes_on="2026-01-15", initial_not_applicable=True
    )
    assert [error.field for error in both.errors] == ["initial_not_applicable"]


def test_older_events_belong_to_the_social_history() -> None:
    def event(on: str) -> list[dict[str, str]]:
        return [{"event_on": on, "agency": "police", "event": "Visit", "outcome": "None"}]

    inside = filled("consultation_referral", chronology=event("2025-11-28"))
    outside = filled("consultation_referral", chronology=event("2025-11-27"))
    assert inside.warnings == []
    assert [warning.row for warning in outside.warnings] == ["TS-42"]


def test_the_past_is_not_in_the_future() -> None:
    cleaned = filled("session_record", held_on="2026-05-29")
    assert [(error.field, error.en) for error in cleaned.errors] == [
        ("held_on-day", "The date the session was held must be today or in the past")
    ]
    assert cleaned.errors[0].cy == "Ni all y dyddiad y cynhaliwyd y sesiwn fod yn y dyfodol"


def test_consent_is_asked_of_the_child_only_where_it_is_appropriate() -> None:
    cleaned = filled("consent", child_appropriate=False, child_not_appropriate_reason="")
    assert [error.catalogue for error in cleaned.errors] == ["F45.04"]
    with_reason = filled("consent", child_appropriate=False)
    assert with_reason.errors == []
    assert "child_consent" not in with_reason.values["child"]


def test_the_pack_opens_to_the_steering_group_once_consent_is_given() -> None:
    (gate,) = parsed("consultation_referral").gates
    assert gate.roles == ("steering_group",)
    assert gate.when.evaluate({"consent_outcome": "go on"}) is True
    assert gate.when.evaluate({"consent_outcome": "wait"}) is False


def test_conference_minutes_are_for_those_who_need_them() -> None:
    assert set(parsed("conference_minutes").visibility) == {
        "facilitator", "referrer", "worker", "coordinator",
    }  # fmt: skip


@pytest.mark.parametrize("form_id", sorted(FILES))
def test_expressions_read_only_answers_and_declared_facts(form_id: str) -> None:
    form = parsed(form_id)
    facts = tomllib.loads((ROOT / "processes" / "facts.toml").read_text(encoding="utf-8"))
    columns = {column.key for field in form.fields for column in field.columns}
    known = forms.known_names(form) | columns | set(facts)
    for _, element, expression in forms.expressions(form):
        assert expression.names <= known, element


def test_every_fact_of_a_form_has_its_field() -> None:
    facts = tomllib.loads((ROOT / "processes" / "facts.toml").read_text(encoding="utf-8"))
    for name, fact in facts.items():
        form_id, _, key = fact.get("field", "").partition(".")
        assert form_id not in FILES or parsed(form_id).has_field(key), name


def test_scenarios_can_speak_in_the_words_of_the_catalogue() -> None:
    said = forms.set_by_catalogue(
        parsed("session_record"),
        ["session"],
        {"F50.01": [TODAY, [{"name": "Sian Rees", "role": "Social worker", "agency": "Police"}]]},
    )
    assert said == {
        "held_on": "2026-05-28",
        "attendance": [{"name": "Sian Rees", "role": "Social worker", "agency": "police"}],
    }
    row = {"date": TODAY, "agency": "police", "contact or event": "Visit", "outcome": "None"}
    said = forms.set_by_catalogue(
        parsed("consultation_referral"), ["chronology"], {"F46.09": [row]}
    )
    assert list(said["chronology"][0]) == ["event_on", "agency", "event", "outcome"]
    said = forms.set_by_catalogue(parsed("consent"), ["parents"], {"F45.02": "not reached"})
    assert said == {"parents.consent": {forms.EVERY: "not_reached"}}
    who = {"name": "Nia Evans", "discipline": "Nursing", "case involvement": False}
    considering = parsed("steering_consideration")
    said = forms.set_by_catalogue(considering, ["facilitators"], {"F47.04": who})
    assert said == {
        "facilitator_1": {"name": "Nia Evans"},
        "facilitator_1_discipline": "Nursing",
        "facilitator_1_involved": False,
    }
    ticks = {"F47.02": [True, False, True]}
    said = forms.set_by_catalogue(considering, ["consideration"], ticks)
    assert said == {"pack_considered": ["referral", "social_history"]}
