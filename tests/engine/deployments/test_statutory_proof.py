"""What breaks a rule of the statute is refused with the way there; what keeps it is let through."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine import deployments
from engine.deployments import statutory_proof
from engine.deployments.folders import EDITION, RulesOfEdition
from engine.deployments.statutory_proof import Broken
from tests.varied import (
    BPMN,
    OWN,
    ROOT,
    Change,
    Diagram,
    asking,
    bypassed,
    drawn,
    field,
    form,
    given,
    inserted,
    is_way,
    led,
    moved_edge,
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

TIMESCALES = "processes/timescales.toml"
ROLES = "processes/roles.toml"
DECISIONS = "processes/decisions/"


def hidden(component: Any) -> None:
    component["conditional"] = {"hide": "=true"}


def widened(*names: str) -> Any:
    def edit(table: Any) -> None:
        table["visibility"] = [*table.get("visibility", []), *names]

    return edit


def without_gates(table: Any) -> None:
    table["gates"] = []


def weaker(name: str, row_id: str) -> Change:
    """Let a rule of a form hold always."""

    def edit(table: Any) -> None:
        for rule in table["rules"]:
            if rule.get("row") == row_id:
                rule["check"] = "true"

    return form(name, edit)


#: What is planted, and the rule that has to find it.
PLANTED: dict[str, tuple[Change, str]] = {
    # A step removed.
    "consent not sought": (removed("consultation", "seek_consent"), "CNS-03"),
    "no chronology": (removed("consultation", "write_chronology_and_history"), "CNS-05"),
    "no pack": (removed("consultation", "send_pack"), "CNS-06"),
    "no facilitators": (removed("consultation", "name_facilitators"), "CNS-08"),
    "facilitators not checked": (removed("consultation", "check_facilitators"), "DR-17"),
    "no debrief": (removed("consultation", "debrief"), "CNS-13"),
    "no follow-up": (removed("consultation", "hold_follow_up"), "CNS-17"),
    "receipt not recorded": (removed("referral", "record_receipt"), "INT-04"),
    "no terms drafted": (removed("referral", "draft_terms"), "INT-14"),
    "review not planned": (removed("referral", "plan_review"), "INT-15"),
    "recommendation not signed": (removed("referral", "sign_recommendation"), "INT-18"),
    "Welsh Government not told": (removed("referral", "tell_of_outcome"), "INT-26"),
    "criteria not applied": (removed("screen_child", "apply_criteria"), "DR-01"),
    "no discussion": (removed("declined_recommendation", "discuss_decision"), "INT-23"),
    "report not sent to Welsh Government": (removed("publication", "send_report"), "PUB-02"),
    "report not presented": (removed("report", "present_report"), "CON-19"),
    "no genogram": (removed("timelines", "prepare_genogram"), "TIM-09"),
    "plan not audited": (removed("audit_and_sign_off", "audit_plan"), "ACT-12"),
    "no summary of the case": (removed("case_review_event", "present_summary"), "CRE-02"),
    "no principles in a forum": (removed("professional_forum", "open_forum"), "MPF-11"),
    "business plan not fed": (removed("forum_programme", "feed_business_plan"), "MPF-19"),
    # A step bypassed by a gateway.
    "consent may be passed by": (bypassed("consultation", "seek_consent"), "CNS-03"),
    "session may go unplanned": (bypassed("consultation", "plan_session"), "CNS-11"),
    "receipt may be passed by": (bypassed("referral", "record_receipt"), "INT-04"),
    "signature may be passed by": (bypassed("referral", "sign_recommendation"), "INT-18"),
    "Welsh Government may be passed by": (bypassed("publication", "send_report"), "PUB-02"),
    "presentation may be passed by": (bypassed("report", "present_report"), "CON-19"),
    "content check may be passed by": (bypassed("report", "apply_content_rule"), "DR-27"),
    "merge may be passed by": (bypassed("timelines", "merge_timelines"), "TIM-07"),
    "request may be passed by": (bypassed("agency_timeline", "ask_agency"), "TIM-03"),
    "staff may be left out": (bypassed("action_plan", "inform_local_staff"), "ACT-06"),
    "impact may go unreported": (bypassed("action_plan", "report_impact"), "ACT-15"),
    "two reviewers may not agree": (
        bypassed("extended_review", "agree_working_together"),
        "EXT-06",
    ),
    "number of reviewers untested": (bypassed("extended_review", "apply_number_rule"), "DR-05"),
    "plan may go unwritten": (bypassed("case_review_event", "write_plan"), "CRE-12"),
    "programme may go unapproved": (bypassed("forum_programme", "draft_programme"), "MPF-01"),
    "final decision without discussion": (
        bypassed("declined_recommendation", "discuss_decision"),
        "INT-23",
    ),
    "first word may be passed by": (bypassed("invitation", "speak_to_participant"), "LEV-14"),
    # A step moved after another, or done at the same time.
    "pack before its papers": (
        swapped("consultation", "write_chronology_and_history", "consider_referral"),
        "CNS-05",
    ),
    "session before its plan": (swapped("consultation", "plan_session", "hold_session"), "CNS-11"),
    "sign-off before audit": (
        swapped("audit_and_sign_off", "audit_plan", "sign_plan_off"),
        "ACT-12",
    ),
    "statement before report": (swapped("publication", "send_report", "publish"), "PUB-02"),
    "agencies before summary": (
        swapped("case_review_event", "present_summary", "establish_agencies"),
        "CRE-02",
    ),
    "plan beside session": (side_by_side("consultation", "plan_session", "hold_session"), "CNS-11"),
    "audit beside sign-off": (
        side_by_side("audit_and_sign_off", "audit_plan", "sign_plan_off"),
        "ACT-12",
    ),
    "presentation beside decision": (
        side_by_side("report", "present_report", "decide_on_report"),
        "CON-19",
    ),
    "topics beside drafting": (
        side_by_side("case_review_event", "present_summary", "establish_agencies"),
        "CRE-02",
    ),
    # A condition weakened, a way opened.
    "consent taken for granted": (
        asking("consultation", "is_consent_given_to_prepare_and_hold", 'consent_outcome != "stop"'),
        "CF-11",
    ),
    "withdrawal without effect": (
        asking("consultation", "consent_no_longer_stands", "child_consent = null"),
        "DR-16",
    ),
    "publication within the fortnight": (
        asking(
            "publication",
            "may_it_be_published_to_fortnight_has_passed",
            'list contains(publication_failures, "DR-14.9")',
        ),
        "DR-14",
    ),
    "impact report without sign-off": (
        asking(
            "action_plan", "is_plan_signed_off_to_settle_recipients", "plan_signed_off_on != null"
        ),
        "ACT-14",
    ),
    "way back behind the consent": (
        led("consultation", "is_consent_given_to_consent_may_be_sought", "prepare_and_hold"),
        "CF-11",
    ),
    # Clocks.
    "seven months": (row(TIMESCALES, "TS-01", length='"P7M"'), "TS-01"),
    "seven months for two reviewers": (row(TIMESCALES, "TS-02", length='"P183D"'), "TS-02"),
    "thirteen days": (row(TIMESCALES, "TS-03", length='"P13D"'), "TS-03"),
    "eleven weeks": (row(TIMESCALES, "TS-04", length='"P77D"'), "TS-04"),
    "three years in a Concise Review": (row(TIMESCALES, "TS-07", length='"P36M"'), "TS-07"),
    "four months for an event": (row(TIMESCALES, "TS-47", length='"P4M"'), "TS-47"),
    "run from the recommendation": (
        row(TIMESCALES, "TS-01", **{"from": '"recommendation_signed_on"'}),
        "TS-01",
    ),
    "met by its acceptance": (row(TIMESCALES, "TS-02", ends='["report_accepted_on"]'), "TS-02"),
    "no longer fixed": (row(TIMESCALES, "TS-47", fixed="false"), "TS-47"),
    "clock on the receipt alone": (
        moved_edge("referral", "six_months_over", "record_receipt"),
        "TS-01",
    ),
    "clock on the concern alone": (
        moved_edge("referral", "six_months_over_extended", "raise_concern"),
        "TS-02",
    ),
    "clock on the commission": (
        moved_edge("case_review_event", "three_months_over", "commission_event"),
        "TS-47",
    ),
    "fortnight of ten days": (
        asking("publication", "fortnight_is_over", 'report_submitted_on + duration("P10D")'),
        "TS-03",
    ),
    "fortnight from another day": (
        asking("publication", "fortnight_is_over", 'report_accepted_on + duration("P14D")'),
        "TS-03",
    ),
    "weeks online not waited for": (removed("publication", "twelve_weeks_are_over"), "TS-04"),
    "weeks online passed by": (bypassed("publication", "twelve_weeks_are_over"), "TS-04"),
    "proposed length longer, no reason": (row(TIMESCALES, "TS-13", length='"P42D"'), "TS-13"),
    # Fields.
    "consent optional": (optional("consent", "consent"), "F-45"),
    "no difference told": (without("impact_report", "difference_made"), "F-30"),
    "consent hidden": (field("consent", "child_appropriate", hidden), "F-45"),
    "no social history": (without("consultation_referral", "social_history"), "F-46"),
    "child’s interests dropped": (without("parallel_investigation", "child_interests"), "CF-22"),
    "vote optional": (optional("recommendation", "vote"), "F-02"),
    "conclusions optional": (optional("report", "conclusions"), "F-05"),
    "six issues hidden": (field("report", "findings", hidden), "F-05"),
    "summary not written by any task": (
        given("case_review_event", "present_summary", form="case_review_terms#criteria"),
        "F-54",
    ),
    # Roles and readers.
    "the worker considers": (
        given("consultation", "consider_referral", role="steering_group coordinator"),
        "CNS-07",
    ),
    "the co-ordinator signs": (
        given("referral", "sign_recommendation", role="sub_group_chair coordinator"),
        "INT-17",
    ),
    "the Panel appoints": (
        given("appoint_reviewer", "appoint_external_reviewer", role="chair board panel_chair"),
        "ROL-10",
    ),
    "the co-ordinator speaks": (
        given("publication", "prepare_statement", role="chair coordinator"),
        "CF-06",
    ),
    "genogram for the Board": (form("genogram", widened("V-BOARD")), "CF-03"),
    "genogram for staff": (form("genogram", widened("V-STAFF")), "CF-03"),
    "class of the Panel widened": (
        replaced(ROLES, "V-PANEL = [\n", 'V-PANEL = [\n  "welsh_government",\n'),
        "CF-03",
    ),
    "conference minutes for observers": (form("conference_minutes", widened("observer")), "CF-12"),
    "legal advice for the Panel": (form("legal_advice", widened("panel_member")), "CF-08"),
    # Hard stops and tables.
    "fortnight only warned of": (softened("publication", "DR-14.2"), "DR-11"),
    "no stop at early submission": (no_rule("submission", "TS-03"), "DR-11"),
    "window of timelines only warned of": (softened("agency_timeline", "TS-06"), "DR-11"),
    "views may be edited": (no_rule("declined_recommendation", "CF-21"), "CF-21"),
    "views may be edited, the rule kept": (weaker("declined_recommendation", "CF-21"), "CF-21"),
    "late pack accepted by itself": (softened("consultation_referral", "TS-41"), "DR-04"),
    "anybody may review": (
        replaced(f"{DECISIONS}DR-06.dmn", "<text>true</text>", "<text>false</text>"),
        "DR-02",
    ),
    "criteria loosened": (
        replaced(f"{DECISIONS}DR-01.dmn", '<text>"extended"</text>', '<text>"concise"</text>'),
        "DR-02",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_violation_is_found_by_its_rule_with_a_way_through_the_drawing(name: str) -> None:
    change, key = PLANTED[name]
    reading = varied(change)
    found = [*statutory_proof.prove(reading, [key])]
    assert found
    for broken in found:
        assert broken.rule.text.en in broken.say("en")
        assert broken.rule.source in broken.say("cy")
        if broken.trace:
            last = broken.trace[-1].rpartition("/")[2]
            process = of_trace(reading, broken)
            assert process
            assert is_way(reading, process, broken.trace)
            assert f"{last}." in broken.say("en")
        if broken.path.endswith(".bpmn"):
            assert broken.trace
            assert broken.trace[-1].rpartition("/")[2] == broken.element


def of_trace(reading: Any, broken: Broken) -> str:
    """Return the process in which a way begins."""
    start = broken.trace[0]
    return next((p.id for p in reading.processes.values() if start in p.elements
                 and is_way(reading, p.id, broken.trace)), "")  # fmt: skip


def required(component: Any) -> None:
    component.setdefault("validate", {})["required"] = True


def relabelled(component: Any) -> None:
    component["label"] = "In our Board’s words"


def added(key: str) -> Any:
    """Add a question of the Board's own to the first section of a form."""

    def edit(table: Any) -> None:
        table["components"][0]["components"].append(
            {
                "type": "textfield",
                "key": key,
                "id": key,
                "label": "Local reference",
                "i18n": {"cy": {"label": "Cyfeirnod lleol"}},
                "example": "A1",
            }
        )

    return edit


