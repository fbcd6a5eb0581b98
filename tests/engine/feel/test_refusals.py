"""What cannot be read, and what would take too long."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from engine.errors import InvalidDefinition
from engine.feel import (
    OWN_FUNCTIONS,
    FeelError,
    FeelTooMuch,
    compile_expression,
    compile_unary_tests,
    to_json,
)


def doubling(first: str, twice: str) -> str:
    """Return a context whose every entry is twice the one before it."""
    entries = [f"e{n}: {twice.format(f'e{n - 1}')}" for n in range(1, 25)]
    return "{e0: " + first + ", " + ", ".join(entries) + "}"


@pytest.mark.parametrize(
    ("source", "line", "column", "reason"),
    [
        ("", 1, 1, "empty"),
        ("1 +", 1, 4, "ends too early"),
        ("a == b", 1, 4, "doubled equals"),
        ("a && b", 1, 3, "no &&"),
        ("a || b", 1, 3, "no ||"),
        ("'a'", 1, 1, "single quotes"),
        ('"a', 1, 1, "does not end"),
        ("not a", 1, 5, "cannot stand here"),
        ("then", 1, 1, "word of the language"),
        ("1 2", 1, 3, "cannot stand here"),
        ("a\n  + )", 2, 5, "cannot stand here"),
        ('@"2026-13-01"', 1, 1, "no day"),
        ('@"2026-02-30"', 1, 1, "no day"),
        ('"\\q"', 1, 1, "not an escape"),
        ('"\\uD83D"', 1, 1, "by half"),
        ("1e9999999", 1, 1, "too large"),
        ("{a: 1, a: 2}", 1, 8, "stands twice"),
        ("1 + unknown_name", 1, 5, "not known here"),
        ("floor(1) + flor(1)", 1, 12, "no function"),
        ("__import__(1)", 1, 1, "no function"),
        ("substring(a)", 1, 1, "cannot be called"),
        ("substring(string: a, wrong: 1)", 1, 1, "cannot be called"),
        ("today(1)", 1, 1, "takes 0 arguments"),
        ("due(timescale: a)", 1, 1, "in order"),
        ("? > 1", 1, 1, "outside a unary test"),
        ("not(a, b)", 1, 1, "one condition"),
        ("not(< 5)", 1, 1, "one condition"),
        ("1 instance of integer", 1, 15, "no type"),
        ('matches(a, "(")', 1, 1, "pattern"),
        ('matches(a, "(?=x)")', 1, 1, "pattern"),
        ('matches(a, "(a)\\\\1")', 1, 1, "pattern"),
        ("for x in a return y", 1, 19, "not known here"),
        ("item > 1", 1, 1, "not known here"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_remedy(
    source: str, line: int, column: int, reason: str
) -> None:
    with pytest.raises(FeelError, match=r"What to do: .+\.") as caught:
        compile_expression(source, where="consent.json, rule DR-17.1", names={"a", "b"})
    error = caught.value
    assert isinstance(error, InvalidDefinition)
    assert (error.line, error.column) == (line, column)
    assert reason in error.reason
    assert "consent.json, rule DR-17.1" in error.message


def test_a_misspelt_name_or_function_is_told_the_right_one() -> None:
    with pytest.raises(FeelError, match="write `consent_outcome`"):
        compile_expression("consent_outcom", names={"consent_outcome"})
    with pytest.raises(FeelError, match="write `string length`"):
        compile_expression('string_length("a")')


def test_a_wrong_number_of_arguments_is_told_the_right_ones() -> None:
    with pytest.raises(FeelError, match=r"write date\(from\) or date\(year, month, day\)"):
        compile_expression("date(1, 2)")


@pytest.mark.parametrize(
    "source",
    [
        "(" * 3_000,
        "(" * 1_500 + "1" + ")" * 1_500,
        "-" * 3_999 + "1",
        "-" * 10_000,
        "[" * 1_500 + "]" * 1_500,
        "not(" * 700 + "true" + ")" * 700,
        "{a:" * 900 + "1" + "}" * 900,
        "a" + "[1]" * 1_000,
        "a" + ".b" * 1_500,
        "if a then " * 300 + "1" + " else 2" * 300,
        "[" + "-1," * 1_200 + "1]",
        "for " + ", ".join(f"x{n} in [1]" for n in range(150)) + " return 1",
        "1 instance of " + "list<" * 500 + "number" + ">" * 500,
        "1" * 4_001,
    ],
)
def test_what_is_too_deep_or_too_long_is_refused_without_exhausting_the_stack(source: str) -> None:
    with pytest.raises(FeelError):
        compile_expression(source)
    with pytest.raises(FeelError):
        compile_unary_tests(source)


@pytest.mark.parametrize(
    "source",
    [
        "for x in 1..1000000000 return x",
        "some x in 1..1000000000 satisfies false",
        "every x in 1..1e30 satisfies true",
        "for x in 1..1000, y in 1..1000, z in 1..1000 return 1",
        'for d in @"0001-01-01"..@"9999-12-31" return d',
        "(for x in 1..9000 return x)[item > (for y in 1..9000 return y)[1]]",
        "count(distinct values(for x in 1..5000 return x))",
        doubling("[1, 1]", "concatenate({0}, {0})"),
        doubling('"0123456789"', "{0} + {0}"),
        "string(" + doubling("[1, 1]", "[{0}, {0}]") + ")",
        "{v: " + doubling("[1, 1]", "[{0}, {0}]") + ", w: v = v}",
        'matches(string join(for x in 1..2000 return "aaaaaaaaaa"), "^(a|a|a|a|a|a)*b")',
        'replace(string join(for x in 1..2000 return "aaaaaaaaaa"), "a", "' + "$0" * 500 + '")',
    ],
)
def test_what_would_take_too_long_is_stopped(source: str) -> None:
    expression = compile_expression(source)
    begun = time.monotonic()
    with pytest.raises(FeelTooMuch):
        expression.evaluate({})
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "source",
    [
        "9 ** 999999999",
        "9 ** 9 ** 9 ** 9 ** 9",
        "1.000000001 ** 999999999",
        "10 ** 1e30",
        "0 ** -1",
        "exp(1e9)",
        "1e6144 * 10",
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa)*(a|aa)*(a|aa)*$")',
        'matches("a", "((a{500}){500}){500}" + "")',
        'matches("a", "' + "(" * 400 + '" + "")',
        '@"9999-12-31" + @"P9999Y"',
        '@"P999999999D" * 1e30',
        'date("0000-01-01")',
        'substring("a", 1e6000)',
        "string(1e6144)",
        "decimal(1, 6176)",
        "modulo(1e6000, 3)",
        '"a".__class__.__mro__',
        "a.__globals__",
        'get value({a: 1}, "__class__")',
    ],
)
def test_monstrous_or_hostile_values_give_an_ordinary_value_at_once(source: str) -> None:
    begun = time.monotonic()
    compile_expression(source).evaluate({"a": "text"})
    assert time.monotonic() - begun < 1


def test_a_value_that_only_looks_small_is_not_written_out() -> None:
    value = compile_expression(doubling("[1, 1]", "[{0}, {0}]")).evaluate({})
    with pytest.raises(FeelTooMuch):
        to_json(value)


def test_a_chain_of_nested_values_is_not_walked_for_ever() -> None:
    entries = ", ".join(f"a{n}: [a{n - 1}]" for n in range(1, 250))
    with pytest.raises(FeelTooMuch):
        compile_expression("{v: {a0: 1, " + entries + "}, w: v.a249 = v.a249}.w").evaluate({})


def test_names_and_calls_are_reported() -> None:
    expression = compile_expression(
        'consent = "yes" and due("TS-41") < now() and (for x in rows return x.a + x)[1] > limit'
        " and count(rows[relation = kind]) > 0"
    )
    assert expression.names == {"consent", "rows", "limit"}
    assert expression.item_names == {"relation", "kind"}
    assert ("due", ("TS-41",)) in expression.calls
    assert ("now", ()) in expression.calls
    assert ("count", None) in expression.calls


def test_inside_a_filter_a_known_name_is_reported_and_an_unknown_one_is_the_items() -> None:
    expression = compile_expression("rows[relation = kind]", names={"rows", "kind"})
    assert expression.names == {"rows", "kind"}
    assert expression.item_names == {"relation"}


def test_own_functions_are_called_with_fitting_values_only() -> None:
    seen: list[tuple[object, ...]] = []

    def note(*values: object) -> int:
        seen.append(values)
        return 7

    functions: Mapping[str, Any] = dict.fromkeys(OWN_FUNCTIONS, note)
    source = 'add working days(@"2026-05-01", 3) + add working days("x", 3)'
    expression = compile_expression(source)
    assert expression.evaluate({}, functions) is None
    assert [arguments[1] for arguments in seen] == [3]
    assert type(seen[0][1]) is int
    assert compile_expression("now()").evaluate({}, functions) == 7
    assert compile_expression("now()").evaluate({}) is None


def test_further_functions_may_have_names_of_several_words() -> None:
    expression = compile_expression("days of grace(2) + 1", functions={"days of grace": 1})
    assert expression.evaluate({}, {"days of grace": lambda days: days * 2}) == 5


def test_a_function_that_refuses_its_arguments_gives_null() -> None:
    def refuse(value: object) -> None:
        raise ValueError(value)

    expression = compile_expression("checked(1) = null", functions={"checked": 1})
    assert expression.evaluate({}, {"checked": refuse}) is True


def test_a_compiled_expression_is_kept() -> None:
    assert compile_expression("1 + 1") is compile_expression("1 + 1")
    with pytest.raises(FeelError):
        compile_expression("a", names={"b"})
    assert compile_expression("a", names={"a"}).names == {"a"}


def test_evaluating_a_simple_comparison_takes_microseconds() -> None:
    expression = compile_expression('amount > 10 and kind = "x"')
    names = {"amount": 11, "kind": "x"}
    begun = time.perf_counter()
    for _ in range(2_000):
        expression.evaluate(names)
    assert (time.perf_counter() - begun) / 2_000 < 0.0001
