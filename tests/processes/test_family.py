"""The family's part (FAM-01 to FAM-11) asks what F-22 says, and goes where the guidance says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import forms
from engine.facts import names_for
from engine.workflow import StepOutcome, Workflow, parse_process
from tests.processes.catalogue import (
    catalogue_rows,
    inputs_by_catalogue,
    kind_of,
    parsed,
    parts,
    source,
)
from tests.processes.filling_in import TODAY, Filler
from tests.processes.shipped import DIAGRAMS, FACTS, ROLES

ROOT = Path(__file__).parents[2]
FILES = ("family_list", "family_engagement", "family_log")
ROWS = catalogue_rows(["F-22"])
INPUTS = inputs_by_catalogue(FILES)

#: Worked out, and shown in the report (F-05).
IN_THE_REPORT = "F22.15"

KNOWN: dict[str, Any] = dict.fromkeys(FACTS)

#: Who reads the Panel's papers of a case review event, in which no family is asked.
OF_AN_EVENT = {"case_review_group", "facilitator"}


fill = Filler(KNOWN)


def wrong(cleaned: forms.Cleaned) -> set[str]:
    """Return which fields of the catalogue have errors."""
    return {error.catalogue for error in cleaned.errors}


@pytest.mark.parametrize("field_id", sorted(set(ROWS) - {IN_THE_REPORT}))
def test_every_catalogue_field_has_its_inputs(field_id: str) -> None:
    kinds = [kind_of(part) for part in INPUTS[field_id]]
    for word in re.findall("[a-z]+", ROWS[field_id][1]):
        assert word in kinds, f"{field_id} wants {word}, has {kinds}"


def test_no_input_has_an_id_that_the_catalogue_lacks_and_the_outcome_stands_in_the_report() -> None:
    assert set(INPUTS) == set(ROWS) - {IN_THE_REPORT}
    (computed,) = inputs_by_catalogue(["report"])[IN_THE_REPORT]
    assert computed["expression"] == "=family_declined"


@pytest.mark.parametrize("field_id", sorted(set(ROWS) - {IN_THE_REPORT}))
def test_a_field_is_read_by_whom_the_catalogue_says(field_id: str) -> None:
    wanted = ROWS[field_id][5].split()[0]
    for form_id in FILES:
        for field in parsed(form_id).fields:
            if field.catalogue == field_id and field.key != "messages_agreed":
                assert field.visibility == (wanted,), field.key


@pytest.mark.parametrize("field_id", sorted(set(ROWS) - {IN_THE_REPORT}))
def test_an_answer_is_required_where_the_catalogue_says_so(field_id: str) -> None:
    rules = [set(part.get("validate", {})) for part in INPUTS[field_id]]
    required = [rule & {"required", "requiredWhen"} for rule in rules]
    if ROWS[field_id][3] == "Y":
        assert any(required)
    elif ROWS[field_id][3].startswith("C"):
        # The section of F22.12 is asked only of whoever contributed.
        wanted = {"required"} if field_id == "F22.12" else {"requiredWhen"}
        assert all(rule == wanted for rule in required)


@pytest.mark.parametrize("field_id", ["F22.01", "F22.03", "F22.07", "F22.08"])
def test_the_options_are_those_of_the_catalogue(field_id: str) -> None:
    printed = [option.strip().lower() for option in ROWS[field_id][2].split(";")]
    offered = [
        [option["label"].lower() for option in part["values"]]
        for part in INPUTS[field_id]
        if "values" in part
    ]
    assert printed in offered


@pytest.mark.parametrize("form_id", FILES)
def test_free_text_keeps_names_out_save_where_contact_details_belong(form_id: str) -> None:
    for part in parts(source(form_id)):
        if part.get("type") == "textarea" and part["key"] not in ("contact_details", "needs"):
            assert re.search("not name|no names", part["description"].lower()), part["key"]


@pytest.mark.parametrize("form_id", FILES)
def test_the_examples_of_a_whole_form_are_accepted(form_id: str) -> None:
    cleaned = fill(form_id)
    assert (cleaned.errors, cleaned.warnings) == ([], [])
    again = fill(form_id, existing=cleaned.values)
    assert (again.errors, again.warnings) == ([], [])


def test_keys_of_family_members_have_no_name_in_them() -> None:
    rows = fill("family_list").values["family"]["family"]
    assert [row["_key"] for row in rows] == ["family_member_1", "family_member_2"]
    items = parsed("family_list").field("family").items
    assert items is not None
    assert items.label == "relation"


def test_a_list_without_anybody_says_why() -> None:
    assert wrong(fill("family_list", family=[])) == {"F22.01"}
    assert wrong(fill("family_list", family=[], nobody_because="Nobody is left.")) == set()


def test_somebody_it_is_not_right_to_involve_is_left_out_with_a_reason() -> None:
    row = {"relation": "parent", "appropriate": "no"}
    assert wrong(fill("family_list", family=[{**row, "why_not": ""}])) == {"F22.02"}
    assert wrong(fill("family_list", family=[{**row, "why_not": "A witness."}])) == set()


def test_whoever_replies_is_asked_how_they_would_like_feedback() -> None:
    sections = ["first_contact", "reply", "feedback_wish"]
    for reply in ("wishes", "declined", "asked_for_time"):
        assert wrong(fill("family_engagement", sections, reply=reply, preferred_feedback="")) == {
            "F22.08"
        }
    assert not fill("family_engagement", sections, reply="no_reply", preferred_feedback="").errors
    assert wrong(fill("family_engagement", ["feedback_wish"], preferred_feedback="")) == {"F22.08"}


def test_who_contributes_gives_messages_questions_and_says_who_may_read_them() -> None:
    empty = dict.fromkeys(
        ("met_on", "met_by", "met_where", "messages_agreed", "messages", "questions"), ""
    )
    asked = fill("family_engagement", ["meeting"], took_part="contributed", **empty)
    assert wrong(asked) == {"F22.09", "F22.10", "F22.11"}
    assert not fill("family_engagement", ["meeting"], took_part="changed_mind").errors


@pytest.mark.parametrize(
    ("event_on", "late_wish_on", "warned"),
    [
        (date(2026, 5, 29), None, False),
        (date(2026, 6, 25), None, False),
        (date(2026, 6, 26), None, True),
        (date(2026, 5, 28), None, True),
        (date(2026, 5, 28), "2026-05-27", False),
        (None, None, False),
    ],
)
def test_a_meeting_after_the_event_or_long_before_it_is_warned_of(
    *, event_on: date | None, late_wish_on: str | None, warned: bool
) -> None:
    existing = {"late_wish": {"late_wish_on": late_wish_on}} if late_wish_on else {}
    cleaned = fill(
        "family_engagement", ["meeting"], facts={"event_on": event_on}, existing=existing
    )
    assert cleaned.errors == []
    assert bool(cleaned.warnings) is warned


def test_feedback_is_on_conclusions_recommendations_and_actions_or_says_why_there_is_none() -> None:
    bare = {
        "feedback_how": "visit",
        "feedback_conclusions": "",
        "feedback_recommendations": "",
        "feedback_actions": "",
    }
    cleaned = fill("family_engagement", ["feedback"], feedback_given=[bare])
    missing = {error.field.removeprefix("feedback_given-0-") for error in cleaned.errors}
    assert {"feedback_conclusions", "feedback_recommendations", "feedback_actions"} <= missing
    assert wrong(fill("family_engagement", ["feedback"], feedback_given=[])) == {"F22.14"}
    because = {"feedback_given": [], "no_feedback_because": "Could not be reached."}
    assert not fill("family_engagement", ["feedback"], **because).errors


def test_what_was_said_is_read_by_the_panel_only_as_agreed() -> None:
    form = parsed("family_engagement")
    for key in ("messages", "questions"):
        field = form.field(key)
        (gate,) = field.gates
        shut = {*ROLES.visibility("V-PANEL")} - {*ROLES.visibility("V-FAM")} - OF_AN_EVENT
        assert (field.visibility, set(gate.roles)) == (("V-PANEL",), shut)
        answers = [
            gate.when.evaluate({**KNOWN, "family_messages_agreed": agreed}, {})
            for agreed in (None, False, True)
        ]
        assert answers == [False, False, True]
    assert form.field("contact_name").visibility == ("V-FAM",)
    assert form.field("contact_details").visibility == ("V-FAM",)


def test_whoever_approaches_one_family_member_is_appointed_for_that_one() -> None:
    (appoints,) = parsed("family_engagement").field("first_approach_email").appoints
    role = ROLES.get(appoints.role)
    assert (role.scope, role.item) == ("item", "family_member")


# What comes of it: the facts that are worked out.


def outcome(**known: Any) -> Mapping[str, Any]:
    facts = {(f"family_{name}", "family_member_1"): value for name, value in known.items()}
    return names_for(
        facts,
        "family_member_1",
        FACTS,
        items=lambda kind: ["family_member_1"] if kind == "family_member" else [],
    )


@pytest.mark.parametrize(
    ("known", "became"),
    [
        ({}, None),
        ({"appropriate": False}, "not_appropriate"),
        ({"appropriate": True, "reply": "wishes"}, None),
        ({"reply": "wishes", "took_part": "contributed"}, "contributed"),
        ({"reply": "wishes", "took_part": "changed_mind"}, "declined"),
        ({"reply": "declined"}, "declined"),
        ({"reply": "asked_for_time"}, None),
        ({"reply": "no_reply"}, None),
        ({"reply": "no_reply", "approached_again_on": TODAY}, "no_reply"),
        ({"reply": "declined", "late_decision": "hear"}, None),
        ({"reply": "declined", "late_decision": "not_heard"}, "declined"),
        ({"reply": "declined", "late_decision": "hear", "took_part": "contributed"}, "contributed"),
        (
            {"reply": "no_reply", "approached_again_on": TODAY, "late_decision": "hear"},
            None,
        ),
    ],
)
def test_what_became_of_one_family_member(known: dict[str, Any], became: str | None) -> None:
    names = outcome(**known)
    assert names["family_outcome"] == became
    assert names["family_outcomes"] == [became]
    assert names["family_settled"] is (became is not None)
    assert names["family_not_involved"] is (became in ("not_appropriate", "no_reply"))
    assert names["family_contributed"] is (became == "contributed")
    assert names["family_declined"] is (became == "declined")


@pytest.mark.parametrize(
    ("replies", "contributed", "declined"),
    [
        (["wishes", "declined"], True, False),
        (["declined", "no_reply"], False, True),
        (["no_reply", "no_reply"], False, False),
        (["asked_for_time", "declined"], False, True),
        ([], False, False),
    ],
)
def test_a_family_declined_only_if_nobody_contributes(
    *, replies: list[str], contributed: bool, declined: bool
) -> None:
    keys = [f"family_member_{number}" for number, _ in enumerate(replies, start=1)]
    facts: dict[tuple[str, str], Any] = {}
    for key, reply in zip(keys, replies, strict=True):
        facts["family_reply", key] = reply
        facts["family_approached_again_on", key] = TODAY
        facts["family_took_part", key] = "contributed" if reply == "wishes" else None
    names = names_for(
        facts, None, FACTS, items=lambda kind: keys if kind == "family_member" else []
    )
    assert (names["family_contributed"], names["family_declined"]) == (contributed, declined)


def test_somebody_who_declined_and_comes_forward_has_not_declined_for_the_clock() -> None:
    known = {"reply": "declined", "declined_told_on": TODAY}
    assert outcome(**known)["family_declined_on"] == TODAY
    assert outcome(**known, late_decision="hear")["family_declined_on"] is None


@pytest.mark.parametrize(
    ("known", "wants"),
    [
        ({}, True),
        ({"reply": "declined", "feedback_wish": "letter"}, True),
        ({"reply": "declined", "feedback_wish": "none"}, False),
        ({"appropriate": False}, False),
        ({"reply": "no_reply", "approached_again_on": TODAY}, False),
    ],
)
def test_feedback_goes_to_whoever_wants_it_also_if_they_declined(
    *, known: dict[str, Any], wants: bool
) -> None:
    assert outcome(**known)["family_wants_feedback"] is wants


# The diagrams.


class World:
    """The facts of a case, as they would be worked out for the one family member there is."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str], Any] = {}

    def names(self, item: str | None) -> Mapping[str, Any]:
        return names_for(self.facts, "family_member_1", FACTS, items=self.items)

    def functions(self) -> Mapping[str, Any]:
        return {"due": lambda timescale: None}

    def items(self, list_name: str) -> Sequence[str]:
        return ["family_member_1"]

    def decide(self, decision_id: str, item: str | None) -> Mapping[str, Any]:
        raise AssertionError(decision_id)


