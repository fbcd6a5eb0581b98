"""What holds for every expression and every value."""

from __future__ import annotations

import contextlib
import decimal
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import (
    FeelError,
    FeelTooMuch,
    Months,
    Range,
    compile_expression,
    compile_unary_tests,
    from_json,
    to_json,
)

EXACT = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN)
MODEST = settings(max_examples=80, derandomize=True, deadline=None)

numbers = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-9999, max_value=9999
)
points = st.one_of(numbers, st.dates())
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    st.text(max_size=5),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.integers(-999, 999).map(Months),
    st.timedeltas(min_value=timedelta(days=-9999), max_value=timedelta(days=9999)),
    st.builds(Range, points, points, st.booleans(), st.booleans()),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)

atoms = st.sampled_from(
    [
        "1",
        "-2.5",
        '"a"',
        "true",
        "false",
        "null",
        "x",
        "xs",
        "row",
        "day",
        "[]",
        "[1, 2]",
        "{a: 1}",
        '@"2026-01-31"',
        '@"2026-01-31T10:00:00Z"',
        '@"10:00:00"',
        '@"P1M"',
        '@"P1DT1H"',
        "[1..3]",
        'date("2026-05-01")',
        "today()",
        '@"2026-01-31T10:00:00@Europe/London"',
    ]
)
shapes = st.sampled_from(
    [
        "({0} + {1})",
        "({0} - {1})",
        "({0} * {1})",
        "({0} / {1})",
        "({0} ** {1})",
        "(-{0})",
        "({0} = {1})",
        "({0} < {1})",
        "({0} and {1})",
        "({0} or {1})",
        "not({0})",
        "({0} between {1} and {2})",
        "({0} in ({1}, > {2}))",
        "({0} in [{1}..{2}))",
        "(if {0} then {1} else {2})",
        "(for i in {0} return {1})",
        "(for i in {0}..{1} return i)",
        "(some i in {0} satisfies {1})",
        "(every i in {0} satisfies i = {1})",
        "{0}[item = {1}]",
        "{0}[{1}]",
        "{0}[a > {1}]",
        "{0}.a",
        "{0}.year",
        "{0}.days",
        "[{0}, {1}]",
        "[{0}..{1}]",
        '{{a: {0}, "b c": {1}}}',
        "({0} instance of list<number>)",
        "count({0})",
        "sum({0}, {1})",
        "min({0}, {1})",
        "string({0})",
        "abs({0})",
        "flatten({0})",
        "substring({0}, {1}, {2})",
        "replace({0}, {1}, {2})",
        "string join({0}, {1})",
        "date({0})",
        "date({0}, {1}, {2})",
        "date and time({0}, {1})",
        "duration({0})",
        "years and months duration({0}, {1})",
        "before({0}, {1})",
        "overlaps({0}, {1})",
        "decimal({0}, {1})",
        "modulo({0}, {1})",
        "context put({0}, {1}, {2})",
        "is({0}, {1})",
    ]
)
expressions = st.recursive(
    atoms,
    lambda inner: st.builds(
        lambda shape, a, b, c: shape.format(a, b, c), shapes, inner, inner, inner
    ),
    max_leaves=12,
)
NAMES: dict[str, Any] = {"x": 3, "xs": [1, None, "a"], "row": {"a": [1], "year": 2}, "day": None}


@MODEST
@given(values)
def test_every_value_survives_json(value: object) -> None:
    read = from_json(json.loads(json.dumps(to_json(value))))
    assert type(read) is type(value)
    assert to_json(read) == to_json(value)
    if "Range" not in repr(value):
        assert repr(read) == repr(value) or read == value


@MODEST
@given(numbers, numbers, st.sampled_from("+-*/"))
def test_arithmetic_agrees_with_decimals(left: Decimal, right: Decimal, sign: str) -> None:
    result = compile_expression(f"a {sign} b").evaluate({"a": left, "b": right})
    if sign == "/" and right == 0:
        assert result is None
        return
    reckon = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide}[sign]
    assert result == reckon(left, right)


@MODEST
@given(*[st.sampled_from([True, False, None])] * 3)
def test_the_laws_of_three_valued_logic_hold(a: object, b: object, c: object) -> None:
    names = {"a": a, "b": b, "c": c}

    def same(left: str, right: str) -> bool:
        first, second = compile_expression(left), compile_expression(right)
        return first.evaluate(names) is second.evaluate(names)

    assert same("a and b", "b and a")
    assert same("(a or b) or c", "a or (b or c)")
    assert same("not(a and b)", "not(a) or not(b)")
    assert same("a and (b or c)", "(a and b) or (a and c)")
    assert same("not(not(a and true))", "a and true")


@MODEST
@given(
    st.one_of(st.text(max_size=60), st.lists(atoms | shapes | st.text(max_size=3)).map(" ".join))
)
def test_reading_any_text_raises_nothing_but_feel_errors(source: str) -> None:
    for compile_text in (compile_expression, compile_unary_tests):
        with contextlib.suppress(FeelError):
            compile_text(source)


@settings(MODEST, max_examples=300)
@given(expressions, st.booleans())
def test_evaluating_raises_nothing_but_too_much(source: str, whole: bool) -> None:
    try:
        expression = compile_expression(source)
    except FeelError:
        # Too deep, or a pattern written out that cannot be read.
        return
    with contextlib.suppress(FeelTooMuch):
        value = expression.evaluate(NAMES)
        assert to_json(from_json(to_json(value))) == to_json(value)
    with contextlib.suppress(FeelTooMuch):
        compile_unary_tests(source if whole else f"> {source}").test(Decimal(1), NAMES)


@MODEST
@given(st.text("ab|*+?()[]{}12^$.\\d-", max_size=12), st.text("ab12", max_size=12))
def test_patterns_never_fail_and_always_end(pattern: str, text: str) -> None:
    names = {"pattern": pattern, "text": text}
    for source in ("matches(text, pattern)", 'replace(text, pattern, "x")', "split(text, pattern)"):
        compile_expression(source).evaluate(names)
