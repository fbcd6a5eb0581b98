"""That every change of a process takes the one road, and leaves rows that say what is open."""

from __future__ import annotations

from datetime import date

import pytest

from engine import cases, corrections, db, steps, store, time_source
from engine.cases import ProcessNotStartable
from engine.memory import Memory
from engine.models import AuditEvent, ProcessInstance, StepLogEntry, Timer, UserTask
from engine.steps import ProcessesRunAway, road
from tests.faults.oracle import wrongs
from tests.review import Review, count, opened, participants, pass_time_to

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def review() -> Review:
    return opened()


def test_case_runs_from_its_opening_to_its_end(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    assert review.open_steps() == ["INT-05/participant_1", "INT-05/participant_2"]
    review.do("INT-05", item="participant_2")
    review.do("INT-05", item="participant_1")
    review.do("INT-02")
    review.do("INT-04")
    case = review.case()
    assert (case.state, case.outcome) == ("closed", "review_closed")
    assert review.rows(Timer) == []
    assert {row.state for row in review.rows(ProcessInstance)} == {"completed"}
    assert wrongs() == []


def test_case_stays_open_while_anything_in_it_is(review: Review) -> None:
    review.do("INT-01")
    pass_time_to(time_source.end_of_day(date(2026, 9, 2)))
    review.do("INT-02")
    review.do("INT-04")
    assert (review.case().state, review.open_steps()) == ("open", ["INT-03"])
    review.do("INT-03")
    assert review.case().state == "closed"


def test_part_starts_and_ends_in_the_transaction_of_what_leads_to_it(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    part = review.instances("account")[0]
    root = review.instances("review")[0]
    assert (part.kind, part.parent_id, part.item_key) == ("child", root.id, "participant_1")
    moments = {event.at for event in review.events("task_completed")}
    assert part.started_at in moments
    review.do("INT-05", item="participant_1")
    assert review.instances("account")[0].state == "completed"
    assert review.open_steps() == ["INT-02"]


def test_a_fact_says_while_any_task_of_a_kind_waits_and_since_when_the_first_does(
    review: Review,
) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    assert waits(review) == (True, date(2026, 3, 2))
    pass_time_to(time_source.start_of_day(date(2026, 3, 4)))
    review.do("INT-05", item="participant_1")
    assert waits(review) == (True, date(2026, 3, 2))
    review.do("INT-05", item="participant_2")
    assert waits(review) == (False, None)


def test_a_fact_that_a_task_waits_follows_one_that_joins_late_and_one_that_leaves(
    review: Review,
) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    pass_time_to(time_source.start_of_day(date(2026, 3, 4)))
    corrections.add_item(
        review.case_id, "participants", "participant", "participant_2", "Health", "late",
        review.coordinator,
    )  # fmt: skip
    review.do("INT-05", item="participant_1")
    assert waits(review) == (True, date(2026, 3, 4))
    corrections.remove_item(
        review.case_id, "participants", "participant_2", "gone", review.coordinator
    )
    assert waits(review) == (False, None)


def waits(review: Review) -> tuple[object, object]:
    with db.reading() as session:
        names = store.read_case(session, review.case_id, "SYSTEM").names(None)
    return names["account_waits"], names["account_waits_since"]


def test_list_without_items_is_passed_over(review: Review) -> None:
    review.do("INT-01", {"participants": []})
    assert review.instances("account") == []
    assert review.open_steps() == ["INT-02"]


def test_tasks_are_numbered_in_the_order_in_which_they_opened(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    assert [task.number for task in review.rows(UserTask)] == [1, 2, 3]
    assert review.case().tasks_opened == 3


def test_exception_on_the_way_leaves_nothing_behind(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = (UserTask, StepLogEntry, ProcessInstance, Timer, AuditEvent)
    before = [count(kind) for kind in kinds]

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("at the very end")

    with monkeypatch.context() as broken:
        broken.setattr(store, "save_case", fails)
        with pytest.raises(RuntimeError):
            review.do("INT-01", {"participants": participants("Police")})
    assert [count(kind) for kind in kinds] == before
    assert review.open_steps() == ["INT-01"]
    review.do("INT-01")
    assert wrongs() == []


def test_diagrams_that_feed_each_other_without_end_are_stopped(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(road, "MAX_TURNS", 2)
    with pytest.raises(ProcessesRunAway):
        review.do("INT-01", {"participants": participants("Police", "Health", "School")})
    assert review.open_steps() == ["INT-01"]


def test_state_holds_no_form_value(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Llywelyn the Last")})
    for row in review.rows(ProcessInstance):
        assert b"Llywelyn" not in row.workflow_state
    with db.reading() as session:
        entries = [str(row.entry) for row in session.query(StepLogEntry)]
    assert not [entry for entry in entries if "Llywelyn" in entry]


def test_part_is_no_side_process_that_a_person_starts(review: Review) -> None:
    with pytest.raises(ProcessNotStartable):
        cases.start_side(review.case_id, "account", "", review.coordinator)


def test_step_goes_on_from_what_another_process_saved_in_between(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this process remembers of a case counts for nothing once somebody else has moved it."""
    review.do("INT-01", {"participants": participants("Police", "Health")})
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("engine.workflow.run._memory", Memory())
        review.do("INT-05", item="participant_2")
    review.do("INT-05", item="participant_1")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("engine.workflow.run._memory", Memory())
        review.do("INT-02")
    review.do("INT-04")
    assert review.case().state == "closed"
    assert wrongs() == []


def test_step_that_was_rolled_back_is_not_remembered(review: Review) -> None:
    review.do("INT-01")
    task_id = review.task("INT-02").id

    def fail() -> None:
        with db.transaction() as session:
            running = steps.Running(store.lock_case(session, review.case_id, "SYSTEM"))
            steps.complete_task(running, session.get_one(UserTask, task_id))
            steps.settle(running)
            store.save_case(running.file, "task_completed")
            session.flush()
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
    assert review.open_steps() == ["INT-02"]
    review.do("INT-02")
    assert review.open_steps() == ["INT-04"]
    assert wrongs() == []


def test_workflow_is_read_once_and_then_goes_on_from_memory(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.do("INT-01")
    monkeypatch.setattr("engine.workflow.state.load", None)
    review.do("INT-02")
    review.do("INT-04")
    assert review.case().state == "closed"
