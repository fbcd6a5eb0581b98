"""Values on their way into JSON and out of forms."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.feel import Months, Range, convert, from_json, parse_duration, parse_time, to_json
from engine.feel.temporal import format_duration, format_time

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        ("text", "text"),
        (Decimal("1.50"), {"number": "1.50"}),
        (3, {"number": "3"}),
        (date(2026, 5, 1), {"date": "2026-05-01"}),
        (time(10, 30), {"time": "10:30:00"}),
        (datetime(2026, 5, 1, 9, tzinfo=UTC), {"date and time": "2026-05-01T09:00:00Z"}),
        (Months(14), {"years and months duration": "P1Y2M"}),
        (timedelta(days=-1), {"days and time duration": "-P1D"}),
        ([None, Decimal(1)], [None, {"number": "1"}]),
        ({"date": "x"}, {"context": {"date": "x"}}),
        (Range(Decimal(1), None, False, True), {"range": [{"number": "1"}, None, False, True]}),
    ],
)
def test_a_value_is_written_as_json_that_names_its_type(value: object, expected: object) -> None:
    written = to_json(value)
    assert written == expected
    assert from_json(json.loads(json.dumps(written))) == value


@pytest.mark.parametrize("fold", [0, 1])
def test_both_hours_when_the_clocks_go_back_survive(fold: int) -> None:
    moment = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=fold)
    read = from_json(to_json(moment))
    assert read.utcoffset() == moment.utcoffset()
    assert read.tzinfo == LONDON


@pytest.mark.parametrize(
    "source",
    [
        1,
        1.5,
        {},
        {"number": "x"},
        {"number": 1.5},
        {"number": "NaN"},
        {"date": 5},
        {"date and time": []},
        {"range": [1]},
        {"context": []},
        {"class": "x"},
        {"a": 1, "b": 2},
    ],
)
def test_json_of_another_shape_is_refused(source: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_json(source)


@pytest.mark.parametrize(
    ("value", "feel_type", "expected"),
    [
        ("", "string", None),
        (5, "string", "5"),
        ("5.50", "number", Decimal("5.50")),
        (5.5, "number", Decimal("5.5")),
        ("five", "number", None),
        ("NaN", "number", None),
        ("1_0", "number", None),
        ("yes", "boolean", True),
        ("false", "boolean", False),
        ("perhaps", "boolean", None),
        ("2026-05-01", "date", date(2026, 5, 1)),
        ("2026-05", "date", None),
        (datetime(2026, 5, 1, 10, tzinfo=UTC), "date", date(2026, 5, 1)),
        ("14:30", "time", time(14, 30)),
        ("14:30:15", "time", time(14, 30, 15)),
        ("2026-05-01T14:30", "date and time", datetime(2026, 5, 1, 14, 30)),  # noqa: DTZ001
        ("2026-05-01", "date and time", datetime(2026, 5, 1)),  # noqa: DTZ001
        ("P6M", "years and months duration", Months(6)),
        ("P6M", "days and time duration", None),
        ("one", "list", ["one"]),
        ([1], "list", [Decimal(1)]),
        ({"a": 1}, "context", {"a": Decimal(1)}),
        ("a", "context", None),
        (None, "list", None),
    ],
)
def test_what_a_form_holds_becomes_a_value_of_its_type(
    value: object, feel_type: str, expected: object
) -> None:
    result = convert(value, feel_type)
    assert type(result) is type(expected)
    assert result == expected


def test_a_type_that_does_not_exist_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="integer"):
        convert(1, "integer")


@pytest.mark.parametrize("text", ["PT0S", "P1DT2H3M4.5S", "-P1D", "PT90S", "P0M", "-P1Y2M"])
def test_durations_are_written_as_they_are_read(text: str) -> None:
    length = parse_duration(text)
    assert length is not None
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize("text", ["10:30:00", "10:30:00.25", "10:30:00Z", "10:30:00-05:30"])
def test_times_are_written_as_they_are_read(text: str) -> None:
    moment = parse_time(text)
    assert moment is not None
    assert format_time(moment).rstrip("0") == text.rstrip("0")
