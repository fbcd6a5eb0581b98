"""What a co-ordinator is shown as today's work, from which day, by which rule, and whose it is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine import (
    access,
    case_pages,
    cases,
    corrections,
    db,
    people,
    plan_pages,
    task_pages,
    tasks,
    today,
)
from engine.errors import NotFound
from engine.texts import Text
from engine.today import TodayLine, TodayPage
from tests import review as small
from tests.databases import statements
from tests.engine.test_case_list import stranger
from tests.review import Review, opened, participants, pass_time_to

pytestmark = pytest.mark.usefixtures("database")

ROOT_OF = b'adolygu:identifierPrefix="REV"'


@pytest.fixture
def review() -> Review:
    return opened()


def changed(monkeypatch: pytest.MonkeyPatch, path: str, before: bytes, after: bytes) -> Review:
    """Return a review on definitions of which one thing is different."""
    files = dict(small.files())
    assert before in files[path]
    files[path] = files[path].replace(before, after)
    monkeypatch.setattr(small, "files", lambda folder: files)
    return opened()


def lines(review: Review, section: str, page: TodayPage | None = None) -> list[TodayLine]:
    """Return the lines of a section of the one Board."""
    (board,) = (page or today.today_page(review.coordinator)).boards
    (found,) = [one for one in board.sections if one.key == section]
    assert found.total >= len(found.lines)
    return list(found.lines)


def test_overdue_line_says_rule_recorded_day_due_day_and_who_can_do_it(review: Review) -> None:
    review.do("INT-01", {"received_on": "2026-02-27"})
    pass_time_to(datetime(2026, 8, 27, 23, 0, tzinfo=UTC))
    (line,) = lines(review, "overdue")
    assert (line.case_id, line.identifier) == (review.case_id, review.case().identifier)
    assert (line.timescale, line.cite, line.source) == ("TS-01", "A3-B4", "G")
    assert (line.from_on, line.due_on) == (date(2026, 2, 27), date(2026, 8, 27))
    assert line.from_name == Text(
        "the day the concern was received", "y diwrnod y daeth y pryder i law"
    )
    assert (line.is_set, line.awaited) == (False, False)
    assert line.days_left == -1
    assert line.who == ("Ann", "Bob")
    assert line.task_id == review.task("INT-02").id


@pytest.mark.parametrize(
    ("moment", "section"),
    [
        (datetime(2026, 8, 26, 22, 59, 59, tzinfo=UTC), ""),
        (datetime(2026, 8, 26, 23, 0, 0, tzinfo=UTC), "due_soon"),
        (datetime(2026, 9, 2, 22, 59, 59, tzinfo=UTC), "due_soon"),
        (datetime(2026, 9, 2, 23, 0, 0, tzinfo=UTC), "overdue"),
    ],
)
def test_clock_is_due_in_seven_days_today_among_them_and_overdue_from_midnight(
    review: Review, moment: datetime, section: str
) -> None:
    review.do("INT-01")
    pass_time_to(moment)
    found = [key for key in ("overdue", "due_soon") if lines(review, key)]
    assert found == ([section] if section else [])


def test_clock_that_was_met_is_gone(review: Review) -> None:
    review.do("INT-01")
    pass_time_to(datetime(2026, 9, 1, 12, tzinfo=UTC))
    assert [line.timescale for line in lines(review, "due_soon")] == ["TS-01"]
    review.do("INT-02")
    assert lines(review, "due_soon") == []


def test_clock_of_a_participant_names_them_and_the_task_for_them(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Lowri", "Marc")})
    pass_time_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    found = lines(review, "due_soon")
    assert [line.timescale for line in found] == ["TS-03", "TS-03"]
    assert sorted(line.item_label.en for line in found if line.item_label) == ["Lowri", "Marc"]


def test_task_that_a_clock_waits_for_is_late_where_the_last_day_set_has_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is late before they are asked; whoever has yet to ask may be."""
    key, before = "processes/timescales.toml", b'from = "received_on"\nlength = "P1M"'
    after = b'from = "told_on"\nuntil = "received_on"\nlength = "P1M"'
    review = changed(monkeypatch, key, before, after)
    review.do("INT-01", {"participants": participants("Lowri"), "received_on": "2026-03-01"})
    assert review.clock("TS-03", "participant_1").state == "not_started"
    (line,) = lines(review, "overdue")
    task = review.task("INT-05")
    assert (line.task_id, line.timescale, line.due_on) == (task.id, "TS-03", date(2026, 3, 1))
    assert (line.awaited, line.days_left) == (True, -1)
    assert line.from_name == Text("the day the account was given", "y diwrnod y rhoddwyd yr hanes")
    own, groups = task_pages.open_tasks(review.worker)
    (listed,) = [one for one in (*own, *groups) if one.id == task.id]
    assert (listed.due_on, listed.clock_state) == (date(2026, 3, 1), "overdue")
    page = tasks.open_task(task.id, review.worker)
    assert "TS-03" in [clock.timescale for clock in page.clocks]
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    assert lines(review, "overdue") == []


