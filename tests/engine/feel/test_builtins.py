"""The functions of the language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from engine.feel import Months, compile_expression
from engine.feel.builtins import BUILTINS

_D = Decimal
CASES: list[tuple[str, object]] = [
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 0)', None),
    ('substring(string: "foobar", start position: 3)', "obar"),
    ('string length("🐎a")', _D(2)),
    ('upper case("aŵ")', "AŴ"),
    ('lower case("Aŵ")', "aŵ"),
    ('trim("  a ")', "a"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring before("foobar", "xyz")', ""),
    ('substring after("foobar", "ob")', "ar"),
    ('contains("foobar", "ob")', True),
    ('contains("foobar", null)', None),
    ('starts with("foobar", "fo")', True),
    ('ends with("foobar", "r")', True),
    ('matches("foobar", "^fo*b")', True),
    ('matches("FOO", "^f", "i")', True),
    ('matches("a\\nb", "^b$", "m")', True),
    ('matches("foo", "[" + "")', None),
    ('matches("foo", text)', None),
    ('replace("abcd", "(b)(c)", "$2$1")', "acbd"),
    ('replace("aaa", "a", "b")', "bbb"),
    ('replace("aaa", "a*?", "b")', None),
    ('split("a; b;;c", ";\\\\s*")', ["a", "b", "", "c"]),
    ('string join(["a", null, "b"], ", ")', "a, b"),
    ('string join(["a", 1], ", ")', None),
    ("list contains([1, null], null)", True),
    ("list contains(1, 1)", True),
    ("count([1, 2, null])", _D(3)),
    ("count([])", _D(0)),
    ("count(null)", None),
    ("min(3, 1, 2)", _D(1)),
    ('max(["a", "c", "b"])', "c"),
    ('min(1, "a")', None),
    ("min([])", None),
    ("max(1, null)", None),
    ("sum([1, 2.5])", _D("3.5")),
    ("sum([])", None),
    ('sum(1, "2")', None),
    ("mean(1, 2, 6)", _D(3)),
    ("median(8, 2, 5, 3, 4)", _D(4)),
    ("median([6, 1, 2, 3])", _D("2.5")),
    ("stddev(2, 4, 7, 5)", _D("2.081665999466132735282297706979931")),
    ("stddev([1])", None),
    ("mode(6, 3, 9, 6, 6)", [_D(6)]),
    ("mode([])", []),
    ("product(2, 3, 4)", _D(24)),
    ("all([true, null])", None),
    ("all([true, false, null])", False),
    ("all([])", True),
    ("any(false, null)", None),
    ("any([])", False),
    ("all(null)", None),
    ("sublist([4, 5, 6], 1, 2)", [_D(4), _D(5)]),
    ("sublist([4, 5, 6], -1)", [_D(6)]),
    ("append([1], null)", [_D(1), None]),
    ("append([1], 2, [3])", [_D(1), _D(2), [_D(3)]]),
    ("append(list: [1], item: 2)", [_D(1), _D(2)]),
    ("append(null, 1)", None),
    ('string(@"10:30:00.50")', "10:30:00.5"),
    ('string(@"2026-05-01T10:30:00.25Z")', "2026-05-01T10:30:00.25Z"),
    ("concatenate([1], [2, 3], 4)", [_D(1), _D(2), _D(3), _D(4)]),
    ("insert before([1, 3], 2, 2)", [_D(1), _D(2), _D(3)]),
    ("insert before([1, 3], 4, 2)", None),
    ("remove([1, 2, 3], 2)", [_D(1), _D(3)]),
    ("list replace([1, 2], -1, 9)", [_D(1), _D(9)]),
    ("reverse([1, 2])", [_D(2), _D(1)]),
    ("index of([1, 2, 3, 2], 2)", [_D(2), _D(4)]),
    ("union([1, 2], [2, 3])", [_D(1), _D(2), _D(3)]),
    ("distinct values([1, 2.0, 2, null, null])", [_D(1), _D(2), None]),
    ("flatten([[1, [2]], [[3]], 4])", [_D(1), _D(2), _D(3), _D(4)]),
    ('sort by([{a: 2}, {b: 1}, {a: 1}], ["a"])', [{"a": _D(1)}, {"a": _D(2)}, {"b": _D(1)}]),
    ('sort by([{a: 1, b: 2}, {a: 1, b: 1}], ["a", "b"]).b', [_D(1), _D(2)]),
    ('sort by([{a: 1}, {a: "x"}], ["a"])', None),
    ('number("1 000,5", " ", ",")', _D("1000.5")),
    ('number("1x")', None),
    ('number("1", ".", ".")', None),
    ("string(1.50)", "1.5"),
    ("string(null)", None),
    ('string([1, "a", {b: @"P1Y"}, null, true])', '[1, "a", {b: P1Y}, null, true]'),
    ('string(@"2026-05-01T10:00:00Z")', "2026-05-01T10:00:00Z"),
    ("string((1..5])", "(1..5]"),
    ("decimal(1/3, 2)", _D("0.33")),
    ("decimal(2.5, 0)", _D(2)),
    ("floor(-1.5)", _D(-2)),
    ("ceiling(-1.5)", _D(-1)),
    ("floor(1.56, 1)", _D("1.5")),
    ("round up(-5.1, 0)", _D(-6)),
    ("round down(-5.9, 0)", _D(-5)),
    ("round half up(5.5, 0)", _D(6)),
    ("round half down(5.5, 0)", _D(5)),
    ("round half up(5, 99999)", None),
    ("abs(-10)", _D(10)),
    ('abs(@"-P1M")', Months(1)),
    ("modulo(-12, 5)", _D(3)),
    ("modulo(12, -5)", _D(-3)),
    ("modulo(12, 0)", None),
    ("sqrt(16)", _D(4)),
    ("sqrt(-1)", None),
    ("log(0)", None),
    ("exp(0)", _D(1)),
    ("odd(-3)", True),
    ("even(5)", False),
    ("even(5.5)", None),
    ('date("2026-02-29")', None),
    ("date(2026, 5, 1)", dt.date(2026, 5, 1)),
    ("date(2026, 13, 1)", None),
    ('date(date and time("2026-05-01T10:00:00"))', dt.date(2026, 5, 1)),
    ('time("10:30:00")', dt.time(10, 30)),
    ("time(10, 30, 0)", dt.time(10, 30)),
    ('time("25:00:00")', None),
    ('date and time("2026-05-01")', dt.datetime(2026, 5, 1)),  # noqa: DTZ001
    ('date and time(@"2026-05-01", @"10:30:00")', dt.datetime(2026, 5, 1, 10, 30)),  # noqa: DTZ001
    ('date and time("2026-05-01T10:00:00@No/Where")', None),
    ('duration("P1Y2M")', Months(14)),
    ('duration("P1Y2D")', None),
    ('duration("P")', None),
    ('years and months duration(@"2026-01-31", @"2026-03-30")', Months(1)),
    ('years and months duration(@"2026-03-31", @"2026-01-31")', Months(-2)),
    ('day of year(@"2026-02-01")', _D(32)),
    ('day of week(@"2026-05-01")', "Friday"),
    ('month of year(@"2026-05-01")', "May"),
    ('week of year(@"2027-01-01")', _D(53)),
    ('last day of month(@"2028-02-01")', _D(29)),
    ('get value({a: 1}, "a")', _D(1)),
    ('get value({a: {b: 2}}, ["a", "b"])', _D(2)),
    ("get value({a: 1}, 1)", None),
    ("get entries({a: 1})", [{"key": "a", "value": _D(1)}]),
    ('context put({a: 1}, "b", 2)', {"a": _D(1), "b": _D(2)}),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": _D(2)}}),
    ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": _D(2), "b": _D(3)}),
    ('context([{key: "a", value: 1}])', {"a": _D(1)}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
    ('is(@"2026-05-01T10:00:00", @"2026-05-01T09:00:00Z")', False),
    ("is(1, true)", False),
    ("before(1, 10)", True),
    ("before([1..5), 5)", True),
    ("before([1..5], [5..6])", False),
    ("after(10, [1..5])", True),
    ("meets([1..5], [5..10])", True),
    ("meets([1..5), [5..10])", False),
    ("met by([5..10], [1..5])", True),
    ("overlaps([1..5], [5..8])", True),
    ("overlaps([1..5), [5..8])", False),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps before([3..8], [1..5])", False),
    ("overlaps after([3..8], [1..5])", True),
    ("finishes(5, [1..5])", True),
    ("finishes(5, [1..5))", False),
    ("finished by([1..5], 5)", True),
    ("includes([1..10], [4..6])", True),
    ("includes([1..5), 5)", False),
    ("during(5, [1..10])", True),
    ("starts(1, [1..10])", True),
    ("started by([1..10], [1..5))", True),
    ("coincides([1..5], [1..5])", True),
    ("coincides(3, 4)", False),
    ('before(1, "a")', None),
    ("includes(5, 5)", None),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_functions_follow_the_standard(source: str, expected: object) -> None:
    value = compile_expression(source).evaluate({})
    assert type(value) is type(expected)
    assert value == expected


def test_every_function_has_an_example() -> None:
    assert not [name for name in BUILTINS if not any(f"{name}(" in case for case, _ in CASES)]


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_no_function_fails_on_arguments_of_any_type(name: str) -> None:
    values = ["null", "1", "-1.5", '"a"', "true", "[]", "[1, [null]]", "{a: 1}", "[1..2]"]
    values += ['@"2026-05-01"', '@"9999-12-31T23:59:59Z"', '@"10:00:00"', '@"P1D"', '@"P9M"']
    for signature in BUILTINS[name]:
        count = len(signature.parameters)
        for first in values:
            for second in values[: 14 if count > 1 else 1]:
                arguments = ", ".join([first, second, first, second][:count])
                compile_expression(f"{name}({arguments})").evaluate({})
