"""Every edition and variation that is shipped is sound, keeps what it rests on, and says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import deployments
from engine.deployments import statutory_proof
from engine.legal_basis import parse_edition
from tests.varied import (
    ROOT,
    Change,
    bypassed,
    field,
    given,
    inserted,
    no_rule,
    optional,
    removed,
    renamed,
    replaced,
    row,
    shipped,
    side_by_side,
    softened,
    swapped,
    varied,
    without,
)

REGULATIONS, OUTLINE = "regulations_2015", "susr_outline"
TIMESCALES = "processes/timescales.toml"
DECISIONS = "processes/decisions/"

#: What is warned of in the base too: it is drawn so.
KNOWN_WARNINGS = {"timer_on_multi_instance"}
TIMES = [f"TS-10{number}" for number in range(1, 7)]


def named(edition: str, variation: str) -> str:
    return f"{edition} {variation}".strip()


SHIPPED = deployments.shipped(ROOT)


def test_what_ships_is_the_draft_two_editions_and_a_variation() -> None:
    assert SHIPPED == [
        ("draft_2011", ""),
        (REGULATIONS, ""),
        (OUTLINE, ""),
        ("draft_2011", "independent_chair"),
    ]


@pytest.mark.parametrize(
    ("edition", "variation"), SHIPPED[1:], ids=[named(*each) for each in SHIPPED[1:]]
)
def test_what_ships_is_proved(edition: str, variation: str) -> None:
    found = deployments.check(deployments.read_folders(ROOT, edition, variation))
    left = [each for each in found if each.rule not in KNOWN_WARNINGS]
    if edition == OUTLINE:
        assert [(each.severity, each.rule, each.element) for each in left] == [
            ("warning", "time_not_entered", key) for key in TIMES
        ]
    else:
        assert left == []


def test_the_outline_with_its_times_entered_is_proved_to_the_end() -> None:
    files = deployments.read_folders(ROOT, OUTLINE)
    entered = "".join(f'[{key}]\nlength = "P1M"\n' for key in TIMES).encode()
    assert deployments.check(deployments.lay(files, {TIMESCALES: entered}, "entered")) == []


def test_the_outline_gives_no_length_of_its_own_and_takes_none_of_the_draft() -> None:
    rows = shipped(OUTLINE).timescales
    assert list(rows) == TIMES
    assert all(each.to_enter and each.length is None for each in rows.values())
    assert all(stage.at.text.en == "0 days" for each in rows.values() for stage in each.stages)


# Planted violations, and fair variations


def steps(*names: str) -> str:
    return json.dumps(list(names))


#: What is planted in a variation of the Regulations, and the rule that has to find it.
AGAINST_THE_REGULATIONS: dict[str, tuple[Change, str]] = {
    "no look-back on being looked after": (
        removed("screen_child", "apply_looked_after_rule"),
        "DR-03b",
    ),
    "look-back on being looked after in a hurry": (
        bypassed("screen_child", "apply_looked_after_rule", 'child_outcome = "death"'),
        "DR-03b",
    ),
    "look-back after the criteria": (
        swapped("screen_child", "apply_looked_after_rule", "apply_criteria"),
        "DR-03b",
    ),
    "look-back beside the criteria": (
        side_by_side("screen_child", "apply_looked_after_rule", "apply_criteria"),
        "DR-03b",
    ),
    "no look-back on the register": (removed("screen_child", "apply_register_rule"), "DR-03"),
    "three months in care": (row(TIMESCALES, "TS-10b", length='"P3M"'), "TS-10b"),
    "a year on the register": (row(TIMESCALES, "TS-10", length='"P12M"'), "TS-10"),
    "care counted from another day": (
        row(TIMESCALES, "TS-10b", **{"from": '"sub_group_received_on"'}),
        "TS-10b",
    ),
    "leaving care as a test again": (
        replaced(
            f"{DECISIONS}DR-01.dmn",
            "[child_register, child_recently_looked_after]",
            "[child_register, child_recently_looked_after, child_care_leaver]",
        ),
        "DR-03b table",
    ),
    "three months in care, in the table": (
        replaced(f"{DECISIONS}DR-03b.dmn", 'duration("P6M")', 'duration("P3M")'),
        "DR-03b table",
    ),
    "counted from the event for an impairment too": (
        replaced(f"{DECISIONS}DR-03.dmn", "child_counted_from", "child_incident_on", 99),
        "DR-03b table",
    ),
    "not yet known taken for a no": (
        replaced(f"{DECISIONS}DR-03b.dmn", '"not_yet_known"</text>\n        </outputEntry>',
                 '"no"</text>\n        </outputEntry>'),
        "DR-03b table",
    ),
    "the date of identification not asked": (without("screening", "identified_on"), "F-03"),
    "the date of identification left empty": (optional("screening", "identified_on"), "F-03"),
    "no dates of care": (without("screening", "looked_after_periods"), "F-03"),
    "a rule of the draft that stays": (row(TIMESCALES, "TS-01", length='"P9M"'), "TS-01"),
}  # fmt: skip

#: What a Board may do under the Regulations.
FAIR_UNDER_THE_REGULATIONS: dict[str, Change] = {
    "another name for the look-back": renamed("screen_child", "apply_looked_after_rule"),
    "the look-backs in the other order": swapped(
        "screen_child", "apply_register_rule", "apply_looked_after_rule"
    ),
    "the look-backs at the same time": side_by_side(
        "screen_child", "apply_register_rule", "apply_looked_after_rule"
    ),
    "an extra step before the criteria": inserted(
        "screen_child", "apply_criteria", role="sub_group", form="screening#services"
    ),
    "leaving care not asked": optional("screening", "care_leaver"),
    "other questions required": field(
        "screening", "residence_area", lambda each: each["validate"].pop("required")
    ),
}

#: What is planted in a variation of the outline, and the rule that has to find it.
AGAINST_THE_OUTLINE: dict[str, tuple[Change, str]] = {
    "no group": (removed("safeguarding_review", "consider_incident"), "SU-03"),
    "decided before the group met": (
        swapped("safeguarding_review", "consider_incident", "decide_on_review"), "SU-03"),
    "Welsh Government not told": (removed("safeguarding_review", "tell_government"), "SU-05"),
    "no panel": (removed("safeguarding_review", "set_up_panel"), "SU-07"),
    "no family in a hurry": (
        bypassed("safeguarding_review", "involve_family", "panel_set_up_on = null"), "SU-08"),
    "no event": (removed("safeguarding_review", "hold_event"), "SU-09"),
    "no sign-off": (removed("safeguarding_review", "sign_off_plan"), "SU-11"),
    "decided by the business unit": (
        given("safeguarding_review", "decide_on_review", role="coordinator"), "SU-04"),
    "signed off by the reviewers": (
        given("safeguarding_review", "sign_off_plan", role="reviewer"), "SU-11 role"),
    "criteria not asked": (without("safeguarding_decision", "criteria_met"), "F-73"),
    "the clock of the decision run from the referral": (
        row(TIMESCALES, "TS-102", **{"from": '"referral_received_on"'}), "TS-102"),
    "the clock of the report met by the panel": (
        row(TIMESCALES, "TS-104", ends=steps("panel_set_up_on")), "TS-104"),
}  # fmt: skip

FAIR_UNDER_THE_OUTLINE: dict[str, Change] = {
    "a time entered": row(TIMESCALES, "TS-104", length='"P8M"'),
    "the panel before its chair": swapped(
        "safeguarding_review", "appoint_reviewers", "set_up_panel"
    ),
    "an extra look at the report": inserted(
        "safeguarding_review", "sign_off_plan", role="chair", form="safeguarding_review#report"
    ),
    "another owner": row(TIMESCALES, "TS-103", owner=steps("chair")),
}

#: What a Board that takes the variation with an independent chair could not go on to do.
AGAINST_THE_DRAFT: dict[str, tuple[Change, str]] = {
    "one reviewer for an extended review": (no_rule("reviewer_list", "DR-05.2"), "DR-11"),
    "one reviewer for an extended review, warned of": (
        softened("reviewer_list", "DR-05.2"), "DR-11"),
    "no chair of the Panel": (removed("panel_set_up", "confirm_panel_chair"), "CON-03"),
    "another answer on the chair": (
        replaced(f"{DECISIONS}DR-07.dmn", '"accept_with_safeguard"</text>\n        </outputEntry>',
                 '"accept"</text>\n        </outputEntry>'), "DR-02"),
    "another table of numbers": (
        replaced(f"{DECISIONS}DR-05.dmn", "<text>2</text>", "<text>1</text>"), "DR-02"),
}  # fmt: skip


def independent_chair(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Lay the shipped variation over the base."""
    folder = ROOT / "forms" / "variations" / "independent_chair"
    return {f"forms/{path.name}": path.read_bytes() for path in folder.glob("*.json")}


