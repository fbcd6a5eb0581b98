"""What becomes a fact, and which names an expression reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from engine import feel, timescales
from engine.errors import InvalidDefinition
from engine.facts import (
    as_reported,
    behind,
    followed,
    follows,
    from_decision,
    from_step,
    lift,
    lift_rows,
    names_for,
    parse_facts,
)
from engine.forms import parse_form

SOURCE = """
[consent_withdrawn_on]
type = "date"
scope = "case"
field = "consent.withdrawn_on"
en = "the day consent was withdrawn"
cy = "y diwrnod y tynnwyd cydsyniad yn ôl"

[how_many]
type = "number"
scope = "case"
field = "consent.how_many"
en = "how many were asked"
cy = "faint a holwyd"

[consent_outcome]
type = "string"
scope = "case"
decision = "DR-16.outcome"
en = "what follows from consent"
cy = "yr hyn sy'n dilyn o'r cydsyniad"

[failures]
type = "list"
scope = "case"
decision = "DR-17.failure"
en = "what does not hold"
cy = "yr hyn nad yw'n dal"

[evaluated]
type = "boolean"
scope = "participant"
step = "CNS-15"
en = "the evaluation was sent"
cy = "anfonwyd y gwerthusiad"
"""


def texts(label: str) -> dict[str, object]:
    return {"label": label, "i18n": {"cy": {"label": f"{label} (cy)"}}}


FORM = {
    "type": "default",
    "schemaVersion": 19,
    "id": "consent",
    "catalogue": "F-45",
    "per": "case",
    "visibility": ["V-STEER"],
    "title": "Consent",
    "i18n": {"cy": {"title": "Cydsyniad"}},
    "components": [
        {
            "type": "group",
            "id": "withdrawal",
            **texts("Withdrawal"),
            "components": [
                {
                    "type": "datetime",
                    "subtype": "date",
                    "key": "withdrawn_on",
                    "id": "w",
                    "catalogue": "F45.07",
                    "label": "Withdrawn on",
                    "i18n": {"cy": {"label": "Tynnwyd", "errors": {"type": "Dyddiad."}}},
                    "errors": {"type": "Enter a date."},
                }
            ],
        },
        {
            "type": "group",
            "id": "asked",
            **texts("Asked"),
            "components": [
                {
                    "type": "number",
                    "key": "how_many",
                    "id": "n",
                    "catalogue": "F45.01",
                    "label": "How many",
                    "i18n": {"cy": {"label": "Faint", "errors": {"type": "Rhif."}}},
                    "errors": {"type": "Enter a number."},
                }
            ],
        },
    ],
}

DECLARED = parse_facts(SOURCE.encode(), "facts.toml")


def test_rows_are_read() -> None:
    outcome = DECLARED["consent_outcome"]
    assert (outcome.kind, outcome.source, outcome.type) == ("decision", "DR-16.outcome", "string")
    assert DECLARED["evaluated"].scope == "participant"
    assert outcome.text.en == "what follows from consent"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('field = "consent.withdrawn_on"\n', "", "0 sources"),
        ('field = "consent.withdrawn_on"', 'field = "consent.x"\nstep = "CNS-03"', "2 sources"),
        ('field = "consent.withdrawn_on"', 'field = "withdrawn_on"', "'withdrawn_on'"),
        ('decision = "DR-16.outcome"', 'decision = "16"', "'16'"),
        ('type = "boolean"', 'type = "date"', "not boolean"),
        ('type = "number"', 'type = "integer"', "'integer'"),
        ('decision = "DR-16.outcome"', 'waiting = "ask_parents"', "is 'string' of 'case'"),
        ('step = "', 'waiting = "ask_parents" # ', "is 'boolean' of 'participant'"),
        ('cy = "faint a holwyd"\n', "", "missing"),
        ("[how_many]", "[how-many]", "not the name"),
        ('scope = "participant"', 'scope = "One Participant"', "One Participant"),
        ('scope = "participant"', 'scope = "participant"\ndefault = 3', "not a key"),
    ],
)
def test_row_that_is_wrong_is_refused(old: str, new: str, reason: str) -> None:
    assert old in SOURCE
    with pytest.raises(InvalidDefinition) as refused:
        parse_facts(SOURCE.replace(old, new, 1).encode(), "facts.toml")
    assert reason in refused.value.message


def test_only_sections_just_written_give_facts_and_an_emptied_field_gives_null() -> None:
    form = parse_form(json.dumps(FORM).encode(), "forms/consent.json")
    values = {"withdrawal": {"withdrawn_on": "2026-05-01"}, "asked": {"how_many": 3}}
    assert lift(DECLARED, form, values, ["withdrawal"]) == {
        "consent_withdrawn_on": date(2026, 5, 1)
    }
    assert lift(DECLARED, form, values, ["asked"]) == {"how_many": Decimal(3)}
    emptied = {"withdrawal": {}, "asked": {"how_many": 3}}
    assert lift(DECLARED, form, emptied, ["withdrawal"]) == {"consent_withdrawn_on": None}


def test_a_version_is_that_which_wrote_the_section_last() -> None:
    source = """
