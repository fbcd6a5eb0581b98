"""Dates that people write in words of either language are read as exactly as they say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spans import Point, Span, days, read_span, say_span, understand

TODAY = date(2026, 11, 27)


def edtf(text: str) -> str:
    heard = understand(text, today=TODAY)
    assert heard.span is not None, heard
    return heard.span.edtf


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9 March 2024", "2024-03-09"),
        ("9 Mawrth 2024", "2024-03-09"),
        ("on 9 March 2024", "2024-03-09"),
        ("Sat 9th March 2024", "2024-03-09"),
        ("25/3/2024", "2024-03-25"),
        ("March 2024", "2024-03"),
        ("Mar 2024", "2024-03"),
        ("mis Mawrth 2024", "2024-03"),
        ("ym Mawrth 2024", "2024-03"),
        ("yng Ngorffennaf 2024", "2024-07"),
        ("yn Nhachwedd 2024", "2024-11"),
        ("in March 2024", "2024-03"),
        ("3/2024", "2024-03"),
        ("sometime in March 2024", "2024-03"),
        ("rhywbryd ym mis Mawrth 2024", "2024-03"),
        ("2023", "2023"),
        ("in 2023", "2023"),
        ("Hydref 2023", "2023-10"),
        ("around March 2024", "2024-03~"),
        ("Around  March, 2024", "2024-03~"),
        ("tua Mawrth 2024", "2024-03~"),
        ("tua mis Mawrth 2024", "2024-03~"),
        ("tua Thachwedd 2024", "2024-11~"),
        ("oddeutu 2023", "2023~"),
        ("c. 2015", "2015~"),
        ("c2015", "2015~"),
        ("circa March 2015", "2015-03~"),
        ("approx 9/3/2024", "2024-03-09~"),
        ("March 2024 (approx.)", "2024-03~"),
        ("2023?", "2023?"),
        ("9 March 2024 (?)", "2024-03-09?"),
        ("possibly 9 March 2024", "2024-03-09?"),
        ("2023, not certain", "2023?"),
        ("efallai Mawrth 2024", "2024-03?"),
        ("Mawrth 2024, heb fod yn sicr", "2024-03?"),
        ("probably around March 2024", "2024-03%"),
        ("3–9 June 2024", "2024-06-03/2024-06-09"),
        ("3-9 June 2024", "2024-06-03/2024-06-09"),
        ("3 - 9 June 2024", "2024-06-03/2024-06-09"),
        ("3 to 9 June 2024", "2024-06-03/2024-06-09"),
        ("3rd to 9th June 2024", "2024-06-03/2024-06-09"),
        ("3 i 9 Mehefin 2024", "2024-06-03/2024-06-09"),
        ("between 3 and 9 June 2024", "2024-06-03/2024-06-09"),
        ("rhwng 3 a 9 Mehefin 2024", "2024-06-03/2024-06-09"),
        ("o 3 i 9 Mehefin 2024", "2024-06-03/2024-06-09"),
        ("30 May - 2 June 2024", "2024-05-30/2024-06-02"),
        ("30/5 - 2/6/2024", "2024-05-30/2024-06-02"),
        ("30/5/2024-2/6/2024", "2024-05-30/2024-06-02"),
        ("2024-05-30 - 2024-06-02", "2024-05-30/2024-06-02"),
        ("March to May 2024", "2024-03/2024-05"),
        ("Mawrth-Mai 2024", "2024-03/2024-05"),
        ("March 2023 to May 2024", "2023-03/2024-05"),
        ("2022 - 2024", "2022/2024"),
        ("2022-2024", "2022/2024"),
        ("from about March to about May 2024", "2024-03~/2024-05~"),
        ("roughly between March and May 2024", "2024-03~/2024-05~"),
        ("from March 2024", "2024-03/.."),
        ("since 9 March 2024", "2024-03-09/.."),
        ("March 2024 onwards", "2024-03/.."),
        ("ers Mawrth 2024", "2024-03/.."),
        ("o Fawrth 2024 ymlaen", "2024-03/.."),
        ("until March 2024", "../2024-03"),
        ("hyd at Dachwedd 2024", "../2024-11"),
        ("9 March 2024 at 14:30", "2024-03-09T14:30"),
        ("9 Mawrth 2024 am 2.30yp", "2024-03-09T14:30"),
        ("about 9 March 2024 at 14:30", "2024-03-09T14:30~"),
        ("2024-03~", "2024-03~"),
    ],
)  # fmt: skip
def test_a_date_is_as_exact_as_its_words(text: str, said: str) -> None:
    assert edtf(text) == said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("early 2023", "vague"),
        ("late March 2024", "vague"),
        ("mid-2023", "vague"),
        ("dechrau 2023", "vague"),
        ("diwedd mis Mawrth 2024", "vague"),
        ("spring 2023", "vague"),
        ("yr hydref 2023", "vague"),
        ("before March 2024", "vague"),
        ("cyn Mawrth 2024", "vague"),
        ("after 9 March 2024", "vague"),
        ("the 1990s", "vague"),
        ("week of 9 March 2024", "vague"),
        ("Christmas 2023", "vague"),
        ("Mar-24", "twoDigits"),
        ("March 24", "twoDigits"),
        ("Mawrth '24", "twoDigits"),
        ("29 February 2023", "noSuchDay"),
        ("29/2/2023", "noSuchDay"),
        ("31 Ebrill 2024", "noSuchDay"),
        ("29 February - 3 March 2023", "noSuchDay"),
        ("9 to 3 June 2024", "backwards"),
        ("2024 - 2022", "backwards"),
        ("30 December - 2 January 2024", "backwards"),
        ("", "type"),
        ("unknown", "type"),
        ("9 March", "type"),
        ("March", "type"),
        ("2023-24", "type"),
        ("3 9 June", "type"),
        ("1066", "type"),
        ("x" * 5_000, "type"),
        ("March 2024" + " " * 200 + "or so, nobody knows", "type"),
        ("9 March 2024 to", "type"),
        ("between March 2024", "type"),
    ],
)
def test_what_may_mean_more_than_one_time_is_not_guessed_but_told_of(text: str, why: str) -> None:
    heard = understand(text, today=TODAY)
    assert (heard.span, heard.why) == (None, why)


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("03/04/2024", (days.EITHER_ORDER,)),
        ("about 03/04/2024", (days.EITHER_ORDER,)),
        ("25/4/2024", ()),
        ("4/25/2024", (days.MONTH_FIRST,)),
        ("9 March 24", (days.SHORT_YEAR,)),
        ("45390", (days.COUNTED,)),
        ("03/04/2024 - 05/04/2024", (days.EITHER_ORDER,)),
        ("9 March 2024 at 14:30 to 10 March 2024", (days.TIME_LEFT_OUT,)),
    ],
)
def test_what_was_read_and_is_doubtful_says_so(text: str, doubts: tuple[str, ...]) -> None:
    heard = understand(text, today=TODAY)
    assert heard.span is not None
    assert heard.doubts == doubts


def test_the_other_dates_of_a_column_settle_which_number_is_the_day() -> None:
    heard = understand("03/04/2024", today=TODAY, order="month")
    assert heard.span == read_span("2024-03-04")
    assert understand("03/04/2024", today=TODAY, order="day").doubts == ()


_POINTS = st.one_of(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(lambda d: Point(d.year, d.month, d.day)),
    st.builds(Point, st.integers(1900, 2199), st.integers(1, 12)),
    st.builds(Point, st.integers(1900, 2199)),
)


@st.composite
def _spans(draw: st.DrawFn) -> Span:
    qualifier = draw(st.sampled_from(["", "?", "~", "%"]))
    start, end = draw(_POINTS), draw(st.one_of(st.none(), _POINTS))
    kind = draw(st.sampled_from(["point", "from", "to", "between"]))
    if kind == "from":
        return Span(start, None, qualifier)
    if kind == "to":
        return Span(None, start, qualifier)
    if kind == "between" and end is not None:
        try:
            return Span(start, end, qualifier)
        except ValueError:
            pass
    time = draw(st.sampled_from(["", "00:00", "09:05", "14:30"])) if start.day else ""
    return Span(start, start, qualifier, time)


@given(_spans(), st.sampled_from(["en", "cy"]))
def test_what_is_said_in_either_language_is_understood_again(span: Span, language: str) -> None:
    assert understand(say_span(span).say(language), today=TODAY).span == span
    assert read_span(span.edtf) == span


@given(st.text(max_size=140))
def test_whatever_is_typed_is_understood_or_refused_and_breaks_nothing(text: str) -> None:
    heard = understand(text, today=TODAY)
    assert (heard.span is None) == bool(heard.why)