class Case:
    """A process under way for one family member: do its tasks in turn, setting facts."""

    def __init__(self, process: str, item: str = "family_member_1", **known: Any) -> None:
        path = DIAGRAMS[process]
        self.world = World()
        self._set(known)
        self.sent: list[str] = []
        self.started: list[str] = []
        self.flow, last = Workflow.start(
            parse_process(path.read_bytes(), str(path)), self.world, item
        )
        self._after(last)

    def do(self, task: str, **known: Any) -> Case:
        self._set(known)
        key = next(t.key for t in self.flow.open_tasks() if t.key.bpmn_id == task)
        return self._after(self.flow.complete_task(key))

    def finish(self, call: str, **known: Any) -> Case:
        self._set(known)
        key = next(p.key for p in self.flow.waiting_parts() if p.key.bpmn_id == call)
        return self._after(self.flow.finish_part(key))

    def fire(self, timer: str) -> Case:
        key = next(t.key for t in self.flow.waiting_timers() if t.key.bpmn_id == timer)
        return self._after(self.flow.fire_timer(key))

    def follow(self, **known: Any) -> Case:
        self._set(known)
        return self._after(self.flow.follow())

    @property
    def open(self) -> list[str]:
        tasks = {task.key.bpmn_id for task in self.flow.open_tasks()}
        return sorted(tasks | {part.key.bpmn_id for part in self.flow.waiting_parts()})

    @property
    def ended(self) -> str | None:
        return self.flow.ended_by

    def _set(self, known: Mapping[str, Any]) -> None:
        for name, value in known.items():
            item = "" if FACTS[name].scope == "case" else "family_member_1"
            self.world.facts[name, item] = value

    def _after(self, outcome: StepOutcome | None) -> Case:
        for effect in outcome.effects if outcome else ():
            if effect.kind == "notice":
                self.sent.append(effect.element.notice)
            else:
                self.started.append(effect.element.starts)
        return self


