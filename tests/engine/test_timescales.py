"""What a timescale may say, and how its days are counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import feel, time_source
from engine.errors import InvalidDefinition
from engine.timescales import (
    DayOutOfRange,
    Length,
    add,
    add_working_days,
    bank_holidays,
    own_functions,
    parse_length,
    parse_timescales,
    working_days_between,
)

ROW = """
[TS-41]
en = "Pack two weeks before the steering group meets"
cy = "Pecyn bythefnos cyn i'r grŵp llywio gyfarfod"
kind = "lead"
from = "steering_meeting_on"
length = "P14D"
ends = ["pack_sent_on", "CNS-06"]
process = ["consultation"]
source = "G"
cite = "A3-B4"
fixed = true
owner = ["referrer"]
manager = ["steering_group"]
stages = [
  { key = "three_weeks_before", at = "-P7D", of = "due", level = "E1" },
  { key = "breach", at = "P0D", of = "due", level = "E2" },
]
"""

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2900, 12, 31))


def test_row_is_read_whole() -> None:
    timescale = parse_timescales(ROW.encode(), "timescales.toml")["TS-41"]
    assert timescale.length == Length(days=14)
    assert timescale.facts == ("steering_meeting_on", "pack_sent_on")
    assert timescale.steps == ("CNS-06",)
    assert [stage.at for stage in timescale.stages] == [Length(days=-7), Length()]
    assert timescale.fixed


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('cy = "Pecyn bythefnos cyn i\'r grŵp llywio gyfarfod"\n', "", 2, "missing"),
        ('kind = "lead"', 'kind = "leed"', 5, "'leed'"),
        ('length = "P14D"', 'length = "14 days"', 7, "not a length"),
        ('length = "P14D"', 'length = "-P14D"', 7, "back in time"),
        ('length = "P14D"', 'length = "PT5H"', 7, "not a length"),
        ('length = "P14D"', 'length = "P2W1D"', 7, "mixes weeks"),
        ('length = "P14D"\n', "", 2, "missing"),
        ("fixed = true", 'fixed = "yes"', 12, "wrong kind"),
        ("fixed = true", "fixd = true", 12, "not a key"),
        ('owner = ["referrer"]', "owner = []", 13, "missing"),
        ('level = "E2"', 'level = "E6"', 15, "'E6'"),
        ('at = "P0D"', 'at = "P1D"', 15, "moves the breach"),
        ('key = "breach"', 'key = "three_weeks_before"', 15, "twice"),
        ('level = "E1" }', 'level = "E1", repeat = "P0D" }', 15, "without going on"),
        ('level = "E1" }', 'level = "E1", colour = "red" }', 15, "not a key"),
        ('"pack_sent_on"', '"pack sent on"', 2, "no name"),
        ("[TS-41]", "[pack]", 2, "not the id"),
        ("fixed = true", "fixed = = true", 12, "not TOML"),
        ("fixed = true", "fixed = " + "9" * 5000, 12, "not TOML"),
    ],
)
def test_row_that_is_wrong_is_refused_with_its_line(
    old: str, new: str, line: int, reason: str
) -> None:
    assert old in ROW
    with pytest.raises(InvalidDefinition) as refused:
        parse_timescales(ROW.replace(old, new, 1).encode(), "timescales.toml")
    assert reason in refused.value.message
    assert refused.value.details["line"] == line
    assert refused.value.details["remedy"]


def test_value_outside_any_table_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="outside any table"):
        parse_timescales(b"fixed = true\n", "timescales.toml")


def test_text_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="UTF-8"):
        parse_timescales(b"\xff\xfe", "timescales.toml")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P6M", Length(months=6)),
        ("P1Y6M", Length(months=18)),
        ("P12W", Length(weeks=12)),
        ("P0D", Length()),
        ("-P7D", Length(days=-7)),
        ("P1M10D", Length(months=1, days=10)),
    ],
)
def test_length_is_read(text: str, length: Length) -> None:
    assert parse_length(text) == length
    assert parse_length(str(length)) == length


@pytest.mark.parametrize(
    "text", ["", "P", "6M", "p6m", "P6", "P1.5M", "P6M ", "PT0S", "P6X", "P-6M"]
)
def test_what_is_not_a_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="length"):
        parse_length(text)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (date(2026, 8, 31), "P6M", date(2027, 2, 28)),
        (date(2027, 8, 31), "P6M", date(2028, 2, 29)),
        (date(2026, 5, 29), "P6M", date(2026, 11, 29)),
        (date(2028, 2, 29), "P1Y", date(2029, 2, 28)),
        (date(2026, 12, 31), "P2M", date(2027, 2, 28)),
        (date(2026, 3, 31), "-P1M", date(2026, 2, 28)),
        (date(2026, 3, 20), "P12W", date(2026, 6, 12)),
        (date(2026, 1, 1), "P84D", date(2026, 3, 26)),
    ],
)
def test_months_end_on_the_last_day_and_weeks_have_seven_days(
    start: date, length: str, end: date
) -> None:
    assert add(start, parse_length(length)) == end


def test_day_outside_the_calendar_is_refused_in_plain_words() -> None:
    with pytest.raises(DayOutOfRange, match="3026"):
        add(date(2026, 1, 1), Length(months=12_000))


def test_bank_holidays_of_wales_have_welsh_names_and_are_not_those_of_scotland() -> None:
    of_2026 = bank_holidays(2026)
    assert of_2026[date(2026, 4, 6)].cy == "Dydd Llun y Pasg"
    assert of_2026[date(2026, 12, 28)].cy == "Gŵyl San Steffan (diwrnod amgen)"
    assert date(2026, 1, 2) not in of_2026
    assert bank_holidays(2022)[date(2022, 9, 19)].cy == "Gŵyl y banc"
    assert len(of_2026) == 9


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 7), -1) == date(2026, 4, 2)
    assert working_days_between(date(2026, 12, 24), date(2027, 1, 4)) == 4


@given(DAYS, st.integers(-60, 60))
def test_working_days_between_undoes_adding_them(day: date, number: int) -> None:
    moved = add_working_days(day, number)
    if number > 0:
        assert working_days_between(day, moved) == number
    assert (moved - day).days * number >= 0


@given(DAYS, DAYS, st.integers(0, 240), st.integers(0, 400))
def test_a_later_start_never_gives_an_earlier_end(
    one: date, other: date, months: int, days: int
) -> None:
    length = Length(months=months, days=days)
    early, late = sorted((one, other))
    if late.year + months // 12 + 3 < 2999:
        assert early <= add(early, length) <= add(late, length)


@given(DAYS, st.integers(0, 1000))
def test_days_and_weeks_forth_and_back_come_to_the_same_day(day: date, number: int) -> None:
    for length in (Length(days=number), Length(weeks=number // 7)):
        assert add(add(day, length), -length) == day


def test_own_functions_answer_in_feel_values() -> None:
    at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    functions = own_functions(at, {"TS-41": at + timedelta(days=1)}.get)
    assert functions["today"]() == date(2026, 7, 1)
    assert functions["now"]() == at
    assert functions["due"]("TS-41") == at + timedelta(days=1)
    assert functions["due"]("TS-42") is None
    assert functions["due"](None) is None
    assert functions["last day"]("TS-42") is None
    assert functions["last day"](None) is None
    assert functions["add days"](date(2026, 3, 28), Decimal(2)) == date(2026, 3, 30)
    assert functions["add working days"](date(2026, 4, 2), Decimal(1)) == date(2026, 4, 7)
    assert functions["working days between"](date(2026, 4, 2), date(2026, 4, 7)) == Decimal(1)


@pytest.mark.parametrize(
    "arguments",
    [
        (None, Decimal(1)),
        ("x", Decimal(1)),
        (date(2026, 1, 1), "1"),
        (date(2026, 1, 1), Decimal("0.5")),
        (date(2026, 1, 1), True),
        (date(2026, 1, 1), Decimal(10) ** 9),
    ],
)
def test_own_functions_give_null_for_values_of_the_wrong_type(
    arguments: tuple[object, ...],
) -> None:
    functions = own_functions(datetime(2026, 1, 1, tzinfo=UTC), lambda key: None)
    assert functions["add working days"](*arguments) is None
    assert functions["add days"](*arguments) is None


@pytest.mark.parametrize(
    "last_day",
    [date(2026, 1, 14), date(2026, 3, 28), date(2026, 3, 29), date(2026, 6, 1), date(2026, 10, 24)],
    ids=["winter", "before the clocks go forward", "as they go", "summer", "before they go back"],
)
def test_last_day_is_the_day_in_wales_that_ends_as_a_timescale_falls_due(last_day: date) -> None:
    functions = _functions_due_at(time_source.end_of_day(last_day))
    found = feel.compile_expression('last day("TS-13")').evaluate({}, functions)
    assert (type(found), found) == (date, last_day)


@pytest.mark.parametrize("number", [-28, -7, -1, 0, 1, 7, 28])
@pytest.mark.parametrize(
    "last_day",
    [date(2026, 3, 25), date(2026, 3, 28), date(2026, 3, 29), date(2026, 4, 5), date(2026, 6, 1),
     date(2026, 10, 21), date(2026, 10, 24), date(2026, 10, 25), date(2026, 11, 10)],
    ids=date.isoformat,
)  # fmt: skip
def test_days_added_to_a_deadline_end_at_midnight_in_wales(last_day: date, number: int) -> None:
    functions = _functions_due_at(time_source.end_of_day(last_day))
    source = f'add days(due("TS-13"), {number})'
    found = feel.compile_expression(source).evaluate({}, functions)
    assert found == time_source.end_of_day(last_day + timedelta(days=number))


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-03-28T09:00:00Z", 1, "2026-03-29T08:00:00Z"),
        ("2026-03-28T01:30:00Z", 1, "2026-03-29T01:30:00Z"),
        ("2026-10-24T00:30:00Z", 1, "2026-10-25T00:30:00Z"),
        ("2026-10-25T01:30:00Z", 0, "2026-10-25T01:30:00Z"),
        ("2026-10-26T09:00:00Z", -1, "2026-10-25T09:00:00Z"),
        ("2026-03-28T09:00:00", 1, "2026-03-29T09:00:00"),
    ],
)
def test_days_added_to_a_moment_keep_the_time_that_clocks_in_wales_show(
    start: str, number: int, end: str
) -> None:
    source = f'add days(date and time("{start}"), {number}) = date and time("{end}")'
    assert feel.compile_expression(source).evaluate({}, _functions_due_at(None)) is True


def test_days_that_no_calendar_holds_give_null() -> None:
    functions = _functions_due_at(None)
    for start in ('date("9999-12-31")', 'date and time("9999-12-31T23:30:00Z")'):
        assert feel.compile_expression(f"add days({start}, 1)").evaluate({}, functions) is None


def _functions_due_at(moment: datetime | None) -> dict[str, Callable[..., Any]]:
    return own_functions(datetime(2026, 1, 1, tzinfo=UTC), lambda key: moment)


def test_length_says_itself_in_both_languages() -> None:
    assert parse_length("P2M").text.cy == "2 fis"
    assert parse_length("P6M").text.cy == "6 mis"
    assert parse_length("P2D").text.cy == "2 ddiwrnod"
    assert parse_length("P12W").text.en == "12 weeks"
    assert parse_length("P1D").text.en == "1 day"