def test_task_that_nobody_can_do_is_unassigned_until_somebody_is_appointed(
    review: Review,
) -> None:
    case_id = cases.open_case("review", review.board_id, review.coordinator)
    (line,) = lines(review, "unassigned")
    assert (line.case_id, line.who) == (case_id, ())
    assert [role.en for role in line.roles] == ["Worker"]
    cases.appoint(case_id, "worker", review.worker.account_id, "", review.coordinator)
    assert lines(review, "unassigned") == []


def test_appointment_that_ended_leaves_the_task_unassigned(review: Review) -> None:
    for appointment in [one.id for one in _appointments(review)]:
        cases.end_appointment(appointment, "moved away", review.coordinator)
    assert [line.case_id for line in lines(review, "unassigned")] == [review.case_id]


def test_task_for_another_body_alone_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = b'en = "Worker"'
    review = changed(monkeypatch, "processes/roles.toml", worker, worker + b"\noutside = true")
    (line,) = lines(review, "waiting")
    assert (line.task_id, line.who) == (review.task("INT-01").id, ("Ann", "Bob"))
    assert line.since is not None


def test_task_of_the_board_itself_is_not_waited_for(review: Review) -> None:
    assert lines(review, "waiting") == []


def test_suspended_case_is_held_up_and_its_clock_is_shown_all_the_same(review: Review) -> None:
    review.do("INT-01")
    corrections.set_state(review.case_id, "suspended", "a trial", review.coordinator)
    pass_time_to(datetime(2026, 9, 5, 12, tzinfo=UTC))
    assert [(line.case_id, line.why) for line in lines(review, "blocked")] == [
        (review.case_id, "suspended")
    ]
    assert [line.timescale for line in lines(review, "overdue")] == ["TS-01"]


def test_paused_case_says_what_decides_when_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    paused = ROOT_OF + b' adolygu:pausedWhile="announced = false"'
    review = changed(monkeypatch, "processes/review.bpmn", ROOT_OF, paused)
    assert lines(review, "blocked") == []
    review.do("INT-01", {"announced": False})
    (line,) = lines(review, "blocked")
    assert (line.why, line.name.en) == ("paused", "whether the review was announced")


def test_closed_case_needs_nothing(review: Review) -> None:
    review.do("INT-01")
    pass_time_to(datetime(2026, 9, 5, 12, tzinfo=UTC))
    corrections.withdraw(review.case_id, "entered twice", review.coordinator)
    (board,) = today.today_page(review.coordinator).boards
    assert board.open_cases == 0
    assert [one.total for one in board.sections] == [0] * len(today.SECTIONS)


def test_only_whoever_coordinates_has_the_page(review: Review) -> None:
    assert today.coordinates(review.coordinator)
    for actor in (review.worker, stranger()):
        assert not today.coordinates(actor)
        with pytest.raises(NotFound):
            today.today_page(actor)


def test_more_appointments_take_no_more_statements(review: Review) -> None:
    """Every page asks this, for its menu."""

    def taken() -> int:
        with statements(db.current()) as seen:
            assert not today.coordinates(review.worker)
        return len(seen)

    few = taken()
    for _ in range(3):
        review.open()
    assert taken() == few > 0


def test_coordinator_of_another_board_is_shown_that_board_and_nothing_of_this_one(
    review: Review,
) -> None:
    with db.transaction() as session:
        board = people.create_board(session, "south", "South", "De")
    other = stranger(board.id)
    (found,) = today.today_page(other).boards
    assert (found.id, found.open_cases) == (board.id, 0)
    assert not any(one.lines for one in found.sections)


def test_coordinator_of_two_boards_is_shown_each_by_itself(review: Review) -> None:
    with db.transaction() as session:
        board = people.create_board(session, "south", "South", "De")
        account = review.coordinator.account_id
        people.appoint_to_board(session, board.id, "coordinator", account, "SYSTEM")
    there = cases.open_case("review", board.id, review.coordinator)
    shown = {one.id: one for one in today.today_page(review.coordinator).boards}
    assert {key: one.open_cases for key, one in shown.items()} == {review.board_id: 1, board.id: 1}
    unassigned = {
        key: [
            line.case_id for one in found.sections if one.key == "unassigned" for line in one.lines
        ]
        for key, found in shown.items()
    }
    assert unassigned == {review.board_id: [], board.id: [there]}