def approached(**known: Any) -> Case:
    case = Case("family_member", family_appropriate=True, family_approach_confirmed=True, **known)
    return case.do("decide_first_approach", family_may_start_early=False)


def test_the_list_comes_first_then_each_of_them_and_the_family_is_kept_informed_beside() -> None:
    case = Case("family", "").do("list_family")
    assert (case.open, case.started) == (["hear_each"], ["family_milestones"])
    assert case.finish("hear_each").ended == "family_is_settled"


def test_whoever_it_is_not_right_to_involve_is_not_approached() -> None:
    assert Case("family_member", family_appropriate=False).ended == "person_is_not_approached"


@pytest.mark.parametrize(
    ("known", "opened", "ended"),
    [
        ({"family_approach_confirmed": True}, ["make_contact"], None),
        ({"family_approach_confirmed": False}, [], None),
        ({"family_may_start_early": True}, ["make_contact"], None),
        ({"family_appropriate": False}, [], "person_is_not_approached"),
    ],
)
def test_contact_waits_for_the_confirmation_or_for_the_panels_word(
    known: dict[str, Any], opened: list[str], ended: str | None
) -> None:
    case = Case("family_member", family_appropriate=True)
    case.do("decide_first_approach", family_may_start_early=False)
    assert case.open == []
    case.follow(**known)
    assert (case.open, case.ended) == (opened, ended)