def narrowed(*names: str) -> Any:
    def edit(table: Any) -> None:
        table["visibility"] = list(names)

    return edit


def hardened(name: str, row_id: str) -> Change:
    """Let a rule of a form refuse where it only warned."""

    def edit(table: Any) -> None:
        for rule in table["rules"]:
            if rule.get("row") == row_id:
                rule["kind"] = "error"

    return form(name, edit)


def noticed(process: str, before: str) -> Change:
    """Send a notice of the Board's own before a step."""

    def edit(diagram: Diagram) -> None:
        diagram.node(before, "sendTask", "extra_notice", notice="case_news", to="coordinator")
        diagram.before(before, "extra_notice")
        diagram.flow("extra_notice", before)

    return drawn(process, edit)


def split(process: str, key: str, requirement: str, **own: str) -> Change:
    """Do a step in two tasks, one after the other, both with its id."""
    return inserted(process, key, "first_half", requirement=requirement, **own)


def asked_twice(process: str, key: str) -> Change:
    """Put a gateway before a step that may send back to an extra one, and on again."""

    def edit(diagram: Diagram) -> None:
        diagram.node(key, "exclusiveGateway", "ready_to_go")
        diagram.node(key, "exclusiveGateway", "is_it_ready")
        diagram.node(key, "userTask", "look_again")
        diagram.before(key, "ready_to_go")
        diagram.flow("ready_to_go", "is_it_ready")
        default = diagram.flow("is_it_ready", key)
        diagram.find("is_it_ready").set("default", default.get("id"))
        diagram.flow("is_it_ready", "look_again", 'quality = "poor"')
        diagram.flow("look_again", "ready_to_go")

    return drawn(process, edit)


