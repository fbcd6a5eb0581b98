"""What happened on a case: filtered, a page at a time, with what was put right in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine import corrections, db, history_pages, notes, notice_pages, tasks
from engine.errors import NotFound
from engine.history_pages import HistoryLine, Wanted
from engine.notes import NoteContent
from tests.databases import statements
from tests.review import Review, freeze, opened, participants, pass_time_to


@pytest.fixture
def review(database: db.Database) -> Review:
    """A case whose receipt was recorded with two participants."""
    found = opened()
    found.do("INT-01", {"participants": participants("Pam", "Rob")})
    return found


def history(review: Review, **wanted: object) -> list[HistoryLine]:
    asked = Wanted(**wanted)  # type: ignore[arg-type]
    return list(history_pages.case_history(review.case_id, review.coordinator, asked).lines)


def put_right(review: Review, day: str = "2026-02-23") -> None:
    sections = tuple(review.newest("receipt").sections)
    corrections.amend(
        review.document("receipt").id,
        sections,
        "misread",
        review.coordinator,
        values={"received_on": day},
    )


def test_a_completed_task_is_told_by_its_name_in_both_languages(review: Review) -> None:
    line = history(review, kind="task_completed")[0]
    element = review.events("task_completed")[0]
    assert line.actor_name == "Ann"
    assert line.about.en
    assert line.about.cy not in ("", line.about.en)
    assert element.data["task"] not in line.about.en


def test_an_appointment_is_told_with_whom_it_is_of(review: Review) -> None:
    told = history(review, kind="appointed")
    assert told
    for line in told:
        assert line.about.en.partition(": ")[2], "a role, and who holds it"
        assert line.about.cy.endswith(line.about.en.partition(": ")[2])


def test_only_what_is_asked_for_is_told(review: Review) -> None:
    freeze(datetime(2026, 3, 5, 9, tzinfo=UTC))
    put_right(review)
    assert {line.kind for line in history(review, kind="document_amended")} == {"document_amended"}
    by_ann = history(review, actor=str(review.worker.account_id))
    assert {line.actor_name for line in by_ann} == {"Ann"}
    since = history(review, since=date(2026, 3, 5))
    assert [line.kind for line in since] == ["document_amended"]
    until = history(review, until=date(2026, 3, 4))
    assert len(since) + len(until) == len(history(review))


def test_the_days_asked_for_are_those_of_wales(review: Review) -> None:
    freeze(datetime(2026, 6, 10, 23, 30, tzinfo=UTC))  # half past midnight on the 11th in Wales
    put_right(review)
    assert history(review, since=date(2026, 6, 11), until=date(2026, 6, 11))
    assert not history(review, since=date(2026, 6, 10), until=date(2026, 6, 10))


def test_what_was_put_right_is_told_before_and_after(review: Review) -> None:
    put_right(review)
    (line,) = history(review, kind="document_amended")
    assert line.amendment is not None
    assert line.amendment.reason == "misread"
    (section,) = (name for name, values in line.amendment.after.items() if "received_on" in values)
    assert line.amendment.before[section]["received_on"] == "2026-03-02"
    assert line.amendment.after[section]["received_on"] == "2026-02-23"


def test_a_page_that_is_not_there_is_not_found(review: Review) -> None:
    for number in (0, 2):
        with pytest.raises(NotFound):
            history_pages.case_history(review.case_id, review.coordinator, number=number)


def test_long_histories_come_in_pages_without_gaps(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_pages, "PAGE", 2)
    everything = len(review.events())
    first = history_pages.case_history(review.case_id, review.coordinator)
    assert first.pages == -(-everything // 2)
    pages = [
        history_pages.case_history(review.case_id, review.coordinator, number=number)
        for number in range(1, first.pages + 1)
    ]
    assert sum(len(page.lines) for page in pages) == everything


def test_messages_are_for_whoever_coordinates_and_for_those_they_went_to(review: Review) -> None:
    pass_time_to(datetime(2026, 9, 3, 9, tzinfo=UTC))
    everything = notice_pages.case_notices(review.case_id, review.coordinator)
    assert everything.total == len(review.notices())
    assert any(sending.name for notice in everything.notices for sending in notice.sendings)
    of_worker = notice_pages.case_notices(review.case_id, review.worker)
    to_worker = [row for row in review.notices() if row.to_role == "worker"]
    assert 0 < of_worker.total == len(to_worker) < everything.total
    assert not any(notice.sendings for notice in of_worker.notices)


def test_the_number_of_queries_does_not_grow_with_the_case(
    review: Review, database: db.Database
) -> None:
    def count() -> list[int]:
        counts = []
        for look in (
            history_pages.case_history,
            notice_pages.case_notices,
            notes.case_notes,
        ):
            look(review.case_id, review.coordinator)
            with statements(database) as seen:
                look(review.case_id, review.coordinator)
            counts.append(len(seen))
        return counts

    def fill(times: int) -> None:
        for number in range(times):
            put_right(review, f"2026-02-{number + 1:02}")
            content = NoteContent("note", date(2026, 3, 2), "", f"{number}", "V-STEER")
            notes.record_note(review.case_id, content, review.coordinator)

    fill(1)
    pass_time_to(datetime(2026, 9, 3, 9, tzinfo=UTC))
    assert notice_pages.case_notices(review.case_id, review.coordinator).total
    few = count()
    fill(6)
    pass_time_to(datetime(2026, 12, 3, 9, tzinfo=UTC))
    assert count() == few


def test_going_back_is_told_with_the_step_and_what_came_of_it(review: Review) -> None:
    corrections.go_back(review.case_id, "record_receipt", "misread", review.coordinator)
    (line,) = history(review, kind="went_back")
    assert line.about.en == "Record the receipt"
    assert line.came is not None
    assert [one.name.en for one in line.came.opened] == ["Record the receipt"]
    assert (line.state_before, line.came.state) == ("open", "open")


def test_end_of_a_case_is_told_with_its_states_and_clocks_before_and_after(review: Review) -> None:
    corrections.close(review.case_id, "done elsewhere", review.coordinator)
    (line,) = history(review, kind="case_closed")
    assert line.came is not None
    assert (line.state_before, line.came.state) == ("open", "closed")
    moved = {one.name.en: (one.state_before, one.state_after) for one in line.came.clocks}
    assert moved["Report six months after receipt"] == ("running", "ended")
    corrections.reopen(review.case_id, "not yet", review.coordinator)
    (line,) = history(review, kind="case_reopened")
    assert line.came is not None
    assert (line.state_before, line.came.state) == ("closed", "open")


def test_task_that_was_given_is_told_with_whose_it_was_and_is(review: Review) -> None:
    task = review.task("INT-05", "participant_1").id
    tasks.delegate_task(task, review.colleague.account_id, "away", review.worker)
    tasks.delegate_task(task, review.worker.account_id, "back", review.colleague)
    told = history(review, kind="task_assigned")
    assert [line.holders for line in told] == [
        (review.colleague.name, review.worker.name),
        ("", review.colleague.name),
    ]


def test_event_of_before_says_nothing_of_what_came_of_it(review: Review) -> None:
    (line, *_) = history(review, kind="task_completed")
    assert (line.came, line.holders, line.state_before) == (None, None, "")
