"""The examples of the DMN standard: what expressions mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import Months, Range, Value, compile_expression, compile_unary_tests

NAMES: dict[str, Any] = {
    "yes": True,
    "no": False,
    "unknown": None,
    "amount": Decimal(10),
    "text": "consent",
    "day": date(2026, 5, 1),
    "numbers": [Decimal(1), Decimal(2), Decimal(3)],
    "people": [
        {"name": "first", "age": Decimal(40), "agency": {"key": "police"}},
        {"name": "second", "age": Decimal(30), "agency": {"key": "health"}},
    ],
    "python_int": 7,
}


def value_of(source: str) -> Value:
    return compile_expression(source).evaluate(NAMES)


def same(value: Value, expected: object) -> bool:
    """Compare strictly, so that true is not 1 and a moment is not a day."""
    return type(value) is type(expected) and value == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("10 - 4 - 3", Decimal(3)),
        ("2 ** 3 ** 2", Decimal(64)),
        ("-3 ** 2", Decimal(9)),
        ("7 / 2", Decimal("3.5")),
        ("1 / 3", Decimal("0." + "3" * 34)),
        (".5 + 1.5e1", Decimal("15.5")),
        ("1 / 0", None),
        ("1 ** 1e12", None),
        ("1 + null", None),
        ('1 + "1"', None),
        ('"a" + "b"', "ab"),
        ('"a" - "b"', None),
        ("true + true", None),
        ("python_int + 1", Decimal(8)),
        ('"tab\\t \\"q\\" \\u0041 \\uD83D\\uDC0E \\\\"', 'tab\t "q" A 🐎 \\'),
        ("1 // remark\n + /* another */ 1", Decimal(2)),
        ("= 1 + 1", Decimal(2)),
    ],
)
def test_arithmetic_and_literals_follow_the_standard(source: str, expected: object) -> None:
    assert same(value_of(source), expected)


TRUTH = {"true": True, "false": False, "null": None, '"other"': None}


@pytest.mark.parametrize("left", TRUTH)
@pytest.mark.parametrize("right", TRUTH)
def test_logic_has_three_values(left: str, right: str) -> None:
    a, b = TRUTH[left], TRUTH[right]
    conjunction = False if a is False or b is False else True if a and b else None
    disjunction = True if a is True or b is True else None if None in (a, b) else False
    assert value_of(f"{left} and {right}") is conjunction
    assert value_of(f"{left} or {right}") is disjunction


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("not(true)", False),
        ("not(false)", True),
        ("not(null)", None),
        ('not("a")', None),
        ("1 = 1.0", True),
        ('1 = "1"', None),
        ('1 != "1"', None),
        ("null = null", True),
        ("unknown = 1", False),
        ("unknown != 1", True),
        ("unknown < 1", None),
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('1 < "b"', None),
        ("true < false", None),
        ("[1, 2] = [1, 2]", True),
        ("[1, 2] = [2, 1]", False),
        ('[1, "a"] = [1, 2]', None),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("{a: 1} = {b: 1}", False),
        ("[1..2] = [1..2]", True),
        ("[1..2] = [1..2)", False),
        ("amount between 10 and 12 and yes", True),
        ("amount between null and 12", None),
        ("amount between null and 5", False),
        ("amount in [1..10]", True),
        ("amount in [1..10)", False),
        ("amount in ]10..20]", False),
        ("amount in ]9..11[", True),
        ("amount in (9..11)", True),
        ("amount in (1, 2, > 9)", True),
        ("amount in (< 5)", False),
        ("amount in [1, 2]", False),
        ("amount in [[1..5], [9..11]]", True),
        ("amount in > 9 and no", False),
        ('text in ("consent", "refusal")', True),
        ('unknown in ("a", "b")', False),
        ("unknown in (null)", True),
        ("unknown in [1..2]", None),
        ("amount in (? > 9, ? < 2)", True),
        ("if yes then 1 else 2", Decimal(1)),
        ("if unknown then 1 else 2", Decimal(2)),
        ("if no then 1 else 2 + 3", Decimal(5)),
        ("not(unknown = null) or yes", True),
    ],
)
def test_comparisons_follow_the_standard(source: str, expected: object) -> None:
    assert same(value_of(source), expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("numbers[1]", Decimal(1)),
        ("numbers[-1]", Decimal(3)),
        ("numbers[0]", None),
        ("numbers[4]", None),
        ("numbers[python_int - 5]", Decimal(2)),
        ("numbers[item > 1]", [Decimal(2), Decimal(3)]),
        ("amount[item > 1]", [Decimal(10)]),
        ("amount[1]", Decimal(10)),
        ("unknown[item > 1]", []),
        ("unknown[1]", None),
        ("people[age > 35].name", ["first"]),
        ("people[item.age > 35][1].name", "first"),
        ("people.agency.key", ["police", "health"]),
        ("people[amount > 5].age", [Decimal(40), Decimal(30)]),
        ("people[name = text]", []),
        ("people[1].missing", None),
        ("text.missing", None),
        ("{a: 1, b: a + 1}.b", Decimal(2)),
        ('{"two words": 1}', {"two words": Decimal(1)}),
        ("{amount: 1, b: {c: amount}}.b.c", Decimal(1)),
        ("{}", {}),
        ("[[]]", [[]]),
        ("[[1, 2], [3]][2][1]", Decimal(3)),
        ("for x in numbers return x * 2", [Decimal(2), Decimal(4), Decimal(6)]),
        ("for x in 3..1 return x", [Decimal(3), Decimal(2), Decimal(1)]),
        ("for x in [1..3) return x", [Decimal(1), Decimal(2)]),
        ("for x in [[1], [2, 3]], y in x return y", [Decimal(1), Decimal(2), Decimal(3)]),
        ("for x in unknown return x", None),
        ("for x in 1..4 return if x = 1 then 1 else x * partial[-1]", [1, 2, 6, 24]),
        ("for x in 1..3 return count(partial)", [0, 1, 2]),
        ("(for x in 1..2 return partial)[2]", [[]]),
        ('for d in day..@"2026-05-02" return d.day', [Decimal(1), Decimal(2)]),
        ("for p in people, n in 1..1 return p.name", ["first", "second"]),
        ("some x in numbers satisfies x > 2", True),
        ("some x in [] satisfies x > 2", False),
        ("some x in [1, null] satisfies x > 2", None),
        ("every x in numbers satisfies x > 0", True),
        ("every x in [] satisfies x > 2", True),
        ("every x in [1, null] satisfies x > 0", None),
        ("every x in unknown satisfies x", None),
        ("some p in people satisfies some q in people satisfies p.age > q.age", True),
        ("[for x in [1, 2] return x + amount][1]", [Decimal(11), Decimal(12)]),
    ],
)
def test_lists_contexts_and_loops_follow_the_standard(source: str, expected: object) -> None:
    assert same(value_of(source), expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('@"2028-01-31" + @"P1M"', date(2028, 2, 29)),
        ('@"2026-03-31" - @"P1M"', date(2026, 2, 28)),
        ('@"2024-02-29" + @"P1Y"', date(2025, 2, 28)),
        ('@"P1M" + @"2026-01-31"', date(2026, 2, 28)),
        ('@"2026-01-31" + @"P6M" + @"P1D"', date(2026, 8, 1)),
        ('@"2026-05-01" + @"P14D"', date(2026, 5, 15)),
        ('@"2026-05-01" - @"PT1H"', date(2026, 4, 30)),
        ('@"2026-03-31" - @"2026-01-01"', timedelta(days=89)),
        ('@"9999-12-31" + @"P1D"', None),
        ('@"2026-05-01T10:00:00" + @"PT15H"', datetime(2026, 5, 2, 1)),  # noqa: DTZ001
        ('@"2026-05-01T10:00:00Z" - @"2026-05-01T10:00:00+01:00"', timedelta(hours=1)),
        ('@"2026-05-01T10:00:00" = @"2026-05-01T09:00:00Z"', True),
        ('@"2026-05-01T10:00:00" < @"2026-05-01"', None),
        ('@"23:30:00" + @"PT1H"', time(0, 30)),
        ('@"23:30:00" - @"22:00:00"', timedelta(minutes=90)),
        ('@"P1Y" + @"P2M"', Months(14)),
        ('@"P1Y" + @"P2D"', None),
        ('@"P2D" * 3', timedelta(days=6)),
        ('3 * @"P1M"', Months(3)),
        ('@"P1Y" / 5', Months(2)),
        ('@"P1D" / @"PT6H"', Decimal(4)),
        ('@"P1D" / @"PT0S"', None),
        ('-@"P1D"', timedelta(days=-1)),
        ('-@"2026-05-01"', None),
        ("day.year", Decimal(2026)),
        ("day.month", Decimal(5)),
        ("day.weekday", Decimal(5)),
        ('@"10:30:15.5".second', Decimal("15.5")),
        ('@"2026-05-01T10:30:00+01:00".time offset', timedelta(hours=1)),
        ('@"2026-05-01T10:30:00@Europe/London".timezone', "Europe/London"),
        ('@"P1Y2M".years', Decimal(1)),
        ('@"-P1Y2M".months', Decimal(-2)),
        ('@"P1DT2H".hours', Decimal(2)),
        ('(-@"P1DT2H").days', Decimal(-1)),
        ("[1..5).end included", False),
        ("(1..5).start", Decimal(1)),
        ('@"2026-05-01" in [day..day + @"P1M"]', True),
        ('[@"2026-01-01"..@"2026-12-31"]', Range(date(2026, 1, 1), date(2026, 12, 31))),
        ('[1.."a"]', None),
    ],
)
def test_days_times_and_durations_follow_the_standard(source: str, expected: object) -> None:
    assert same(value_of(source), expected)


def test_a_duration_is_added_on_the_clock_of_the_world_where_a_zone_is_named() -> None:
    moment = value_of('@"2026-03-29T00:30:00@Europe/London" + @"PT1H"')
    assert moment.hour == 2
    assert moment.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 instance of number", True),
        ("1 instance of string", False),
        ("null instance of Any", False),
        ("null instance of string", False),
        ("[1] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("[[1]] instance of list<list<number>>", True),
        ("{a: 1} instance of context<a: number>", True),
        ("{a: 1} instance of context<b: number>", False),
        ("[1..2] instance of range<number>", True),
        ("day instance of date", True),
        ('@"2026-05-01T10:00:00" instance of date and time', True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1M" instance of years and months duration and yes', True),
    ],
)
def test_types_are_told_apart(source: str, expected: bool) -> None:
    assert value_of(source) is expected


@pytest.mark.parametrize(
    ("tests", "value", "expected"),
    [
        ("-", None, True),
        ("5", Decimal(5), True),
        ("5", None, False),
        ("null", None, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a")', None, True),
        ("< 5", Decimal(4), True),
        ("< 5", None, None),
        ("not(< 5)", None, None),
        ("= 5", Decimal(5), True),
        ("[1..5], > 10", Decimal(11), True),
        ("? > 3 and ? < 5", Decimal(4), True),
        ("not(? > 3)", Decimal(4), False),
        ("? in [1..5]", Decimal(9), False),
        ("true", False, False),
        ("true", True, True),
        ("false", False, True),
        ("true", None, False),
        ("amount", Decimal(10), True),
        ("numbers", Decimal(2), True),
        ("amount > 5", "anything", True),
        ("-5", Decimal(-5), True),
        ("list contains(numbers, ?)", Decimal(3), True),
        ('starts with(?, "con")', "consent", True),
    ],
)
def test_unary_tests_follow_the_standard(tests: str, value: object, expected: object) -> None:
    assert compile_unary_tests(tests).test(value, NAMES) is expected
