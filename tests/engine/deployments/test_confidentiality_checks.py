"""What no variation may do to confidentiality is refused before it is deployed (section 6.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine import confidentiality, deployments, forms
from engine.deployments import confidentiality_checks
from engine.deployments.definitions import Reading, read
from engine.facts import parse_facts

ROOT = Path(__file__).parents[3]
Change = Callable[[dict[str, Any]], Any]


@cache
def shipped() -> Reading:
    """Return all that is shipped, read once."""
    return read(deployments.read_folders(ROOT))


def found(reading: Reading) -> list[str]:
    """Return what the checks say."""
    return [finding.message for finding in confidentiality_checks.check(reading)]


def varied(form_id: str, change: Change) -> Reading:
    """Return what is shipped with one form as a variation would have it."""
    path = f"forms/{form_id}.json"
    source = json.loads(shipped().files[path])
    change(source)
    form = forms.parse_form(json.dumps(source).encode(), path)
    return replace(shipped(), forms={**shipped().forms, form_id: form})


def with_roles(process: str, element: str, *roles: str) -> Reading:
    """Return what is shipped with one task given to other roles."""
    definition = shipped().processes[process]
    task = replace(definition.elements[element], roles=roles)
    elements = {**definition.elements, element: task}
    return replace(
        shipped(),
        processes={**shipped().processes, process: replace(definition, elements=elements)},
    )


def field(source: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a field of a form's JSON by its key."""
    fields = [part for section in source["components"] for part in section["components"]]
    return next(part for part in fields if key in (part.get("key"), part.get("path")))


def asked(label: str, label_cy: str, **more: Any) -> Change:
    """Return a change that adds a question to the first section of a form."""
    question = {
        "type": "textfield", "key": "added", "id": "added_by_a_variation", "label": label,
        "validate": {"maxLength": 200}, "errors": {"maxLength": "Use 200 characters or fewer"},
        "i18n": {"cy": {"label": label_cy, "errors": {"maxLength": "Defnyddiwch 200 neu lai"}}},
    }  # fmt: skip
    return lambda source: source["components"][0]["components"].append({**question, **more})


def test_what_is_shipped_keeps_every_rule() -> None:
    assert shipped().findings == []
    assert found(shipped()) == []


@pytest.mark.parametrize(
    ("form_id", "change"),
    [
        ("report", asked("Name of the child", "Enw’r plentyn")),
        ("report", asked("What is the mother called?", "Beth yw enw’r fam?")),
        ("panel", asked("Date of birth", "Dyddiad geni")),
        ("terms_of_reference", asked("Who is it?", "Enw’r plentyn")),
    ],
)
def test_the_child_and_the_family_are_named_in_few_forms(form_id: str, change: Change) -> None:
    messages = found(varied(form_id, change))
    assert [one for one in messages if "a name or a birth date of the child" in one] == messages
    assert messages


def test_a_name_may_stand_where_cf_01_allows_it() -> None:
    assert found(varied("concern", asked("Name of the child", "Enw’r plentyn"))) == []


def test_a_reviewer_and_a_body_may_be_named_anywhere() -> None:
    change = asked("Name of the chair of the Child Practice Review Sub-Group", "Enw’r cadeirydd")
    assert found(varied("panel", change)) == []


def link_to(form_id: str) -> Change:
    """Return a change that links what is published to another form."""
    return lambda source: field(source, "timeline_link").update(form=form_id)


def test_nothing_published_leads_to_a_form_that_never_is() -> None:
    for form_id in ("screening", "legal_advice", "concern"):
        assert any("leads from what is published" in one for one in found(
            varied("report", link_to(form_id))
        )), form_id  # fmt: skip


@pytest.mark.parametrize("expression", ["=string(child_born_on)", "=string join(child_types)"])
def test_nothing_published_is_worked_out_from_what_never_is(expression: str) -> None:
    def change(source: dict[str, Any]) -> None:
        field(source, "report_reference").update(expression=expression)

    messages = found(varied("report", change))
    wanted = "F-03" if "born" in expression else ""
    assert any(f"comes from {wanted}" in one for one in messages) is bool(wanted)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("carried", "report.recommendations screening.children"),
        ("carried", "fact.child_born_on"),
        ("reported", "referral.closed_on referral.child_born_on"),
    ],
)
def test_nothing_published_comes_from_what_never_is_by_way_of_another_case(
    kind: str, source: str
) -> None:
    reading = varied(
        "report", lambda form: field(form, "report_reference").update(expression="=taken_over")
    )
    taken = replace(shipped().facts["carried_from"], name="taken_over", kind=kind, source=source)
    facts = {**shipped().facts, taken.name: taken}
    assert any("comes from F-03" in one for one in found(replace(reading, facts=facts)))