def test_somebody_added_without_a_row_of_the_list_is_approached_like_the_others() -> None:
    assert Case("family_member").open == ["decide_first_approach"]


@pytest.mark.parametrize(
    ("reply", "opened"),
    [
        ("wishes", ["contribute"]),
        ("declined", ["record_declined"]),
        ("asked_for_time", ["ask_again"]),
        ("no_reply", ["try_again"]),
    ],
)
def test_each_reply_goes_its_own_way(reply: str, opened: list[str]) -> None:
    assert approached().do("make_contact", family_reply=reply).open == opened


def test_a_second_silence_ends_this_persons_part() -> None:
    case = approached().do("make_contact", family_reply="no_reply")
    case.do("try_again", family_reply="no_reply", family_approached_again_on=TODAY)
    assert case.ended == "nobody_replied"


def test_whoever_asks_for_time_is_asked_as_often_as_they_wish() -> None:
    case = approached().do("make_contact", family_reply="asked_for_time")
    case.do("ask_again").do("ask_again", family_reply="no_reply")
    assert case.open == ["try_again"]
    case.do("try_again", family_reply="asked_for_time", family_approached_again_on=TODAY)
    assert case.do("ask_again", family_reply="no_reply").ended == "nobody_replied"


def test_a_decline_is_recorded_also_when_it_comes_late() -> None:
    case = approached().do("make_contact", family_reply="wishes")
    assert case.finish("contribute", family_took_part="changed_mind").open == ["record_declined"]
    assert case.do("record_declined").ended == "person_declined"
    heard = approached().do("make_contact", family_reply="wishes")
    assert heard.finish("contribute", family_took_part="contributed").ended == "person_is_heard"


