"""That a task is submitted once, by who may, on what they saw, and nothing typed is lost."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from engine import (
    accounts,
    case_pages,
    cases,
    corrections,
    db,
    document_pages,
    task_pages,
    tasks,
    time_source,
)
from engine.documents import DocumentChanged
from engine.errors import (
    AccessDenied,
    InvalidForm,
    NotFound,
    ReasonNeeded,
    TaskAlreadyCompleted,
    TaskWithdrawn,
)
from engine.models import Account, Draft, Notice, OutboxMessage, Submission
from engine.people import Actor
from engine.tasks import TaskTaken
from tests.review import Review, count, freeze, opened, participants

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def review() -> Review:
    return opened()


def typed_on_page(review: Review, step: str, actor: Actor, **typed: str) -> dict[str, list[str]]:
    """Open the page of a task and return what the browser would send with some inputs typed."""
    page = tasks.open_task(review.task(step).id, actor)
    posted: dict[str, list[str]] = {}
    for part in page.parts:
        posted |= part.posted
    return posted | {name: [value] for name, value in typed.items()}


def send(review: Review, step: str, actor: Actor, posted: dict[str, list[str]]) -> None:
    tasks.submit_task(review.task(step).id, actor, str(uuid.uuid4()), posted)


def amend(review: Review, form: str, section: str, **values: Any) -> None:
    corrections.amend(
        review.document(form).id, (section,), "put right", review.coordinator, values=values
    )


@pytest.fixture
def at_second_report(review: Review) -> Review:
    """A review whose report is written and open again, so that two people may be at it."""
    review.do("INT-01")
    review.do("INT-02", {"summary": "First."})
    corrections.go_back(review.case_id, "INT-02", "again", review.coordinator)
    return review


def test_submission_writes_document_facts_clocks_and_one_event(review: Review) -> None:
    review.do("INT-01")
    assert review.newest("receipt").content["dates"]["received_on"] == "2026-03-02"
    assert review.clock("TS-01").due_on == date(2026, 9, 2)
    assert review.events("task_completed")[0].subject == "INT-01"
    assert count(Submission) == 1


def test_section_that_somebody_changed_since_the_page_was_opened_is_refused(
    at_second_report: Review,
) -> None:
    review = at_second_report
    posted = typed_on_page(review, "INT-02", review.worker, summary="Mine.")
    amend(review, "report", "text", summary="Theirs.")
    with pytest.raises(DocumentChanged) as refused:
        send(review, "INT-02", review.worker, posted)
    assert "Cai" in refused.value.message
    assert review.newest("report").content["text"]["summary"] == "Theirs."
    assert review.open_steps() == ["INT-02"]


def test_draft_begun_before_the_change_is_refused_too_and_the_page_shows_the_change(
    at_second_report: Review,
) -> None:
    review = at_second_report
    posted = typed_on_page(review, "INT-02", review.worker, summary="Mine.")
    task = review.task("INT-02").id
    tasks.save_draft(task, posted, {}, review.worker)
    amend(review, "report", "text", summary="Theirs.")
    with pytest.raises(DocumentChanged):
        tasks.submit_task(task, review.worker, "from the draft")
    again = typed_on_page(review, "INT-02", review.worker)
    assert again["summary"] == ["Theirs."]
    send(review, "INT-02", review.worker, again | {"summary": ["Both."]})
    assert review.newest("report").content["text"]["summary"] == "Both."


def test_draft_on_an_unchanged_document_is_shown_and_sent(at_second_report: Review) -> None:
    review = at_second_report
    posted = typed_on_page(review, "INT-02", review.worker, summary="Mine.")
    task = review.task("INT-02").id
    tasks.save_draft(task, posted, {}, review.worker)
    assert typed_on_page(review, "INT-02", review.worker)["summary"] == ["Mine."]
    tasks.submit_task(task, review.worker, "from the draft")
    assert review.newest("report").content["text"]["summary"] == "Mine."
    assert count(Draft) == 0


def test_different_sections_by_two_people_are_both_kept(review: Review) -> None:
    review.do("INT-01")
    document = review.document("receipt").id
    pages = {section: corrections_posted(review, section) for section in ("dates", "people")}
    pages["dates"] |= {"received_on-day": ["1"], "received_on-month": ["3"]}
    pages["people"] |= {"participants-0-_key": [""], "participants-0-name": ["Police"]}
    for section, posted in pages.items():
        corrections.amend(document, (section,), "at once", review.coordinator, posted=posted)
    content = review.newest("receipt").content
    assert content["dates"]["received_on"] == "2026-03-01"
    assert [row["name"] for row in content["people"]["participants"]] == ["Police"]


def corrections_posted(review: Review, section: str) -> dict[str, list[str]]:
    """Return what the page that amends a section would send."""
    page = document_pages.amend_page(review.document("receipt").id, section, review.coordinator)
    return dict(page.part.posted)


def test_same_submit_key_again_gives_the_first_outcome(review: Review) -> None:
    task = review.task("INT-01").id
    values = {"receipt": {"received_on": "2026-03-02"}}
    first = tasks.submit_task(task, review.worker, "the-key", values=values)
    assert tasks.submit_task(task, review.worker, "the-key", values=values) == first
    assert review.newest("receipt").number == 1
    with pytest.raises(TaskAlreadyCompleted):
        tasks.submit_task(task, review.worker, "another", values=values)


@pytest.mark.parametrize("key", ["", "the-key"])
def test_a_submit_key_of_another_task_stands_in_the_way_of_none(key: str) -> None:
    for review in (opened(), opened()):
        task = review.task("INT-01").id
        values = {"receipt": {"received_on": "2026-03-02"}}
        tasks.submit_task(task, review.worker, key, values=values)
        with pytest.raises(TaskAlreadyCompleted):
            tasks.submit_task(task, review.worker, "another", values=values)


def test_refused_answers_leave_the_case_as_it_was_and_the_draft_kept(review: Review) -> None:
    task = review.task("INT-01").id
    before = review.case().version
    with pytest.raises(InvalidForm):
        tasks.submit_task(task, review.worker, "the-key", {"announced": ["yes"]})
    with pytest.raises(InvalidForm):
        tasks.check_task(task, {"announced": ["yes"]}, {}, review.worker)
    assert review.case().version == before
    page = tasks.open_task(task, review.worker)
    assert page.draft_saved_at is None or page.parts[0].posted["announced"] == ["yes"]


def test_task_is_done_by_who_holds_its_role_and_hidden_from_strangers(review: Review) -> None:
    stranger = opened().worker
    with pytest.raises(NotFound):
        review.do("INT-01", actor=stranger)
    with pytest.raises(AccessDenied):
        review.do("INT-01", actor=review.coordinator)


def test_taken_task_is_done_by_nobody_else_until_it_is_given_back(review: Review) -> None:
    task = review.task("INT-01").id
    tasks.claim_task(task, review.worker)
    tasks.claim_task(task, review.worker)
    for act in (tasks.claim_task, tasks.release_task):
        with pytest.raises(TaskTaken):
            act(task, review.colleague)
    with pytest.raises(TaskTaken):
        review.do("INT-01", actor=review.colleague)
    tasks.release_task(task, review.coordinator)
    review.do("INT-01", actor=review.colleague)
    assert len(review.events("task_claimed")) == 1


def test_a_task_taken_by_somebody_who_left_is_free_though_a_namesake_may_do_it(
    review: Review,
) -> None:
    task = review.task("INT-01").id
    tasks.claim_task(task, review.colleague)
    held = case_pages.case_page(review.case_id, review.coordinator).people
    (theirs,) = [one for one in held if one.name == review.colleague.name]
    with db.transaction() as session:
        namesake = session.get_one(Account, review.worker.account_id)
        namesake.name = review.colleague.name
    cases.end_appointment(theirs.id, "left the agency", review.coordinator)
    (listed,), _ = task_pages.open_tasks(review.worker)
    assert listed.claimed_by_name == ""


def test_a_task_taken_by_somebody_who_left_is_free_again(review: Review) -> None:
    task = review.task("INT-01").id
    tasks.claim_task(task, review.colleague)
    held = case_pages.case_page(review.case_id, review.coordinator).people
    (theirs,) = [one for one in held if one.name == review.colleague.name]
    cases.end_appointment(theirs.id, "left the agency", review.coordinator)
    (listed,), groups = task_pages.open_tasks(review.worker)
    assert (listed.claimed_by_name, groups) == ("", [])
    tasks.claim_task(task, review.worker)
    assert tasks.open_task(task, review.worker).task.claimed_by_me
    review.do("INT-01")


def test_withdrawn_task_is_refused_and_says_so(review: Review) -> None:
    review.do("INT-01", {"participants": participants("Police")})
    task = review.task("INT-05").id
    corrections.remove_item(
        review.case_id, "participants", "participant_1", "not involved", review.coordinator
    )
    with pytest.raises(TaskWithdrawn):
        tasks.submit_task(task, review.worker, "the-key", values={"account": {}})


def test_deadline_at_the_same_moment_comes_before_the_submission(review: Review) -> None:
    review.do("INT-01")
    freeze(time_source.end_of_day(date(2026, 9, 2)))
    review.do("INT-02")
    assert (review.clock("TS-01").state, review.clock("TS-01").late) == ("met", True)
    assert len(review.open_tasks("INT-03")) == 1


def test_years_of_silence_fire_in_order_before_the_next_submission(review: Review) -> None:
    review.do("INT-01")
    freeze(time_source.end_of_day(date(2026, 9, 2)) + timedelta(days=700))
    review.do("INT-02")
    fired = [event.data["timer"] for event in review.events("timer_fired")]
    assert fired == ["report_late", "report_missing"]


# Giving a task to another.


def test_task_is_given_to_another_who_may_do_it_with_a_reason_and_they_are_told(
    review: Review,
) -> None:
    task = review.task("INT-01").id
    page = tasks.giving_page(task, review.worker)
    assert review.colleague.account_id in [account for account, _ in page.holders]
    assert review.worker.account_id not in [account for account, _ in page.holders]
    tasks.delegate_task(task, review.colleague.account_id, "on leave", review.worker)
    assert review.task("INT-01").claimed_by == review.colleague.account_id
    event = review.events("task_assigned")[0]
    assert event.data["reason"] == "on leave"
    assert (event.data["from"], event.data["to"]) == ("", str(review.colleague.account_id))
    (notice,) = [row for row in review.rows(Notice) if row.template == "task_given"]
    with db.reading() as session:
        sent = session.scalars(
            select(OutboxMessage.account_id).where(OutboxMessage.notice_id == notice.id)
        )
        assert list(sent) == [review.colleague.account_id]


def test_task_that_another_has_taken_is_not_given_away(review: Review) -> None:
    task = review.task("INT-01").id
    tasks.claim_task(task, review.colleague)
    for act in (
        lambda: tasks.giving_page(task, review.worker),
        lambda: tasks.delegate_task(task, review.worker.account_id, "mine", review.worker),
    ):
        with pytest.raises(tasks.TaskTaken):
            act()
    assert review.task("INT-01").claimed_by == review.colleague.account_id


def test_task_is_given_to_nobody_without_its_role_nor_to_oneself_nor_without_a_reason(
    review: Review,
) -> None:
    task = review.task("INT-01").id
    for account in (opened().worker.account_id, review.worker.account_id):
        with pytest.raises(tasks.TaskNotTheirs):
            tasks.delegate_task(task, account, "away", review.worker)
    with pytest.raises(ReasonNeeded):
        tasks.delegate_task(task, review.colleague.account_id, "  ", review.worker)
    assert review.task("INT-01").claimed_by is None
    assert review.events("task_assigned") == []


def test_only_who_may_do_a_task_gives_it_to_another(review: Review) -> None:
    task = review.task("INT-01").id
    with pytest.raises(AccessDenied):
        tasks.delegate_task(task, review.colleague.account_id, "away", review.coordinator)
    with pytest.raises(NotFound):
        tasks.delegate_task(task, review.colleague.account_id, "away", opened().worker)
    review.do("INT-01")
    with pytest.raises(TaskAlreadyCompleted):
        tasks.delegate_task(task, review.colleague.account_id, "away", review.worker)


def test_of_two_who_give_a_task_at_once_the_second_is_told(
    committed_database: db.Database,
) -> None:
    review = opened()
    task, together, said = review.task("INT-01").id, Barrier(2), list[str]()

    with db.transaction() as session:
        account = accounts.create_account(session, "dai@example.test", "Dai")
        third = Actor(account.id, account.name)
    cases.appoint(review.case_id, "worker", third.account_id, "", review.coordinator)

    def give(giver: Actor) -> None:
        together.wait()
        try:
            tasks.delegate_task(task, review.colleague.account_id, "away", giver)
            said.append("given")
        except tasks.TaskTaken:
            said.append("told")

    threads = [Thread(target=give, args=(one,)) for one in (review.worker, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["given", "told"]
    assert len(review.events("task_assigned")) == 1