#: What a Board may do without asking.
FAIR: dict[str, Change] = {
    # Renamed.
    "a task renamed": renamed("consultation", "consider_referral"),
    "a scope renamed": renamed("consultation", "prepare_and_hold"),
    "a task of a part renamed": renamed("publication", "send_report"),
    "a task of a forum renamed": renamed("professional_forum", "hold_forum"),
    "a task of an event renamed": renamed("case_review_event", "merge_timelines"),
    # Extra steps.
    "a quality check before the pack": inserted("consultation", "send_pack"),
    "a check before consent": inserted("consultation", "seek_consent"),
    "a check of the plan": inserted("consultation", "plan_session"),
    "a check before the signature": inserted("referral", "sign_recommendation"),
    "a check before publication": inserted("publication", "publish"),
    "a check before the event is held": inserted("case_review_event", "hold_event"),
    "a check before the forum": inserted("professional_forum", "open_forum"),
    "a look at the programme": inserted("forum_programme", "approve_programme"),
    "a round of its own before the session": asked_twice("consultation", "hold_session"),
    "a round of its own before the merge": asked_twice("case_review_event", "merge_timelines"),
    "a round of its own before the forum": asked_twice("professional_forum", "list_invitees"),
    # Extra notices.
    "a notice before the session": noticed("consultation", "hold_session"),
    "a notice before the report": noticed("case_review_event", "write_report"),
    "a notice before the forum": noticed("professional_forum", "hold_forum"),
    # Split.
    "the session planned in two steps": split(
        "consultation", "plan_session", "CNS-11", role="facilitator"
    ),
    "the debrief in two steps": split("consultation", "debrief", "CNS-13"),
    "topics in two steps": split("forum_programme", "gather_topics", "MPF-02"),
    # Re-ordered where the guidance leaves it free.
    "facilitators and date change places": swapped(
        "consultation", "name_facilitators", "arrange_session"
    ),
    "report and plan change places": swapped("case_review_event", "write_report", "write_plan"),
    "lessons shared beside the report": swapped(
        "case_review_event", "agree_objectives", "fix_period"
    ),
    # Times.
    "timelines in three weeks": row(TIMESCALES, "TS-13", length='"P21D"'),
    "decision in three days": row(TIMESCALES, "TS-24", length='"P3D"'),
    "five months": row(TIMESCALES, "TS-01", length='"P5M"'),
    "three weeks with Welsh Government": row(TIMESCALES, "TS-03", length='"P21D"'),
    "sixteen weeks online": row(TIMESCALES, "TS-04", length='"P112D"'),
    "an event in two months": row(TIMESCALES, "TS-47", length='"P2M"'),
    "a timer that waits three weeks": asking(
        "publication", "fortnight_is_over", 'report_submitted_on + duration("P21D")'
    ),
    # Forms.
    "a question added to the consent": form("consent", added("local_reference")),
    "a question added to the report": form("report", added("local_reference")),
    "a question in other words": field("consultation_referral", "social_history", relabelled),
    "an optional answer required": field("recommendation", "no_remedial_action", required),
    "genogram for the Panel chair alone": form("genogram", narrowed("panel_chair")),
    "minutes for the facilitators alone": form("conference_minutes", narrowed("facilitator")),
    "a warning made a refusal": hardened("consultation_referral", "TS-42"),
    # Roles.
    "another role for an extra step": inserted("consultation", "debrief", role="observer"),
    "the Sub-Group’s chair alone collects": given("referral", "collect_facts", role="sub_group"),
}


