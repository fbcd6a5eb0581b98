"""Hold one row of a variation's timescales against what its edition says may be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.deployments.definitions import STATUTORY, TIMESCALES, Reading
from engine.deployments.statutory_keeping import Keeping, Lost
from engine.statutory import Rule, parse_statutory
from engine.timescales import parse_timescales


@dataclass(frozen=True)
class Departure:
    """A rule that a row does not keep, and what of it; one of force `must` has no way round."""

    rule: Rule
    lost: Lost


def rules_of_clocks(files: Mapping[str, bytes]) -> dict[str, list[Rule]]:
    """Return the rules of an edition that speak of timescales, by timescale."""
    found: dict[str, list[Rule]] = {}
    for rule in parse_statutory(files.get(STATUTORY, b""), STATUTORY).values():
        if rule.timescale:
            found.setdefault(rule.timescale, []).append(rule)
    return found


def clock_departures(
    files: Mapping[str, bytes], edition: bytes, timescales: bytes
) -> Iterator[Departure]:
    """Yield what rows of timescales do not keep of the rules, without looking at any diagram.

    Takes:   files, with the rules of the edition; edition and timescales, the rows as the edition
             and as the variation has them.
    Raises:  InvalidDefinition, for rows that cannot be read.
    """
    keeping = Keeping(_rows(timescales), _rows(edition))
    for key, rules in rules_of_clocks(files).items():
        for rule in rules:
            if key not in keeping.reading.timescales:
                continue
            for lost in keeping.of_row(rule):
                yield Departure(rule, lost)


def _rows(source: bytes) -> Reading:
    reading = Reading({TIMESCALES: source})
    reading.timescales = parse_timescales(source, TIMESCALES)
    return reading