def test_long_section_says_how_many_there_are_and_shows_all_when_asked(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "SHOWN", 2)
    for _ in range(3):
        cases.open_case("review", review.board_id, review.coordinator)
    assert len(lines(review, "unassigned")) == 2
    (board,) = today.today_page(review.coordinator).boards
    assert {one.key: one.total for one in board.sections}["unassigned"] == 3
    whole = today.today_page(review.coordinator, "unassigned")
    assert len(lines(review, "unassigned", whole)) == 3


def test_today_asks_the_database_as_often_for_many_cases_as_for_two(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Lowri")})
    cases.open_case("review", review.board_id, review.coordinator)
    pass_time_to(datetime(2026, 9, 5, 12, tzinfo=UTC))
    few = asks(review)
    for _ in range(6):
        review.open()
        review.do("INT-01", {"participants": participants("Lowri")})
    assert few == asks(review) > 0


def asks(review: Review) -> int:
    """Return how many statements the page takes, once the definitions are read."""
    today.today_page(review.coordinator)
    with statements(db.current()) as taken:
        today.today_page(review.coordinator)
    return len(taken)


def _appointments(review: Review) -> list[people.Appointment]:
    return [row for row in review.rows(people.Appointment) if row.ends_on is None]


# What can be done about a clock that no open task would meet, and where its dates stand.

BY_PUBLICATION = (b'length = "P9M"\nends = ["INT-02"]', b'length = "P9M"\nends = ["INT-04"]')


def test_late_clock_whose_step_is_not_open_says_which_step_and_what_it_waits_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    review = changed(monkeypatch, "processes/timescales.toml", *BY_PUBLICATION)
    review.do("INT-01", {"participants": participants("Lowri"), "received_on": "2026-02-27"})
    pass_time_to(datetime(2026, 12, 1, 12, tzinfo=UTC))
    (line,) = [one for one in lines(review, "overdue") if one.timescale == "TS-02"]
    assert (line.task_id, line.tasks) == (None, ())
    assert line.remedy is not None
    assert [step.en for step in line.remedy.steps] == ["Publish the report"]
    # The account comes first: the report waits for it in turn, through the part that holds it.
    assert {one.task_id for one in line.remedy.waits_for} >= {review.task("INT-05").id}
    assert all(one.who == ("Ann", "Bob") for one in line.remedy.waits_for)
    assert line.remedy.over == ()
    review.do("INT-05", item="participant_1")
    (line,) = [one for one in lines(review, "overdue") if one.timescale == "TS-02"]
    assert (line.task_id, line.remedy) == (review.task("INT-02").id, None)


def test_late_clock_whose_step_is_done_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    after = b'length = "P9M"\nends = ["told_on"]\nitem = "participant"'
    key = "processes/timescales.toml"
    review = changed(monkeypatch, key, BY_PUBLICATION[0], after)
    review.do("INT-01", {"participants": participants("Lowri"), "received_on": "2026-02-27"})
    review.do("INT-05", {"told_on": "2026-02-01"}, item="participant_1")
    pass_time_to(datetime(2026, 12, 1, 12, tzinfo=UTC))
    (line,) = [one for one in lines(review, "overdue") if one.timescale == "TS-02"]
    assert line.remedy is not None
    assert line.remedy.steps == ()
    assert [step.en for step in line.remedy.over] == ["Write the account"]
    assert line.remedy.is_listed


def test_line_leads_to_the_document_that_holds_the_day_and_only_readers_are_led_there(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.do("INT-01", {"received_on": "2026-02-27"})
    pass_time_to(datetime(2026, 8, 27, 23, 0, tzinfo=UTC))
    (line,) = lines(review, "overdue")
    (date_of,) = line.dates
    assert date_of.document_id == review.document("receipt").id
    assert date_of.section == "dates"
    assert date_of.name.en == "the day the concern was received"
    monkeypatch.setattr(access, "_is_among", lambda *_: False)
    (line,) = lines(review, "overdue")
    assert line.dates == ()


def test_case_and_plan_lead_from_a_clock_to_where_its_days_are_recorded(review: Review) -> None:
    review.do("INT-01", {"received_on": "2026-02-27", "participants": participants("Lowri")})
    review.do("INT-05", {"told_on": "2026-03-02"}, item="participant_1")
    page = case_pages.case_page(review.case_id, review.coordinator)
    assert [one.document_id for one in page.dates["TS-01", ""]] == [review.document("receipt").id]
    assert review.document("receipt").id in [
        one.document_id for one in page.dates["TS-03", "participant_1"]
    ]
    plan = plan_pages.case_plan(review.case_id, review.coordinator)
    assert plan.dates == page.dates
