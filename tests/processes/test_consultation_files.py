"""The files of the consultation fit each other, and its diagram goes where the guidance says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import deployments
from engine.decisions import decide
from engine.letters import parse_letter
from engine.workflow import StepOutcome, Workflow
from tests.processes.shipped import PROCESSES, definition, statutory, table

ROOT = Path(__file__).parents[2]
FACTS = tomllib.loads((PROCESSES / "facts.toml").read_text(encoding="utf-8"))
STATUTORY = statutory("consultation")
OUR_FILES = (
    "consultation", "participant_actions", "acknowledge_actions", "escalation", "staff_matter",
    "withdraw_consent",
)  # fmt: skip


DEFINITIONS = {process: definition(process) for process in OUR_FILES}
CONSULTATION = DEFINITIONS["consultation"]
TABLES = {decision: table(decision) for decision in ("DR-16", "DR-17", "DR-26")}
CARRIED = {
    identifier
    for process in DEFINITIONS.values()
    for carrier in (*process.elements.values(), *process.flows.values())
    for identifier in carrier.requirement
}
SAID_YES = [{"consent": "yes"}, {"consent": "yes"}]


class World:
    """The facts of one consultation, decided with the real tables."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = dict.fromkeys(FACTS)
        self.participants = ["participant_1", "participant_2"]

    def names(self, item: str | None) -> Mapping[str, Any]:
        return dict(self.facts)

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        return {"due": lambda timescale: None}

    def items(self, list_name: str) -> Sequence[str]:
        return self.participants if list_name == "participants" else []

    def decide(self, decision_id: str, item: str | None) -> Mapping[str, Any]:
        found = decide(TABLES[decision_id], self.facts)
        if decision_id == "DR-16":
            self.facts["consent_outcome"] = (found.result or {}).get("result")
        return {"rules": list(found.rules)}


class Case:
    """A consultation under way: do its tasks in turn, setting the facts that each records."""

    def __init__(self) -> None:
        self.world = World()
        self.flow, self.last = Workflow.start(CONSULTATION, self.world)

    def do(self, task: str, **facts: Any) -> Case:
        self.world.facts.update(facts)
        key = next(t.key for t in self.flow.open_tasks() if t.key.bpmn_id == task)
        return self._after(self.flow.complete_task(key))

    def fire(self, timer: str) -> Case:
        key = next(t.key for t in self.flow.waiting_timers() if t.key.bpmn_id == timer)
        return self._after(self.flow.fire_timer(key))

    def finish(self, call: str, **facts: Any) -> Case:
        self.world.facts.update(facts)
        key = next(p.key for p in self.flow.waiting_parts() if p.key.bpmn_id == call)
        return self._after(self.flow.finish_part(key))

    def follow(self, **facts: Any) -> Case:
        self.world.facts.update(facts)
        return self._after(self.flow.follow())

    @property
    def open(self) -> list[str]:
        return sorted({task.key.bpmn_id for task in self.flow.open_tasks()})

    @property
    def sent(self) -> list[str]:
        effects = self.last.effects if self.last else ()
        return [effect.element.notice for effect in effects if effect.kind == "notice"]

    def _after(self, outcome: StepOutcome | None) -> Case:
        self.last = outcome
        return self


def consented() -> Case:
    case = Case().do("identify_case", advice_from="not_sought")
    return case.do("seek_consent", consent_parents=SAID_YES, child_consent_appropriate=True,
                   child_consent="yes")  # fmt: skip


def considered(outcome: str) -> Case:
    case = consented().do("write_chronology_and_history", steering_meeting_on=date(2026, 6, 30))
    case.do("send_pack", pack_sent_on=date(2026, 6, 16))
    return case.do("consider_referral", steering_outcome=outcome)


def arranged() -> Case:
    case = considered("accepted").do("arrange_session", session_on=date(2026, 8, 1))
    return case.do("name_facilitators", facilitators_named=2, observers_named=1)


def held() -> Case:
    case = arranged().do("provide_minutes", minutes_received_on=date(2026, 7, 1))
    return case.do("plan_session").do("hold_session", session_held_on=date(2026, 8, 1))