def test_a_fact_of_several_forms_comes_from_each_of_them() -> None:
    field_of_two = b"""
[child_born_on]
type = "date"
scope = "case"
field = "report.report_on screening.born_on"
en = "a day"
cy = "diwrnod"
"""
    known = replace(shipped(), facts=parse_facts(field_of_two, "facts.toml"))
    assert confidentiality_checks._sources(known, "child_born_on", set()) == {"F-05", "F-03"}


def publish(part: dict[str, Any]) -> None:
    """Let everybody read a form or a field."""
    part.update(visibility=["V-PUB"])


def test_only_the_report_its_summary_and_its_publication_are_public() -> None:
    for form_id in ("panel", "terms_of_reference", "recommendation", "board_decision"):
        assert any("would be public" in one for one in found(varied(form_id, publish))), form_id

    def cleared(source: dict[str, Any]) -> None:
        publish(field(source, "cleared_by"))

    assert any("would be public" in one for one in found(varied("summary_timeline", cleared)))


@pytest.mark.parametrize(
    ("form_id", "role"),
    [
        ("legal_advice", "panel_member"), ("legal_advice", "welsh_government"),
        ("staff_matter", "coordinator"), ("media_enquiry", "panel_chair"),
        ("wg_use_block", "participant"), ("conference_minutes", "steering_group"),
        ("forum_record", "board"), ("forum_record", "welsh_government"), ("forum_action", "chair"),
        ("escalation", "forum_owner"), ("escalation", "participant"),
    ],
)  # fmt: skip
def test_what_few_may_read_is_not_shown_to_more(form_id: str, role: str) -> None:
    def change(source: dict[str, Any]) -> None:
        source["visibility"].append(role)

    messages = found(varied(form_id, change))
    assert any(f"“{role}” could read" in one for one in messages)


@pytest.mark.parametrize(
    ("key", "role", "refused"),
    [
        ("learning_points", "line_manager", False), ("learning_points", "board", True),
        ("explored", "line_manager", True), ("wider", "board", False),
        ("escalated", "sub_group", False), ("escalated", "forum_owner", True),
    ],
)  # fmt: skip
def test_of_a_forum_only_the_learning_its_relevance_and_the_escalation_go_to_others(
    key: str, role: str, refused: bool
) -> None:
    def change(source: dict[str, Any]) -> None:
        field(source, key).update(visibility=[role])

    messages = found(varied("forum_record", change))
    assert any(f"“{role}” could read" in one for one in messages) is refused


def test_a_genogram_and_a_timeline_are_read_by_nobody_outside_the_review() -> None:
    for catalogue in ("F-06", "F-08"):
        for role in ("welsh_government", "board", "chair", "legal_adviser", "referrer"):
            assert role not in confidentiality.READERS[catalogue]


def test_a_class_that_is_widened_in_roles_is_refused_too() -> None:
    classes = {**shipped().roles.classes, "V-LEGAL": ("chair", "board")}
    wider = replace(shipped(), roles=replace(shipped().roles, classes=classes))
    assert any("“board” could read" in one for one in found(wider))


@pytest.mark.parametrize("kind", ["textfield", "textarea"])
def test_a_staff_matter_takes_no_words(kind: str) -> None:
    change = asked("What happened?", "Beth ddigwyddodd?", type=kind)
    assert any("only the handover is kept" in one for one in found(varied("staff_matter", change)))


def test_nobody_but_the_chair_speaks_in_public() -> None:
    for process, element in (
        ("media_enquiry", "answer_enquiry"),
        ("publication", "prepare_statement"),
    ):
        assert found(with_roles(process, element, "chair")) == []
        messages = found(with_roles(process, element, "chair", "coordinator"))
        assert messages == ["coordinator could speak in public in this task."]


def test_a_note_taker_neither_comments_nor_evaluates_nor_approves() -> None:
    messages = found(with_roles("report", "go_through_report", "panel_chair", "note_taker"))
    assert any("note-taker would write F-05" in one for one in messages)
    assert found(with_roles("staff_matter", "hand_over", "note_taker")) == []


def test_conflicting_views_stay_locked_and_the_childs_interests_asked_for() -> None:
    def unlock(source: dict[str, Any]) -> None:
        source["rules"] = [rule for rule in source["rules"] if rule.get("row") != "CF-21"]

    assert found(varied("declined_recommendation", unlock)) == [
        "Conflicting views could be changed once the discussion is closed."
    ]

    def optional(source: dict[str, Any]) -> None:
        field(source, "child_interests")["validate"].pop("required")

    assert found(varied("parallel_investigation", optional)) == [
        "The child’s interests in the other inquiry could be left out."
    ]


def test_nothing_asks_who_is_to_blame() -> None:
    change = asked("Whose fault was it?", "Bai pwy oedd?")
    assert any("asks for blame" in one for one in found(varied("report", change)))
