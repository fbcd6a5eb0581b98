"""Read the rows of `statutory.toml`: what no variation of an edition may break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel
from engine.errors import EngineError
from engine.texts import Text
from engine.timescales import Length, parse_length
from engine.toml_source import Row, TomlSource

#: What a rule of each kind says, beside process, kind, source and its words; `?` may be left out.
KINDS: Mapping[str, tuple[str, ...]] = {
    "before": ("first", "then", "where?", "beside?"),
    "on_all": ("steps", "then?", "where?", "beside?"),
    "only_with": ("then", "when", "where?", "beside?"),
    "ends_when": ("when", "steps", "until"),
    "can": ("steps",),
    "at_least": ("timescale", "length", "then?", "since?"),
    "at_most": ("timescale", "length", "over?"),
    "window": ("timescale", "length"),
    "clock": ("timescale",),
    "role": ("steps", "roles"),
    "field": ("fields",),
    "visibility": ("forms", "roles"),
    "stop": ("rows",),
    "table": ("tables",),
}
#: Whether a rule keeps the guidance, or a reading of it that was proposed where it is silent.
FORCES = ("must", "should")
_LISTS = ("steps", "roles", "fields", "forms", "beside", "over", "rows", "tables")
_CONDITIONS = ("when", "where")


@dataclass(frozen=True)
class Rule:
    """A row of `statutory.toml`; what its kind does not speak of is empty."""

    key: str
    process: str
    kind: str
    source: str
    text: Text
    force: str = "must"
    first: str = ""
    then: str = ""
    until: str = ""
    timescale: str = ""
    since: str = ""
    length: Length | None = None
    when: feel.Expression | None = None
    where: feel.Expression | None = None
    steps: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def parse_reasons(source: bytes, path: str) -> dict[str, Text]:
    """Return the reasons of a variation by the rule that each departs from.

    Raises:  InvalidDefinition.
    """
    found: dict[str, Text] = {}
    for row in TomlSource(source, path).rows():
        found[row.key] = row.text()
        row.finish()
    return found


def parse_statutory(source: bytes, path: str) -> dict[str, Rule]:
    """Return the rules of a `statutory.toml` by key.

    Raises:  InvalidDefinition.
    """
    return {row.key: _rule(row) for row in TomlSource(source, path).rows()}


def _rule(row: Row) -> Rule:
    kind = row.choice("kind", tuple(KINDS))
    read: dict[str, Any] = {}
    for named in KINDS[kind]:
        key, optional = named.removesuffix("?"), named.endswith("?")
        if key in _LISTS:
            read[key] = row.names(key, required=not optional)
        elif key in _CONDITIONS:
            read[key] = _parsed(row, key, _condition) if row.says(key) or not optional else None
        elif key == "length":
            read[key] = _parsed(row, key, parse_length)
        else:
            read[key] = row.words(key, default="" if optional else None)
    rule = Rule(
        key=row.key,
        process=row.words("process"),
        kind=kind,
        source=row.words("source"),
        text=row.text(),
        force=row.choice("force", FORCES, default="must"),
        **read,
    )
    row.finish()
    return rule


def _parsed(row: Row, key: str, parse: Callable[[str], object]) -> object:
    row.words(key)
    return row.parsed(key, parse)


def _condition(source: str) -> feel.Expression:
    try:
        return feel.compile_expression(source)
    except EngineError as invalid:
        reason = invalid.details.get("reason", invalid.message)
        raise ValueError(f"which is no condition in FEEL: {reason}") from None