def broken(edition: str, rule: str, *changes: Change) -> list[statutory_proof.Broken]:
    assert rule in shipped(edition).statutory
    return list(statutory_proof.prove(varied(*changes, edition=edition), [rule]))


@pytest.mark.parametrize("name", AGAINST_THE_REGULATIONS)
def test_what_breaks_the_regulations_is_caught(name: str) -> None:
    change, rule = AGAINST_THE_REGULATIONS[name]
    found = broken(REGULATIONS, rule, change)
    assert found
    assert all(each.say("en") != each.say("cy") for each in found)


@pytest.mark.parametrize("name", FAIR_UNDER_THE_REGULATIONS)
def test_what_the_regulations_allow_is_taken(name: str) -> None:
    keys = ["DR-01", "DR-03", "DR-03b", "DR-03b table", "TS-10", "TS-10b", "F-03"]
    reading = varied(FAIR_UNDER_THE_REGULATIONS[name], edition=REGULATIONS)
    assert [each.rule.key for each in statutory_proof.prove(reading, keys)] == []


@pytest.mark.parametrize("name", AGAINST_THE_OUTLINE)
def test_what_breaks_the_outline_is_caught(name: str) -> None:
    change, rule = AGAINST_THE_OUTLINE[name]
    assert broken(OUTLINE, rule, change)