def test_support_comes_first_then_the_meeting_then_the_plan() -> None:
    case = Case("family_contribution").do("arrange_support")
    assert case.open == ["hear_person"]
    assert case.do("hear_person", family_took_part="contributed").open == ["bring_messages"]
    assert case.do("bring_messages").ended == "messages_are_in"
    other = Case("family_contribution").do("arrange_support")
    other.do("hear_person", family_took_part="changed_mind")
    assert other.ended == "person_changed_their_mind"


def test_an_event_that_begins_warns_and_takes_no_task_away() -> None:
    case = Case("family_contribution").do("arrange_support").fire("event_begins")
    assert (case.sent, case.open) == (["family_not_heard"], ["hear_person"])
    case.do("hear_person", family_took_part="contributed")
    assert case.do("bring_messages").ended is not None


@pytest.mark.parametrize(
    ("known", "opened", "ended"),
    [
        ({"family_late_decision": "hear"}, ["contribute_before_event"], None),
        ({"family_late_decision": "hear", "event_held_on": TODAY}, ["meet_after_event"], None),
        ({"family_late_decision": "not_heard"}, [], "person_is_not_heard"),
    ],
)
def test_a_late_wish_is_decided_on_and_followed_before_and_after_the_event(
    known: dict[str, Any], opened: list[str], ended: str | None
) -> None:
    case = Case("late_family_wish").do("decide_on_late_wish", **known)
    assert (case.open, case.ended) == (opened, ended)


def test_after_the_event_what_is_learned_goes_into_the_draft() -> None:
    case = Case("late_family_wish", event_held_on=TODAY)
    case.do("decide_on_late_wish", family_late_decision="hear")
    case.do("meet_after_event", family_took_part="contributed")
    assert case.do("add_to_draft").ended == "learning_is_in_draft"
    away = Case("late_family_wish", event_held_on=TODAY)
    away.do("decide_on_late_wish", family_late_decision="hear")
    assert (
        away.do("meet_after_event", family_took_part="changed_mind").ended == "person_stayed_away"
    )


def test_the_family_hears_of_each_milestone_once() -> None:
    case = Case("family_milestones", "")
    assert case.started == ["family_progress"]
    case.follow(report_accepted_on=TODAY)
    assert case.started == ["family_progress"]
    case.follow(event_held_on=TODAY)
    assert case.started == ["family_progress"] * 3
    assert case.follow(published_on=TODAY).ended == "all_milestones_passed"
    assert case.started == ["family_progress"] * 4
    assert Case("family_progress", "").do("tell_family").ended == "family_is_told"


@pytest.mark.parametrize(
    ("wish", "opened", "ended"),
    [("visit", ["give_feedback"], None), ("none", [], "no_feedback_wanted")],
)
def test_feedback_is_given_as_each_person_chose(
    wish: str, opened: list[str], ended: str | None
) -> None:
    case = Case("family_member_feedback", family_feedback_wish=wish)
    assert (case.open, case.ended) == (opened, ended)
    assert Case("family_feedback", "").finish("feed_back_to_each").ended == "family_has_feedback"
