"""That a case moves to another version with all that waits on it, or stays and is told why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from engine import (
    accounts,
    case_migration,
    case_pages,
    corrections,
    db,
    document_pages,
    history_pages,
    papers,
    people,
    store,
    task_pages,
    tasks,
    today,
)
from engine.case_migration import MayNotMove, NothingToTakeBack, NotProved, Told
from engine.corrections import CaseEnded, CaseMovedOn, StandsSoAlready
from engine.errors import NotFound
from engine.models import Draft, Incident, ProcessInstance, StepLogEntry, Timer, UserTask, new_id
from engine.people import Actor
from tests.moving import (
    ACCOUNT,
    FACTS,
    REVIEW,
    ROLES,
    TIMESCALES,
    added,
    ask_for_urgency,
    ask_in,
    at_report,
    deploy,
    drawn,
    elsewhere,
    form,
    is_whole,
    key_of,
    kinds,
    look,
    move,
    renamed,
    replaced,
    step_before,
    steps_open,
    take_back,
)
from tests.review import Review, opened, participants, pass_time_to
from tests.varied import BPMN, Diagram

NEW_CLOCK = """
[TS-09]
en = "First account a week after receipt"
cy = "Hanes cyntaf wythnos ar ôl derbyn"
kind = "clock"
from = "received_on"
length = "P7D"
ends = ["INT-01"]
process = ["review"]
source = "P"
cite = "A3-B4"
owner = ["worker"]
manager = ["coordinator"]
stages = []
"""
URGENT = """
[urgent]
type = "boolean"
scope = "case"
field = "receipt.urgent"
en = "whether it is urgent"
cy = "a yw'n frys"
"""

OF_NO_CASE = """
[roles.designer]
id = ["ROL-41"]
scope = "board"
en = "Process designer"
cy = "Dylunydd prosesau"
[roles.administrator]
id = ["ROL-40"]
scope = "board"
en = "Administrator"
cy = "Gweinyddwr"
"""


#: What hangs on a database is in `tests/faults/test_cases_moved_at_once.py`.
pytestmark = pytest.mark.parametrize("_shared_database", ["sqlite"], indirect=True)


@pytest.fixture
def review(database: db.Database) -> Review:
    return opened()


def log_of(review: Review) -> list[tuple[str, str, str]]:
    """Return what counts in the log of the root, with who did it."""
    root = review.instances("review")[0]
    with db.reading() as session:
        rows = session.scalars(
            select(StepLogEntry)
            .where(StepLogEntry.instance_id == root.id, StepLogEntry.withdrawn_at.is_(None))
            .order_by(StepLogEntry.seq)
        )
        return [
            (row.entry["kind"], row.entry["key"][0], row.actor) for row in rows if row.entry["key"]
        ]


def refusals(review: Review, **asked: Any) -> dict[str, Told]:
    """Return why the case may not move, by kind."""
    return {one.kind: one for one in look(review, **asked).outlook.refusals}


# What is ahead, what is behind.


def test_a_step_that_lies_ahead_comes_with_the_move_and_the_case_goes_on_to_it(
    review: Review,
) -> None:
    at_report(review)
    deploy(review.board_id, step_before("publish_report"))
    before = review.case()
    assert look(review).outlook.verdict == "free"
    assert review.case().deployment_id == before.deployment_id, "a look moves nothing"
    assert move(review).done == (before.identifier,)
    assert is_whole(review)
    review.do("INT-02", {"summary": "As it was."})
    assert steps_open(review) == ["check_quality"]


def test_a_step_before_which_the_case_stands_opens_in_place_of_the_one_behind_it(
    review: Review,
) -> None:
    at_report(review)
    deploy(review.board_id, step_before("write_report"))
    line = look(review)
    assert line.outlook.verdict == "changes"
    assert {"opens", "goes", "timer_goes"} <= set(kinds(line.outlook.changes))
    move(review)
    assert steps_open(review) == ["check_quality"]
    assert is_whole(review)


def test_a_step_that_lies_behind_keeps_the_case_and_says_what_was_done_when(
    review: Review,
) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    target = deploy(review.board_id, step_before("write_report"))
    why = refusals(review)["behind"]
    assert [one.en for one in why.names["ahead"]] == ["check_quality"]
    assert why.names["step"].en == "Write the report"
    assert why.names["step"].cy == "Ysgrifennu'r adroddiad"
    assert why.names["on"] == date(2026, 3, 2)
    before = review.case()
    (stayed,) = move(review).stayed
    assert type(stayed.why) is MayNotMove
    assert review.case().version == before.version
    assert review.case().deployment_id != target


def test_a_step_that_lies_behind_may_be_passed_over_with_a_reason_that_stands_on_record(
    review: Review,
) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    deploy(review.board_id, step_before("write_report"))
    assert refusals(review, passed={"review": {"check_quality": "  "}})
    passed = {"review": {"check_quality": "It was looked over by hand."}}
    assert kinds(look(review, passed=passed).outlook.changes) == ["passed"]
    move(review, passed=passed)
    assert ("skip", "check_quality", str(review.coordinator.account_id)) in log_of(review)
    (event,) = review.events("case_moved")
    assert event.data["passed"] == passed
    assert steps_open(review) == ["publish_report"]
    assert is_whole(review)


def test_a_step_that_bears_on_the_statute_is_never_passed_over(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    deploy(review.board_id, step_before("write_report", form="receipt"))
    passed = {"review": {"check_quality": "No time."}}
    assert list(refusals(review, passed=passed)) == ["behind_by_law"]


def test_steps_in_another_order_keep_the_case(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})

    def swap(diagram: Diagram) -> None:
        names = {"write_report": "publish_report", "publish_report": "write_report"}
        for flow in diagram.flows():
            for end in ("sourceRef", "targetRef"):
                flow.set(end, names.get(flow.get(end), flow.get(end)))

    deploy(review.board_id, drawn(swap))
    why = refusals(review)["order"]
    assert [one.en for one in why.names["ahead"]] == ["Publish the report"]
    assert why.names["step"].en == "Write the report"


def test_a_step_that_was_done_and_is_gone_keeps_the_case(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    deploy(
        review.board_id, renamed("write_report", "draw_up"), replaced(REVIEW, "INT-02", "INT-22")
    )
    assert list(refusals(review)) == ["gone"]


def test_a_part_that_has_ended_keeps_the_case_where_it_has_a_new_step(review: Review) -> None:
    at_report(review)
    deploy(review.board_id, step_before("write_account", path=ACCOUNT))
    assert refusals(review)["behind"].step == ("account", "check_quality")


def test_a_part_that_runs_takes_its_new_step_while_it_stands_before_it(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "School")})
    deploy(review.board_id, step_before("write_account", path=ACCOUNT))
    move(review)
    assert steps_open(review) == ["check_quality", "check_quality"]
    assert is_whole(review)


def test_a_part_that_has_ended_and_would_have_one_step_more_keeps_the_case(
    review: Review,
) -> None:
    at_report(review)

    def one_more(diagram: Diagram) -> None:
        diagram.node("write_account", "userTask", "read_it_back", form="delay")
        for flow in diagram.flows(source="write_account"):
            flow.set("sourceRef", "read_it_back")
        diagram.flow("write_account", "read_it_back")

    deploy(review.board_id, drawn(one_more, ACCOUNT))
    assert list(refusals(review)) == ["behind_the_end"]
    move(review, passed={"account": {"read_it_back": "It was read back by telephone."}})
    assert steps_open(review) == ["write_report"]
    assert is_whole(review)


def test_a_part_that_runs_and_that_nothing_waits_for_keeps_the_case(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})

    def nobody_heard(diagram: Diagram) -> None:
        diagram.before("gather_accounts", "write_report")
        for flow in diagram.flows(source="gather_accounts"):
            diagram.drop(flow)
        diagram.drop(diagram.find("gather_accounts"))

    deploy(review.board_id, drawn(nobody_heard))
    assert list(refusals(review)) == ["part_gone"]


def test_a_process_that_ran_and_is_gone_keeps_the_case(review: Review) -> None:
    at_report(review)
    deploy(
        review.board_id,
        lambda files: {
            ACCOUNT: b"",
            "processes/parts/hearing.bpmn": files[ACCOUNT].replace(
                b'process id="account"', b'process id="hearing"'
            ),
            REVIEW: files[REVIEW].replace(b'calledElement="account"', b'calledElement="hearing"'),
        },
    )
    assert list(refusals(review)) == ["process_gone"]


def test_a_case_that_would_be_at_its_end_stays(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})

    def unpublished(diagram: Diagram) -> None:
        diagram.before("publish_report", "review_closed")
        for flow in diagram.flows(source="publish_report"):
            diagram.drop(flow)
        diagram.drop(diagram.find("publish_report"))

    deploy(review.board_id, drawn(unpublished))
    assert list(refusals(review)) == ["ends_at_once"]


def test_a_case_that_a_condition_of_the_new_version_would_end_stays(review: Review) -> None:
    at_report(review)

    def stop_what_was_announced(diagram: Diagram) -> None:
        event = diagram.node("write_report", "boundaryEvent", "is_stopped")
        event.set("attachedToRef", "write_report")
        told = etree.SubElement(event, f"{BPMN}conditionalEventDefinition")
        etree.SubElement(told, f"{BPMN}condition").text = "announced = true"
        diagram.flow("is_stopped", "review_closed")

    deploy(review.board_id, drawn(stop_what_was_announced))
    assert list(refusals(review)) == ["ends_at_once"]


def test_a_case_of_which_something_is_parked_stays_until_that_is_seen_to(review: Review) -> None:
    deploy(review.board_id, step_before("publish_report"))
    with db.transaction() as session:
        session.add(
            Incident(
                id=new_id(),
                board_id=review.board_id,
                case_id=review.case_id,
                what="It could not be sent.",
                detail={},
                opened_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
            )
        )
    assert list(refusals(review)) == ["parked"]


def test_a_case_that_is_closed_or_on_the_newest_version_has_nothing_to_move(
    review: Review,
) -> None:
    deploy(review.board_id, step_before("publish_report"))
    key, mine = key_of(review), review.coordinator
    assert case_migration.boards_behind(mine)[0][2] == 1
    move(review)
    again = case_migration.move_cases(key, {review.case_id: ""}, {}, {}, mine)
    assert [type(one.why) for one in again.stayed] == [StandsSoAlready]
    assert case_migration.look_at_moves(key, [review.case_id], {}, {}, mine) == ()
    assert case_migration.boards_behind(mine) == ()
    corrections.close(review.case_id, "it was opened twice", mine)
    with pytest.raises(CaseEnded):
        take_back(review)


def test_a_task_goes_back_to_its_group_where_whoever_has_it_does_not_hold_its_new_role(
    review: Review,
) -> None:
    at_report(review)
    task = review.task("INT-02")
    tasks.claim_task(task.id, review.worker)
    deploy(
        review.board_id,
        replaced(REVIEW, 'adolygu:role="worker"', 'adolygu:role="coordinator"'),
    )
    assert {"role", "released"} <= set(kinds(look(review).outlook.changes))
    move(review)
    assert (review.task("INT-02").id, review.task("INT-02").claimed_by) == (task.id, None)


# What something is called.


def test_a_step_with_another_id_is_known_by_its_requirement_and_keeps_all_that_waits_on_it(
    review: Review,
) -> None:
    at_report(review)
    task = review.task("INT-02")
    tasks.claim_task(task.id, review.worker)
    tasks.save_draft(task.id, {"report_summary": ["Half a sentence"]}, {}, review.worker)
    late = review.timer("report_late")
    deploy(review.board_id, renamed("write_report", "draw_up"), renamed("report_late", "is_late"))
    line = look(review)
    assert kinds(line.outlook.changes) == ["renamed", "renamed"]
    move(review)
    after, timer = review.task("INT-02"), review.timer("is_late")
    assert (after.id, after.bpmn_id) == (task.id, "draw_up")
    assert after.claimed_by == review.worker.account_id
    assert after.opened_at == task.opened_at
    assert late is not None
    assert timer is not None
    assert (timer.id, timer.due_at) == (late.id, late.due_at)
    with db.reading() as session:
        draft = session.scalars(select(Draft).where(Draft.task_id == task.id)).one()
        assert draft.content == {"report_summary": ["Half a sentence"]}
    assert is_whole(review)
    review.do("INT-02", {"summary": "Done."})


def test_a_step_that_nothing_tells_is_found_where_a_person_says_which_it_is(
    review: Review,
) -> None:
    at_report(review)
    task = review.task("INT-02")
    tasks.save_draft(task.id, {"report_summary": ["Half a sentence"]}, {}, review.worker)
    deploy(
        review.board_id, renamed("write_report", "draw_up"), replaced(REVIEW, "INT-02", "INT-22")
    )
    assert list(refusals(review)) == ["begun"]
    page = case_migration.moving_page(key_of(review), review.coordinator)
    (step,) = page.unmatched
    assert (step.step, [key for key, _ in step.choices]) == ("write_report", ["draw_up"])
    move(review, given={"review": {"write_report": "draw_up"}})
    assert review.task("INT-22").id == task.id
    assert is_whole(review)


def test_a_step_cannot_take_the_place_of_one_that_is_still_there(review: Review) -> None:
    deploy(
        review.board_id, renamed("write_report", "draw_up"), replaced(REVIEW, "INT-02", "INT-22")
    )
    with pytest.raises(case_migration.StepsDoNotMatch):
        case_migration.moving_page(
            key_of(review),
            review.coordinator,
            renamed={"review": {"write_report": "publish_report"}},
        )


# Time.


def test_due_moments_stay_as_they_are_where_nothing_of_them_changed(review: Review) -> None:
    at_report(review)
    before = {row.token: row.due_at for row in review.rows(Timer)}
    deploy(review.board_id, step_before("publish_report"))
    pass_time_to(datetime(2026, 3, 20, 9, tzinfo=UTC))
    move(review)
    assert {row.token: row.due_at for row in review.rows(Timer)} == before


def test_a_clock_that_is_shorter_moves_with_the_case_and_says_from_when_to_when(
    review: Review,
) -> None:
    at_report(review)
    deploy(review.board_id, replaced(TIMESCALES, '"P6M"', '"P5M"'))
    line = look(review)
    (clock,) = line.outlook.clocks
    assert (clock.timescale, clock.due_before, clock.due_after) == (
        "TS-01",
        date(2026, 9, 2),
        date(2026, 8, 2),
    )
    assert kinds(line.outlook.changes) == ["timer_moves"]
    move(review)
    assert review.clock("TS-01").due_on == date(2026, 8, 2)


def test_a_clock_that_only_the_new_version_has_counts_from_what_is_on_record(
    review: Review,
) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    pass_time_to(datetime(2026, 3, 5, 9, tzinfo=UTC))
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    pass_time_to(datetime(2026, 3, 20, 9, tzinfo=UTC))
    deploy(review.board_id, added(TIMESCALES, NEW_CLOCK))
    assert [one.timescale for one in look(review).outlook.clocks] == ["TS-09"]
    move(review)
    clock = review.clock("TS-09")
    assert (clock.state, clock.late, clock.met_on) == ("met", False, date(2026, 3, 2))


def test_a_timer_that_has_fired_and_is_gone_takes_its_open_step_along(review: Review) -> None:
    at_report(review)
    pass_time_to(datetime(2026, 9, 3, 9, tzinfo=UTC))
    assert "explain_delay" in steps_open(review)

    def never_late(diagram: Diagram) -> None:
        for key in ("report_late", "explain_delay"):
            for flow in diagram.flows(source=key):
                diagram.drop(flow)
        for key in ("report_late", "explain_delay", "delay_explained"):
            diagram.drop(diagram.find(key))

    deploy(review.board_id, drawn(never_late))
    assert {"firing_gone", "goes"} <= set(kinds(look(review).outlook.changes))
    review.do("INT-03", {"reason": "Holidays.", "forecast_on": "2026-10-01"})
    assert list(refusals(review)) == ["gone"], "what somebody did is never dropped"


def test_a_clock_that_the_new_version_does_not_have_rests_and_pages_go_on(review: Review) -> None:
    at_report(review)

    def no_clock(files: dict[str, bytes]) -> dict[str, bytes]:
        text = files[TIMESCALES].decode()
        begin, end = text.index("[TS-01]"), text.index("[TS-02]")
        diagram = Diagram(files[REVIEW])
        for flow in diagram.flows(source="report_late"):
            diagram.drop(flow)
        diagram.drop(diagram.find("report_late"))
        return {TIMESCALES: (text[:begin] + text[end:]).encode(), REVIEW: diagram.source()}

    deploy(review.board_id, no_clock)
    line = look(review)
    assert [(one.timescale, one.state_after) for one in line.outlook.clocks] == [("TS-01", "")]
    assert "timer_goes" in kinds(line.outlook.changes)
    move(review)
    assert review.clock("TS-01").state == "ended"
    assert review.timer("report_late") is None
    page = case_pages.case_page(review.case_id, review.coordinator)
    assert "TS-01" not in {clock.timescale for clock in page.clocks}
    assert today.today_page(review.coordinator)
    assert is_whole(review)


def test_nothing_is_sent_again(review: Review) -> None:
    at_report(review)
    pass_time_to(datetime(2026, 9, 3, 9, tzinfo=UTC))
    before = len(review.notices())
    deploy(review.board_id, step_before("publish_report"))
    move(review)
    assert len(review.notices()) == before


# What is known.


def test_a_choice_ahead_that_asks_what_nobody_was_asked_keeps_the_case(review: Review) -> None:
    at_report(review)
    deploy(review.board_id, drawn(ask_for_urgency), ask_in("receipt"), added(FACTS, URGENT))
    why = refusals(review)["fact_missing"]
    assert why.names["fact"].en == "whether it is urgent"


def test_a_choice_ahead_that_asks_what_will_be_asked_is_no_obstacle(review: Review) -> None:
    at_report(review)
    deploy(
        review.board_id,
        drawn(ask_for_urgency),
        ask_in("report"),
        added(FACTS, URGENT.replace("receipt.urgent", "report.urgent")),
    )
    assert kinds(look(review).outlook.changes) == ["asks_otherwise"]


def test_a_fact_that_was_recorded_before_it_was_declared_is_taken_over(review: Review) -> None:
    at_report(review)
    again = URGENT.replace("receipt.urgent", "receipt.announced")
    deploy(review.board_id, drawn(ask_for_urgency), added(FACTS, again))
    move(review)
    with db.reading() as session:
        file = store.read_case(session, review.case_id, "SYSTEM")
        known = file.facts["urgent", ""]
        assert (known.value, known.set_on) == (True, date(2026, 3, 2))


# What was written.


def without_summary(table: Any) -> None:
    """Ask for the report without its summary."""
    table["components"] = [one for one in table["components"] if one["id"] != "text"]


def test_an_answer_that_is_no_longer_asked_for_stays_readable_where_it_was_written(
    review: Review,
) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "As it was."})
    row = review.document("report")
    deploy(review.board_id, form("report", without_summary))
    (told,) = look(review).outlook.changes
    assert (told.kind, [one.en for one in told.names["questions"]]) == (
        "no_longer_shown",
        ["Summary"],
    )
    move(review)
    page = document_pages.document_page(row.id, review.coordinator)
    assert page.content["text"] == {"summary": "As it was."}
    assert [section.id for section in page.form.sections] == ["text", "files"]
    assert "text" not in page.amendable
    assert papers.print_document(row.id, review.coordinator).blocks


def test_an_answer_that_is_kept_closer_now_is_closer_in_what_was_written_before(
    review: Review,
) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "As it was."})
    row = review.document("report")

    def closer(table: Any) -> None:
        table["components"][0]["components"][0]["visibility"] = ["V-CASE"]

    deploy(review.board_id, form("report", closer))
    assert "text" in document_pages.document_page(row.id, review.worker).content
    move(review)
    assert "text" not in document_pages.document_page(row.id, review.worker).content
    assert "text" in document_pages.document_page(row.id, review.coordinator).content


def test_an_answer_that_would_be_something_else_keeps_the_case(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "As it was."})

    def as_number(table: Any) -> None:
        table["components"][0]["components"][0]["type"] = "number"

    deploy(review.board_id, form("report", as_number))
    assert list(refusals(review)) == ["kind_changed"]


def test_a_form_with_something_in_it_that_is_gone_keeps_the_case(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "As it was."})
    deploy(review.board_id, elsewhere("report", "account_of_it"))
    assert list(refusals(review)) == ["form_gone"]


# Back again.


def test_a_move_that_is_taken_back_leaves_the_case_as_it_was(review: Review) -> None:
    at_report(review)
    before = review.case().deployment_id
    task, timers = review.task("INT-02"), {row.token: row.due_at for row in review.rows(Timer)}
    deploy(review.board_id, renamed("write_report", "draw_up"), step_before("publish_report"))
    move(review)
    take_back(review)
    assert review.case().deployment_id == before
    assert (review.task("INT-02").id, review.task("INT-02").bpmn_id) == (task.id, "write_report")
    assert {row.token: row.due_at for row in review.rows(Timer)} == timers
    assert [event.kind for event in review.events()][-2:] == ["case_moved", "case_move_taken_back"]
    assert is_whole(review)
    with pytest.raises(NothingToTakeBack):
        take_back(review)


def test_a_step_passed_over_by_a_move_is_forgotten_when_it_is_taken_back(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    deploy(review.board_id, step_before("write_report"))
    before = log_of(review)
    move(review, passed={"review": {"check_quality": "It was looked over by hand."}})
    take_back(review)
    assert log_of(review) == before
    assert is_whole(review)


def test_a_move_stands_once_a_step_was_done_that_the_version_before_does_not_have(
    review: Review,
) -> None:
    at_report(review)
    deploy(review.board_id, step_before("publish_report", requirement="INT-33"))
    move(review)
    review.do("INT-02", {"summary": "Done."})
    took = case_migration.taking_back_page(key_of(review), review.case_id, review.coordinator)
    assert took.outlook.verdict == "changes", "the step that only this version has goes again"
    tasks.submit_task(
        review.task("INT-33").id,
        review.worker,
        "once",
        values={"delay": {"reason": "None.", "forecast_on": "2026-10-01"}},
    )
    with pytest.raises(MayNotMove) as refused:
        take_back(review)
    assert kinds(refused.value.refusals) == ["gone"]


def test_a_move_stands_once_a_question_was_answered_that_the_version_before_does_not_ask(
    review: Review,
) -> None:
    at_report(review)
    deploy(review.board_id, ask_in("report"))
    move(review)
    review.do("INT-02", {"summary": "Done.", "urgent": True})
    with pytest.raises(MayNotMove) as refused:
        take_back(review)
    assert kinds(refused.value.refusals) == ["answered_since"]


# Who may, and several at once.


def test_only_who_coordinates_a_case_moves_it(review: Review) -> None:
    deploy(review.board_id, step_before("publish_report"))
    stranger = opened()
    for actor in (review.worker, stranger.coordinator):
        with pytest.raises(NotFound):
            look(review, actor=actor)
        with pytest.raises(NotFound):
            case_migration.move_cases(key_of(review), {review.case_id: ""}, {}, {}, actor)
        with pytest.raises(NotFound):
            case_migration.moving_page(key_of(review), actor)
    with pytest.raises(NotFound):
        case_migration.take_move_back(key_of(review), stranger.case_id, "", review.coordinator)
    seen = {stranger.case_id: ""}
    with pytest.raises(NotFound):
        case_migration.move_cases(key_of(review), seen, {}, {}, review.coordinator)


@pytest.mark.parametrize("role", ["designer", "administrator"])
def test_who_designs_or_administers_is_told_numbers_and_no_case(review: Review, role: str) -> None:
    at_report(review)
    deploy(review.board_id, step_before("publish_report"), added(ROLES, OF_NO_CASE))
    with db.transaction() as session:
        account = accounts.create_account(session, f"{role}@example.test", "Dai")
        people.appoint_to_board(session, review.board_id, role, account.id, "SYSTEM")
        actor = Actor(account.id, account.name)
    page = case_migration.moving_page(key_of(review), actor)
    assert (page.lines, page.moved, page.unmatched, page.may_move) == ((), (), (), False)
    assert [(one.verdict, one.count) for one in page.counts] == [("free", 1)]
    with pytest.raises(NotFound):
        case_migration.move_cases(key_of(review), {}, {}, {}, actor)


def test_a_case_that_has_gone_on_since_it_was_looked_at_stays(review: Review) -> None:
    at_report(review)
    deploy(review.board_id, step_before("publish_report"))
    seen = look(review).outlook.fingerprint
    review.do("INT-02", {"summary": "Done."})
    moved = case_migration.move_cases(
        key_of(review), {review.case_id: seen}, {}, {}, review.coordinator
    )
    assert [type(one.why) for one in moved.stayed] == [CaseMovedOn]
    assert review.events("case_moved") == []


def test_a_case_that_cannot_move_leaves_the_others_their_move(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    behind = review.case_id
    ahead = [review.open(), review.open()]
    deploy(review.board_id, step_before("write_report"))
    cases = [ahead[0], behind, ahead[1]]
    lines = case_migration.look_at_moves(key_of(review), cases, {}, {}, review.coordinator)
    seen = {line.case_id: line.outlook.fingerprint for line in lines}
    moved = case_migration.move_cases(key_of(review), seen, {}, {}, review.coordinator)
    assert len(moved.done) == 2
    assert [one.case_id for one in moved.stayed] == [behind]


def test_no_more_cases_than_a_person_can_wait_for_are_moved_at_once(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_migration.pages, "AT_ONCE", 1)
    first, other = review.case_id, review.open()
    deploy(review.board_id, step_before("write_report"))
    moved = case_migration.move_cases(
        key_of(review), {first: "", other: ""}, {}, {}, review.coordinator
    )
    assert (len(moved.stayed), moved.left) == (1, (other,))


# What holds it all.


def test_what_is_rebuilt_otherwise_than_it_was_to_be_saved_takes_the_move_back(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_report(review)
    deploy(review.board_id, step_before("publish_report"))
    before = review.case()
    seen = look(review).outlook.fingerprint
    monkeypatch.setattr(corrections, "rebuilt_state", lambda file, instance: b"otherwise")
    (stayed,) = case_migration.move_cases(
        key_of(review), {review.case_id: seen}, {}, {}, review.coordinator
    ).stayed
    assert type(stayed.why) is NotProved
    assert (review.case().version, review.case().deployment_id) == (
        before.version,
        before.deployment_id,
    )


def test_steps_that_were_withdrawn_can_still_be_told_by_name(review: Review) -> None:
    at_report(review)
    review.do("INT-02", {"summary": "Done."})
    corrections.go_back(review.case_id, "INT-02", "it was the wrong file", review.coordinator)
    deploy(review.board_id, step_before("write_report"), renamed("report_late", "is_late"))
    move(review)
    page = history_pages.case_history(review.case_id, review.coordinator)
    assert "case_moved" in [line.kind for line in page.lines]
    with db.reading() as session:
        file = store.read_case(session, review.case_id, "SYSTEM")
        names = [task_pages.element_of(file, task).name() for task in review.rows(UserTask)]
    assert "Write the report" in names
    for instance in review.rows(ProcessInstance):
        assert case_pages.case_diagram(review.case_id, instance.id, review.coordinator).xml
