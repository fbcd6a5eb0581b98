"""Silences are those that are certain: of all agencies, and of each while others go on."""

from __future__ import annotations

from datetime import date

from engine.timelines import silences
from tests.engine.timelines.rows import event


def test_days_between_two_rows_are_a_silence_when_there_are_more_than_asked_for() -> None:
    rows = [event("police", "2025-03-01"), event("police", "2025-03-30")]
    found = silences(rows, 27)
    assert [(one.agency, one.first, one.last, one.days) for one in found] == [
        ("", date(2025, 3, 2), date(2025, 3, 29), 28),
        ("police", date(2025, 3, 2), date(2025, 3, 29), 28),
    ]
    assert not silences(rows, 28)


def test_an_agency_is_silent_while_others_go_on() -> None:
    rows = [event("police", "2025-01-01"), event("police", "2025-03-01")]
    others = [event("education", f"2025-0{month}-15") for month in (1, 2)]
    (found,) = silences([*rows, *others], 40)
    assert (found.agency, found.meanwhile) == ("police", 2)


def test_a_date_that_is_not_exact_is_contact_on_every_day_on_which_it_may_have_been() -> None:
    rows = [event("police", "2025-01-01"), event("police", "2025-04-01")]
    assert not silences(
        [*rows, event("police", "2025-01-20/2025-02-10"), event("police", "2025-03")], 28
    )
    (of_all, of_police) = silences([*rows, event("police", "2025-01")], 28)
    assert (of_all.first, of_police.last) == (date(2025, 2, 1), date(2025, 3, 31))


def test_a_row_within_a_longer_one_ends_nothing() -> None:
    rows = [
        event("police", "2025-01"),
        event("police", "2025-01-02"),
        event("police", "2025-02-20"),
    ]
    assert not silences(rows, 28)


def test_a_date_that_says_the_year_hides_no_silence_and_is_told_beside_it() -> None:
    rows = [event("police", "2025-07-20"), event("police", "2025-10-10")]
    (of_all, of_police) = silences([*rows, event("housing", "2025"), event("housing", "2024")], 28)
    assert (of_all.first, of_all.last, of_all.perhaps) == (date(2025, 7, 21), date(2025, 10, 9), 1)
    assert (of_police.agency, of_police.days, of_police.perhaps) == ("police", 81, 0)


def test_a_span_as_long_as_the_silence_that_is_asked_for_is_contact() -> None:
    rows = [event("police", "2025-01-01"), event("police", "2025-04-01")]
    within = event("police", "2025-01-02/2025-03-31")
    assert not silences([*rows, within], 89)
    assert silences([*rows, within], 60)


def test_what_was_added_or_has_no_date_ends_no_silence() -> None:
    rows = [event("police", "2025-01-01"), event("police", "2025-04-01")]
    added = [event("learning_event", "2025-02-15"), event("police", "in spring")]
    assert len(silences([*rows, *added], 28)) == 2
    assert not silences([], 28)
