"""That things are put right on record: nothing deleted, deadlines and open work follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import corrections, db, document_pages, documents, time_source
from engine.corrections import CaseEnded, StepNotDone, StepNotOpen
from engine.documents import DocumentChanged
from engine.errors import AccessDenied, InvalidForm, NotFound, ReasonNeeded
from engine.models import Appointment, Item, ProcessInstance, StepLogEntry, UserTask
from engine.people import Actor
from engine.tasks import CaseSuspended
from tests.faults.oracle import wrongs
from tests.review import Review, freeze, opened, participants, pass_time_to, sweep

pytestmark = pytest.mark.usefixtures("database")

DUE = date(2026, 9, 2)
TOO_LATE = time_source.end_of_day(DUE)
WHY = "it was entered wrongly"


@pytest.fixture
def review() -> Review:
    return opened()


def amend(review: Review, actor: Actor | None = None, **values: Any) -> None:
    """Put the dates of the receipt right."""
    corrections.amend(
        review.document("receipt").id,
        ("dates",),
        WHY,
        actor or review.coordinator,
        values={"received_on": "2026-03-02", "announced": True, **values},
    )


def live_log(review: Review, process: str = "review") -> list[tuple[str, str]]:
    """Return what the step log of an instance holds that was not withdrawn."""
    instance = review.instances(process)[0]
    with db.reading() as session:
        rows = session.scalars(
            select(StepLogEntry)
            .where(StepLogEntry.instance_id == instance.id, StepLogEntry.withdrawn_at.is_(None))
            .order_by(StepLogEntry.seq)
        )
        return [(row.entry["kind"], (row.entry["key"] or [""])[0]) for row in rows]


# Who may, and only with a reason.

ACTS: dict[str, Callable[[Review, str, Actor], Any]] = {
    "amend": lambda review, why, actor: corrections.amend(
        review.document("receipt").id, ("dates",), why, actor, values={"received_on": "2026-03-01"}
    ),
    "go_back": lambda review, why, actor: corrections.go_back(review.case_id, "INT-01", why, actor),
    "repeat": lambda review, why, actor: corrections.repeat(review.case_id, "INT-01", why, actor),
    "skip": lambda review, why, actor: corrections.skip(review.case_id, "INT-02", why, actor),
    "add_item": lambda review, why, actor: corrections.add_item(
        review.case_id, "participants", "participant", "participant_9", "Fire", why, actor
    ),
    "remove_item": lambda review, why, actor: corrections.remove_item(
        review.case_id, "participants", "participant_1", why, actor
    ),
    "suspend": lambda review, why, actor: corrections.set_state(
        review.case_id, "suspended", why, actor
    ),
    "withdraw": lambda review, why, actor: corrections.withdraw(review.case_id, why, actor),
}


@pytest.fixture
def at_report(review: Review) -> Review:
    """A review whose one participant has been heard, and whose report is open."""
    review.do("INT-01", {"participants": participants("Police")})
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    return review


@pytest.mark.parametrize("act", sorted(ACTS))
def test_reason_is_required_and_nothing_happens_without(at_report: Review, act: str) -> None:
    before = at_report.case().version
    with pytest.raises(ReasonNeeded):
        ACTS[act](at_report, "  ", at_report.coordinator)
    assert at_report.case().version == before


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"amend"}))
def test_only_who_coordinates_may(at_report: Review, act: str) -> None:
    before = at_report.case().version
    with pytest.raises(AccessDenied):
        ACTS[act](at_report, WHY, at_report.worker)
    assert at_report.case().version == before


@pytest.mark.parametrize("act", sorted(ACTS))
def test_stranger_finds_nothing_to_correct(at_report: Review, act: str) -> None:
    stranger = opened().coordinator
    with pytest.raises(NotFound):
        ACTS[act](at_report, WHY, stranger)


def test_author_of_a_section_may_amend_it_and_another_worker_not(at_report: Review) -> None:
    amend(at_report, at_report.worker, received_on="2026-03-01")
    with pytest.raises(AccessDenied):
        amend(at_report, at_report.colleague, received_on="2026-02-28")


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_correction_is_on_record_with_its_reason_and_its_case_stays_whole(
    at_report: Review, act: str
) -> None:
    before = at_report.case().version
    ACTS[act](at_report, WHY, at_report.coordinator)
    last = at_report.events()[-1]
    assert last.actor == str(at_report.coordinator.account_id)
    assert at_report.case().version > before
    if act == "amend":
        assert at_report.newest("receipt").reason == WHY
    else:
        assert last.data["reason"] == WHY
    assert [wrong for wrong in wrongs() if "completions logged" not in wrong] == []


# Amend: dates move clocks and timers, also in parts.


def test_corrected_date_moves_clocks_and_waiting_timers_also_in_parts(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_2")
    amend(review, received_on="2026-02-16")
    assert review.clock("TS-03", "participant_1").due_on == date(2026, 3, 16)
    moved = review.timer("account_late", "participant_1")
    assert moved is not None
    assert moved.due_at == time_source.end_of_day(date(2026, 3, 16))
    pass_time_to(time_source.end_of_day(date(2026, 3, 16)))
    assert [notice.item_key for notice in review.notices("INT-07")] == ["participant_1"]


def test_corrected_date_may_bring_a_deadline_into_the_past_and_it_fires_at_once(
    at_report: Review,
) -> None:
    freeze(TOO_LATE - timedelta(days=10))
    amend(at_report, received_on="2026-02-02")
    sweep()
    assert at_report.open_steps() == ["INT-02", "INT-03"]
    assert at_report.clock("TS-01").state == "overdue"


def test_corrected_date_undoes_a_breach_and_withdraws_what_it_opened_on_record(
    at_report: Review,
) -> None:
    pass_time_to(TOO_LATE)
    explain = at_report.task("INT-03")
    amend(at_report, received_on="2026-05-02")
    assert at_report.open_steps() == ["INT-02"]
    assert at_report.clock("TS-01").state == "running"
    withdrawn = next(task for task in at_report.rows(UserTask) if task.id == explain.id)
    assert withdrawn.state == "withdrawn"
    assert "TS-01" in withdrawn.closed_why
    timer = at_report.timer("report_late")
    assert timer is not None
    assert timer.due_at == time_source.end_of_day(date(2026, 11, 2))
    pass_time_to(time_source.end_of_day(date(2026, 11, 2)))
    assert at_report.open_steps() == ["INT-02", "INT-03"]
    assert len(at_report.events("clock_overdue")) == 2
    assert len(at_report.events("timer_fired")) == 2


def test_breach_is_undone_twice_and_fires_again_each_time(at_report: Review) -> None:
    for received, due in (("2026-05-02", date(2026, 11, 2)), ("2026-08-02", date(2027, 2, 2))):
        pass_time_to(time_source.end_of_day(at_report.clock("TS-01").due_on or due))
        assert at_report.open_steps() == ["INT-02", "INT-03"]
        amend(at_report, received_on=received)
        assert at_report.open_steps() == ["INT-02"]
        assert at_report.clock("TS-01").due_on == due
    at_report.do("INT-02")
    assert at_report.open_steps() == ["INT-04"]


def test_breach_that_somebody_has_dealt_with_stays(at_report: Review) -> None:
    pass_time_to(TOO_LATE)
    at_report.do("INT-03", {"why": "Illness."})
    amend(at_report, received_on="2026-05-02")
    assert at_report.open_steps() == ["INT-02"]
    assert ("fire", "report_late") in live_log(at_report)
    assert at_report.newest("delay").content["why"]["why"] == "Illness."


def test_emptied_date_undoes_a_breach_too(at_report: Review) -> None:
    """Without a recorded date there is no deadline that could have passed."""
    pass_time_to(TOO_LATE)
    with pytest.raises(InvalidForm):
        amend(at_report, received_on=None)
    assert at_report.open_steps() == ["INT-02", "INT-03"]


def test_stages_are_sent_once_even_if_dates_move(at_report: Review) -> None:
    pass_time_to(time_source.start_of_day(date(2026, 8, 2)))
    assert len(at_report.notices("TS-01")) == 1
    amend(at_report, received_on="2026-03-20")
    pass_time_to(time_source.start_of_day(date(2026, 8, 20)))
    assert [notice.data["stage"] for notice in at_report.notices("TS-01")] == ["month_before"]
    pass_time_to(time_source.end_of_day(date(2026, 9, 20)))
    stages = [(notice.data["stage"], notice.to_role) for notice in at_report.notices("TS-01")]
    assert sorted(stages) == [("breach", "coordinator"), ("breach", "worker"),
                              ("month_before", "worker")]  # fmt: skip


def test_of_several_stages_newly_past_only_the_latest_is_sent(at_report: Review) -> None:
    freeze(TOO_LATE)
    sweep()
    assert {notice.data["stage"] for notice in at_report.notices("TS-01")} == {"breach"}


def test_amendment_keeps_the_earlier_version_and_the_open_tasks(at_report: Review) -> None:
    task = at_report.task("INT-02").id
    amend(at_report, received_on="2026-03-01")
    assert at_report.document("receipt").version == 2
    assert at_report.task("INT-02").id == task
    assert at_report.newest("receipt").reason == WHY


def test_amendment_of_a_closed_case_wakes_no_clock_and_tells_nobody(review: Review) -> None:
    review.do("INT-01")
    corrections.withdraw(review.case_id, WHY, review.coordinator)
    freeze(TOO_LATE + timedelta(days=30))
    before = len(review.notices())
    amend(review, received_on="2026-03-01")
    assert {clock.state for clock in [review.clock("TS-01"), review.clock("TS-02")]} == {"ended"}
    assert len(review.notices()) == before
    assert not review.events("clock_overdue")
    assert not sweep()


# Go back, repeat, skip.


def test_going_back_opens_the_step_again_and_withdraws_what_came_after(at_report: Review) -> None:
    at_report.do("INT-02", {"summary": "First."})
    corrections.go_back(at_report.case_id, "INT-02", WHY, at_report.coordinator)
    assert at_report.open_steps() == ["INT-02"]
    publish = [task for task in at_report.rows(UserTask) if task.requirement == "INT-04"]
    assert [task.state for task in publish] == ["withdrawn"]
    assert at_report.newest("report").content["text"]["summary"] == "First."
    at_report.do("INT-02", {"summary": "Second."})
    assert at_report.newest("report").number == 2
    assert at_report.open_steps() == ["INT-04"]


def test_going_back_behind_the_step_that_met_a_clock_lets_it_run_again(at_report: Review) -> None:
    at_report.do("INT-02")
    assert at_report.clock("TS-01").state == "met"
    corrections.go_back(at_report.case_id, "INT-02", WHY, at_report.coordinator)
    assert at_report.clock("TS-01").state == "running"
    timer = at_report.timer("report_late")
    assert timer is not None
    assert timer.due_at == TOO_LATE
    pass_time_to(TOO_LATE)
    assert at_report.open_steps() == ["INT-02", "INT-03"]


def test_going_back_twice_in_a_row_leaves_a_case_that_goes_on(at_report: Review) -> None:
    at_report.do("INT-02")
    corrections.go_back(at_report.case_id, "INT-02", WHY, at_report.coordinator)
    corrections.go_back(at_report.case_id, "INT-01", WHY, at_report.coordinator)
    assert at_report.open_steps() == ["INT-01"]
    at_report.do("INT-01", {"participants": participants("Police")})
    assert at_report.open_steps() == ["INT-05/participant_1"]
    at_report.do("INT-05", item="participant_1")
    at_report.do("INT-02")
    at_report.do("INT-04")
    assert at_report.case().state == "closed"
    assert [wrong for wrong in wrongs() if "step log" in wrong] == []


def test_state_is_what_the_log_says_after_going_back(at_report: Review) -> None:
    at_report.do("INT-02")
    corrections.go_back(at_report.case_id, "INT-02", WHY, at_report.coordinator)
    assert [wrong for wrong in wrongs() if "step log" in wrong] == []


def test_going_back_before_a_part_cancels_it_and_keeps_what_was_recorded(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    review.do("INT-05", {"story": "Heard."}, item="participant_1")
    corrections.go_back(review.case_id, "INT-01", WHY, review.coordinator)
    assert review.open_steps() == ["INT-01"]
    states = [instance.state for instance in review.instances("account")]
    assert sorted(states) == ["cancelled", "completed"]
    assert review.timer("account_late", "participant_2") is None
    assert review.newest("account", "participant_1").content["told"]["story"] == "Heard."
    review.do("INT-01", {"participants": participants("Police", "Health")})
    assert review.open_steps() == ["INT-05/participant_1", "INT-05/participant_2"]
    assert review.clock("TS-03", "participant_1").state == "running", "what is open has a deadline"
    assert [wrong for wrong in wrongs() if "completions logged" not in wrong] == []


def test_going_back_inside_a_part_concerns_its_item_alone(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    with pytest.raises(StepNotDone):
        corrections.go_back(review.case_id, "INT-05", WHY, review.coordinator, "participant_1")


def test_step_that_was_not_done_cannot_be_gone_back_to(review: Review) -> None:
    with pytest.raises(StepNotDone):
        corrections.go_back(review.case_id, "INT-02", WHY, review.coordinator)


def test_repeating_a_step_opens_it_once_more(at_report: Review) -> None:
    at_report.do("INT-02")
    corrections.repeat(at_report.case_id, "INT-02", WHY, at_report.coordinator)
    assert at_report.open_steps() == ["INT-02"]


def test_skipped_step_is_passed_over_and_does_not_count_as_done(at_report: Review) -> None:
    corrections.skip(at_report.case_id, "INT-02", WHY, at_report.coordinator)
    assert at_report.open_steps() == ["INT-04"]
    skipped = next(task for task in at_report.rows(UserTask) if task.requirement == "INT-02")
    assert skipped.state == "withdrawn"
    assert WHY in skipped.closed_why
    assert at_report.clock("TS-01").state == "running", "its deadline still stands"
    assert at_report.timer("report_late") is None
    assert [wrong for wrong in wrongs() if "step log" in wrong] == []
    with pytest.raises(StepNotOpen):
        corrections.skip(at_report.case_id, "INT-02", WHY, at_report.coordinator)


# Items, suspension, withdrawal.


def test_item_added_late_is_worked_on_and_has_its_deadline(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    corrections.add_item(
        review.case_id, "participants", "participant", "participant_2", "Fire", WHY,
        review.coordinator,
    )  # fmt: skip
    assert review.open_steps() == ["INT-05/participant_1", "INT-05/participant_2"]
    assert review.clock("TS-03", "participant_2").due_on == date(2026, 4, 2)
    assert review.timer("account_late", "participant_2") is not None


def test_item_added_after_its_step_has_closed_runs_its_part_beside(at_report: Review) -> None:
    corrections.add_item(
        at_report.case_id, "participants", "participant", "participant_2", "Fire", WHY,
        at_report.coordinator,
    )  # fmt: skip
    assert at_report.open_steps() == ["INT-02", "INT-05/participant_2"]
    beside = [row for row in at_report.instances("account") if row.kind == "side"]
    assert [row.item_key for row in beside] == ["participant_2"]


def test_item_taken_out_again_takes_along_what_runs_beside_for_it(at_report: Review) -> None:
    corrections.add_item(
        at_report.case_id, "participants", "participant", "participant_2", "Fire", WHY,
        at_report.coordinator,
    )  # fmt: skip
    corrections.remove_item(
        at_report.case_id, "participants", "participant_2", WHY, at_report.coordinator
    )
    assert at_report.open_steps() == ["INT-02"]
    beside = [row for row in at_report.instances("account") if row.kind == "side"]
    assert [row.state for row in beside] == ["cancelled"]
    assert wrongs() == []


def test_removed_item_takes_its_part_and_timer_along_and_the_rest_goes_on(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    corrections.remove_item(
        review.case_id, "participants", "participant_2", WHY, review.coordinator
    )
    assert review.open_steps() == ["INT-05/participant_1"]
    assert review.timer("account_late", "participant_2") is None
    row = next(item for item in review.rows(Item) if item.key == "participant_2")
    assert row.removed_reason == WHY
    review.do("INT-05", item="participant_1")
    assert review.open_steps() == ["INT-02"]
    assert wrongs() == []


def test_row_that_is_left_out_when_its_step_is_done_again_takes_its_part_along(
    review: Review,
) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    corrections.repeat(review.case_id, "INT-01", WHY, review.coordinator)
    review.do("INT-01", {"participants": participants("Police")})
    assert "INT-05/participant_2" not in review.open_steps()
    assert "INT-05/participant_1" in review.open_steps()
    assert wrongs() == []


def test_last_item_that_is_removed_lets_the_step_end(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    corrections.remove_item(
        review.case_id, "participants", "participant_1", WHY, review.coordinator
    )
    assert review.open_steps() == ["INT-02"]


def test_suspended_case_takes_no_submission_while_its_clocks_go_on(at_report: Review) -> None:
    corrections.set_state(at_report.case_id, "suspended", WHY, at_report.coordinator)
    with pytest.raises(CaseSuspended):
        at_report.do("INT-02")
    pass_time_to(TOO_LATE)
    assert at_report.clock("TS-01").state == "overdue"
    corrections.set_state(at_report.case_id, "open", WHY, at_report.coordinator)
    at_report.do("INT-02")
    assert [event.kind for event in at_report.events() if "case_" in event.kind] == [
        "case_opened", "case_suspended", "case_resumed",
    ]  # fmt: skip


def test_case_is_closed_by_no_other_name(at_report: Review) -> None:
    with pytest.raises(ValueError, match="closed"):
        corrections.set_state(at_report.case_id, "closed", WHY, at_report.coordinator)


def test_withdrawn_case_has_nothing_open_and_everything_recorded(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police", "Health")})
    corrections.withdraw(review.case_id, WHY, review.coordinator)
    assert review.case().state == "closed"
    assert review.open_steps() == []
    assert {row.state for row in review.rows(ProcessInstance)} == {"cancelled"}
    assert review.document("receipt").version == 1
    freeze(TOO_LATE)
    assert not sweep()
    with pytest.raises(CaseEnded):
        corrections.set_state(review.case_id, "open", WHY, review.coordinator)
    assert wrongs() == []


def test_closed_case_is_not_withdrawn_again(review: Review) -> None:
    corrections.withdraw(review.case_id, WHY, review.coordinator)
    closed_at = review.case().closed_at
    freeze(TOO_LATE)
    with pytest.raises(CaseEnded):
        corrections.withdraw(review.case_id, WHY, review.coordinator)
    assert review.case().closed_at == closed_at


def test_appointments_outlive_every_correction(at_report: Review) -> None:
    corrections.go_back(at_report.case_id, "INT-01", WHY, at_report.coordinator)
    assert [row.role for row in at_report.rows(Appointment)] == ["worker", "worker"]


# Two people correct at once: see test_tasks for submissions.


def test_amendment_of_what_another_has_changed_since_is_refused(at_report: Review) -> None:
    document = at_report.document("receipt").id
    page = document_pages.amend_page(document, "dates", at_report.coordinator)
    typed = dict(page.part.posted)
    amend(at_report, received_on="2026-03-01")
    with pytest.raises(DocumentChanged):
        corrections.amend(document, ("dates",), WHY, at_report.coordinator, posted=typed)
    assert at_report.document("receipt").version == 2


def test_whoever_is_added_has_a_row_in_the_roster_and_loses_it_when_taken_out(
    at_report: Review,
) -> None:
    before = at_report.document("receipt").version
    corrections.add_item(
        at_report.case_id, "participants", "participant", "participant_2", "Fire", WHY,
        at_report.coordinator,
    )  # fmt: skip
    newest = at_report.newest("receipt")
    assert _keys(newest) == ["participant_1", "participant_2"]
    assert (newest.number, newest.reason) == (before + 1, WHY)
    corrections.remove_item(
        at_report.case_id, "participants", "participant_2", WHY, at_report.coordinator
    )
    assert _keys(at_report.newest("receipt")) == ["participant_1"]
    with db.reading() as session:
        document = at_report.document("receipt").id
        assert _keys(documents.version(session, document, before + 1))[1:] == ["participant_2"]


def test_putting_the_roster_right_keeps_whoever_was_added(at_report: Review) -> None:
    corrections.add_item(
        at_report.case_id, "participants", "participant", "participant_2", "Fire", WHY,
        at_report.coordinator,
    )  # fmt: skip
    assert "INT-05/participant_2" in at_report.open_steps()
    newest = at_report.newest("receipt")
    corrections.amend(
        at_report.document("receipt").id, ("people",), WHY, at_report.coordinator,
        values=newest.content["people"],
    )  # fmt: skip
    assert "INT-05/participant_2" in at_report.open_steps()


def test_what_came_of_it_is_on_record_in_ids_and_states(at_report: Review) -> None:
    corrections.go_back(at_report.case_id, "INT-01", WHY, at_report.coordinator)
    data = at_report.events("went_back")[0].data
    assert data["state"] == ["open", "open"]
    assert ["record_receipt", ""] in data["came"]["opened"]
    assert all("Police" not in str(one) for one in data["came"].values())
    corrections.withdraw(at_report.case_id, WHY, at_report.coordinator)
    data = at_report.events("case_withdrawn")[0].data
    assert data["state"] == ["open", "closed"]
    assert ["TS-01", "", "running", "ended"] in [one[:4] for one in data["came"]["clocks"]]


def _keys(version: Any) -> list[str]:
    return [
        row["_key"] for part in version.content.values() for row in part.get("participants", [])
    ]
