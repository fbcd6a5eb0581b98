"""Check the type of a value against the type that stands after `instance of`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.feel import nodes
from engine.feel.budget import spend
from engine.feel.values import TYPES, Range, Value, type_name

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

Check = Callable[[Value], bool]


def checker(compiler: Compiler, wanted: nodes.TypeName) -> Check:
    """Return the check of a type."""
    if wanted.name not in TYPES:
        reason = f"there is no type `{wanted.name}`"
        remedy = "use one of " + ", ".join(sorted(TYPES))
        raise compiler.refuse(wanted.line, wanted.column, reason, remedy)
    if wanted.entries is not None and wanted.name == "context":
        return _entries(compiler, wanted.entries)
    if wanted.of is not None and wanted.name in ("list", "range"):
        inner = checker(compiler, wanted.of)
        return _list(inner) if wanted.name == "list" else _range(inner)
    if wanted.of is not None or wanted.entries is not None:
        reason = f"the type {wanted.name} takes nothing in angle brackets"
        raise compiler.refuse(wanted.line, wanted.column, reason, "leave the brackets out")
    if wanted.name == "Any":
        return lambda value: value is not None
    name = wanted.name
    return lambda value: type_name(value) == name


def _list(check: Check) -> Check:
    def is_list(value: Value) -> bool:
        if type(value) is not list:
            return False
        spend(len(value))
        return all(check(item) for item in value)

    return is_list


def _range(check: Check) -> Check:
    return lambda value: type(value) is Range and check(value.low) and check(value.high)


def _entries(compiler: Compiler, wanted: dict[str, nodes.TypeName]) -> Check:
    checks = {name: checker(compiler, type_) for name, type_ in wanted.items()}

    def is_context(value: Value) -> bool:
        return type(value) is dict and all(
            name in value and check(value[name]) for name, check in checks.items()
        )

    return is_context
