"""What could not be done is told in words that say what waits, and that the clock does not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine import case_pages, db, incidents, mail, outbox, people, steps, time_source, today
from engine.errors import NotFound
from engine.incidents import IncidentView
from tests.databases import statements
from tests.engine.test_case_list import stranger
from tests.engine.test_notices import SENDER, Kept
from tests.review import Review, opened, pass_time_to

pytestmark = pytest.mark.usefixtures("database")

DUE, MONTH_BEFORE = date(2026, 9, 2), date(2026, 8, 2)
TOO_LATE = time_source.end_of_day(DUE)


@pytest.fixture
def review() -> Review:
    review = opened()
    review.do("INT-01")
    return review


def break_down(monkeypatch: pytest.MonkeyPatch, kind: str, since: datetime = TOO_LATE) -> None:
    """Let nothing of a kind fire, three times, on any case."""
    real = steps.fire

    def fire(file: object, timer: object) -> bool:
        if timer.kind == kind:  # type: ignore[attr-defined]
            raise RuntimeError("no case data in here")
        return real(file, timer)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(steps, "fire", fire)
        for minutes in range(4):
            pass_time_to(since + timedelta(minutes=minutes))


def told(review: Review) -> list[IncidentView]:
    """Return what waits, the same on the list, on the case page and in today's work."""
    listed = incidents.list_incidents(review.coordinator)
    on_case = case_pages.case_page(review.case_id, review.coordinator).incidents
    assert list(on_case) == [one for one in listed if one.case_id == review.case_id]
    (board,) = today.today_page(review.coordinator).boards
    held_up = [line for one in board.sections if one.key == "blocked" for line in one.lines]
    assert [line.incident for line in held_up] == listed
    return listed


def test_timer_of_the_diagram_is_told_by_its_step_and_the_clock_keeps_its_day(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_down(monkeypatch, "event")
    (one,) = told(review)
    assert (one.kind, one.timescale, one.what) == ("event", "TS-01", "RuntimeError")
    assert one.about.en == _name(review, "report_late")
    assert one.due_on == DUE == review.clock("TS-01").due_on
    assert review.clock("TS-01").state == "overdue", "the clock went on"


def test_reminder_that_could_not_be_written_is_told_by_its_timescale(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_down(monkeypatch, "clock", time_source.start_of_day(MONTH_BEFORE))
    (one,) = told(review)
    assert (one.kind, one.timescale, one.due_on) == ("clock", "TS-01", DUE)
    assert one.about.en == "Report six months after receipt"


def test_what_was_tried_again_is_told_no_more(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_down(monkeypatch, "event")
    (one,) = told(review)
    incidents.retry(one.id, review.coordinator)
    assert told(review) == []


def test_message_that_was_given_up_is_told_as_one(review: Review) -> None:
    pass_time_to(time_source.start_of_day(MONTH_BEFORE))
    port = Kept()
    port.broken = mail.NotSent("address", for_good=True)
    outbox.send_waiting(port, SENDER)
    assert {one.kind for one in told(review)} == {"notice"}


def test_whoever_coordinates_nothing_has_no_list_and_another_boards_coordinator_an_empty_one(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_down(monkeypatch, "event")
    for actor in (review.worker, stranger()):
        with pytest.raises(NotFound):
            incidents.list_incidents(actor)
    with db.transaction() as session:
        board = people.create_board(session, "south", "South", "De")
    assert incidents.list_incidents(stranger(board.id)) == []


def test_list_asks_the_database_as_often_for_many_incidents_as_for_one(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_down(monkeypatch, "event")
    few = asks(review)
    for _ in range(3):
        review.open()
        review.do("INT-01")
        break_down(monkeypatch, "event")
    assert len(incidents.list_incidents(review.coordinator)) == 4
    assert asks(review) == few


def asks(review: Review) -> int:
    incidents.list_incidents(review.coordinator)
    with statements(db.current()) as taken:
        incidents.list_incidents(review.coordinator)
    return len(taken)


def _name(review: Review, bpmn_id: str) -> str:
    instance = review.instances("review")[0].id
    diagram = case_pages.case_diagram(review.case_id, instance, review.coordinator)
    return next(row.name.en for row in diagram.outline if row.bpmn_id == bpmn_id)
