"""Hold the rows of `milestones.toml` against facts, timescales and processes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.deployments.definitions import MILESTONES, Reading
from engine.deployments.findings import TomlFindings
from engine.facts import CASE
from engine.lint import Finding
from engine.milestones import Milestone


def check(reading: Reading) -> Iterator[Finding]:
    """Go through the milestones."""
    if not reading.milestones:
        return
    make = TomlFindings(reading, MILESTONES, "milestone_row")
    for row in reading.milestones.values():
        yield from _check_facts(reading, make, row)
        for timescale in row.timescales:
            if timescale not in reading.timescales:
                message = f"There is no timescale {timescale}."
                yield make.error(row.key, "timescales", message, "Name a row of timescales.toml.")
        for name in row.process:
            process = reading.processes.get(name)
            if process is None or process.kind != "root":
                message = f"There is no process {name} that opens a case."
                yield make.error(row.key, "process", message, "Name the id of a root process.")


def _check_facts(reading: Reading, make: TomlFindings, row: Milestone) -> Iterator[Finding]:
    unknown = [name for name in row.facts if name not in reading.facts]
    for name in unknown:
        yield make.error(row.key, "", f"There is no fact {name}.", "Declare it in facts.toml.")
    if unknown:
        return
    for name in filter(None, (row.runs_from, *row.expected, row.extended)):
        fact = reading.facts[name]
        if fact.type != "date" or fact.scope != CASE:
            message = f"{name} is no day of the case."
            yield make.error(row.key, "from", message, "Name a fact of the type date of the case.")
    for name in {name for entry in row.reached for name in entry}:
        if reading.facts[name].type not in ("date", "boolean"):
            message = f"{name} is neither a day nor true or false."
            yield make.error(row.key, "reached", message, "Name a fact of such a type.")
    scopes = [{reading.facts[name].scope for name in entry} for entry in row.reached]
    if any(len(found) > 1 for found in scopes):
        message = "It takes one fact for another that is known of something else."
        yield make.error(row.key, "reached", message, "Name facts of one scope in an entry.")
    if row.where and {reading.facts[row.where].scope} not in scopes:
        message = f"{row.where} says nothing of those for whom it is reached."
        yield make.error(row.key, "where", message, "Name a fact of the same kind of item.")