def test_the_folder_may_be_deployed() -> None:
    findings = deployments.check(deployments.read_folders(ROOT))
    assert [finding for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize("number", range(1, 21))
def test_every_step_of_the_consultation_is_carried_by_an_element(number: int) -> None:
    assert f"CNS-{number:02}" in CARRIED


def test_every_step_that_sets_a_fact_is_carried_by_an_element() -> None:
    steps = {row["step"] for row in FACTS.values() if "step" in row}
    assert {step for step in steps if step.startswith("CNS")} <= CARRIED


def test_every_notice_has_a_letter_in_both_languages() -> None:
    letters = {
        path.stem: parse_letter(path.read_bytes(), path.stem)
        for path in (ROOT / "forms" / "letters").glob("*.toml")
    }
    sent = {
        element.notice
        for process in DEFINITIONS.values()
        for element in process.elements.values()
        if element.notice
    }
    assert sent <= set(letters)
    for notice in sent:
        assert letters[notice].subject.en != letters[notice].subject.cy


@pytest.mark.parametrize("rule", STATUTORY)
def test_a_statutory_rule_names_steps_that_exist(rule: str) -> None:
    row = STATUTORY[rule]
    named = {row.get("first"), row.get("then"), row.get("until"), *row.get("steps", ())} - {None}
    assert named <= CARRIED


@pytest.mark.parametrize(
    ("parents", "child", "outcome", "row"),
    [
        (["yes", "no"], (True, "yes", None), "stop", "DR-16.1"),
        (["no", "not_reached"], (True, "yes", None), "stop", "DR-16.1"),
        (["yes", "yes"], (True, "no", None), "stop", "DR-16.2"),
        (["yes", "yes"], (True, "yes", None), "go on", "DR-16.3"),
        (["yes"], (False, None, "Too young"), "go on", "DR-16.4"),
        (["yes", "not_reached"], (True, "yes", None), "wait", "DR-16.5"),
        (["yes", "yes"], (True, "not_yet_asked", None), "wait", "DR-16.5"),
    ],
)
def test_consent_is_decided_as_the_catalogue_says(
    parents: list[str], child: tuple[bool, str | None, str | None], outcome: str, row: str
) -> None:
    names = {
        "consent_withdrawn_on": None,
        "consent_parents": [{"consent": answer} for answer in parents],
        "child_consent_appropriate": child[0],
        "child_consent": child[1],
        "child_not_appropriate_reason": child[2],
    }
    found = decide(TABLES["DR-16"], names)
    assert (found.result, found.rules) == ({"result": outcome}, (row,))
    withdrawn = decide(TABLES["DR-16"], {**names, "consent_withdrawn_on": date(2026, 6, 1)})
    assert (withdrawn.result, withdrawn.rules) == ({"result": "stop"}, ("DR-16.6",))


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({}, []),
        ({"facilitators_named": 1}, ["DR-17.1"]),
        ({"same_discipline": True}, ["DR-17.2"]),
        ({"same_discipline": True, "reason_given": True}, []),
        ({"any_involvement": True}, ["DR-17.3"]),
        ({"any_involvement": True, "same_discipline": True}, ["DR-17.2", "DR-17.3"]),
        ({"observers_named": 0}, ["DR-17.4"]),
        ({"observer_is_facilitator": True, "reason_given": True}, ["DR-17.5"]),
    ],
)
def test_facilitators_and_observer_are_checked_row_by_row(
    changed: dict[str, Any], failing: list[str]
) -> None:
    names = {
        "facilitators_named": 2, "observers_named": 1, "same_discipline": False,
        "any_involvement": False, "observer_is_facilitator": False, "reason_given": False,
    }  # fmt: skip
    assert list(decide(TABLES["DR-17"], {**names, **changed}).rules) == failing


def test_a_refusal_ends_the_case_before_anybody_considers_it() -> None:
    case = Case().do("identify_case", advice_from="not_sought")
    case.do("seek_consent", consent_parents=[{"consent": "no"}])
    assert case.flow.ended_by == "consent_not_given"


def test_somebody_not_reached_is_asked_again() -> None:
    case = Case().do("identify_case", advice_from="not_sought")
    case.do("seek_consent", consent_parents=[{"consent": "not_reached"}])
    assert case.open == ["seek_consent"]


@pytest.mark.parametrize(
    ("advice", "opened", "ended"),
    [
        ("suitable", ["seek_consent"], None),
        ("not_suitable", [], "case_not_suitable"),
    ],
)
def test_advice_leads_on_or_ends_the_case(
    advice: str, opened: list[str], ended: str | None
) -> None:
    case = Case().do("identify_case", advice_from="board_coordinator")
    case.do("advise_on_suitability", advice_outcome=advice)
    assert (case.open, case.flow.ended_by) == (opened, ended)


