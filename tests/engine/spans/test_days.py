"""Days, months and times are read as people write them, and what is doubtful says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spans import days
from engine.texts import MONTHS

TODAY = date(2026, 11, 27)
APRIL = date(2019, 4, 3)


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("2019-04-03", ()),
        ("2019/4/3", ()),
        ("3 April 2019", ()),
        ("3rd April 2019", ()),
        ("3 Apr 2019", ()),
        ("3-Apr-2019", ()),
        ("April 3, 2019", ()),
        ("Wed 3 April 2019", ()),
        ("3 Ebrill 2019", ()),
        ("3ydd o Ebrill 2019", ()),
        ("Dydd Mercher 3 Ebrill 2019", ()),
        ("2019-04-03 00:00", ()),
        ("3/4/2019", (days.EITHER_ORDER,)),
        ("03.04.2019", (days.EITHER_ORDER,)),
        ("3-4-2019", (days.EITHER_ORDER,)),
        ("03.04.19", (days.SHORT_YEAR, days.EITHER_ORDER)),
        ("3 Ebrill '19", (days.SHORT_YEAR,)),
        ("04/03/2019", None),
        ("43558", (days.COUNTED,)),
        ("2019-04-03 14:30", (days.TIME_LEFT_OUT,)),
        ("3 April 2019 2.30pm", (days.TIME_LEFT_OUT,)),
    ],
)
def test_a_day_is_read_with_its_doubts(text: str, doubts: tuple[str, ...] | None) -> None:
    found = days.read_day(text, today=TODAY)
    if doubts is None:
        assert found == days.Moment(date(2019, 3, 4), "", (days.EITHER_ORDER,))
    else:
        assert found is not None
        assert (found.day, found.doubts) == (APRIL, doubts)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2019", "April", "31/2/2019", "32/1/2019", "3/13/13/2019", "13/13/2019",
     "0/4/2019", "3 Smarch 2019", "April 2019", "99999", "1/1", "14:30"],
)  # fmt: skip
def test_what_is_no_day_is_not_made_into_one(text: str) -> None:
    assert days.read_day(text, today=TODAY) is None


@pytest.mark.parametrize(("year", "full"), [("26", 2026), ("36", 2036), ("37", 1937), ("99", 1999)])
def test_years_of_two_digits_lie_in_the_past_or_shortly_ahead(year: str, full: int) -> None:
    found = days.read_day(f"14/4/{year}", today=TODAY)
    assert found is not None
    assert found.day == date(full, 4, 14)


def test_the_other_dates_of_a_column_say_which_number_is_the_day() -> None:
    assert days.order_in(["3/4/2019", "25/4/2019"]) == "day"
    assert days.order_in(["3/4/2019", "4/25/2019"]) == "month"
    assert days.order_in(["3/4/2019", "25/4/2019", "4/25/2019"]) == ""
    beside = days.read_day("3/4/2019", today=TODAY, order="day")
    assert beside == days.Moment(APRIL)
    american = days.read_day("4/3/2019", today=TODAY, order="month")
    assert american == days.Moment(APRIL, "", (days.MONTH_FIRST,))


def test_a_number_over_twelve_can_only_be_the_day() -> None:
    assert days.read_day("25/4/2019", today=TODAY) == days.Moment(date(2019, 4, 25))
    found = days.read_day("4/25/2019", today=TODAY)
    assert found == days.Moment(date(2019, 4, 25), "", (days.MONTH_FIRST,))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["en", "cy"]))
def test_every_day_written_in_words_is_read_in_both_languages(day: date, language: str) -> None:
    text = f"{day.day} {MONTHS[day.month - 1].say(language)} {day.year}"
    assert days.read_day(text, today=TODAY) == days.Moment(day)


@given(st.dates(date(1956, 1, 1), date(2099, 12, 31)))
def test_a_day_that_a_workbook_counts_is_that_day(day: date) -> None:
    counted = str((day - date(1899, 12, 30)) // timedelta(days=1))
    assert days.read_day(counted, today=TODAY) == days.Moment(day, "", (days.COUNTED,))


@pytest.mark.parametrize(
    "word",
    ["Ionawr", "Fawrth", "Fai", "Fehefin", "Orffennaf", "Dachwedd", "Ragfyr", "Chwef", "Ebr"],
)
def test_welsh_months_are_known_mutated_and_short(word: str) -> None:
    assert days.read_day(f"3 o {word} 2019", today=TODAY) is not None


@pytest.mark.parametrize("text", ["April 2019", "Ebrill 2019", "4/2019", "2019-04", "Ebr 2019"])
def test_a_month_is_read(text: str) -> None:
    found = days.read_month(text, today=TODAY)
    assert found == days.Moment(date(2019, 4, 1))


def test_a_month_read_from_a_day_says_that_the_day_is_left_out() -> None:
    found = days.read_month("2019-04-03", today=TODAY)
    assert found == days.Moment(date(2019, 4, 1), "", (days.DAY_LEFT_OUT,))


@pytest.mark.parametrize(
    ("text", "time"),
    [("14:30", "14:30"), ("9.05", "09:05"), ("2:30 pm", "14:30"), ("12:10am", "00:10"),
     ("12.10 pm", "12:10"), ("1430", "14:30"), ("3pm", "15:00"), ("14:30:59", "14:30"),
     ("2.30 yp", "14:30"), ("2.30yh", "14:30"), ("2 y.h.", "14:00"), ("9yb", "09:00")],
)  # fmt: skip
def test_a_time_is_read(text: str, time: str) -> None:
    assert days.read_time(text) == days.Moment(None, time)


@pytest.mark.parametrize("text", ["25:00", "noon", "14:75", "2560", "1"])
def test_what_is_no_time_is_not_made_into_one(text: str) -> None:
    assert days.read_time(text) is None
