"""That what outlives the close of a case can be started, done and timed on it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engine import case_pages, cases, corrections, db, deployments, operations, people, tasks
from engine.errors import AccessDenied, NotFound
from engine.people import Actor
from tests import review
from tests.review import Review, freeze, last_second, pass_time_to, sweep

pytestmark = pytest.mark.usefixtures("database")

FOLDER = Path(__file__).parents[1] / "definitions" / "afterwards"
ASKED = datetime(2027, 3, 2, 9, tzinfo=UTC)
DUE = date(2027, 3, 12)


class Matter(Review):
    """A case that two tasks close, beside which requests and remarks are started."""

    forms: ClassVar[Mapping[str, str]] = {
        "CON-01": "matter", "CON-29": "matter", "PUB-11": "remark", "PUB-12": "remark",
        "PUB-13": "request", "PUB-14": "request",
    }  # fmt: skip
    filled: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def close(self) -> None:
        """Do all that is left of the case itself."""
        for step in ("CON-01", "CON-29"):
            self.do(step, actor=self.coordinator)
        assert self.case().state == "closed"

    def start(self, process: str = "request", actor: Actor | None = None) -> None:
        """Start something beside the case."""
        cases.start_side(self.case_id, process, "", actor or self.coordinator)

    def ask(self, on: str = "2027-03-02") -> None:
        """Start a request and log it."""
        self.start()
        self.do("PUB-13", {"request_begun_on": on}, actor=self.coordinator)

    def answer(self, on: str) -> None:
        """Answer the request that was logged first, of those that wait."""
        first = self.open_tasks("PUB-14")[0]
        values = {"request": {"request_ended_on": on}}
        tasks.submit_task(first.id, self.coordinator, str(first.id), values=values)

    def offered(self, actor: Actor | None = None) -> list[str]:
        """Return what somebody is offered to start on the page of the case."""
        page = case_pages.case_page(self.case_id, actor or self.coordinator)
        return [side.process for side in page.side_processes]

    def shown(self, timescale: str) -> str:
        """Return the state of a clock as the page of the case shows it."""
        page = case_pages.case_page(self.case_id, self.coordinator)
        return next(clock.state for clock in page.clocks if clock.timescale == timescale)


@pytest.fixture
def matter() -> Matter:
    """A case that is open."""
    made = Matter(**vars(review.set_up(folder=FOLDER)))
    made.case_id = cases.open_case("matter", made.board_id, made.coordinator)
    cases.appoint(made.case_id, "worker", made.worker.account_id, "", made.coordinator)
    return made


@pytest.fixture
def closed(matter: Matter) -> Matter:
    """A case that was closed a year ago."""
    matter.close()
    freeze(ASKED)
    return matter


def test_on_an_open_case_both_are_offered_and_on_a_closed_one_what_outlives_it(
    matter: Matter,
) -> None:
    assert set(matter.offered()) == {"request", "remark"}
    matter.close()
    assert matter.offered() == ["request"]


def test_request_on_a_closed_case_is_started_done_and_on_record(closed: Matter) -> None:
    closed.ask()
    closed.answer("2027-03-02")
    assert closed.case().state == "closed"
    assert [row.state for row in closed.instances("request")] == ["completed"]
    event = closed.events("side_instance_started")[0]
    assert (event.subject, event.actor) == ("request", str(closed.coordinator.account_id))
    assert operations.replay_all() == []
    assert operations.verify_audit() == []


def test_anything_else_is_refused_on_a_closed_case(closed: Matter) -> None:
    with pytest.raises(cases.CaseClosed):
        closed.start("remark")
    assert closed.instances("remark") == []
    with pytest.raises(corrections.CaseEnded):
        corrections.set_state(closed.case_id, "open", "another go", closed.coordinator)


def test_on_a_closed_case_the_same_roles_start_and_do_it_as_before(closed: Matter) -> None:
    assert closed.offered(closed.worker) == []
    with pytest.raises(cases.ProcessNotStartable):
        closed.start(actor=closed.worker)
    closed.ask()
    with pytest.raises(AccessDenied):
        closed.do("PUB-14", actor=closed.worker)
    with pytest.raises(NotFound):
        closed.start(actor=closed.colleague)


def test_a_co_ordinator_who_came_after_the_close_starts_it_too(closed: Matter) -> None:
    with db.transaction() as session:
        newcomer = closed.colleague
        people.appoint_to_board(
            session, closed.board_id, "coordinator", newcomer.account_id, "SYSTEM"
        )
    closed.start(actor=newcomer)
    assert closed.open_steps() == ["PUB-13"]


def test_the_clock_of_a_closed_case_runs_through_its_stages_to_the_breach(closed: Matter) -> None:
    closed.ask()
    assert (closed.clock("TS-05").state, closed.clock("TS-05").due_on) == ("running", DUE)
    pass_time_to(last_second(DUE))
    assert closed.clock("TS-05").state == closed.shown("TS-05") == "due_soon"
    assert [notice.to_role for notice in closed.notices("TS-05")] == ["coordinator"]
    assert not closed.events("clock_overdue")
    freeze(last_second(DUE) + timedelta(seconds=1))
    assert closed.shown("TS-05") == "overdue", "the page does not wait for the worker"
    sweep()
    assert closed.clock("TS-05").state == "overdue"
    told = [notice.to_role for notice in closed.notices("TS-05")]
    assert sorted(told) == ["chair", "coordinator", "coordinator"]
    assert [event.subject for event in closed.events("clock_overdue")] == ["TS-05"]
    closed.answer("2027-03-13")
    assert closed.clock("TS-05").state == closed.shown("TS-05") == "met"
    assert not sweep()


def test_a_clock_that_does_not_outlive_the_close_rests_and_tells_nobody(closed: Matter) -> None:
    closed.ask()
    pass_time_to(last_second(DUE) + timedelta(days=60))
    assert closed.clock("TS-06").state == closed.shown("TS-06") == "ended"
    assert closed.notices("TS-06") == []


def test_a_request_under_way_when_the_case_closes_is_still_due(matter: Matter) -> None:
    matter.ask("2026-03-02")
    matter.close()
    assert matter.clock("TS-05").state == "running"
    assert matter.clock("TS-06").state == "ended"
    pass_time_to(last_second(date(2026, 3, 12)) + timedelta(seconds=1))
    assert matter.clock("TS-05").state == "overdue"


def test_of_two_requests_the_oldest_that_waits_is_due_and_each_is_reminded_of(
    closed: Matter,
) -> None:
    closed.ask("2027-03-02")
    closed.ask("2027-03-01")
    assert closed.clock("TS-05").due_on == date(2027, 3, 11)
    closed.answer("2027-03-02")
    assert closed.clock("TS-05").due_on == date(2027, 3, 11), "the newer one was answered"
    pass_time_to(last_second(date(2027, 3, 11)))
    assert len(closed.notices("TS-05")) == 1
    closed.ask("2027-03-05")
    closed.answer("2027-03-11")
    clock = closed.clock("TS-05")
    assert (clock.state, clock.due_on) == ("running", date(2027, 3, 15))
    pass_time_to(last_second(date(2027, 3, 15)))
    assert len(closed.notices("TS-05")) == 2, "the next request has reminders of its own"
    closed.answer("2027-03-15")
    assert closed.clock("TS-05").state == "met"


def test_a_day_that_is_put_right_on_a_closed_case_moves_what_is_due(closed: Matter) -> None:
    closed.ask()
    [asked] = [row for row in closed.rows(review.Document) if row.form == "request"]
    corrections.amend(
        asked.id,
        ("begun",),
        "the letter is older",
        closed.coordinator,
        values={"request_begun_on": "2027-02-26"},
    )
    assert closed.clock("TS-05").due_on == date(2027, 3, 8)


# What the checks of a deployment say of it.


FACTS = "processes/facts.toml"
TIMESCALES = "processes/timescales.toml"
REQUEST = "processes/side/request.bpmn"


def changed(path: str, old: str, new: str) -> dict[str, bytes]:
    """Return the definitions with something in them written otherwise."""
    files = deployments.read_folders(FOLDER)
    assert files[path].count(old.encode()) >= 1, f"{old!r} is not in {path}"
    files[path] = files[path].replace(old.encode(), new.encode(), 1)
    return files


def test_the_definitions_have_nothing_wrong() -> None:
    assert deployments.check(deployments.read_folders(FOLDER)) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (REQUEST, ' adolygu:afterClose="true"', "", "Nothing that can be done on a closed case"),
        (TIMESCALES, '["answered_on"]', '["CON-01"]', "Nothing that can be done on a closed case"),
        (TIMESCALES, 'ends = ["answered_on"]\nanew', "anew", "nothing meets"),
        (TIMESCALES, 'length = "P10D"\n', "", "never runs"),
        (TIMESCALES, "after_close = true", 'after_close = "yes"', "after_close"),
        ("processes/facts.toml", "request.request_ended_on", "request.ended", "no field"),
        (
            "processes/facts.toml",
            "request.request_ended_on",
            "matter.matter_ended_on",
            "Write it like",
        ),
        (
            FACTS,
            "request.request_begun_on request.request_ended_on",
            "matter.matter_begun_on",
            "one for each case",
        ),
        (FACTS, 'type = "list"', 'type = "date"', "a list of the case"),
    ],
)
def test_what_could_not_hold_after_the_close_is_found(
    path: str, old: str, new: str, says: str
) -> None:
    found = [str(finding) for finding in deployments.check(changed(path, old, new))]
    assert any(says in line for line in found), found


def test_a_clock_may_end_with_a_step_that_is_done_on_the_closed_case() -> None:
    assert deployments.check(changed(TIMESCALES, '["answered_on"]', '["PUB-14"]')) == []
