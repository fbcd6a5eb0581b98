"""The functions on lists."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.feel import operators
from engine.feel.budget import bound_depth, spend
from engine.feel.builtins.registry import builtin
from engine.feel.values import NUMBERS, Value, finite

_Items = list[Value]


def _members(arguments: _Items) -> _Items:
    """Return the items of the one list given, or the arguments themselves."""
    items = arguments[0] if len(arguments) == 1 else arguments
    items = items if type(items) is list else [items]
    spend(len(items))
    return items


@builtin("list contains", "list: list", "element: any")
def list_contains(items: _Items, element: Value) -> bool:
    """Return whether a list holds a value."""
    return any(_same(item, element) for item in items)


def _same(left: Value, right: Value) -> bool:
    spend(1)
    return operators.equals(left, right) is True


@builtin("count", "list: list")
def count(items: _Items) -> Decimal:
    """Return how many items a list has."""
    return Decimal(len(items))


def _extreme(beats: operators.Binary) -> Callable[[_Items], Value]:
    def find(arguments: _Items) -> Value:
        items = _members(arguments)
        if not items:
            return None
        best = items[0]
        if operators.at_most(best, best) is None:
            return None
        for item in items[1:]:
            better = beats(item, best)
            if better is None:
                return None
            best = item if better else best
        return best

    return find


builtin("min", "list...: any")(_extreme(operators.less))
builtin("max", "list...: any")(_extreme(operators.greater))


def _numbers(arguments: _Items) -> list[Decimal]:
    """Return the numbers given; null results where there is none or something else."""
    items = _members(arguments)
    if not items or any(type(item) is not Decimal for item in items):
        raise ValueError("not a list of numbers")
    return items


@builtin("sum", "list...: any")
def total(arguments: _Items) -> Value:
    """Return the sum of numbers."""
    return finite(functools.reduce(NUMBERS.add, _numbers(arguments)))


@builtin("product", "list...: any")
def product(arguments: _Items) -> Value:
    """Return the product of numbers."""
    return finite(functools.reduce(NUMBERS.multiply, _numbers(arguments)))


@builtin("mean", "list...: any")
def mean(arguments: _Items) -> Value:
    """Return the average of numbers."""
    numbers = _numbers(arguments)
    return finite(NUMBERS.divide(functools.reduce(NUMBERS.add, numbers), Decimal(len(numbers))))


@builtin("median", "list...: any")
def median(arguments: _Items) -> Value:
    """Return the number in the middle, or the average of the two in the middle."""
    numbers = sorted(_numbers(arguments))
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return finite(NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2)))


@builtin("stddev", "list...: any")
def deviation(arguments: _Items) -> Value:
    """Return the standard deviation of a sample; null for fewer than two numbers."""
    numbers = _numbers(arguments)
    if len(numbers) < 2:
        return None
    middle = mean(numbers)
    if middle is None:
        return None
    squares = [NUMBERS.power(NUMBERS.subtract(number, middle), 2) for number in numbers]
    variance = NUMBERS.divide(functools.reduce(NUMBERS.add, squares), Decimal(len(numbers) - 1))
    return finite(NUMBERS.sqrt(variance))


@builtin("mode", "list...: any")
def mode(arguments: _Items) -> Value:
    """Return the numbers that occur most often, in rising order."""
    if not _members(arguments):
        return []
    often: dict[Decimal, int] = {}
    for number in _numbers(arguments):
        often[number] = often.get(number, 0) + 1
    most = max(often.values())
    return sorted(number for number, times in often.items() if times == most)


@builtin("all", "list...: any")
def all_true(arguments: _Items) -> bool | None:
    """Return true if all are true, false if one is false, else null."""
    return None if arguments == [None] else operators.every(_members(arguments))


@builtin("any", "list...: any")
def any_true(arguments: _Items) -> bool | None:
    """Return true if one is true, false if all are false, else null."""
    return None if arguments == [None] else operators.some(_members(arguments))


@builtin("sublist", "list: list", "start position: whole", "length?: whole")
def sublist(items: _Items, start: int, length: int | None = None) -> Value:
    """Return the part of a list from a place, counted from 1 or, negative, from the end."""
    if start == 0 or abs(start) > len(items) or (length is not None and length < 0):
        return None
    first = start - 1 if start > 0 else len(items) + start
    return items[first:] if length is None else items[first : first + length]


@builtin("append", "list: list", "item...: any")
def append(items: _Items, more: _Items) -> _Items:
    """Return a list with one item or several more."""
    return [*items, *more]


@builtin("concatenate", "list...: list")
def concatenate(lists: list[_Items]) -> _Items:
    """Return several lists as one."""
    return [item for items in lists for item in items]


@builtin("insert before", "list: list", "position: whole", "newItem: any")
def insert_before(items: _Items, position: int, new: Value) -> Value:
    """Return a list with an item put in at a place."""
    place = _place(items, position)
    return None if place is None else [*items[:place], new, *items[place:]]


@builtin("remove", "list: list", "position: whole")
def remove(items: _Items, position: int) -> Value:
    """Return a list without the item at a place."""
    place = _place(items, position)
    return None if place is None else [*items[:place], *items[place + 1 :]]


@builtin("list replace", "list: list", "position: whole", "newItem: any")
def list_replace(items: _Items, position: int, new: Value) -> Value:
    """Return a list with another item at a place."""
    place = _place(items, position)
    return None if place is None else [*items[:place], new, *items[place + 1 :]]


def _place(items: _Items, position: int) -> int | None:
    if position == 0 or abs(position) > len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@builtin("reverse", "list: list")
def reverse(items: _Items) -> _Items:
    """Return a list from its end to its beginning."""
    return items[::-1]


@builtin("index of", "list: list", "match: any")
def index_of(items: _Items, match: Value) -> _Items:
    """Return the places, counted from 1, at which a value stands."""
    return [Decimal(place) for place, item in enumerate(items, 1) if _same(item, match)]


@builtin("distinct values", "list: list")
def distinct_values(items: _Items) -> _Items:
    """Return a list without repetitions."""
    kept: _Items = []
    for item in items:
        if not list_contains(kept, item):
            kept.append(item)
    return kept


@builtin("union", "list...: list")
def union(lists: list[_Items]) -> _Items:
    """Return several lists as one without repetitions."""
    return distinct_values(concatenate(lists))


@builtin("sort by", "list: list", "keys: list")
def sort_by(items: _Items, keys: _Items) -> Value:
    """Return contexts in the order of their entries; one that lacks an entry comes after the rest.

    Not of the standard, whose `sort` wants a function written out. Contexts that are alike in all
    of these entries stay as they stood; entries that cannot be compared give null.
    """
    spend(len(items) * max(1, len(items).bit_length()))
    try:
        return sorted(items, key=lambda item: [_place_of(item, key) for key in keys])
    except TypeError:
        return None


def _place_of(item: Value, key: Value) -> tuple[bool, Any]:
    value = item.get(key) if isinstance(item, Mapping) and isinstance(key, str) else None
    return (value is None, 0 if value is None else value)


@builtin("flatten", "list: list")
def flatten(items: _Items) -> _Items:
    """Return a list with the lists inside it dissolved."""
    flat: _Items = []
    _flatten_into(flat, items, 0)
    return flat


def _flatten_into(flat: _Items, items: _Items, depth: int) -> None:
    bound_depth(depth)
    spend(len(items))
    for item in items:
        if type(item) is list:
            _flatten_into(flat, item, depth + 1)
        else:
            flat.append(item)