[consent_version]
type = "number"
scope = "case"
version = "consent.asked"
en = "which version says how many were asked"
cy = "pa fersiwn sy'n dweud faint a holwyd"
"""
    declared = parse_facts(source.encode(), "facts.toml")
    form = parse_form(json.dumps(FORM).encode(), "forms/consent.json")
    assert lift(declared, form, {"asked": {}}, ["asked"], 3) == {"consent_version": Decimal(3)}
    assert lift(declared, form, {"asked": {}}, ["withdrawal"], 4) == {}
    with pytest.raises(InvalidDefinition, match="versions are counted"):
        parse_facts(source.replace("number", "date").encode(), "facts.toml")


def test_an_item_has_its_key_whatever_document_it_stands_in() -> None:
    source = """
[agency_kind]
type = "string"
scope = "agency"
item = "key"
en = "which agency it is"
cy = "pa asiantaeth ydyw"

[agency_name]
type = "string"
scope = "agency"
value = 'agency_kind + "!"'
en = "which agency it is, loudly"
cy = "pa asiantaeth ydyw, yn uchel"

[agencies_known]
type = "list"
scope = "case"
each = "agency_kind"
en = "which agencies there are"
cy = "pa asiantaethau sydd"
"""
    declared = parse_facts(source.encode(), "facts.toml")

    def names(item: str | None) -> Mapping[str, feel.Value]:
        keys = {"agency": ["police", "probation"]}
        return names_for({}, item, declared, items=lambda kind: keys.get(kind, []))

    assert names("probation")["agency_name"] == "probation!"
    assert names("participant_1")["agency_kind"] is None
    assert names(None)["agencies_known"] == ["police", "probation"]
    with pytest.raises(InvalidDefinition, match="string of an item"):
        parse_facts(source.replace('"agency"', '"case"', 1).encode(), "facts.toml")


def test_lists_of_each_item_can_stand_in_one_list_in_order_of_their_entries() -> None:
    source = """
[visits]
type = "list"
scope = "agency"
field = "timeline.visits"
en = "the visits of the agency"
cy = "ymweliadau’r asiantaeth"