@pytest.mark.parametrize("name", FAIR)
def test_fair_variation_keeps_every_rule(name: str) -> None:
    assert list(statutory_proof.prove(varied(FAIR[name]))) == []


def test_what_is_shipped_keeps_every_rule() -> None:
    assert list(statutory_proof.prove(shipped())) == []


def test_there_are_enough_violations_and_variations() -> None:
    assert len(PLANTED) >= 60
    assert len(FAIR) >= 30
    kinds = {shipped().statutory[key].kind for _, key in PLANTED.values()}
    assert kinds == {rule.kind for rule in shipped().statutory.values()} - {"can"}


def test_step_that_nothing_leads_to_any_more_is_missed() -> None:
    change = removed("consultation", "advise_on_suitability")
    (broken,) = statutory_proof.prove(varied(change), ["CNS-02"])
    assert "CNS-02" in broken.what.en


def reasoned(key: str) -> Change:
    """Give a reason for departing from a rule, as a variation does."""
    words = f'[{key}]\nen = "Our agencies need six weeks."\ncy = "Mae angen chwe wythnos."\n'
    return lambda files: {"processes/reasons.toml": words.encode()}


def test_reading_that_was_proposed_may_be_departed_from_with_a_reason_on_record() -> None:
    longer = row(TIMESCALES, "TS-13", length='"P42D"')
    (refused,) = statutory_proof.check(varied(longer))
    assert refused.severity == "error"
    assert "reasons.toml" in refused.remedy
    (told,) = statutory_proof.check(varied(longer, reasoned("TS-13")))
    assert told.severity == "warning"
    assert "Our agencies need six weeks." in told.remedy
    assert "Mae angen chwe wythnos." in told.welsh


