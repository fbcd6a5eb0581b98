from __future__ import annotations

from datetime import date

import pytest

from engine.spans import Point, Span, overlaps, read_span, say_span, sort_key


def span(edtf: str) -> Span:
    found = read_span(edtf)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("2024-03-09", date(2024, 3, 9), date(2024, 3, 9)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-06-03/2024-06-09", date(2024, 6, 3), date(2024, 6, 9)),
        ("2023/2024-02", date(2023, 1, 1), date(2024, 2, 29)),
        ("2024-03/..", date(2024, 3, 1), None),
        ("../2024-03", None, date(2024, 3, 31)),
        ("2024-06-03T14:30", date(2024, 6, 3), date(2024, 6, 3)),
    ],
)
def test_a_span_lies_between_the_first_and_the_last_day_on_which_it_may_have_been(
    edtf: str, earliest: date | None, latest: date | None
) -> None:
    assert (span(edtf).earliest, span(edtf).latest) == (earliest, latest)
    assert span(edtf).edtf == edtf


@pytest.mark.parametrize("qualifier", ["~", "?", "%"])
@pytest.mark.parametrize("edtf", ["2024-03-09", "2024-03", "2024", "2024-06-03T14:30"])
def test_how_sure_a_span_is_widens_nothing_and_is_kept(edtf: str, qualifier: str) -> None:
    doubtful = span(edtf + qualifier)
    assert doubtful.qualifier == qualifier
    assert doubtful.edtf == edtf + qualifier
    assert (doubtful.earliest, doubtful.latest) == (span(edtf).earliest, span(edtf).latest)
    assert not doubtful.is_exact


def test_what_is_said_of_either_end_holds_for_the_whole_span() -> None:
    assert span("2024-03~/2024-05").edtf == "2024-03~/2024-05~"
    assert span("2024-03~/2024-05?").edtf == "2024-03%/2024-05%"
    assert span("2024-03%/..").edtf == "2024-03%/.."


def test_an_end_that_is_not_known_and_one_that_is_open_are_the_same() -> None:
    assert span("2024-03/") == span("2024-03/..")
    assert span("/2024-03") == span("../2024-03")


def test_a_span_from_a_day_to_the_same_day_is_that_day() -> None:
    assert span("2024-03-09/2024-03-09") == span("2024-03-09")


@pytest.mark.parametrize(
    "text",
    [
        "", "..", "../..", "/", "2024-13", "2024-02-30", "2024-00", "2024-03-00", "24-03-09",
        "2024-3-9", "2024-06-09/2024-06-03", "2024-06-15/2024-06", "2024/2025/2026", "1899", "2200",
        "2024-06-03T24:00", "2024-06T14:30", "2024-21", "202X", "2024-03-09 ", "March 2024",
        "2024-06-03T14:30/2024-06-04",
    ],
)  # fmt: skip
def test_what_is_no_span_is_not_read(text: str) -> None:
    assert read_span(text) is None


def test_a_span_cannot_be_made_that_cannot_be_written() -> None:
    june = Point(2024, 6)
    with pytest.raises(ValueError, match="backwards"):
        Span(june, Point(2024, 5))
    with pytest.raises(ValueError, match="time"):
        Span(june, june, time="14:30")
    with pytest.raises(ValueError, match="both ends"):
        Span(None, None)
    with pytest.raises(ValueError, match="no such point"):
        Point(2024, 0, 3)


def test_spans_stand_in_order_of_their_first_day_and_the_exact_before_the_vague() -> None:
    in_order = [
        "../2024-03-01",
        "2024-01-01T00:00",
        "2024-01-01T09:00",
        "2024-01-01",
        "2024-01-01?",
        "2024-01-01~",
        "2024-01",
        "2024",
        "2024-01-02",
        "2024-03-01",
        "2024-03-01/2024-03-09",
        "2024-03",
        "2024-03~",
        "2024-03/..",
        "2024-03-02",
    ]
    mixed = in_order[::-1]
    assert sorted(mixed, key=lambda edtf: sort_key(span(edtf))) == in_order


def test_a_time_belongs_to_a_day_only() -> None:
    assert span("2024-03-09~").at("14:30").edtf == "2024-03-09T14:30~"
    assert span("2024-03").at("14:30") == span("2024-03")
    assert span("2024-03-09").at("") == span("2024-03-09")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2024-03-09", "2024-03-09", True),
        ("2024-03-09", "2024-03-10", False),
        ("2024-03", "2024-03-31", True),
        ("2024-03", "2024-04-01", False),
        ("2024-03-01/2024-03-09", "2024-03-09/2024-03-12", True),
        ("2024-03/..", "2031", True),
        ("../2024-03", "2024-04", False),
        ("../2024-03", "2024-03/..", True),
    ],
)
def test_spans_overlap_where_both_may_have_been_on_one_day(
    one: str, other: str, together: bool
) -> None:
    assert overlaps(span(one), span(other)) is together
    assert overlaps(span(other), span(one)) is together


@pytest.mark.parametrize(
    ("edtf", "en", "cy"),
    [
        ("2024-06-03", "3 June 2024", "3 Mehefin 2024"),
        ("2024-06-03T14:30", "3 June 2024 at 14:30", "3 Mehefin 2024 am 14:30"),
        ("2024-03~", "about March 2024", "tua Mawrth 2024"),
        ("2024-11~", "about November 2024", "tua Thachwedd 2024"),
        ("2024-06-03~", "about 3 June 2024", "tua 3 Mehefin 2024"),
        ("2023?", "2023, not certain", "2023, heb fod yn sicr"),
        ("2023%", "about 2023, not certain", "tua 2023, heb fod yn sicr"),
        (
            "2024-06-03T14:30?",
            "3 June 2024 at 14:30, not certain",
            "3 Mehefin 2024 am 14:30, heb fod yn sicr",
        ),
        ("2024-06-03/2024-06-09", "between 3 and 9 June 2024", "rhwng 3 a 9 Mehefin 2024"),
        ("2024-06-03/2024-06-08", "between 3 and 8 June 2024", "rhwng 3 ac 8 Mehefin 2024"),
        ("2024-03/2024-04", "between March and April 2024", "rhwng Mawrth ac Ebrill 2024"),
        ("2024-03/2024-11", "between March and November 2024", "rhwng Mawrth a Thachwedd 2024"),
        (
            "2024-03-30/2024-04-02",
            "between 30 March and 2 April 2024",
            "rhwng 30 Mawrth a 2 Ebrill 2024",
        ),
        ("2023/2024", "between 2023 and 2024", "rhwng 2023 a 2024"),
        (
            "2023-12/2024-01-05",
            "between December 2023 and 5 January 2024",
            "rhwng Rhagfyr 2023 a 5 Ionawr 2024",
        ),
        ("2024-06/2024-06-30", "between June 2024 and 30 June 2024",
         "rhwng Mehefin 2024 a 30 Mehefin 2024"),
        ("2024-03~/2024-05~", "roughly between March and May 2024",
         "yn fras rhwng Mawrth a Mai 2024"),
        ("2024-03/..", "from March 2024 on", "o Fawrth 2024 ymlaen"),
        ("../2024-11", "up to November 2024", "hyd at Dachwedd 2024"),
        (
            "../2024-11?",
            "up to November 2024, not certain",
            "hyd at Dachwedd 2024, heb fod yn sicr",
        ),
    ],
)  # fmt: skip
def test_a_span_is_said_in_plain_words_of_both_languages(edtf: str, en: str, cy: str) -> None:
    said = say_span(span(edtf))
    assert (said.en, said.cy) == (en, cy)