@pytest.mark.parametrize(
    ("answer", "opened", "ended"),
    [
        ("back_to_forum", ["seek_consent"], None),
        ("taken_as_referral", [], "became_referral"),
    ],
)
def test_advice_that_the_criteria_may_fit_asks_the_sub_group(
    answer: str, opened: list[str], ended: str | None
) -> None:
    case = Case().do("identify_case", advice_from="board_coordinator")
    case.do("advise_on_suitability", advice_outcome="fits_criteria")
    case.finish("refer_before_consent", escalation_answer=answer)
    assert (case.open, case.flow.ended_by) == (opened, ended)


@pytest.mark.parametrize(
    ("sent_on", "opened"),
    [
        (date(2026, 6, 16), ["consider_referral"]),
        (date(2026, 6, 17), ["decide_late_pack"]),
    ],
)
def test_a_pack_is_in_time_on_the_last_of_the_fourteen_days_only(
    sent_on: date, opened: list[str]
) -> None:
    case = consented().do("write_chronology_and_history", steering_meeting_on=date(2026, 6, 30))
    assert case.do("send_pack", pack_sent_on=sent_on).open == opened


def test_a_late_pack_is_announced_while_it_may_still_be_sent() -> None:
    case = consented().do("write_chronology_and_history", steering_meeting_on=date(2026, 6, 30))
    case.fire("pack_is_late")
    assert (case.sent, case.open) == (["pack_late"], ["send_pack"])


@pytest.mark.parametrize("step", [consented, lambda: considered("accepted"), arranged])
def test_consent_withdrawn_before_the_session_ends_the_case(step: Callable[[], Case]) -> None:
    case = step().follow(consent_withdrawn_on=date(2026, 7, 1))
    assert (case.flow.ended_by, case.open, case.sent) == (
        "consent_withdrawn", [], ["consent_ended"],
    )  # fmt: skip


def test_consent_withdrawn_after_the_session_stops_nothing() -> None:
    case = held().follow(consent_withdrawn_on=date(2026, 8, 2))
    assert case.open == ["debrief", "evaluate_session"]


def test_consent_withdrawn_while_the_sub_group_thinks_ends_the_case() -> None:
    case = considered("refer").follow(consent_withdrawn_on=date(2026, 7, 1))
    assert case.flow.ended_by == "consent_withdrawn"


@pytest.mark.parametrize(
    ("answer", "opened", "ended"),
    [
        ("back_to_forum", ["consider_referral"], None),
        ("taken_as_referral", [], "became_referral_after_consideration"),
    ],
)
def test_a_case_for_the_sub_group_leaves_or_is_considered_again(
    answer: str, opened: list[str], ended: str | None
) -> None:
    case = considered("refer").finish("refer_after_consideration", escalation_answer=answer)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def test_an_escalation_from_the_side_that_is_taken_ends_the_preparation() -> None:
    case = arranged().follow(escalation_answer="taken_as_referral")
    assert case.flow.ended_by == "became_referral_meanwhile"


def test_the_steering_group_may_ask_for_more_or_decline_with_advice() -> None:
    assert considered("more_information").open == ["write_chronology_and_history"]
    declined = considered("not_suitable")
    assert (declined.flow.ended_by, declined.sent) == (
        "declined_with_advice", ["declined_with_advice"],
    )  # fmt: skip


def test_late_minutes_may_move_the_session_and_never_stop_it() -> None:
    case = arranged().fire("minutes_are_late")
    assert case.open == ["decide_late_minutes", "provide_minutes"]
    case.do("decide_late_minutes", late_minutes_choice="re_date")
    assert case.open == ["provide_minutes", "rearrange_session"]
    case.do("rearrange_session").do("provide_minutes", minutes_received_on=date(2026, 7, 1))
    assert case.open == ["plan_session"]


def test_evaluations_that_do_not_come_are_announced_and_the_case_goes_on_to_its_end() -> None:
    case = held().do("debrief").finish("gather_actions").finish("gather_actions")
    case.do("evaluate_session").fire("evaluations_closed")
    assert case.sent == ["evaluations_not_returned"]
    assert case.open == ["evaluate_first_feedback", "set_follow_up_date"]
    case.do("evaluate_first_feedback").do("set_follow_up_date")
    case.do("hold_follow_up").do("review_outcome")
    assert (case.flow.ended_by, case.sent) == ("consultation_completed", ["learning_for_forum"])