def test_no_reason_lets_a_variation_depart_from_the_guidance() -> None:
    found = list(
        statutory_proof.check(varied(removed("consultation", "seek_consent"), reasoned("CNS-03")))
    )
    errors = {each.rule for each in found if each.severity == "error"}
    assert errors == {"statutory", "statutory_reason"}


@pytest.mark.parametrize(("key", "severity"), [("TS-99", "error"), ("TS-13", "warning")])
def test_reason_for_nothing_is_told(key: str, severity: str) -> None:
    (found,) = statutory_proof.check(varied(reasoned(key)))
    assert (found.rule, found.severity) == ("statutory_reason", severity)


def test_finding_says_rule_source_fault_way_and_remedy_in_both_languages() -> None:
    (found,) = statutory_proof.check(varied(bypassed("consultation", "plan_session")))
    assert found.message.startswith(
        "CNS-11: The facilitators plan the session and brief the observer before it is held. "
        "(A3-B6) Here “Hold the session” (hold_session) can be come to although CNS-11 has not "
        "been done. The shortest way there: … → say_pack_is_in → "
    )
    assert found.message.endswith(" → provide_minutes → is_it_needed → hold_session.")
    assert found.remedy == "Lead every way to it through the step that comes first."
    assert "Yma gellir cyrraedd" in found.welsh
    assert found.trace[-1] == "hold_session"