[all_visits]
type = "list"
scope = "case"
each = "visits"
in_order_of = "day at"
en = "the visits of all agencies"
cy = "ymweliadau’r holl asiantaethau"
"""
    declared = parse_facts(source.encode(), "facts.toml")
    one = [{"day": date(2026, 3, 2), "at": "14:00"}, {"day": "2026-04"}, {"day": None}]
    other = [{"day": date(2026, 3, 2)}, {"day": date(2026, 3, 2), "at": "09:00"}]
    known: dict[tuple[str, str], feel.Value] = {("visits", "a"): one, ("visits", "b"): other}

    names = names_for(known, None, declared, items=lambda _: ["a", "nobody", "b"])
    assert names["all_visits"] == [other[1], one[0], other[0], one[1], one[2]]
    with pytest.raises(InvalidDefinition, match="no list of each"):
        parse_facts(source.replace('each = "visits"', 'value = "[]"').encode(), "facts.toml")


def test_decision_gives_its_output_a_list_gives_each_and_no_answer_gives_null() -> None:
    assert from_decision(DECLARED, "DR-16", {"outcome": "go on"}) == {"consent_outcome": "go on"}
    assert from_decision(DECLARED, "DR-16", None) == {"consent_outcome": None}
    found = from_decision(DECLARED, "DR-17", [{"failure": "a"}, {"failure": "b"}])
    assert found == {"failures": ["a", "b"]}
    assert from_decision(DECLARED, "DR-17", []) == {"failures": []}


def test_completed_step_is_a_true_fact() -> None:
    assert from_step(DECLARED, ["CNS-15", "CNS-14"]) == {"evaluated": True}
    assert from_step(DECLARED, ["CNS-14"]) == {}


def test_expression_reads_every_declared_name_and_the_facts_of_its_item_only() -> None:
    known = {
        ("consent_outcome", ""): "go on",
        ("evaluated", "participant_1"): True,
        ("undeclared", ""): 1,
    }
    names = names_for(known, "participant_1", DECLARED)
    assert set(names) == set(DECLARED)
    assert names["consent_outcome"] == "go on"
    assert names["evaluated"] is True
    assert names["how_many"] is None
    assert names_for(known, "participant_2", DECLARED)["evaluated"] is None
    assert names_for(known, None, DECLARED)["evaluated"] is None


def test_own_functions_are_those_that_feel_knows() -> None:
    from datetime import UTC, datetime

    functions = timescales.own_functions(datetime(2026, 1, 1, tzinfo=UTC), lambda key: None)
    assert set(functions) == set(feel.OWN_FUNCTIONS)
    working = feel.compile_expression('add working days(date("2026-04-02"), 1)', functions=None)
    assert working.evaluate({}, functions) == date(2026, 4, 7)


ROWS = """
[child_outcome]
type = "string"
scope = "child"
field = "screening.children.outcome"
en = "what happened to the child"
cy = "yr hyn a ddigwyddodd i’r plentyn"

[outcomes]
type = "list"
scope = "case"
each = "child_outcome"
en = "what happened to each child"
cy = "yr hyn a ddigwyddodd i bob plentyn"

[case_identifier]
type = "string"
scope = "case"
case = "identifier"
en = "the case identifier"
cy = "dynodwr yr achos"
"""

SCREENING = {
    **FORM,
    "id": "screening",
    "components": [
        {
            "type": "group",
            "id": "children",
            **texts("Children"),
            "components": [
                {
                    "type": "dynamiclist",
                    "path": "children",
                    "id": "c",
                    "catalogue": "F03.01",
                    "label": "Children",
                    "itemLabel": "Child",
                    "i18n": {"cy": {"label": "Plant", "itemLabel": "Plentyn"}},
                    "items": {"list": "children", "kind": "child"},
                    "components": [
                        {"type": "textfield", "key": "outcome", "id": "o", **texts("Outcome")}
                    ],
                }
            ],
        }
    ],
}


def test_rows_that_keep_items_give_one_fact_an_item() -> None:
    form = parse_form(json.dumps(SCREENING).encode(), "forms/screening.json")
    rows = [{"_key": "child_1", "outcome": "death"}, {"_key": "child_2"}]
    declared = parse_facts(ROWS.encode(), "facts.toml")
    values = {"children": {"children": rows}}
    assert lift(declared, form, values, ["children"]) == {}
    assert lift_rows(declared, form, values, ["children"]) == {
        ("child_outcome", "child_1"): "death",
        ("child_outcome", "child_2"): None,
    }
    assert lift_rows(declared, form, values, []) == {}


def test_a_fact_of_several_fields_is_lifted_from_whichever_form_is_written() -> None:
    several = ROWS.replace(
        "screening.children.outcome", "intake.children.end screening.children.outcome"
    )
    declared = parse_facts(several.encode(), "facts.toml")
    form = parse_form(json.dumps(SCREENING).encode(), "forms/screening.json")
    values = {"children": {"children": [{"_key": "child_1", "outcome": "death"}]}}
    assert lift_rows(declared, form, values, ["children"]) == {
        ("child_outcome", "child_1"): "death"
    }
    of_case = SOURCE.replace("consent.how_many", "session.how_many consent.how_many")
    declared = parse_facts(of_case.encode(), "facts.toml")
    form = parse_form(json.dumps(FORM).encode(), "forms/consent.json")
    lifted = lift(declared, form, {"asked": {"how_many": 3}}, ["asked"])
    assert lifted == {"how_many": Decimal(3)}


def test_a_list_of_each_item_follows_the_items_there_are_in_their_order() -> None:
    declared = parse_facts(ROWS.encode(), "facts.toml")
    known = {("child_outcome", "child_2"): "death", ("child_outcome", "child_9"): "other"}

    def names(children: list[str]) -> object:
        return names_for(
            known,
            None,
            declared,
            items=lambda kind: children if kind == "child" else [],
            of_case={"identifier": "WBC-CPR-2026-001"},
        )

    assert names(["child_1", "child_2"]) == {
        "child_outcome": None,
        "outcomes": [None, "death"],
        "case_identifier": "WBC-CPR-2026-001",
    }
    assert names([])["outcomes"] == []  # type: ignore[index]


VALUES = (
    ROWS
    + """
