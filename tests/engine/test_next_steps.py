"""Whoever did a task is told who has the work now, as far as they may know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import access, next_steps
from engine.errors import NotFound
from engine.models import UserTask
from tests.review import Review, opened, participants, pass_time_to

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def review() -> Review:
    return opened()


def done(review: Review, step: str, item: str = "") -> UserTask:
    """Do a step as the worker, and return its task."""
    task = review.task(step, item)
    review.do(step, {"participants": participants("Ana")} if step == "INT-01" else {}, item=item)
    return task


def as_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every open task be somebody else's."""
    monkeypatch.setattr(access, "may_do", lambda *_: UserTask.id.is_(None))


def test_reader_of_the_case_is_told_task_role_and_name(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = done(review, "INT-01")
    as_of_others(monkeypatch)
    found = next_steps.after_task(task.id, review.worker)
    (one,) = found.opened
    assert (one.id, one.name and one.name.en) == (review.task("INT-05").id, "Write the account")
    assert ([role.en for role in one.roles], one.who) == (["Worker"], ("Ann", "Bob"))
    assert one.about is not None
    assert one.about.en == "Ana"


def test_ones_own_next_task_is_not_told_as_somebody_elses(review: Review) -> None:
    task = done(review, "INT-01")
    assert next_steps.after_task(task.id, review.worker).opened == ()


def test_whoever_may_not_open_the_case_is_told_roles_of_their_own_part_and_no_names(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.do("INT-01", {"participants": participants("Ana")})
    as_of_others(monkeypatch)
    monkeypatch.setattr(access, "openable_among", lambda *_: frozenset())
    task = done(review, "INT-05", "participant_1")
    found = next_steps.after_task(task.id, review.worker)
    # The report is in another part of the case: that it is open is not theirs to know.
    assert (found.opened, found.waits_for, found.is_over) == ((), (), True)


def test_what_others_of_the_part_still_do_is_what_it_waits_for(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.do("INT-01", {"participants": participants("Ana"), "received_on": "2026-02-27"})
    review.do("INT-05", item="participant_1")
    pass_time_to(datetime(2026, 8, 27, 23, 0, tzinfo=UTC))
    task = done(review, "INT-03")
    as_of_others(monkeypatch)
    found = next_steps.after_task(task.id, review.worker)
    assert found.opened == ()
    assert [one.id for one in found.waits_for] == [review.task("INT-02").id]


def test_only_whoever_did_the_task_is_told(review: Review) -> None:
    task = done(review, "INT-01")
    with pytest.raises(NotFound):
        next_steps.after_task(task.id, review.colleague)
    with pytest.raises(NotFound):
        next_steps.after_task(review.task("INT-05").id, review.worker)
