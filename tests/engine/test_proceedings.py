"""Proceedings beside a case are recorded, and times told gross and net; no clock minds."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest

from engine import db, plan_pages, proceeding_pages
from engine.errors import NotFound
from engine.models import ProceedingVersion
from engine.people import Actor
from engine.proceeding_pages import (
    ProceedingChanged,
    ProceedingContent,
    ProceedingFromWrong,
    ProceedingKindMissing,
    ProceedingNotOver,
    ProceedingReasonMissing,
    ProceedingRefused,
    ProceedingStageMissing,
    ProceedingToWrong,
    ProceedingView,
    ProceedingWaitsWrong,
)
from engine.proceedings import Period, days_waited
from tests.review import Review, freeze, opened

TRIAL = ProceedingContent("criminal", "hearings", date(2026, 4, 1), None, ("report",))


@pytest.fixture
def review(database: db.Database) -> Review:
    """A review that was received on 2 March 2026, seen on 20 September, past its six months."""
    found = opened()
    found.do("INT-01")
    freeze(datetime(2026, 9, 20, 10, tzinfo=UTC))
    return found


def recorded(review: Review, content: ProceedingContent = TRIAL) -> uuid.UUID:
    return proceeding_pages.record_proceeding(review.case_id, content, review.coordinator)


def change(
    review: Review, found: uuid.UUID, content: ProceedingContent, why: str = "news", seen: int = 1
) -> None:
    proceeding_pages.change_proceeding(
        review.case_id, found, content, why, review.coordinator, seen=seen
    )


def view(review: Review, actor: Actor | None = None) -> list[ProceedingView]:
    page = proceeding_pages.case_proceedings(review.case_id, actor or review.coordinator)
    return list(page.found)


# Days.


@pytest.mark.parametrize(
    ("waited", "days"),
    [
        ([], 0),
        ([(2, 4)], 3),
        ([(1, 4)], 3),  # the first day itself is not a day after it
        ([(2, 4), (3, 6)], 5),  # a day counts once
        ([(5, 6), (2, 4)], 5),
        ([(2, 9), (3, 4)], 8),
        ([(8, None)], 3),  # it goes on
        ([(9, 30)], 2),  # what lies behind the end does not count
        ([(11, 12)], 0),
    ],
)
def test_days_on_which_something_waited_are_counted_once(
    waited: list[tuple[int, int | None]], days: int
) -> None:
    periods = [Period(date(2026, 5, a), b and date(2026, 5, b)) for a, b in waited]  # type: ignore[arg-type]
    assert days_waited(periods, date(2026, 5, 1), date(2026, 5, 10)) == days


# Gross and net.


def test_plan_tells_times_gross_and_net_and_no_clock_minds(review: Review) -> None:
    before = review.clock("TS-01")
    recorded(review)
    plan = plan_pages.case_plan(review.case_id, review.coordinator)
    whole = next(one for one in plan.taken if not one.timescale)
    assert (whole.from_on, whole.until) == (date(2026, 3, 2), date(2026, 9, 20))
    assert (whole.gross, whole.waited, whole.net) == (202, 173, 29)
    six_months = next(one for one in plan.taken if one.timescale == "TS-01")
    assert (six_months.gross, six_months.net) == (202, 29)
    after = review.clock("TS-01")
    assert (after.state, after.due_on) == (before.state, before.due_on)
    assert next(one for one in plan.clocks if one.timescale == "TS-01").days_left == -18


def test_proceedings_for_which_nothing_waits_take_nothing_away(review: Review) -> None:
    recorded(review, replace(TRIAL, waits=()))
    plan = plan_pages.case_plan(review.case_id, review.coordinator)
    assert [one.kind for one in plan.proceedings] == ["criminal"]
    assert plan.taken == ()


def test_what_was_recorded_by_mistake_stays_readable_and_counts_for_nothing(review: Review) -> None:
    found = recorded(review)
    change(review, found, replace(TRIAL, stage="void"), "it was another family")
    (one,) = view(review)
    assert one.is_void
    assert [(line.stage, line.why) for line in one.versions] == [
        ("void", "it was another family"),
        ("hearings", ""),
    ]
    plan = plan_pages.case_plan(review.case_id, review.coordinator)
    assert (plan.proceedings, plan.taken) == ((), ())


def test_news_is_a_new_version_and_the_older_one_stays(review: Review) -> None:
    found = recorded(review)
    change(review, found, replace(TRIAL, stage="over", to_on=date(2026, 8, 1), has_end=True))
    (one,) = view(review)
    assert [(line.number, line.stage, line.to_on) for line in one.versions] == [
        (2, "over", date(2026, 8, 1)),
        (1, "hearings", None),
    ]
    kinds = [(event.kind, event.data["version"]) for event in review.events()[-2:]]
    assert kinds == [("proceedings_recorded", 1), ("proceedings_changed", 2)]


def test_why_is_encrypted_and_the_record_holds_numbers_only(review: Review) -> None:
    found = recorded(review)
    change(review, found, TRIAL, "the verdict is near")
    with db.reading() as session:
        kept = session.connection().exec_driver_sql("select why from proceeding_version")
        assert not any(b"verdict" in bytes(row[0]) for row in kept)
    assert set(review.events()[-1].data) == {"proceeding", "number", "version"}


# What is refused.


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "football"}, ProceedingKindMissing),
        ({"stage": ""}, ProceedingStageMissing),
        ({"stage": "void"}, ProceedingStageMissing),
        ({"from_on": None}, ProceedingFromWrong),
        ({"from_on": date(2026, 9, 21)}, ProceedingFromWrong),
        ({"stage": "over"}, ProceedingToWrong),
        ({"stage": "over", "to_on": date(2026, 3, 31), "has_end": True}, ProceedingToWrong),
        ({"stage": "over", "to_on": date(2026, 9, 21), "has_end": True}, ProceedingToWrong),
        ({"to_on": date(2026, 5, 1), "has_end": True}, ProceedingNotOver),
        ({"waits": ("the weather",)}, ProceedingWaitsWrong),
    ],
)
def test_what_is_not_whole_is_refused(
    review: Review, wrong: dict[str, object], refusal: type[ProceedingRefused]
) -> None:
    with pytest.raises(refusal):
        recorded(review, replace(TRIAL, **wrong))  # type: ignore[arg-type]
    assert view(review) == []


def test_all_that_is_wrong_is_said_together(review: Review) -> None:
    with pytest.raises(ProceedingRefused) as refused:
        recorded(review, ProceedingContent("", "", None, None))
    assert [type(one) for one in refused.value.together] == [
        ProceedingKindMissing,
        ProceedingStageMissing,
        ProceedingFromWrong,
    ]


def test_news_needs_a_reason_and_the_version_that_was_seen(review: Review) -> None:
    found = recorded(review)
    with pytest.raises(ProceedingReasonMissing):
        change(review, found, TRIAL, " ")
    change(review, found, TRIAL)
    with pytest.raises(ProceedingChanged):
        change(review, found, TRIAL, seen=1)
    assert len(view(review)[0].versions) == 2


def test_same_click_twice_records_once(review: Review) -> None:
    for _ in range(2):
        proceeding_pages.record_proceeding(review.case_id, TRIAL, review.coordinator, "a key")
    assert len(view(review)) == 1


def test_only_whoever_coordinates_records_and_others_find_nothing(review: Review) -> None:
    found = recorded(review)
    for somebody in (review.worker, opened().coordinator):
        with pytest.raises(NotFound):
            view(review, somebody)
        with pytest.raises(NotFound):
            proceeding_pages.record_proceeding(review.case_id, TRIAL, somebody)
        with pytest.raises(NotFound):
            proceeding_pages.change_proceeding(
                review.case_id, found, TRIAL, "news", somebody, seen=1
            )
    assert plan_pages.case_plan(review.case_id, review.worker).proceedings == ()
    assert not plan_pages.case_plan(review.case_id, review.worker).may_see_proceedings


def test_proceedings_of_another_case_are_not_changed_through_this_one(review: Review) -> None:
    other = opened()
    freeze(datetime(2026, 9, 20, 10, tzinfo=UTC))
    found = proceeding_pages.record_proceeding(other.case_id, TRIAL, other.coordinator)
    with pytest.raises(NotFound):
        change(review, found, TRIAL)


def test_of_two_who_record_news_at_once_the_second_is_told(committed_database: db.Database) -> None:
    review = opened()
    freeze(datetime(2026, 9, 20, 10, tzinfo=UTC))
    found = recorded(review)
    together, said = Barrier(2), list[str]()

    def send() -> None:
        together.wait()
        try:
            change(review, found, TRIAL)
            said.append("recorded")
        except ProceedingChanged:
            said.append("told")

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["recorded", "told"]
    with db.reading() as session:
        assert session.query(ProceedingVersion).count() == 2
