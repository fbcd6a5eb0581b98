"""A condition that is taken apart comes to what it comes to in one piece."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product

import pytest

from engine.feel import Leaf, Value, compile_expression, leaves_of, take_apart, value_of

CONDITIONS = [
    'a = "x"',
    '"x" = a',
    'a != "x"',
    "a = null or c",
    'not(a = "x") and c',
    'a in ("x", "y")',
    'list contains(["x", null], a)',
    '(a = "x") = true',
    '(a = "x" and c) = false',
    'if c then a = "x" else a != "y"',
    "if c = null then false else c = false",
    "true and (c or null)",
    'some each in [a] satisfies each = "x"',
    "not(c)",
]


@pytest.mark.parametrize("source", CONDITIONS)
def test_parts_come_to_what_the_whole_comes_to(source: str) -> None:
    whole, parts = compile_expression(source), take_apart(source)
    for a, c in product(("x", "y", "z", None), (True, False, None)):
        names: Mapping[str, Value] = {"a": a, "c": c}
        value = whole.evaluate(names)
        found = value_of(parts, partial(_asked, names))
        assert found == (value if isinstance(value, bool) else None)


def _asked(names: Mapping[str, Value], leaf: Leaf) -> Value:
    return leaf.expression.evaluate(names)


@pytest.mark.parametrize(
    ("source", "name", "against"),
    [
        ("c", "c", (True,)),
        ('a = "x"', "a", ("x",)),
        ("a != null", "a", (None,)),
        ('a in ("x", "y")', "a", ("x", "y")),
        ('list contains(["x", "y"], a)', "a", ("x", "y")),
        ("a = b", "", ()),
        ('list contains(a, "x")', "", ()),
        ("count(a) = 2", "", ()),
    ],
)
def test_leaf_says_which_name_is_held_against_which_values(
    source: str, name: str, against: tuple[object, ...]
) -> None:
    (leaf,) = leaves_of(take_apart(source))
    assert (leaf.name, leaf.against) == (name, against)


def test_leaves_that_ask_the_same_have_one_key() -> None:
    first, second = leaves_of(take_apart("count(a) > 1 or not((count( a )) > 1)"))
    (third,) = leaves_of(take_apart("count(b) > 1"))
    assert first.key == second.key != third.key
