"""Moments that are taken for something with days are found, and nothing else is."""

from __future__ import annotations

import pytest

from engine.feel import DAY_READ, DAYS_ADDED, FeelError, days_of_moments


@pytest.mark.parametrize(
    "source",
    [
        'due("TS-13") + duration("P7D")',
        'duration("P7D") + due("TS-13")',
        'due("TS-13") - duration("P28D")',
        'due("TS-13") + duration("P1DT2H")',
        'due("TS-13") + duration("PT24H")',
        'due("TS-13") - @"P7D"',
        'due("TS-13") + duration("P6M")',
        'due("TS-13") + duration("P1D") * 7',
        'due("TS-13") + duration(length)',
        'due("TS-13") + (if late then duration("P7D") else duration("PT1H"))',
        'due("TS-13") + years and months duration(given_on, taken_on)',
        '=due("TS-13") + duration("P7D")',
        'today() > (due("TS-13") + duration("PT1H") - duration("P7D"))',
        '(if due("TS-13") = null then due("TS-14") else due("TS-13")) + duration("P7D")',
        'min(due("TS-13"), due("TS-14")) + duration("P7D")',
        'add days(due("TS-13"), 7) + duration("P1D")',
        'now() + duration("P7D")',
        '[due("TS-13") + duration("P7D")][1]',
        'day in [due("TS-13") + duration("P7D"), now()]',
        'some day in days satisfies day > due("TS-13") + duration("P7D")',
        'for day in [due("TS-13") + duration("P7D")] return day',
    ],
)
def test_days_added_to_a_moment_are_found(source: str) -> None:
    assert days_of_moments(source) == (DAYS_ADDED,)


@pytest.mark.parametrize(
    "source",
    [
        'date(due("TS-13"))',
        'date(due("TS-13")) + duration("P7D")',
        'string(date(due("TS-13")))',
        'date(from: due("TS-13"))',
        "date(now())",
        'day of week(due("TS-13"))',
        'due("TS-13").year',
        'date(add days(due("TS-13"), 7))',
        'date(due("TS-13") + duration("PT1H"))',
    ],
)
def test_day_that_is_read_off_a_moment_is_found(source: str) -> None:
    assert days_of_moments(source) == (DAY_READ,)


@pytest.mark.parametrize(
    "source",
    [
        'due("TS-13")',
        'add days(due("TS-13"), 7)',
        'last day("TS-13") + duration("P7D")',
        'due("TS-13") + duration("PT9H")',
        'due("TS-13") - now() > duration("P7D")',
        'due("TS-13") - now() + duration("P7D")',
        'now() > due("TS-13")',
        'today() + duration("P7D")',
        'report_submitted_on + duration("P14D")',
        "date(report_submitted_on).year",
        'due("TS-13") = null and today() > consent_on + duration("P7D")',
    ],
)
def test_what_reckons_with_days_or_by_the_clock_is_let_be(source: str) -> None:
    assert days_of_moments(source) == ()


def test_both_ways_are_told_of_one_expression() -> None:
    source = 'date(due("TS-13") + duration("P7D"))'
    assert days_of_moments(source) == (DAYS_ADDED, DAY_READ)


def test_cells_of_decision_tables_are_read_as_such() -> None:
    assert days_of_moments('< now() - duration("P7D"), null', tests=True) == (DAYS_ADDED,)
    assert days_of_moments("-", tests=True) == ()


def test_what_is_no_feel_is_refused_as_everywhere() -> None:
    with pytest.raises(FeelError):
        days_of_moments("due(")
