"""The functions on contexts."""

from __future__ import annotations

from datetime import datetime, time

from engine.feel import operators
from engine.feel.budget import bound_depth, spend
from engine.feel.builtins.registry import builtin
from engine.feel.values import Value

_Context = dict[str, Value]


@builtin("get value", "context: context", "key: any")
def get_value(context: _Context, key: Value) -> Value:
    """Return an entry of a context, or of a context in it, where a list of keys is given."""
    keys = key if type(key) is list else [key]
    found: Value = context if keys else None
    for name in keys:
        if type(found) is not dict or type(name) is not str:
            return None
        found = found.get(name)
    return found


@builtin("get entries", "m: context")
def get_entries(context: _Context) -> list[_Context]:
    """Return the entries of a context as a list of contexts with `key` and `value`."""
    spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context put", "context: context", "key: any", "value: any")
@builtin("context put", "context: context", "keys: list", "value: any")
def context_put(context: _Context, key: Value, value: Value) -> Value:
    """Return a context with one entry more, or another value for it."""
    keys = key if type(key) is list else [key]
    if not keys or any(type(name) is not str for name in keys):
        return None
    return _put(context, keys, value, 0)


def _put(context: Value, keys: list[str], value: Value, depth: int) -> Value:
    if not keys:
        return value
    bound_depth(depth)
    known = context if type(context) is dict else {}
    spend(len(known))
    return {**known, keys[0]: _put(known.get(keys[0]), keys[1:], value, depth + 1)}


@builtin("context merge", "contexts: list")
def context_merge(contexts: list[Value]) -> Value:
    """Return several contexts as one; where entries meet, the later one stays."""
    merged: _Context = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        spend(len(context))
        merged |= context
    return merged


@builtin("context", "entries: list")
def make_context(entries: list[Value]) -> Value:
    """Return the context of a list of contexts with `key` and `value`."""
    made: _Context = {}
    for entry in entries:
        if type(entry) is not dict or "value" not in entry or type(entry.get("key")) is not str:
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("is", "value1: any", "value2: any")
def is_same(left: Value, right: Value) -> bool:
    """Return whether two values are the same, their offsets included."""
    if type(left) is not type(right):
        return False
    if type(left) in (datetime, time):
        bare = left.replace(tzinfo=None) == right.replace(tzinfo=None)
        return bool(bare and str(left.tzinfo) == str(right.tzinfo))
    return operators.equals(left, right) is True