@pytest.mark.parametrize("name", FAIR_UNDER_THE_OUTLINE)
def test_what_the_outline_allows_is_taken(name: str) -> None:
    reading = varied(FAIR_UNDER_THE_OUTLINE[name], edition=OUTLINE)
    assert [each.rule.key for each in statutory_proof.prove(reading)] == []


@pytest.mark.parametrize("name", AGAINST_THE_DRAFT)
def test_with_the_variation_the_draft_still_binds(name: str) -> None:
    change, rule = AGAINST_THE_DRAFT[name]
    assert broken("draft_2011", rule, independent_chair) == []
    assert broken("draft_2011", rule, independent_chair, change)


# What differs, and what it rests on


def fields_of(path: Path) -> dict[str, Any]:
    """Return the components of a form by id, each without those inside it."""

    def walk(component: Any) -> None:
        found[component["id"]] = {k: v for k, v in component.items() if k != "components"}
        for each in component.get("components", ()):
            walk(each)

    found: dict[str, Any] = {}
    walk(json.loads(path.read_text(encoding="utf-8")))
    return found


#: Of the forms that an edition or a variation has anew, which fields are added or other. Whatever
#: is put right in the base's form has to be put right here too.
DIFFERENT = {
    "editions/regulations_2015/screening": {
        "children_children_incident_on_child", "children_children_identified_on",
        "children_children_identified_not_known", "children_children_on_register",
        "children_children_registrations", "children_children_looked_after",
        "children_children_looked_after_periods",
        "children_children_looked_after_periods_ended_not_known",
        "children_children_care_leaver", "services_facts_missing", "screening",
    },
    "editions/regulations_2015/criteria_facts": {
        "facts_children_incident_on_child", "facts_children_identified_on",
        "facts_children_identified_not_known", "facts_children_on_register",
        "facts_children_registrations", "facts_children_looked_after",
        "facts_children_looked_after_periods",
        "facts_children_looked_after_periods_looked_after_from",
        "facts_children_looked_after_periods_looked_after_to",
        "facts_children_looked_after_periods_ended_not_known",
        "facts_children_care_leaver", "criteria_facts",
    },
    "variations/independent_chair/panel": {"chair_chair_is_independent", "panel"},
    "variations/independent_chair/reviewer_list": {
        "reviewers_reviewers", "reviewers_reviewers_why", "reviewer_list",
    },
}  # fmt: skip


@pytest.mark.parametrize("form", DIFFERENT)
def test_a_form_differs_from_the_bases_where_it_is_meant_to(form: str) -> None:
    here = fields_of(ROOT / "forms" / f"{form}.json")
    below = fields_of(ROOT / "forms" / f"{form.rpartition('/')[2]}.json")
    assert set(below) <= set(here)
    assert {key for key in here if here[key] != below.get(key)} == DIFFERENT[form]


@pytest.mark.parametrize("edition", [REGULATIONS, OUTLINE])
def test_an_edition_says_what_is_taken_from_where_and_what_is_to_be_confirmed(edition: str) -> None:
    path = ROOT / "processes" / "editions" / edition / "edition.toml"
    basis = parse_edition(path.read_bytes(), str(path))
    assert basis.sources
    assert basis.to_confirm
    assert basis.alone is (edition == OUTLINE)


def test_every_rule_of_an_edition_names_its_source() -> None:
    own = shipped(REGULATIONS).statutory
    base = shipped().statutory
    changed = [rule for key, rule in own.items() if base.get(key) != rule]
    assert {rule.key for rule in changed} == {
        "DR-01", "DR-03", "DR-03b", "DR-03b table", "TS-10", "TS-10b", "F-03",
    }  # fmt: skip
    assert all("regulation 4" in rule.source for rule in changed)
    assert set(base) <= set(own)
