"""Which cases a list shows: to whom, filtered how, in what order, and what it costs to ask."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import accounts, case_list, case_pages, cases, corrections, db, people
from engine.case_list import CaseQuery
from engine.models import AuditEvent
from engine.people import Actor
from tests.databases import statements
from tests.review import MORNING, Review, opened, participants, pass_time_to

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def review() -> Review:
    return opened()


def ids(actor: Actor, **asked: object) -> list[uuid.UUID]:
    """Return the cases that a list holds, in its order."""
    found = case_list.find_cases(actor, CaseQuery(**asked))  # type: ignore[arg-type]
    assert found.total == len(found.cases)
    return [case.id for case in found.cases]


def another(review: Review) -> uuid.UUID:
    """Open one more case on which nobody is appointed."""
    return cases.open_case("review", review.board_id, review.coordinator)


def stranger(board_id: uuid.UUID | None = None) -> Actor:
    """Return somebody who holds no role, or co-ordinates another Board."""
    with db.transaction() as session:
        account = accounts.create_account(session, f"{uuid.uuid4().hex}@example.test", "Eve")
        if board_id is not None:
            people.appoint_to_board(session, board_id, "coordinator", account.id, "SYSTEM")
        return Actor(account.id, account.name)


def test_worker_finds_their_own_case_and_the_coordinator_all_of_the_board(review: Review) -> None:
    first, second = review.case_id, another(review)
    assert ids(review.worker) == [first]
    assert set(ids(review.coordinator)) == {first, second}
    assert ids(stranger()) == []


def test_coordinator_of_another_board_finds_nothing_of_this_one(review: Review) -> None:
    with db.transaction() as session:
        board = people.create_board(session, "south", "South", "De")
    other = stranger(board.id)
    assert ids(other) == []
    assert ids(other, board_id=review.board_id) == []
    assert case_list.list_cases(other) == []


def test_part_of_an_identifier_or_of_a_name_in_either_language_finds_a_case(review: Review) -> None:
    identifier, actor = review.case().identifier, review.coordinator
    for text in (identifier, identifier[3:-1].lower(), " Gogledd "):
        assert ids(actor, text=text) == [review.case_id]
    step = case_list.find_cases(actor, CaseQuery(process="review")).choices.steps
    open_step = dict(step)[review.task("INT-01").bpmn_id]
    assert ids(actor, text=open_step.en) == ids(actor, text=open_step.cy) == [review.case_id]


@pytest.mark.parametrize("text", ["Ann", "%", "_", "2026-03-02"])
def test_names_of_people_recorded_days_and_wildcards_find_nothing(
    review: Review, text: str
) -> None:
    review.do("INT-01", {"participants": participants("Ann")})
    assert ids(review.coordinator, text=text) == []


def test_each_filter_keeps_what_answers_to_it_and_nothing_else(review: Review) -> None:
    actor, first = review.coordinator, review.case_id
    review.do("INT-01")
    second = another(review)
    corrections.set_state(second, "suspended", "a trial", actor)
    assert ids(actor, state="open") == [first]
    assert ids(actor, state="suspended") == [second]
    assert ids(actor, process="review") == ids(actor) != []
    assert ids(actor, process="other") == []
    assert ids(actor, step=review.task("INT-02").bpmn_id) == [first]
    assert ids(actor, assigned=review.worker.account_id) == [first]
    assert ids(actor, board_id=review.board_id) == ids(actor)
    assert ids(actor, board_id=uuid.uuid4()) == []


def test_whoever_does_not_coordinate_cannot_ask_after_another_persons_work(review: Review) -> None:
    assert ids(review.worker, assigned=review.worker.account_id) == [review.case_id]
    assert ids(review.worker, assigned=review.colleague.account_id) == []
    assert case_list.find_cases(review.worker, CaseQuery()).choices.people == ()


def test_case_is_overdue_in_the_list_from_the_midnight_that_ends_its_due_day(
    review: Review,
) -> None:
    review.do("INT-01")
    due = review.clock("TS-01").due_on
    assert due == review.case().next_due_on == date(2026, 9, 2)
    pass_time_to(datetime(2026, 9, 2, 22, 59, 59, tzinfo=UTC))
    assert ids(review.coordinator, overdue=True) == []
    pass_time_to(datetime(2026, 9, 2, 23, 0, 0, tzinfo=UTC))
    assert ids(review.coordinator, overdue=True) == [review.case_id]
    (summary,) = case_list.find_cases(review.coordinator, CaseQuery(overdue=True)).cases
    assert (summary.overdue, summary.next_due_on) == (1, due)


def test_case_that_was_late_is_found_after_its_work_was_done(review: Review) -> None:
    review.do("INT-01")
    pass_time_to(datetime(2026, 9, 2, 22, 59, 59, tzinfo=UTC))
    assert ids(review.coordinator, was_late=True) == []
    pass_time_to(datetime(2026, 9, 4, 12, tzinfo=UTC))
    assert ids(review.coordinator, was_late=True) == [review.case_id]
    review.do("INT-02")
    assert ids(review.coordinator, overdue=True) == []
    (summary,) = case_list.find_cases(review.coordinator, CaseQuery(was_late=True)).cases
    assert (summary.id, summary.overdue, summary.was_late) == (review.case_id, 0, 1)
    page = case_pages.case_page(review.case_id, review.coordinator)
    (late,) = [clock for clock in page.clocks if clock.late]
    assert (late.timescale, late.state, late.days_late) == ("TS-01", "met", 2)


def test_next_due_day_follows_a_correction_and_ends_with_the_clocks(review: Review) -> None:
    review.do("INT-01")
    corrections.amend(
        review.document("receipt").id, ("dates",), "entered wrongly", review.coordinator,
        values={"received_on": "2026-02-01", "announced": True},
    )  # fmt: skip
    assert review.case().next_due_on == date(2026, 8, 1)
    corrections.withdraw(review.case_id, "entered twice", review.coordinator)
    assert review.case().next_due_on is None


def test_days_of_opening_are_days_in_wales_and_both_count(review: Review) -> None:
    day = MORNING.date()
    actor, one = review.coordinator, timedelta(days=1)
    assert ids(actor, opened_from=day, opened_to=day) == [review.case_id]
    assert ids(actor, opened_from=day + one) == ids(actor, opened_to=day - one) == []


def test_list_is_put_in_order_both_ways_and_what_has_no_due_day_stands_last(
    review: Review,
) -> None:
    review.do("INT-01")
    pass_time_to(MORNING + timedelta(days=1))
    first, second, actor = review.case_id, another(review), review.coordinator
    assert ids(actor) == [second, first]
    for sort in ("opened", "identifier"):
        assert ids(actor, sort=sort, descending=False) == [first, second]
        assert ids(actor, sort=sort, descending=True) == [second, first]
    for descending in (False, True):
        assert ids(actor, sort="due", descending=descending) == [first, second]


def test_pages_together_hold_every_case_once_and_one_past_the_last_gives_the_last(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_list, "PAGE", 2)
    every = {review.case_id, *(another(review) for _ in range(4))}
    pages = [case_list.find_cases(review.coordinator, CaseQuery(), page) for page in (1, 2, 3)]
    found = [case.id for page in pages for case in page.cases]
    assert (len(found), set(found)) == (5, every)
    assert {(page.total, page.pages) for page in pages} == {(5, 3)}
    past = case_list.find_cases(review.coordinator, CaseQuery(), 99)
    assert (past.page, past.cases) == (3, pages[2].cases)


def test_taking_a_list_away_leaves_an_event_on_each_board_and_says_how_many(
    review: Review,
) -> None:
    another(review)
    taken = case_list.export_cases(review.coordinator, CaseQuery(state="open"), "csv")
    assert len(taken) == 2
    with db.reading() as session:
        kind = AuditEvent.kind == "case_list_exported"
        (event,) = session.scalars(select(AuditEvent).where(kind)).all()
    assert (event.board_id, event.case_id) == (review.board_id, None)
    assert (event.actor, event.subject) == (str(review.coordinator.account_id), "csv")
    assert event.data == {"cases": 2}


def test_list_asks_the_database_as_often_for_many_cases_as_for_two(review: Review) -> None:
    another(review)
    text = CaseQuery(text="review", assigned=review.worker.account_id, process="review")
    for asked in (CaseQuery(), text):
        few = asks(review, asked)
        for _ in range(6):
            review.open()
        assert few == asks(review, asked) > 0


def asks(review: Review, query: CaseQuery) -> int:
    """Return how many statements a list takes, once the definitions are read."""
    case_list.find_cases(review.coordinator, query)
    with statements(db.current()) as taken:
        case_list.find_cases(review.coordinator, query)
    return len(taken)


def test_a_withdrawn_case_is_told_from_one_that_was_closed(review: Review) -> None:
    closed, withdrawn = another(review), another(review)
    corrections.close(closed, "done elsewhere", review.coordinator)
    corrections.withdraw(withdrawn, "entered twice", review.coordinator)
    assert ids(review.coordinator, state="withdrawn") == [withdrawn]
    assert set(ids(review.coordinator, state="closed")) == {closed, withdrawn}
    found = case_list.find_cases(review.coordinator, CaseQuery()).cases
    assert {case.id for case in found if case.withdrawn} == {withdrawn}
    assert case_pages.case_page(withdrawn, review.coordinator).ended_why == "entered twice"
    corrections.reopen(withdrawn, "it was not", review.coordinator)
    assert ids(review.coordinator, state="withdrawn") == []
    assert case_pages.case_page(withdrawn, review.coordinator).ended_why == ""


def test_why_a_case_was_withdrawn_is_shown_to_who_co_ordinates_alone(review: Review) -> None:
    corrections.withdraw(review.case_id, "the child was named twice", review.coordinator)
    page = case_pages.case_page(review.case_id, review.worker)
    assert page.summary.withdrawn
    assert page.ended_why == ""
