"""Say what rows and tables of a variation do not keep of the rules of its edition, in an instant.

It is the comparison of the proof, asked where no diagram has to be gone through, so that a page can
tell it beside the question. Whether a rule about the order of steps holds, only the proof says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.decisions import parse_decision
from engine.deployments.definitions import TIMESCALES, Reading
from engine.deployments.folders import STATUTORY
from engine.deployments.statutory_keeping import Keeping, Lost
from engine.errors import InvalidDefinition
from engine.statutory import Rule, parse_statutory
from engine.timescales import parse_timescales


@dataclass(frozen=True)
class Departure:
    """A rule that is not kept, and what of it; one of force `must` has no way round it."""

    rule: Rule
    lost: Lost


def rules_of(files: Mapping[str, bytes]) -> dict[str, Rule]:
    """Return the rules of the edition that a set of files belongs to, by key."""
    return parse_statutory(files.get(STATUTORY, b""), STATUTORY)


def clock_departures(
    files: Mapping[str, bytes], edition: bytes, timescales: bytes
) -> list[Departure]:
    """Return what rows of timescales do not keep; of rows that cannot be read, nothing.

    Takes:   files, with the rules of the edition; edition and timescales, the rows as the edition
             and as the variation has them.
    """
    try:
        keeping = Keeping(_clocks(timescales), _clocks(edition))
    except InvalidDefinition:
        return []
    rules = [each for each in rules_of(files).values() if each.timescale]
    return [
        Departure(rule, lost)
        for rule in rules
        if rule.timescale in keeping.reading.timescales
        for lost in keeping.of_row(rule)
    ]


def table_departures(
    files: Mapping[str, bytes], edition: bytes | None, path: str
) -> list[Departure]:
    """Return what a decision table does not keep; of one that cannot be read, nothing.

    Takes:   edition, the table as the edition has it; None, where only the variation has it.
    """
    if edition is None:
        return []
    try:
        keeping = Keeping(_tables(files[path], path), _tables(edition, path))
    except InvalidDefinition:
        return []
    return list(_of_tables(keeping, rules_of(files)))


def _of_tables(keeping: Keeping, rules: Mapping[str, Rule]) -> Iterator[Departure]:
    for rule in rules.values():
        if rule.kind == "table":
            for lost in keeping.lost(rule):
                yield Departure(rule, lost)


def _clocks(source: bytes) -> Reading:
    reading = Reading({TIMESCALES: source})
    reading.timescales = parse_timescales(source, TIMESCALES)
    return reading


def _tables(source: bytes, path: str) -> Reading:
    table = parse_decision(source, path)
    reading = Reading({TIMESCALES: b"", path: source})
    reading.decisions, reading.paths = {table.id: table}, {("decision", table.id): path}
    return reading