def test_variation_in_a_folder_is_refused_with_the_way_and_cannot_bring_rules(
    tmp_path: Path,
) -> None:
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
    folder = tmp_path / "processes" / "variations" / "gwent"
    folder.mkdir(parents=True)
    (folder / "timescales.toml").write_text('[TS-03]\nlength = "P10D"\n', encoding="utf-8")
    files = deployments.read_folders(tmp_path, variation="gwent")
    errors = [each for each in deployments.check(files) if each.severity == "error"]
    assert [(each.rule, each.element) for each in errors] == [("statutory", "TS-03")]
    (folder / "statutory.toml").write_text('[TS-03]\nlength = "P10D"\n', encoding="utf-8")
    with pytest.raises(RulesOfEdition):
        deployments.read_folders(tmp_path, variation="gwent")


def test_answer_of_one_edition_is_not_given_for_another() -> None:
    """A message that carries a step is the step where the edition has it so, and there alone."""

    def told_instead(diagram: Diagram) -> None:
        carries = f"{OWN}requirement"
        step = diagram.find("plan_session")
        message = next(each for each in diagram.tree.iter(f"{BPMN}sendTask"))
        message.set(carries, f"{message.get(carries, '')} {step.get(carries)}".strip())
        step.attrib.pop(carries)

    variation = varied(drawn("consultation", told_instead))
    as_edition = dataclasses.replace(
        variation,
        files={path: it for path, it in variation.files.items() if not path.startswith(EDITION)},
    )
    told = [list(statutory_proof.prove(each, ["CNS-11"])) for each in (variation, as_edition)]
    assert [len(each) > 0 for each in told] == [True, False]
