"""The diagrams of the action plan go where the guidance says, whatever people answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from engine.workflow import Workflow
from tests.processes.shipped import definition
from tests.processes.test_review_diagrams import Case, World

SIGNED_OFF = {"plan_sign_off_outcome": "yes", "plan_signed_off_on": date(2026, 12, 1)}
PLACED = {"issues_in_training": [True], "issues_in_audit": [True], "issues_in_forum": [None]}
MAIN = {"carry_out_actions", "consider_in_sub_groups"}


class Plan(Case):
    """A plan under way, with actions and sub-groups."""

    def __init__(
        self,
        process: str = "action_plan",
        item: str = "",
        *,
        kinds: Sequence[str] = ("protocol",),
        sub_groups: Sequence[str] = (),
        **facts: Any,
    ) -> None:
        keys = [f"action_{number}" for number, _ in enumerate(kinds, start=1)]
        self.world = World({"actions": keys, "sub_groups": sub_groups})
        unplaced = [None] * len(kinds)
        self.world.facts.update(
            impact_recipients=["welsh_government"], has_staff_event=False, is_extended=False,
            action_kinds=list(kinds), issues_in_training=unplaced, issues_in_audit=unplaced,
            issues_in_forum=unplaced,
        )  # fmt: skip
        self.world.facts.update(facts)
        self.flow, self.last = Workflow.start(definition(process), self.world, item)
        self.sent = self._notices()
        self.started = self._sides()

    def finish_all(self, call: str) -> Plan:
        for part in [p for p in self.flow.waiting_parts() if p.key.bpmn_id == call]:
            self._after(self.flow.finish_part(part.key))
        return self


def under_way(**facts: Any) -> Plan:
    plan = Plan(**facts)
    plan.do("assign_actions")
    return plan


def carried_out(**facts: Any) -> Plan:
    plan = under_way(**facts)
    plan.follow(published_on=date(2026, 3, 16)).do("inform_local_staff")
    plan.finish_all("carry_out_actions").follow(**PLACED)
    return plan


def test_the_plan_is_taken_up_and_then_everything_goes_on_at_once() -> None:
    plan = Plan()
    assert plan.open == ["assign_actions"]
    plan.do("assign_actions")
    assert plan.open == ["put_in_audit", "put_in_forum", "put_in_training"]
    assert plan.parts == ["carry_out_actions"]
    assert [timer.key.bpmn_id for timer in plan.flow.waiting_timers()] == ["review_comes_up"]


@pytest.mark.parametrize(
    "facts", [{"published_on": date(2026, 3, 16)}, {"other_plan_needed": True}]
)
def test_local_staff_are_told_once_the_report_is_public_or_is_not_ours(
    facts: dict[str, Any],
) -> None:
    assert "inform_local_staff" not in under_way().open
    assert "inform_local_staff" in under_way().follow(**facts).open


def test_a_staff_event_is_held_where_the_plan_has_one() -> None:
    assert "hold_staff_event" not in under_way().open
    plan = carried_out(kinds=("protocol", "staff_event"), has_staff_event=True,
                       issues_in_training=[None, None], issues_in_audit=[None, None],
                       issues_in_forum=[True, None])  # fmt: skip
    assert plan.parts == []
    assert plan.do("hold_staff_event").parts == ["audit_and_sign_off"]


def test_after_an_extended_review_each_sub_group_considers_the_learning() -> None:
    named = {"sub_groups": ["training", "quality_assurance"]}
    assert "consider_in_sub_groups" not in under_way(**named).parts
    plan = carried_out(is_extended=True, **named)
    waiting = [part.item for part in plan.flow.waiting_parts()]
    assert waiting == ["training", "quality_assurance"]
    assert plan.finish_all("consider_in_sub_groups").parts == ["audit_and_sign_off"]


@pytest.mark.parametrize(
    ("training", "audit", "forum", "placed"),
    [
        (True, True, None, True),
        (True, True, True, True),
        (None, None, True, True),
        (True, None, None, False),
        (None, True, None, False),
        (False, False, False, False),
    ],
)
def test_an_issue_is_placed_in_both_programmes_or_in_the_forums_plan(
    training: bool | None, audit: bool | None, forum: bool | None, placed: bool
) -> None:
    plan = under_way()
    answers = {
        "issues_in_training": [training], "issues_in_audit": [audit], "issues_in_forum": [forum],
    }  # fmt: skip
    plan.do("put_in_training", "put_in_audit", "put_in_forum", **answers)
    assert (plan.open == []) is placed
    assert plan.sent == ([] if placed else ["issues_not_placed"])


def test_every_issue_must_be_placed_not_just_one() -> None:
    plan = under_way(kinds=("protocol", "policy"), issues_in_training=[True, None],
                     issues_in_audit=[True, True], issues_in_forum=[None, None])  # fmt: skip
    plan.do("put_in_training", "put_in_audit", "put_in_forum")
    assert plan.sent == ["issues_not_placed"]
    plan.do("put_in_forum", issues_in_forum=[None, True])
    plan.follow(published_on=date(2026, 3, 16)).do("inform_local_staff")
    assert plan.finish_all("carry_out_actions").parts == ["audit_and_sign_off"]


@pytest.mark.parametrize("kinds", [(), ("dissemination",), ("dissemination", "staff_event")])
def test_dissemination_is_no_issue_for_a_programme(kinds: Sequence[str]) -> None:
    plan = under_way(kinds=kinds)
    assert plan.open == []
    plan.follow(published_on=date(2026, 3, 16)).do("inform_local_staff")
    assert plan.finish_all("carry_out_actions").parts == ["audit_and_sign_off"]


def test_reviews_come_again_and_again_and_hold_nothing_up() -> None:
    plan = under_way()
    for _ in range(3):
        plan.fire("review_comes_up")
        assert "review_progress" in plan.parts
        plan.finish("review_progress")
    plan.fire("review_comes_up")
    plan.follow(published_on=date(2026, 3, 16)).do("inform_local_staff")
    plan.finish_all("carry_out_actions").follow(**PLACED)
    assert plan.parts == ["audit_and_sign_off", "review_progress"]
    plan.finish("audit_and_sign_off", **SIGNED_OFF).follow()
    assert (plan.parts, plan.open) == ([], ["report_impact"])


def test_the_sign_off_ends_what_runs_beside_it_before_a_review_comes_up() -> None:
    plan = carried_out()
    plan.finish("audit_and_sign_off", **SIGNED_OFF).follow()
    assert plan.flow.waiting_timers() == ()
    assert plan.open == ["report_impact"]


def test_a_review_that_ends_with_the_sign_off_brings_no_other() -> None:
    plan = under_way().fire("review_comes_up")
    plan.finish("review_progress", **SIGNED_OFF)
    assert "review_comes_up" not in [timer.key.bpmn_id for timer in plan.flow.waiting_timers()]


def test_not_yet_opens_actions_again_and_audits_again_until_it_is_signed_off() -> None:
    plan = carried_out()
    for _ in range(2):
        plan.finish("audit_and_sign_off", plan_sign_off_outcome="not_yet")
        assert plan.parts == ["carry_out_again"]
        plan.finish_all("carry_out_again")
        assert plan.parts == ["audit_and_sign_off"]
    assert plan.sent.count("plan_not_signed_off") == 2
    assert [timer.key.bpmn_id for timer in plan.flow.waiting_timers()] == ["review_comes_up"]


@pytest.mark.parametrize(
    ("recipients", "told"),
    [
        (["welsh_government"], [("welsh_government",)]),
        (["welsh_government", "inspectorates"], [("welsh_government", "inspectorates")]),
        (["board"], []),
    ],
)
def test_the_impact_report_goes_to_its_recipients_and_then_the_plan_closes(
    recipients: list[str], told: list[tuple[str, ...]]
) -> None:
    plan = carried_out(impact_recipients=recipients)
    plan.finish("audit_and_sign_off", **SIGNED_OFF).follow()
    plan.do("report_impact")
    effects = plan.last.effects if plan.last else ()
    assert [effect.element.to for effect in effects] == told
    plan.do("share_lessons")
    assert (plan.flow.ended_by, plan.flow.is_completed()) == ("plan_is_closed", True)


def test_an_action_added_late_joins_in_and_one_that_leaves_is_not_waited_for() -> None:
    plan = under_way()
    plan.world.lists["actions"] = ["action_1", "action_2"]
    plan.follow()
    assert [p.item for p in plan.flow.waiting_parts()] == ["action_1", "action_2"]
    plan.follow(published_on=date(2026, 3, 16)).do("inform_local_staff")
    plan.finish_all("carry_out_actions").follow(**PLACED)
    assert plan.parts == ["audit_and_sign_off"]
    other = under_way(kinds=("protocol", "policy"))
    other.world.lists["actions"] = ["action_1"]
    other.follow()
    assert [p.item for p in other.flow.waiting_parts()] == ["action_1"]


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("done", "action_is_done"),
        ("dropped", "action_is_dropped"),
        ("under_way", None),
        ("not_started", None),
        ("overdue", None),
    ],
)
def test_an_action_stays_open_until_it_is_done_or_given_up(status: str, ended: str | None) -> None:
    action = Plan("carry_out_action", "action_1").do("carry_out", action_status=status)
    assert (action.flow.ended_by, action.open) == (ended, [] if ended else ["carry_out"])


def test_an_action_past_its_date_is_told_and_goes_on() -> None:
    action = Plan("carry_out_action", "action_1").fire("action_is_overdue")
    assert (action.sent, action.open) == (["action_overdue"], ["carry_out"])
    assert action.do("carry_out", action_status="done").flow.is_completed()


@pytest.mark.parametrize(
    ("status", "again", "opened"),
    [
        (None, None, True),
        ("done", None, False),
        ("done", False, False),
        ("dropped", False, False),
        ("done", True, True),
        ("dropped", True, True),
        ("under_way", False, True),
    ],
)
def test_of_the_actions_only_those_are_opened_again_that_the_board_names_or_that_are_not_done(
    status: str | None, again: bool | None, opened: bool
) -> None:
    action = Plan("carry_out_action", "action_1", action_status=status, action_open_again=again)
    assert (action.open == ["carry_out"]) is opened
    assert (action.flow.ended_by == "action_stays_closed") is not opened


@pytest.mark.parametrize(
    ("which", "task", "roles"),
    [
        ("training", "consider_in_training", ("training",)),
        ("quality_assurance", "consider_in_quality_assurance", ("quality_assurance",)),
        ("forum_owner", "consider_in_forum_owner", ("forum_owner",)),
        ("sub_group", "consider_in_sub_group", ("sub_group", "sub_group_chair")),
        ("other_sub_group", "consider_in_other_sub_group", ("coordinator",)),
    ],
)
def test_each_sub_group_does_its_own_considering(
    which: str, task: str, roles: tuple[str, ...]
) -> None:
    part = Plan("consider_learning", which, sub_group_is=which)
    assert part.open == [task]
    (opened,) = part.flow.open_tasks()
    assert opened.element.roles == roles
    assert part.do(task).flow.ended_by == "sub_group_is_done"


def test_a_review_and_its_report_and_an_audit_and_its_sign_off_follow_each_other() -> None:
    review = Plan("review_progress")
    assert review.do("review_plan").open == ["report_progress"]
    assert review.do("report_progress").flow.is_completed()
    audit = Plan("audit_and_sign_off")
    assert audit.do("audit_plan").open == ["sign_plan_off"]
    assert audit.do("sign_plan_off").flow.is_completed()


def test_an_urgent_action_is_told_to_both_chairs() -> None:
    urgent = Plan("urgent_action").do("act_at_once")
    assert (urgent.sent, urgent.flow.ended_by) == (
        ["urgent_action_taken"], "urgent_action_is_taken",
    )  # fmt: skip
