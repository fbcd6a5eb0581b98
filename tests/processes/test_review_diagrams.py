"""The diagrams of the first review go where the guidance says, whatever people answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from engine.workflow import StepOutcome, Workflow
from tests.processes.shipped import FACTS, definition

#: What the plain way records: one Board, no other inquiry, one child, a Concise Review.
PLAIN = {
    "other_country_named": False, "other_boards_named": 0, "lead_rule": "this_board",
    "led_elsewhere": False, "arrangements": [], "arrangements_confirmed": [],
}  # fmt: skip


class World:
    """The facts of a case; what a decision gives is set beside the answers it is taken on."""

    def __init__(self, items: Mapping[str, Sequence[str]]) -> None:
        self.facts: dict[str, Any] = dict.fromkeys(FACTS)
        self.lists = dict(items)

    def names(self, item: str | None) -> Mapping[str, Any]:
        return dict(self.facts)

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        return {"due": lambda timescale: None}

    def items(self, list_name: str) -> Sequence[str]:
        return self.lists.get(list_name, [])

    def decide(self, decision_id: str, item: str | None) -> Mapping[str, Any]:
        return {"rules": [decision_id]}


class Case:
    """A process under way: do its tasks in turn, setting the facts that each records."""

    def __init__(self, process: str, item: str = "", **facts: Any) -> None:
        self.world = World({"children": ["child_1"], "reviewers": ["reviewer"]})
        self.world.facts.update(facts)
        self.last: StepOutcome | None
        self.flow, self.last = Workflow.start(definition(process), self.world, item)
        self.sent = self._notices()
        self.started = self._sides()

    def do(self, *tasks: str, **facts: Any) -> Case:
        for task in tasks:
            self.world.facts.update(facts)
            key = next(t.key for t in self.flow.open_tasks() if t.key.bpmn_id == task)
            self._after(self.flow.complete_task(key))
        return self

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
    def parts(self) -> list[str]:
        return sorted({part.key.bpmn_id for part in self.flow.waiting_parts()})

    def _after(self, outcome: StepOutcome | None) -> Case:
        self.last = outcome
        self.sent += self._notices()
        self.started += self._sides()
        return self

    def _notices(self) -> list[str]:
        effects = self.last.effects if self.last else ()
        return [effect.element.notice for effect in effects if effect.kind == "notice"]

    def _sides(self) -> list[str]:
        effects = self.last.effects if self.last else ()
        return [effect.element.starts for effect in effects if effect.kind == "effect"]


def received(**facts: Any) -> Case:
    case = Case("referral").do("raise_concern", raised_as="referral", capacity="agency")
    return case.do("receive_referral", "forward_referral", "record_receipt", **facts)


def screened(suggested: str = "concise", **facts: Any) -> Case:
    case = received().do("collect_facts", **{**PLAIN, **facts})
    return case.finish("screen_children", suggested_type_found=suggested)


def signed() -> Case:
    case = screened().do("recommend", cpr=True)
    case.do("draft_terms").do("plan_review", plan_made=True)
    return case.do("sign_recommendation", notices_due=["recommendation"])


def signed_short(outcome: str = "forum") -> Case:
    case = screened("not_cpr").do("recommend", cpr=False)
    return case.do("sign_recommendation", notices_due=["none_required"], review_type=outcome)


def decided(decision: str, review_type: str = "concise") -> Case:
    return signed().do("decide_recommendation", chair_decision=decision, review_type=review_type)


def test_a_referral_goes_by_the_chair_to_the_sub_group() -> None:
    case = Case("referral").do("raise_concern", raised_as="referral", capacity="agency")
    assert case.open == ["receive_referral"]
    case.do("receive_referral", "forward_referral")
    assert case.open == ["record_receipt"]
    assert case.do("record_receipt").open == ["collect_facts"]


@pytest.mark.parametrize(
    ("choice", "opened", "ended"),
    [("close", [], "concern_closed"), ("make_referral", ["receive_referral"], None)],
)
def test_only_its_referrer_closes_a_concern_that_is_no_referral_yet(
    choice: str, opened: list[str], ended: str | None
) -> None:
    case = Case("referral").do("raise_concern", raised_as="concern", capacity="agency")
    assert case.open == ["decide_on_concern"]
    case.do("decide_on_concern", concern_choice=choice)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def test_a_case_from_a_forum_goes_to_the_sub_group_at_once_with_a_copy_to_the_chair() -> None:
    case = Case("referral").do("raise_concern", raised_as="referral", capacity="consultation")
    assert (case.open, case.sent) == (["record_receipt"], ["referral_escalated"])


def test_missing_facts_are_asked_for_again_and_settled_work_is_not_started_again() -> None:
    case = screened("hold")
    assert (case.open, case.parts) == (["collect_facts"], [])
    assert case.do("collect_facts").parts == ["screen_children"]


@pytest.mark.parametrize(
    ("facts", "opened"),
    [
        ({"other_boards_named": 1, "lead_rule": None}, ["agree_lead"]),
        ({"other_country_named": True, "lead_rule": None}, ["agree_across_countries"]),
        (
            {"other_country_named": True, "other_boards_named": 2, "lead_rule": None},
            ["agree_across_countries"],
        ),
    ],
)
def test_other_boards_and_countries_are_brought_in(
    facts: dict[str, Any], opened: list[str]
) -> None:
    case = received().do("collect_facts", **{**PLAIN, "led_elsewhere": None, **facts})
    assert (case.open, case.parts) == (opened, [])


def test_another_boards_lead_leaves_this_board_a_contribution_and_the_wait() -> None:
    case = received().do("collect_facts", **{**PLAIN, "other_boards_named": 1, "lead_rule": None})
    case.do("agree_lead", lead_rule="board_of_normal_residence", led_elsewhere=True)
    assert case.open == ["plan_contribution"]
    case.do("plan_contribution").finish("screen_children", suggested_type_found="concise")
    case.do("recommend", cpr=True).do("draft_terms").do("plan_review", plan_made=True)
    case.do("sign_recommendation", notices_due=["recommendation"])
    case.do("decide_recommendation", chair_decision="agree", review_type="concise")
    assert case.parts == ["await_other_review"]
    assert case.finish("await_other_review").flow.ended_by == "review_led_elsewhere"


def test_a_disputed_lead_holds_up_the_review_and_nothing_before_it() -> None:
    case = received().do("collect_facts", **{**PLAIN, "other_boards_named": 1, "lead_rule": None})
    case.do("agree_lead", lead_rule="receiving_board_for_now")
    assert (case.open, case.parts) == (["settle_dispute"], ["screen_children"])
    case.finish("screen_children", suggested_type_found="concise").do("recommend", cpr=True)
    case.do("draft_terms").do("plan_review", plan_made=True)
    case.do("sign_recommendation", notices_due=["recommendation"])
    case.do("decide_recommendation", chair_decision="agree", review_type="concise")
    assert "hold_concise_review" not in case.parts
    case.do("settle_dispute", settled_lead="this_board")
    assert case.parts == ["hold_concise_review"]


def test_the_boards_confirmation_is_waited_for_before_the_review_and_not_before() -> None:
    unknown = {"arrangements": [None], "arrangements_confirmed": [None]}
    case = received()
    case.world.lists["other_bodies"] = ["other_body_1"]
    case.do("collect_facts", **{**PLAIN, **unknown})
    assert case.parts == ["agree_with_bodies"]
    case.finish("agree_with_bodies", arrangements=["separate_coordinated"])
    assert case.parts == ["confirm_arrangements", "screen_children"]
    case.finish("screen_children", suggested_type_found="concise").do("recommend", cpr=True)
    case.do("draft_terms").do("plan_review", plan_made=True)
    case.do("sign_recommendation", notices_due=["recommendation"])
    case.do("decide_recommendation", chair_decision="agree", review_type="concise")
    assert case.parts == ["confirm_arrangements"]
    case.finish("confirm_arrangements", arrangements_confirmed=[True])
    assert case.parts == ["hold_concise_review"]


def test_another_body_that_leads_comes_before_whatever_type_was_decided() -> None:
    case = screened(arrangements=["other_body_leads"], arrangements_confirmed=[True])
    case.do("recommend", cpr=True).do("draft_terms").do("plan_review", plan_made=True)
    case.do("sign_recommendation", notices_due=["recommendation"])
    case.do("decide_recommendation", chair_decision="agree", review_type="concise")
    assert case.parts == ["await_other_review"]


def test_a_short_form_is_signed_without_a_plan_and_tells_nobody_in_government() -> None:
    case = signed_short()
    assert (case.open, case.sent) == (["decide_recommendation"], [])


@pytest.mark.parametrize(("waits", "opened"), [(False, True), (None, True), (True, False)])
def test_signing_waits_for_legal_advice_only_where_the_sub_group_says_so(
    waits: bool | None, *, opened: bool
) -> None:
    case = screened().do("recommend", cpr=True).do("draft_terms")
    case.do("plan_review", plan_made=True, wait_for_legal_advice=waits)
    assert ("sign_recommendation" in case.open) is opened
    case.do("advise_on_terms", legal_advised_on=date(2026, 6, 1))
    assert case.open == ["sign_recommendation"]


def test_government_is_told_when_the_recommendation_is_signed_not_when_it_is_decided() -> None:
    case = signed()
    assert case.sent == ["recommendation_made"]
    assert case.started == ["recommendation_use_block"]
    assert "decide_recommendation" in case.open


def test_agreement_tells_everybody_and_leads_to_the_review() -> None:
    case = decided("agree")
    assert case.sent == ["recommendation_made", "decision_told", "recommendation_outcome"]
    assert case.parts == ["hold_concise_review"]
    case.finish("hold_concise_review", published_on=date(2026, 11, 1))
    assert case.flow.ended_by == "review_completed"


def test_legal_advice_that_never_comes_does_not_hold_the_case_open() -> None:
    case = decided("agree")
    assert case.open == ["advise_on_terms"]
    case.finish("hold_concise_review", published_on=date(2026, 11, 1))
    assert case.flow.is_completed()


@pytest.mark.parametrize(
    ("review_type", "ended"),
    [
        ("no_review", "no_review_held"),
    ],
)
def test_what_is_no_review_here_ends_by_its_own_name(review_type: str, ended: str) -> None:
    case = decided("agree", review_type)
    assert case.flow.ended_by == ended


def test_a_case_for_a_forum_ends_here_once_it_is_sent_down() -> None:
    case = decided("agree", "forum")
    assert case.parts == ["send_to_forum"]
    assert case.finish("send_to_forum").flow.ended_by == "another_way_follows"


def test_another_process_is_awaited_like_another_bodys_review() -> None:
    case = decided("agree", "alternative")
    assert case.parts == ["await_other_review"]
    assert case.finish("await_other_review").flow.ended_by == "review_led_elsewhere"


def test_amendments_apply_the_criteria_again() -> None:
    case = decided("agree_with_amendments")
    assert "enter_amendments" in case.open
    case.do("enter_amendments", cpr=True)
    assert case.parts == ["screen_children_again"]
    assert case.finish("screen_children_again").parts == ["hold_concise_review"]


def test_an_amendment_that_leaves_no_review_is_a_decline() -> None:
    case = decided("agree_with_amendments").do("enter_amendments", cpr=False)
    assert case.finish("screen_children_again").parts == ["discuss_declined"]


def test_an_amended_short_form_that_becomes_a_review_is_planned_and_decided_again() -> None:
    case = signed_short().do("decide_recommendation", chair_decision="agree_with_amendments")
    case.do("enter_amendments", cpr=True).finish("screen_children_again")
    assert case.open == ["advise_on_terms", "draft_terms", "plan_review"]
    case.do("draft_terms").do("plan_review", plan_made=True).do("sign_recommendation")
    assert "decide_recommendation" in case.open


@pytest.mark.parametrize(
    ("final", "review_type", "parts", "ended", "sent"),
    [
        ("review_approved", "concise", ["hold_concise_review"], None, "recommendation_outcome"),
        ("no_review", "no_review", [], "no_review_held", "recommendation_made"),
    ],
)
def test_a_declined_recommendation_is_overturned_or_upheld(
    final: str, review_type: str, parts: list[str], ended: str | None, sent: str
) -> None:
    case = decided("disagree")
    assert case.parts == ["discuss_declined"]
    case.finish("discuss_declined", final_decision=final, review_type=review_type)
    assert (case.parts, case.flow.ended_by, case.sent[-1]) == (parts, ended, sent)


@pytest.mark.parametrize(
    ("final", "opened", "ended"),
    [
        ("review_approved", ["advise_on_terms", "draft_terms", "plan_review"], None),
        ("no_review", [], "no_review_held"),
    ],
)
def test_the_chair_may_want_a_review_that_was_not_recommended(
    final: str, opened: list[str], ended: str | None
) -> None:
    case = signed_short("no_review").do("decide_recommendation", chair_decision="disagree")
    case.finish("discuss_declined", final_decision=final)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def test_six_months_over_tell_and_ask_and_leave_the_work_going_on() -> None:
    case = decided("agree").fire("six_months_over")
    assert case.sent[-2:] == ["six_months_over_wg", "six_months_over"]
    assert case.open == ["advise_on_terms", "explain_overrun"]
    assert case.parts == ["hold_concise_review"]
    case.do("explain_overrun", "note_overrun")
    case.finish("hold_concise_review", published_on=date(2026, 12, 1))
    assert case.flow.ended_by == "review_completed"


def test_the_last_useful_day_asks_for_a_forecast_beside_the_review() -> None:
    case = decided("agree").fire("last_useful_day_over")
    assert case.started[-1] == "overrun_record"
    assert case.parts == ["hold_concise_review"]


@pytest.mark.parametrize(
    ("final", "made", "opened", "ended"),
    [
        ("review_approved", True, [], "final_decision_is_there"),
        ("no_review", None, [], "final_decision_is_there"),
        ("no_review", True, ["write_letter"], None),
    ],
)
def test_a_letter_is_due_only_where_a_recommended_review_is_finally_refused(
    *, final: str, made: bool | None, opened: list[str], ended: str | None
) -> None:
    case = Case("declined_recommendation", plan_made=made)
    case.do("state_reasons", "discuss_decision").do("decide_finally", final_decision=final)
    assert (case.open, case.flow.ended_by) == (opened, ended)
    if opened:
        case.do("write_letter")
        assert case.sent == ["decision_declined", "final_letter", "final_decision_told"]


def test_bodies_agree_once_and_afresh_only_where_the_board_does_not_confirm() -> None:
    case = Case("parallel_inquiry", "other_body_1")
    case.do("agree_arrangement", arrangement="joint_review")
    assert case.flow.ended_by == "arrangement_agreed"
    again = Case("parallel_inquiry", "other_body_1", arrangement="joint_review")
    assert again.flow.ended_by == "arrangement_stood"
    confirming = Case("arrangement_confirmation", "other_body_1")
    confirming.do("confirm_arrangement", confirmed=False)
    assert confirming.open == ["agree_afresh"]
    confirming.do("agree_afresh").do("confirm_arrangement", confirmed=True)
    assert confirming.flow.ended_by == "arrangement_confirmed"


def test_a_reviewer_who_does_not_fit_is_looked_for_again() -> None:
    case = Case("appoint_reviewer", "reviewer", reviewer_role="reviewer").do("find_reviewer")
    assert case.do("check_and_commission", reviewer_fit="refuse").open == ["find_reviewer"]
    case.do("find_reviewer").do("check_and_commission", reviewer_fit="accept")
    assert case.flow.ended_by == "reviewer_commissioned"


@pytest.mark.parametrize(
    ("needed", "opened", "ended"),
    [(True, ["draw_up_plan"], None), (False, [], "no_plan_needed")],
)
def test_the_board_says_whether_another_bodys_report_needs_a_plan(
    *, needed: bool, opened: list[str], ended: str | None
) -> None:
    case = Case("other_review").do("record_other_report")
    case.do("consider_other_report", other_plan_needed=needed)
    assert (case.open, case.flow.ended_by) == (opened, ended)
    if needed:
        case.do("draw_up_plan", "approve_plan")
        assert case.finish("follow_plan").flow.ended_by == "plan_closed"


def test_a_review_of_each_type_is_held_as_what_was_decided() -> None:
    assert decided("agree", "extended").parts == ["hold_extended_review"]
    assert decided("agree", "concise").parts == ["hold_concise_review"]


def test_the_board_looks_for_the_external_reviewer_and_the_panel_for_the_local_one() -> None:
    external = Case("appoint_reviewer", "reviewer_external", reviewer_role="reviewer_external")
    assert external.open == ["find_external_reviewer"]
    external.do("find_external_reviewer").do("appoint_external_reviewer", reviewer_fit="refuse")
    assert external.open == ["find_external_reviewer"]
    local = Case("appoint_reviewer", "reviewer_local", reviewer_role="reviewer_local")
    assert local.open == ["find_reviewer"]


def drafted(reviewers: int = 1, *, extended: bool = False) -> Case:
    """A report that has been written and shared as a draft."""
    known = {"reviewers_count": reviewers, "is_extended": extended, "evaluations_compiled": True}
    case = Case("report", **known).do("write_report")
    if extended:
        case.do("report_on_issues")
    return case.finish("share_draft") if "share_draft" in case.parts else case


def gated(failures: Sequence[str] = (), *, substance: bool = False) -> Case:
    case = drafted().do("submit_report")
    case.do("go_through_report", panel_outcome="agreed", change_needed=True)
    case.do("build_plan", "sign_report")
    return case.do("check_report", content_failures=list(failures), change_of_substance=substance)


def test_a_panel_chair_who_is_not_independent_is_shown_to_the_chair_and_not_refused() -> None:
    case = Case("panel_set_up", panel_chair_result="accept_with_safeguard")
    case.do("set_up_panel", "confirm_panel_chair")
    assert case.sent == ["panel_chair_safeguard"]
    assert case.flow.ended_by == "panel_set_up_and_led"


def test_changed_terms_go_their_own_way_beside_the_review() -> None:
    case = Case("timeline_study").do("study_timeline", terms_changed=True)
    assert (case.started, case.flow.ended_by) == (["issue_terms"], "timeline_studied")


def test_a_second_reviewer_signs_a_statement_before_the_report_is_checked() -> None:
    case = drafted(2).do("submit_report")
    case.do("go_through_report", panel_outcome="agreed", change_needed=False)
    assert case.do("sign_report").open == ["sign_second_statement"]
    assert case.do("sign_second_statement").open == ["check_report"]


def test_the_six_issues_are_reported_on_only_in_an_extended_review() -> None:
    known = {"reviewers_count": 2, "evaluations_compiled": True}
    extended = Case("report", is_extended=True, **known).do("write_report")
    assert extended.open == ["report_on_issues"]
    assert "report_on_issues" not in Case("report", is_extended=False, **known).open


def test_a_panel_that_wants_changes_sends_the_report_back() -> None:
    case = drafted().do("submit_report")
    assert case.do("go_through_report", panel_outcome="changes").open == ["write_report"]


def test_no_change_needed_leaves_out_the_plan() -> None:
    case = drafted().do("submit_report")
    case.do("go_through_report", panel_outcome="agreed", change_needed=False)
    assert case.open == ["sign_report"]


@pytest.mark.parametrize(
    ("failures", "substance", "opened"),
    [
        ([], False, ["present_report"]),
        (["DR-27.3"], False, ["correct_report"]),
        (["DR-27.3"], True, ["write_report"]),
    ],
)
def test_the_content_gate_lets_through_corrects_or_sends_back(
    *, failures: list[str], substance: bool, opened: list[str]
) -> None:
    assert gated(failures, substance=substance).open == opened


@pytest.mark.parametrize(
    ("report", "plan", "opened", "ended"),
    [
        ("accepted", "approved", [], "report_accepted"),
        ("accepted", "approved_with_changes", [], "report_accepted"),
        ("accepted", "returned", ["build_plan"], None),
        ("returned", "approved", ["submit_report"], None),
    ],
)
def test_the_board_accepts_or_returns_the_report_or_the_plan(
    report: str, plan: str, opened: list[str], ended: str | None
) -> None:
    case = gated().do("present_report")
    case.do("decide_on_report", report_decision=report, plan_decision=plan)
    assert (case.open, case.flow.ended_by) == (opened, ended)


def sent_report(**facts: Any) -> Case:
    case = Case("publication", report_submitted_on=date(2026, 10, 1), **facts)
    return case.do("fix_date", "send_report")


def at_the_gate(content: Sequence[str] = (), publication: Sequence[str] = ()) -> Case:
    case = sent_report(content_failures=list(content), publication_failures=list(publication)).fire(
        "fortnight_is_over"
    )
    return case.do("tell_beforehand", "prepare_statement")


def test_work_on_publication_opens_only_two_weeks_after_sending() -> None:
    case = sent_report()
    assert (case.open, case.sent, case.started) == ([], ["report_sent"], ["report_use_block"])
    waiting = case.flow.waiting_timers()[0]
    assert case.flow.timer_due(waiting.key) == case.flow.timer_due(waiting.key)
    assert case.fire("fortnight_is_over").open == ["tell_beforehand"]


@pytest.mark.parametrize(
    ("differ", "opened"), [(True, ["follow_arrangement"]), (None, ["send_report"])]
)
def test_an_arrangement_across_a_border_is_followed_before_sending(
    *, differ: bool | None, opened: list[str]
) -> None:
    case = Case("publication", publication_rules_differ=differ).do("fix_date")
    assert case.open == opened


def test_the_report_is_published_and_stays_for_twelve_weeks() -> None:
    case = at_the_gate().do("publish", online_since_on=date(2026, 10, 15))
    assert case.open == []
    assert case.fire("twelve_weeks_are_over").open == ["keep_or_take_down"]
    case.do("keep_or_take_down", keep_or_remove="remove")
    assert case.flow.ended_by == "report_on_request"


def test_a_report_that_fails_the_gate_is_corrected_and_goes_through_it_again() -> None:
    case = at_the_gate(["DR-27.1"])
    assert case.open == ["correct_report"]
    case.do("correct_report", change_of_substance=False, content_failures=[])
    assert case.open == ["publish"]


def test_a_report_changed_in_substance_is_accepted_and_sent_again() -> None:
    case = at_the_gate(["DR-27.1"]).do("correct_report", change_of_substance=True)
    assert case.open == ["accept_again"]
    assert case.do("accept_again", report_decision="accepted").open == ["send_report"]


def test_publication_that_is_held_back_waits_for_the_hold_to_end() -> None:
    held = sent_report(
        content_failures=[], publication_failures=["DR-14.4"], publication_held=True
    ).fire("fortnight_is_over")
    held.do("tell_beforehand", "prepare_statement")
    assert held.open == []
    assert held.follow(publication_held=False, publication_failures=[]).open == ["publish"]


def test_a_day_of_sending_put_right_waits_for_its_own_two_weeks() -> None:
    case = at_the_gate(publication=["DR-14.2"])
    assert case.open == []
    case.world.facts["publication_failures"] = []
    assert case.fire("fortnight_has_passed").open == ["publish"]


@pytest.mark.parametrize(("asked", "opened"), [(True, ["answer_further_action"]), (False, [])])
def test_further_action_that_government_asks_for_is_answered_by_the_board(
    *, asked: bool, opened: list[str]
) -> None:
    case = Case("report_use_block").do("fill_use_block")
    assert case.do("consider_further_action", further_action_asked=asked).open == opened


@pytest.mark.parametrize(
    ("significant", "opened"), [([True], ["advise_on_change"]), ([False], []), ([], [])]
)
def test_a_significant_change_of_scope_is_told_and_advised_on(
    significant: list[bool], opened: list[str]
) -> None:
    case = Case("issue_terms", significant_changes=significant)
    assert case.open == opened
    if not opened:
        assert case.sent == ["terms_issued"]