[child_dead]
type = "boolean"
scope = "child"
value = 'child_outcome = "death"'
en = "whether the child died"
cy = "a fu farw’r plentyn"

[deaths]
type = "list"
scope = "case"
each = "child_dead"
en = "whether each child died"
cy = "a fu farw pob plentyn"

[any_death]
type = "boolean"
scope = "case"
value = "list contains(deaths, true)"
en = "whether a child died"
cy = "a fu farw plentyn"
"""
)


def test_a_value_is_worked_out_for_its_item_for_each_item_and_for_the_case() -> None:
    declared = parse_facts(VALUES.encode(), "facts.toml")
    known = {("child_outcome", "child_1"): "harm", ("child_outcome", "child_2"): "death"}

    def names(item: str | None, children: list[str]) -> Mapping[str, object]:
        return names_for(
            known, item, declared, items=lambda kind: children if kind == "child" else []
        )

    both = names("child_2", ["child_1", "child_2"])
    assert (both["child_dead"], both["deaths"], both["any_death"]) == (True, [False, True], True)
    of_case = names(None, ["child_1"])
    assert (of_case["child_dead"], of_case["any_death"]) == (None, False)


def test_what_a_fact_hangs_on_is_found_through_all_that_is_worked_out() -> None:
    declared = parse_facts(VALUES.encode(), "facts.toml")
    assert behind(declared, ["any_death"]) == {"any_death", "deaths", "child_dead", "child_outcome"}
    assert behind(declared, ["child_outcome", "unknown"]) == {"child_outcome"}


REPORTED = """
[method_ended_on]
type = "date"
scope = "case"
reported = "consultation.closed_on event.held_on event.closed_on"
en = "the day it ended"
cy = "y diwrnod y daeth i ben"
"""


def test_fact_that_follows_another_case_takes_the_first_that_is_known_there() -> None:
    ((declaration, keys),) = followed(parse_facts(REPORTED.encode(), "facts.toml"), "event")
    assert keys == ("held_on", "closed_on")
    assert follows(declaration) == {"consultation", "event"}
    held, closed = date(2026, 3, 2), date(2026, 3, 9)
    assert as_reported(declaration, keys, {"closed_on": closed}) == closed
    assert as_reported(declaration, keys, {"held_on": held, "closed_on": closed}) == held
    assert as_reported(declaration, keys, {}) is None


@pytest.mark.parametrize("source", ["event", "event.", "event.held_on.day", "event.a, event.b"])
def test_fact_that_follows_nothing_that_can_be_named_is_refused(source: str) -> None:
    wrong = REPORTED.replace("consultation.closed_on event.held_on event.closed_on", source)
    with pytest.raises(InvalidDefinition, match="reported"):
        parse_facts(wrong.encode(), "facts.toml")


@pytest.mark.parametrize("value", ["today() > child_born_on", "1 +", 'due("TS-01") = null'])
def test_a_value_that_asks_for_the_time_or_cannot_be_read_is_refused(value: str) -> None:
    source = VALUES.replace("list contains(deaths, true)", value.replace('"', '\\"'))
    with pytest.raises(InvalidDefinition, match="value"):
        parse_facts(source.encode(), "facts.toml")
